//! The messages of the development account, and what is asked about them.

use super::refused::Refused;
use super::{Answered, Message, Now, Reply, Request, Status, create};
use crate::console::Level;
use std::collections::VecDeque;

/// Messages that are kept; the oldest go.
pub(super) const MOST: usize = 1000;

/// All messages of the development account, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    pub(super) kept: VecDeque<Message>,
}

/// What a path leads to.
enum Place<'r> {
    Messages {
        account: &'r str,
    },
    Message {
        sid: &'r str,
    },
    /// What is not answered here.
    Elsewhere,
}

impl<'r> Place<'r> {
    fn find(path: &'r str) -> Self {
        let segments: Vec<&str> = path.split('/').collect();
        match segments.as_slice() {
            ["2010-04-01", "Accounts", account, "Messages.json"] => Place::Messages { account },
            ["2010-04-01", "Accounts", _, "Messages", name] => match name.strip_suffix(".json") {
                Some(sid) => Place::Message { sid },
                None => Place::Elsewhere,
            },
            _ => Place::Elsewhere,
        }
    }
}

impl Messages {
    /// Answers a request to `path` of `api.twilio.com`.
    pub(super) fn answer(
        &mut self,
        path: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        match (Place::find(path), request.method.as_str()) {
            (Place::Messages { account }, "POST") => self.create(account, request, now),
            (Place::Messages { account }, "GET") => Ok(self.list(account, request).into()),
            (Place::Message { sid }, "GET") => {
                let at = self.find(sid, request)?;
                Ok(self.kept[at].reply(200).into())
            }
            (Place::Message { sid }, "POST") => self.update(sid, request, now).map(Answered::from),
            (Place::Message { sid }, "DELETE") => {
                let at = self.find(sid, request)?;
                self.kept.remove(at);
                let nothing = Reply {
                    status: 204,
                    body: String::new(),
                };
                Ok(nothing.into())
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
            sent: (message.status != Status::Scheduled).then_some(message),
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

    fn find(&self, sid: &str, request: &Request) -> Result<usize, Refused> {
        let mut kept = self.kept.iter();
        kept.position(|message| message.sid == sid)
            .ok_or_else(|| Refused::nowhere(&request.url))
    }
}
