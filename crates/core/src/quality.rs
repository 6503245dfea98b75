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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Kilobits a second.
    pub bitrate: u32,
    /// Pixels of the picture's shorter side, at most. 0 = nothing is sent.
    pub lines: u16,
    /// Pictures a second, at most.
    pub frame_rate: u8,
}

/// Of the camera. All receivers together get at most 1.4 times what one alone gets, so that neither the own line nor the
/// own processor is overrun when a group grows; the picture shrinks with its bitrate.
pub fn share(profile: &VideoProfile, receivers: usize) -> Share {
    let (bitrate, lines) = (u32::from(profile.bitrate), profile.height);
    if receivers < 2 {
        return Share { bitrate, lines, frame_rate: 30 };
    }
    let (lines, frame_rate) = match receivers {
        2 => (lines, 20),
        3 => (lines / 3 * 2, 20),
        4..=6 => (lines / 2, 20),
        7..=12 => (lines / 3, 15),
        _ => (lines / 4, 15),
    };
    Share { bitrate: split(bitrate, receivers), lines, frame_rate }
}

/// Of a screen: its text must stay readable, so it keeps its size and comes more slowly.
pub fn screen_share(receivers: usize) -> Share {
    Share { bitrate: split(SCREEN_BITRATE, receivers), lines: SCREEN_LINES, frame_rate: 15 }
}

fn split(bitrate: u32, receivers: usize) -> u32 {
    (bitrate * 14 / 10 / receivers.max(1) as u32).clamp(LEAST_BITRATE.min(bitrate), bitrate)
}

impl Share {
    /// What is left of it for somebody who can see only so many lines.
    pub fn seen_in(self, lines: u16) -> Self {
        if lines >= self.lines {
            return self;
        }
        // A quarter of the pixels needs more than a quarter of the bits.
        let (few, all) = (u32::from(lines), u32::from(self.lines));
        let bitrate = self.bitrate * few / all * (few + all) / all / 2;
        Self { bitrate: bitrate.max(LEAST_BITRATE.min(self.bitrate)), lines, ..self }
    }
}

/// Kilobits a second below which a picture is none.
const LEAST_BITRATE: u32 = 60;
/// Of a shared screen.
const SCREEN_BITRATE: u32 = 2500;
const SCREEN_LINES: u16 = 1080;
