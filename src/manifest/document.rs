//! The top level of a file: its version, its `defaults`, and a section of entries for each kind.

use super::decoder::Decoder;
use super::entry;
use super::fields;
use super::frame::ItemSink;
use super::named_values::NamedValues;
use super::parser::{self, Parsed};
use super::tree::{Member, Node, NodeContent, ScalarText};
use crate::model::kind::KINDS;
use crate::model::{Form, ObjectKind, Problem, Shape};

/// The version of the manifest language that oppctl reads.
pub(super) const VERSION: &str = "1";

pub(super) const VERSION_MEMBER: &str = "version";
pub(super) const DEFAULTS_MEMBER: &str = "defaults";

/// From so many records on it is worth while to know how many there will be.
const MANY: usize = 1024;

/// Reads a file: its entries one by one, or all at once if `defaults` stand below some of them.
pub(super) fn read(decoder: &mut Decoder<'_>, values: &NamedValues) {
    let (file, text) = (decoder.file, decoder.text);
    let (records, problems) = (decoder.records.len(), decoder.out.len());
    let mut of_tree = Vec::new();
    let mut entries = Entries::new(decoder);
    let parsed = parser::parse_to(&mut entries, file, text, values, &mut of_tree);
    if entries.are_above_defaults(&parsed) {
        decoder.records.truncate(records);
        decoder.out.truncate(problems);
        let parsed = parser::parse(file, text, values, decoder.out);
        return Entries::new(decoder).decode(parsed);
    }
    entries.decode(parsed);
    decoder.out.append(&mut of_tree);
}

/// The entries of a file while it is read: those of a section are decoded as they come, which needs no tree of them all. What they
/// depend on stands above them: the version, and `defaults` if there are any.
struct Entries<'e, 'd> {
    decoder: &'e mut Decoder<'d>,
    /// The kind of the section that is being read.
    section: Option<&'static ObjectKind>,
    /// The kinds of the sections of which entries were decoded.
    decoded: Vec<&'static ObjectKind>,
    has_defaults: bool,
}

impl<'t> ItemSink<'t> for Entries<'_, '_> {
    fn takes(&mut self, name: &str, above: &[Member<'t>]) -> bool {
        let has_version = above.iter().any(|member| match &member.value.content {
            NodeContent::Scalar(version) => member.name == VERSION_MEMBER && is_version(version),
            NodeContent::List(_)
            | NodeContent::Mapping(_)
            | NodeContent::Shared(_)
            | NodeContent::Broken => false,
        });
        let section = KINDS.into_iter().find(|kind| kind.plural == name);
        if !has_version || section.is_none() {
            return false;
        }
        self.section = section;
        if !self.has_defaults
            && let Some(defaults) = above.iter().find(|member| member.name == DEFAULTS_MEMBER)
        {
            self.read_defaults(defaults.value.clone());
        }
        true
    }

    fn item(&mut self, item: Node<'t>) {
        let Some(kind) = self.section else {
            return;
        };
        if self.decoded.last() != Some(&kind) {
            self.decoded.push(kind);
        }
        self.make_room(item.at.end as usize);
        entry::section(self.decoder, kind, [item], None);
    }
}

impl<'e, 'd> Entries<'e, 'd> {
    fn new(decoder: &'e mut Decoder<'d>) -> Self {
        Self {
            decoder,
            section: None,
            decoded: Vec::new(),
            has_defaults: false,
        }
    }

    /// Makes room for the records of the rest of the file, as far as they are like those before, of which the text ends here. A list
    /// that grows by itself is there twice while it is copied.
    fn make_room(&mut self, end: usize) {
        let records = &mut *self.decoder.records;
        if records.len() < MANY || records.len() < records.capacity() {
            return;
        }
        let rest = self.decoder.text.len().saturating_sub(end);
        let more = rest as u64 * records.len() as u64 / end.max(1) as u64;
        records.reserve(more as usize + MANY);
    }

    /// Whether entries were decoded without the `defaults` that stand below them.
    fn are_above_defaults(&self, parsed: &Parsed<'_>) -> bool {
        let root = parsed.root.as_ref();
        !self.has_defaults
            && !self.decoded.is_empty()
            && root.is_some_and(|root| root.has_member(DEFAULTS_MEMBER))
    }

    /// Decodes the top level, and everything below it that is not decoded yet.
    fn decode(mut self, parsed: Parsed<'_>) {
        let Parsed { root, complete } = parsed;
        // A file of comments alone is none that went wrong: it declares nothing.
        let Some(root) = root.filter(|root| root.shape() != Some(Shape::Nothing)) else {
            return;
        };
        let at = root.at;
        let Some(members) = self.decoder.mapping(root) else {
            return;
        };
        let mut version = None;
        let mut defaults = None;
        let mut sections = Vec::new();
        for member in members {
            match member.name.as_ref() {
                VERSION_MEMBER => version = Some(member.value),
                DEFAULTS_MEMBER => defaults = Some(member.value),
                _ => sections.push(member),
            }
        }
        if let Some(version) = version {
            if !is_supported(self.decoder, version) {
                return;
            }
        } else if complete {
            self.decoder.report(Problem::MissingVersion, at);
        }
        // Before the records: the defaults apply to all of them, also to those that precede `defaults` in the file.
        if let Some(defaults) = defaults.filter(|_| !self.has_defaults) {
            self.read_defaults(defaults);
        }
        for member in sections {
            match KINDS.into_iter().find(|kind| kind.plural == member.name) {
                Some(kind) if self.decoded.contains(&kind) => {}
                Some(kind) => self.read_section(kind, member.value),
                None => unknown_section(self.decoder, &member),
            }
        }
    }

    fn read_section(&mut self, kind: &'static ObjectKind, node: Node<'_>) {
        let items = self.decoder.list(node);
        // Written as `[]`: a section without a value may be a slip.
        if items.as_ref().is_some_and(Vec::is_empty) {
            self.decoder.emptied.insert(self.decoder.file);
        }
        entry::section(self.decoder, kind, items.unwrap_or_default(), None);
    }

    fn read_defaults(&mut self, node: Node<'_>) {
        self.has_defaults = true;
        for member in self.decoder.mapping(node).unwrap_or_default() {
            let Some(kind) = KINDS.into_iter().find(|kind| kind.name == member.name) else {
                let kinds = KINDS.into_iter().map(|kind| kind.name);
                self.decoder.unknown_member(&member, kinds);
                continue;
            };
            let members = self.decoder.mapping(member.value).unwrap_or_default();
            let defaults = fields::of_defaults(self.decoder, kind, members);
            self.decoder.defaults[kind.rank()] = defaults;
        }
    }
}

/// Whether the rest of the file can be read: in a later version of the language, the members may have other meanings.
fn is_supported(decoder: &mut Decoder<'_>, node: Node<'_>) -> bool {
    let at = node.at;
    let Some(version) = decoder.scalar(node) else {
        return true;
    };
    if is_version(&version) {
        return true;
    }
    let found = decoder.text[at.start as usize..at.end as usize].to_owned();
    decoder.report(Problem::UnsupportedVersion { found }, at);
    false
}

fn unknown_section(decoder: &mut Decoder<'_>, member: &Member<'_>) {
    let sections = KINDS.into_iter().map(|kind| kind.plural);
    decoder.unknown_member(
        member,
        [VERSION_MEMBER, DEFAULTS_MEMBER]
            .into_iter()
            .chain(sections),
    );
}

fn is_version(scalar: &ScalarText<'_>) -> bool {
    scalar.form == Form::Number && scalar.text == VERSION
}
