//! A text, from the phone that sends it.

use super::happened::{Ended, Happened, What};
use super::steps::{Steps, too_many};
use super::{Performed, Request, Setup};
use crate::phone::{Message, MessageFetching, MessageTurn};
use crate::webhook::Unfit;
use std::time::Duration;

/// A text that is sent.
#[derive(Clone, Debug)]
pub struct TextSession {
    setup: Setup,
    /// The request that is to be performed; `None` once all is done.
    fetching: Option<MessageFetching>,
    ended: Option<Ended>,
    steps: Steps,
    requests: u32,
}

impl TextSession {
    /// A text is sent, as `setup` says: the first request is to be performed.
    ///
    /// # Errors
    ///
    /// When there can be no such text.
    pub fn begin(setup: Setup) -> Result<Self, Unfit> {
        setup.check()?;
        let turn = Message::new(setup.seed.clone()).begin(setup.method(), &setup.url);
        let mut this = TextSession {
            setup,
            fetching: None,
            ended: None,
            steps: Steps::default(),
            requests: 0,
        };
        this.settle(turn);
        Ok(this)
    }

    /// What it began with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// All that has happened.
    pub fn steps(&self) -> &[Happened] {
        self.steps.all()
    }

    /// How it ended, once it has.
    pub fn ended(&self) -> Option<&Ended> {
        self.ended.as_ref()
    }

    /// The request that is to be performed next, if there is one.
    pub fn request(&self) -> Option<Request> {
        let fetching = self.fetching.as_ref()?;
        Some(self.setup.request(fetching.fetch(), self.requests))
    }

    /// What came of the request.
    pub fn performed(&mut self, performed: Performed) {
        let Some(fetching) = self.fetching.take() else {
            return;
        };
        self.steps.performed(&performed);
        let turn = match &performed.result {
            Ok(answer) => {
                let lost = fetching.lost(answer.status);
                self.steps.faults(Duration::ZERO, &lost);
                fetching.answered(answer)
            }
            Err(missed) => fetching.failed(missed.cause, &missed.text),
        };
        self.settle(turn);
    }

    /// It is given up, for a reason that is no fault of the text's.
    pub fn abandon(&mut self, text: &str) {
        if self.ended.is_none() {
            self.fetching = None;
            self.over(Ended::abandoned(text));
        }
    }

    /// Goes on until a request is needed, or all is done.
    fn settle(&mut self, mut turn: MessageTurn) {
        loop {
            if self.steps.full() {
                return self.over(too_many());
            }
            turn = match turn {
                MessageTurn::Fetch(fetching) => {
                    self.requests += 1;
                    self.steps.request(fetching.fetch());
                    self.fetching = Some(fetching);
                    return;
                }
                MessageTurn::Send(sending) => {
                    let reply = What::reply(sending.text());
                    self.steps.point(Duration::ZERO, reply);
                    sending.done()
                }
                MessageTurn::End(end) => {
                    for (document, fault) in &end.faults {
                        self.steps.fault(Duration::ZERO, fault, Some(document));
                    }
                    self.steps.faults(Duration::ZERO, &end.failed);
                    let failed = end.failed.is_some();
                    return self.over(Ended {
                        why: if failed { "failed" } else { "nothing-left" },
                        text: match (failed, end.sent) {
                            (true, 0) => "the sender gets no reply".to_string(),
                            (true, _) => "Twilio stops here".to_string(),
                            (false, 0) => "no reply".to_string(),
                            (false, 1) => "one reply".to_string(),
                            (false, sent) => format!("{sent} replies"),
                        },
                        failed,
                    });
                }
            };
        }
    }

    fn over(&mut self, ended: Ended) {
        self.steps.end(Duration::ZERO, &ended);
        self.ended = Some(ended);
    }
}
