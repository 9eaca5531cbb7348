//! Markup of our own around text of others.
//!
//! [`Markup::raw`] takes only what is written in the sources, so data cannot get into a page but through [`push_text`].

use std::borrow::Cow;

use crate::render::brief::count;
use crate::render::escape::escaped;

/// A piece of a page.
#[derive(Debug, Default)]
pub(super) struct Markup {
    html: String,
}

impl Markup {
    /// Appends markup of the sources.
    pub(super) fn raw(&mut self, html: &'static str) -> &mut Self {
        self.html.push_str(html);
        self
    }

    /// Appends a text: whatever it is, it is shown as this text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        push_text(&mut self.html, &escaped(text));
        self
    }

    /// Appends a number with separators.
    pub(super) fn count(&mut self, number: usize) -> &mut Self {
        self.html.push_str(&count(number));
        self
    }

    /// Appends an attribute to the tag that is open.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.html.extend([" ", name, "=\""]);
        push_text(&mut self.html, &escaped(value));
        self.html.push('"');
        self
    }

    /// Appends a hint or a note, in which what stands between backticks is code.
    pub(super) fn advice(&mut self, text: &str) -> &mut Self {
        let pieces: Vec<&str> = text.split('`').collect();
        // A backtick without another one is text.
        if pieces.len().is_multiple_of(2) {
            return self.text(text);
        }
        for (index, piece) in pieces.iter().enumerate() {
            if index % 2 == 1 {
                self.raw("<code>").text(piece).raw("</code>");
            } else {
                self.text(piece);
            }
        }
        self
    }

    /// The markup as text.
    pub(super) fn into_html(self) -> String {
        self.html
    }
}

/// Appends a text with everything escaped that ends text or a quoted value in HTML: the one function that does so.
fn push_text(html: &mut String, text: &str) {
    html.reserve(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(character),
        }
    }
}

/// A text with what is hidden in its lines made visible, and the breaks between them kept.
pub(super) fn visible_lines(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return escaped(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(escaped).collect();
    lines.join("\n").into()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn text_stays_text() {
        let mut markup = Markup::default();
        markup
            .raw("<p")
            .attribute("title", "\" onload='x'")
            .raw(">")
            .text("</p><img src=x>&amp;\u{202e}\n")
            .raw("</p>");
        assert_eq!(
            markup.into_html(),
            "<p title=\"&quot; onload=&#39;x&#39;\">&lt;/p&gt;&lt;img src=x&gt;&amp;amp;\\u{202e}\\n</p>"
        );
    }

    #[test]
    fn commands_in_advice_are_code() {
        let shown = |text: &str| {
            let mut markup = Markup::default();
            markup.advice(text);
            markup.into_html()
        };
        assert_eq!(
            shown("run `a <b>`, then"),
            "run <code>a &lt;b&gt;</code>, then"
        );
        assert_eq!(shown("one ` only"), "one ` only");
        assert_eq!(shown("plain"), "plain");
    }
}
