//! The same suite on SQLite and on Postgres, and several servers on one Postgres.

use crate::{
    people::talk,
    program::{KEY, Program, json},
    suite::CASES,
};
use call_server::{PostgresDatabase, Records, SqliteDatabase};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

/// A Postgres of one's own, reached by a socket in its folder.
pub struct Postgres {
    child: Child,
    dir: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// None: it can not be had here, and why was printed.
    pub fn start() -> Option<Self> {
        // Of the socket: nothing listens there.
        Self::start_with(5432, |_| Vec::new())
    }

    /// With settings, once its folder is there.
    pub fn start_with(port: u16, settings: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
        let Some(programs) = programs() else {
            println!("skipped: Postgres is not installed (Debian: postgresql)");
            return None;
        };
        // Outside of the home of whoever runs this: an unprivileged user must get there.
        let dir = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        give_to_postgres(dir.path());
        let data = dir.path().join("data");
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--pgdata"]).arg(&data);
        let made = initdb.current_dir("/").output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = unprivileged(&programs.join("postgres"));
        server.arg("-D").arg(&data).arg("-k").arg(dir.path()).args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        server.args(["-c", &format!("port={port}")]);
        server.args(settings(dir.path()).iter().flat_map(|setting| ["-c", setting]));
        server.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut postgres = Self { child: server.spawn().unwrap(), dir, programs, port };
        while !postgres.client("pg_isready", &[]) {
            assert!(postgres.child.try_wait().unwrap().is_none(), "Postgres ended");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(postgres)
    }

    /// The URL of a new and empty database.
    pub fn database(&self, name: &str) -> String {
        assert!(self.client("createdb", &[name]));
        let socket = self.dir.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{socket}/{name}")
    }

    fn client(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(self.dir.path()).args(["-p", &self.port.to_string(), "-U", "postgres"]).args(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Its other processes end with it.
        let id = fs::read_to_string(self.dir.path().join("data/postmaster.pid")).unwrap_or_default();
        if let Some(id) = id.lines().next() {
            let _ = Command::new("kill").args(["-INT", id]).status();
        }
        let _ = self.child.wait();
    }
}

fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    folders.filter(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file()).max()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0"
}

/// Somebody who runs tests as root has its files owned by Debian's user.
pub fn give_to_postgres(path: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("postgres").arg(path).status().unwrap();
        assert!(owned.success(), "Debian's package makes a user postgres");
    }
}

/// Postgres refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_holds_on_sqlite() {
    for (name, case) in CASES {
        println!("{name}");
        let dir = tempfile::tempdir().unwrap();
        let database = SqliteDatabase::open(dir.path()).unwrap();
        case(Records::over(Arc::new(database)).await.unwrap()).await;
        Records::over(Arc::new(SqliteDatabase::open(dir.path()).unwrap())).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_suite_holds_on_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    for (name, case) in CASES {
        println!("{name}");
        let url = postgres.database(name);
        let database = Arc::new(PostgresDatabase::open(&url).await.unwrap());
        // Several servers may start at once.
        let (one, other) = tokio::join!(Records::over(database.clone()), Records::over(database));
        other.unwrap();
        case(one.unwrap()).await;
    }
    let error = PostgresDatabase::open("postgres://postgres@localhost:1/x").await.err().unwrap();
    assert!(!error.to_string().is_empty());
}

#[tokio::test]
async fn servers_share_one_postgres() {
    let Some(postgres) = Postgres::start() else { return };
    let url = postgres.database("shared");
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let programs = dirs.each_ref().map(|dir| Program::start(dir.path(), &["--records", &url]));
    let mut ids = Vec::new();
    for program in &programs {
        let (mut ann, mut bob) = (program.login("ann").await, program.login("bob").await);
        ids.push(talk(&mut ann, &mut bob, |_| {}).await.id);
    }
    for id in &ids {
        let [here, there] = [programs[0].record(id).await, programs[1].record(id).await];
        assert_eq!(here, there);
    }
    let (status, page) = json(&programs[0].ask_with(Some(KEY), "GET", "/v1/calls").await);
    assert_eq!((status, page["calls"].as_array().unwrap().len()), (200, 2));
}
