//! The text of a file in any encoding.
//!
//! A byte order mark and valid UTF-8 are certain. Code pages cannot be told for certain, so a detected one is only probable, and it
//! is shown. An option settles it.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::error::ConvertError;

/// A text, and how its bytes were read.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: &'static str,
    /// Whether the encoding was detected and nothing settles it.
    pub(super) is_probable: bool,
}

/// The text of these bytes, in the encoding of this name if there is one.
pub(super) fn decoded(bytes: &[u8], named: Option<&str>) -> Result<Decoded, ConvertError> {
    let (encoding, is_probable) = match named {
        Some(name) => (by_name(name)?, false),
        None => detected(bytes),
    };
    // A byte order mark has the last word, and is cut off.
    let (text, encoding, has_errors) = encoding.decode(bytes);
    let first_error = text.find(['\u{fffd}', '\0']);
    if let Some(at) = first_error.filter(|at| has_errors || text[*at..].starts_with('\0')) {
        return Err(ConvertError::NotText {
            encoding: encoding.name(),
            line: 1 + text[..at].matches('\n').count(),
        });
    }
    Ok(Decoded {
        is_probable: is_probable && !text.is_ascii(),
        text: text.into_owned(),
        encoding: encoding.name(),
    })
}

fn by_name(name: &str) -> Result<&'static Encoding, ConvertError> {
    // Excel and Python call code pages so.
    let label = match name.to_ascii_lowercase().strip_prefix("cp") {
        Some("932") => "shift_jis".to_owned(),
        Some(page) => format!("windows-{page}"),
        None => name.to_owned(),
    };
    Encoding::for_label(label.as_bytes()).ok_or_else(|| ConvertError::UnknownEncoding {
        name: name.to_owned(),
    })
}

/// The encoding that the bytes are in, and whether that is only probable.
fn detected(bytes: &[u8]) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, false);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, false);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    (detector.guess(None, Utf8Detection::Deny), true)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn read(bytes: &[u8], named: Option<&str>) -> (String, &'static str, bool) {
        let decoded = decoded(bytes, named).expect("it is text");
        (decoded.text, decoded.encoding, decoded.is_probable)
    }

    #[test]
    fn what_is_certain_is_not_called_probable() {
        let marked = "\u{feff}Größe".as_bytes();
        assert_eq!(read(marked, None), ("Größe".into(), "UTF-8", false));
        assert_eq!(
            read("Größe".as_bytes(), None),
            ("Größe".into(), "UTF-8", false)
        );
        let wide: Vec<u8> = "\u{feff}Größe"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&wide, None), ("Größe".into(), "UTF-16LE", false));
    }

    #[test]
    fn a_code_page_is_probable_until_it_is_named() {
        let bytes = b"Gr\xf6\xdfe pr\xfcfen; K\xe4ferberg Maschinen; 4.500,00 \x80";
        let text = "Größe prüfen; Käferberg Maschinen; 4.500,00 €";
        assert_eq!(read(bytes, None), (text.into(), "windows-1252", true));
        assert_eq!(
            read(bytes, Some("cp1252")),
            (text.into(), "windows-1252", false)
        );
        assert_eq!(read(b"\x8f\xa4\x92k", Some("cp932")).0, "商談");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_line() {
        let error = decoded(b"a\nb\xff\xfe", Some("utf-8")).expect_err("it is not UTF-8");
        assert_eq!(error.to_string(), "line 2 is not text in UTF-8");
        let error = decoded(b"a\0b", None).expect_err("it is not text");
        assert_eq!(error.to_string(), "line 1 is not text in UTF-8");
    }
}
