//! The only file that speaks SQL.

use super::{
    image::{Batch, Image},
    names,
    record::{Record, RecordKey},
};
use rusqlite::{
    Connection, ErrorCode, TransactionBehavior, params,
    types::{ToSqlOutput, ValueRef},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};
use tracing::{info, warn};

const FILE: &str = "calls.sqlite3";

/// +1 when older servers could not read the records any more.
const SCHEMA: i64 = 1;

/// Pages that the write-ahead log holds before they are moved into the database itself.
const LOG_PAGES: u32 = 2000;

/// In the file's header (`application_id`) while no server has it open that could end suddenly.
const CLOSED_IN_ORDER: i64 = 0x0ca1_1c10;

/// What a database holds.
pub struct Opened {
    pub database: Database,
    pub image: Image,
    /// Everything that the process before was told to write is there.
    pub is_whole: bool,
}

/// The folder's database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("another server is using it")]
    InUse,
    #[error("a newer server has written it (schema {0}, known here is {SCHEMA})")]
    TooNew(i64),
}

#[derive(Debug)]
pub struct Database(Connection);

impl Database {
    /// Opens or makes the database in `dir` and reads all of it. A damaged one is set aside: it can only have been
    /// damaged by the machine's sudden end, and no call of that time is running any more.
    pub fn open(dir: &Path, patience: Duration) -> Result<Opened, OpenError> {
        fs::create_dir_all(dir)?;
        let path = dir.join(FILE);
        match Self::open_file(&path, patience) {
            Err(OpenError::Sqlite(error)) if is_damage(&error) => {
                let aside = set_aside(&path)?;
                warn!(%error, aside = %aside.display(), "the database of calls is damaged: beginning with an empty one");
                Self::open_file(&path, patience)
            }
            opened => opened,
        }
    }

    fn open_file(path: &Path, patience: Duration) -> Result<Opened, OpenError> {
        make_private(path)?;
        let mut database = Self(Connection::open(path)?);
        let is_whole = database.lock(patience)?;
        let image = database.load()?;
        Ok(Opened { database, image, is_whole })
    }

    /// One server a folder: the image in memory is the truth while it runs.
    fn lock(&mut self, patience: Duration) -> Result<bool, OpenError> {
        self.0.busy_timeout(Duration::ZERO)?;
        let deadline = Instant::now() + patience;
        let mut told = false;
        loop {
            match self.configure() {
                Err(OpenError::Sqlite(error)) if is_lock(&error) => {
                    if Instant::now() >= deadline {
                        return Err(OpenError::InUse);
                    }
                    if !std::mem::replace(&mut told, true) {
                        info!("waiting for another server to end that uses the same folder");
                    }
                    sleep(Duration::from_millis(50));
                }
                result => return result,
            }
        }
    }

    /// Whether it was closed in order.
    fn configure(&mut self) -> Result<bool, OpenError> {
        let connection = &mut self.0;
        // In this order: so it needs no shared memory, and holds the lock to the end.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A commit is handed to the operating system: it outlives this process, and need not outlive the machine. With
        // any fsync, be it at checkpoints only, a busy disk holds up the calls of that moment.
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        let schema: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if schema > SCHEMA {
            return Err(OpenError::TooNew(schema));
        }
        transaction.execute_batch(
            "CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL)",
        )?;
        transaction.pragma_update(None, "user_version", SCHEMA)?;
        let mark: i64 = transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        transaction.pragma_update(None, "application_id", 0)?;
        transaction.commit()?;
        Ok(mark == CLOSED_IN_ORDER)
    }

    fn load(&self) -> Result<Image, OpenError> {
        let mut image = Image::default();
        let mut select = self.0.prepare("SELECT id, key, value FROM records")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (id, key, value) = (row.get(0)?, row.get_ref(1)?, row.get_ref(2)?);
            let (key, value) = (key.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
            match names::key(key).and_then(|key| Some((record(&key, value)?, key))) {
                Some((record, key)) => image.load(id, key, record),
                None => {
                    warn!(key, "an unreadable record is dropped");
                    image.load_unreadable(id);
                }
            }
        }
        Ok(image)
    }

    /// All of it or nothing. When this returns, the operating system has it.
    pub fn write(&mut self, batch: &Batch) -> Result<(), rusqlite::Error> {
        let transaction = self.0.transaction()?;
        {
            let mut put = transaction.prepare_cached(
                "INSERT INTO records VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
            )?;
            let mut delete = transaction.prepare_cached("DELETE FROM records WHERE id = ?1")?;
            for row in &batch.gone {
                delete.execute([row])?;
            }
            // One buffer for all: to grow it each time would take as long as to fill it.
            let mut value = Vec::new();
            for (row, key, record) in &batch.changed {
                write_json(record, &mut value);
                put.execute(params![row, names::text(key), ToSqlOutput::Borrowed(ValueRef::Text(&value))])?;
            }
        }
        transaction.commit()
    }

    /// After everything has been written.
    pub fn close(self) -> Result<(), rusqlite::Error> {
        self.0.pragma_update(None, "application_id", CLOSED_IN_ORDER)?;
        self.0.close().map_err(|(_, error)| error)
    }
}

fn write_json(record: &Record, into: &mut Vec<u8>) {
    into.clear();
    // Maps with text keys, numbers and text: nothing that JSON could refuse.
    let _ = match record {
        Record::Core(value) => serde_json::to_writer(into, value),
        Record::Session(session) => serde_json::to_writer(into, session),
        Record::Profile(profile) => serde_json::to_writer(into, profile),
    };
}

fn record(key: &RecordKey, json: &str) -> Option<Record> {
    match key {
        RecordKey::Core(_) => serde_json::from_str(json).ok().map(Record::Core),
        RecordKey::Session(_) => serde_json::from_str(json).ok().map(Record::Session),
        RecordKey::Profile(_) => serde_json::from_str(json).ok().map(Record::Profile),
    }
}

fn is_lock(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// It holds names of users and hashes of tokens: for its owner only. SQLite gives the log the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = path.with_extension("sqlite3.damaged");
    fs::rename(path, &aside)?;
    let log = path.with_extension("sqlite3-wal");
    if log.exists() {
        fs::remove_file(log)?;
    }
    Ok(aside)
}
