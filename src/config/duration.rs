//! Durations as the configuration writes them: `20s`, `2m`, `1h`, `90d`.

use std::time::Duration;

/// Reads a whole number of seconds, minutes, hours or days.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    Some(Duration::from_secs(number.checked_mul(unit)?))
}
