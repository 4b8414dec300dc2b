//! Messages that functions send of their own accord, with the development account, on the phones that
//! they are for.

use super::now;
use super::store::{Phones, State, Talked};
use crate::outbox::{Outbox, Sent};
use crate::stop::Stop;
use crate::webhook::NUMBER;
use tokio::sync::broadcast::error::RecvError;

impl Phones {
    /// Takes in what is sent from now on, until `stop` is said.
    pub(crate) fn receive(&self, outbox: &Outbox, stop: Stop) {
        let mut sent = outbox.subscribe();
        let phones = self.clone();
        tokio::spawn(async move {
            loop {
                let message = tokio::select! {
                    message = sent.recv() => message,
                    () = stop.wait() => return,
                };
                match message {
                    Ok(sent) if phones.lock().arrive(&sent) => phones.changed(),
                    // A phone keeps the latest alone: what came before those is no loss.
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }
}

impl State {
    /// The message comes to the phone that has its number; returns whether there is one.
    fn arrive(&mut self, sent: &Sent) -> bool {
        let message = &sent.message;
        // A phone has its number on every channel: `whatsapp:+14155550100`.
        let number = message.to.rsplit(':').next().unwrap_or(&message.to);
        let mut phones = self.phones.iter();
        let phone = phones.find(|phone| phone.number == message.to || phone.number == number);
        let Some(phone) = phone.map(|phone| phone.id) else {
            return false;
        };
        let what = Talked::Received {
            from: message.from.clone().unwrap_or_else(|| NUMBER.to_string()),
            to: message.to.clone(),
            body: message.body.clone(),
            media: message.media.clone(),
        };
        self.begin(phone, now(), sent.by.clone(), what).is_some()
    }
}
