//! The messages of the development account, and what is asked about them.

use super::page::{Page, within};
use super::refused::Refused;
use super::{Answered, Message, Now, Reply, Request, Sent, Status, create};
use crate::console::Level;
use std::collections::VecDeque;

/// Messages that are kept; the oldest go.
pub(super) const MOST: usize = 1000;

/// All messages of the development account, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    pub(super) kept: VecDeque<Message>,
}

impl Messages {
    /// Answers a request to `…/Messages.json` of `account`, or to one of its messages, `sid`.
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
            (Some(sid), "POST") => self.update(sid, request, now).map(Answered::from),
            (Some(sid), "DELETE") => {
                let at = self.find(sid, request)?;
                self.kept.remove(at);
                Ok(Reply::nothing().into())
            }
            _ => Err(Refused::not_here(request)),
        }
    }

    /// The message has come to be `status`. Returns it, if it is still there and still on its way.
    pub(crate) fn advance(
        &mut self,
        sid: &str,
        status: Status,
        unix_seconds: i64,
    ) -> Option<Message> {
        let message = self.kept.iter_mut().find(|message| message.sid == sid)?;
        if message.status == Status::Canceled {
            return None;
        }
        message.status = status;
        message.updated = unix_seconds;
        message.sent.get_or_insert(unix_seconds);
        Some(message.clone())
    }

    fn create(
        &mut self,
        account: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let message = create::message(account, request, now)?;
        if self.kept.len() == MOST {
            self.kept.pop_front();
        }
        self.kept.push_back(message.clone());
        Ok(Answered {
            reply: message.reply(201),
            said: Some((Level::Info, message.told())),
            sent: (message.status != Status::Scheduled).then(|| Sent::Message(Box::new(message))),
        })
    }

    /// A text can be taken back (`Body` is empty), and a message that is not on its way yet.
    fn update(&mut self, sid: &str, request: &Request, now: Now<'_>) -> Result<Reply, Refused> {
        let at = self.find(sid, request)?;
        let message = &mut self.kept[at];
        match request.parameter("Status") {
            None => {}
            Some("canceled") if message.status == Status::Scheduled => {
                message.status = Status::Canceled;
            }
            Some("canceled") => return Err(Refused::no_cancelling()),
            Some(other) => return Err(Refused::update(&format!("Status={other}"))),
        }
        if request.parameter("Body").is_some() {
            return Err(Refused::update("Body"));
        }
        if request.all("Body").any(str::is_empty) {
            message.body.clear();
        }
        message.updated = now.unix_seconds;
        Ok(message.reply(200))
    }

    /// Those that `request` asks for, by `To`, `From` and `DateSent` (also `DateSent<`, `DateSent>`), the
    /// newest first.
    fn list(&self, account: &str, request: &Request) -> Reply {
        let fits = |message: &Message, request: &Request| {
            let wanted = |name| request.parameter(name);
            wanted("To").is_none_or(|to| message.to == to)
                && wanted("From").is_none_or(|from| message.from.as_deref() == Some(from))
                && within(message.sent, "DateSent", request)
        };
        let newest_first = self.kept.iter().rev();
        Page::of(request).reply(account, "Messages", newest_first, fits, Message::shown)
    }

    fn find(&self, sid: &str, request: &Request) -> Result<usize, Refused> {
        let mut kept = self.kept.iter();
        kept.position(|message| message.sid == sid)
            .ok_or_else(|| Refused::nowhere(&request.url))
    }
}
