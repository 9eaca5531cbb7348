//! Words for the variants of an enum, and the list of all of them from the same table.
//!
//! The match has no wildcard, so a new variant does not compile without its word; and what is written for each word, such as the pages
//! of `oppctl explain`, is tested against the list.

/// Writes a function from a variant to its word, and a constant with all words in the order of the table.
macro_rules! words {
    (
        $(#[$of:meta])*
        $vis:vis fn $name:ident -> $word:ty;
        $(#[$all:meta])*
        const $list:ident;
        $($variant:pat => $text:literal,)+
    ) => {
        $(#[$all])*
        $vis const $list: &'static [$word] = &[$($text),+];

        $(#[$of])*
        #[must_use]
        $vis fn $name(&self) -> $word {
            match self {
                $($variant => $text,)+
            }
        }
    };
}

pub(crate) use words;
