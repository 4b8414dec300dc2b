//! The handlers of this program, by the name that `rust:NAME` in `services.toml` refers to.

mod hello;

use switchboard::Handlers;

/// All of them. A new handler is one file beside this one, and one line here.
pub fn all() -> Handlers {
    Handlers::new().with("hello", hello::handler)
}
