//! Texts that differ and look the same: composed and decomposed letters, letters of other alphabets, dashes.

use std::fmt::Write as _;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// Letters and signs that look like one of ASCII, with that one. From Unicode's list of confusable characters; only those that people
/// get from keyboards, spreadsheets and office programs.
const LIKE_ASCII: [(&str, &str); 3] = [
    (
        "аеорсухіјѕһԁԛԝкАВЕКМНОРСТУХІЈЅԚԜӏӀ",
        "aeopcyxijshdqwkABEKMHOPCTYXIJSQWll",
    ),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονριακτυϲϳ", "ABEZHIKMNOPTYXovpiaktucj"),
    ("ıɑɡ’‘ʼ′‐‑‒–—−“”″", "iag''''------\"\"\""),
];

/// Whether two different texts can be taken for one another.
pub(super) fn look_alike(one: &str, other: &str) -> bool {
    if one == other || (one.is_ascii() && other.is_ascii()) {
        return false;
    }
    // Most texts differ soon, and what comes after that need not be read.
    skeleton(one).eq(skeleton(other))
}

/// The text with an escape for everything that is not ASCII.
pub(super) fn spelled_out(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            spelled.push(character);
        } else {
            write!(spelled, "\\u{{{:x}}}", u32::from(character))
                .expect("writing to a string cannot fail");
        }
    }
    spelled
}

/// The same for all texts that look the same.
fn skeleton(text: &str) -> impl Iterator<Item = char> {
    let like_ascii = |character: char| {
        LIKE_ASCII.iter().find_map(|(letters, ascii)| {
            let index = letters.chars().position(|letter| letter == character)?;
            ascii.chars().nth(index)
        })
    };
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(text.chars())
        .map(move |character| like_ascii(character).unwrap_or(character))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_looks_the_same_is_found() {
        for (one, other) in [
            ("Caf\u{e9}", "Cafe\u{301}"),
            ("\u{412}ig Dog", "Big Dog"),
            ("\u{391}cme", "Acme"),
            ("A \u{2013} B", "A - B"),
            ("\u{212b}", "\u{c5}"),
            ("\u{fb01}nal", "final"),
        ] {
            assert!(look_alike(one, other), "{one} {other}");
            assert!(look_alike(other, one), "{one} {other}");
            assert!(spelled_out(one) != spelled_out(other));
        }
    }

    #[test]
    fn what_looks_different_stays_as_it_is() {
        for (one, other) in [
            ("Café", "Cafe"),
            ("Müller", "Meier"),
            ("same", "same"),
            ("a", "b"),
            ("東京", "京都"),
        ] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn each_letter_has_its_counterpart() {
        for (letters, ascii) in LIKE_ASCII {
            assert_eq!(letters.chars().count(), ascii.chars().count(), "{letters}");
        }
    }
}
