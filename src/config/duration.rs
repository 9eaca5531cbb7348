//! Durations as the configuration writes them: `20s`, `2m`, `1h`.

use std::time::Duration;

/// Reads a whole number of seconds, minutes or hours.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(unit)?))
}
