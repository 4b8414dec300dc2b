//! A request that came, told as what `send` would send: so that it can be sent again, by a command.

use super::{Content, Kind, Moment, Parameters, Wishes, compose};

/// What a request looks like.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What it tells of.
    pub kind: Kind,
    /// What makes it differ from the one that [`compose`] makes without wishes. SIDs and times are
    /// left out: they are of their moment.
    pub wishes: Wishes,
}

/// The request with these `parameters` as one of Twilio's; `None` where it is none. One that was
/// made by hand needs no more than the parameter that says what it is: `Body`, `Digits`, ….
pub fn recognise(parameters: &[(String, String)]) -> Option<Recognised> {
    let value = |name: &str| {
        let mut found = parameters.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    };
    let kind = kind(&value)?;
    let owned = |name: &str| value(name).map(str::to_string);
    let mut wishes = Wishes::default();
    if !matches!(kind, Kind::Recording) {
        (wishes.from, wishes.to) = (owned("From"), owned("To"));
    }
    match kind {
        Kind::Sms => wishes.body = owned("Body"),
        Kind::Mms | Kind::Whatsapp => {
            wishes.body = owned("Body");
            let media = (0..).map_while(|n| owned(&format!("MediaUrl{n}")));
            wishes.media = media.collect();
        }
        Kind::Gather => wishes.digits = owned("Digits"),
        _ => {}
    }
    leave_out_what_is_usual(kind, &mut wishes);
    wishes.parameters = others(kind, &wishes, parameters)?;
    Some(Recognised { kind, wishes })
}

fn kind<'p>(value: &impl Fn(&str) -> Option<&'p str>) -> Option<Kind> {
    let has = |name: &str| value(name).is_some();
    let channel = |name: &str| value(name).is_some_and(|v| v.starts_with("whatsapp:"));
    Some(match () {
        () if has("DialCallStatus") => Kind::DialStatus,
        () if has("RecordingSid") => Kind::Recording,
        () if has("Digits") || has("SpeechResult") => Kind::Gather,
        () if value("CallbackSource") == Some("call-progress-events") => Kind::CallStatus,
        () if has("MessageStatus") => Kind::MessageStatus,
        () if has("Body") && (channel("From") || channel("To")) => Kind::Whatsapp,
        () if has("MediaUrl0") => Kind::Mms,
        () if has("Body") => Kind::Sms,
        () if has("CallSid") || has("CallStatus") => Kind::Voice,
        () => return None,
    })
}

/// What [`compose`] makes of the wishes, in names and values.
fn composed(kind: Kind, wishes: &Wishes) -> Option<Parameters> {
    let moment = Moment {
        seed: "",
        unix_seconds: 0,
        account_sid: "",
    };
    match compose(kind, wishes, moment).ok()?.content {
        Content::Parameters(parameters) => Some(parameters),
        Content::Json(_) => None,
    }
}

fn leave_out_what_is_usual(kind: Kind, wishes: &mut Wishes) {
    let usual = composed(kind, &Wishes::default()).unwrap_or_default();
    let same = |name: &str, wish: &Option<String>| {
        let mut usual = usual.iter();
        usual.any(|(known, value)| known == name && Some(value) == wish.as_ref())
    };
    for (name, wish) in [
        ("From", &mut wishes.from),
        ("To", &mut wishes.to),
        ("Body", &mut wishes.body),
        ("Digits", &mut wishes.digits),
    ] {
        // A message's text is what a reader of the command wants to see.
        if name != "Body" && same(name, wish) {
            *wish = None;
        }
    }
}

/// The parameters that the wishes do not bring about.
fn others(kind: Kind, wishes: &Wishes, parameters: &[(String, String)]) -> Option<Parameters> {
    let brought = composed(kind, wishes)?;
    let others = parameters
        .iter()
        .filter(|(name, _)| !is_of_its_moment(name));
    Some(
        others
            .filter(|pair| !brought.contains(pair))
            .cloned()
            .collect(),
    )
}

/// Whether the value is new with each request, so that `send` had better make its own.
fn is_of_its_moment(name: &str) -> bool {
    name.ends_with("Sid")
        || matches!(
            name,
            "Timestamp" | "RecordingStartTime" | "RecordingUrl" | "CallToken"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `send KIND` sends, with other SIDs than [`composed`] has.
    fn sent(kind: Kind, wishes: &Wishes) -> Parameters {
        let moment = Moment {
            seed: "another",
            unix_seconds: 1_700_000_000,
            account_sid: "AC00000000000000000000000000000000",
        };
        let Content::Parameters(parameters) = compose(kind, wishes, moment).unwrap().content else {
            panic!("{kind} has parameters");
        };
        parameters
    }

    #[test]
    fn what_was_sent_is_recognised_and_sent_again() {
        let text = |text: &str| Some(text.to_string());
        let from = Wishes {
            from: text("+14155550142"),
            parameters: vec![("X".into(), "1".into()), ("X".into(), "2".into())],
            ..Wishes::default()
        };
        let body = Wishes {
            body: text("Ahoy it's"),
            ..from.clone()
        };
        let media = Wishes {
            media: vec!["https://example.com/a.png".into()],
            ..body.clone()
        };
        let digits = Wishes {
            digits: text("42#"),
            ..from.clone()
        };
        for (kind, wishes) in [
            (Kind::Sms, &body),
            (Kind::Mms, &media),
            (Kind::Voice, &from),
            (Kind::Gather, &digits),
            (Kind::DialStatus, &from),
            (Kind::CallStatus, &from),
            (Kind::MessageStatus, &from),
        ] {
            let before = sent(kind, wishes);
            let found = recognise(&before).unwrap();
            assert_eq!(found.kind, kind);
            assert_eq!(found.wishes.from, wishes.from, "{kind}");
            assert_eq!(found.wishes.body, wishes.body, "{kind}");
            assert_eq!(found.wishes.digits, wishes.digits, "{kind}");
            assert_eq!(found.wishes.parameters, wishes.parameters, "{kind}");
            assert_eq!(sent(kind, &found.wishes), before, "{kind}");
        }
        for kind in [Kind::Whatsapp, Kind::Recording] {
            let before = sent(kind, &Wishes::default());
            let found = recognise(&before).unwrap();
            assert_eq!((found.kind, found.wishes.parameters), (kind, Vec::new()));
        }
    }

    #[test]
    fn one_parameter_is_enough_and_none_is_nothing() {
        let pair = |name: &str| vec![(name.to_string(), "1".to_string())];
        for (name, kind) in [
            ("Body", Some(Kind::Sms)),
            ("Digits", Some(Kind::Gather)),
            ("CallStatus", Some(Kind::Voice)),
            ("name", None),
        ] {
            assert_eq!(recognise(&pair(name)).map(|found| found.kind), kind);
        }
        assert!(recognise(&[]).is_none());
    }
}
