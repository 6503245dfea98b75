//! What each receiver of a picture gets.
#![allow(clippy::unwrap_used)]

use call_core::{VIDEO_PROFILES, VideoProfile, screen_share, share};

#[test]
fn what_a_group_is_sent_stays_within_bounds() {
    for profile in VIDEO_PROFILES {
        let alone = share(profile, 1);
        assert_eq!((alone.bitrate, alone.lines), (u32::from(profile.bitrate), profile.height));
        assert_eq!(share(profile, 0), alone);
        for receivers in 2..=31 {
            let (less, more) = (share(profile, receivers), share(profile, receivers - 1));
            assert!(less.bitrate <= more.bitrate && less.lines <= more.lines && less.frame_rate >= 15);
            let all = less.bitrate * receivers as u32;
            assert!(all <= alone.bitrate * 14 / 10 || less.bitrate == 60, "{} to {receivers}", profile.name);
            assert!(less.bitrate >= 60);
        }
    }
    // Four members at the default: at most half of what would be sent without it.
    let usual = VideoProfile::DEFAULT;
    assert!(share(usual, 3).bitrate * 2 <= u32::from(usual.bitrate));
}

#[test]
fn a_screen_keeps_its_size_however_many_see_it() {
    for receivers in 0..=31 {
        let (screen, more) = (screen_share(receivers), screen_share(receivers + 1));
        assert_eq!((screen.lines, screen.frame_rate), (1080, 15));
        assert!(screen.bitrate >= more.bitrate && screen.bitrate >= 60);
    }
    assert_eq!(screen_share(0), screen_share(1));
}

#[test]
fn nobody_is_sent_more_than_can_be_seen() {
    for profile in VIDEO_PROFILES {
        for receivers in 1..=31 {
            let full = share(profile, receivers);
            assert_eq!(full.seen_in(u16::MAX), full);
            assert_eq!(full.seen_in(full.lines), full);
            assert_eq!(full.seen_in(0).lines, 0, "hidden");
            let mut larger = full;
            for lines in (1..full.lines).rev() {
                let seen = full.seen_in(lines);
                assert_eq!((seen.lines, seen.frame_rate), (lines, full.frame_rate));
                assert!(seen.bitrate <= larger.bitrate && seen.bitrate >= 60.min(full.bitrate));
                larger = seen;
            }
        }
    }
    // 320x240 of 640x480: a quarter of the pixels, somewhat more than a third of the bits.
    let half = share(VideoProfile::DEFAULT, 1).seen_in(240);
    assert_eq!((half.lines, half.bitrate), (240, 337));
    assert_eq!((screen_share(1).seen_in(540).lines, screen_share(1).seen_in(540).bitrate), (540, 937));
}

#[test]
fn profiles_are_found_by_their_names() {
    assert_eq!(VideoProfile::named("720p").map(|found| (found.width, found.height)), Some((1280, 720)));
    assert_eq!(VideoProfile::named(VideoProfile::DEFAULT.name), Some(VideoProfile::DEFAULT));
    assert_eq!(VideoProfile::named("8K"), None);
}
