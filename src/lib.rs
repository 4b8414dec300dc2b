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
//! | 6 | `testing` | what a test suite needs beside the server |
//! | 5 | [`server`], [`listen`], `watch`, `reload`, `swap` | life: sockets, files that change, the end |
//! | 5 | [`web_console`] | the console: the local web page, its API, and replays |
//! | 5 | `courier` | performs what Twilio asks of its own accord, tells what became of messages, and places calls |
//! | 5 | `access` | who reaches what, asked without running anything |
//! | 4 | [`gateway`] | **a request's life, top to bottom: read this first** |
//! | 3 | [`registry`] | what is served now; built anew and swapped whole |
//! | 3 | [`report`] | exchanges, notices and services in JSON, in one form for all readers |
//! | 2 | `deployment` | what the cloud would refuse or take otherwise, read from a project's files |
//! | 2 | `tunnel` | a public URL by an agent of the user's, or by ngrok's SDK (cargo feature `ngrok`) |
//! | 2 | [`journal`], [`asset`], `node` | what happened; files sent over HTTP; JavaScript's processes |
//! | 1 | `outbox` | what functions send, with an account that is answered for here |
//! | 2 | `client` | requests to servers, over http and https |
//! | 1 | [`config`], [`toolkit`], [`dotenv`], [`diagnostic`] | what is written down, and its faults |
//! | 1 | [`phone`] | what Twilio does with TwiML, without a network or a clock |
//! | 1 | [`runfile`] | where the server of a folder is reached |
//! | 0 | [`signature`], [`jwt`], [`event`], `context`, `runtime`, [`response`], `handler`, `habit`, `route`, `visibility`, `parity`, [`sid`], [`twiml`], [`replay`] | the cloud's semantics: pure, told by tables |
//! | 0 | `dictionary` | Twilio's errors and warnings: numbers, levels, titles |
//! | 0 | [`webhook`] | Twilio as the caller: what it sends, and does with the answer |
//! | 0 | `rest` | Twilio's REST API, as far as it is answered here: messages, calls, codes, Sync |
//! | 0 | `javascript` | what a file of JavaScript loads, read without running it |
//! | 0 | `put` | files that are written whole or not at all |
//! | 0 | `accept`, [`body`], `clock`, `console`, `crew`, `curl`, `deadline`, `lines`, `lossy`, `media_type`, `spelling`, `stop`, `token`, `truthy` | small things that all floors share |

mod accept;
mod access;
pub mod app;
pub mod asset;
pub mod body;
pub mod cli;
mod client;
mod clock;
pub mod config;
mod console;
mod context;
mod courier;
mod crew;
mod curl;
mod deadline;
mod deployment;
pub mod diagnostic;
mod dictionary;
pub mod dotenv;
pub mod event;
pub mod gateway;
mod habit;
mod handler;
mod javascript;
pub mod journal;
pub mod jwt;
mod lines;
pub mod listen;
mod lossy;
mod media_type;
mod node;
mod outbox;
mod parity;
pub mod phone;
mod put;
pub mod registry;
mod reload;
pub mod replay;
pub mod report;
pub mod response;
mod rest;
mod route;
pub mod runfile;
mod runtime;
pub mod server;
pub mod sid;
pub mod signature;
mod spelling;
mod stop;
mod swap;
mod testing;
mod token;
pub mod toolkit;
mod truthy;
mod tunnel;
pub mod twiml;
mod visibility;
mod watch;
pub mod web_console;
pub mod webhook;

pub use app::{Builder, Running, StartError, Switchboard};
pub use clock::Clock;
pub use console::{Console, Level, Line};
pub use context::{Context, ServiceContext};
pub use event::{Event, RequestHead};
pub use handler::{Callback, Completed, Handler, HandlerError, Handlers, Outcome, SharedHandler};
#[doc(hidden)]
pub use node::door as worker_frames;
pub use node::{Begin, Inspect};
pub use parity::{CloudRule, Confidence, ParityWarning, Rule, Told, Verdict, rules};
pub use response::{Failure, Payload, Response, Twiml};
#[doc(hidden)]
pub use rest::door as rest_client;
pub use route::{InvalidPath, RoutePath};
pub use runtime::{PrivateAsset, Runtime};
pub use server::Drained;
pub use stop::Stop;
pub use testing::SignedCall;
pub use token::Token;
pub use visibility::{Admission, Visibility};
