//! The phone: texts and calls to the services, without a telephone. Documented in docs/console.md.
//!
//! A text or a call is walked through by a task of its own, so that it goes on when whoever asked
//! has left; the answer comes once the caller is wanted again, or all is over.

mod placed;
mod receive;
mod store;
mod stream;
mod talk;
mod walk;

pub(crate) use store::Phones;
pub(super) use stream::event;

use super::WebConsole;
use super::answer::{self, Refused};
use super::api::{other_method, read_at_most};
use crate::body::Body;
use crate::clock::Clock;
use crate::courier::Line;
use crate::phone::session::{Act, CallSession, Setup, TextSession};
use crate::signature::Signer;
use crate::token::Token;
use crate::webhook::{self, Kind, NUMBER, Wishes};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::time::UNIX_EPOCH;
use store::NoPhone;
use talk::Talked;
use walk::Signs;

/// The largest body of a request.
const BODY_BYTES: usize = 64 * 1024;

/// The longest number and name of a phone.
const LONGEST_NAME: usize = 100;

/// What a path behind `/api/1/phone` leads to.
enum Place {
    All,
    Events,
    Phones,
    Phone(u64),
    Texts(u64),
    Calls(u64),
    Talks(u64),
    Talk(u64),
    Acts(u64),
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct NewPhone {
    number: Option<String>,
    name: Option<String>,
}

/// A text or a call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTalk {
    target: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    media: Vec<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    parameters: Vec<(String, String)>,
    #[serde(default)]
    status_callback: Option<String>,
}

impl Place {
    fn find(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        Some(match segments.as_slice() {
            [] => Place::All,
            ["events"] => Place::Events,
            ["phones"] => Place::Phones,
            ["phones", id] => Place::Phone(id.parse().ok()?),
            ["phones", id, "texts"] => Place::Texts(id.parse().ok()?),
            ["phones", id, "calls"] => Place::Calls(id.parse().ok()?),
            ["phones", id, "talks"] => Place::Talks(id.parse().ok()?),
            ["talks", id] => Place::Talk(id.parse().ok()?),
            ["talks", id, "acts"] => Place::Acts(id.parse().ok()?),
            _ => return None,
        })
    }

    fn methods(&self) -> &'static str {
        match self {
            Place::All | Place::Events | Place::Talk(_) => "GET",
            Place::Phones | Place::Texts(_) | Place::Calls(_) | Place::Acts(_) => "POST",
            Place::Phone(_) | Place::Talks(_) => "DELETE",
        }
    }
}

impl WebConsole {
    /// Answers a request below `/api/1/phone`.
    pub(super) async fn phone(
        &self,
        path: &str,
        head: &Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        let place = Place::find(path)
            .ok_or_else(|| Refused::not_found(format!("there is nothing at /api/1/phone{path}")))?;
        match (&place, &head.method) {
            (Place::All, &Method::GET) => {
                // Read first: what changes meanwhile is told again.
                let version = self.phones.version();
                let state = self.phones.lock();
                let phones: Vec<_> = state.phones.iter().map(store::Phone::shown).collect();
                let told = json!({ "version": version, "phones": phones });
                Ok(answer::json(StatusCode::OK, &told))
            }
            (Place::Events, &Method::GET) => self.phone_stream(),
            (Place::Phones, &Method::POST) => self.new_phone(wish(body).await?),
            (Place::Phone(id), &Method::DELETE) => {
                let left = self.phones.lock().remove(*id);
                self.left(*id, left)
            }
            (Place::Talks(id), &Method::DELETE) => {
                let left = self.phones.lock().forget(*id);
                self.left(*id, left)
            }
            (Place::Texts(id), &Method::POST) => self.text(*id, wish(body).await?).await,
            (Place::Calls(id), &Method::POST) => self.call(*id, wish(body).await?).await,
            (Place::Talk(id), &Method::GET) => self.talk(*id, StatusCode::OK),
            (Place::Acts(id), &Method::POST) => self.act(*id, &wish(body).await?).await,
            _ => Ok(other_method(place.methods())),
        }
    }

    fn new_phone(&self, wish: NewPhone) -> Result<Response<Body>, Refused> {
        for text in [&wish.number, &wish.name].into_iter().flatten() {
            if text.is_empty() || text.len() > LONGEST_NAME || text.chars().any(char::is_control) {
                return Err(Refused::bad_request(format!(
                    "a number and a name have 1 to {LONGEST_NAME} characters, and no line breaks"
                )));
            }
        }
        let mut state = self.phones.lock();
        let phone = state.add(wish.number, wish.name).map_err(|error| {
            let status = match error {
                NoPhone::TooMany => StatusCode::TOO_MANY_REQUESTS,
                NoPhone::Taken(_) => StatusCode::CONFLICT,
            };
            Refused::new(status, error.to_string())
        })?;
        let answer = answer::json(StatusCode::CREATED, &phone.shown());
        drop(state);
        self.phones.changed();
        Ok(answer)
    }

    async fn text(&self, phone: u64, wish: NewTalk) -> Result<Response<Body>, Refused> {
        if wish.status_callback.is_some() {
            return Err(Refused::bad_request("status_callback goes with calls"));
        }
        let kind = match wish.kind.as_deref() {
            Some("sms") => Kind::Sms,
            Some("mms") => Kind::Mms,
            Some("whatsapp") => Kind::Whatsapp,
            None if wish.media.is_empty() => Kind::Sms,
            None => Kind::Mms,
            Some(other) => {
                return Err(Refused::bad_request(format!(
                    "`{other}` is no kind of text: sms, mms or whatsapp"
                )));
            }
        };
        let target = wish.target.clone();
        let (setup, signer) = self.setup(phone, kind, wish)?;
        let text = TextSession::begin(setup).map_err(unfit)?;
        self.begin(phone, target, Talked::Text(text.into()), Signs::By(signer))
            .await
    }

    async fn call(&self, phone: u64, wish: NewTalk) -> Result<Response<Body>, Refused> {
        if wish.kind.is_some() || wish.body.is_some() || !wish.media.is_empty() {
            return Err(Refused::bad_request("kind, body and media go with texts"));
        }
        let target = wish.target.clone();
        let (setup, signer) = self.setup(phone, Kind::Voice, wish)?;
        let call = CallSession::begin(setup).map_err(unfit)?;
        self.begin(phone, target, Talked::Call(call.into()), Signs::By(signer))
            .await
    }

    /// What a talk begins with, and what its requests are signed by.
    fn setup(&self, phone: u64, kind: Kind, wish: NewTalk) -> Result<(Setup, Signer), Refused> {
        let number = self.phones.lock().phone(phone).map(|p| p.number.clone());
        let number = number.ok_or_else(|| no_phone(phone))?;
        let registry = self.live.snapshot();
        let unnamed = |error: crate::registry::Unnamed| {
            Refused::bad_request(format!("{error}: {}", error.help))
        };
        let named = registry.named(&wish.target).map_err(unnamed)?;
        let local = format!("http://localhost:{}", registry.reach.port);
        let base = registry.reach.public_url.as_deref().unwrap_or(&local);
        let base = base.trim_end_matches('/');
        let method = match wish.method.as_deref() {
            None | Some("POST") => None,
            Some("GET") => Some(webhook::Method::Get),
            Some(other) => {
                return Err(Refused::bad_request(format!("`{other}`: GET or POST")));
            }
        };
        let status_callback = match &wish.status_callback {
            Some(target) => {
                let named = registry.named(target).map_err(unnamed)?;
                Some(format!("{base}{}", named.path))
            }
            None => None,
        };
        let seed = Token::random().map_err(|error| {
            Refused::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("no random numbers: {error}"),
            )
        })?;
        let prefix = match kind {
            Kind::Whatsapp if !number.starts_with("whatsapp:") => "whatsapp:",
            _ => "",
        };
        let to = wish.to.filter(|to| !to.is_empty());
        let to = to.unwrap_or_else(|| NUMBER.to_string());
        let text = (kind != Kind::Voice).then_some(wish.body).flatten();
        let setup = Setup {
            kind,
            url: format!("{base}{}", named.path),
            wishes: Wishes {
                from: Some(format!("{prefix}{number}")),
                to: Some(match to.starts_with("whatsapp:") {
                    true => to,
                    false => format!("{prefix}{to}"),
                }),
                // A text without words is one with media alone.
                body: match kind {
                    Kind::Voice => None,
                    _ => Some(text.unwrap_or_default()),
                },
                media: wish.media,
                parameters: wish.parameters,
                method,
                ..Wishes::default()
            },
            seed: seed.as_str().to_string(),
            unix_seconds: Clock::system().unix_seconds(),
            account_sid: named.service.config().account_sid.clone(),
            status_callback,
        };
        Ok((setup, named.service.signer.clone()))
    }

    async fn begin(
        &self,
        phone: u64,
        target: String,
        what: Talked,
        signs: Signs,
    ) -> Result<Response<Body>, Refused> {
        let id = self.phones.lock().begin(phone, now(), target, what);
        let id = id.ok_or_else(|| no_phone(phone))?;
        self.phones.changed();
        self.go_on(id, signs).await;
        self.talk(id, StatusCode::CREATED)
    }

    async fn act(&self, id: u64, act: &Act) -> Result<Response<Body>, Refused> {
        let signs = {
            let mut state = self.phones.lock();
            let talk = state.talk_mut(id).ok_or_else(|| no_talk(id))?;
            let Talked::Call(call) = &mut talk.what else {
                return Err(Refused::bad_request("that is no call"));
            };
            let conflict = |text: String| Refused::new(StatusCode::CONFLICT, text);
            let mut next = call.clone();
            next.act(act).map_err(|error| conflict(error.to_string()))?;
            // Before it counts as done: without a service there is nobody who would sign the request
            // that the call would wait for. Who hangs up mostly needs none.
            let signs = match next.request() {
                Some(_) if call.is_placed() => Some(Signs::ForFunction(self.outbox.answered_for())),
                Some(_) => Some(Signs::By(self.signer_of(&talk.target).map_err(conflict)?)),
                None => None,
            };
            *call = next;
            self.phones.tell(call);
            talk.touch();
            state.deliver(id, now());
            signs
        };
        self.phones.changed();
        if let Some(signs) = signs {
            self.go_on(id, signs).await;
        }
        self.talk(id, StatusCode::OK)
    }

    /// Talks have gone from their phone, or there is none: the calls that are `left` are told to their end.
    fn left(&self, phone: u64, left: Option<Vec<u64>>) -> Result<Response<Body>, Refused> {
        for call in left.ok_or_else(|| no_phone(phone))? {
            self.phones.walk(call, self.line());
        }
        self.phones.changed();
        Ok(answer::empty())
    }

    fn line(&self) -> Line {
        Line {
            gateway: self.gateway.clone(),
            live: self.live.clone(),
        }
    }

    /// What requests to the target of a call are signed by now.
    fn signer_of(&self, target: &str) -> Result<Signer, String> {
        let registry = self.live.snapshot();
        match registry.named(target) {
            Ok(named) => Ok(named.service.signer.clone()),
            Err(error) => Err(format!(
                "{error}: the project has changed since the call began; hang up, or bring it back"
            )),
        }
    }

    /// Performs requests until the caller is wanted, or all is over.
    async fn go_on(&self, id: u64, signs: Signs) {
        let walking = walk::to_the_end(self.phones.clone(), self.line(), id, signs);
        let mut changes = self.phones.changes();
        let _ = tokio::spawn(walking).await;
        // An earlier walk may have been about to end when the caller acted, and has taken this up instead.
        let is_walked = || {
            let state = self.phones.lock();
            state.talk(id).is_some_and(|talk| talk.walked)
        };
        while is_walked() && changes.changed().await.is_ok() {}
    }

    fn talk(&self, id: u64, status: StatusCode) -> Result<Response<Body>, Refused> {
        let state = self.phones.lock();
        let talk = state.talk(id).ok_or_else(|| no_talk(id))?;
        Ok(answer::json(status, &talk.shown()))
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = Clock::system().now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

async fn wish<T: DeserializeOwned>(body: Incoming) -> Result<T, Refused> {
    let body = read_at_most(body, BODY_BYTES).await?;
    let body: &[u8] = match body.is_empty() {
        true => b"{}",
        false => &body,
    };
    serde_json::from_slice(body).map_err(|error| Refused::bad_request(format!("the body: {error}")))
}

fn unfit(unfit: webhook::Unfit) -> Refused {
    Refused::bad_request(format!("{unfit}: {}", unfit.help))
}

fn no_phone(id: u64) -> Refused {
    Refused::not_found(format!("there is no phone {id}, or no longer"))
}

fn no_talk(id: u64) -> Refused {
    Refused::not_found(format!(
        "there is no text or call {id}: it is too old, or its phone was removed"
    ))
}
