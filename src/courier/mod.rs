//! The courier: performs Twilio's own requests, tells what becomes of messages that functions send, and
//! places their calls.
//!
//! A message is on its way at once, and arrives; whom its
//! `statusCallback` names is told so, signed as Twilio signs. What no source settles: that a message is
//! told of as queued, sent and delivered, one after the other, each when the one before was answered.

mod line;
mod pace;
mod place;

pub(crate) use line::Line;
pub(crate) use place::{Phones, tell};

use crate::journal::{Journal, Notice};
use crate::outbox::{Left, Outbox};
use crate::phone::session::{Performed, Request};
use crate::rest::{Message, Sent, Status};
use crate::server::grace;
use crate::stop::Stop;
use crate::webhook::{Kind, Moment, Wishes, compose, public_part, succeeded};
use pace::Pace;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// Messages that are followed at a time; others wait, as Twilio queues them.
const AT_A_TIME: u32 = 8;

/// What becomes of a message, in order.
const COURSE: [Status; 3] = [Status::Queued, Status::Sent, Status::Delivered];

/// Follows all messages and calls of an outbox.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    pub(crate) outbox: Outbox,
    pub(crate) line: Line,
    /// Where it is written that somebody could not be told.
    pub(crate) journal: Journal,
    /// Where calls ring.
    pub(crate) phones: Arc<dyn Phones>,
}

impl Courier {
    /// Follows what is sent from now on, until the server ends; then what is on its way has as long as
    /// a function may take, and no more is sent.
    pub(crate) fn spawn(self, stop: Stop) -> JoinHandle<()> {
        // Two readers, so that no call waits for messages, and no change of a call for either.
        let messages = self.clone().send(self.outbox.subscribe(), stop.clone());
        let leaving = self.outbox.subscribe();
        let calls = self.place(leaving, stop);
        tokio::spawn(async move {
            tokio::join!(messages, calls);
        })
    }

    async fn send(self, mut leaving: Receiver<Arc<Left>>, stop: Stop) {
        let room = Arc::new(Semaphore::new(AT_A_TIME as usize));
        let mut pace = Pace::new(Instant::now());
        loop {
            let left = tokio::select! {
                left = leaving.recv() => left,
                () = stop.wait() => break,
            };
            let left = match left {
                Ok(left) => left,
                Err(RecvError::Lagged(_)) => {
                    let text =
                        "messages were sent too quickly to be followed: nobody is told of them";
                    self.say(text.to_string());
                    continue;
                }
                Err(RecvError::Closed) => break,
            };
            if !matches!(left.sent, Sent::Message(_)) {
                continue;
            }
            if !self.keep(&mut pace, "messages were sent", &stop).await {
                break;
            }
            let permit = tokio::select! {
                permit = Arc::clone(&room).acquire_owned() => permit,
                () = stop.wait() => break,
            };
            let (courier, stop) = (self.clone(), stop.clone());
            tokio::spawn(async move {
                if let Sent::Message(message) = &left.sent {
                    courier.follow(message, &stop).await;
                }
                drop(permit);
            });
        }
        let all = room.acquire_many(AT_A_TIME);
        let _ = tokio::time::timeout(grace(self.line.gateway.limits()), all).await;
    }

    /// Waits until the next one may leave; `whats` is what there were too many of. Returns whether the
    /// server goes on.
    async fn keep(&self, pace: &mut Pace, whats: &str, stop: &Stop) -> bool {
        let Some(at) = pace.next(Instant::now()) else {
            return true;
        };
        // Once, since it would be told again and again.
        if pace.is_news() {
            self.say(format!(
                "more than {} {whats} within a second: those above wait for the next one. Does a status \
                 callback lead to the next?",
                pace::MOST
            ));
        }
        tokio::select! {
            () = sleep_until(at) => true,
            () = stop.wait() => false,
        }
    }

    fn say(&self, text: String) {
        self.journal.note(Notice::Said { text });
    }

    async fn follow(mut self, sent: &Message, stop: &Stop) {
        for status in COURSE {
            if stop.said() {
                return;
            }
            let Some(message) = self.outbox.advance(&sent.sid, status) else {
                return;
            };
            let Some(url) = message.status_callback.clone() else {
                continue;
            };
            let Some(request) = request(&message, url) else {
                continue;
            };
            let url = public_part(&request.url);
            let at = format!("{} {url}", request.webhook.method.as_str());
            let signer = self.line.signer(&request.url, self.outbox.answered_for());
            let performed = self.line.perform(request, &signer).await;
            if let Some(why) = lost(&performed) {
                let text = format!(
                    "{at} was to be told that message {} is {}, but {why}",
                    message.sid,
                    status.as_str()
                );
                self.journal.note(Notice::Said { text });
            }
        }
    }
}

/// What tells that `message` has come as far as it is.
fn request(message: &Message, url: String) -> Option<Request> {
    let status = message.status.as_str();
    let mut parameters: Vec<(String, String)> = [
        ("SmsSid", message.sid.as_str()),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("MessageSid", &message.sid),
    ]
    .map(|(name, value)| (name.to_string(), value.to_string()))
    .into();
    let service = message.messaging_service_sid.iter();
    parameters.extend(service.map(|sid| ("MessagingServiceSid".to_string(), sid.clone())));
    let wishes = Wishes {
        from: message.from.clone(),
        to: Some(message.to.clone()),
        parameters,
        ..Wishes::default()
    };
    let moment = Moment {
        seed: &format!("{}/{status}", message.sid),
        unix_seconds: 0,
        account_sid: &message.account_sid,
    };
    // Nothing of it can be unfit: a status callback takes any two ends.
    let webhook = compose(Kind::MessageStatus, &wishes, moment).ok()?;
    Some(Request {
        webhook,
        url,
        cookies: None,
    })
}

/// Why who was to be told does not know it, with what Twilio would log.
pub(crate) fn lost(performed: &Performed) -> Option<String> {
    match &performed.result {
        Ok(answer) if succeeded(answer.status) => None,
        Ok(answer) => Some(format!("answered {} (11200)", answer.status)),
        Err(missed) => Some(format!("{} ({})", missed.text, missed.cause.code())),
    }
}
