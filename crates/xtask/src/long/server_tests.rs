//! Tests that tell how good the server is. Some go on for as long as variables say.

use std::env;

use anyhow::Result;

use crate::process::{cargo, run};
use crate::setup::nats;
use crate::workspace::Workspace;

pub struct ServerTests {
    /// For cargo.
    chosen: &'static [&'static str],
    /// For the tests themselves.
    arguments: &'static [&'static str],
    many_nodes: bool,
}

/// Variables that say how much of it, and what they are unless the person has set them.
pub type Numbers = &'static [(&'static str, &'static str)];

/// The server is killed while calls end, again and again; then nodes of a cluster are. And how soon a record can be read.
pub const RECORDS: ServerTests = ServerTests {
    chosen: &["--package", "call-server", "--test", "back_end"],
    // One after the other: each wants the machine.
    arguments: &["--include-ignored", "--test-threads=1", "kills::", "each_call_has_one_record"],
    many_nodes: true,
};

/// How long it takes to come back, and nodes of a cluster killed in the middle of calls, again and again.
pub const CLUSTER: ServerTests = ServerTests {
    // Hundreds of people and three servers on one machine: as quick as they are shipped.
    chosen: &["--release", "--package", "call-server", "--test", "cluster"],
    arguments: &["--test-threads=1", "figures::", "kills::"],
    many_nodes: true,
};

/// The server is killed in the middle of calls, again and again.
pub const KILLS: ServerTests = ServerTests {
    chosen: &["--package", "call-server", "--test", "survival"],
    arguments: &["kills::"],
    many_nodes: false,
};

/// A reader that stalls, and those whose messages it does not read.
pub const STALLED: ServerTests = ServerTests {
    chosen: &["--package", "call-server", "--test", "server"],
    arguments: &["who_does_not_read"],
    many_nodes: false,
};

/// Every order in which steps of a call can meet in the store.
pub const INTERLEAVING: ServerTests =
    ServerTests { chosen: &["--package", "call-core", "--test", "interleaving"], arguments: &[], many_nodes: false };

impl ServerTests {
    pub fn run(&self, ws: &Workspace, numbers: Numbers) -> Result<()> {
        let mut command = cargo();
        command.current_dir(&ws.root).arg("test").args(self.chosen);
        command.args(["--", "--nocapture"]).args(self.arguments);
        if self.many_nodes {
            command.env("NATS_SERVER", nats::find_or_install(ws)?);
        }
        for (name, usual) in numbers {
            command.env(name, env::var_os(name).unwrap_or_else(|| usual.into()));
        }
        run(&mut command)
    }
}
