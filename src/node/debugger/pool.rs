//! A pool under a debugger: one worker runs all calls, and another one takes its place when it goes.

use super::Seat;
use crate::node::pool::{NodePool, Shared};
use crate::node::state::{Order, Stage, State, Takers};
use std::sync::Arc;

impl NodePool {
    /// Has its workers debugged, all that it will start.
    pub(super) fn debug(&self, seat: Seat) {
        // A pool has one seat for its life: a second one is not taken.
        if self.0.seat.set(seat).is_ok() {
            self.0.lock().takers = Takers::Nobody;
        }
    }

    /// Whether it has a seat behind a debugger's port.
    pub(super) fn is_debugged(&self) -> bool {
        self.0.seat.get().is_some()
    }
}

impl Shared {
    /// Chooses the worker that is debugged, if there is to be one and there is none.
    pub(in crate::node) fn choose(&self, state: &mut State) {
        let Some(seat) = self.seat.get() else {
            return;
        };
        if let Takers::Chosen(number) | Takers::One(number) = state.takers
            && state.member(number).is_none()
        {
            state.takers = Takers::Nobody;
        }
        if state.takers != Takers::Nobody {
            return;
        }
        let fresh = state.members.iter().find(|m| m.stage == Stage::Fresh);
        if let Some(member) = fresh {
            let number = member.number;
            let told = member.orders.send(Order::Inspect(seat.begin()));
            if told.is_ok() {
                state.takers = Takers::Chosen(number);
            }
        }
    }

    /// The worker that was chosen can take calls.
    pub(in crate::node) fn released(self: &Arc<Self>, number: u64) {
        let mut state = self.lock();
        if state.takers == Takers::Chosen(number) {
            state.takers = Takers::One(number);
            while state.place(false) {}
            self.keep_one_fresh(&mut state);
        }
    }
}
