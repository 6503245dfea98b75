use crate::{
    coverage, scene,
    shell::{
        conditions::Conditions,
        probe::{Point, Spot, State},
        step_kind::Kind,
    },
    situations::Situation,
    support::rng::Rng,
};
use call_protocol::Millis;
use serde::{Deserialize, Serialize};

/// Users, and pages of theirs: two tabs of a computer, and a phone.
pub const USERS: [&str; 5] = ["ann", "bob", "cat", "dan", "eve"];
pub const PAGES: [&str; 15] = [
    "ann",
    "bob",
    "cat",
    "dan",
    "eve",
    "ann/phone",
    "bob/phone",
    "cat/phone",
    "dan/phone",
    "eve/phone",
    "ann/tab",
    "bob/tab",
    "cat/tab",
    "dan/tab",
    "eve/tab",
];
const FIRST_PAGES: usize = USERS.len();

/// Everything that a run is made of. The rest (how long each thing takes) comes from `seed`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    pub conditions: Conditions,
    /// What whoever is rung does about it, in the order of ringing.
    pub reactions: Vec<Reaction>,
    /// Each after a pause.
    pub actions: Vec<(Millis, Action)>,
    pub traps: Vec<TrapPlan>,
    /// Where the store is slow.
    #[serde(default)]
    pub slow: Option<TrapPlan>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Reaction {
    pub after: Millis,
    pub what: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Accept,
    Reject,
    HangUp,
    CallBack,
    Nothing,
}

/// A node dies, or stands still, where this happens first: see [`State::ALL`], [`Kind::ALL`] and [`Point::ALL`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct TrapPlan {
    pub state: usize,
    pub group: bool,
    pub step: usize,
    pub point: usize,
}

/// Pages, users and nodes by their number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Action {
    Call {
        page: usize,
        callees: Vec<usize>,
        video: bool,
        group: bool,
        room: u32,
        timeout: u32,
    },
    /// Two users call each other at once.
    Cross {
        page: usize,
        other: usize,
        video: (bool, bool),
    },
    Accept(usize),
    Reject(usize),
    HangUp(usize),
    InviteMore {
        page: usize,
        callees: Vec<usize>,
        timeout: u32,
    },
    /// The call that was placed so many calls ago.
    Join {
        page: usize,
        ago: usize,
    },
    JoinRoom {
        page: usize,
        room: u32,
    },
    Switch {
        page: usize,
        video: bool,
    },
    Publish {
        page: usize,
        audio: bool,
        video: bool,
    },
    Login(usize),
    Logout(usize),
    /// The page is gone without a word; the node hears of it, or not.
    Crash {
        page: usize,
        heard: bool,
    },
    Reload(usize),
    Sleep {
        page: usize,
        for_: Millis,
    },
    /// The connection breaks; each side notices after that time, or not by itself.
    Break {
        page: usize,
        page_notices: Option<Millis>,
        node_notices: Option<Millis>,
    },
    Offline {
        page: usize,
        for_: Millis,
    },
    /// The page reaches no node, but other pages.
    NoServer {
        page: usize,
        for_: Millis,
    },
    /// Nothing is lost, but it takes so much longer.
    Lag {
        page: usize,
        by: Millis,
    },
    Kill {
        node: usize,
        for_: Millis,
    },
    Freeze {
        node: usize,
        for_: Millis,
    },
    CutStore {
        node: usize,
        for_: Millis,
    },
    /// Nobody gets an answer from the store.
    Outage(Millis),
    EndByServer {
        ago: usize,
    },
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let conditions = conditions(rng);
        let nodes = conditions.skews.len();
        let first: Vec<(Millis, Action)> = first_pages(rng).into_iter().map(|page| (0, Action::Login(page))).collect();
        let violence = *rng.pick(&[0, 100, 250, 400]);
        let count = rng.between(8, 45);
        let habits = *rng.pick(&[Habit::Pairs, Habit::Groups, Habit::Any]);
        let more = (0..count).map(|_| (pause(rng), action(rng, nodes, violence, habits)));
        let actions = first.into_iter().chain(more).collect();
        let reactions = (0..20).map(|_| reaction(rng)).collect();
        let traps = if violence > 0 { (0..rng.between(0, 3)).map(|_| trap(rng)).collect() } else { Vec::new() };
        let mut plan = Self { seed, conditions, reactions, actions, traps, slow: None };
        if seed % 16 == 8 {
            let situation = Situation::ALL[(seed / 16) as usize % Situation::ALL.len()];
            situation.stage(&mut plan, rng);
        } else if seed % 2 == 1 {
            let mut spots: Vec<Spot> = coverage::possible().filter(|spot| spot.point != Point::Done).collect();
            // It takes two who meet at the right moment.
            let steps = [(Kind::Fence, State::Connected), (Kind::Cross, State::Placing)];
            let seldom = |spot: &&Spot| steps.contains(&(spot.step, spot.state));
            let seldom: Vec<Spot> = spots.iter().filter(seldom).copied().collect();
            (0..5).for_each(|_| spots.extend(&seldom));
            let spot = spots[(seed / 2) as usize % spots.len()];
            scene::stage(&mut plan, spot, rng);
        }
        plan
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Habit {
    Pairs,
    Groups,
    Any,
}

fn conditions(rng: &mut Rng) -> Conditions {
    let nodes = *rng.pick(&[1, 2, 3]);
    let most = *rng.pick(&[1, 60, 3_000]);
    let slow = *rng.pick(&[2, 20, 200]);
    Conditions {
        skews: (0..nodes).map(|_| rng.below(most) as Millis).collect(),
        latency: (1, *rng.pick(&[5, 40, 400])),
        store: (0, slow),
        bus: (0, *rng.pick(&[2, 30, 500])),
        bus_loss: *rng.pick(&[0, 0, 30]),
        store_faults: *rng.pick(&[0, 0, 0, 10, 60]),
        stalls: *rng.pick(&[0, 0, 3, 15]),
        claim_time: *rng.pick(&[2_000, 2_000, 300]),
        crossing_invites_connect: rng.chance(850),
        only_invited_join: rng.chance(150),
        multi_device: rng.chance(500),
        channels: rng.chance(700),
    }
}

fn first_pages(rng: &mut Rng) -> Vec<usize> {
    let users = rng.between(2, USERS.len());
    let mut pages: Vec<usize> = (0..users).collect();
    for _ in 0..rng.below(3) {
        pages.push(FIRST_PAGES + rng.below(PAGES.len() - FIRST_PAGES));
    }
    pages
}

fn pause(rng: &mut Rng) -> Millis {
    let most = *rng.pick(&[1, 10, 60, 500, 2_500, 9_000]);
    rng.below(most) as Millis
}

fn reaction(rng: &mut Rng) -> Reaction {
    let what = match rng.below(20) {
        0..=10 => Answer::Accept,
        11..=13 => Answer::Reject,
        14 => Answer::HangUp,
        15 => Answer::CallBack,
        _ => Answer::Nothing,
    };
    let most = *rng.pick(&[1, 30, 800, 6_000]);
    Reaction { after: rng.below(most) as Millis, what }
}

/// Somewhere where a node can die.
fn trap(rng: &mut Rng) -> TrapPlan {
    let possible: Vec<Spot> = coverage::possible().filter(|spot| spot.point != Point::Done).collect();
    TrapPlan::of(*rng.pick(&possible))
}

impl TrapPlan {
    pub fn of(spot: Spot) -> Self {
        Self {
            state: place(&State::ALL, &spot.state),
            group: spot.group,
            step: place(&Kind::ALL, &spot.step),
            point: place(&Point::ALL, &spot.point),
        }
    }

    pub fn spot(self) -> Spot {
        let (state, step, point) = (State::ALL[self.state], Kind::ALL[self.step], Point::ALL[self.point]);
        Spot { state, group: self.group, step, point }
    }
}

fn place<T: PartialEq>(all: &[T], one: &T) -> usize {
    all.iter().position(|it| it == one).unwrap_or(0)
}

fn action(rng: &mut Rng, nodes: usize, violence: u64, habit: Habit) -> Action {
    if rng.chance(violence) {
        return violent(rng, nodes);
    }
    let page = page(rng);
    match rng.below(100) {
        0..=19 => call(rng, page, habit),
        20..=24 => Action::Cross { page, other: rng.below(FIRST_PAGES), video: (rng.chance(500), rng.chance(500)) },
        25..=34 => Action::Accept(page),
        35..=37 => Action::Reject(page),
        38..=52 => Action::HangUp(page),
        53..=64 => Action::InviteMore { page, callees: others(rng, 3), timeout: timeout(rng) },
        65..=70 => Action::Join { page, ago: rng.below(3) },
        71..=75 => Action::JoinRoom { page, room: 1 + rng.below(2) as u32 },
        76..=81 => Action::Switch { page, video: rng.chance(500) },
        82..=88 => Action::Publish { page, audio: rng.chance(500), video: rng.chance(500) },
        89..=93 => Action::Login(rng.below(PAGES.len())),
        94..=95 => Action::Logout(page),
        96 => Action::EndByServer { ago: rng.below(3) },
        _ => Action::Reload(page),
    }
}

fn call(rng: &mut Rng, page: usize, habit: Habit) -> Action {
    let pair = match habit {
        Habit::Pairs => rng.chance(900),
        Habit::Groups => rng.chance(100),
        Habit::Any => rng.chance(500),
    };
    let callees = if pair { others(rng, 1) } else { others(rng, 4) };
    let group = !pair || rng.chance(100);
    let room = if group { rng.below(3) as u32 } else { 0 };
    Action::Call { page, callees, video: rng.chance(500), group, room, timeout: timeout(rng) }
}

fn violent(rng: &mut Rng, nodes: usize) -> Action {
    let (page, node) = (page(rng), rng.below(nodes));
    let long = *rng.pick(&[300, 4_000, 15_000, 40_000]);
    let for_ = 1 + rng.below(long) as Millis;
    match rng.below(24) {
        0..=2 => Action::Crash { page, heard: rng.chance(500) },
        3..=5 => Action::Reload(page),
        6..=7 => Action::Sleep { page, for_ },
        8..=12 => Action::Break { page, page_notices: notices(rng), node_notices: notices(rng) },
        13 => Action::Offline { page, for_ },
        14 => Action::NoServer { page, for_ },
        15 => Action::Lag { page, by: for_.min(12_000) },
        16..=18 => Action::Kill { node, for_: for_.min(15_000) },
        19..=20 => Action::Freeze { node, for_: for_.min(15_000) },
        21..=22 => Action::CutStore { node, for_: for_.min(15_000) },
        _ => Action::Outage(for_.min(15_000)),
    }
}

fn notices(rng: &mut Rng) -> Option<Millis> {
    let most = *rng.pick(&[1, 300, 10_000]);
    rng.chance(700).then(|| rng.below(most) as Millis)
}

fn page(rng: &mut Rng) -> usize {
    if rng.chance(800) { rng.below(FIRST_PAGES) } else { rng.below(PAGES.len()) }
}

fn others(rng: &mut Rng, most: usize) -> Vec<usize> {
    let mut users: Vec<usize> = (0..USERS.len()).collect();
    rng.shuffle(&mut users);
    users.truncate(rng.between(1, most));
    users
}

fn timeout(rng: &mut Rng) -> u32 {
    *rng.pick(&[30, 30, 10, 3, 0])
}
