//! What a login does to the other sessions of its user.

use crate::{hub::Session, limits::Limits};
use call_core::{Fate, Seat, fate};
use call_protocol::ErrorCode;
use std::{collections::HashSet, sync::Arc};

/// What a login is measured by.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The server's setting, or what the login asks for.
    pub multi_device: bool,
    /// Nobody has just asked for it.
    pub returns: bool,
    pub limits: &'a Limits,
}

impl Terms<'_> {
    pub fn seat<'a>(&self, session: &'a Session) -> Seat<'a> {
        Seat { returns: self.returns, ..session.seat() }
    }

    /// Whether a login may be added to sessions that it finds with these fates.
    pub fn allow<'a>(
        &self,
        found: impl Iterator<Item = (&'a str, Fate)> + Clone,
        new: Seat<'_>,
    ) -> Result<(), ErrorCode> {
        if found.clone().any(|(_, fate)| fate == Fate::Prevails) {
            return Err(ErrorCode::LoggedInElsewhere);
        }
        let staying = found.filter(|(_, fate)| *fate == Fate::Stays).map(|(device, _)| device);
        let devices: HashSet<&str> = staying.clone().chain([new.device]).collect();
        let too_many =
            is_above(self.limits.sessions, staying.count() + 1) || is_above(self.limits.devices, devices.len());
        if too_many { Err(ErrorCode::TooManyRequests) } else { Ok(()) }
    }
}

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
            Fate::Stays | Fate::Prevails => {}
            Fate::Replaced => self.replaced.push(session),
            Fate::Kicked => self.kicked.push(session),
        }
    }
}

pub fn admit(list: &mut Vec<Arc<Session>>, session: Arc<Session>, terms: Terms<'_>) -> Result<Ended, ErrorCode> {
    let fate_of =
        |other: &Session| fate(other.seat(), terms.seat(&session), terms.multi_device || other.is_multi_device());
    let fates: Vec<Fate> = list.iter().map(|other| fate_of(other)).collect();
    terms.allow(list.iter().map(|other| &*other.device).zip(fates.iter().copied()), session.seat())?;
    let mut ended = Ended::default();
    let mut fates = fates.into_iter();
    list.retain(|other| {
        let fate = fates.next().unwrap_or(Fate::Stays);
        ended.add(other.clone(), fate);
        fate == Fate::Stays
    });
    list.push(session);
    Ok(ended)
}

fn is_above(limit: Option<u32>, count: usize) -> bool {
    limit.is_some_and(|limit| count > limit as usize)
}
