//! What statistics are taken for, and what each receiver of a picture gets.
#![allow(clippy::unwrap_used)]

use call_core::{NetworkQuality, Sample, VIDEO_PROFILES, VideoProfile, own_quality, share, volume};

const BEFORE: Sample =
    Sample { connected: true, received: 1000.0, lost: 10.0, jitter: 0.005, round_trip: 0.03, missed: 0.0, level: 0.0 };

/// A hundred packets later.
fn later(lost: f64, delay_ms: f64, jitter_ms: f64) -> Sample {
    Sample {
        received: 1100.0 - lost,
        lost: 10.0 + lost,
        round_trip: delay_ms / 1000.0,
        jitter: jitter_ms / 1000.0,
        ..BEFORE
    }
}

#[test]
fn the_worst_of_loss_delay_and_jitter_counts() {
    for (lost, delay, jitter, quality) in [
        (0.0, 30.0, 5.0, 1),
        (1.0, 30.0, 5.0, 1),
        (2.0, 30.0, 5.0, 2),
        (5.0, 30.0, 5.0, 3),
        (10.0, 30.0, 5.0, 4),
        (20.0, 30.0, 5.0, 5),
        (0.0, 150.0, 5.0, 2),
        (0.0, 300.0, 5.0, 3),
        (0.0, 500.0, 5.0, 4),
        (0.0, 900.0, 5.0, 5),
        (0.0, 30.0, 30.0, 2),
        (0.0, 30.0, 60.0, 3),
        (0.0, 30.0, 100.0, 4),
        (0.0, 30.0, 300.0, 5),
        (2.0, 300.0, 100.0, 4),
    ] {
        let down = later(lost, delay, jitter).down(&BEFORE);
        assert_eq!(down.quality, quality, "{lost} % {delay} ms {jitter} ms");
        assert_eq!((down.down_loss, down.delay), (lost as u8, delay as u16));
    }
}

#[test]
fn quality_never_gets_better_when_a_figure_gets_worse() {
    let values = [0.0, 0.5, 2.0, 4.0, 9.0, 30.0, 100.0, 250.0, 400.0, 800.0];
    for pair in values.windows(2) {
        for other in values {
            let loss = |lost: f64| later(lost.min(99.0), other, 1.0).down(&BEFORE).quality;
            let delay = |delay| later(1.0, delay, other).down(&BEFORE).quality;
            let jitter = |jitter| later(1.0, other, jitter).down(&BEFORE).quality;
            assert!(loss(pair[0]) <= loss(pair[1]));
            assert!(delay(pair[0]) <= delay(pair[1]));
            assert!(jitter(pair[0]) <= jitter(pair[1]));
        }
    }
}

#[test]
fn a_lost_connection_is_down_and_silence_is_unknown() {
    let lost = Sample { connected: false, ..later(0.0, 30.0, 5.0) };
    assert_eq!((lost.down(&BEFORE).quality, lost.up().quality), (6, 6));
    let unknown = f64::NAN;
    let silent = Sample { round_trip: unknown, missed: unknown, jitter: unknown, ..BEFORE };
    assert_eq!(silent.down(&BEFORE), NetworkQuality::default());
    assert_eq!(silent.up(), NetworkQuality::default());
    // Packets that come twice make the loss smaller than it was.
    let twice = Sample { lost: 5.0, received: 1100.0, ..BEFORE };
    assert_eq!((twice.down(&BEFORE).quality, twice.down(&BEFORE).down_loss), (1, 0));
}

#[test]
fn the_own_quality_is_that_of_the_best_reached() {
    let reached = |missed| Sample { missed, ..BEFORE };
    assert_eq!(own_quality(&[]), NetworkQuality::default());
    let own = own_quality(&[reached(0.3), reached(0.02), Sample { connected: false, ..BEFORE }]);
    assert_eq!((own.quality, own.up_loss), (2, 2));
    assert_eq!(own_quality(&[reached(0.3), reached(0.2)]).quality, 5, "all miss much: it is the own line");
    assert_eq!(own_quality(&[Sample { connected: false, ..BEFORE }]).quality, 6);
}

#[test]
fn volume_is_a_percentage() {
    for (level, expected) in [(f64::NAN, 0), (-1.0, 0), (0.0, 0), (0.01, 10), (0.25, 50), (1.0, 100), (9.0, 100)] {
        assert_eq!(volume(level), expected, "{level}");
    }
}

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
