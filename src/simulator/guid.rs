//! Random GUIDs, which Marketo assigns to records.

/// A random UUID, version 4.
pub(super) fn new_guid() -> String {
    let version = 4 << 76;
    let variant = 2 << 62;
    let random = fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62);
    let bits = random | version | variant;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}
