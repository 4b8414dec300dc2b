//! Calls that functions have placed: who has them, and what becomes of those that nobody has.

use super::store::{IDLE, Phone, State};
use super::talk::{Talk, Talked};
use crate::phone::session::{Act, CallSession, Wanted};
use crate::webhook::Change;
use std::collections::VecDeque;

/// Calls that functions have placed and that go on, of a phone; more are answered by nobody.
pub(super) const PLACED: usize = 20;
/// The same, of those that no phone has; more are not placed.
const ELSEWHERE: usize = 200;

/// Who has a call that a function has placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Called {
    /// A phone.
    Phone,
    /// No phone has the number.
    Nobody,
    /// One has it, and as many such calls as it can have.
    NobodyMore,
}

impl State {
    /// A call that a function has placed comes to the phone that has its number, or else to nobody.
    /// Returns its talk, and who has it; `None` where too many go on.
    pub(super) fn place(
        &mut self,
        at: u64,
        target: String,
        call: Box<CallSession>,
    ) -> Option<(u64, Called)> {
        let to = call.setup().wishes.to.clone().unwrap_or_default();
        let called = match self.having(&to) {
            Some(phone) if phone.placed() < PLACED => {
                let phone = phone.id;
                let id = self.begin(phone, at, target, Talked::Call(call))?;
                return Some((id, Called::Phone));
            }
            Some(_) => Called::NobodyMore,
            None => Called::Nobody,
        };
        if self.elsewhere.len() >= ELSEWHERE {
            return None;
        }
        self.made += 1;
        self.elsewhere
            .push(Talk::new(self.made, at, target, Talked::Call(call)));
        Some((self.made, called))
    }

    /// The talks have gone from their phone. Calls that functions have placed are hung up, and still
    /// told of.
    pub(super) fn leave(&mut self, talks: VecDeque<Talk>) -> Vec<u64> {
        let mut left = Vec::new();
        for mut talk in talks {
            if let Some(call) = talk.placed_mut().filter(|call| call.ended().is_none()) {
                // Where a function is being asked, with its answer.
                if call.act(&Act::HangUp { seconds: None }).is_err() {
                    call.change(Change::HangUp);
                }
                left.push(talk.id);
                self.elsewhere.push(talk);
            }
        }
        left
    }

    /// The call of that SID, which a function has placed.
    pub(super) fn placed_mut(&mut self, sid: &str) -> Option<&mut Talk> {
        self.talks_mut().find(|talk| talk.is_placed_as(sid))
    }

    /// Where no phone has the call, nobody answers, and what comes later is not heard.
    pub(super) fn goes_on_alone(&mut self, id: u64) {
        let mut elsewhere = self.elsewhere.iter_mut();
        let talk = elsewhere.find(|talk| talk.id == id);
        let Some(call) = talk.and_then(Talk::placed_mut) else {
            return;
        };
        let rings = matches!(call.wanted(), Some(Wanted::Ring { .. }));
        if call.wanted().is_some() && !(rings && call.act(&Act::TimeOut).is_ok()) {
            call.change(Change::HangUp);
        }
    }

    /// What no phone has goes when it is over.
    pub(super) fn tidy(&mut self) {
        self.elsewhere.retain(|talk| talk.walked || !talk.is_over());
    }

    /// Calls that functions have placed and that have been left alone for too long: each rings no more,
    /// or is hung up. Returns their talks.
    pub(super) fn give_up_idle(&mut self) -> Vec<u64> {
        let mut ids = Vec::new();
        for talk in self.talks_mut().filter(|talk| talk.idle() > IDLE) {
            let id = talk.id;
            if let Some(call) = talk.placed_mut().filter(|call| call.wanted().is_some()) {
                if call.act(&Act::TimeOut).is_err() || call.wanted().is_some() {
                    call.change(Change::HangUp);
                }
                ids.push(id);
            }
        }
        ids
    }
}

impl Phone {
    /// How many calls that functions have placed go on.
    fn placed(&self) -> usize {
        let placed = self.talks.iter().filter(|talk| talk.is_placed());
        placed.filter(|talk| !talk.is_over()).count()
    }
}
