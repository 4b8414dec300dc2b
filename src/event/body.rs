//! From a request's body to parameters, or to the refusal that the caller gets.
//!
//! Only two types of body count; any other is ignored, as is a malformed `Content-Type`.
//!
//! Source: runtime-handler (`urlencoded({extended: false})`, then `json()`), body-parser 1.20.9.

use super::form::FormPairs;
use super::json::InvalidJson;
use super::media_type::MediaType;
use super::{charset, form, headers, json};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Why a body cannot become parameters. The function does not run; the caller gets
/// [`status`](BodyRejected::status).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyRejected {
    /// The charset is none that this type of body can come in.
    #[error("the body's charset {0:?} is not supported; send UTF-8")]
    Charset(String),
    /// The body is compressed.
    #[error("the body's content-encoding {0:?} is not supported; send it uncompressed")]
    Encoding(String),
    /// The form has more fields than are read.
    #[error("the form has more than {limit} parameters", limit = form::PARAMETER_LIMIT)]
    TooManyParameters,
    /// The body says that it is JSON, and is not.
    #[error("the body is not valid JSON: {0}")]
    Json(#[from] InvalidJson),
}

impl BodyRejected {
    /// The status of the answer: 400, 413 or 415.
    pub fn status(&self) -> StatusCode {
        match self {
            BodyRejected::Charset(_) | BodyRejected::Encoding(_) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            BodyRejected::TooManyParameters => StatusCode::PAYLOAD_TOO_LARGE,
            BodyRejected::Json(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// The parameters that the body of a request with these headers gives. `form` is what has been read
/// of it as a form, where that was done.
///
/// # Errors
///
/// As [`BodyRejected`] says. The charset is looked at even where the body is empty, as long as
/// the headers announce one: so does the original.
pub(super) fn parameters(
    headers: &HeaderMap,
    body: &[u8],
    form: Option<FormPairs>,
) -> Result<Map<String, Value>, BodyRejected> {
    match content(headers, body)? {
        Content::Nothing => Ok(Map::new()),
        Content::Form => from_form(body, form),
        Content::Json(text) => from_json(&text),
    }
}

/// As [`parameters`], but where the body is a JSON object, its members as they are, if JavaScript
/// makes the same of them as [`json::parse`] does.
pub(super) fn parameters_and_members(
    headers: &HeaderMap,
    body: &Bytes,
    form: Option<FormPairs>,
) -> Result<(Map<String, Value>, Bytes), BodyRejected> {
    let parameters = match content(headers, body)? {
        Content::Nothing => Map::new(),
        Content::Form => from_form(body, form)?,
        Content::Json(text) => match (json::members(&text)?, &text) {
            (Some(members), Cow::Borrowed(_)) => {
                return Ok((Map::new(), body.slice_ref(members.as_bytes())));
            }
            (Some(members), Cow::Owned(_)) => {
                return Ok((Map::new(), Bytes::copy_from_slice(members.as_bytes())));
            }
            (None, _) => from_json(&text)?,
        },
    };
    Ok((parameters, Bytes::new()))
}

/// What a body is.
enum Content<'b> {
    /// Nothing that counts.
    Nothing,
    Form,
    Json(Cow<'b, str>),
}

fn content<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<Content<'b>, BodyRejected> {
    let announced = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    if body.is_empty() && !announced {
        return Ok(Content::Nothing);
    }
    let content_type = headers.get(CONTENT_TYPE);
    let Some(media_type) = content_type.and_then(|value| MediaType::parse(value.as_bytes())) else {
        return Ok(Content::Nothing);
    };
    let charset = media_type.charset.filter(|charset| !charset.is_empty());
    let charset = charset.unwrap_or_else(|| "utf-8".to_string());
    match media_type.essence.as_str() {
        "application/x-www-form-urlencoded" if charset == "utf-8" => {
            refuse_compression(headers)?;
            Ok(Content::Form)
        }
        "application/json" => {
            let Some(text) = charset::decode(body, &charset) else {
                return Err(BodyRejected::Charset(charset));
            };
            refuse_compression(headers)?;
            Ok(Content::Json(text))
        }
        "application/x-www-form-urlencoded" => Err(BodyRejected::Charset(charset)),
        _ => Ok(Content::Nothing),
    }
}

/// The original inflates `gzip` and `deflate`; nothing that calls a Function compresses.
fn refuse_compression(headers: &HeaderMap) -> Result<(), BodyRejected> {
    if !headers.contains_key(CONTENT_ENCODING) {
        return Ok(());
    }
    let encodings: Vec<_> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(headers::text)
        .collect();
    match encodings.join(", ").to_lowercase().as_str() {
        "" | "identity" => Ok(()),
        other => Err(BodyRejected::Encoding(other.to_string())),
    }
}

fn from_form(body: &[u8], form: Option<FormPairs>) -> Result<Map<String, Value>, BodyRejected> {
    form::parse(body, form).ok_or(BodyRejected::TooManyParameters)
}

/// An array is spread: its items are the parameters `0`, `1`, ….
fn from_json(text: &str) -> Result<Map<String, Value>, BodyRejected> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    Ok(match json::parse_strictly(text)? {
        Value::Object(parameters) => parameters,
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        // `parse_strictly` lets nothing else through.
        _ => Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn read(headers: &[(HeaderName, &'static str)], body: &str) -> Result<String, u16> {
        let headers = headers.iter().cloned();
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        parameters(&headers.collect(), body.as_bytes(), None)
            .map(|map| Value::Object(map).to_string())
            .map_err(|rejected| rejected.status().as_u16())
    }

    #[test]
    fn the_content_type_decides() {
        let form = "application/x-www-form-urlencoded";
        for (content_type, body, expected) in [
            (form, "a=1", Ok(r#"{"a":"1"}"#)),
            (form, "", Ok("{}")),
            (
                "application/x-www-form-urlencoded; charset=UTF-8",
                "a",
                Ok(r#"{"a":""}"#),
            ),
            (
                "application/x-www-form-urlencoded; charset=utf-16",
                "a",
                Err(415),
            ),
            ("application/json", r#"{"a":1}"#, Ok(r#"{"a":1}"#)),
            (
                "application/json",
                r#"["x",{"y":1}]"#,
                Ok(r#"{"0":"x","1":{"y":1}}"#),
            ),
            ("application/json", "", Ok("{}")),
            ("application/json", "\u{feff}{}", Ok("{}")),
            ("application/json", "\u{feff}", Ok("{}")),
            ("application/json", " ", Err(400)),
            ("application/json", "\"a\"", Err(400)),
            ("application/json", "1", Err(400)),
            ("application/json", "true", Err(400)),
            ("application/json", "null", Err(400)),
            ("application/json", "{a:1}", Err(400)),
            ("application/json; charset=\"\"", "{}", Ok("{}")),
            ("application/json; charset=latin1", "{}", Err(415)),
            ("application/json; charset=utf-32", "{}", Err(415)),
            ("APPLICATION/JSON", "{}", Ok("{}")),
            ("application/json;", "{\"a\":1}", Ok("{}")),
            ("text/plain", "a=1", Ok("{}")),
            ("application/xml", "<a/>", Ok("{}")),
            ("multipart/form-data; boundary=x", "a", Ok("{}")),
            ("application/vnd.api+json", "{\"a\":1}", Ok("{}")),
        ] {
            let answer = read(&[(CONTENT_TYPE, content_type)], body);
            assert_eq!(
                answer.as_deref(),
                expected.as_deref(),
                "{content_type}: {body}"
            );
        }
        assert_eq!(read(&[], "a=1"), Ok("{}".into()));
    }

    #[test]
    fn a_body_that_is_announced_is_checked_though_empty() {
        let content_type = (CONTENT_TYPE, "application/json; charset=latin1");
        assert_eq!(
            read(std::slice::from_ref(&content_type), ""),
            Ok("{}".into())
        );
        assert_eq!(read(&[content_type, (CONTENT_LENGTH, "0")], ""), Err(415));
    }

    #[test]
    fn compressed_bodies_are_refused() {
        let content_type = (CONTENT_TYPE, "application/json");
        for (encoding, answer) in [
            ("Identity", Ok("{}".into())),
            ("gzip", Err(415)),
            ("x", Err(415)),
        ] {
            let headers = [content_type.clone(), (CONTENT_ENCODING, encoding)];
            assert_eq!(read(&headers, "{}"), answer);
        }
    }

    #[test]
    fn refusals_say_what_and_where() {
        let headers =
            HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        assert_eq!(
            parameters(&headers, b"{\"a\":\n1,}", None)
                .unwrap_err()
                .to_string(),
            "the body is not valid JSON: expected a property name in double quotes \
             at line 2, column 3"
        );
    }
}
