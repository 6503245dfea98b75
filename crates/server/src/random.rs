use ring::rand::{SecureRandom, SystemRandom};

/// Bytes that nobody can guess.
///
/// # Panics
/// If the operating system has no randomness to give: nothing this server does would be safe then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[allow(clippy::expect_used)]
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

pub fn number() -> u64 {
    u64::from_le_bytes(bytes())
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
