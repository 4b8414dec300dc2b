//! Who sends a message or calls, and who gets it.

/// Whether Twilio can send to it: a number, or an address of a channel, as `whatsapp:+14155550100`.
pub(super) fn is_recipient(text: &str) -> bool {
    match channel(text) {
        Some(("whatsapp" | "rcs", rest)) => is_number(rest),
        Some((_, rest)) => !rest.is_empty(),
        None => is_number(text),
    }
}

/// Whether Twilio can send from it: besides those, a short code or a name with a letter in it.
pub(super) fn is_sender(text: &str) -> bool {
    let is_short_code = (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let is_name = text.len() <= 11
        && text.bytes().any(|b| b.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b" +-_&".contains(&b));
    match channel(text) {
        // What sends by RCS is an agent, which has a name.
        Some(("rcs", rest)) => !rest.is_empty(),
        Some(_) => is_recipient(text),
        None => is_short_code || is_name || is_number(text),
    }
}

/// `text` as Twilio keeps it: a number is in E.164, without marks; one of ten digits is of North America,
/// which depends on the account, and is not verified. All else stays as it is: the digits of a client are
/// its name.
pub(crate) fn normal(text: &str) -> String {
    match channel(text) {
        Some((name @ ("whatsapp" | "rcs"), rest)) => return format!("{name}:{}", normal(rest)),
        Some(_) => return text.to_string(),
        None => {}
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_short_code = digits == text && digits.len() <= 8;
    match digits.len() {
        _ if !is_number(text) || is_short_code => text.to_string(),
        10 if !text.starts_with('+') => format!("+1{digits}"),
        _ => format!("+{digits}"),
    }
}

/// The channel and the rest, if it is no plain number.
pub(super) fn channel(text: &str) -> Option<(&str, &str)> {
    text.split_once(':')
        .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()))
}

/// A number in E.164, or one that Twilio makes such a number of: with the usual marks between.
pub(super) fn is_number(text: &str) -> bool {
    let rest = text.strip_prefix('+').unwrap_or(text);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && rest
            .bytes()
            .all(|b| b.is_ascii_digit() || b" -().".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_without_marks() {
        for (text, kept) in [
            ("+14155550100", "+14155550100"),
            ("+1 415 555 0100", "+14155550100"),
            ("(415) 555-0100", "+14155550100"),
            ("14155550100", "+14155550100"),
            ("+442079460000", "+442079460000"),
            ("whatsapp:+1 415 555 0100", "whatsapp:+14155550100"),
            ("messenger:12345", "messenger:12345"),
            ("client:4155550100", "client:4155550100"),
            ("12345", "12345"),
            ("Ahoy Inc", "Ahoy Inc"),
            ("+1212BADCODE", "+1212BADCODE"),
        ] {
            assert_eq!(normal(text), kept, "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (text, recipient, sender) in [
            ("+14155550100", true, true),
            ("(415) 555-0100", true, true),
            ("whatsapp:+14155550100", true, true),
            ("whatsapp:ada", false, false),
            ("messenger:12345", true, true),
            ("rcs:brand_agent", false, true),
            ("12345", false, true),
            ("Ahoy Inc", false, true),
            ("A name of 12", false, false),
            ("+1212BADCODE", false, false),
            ("+1", false, false),
            ("+1234567890123456", false, false),
            ("Ahoy!", false, false),
            (":1", false, false),
        ] {
            assert_eq!(
                (is_recipient(text), is_sender(text)),
                (recipient, sender),
                "{text}"
            );
        }
    }
}
