//! Texts in the form in which they are compared: the words alone, in small letters without accents, one blank between them.
//!
//! An instance may write a value between other marks, as HTML, JSON or a URL writes it, or without its accents. All of that is the
//! same here.

/// A text in that form, with the place of each letter in the text itself.
pub(super) struct Plain {
    pub(super) letters: Vec<char>,
    /// The bytes of the text from which each letter comes.
    places: Vec<(usize, usize)>,
}

/// Letters with their accents, by the letters without them. What is not here is compared as it is.
const WITHOUT_ACCENTS: [(&str, &str); 19] = [
    ("àáâãäåāăą", "a"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ðďđ", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ìíîïĩīĭįı", "i"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏő", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("ùúûüũūŭůűų", "u"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
];

/// The ends of the names of HTML's letters with accents: `uuml` is the letter u with one of these. Source: HTML Standard, "Named
/// character references".
const ACCENTS: [&str; 12] = [
    "uml", "acute", "grave", "circ", "tilde", "cedil", "ring", "slash", "caron", "breve", "macr",
    "ogon",
];

/// The longest form of one letter: `&#x0010FFFF;`, or `%F0%9F%A6%84`.
const LONGEST_FORM: usize = 12;

/// A letter of a text: what it says, and how many bytes say it.
enum Read {
    Letters(String, usize),
    /// What separates words.
    Mark(usize),
}

impl Plain {
    pub(super) fn of(text: &str) -> Self {
        let mut plain = Self {
            letters: Vec::new(),
            places: Vec::new(),
        };
        let mut at = 0;
        let mut is_apart = false;
        while at < text.len() {
            let byte = text.as_bytes()[at];
            // Most letters, without further work.
            if byte.is_ascii_alphanumeric() {
                let letter = char::from(byte.to_ascii_lowercase());
                plain.push(letter, (at, at + 1), is_apart);
                is_apart = false;
                at += 1;
                continue;
            }
            match read(&text[at..]) {
                Read::Letters(letters, length) => {
                    for letter in letters.chars() {
                        plain.push(letter, (at, at + length), is_apart);
                        is_apart = false;
                    }
                    at += length;
                }
                Read::Mark(length) => {
                    is_apart = true;
                    at += length;
                }
            }
        }
        plain
    }

    /// Adds a letter. Words also end between a letter and a digit, so that `31T10` is like `31 10`.
    fn push(&mut self, letter: char, place: (usize, usize), is_apart: bool) {
        if let (Some(last), Some((_, end))) = (self.letters.last(), self.places.last()) {
            let is_other = last.is_numeric() != letter.is_numeric();
            if is_apart || is_other {
                let end = *end;
                self.letters.push(' ');
                self.places.push((end, place.0));
            }
        }
        self.letters.push(letter);
        self.places.push(place);
    }

    /// Whether a word begins here.
    pub(super) fn is_start(&self, at: usize) -> bool {
        self.letters[at] != ' ' && (at == 0 || self.letters[at - 1] == ' ')
    }

    /// Whether a word ends before this place.
    pub(super) fn is_end(&self, at: usize) -> bool {
        self.letters.get(at).is_none_or(|letter| *letter == ' ')
    }

    /// The bytes of the text from which these letters come.
    pub(super) fn bytes(&self, from: usize, length: usize) -> (usize, usize) {
        (self.places[from].0, self.places[from + length - 1].1)
    }
}

/// Reads what is at the start of a text that is not empty.
fn read(text: &str) -> Read {
    let first = text.chars().next().unwrap_or_default();
    let (letter, length) = match first {
        '&' => entity(text),
        '\\' => escape(text),
        '%' => percent(text),
        _ => None,
    }
    .unwrap_or_else(|| (first.to_string(), first.len_utf8()));
    let letters = letter.chars().flat_map(char::to_lowercase);
    let letters: String = letters.map(without_accent).collect();
    // Marks that combine with the letter before it.
    let is_accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let letters: String = letters.chars().filter(|c| !is_accent(*c)).collect();
    let is_word = letters.chars().all(char::is_alphanumeric);
    if is_word && (!letters.is_empty() || is_accent(first)) {
        Read::Letters(letters, length)
    } else {
        Read::Mark(length)
    }
}

fn without_accent(letter: char) -> String {
    let row = WITHOUT_ACCENTS
        .iter()
        .find(|(with, _)| with.contains(letter));
    row.map_or_else(|| letter.to_string(), |(_, without)| (*without).to_owned())
}

/// The beginning of a text up to this mark, if that is near.
fn until(text: &str, mark: char) -> Option<&str> {
    let end = text.char_indices().take(LONGEST_FORM);
    let mut end = end.filter(|(_, c)| *c == mark);
    Some(&text[..end.next()?.0])
}

/// `&#252;`, `&#xfc;`, `&uuml;` or `&amp;`.
fn entity(text: &str) -> Option<(String, usize)> {
    let name = until(&text[1..], ';')?;
    let length = name.len() + 2;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return Some((char::from_u32(code.ok()?)?.to_string(), length));
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric()) || name.is_empty() {
        return None;
    }
    let base = ACCENTS.iter().find_map(|accent| name.strip_suffix(accent));
    let letters = match (base, name) {
        (Some(base), _) if base.len() == 1 => base,
        (_, "szlig") => "ss",
        (_, "aelig" | "AElig") => "ae",
        (_, "oelig" | "OElig") => "oe",
        // A mark, such as a quotation mark or a blank.
        _ => " ",
    };
    Some((letters.to_owned(), length))
}

/// `\u00fc`, `\n` or `\"`.
fn escape(text: &str) -> Option<(String, usize)> {
    let mark = text[1..].chars().next()?;
    match mark {
        'u' => {
            let digits = text.get(2..6)?;
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(code)?.to_string(), 6))
        }
        'n' | 't' | 'r' | '"' | '\'' | '\\' | '/' => Some((" ".to_owned(), 2)),
        _ => None,
    }
}

/// `%C3%BC`.
fn percent(text: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while bytes.len() < 4
        && let Some(digits) = rest.strip_prefix('%').and_then(|rest| rest.get(..2))
    {
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[3..];
        if let Ok(letter) = std::str::from_utf8(&bytes) {
            return Some((letter.to_owned(), 3 * bytes.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        let rows = [
            ("Müller & Söhne", "muller sohne"),
            ("M&uuml;ller &amp; S&#246;hne", "muller sohne"),
            ("M\\u00fcller\\n\\\"S&#xF6;hne\\\"", "muller sohne"),
            ("M%C3%BCller+S%c3%b6hne", "muller sohne"),
            ("Mu\u{308}ller  (Sohne)", "muller sohne"),
            ("Stra&szlig;e, STRASSE, Straße", "strasse strasse strasse"),
            ("2026-12-31T10:00Z", "2026 12 31 t 10 00 z"),
            ("100% of & \\d; %ZZ", "100 of d zz"),
            ("日本 🦄 語", "日本 語"),
            ("", ""),
            ("\u{308}", ""),
        ];
        for (text, expected) in rows {
            let plain: String = Plain::of(text).letters.into_iter().collect();
            assert_eq!(plain, expected, "{text}");
        }
    }

    #[test]
    fn a_letter_knows_its_place() {
        let text = "no M&uuml;ller here";
        let plain = Plain::of(text);
        let (from, to) = plain.bytes(3, 6);
        assert_eq!(&text[from..to], "M&uuml;ller");
    }
}
