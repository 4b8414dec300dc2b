//! Twilio as the caller: what it sends to a webhook, and what it does with the answer.
//!
//! [`compose`] makes the request of one [`Kind`], with the parameters that Twilio sends, in the
//! order of captured requests; [`redirect`] says where Twilio goes on to; [`judge`] says what it
//! would do with the answer and which error it would log. All of it is pure: the time, what makes
//! SIDs differ, and the account are given.
//!
//! Sources: Twilio docs, "Twilio's request to your incoming message webhook URL", "TwiML for
//! Programmable Voice", "Error and Warning Dictionary"; captured requests in the source of
//! twilio-labs/plugin-webhook, whose `Called` and `Caller` are swapped and therefore not followed.

mod answer;
mod call;
mod continued;
mod event;
mod journey;
mod kind;
mod message;
mod party;
mod performed;
mod placed;
mod recognised;
mod redirect;
mod request;
mod taken;
mod url;
mod verdict;
mod wishes;

pub use answer::{Heard, Missed, Unreached};
pub(crate) use call::rfc2822;
pub use continued::continued;
pub use journey::{Course, Hop, Journey};
pub use kind::Kind;
pub(crate) use message::segments;
pub use party::{NUMBER, PERSON};
pub use placed::{Change, First, Progress};
pub use recognised::{Recognised, recognise};
pub use redirect::{MOST_REDIRECTS, Next, redirect};
pub use request::{Body, Content, Method, Webhook};
pub(crate) use taken::{Taken, succeeded};
pub(crate) use url::{public_part, requestable};
pub use verdict::{Logged, Outcome, Verdict, judge, unreached};
pub use wishes::{Unfit, Wishes};

use crate::sid;

/// What makes a request differ from the next one.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// SIDs are made from it: the same text gives the same ones.
    pub seed: &'a str,
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub unix_seconds: i64,
    /// `AC…`: the account that the number belongs to.
    pub account_sid: &'a str,
}

impl<'a> Moment<'a> {
    /// The same, with the account that is wished, if one is.
    fn of_account(self, wishes: &'a Wishes) -> Self {
        let mut account = wishes.parameters.iter();
        let account = account.find(|(name, _)| name == "AccountSid");
        Moment {
            account_sid: account.map_or(self.account_sid, |(_, sid)| sid),
            ..self
        }
    }

    /// `CA…`: the call that this request is part of, whatever else it tells.
    pub fn call_sid(&self) -> String {
        self.sid("CA", "call")
    }

    /// A SID of this request: the same for the same `prefix` and `name`.
    fn sid(&self, prefix: &str, name: &str) -> String {
        sid::stable(prefix, &format!("{}/{name}", self.seed))
    }
}

/// Names and values, in the order in which they are sent.
pub type Parameters = Vec<(String, String)>;

/// The request that Twilio makes for `kind`, with what `wishes` changes of it.
///
/// # Errors
///
/// When a wish says nothing about this kind of request, or Twilio could never send it.
///
/// ```
/// use switchboard::webhook::{Content, Kind, Moment, Wishes, compose};
/// let moment = Moment { seed: "1", unix_seconds: 0, account_sid: "AC00000000000000000000000000000000" };
/// let wishes = Wishes { body: Some("Ahoy".into()), ..Wishes::default() };
/// let webhook = compose(Kind::Sms, &wishes, moment)?;
/// let Content::Parameters(parameters) = &webhook.content else { unreachable!() };
/// assert!(parameters.contains(&("Body".into(), "Ahoy".into())));
/// # Ok::<(), switchboard::webhook::Unfit>(())
/// ```
pub fn compose(kind: Kind, wishes: &Wishes, moment: Moment<'_>) -> Result<Webhook, Unfit> {
    wishes.check(kind)?;
    // The account is part of other values, such as the URLs of media.
    let moment = match kind {
        Kind::Studio => moment,
        _ => moment.of_account(wishes),
    };
    let content = match kind {
        Kind::Json => Content::Json(event::body(wishes, moment)),
        _ => {
            let mut parameters = match kind {
                Kind::Sms | Kind::Mms | Kind::Whatsapp => message::incoming(kind, wishes, moment),
                Kind::MessageStatus => message::status(wishes, moment),
                Kind::Voice => call::incoming(wishes, moment),
                Kind::Gather => call::gathered(wishes, moment),
                Kind::DialStatus => call::dialled(wishes, moment),
                Kind::CallStatus => call::status(wishes, moment),
                Kind::Recording => call::recorded(moment),
                Kind::Studio | Kind::Json => Parameters::new(),
            };
            for (name, _) in &wishes.parameters {
                wishes::set(&mut parameters, name, &wishes.parameters);
            }
            Content::Parameters(parameters)
        }
    };
    Ok(Webhook {
        kind,
        method: wishes.method.unwrap_or(Method::Post),
        content,
        idempotency_token: request::idempotency_token(&moment.sid("", "idempotency")),
    })
}

/// Names and values as owned text.
fn owned<const N: usize>(pairs: [(&str, &str); N]) -> Parameters {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

#[cfg(test)]
mod tests;
