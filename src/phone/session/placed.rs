//! What goes with a call that the API places.

use crate::twiml::Method;
use crate::webhook::{First, Progress};
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
