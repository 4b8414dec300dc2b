//! What Twilio does with TwiML: calls and messages, walked through without a network or a clock.
//!
//! [`Call`] and [`Message`] are machines that ask for what they need and are given it: a [`Fetch`]
//! to perform, keys that the caller presses, how a dialled party behaves. Each turn is a type that
//! has only the answers that fit it, so that no answer can come out of place. How long a thing takes
//! is data, and so a whole call is walked through in no time, or in its own.
//!
//! Sources, read November 2026: Twilio docs, "TwiML for Programmable Voice" and "TwiML for
//! Programmable Messaging" with the pages of their verbs; the error dictionary. What no source
//! settles is listed in `docs/twiml.md` as not verified.

mod attribute;
mod call;
mod cookies;
mod fetch;
mod instructions;
mod message;
pub mod session;
mod step;

pub use call::{
    Call, CallEnd, CallTurn, Dial, DialStatus, Dialling, Ending, Fetching, Gather, Gathering,
    Party, Playing, Record, Recording, Ringing, Unanswered,
};
pub use cookies::Cookies;
pub use fetch::{Answer, Aside, Fetch, Use};
pub use message::{Message, MessageEnd, MessageFetching, MessageTurn, Sending, Text};
pub use step::{Action, Callback, Lasting, Step};
