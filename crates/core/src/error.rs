use call_protocol::{ErrorCode, WireError};
use std::borrow::Cow;

/// An error as the application sees it: one of the contract's numbers, and a text for a developer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct CallError {
    pub code: i32,
    pub message: Cow<'static, str>,
}

impl CallError {
    /// Not logged in, or no longer.
    pub const NOT_LOGGED_IN: i32 = -1201;
    /// An argument is missing, of the wrong type or out of range.
    pub const BAD_PARAMETER: i32 = -1202;
    /// The call's state does not allow it.
    pub const WRONG_STATE: i32 = -1203;
    /// The same method is still at work on an earlier call of it.
    pub const REPEATED: i32 = -1204;
    /// Not possible in a group call.
    pub const GROUP_CALL: i32 = -1205;
    /// The server did not answer.
    pub const NO_ANSWER: i32 = -1401;
    /// Own: the media connection was lost and could not be made again.
    pub const NO_MEDIA: i32 = 60_101;
    /// Own: two members can't reach each other, and there is no TURN server that could relay between them.
    pub const NO_RELAY: i32 = 60_102;
    /// The server cannot be reached.
    pub const NO_NETWORK: i32 = 2805;
    /// A user id is malformed, or the number of callees is not 1 to 8.
    pub const BAD_USER: i32 = 101_002;
    /// The browser lacks WebRTC, or refused to make a connection.
    pub const NOT_SUPPORTED: i32 = 60006;

    pub fn new(code: i32, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }

    pub fn not_logged_in() -> Self {
        Self::new(Self::NOT_LOGGED_IN, "not logged in: call login() first")
    }

    pub fn bad_parameter(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::BAD_PARAMETER, message)
    }

    pub fn wrong_state(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Self::WRONG_STATE, message)
    }

    pub fn repeated(method: &str) -> Self {
        Self::new(Self::REPEATED, ["previous ", method, "() is ongoing, please avoid repeated calls"].concat())
    }
}

impl From<WireError> for CallError {
    fn from(error: WireError) -> Self {
        let code = match ErrorCode::from_number(error.code) {
            Some(ErrorCode::BadRequest) => Self::BAD_PARAMETER,
            Some(ErrorCode::NotLoggedIn | ErrorCode::BadResumeToken) => Self::NOT_LOGGED_IN,
            Some(ErrorCode::NoSuchCall | ErrorCode::WrongState | ErrorCode::InAnotherCall) => Self::WRONG_STATE,
            Some(ErrorCode::TooManyRequests | ErrorCode::Unavailable) => Self::NO_ANSWER,
            // The rest are the contract's own numbers; an unknown one is passed on as it is.
            _ => error.code,
        };
        Self::new(code, error.message)
    }
}
