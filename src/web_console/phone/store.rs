//! The phones, and what was talked on them.

use super::talk::{ShownTalk, Talk, Talked};
use crate::courier;
use crate::journal::Journal;
use crate::outbox::Outbox;
use crate::phone::session::{CallSession, What};
use crate::rest::normal_number;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Phones at a time.
const PHONES: usize = 12;
/// Texts and calls that are kept of a phone; the oldest go.
const TALKS: usize = 50;
/// Steps that are kept of all phones together; the oldest texts and calls go.
const STEPS: usize = 20_000;
/// A call that waits for its caller for so long is over.
pub(super) const IDLE: Duration = Duration::from_secs(30 * 60);

/// All phones. Clones are the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Phones {
    state: Arc<Mutex<State>>,
    changes: watch::Sender<u64>,
    /// Where it is known of calls that functions place how far they are.
    pub(super) outbox: Outbox,
    /// Where it is written that nobody could be told of such a call.
    pub(super) journal: Journal,
    /// Whether there is a console, where somebody could add a phone.
    pub(super) are_shown: bool,
    /// How many walks there are.
    pub(super) walks: watch::Sender<usize>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) phones: Vec<Phone>,
    /// Calls that functions have placed and that no phone has: for none has the number, or it was
    /// removed. Nobody answers them, and they go when they are over.
    pub(super) elsewhere: Vec<Talk>,
    pub(super) made: u64,
}

/// A phone.
#[derive(Debug)]
pub(super) struct Phone {
    pub(super) id: u64,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) talks: VecDeque<Talk>,
}

/// A phone, as it is told.
#[derive(Serialize)]
pub(super) struct ShownPhone<'p> {
    id: u64,
    number: &'p str,
    name: &'p str,
    talks: Vec<ShownTalk<'p>>,
}

/// Why there is no new phone.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPhone {
    #[error("there are {PHONES} phones: remove one first")]
    TooMany,
    #[error("there is a phone with the number {0} already")]
    Taken(String),
}

impl Phones {
    /// None yet; `are_shown`: there is a console that has them.
    pub(crate) fn new(outbox: Outbox, journal: Journal, are_shown: bool) -> Self {
        Phones {
            state: Arc::default(),
            changes: watch::Sender::new(0),
            outbox,
            journal,
            are_shown,
            walks: watch::Sender::new(0),
        }
    }

    /// Clients are told how far the call is, if a function has placed it.
    pub(super) fn tell(&self, call: &CallSession) {
        if call.is_placed() {
            courier::tell(&self.outbox, call);
        }
    }

    /// All of it, with calls ended that have been left alone for too long.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.end_idle() {
            self.changed();
        }
        state
    }

    /// Tells all readers that something has changed.
    pub(super) fn changed(&self) {
        self.changes.send_modify(|version| *version += 1);
    }

    /// How often something has changed.
    pub(super) fn version(&self) -> u64 {
        *self.changes.borrow()
    }

    pub(in crate::web_console) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

impl State {
    /// A new phone; without a number it has the next of those that are reserved for examples.
    pub(super) fn add(
        &mut self,
        number: Option<String>,
        name: Option<String>,
    ) -> Result<&Phone, NoPhone> {
        if self.phones.len() >= PHONES {
            return Err(NoPhone::TooMany);
        }
        let taken = |number: &String| self.phones.iter().any(|phone| phone.number == *number);
        let number = match number {
            Some(number) if taken(&number) => return Err(NoPhone::Taken(number)),
            Some(number) => number,
            // +1 415 555 0199 is the number at Twilio.
            None => (100..199)
                .map(|last| format!("+14155550{last}"))
                .find(|number| !taken(number))
                .ok_or(NoPhone::TooMany)?,
        };
        self.made += 1;
        let id = self.made;
        self.phones.push(Phone {
            id,
            name: name.unwrap_or_else(|| format!("Phone {id}")),
            number,
            talks: VecDeque::new(),
        });
        self.phones.last().ok_or(NoPhone::TooMany)
    }

    /// Removes a phone; returns the calls that nobody has any more, or `None` if it was not there.
    pub(super) fn remove(&mut self, id: u64) -> Option<Vec<u64>> {
        let at = self.phones.iter().position(|phone| phone.id == id)?;
        let phone = self.phones.remove(at);
        Some(self.leave(phone.talks))
    }

    /// Forgets all talks of a phone; returns as [`State::remove`].
    pub(super) fn forget(&mut self, id: u64) -> Option<Vec<u64>> {
        let talks = std::mem::take(&mut self.phone_mut(id)?.talks);
        Some(self.leave(talks))
    }

    pub(super) fn phone(&self, id: u64) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.id == id)
    }

    pub(super) fn phone_mut(&mut self, id: u64) -> Option<&mut Phone> {
        self.phones.iter_mut().find(|phone| phone.id == id)
    }

    /// Adds a talk to a phone; `None` if the phone has gone.
    pub(super) fn begin(
        &mut self,
        phone: u64,
        at: u64,
        target: String,
        what: Talked,
    ) -> Option<u64> {
        self.made += 1;
        let id = self.made;
        let talk = Talk::new(id, at, target, what);
        self.phone_mut(phone)?.talks.push_back(talk);
        self.trim();
        Some(id)
    }

    /// The phone with that number, on whatever channel (`whatsapp:+14155550100`) and however it is
    /// written.
    pub(super) fn having(&self, address: &str) -> Option<&Phone> {
        let number = ["whatsapp:", "rcs:"]
            .iter()
            .find_map(|channel| address.strip_prefix(channel))
            .unwrap_or(address);
        let mut phones = self.phones.iter();
        phones.find(|phone| {
            phone.number == address || normal_number(&phone.number) == normal_number(number)
        })
    }

    fn talks(&self) -> impl Iterator<Item = &Talk> {
        let of_phones = self.phones.iter().flat_map(|phone| &phone.talks);
        of_phones.chain(&self.elsewhere)
    }

    pub(super) fn talks_mut(&mut self) -> impl Iterator<Item = &mut Talk> {
        let of_phones = self.phones.iter_mut().flat_map(|phone| &mut phone.talks);
        of_phones.chain(&mut self.elsewhere)
    }

    pub(super) fn talk(&self, id: u64) -> Option<&Talk> {
        self.talks().find(|talk| talk.id == id)
    }

    pub(super) fn talk_mut(&mut self, id: u64) -> Option<&mut Talk> {
        self.talks_mut().find(|talk| talk.id == id)
    }

    /// Messages of its latest steps that are for another phone arrive there.
    pub(super) fn deliver(&mut self, id: u64, at: u64) {
        let Some(talk) = self.talk(id) else {
            return;
        };
        let (delivered, steps) = (talk.delivered, talk.steps().len());
        let (from, to) = talk.ends();
        let (own, number) = match talk.is_incoming() {
            true => (to.to_string(), from.to_string()),
            false => (from.to_string(), to.to_string()),
        };
        let mut arrived = Vec::new();
        for happened in talk.steps().iter().skip(delivered) {
            if let What::Message {
                to: Some(to),
                from,
                body,
                media,
            } = &happened.what
                && *to != own
                && let Some(phone) = self.having(to)
            {
                let what = Talked::Received {
                    from: from.clone().unwrap_or_else(|| number.clone()),
                    to: to.clone(),
                    body: body.clone(),
                    media: media.clone(),
                };
                arrived.push((phone.id, talk.target.clone(), what));
            }
        }
        if let Some(talk) = self.talk_mut(id) {
            talk.delivered = steps;
        }
        for (phone, target, what) in arrived {
            self.begin(phone, at, target, what);
        }
    }

    fn trim(&mut self) {
        for phone in &mut self.phones {
            while phone.talks.len() > TALKS && phone.trim() {}
        }
        let steps = |phone: &Phone| phone.talks.iter().map(|t| t.steps().len()).sum::<usize>();
        while self.phones.iter().map(steps).sum::<usize>() > STEPS {
            let longest = self.phones.iter_mut().filter(|phone| phone.talks.len() > 1);
            let longest = longest.max_by_key(|phone| steps(phone));
            if !longest.is_some_and(Phone::trim) {
                return;
            }
        }
    }

    /// Whether a call was ended for being left alone. Those that functions have placed are ended by
    /// [`State::give_up_idle`], since it is told of them.
    fn end_idle(&mut self) -> bool {
        let mut any = false;
        for talk in self.phones.iter_mut().flat_map(|phone| &mut phone.talks) {
            let idle = talk.idle();
            if let Talked::Call(call) = &mut talk.what
                && !call.is_placed()
                && call.wanted().is_some()
                && idle > IDLE
            {
                call.abandon("nobody did anything for half an hour");
                any = true;
            }
        }
        any
    }
}

impl Phone {
    /// Forgets the oldest talk, and says whether there is one. A call that a function has placed stays
    /// until it is over: others wait for it.
    fn trim(&mut self) -> bool {
        let stays = |talk: &Talk| talk.is_placed() && !talk.is_over();
        let oldest = self.talks.iter().position(|talk| !stays(talk));
        oldest.is_some_and(|at| self.talks.remove(at).is_some())
    }

    pub(super) fn shown(&self) -> ShownPhone<'_> {
        ShownPhone {
            id: self.id,
            number: &self.number,
            name: &self.name,
            talks: self.talks.iter().map(Talk::shown).collect(),
        }
    }
}
