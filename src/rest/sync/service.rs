//! A service of Sync's, and what is done with what it keeps.

use super::asked::Asked;
use super::given::{Data, Holder, Ttl, unique_name};
use super::object::{Content, Items, Key, Object, Stamp};
use super::pages::{Order, Page};
use super::place::{Inside, Kind, ServiceKey, Whose};
use super::settings::Settings;
use super::shown::Shown;
use crate::console::Level;
use crate::rest::refused::Refused;
use crate::rest::{Answered, Reply};
use crate::sid;
use std::collections::BTreeMap;

/// A service, and all that it keeps.
#[derive(Debug)]
pub(super) struct Service {
    /// The later it was made, the greater.
    pub(super) number: u64,
    pub(super) key: ServiceKey,
    pub(super) sid: String,
    pub(super) settings: Settings,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// In the order in which they were made.
    pub(super) objects: Vec<Object>,
    /// How many were made.
    made: u64,
    /// When it was looked through for what is over.
    swept: i64,
}

impl Service {
    pub(super) fn new(number: u64, key: ServiceKey, now: i64) -> Service {
        Service {
            number,
            sid: key.sid(),
            settings: Settings {
                friendly_name: key.unique_name().map(|_| "Default Service".to_string()),
                ..Settings::default()
            },
            created: now,
            updated: now,
            objects: Vec::new(),
            made: 0,
            swept: now,
            key,
        }
    }

    /// Forgets what is over. That cannot be more than before within the same second.
    pub(super) fn expire(&mut self, now: i64) {
        if std::mem::replace(&mut self.swept, now) == now {
            return;
        }
        self.objects.retain(|object| !object.stamp.is_over(now));
        self.objects
            .iter_mut()
            .for_each(|object| object.expire(now));
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let Settings {
            friendly_name,
            webhook_url,
            ..
        } = &self.settings;
        let texts = [friendly_name, webhook_url].into_iter().flatten();
        let texts: usize = texts.map(String::len).sum();
        let objects: usize = self.objects.iter().map(Object::bytes).sum();
        size_of::<Service>() + texts + objects
    }

    /// Answers what is asked for within it, but for what concerns all of it.
    pub(super) fn answer(
        &mut self,
        inside: &Inside,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        match (inside, asked.request.method.as_str()) {
            (Inside::Itself, "GET") => {
                Ok(Reply::json(200, &self.shown(asked).service(self)).into())
            }
            (Inside::Itself, "POST") => {
                self.settings.take(asked.request)?;
                self.updated = asked.seconds();
                let reply = Reply::json(200, &self.shown(asked).service(self));
                Ok(said(reply, format!("Sync: service {} changed", self.sid)))
            }
            (Inside::All(kind), "GET") => self.list(*kind, asked),
            (Inside::All(kind), "POST") => self.create(*kind, asked),
            (Inside::One(whose), "GET") => {
                let object = &self.objects[self.find(whose, asked)?];
                Ok(Reply::json(200, &self.shown(asked).object(object)).into())
            }
            (Inside::One(whose), "POST") => self.update(whose, asked),
            (Inside::One(whose), "DELETE") => {
                let at = self.find(whose, asked)?;
                let object = self.objects.remove(at);
                Ok(self.told(Reply::nothing(), &object, "", "removed"))
            }
            (Inside::Items(whose), "GET") => self.list_items(whose, asked),
            (Inside::Items(whose), "POST") => self.create_item(whose, asked),
            (Inside::Item(whose, key), method) => self.one_item(whose, key, method, asked),
            (Inside::Messages(whose), "POST") => self.publish(whose, asked),
            (Inside::Permissions(whose), "GET") => self.list_permissions(whose, asked),
            (Inside::Permission(whose, identity), method) => {
                self.permission(whose, identity, method, asked)
            }
            _ => Err(Refused::method()),
        }
    }

    fn list(&self, kind: Kind, asked: Asked<'_>) -> Result<Answered, Refused> {
        let objects = self.objects.iter().filter(|object| object.kind() == kind);
        let found = objects.map(|object| (Key::Index(object.number), object));
        let shown = self.shown(asked);
        let page = Page::of(asked.request)?;
        let show = |_: &Key, object: &&Object| shown.object(object);
        Ok(page
            .reply(kind.plural(), found.collect(), Order::Ascending, show)
            .into())
    }

    fn create(&mut self, kind: Kind, asked: Asked<'_>) -> Result<Answered, Refused> {
        let Asked { request, now, .. } = asked;
        let name = unique_name(request)?;
        let content = match kind {
            Kind::Document => Content::Document {
                data: Data::given(request, Holder::Document)?.unwrap_or_else(Data::empty),
                revision: 0,
            },
            Kind::List => Content::List(Items::default()),
            Kind::Map => Content::Map(Items::default()),
            Kind::Stream => Content::Stream,
        };
        let ttl = Ttl::of_object(request, kind)?;
        if let Some(name) = &name
            && self.objects.iter().any(|object| object.is(kind, name))
        {
            return Err(Refused::with(409, 54301, "Unique name already exists"));
        }
        self.made += 1;
        let object = Object {
            number: self.made,
            sid: sid::stable(kind.prefix(), now.seed),
            name,
            stamp: Stamp::new(now.unix_seconds, ttl),
            content,
            permissions: BTreeMap::new(),
        };
        let reply = Reply::json(201, &self.shown(asked).object(&object));
        let answered = self.told(reply, &object, "", "created");
        self.objects.push(object);
        Ok(answered)
    }

    fn update(&mut self, whose: &Whose, asked: Asked<'_>) -> Result<Answered, Refused> {
        let at = self.find(whose, asked)?;
        let (request, now) = (asked.request, asked.seconds());
        asked.needs_one_of(whose.0.changeable())?;
        let ttl = Ttl::of_object(request, whose.0)?;
        let object = &mut self.objects[at];
        if let Content::Document { data, revision } = &mut object.content {
            let given = Data::given(request, Holder::Document)?;
            asked.expects(*revision, Holder::Document)?;
            *revision += 1;
            if let Some(given) = given {
                *data = given;
            }
        }
        object.stamp.updated = now;
        object.stamp.live(now, ttl);
        let object = &self.objects[at];
        let reply = Reply::json(200, &self.shown(asked).object(object));
        Ok(self.told(reply, object, "", "changed"))
    }

    fn publish(&self, whose: &Whose, asked: Asked<'_>) -> Result<Answered, Refused> {
        let object = &self.objects[self.find(whose, asked)?];
        let data = Data::required(asked.request, Holder::Message)?;
        let sid = sid::stable("TZ", asked.now.seed);
        let reply = Reply::json(
            201,
            &serde_json::json!({ "sid": sid, "data": data.value() }),
        );
        Ok(self.told(reply, object, "a message to ", "published"))
    }

    pub(super) fn find(&self, (kind, key): &Whose, asked: Asked<'_>) -> Result<usize, Refused> {
        let mut objects = self.objects.iter();
        objects
            .position(|object| object.is(*kind, key))
            .ok_or_else(|| asked.nowhere())
    }

    pub(super) fn shown<'s>(&'s self, asked: Asked<'s>) -> Shown<'s> {
        Shown {
            account: &asked.request.account,
            service: &self.sid,
        }
    }

    /// With a line on what was done: to `part` of the object, or to all of it.
    pub(super) fn told(&self, reply: Reply, object: &Object, part: &str, deed: &str) -> Answered {
        let (kind, called) = (object.kind().word(), object.called());
        let service = match &self.key {
            ServiceKey::Default => String::new(),
            ServiceKey::Sid(sid) => format!(" of the service {sid}"),
        };
        said(
            reply,
            format!("Sync: {part}{kind} “{called}”{service} {deed}"),
        )
    }
}

/// With a line for the developer.
pub(super) fn said(reply: Reply, text: String) -> Answered {
    Answered {
        said: Some((Level::Info, text)),
        ..reply.into()
    }
}
