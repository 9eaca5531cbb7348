//! Where the ledgers of a project are, as the configuration writes it.
//!
//! A location has no credentials, endpoints or regions: they come from the environment. Errors never repeat the text of a
//! location, because somebody may have written a key there by mistake.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// Where the ledgers of a project are. Each instance has a folder there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A directory of this machine.
    Directory(PathBuf),
    /// A bucket in object storage.
    Bucket(Bucket),
}

/// A bucket in object storage and a path in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub provider: Provider,
    /// The name of the bucket. Azure calls it a container.
    pub name: String,
    /// The path in the bucket, without slashes at its ends. May be empty.
    pub prefix: String,
}

/// The kinds of object storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// S3, and servers that speak its protocol.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

/// Why a text is not a location; the messages go on after the name of the member that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    #[error("is empty")]
    Empty,
    #[error("begins with `~`, which only a shell expands")]
    Home,
    #[error("has an unknown URL scheme")]
    Scheme,
    #[error("is the address of a server, not of a bucket")]
    Address,
    #[error("contains a user name or a key")]
    HasUser,
    #[error("has a query or a fragment")]
    HasQuery,
    #[error("has no bucket name after `//`")]
    NoBucket,
    #[error("has an invalid bucket name")]
    BadBucket,
    #[error("has a path with an empty part, `.`, `..` or a control character")]
    BadPath,
}

impl Location {
    /// Reads `s3://BUCKET/PATH`, `gs://BUCKET/PATH`, `az://CONTAINER/PATH`, or a directory relative to `root`.
    ///
    /// # Errors
    /// The text is none of these, or has parts that a location does not have.
    pub fn parse(text: &str, root: &Path) -> Result<Self, LocationError> {
        if text.trim().is_empty() {
            return Err(LocationError::Empty);
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            // A missing slash, as in `s3:/bucket`, must not create a directory of that name.
            let scheme = text.split_once(":/").map(|(scheme, _)| scheme);
            // A single letter is a drive.
            if scheme.is_some_and(|scheme| {
                scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }) {
                return Err(LocationError::Scheme);
            }
            if text == "~" || text.starts_with("~/") {
                return Err(LocationError::Home);
            }
            return Ok(Self::Directory(root.join(text)));
        };
        let provider = match scheme.to_ascii_lowercase().as_str() {
            "s3" => Provider::S3,
            "gs" => Provider::Gcs,
            "az" => Provider::Azure,
            "http" | "https" => return Err(LocationError::Address),
            _ => return Err(LocationError::Scheme),
        };
        bucket(provider, rest).map(Self::Bucket)
    }

    /// Whether the ledgers lie at this place or below it, part by part. Links and `..` are followed where the path exists; behind
    /// that, a `..` is nowhere.
    #[must_use]
    pub fn is_within(&self, place: &Self) -> bool {
        match (self, place) {
            (Self::Directory(path), Self::Directory(place)) => {
                match (resolved(path), resolved(place)) {
                    (Some(path), Some(place)) => path.starts_with(place),
                    (None, _) | (_, None) => false,
                }
            }
            (Self::Bucket(bucket), Self::Bucket(place)) => {
                let parts = |bucket: &'_ Bucket| -> Vec<String> {
                    let parts = bucket.prefix.split('/').filter(|part| !part.is_empty());
                    parts.map(str::to_owned).collect()
                };
                bucket.provider == place.provider
                    && bucket.name == place.name
                    && parts(bucket).starts_with(&parts(place))
            }
            (Self::Directory(_), Self::Bucket(_)) | (Self::Bucket(_), Self::Directory(_)) => false,
        }
    }

    /// Whether the ledgers lie in this folder, as far as their path tells.
    #[must_use]
    pub fn is_inside(&self, root: &Path) -> bool {
        let Self::Directory(path) = self else {
            return false;
        };
        let mut depth = 0_usize;
        let (Ok(path), Ok(root)) = (std::path::absolute(path), std::path::absolute(root)) else {
            return false;
        };
        let Ok(below) = path.strip_prefix(&root) else {
            return false;
        };
        below.components().all(|part| {
            match part {
                Component::Normal(_) => depth += 1,
                Component::ParentDir if depth > 0 => depth -= 1,
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
                Component::CurDir => {}
            }
            true
        })
    }
}

/// The real path, of which a part at the end may not exist yet.
fn resolved(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let mut ancestors = path.ancestors();
    let (existing, real) =
        ancestors.find_map(|folder| Some((folder, folder.canonicalize().ok()?)))?;
    let rest = path.strip_prefix(existing).ok()?;
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    // A link that leads nowhere yet would be followed when the folder is made.
    let next = rest.components().next().map(|part| existing.join(part));
    let is_link = next.is_some_and(|next| next.symlink_metadata().is_ok());
    (!is_link && rest.components().all(is_plain)).then(|| real.join(rest))
}

fn bucket(provider: Provider, rest: &str) -> Result<Bucket, LocationError> {
    if rest.contains(['?', '#']) {
        return Err(LocationError::HasQuery);
    }
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if name.contains('@') {
        return Err(LocationError::HasUser);
    }
    if name.is_empty() {
        return Err(LocationError::NoBucket);
    }
    // All characters that any of the three providers allows.
    if !name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    {
        return Err(LocationError::BadBucket);
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    if !prefix.is_empty() && prefix.split('/').any(is_bad_part) {
        return Err(LocationError::BadPath);
    }
    Ok(Bucket {
        provider,
        name: name.to_owned(),
        prefix: prefix.to_owned(),
    })
}

/// Whether a part of a path cannot be stored, or is stored elsewhere than it says.
fn is_bad_part(part: &str) -> bool {
    matches!(part, "" | "." | "..") || part.contains(char::is_control)
}

impl Provider {
    /// The word before `://`.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Gcs => "gs",
            Self::Azure => "az",
        }
    }
}

impl LocationError {
    /// What to write instead.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Empty | Self::Scheme | Self::NoBucket => {
                "write a directory, `s3://BUCKET/PATH`, `gs://BUCKET/PATH` or `az://CONTAINER/PATH`"
            }
            Self::Home => "write the full path, or a path relative to the folder of this file",
            Self::Address => {
                "write `s3://BUCKET/PATH`, and set the server's address in the environment, for S3 in AWS_ENDPOINT_URL"
            }
            Self::HasUser => {
                "write only the bucket, and replace a credential that stood here: credentials come from the environment"
            }
            Self::HasQuery => "write only the bucket and a path",
            Self::BadBucket => {
                "write only the name of the bucket, and set a server's address in the environment, for S3 in AWS_ENDPOINT_URL"
            }
            Self::BadPath => "write a path such as `s3://acme-ops/oppctl`",
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            provider,
            name,
            prefix,
        } = self;
        write!(f, "{}://{name}", provider.scheme())?;
        if !prefix.is_empty() {
            write!(f, "/{prefix}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn directories_are_relative_to_the_configuration() {
        for (text, path) in [
            ("ledger", "/project/ledger"),
            ("../ops/ledger", "/project/../ops/ledger"),
            ("/var/ledger", "/var/ledger"),
            ("s3:ledger", "/project/s3:ledger"),
        ] {
            let location = Location::parse(text, Path::new("/project"));
            assert_eq!(location, Ok(Location::Directory(path.into())), "{text}");
        }
    }

    #[test]
    fn a_ledger_beside_the_project_is_not_inside() {
        for (text, is_inside) in [
            (".oppctl/ledger", true),
            ("a/../ledger", true),
            ("/project/ledger", true),
            ("../ledger", false),
            ("a/../../ledger", false),
            ("/var/ledger", false),
            ("/projects/ledger", false),
            ("s3://acme-ops/oppctl", false),
        ] {
            let location = Location::parse(text, Path::new("/project")).expect("a location");
            assert_eq!(
                location.is_inside(Path::new("/project")),
                is_inside,
                "{text}"
            );
        }
    }

    #[test]
    fn buckets_are_written_alike_again() {
        for (text, shown) in [
            ("s3://acme-ops/oppctl", "s3://acme-ops/oppctl"),
            ("S3://acme.ops", "s3://acme.ops"),
            ("gs://acme_ops/a/b c/", "gs://acme_ops/a/b c"),
            ("az://container/", "az://container"),
        ] {
            let location = Location::parse(text, Path::new("/project"));
            assert_eq!(
                location.map(|location| location.to_string()),
                Ok(shown.to_owned())
            );
        }
    }

    #[test]
    fn other_texts_are_refused_and_not_repeated() {
        use LocationError::{
            Address, BadBucket, BadPath, Empty, HasQuery, HasUser, Home, NoBucket, Scheme,
        };
        let rows = [
            ("", Empty),
            (" ", Empty),
            ("~/ledger", Home),
            ("file:///s3cret", Scheme),
            ("memory://s3cret", Scheme),
            ("https://s3cret.s3.amazonaws.com", Address),
            ("s3://key:s3cret@bucket/x", HasUser),
            ("s3://bucket?s3cret=1", HasQuery),
            ("az://container/x?sig=s3cret", HasQuery),
            ("s3:///s3cret", NoBucket),
            ("s3://127.0.0.1:9000/s3cret", BadBucket),
            ("s3://bucket/a//s3cret", BadPath),
            ("s3://bucket/../s3cret", BadPath),
        ];
        for (text, error) in rows {
            assert_eq!(Location::parse(text, Path::new(".")), Err(error), "{text}");
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("s3cret"));
        }
        let hints: HashSet<_> = rows.iter().map(|(_, error)| error.hint()).collect();
        assert_eq!(hints.len(), 7, "of nine errors three have one hint");
    }
}
