//! Rare situations that rules of the core are for. No step of a call makes them, but its moment: so they are played, seen
//! from outside, and must have come up.

use crate::{
    plan::{Action, Plan, TrapPlan},
    shell::{
        probe::{Point, Spot, State},
        step_kind::Kind,
    },
    support::rng::Rng,
};
use call_core::{Call, Client};
use call_protocol::{CallId, Generation, MemberState, Millis, UserId};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Situation {
    /// Who was busy is being claimed again.
    BusyOneIsClaimed,
    /// The server still has somebody in the call who has said goodbye by data channel.
    SaidGoodbyeAndStillIn,
    /// A client gives up waiting for the answer to a farewell, and is shown its next part in that call by then.
    BackBeforeTheFarewellIsAnswered,
}

/// Everybody is logged in by then.
const LOGINS: Millis = 2_500;
const ROUNDS: usize = 3;
/// So long a client waits for the answer to a farewell.
const FAREWELL: Millis = 2_000;

impl Situation {
    pub const ALL: [Self; 3] =
        [Self::BusyOneIsClaimed, Self::SaidGoodbyeAndStillIn, Self::BackBeforeTheFarewellIsAnswered];

    /// Makes the plan one in which this is likely: three in a call, and what each of them does then.
    pub fn stage(self, plan: &mut Plan, rng: &mut Rng) {
        plan.traps.clear();
        plan.reactions.clear();
        let conditions = &mut plan.conditions;
        (conditions.store, conditions.store_faults, conditions.bus_loss) = ((0, 10), 0, 0);
        (conditions.latency.1, conditions.channels, conditions.stalls) = (conditions.latency.1.min(40), true, 0);
        if self == Self::BackBeforeTheFarewellIsAnswered {
            // It is stored and told, and the answer takes longer than its client waits.
            let (state, step) = (State::Connected, Kind::Leave);
            plan.slow = Some(TrapPlan::of(Spot { state, group: true, step, point: Point::Later }));
        }
        plan.actions = (0..5).map(|page| (0, Action::Login(page))).collect();
        for _ in 0..ROUNDS {
            let mut users = [0, 1, 2, 3, 4];
            rng.shuffle(&mut users);
            self.play(users, &mut plan.actions, rng);
            plan.actions.extend(users.map(|page| (rng.below(400) as Millis, Action::HangUp(page))));
        }
    }

    fn play(self, [ann, bob, cat, dan, eve]: [usize; 5], actions: &mut Vec<(Millis, Action)>, rng: &mut Rng) {
        let mut then = |after: Millis, action| actions.push((after, action));
        let mut soon = |most: usize| rng.below(most) as Millis;
        let invite = |callee| Action::InviteMore { page: ann, callees: vec![callee], timeout: 30 };
        let call = |page, callees: Vec<usize>| {
            let group = callees.len() > 1;
            Action::Call { page, callees, video: false, group, room: 0, timeout: 30 }
        };
        then(LOGINS, call(ann, vec![bob, cat]));
        then(1_200, Action::Accept(bob));
        then(300, Action::Accept(cat));
        match self {
            Self::BusyOneIsClaimed => {
                then(0, call(dan, vec![eve]));
                then(1_200, invite(dan));
                then(800, Action::HangUp(dan));
                then(soon(800), invite(dan));
            }
            Self::SaidGoodbyeAndStillIn => {
                then(1_200, Action::NoServer { page: bob, for_: 6_000 });
                then(soon(60), Action::HangUp(bob));
                then(soon(400), invite(dan));
            }
            Self::BackBeforeTheFarewellIsAnswered => {
                then(1_200, Action::HangUp(bob));
                (0..3).for_each(|_| then(soon(500), invite(bob)));
            }
        }
        then(4_000, Action::HangUp(ann));
    }

    /// Whether somebody is being claimed whom the others know as busy.
    pub fn claims_a_busy_one(call: &Call) -> bool {
        let claimed = call.members.iter().filter(|member| member.state == MemberState::Claiming);
        let mut before = claimed.filter_map(|member| member.prev.as_deref());
        before.any(|before| before.state == MemberState::Busy)
    }
}

/// A farewell that its person waits for.
#[derive(Debug)]
pub struct Farewell {
    /// The command.
    pub id: u32,
    pub call: CallId,
    pub generation: Generation,
    pub said_at: Millis,
}

impl Farewell {
    /// Given up now, when the same call has a new part for its user.
    pub fn is_outlived(&self, me: &UserId, now: Millis, client: &Client) -> bool {
        let part = client.call().filter(|view| view.call.id == self.call).and_then(|view| view.own(me));
        now >= self.said_at + FAREWELL && part.is_some_and(|part| part.generation > self.generation)
    }
}

/// Which of them never came up.
pub fn missed(seen: &BTreeMap<Situation, u32>) -> Vec<Situation> {
    Situation::ALL.into_iter().filter(|situation| !seen.contains_key(situation)).collect()
}
