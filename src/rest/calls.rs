//! The calls of the development account, and what is asked about them.

use super::call::{Call, CallStatus};
use super::page::{Page, within};
use super::refused::Refused;
use super::{Answered, Now, Reply, Request, Sent, place};
use crate::console::Level;
use crate::webhook::Change;
use std::collections::VecDeque;
use std::time::Duration;

/// Calls that are kept; the oldest go.
const MOST: usize = 1000;

/// All calls of the development account, the newest last.
#[derive(Debug, Default)]
pub(super) struct Calls {
    kept: VecDeque<Call>,
}

impl Calls {
    /// Answers a request to `…/Calls.json` of `account`, or to one of its calls, `sid`.
    pub(super) fn answer(
        &mut self,
        account: &str,
        sid: Option<&str>,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        match (sid, request.method.as_str()) {
            (None, "POST") => self.create(account, request, now),
            (None, "GET") => Ok(self.list(account, request).into()),
            (Some(sid), "GET") => Ok(self.kept[self.find(sid, request)?].reply(200).into()),
            (Some(sid), "POST") => self.update(sid, request),
            (Some(sid), "DELETE") => self.delete(sid, request).map(Answered::from),
            _ => Err(Refused::not_here(request)),
        }
    }

    /// The call has come to be `status`, and has lasted so long.
    pub(super) fn advance(
        &mut self,
        sid: &str,
        status: CallStatus,
        lasted: Duration,
        unix_seconds: i64,
    ) {
        let found = self.kept.iter_mut().find(|call| call.sid == sid);
        // Where it is over, it stays so.
        let Some(call) = found.filter(|call| !call.status.is_last()) else {
            return;
        };
        (call.status, call.lasted, call.updated) = (status, lasted, unix_seconds);
        if status != CallStatus::Failed {
            call.started.get_or_insert(unix_seconds);
        }
    }

    /// Those that are queued are lost.
    pub(super) fn fail_queued(&mut self, unix_seconds: i64) {
        let queued = |call: &&mut Call| call.status == CallStatus::Queued;
        for call in self.kept.iter_mut().filter(queued) {
            (call.status, call.updated) = (CallStatus::Failed, unix_seconds);
        }
    }

    fn create(
        &mut self,
        account: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let call = place::call(account, request, now)?;
        if self.kept.len() == MOST {
            // One that goes on is asked for yet.
            let over = self.kept.iter().position(|call| call.status.is_last());
            self.kept.remove(over.unwrap_or(0));
        }
        self.kept.push_back(call.clone());
        let said = match place::unknown_events(request).as_slice() {
            [] => (Level::Info, call.told()),
            unknown => {
                let text = format!(
                    "{}; StatusCallbackEvent is initiated, ringing, answered or completed, and not {} (21626)",
                    call.told(),
                    unknown.join(", ")
                );
                (Level::Warning, text)
            }
        };
        Ok(Answered {
            reply: call.reply(201),
            said: Some(said),
            sent: Some(Sent::Call(Box::new(call))),
        })
    }

    /// A call is ended, or led to other TwiML.
    fn update(&mut self, sid: &str, request: &Request) -> Result<Answered, Refused> {
        let call = &self.kept[self.find(sid, request)?];
        let is_led = ["Url", "Twiml"]
            .into_iter()
            .any(|name| request.parameter(name).is_some());
        let change = match request.parameter("Status") {
            Some("completed") => Some(Change::HangUp),
            // It takes back what nobody has answered; others go on.
            Some("canceled") => (call.status != CallStatus::InProgress).then_some(Change::HangUp),
            None if is_led => Some(Change::Lead(place::first(request)?)),
            _ => return Err(Refused::call_update()),
        };
        let leads = matches!(change, Some(Change::Lead(_)));
        if call.status.is_last() || (leads && call.status != CallStatus::InProgress) {
            return Err(Refused::given(
                21220,
                "Call is not in-progress. Cannot redirect.",
            ));
        }
        Ok(Answered {
            reply: call.reply(200),
            said: None,
            sent: change.map(|change| Sent::Change(sid.to_string(), change)),
        })
    }

    fn delete(&mut self, sid: &str, request: &Request) -> Result<Reply, Refused> {
        let at = self.find(sid, request)?;
        if !self.kept[at].status.is_last() {
            return Err(Refused::given(
                20009,
                "Cannot delete this resource before it is complete",
            ));
        }
        self.kept.remove(at);
        Ok(Reply::nothing())
    }

    /// Those that `request` asks for, by `To`, `From`, `Status`, `StartTime` and `EndTime` (also with `<`
    /// and `>`), the newest first.
    fn list(&self, account: &str, request: &Request) -> Reply {
        let fits = |call: &Call, request: &Request| {
            let wanted = |name| request.parameter(name);
            wanted("To").is_none_or(|to| call.to == to)
                && wanted("From").is_none_or(|from| call.from == from)
                && wanted("Status").is_none_or(|status| call.status.as_str() == status)
                && wanted("ParentCallSid").is_none()
                && within(call.started, "StartTime", request)
                && within(call.ended(), "EndTime", request)
        };
        let newest_first = self.kept.iter().rev();
        Page::of(request).reply(account, "Calls", newest_first, fits, Call::shown)
    }

    fn find(&self, sid: &str, request: &Request) -> Result<usize, Refused> {
        let mut kept = self.kept.iter();
        kept.position(|call| call.sid == sid)
            .ok_or_else(|| Refused::nowhere(&request.url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::First;

    fn request(method: &str, parameters: &[(&str, &str)]) -> Request {
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        Request {
            method: method.to_string(),
            url: "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json".to_string(),
            account: "AC1".to_string(),
            parameters: parameters.iter().map(owned).collect(),
            if_match: None,
        }
    }

    fn ask(
        calls: &mut Calls,
        sid: Option<&str>,
        method: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Answered, Refused> {
        let now = Now {
            unix_seconds: 100,
            seed: &format!("test/{}", calls.kept.len()),
        };
        calls.answer("AC1", sid, &request(method, parameters), now)
    }

    fn place(calls: &mut Calls) -> String {
        let wish = [
            ("To", "+14155550100"),
            ("From", "+15005550006"),
            ("Twiml", "<Response/>"),
        ];
        ask(calls, None, "POST", &wish).expect("a call");
        calls.kept.back().expect("it is kept").sid.clone()
    }

    #[test]
    fn what_becomes_of_a_call_by_its_status() {
        use CallStatus::{Busy, Completed, InProgress, Queued, Ringing};
        let hang_up = Ok(Some(Change::HangUp));
        let lead = Ok(Some(Change::Lead(First::Twiml("<Say/>".into()))));
        let over = Err(Some(21220));
        let twiml = [("Twiml", "<Say/>")];
        for (status, parameters, expected) in [
            (Queued, &[("Status", "canceled")], &hang_up),
            (Ringing, &[("Status", "canceled")], &hang_up),
            (Ringing, &[("Status", "completed")], &hang_up),
            (InProgress, &[("Status", "completed")], &hang_up),
            (InProgress, &[("Status", "canceled")], &Ok(None)),
            (InProgress, &twiml, &lead),
            (Ringing, &twiml, &over),
            (Completed, &twiml, &over),
            (Busy, &[("Status", "completed")], &over),
            (InProgress, &[("Status", "busy")], &Err(None)),
            (InProgress, &[("Url", "")], &Err(None)),
            (InProgress, &[("Url", "/voice")], &Err(Some(21205))),
        ] {
            let mut calls = Calls::default();
            let sid = place(&mut calls);
            if status != Queued {
                calls.advance(&sid, status, Duration::ZERO, 100);
            }
            let changed = match ask(&mut calls, Some(&sid), "POST", parameters) {
                Ok(answered) => Ok(answered.sent.map(|sent| match sent {
                    Sent::Change(of, change) if of == sid => change,
                    other => panic!("{other:?}"),
                })),
                Err(refused) => Err(refused.code()),
            };
            assert_eq!(changed, *expected, "{status:?} {parameters:?}");
        }
    }

    #[test]
    fn a_call_that_goes_on_is_neither_deleted_nor_forgotten() {
        let mut calls = Calls::default();
        let first = place(&mut calls);
        let refused = ask(&mut calls, Some(&first), "DELETE", &[]).expect_err("it goes on");
        assert_eq!(refused.code(), Some(20009));
        let second = place(&mut calls);
        calls.advance(&second, CallStatus::NoAnswer, Duration::ZERO, 100);
        while calls.kept.len() < MOST {
            place(&mut calls);
        }
        place(&mut calls);
        let is_kept = |sid: &str| calls.kept.iter().any(|call| call.sid == sid);
        assert!(is_kept(&first) && !is_kept(&second) && calls.kept.len() == MOST);
    }

    #[test]
    fn what_is_queued_fails_where_it_cannot_be_placed() {
        let mut calls = Calls::default();
        let (rings, waits) = (place(&mut calls), place(&mut calls));
        calls.advance(&rings, CallStatus::Ringing, Duration::ZERO, 100);
        calls.fail_queued(200);
        let status = |sid: &str| {
            calls
                .kept
                .iter()
                .find(|call| call.sid == sid)
                .map(|c| c.status)
        };
        assert_eq!(status(&rings), Some(CallStatus::Ringing));
        assert_eq!(status(&waits), Some(CallStatus::Failed));
    }
}
