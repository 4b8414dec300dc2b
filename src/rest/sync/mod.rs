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
mod overview;
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
pub(crate) use overview::Overview;

use asked::Asked;
use object::Key;
use pages::{Order, Page};
use place::{Inside, Place, ServiceKey};
use service::{Service, said};
use settings::Settings;

/// Bytes that are kept of all services, about.
const MOST: usize = 32 * 1024 * 1024;
/// Bytes of a request that is looked at: there may be spaces in its data.
const MOST_REQUEST: usize = 1024 * 1024;
/// What one request can add to them: data, names, and what is about them.
const ONE: usize = given::MOST_DATA + 4 * 1024;

/// All services.
#[derive(Debug, Default)]
pub(super) struct Services {
    kept: Vec<Service>,
    /// How many were made.
    made: u64,
    /// No fewer bytes than are kept: counted anew once they seem to be too many.
    bytes: usize,
}

impl Services {
    /// Answers a request to `path` of `sync.twilio.com`.
    pub(super) fn answer(
        &mut self,
        path: &str,
        request: &Request,
        now: Now<'_>,
    ) -> Result<Answered, Refused> {
        // Before it is copied.
        if request.url.len() + request.bytes() > MOST_REQUEST {
            let hint = format!("url and parameters have over {MOST_REQUEST} bytes");
            return Err(Refused::entity_too_large().hinting(hint));
        }
        let request = &request.with_query();
        let asked = Asked {
            request,
            path: path.strip_prefix("v1/").unwrap_or(path),
            now,
        };
        self.see_to_default(asked.seconds());
        let (answered, is_there) = match Place::find(path) {
            Place::Services => (self.of_all(asked), true),
            Place::In(service, inside) => (self.inside(&service, &inside, asked), true),
            Place::Nowhere => (Err(asked.nowhere()), false),
        };
        Ok(answered.unwrap_or_else(|refused| {
            // Functions ask to see whether something is there: nothing to be warned of.
            let level = match is_there && refused.is_an_answer() {
                true => Level::Info,
                false => Level::Warning,
            };
            Answered {
                reply: refused.reply(),
                said: Some((level, format!("Sync: {}: {}", asked.shown(), why(&refused)))),
                sent: None,
            }
        }))
    }

    /// Each account has it, from the beginning.
    fn see_to_default(&mut self, now: i64) {
        if self.position(&ServiceKey::Default).is_none() {
            let service = self.new_service(ServiceKey::Default, now);
            self.kept.push(service);
        }
    }

    fn of_all(&mut self, asked: Asked<'_>) -> Result<Answered, Refused> {
        match asked.request.method.as_str() {
            "GET" => {
                let found = self.kept.iter();
                let found = found.map(|service| (Key::Index(service.number), service));
                let page = Page::of(asked.request)?;
                let show = |_: &Key, service: &&Service| service.shown(asked).service(service);
                let reply = page.reply("services", found.collect(), Order::Ascending, show);
                Ok(reply.into())
            }
            "POST" => {
                let mut settings = Settings::default();
                settings.take(asked.request)?;
                self.reserve(asked.seconds())?;
                let sid = sid::stable("IS", asked.now.seed);
                let mut service = self.new_service(ServiceKey::Sid(sid), asked.seconds());
                service.settings = settings;
                let reply = Reply::json(201, &service.shown(asked).service(&service));
                let text = format!("Sync: service {} created", service.sid);
                self.kept.push(service);
                Ok(said(reply, text))
            }
            _ => Err(Refused::method()),
        }
    }

    fn inside(
        &mut self,
        key: &ServiceKey,
        inside: &Inside,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let now = asked.seconds();
        if inside.adds(asked.request) {
            self.reserve(now)?;
        }
        let known = self.position(key);
        match (known, inside, asked.request.method.as_str()) {
            (known, Inside::Itself, "DELETE") => {
                let service = self.kept.remove(known.ok_or_else(|| asked.nowhere())?);
                let text = format!("Sync: service {} removed", service.sid);
                Ok(said(Reply::nothing(), text))
            }
            (Some(at), inside, _) => {
                let service = &mut self.kept[at];
                service.expire(now);
                service.answer(inside, asked)
            }
            // Any SID is that of a service without anything in it, and is kept once there is something.
            (None, inside, method) => {
                let mut service = self.new_service(key.clone(), now);
                let answered = service.answer(inside, asked)?;
                if method == "POST" {
                    self.kept.push(service);
                }
                Ok(answered)
            }
        }
    }

    fn position(&self, key: &ServiceKey) -> Option<usize> {
        self.kept.iter().position(|service| service.key == *key)
    }

    fn new_service(&mut self, key: ServiceKey, now: i64) -> Service {
        self.made += 1;
        Service::new(self.made, key, now)
    }

    /// Makes sure that one more request's worth can be kept.
    fn reserve(&mut self, now: i64) -> Result<(), Refused> {
        if self.bytes + ONE > MOST {
            self.kept.iter_mut().for_each(|service| service.expire(now));
            self.bytes = self.kept.iter().map(Service::bytes).sum();
        }
        if self.bytes + ONE > MOST {
            return Err(Refused::full(MOST));
        }
        self.bytes += ONE;
        Ok(())
    }
}

/// Where nothing is there the path says it all.
fn why(refused: &Refused) -> String {
    match refused.is_missing() {
        true => "nothing is there (20404)".to_string(),
        false => refused.to_string(),
    }
}

#[cfg(test)]
mod tests;
