//! How Twilio takes an answer when it has asked what to do: the one place that decides it, for
//! `send` and for the walk through calls and messages.
//!
//! Sources, all of Twilio's docs unless said otherwise:
//!
//! - statuses: error 11200;
//! - types: "TwiML for Programmable Voice" and "TwiML™ Message: Your Response". A `text/plain` is to a
//!   call TwiML if it is valid, and else read out; to a message it is the text of the reply, whatever
//!   it looks like. All others are error 12300, told by the type alone;
//! - size: error 11750. It is about TwiML and what stands in its place; audio is played, and any
//!   recording would be longer;
//! - no reply: "Messaging Webhooks" asks for `<Response></Response>`. An empty body that claims to be
//!   TwiML has no root and cannot be parsed: error 12100. Twilio's own skill
//!   `twilio-messaging-webhooks` (GitHub, `twilio/ai`) answers 204 to send no reply.
//!
//! Not documented: that an answer with neither body nor type is no fault, but functions that call
//! back with nothing rely on it. Servers of others report 11200 for it ("Response does not contain
//! content type": howdyai/botkit 2132, AGWA/sms-over-xmpp 22), where messages arrive all the same.

use super::Heard;
use crate::twiml::{Checked, LARGEST, Medium, check};

/// How Twilio takes an answer to a request for instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// As a failure: the status is outside 2xx.
    Failure,
    /// As nothing to do: a message stays without a reply, a call is over.
    Nothing,
    /// As too large to be read.
    TooLarge,
    /// As TwiML, which may have faults, or be none.
    Twiml(Checked),
    /// As a file of this type, to be played.
    Audio(String),
    /// As a text, to be read out or to be sent.
    Plain(String),
    /// As nothing that it knows, by its type if it has one.
    Unknown(Option<String>),
}

/// Whether a status is none of a failure, whoever asked and whatever for.
pub(crate) fn succeeded(status: u16) -> bool {
    (200..300).contains(&status)
}

impl Heard<'_> {
    /// How Twilio takes it that has asked for instructions to this `medium`.
    pub(crate) fn taken(&self, medium: Medium) -> Taken {
        if !succeeded(self.status) {
            return Taken::Failure;
        }
        // RFC 9110, 15.3.5: it has no content.
        if self.status == 204 {
            return Taken::Nothing;
        }
        let voice = medium == Medium::Voice;
        let media_type = match self.media_type() {
            Some(audio) if voice && audio.starts_with("audio/") => return Taken::Audio(audio),
            media_type => media_type,
        };
        if self.body.len() > LARGEST {
            return Taken::TooLarge;
        }
        let text = String::from_utf8_lossy(self.body);
        match media_type.as_deref() {
            None | Some("text/plain") if text.trim().is_empty() => Taken::Nothing,
            Some("text/xml" | "application/xml" | "text/html") => {
                Taken::Twiml(check(&text, medium))
            }
            Some("text/plain") if voice => {
                let checked = check(&text, medium);
                // A text may begin with a `<`, too.
                match checked.document {
                    Some(_) => Taken::Twiml(checked),
                    None => Taken::Plain(text.into_owned()),
                }
            }
            Some("text/plain") => Taken::Plain(text.into_owned()),
            _ => Taken::Unknown(media_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWIML: &str = "<Response><Redirect>/x</Redirect></Response>";

    /// In a word, with the codes of the faults of TwiML, which is none behind a `!`.
    fn word(taken: &Taken) -> String {
        match taken {
            Taken::Failure => "failure".into(),
            Taken::Nothing => "nothing".into(),
            Taken::TooLarge => "too large".into(),
            Taken::Twiml(checked) => {
                let faults = checked.faults.iter().filter_map(|fault| fault.code);
                let codes: String = faults.map(|code| format!(" {code}")).collect();
                let none = if checked.document.is_none() { "!" } else { "" };
                format!("{none}twiml{codes}")
            }
            Taken::Audio(media_type) => format!("audio {media_type}"),
            Taken::Plain(text) => format!("plain {text}"),
            Taken::Unknown(Some(_)) => "unknown".into(),
            Taken::Unknown(None) => "no type".into(),
        }
    }

    #[test]
    fn an_answer_is_taken_by_its_status_type_and_body() {
        let full = "x".repeat(LARGEST);
        let large = "x".repeat(LARGEST + 1);
        let plain = format!("plain {TWIML}");
        let full_plain = format!("plain {full}");
        let mut wrong = Vec::new();
        // Status, type, body; as a call takes it, and a message.
        for (status, content_type, body, call, message) in [
            // Whatever else it says.
            (199, "text/xml", TWIML, "failure", "failure"),
            (302, "text/xml", TWIML, "failure", "failure"),
            (404, "", "", "failure", "failure"),
            (500, "text/plain", &large, "failure", "failure"),
            // Nothing to do.
            (204, "", "", "nothing", "nothing"),
            (204, "application/json", "", "nothing", "nothing"),
            (200, "", "", "nothing", "nothing"),
            (200, " ; charset=utf-8", "", "nothing", "nothing"),
            (200, "text/plain", "", "nothing", "nothing"),
            (200, "text/plain", " \r\n", "nothing", "nothing"),
            (200, "text/xml", "<Response/>", "twiml", "twiml"),
            // It says to be TwiML, and is none.
            (200, "text/xml", "", "!twiml 12100", "!twiml 12100"),
            (200, "application/xml", " ", "!twiml 12100", "!twiml 12100"),
            (200, "text/html", "", "!twiml 12100", "!twiml 12100"),
            (200, "text/html", "<p/>", "!twiml 12102", "!twiml 12102"),
            // By its type.
            (200, "text/xml", TWIML, "twiml", "twiml"),
            (299, "application/xml", TWIML, "twiml", "twiml"),
            (200, "Text/HTML ; charset=utf-8", TWIML, "twiml", "twiml"),
            (200, "text/plain", TWIML, "twiml", &plain),
            (200, "text/plain;x", "<3 u", "plain <3 u", "plain <3 u"),
            (200, "Audio/MPEG", "", "audio audio/mpeg", "unknown"),
            (200, "", TWIML, "no type", "no type"),
            (200, "application/json", "", "unknown", "unknown"),
            (200, "video/mp4", "x", "unknown", "unknown"),
            // By its size, too.
            (200, "text/plain", &full, &full_plain, &full_plain),
            (200, "text/plain", &large, "too large", "too large"),
            (200, "text/xml", &large, "too large", "too large"),
            (200, "application/json", &large, "too large", "too large"),
            (200, "audio/mpeg", &large, "audio audio/mpeg", "too large"),
        ] {
            let heard = Heard {
                status,
                content_type: (!content_type.is_empty()).then_some(content_type),
                body: body.as_bytes(),
            };
            for (medium, expected) in [(Medium::Voice, call), (Medium::Messaging, message)] {
                let found = word(&heard.taken(medium));
                if found != expected {
                    let length = body.len();
                    wrong.push(format!(
                        "{medium:?} {status} {content_type} {length}: {found:.40}"
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_text_in_another_encoding_is_still_a_text() {
        let heard = Heard {
            status: 200,
            content_type: Some("text/plain"),
            body: b"caf\xe9",
        };
        let taken = heard.taken(Medium::Messaging);
        assert_eq!(taken, Taken::Plain("caf\u{FFFD}".into()));
    }
}
