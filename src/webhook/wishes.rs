//! What a person can change of a request, and what goes with which kind.

use super::{Kind, Method, Parameters};
use crate::twiml::{LONGEST_MESSAGE, MOST_MEDIA};

/// The changes; none by default.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Who sends or calls.
    pub from: Option<String>,
    /// Who is called.
    pub to: Option<String>,
    /// The text of a message; the whole body of a JSON event.
    pub body: Option<String>,
    /// URLs of media.
    pub media: Vec<String>,
    /// Keys that were pressed.
    pub digits: Option<String>,
    /// Parameters by name: they replace those of the same name where these stand, or come at the
    /// end. Several of one name are sent as several.
    pub parameters: Vec<(String, String)>,
    /// The method; POST by default, as for a number's webhook.
    pub method: Option<Method>,
}

/// Why a request cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Unfit {
    text: String,
    /// What can be done instead.
    pub help: String,
}

impl Unfit {
    fn new(text: impl Into<String>, help: impl Into<String>) -> Self {
        Unfit {
            text: text.into(),
            help: help.into(),
        }
    }
}

/// What can be wished, each by the flag that wishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    From,
    To,
    Body,
    Media,
    Digits,
}

impl Wish {
    fn flag(self) -> &'static str {
        match self {
            Wish::From => "--from",
            Wish::To => "--to",
            Wish::Body => "--body",
            Wish::Media => "--media",
            Wish::Digits => "--digits",
        }
    }
}

fn possible(kind: Kind) -> &'static [Wish] {
    use Wish::*;
    match kind {
        Kind::Sms | Kind::Json => &[From, To, Body],
        Kind::Mms | Kind::Whatsapp => &[From, To, Body, Media],
        Kind::Voice | Kind::DialStatus | Kind::CallStatus | Kind::MessageStatus => &[From, To],
        Kind::Gather => &[From, To, Digits],
        Kind::Recording | Kind::Studio => &[],
    }
}

impl Wishes {
    /// Whether all of it says something about `kind`, and can be.
    pub(super) fn check(&self, kind: Kind) -> Result<(), Unfit> {
        if let Some(wish) = self.named().find(|wish| !possible(kind).contains(wish)) {
            let flags: Vec<&str> = possible(kind).iter().map(|wish| wish.flag()).collect();
            let kinds: Vec<&str> = Kind::ALL
                .into_iter()
                .filter(|kind| possible(*kind).contains(&wish))
                .map(Kind::as_str)
                .collect();
            return Err(Unfit::new(
                format!("{} says nothing about `{kind}`", wish.flag()),
                format!(
                    "`{kind}` takes {}--param NAME=VALUE; {} goes with {}",
                    flags
                        .iter()
                        .fold(String::new(), |all, flag| all + flag + ", "),
                    wish.flag(),
                    kinds.join(", ")
                ),
            ));
        }
        if matches!(kind, Kind::Studio | Kind::Json) && self.method == Some(Method::Get) {
            return Err(Unfit::new(
                format!("`{kind}` is sent by POST alone"),
                "leave --method out",
            ));
        }
        self.check_values(kind)?;
        match kind {
            Kind::Json => self.check_event(),
            _ => Ok(()),
        }
    }

    fn named(&self) -> impl Iterator<Item = Wish> {
        [
            self.from.as_ref().map(|_| Wish::From),
            self.to.as_ref().map(|_| Wish::To),
            self.body.as_ref().map(|_| Wish::Body),
            (!self.media.is_empty()).then_some(Wish::Media),
            self.digits.as_ref().map(|_| Wish::Digits),
        ]
        .into_iter()
        .flatten()
    }

    fn check_values(&self, kind: Kind) -> Result<(), Unfit> {
        if kind != Kind::Json
            && let Some(body) = &self.body
            && body.encode_utf16().count() > LONGEST_MESSAGE
        {
            return Err(Unfit::new(
                format!("a message has at most {LONGEST_MESSAGE} characters"),
                "shorten --body; --param Body=… is sent whatever its length",
            ));
        }
        if self.media.len() > MOST_MEDIA {
            return Err(Unfit::new(
                format!("a message has at most {MOST_MEDIA} media"),
                "leave some --media out",
            ));
        }
        let channel = |address: &Option<String>| {
            address
                .as_ref()
                .is_some_and(|address| address.starts_with("whatsapp:"))
        };
        if matches!(kind, Kind::Sms | Kind::Mms) && (channel(&self.from) || channel(&self.to)) {
            return Err(Unfit::new(
                format!("a `whatsapp:` address is not in `{kind}`"),
                "send `whatsapp`",
            ));
        }
        if let Some(digits) = &self.digits
            && !digits
                .chars()
                .all(|c| c.is_ascii_digit() || "*#".contains(c))
        {
            return Err(Unfit::new(
                format!("`{digits}` holds what no telephone has a key for"),
                "--digits takes 0-9, * and #; for speech: --param SpeechResult=… --param Confidence=…",
            ));
        }
        if self.parameters.iter().any(|(name, _)| name.is_empty()) {
            return Err(Unfit::new(
                "a parameter has no name",
                "write --param NAME=VALUE",
            ));
        }
        Ok(())
    }

    fn check_event(&self) -> Result<(), Unfit> {
        let Some(body) = &self.body else {
            let mut names: Vec<&String> = self.parameters.iter().map(|(name, _)| name).collect();
            names.sort_unstable();
            return match names.windows(2).find(|pair| pair[0] == pair[1]) {
                Some(pair) => Err(Unfit::new(
                    format!("a JSON object has `{}` once", pair[0]),
                    "give the whole event with --body",
                )),
                None => Ok(()),
            };
        };
        if self.from.is_some() || self.to.is_some() || !self.parameters.is_empty() {
            return Err(Unfit::new(
                "with --body the event is given whole",
                "leave --from, --to and --param out, or --body",
            ));
        }
        match serde_json::from_str::<serde::de::IgnoredAny>(body) {
            Ok(_) => Ok(()),
            Err(error) => Err(Unfit::new(
                format!("--body is not JSON: {error}"),
                "`json` sends JSON alone",
            )),
        }
    }
}

/// Puts the values that `wished` has for `name` in the place of those in `parameters`, or at the
/// end. A second call for the same name changes nothing.
pub(super) fn set(parameters: &mut Parameters, name: &str, wished: &[(String, String)]) {
    let at = parameters
        .iter()
        .position(|(known, _)| known == name)
        .unwrap_or(parameters.len());
    parameters.retain(|(known, _)| known != name);
    let values = wished.iter().filter(|(known, _)| known == name).cloned();
    parameters.splice(at..at, values);
}
