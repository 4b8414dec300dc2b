//! What a `Content-Type` says, without its parameters.
//!
//! For what Twilio, a browser or this program makes of one. How a function's event is read depends on
//! more: `event` reads it as strictly as npm does.

use http::HeaderValue;

/// What a form in a body is.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// `type/subtype` of `content_type` as it is written, in whatever case.
pub(crate) fn essence(content_type: &[u8]) -> &[u8] {
    let end = content_type.iter().position(|byte| *byte == b';');
    content_type[..end.unwrap_or(content_type.len())].trim_ascii()
}

/// Whether a header says that the body is a form.
pub(crate) fn is_form(content_type: Option<&HeaderValue>) -> bool {
    content_type
        .is_some_and(|value| essence(value.as_bytes()).eq_ignore_ascii_case(FORM.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_spaces_are_cut_off() {
        for (written, read) in [
            ("text/xml", "text/xml"),
            (" Text/XML ; charset=utf-8; a=b", "Text/XML"),
            (";charset=utf-8", ""),
            ("", ""),
        ] {
            assert_eq!(essence(written.as_bytes()), read.as_bytes(), "{written}");
        }
    }

    #[test]
    fn a_form_is_one_in_whatever_case() {
        for (written, form) in [
            (Some("application/x-www-form-urlencoded"), true),
            (
                Some("Application/X-WWW-Form-Urlencoded;charset=utf-8"),
                true,
            ),
            (Some("application/x-www-form-urlencoded2"), false),
            (None, false),
        ] {
            let value = written.map(HeaderValue::from_static);
            assert_eq!(is_form(value.as_ref()), form, "{written:?}");
        }
    }
}
