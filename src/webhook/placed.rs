//! What the API says of a call that it places: what is heard, what is told, what is to become of it.
//!
//! Source: Twilio docs, "Calls resource".

use crate::twiml::Method;

/// Of what a status callback is told in a call that is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Twilio begins to dial.
    Initiated,
    /// It rings.
    Ringing,
    /// Somebody has answered.
    Answered,
    /// It is over, whatever came of it.
    Completed,
}

impl Progress {
    /// All of them, in order.
    pub const ALL: [Progress; 4] = [
        Progress::Initiated,
        Progress::Ringing,
        Progress::Answered,
        Progress::Completed,
    ];

    /// Twilio's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Progress::Initiated => "initiated",
            Progress::Ringing => "ringing",
            Progress::Answered => "answered",
            Progress::Completed => "completed",
        }
    }

    /// That of this word.
    pub fn named(word: &str) -> Option<Progress> {
        Progress::ALL
            .into_iter()
            .find(|progress| progress.as_str() == word)
    }
}

/// What is heard first in a call that is placed, or where the API leads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// What this absolute URL answers.
    At(Method, String),
    /// This TwiML.
    Twiml(String),
}

/// What the API does to a call that it has placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Ends it.
    HangUp,
    /// Leads it to other TwiML, once somebody has answered.
    Lead(First),
}
