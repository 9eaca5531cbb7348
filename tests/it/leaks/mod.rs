//! No secret, no token and no sensitive value is anywhere where it can be read afterwards.

mod all;
mod hunt;
mod life;
mod panics;
mod replies;
