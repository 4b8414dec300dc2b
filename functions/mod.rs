//! The Rust handlers of this project, by the name that `rust:NAME` in `services.toml` refers to.

#![allow(
    unreachable_pub,
    reason = "written as in any crate, though it is a module of a program"
)]

mod bearer;
mod jwt;

use switchboard::Handlers;

/// All of them. A new handler is one file beside this one, and one line here.
pub fn all() -> Handlers {
    Handlers::new()
        .with("bearer", bearer::handler)
        .with("jwt", jwt::handler)
}
