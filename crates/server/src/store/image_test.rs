#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{
    image::{Haste, Image},
    record::{Record, RecordKey},
};
use call_core::{Key, Value};
use call_protocol::CallId;

fn key(name: &str) -> RecordKey {
    RecordKey::Core(Key::Claim(1, name.try_into().unwrap()))
}

fn claim(number: u8) -> Record {
    Record::Core(Value::Claim(CallId::from_bits([number; 16]), 1))
}

#[test]
fn a_batch_has_the_last_of_each_record() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Next);
    image.put(key("bob"), claim(2), Haste::Next);
    image.put(key("ann"), claim(3), Haste::Next);
    let batch = image.take_batch(true);
    assert_eq!(batch.changed, [(1, key("ann"), claim(3)), (2, key("bob"), claim(2))]);
    assert!(batch.gone.is_empty() && image.is_written());
    assert!(!image.get(&key("ann")).unwrap().is_written, "taken is not written");
    image.written(&batch);
    assert!(image.get(&key("ann")).unwrap().is_written);
}

#[test]
fn what_is_made_again_is_another_row() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Next);
    let first = image.version(&key("ann"));
    let batch = image.take_batch(true);
    image.written(&batch);
    image.remove(&key("ann"));
    image.put(key("ann"), claim(2), Haste::Next);
    assert_ne!(image.version(&key("ann")), first);
    let batch = image.take_batch(true);
    assert_eq!((batch.changed, batch.gone), (vec![(2, key("ann"), claim(2))], vec![1]));
}

#[test]
fn what_comes_and_goes_between_two_batches_leaves_nothing_to_do() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Next);
    image.remove(&key("ann"));
    let batch = image.take_batch(true);
    assert!(batch.changed.is_empty() && batch.gone.is_empty() && image.is_written());
}

#[test]
fn what_was_not_written_is_taken_again_unless_it_is_outdated() {
    let mut image = Image::default();
    for name in ["ann", "bob", "cat", "dan"] {
        image.put(key(name), claim(1), Haste::Next);
    }
    let batch = image.take_batch(true);
    image.put(key("ann"), claim(2), Haste::Next);
    image.remove(&key("bob"));
    image.remove(&key("cat"));
    image.put(key("cat"), claim(3), Haste::Next);
    image.not_written(batch);
    assert!(!image.get(&key("dan")).unwrap().is_written);

    let mut batch = image.take_batch(true);
    batch.changed.sort_by_key(|(row, ..)| *row);
    assert_eq!(batch.changed, [(1, key("ann"), claim(2)), (4, key("dan"), claim(1)), (5, key("cat"), claim(3))]);
    assert_eq!(batch.gone, [2, 3]);
}

#[test]
fn a_change_during_the_writing_is_not_written_by_it() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Next);
    let batch = image.take_batch(true);
    image.put(key("ann"), claim(2), Haste::Next);
    image.written(&batch);
    assert!(!image.get(&key("ann")).unwrap().is_written);
    assert!(!image.is_written());
}

#[test]
fn of_two_rows_with_one_key_the_later_one_counts() {
    for rows in [[3, 8], [8, 3]] {
        let mut image = Image::default();
        for row in rows {
            image.load(row, key("ann"), claim(row as u8));
        }
        let found = image.get(&key("ann")).unwrap();
        assert_eq!((found.record, found.is_written), (&claim(8), true));
        assert_eq!(image.take_batch(true).gone, [3]);
        image.put(key("bob"), claim(1), Haste::Next);
        assert_eq!(image.take_batch(true).changed[0].0, 9);
    }
}

#[test]
fn what_may_be_late_comes_with_a_whole_batch() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Later);
    image.put(key("bob"), claim(1), Haste::Next);
    image.put(key("cat"), claim(1), Haste::Later);
    image.remove(&key("cat"));
    let batch = image.take_batch(false);
    assert_eq!(batch.changed, [(2, key("bob"), claim(1))]);
    assert!(batch.gone.is_empty() && !image.is_written());
    let batch = image.take_batch(true);
    assert_eq!(batch.changed, [(1, key("ann"), claim(1))]);
    assert!(batch.gone.is_empty() && image.is_written());
}

#[test]
fn more_haste_counts() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Later);
    image.put(key("ann"), claim(2), Haste::Next);
    image.put(key("ann"), claim(3), Haste::Later);
    let batch = image.take_batch(false);
    assert_eq!(batch.changed, [(1, key("ann"), claim(3))]);
    image.not_written(batch);
    assert_eq!(image.take_batch(false).changed, [(1, key("ann"), claim(3))]);
    assert!(image.take_batch(true).changed.is_empty());
}

#[test]
fn what_was_not_written_can_be_taken_back() {
    let mut image = Image::default();
    image.put(key("ann"), claim(1), Haste::Next);
    let batch = image.take_batch(true);
    image.written(&batch);
    let first = image.version(&key("ann"));
    let change = |image: &mut Image, name: &str, number: u8| {
        let undo = image.undo_of(&key(name));
        image.put(key(name), claim(number), Haste::Next);
        undo
    };

    let undo = change(&mut image, "ann", 2);
    image.undo(undo, None);
    assert_eq!((image.get(&key("ann")).unwrap().record, image.version(&key("ann"))), (&claim(1), first));
    let undo = change(&mut image, "bob", 2);
    image.undo(undo, None);
    assert!(image.get(&key("bob")).is_none());

    // It may just get into the database.
    let undo = change(&mut image, "ann", 3);
    let batch = image.take_batch(true);
    image.undo(undo, Some(batch.upto));
    assert_eq!(image.get(&key("ann")).unwrap().record, &claim(3));
    image.written(&batch);

    // It is there, or was changed since.
    let undo = change(&mut image, "ann", 4);
    let batch = image.take_batch(true);
    image.written(&batch);
    image.undo(undo, None);
    assert_eq!(image.get(&key("ann")).unwrap().record, &claim(4));
    let undo = change(&mut image, "ann", 5);
    change(&mut image, "ann", 6);
    image.undo(undo, None);
    assert_eq!(image.get(&key("ann")).unwrap().record, &claim(6));
}
