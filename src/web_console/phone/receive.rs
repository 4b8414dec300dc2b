//! Messages and calls that come of functions' own accord to the phones
//! that they are for.

use super::now;
use super::placed::{Called, PLACED};
use super::store::{Phones, State};
use super::talk::Talked;
use super::walk::{self, Signs};
use crate::courier::{self, Line};
use crate::journal::Notice;
use crate::outbox::Outbox;
use crate::phone::session::CallSession;
use crate::rest::{Message, Sent};
use crate::stop::Stop;
use crate::webhook::{Change, NUMBER};
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
    fn place(&self, call: Box<CallSession>, by: &str, line: Line) -> bool {
        let (sid, to) = (call.sid(), call.setup().wishes.to.clone());
        let placed = self.lock().place(now(), by.to_string(), call);
        let Some((id, called)) = placed else {
            return false;
        };
        self.changed();
        let to = to.unwrap_or_default();
        let why = match called {
            Called::Phone => None,
            Called::Nobody if !self.are_shown => {
                Some("phones ring in the console, and it is left out".to_string())
            }
            Called::Nobody => Some(format!("add a phone with the number {to} in the console")),
            Called::NobodyMore => Some(format!(
                "{PLACED} calls go on at the phone {to} already: answer or decline one"
            )),
        };
        if let Some(why) = why {
            let text = format!("nobody answers call {sid}: {why}");
            self.journal.note(Notice::Said { text });
        }
        self.walk(id, line);
        true
    }

    fn change(&self, sid: &str, change: Change, line: Line) {
        let changed = {
            let mut state = self.lock();
            state.placed_mut(sid).and_then(|talk| {
                talk.touch();
                talk.placed_mut()?.change(change);
                Some(talk.id)
            })
        };
        if let Some(id) = changed {
            self.changed();
            self.walk(id, line);
        }
    }

    fn walks_end(&self) -> JoinHandle<()> {
        let mut walks = self.walks.subscribe();
        tokio::spawn(async move {
            // It fails when there are no phones any more.
            let _ = walks.wait_for(|walks| *walks == 0).await;
        })
    }

    fn give_up_idle(&self, line: &Line) {
        let given_up = self.lock().give_up_idle();
        for id in given_up {
            self.changed();
            self.walk(id, line.clone());
        }
    }
}

impl Phones {
    /// Performs the requests of a call that a function has placed, as far as nobody else does.
    pub(super) fn walk(&self, id: u64, line: Line) {
        let signs = Signs::ForFunction(self.outbox.answered_for());
        tokio::spawn(walk::to_the_end(self.clone(), line, id, signs));
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
