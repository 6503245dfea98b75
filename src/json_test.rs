use super::{Object, decimal};

#[test]
fn numbers_are_written_as_the_library_writes_them() {
    for number in [0, 7, 10, -1201, 101_002, i64::MAX, i64::MIN] {
        assert_eq!(decimal(number), number.to_string());
    }
}

#[test]
fn objects_in_a_list_stand_apart() {
    let list = || [Object::default().number("a", 1), Object::default()];
    assert_eq!(Object::default().objects("list", list()).finish(), r#"{"list":[{"a":1},{}]}"#);
    assert_eq!(Object::default().objects("list", []).finish(), r#"{"list":[]}"#);
}
