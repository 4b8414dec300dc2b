//! Messages and calls that come of functions' own accord, with the development account, to the phones
//! that they are for.

use super::now;
use super::store::{Phones, State};
use super::talk::Talked;
use super::walk;
use crate::courier::{self, Line, signer};
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
    fn ring(
        &self,
        call: Box<CallSession>,
        by: &str,
        line: Line,
    ) -> Result<JoinHandle<()>, Box<CallSession>> {
        let to = call.setup().wishes.to.clone().unwrap_or_default();
        let mut state = self.lock();
        let Some(phone) = state.having(&to) else {
            return Err(call);
        };
        let id = state.begin(phone, now(), by.to_string(), Talked::Call(call));
        drop(state);
        self.changed();
        // Found under the same lock, the phone is there; where none is, a walk ends at once.
        let walking = walk::to_the_end(self.clone(), line, id.unwrap_or_default(), signer());
        Ok(tokio::spawn(walking))
    }

    fn change(&self, sid: &str, change: Change, line: Line) -> Option<JoinHandle<()>> {
        let mut state = self.lock();
        let (id, call) = state.call_mut(sid)?;
        call.change(change);
        drop(state);
        self.changed();
        let walking = walk::to_the_end(self.clone(), line, id, signer());
        Some(tokio::spawn(walking))
    }
}

impl State {
    /// The message comes to the phone that has its number; returns whether there is one.
    fn arrive(&mut self, message: &Message, by: &str) -> bool {
        let Some(phone) = self.having(&message.to) else {
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

    /// The phone with that number, on whatever channel: `whatsapp:+14155550100`.
    fn having(&self, address: &str) -> Option<u64> {
        let number = address.rsplit(':').next().unwrap_or(address);
        let mut phones = self.phones.iter();
        let phone = phones.find(|phone| phone.number == address || phone.number == number);
        phone.map(|phone| phone.id)
    }
}
