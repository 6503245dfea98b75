use super::record::{Record, RecordKey};
use call_core::Version;
use std::collections::HashMap;

/// All records in memory, and which of them the database does not have yet.
///
/// The database follows in batches. Each has everything that changed since the one before but for what may follow
/// later ([`Haste`]), which comes with some later one: so what counts is in the database always as the image was at one
/// moment.
#[derive(Debug, Default)]
pub struct Image {
    entries: HashMap<RecordKey, Entry>,
    dirty: Vec<RecordKey>,
    /// What is dirty, and may be written later.
    late: Vec<RecordKey>,
    /// Rows of records that are gone. What is gone may always be removed later.
    gone: Vec<Row>,
    /// One counter for all keys: a key that was removed and made again never has an old version. It begins anew with
    /// the process, for so does everybody who remembers a version.
    last_version: u64,
    last_row: Row,
    /// Everything up to this version that is not late is in the database.
    written: u64,
}

/// When a change must get into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// With the next batch.
    Next,
    /// Some time: what is in the other records makes good for it.
    Later,
}

/// Where the database keeps a record. Growing numbers keep the calls of one time close together there.
pub type Row = i64;

#[derive(Debug)]
struct Entry {
    record: Record,
    version: u64,
    row: Row,
    /// Not in the database, nor on its way there.
    dirty: Option<Haste>,
    /// The database has the row, or may have: what is gone without that leaves nothing to be removed.
    has_row: bool,
}

/// What the database is to be brought up to.
#[derive(Debug, Default)]
pub struct Batch {
    pub changed: Vec<(Row, RecordKey, Record)>,
    pub gone: Vec<Row>,
    pub upto: u64,
}

/// A write, and what was there before.
pub struct Undo {
    key: RecordKey,
    version: u64,
    before: Option<(Record, u64)>,
}

/// A record as it is, and whether the database has it.
pub struct Found<'a> {
    pub record: &'a Record,
    pub version: Version,
    pub is_written: bool,
}

impl Image {
    /// Takes in a record that the database has. Of two under one key the one in the higher row counts.
    pub fn load(&mut self, row: Row, key: RecordKey, record: Record) {
        self.last_row = self.last_row.max(row);
        self.last_version += 1;
        self.written = self.last_version;
        let known = self.entries.get(&key).map(|entry| entry.row);
        if known.is_some_and(|known| known > row) {
            self.gone.push(row);
            return;
        }
        self.gone.extend(known);
        self.entries.insert(key, Entry { record, version: self.last_version, row, dirty: None, has_row: true });
    }

    /// A row that nothing can be made of is to be removed.
    pub fn load_unreadable(&mut self, row: Row) {
        self.last_row = self.last_row.max(row);
        self.gone.push(row);
    }

    pub fn get(&self, key: &RecordKey) -> Option<Found<'_>> {
        self.entries.get(key).map(|entry| Found {
            record: &entry.record,
            version: Version(entry.version),
            is_written: entry.version <= self.written,
        })
    }

    pub fn version(&self, key: &RecordKey) -> Option<Version> {
        self.entries.get(key).map(|entry| Version(entry.version))
    }

    /// Answers with the record's version from now on.
    pub fn put(&mut self, key: RecordKey, record: Record, haste: Haste) -> Version {
        self.last_version += 1;
        let version = self.last_version;
        if let Some(entry) = self.entries.get_mut(&key) {
            (entry.record, entry.version) = (record, version);
        } else {
            self.last_row += 1;
            let entry = Entry { record, version, row: self.last_row, dirty: None, has_row: false };
            self.entries.insert(key.clone(), entry);
        }
        self.is_dirty(key, haste);
        Version(version)
    }

    /// What takes back the next write of this record.
    pub fn undo_of(&self, key: &RecordKey) -> Undo {
        let before = self.entries.get(key).map(|entry| (entry.record.clone(), entry.version));
        Undo { key: key.clone(), before, version: self.last_version + 1 }
    }

    /// Takes a write back that nobody has seen. Not if it is written already, or may be just now, up to `under_way`.
    pub fn undo(&mut self, undo: Undo, under_way: Option<u64>) {
        let Some(entry) = self.entries.get_mut(&undo.key).filter(|entry| entry.version == undo.version) else { return };
        if undo.version <= self.written.max(under_way.unwrap_or(0)) {
            return;
        }
        match undo.before {
            Some((record, version)) => (entry.record, entry.version) = (record, version),
            None => self.remove(&undo.key),
        }
    }

    pub fn remove(&mut self, key: &RecordKey) {
        if let Some(entry) = self.entries.remove(key).filter(|entry| entry.has_row) {
            self.gone.push(entry.row);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&RecordKey, &Record)> {
        self.entries.iter().map(|(key, entry)| (key, &entry.record))
    }

    pub fn is_written(&self) -> bool {
        self.dirty.is_empty() && self.late.is_empty() && self.gone.is_empty()
    }

    /// What is to be written next, `whole`: what may be late as well. Then either [`written`](Self::written) or
    /// [`not_written`](Self::not_written).
    pub fn take_batch(&mut self, whole: bool) -> Batch {
        let mut batch = Batch { upto: self.last_version, ..Batch::default() };
        let dirty = std::mem::take(&mut self.dirty);
        let late = if whole { std::mem::take(&mut self.late) } else { Vec::new() };
        for key in dirty.into_iter().chain(late) {
            // Gone meanwhile; or gone and made again, or in more haste than before, and so twice in the lists.
            let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.dirty.is_some()) else { continue };
            (entry.dirty, entry.has_row) = (None, true);
            batch.changed.push((entry.row, key, entry.record.clone()));
        }
        if whole {
            batch.gone = std::mem::take(&mut self.gone);
        }
        batch
    }

    pub fn written(&mut self, batch: &Batch) {
        self.written = batch.upto;
    }

    /// It is taken again with the next batch, as far as it is not outdated by then.
    pub fn not_written(&mut self, batch: Batch) {
        for (row, key, _) in batch.changed {
            if self.entries.get(&key).is_some_and(|entry| entry.row == row) {
                self.is_dirty(key, Haste::Next);
            }
        }
        self.gone.extend(batch.gone);
    }

    fn is_dirty(&mut self, key: RecordKey, haste: Haste) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        match (entry.dirty, haste) {
            (Some(Haste::Next), _) | (Some(Haste::Later), Haste::Later) => {}
            (None | Some(Haste::Later), Haste::Next) => {
                entry.dirty = Some(Haste::Next);
                self.dirty.push(key);
            }
            (None, Haste::Later) => {
                entry.dirty = Some(Haste::Later);
                self.late.push(key);
            }
        }
    }
}
