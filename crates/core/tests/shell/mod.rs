//! Real clients and the real authority in virtual time: just enough of a browser and of a server around them, and a
//! network between them.
#![allow(dead_code)] // each test binary uses its own part

pub mod channels;
pub mod cluster;
pub mod conditions;
pub mod login;
pub mod mid_call;
pub mod node;
pub mod person;
pub mod probe;
pub mod session;
pub mod sockets;
pub mod step_kind;
pub mod task_store;
pub mod upkeep;
pub mod world;
