//! The limit of a guard, and who set it.

/// A limit and who set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardLimit<T> {
    pub most: T,
    pub by: SetBy,
}

/// Who set a limit: only one of the configuration can be raised in a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy {
    Configuration,
    Policy,
}
