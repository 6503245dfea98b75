//! What a login does to the user's other sessions.

/// What is known of a session when another one logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat<'a> {
    /// The browser.
    pub device: &'a str,
    /// The tab, across its reloads; empty where the client gives none.
    pub page: &'a str,
    /// Its socket is open, as far as is known.
    pub connected: bool,
    /// It logs in by itself, because its session is not known any more, and not because somebody has just asked for it.
    pub returns: bool,
}

/// What becomes of a session when its user logs in again without its resume token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Both are logged in. If this one is in a call, the new one is idle: opening a tab never ends a call.
    Stays,
    /// It is over, and its part in a call with it, as [`DropReason::Offline`](crate::DropReason::Offline): its page was
    /// loaded again.
    Replaced,
    /// It is over as [`DropReason::Kicked`](crate::DropReason::Kicked), and told so.
    Kicked,
    /// It goes on, and the login is refused: the person has moved here in the meantime.
    Prevails,
}

/// | the new login is from                    | fate of the old session            |
/// |------------------------------------------|------------------------------------|
/// | the same page                            | replaced                           |
/// | another page of the same device          | stays                              |
/// | the same device, where one gives no page | stays if connected, else replaced  |
/// | another device                           | kicked; with multi-device, stays   |
/// | another device that returns by itself    | prevails; with multi-device, stays |
///
/// `multi_device`: the server's setting, or either side has asked for it.
/// A login with the resume token is the old session itself: it ends nothing.
pub fn fate(old: Seat<'_>, new: Seat<'_>, multi_device: bool) -> Fate {
    if old.device != new.device {
        return match (multi_device, new.returns) {
            (true, _) => Fate::Stays,
            (false, false) => Fate::Kicked,
            (false, true) => Fate::Prevails,
        };
    }
    let knows_pages = !old.page.is_empty() && !new.page.is_empty();
    let is_reload = if knows_pages { old.page == new.page } else { !old.connected };
    if is_reload { Fate::Replaced } else { Fate::Stays }
}
