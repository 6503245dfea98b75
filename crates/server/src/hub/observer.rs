use call_core::Committed;
use call_protocol::Millis;

/// Wants to know what becomes of calls.
pub trait CallObserver: Send + Sync {
    /// A change that this node has made and that is in the store. Called before anybody is told, in no certain order of
    /// revisions, sometimes twice: it must neither wait nor take long.
    fn committed(&self, committed: &Committed);

    /// Calls that ended after this time may not be forgotten yet.
    fn needs_calls_since(&self) -> Option<Millis> {
        None
    }
}
