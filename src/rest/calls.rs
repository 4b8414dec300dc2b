//! The calls of the development account, and what is asked about them.

use super::call::{Call, CallStatus};
use super::page::{Page, within};
use super::refused::Refused;
use super::{Answered, Change, Now, Reply, Request, Sent, place};
use crate::console::Level;
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
        if status == CallStatus::InProgress {
            call.started.get_or_insert(unix_seconds);
        }
        if status.is_last() {
            call.ended = Some(unix_seconds);
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
            self.kept.pop_front();
        }
        self.kept.push_back(call.clone());
        Ok(Answered {
            reply: call.reply(201),
            said: Some((Level::Info, call.told())),
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
            None if is_led => Some(Change::Lead(place::heard(request)?)),
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
        Ok(Reply {
            status: 204,
            body: String::new(),
        })
    }

    /// Those that `request` asks for, by `To`, `From`, `Status`, `StartTime` and `EndTime` (also with `<`
    /// and `>`), the newest first.
    fn list(&self, account: &str, request: &Request) -> Reply {
        let fits = |call: &&Call, request: &Request| {
            let wanted = |name| request.parameter(name);
            wanted("To").is_none_or(|to| call.to == to)
                && wanted("From").is_none_or(|from| call.from == from)
                && wanted("Status").is_none_or(|status| call.status.as_str() == status)
                && wanted("ParentCallSid").is_none()
                && within(call.started, "StartTime", request)
                && within(call.ended, "EndTime", request)
        };
        let page = Page::of(request);
        let newest_first = self.kept.iter().rev();
        let found: Vec<&Call> = newest_first.filter(|c| fits(c, page.request())).collect();
        page.reply(account, "Calls", &found, Call::shown)
    }

    fn find(&self, sid: &str, request: &Request) -> Result<usize, Refused> {
        let mut kept = self.kept.iter();
        kept.position(|call| call.sid == sid)
            .ok_or_else(|| Refused::nowhere(&request.url))
    }
}
