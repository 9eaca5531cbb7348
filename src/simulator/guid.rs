//! Random GUIDs, which Marketo assigns to records, and names that nobody can guess.

/// 128 bits of the system's randomness, for tokens and for the id of an instance.
pub(super) fn secret() -> u128 {
    let mut bytes = [0; 16];
    if cfg!(test) {
        // The seed of a test decides all of it.
        fastrand::fill(&mut bytes);
    } else {
        getrandom::fill(&mut bytes).expect("every system that oppctl runs on gives random bytes");
    }
    u128::from_be_bytes(bytes)
}

/// A GUID that nobody can guess.
pub(super) fn secret_guid() -> String {
    guid(secret())
}

/// A random UUID, version 4.
pub(super) fn new_guid() -> String {
    guid(fastrand::u128(..))
}

fn guid(random: u128) -> String {
    let version = 4 << 76;
    let variant = 2 << 62;
    let bits = random & !(0xf << 76) & !(0x3 << 62) | version | variant;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}
