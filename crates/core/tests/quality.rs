//! What each receiver of a picture gets.
#![allow(clippy::unwrap_used)]

use call_core::{VIDEO_PROFILES, VideoProfile, share};

#[test]
fn what_a_group_is_sent_stays_within_bounds() {
    for profile in VIDEO_PROFILES {
        let alone = share(profile, 1);
        assert_eq!((alone.bitrate, alone.scale), (u32::from(profile.bitrate), 1.0));
        assert_eq!(share(profile, 0), alone);
        for receivers in 2..=31 {
            let (less, more) = (share(profile, receivers), share(profile, receivers - 1));
            assert!(less.bitrate <= more.bitrate && less.scale >= more.scale);
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
fn profiles_are_found_by_their_names() {
    assert_eq!(VideoProfile::named("720p").map(|found| (found.width, found.height)), Some((1280, 720)));
    assert_eq!(VideoProfile::named(VideoProfile::DEFAULT.name), Some(VideoProfile::DEFAULT));
    assert_eq!(VideoProfile::named("8K"), None);
}
