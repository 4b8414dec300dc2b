//! Twilio Sync, version 1, as far as a client of the REST API sees it: documents, lists, maps, streams, and the services that
//! have them.
//!
//! In memory, until the server ends. The service `default` is there, and so is any `IS…`: which of them are yours is not known
//! here. No client of a browser's or a phone's is told of a change, no webhook is asked, nothing is too often. Own code, since
//! what it is for are Twilio's words, numbers and revisions.
//!
//! Sources, read December 2026: twilio-oai, `twilio_sync_v1.json`; the requests of the packages twilio 3.84 and 6.2; Twilio docs,
//! "Sync limits", "Sync objects TTL"; twilio-sync-sdk (tests that run against Twilio), Twilio's dictionary of errors, and answers
//! that others have recorded (wittyreference/twilio-claude-plugin, March 2026; twilio-sdk-go of RJPearson94). docs/rest.md says
//! what none of them settles.

mod asked;
mod given;
mod items;
mod object;
mod pages;
mod permissions;
mod place;
mod service;
mod settings;
mod shown;

use super::refused::Refused;
use super::{Answered, Now, Reply, Request};
use crate::console::Level;
use crate::sid;
use asked::Asked;
use object::Key;
use pages::{Order, Page};
use place::{Inside, Place};
use service::{DEFAULT, Service, is_service};
use settings::Settings;

/// Bytes that are kept of all services, about.
const MOST: usize = 32 * 1024 * 1024;
/// What one request can add to them: data, names, and what is about them.
const ONE: usize = given::MOST_DATA + 4 * 1024;

/// All services.
#[derive(Debug, Default)]
pub(super) struct Sync {
    services: Vec<Service>,
    /// How many were made.
    made: u64,
    /// No fewer bytes than are kept: counted anew once they seem to be too many.
    bytes: usize,
}

impl Sync {
    /// Answers a request to `path` of `sync.twilio.com`.
    pub(super) fn answer(
        &mut self,
        path: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        let request = &request.with_query();
        let asked = Asked {
            request,
            path: path.strip_prefix("v1/").unwrap_or(path),
            now,
        };
        let answered = match Place::find(path) {
            Place::Services => self.of_all(asked),
            Place::In(service, inside) if is_service(&service) => {
                self.inside(&service, &inside, asked)
            }
            Place::In(..) | Place::Nowhere => Err(asked.nowhere()),
        };
        match answered {
            // Functions ask to see whether something is there: nothing to be warned of.
            Err(refused) if refused.is_an_answer() => Ok(Answered {
                reply: refused.reply(),
                said: Some((Level::Info, format!("Sync: {refused}"))),
                sent: None,
            }),
            answered => answered,
        }
    }

    fn of_all(&mut self, asked: Asked<'_>) -> Result<Answered, Refused> {
        match asked.request.method.as_str() {
            "GET" => {
                let found = self.services.iter();
                let found = found.map(|service| (Key::Index(service.number), service));
                let page = Page::of(asked.request)?;
                let show = |_: &Key, service: &&Service| service.shown(asked).service(service);
                Ok(page
                    .reply("services", found.collect(), Order::Ascending, show)
                    .into())
            }
            "POST" => {
                let mut settings = Settings::default();
                settings.take(asked.request)?;
                let sid = sid::stable("IS", asked.now.seed);
                let service = self.open(&sid, asked)?;
                service.settings = settings;
                let reply = Reply::json(201, &service.shown(asked).service(service));
                Ok(Answered {
                    said: Some((Level::Info, format!("Sync: service {sid} created"))),
                    ..reply.into()
                })
            }
            _ => Err(Refused::not_here(asked.request)),
        }
    }

    fn inside(
        &mut self,
        key: &str,
        inside: &Inside,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        if (inside, asked.request.method.as_str()) == (&Inside::Itself, "DELETE") {
            self.services.retain(|service| !service.is(key));
            return Ok(Answered {
                said: Some((Level::Info, format!("Sync: service {key} removed"))),
                ..Reply::nothing().into()
            });
        }
        self.open(key, asked)?.answer(inside, asked)
    }

    /// The service of that SID, or the one that each account has: there once it is asked for. There is room in it.
    fn open(&mut self, key: &str, asked: Asked<'_>) -> Result<&mut Service, Refused> {
        let seconds = asked.seconds();
        let known = self.services.iter().position(|service| service.is(key));
        if known.is_none() || asked.request.method == "POST" {
            self.reserve(seconds)?;
        }
        let at = known.unwrap_or_else(|| {
            self.made += 1;
            let (sid, name) = match key {
                DEFAULT => (sid::stable("IS", DEFAULT), Some(DEFAULT)),
                sid => (sid.to_string(), None),
            };
            self.services
                .push(Service::new(self.made, sid, name, seconds));
            self.services.len() - 1
        });
        let service = &mut self.services[at];
        service.expire(seconds);
        Ok(service)
    }

    /// Makes sure that one more request's worth can be kept.
    fn reserve(&mut self, now: i64) -> Result<(), Refused> {
        if self.bytes + ONE > MOST {
            self.services
                .iter_mut()
                .for_each(|service| service.expire(now));
            self.bytes = self.services.iter().map(Service::bytes).sum();
        }
        if self.bytes + ONE > MOST {
            return Err(Refused::full(MOST));
        }
        self.bytes += ONE;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
