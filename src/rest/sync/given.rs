//! What a request to Sync gives: data, times to live, names, checked as Twilio checks them.

use super::place::Kind;
use crate::rest::Request;
use crate::rest::refused::Refused;
use crate::sid;
use serde_json::Value;
use std::borrow::Cow;

/// Bytes of the data of a document or an item.
pub(super) const MOST_DATA: usize = 16 * 1024;
/// Bytes of the data of a stream's message.
const MOST_MESSAGE: usize = 4 * 1024;
/// A year, in seconds.
const MOST_TTL: i64 = 31_536_000;
/// Characters of a name or a key.
const LONGEST_NAME: usize = 320;
/// Characters of a webhook's URL.
const LONGEST_URL: usize = 512;
/// Characters of an identity, and of what a service is called.
const LONGEST_WORD: usize = 256;

/// An object in JSON, as short as it can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Data(String);

/// Whose data it is: they are refused with different numbers.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Document,
    ListItem,
    MapItem,
    Message,
}

impl Data {
    /// The object without anything in it.
    pub(super) fn empty() -> Data {
        Data("{}".to_string())
    }

    /// What `request` has as `Data`, or nothing where it has none.
    pub(super) fn given(request: &Request, holder: Holder) -> Result<Option<Data>, Refused> {
        let Some(text) = request.all("Data").next() else {
            return Ok(None);
        };
        // `null` is what twilio 3 sends as an empty text.
        if matches!(text.trim(), "" | "null") {
            return Err(holder.without_data());
        }
        let no_object = |why: String| {
            let message = "Invalid request body: the type of one of the attributes is invalid";
            Refused::given(54008, message).hinting(why)
        };
        let value: Value = serde_json::from_str(&whole_characters(text))
            .map_err(|error| no_object(format!("Data is no JSON: {error}")))?;
        if !value.is_object() {
            let what = match value {
                Value::Array(_) => "an array, which no public source says that Sync takes",
                _ => "no object",
            };
            return Err(no_object(format!("Data is {what}")));
        }
        let text = value.to_string();
        let most = match holder {
            Holder::Message => MOST_MESSAGE,
            _ => MOST_DATA,
        };
        if text.len() > most {
            return Err(Refused::entity_too_large());
        }
        Ok(Some(Data(text)))
    }

    /// The same where there must be some.
    pub(super) fn required(request: &Request, holder: Holder) -> Result<Data, Refused> {
        Data::given(request, holder)?.ok_or_else(|| holder.without_data())
    }

    pub(super) fn value(&self) -> Value {
        // It was written from a value.
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl Holder {
    /// In Twilio's words.
    fn what(self) -> &'static str {
        match self {
            Holder::Document => "Document",
            Holder::ListItem => "List Item",
            Holder::MapItem => "Map Item",
            Holder::Message => "Message Stream Message",
        }
    }

    /// The client has seen another revision of it.
    pub(super) fn mismatch(self) -> Refused {
        let code = match self {
            Holder::ListItem => 54155,
            Holder::MapItem => 54205,
            // A message has no revision.
            Holder::Document | Holder::Message => 54103,
        };
        let what = self.what();
        let message = format!("The revision of the {what} does not match the expected revision");
        Refused::with(412, code, message)
    }

    fn without_data(self) -> Refused {
        let what = self.what();
        let code = match self {
            Holder::Document => 54101,
            Holder::ListItem => 54156,
            Holder::MapItem => 54206,
            Holder::Message => 54251,
        };
        Refused::given(
            code,
            format!("Invalid {what} data: 'Data' parameter cannot be null"),
        )
    }
}

/// How long something lives from now on, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ttl {
    /// As long as before.
    AsBefore,
    For(i64),
    /// For ever.
    Endless,
}

impl Ttl {
    /// The first of the parameters `names` that `request` has.
    pub(super) fn given(request: &Request, names: &[&str]) -> Result<Ttl, Refused> {
        let Some(text) = names.iter().find_map(|name| request.parameter(name)) else {
            return Ok(Ttl::AsBefore);
        };
        match number(text) {
            Some(0) => Ok(Ttl::Endless),
            Some(seconds @ 1..=MOST_TTL) => Ok(Ttl::For(seconds)),
            _ => Err(Refused::given(
                54011,
                "Invalid TTL: it must either be empty or an integer between 0 and 31 536 000",
            )),
        }
    }

    /// That of a document, a list, a map or a stream.
    pub(super) fn of_object(request: &Request, kind: Kind) -> Result<Ttl, Refused> {
        match kind {
            Kind::Document | Kind::Stream => Ttl::given(request, &["Ttl"]),
            Kind::List | Kind::Map => Ttl::given(request, &["CollectionTtl", "Ttl"]),
        }
    }
}

/// The `UniqueName`, if there is one.
pub(super) fn unique_name(request: &Request) -> Result<Option<String>, Refused> {
    let Some(name) = request.all("UniqueName").next() else {
        return Ok(None);
    };
    if !is_name(name) || sid::is_one(name) {
        return Err(Refused::given(
            54302,
            "Invalid unique name. Expected a string with length 1-320 not matching the SID pattern \
             [A-Z]{2}[a-f0-9]{32}",
        ));
    }
    Ok(Some(name.to_string()))
}

/// The `Key` of a map's item.
pub(super) fn key(request: &Request) -> Result<String, Refused> {
    let key = request.parameter("Key").unwrap_or_default();
    if !is_name(key) {
        return Err(Refused::given(
            54209,
            "Invalid Map Item key: it must have 1 to 320 characters",
        ));
    }
    Ok(key.to_string())
}

/// The index of a list's item.
pub(super) fn index(text: &str) -> Result<u64, Refused> {
    number(text).ok_or_else(|| Refused::given(54458, "Invalid List Item index"))
}

/// An identity that has permissions.
pub(super) fn identity(text: &str) -> Result<String, Refused> {
    if text.is_empty() || text.chars().count() > LONGEST_WORD {
        return Err(Refused::given(54351, "Invalid identity"));
    }
    Ok(text.to_string())
}

/// What a service is called, if it is said.
pub(super) fn friendly_name(request: &Request) -> Result<Option<String>, Refused> {
    let name = request.parameter("FriendlyName");
    match name {
        Some(name) if name.chars().count() > LONGEST_WORD => {
            Err(Refused::given(54053, "Invalid friendly name"))
        }
        name => Ok(name.map(str::to_string)),
    }
}

/// Whom a service would tell of changes, if it is said.
pub(super) fn webhook_url(request: &Request) -> Result<Option<String>, Refused> {
    let url = request.parameter("WebhookUrl");
    let is_one = |url: &str| {
        let schemes = ["http://", "https://"];
        url.chars().count() <= LONGEST_URL && schemes.iter().any(|scheme| url.starts_with(scheme))
    };
    match url {
        Some(url) if !is_one(url) => Err(Refused::given(54051, "Invalid webhook URL")),
        url => Ok(url.map(str::to_string)),
    }
}

/// A parameter that is `true` or `false`, if it is one of them.
pub(super) fn flag(request: &Request, name: &str) -> Option<bool> {
    request.parameter(name)?.parse().ok()
}

/// JSON with U+FFFD for half a surrogate pair, as JavaScript writes what is left of `'👋'.slice(0, 1)`: that is no
/// text for the reader of JSON here.
fn whole_characters(json: &str) -> Cow<'_, str> {
    const HALF: &str = "\\ufffd";
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return json.into();
    }
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let (taken, meant) = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
            (Some(0xd800..=0xdfff), _) => (6, Some(HALF)),
            // With what is escaped, lest a backslash that is escaped begins another.
            _ => (1 + rest[1..].chars().next().map_or(0, char::len_utf8), None),
        };
        whole.push_str(meant.unwrap_or(&rest[..taken]));
        rest = &rest[taken..];
    }
    whole.push_str(rest);
    whole.into()
}

/// The code unit that `text` begins with, if it is escaped as `\\u12ab`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| all)
}

/// A number of digits alone.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn is_name(text: &str) -> bool {
    (1..=LONGEST_NAME).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_is_replaced_and_a_whole_one_is_not() {
        for (json, whole) in [
            (r#"{"a":"b"}"#, r#"{"a":"b"}"#),
            (r"\ud83d\ude00", r"\ud83d\ude00"),
            (r"\uD83D\uDE00!", r"\uD83D\uDE00!"),
            (r"a\ud83d", r"a\ufffd"),
            (r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00"),
            (r"\ude00\n", r"\ufffd\n"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\\\ud83d", r"\\\ufffd"),
            (r"\ud8", r"\ud8"),
            (r"\ud83d\u00", r"\ufffd\u00"),
            ("\\ud83dé\\", "\\ufffdé\\"),
            ("é\\é\\ud83d", "é\\é\\ufffd"),
        ] {
            assert_eq!(whole_characters(json), whole, "{json}");
        }
    }
}
