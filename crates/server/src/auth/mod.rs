//! Who may log in: apps, their secrets, and the userSigs made with them.

mod admins;
mod apps;
mod user_sig;

pub use admins::Admins;
pub use apps::{AppKeys, Apps, FileApp, read_apps_file};
pub use user_sig::{SigError, sign, verify};
