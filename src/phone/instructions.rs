//! The documents that a call or a message goes through, one after the other.

use super::attribute::{flowing, method};
use super::cookies::Cookies;
use super::fetch::{Answer, Fetch, Heard, Use, hear};
use crate::twiml::{Element, Fault, Medium, Method, Position, resolve};
use std::collections::VecDeque;
use std::time::Duration;

/// Where a walk stands in its instructions.
#[derive(Clone, Debug)]
pub(super) struct Instructions {
    medium: Medium,
    bound: Bound,
    fetched: u32,
    /// Where the current document came from.
    url: String,
    verbs: VecDeque<Element>,
    cookies: Cookies,
}

/// How many documents may be asked for, and what is said where there are more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) most: u32,
    /// Twilio's number for it, if the bound is Twilio's.
    pub(super) code: Option<u32>,
}

/// A document that is to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// The verb that asks; `None` for the first document.
    pub(super) verb: Option<Element>,
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Instructions {
    pub(super) fn new(medium: Medium, bound: Bound) -> Self {
        Instructions {
            medium,
            bound,
            fetched: 0,
            url: String::new(),
            verbs: VecDeque::new(),
            cookies: Cookies::default(),
        }
    }

    pub(super) fn at_most(&mut self, most: u32) {
        self.bound.most = most;
    }

    /// Where the current document came from: what its relative addresses are relative to.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The first document is at `url`.
    pub(super) fn begin(&mut self, method: Method, url: &str) -> Asking {
        self.url = url.to_string();
        Asking {
            verb: None,
            method,
            url: url.to_string(),
            parameters: Vec::new(),
        }
    }

    /// The next verb of the current document.
    pub(super) fn next(&mut self) -> Option<Element> {
        self.verbs.pop_front()
    }

    /// The document that a `<Redirect>` leads to.
    pub(super) fn redirected(&self, verb: Element) -> Asking {
        let to = verb.own_text();
        Asking {
            method: method(&verb, "method"),
            url: resolve(&self.url, to.trim()).unwrap_or(to),
            verb: Some(verb),
            parameters: Vec::new(),
        }
    }

    /// The request for a document.
    ///
    /// # Errors
    ///
    /// When too many have been asked for, or the address is none that can be asked.
    pub(super) fn fetch(&mut self, asking: Asking, at: Duration) -> Result<Fetch, Fault> {
        let place = asking.verb.as_ref().map_or(Position::START, Element::at);
        self.fetched += 1;
        if self.fetched > self.bound.most {
            return Err(self.bound.fault(place));
        }
        let Some(url) = askable(&asking.url) else {
            let text = match asking.url.is_empty() {
                // The verb has none either.
                true => {
                    "there is no address to ask: TwiML that comes with the call has none, so write \
                         an `action`"
                        .to_string()
                }
                false => format!(
                    "`{}` cannot be asked: write an http or https address",
                    flowing(&asking.url)
                ),
            };
            return Err(Fault::error(11100, place, text));
        };
        Ok(Fetch {
            method: asking.method,
            cookies: self.cookies.header(&url),
            url,
            parameters: asking.parameters,
            answer: Use::Instructions,
            verb: asking.verb.map(|verb| verb.name().to_string()),
            attribute: None,
            at,
        })
    }

    /// Takes an answer in: what is heard, and where it came from.
    ///
    /// # Errors
    ///
    /// When Twilio stops at it.
    pub(super) fn take(
        &mut self,
        fetch: &Fetch,
        answer: &Answer,
    ) -> Result<(Heard, String), Fault> {
        let from = answer.url.clone().unwrap_or_else(|| fetch.url.clone());
        for cookie in &answer.set_cookies {
            self.cookies.keep(&from, cookie);
        }
        let heard = hear(fetch, answer, self.medium)?;
        self.url.clone_from(&from);
        self.verbs = match &heard {
            Heard::Document(document, _) => document.root().elements().cloned().collect(),
            _ => VecDeque::new(),
        };
        Ok((heard, from))
    }
}

impl Instructions {
    /// Takes TwiML in that comes with the call itself. There is no address that others could be
    /// relative to.
    ///
    /// # Errors
    ///
    /// When Twilio stops at it.
    pub(super) fn given(&mut self, twiml: &str) -> Result<(Heard, String), Fault> {
        let fetch = Fetch {
            method: Method::Post,
            url: String::new(),
            parameters: Vec::new(),
            cookies: None,
            answer: Use::Instructions,
            verb: None,
            attribute: None,
            at: Duration::ZERO,
        };
        let answer = Answer {
            status: 200,
            content_type: Some("text/xml".to_string()),
            body: twiml.to_string(),
            ..Answer::default()
        };
        self.take(&fetch, &answer)
    }
}

impl Bound {
    fn fault(self, at: Position) -> Fault {
        let most = self.most;
        let text = match self.code {
            Some(_) => format!(
                "{most} documents have been asked for, and Twilio asks for no more: is there a \
                 loop of `<Redirect>` or of an `action`?"
            ),
            None => format!(
                "the call has asked for {most} documents: is there a loop of `<Redirect>` or of an \
                 `action`? (the limit is this tool's; Twilio goes on until the call is too long)"
            ),
        };
        Fault::error(self.code, at, text)
    }
}

/// The address as it is asked, without its fragment; `None` if it is no http or https address.
pub(super) fn askable(url: &str) -> Option<String> {
    let url = url.split('#').next().unwrap_or_default().trim();
    let lower = url.to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://")).then(|| url.to_string())
}
