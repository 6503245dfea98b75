use super::record::{Record, RecordKey};
use call_core::Version;
use std::collections::HashMap;

/// All records in memory, and which of them the database does not have yet.
///
/// The database follows in batches, each of them everything that changed since the one before: so what it holds is
/// always what the image was at one moment.
#[derive(Debug, Default)]
pub struct Image {
    entries: HashMap<RecordKey, Entry>,
    dirty: Vec<RecordKey>,
    /// Rows of records that are gone.
    gone: Vec<Row>,
    /// One counter for all keys: a key that was removed and made again never has an old version. It begins anew with
    /// the process, for so does everybody who remembers a version.
    last_version: u64,
    last_row: Row,
    /// Everything up to this version is in the database.
    written: u64,
}

/// Where the database keeps a record. Growing numbers keep the calls of one time close together there.
pub type Row = i64;

#[derive(Debug)]
struct Entry {
    record: Record,
    version: u64,
    row: Row,
    dirty: bool,
}

/// What the database is to be brought up to.
#[derive(Debug, Default)]
pub struct Batch {
    pub changed: Vec<(Row, RecordKey, Record)>,
    pub gone: Vec<Row>,
    upto: u64,
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
        self.entries.insert(key, Entry { record, version: self.last_version, row, dirty: false });
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

    pub fn put(&mut self, key: RecordKey, record: Record) {
        self.last_version += 1;
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.record = record;
            entry.version = self.last_version;
            if !std::mem::replace(&mut entry.dirty, true) {
                self.dirty.push(key);
            }
            return;
        }
        self.last_row += 1;
        let entry = Entry { record, version: self.last_version, row: self.last_row, dirty: true };
        self.dirty.push(key.clone());
        self.entries.insert(key, entry);
    }

    pub fn remove(&mut self, key: &RecordKey) {
        if let Some(entry) = self.entries.remove(key) {
            self.gone.push(entry.row);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&RecordKey, &Record)> {
        self.entries.iter().map(|(key, entry)| (key, &entry.record))
    }

    pub fn is_written(&self) -> bool {
        self.dirty.is_empty() && self.gone.is_empty()
    }

    /// What is to be written next. Then either [`written`](Self::written) or [`not_written`](Self::not_written).
    pub fn take_batch(&mut self) -> Batch {
        let mut changed = Vec::with_capacity(self.dirty.len());
        for key in self.dirty.drain(..) {
            // Gone meanwhile; or gone and made again, and so twice in the list.
            let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.dirty) else { continue };
            entry.dirty = false;
            changed.push((entry.row, key, entry.record.clone()));
        }
        Batch { changed, gone: std::mem::take(&mut self.gone), upto: self.last_version }
    }

    pub fn written(&mut self, batch: &Batch) {
        self.written = batch.upto;
    }

    /// It is taken again with the next batch, as far as it is not outdated by then.
    pub fn not_written(&mut self, batch: Batch) {
        for (row, key, _) in batch.changed {
            let Some(entry) = self.entries.get_mut(&key).filter(|entry| entry.row == row) else { continue };
            if !std::mem::replace(&mut entry.dirty, true) {
                self.dirty.push(key);
            }
        }
        self.gone.extend(batch.gone);
    }
}
