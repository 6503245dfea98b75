//! Calls at the moments that are measured.

#[path = "../../tests/support/names.rs"]
mod names;
#[path = "../../tests/support/story.rs"]
mod story;

pub use names::{RING, session, user};
pub use story::{Story, accept, leave};

use call_core::{Place, Policy, Step};

/// Members of the calls that are measured: a call of two, and the largest group.
pub const SIZES: [usize; 2] = [2, 32];

pub const CALLER: &str = "u0";

/// A call of `size` members, u0 calling all others, before its claims are taken.
pub fn placing(size: usize) -> Story {
    let callees: Vec<String> = (1..size).map(|number| format!("u{number}")).collect();
    let callees: Vec<&str> = callees.iter().map(String::as_str).collect();
    let place: Place = names::place(1, CALLER, &callees);
    let policy = Policy { max_callees: size, ..Policy::default() };
    Story { call: place.draft(&policy, names::START).unwrap(), now: names::START }
}

pub fn ringing(size: usize) -> Story {
    let mut story = placing(size);
    story.take(Step::Ring { busy: Vec::new() }).unwrap();
    story
}

/// Everybody has accepted but the last `but`.
pub fn connected(size: usize, but: usize) -> Story {
    let mut story = ringing(size);
    for number in 1..size - but {
        story.accept(&format!("u{number}")).unwrap();
    }
    story
}

pub fn last(size: usize) -> String {
    format!("u{}", size - 1)
}
