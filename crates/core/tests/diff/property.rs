use crate::{
    history::{History, News, Viewer},
    legal::Machine,
    reference::{self, thinned},
    support::brief::briefs,
    support::rng::Rng,
};
use call_core::{CallEvent, View, events};
use call_protocol::{MemberState, Snapshot};
use std::{collections::BTreeSet, env};

const SEEDS: u64 = 3000;
const SUBSETS: usize = 4;

/// A session that adopts snapshots as a client does.
struct Follower<'a> {
    viewer: &'a Viewer,
    view: Option<View>,
    over: bool,
    first: Option<Snapshot>,
    told: Vec<CallEvent>,
}

impl<'a> Follower<'a> {
    fn new(viewer: &'a Viewer) -> Self {
        Self { viewer, view: None, over: false, first: None, told: Vec::new() }
    }

    fn follow(viewer: &'a Viewer, news: &[News]) -> Self {
        let mut follower = Self::new(viewer);
        for item in news {
            follower.take(item);
        }
        follower
    }

    fn take(&mut self, news: &News) -> Vec<CallEvent> {
        let me = &self.viewer.user;
        let next = match (news, &self.view) {
            _ if self.over => None,
            (News::Call(_, call), known) if known.is_some() || !is_overdue(call, self.viewer) => {
                let media = known.as_ref().map(|view| view.media.clone()).unwrap_or_default();
                Some(View { call: (**call).clone(), media })
            }
            (News::Media(owner, media), Some(view)) => {
                let mut view = view.clone();
                view.publish(owner, *media).then_some(view)
            }
            _ => None,
        };
        let Some(next) = next else { return Vec::new() };
        let news = events(self.view.as_ref(), &next, me);
        self.first.get_or_insert_with(|| next.call.clone());
        self.over = !next.is_live(me);
        self.view = Some(next);
        self.told.extend(news.clone());
        news
    }

    /// Whether what it was told is a legal path to what it knows.
    fn check(&self) -> Result<(), String> {
        let me = &self.viewer.user;
        let (Some(first), Some(view)) = (&self.first, &self.view) else {
            return if self.told.is_empty() { Ok(()) } else { Err("told of nothing".into()) };
        };
        let own = first.member(me).ok_or("not a member")?;
        let took_part = own.state.is_live() && (own.state == MemberState::Ringing || own.here);
        if !took_part && !first.mine {
            return if self.told.is_empty() { Ok(()) } else { Err("told of a call that was over".into()) };
        }
        let mut machine = Machine::at_first_sight(first, me);
        self.told.iter().try_for_each(|event| machine.take(event))?;
        machine.check_arrived_at(view, me)
    }

    fn terminal(&self) -> Option<String> {
        briefs(&self.told).pop().filter(|_| self.over)
    }
}

// Who first hears of an invitation when it has expired does not ring any more.
fn is_overdue(call: &Snapshot, viewer: &Viewer) -> bool {
    let own = call.member(&viewer.user).expect("a member");
    own.state == MemberState::Ringing && own.ring_until.is_some_and(|until| until <= call.now)
}

fn is_track(event: &&CallEvent) -> bool {
    matches!(event, CallEvent::Audio { .. } | CallEvent::Video { .. } | CallEvent::Screen { .. })
}

/// With everything delivered, the events are those that the steps stand for; what happened is noted in `reached`.
fn check_full(history: &History, viewer: &Viewer, reached: &mut BTreeSet<String>) -> Result<Option<String>, String> {
    let mut follower = Follower::new(viewer);
    for news in history.news_for(viewer) {
        let told = follower.take(&news);
        let News::Call(index, _) = news else { continue };
        let change = &history.changes[index];
        let told: Vec<_> = told.iter().filter(|event| !is_track(event)).cloned().collect();
        let expected = reference::told(change, viewer);
        if briefs(&told) != expected {
            return Err(format!("{:?}: told {:?}, expected {expected:?}", change.step, briefs(&told)));
        }
    }
    follower.check().map_err(|error| format!("{error}: {:?}", briefs(&follower.told)))?;
    reached.extend(briefs(&follower.told).iter().map(|line| without_names(line)));
    Ok(follower.terminal())
}

fn without_names(line: &str) -> String {
    let is_name =
        |word: &&str| ["ann", "bob", "cat", "dan", "eve", "fay"].contains(word) || word.parse::<u64>().is_ok();
    line.split(' ').filter(|word| !is_name(word)).collect::<Vec<_>>().join(" ")
}

/// With anything delivered that includes the last, the events are a legal path to the same end.
fn check_thinned(history: &History, viewer: &Viewer, end: Option<&str>, rng: &mut Rng) -> Result<(), String> {
    let news = thinned(&history.news_for(viewer), rng);
    let follower = Follower::follow(viewer, &news);
    let lines = briefs(&follower.told);
    follower.check().map_err(|error| format!("{error}: {lines:?}"))?;
    if follower.over && !follower.told.is_empty() && follower.terminal().as_deref() != end {
        return Err(format!("ended otherwise than {end:?}: {lines:?}"));
    }
    Ok(())
}

fn check(seed: u64, reached: &mut BTreeSet<String>) -> Result<(), String> {
    let rng = &mut Rng::new(seed);
    let history = History::random(rng);
    for viewer in history.viewers() {
        let of_viewer = |error| format!("{} at {}: {error}", viewer.user, viewer.session.device);
        let end = check_full(&history, &viewer, reached).map_err(of_viewer)?;
        for _ in 0..SUBSETS {
            check_thinned(&history, &viewer, end.as_deref(), rng).map_err(of_viewer)?;
        }
    }
    Ok(())
}

/// One seed alone: SEED=n. More of them: SEEDS=n.
#[test]
fn every_part_of_every_history_is_a_legal_path_to_the_same_end() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let only = number("SEED");
    let seeds = only.map_or(0..number("SEEDS").unwrap_or(SEEDS), |seed| seed..seed + 1);
    let mut reached = BTreeSet::new();
    for seed in seeds {
        check(seed, &mut reached).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
    let missed: Vec<_> = EVENTS.iter().filter(|event| !reached.contains(**event)).collect();
    assert!(only.is_some() || missed.is_empty(), "no history had {missed:?}, but {reached:?}");
}

const EVENTS: [&str; 28] = [
    "received from",
    "begin as caller",
    "begin as callee",
    "joined",
    "accepted",
    "left",
    "rejected",
    "no response",
    "busy",
    "own ringing expired",
    "Video becomes Audio",
    "audio true",
    "audio false",
    "video true",
    "video false",
    "not connected: Reject by",
    "not connected: NoResponse by",
    "not connected: Offline by",
    "not connected: LineBusy by",
    "not connected: Cancelled by",
    "not connected: AnsweredElsewhere by",
    "not connected: RejectedElsewhere by",
    "not connected: EndedByServer by nobody",
    "end: HangUp by after",
    "end: NoResponse by after",
    "end: Offline by after",
    "end: Reject by after",
    "end: EndedByServer by nobody after",
];
