use super::Hub;
use crate::cluster::Presence;
use call_core::Call;
use call_protocol::{MemberState, Millis, Phase};
use std::{sync::Arc, time::Duration};
use tracing::warn;

/// Other nodes may die, and somebody must notice.
const LONGEST_AMONG_NODES: Duration = Duration::from_secs(2);

/// A deadline that is overdue by more than this has no timer any more.
const FORGOTTEN: Millis = 2000;

impl Hub {
    pub(super) async fn sweep_for_ever(&self) {
        let sweep = self.config.timings.sweep;
        let pause = if self.sessions.are_shared() { sweep.min(LONGEST_AMONG_NODES) } else { sweep };
        loop {
            tokio::time::sleep(pause).await;
            self.sweep().await;
        }
    }

    /// Finds what nobody takes care of: because a process died in the middle of something, or the store gave no answer
    /// when it was needed.
    pub(super) async fn sweep(&self) {
        for call in self.store.calls(|call| call.phase != Phase::Ended) {
            self.watch(&call);
            if call.next_deadline().is_some_and(|at| at + FORGOTTEN < self.now()) {
                self.expire(call.app, &call.id).await;
            }
            self.sweep_members(&call).await;
        }
    }

    /// Members whose session or node is over, but not their part in the call.
    async fn sweep_members(&self, call: &Arc<Call>) {
        let present = call.members.iter().filter(|member| member.state == MemberState::Joined && !member.is_away());
        for member in present {
            let Some(session) = &member.session else { continue };
            let is_elsewhere = self.bus.presence(session.node) == Presence::Alive;
            if is_elsewhere || self.sessions.find(call.app, &member.user, session.id).is_some() {
                continue;
            }
            if let Err(error) = self.renew_grace(call, member).await {
                warn!(call = %call.id, %error, "a member without a session");
            }
        }
    }
}
