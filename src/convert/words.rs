//! Words of exports in several languages: booleans, how a deal stands, errors of spreadsheets, sums.

/// How a deal stands, as most systems have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Won,
    Lost,
}

const TRUE: [&str; 17] = [
    "true",
    "1",
    "yes",
    "y",
    "on",
    "ja",
    "wahr",
    "oui",
    "vrai",
    "sí",
    "si",
    "verdadero",
    "sim",
    "verdadeiro",
    "vero",
    "はい",
    "waar",
];
const FALSE: [&str; 15] = [
    "false",
    "0",
    "no",
    "n",
    "off",
    "nein",
    "falsch",
    "non",
    "faux",
    "falso",
    "não",
    "nao",
    "nee",
    "いいえ",
    "onwaar",
];

/// Pipedrive in English, German, French, Portuguese and Spanish; Dynamics in English.
const STANDINGS: [(&str, Standing); 15] = [
    ("open", Standing::Open),
    ("won", Standing::Won),
    ("lost", Standing::Lost),
    ("offen", Standing::Open),
    ("gewonnen", Standing::Won),
    ("verloren", Standing::Lost),
    ("ouvert", Standing::Open),
    ("gagné", Standing::Won),
    ("perdu", Standing::Lost),
    ("aberto", Standing::Open),
    ("ganho", Standing::Won),
    ("perdido", Standing::Lost),
    ("abierto", Standing::Open),
    ("ganado", Standing::Won),
    ("abandoned", Standing::Lost),
];

const ERRORS: [&str; 22] = [
    "#N/A",
    "#NV",
    "#N/D",
    "#VALUE!",
    "#WERT!",
    "#VALEUR!",
    "#¡VALOR!",
    "#VALOR!",
    "#REF!",
    "#BEZUG!",
    "#¡REF!",
    "#DIV/0!",
    "#¡DIV/0!",
    "#NAME?",
    "#NOM?",
    "#¿NOMBRE?",
    "#NUM!",
    "#ZAHL!",
    "#NOMBRE!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
];

const SUMS: [&str; 20] = [
    "total",
    "totals",
    "grand total",
    "grand totals",
    "subtotal",
    "sum",
    "count",
    "summe",
    "zwischensumme",
    "gesamtsumme",
    "gesamt",
    "gesamtergebnis",
    "teilergebnis",
    "sous-total",
    "somme",
    "suma",
    "somma",
    "totale",
    "合計",
    "小計",
];

/// The boolean that a word means.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    match (TRUE.contains(&&*word), FALSE.contains(&&*word)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        (false, false) => None,
    }
}

/// How a deal with this status stands.
pub(super) fn standing(text: &str) -> Option<Standing> {
    let word = text.to_lowercase();
    let found = STANDINGS.iter().find(|(name, _)| *name == word);
    found.map(|(_, standing)| *standing)
}

/// Whether a text is an error of a spreadsheet, or what it shows in a column that is too narrow.
pub(super) fn is_error(text: &str) -> bool {
    let is_narrow = text.len() > 1 && text.bytes().all(|byte| byte == b'#');
    is_narrow || ERRORS.contains(&text)
}

/// Whether a text is the label of a sum.
pub(super) fn is_sum(text: &str) -> bool {
    let text = text.to_lowercase();
    SUMS.iter().any(|word| {
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn words_of_several_languages() {
        for (word, expected) in [
            ("WAHR", Some(true)),
            ("Nein", Some(false)),
            ("Sí", Some(true)),
            ("x", None),
            ("maybe", None),
        ] {
            assert_eq!(boolean(word), expected, "{word}");
        }
        assert_eq!(standing("Gewonnen"), Some(Standing::Won));
        assert_eq!(standing("Archiviert"), None);
        assert!(is_error("#NV") && is_error("####") && !is_error("#1") && !is_error("#"));
        assert!(is_sum("Zwischensumme Süd") && is_sum("Grand Totals (43 records)"));
        assert!(!is_sum("Totality Inc.") && !is_sum("Summer campaign"));
    }
}
