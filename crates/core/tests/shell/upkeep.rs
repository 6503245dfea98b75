//! What a node does without being asked.

use super::{cluster::Due, node::Work, session::Session};
use crate::support::names::GRACE;
use call_core::{Call, Clock, Committed, Step};
use call_protocol::{MemberState, Millis, Phase};

/// So long the others wait before they take a node for dead.
pub const LEASE: Millis = 5_000;
/// So long clients may take to come back after a restart of the only node.
const COMEBACK: Millis = 6_000;

impl Work {
    pub async fn fire(&self, due: Due) {
        match due {
            Due::Call(call) => self.expire(&call).await,
            Due::Away(session) => self.show_away(session).await,
            Due::Session(session) => self.end_of_grace(session),
            Due::RingAgain(call, attempt) => {
                if let Some(news) = self.known(&call).and_then(Committed::again) {
                    self.publish(&news);
                    self.ring_again(&call, attempt + 1);
                }
            }
            Due::Look(session) => {
                if let Some((user, _)) = self.seat(session) {
                    self.tell_of_current(session, user).await;
                }
            }
        }
    }

    fn end_of_grace(&self, id: call_core::SessionId) {
        let now = self.cluster.clock.now();
        self.cluster.state.borrow_mut().sessions.retain(|session| session.id != id || !session.is_lost_since(now));
    }

    /// Finds what nobody takes care of: because a node died in the middle of something, or the store gave no answer.
    pub async fn sweep(&self) {
        let now = self.cluster.clock.now();
        self.cluster.state.borrow_mut().sessions.retain(|session| !session.is_lost_since(now));
        for call in self.cluster.calls() {
            if call.phase == Phase::Ended {
                continue;
            }
            self.watch(&call);
            if call.next_deadline().is_some_and(|at| at + 2000 < self.now()) {
                self.expire(&call.id).await;
            }
            self.sweep_members(&call).await;
        }
    }

    async fn sweep_members(&self, call: &Call) {
        let present = call.members.iter().filter(|member| member.state == MemberState::Joined && !member.is_away());
        for member in present {
            let Some(session) = &member.session else { continue };
            let (is_known, node_lost) = {
                let state = self.cluster.state.borrow();
                let now = self.cluster.clock.now();
                let node_lost = state.dead.iter().any(|(node, at)| *node == session.node && at + LEASE <= now);
                (state.session(session.id).is_some(), node_lost)
            };
            let step = if node_lost {
                Step::NodeLost { node: session.node, grace: GRACE }
            } else if !is_known {
                Step::Away { user: member.user.clone(), session: session.id, node: session.node, grace: GRACE }
            } else {
                continue;
            };
            let _ = self.act(&call.id, step).await;
        }
    }

    /// Takes up what was going on when the only node ended.
    pub async fn restore(&self) {
        let sessions: Vec<_> = {
            let mut state = self.cluster.state.borrow_mut();
            let now = self.cluster.clock.now();
            state.sessions.iter_mut().for_each(|session| session.lost_at = Some(now + COMEBACK));
            state.sessions.iter().map(|session| session.id).collect()
        };
        for session in sessions {
            self.timer(self.now() + COMEBACK, Due::Away(session));
            self.timer(self.now() + COMEBACK + GRACE, Due::Session(session));
        }
        for call in self.cluster.calls().into_iter().filter(|call| call.phase != Phase::Ended) {
            for member in call.members.iter().filter(|member| member.state == MemberState::Joined) {
                let Some(session) = &member.session else { continue };
                let step = if member.is_away() {
                    Step::GraceAnew { until: self.now() + GRACE }
                } else if self.is_over(session.id) {
                    Step::Away { user: member.user.clone(), session: session.id, node: session.node, grace: GRACE }
                } else {
                    continue;
                };
                let _ = self.act(&call.id, step).await;
            }
            if let Ok(Some(call)) = self.stored_call(&call.id).await {
                self.watch(&call);
            }
        }
    }
}

impl Session {
    fn is_lost_since(&self, now: Millis) -> bool {
        self.lost_at.is_some_and(|at| at + GRACE <= now)
    }
}
