//! Halves of surrogate pairs in JSON: `\ud83d` without its other half. Systems that cut text between the two halves store such text, and
//! answer with it. No text can hold it, so it is left out, and that is told.

use std::borrow::Cow;

/// A body without the halves, and how many there were.
pub(super) fn without_halves(body: &[u8]) -> (Cow<'_, [u8]>, usize) {
    let mut whole: Vec<u8> = Vec::new();
    let (mut kept, mut at, mut halves) = (0, 0, 0);
    while let Some(offset) = body[at..].iter().position(|byte| *byte == b'\\') {
        at += offset;
        match unit(&body[at..]) {
            Some(0xd800..=0xdbff) if is_second_half(&body[at + UNIT..]) => {
                at += 2 * UNIT;
                continue;
            }
            Some(0xd800..=0xdfff) => {}
            // The character after a backslash is a part of the escape, whichever it is.
            Some(_) | None => {
                at = (at + 2).min(body.len());
                continue;
            }
        }
        whole.extend_from_slice(&body[kept..at]);
        at += UNIT;
        kept = at;
        halves += 1;
    }
    if halves == 0 {
        return (Cow::Borrowed(body), 0);
    }
    whole.extend_from_slice(&body[kept..]);
    (Cow::Owned(whole), halves)
}

/// The length of an escape such as `\ud83d`.
const UNIT: usize = 6;

/// The unit of UTF-16 that an escape at the beginning of this text stands for.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.get(..UNIT)?.strip_prefix(b"\\u")?;
    let digits = str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

fn is_second_half(text: &[u8]) -> bool {
    unit(text).is_some_and(|unit| (0xdc00..=0xdfff).contains(&unit))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn halves_are_left_out_and_everything_else_stays() {
        let rows = [
            (r#"{"a":"plain"}"#, r#"{"a":"plain"}"#, 0),
            (r#"["a\ud83db"]"#, r#"["ab"]"#, 1),
            (r#"["a\uDE00"]"#, r#"["a"]"#, 1),
            (r#"["\ud83d\ude00"]"#, r#"["\ud83d\ude00"]"#, 0),
            (r#"["\ud83d\ud83d\ude00\ude00"]"#, r#"["\ud83d\ude00"]"#, 2),
            (r#"["\\ud83d\\\ud83d\u00e9"]"#, r#"["\\ud83d\\\u00e9"]"#, 1),
            (r#"["\"\ud83d\""]"#, r#"["\"\""]"#, 1),
            (r#"["\ud83"#, r#"["\ud83"#, 0),
            ("\\", "\\", 0),
        ];
        for (body, expected, count) in rows {
            let (whole, halves) = without_halves(body.as_bytes());
            assert_eq!(String::from_utf8_lossy(&whole), expected, "{body}");
            assert_eq!(halves, count, "{body}");
        }
    }
}
