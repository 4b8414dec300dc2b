//! Who speaks with whom, and where they are.

use super::Wishes;

/// A person's telephone, of the numbers that are reserved for examples.
pub const PERSON: &str = "+14155550100";

/// The number at Twilio, of the same.
pub const NUMBER: &str = "+14155550199";

/// Twilio's number in its WhatsApp sandbox.
const SANDBOX: &str = "+14155238886";

const WHATSAPP: &str = "whatsapp:";

/// The two ends of a message or call.
#[derive(Clone, Debug)]
pub(super) struct Parties {
    pub(super) from: String,
    pub(super) to: String,
}

impl Parties {
    /// A person turns to the number at Twilio.
    pub(super) fn inbound(wishes: &Wishes) -> Self {
        Parties::of(wishes, PERSON, NUMBER)
    }

    /// The number at Twilio turns to a person.
    pub(super) fn outbound(wishes: &Wishes) -> Self {
        Parties::of(wishes, NUMBER, PERSON)
    }

    /// As inbound, with WhatsApp's addresses.
    pub(super) fn whatsapp(wishes: &Wishes) -> Self {
        let Parties { from, to } = Parties::of(wishes, PERSON, SANDBOX);
        let address = |text: String| match text.starts_with(WHATSAPP) {
            true => text,
            false => format!("{WHATSAPP}{text}"),
        };
        Parties {
            from: address(from),
            to: address(to),
        }
    }

    fn of(wishes: &Wishes, from: &str, to: &str) -> Self {
        Parties {
            from: wishes.from.as_deref().unwrap_or(from).to_string(),
            to: wishes.to.as_deref().unwrap_or(to).to_string(),
        }
    }

    /// Of a WhatsApp address the digits alone.
    pub(super) fn wa_id(&self) -> &str {
        let number = self.from.strip_prefix(WHATSAPP).unwrap_or(&self.from);
        number.strip_prefix('+').unwrap_or(number)
    }
}

/// Where a number is, as far as it is known: Twilio sends what is not known as empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) zip: &'static str,
    pub(super) country: &'static str,
}

impl Place {
    /// Of a number of one's own nothing is made up but the country code's most frequent country.
    pub(super) fn of(address: &str) -> Self {
        match address {
            PERSON => Place {
                city: "SAN FRANCISCO",
                state: "CA",
                zip: "94105",
                country: "US",
            },
            NUMBER => Place {
                city: "",
                state: "CA",
                zip: "",
                country: "US",
            },
            _ => Place {
                city: "",
                state: "",
                zip: "",
                country: if address.starts_with("+1") { "US" } else { "" },
            },
        }
    }
}
