//! What is asked of the camera.

/// A size and bitrate of video, by the contract's name.
#[derive(Debug, PartialEq, Eq)]
pub struct VideoProfile {
    pub name: &'static str,
    /// Pixels.
    pub width: u16,
    pub height: u16,
    /// Kilobits a second to one receiver.
    pub bitrate: u16,
}

const fn profile(name: &'static str, width: u16, height: u16, bitrate: u16) -> VideoProfile {
    VideoProfile { name, width, height, bitrate }
}

pub const VIDEO_PROFILES: &[VideoProfile] = &[
    profile("120p", 160, 120, 200),
    profile("180p", 320, 180, 350),
    profile("240p", 320, 240, 400),
    profile("360p", 640, 360, 800),
    profile("480p", 640, 480, 900),
    profile("540p", 960, 540, 1200),
    profile("720p", 1280, 720, 1500),
    profile("1080p", 1920, 1080, 2500),
    profile("1440p", 2560, 1440, 5000),
    profile("4K", 3840, 2160, 9000),
];

impl VideoProfile {
    /// The contract's default.
    pub const DEFAULT: &'static Self = &profile("480p", 640, 480, 900);

    pub fn named(name: &str) -> Option<&'static Self> {
        VIDEO_PROFILES.iter().find(|profile| profile.name == name)
    }
}

/// What one of several receivers of a picture gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Kilobits a second.
    pub bitrate: u32,
    /// By how much each side of the picture is made smaller.
    pub scale: f64,
}

/// All receivers together get at most 1.4 times what one alone gets, so that neither the own line nor the own processor
/// is overrun when a group grows; the picture shrinks with its bitrate.
pub fn share(profile: &VideoProfile, receivers: usize) -> Share {
    let bitrate = u32::from(profile.bitrate);
    if receivers < 2 {
        return Share { bitrate, scale: 1.0 };
    }
    let each = (bitrate * 14 / 10 / receivers as u32).max(LEAST_BITRATE.min(bitrate));
    let scale = match receivers {
        2 => 1.0,
        3 => 1.5,
        4..=6 => 2.0,
        7..=12 => 3.0,
        _ => 4.0,
    };
    Share { bitrate: each, scale }
}

/// Kilobits a second below which a picture is none.
const LEAST_BITRATE: u32 = 60;
