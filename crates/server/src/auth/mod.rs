//! Who may log in: apps, their secrets, and the userSigs made with them.

mod apps;
mod user_sig;

pub use apps::{AppKeys, Apps, read_apps_file};
pub use user_sig::{SigError, sign, verify};
