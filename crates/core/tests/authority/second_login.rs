use call_core::{Fate, Seat, fate};

fn seat<'a>(device: &'a str, page: &'a str, connected: bool) -> Seat<'a> {
    Seat { device, page, connected, returns: false }
}

#[test]
fn a_page_that_is_loaded_again_replaces_itself() {
    for connected in [true, false] {
        for multi_device in [true, false] {
            let old = seat("laptop", "tab 1", connected);
            assert_eq!(fate(old, seat("laptop", "tab 1", true), multi_device), Fate::Replaced);
        }
    }
}

#[test]
fn opening_a_tab_ends_nothing() {
    for connected in [true, false] {
        for multi_device in [true, false] {
            let old = seat("laptop", "tab 1", connected);
            assert_eq!(fate(old, seat("laptop", "tab 2", true), multi_device), Fate::Stays);
        }
    }
}

#[test]
fn another_device_kicks_unless_several_are_allowed() {
    for page in ["tab 1", "tab 2", ""] {
        let (old, new) = (seat("laptop", "tab 1", true), seat("phone", page, true));
        assert_eq!(fate(old, new, false), Fate::Kicked);
        assert_eq!(fate(old, new, true), Fate::Stays);
    }
}

#[test]
fn who_comes_back_by_itself_ends_no_login_on_another_device() {
    let old = seat("phone", "tab 1", true);
    for (new, expected) in [("laptop", Fate::Prevails), ("phone", Fate::Replaced)] {
        let new = Seat { returns: true, ..seat(new, "tab 1", true) };
        assert_eq!(fate(old, new, false), expected);
    }
    assert_eq!(fate(old, Seat { returns: true, ..seat("laptop", "tab 1", true) }, true), Fate::Stays);
}

#[test]
fn without_pages_a_lost_socket_means_a_reload() {
    for (old, new) in [("", ""), ("tab 1", ""), ("", "tab 1")] {
        assert_eq!(fate(seat("laptop", old, true), seat("laptop", new, true), false), Fate::Stays);
        assert_eq!(fate(seat("laptop", old, false), seat("laptop", new, true), false), Fate::Replaced);
    }
}
