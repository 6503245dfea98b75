//! The authority's half: what `transition` makes of each step, and what `Authority` makes of it in a store. One file
//! per behaviour.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "authority/accept.rs"]
mod accept;
#[path = "authority/busy.rs"]
mod busy;
#[path = "authority/cancel.rs"]
mod cancel;
#[path = "authority/crossing.rs"]
mod crossing;
#[path = "authority/dead_inviters.rs"]
mod dead_inviters;
#[path = "authority/delivery.rs"]
mod delivery;
#[path = "authority/devices.rs"]
mod devices;
#[path = "authority/groups.rs"]
mod groups;
#[path = "authority/hang_up.rs"]
mod hang_up;
#[path = "authority/idempotence.rs"]
mod idempotence;
#[path = "authority/inviting_more.rs"]
mod inviting_more;
#[path = "authority/joining.rs"]
mod joining;
#[path = "authority/media_type.rs"]
mod media_type;
#[path = "authority/memory_store.rs"]
mod memory_store;
#[path = "authority/offline_and_grace.rs"]
mod offline_and_grace;
#[path = "authority/outages.rs"]
mod outages;
#[path = "authority/placing.rs"]
mod placing;
#[path = "authority/reject.rs"]
mod reject;
#[path = "authority/ring_timeout.rs"]
mod ring_timeout;
#[path = "authority/second_login.rs"]
mod second_login;
mod support;
#[path = "authority/told.rs"]
mod told;
#[path = "authority/views.rs"]
mod views;
#[path = "authority/vouching.rs"]
mod vouching;
#[path = "authority/wrong_state.rs"]
mod wrong_state;
