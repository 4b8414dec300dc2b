//! TwiML: the XML with which a function answers Twilio. Read, checked, and told what it links to.
//!
//! Pure: text in, values out. [`parse`] reads a document, [`check`] says what Twilio would complain
//! about and where, [`links`] lists the addresses in it, which [`resolve`] makes absolute. The verbs,
//! their attributes and values are data, in `schema`, which names its sources. What a call or a
//! message *does* with a document is in `phone`.

mod check;
mod document;
mod fault;
mod indent;
mod link;
mod medium;
mod parse;
mod resolve;
mod schema;

pub use crate::dictionary::Severity;
pub(crate) use check::whole;
pub use check::{Checked, check};
pub use document::{Attribute, Document, Element, Node, Position, Text};
pub use fault::Fault;
pub(crate) use link::links_of;
pub use link::{Link, Method, links};
pub use medium::Medium;
pub(crate) use parse::too_large;
pub use parse::{LARGEST, parse};
pub use resolve::resolve;
pub use schema::Purpose;
pub(crate) use schema::{LONGEST_MESSAGE, MOST_MEDIA, MOST_REPLIES};
