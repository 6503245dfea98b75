use crate::support::{
    names::{APP, GRACE, NODE, RING, START, call_id, session, user},
    rng::Rng,
    story::name,
};
use call_core::{Call, Committed, DropReason, Place, Policy, Session, Step, transition};
use call_protocol::{MediaState, MediaType, MemberState, Millis, Phase, Room, Snapshot, UserId};
use std::sync::Arc;

const NAMES: [&str; 6] = ["ann", "bob", "cat", "dan", "eve", "fay"];

/// One change of a call.
pub struct Change {
    pub step: Step,
    pub old: Call,
    pub new: Call,
    pub now: Millis,
}

impl Change {
    fn is_told(&self, viewer: &Viewer) -> bool {
        let committed = Committed { old: Some(Arc::new(self.old.clone())), new: Arc::new(self.new.clone()) };
        let mut deliveries = committed.deliveries().into_iter();
        deliveries.any(|delivery| *delivery.user == viewer.user && delivery.to.includes(viewer.session.id))
    }
}

/// What reaches a session.
#[derive(Clone)]
pub enum News {
    /// The index of the change, and what the session sees of it.
    Call(usize, Box<Snapshot>),
    Media(UserId, MediaState),
}

/// A random call from its placing to some later point, often its end.
pub struct History {
    pub changes: Vec<Change>,
    pub members: usize,
    /// (after so many changes, who, what)
    media: Vec<(usize, UserId, MediaState)>,
}

/// A session of a member.
#[derive(Clone)]
pub struct Viewer {
    pub user: UserId,
    pub session: Session,
}

impl History {
    pub fn random(rng: &mut Rng) -> Self {
        let members = if rng.chance(500) { 2 } else { rng.between(3, NAMES.len()) };
        let mut now = START;
        let mut call = draft(rng, members);
        let mut history = Self { changes: Vec::new(), members, media: Vec::new() };
        let mut step = first_step(rng, &call);
        for _ in 0..rng.between(1, 30) {
            if let Ok(Some(new)) = transition(&call, &step, now) {
                history.changes.push(Change { step, old: call, new: new.clone(), now });
                call = new;
            }
            history.publish(rng, &call);
            if call.phase == Phase::Placing {
                step = first_step(rng, &call);
                continue;
            }
            now += pause(rng, &call, now);
            step = any_step(rng, &call);
        }
        history
    }

    /// Every session that could have seen something of it: two of each member.
    pub fn viewers(&self) -> Vec<Viewer> {
        let sessions = |name: &str| [session(name), session(&format!("{name}/phone"))];
        let viewer = |name: &&str| sessions(name).map(|session| Viewer { user: user(name), session });
        NAMES[..self.members].iter().flat_map(viewer).collect()
    }

    /// What is delivered to a session, in order.
    pub fn news_for(&self, viewer: &Viewer) -> Vec<News> {
        let mut news = Vec::new();
        for (index, change) in self.changes.iter().enumerate() {
            if change.is_told(viewer)
                && let Some(view) = change.new.view_for(&viewer.user, viewer.session.id, change.now)
            {
                news.push(News::Call(index, Box::new(view)));
            }
            let said = self.media.iter().filter(|(after, ..)| *after == index + 1);
            news.extend(
                said.filter(|(_, owner, _)| *owner != viewer.user)
                    .map(|(_, owner, media)| News::Media(owner.clone(), *media)),
            );
        }
        news
    }

    // Somebody who has joined says what it publishes.
    fn publish(&mut self, rng: &mut Rng, call: &Call) {
        let joined: Vec<_> = call.members.iter().filter(|member| member.state == MemberState::Joined).collect();
        if joined.is_empty() || rng.chance(400) {
            return;
        }
        let owner = rng.pick(&joined).user.clone();
        let media = MediaState {
            generation: 1,
            n: u32::try_from(self.media.len()).unwrap() + 1,
            audio: rng.chance(500),
            video: rng.chance(500),
            screen: false,
        };
        self.media.push((self.changes.len(), owner, media));
    }
}

fn draft(rng: &mut Rng, members: usize) -> Call {
    let place = Place {
        app: APP,
        call: call_id(1),
        caller: user("ann"),
        session: session("ann"),
        callees: NAMES[1..members].iter().map(|name| user(name)).collect(),
        media: if rng.chance(500) { MediaType::Video } else { MediaType::Audio },
        group: members > 2 || rng.chance(200),
        room: Room::default(),
        room_number: 7,
        chat_group: None,
        user_data: String::new(),
        timeout: if rng.chance(100) { 0 } else { RING },
    };
    place.draft(&Policy::default(), START).unwrap()
}

fn first_step(rng: &mut Rng, call: &Call) -> Step {
    if call.crossed.is_none() && rng.chance(150) {
        return cross(rng, "bob");
    }
    let callees = call.members.iter().skip(1).map(|member| member.user.clone());
    Step::Ring { busy: callees.filter(|_| rng.chance(150)).collect() }
}

fn any_step(rng: &mut Rng, call: &Call) -> Step {
    let name = NAMES[rng.below(call.members.len())];
    let user = user(name);
    let at_phone = format!("{name}/phone");
    let session = session(if name != "ann" && rng.chance(300) { &at_phone } else { name });
    let generation = 1;
    match rng.below(100) {
        0..=34 => Step::Accept { user, generation, session },
        35..=49 => Step::Reject { user, generation, session },
        50..=64 => Step::Leave { user, generation, session: session.id, because: None, at: None },
        65..=69 => Step::Away { user, session: session.id, node: NODE, grace: GRACE },
        70..=72 => Step::Back { user, session: session.id, node: NODE },
        73..=77 => Step::Drop { user, session: session.id, reason: *rng.pick(&DROPS) },
        78..=94 => Step::Expire,
        95..=97 => cross(rng, name),
        _ => Step::EndByServer,
    }
}

const DROPS: [DropReason; 3] = [DropReason::Offline, DropReason::Kicked, DropReason::Left];

fn cross(rng: &mut Rng, who: &str) -> Step {
    let media = if rng.chance(500) { MediaType::Video } else { MediaType::Audio };
    Step::Cross { user: user(name(who)), session: session(who), media }
}

// Now and then exactly to a deadline, or past it.
fn pause(rng: &mut Rng, call: &Call, now: Millis) -> Millis {
    match call.next_deadline() {
        Some(at) if rng.chance(250) => at.saturating_sub(now) + rng.below(3) as Millis * 20,
        _ => rng.below(3000) as Millis,
    }
}
