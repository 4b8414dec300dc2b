//! Twilio Verify, version 2, as far as it is answered here: codes that are sent, and shown again.
//!
//! Which services there are is not known here: any SID of one will do, and a code has six digits. Sources:
//! Twilio docs, "Verification resource", "VerificationCheck resource", "Verify rate limits and timeouts"
//! (a code holds for ten minutes and is the same for who asks again; it is sent five times and checked
//! five times), errors 60200, 60202, 60203; twilio-node issues 745, 1111 (the words of a 404). The words
//! of 60200 are not verified.

use super::address::{is_recipient, normal};
use super::refused::Refused;
use super::verification::{Attempt, Channel, Stage, Verification};
use super::{Answered, Now, Request, Sent, unescaped};
use crate::console::Level;
use crate::sid;
use std::collections::VecDeque;

/// Verifications that are kept; the oldest go.
const MOST: usize = 1000;
/// How long a code holds, in seconds.
const HOLDS: i64 = 600;
/// How often it is sent.
const SENDINGS: usize = 5;
/// How often it may be shown wrongly.
const CHECKS: usize = 5;

/// The verifications that are not over, the newest last.
#[derive(Debug, Default)]
pub(super) struct Verifications {
    kept: VecDeque<Verification>,
}

/// What a path leads to.
enum Place<'r> {
    Verifications {
        service: &'r str,
    },
    /// By its SID, or by whom it is for.
    Verification {
        service: &'r str,
        key: &'r str,
    },
    Check {
        service: &'r str,
    },
    /// What is not answered here.
    Elsewhere,
}

impl<'r> Place<'r> {
    fn find(path: &'r str) -> Self {
        let segments: Vec<&str> = path.split('/').collect();
        let &["v2", "Services", service, ref rest @ ..] = segments.as_slice() else {
            return Place::Elsewhere;
        };
        match rest {
            ["Verifications"] => Place::Verifications { service },
            ["Verifications", key] => Place::Verification { service, key },
            ["VerificationCheck"] => Place::Check { service },
            _ => Place::Elsewhere,
        }
    }
}

impl Verifications {
    /// Answers a request to `path` of `verify.twilio.com`.
    pub(super) fn answer(
        &mut self,
        path: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let place = Place::find(path);
        if let Place::Verifications { service }
        | Place::Verification { service, .. }
        | Place::Check { service } = place
            && !service.starts_with("VA")
        {
            return Err(Refused::nowhere(&request.url));
        }
        self.kept
            .retain(|one| now.unix_seconds - one.created < HOLDS);
        match (place, request.method.as_str()) {
            (Place::Verifications { service }, "POST") => self.send(service, request, now),
            (Place::Check { service }, "POST") => self.check(service, request, now),
            (Place::Verification { service, key }, "GET") => {
                let at = self.find(service, &unescaped(key), request)?;
                Ok(self.kept[at].reply(200).into())
            }
            (Place::Verification { service, key }, "POST") => {
                let stage = request.parameter("Status").unwrap_or_default();
                let stage = Stage::named(stage).ok_or_else(|| invalid("Status", stage))?;
                let at = self.find(service, &unescaped(key), request)?;
                Ok(self.end(at, stage, now).reply(200).into())
            }
            _ => Err(Refused::not_here(request)),
        }
    }

    fn send(
        &mut self,
        service: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let name = request.parameter("Channel").unwrap_or_default();
        let channel = Channel::named(name).ok_or_else(|| match name {
            "sna" | "rcs" => Refused::channel_not_here(name),
            _ => invalid("Channel", name),
        })?;
        let to = receiver(channel, request.parameter("To").unwrap_or_default())?;
        let code = code(request, now)?;
        let known = self.position(service, |one| one.to == to);
        let at = known.unwrap_or_else(|| {
            if self.kept.len() == MOST {
                self.kept.pop_front();
            }
            self.kept.push_back(Verification {
                sid: sid::stable("VE", now.seed),
                account_sid: request.account.clone(),
                service_sid: service.to_string(),
                to,
                channel,
                code,
                stage: Stage::Pending,
                created: now.unix_seconds,
                updated: now.unix_seconds,
                sent: Vec::new(),
                wrong: 0,
            });
            self.kept.len() - 1
        });
        let one = &mut self.kept[at];
        if one.sent.len() == SENDINGS {
            return Err(Refused::too_often(60203, "Max send attempts reached"));
        }
        one.channel = channel;
        one.updated = now.unix_seconds;
        one.sent.push(Attempt {
            sid: sid::stable("VL", now.seed),
            channel,
            at: now.unix_seconds,
        });
        Ok(Answered {
            reply: one.reply(201),
            said: Some((Level::Info, one.told())),
            sent: one
                .message(request, now.seed, now.unix_seconds)
                .map(|message| Sent::Message(Box::new(message))),
        })
    }

    fn check(
        &mut self,
        service: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let code = request.parameter("Code").unwrap_or_default();
        if !(4..=10).contains(&code.len()) {
            return Err(invalid("Code", code));
        }
        let key = request.parameter("VerificationSid");
        let key = key.or(request.parameter("To")).unwrap_or_default();
        let at = self.find(service, key, request)?;
        let one = &mut self.kept[at];
        if one.wrong == CHECKS {
            return Err(Refused::too_often(60202, "Max check attempts reached"));
        }
        if one.code == code {
            return Ok(self.end(at, Stage::Approved, now).reply_to_check().into());
        }
        one.wrong += 1;
        one.updated = now.unix_seconds;
        Ok(one.reply_to_check().into())
    }

    /// It is over, and Twilio knows it no longer.
    fn end(&mut self, at: usize, stage: Stage, now: Now<'_>) -> Verification {
        let mut one = self.kept[at].clone();
        self.kept.remove(at);
        one.stage = stage;
        one.updated = now.unix_seconds;
        one
    }

    fn find(&self, service: &str, key: &str, request: &Request) -> Result<usize, Refused> {
        self.position(service, |one| one.sid == key || one.to == normal(key))
            .ok_or_else(|| Refused::nowhere(&request.url))
    }

    fn position(&self, service: &str, is: impl Fn(&Verification) -> bool) -> Option<usize> {
        let mut kept = self.kept.iter();
        kept.position(|one| one.service_sid == service && is(one))
    }
}

/// Whom the code goes to: a number in E.164, or an address of e-mail.
fn receiver(channel: Channel, to: &str) -> Result<String, Refused> {
    let fits = match channel {
        Channel::Email => to.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !to.contains(char::is_whitespace)
        }),
        _ => to.starts_with('+') && is_recipient(to),
    };
    fits.then(|| normal(to)).ok_or_else(|| invalid("To", to))
}

/// The code that is asked for, else six digits that nobody can guess.
fn code(request: &Request, now: Now<'_>) -> Result<String, Refused> {
    if let Some(code) = request.parameter("CustomCode") {
        let fits =
            (4..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        return fits
            .then(|| code.to_string())
            .ok_or_else(|| invalid("CustomCode", code));
    }
    let digits = sid::stable("", now.seed);
    let number = u64::from_str_radix(&digits[..12], 16).unwrap_or_default();
    Ok(format!("{:06}", number % 1_000_000))
}

fn invalid(name: &str, value: &str) -> Refused {
    Refused::given(60200, format!("Invalid parameter `{name}`: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::client::{ACCOUNT, Client, START};
    use serde_json::{Value, json};

    const TO: (&str, &str) = ("To", "+14155550100");
    const SMS: (&str, &str) = ("Channel", "sms");

    fn client() -> Client {
        Client::of("https://verify.twilio.com/v2/Services")
    }

    impl Client {
        /// Sends a code, and returns it.
        fn send(&mut self) -> String {
            let answered = self.ask("POST", "VA1/Verifications", &[TO, SMS]);
            let message = answered.message().expect("a message");
            message.body.rsplit(' ').next().unwrap().to_string()
        }

        /// Shows a code: the status of the answer, and what it says.
        fn check(&mut self, code: &str) -> (u16, Value) {
            let answered = self.ask("POST", "VA1/VerificationCheck", &[TO, ("Code", code)]);
            let told: Value = serde_json::from_str(&answered.reply.body).unwrap();
            let what = told.get("valid").or(told.get("code")).cloned();
            (answered.reply.status, what.unwrap_or_default())
        }
    }

    #[test]
    fn a_verification_is_what_twilio_answers_in_its_order() {
        let mut client = client();
        let answered = client.ask("POST", "VA1/Verifications", &[TO, SMS]);
        let told: Value = serde_json::from_str(&answered.reply.body).unwrap();
        let sid = told["sid"].as_str().unwrap().to_string();
        assert!(sid.starts_with("VE") && sid.len() == 34, "{sid}");
        let attempt = &told["send_code_attempts"][0]["attempt_sid"];
        let expected = json!({
            "sid": sid,
            "service_sid": "VA1",
            "account_sid": ACCOUNT,
            "to": "+14155550100",
            "channel": "sms",
            "status": "pending",
            "valid": false,
            "date_created": "2018-03-25T09:53:19Z",
            "date_updated": "2018-03-25T09:53:19Z",
            "lookup": {},
            "amount": null,
            "payee": null,
            "send_code_attempts": [
                {"attempt_sid": attempt, "channel": "sms", "time": "2018-03-25T09:53:19Z"}
            ],
            "sna": null,
            "url": format!("https://verify.twilio.com/v2/Services/VA1/Verifications/{sid}"),
        });
        assert_eq!(answered.reply.status, 201);
        assert_eq!(answered.reply.body, expected.to_string());
        let message = answered.message().unwrap();
        assert_eq!(message.to, "+14155550100");
        let code = message.body.strip_prefix("Your verification code is: ");
        let code = code.unwrap();
        assert!(
            code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
            "{code}"
        );
        let (level, said) = answered.said.clone().unwrap();
        assert_eq!(level, Level::Info);
        assert!(
            said.contains(&format!("the code is {code} (by sms")),
            "{said}"
        );
        for key in [sid.as_str(), "%2B14155550100"] {
            let found = client.ask("GET", &format!("VA1/Verifications/{key}"), &[]);
            assert_eq!(found.reply.body, answered.reply.body);
        }
        // It is no message of the account's.
        let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        let list = Request {
            method: "GET".into(),
            url,
            account: ACCOUNT.into(),
            parameters: Vec::new(),
            if_match: None,
        };
        let now = Now {
            unix_seconds: START,
            seed: "",
        };
        let list = client.api.answer(&list, now).reply.body;
        assert!(list.contains("\"messages\":[]"), "{list}");
    }

    #[test]
    fn a_code_is_right_once() {
        let mut client = client();
        assert_eq!(client.check("123456"), (404, json!(20404)));
        let code = client.send();
        assert_eq!(client.check("0000000"), (200, json!(false)));
        assert_eq!(client.check(&code), (200, json!(true)));
        assert_eq!(client.check(&code), (404, json!(20404)));
        assert_ne!(client.send(), code);
    }

    #[test]
    fn a_code_holds_for_ten_minutes_and_is_the_same_for_who_asks_again() {
        let mut client = client();
        let code = client.send();
        client.now += HOLDS - 1;
        assert_eq!(client.send(), code);
        client.now += 1;
        assert_eq!(client.check(&code), (404, json!(20404)));
    }

    #[test]
    fn codes_are_neither_sent_nor_tried_for_ever() {
        let mut client = client();
        let code = client.send();
        for _ in 1..SENDINGS {
            client.send();
        }
        let answered = client.ask("POST", "VA1/Verifications", &[TO, SMS]);
        assert_eq!(answered.reply.status, 429);
        assert!(
            answered.reply.body.contains("60203"),
            "{}",
            answered.reply.body
        );
        assert!(answered.sent.is_none());
        for _ in 0..CHECKS {
            assert_eq!(client.check("0000000"), (200, json!(false)));
        }
        assert_eq!(client.check(&code), (429, json!(60202)));
        // Another service's codes are others.
        let other = client.ask("POST", "VA2/Verifications", &[TO, SMS]);
        assert_eq!(other.reply.status, 201);
    }

    #[test]
    fn a_verification_is_ended_by_hand() {
        for (status, valid) in [("approved", true), ("canceled", false)] {
            let mut client = client();
            client.send();
            let path = "VA1/Verifications/+14155550100";
            let ended = client.ask("POST", path, &[("Status", status)]);
            let told: Value = serde_json::from_str(&ended.reply.body).unwrap();
            assert_eq!(
                (&told["status"], &told["valid"]),
                (&json!(status), &json!(valid))
            );
            assert_eq!(client.ask("GET", path, &[]).reply.status, 404);
        }
    }

    #[test]
    fn codes_go_by_each_channel() {
        for (channel, to, told) in [
            ("sms", "+1 (415) 555-0100", Some("+14155550100")),
            ("auto", "+14155550100", Some("+14155550100")),
            ("whatsapp", "+14155550100", Some("whatsapp:+14155550100")),
            ("call", "+14155550100", None),
            ("email", "ada@example.com", None),
        ] {
            let mut client = client();
            let parameters = [("To", to), ("Channel", channel), ("CustomCode", "4711ab")];
            let answered = client.ask("POST", "VA1/Verifications", &parameters);
            assert_eq!(answered.reply.status, 201, "{channel}");
            let message = answered.message();
            assert_eq!(
                message.map(|message| message.to.as_str()),
                told,
                "{channel}"
            );
            assert!(answered.said.unwrap().1.contains("4711ab"));
        }
    }

    #[test]
    fn what_twilio_refuses_is_refused_in_its_words() {
        let mut client = client();
        for (parameters, status, text) in [
            (
                &[("To", "4155550100"), SMS][..],
                400,
                "Invalid parameter `To`: 4155550100",
            ),
            (&[SMS], 400, "Invalid parameter `To`: "),
            (&[TO], 400, "Invalid parameter `Channel`: "),
            (
                &[TO, ("Channel", "pigeon")],
                400,
                "Invalid parameter `Channel`: pigeon",
            ),
            (
                &[("To", "ada"), ("Channel", "email")],
                400,
                "Invalid parameter `To`: ada",
            ),
            (
                &[TO, SMS, ("CustomCode", "123")],
                400,
                "Invalid parameter `CustomCode`: 123",
            ),
        ] {
            let answered = client.ask("POST", "VA1/Verifications", parameters);
            assert_eq!(answered.reply.status, status);
            let told: Value = serde_json::from_str(&answered.reply.body).unwrap();
            assert_eq!(
                (&told["code"], &told["message"]),
                (&json!(60200), &json!(text))
            );
        }
        assert_eq!(client.check("1"), (400, json!(60200)));
        let sna = client.ask("POST", "VA1/Verifications", &[TO, ("Channel", "sna")]);
        assert_eq!(sna.reply.status, 501);
        let nowhere = client.ask("POST", "AC1/Verifications", &[TO, SMS]);
        let text = "The requested resource /v2/Services/AC1/Verifications was not found";
        assert!(nowhere.reply.body.contains(text), "{}", nowhere.reply.body);
        let elsewhere = client.ask("POST", "VA1/Entities", &[]);
        assert_eq!(elsewhere.reply.status, 501);
    }

    #[test]
    fn the_oldest_go() {
        let mut client = client();
        for n in 0..=MOST {
            let to = format!("+1415{n:07}");
            client.ask("POST", "VA1/Verifications", &[("To", &to), SMS]);
        }
        assert_eq!(
            client
                .ask("GET", "VA1/Verifications/+14150000000", &[])
                .reply
                .status,
            404
        );
        assert_eq!(
            client
                .ask("GET", "VA1/Verifications/+14150000001", &[])
                .reply
                .status,
            200
        );
    }
}
