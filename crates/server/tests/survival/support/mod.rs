//! The real program, and people with the SDK's client.

mod person;
mod program;
#[path = "../../../../core/tests/support/rng.rs"]
#[allow(dead_code)]
pub mod rng;

pub use person::{LATE, Person, Seen, new_call, now, user};
pub use program::Program;
