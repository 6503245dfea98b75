use serde::{Deserialize, Serialize};

/// An answer that refuses a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({code})")]
pub struct WireError {
    /// An [`ErrorCode`]'s number, or one that a newer server knows.
    pub code: i32,
    pub message: String,
    /// Milliseconds to wait before trying again; none = do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// Why the server refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[$doc])* $name = $number,)* }

        impl ErrorCode {
            /// The code with this number, if it is known here.
            pub fn from_number(number: i32) -> Option<Self> {
                match number { $($number => Some(Self::$name),)* _ => None }
            }

            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// The frame or one of its values is malformed.
    BadRequest = 40001, "malformed request";
    /// A user id is malformed, or the number of callees is out of range.
    BadUser = 101_002, "invalid user id or number of callees";
    NotLoggedIn = 40101, "not logged in";
    /// The resume token is unknown, used, or belongs to another app, user or device.
    BadResumeToken = 40102, "resume token not valid";
    /// A login that nobody has just asked for would end one on another device.
    LoggedInElsewhere = 40103, "logged in on another device";
    /// No such call, or none that the asker may know of: the same answer for both.
    NoSuchCall = 40401, "no such call";
    /// The call's or the member's state does not allow it.
    WrongState = 40901, "not possible in this state";
    /// The asker is in another call.
    InAnotherCall = 40902, "already in a call";
    TooManyRequests = 42901, "too many requests";
    /// The store did not answer in time; nothing is known to have happened.
    Unavailable = 50301, "temporarily unavailable";

    SigExpired = 70001, "userSig expired";
    SigEmpty = 70002, "userSig empty";
    SigMalformed = 70003, "userSig malformed";
    SigWrong = 70009, "userSig verification failed";
    SigOtherUser = 70013, "userSig is for another user";
    SigOtherApp = 70014, "userSig is for another SDKAppID, or the SDKAppID is unknown";
}

impl ErrorCode {
    pub fn number(self) -> i32 {
        self as i32
    }
}

impl From<ErrorCode> for WireError {
    fn from(code: ErrorCode) -> Self {
        let retry_after = matches!(code, ErrorCode::Unavailable).then_some(1000);
        Self { code: code.number(), message: code.text().into(), retry_after }
    }
}
