//! A panic as a value. A mistake in this program must not take the report, the end of the journal and the lock of a half-done run
//! with it.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;

/// A panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    /// What the code itself says. Text that was put together is left out, because it may contain values.
    words: Option<&'static str>,
}

impl Panicked {
    /// The panic that this is the payload of.
    #[must_use]
    pub fn of(payload: &(dyn Any + Send)) -> Self {
        Self {
            words: payload.downcast_ref::<&'static str>().copied(),
        }
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a panic, which is a mistake in oppctl")?;
        match self.words {
            Some(words) => write!(f, ": {words}"),
            None => Ok(()),
        }
    }
}

/// Does something; a panic in it is an error.
///
/// # Errors
/// It panicked. What it changed may be half done, so the caller must use only what is whole at each step.
pub async fn caught<T>(doing: impl Future<Output = T>) -> Result<T, Panicked> {
    let done = AssertUnwindSafe(doing).catch_unwind().await;
    done.map_err(|payload| Panicked::of(&*payload))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[tokio::test]
    async fn only_words_of_the_code_are_told() {
        assert_eq!(caught(async { 7 }).await, Ok(7));
        let value = "s3cret";
        let fixed = caught(async { panic!("it holds") });
        let told = Panicked {
            words: Some("it holds"),
        };
        assert_eq!(fixed.await, Err::<(), _>(told));
        let made = caught(async { panic!("it holds {value}") });
        assert_eq!(made.await, Err::<(), _>(Panicked { words: None }));
    }
}
