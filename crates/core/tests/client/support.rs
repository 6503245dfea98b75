use call_core::{Account, NewCall};
use call_protocol::*;

pub fn user(name: &str) -> UserId {
    name.try_into().unwrap()
}

pub fn call_id() -> CallId {
    CallId::from_bits([7; 16])
}

pub fn account(name: &str) -> Account {
    Account { app: 1, user: user(name), sig: "sig".into(), device: "device".into(), page: "page".into() }
}

pub fn new_call(callee: &str) -> NewCall {
    NewCall {
        id: call_id(),
        callees: vec![user(callee)],
        media: MediaType::Video,
        group: false,
        room: Room::default(),
        chat_group: None,
        user_data: "data".into(),
        timeout: 30,
    }
}

pub fn description(sdp: &str) -> Signal {
    Signal::Description(Description { epoch: 1, n: 1, kind: DescriptionKind::Offer, sdp: sdp.into() })
}

pub fn answer(sdp: &str) -> Signal {
    Signal::Description(Description { epoch: 1, n: 1, kind: DescriptionKind::Answer, sdp: sdp.into() })
}

pub fn candidate(text: &str) -> Candidate {
    Candidate { epoch: 1, candidate: text.into(), mid: Some("0".into()), index: Some(0) }
}

pub fn welcome(call: Option<Snapshot>) -> Welcome<Signal> {
    Welcome {
        resume: "token".into(),
        now: 5_000,
        sig_expires: 900_000,
        connect: ConnectWhileRinging::Prepare,
        ice_servers: vec![],
        call,
        offer: None,
    }
}

/// A call of ann and ben, as `viewer` sees it.
#[derive(Clone)]
pub struct Story {
    pub call: Snapshot,
}

impl Story {
    pub fn ringing(viewer: &str) -> Self {
        let ann = MemberView {
            joined_at: Some(5_000),
            join_no: 1,
            here: viewer == "ann",
            ..member("ann", MemberState::Joined)
        };
        let ben = MemberView {
            invited_by: Some(user("ann")),
            ring_until: Some(35_000),
            ..member("ben", MemberState::Ringing)
        };
        let call = Snapshot {
            id: call_id(),
            rev: 1,
            phase: Phase::Ringing,
            group: false,
            caller: user("ann"),
            room: Room { int: 9, str: String::new() },
            chat_group: None,
            media: MediaType::Video,
            invite: InviteView { by: user("ann"), callees: vec![user("ben")], user_data: "data".into() },
            members: vec![ann, ben],
            begun_at: None,
            end: None,
            mine: viewer == "ann",
            now: 5_000,
        };
        Self { call }
    }

    pub fn member(&mut self, name: &str) -> &mut MemberView {
        self.call.members.iter_mut().find(|member| member.user == user(name)).unwrap()
    }

    pub fn accepted(mut self, here: bool) -> Self {
        self.step(6_000);
        self.call.phase = Phase::Connected;
        self.call.begun_at = Some(6_000);
        let ben = self.member("ben");
        (ben.state, ben.joined_at, ben.join_no, ben.here) = (MemberState::Joined, Some(6_000), 2, here);
        ben.ring_until = None;
        self
    }

    /// A running group call of ann, who placed it, ben and cat, who joined in this order.
    pub fn group(viewer: &str) -> Self {
        let mut story = Self::ringing(viewer).accepted(viewer == "ben");
        story.call.group = true;
        story.call.invite.callees.push(user("cat"));
        story.call.members.push(MemberView {
            invited_by: Some(user("ann")),
            joined_at: Some(6_000),
            join_no: 3,
            here: viewer == "cat",
            ..member("cat", MemberState::Joined)
        });
        story
    }

    /// One member is out, and the call goes on.
    pub fn without(mut self, name: &str) -> Self {
        self.step(7_000);
        let member = self.member(name);
        (member.state, member.reason, member.by) = (MemberState::Left, Some(Reason::HangUp), Some(user(name)));
        self
    }

    /// One member came back, or was invited again.
    pub fn again(mut self, name: &str, state: MemberState) -> Self {
        self.step(8_000);
        let member = self.member(name);
        let prev = Previous {
            generation: member.generation,
            state: MemberState::Left,
            reason: None,
            by: None,
            at: 0,
            joined_at: None,
            here: false,
        };
        *member = MemberView {
            generation: member.generation + 1,
            state,
            reason: None,
            by: None,
            joined_at: (state == MemberState::Joined).then_some(8_000),
            join_no: if state == MemberState::Joined { 4 } else { 0 },
            ring_until: (state == MemberState::Ringing).then_some(38_000),
            prev: Some(prev),
            ..member.clone()
        };
        self
    }

    /// Ended with every live member Left but `states`.
    pub fn ended(mut self, reason: Reason, by: &str, states: &[(&str, MemberState)]) -> Self {
        self.step(9_500);
        self.call.phase = Phase::Ended;
        self.call.end = Some(End { reason, by: Some(user(by)), at: 9_500 });
        for member in &mut self.call.members {
            let state = states.iter().find(|(name, _)| user(name) == member.user).map(|(_, state)| *state);
            member.state = state.unwrap_or(MemberState::Left);
            (member.reason, member.by, member.at) = (Some(reason), Some(user(by)), 9_500);
        }
        self
    }

    fn step(&mut self, now: Millis) {
        self.call.rev += 1;
        self.call.now = now;
    }
}

fn member(name: &str, state: MemberState) -> MemberView {
    MemberView {
        user: user(name),
        generation: 1,
        state,
        reason: None,
        by: None,
        at: 5_000,
        invited_by: None,
        invite: 0,
        ring_until: None,
        joined_at: None,
        join_no: 0,
        away: false,
        here: false,
        prev: None,
    }
}
