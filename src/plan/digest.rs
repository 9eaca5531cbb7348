//! The digest of a plan: a hash of what it would do. It identifies a reviewed plan.
//!
//! It covers the instance, what a person permits and, for each record, kind, key, action, what the ledger changes, the values before and
//! after, and which apply touched the record last: so a plan is good only until a later apply has touched what it changes. It does not
//! cover places in files, labels, or records that stay as they are. Because of the salt, a person who sees only the digest cannot
//! confirm guessed values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::ledger::Ledger;
use crate::ledger::hash::PartsHash;
use crate::model::RecordKey;
use crate::store::hex;

use super::change::Change;
use super::field_changes::FieldChanges;
use super::permits::Permits;
use super::plan_value::Plan;

/// The hash of what a plan would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDigest(Box<str>);

/// What a digest is of. Those of a part cannot be taken for one of everything: they say in their text what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DigestKind {
    /// A plan of everything that the run is meant for.
    #[default]
    Whole,
    /// A plan of the changed records alone. The rest of the text is the digest of a plan of everything that finds nothing else to do.
    Changed,
    /// A plan as last applied, for which nothing was read. No apply accepts it.
    Ledger,
    /// A plan from a snapshot. No apply accepts it.
    Snapshot,
}

/// The number of bytes that are shown and compared: 128 bits.
const BYTES: usize = 16;

/// What a digest covers beside the plan.
#[derive(Clone, Copy, Debug)]
pub struct DigestBasis<'b> {
    /// The fingerprint of the instance.
    pub instance: &'b str,
    pub salt: &'b [u8],
    pub permits: &'b Permits,
    /// The ledger that the plan was made with.
    pub ledger: Option<&'b Ledger>,
    pub kind: DigestKind,
}

/// The digest of a plan.
#[must_use]
pub fn digest(plan: &Plan, basis: DigestBasis<'_>) -> PlanDigest {
    let DigestBasis {
        instance,
        salt,
        permits,
        ledger,
        kind,
    } = basis;
    let mut hash = PartsHash::default();
    // The version of this hash.
    hash.push(b"oppctl plan 2");
    hash.push(salt);
    hash.push(instance.as_bytes());
    push_permits(permits, &mut hash);
    for ((kind, key), effect) in effects(plan) {
        hash.push(kind.name.as_bytes());
        hash.push(key.as_bytes());
        let touched = ledger.and_then(|ledger| ledger.touched(kind, &key));
        push_option(touched.map(|time| time.to_string()), &mut hash);
        effect.push(&mut hash);
    }
    let digits = hex::encode(&hash.finish::<BYTES>());
    PlanDigest(format!("{}{digits}", kind.prefix()).into())
}

fn push_permits(permits: &Permits, hash: &mut PartsHash) {
    let Permits {
        adopt_foreign,
        with_undeclared,
        allow_deletes,
        allow_unread,
        allow_used,
        allow_findings,
    } = permits;
    push_option(adopt_foreign.as_deref(), hash);
    hash.push(&[u8::from(*with_undeclared)]);
    push_option(allow_deletes.map(|count| count.to_string()), hash);
    hash.push(allow_unread.len().to_string().as_bytes());
    for file in allow_unread {
        hash.push(file.as_bytes());
    }
    // Plans from before there were such permits keep their digests.
    if !allow_used.is_empty() {
        hash.push(b"used");
        hash.push(allow_used.len().to_string().as_bytes());
    }
    for record in allow_used {
        hash.push(record.as_bytes());
    }
    if !allow_findings.is_empty() {
        hash.push(b"findings");
        hash.push(allow_findings.len().to_string().as_bytes());
    }
    for (word, count) in allow_findings {
        hash.push(word.as_bytes());
        hash.push(count.to_string().as_bytes());
    }
}

/// Adds a text that may be missing, which is something else than an empty one.
fn push_option(text: Option<impl AsRef<str>>, hash: &mut PartsHash) {
    hash.push(&[u8::from(text.is_some())]);
    if let Some(text) = text {
        hash.push(text.as_ref().as_bytes());
    }
}

/// What a plan does to one record.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Effect<'p> {
    /// What is done to it in the instance, if that is anything.
    pub action: Option<&'static str>,
    /// What is done to its entry in the ledger, beside what follows from that.
    pub ledger: BTreeSet<&'static str>,
    /// The fields that change, if any do.
    pub fields: Option<&'p FieldChanges>,
}

/// What a plan does to each record, by kind and key, whatever the order of the manifests.
#[must_use]
pub fn effects(plan: &Plan) -> BTreeMap<RecordKey, Effect<'_>> {
    let mut effects: BTreeMap<_, _> = plan
        .changes
        .iter()
        .map(|change| ((change.kind, change.key.folded()), Effect::of(change)))
        .collect();
    for change in plan.ledger_changes.seen() {
        let effect = effects.entry((change.kind, change.key.folded()));
        let effect = effect.or_default();
        effect.ledger.insert(change.action.word());
    }
    effects
}

impl<'p> Effect<'p> {
    /// Adds it to a hash.
    pub(super) fn push(&self, hash: &mut PartsHash) {
        hash.push(self.action.unwrap_or_default().as_bytes());
        hash.push(&(self.ledger.len() as u64).to_le_bytes());
        for action in &self.ledger {
            hash.push(action.as_bytes());
        }
        // In the order of the names.
        let fields = self.fields.into_iter().flat_map(FieldChanges::iter);
        let fields: BTreeMap<_, _> = fields
            .map(|field| (field.name, [field.before, field.after]))
            .collect();
        hash.push(&(fields.len() as u64).to_le_bytes());
        for (name, sides) in &fields {
            hash.push(name.as_bytes());
            for side in sides {
                let (data_type, text) = side.canonical();
                hash.push(data_type.as_bytes());
                hash.push(text.as_bytes());
            }
        }
    }

    pub(super) fn of(change: &'p Change) -> Self {
        Self {
            action: Some(change.action.word()),
            ledger: BTreeSet::new(),
            fields: Some(change.fields()),
        }
    }
}

impl PlanDigest {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DigestKind {
    const ALL: [Self; 4] = [Self::Whole, Self::Changed, Self::Ledger, Self::Snapshot];

    /// What the text of such a digest begins with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Changed => "changed-",
            Self::Ledger => "ledger-",
            Self::Snapshot => "snapshot-",
        }
    }

    /// Whether an apply accepts such a plan.
    #[must_use]
    pub fn is_applicable(self) -> bool {
        match self {
            Self::Whole | Self::Changed => true,
            Self::Ledger | Self::Snapshot => false,
        }
    }

    /// The kind of a digest, and its digits; nothing for another text.
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, &str)> {
        let is_digits = |text: &&str| {
            text.len() == 2 * BYTES && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let mut kinds = Self::ALL.into_iter();
        kinds.find_map(|kind| {
            let digits = text.strip_prefix(kind.prefix()).filter(is_digits)?;
            Some((kind, digits))
        })
    }
}

/// A digest as a person copies it.
///
/// # Errors
/// The text is none.
pub fn digest_word(text: &str) -> Result<String, &'static str> {
    let text = text.to_ascii_lowercase();
    match DigestKind::parse(&text) {
        Some((kind, _)) if kind.is_applicable() => Ok(text),
        Some((
            DigestKind::Whole | DigestKind::Changed | DigestKind::Ledger | DigestKind::Snapshot,
            _,
        )) => Err(
            "that plan was not made from what Marketo has, and no apply accepts it: make another one with `oppctl plan`",
        ),
        None => Err(
            "expected the 32 hexadecimal digits that `oppctl plan --digest` prints, behind `changed-` those of a plan of changed records",
        ),
    }
}

/// The digest of the plan of everything that a reviewed one stands for.
#[must_use]
pub fn whole_digest(digest: &str) -> &str {
    match DigestKind::parse(digest) {
        Some((DigestKind::Whole | DigestKind::Changed, digits)) => digits,
        Some((DigestKind::Ledger | DigestKind::Snapshot, _)) | None => digest,
    }
}

/// The digits that tell one plan from another to people, behind the word that says what it is of.
#[must_use]
pub fn short_digest(digest: &str) -> Cow<'_, str> {
    const DIGITS: usize = 8;
    match DigestKind::parse(digest) {
        Some((kind, digits)) => format!("{}{}", kind.prefix(), &digits[..DIGITS]).into(),
        None => digest.chars().take(DIGITS).collect::<String>().into(),
    }
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
