//! What is asked of the camera and of the network.

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

/// What the statistics of one connection say at one moment. Counts begin with the connection; NaN = not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    pub connected: bool,
    /// Packets of sound and pictures.
    pub received: f64,
    pub lost: f64,
    /// Seconds.
    pub jitter: f64,
    pub round_trip: f64,
    /// The part that the other side misses of what is sent, 0 to 1.
    pub missed: f64,
    /// How loud the other side is, 0 to 1.
    pub level: f64,
}

/// The contract's figures of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NetworkQuality {
    /// 0 unknown, 1 excellent, 2 good, 3 poor, 4 bad, 5 very bad, 6 down.
    pub quality: u8,
    /// Per cent of what is sent.
    pub up_loss: u8,
    /// Per cent of what should have come.
    pub down_loss: u8,
    /// Milliseconds there and back.
    pub delay: u16,
}

const DOWN: u8 = 6;

/// The upper ends of excellent, good, poor and bad.
const LOSS: [f64; 4] = [1.0, 3.0, 8.0, 15.0];
const DELAY: [f64; 4] = [100.0, 200.0, 350.0, 600.0];
const JITTER: [f64; 4] = [20.0, 40.0, 80.0, 150.0];

impl Sample {
    /// How the other side's sound and picture have come since `before`.
    pub fn down(&self, before: &Self) -> NetworkQuality {
        let lost = (self.lost - before.lost).max(0.0);
        let loss = 100.0 * lost / (lost + self.received - before.received);
        let quality = self.rate(loss, self.jitter * 1000.0);
        NetworkQuality { down_loss: rounded(loss) as u8, ..self.up_with(quality) }
    }

    /// How what is sent arrives there.
    pub fn up(&self) -> NetworkQuality {
        self.up_with(self.rate(self.missed * 100.0, f64::NAN))
    }

    /// 0 to 100. The root, because loudness grows slower than the amplitude: speech is 20 to 60.
    pub fn volume(&self) -> u8 {
        volume(self.level)
    }

    fn rate(&self, loss: f64, jitter: f64) -> u8 {
        let delay = self.round_trip * 1000.0;
        if !self.connected {
            return DOWN;
        }
        if loss.is_nan() && delay.is_nan() {
            return 0;
        }
        grade(loss, LOSS).max(grade(delay, DELAY)).max(grade(jitter, JITTER))
    }

    fn up_with(&self, quality: u8) -> NetworkQuality {
        let (up_loss, delay) = (rounded(self.missed * 100.0) as u8, rounded(self.round_trip * 1000.0));
        NetworkQuality { quality, up_loss, down_loss: 0, delay }
    }
}

/// The own connection to the network: that to the other side which is reached best, because what only one of several
/// does not get is that one's trouble.
pub fn own_quality(samples: &[Sample]) -> NetworkQuality {
    let known = samples.iter().map(Sample::up).filter(|up| up.quality > 0);
    known.min_by_key(|up| up.quality).unwrap_or_default()
}

pub fn volume(level: f64) -> u8 {
    rounded(level.sqrt() * 100.0).min(100) as u8
}

/// What is not known becomes 0.
fn rounded(value: f64) -> u16 {
    (value + 0.5) as u16
}

/// 1 to 5; what is not known is no fault.
fn grade(value: f64, limits: [f64; 4]) -> u8 {
    let mut grade = 1;
    for limit in limits {
        grade += u8::from(value > limit);
    }
    grade
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
