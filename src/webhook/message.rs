//! Messages that come in, and what became of those that went out.
//!
//! Source: Twilio docs, "Twilio's request to your incoming message webhook URL"; the order is that
//! of captured requests.

use super::party::{Parties, Place};
use super::{Kind, Moment, Parameters, Wishes, owned};

/// An incoming message: SMS, MMS or WhatsApp.
pub(super) fn incoming(kind: Kind, wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let media = media(kind, wishes, moment);
    let sid = sid(kind, &media, moment);
    let body = wishes.body.as_deref().unwrap_or(match media.is_empty() {
        true => "Ahoy!",
        // A picture mostly comes without words.
        false => "",
    });
    let count = media.len().to_string();
    let types = media
        .iter()
        .enumerate()
        .map(|(n, (_, kind))| (format!("MediaContentType{n}"), kind.clone()));
    let urls = media
        .iter()
        .enumerate()
        .map(|(n, (url, _))| (format!("MediaUrl{n}"), url.clone()));
    let mut parameters = Parameters::new();
    if kind == Kind::Whatsapp {
        let parties = Parties::whatsapp(wishes);
        parameters.extend(types);
        parameters.extend(owned([
            ("SmsMessageSid", sid.as_str()),
            ("NumMedia", &count),
            ("ProfileName", "Ada Lovelace"),
            ("MessageType", message_type(&media)),
            ("SmsSid", &sid),
            ("WaId", parties.wa_id()),
            ("SmsStatus", "received"),
            ("Body", body),
            ("To", &parties.to),
            // WhatsApp does not cut messages up.
            ("NumSegments", "1"),
            ("ReferralNumMedia", "0"),
            ("MessageSid", &sid),
            ("AccountSid", moment.account_sid),
            ("From", &parties.from),
        ]));
    } else {
        let parties = Parties::inbound(wishes);
        let (from, to) = (Place::of(&parties.from), Place::of(&parties.to));
        let segments = match media.is_empty() {
            true => segments(body),
            false => 1,
        };
        parameters.extend(owned([("ToCountry", to.country)]));
        parameters.extend(types);
        parameters.extend(owned([
            ("ToState", to.state),
            ("SmsMessageSid", &sid),
            ("NumMedia", &count),
            ("ToCity", to.city),
            ("FromZip", from.zip),
            ("SmsSid", &sid),
            ("FromState", from.state),
            ("SmsStatus", "received"),
            ("FromCity", from.city),
            ("Body", body),
            ("FromCountry", from.country),
            ("To", &parties.to),
            ("ToZip", to.zip),
            ("NumSegments", &segments.to_string()),
            ("ReferralNumMedia", "0"),
            ("MessageSid", &sid),
            ("AccountSid", moment.account_sid),
            ("From", &parties.from),
        ]));
    }
    parameters.extend(urls);
    parameters.extend(owned([("ApiVersion", "2010-04-01")]));
    parameters
}

/// A message that was sent has been delivered.
pub(super) fn status(wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let Parties { from, to } = Parties::outbound(wishes);
    let sid = moment.sid("SM", "message");
    owned([
        ("SmsSid", sid.as_str()),
        ("SmsStatus", "delivered"),
        ("MessageStatus", "delivered"),
        ("To", &to),
        ("MessageSid", &sid),
        ("AccountSid", moment.account_sid),
        ("From", &from),
        ("ApiVersion", "2010-04-01"),
    ])
}

type Media = Vec<(String, String)>;

/// URLs with their content types.
fn media(kind: Kind, wishes: &Wishes, moment: Moment<'_>) -> Media {
    if kind == Kind::Mms && wishes.media.is_empty() {
        let url = format!(
            "https://api.twilio.com/2010-04-01/Accounts/{}/Messages/{}/Media/{}",
            moment.account_sid,
            moment.sid("MM", "message"),
            moment.sid("ME", "media")
        );
        return vec![(url, "image/jpeg".to_string())];
    }
    let typed = |url: &String| {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        // Twilio's own URLs have no extension; most of them are photographs.
        let guessed = mime_guess::from_path(path)
            .first_raw()
            .unwrap_or("image/jpeg");
        (url.clone(), guessed.to_string())
    };
    wishes.media.iter().map(typed).collect()
}

fn sid(kind: Kind, media: &Media, moment: Moment<'_>) -> String {
    let prefix = match kind == Kind::Mms || !media.is_empty() {
        true => "MM",
        false => "SM",
    };
    moment.sid(prefix, "message")
}

/// WhatsApp's word for what the message is.
fn message_type(media: &Media) -> &'static str {
    match media.first().and_then(|(_, kind)| kind.split('/').next()) {
        None => "text",
        Some("image") => "image",
        Some("audio") => "audio",
        Some("video") => "video",
        Some(_) => "document",
    }
}

/// Characters of GSM 03.38 that cost one septet, beyond ASCII's letters and digits.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// Those that cost two.
const GSM_EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How many SMS the text takes: 160 septets or 70 UTF-16 units, less where there are several.
pub(crate) fn segments(body: &str) -> usize {
    let septets = body.chars().try_fold(0, |sum, c| {
        if c.is_ascii_alphanumeric() || GSM.contains(c) {
            Some(sum + 1)
        } else if GSM_EXTENDED.contains(c) {
            Some(sum + 2)
        } else {
            None
        }
    });
    let (length, alone, each) = match septets {
        Some(septets) => (septets, 160, 153),
        None => (body.encode_utf16().count(), 70, 67),
    };
    match length <= alone {
        true => 1,
        false => length.div_ceil(each),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_and_foreign_texts_take_more_segments() {
        for (body, count) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("é".repeat(160), 1),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ы".repeat(70), 1),
            ("ы".repeat(71), 2),
            ("👋".repeat(35), 1),
            ("👋".repeat(36), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
        ] {
            assert_eq!(segments(&body), count, "{body}");
        }
    }
}
