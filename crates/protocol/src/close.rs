/// WebSocket close codes of this protocol. The rule is in the number: 4000 to 4499 means "come back"
/// (the session can be resumed), 4500 to 4999 means "do not".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// The server is about to stop.
    GoingAway = 4000,
    /// The client read too slowly.
    SlowConsumer = 4008,
    /// The client did not answer the server's beats.
    Silent = 4009,
    /// The same session was resumed on another connection.
    Replaced = 4500,
    /// The user logged in elsewhere.
    Kicked = 4501,
    /// No login within the allowed time, or it was refused.
    NotLoggedIn = 4502,
    /// The client broke the protocol again and again.
    Protocol = 4503,
}

impl CloseCode {
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Whether a client that was closed with this number, ours or one of the WebSocket standard, should
    /// connect again.
    pub fn may_return(number: u16) -> bool {
        !(4500..5000).contains(&number)
    }
}
