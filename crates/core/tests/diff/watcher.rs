use crate::{
    support::brief::briefs,
    support::{names::user, story::Story, story::name},
};
use call_core::{CallEvent, View, events};
use call_protocol::{MediaState, MemberState, Snapshot, UserId};

/// A session that watches a call, and everything it was told.
pub struct Watcher {
    session: &'static str,
    me: UserId,
    pub view: Option<View>,
    pub told: Vec<CallEvent>,
}

impl Watcher {
    /// "bob", or "bob/phone" for another one of his.
    pub fn new(session: &'static str) -> Self {
        Self { session, me: user(name(session)), view: None, told: Vec::new() }
    }

    /// What it is told of the call as it is now.
    pub fn look(&mut self, story: &Story) -> Vec<String> {
        self.take(story.view(self.session).expect("a view"))
    }

    pub fn take(&mut self, call: Snapshot) -> Vec<String> {
        let media = self.view.as_ref().map(|view| view.media.clone()).unwrap_or_default();
        self.see(View { call, media })
    }

    /// What it is told when `owner` says what it publishes.
    pub fn publish(&mut self, owner: &str, media: MediaState) -> Vec<String> {
        let mut view = self.view.clone().expect("a view");
        if view.publish(&user(owner), media) { self.see(view) } else { Vec::new() }
    }

    fn see(&mut self, view: View) -> Vec<String> {
        let news = events(self.view.as_ref(), &view, &self.me);
        self.view = Some(view);
        let lines = briefs(&news);
        self.told.extend(news);
        lines
    }
}

/// As [`Watcher::look`], by a session that has seen nothing before.
pub fn at_first_sight(story: &Story, session: &'static str) -> Vec<String> {
    Watcher::new(session).look(story)
}

/// Sets a member's state in a snapshot made by hand.
pub fn set(call: &mut Snapshot, who: &str, state: MemberState) {
    let member = call.members.iter_mut().find(|member| member.user == user(who)).unwrap();
    member.state = state;
    if state == MemberState::Joined {
        member.joined_at.get_or_insert(call.now);
    }
}

pub const NOTHING: [&str; 0] = [];
