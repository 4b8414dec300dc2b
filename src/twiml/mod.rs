//! TwiML: the XML with which a function answers Twilio. Read, checked, and told what it links to.
//!
//! Pure: text in, values out. What a call or a message does with a document is in `phone`.

mod document;
mod fault;
mod indent;
mod parse;

pub use document::{Attribute, Document, Element, Node, Position, Text};
pub use fault::{Fault, Severity};
pub use parse::{LARGEST, parse};
