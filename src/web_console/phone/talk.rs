//! A text, a call, or a message that came, on a phone.

use crate::phone::session::{CallSession, Ended, Happened, TextSession, Wanted};
use serde::Serialize;
use std::time::{Duration, Instant};

/// A text, a call, or a message that came.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) id: u64,
    /// Milliseconds since 1970.
    pub(super) at: u64,
    pub(super) target: String,
    pub(super) what: Talked,
    /// Whether somebody performs its requests: they are for one at a time.
    pub(super) walked: bool,
    /// How many of its steps have been looked through for messages to other phones.
    pub(super) delivered: usize,
    touched: Instant,
}

/// What it is.
#[derive(Debug)]
pub(super) enum Talked {
    Text(Box<TextSession>),
    Call(Box<CallSession>),
    /// A message that a function sent to this phone, in another one's text or call.
    Received {
        from: String,
        to: String,
        body: String,
        media: Vec<String>,
    },
}

/// A talk, as it is told.
#[derive(Serialize)]
pub(super) struct ShownTalk<'t> {
    id: u64,
    at: u64,
    kind: &'static str,
    /// Whether the phone is the one that somebody turned to.
    incoming: bool,
    target: &'t str,
    from: &'t str,
    to: &'t str,
    sid: Option<String>,
    body: Option<&'t str>,
    media: &'t [String],
    steps: &'t [Happened],
    wanted: Option<Wanted>,
    ended: Option<&'t Ended>,
}

impl Talk {
    pub(super) fn new(id: u64, at: u64, target: String, what: Talked) -> Self {
        Talk {
            id,
            at,
            target,
            what,
            walked: false,
            delivered: 0,
            touched: Instant::now(),
        }
    }

    /// How long nobody has done anything.
    pub(super) fn idle(&self) -> Duration {
        self.touched.elapsed()
    }

    /// Somebody has done something.
    pub(super) fn touch(&mut self) {
        self.touched = Instant::now();
    }

    /// It is given up, unless it is over.
    pub(super) fn abandon(&mut self, why: &str) {
        match &mut self.what {
            Talked::Text(text) => text.abandon(why),
            Talked::Call(call) => call.abandon(why),
            Talked::Received { .. } => {}
        }
    }

    pub(super) fn steps(&self) -> &[Happened] {
        match &self.what {
            Talked::Text(text) => text.steps(),
            Talked::Call(call) => call.steps(),
            Talked::Received { .. } => &[],
        }
    }

    /// The call, if a function has placed it.
    pub(super) fn placed_mut(&mut self) -> Option<&mut CallSession> {
        match &mut self.what {
            Talked::Call(call) if call.is_placed() => Some(call),
            _ => None,
        }
    }

    /// Whether it is a call that a function has placed.
    pub(super) fn is_placed(&self) -> bool {
        matches!(&self.what, Talked::Call(call) if call.is_placed())
    }

    /// The same, with that SID.
    pub(super) fn is_placed_as(&self, sid: &str) -> bool {
        matches!(&self.what, Talked::Call(call) if call.is_placed() && call.sid() == sid)
    }

    /// Whether nothing more comes.
    pub(super) fn is_over(&self) -> bool {
        match &self.what {
            Talked::Text(text) => text.ended().is_some(),
            Talked::Call(call) => call.ended().is_some(),
            Talked::Received { .. } => true,
        }
    }

    /// Whether the phone is the one that somebody turned to.
    pub(super) fn is_incoming(&self) -> bool {
        match &self.what {
            Talked::Text(_) => false,
            Talked::Call(call) => call.is_placed(),
            Talked::Received { .. } => true,
        }
    }

    /// Who turned to whom.
    pub(super) fn ends(&self) -> (&str, &str) {
        let wishes = match &self.what {
            Talked::Text(text) => &text.setup().wishes,
            Talked::Call(call) => &call.setup().wishes,
            Talked::Received { from, to, .. } => return (from, to),
        };
        (
            wishes.from.as_deref().unwrap_or_default(),
            wishes.to.as_deref().unwrap_or_default(),
        )
    }

    pub(super) fn shown(&self) -> ShownTalk<'_> {
        let (from, to) = self.ends();
        let shown = ShownTalk {
            id: self.id,
            at: self.at,
            kind: "text",
            incoming: self.is_incoming(),
            target: &self.target,
            from,
            to,
            sid: None,
            body: None,
            media: &[],
            steps: self.steps(),
            wanted: None,
            ended: None,
        };
        match &self.what {
            Talked::Text(text) => ShownTalk {
                body: text.setup().wishes.body.as_deref(),
                media: &text.setup().wishes.media,
                ended: text.ended(),
                ..shown
            },
            Talked::Call(call) => ShownTalk {
                kind: "call",
                sid: Some(call.sid()),
                wanted: call.wanted(),
                ended: call.ended(),
                ..shown
            },
            Talked::Received { body, media, .. } => ShownTalk {
                kind: "received",
                body: Some(body),
                media,
                ..shown
            },
        }
    }
}
