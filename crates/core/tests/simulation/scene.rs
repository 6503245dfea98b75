//! Scenes that lead to a step in a state, so that rare ones are played, too.

use crate::{
    plan::{Action, Plan, TrapPlan},
    shell::{
        probe::{Point, Spot, State},
        step_kind::Kind,
    },
    support::rng::Rng,
};
use call_protocol::Millis;

/// Everybody is logged in by then.
const LOGINS: Millis = 2_500;
const ROUNDS: usize = 3;

/// Makes the plan one in which `spot` is likely.
pub fn stage(plan: &mut Plan, spot: Spot, rng: &mut Rng) {
    plan.traps = vec![TrapPlan::of(spot)];
    plan.reactions.clear();
    fit_conditions(plan, spot, rng);
    plan.actions = (0..5).map(|page| (0, Action::Login(page))).collect();
    for _ in 0..ROUNDS {
        let mut users = [0, 1, 2, 3, 4];
        rng.shuffle(&mut users);
        let [ann, bob, cat, dan, eve] = users;
        let mut scene = Scene { ann, bob, cat, dan, eve, spot, actions: &mut plan.actions, rng };
        scene.wait(LOGINS);
        scene.enter();
        scene.act();
        for page in users {
            scene.soon(400, Action::HangUp(page));
            scene.then(0, Action::Login(page));
        }
    }
}

fn fit_conditions(plan: &mut Plan, spot: Spot, rng: &mut Rng) {
    let conditions = &mut plan.conditions;
    conditions.only_invited_join = false;
    conditions.store.1 = conditions.store.1.min(20);
    conditions.latency.1 = conditions.latency.1.min(40);
    let at_placing = spot.state == State::Placing;
    match spot.step {
        Kind::DropKicked => conditions.multi_device = false,
        Kind::Vouch => conditions.channels = true,
        Kind::NodeLost => conditions.skews = vec![0, 700],
        Kind::Cross => conditions.crossing_invites_connect = true,
        _ => {}
    }
    if matches!(spot.step, Kind::Leave | Kind::EndByServer | Kind::Cross) && at_placing {
        conditions.store = (20, *rng.pick(&[60, 200]));
        conditions.claim_time = 2_000;
    }
    if matches!(spot.step, Kind::Fence | Kind::PlaceAgain) || spot.step == Kind::Expire && at_placing {
        // A node dies with claims in its hands, and the others have not heard of what it did.
        conditions.skews = vec![0, 30, 60];
        conditions.bus_loss = 1000;
        let placing = matches!(spot.state, State::Placing | State::Aborted);
        let (state, step) = if placing { (State::Placing, Kind::Ring) } else { (spot.state, Kind::RingInvited) };
        plan.traps.push(TrapPlan::of(Spot { state, step, point: Point::Before, ..spot }));
    }
}

/// Five users at their first pages, and what they do.
struct Scene<'a> {
    ann: usize,
    bob: usize,
    cat: usize,
    dan: usize,
    eve: usize,
    spot: Spot,
    actions: &'a mut Vec<(Millis, Action)>,
    rng: &'a mut Rng,
}

impl Scene<'_> {
    /// Brings the call into the state.
    fn enter(&mut self) {
        let at_once = self.spot.step == Kind::Cross || self.spot.step == Kind::Enter && !self.spot.group;
        if !matches!(self.spot.state, State::Ringing | State::Connected) || at_once {
            return;
        }
        let callees = if self.spot.group { vec![self.bob, self.cat] } else { vec![self.bob] };
        let timeout = if self.spot.step == Kind::Expire { 3 } else { 30 };
        self.call(callees, timeout);
        self.wait(1_200);
        if self.spot.state == State::Connected {
            self.then(0, Action::Accept(self.bob));
            self.wait(900);
        }
    }

    fn act(&mut self) {
        let (ann, bob, cat, dan) = (self.ann, self.bob, self.cat, self.dan);
        // Who takes part, and whose leaving counts.
        let one = if self.spot.state == State::Ringing || self.rng.chance(500) { ann } else { bob };
        let rung = if self.spot.state == State::Connected { cat } else { bob };
        match self.spot.step {
            Kind::Create | Kind::Ring | Kind::Abort | Kind::Fence | Kind::PlaceAgain => self.place(),
            Kind::Expire | Kind::Leave | Kind::EndByServer if self.spot.state == State::Placing => self.end_placing(),
            Kind::Invite | Kind::RingInvited => self.invite(),
            Kind::Enter | Kind::Join | Kind::GiveUp => self.join(),
            Kind::Accept => self.soon(60, Action::Accept(rung)),
            Kind::Reject => self.soon(60, Action::Reject(rung)),
            Kind::Leave => self.soon(60, Action::HangUp(one)),
            Kind::SwitchMedia => {
                self.soon(60, Action::Switch { page: ann, video: true });
                self.then(600, Action::Switch { page: ann, video: false });
            }
            Kind::Away | Kind::Back | Kind::Vouch => self.lose(one),
            Kind::GraceAnew | Kind::Expire => self.expire(one),
            Kind::NodeLost => {
                let node = self.rng.below(2);
                self.soon(60, Action::Kill { node, for_: 14_000 });
                // As long as nobody can come back, their nodes are what is missed.
                (0..5).for_each(|page| self.then(0, Action::Offline { page, for_: 9_000 }));
                self.wait(10_500);
            }
            Kind::DropOffline => self.soon(60, Action::Reload(one)),
            Kind::DropKicked => self.soon(60, Action::Login(5 + one)),
            Kind::DropLeft => {
                // The farewell itself is not stored.
                self.then(0, Action::Outage(290));
                self.then(0, Action::Logout(one));
                self.wait(1_500);
            }
            Kind::EndByServer => self.soon(60, Action::EndByServer { ago: 0 }),
            Kind::Cross => {
                self.then(0, Action::Cross { page: ann, other: bob, video: (true, false) });
                self.wait(3_000);
                self.soon(60, Action::HangUp(ann));
                self.soon(60, Action::Cross { page: cat, other: dan, video: (true, false) });
                self.wait(3_000);
            }
        }
    }

    fn place(&mut self) {
        let (ann, bob, cat, dan, eve) = (self.ann, self.bob, self.cat, self.dan, self.eve);
        match (self.spot.step, self.spot.point) {
            (Kind::Fence, _) if self.spot.state != State::Placing => {
                self.soon(60, Action::InviteMore { page: ann, callees: vec![dan], timeout: 10 });
                self.then(2_050, pair(eve, dan));
                for _ in 0..8 {
                    self.soon(400, Action::HangUp(eve));
                    self.then(50, pair(eve, dan));
                }
            }
            (Kind::Ring, Point::Later) => {
                // All are busy, so the caller is free again.
                self.then(0, pair(dan, bob));
                self.wait(900);
                self.call(self.callees(), 30);
            }
            (Kind::Abort, _) => {
                self.then(0, pair(cat, ann));
                self.pause(30);
                self.call(self.callees(), 30);
            }
            (Kind::Fence | Kind::PlaceAgain, _) => {
                self.call(self.callees(), 30);
                self.then(2_050, pair(cat, ann));
                self.soon(300, pair(eve, bob));
                self.wait(2_000);
            }
            _ => {
                self.call(self.callees(), 30);
                let callees = vec![cat, ann];
                let call = Action::Call { page: bob, callees, video: false, group: true, room: 1, timeout: 3 };
                self.soon(30, call);
            }
        }
        self.wait(2_000);
    }

    fn end_placing(&mut self) {
        let ann = self.ann;
        self.call(self.callees(), 30);
        match self.spot.step {
            Kind::EndByServer => {
                self.then(60, Action::EndByServer { ago: 0 });
                self.soon(140, Action::EndByServer { ago: 0 });
            }
            Kind::Leave => {
                self.then(45, Action::Break { page: ann, page_notices: Some(0), node_notices: None });
                self.soon(300, Action::HangUp(ann));
            }
            _ => self.wait(10_000),
        }
    }

    fn invite(&mut self) {
        let (ann, bob, cat, dan, eve) = (self.ann, self.bob, self.cat, self.dan, self.eve);
        if (self.spot.step, self.spot.point) != (Kind::RingInvited, Point::Later) {
            return self.soon(60, Action::InviteMore { page: ann, callees: vec![cat, dan], timeout: 10 });
        }
        // Who is invited turns out to be busy, and nobody else is left.
        self.then(0, pair(dan, eve));
        self.wait(900);
        self.then(0, Action::InviteMore { page: ann, callees: vec![dan], timeout: 10 });
        let most = *self.rng.pick(&[2, 20, 60]);
        for page in [bob, cat] {
            self.soon(most, Action::HangUp(page));
        }
    }

    fn join(&mut self) {
        let (ann, bob, dan) = (self.ann, self.bob, self.dan);
        match (self.spot.step, self.spot.group) {
            (Kind::Enter, false) => {
                // Before the page hears that it rings.
                self.then(0, pair(ann, bob));
                self.soon(20, Action::Join { page: bob, ago: 0 });
            }
            (Kind::GiveUp, _) => {
                self.soon(60, Action::Join { page: dan, ago: 0 });
                for caller in [self.eve, self.cat, bob] {
                    self.soon(8, pair(caller, dan));
                }
            }
            _ => self.soon(60, Action::Join { page: dan, ago: 0 }),
        }
    }

    fn lose(&mut self, one: usize) {
        if self.spot.step == Kind::Vouch {
            self.then(500, Action::NoServer { page: one, for_: 17_000 });
            return self.wait(18_000);
        }
        let page_notices = Some(self.rng.between(1, 4_000) as Millis);
        self.soon(60, Action::Break { page: one, page_notices, node_notices: Some(0) });
        self.wait(5_000);
    }

    fn expire(&mut self, one: usize) {
        if self.spot.step == Kind::Expire && (self.spot.group || self.spot.state == State::Ringing) {
            return self.wait(4_000);
        }
        self.then(0, Action::Offline { page: one, for_: 60_000 });
        self.then(0, Action::Break { page: one, page_notices: None, node_notices: Some(0) });
        if self.spot.step == Kind::GraceAnew {
            self.then(17_500, Action::Outage(12_000));
            self.wait(14_000);
        }
        self.wait(23_000);
    }

    fn callees(&self) -> Vec<usize> {
        if self.spot.group { vec![self.bob, self.dan] } else { vec![self.bob] }
    }

    fn call(&mut self, callees: Vec<usize>, timeout: u32) {
        let (group, video) = (self.spot.group, self.rng.chance(500));
        self.then(0, Action::Call { page: self.ann, callees, video, group, room: group.into(), timeout });
    }

    fn then(&mut self, after: Millis, action: Action) {
        self.actions.push((after, action));
    }

    /// Within so many milliseconds.
    fn soon(&mut self, most: usize, action: Action) {
        let after = self.rng.below(most) as Millis;
        self.then(after, action);
    }

    fn pause(&mut self, most: usize) {
        let after = self.rng.below(most) as Millis;
        self.wait(after);
    }

    fn wait(&mut self, millis: Millis) {
        self.then(millis, Action::Publish { page: self.ann, audio: true, video: true });
    }
}

fn pair(caller: usize, callee: usize) -> Action {
    Action::Call { page: caller, callees: vec![callee], video: false, group: false, room: 0, timeout: 30 }
}
