//! The requests that Twilio makes.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What has happened, of which Twilio tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text message came in.
    Sms,
    /// A message with media came in.
    Mms,
    /// A WhatsApp message came in.
    Whatsapp,
    /// A call came in.
    Voice,
    /// The caller pressed keys: `<Gather action>`.
    Gather,
    /// The dialled party hung up: `<Dial action>`.
    DialStatus,
    /// A recording is there: `recordingStatusCallback`.
    Recording,
    /// A call of the API's made progress: `StatusCallback`.
    CallStatus,
    /// A sent message made progress: `StatusCallback`.
    MessageStatus,
    /// A Studio flow runs a Function: the "Run Function" widget.
    Studio,
    /// An event of Event Streams, in JSON.
    Json,
}

/// What Twilio does with the answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expects {
    /// TwiML for messages.
    Messaging,
    /// TwiML for calls.
    Voice,
    /// A status alone.
    Nothing,
    /// JSON or text, as the widget's result.
    Result,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 11] = [
        Kind::Sms,
        Kind::Mms,
        Kind::Whatsapp,
        Kind::Voice,
        Kind::Gather,
        Kind::DialStatus,
        Kind::Recording,
        Kind::CallStatus,
        Kind::MessageStatus,
        Kind::Studio,
        Kind::Json,
    ];

    /// As typed: `dial-status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Sms => "sms",
            Kind::Mms => "mms",
            Kind::Whatsapp => "whatsapp",
            Kind::Voice => "voice",
            Kind::Gather => "gather",
            Kind::DialStatus => "dial-status",
            Kind::Recording => "recording",
            Kind::CallStatus => "call-status",
            Kind::MessageStatus => "message-status",
            Kind::Studio => "studio",
            Kind::Json => "json",
        }
    }

    pub(super) fn expects(self) -> Expects {
        match self {
            Kind::Sms | Kind::Mms | Kind::Whatsapp => Expects::Messaging,
            Kind::Voice | Kind::Gather | Kind::DialStatus => Expects::Voice,
            Kind::Recording | Kind::CallStatus | Kind::MessageStatus | Kind::Json => {
                Expects::Nothing
            }
            Kind::Studio => Expects::Result,
        }
    }

    /// How long Twilio waits for the whole answer.
    ///
    /// Sources: ERR/11205 (15 s); Studio docs, "Run Function" (10 s); Event Streams, "Webhook
    /// Quickstart" (5 s).
    pub fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Kind::Studio => 10,
            Kind::Json => 5,
            _ => 15,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("there is no kind `{text}`"))
    }
}
