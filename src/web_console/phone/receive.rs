//! Messages and calls that come of functions' own accord, with the development account, to the phones
//! that they are for.

use super::now;
use super::store::{Phones, State};
use super::talk::Talked;
use super::walk;
use crate::courier::{self, Line, signer};
use crate::journal::Notice;
use crate::outbox::Outbox;
use crate::phone::session::{CallSession, Change};
use crate::rest::{Message, Sent};
use crate::stop::Stop;
use crate::webhook::NUMBER;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

impl Phones {
    /// Takes in what is sent from now on, until `stop` is said.
    pub(crate) fn receive(&self, outbox: &Outbox, stop: Stop) {
        let mut leaving = outbox.subscribe();
        let phones = self.clone();
        tokio::spawn(async move {
            loop {
                let left = tokio::select! {
                    left = leaving.recv() => left,
                    () = stop.wait() => return,
                };
                let left = match left {
                    Ok(left) => left,
                    // A phone keeps the latest alone: what came before those is no loss.
                    Err(RecvError::Lagged(_)) => continue,
                    Err(RecvError::Closed) => return,
                };
                if let Sent::Message(message) = &left.sent
                    && phones.lock().arrive(message, &left.by)
                {
                    phones.changed();
                }
            }
        });
    }
}

impl courier::Phones for Phones {
    fn place(&self, call: Box<CallSession>, by: &str, line: Line) -> Option<JoinHandle<()>> {
        let (sid, to) = (call.sid(), call.setup().wishes.to.clone());
        let placed = self.lock().place(now(), by.to_string(), call);
        let (id, rings) = placed?;
        self.changed();
        if !rings {
            let why = match self.are_shown {
                true => format!(
                    "add a phone with the number {} in the console",
                    to.unwrap_or_default()
                ),
                false => "phones ring in the console, and it is left out".to_string(),
            };
            let text = format!("nobody answers call {sid}: {why}");
            self.journal.note(Notice::Said { text });
        }
        Some(self.walk(id, line))
    }

    fn change(&self, sid: &str, change: Change, line: Line) -> Option<JoinHandle<()>> {
        let id = {
            let mut state = self.lock();
            let talk = state.placed_mut(sid)?;
            talk.touch();
            talk.placed_mut()?.change(change);
            talk.id
        };
        self.changed();
        Some(self.walk(id, line))
    }

    fn give_up_idle(&self, line: &Line) {
        for id in self.lock().give_up_idle() {
            self.changed();
            self.walk(id, line.clone());
        }
    }
}

impl Phones {
    /// Performs the requests of a call that a function has placed, as far as nobody else does.
    pub(super) fn walk(&self, id: u64, line: Line) -> JoinHandle<()> {
        tokio::spawn(walk::to_the_end(self.clone(), line, id, signer()))
    }
}

impl State {
    /// The message comes to the phone that has its number; returns whether there is one.
    fn arrive(&mut self, message: &Message, by: &str) -> bool {
        let Some(phone) = self.having(&message.to).map(|phone| phone.id) else {
            return false;
        };
        let what = Talked::Received {
            from: message.from.clone().unwrap_or_else(|| NUMBER.to_string()),
            to: message.to.clone(),
            body: message.body.clone(),
            media: message.media.clone(),
        };
        self.begin(phone, now(), by.to_string(), what).is_some()
    }
}
