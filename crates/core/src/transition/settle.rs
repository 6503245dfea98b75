use crate::call::{Call, Member};
use call_protocol::{End, MemberState, Millis, Phase, Reason, UserId};

/// Why, and by whom, a part in a call ends.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub reason: Reason,
    pub by: Option<UserId>,
}

impl Cause {
    pub fn new(reason: Reason, by: &UserId) -> Self {
        Self { reason, by: Some(by.clone()) }
    }

    /// Placing given up: nobody will ever see it.
    pub fn aborted() -> Self {
        Self { reason: Reason::Unknown, by: None }
    }

    /// What the last member to leave made known.
    pub fn last_departure(call: &Call) -> Self {
        let gone = call.members.iter().filter(|member| !member.state.is_live() && member.was_told());
        let last = gone.max_by_key(|member| member.at);
        last.map_or(Self::aborted(), |last| Self {
            reason: last.reason.unwrap_or(Reason::Unknown),
            by: last.by.clone(),
        })
    }

    // Who is still being rung when the last one hangs up sees the invitation cancelled.
    fn for_ringing(&self) -> Self {
        let reason = if self.reason == Reason::HangUp { Reason::Cancelled } else { self.reason };
        Self { reason, by: self.by.clone() }
    }
}

impl Member {
    pub(super) fn finish(&mut self, state: MemberState, cause: &Cause, now: Millis) {
        self.state = state;
        self.reason = Some(cause.reason);
        self.by = cause.by.clone();
        self.at = now;
        self.deadline = None;
        self.away_since = None;
    }
}

/// Ends the call if too few are left: it takes somebody who joined, and another who joined or may yet.
pub(super) fn settle(call: &mut Call, cause: &Cause, now: Millis) {
    let count = |state| call.members.iter().filter(|member| member.state == state).count();
    let joined = count(MemberState::Joined);
    let expected = count(MemberState::Ringing) + count(MemberState::Claiming);
    if joined == 0 || joined + expected < 2 {
        end(call, cause, now);
    }
}

/// Ends the call for everybody who is still in it.
pub(super) fn end(call: &mut Call, cause: &Cause, now: Millis) {
    for member in &mut call.members {
        match member.state {
            MemberState::Joined => member.finish(MemberState::Left, cause, now),
            MemberState::Ringing => member.finish(MemberState::Cancelled, &cause.for_ringing(), now),
            MemberState::Claiming => member.finish(MemberState::Aborted, cause, now),
            _ => {}
        }
    }
    close(call, cause, now);
}

pub(super) fn end_by_server(call: &mut Call, now: Millis) -> bool {
    if call.phase == Phase::Ended {
        return false;
    }
    let cause = Cause { reason: Reason::EndedByServer, by: None };
    let caller = call.origin.user.clone();
    for member in call.members.iter_mut().filter(|member| member.state.is_live()) {
        // A callee whose claim is being taken has not been told of anything; the caller is waiting for an answer.
        let untold = member.state == MemberState::Claiming && member.user != caller;
        member.finish(if untold { MemberState::Aborted } else { MemberState::Left }, &cause, now);
    }
    close(call, &cause, now);
    true
}

fn close(call: &mut Call, cause: &Cause, now: Millis) {
    call.phase = Phase::Ended;
    call.crossed = None;
    call.end = Some(End { reason: cause.reason, by: cause.by.clone(), at: now });
}
