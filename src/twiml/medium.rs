//! What an answer is for: a call, or a message.

use super::Document;

/// What an answer is for. The verbs of the two have little in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Medium {
    /// A call.
    Voice,
    /// A message: SMS, MMS, WhatsApp and the like.
    Messaging,
}

impl Medium {
    /// What the document's first telling verb is for; `None` where every verb suits both
    /// (`<Redirect>`, `<Sms>`) or none is known.
    pub fn of(document: &Document) -> Option<Medium> {
        let mut verbs = document.root().elements();
        verbs.find_map(|verb| match verb.name() {
            "Redirect" | "Sms" => None,
            name if super::schema::response(Medium::Messaging)
                .child(name)
                .is_some() =>
            {
                Some(Medium::Messaging)
            }
            name if super::schema::response(Medium::Voice).child(name).is_some() => {
                Some(Medium::Voice)
            }
            _ => None,
        })
    }

    /// The other one.
    pub(super) fn other(self) -> Medium {
        match self {
            Medium::Voice => Medium::Messaging,
            Medium::Messaging => Medium::Voice,
        }
    }

    /// For use in a sentence: "an answer to a call".
    pub(super) fn noun(self) -> &'static str {
        match self {
            Medium::Voice => "a call",
            Medium::Messaging => "a message",
        }
    }
}
