//! A local Twilio Serverless: Functions and Assets on your machine, behaving as the cloud does.
//!
//! The program is made of this library and of the handlers in `functions/`, which see nothing but
//! what is public here. So can any other program or test: see [`Switchboard::builder`].
//!
//! # What lives where
//!
//! Each floor imports only from itself and the floors below; `tests/it/architecture.rs` holds that
//! against this table.
//!
//! | floor | modules | what they are about |
//! |---|---|---|
//! | 7 | [`cli`] | commands, flags, and all that is printed |
//! | 6 | [`app`] | a whole server, wired, started and stopped |
//! | 5 | [`server`], [`listen`], `watch`, `reload` | life: sockets, files that change, the end |
//! | 4 | [`gateway`] | **a request's life, top to bottom: read this first** |
//! | 3 | [`registry`] | what is served now; built anew and swapped whole |
//! | 2 | [`journal`], [`asset`], `node` | what happened; files sent over HTTP; JavaScript's processes |
//! | 1 | [`config`], [`toolkit`], [`dotenv`], [`diagnostic`] | what is written down, and its faults |
//! | 0 | [`signature`], [`jwt`], [`event`], `context`, `runtime`, [`response`], `handler`, `route`, `visibility`, `parity`, [`sid`] | the cloud's semantics: pure, told by tables |
//! | 0 | [`body`], `clock`, `console`, `deadline`, `stop` | small things that all floors share |

pub mod app;
pub mod asset;
pub mod body;
pub mod cli;
mod clock;
pub mod config;
mod console;
mod context;
mod deadline;
pub mod diagnostic;
pub mod dotenv;
pub mod event;
pub mod gateway;
mod handler;
pub mod journal;
pub mod jwt;
pub mod listen;
mod node;
mod parity;
pub mod registry;
mod reload;
pub mod response;
mod route;
mod runtime;
pub mod server;
pub mod sid;
pub mod signature;
mod stop;
pub mod toolkit;
mod visibility;
mod watch;

pub use app::{Builder, Running, StartError, Switchboard};
pub use clock::Clock;
pub use console::{Console, Level, Line};
pub use context::{Context, ServiceContext};
pub use event::{Event, RequestHead};
pub use handler::{Callback, Completed, Handler, HandlerError, Handlers, Outcome, SharedHandler};
pub use node::{Begin, Inspect};
pub use parity::{ParityWarning, Rule};
pub use response::{Failure, Payload, Response, Twiml};
pub use route::{InvalidPath, RoutePath};
pub use runtime::{PrivateAsset, Runtime};
pub use server::Drained;
pub use stop::Stop;
pub use visibility::Visibility;
