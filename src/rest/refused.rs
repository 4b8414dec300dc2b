//! Requests that are refused, in Twilio's form and words.

use super::{Reply, Request};
use serde::Serialize;
use std::fmt;

/// What to do about what is not answered here.
const WITH_AN_ACCOUNT: &str =
    "set ACCOUNT_SID and AUTH_TOKEN in the .env file and leave out --local-api";

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: u16,
    /// Twilio's number, where it is one of Twilio's refusals.
    code: Option<u32>,
    message: String,
    /// What the developer is told besides.
    hint: Option<String>,
}

#[derive(Serialize)]
struct Shown<'r> {
    code: Option<u32>,
    message: &'r str,
    more_info: String,
    status: u16,
}

impl Refused {
    /// Twilio does not take what was given.
    pub(super) fn given(code: u32, message: impl Into<String>) -> Self {
        Refused {
            status: 400,
            code: Some(code),
            message: message.into(),
            hint: None,
        }
    }

    /// In words of this program: Twilio does not refuse it, or its words are not public.
    fn ours(status: u16, message: impl Into<String>) -> Self {
        Refused {
            status,
            code: None,
            message: message.into(),
            hint: None,
        }
    }

    /// The same, with more for the developer.
    pub(super) fn hinting(self, hint: impl Into<String>) -> Self {
        Refused {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Twilio refuses with `status`.
    pub(super) fn with(status: u16, code: u32, message: impl Into<String>) -> Self {
        Refused {
            status,
            ..Refused::given(code, message)
        }
    }

    /// It has been tried too often.
    pub(super) fn too_often(code: u32, message: &str) -> Self {
        Refused::with(429, code, message)
    }

    /// There is no such thing.
    pub(super) fn nowhere(url: &str) -> Self {
        Refused::nowhere_at(url.splitn(4, '/').nth(3).unwrap_or(url))
    }

    /// There is nothing at that path, which has no leading `/`.
    pub(super) fn nowhere_at(path: &str) -> Self {
        let message = format!("The requested resource /{path} was not found");
        Refused::with(404, 20404, message)
    }

    /// It is more than Sync takes.
    pub(super) fn entity_too_large() -> Self {
        Refused::with(413, 54006, "Request entity too large")
    }

    /// Nobody asks for that in this way.
    pub(super) fn method() -> Self {
        Refused::with(405, 20004, "Method not allowed")
    }

    /// There is more than is kept here.
    pub(super) fn full(most: usize) -> Self {
        Refused::ours(
            507,
            format!(
                "Sync: Switchboard keeps {most} bytes, and there is no room for more: remove what is not needed, or give it a Ttl"
            ),
        )
    }

    /// Whether there is no such thing.
    pub(super) fn is_missing(&self) -> bool {
        self.status == 404
    }

    /// Whether it tells what is there and what is not, which clients ask for and go on by.
    pub(super) fn is_an_answer(&self) -> bool {
        matches!(self.status, 404 | 409 | 412)
    }

    /// A message is no longer `scheduled`, or never was.
    pub(super) fn no_cancelling() -> Self {
        Refused::given(30409, "This message cannot be canceled")
    }

    /// A message can be canceled, and its text taken back. Twilio's words for all else are not public.
    pub(super) fn update(what: &str) -> Self {
        Refused::ours(
            400,
            format!("{what}: a message can only be given Status=canceled, and an empty Body"),
        )
    }

    /// A call can be ended, and led to other TwiML. Twilio's words for all else are not public.
    pub(super) fn call_update() -> Self {
        Refused::ours(
            400,
            "a call can be given Status=completed, Status=canceled, a Url or Twiml",
        )
    }

    /// An application has its own URLs, which are not known.
    pub(super) fn application_not_here() -> Self {
        Refused::ours(
            501,
            format!(
                "ApplicationSid: a call that is placed here needs a Url or Twiml: {WITH_AN_ACCOUNT}, and Twilio knows the application"
            ),
        )
    }

    /// There is more TwiML than Twilio takes with a call. Its number and words for it are not public.
    pub(super) fn longer_twiml(most: usize) -> Self {
        Refused::ours(
            400,
            format!("Twiml has over {most} characters, and Twilio takes no more: give a Url"),
        )
    }

    /// It has more parameters than are kept.
    pub(super) fn too_large(most: usize) -> Self {
        Refused::ours(
            413,
            format!("the parameters of the request have over {most} bytes"),
        )
    }

    /// A channel of Verify's that needs more than a code.
    pub(super) fn channel_not_here(channel: &str) -> Self {
        Refused::ours(
            501,
            format!(
                "Channel={channel}: codes that are sent here go by sms, whatsapp, call and email alone: {WITH_AN_ACCOUNT}, and Twilio answers"
            ),
        )
    }

    /// It is nothing that is answered here.
    pub(super) fn not_here(request: &Request) -> Self {
        let url = request.url.split('?').next().unwrap_or(&request.url);
        Refused::ours(
            501,
            format!(
                "{} {url}: only messages, calls, verifications and Sync are answered here, by Switchboard: {WITH_AN_ACCOUNT}, and Twilio answers",
                request.method
            ),
        )
    }

    /// Twilio's number.
    #[cfg(test)]
    pub(super) fn code(&self) -> Option<u32> {
        self.code
    }

    pub(super) fn reply(&self) -> Reply {
        let more_info = self.code.map_or_else(
            || "https://www.twilio.com/docs/usage/api".to_string(),
            |code| format!("https://www.twilio.com/docs/errors/{code}"),
        );
        let shown = Shown {
            code: self.code,
            message: &self.message,
            more_info,
            status: self.status,
        };
        Reply::json(self.status, &shown)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "Twilio would refuse it with {code}: {}", self.message)?,
            None => f.write_str(&self.message)?,
        }
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}
