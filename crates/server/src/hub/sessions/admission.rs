//! What a login does to the other sessions of its user.

use crate::{hub::Session, limits::Limits};
use call_core::{Fate, Seat, fate};
use std::{collections::HashSet, sync::Arc};

/// Sessions that a login has ended.
#[derive(Default)]
pub struct Ended {
    /// The same page as it was before it was loaded anew, or one of the same device that has no socket.
    pub replaced: Vec<Arc<Session>>,
    /// Other devices.
    pub kicked: Vec<Arc<Session>>,
}

impl Ended {
    pub fn all(&self) -> impl Iterator<Item = &Arc<Session>> {
        self.replaced.iter().chain(&self.kicked)
    }

    pub fn add(&mut self, session: Arc<Session>, fate: Fate) {
        match fate {
            Fate::Stays => {}
            Fate::Replaced => self.replaced.push(session),
            Fate::Kicked => self.kicked.push(session),
        }
    }
}

/// None: too many stay.
pub fn admit(
    list: &mut Vec<Arc<Session>>,
    session: Arc<Session>,
    multi_device: bool,
    limits: &Limits,
) -> Option<Ended> {
    let fate_of = |other: &Session| fate(other.seat(), session.seat(), multi_device || other.is_multi_device());
    let staying = list.iter().filter(|other| fate_of(other) == Fate::Stays);
    if !has_room(limits, staying.map(|other| &*other.device), session.seat()) {
        return None;
    }
    let mut ended = Ended::default();
    list.retain(|other| {
        let fate = fate_of(other);
        ended.add(other.clone(), fate);
        fate == Fate::Stays
    });
    list.push(session);
    Some(ended)
}

/// Whether one more session may be beside those of these devices.
pub fn has_room<'a>(limits: &Limits, staying: impl Iterator<Item = &'a str> + Clone, new: Seat<'a>) -> bool {
    let devices: HashSet<&str> = staying.clone().chain([new.device]).collect();
    !is_above(limits.sessions, staying.count() + 1) && !is_above(limits.devices, devices.len())
}

fn is_above(limit: Option<u32>, count: usize) -> bool {
    limit.is_some_and(|limit| count > limit as usize)
}
