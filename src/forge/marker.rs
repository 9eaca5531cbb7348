//! How a comment or an issue of ours is found again: by its first line, which says what it is, and by its last line, which names the
//! instance.

use super::calls::Post;
use crate::plan::DigestKind;

/// What stands for a missing instance or digest.
const NONE: &str = "none";

/// The first line of a page: `<!-- oppctl:v1 instance=… digest=… command=… -->`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marker<'a> {
    /// The fingerprint of the instance.
    instance: &'a str,
    digest: &'a str,
    pub(super) command: &'a str,
}

impl<'a> Marker<'a> {
    /// The marker of a text.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let line = text.lines().next()?.trim_end();
        let inner = line.strip_prefix("<!-- oppctl:v1 ")?.strip_suffix(" -->")?;
        let mut words = inner.split(' ');
        let mut word = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let marker = Self {
            instance: word("instance")?,
            digest: word("digest")?,
            command: word("command")?,
        };
        words.next().is_none().then_some(marker)
    }

    /// Whether it has this digest, and this fingerprint of the instance.
    pub(super) fn names(self, digest: Option<&str>, fingerprint: Option<&str>) -> bool {
        self.digest == digest.unwrap_or(NONE) && self.instance == fingerprint.unwrap_or(NONE)
    }

    /// The digest of the plan.
    pub(super) fn digest(self) -> Option<&'a str> {
        DigestKind::parse(self.digest).map(|_| self.digest)
    }
}

/// Which of our comments or issues is meant: one for each instance and command.
#[derive(Clone, Debug)]
pub(super) struct Slot<'a> {
    pub(super) command: &'a str,
    /// The name of the instance in the configuration.
    pub(super) name: &'a str,
    /// Its fingerprint, for comments without a name.
    pub(super) fingerprint: Option<&'a str>,
}

impl<'a> Slot<'a> {
    /// That of a text, for the instance with this name.
    pub(super) fn of(marker: Marker<'a>, name: &'a str) -> Self {
        Self {
            command: marker.command,
            name,
            fingerprint: Some(marker.instance).filter(|instance| *instance != NONE),
        }
    }

    /// The posts of ours in this slot, the oldest first. Two runs at once can leave more than one.
    pub(super) fn all<'p>(&self, posts: &'p [Post]) -> Vec<&'p Post> {
        let ours = posts.iter().filter(|post| post.is_ours);
        let mut found: Vec<&Post> = ours.filter(|post| self.has(&post.body)).collect();
        found.sort_by_key(|post| post.id);
        found
    }

    fn has(&self, text: &str) -> bool {
        let Some(marker) = Marker::of(text) else {
            return false;
        };
        let is_same = match named(text) {
            Some(name) => name == encoded(self.name),
            None => self.fingerprint == Some(marker.instance),
        };
        marker.command == self.command && is_same
    }

    /// A text with the line that names the instance, and the commit that was planned.
    pub(super) fn named(&self, text: &str, commit: Option<&str>) -> String {
        let commit = commit.map_or_else(String::new, |commit| format!("{AT}{commit}"));
        let (text, name) = (text.trim_end(), encoded(self.name));
        format!("{text}\n\n{LAST}{name}{commit} -->\n")
    }
}

/// How the line begins that names the instance.
const LAST: &str = "<!-- oppctl:for ";
/// What stands in it before the commit that was planned.
const AT: &str = " at ";

/// The name in the last line of a text.
fn named(text: &str) -> Option<&str> {
    last(text).map(|(name, _)| name)
}

/// The commit that the plan in a text was made for.
pub(super) fn planned(text: &str) -> Option<&str> {
    last(text)?.1
}

fn last(text: &str) -> Option<(&str, Option<&str>)> {
    let line = text.trim_end().lines().next_back()?;
    let inner = line.strip_prefix(LAST)?.strip_suffix(" -->")?;
    Some(match inner.split_once(AT) {
        Some((name, commit)) => (name, Some(commit)),
        None => (inner, None),
    })
}

/// A name as a word that cannot end a comment of HTML.
fn encoded(name: &str) -> String {
    let bytes = name.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    });
    bytes.collect()
}

/// Whether two texts are the same to a forge, which may store other line breaks and no blank end.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    const DIGEST: &str = "0123456789abcdef0123456789abcdef";

    fn page(instance: &str, command: &str) -> String {
        format!("<!-- oppctl:v1 instance={instance} digest={DIGEST} command={command} -->\n### x\n")
    }

    fn post(id: u64, body: String, is_ours: bool) -> Post {
        Post {
            id,
            body,
            author: String::new(),
            is_ours,
            updated: None,
        }
    }

    fn ids(slot: &Slot<'_>, posts: &[Post]) -> Vec<u64> {
        slot.all(posts).iter().map(|post| post.id).collect()
    }

    #[test]
    fn a_marker_is_a_whole_first_line() {
        let text = page("a-b", "plan");
        let marker = Marker::of(&text).expect("it has one");
        assert_eq!((marker.digest(), marker.command), (Some(DIGEST), "plan"));
        let carriage = text.replace('\n', "\r\n");
        assert_eq!(Marker::of(&carriage), Some(marker));
        for wrong in [
            format!("Hello\n{text}"),
            text.replace(" -->", " --> x"),
            text.replace("command=plan", "command=plan command=apply"),
            text.replace("oppctl:v1", "oppctl:v2"),
            String::new(),
        ] {
            assert_eq!(Marker::of(&wrong), None, "{wrong}");
        }
        let changed = format!("changed-{DIGEST}");
        let of_changes = text.replace(DIGEST, &changed);
        let marker = Marker::of(&of_changes).and_then(Marker::digest);
        assert_eq!(marker, Some(&*changed));
        let none = text.replace(DIGEST, NONE);
        assert_eq!(Marker::of(&none).and_then(Marker::digest), None);
    }

    #[test]
    fn each_instance_and_command_has_one_comment_of_ours() {
        let text = page("f1", "plan");
        let slot = Slot::of(Marker::of(&text).expect("it has one"), "prod--> x");
        let other = Slot {
            name: "sandbox",
            ..slot.clone()
        };
        let failed = page(NONE, "plan");
        let posts = [
            post(1, slot.named(&text, None), false),
            post(2, page("f1", "apply"), true),
            post(3, other.named(&text, None), true),
            post(4, slot.named(&failed, None), true),
            post(5, slot.named(&text, None), true),
        ];
        assert_eq!(ids(&slot, &posts), [4, 5]);
        assert_eq!(ids(&other, &posts), [3]);
        // A comment of an older version has no name.
        let old = [post(6, text.clone(), true)];
        assert_eq!(ids(&slot, &old), [6]);
        let unknown = Slot::of(Marker::of(&failed).expect("it has one"), "prod");
        assert_eq!(
            ids(&unknown, &[post(7, failed.clone(), true)]),
            Vec::<u64>::new()
        );
        assert!(!slot.named("x", None).contains("prod-->"));
    }

    #[test]
    fn a_plan_names_its_commit() {
        let text = page("f1", "plan");
        let slot = Slot::of(Marker::of(&text).expect("it has one"), "prod at home");
        let named = slot.named(&text, Some("c0ffee"));
        assert_eq!(planned(&named), Some("c0ffee"));
        assert_eq!(ids(&slot, &[post(1, named, true)]), [1]);
        assert_eq!(planned(&slot.named(&text, None)), None);
    }
}
