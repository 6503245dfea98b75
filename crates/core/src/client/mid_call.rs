use super::{Client, CommandId, MoreCallees, Output, requests::Purpose};
use crate::error::CallError;
use call_protocol::{
    CallId, CallRef, ClientMessage, Generation, InviteMore, Join, MediaType, MemberState, MemberView, Millis, Snapshot,
    SwitchMedia,
};

/// How many invitations this session has sent in its present membership.
#[derive(Debug, Default)]
pub(super) struct Invitations {
    of: Option<(CallId, Generation)>,
    last: u32,
}

impl Invitations {
    fn next(&mut self, of: (CallId, Generation)) -> u32 {
        if self.of.as_ref() != Some(&of) {
            *self = Self { of: Some(of), last: 0 };
        }
        self.last += 1;
        self.last
    }
}

impl Client {
    pub(super) fn invite_more(&mut self, id: CommandId, more: MoreCallees, now: Millis) {
        let Some(CallRef { call, generation }) = self.joined() else {
            return self.complete(id, Err(CallError::wrong_state("not in a call")));
        };
        let body = ClientMessage::InviteMore(InviteMore {
            number: self.invitations.next((call.clone(), generation)),
            call,
            generation,
            callees: more.callees,
            user_data: more.user_data,
            timeout: more.timeout,
        });
        self.request(body, Purpose::Step(id), now);
    }

    pub(super) fn join(&mut self, id: CommandId, to: Join, now: Millis) {
        if self.is_joining() {
            return self.complete(id, Err(CallError::repeated("join")));
        }
        if self.is_busy() {
            return self.complete(id, Err(CallError::wrong_state("a call is already running")));
        }
        self.unwanted.take_if(|unwanted| *unwanted == to);
        self.request(ClientMessage::Join(to.clone()), Purpose::Join(id, to), now);
    }

    pub(super) fn switch_media(&mut self, id: CommandId, media: MediaType, now: Millis) {
        let shown = self.view.as_ref().map(|view| (view.call.group, view.call.media));
        let (Some(CallRef { call, generation }), Some((group, known))) = (self.joined(), shown) else {
            return self.complete(id, Err(CallError::wrong_state("not in a call")));
        };
        if group {
            let text = "a group call keeps its media type";
            return self.complete(id, Err(CallError::new(CallError::GROUP_CALL, text)));
        }
        if known == media {
            let text = "the call has this media type already";
            return self.complete(id, Err(CallError::new(CallError::REPEATED, text)));
        }
        self.request(ClientMessage::SwitchMedia(SwitchMedia { call, generation, media }), Purpose::Step(id), now);
    }

    pub(super) fn is_joining(&self) -> bool {
        self.requests.has_command(|body| matches!(body, ClientMessage::Join(_)))
    }

    /// The person has hung up, or was told that it failed: if the server lets this session in after all, it leaves.
    /// False: nothing is being joined.
    pub(super) fn give_up_joining(&mut self) -> bool {
        let Some(request) = self.requests.take_one(|purpose| matches!(purpose, Purpose::Join(..))) else {
            return false;
        };
        if let Purpose::Join(command, to) = request.purpose {
            self.unwanted = Some(to);
            self.complete(command, Err(CallError::wrong_state("cancelled")));
            self.output(Output::ReleaseMedia);
        }
        true
    }

    /// Whether this session is in a call that it has given up to join.
    pub(super) fn is_unwanted(&mut self, call: &Snapshot, own: &MemberView) -> bool {
        let is_meant = |to: &mut Join| match to {
            Join::Call(id) => *id == call.id,
            Join::Room { group, room } => call.chat_group.as_ref() == Some(group) && call.room == *room,
        };
        own.here && own.state == MemberState::Joined && self.unwanted.take_if(is_meant).is_some()
    }

    fn joined(&self) -> Option<CallRef> {
        self.own_ref_if(|own| own.state == MemberState::Joined)
    }
}
