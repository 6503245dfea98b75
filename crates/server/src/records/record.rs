use call_core::{AppId, Call, Member};
use call_protocol::{CallId, MediaType, MemberState, Millis, Phase, Reason, Room, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of a call. Times are milliseconds since the Unix epoch by the server's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallRecord {
    /// SDKAppID.
    pub app: AppId,
    #[schema(value_type = String)]
    pub id: CallId,
    #[schema(value_type = String)]
    pub caller: UserId,
    /// As it was last.
    #[schema(value_type = String, pattern = "^(audio|video)$")]
    pub media: MediaType,
    /// Placed as a group call.
    pub group: bool,
    pub chat_group: Option<String>,
    #[schema(value_type = RoomSchema)]
    pub room: Room,
    pub created_at: Millis,
    /// When two were in it for the first time; none: it never came to that.
    pub begun_at: Option<Millis>,
    pub ended_at: Millis,
    /// From its beginning to its end, in milliseconds; 0 if it never began.
    pub duration: Millis,
    pub outcome: Outcome,
    /// The reason that the call's members were told.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// Who caused the end; nobody when the server or a back end did.
    #[schema(value_type = Option<String>)]
    pub ended_by: Option<UserId>,
    /// The caller first; one entry a user.
    pub members: Vec<MemberRecord>,
}

/// A user's part in a call: the last one, if it left and came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberRecord {
    #[schema(value_type = String)]
    pub user: UserId,
    pub role: Role,
    pub outcome: MemberOutcome,
    /// The reason that this user was told.
    #[schema(value_type = String)]
    pub reason: Reason,
    /// Who caused the end of this part.
    #[schema(value_type = Option<String>)]
    pub by: Option<UserId>,
    pub joined_at: Option<Millis>,
    /// When this part ended.
    pub left_at: Millis,
    /// From the later of joining and the call's beginning to the end of this part, in milliseconds.
    pub duration: Millis,
}

/// The vendor's results of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    NormalEnd,
    NotAnswer,
    Reject,
    CallBusy,
    Cancel,
    /// It had begun, and ended because somebody's connection was lost or because the server or a back end ended it.
    Interrupt,
    /// The caller's connection was lost before it began.
    Offline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Caller,
    /// Was invited.
    Callee,
    /// Came by itself.
    Joiner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberOutcome {
    /// Was in the call until it hung up or the call ended.
    Left,
    Rejected,
    NoResponse,
    Cancelled,
    /// Was in another call and never rung.
    Busy,
    /// Its connection was lost for good.
    Offline,
    /// Its login was ended by another one, or by a back end.
    Kicked,
}

#[derive(ToSchema)]
#[allow(dead_code)]
pub struct RoomSchema {
    /// 0 if the room is named by text.
    int: u32,
    /// Empty if the room has a number.
    str: Option<String>,
}

impl CallRecord {
    /// None: it has not ended, or nobody has ever been told of it.
    pub fn of(call: &Call) -> Option<Self> {
        let end = call.end.as_ref().filter(|_| call.phase == Phase::Ended && !call.is_aborted())?;
        let mut members: Vec<_> = call.members.iter().filter_map(|member| MemberRecord::of(call, member)).collect();
        members.sort_by_key(|member| member.role != Role::Caller);
        Some(Self {
            app: call.app,
            id: call.id.clone(),
            caller: call.origin.user.clone(),
            media: call.media.kind,
            group: call.group,
            chat_group: call.chat_group.clone(),
            room: call.room.clone(),
            created_at: call.created_at,
            begun_at: call.begun_at,
            ended_at: end.at,
            duration: call.begun_at.map_or(0, |begun| end.at.saturating_sub(begun)),
            outcome: Outcome::of(end.reason, call.begun_at.is_some()),
            reason: end.reason,
            ended_by: end.by.clone(),
            members,
        })
    }
}

impl MemberRecord {
    fn of(call: &Call, member: &Member) -> Option<Self> {
        // Where the last attempt to get somebody in was given up, an earlier part counts, if there was one.
        let member = if member.state == MemberState::Aborted { member.prev.as_deref()? } else { member };
        let outcome = match member.state {
            MemberState::Left => MemberOutcome::Left,
            MemberState::Rejected => MemberOutcome::Rejected,
            MemberState::NoResponse => MemberOutcome::NoResponse,
            MemberState::Cancelled => MemberOutcome::Cancelled,
            MemberState::Busy => MemberOutcome::Busy,
            MemberState::Offline => MemberOutcome::Offline,
            MemberState::Kicked => MemberOutcome::Kicked,
            MemberState::Claiming | MemberState::Ringing | MemberState::Joined | MemberState::Aborted => return None,
        };
        let in_since = member.joined_at.zip(call.begun_at).map(|(joined, begun)| joined.max(begun));
        Some(Self {
            user: member.user.clone(),
            role: Role::of(call, member),
            outcome,
            reason: member.reason.unwrap_or(Reason::Unknown),
            by: member.by.clone(),
            joined_at: member.joined_at,
            left_at: member.at,
            duration: in_since.map_or(0, |since| member.at.saturating_sub(since)),
        })
    }
}

impl Role {
    fn of(call: &Call, member: &Member) -> Self {
        if member.user == call.origin.user {
            Self::Caller
        } else if member.invite.is_some() {
            Self::Callee
        } else {
            Self::Joiner
        }
    }
}

impl Outcome {
    fn of(reason: Reason, begun: bool) -> Self {
        match reason {
            Reason::Offline | Reason::EndedByServer if begun => Self::Interrupt,
            _ if begun => Self::NormalEnd,
            Reason::Reject => Self::Reject,
            Reason::NoResponse => Self::NotAnswer,
            Reason::LineBusy => Self::CallBusy,
            Reason::Offline => Self::Offline,
            Reason::EndedByServer => Self::Interrupt,
            _ => Self::Cancel,
        }
    }
}
