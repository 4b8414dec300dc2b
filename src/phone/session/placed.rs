//! What goes with a call that the API places.

use crate::phone::{First, Progress};
use crate::twiml::Method;
use std::time::Duration;

/// How a call goes that the API places.
#[derive(Clone, Debug)]
pub struct Ring {
    /// What it goes on with once somebody answers.
    pub first: First,
    /// What of it the status callback is told.
    pub events: Vec<Progress>,
    /// How that is asked.
    pub callback_method: Method,
    /// So long it rings.
    pub timeout: Duration,
    /// Whether it is told that a person has answered, once one has.
    pub detects_machines: bool,
}

/// What the API does to a call that it has placed.
#[derive(Clone, Debug)]
pub enum Change {
    /// Ends it.
    HangUp,
    /// Leads it to other TwiML, once somebody has answered.
    Lead(First),
}
