//! What TwiML has: verbs and nouns, their attributes, what may stand in them. Data alone.
//!
//! Sources, read November 2026: Twilio docs, "TwiML for Programmable Voice", "TwiML for Programmable
//! Messaging" and the pages of their verbs; Twilio's error and warning dictionary; names, nesting and
//! closed lists of values also from npm `twilio` (`VoiceResponse`, `MessagingResponse`), which Twilio
//! generates from its own schema: a test holds that all that version 6.2.0 has is here. Lists that
//! Twilio lengthens often (voices, languages, speech models) are checked by their form alone.

mod connect;
mod dial;
mod messaging;
mod ssml;
mod voice;

pub(super) use dial::MOST_PARTIES;
pub(crate) use messaging::{LONGEST_MESSAGE, MOST_MEDIA, MOST_REPLIES};

use super::Medium;

/// "Schema validation warning": the code where a verb has none of its own.
pub(super) const SCHEMA: u32 = 12200;

/// An element and all that it may have.
pub(super) struct Verb {
    pub(super) name: &'static str,
    pub(super) attributes: &'static [Rule],
    pub(super) children: &'static [&'static Verb],
    pub(super) content: Content,
    /// The code of a child that has no place in it.
    pub(super) misplaced: u32,
}

impl Verb {
    const fn new(name: &'static str) -> Self {
        Verb {
            name,
            attributes: &[],
            children: &[],
            content: Content::Nothing,
            misplaced: SCHEMA,
        }
    }

    /// The child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&'static Verb> {
        self.children.iter().find(|verb| verb.name == name).copied()
    }

    /// The attribute of this name.
    pub(super) fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.attributes.iter().find(|rule| rule.name == name)
    }
}

/// An attribute and its values.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The code of a value that it cannot have.
    pub(super) code: u32,
}

/// A rule whose faults have no code of their own.
const fn rule(name: &'static str, kind: Kind) -> Rule {
    coded(name, kind, SCHEMA)
}

const fn coded(name: &'static str, kind: Kind, code: u32) -> Rule {
    Rule { name, kind, code }
}

/// The values of an attribute.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Anything.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number within these bounds, both allowed.
    Whole(u32, u32),
    /// The same, or `auto`.
    WholeOrAuto(u32, u32),
    /// One of these.
    OneOf(&'static [&'static str]),
    /// Several of these, with spaces between.
    SomeOf(&'static [&'static str]),
    /// `GET` or `POST`.
    Method,
    /// An address that Twilio asks, with the attribute that names the method.
    Url(Purpose, &'static str),
    /// A `wss:` address.
    Socket,
    /// Keys of a telephone, or nothing.
    Keys,
    /// Keys to be pressed, with `w` and `W` as pauses.
    Tones,
    /// Two letters and 32 hexadecimal digits.
    Sid(&'static str),
    /// A language tag.
    Language,
    /// A voice.
    Voice,
}

/// What Twilio does with the answer of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It goes on with the TwiML that the address answers with.
    Instructions,
    /// It plays or sends the file.
    Media,
    /// It tells of an event; the answer changes nothing.
    Callback,
}

/// The text of an element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// None has a meaning.
    Nothing,
    /// Any.
    Text,
    /// What is spoken: may not be empty, and has a greatest length.
    Speech,
    /// The text of a message, beside or within the nouns.
    Message,
    /// An address, with the attribute that names the method.
    Url(Purpose, &'static str),
    /// A telephone number, beside or instead of nouns.
    PhoneOrNouns,
    /// A telephone number.
    Phone,
    /// A SIP address.
    Sip,
    /// A name, with the code for an empty one.
    Name(u32),
}

/// The `<Response>` of a medium.
pub(super) fn response(medium: Medium) -> &'static Verb {
    match medium {
        Medium::Voice => &voice::RESPONSE,
        Medium::Messaging => &messaging::RESPONSE,
    }
}

const TRIM: &[&str] = &["trim-silence", "do-not-trim"];
const CALL_EVENTS: &[&str] = &["initiated", "ringing", "answered", "completed"];
const RECORDING_EVENTS: &[&str] = &["in-progress", "completed", "absent"];
const TRACKS: &[&str] = &["inbound_track", "outbound_track", "both_tracks"];
const ANY: u32 = u32::MAX;
