//! An event of Event Streams: a list of one CloudEvent, as its webhooks get them.
//!
//! Source: Twilio docs, "Event Streams", event type "Inbound Message".

use super::party::{Parties, Place};
use super::{Moment, Wishes};
use jiff::Timestamp;
use serde_json::{Value, json};

const TYPE: &str = "com.twilio.messaging.inbound-message.received";

/// The body: that of the wishes, or an incoming message. Parameters are members of `data`.
pub(super) fn body(wishes: &Wishes, moment: Moment<'_>) -> String {
    if let Some(body) = &wishes.body {
        return body.clone();
    }
    let Parties { from, to } = Parties::inbound(wishes);
    let (sender, number) = (Place::of(&from), Place::of(&to));
    let message = moment.sid("SM", "message");
    let account = moment.account_sid;
    let time = Timestamp::from_second(moment.unix_seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%dT%H:%M:%S.000Z")
        .to_string();
    let mut data = json!({
        "messageSid": message,
        "timestamp": time,
        "accountSid": account,
        "eventName": TYPE,
        "from": from,
        "to": to,
        "numMedia": 0,
        "numSegments": 1,
        "body": "Ahoy!",
        "toCountry": number.country,
        "toState": number.state,
        "toCity": number.city,
        "toZip": number.zip,
        "fromCountry": sender.country,
        "fromState": sender.state,
        "fromCity": sender.city,
        "fromZip": sender.zip,
    });
    if let Value::Object(members) = &mut data {
        for (name, value) in &wishes.parameters {
            members.insert(name.clone(), Value::String(value.clone()));
        }
    }
    let event = json!({
        "specversion": "1.0",
        "type": TYPE,
        "source": format!("/2010-04-01/Accounts/{account}/Messages/{message}.json"),
        "id": moment.sid("EZ", "event"),
        "dataschema": "https://events-schemas.twilio.com/Messaging.InboundMessageV1/6",
        "datacontenttype": "application/json",
        "time": time,
        "data": data,
    });
    Value::Array(vec![event]).to_string()
}
