//! The verbs of an answer to a message.

use super::{Content, Kind, Purpose, Rule, Verb, coded, rule};

/// The longest text of a message, in the units of UTF-16, since Twilio counts an emoji as several:
/// errors 14103 and, of the REST API, 21617.
pub(crate) const LONGEST_MESSAGE: usize = 1600;

/// Twilio sends at most this many files with a message.
pub(crate) const MOST_MEDIA: usize = 10;

/// Twilio sends at most this many replies to a message: error 14109.
pub(crate) const MOST_REPLIES: usize = 10;

pub(super) static RESPONSE: Verb = Verb {
    attributes: &[],
    children: &[&MESSAGE, &REDIRECT, &SMS],
    misplaced: 14110,
    ..Verb::new("Response")
};

const OF_A_MESSAGE: &[Rule] = &[
    coded("to", Kind::Text, 14101),
    coded("from", Kind::Text, 14102),
    rule("action", Kind::Url(Purpose::Instructions, "method")),
    coded("method", Kind::Method, 14104),
    coded("statusCallback", Kind::Url(Purpose::Callback, ""), 14105),
];

static MESSAGE: Verb = Verb {
    attributes: OF_A_MESSAGE,
    children: &[&BODY, &MEDIA],
    content: Content::Message,
    ..Verb::new("Message")
};

/// The older form of `<Message>`, still read.
static SMS: Verb = Verb {
    attributes: OF_A_MESSAGE,
    content: Content::Message,
    ..Verb::new("Sms")
};

static BODY: Verb = Verb {
    content: Content::Text,
    ..Verb::new("Body")
};

static MEDIA: Verb = Verb {
    content: Content::Url(Purpose::Media, ""),
    ..Verb::new("Media")
};

static REDIRECT: Verb = Verb {
    attributes: &[coded("method", Kind::Method, 13710)],
    content: Content::Url(Purpose::Instructions, "method"),
    ..Verb::new("Redirect")
};
