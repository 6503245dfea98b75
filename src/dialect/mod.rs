//! Dialects: tables from [`CallEvent`](call_core::CallEvent) to the names and arguments that an application
//! listens for. Pure, and tested natively.

pub mod web;

/// One delivery to the listeners of `event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emission {
    pub event: &'static str,
    /// JSON text of the one argument; none = listeners are called without arguments.
    pub argument: Option<String>,
}
