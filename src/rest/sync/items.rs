//! What is done with the items of a list or a map.

use super::asked::Asked;
use super::given::{Data, Holder, Ttl, index, key};
use super::object::{Item, Key, Object, Stamp};
use super::pages::{Order, Page, invalid};
use super::place::{Kind, Whose};
use super::service::Service;
use crate::rest::refused::Refused;
use crate::rest::{Answered, Reply};
use std::ops::Bound;

/// The longer name wins.
const ITEM_TTL: &[&str] = &["ItemTtl", "Ttl"];

/// Whose data it is.
fn holder(key: &Key) -> Holder {
    match key {
        Key::Index(_) => Holder::ListItem,
        Key::Name(_) => Holder::MapItem,
    }
}

fn named(key: &Key) -> String {
    match key {
        Key::Index(index) => format!("item {index} of "),
        Key::Name(name) => format!("item “{name}” of "),
    }
}

impl Service {
    pub(super) fn list_items(&self, whose: &Whose, asked: Asked<'_>) -> Result<Answered, Refused> {
        let object = &self.objects[self.find(whose, asked)?];
        let request = asked.request;
        let page = Page::of(request)?;
        let order = Order::given(request)?;
        let from = request.parameter("From");
        let from = from
            .map(|from| match whose.0 {
                Kind::List => index(from).map(Key::Index),
                _ => Ok(Key::Name(from.to_string())),
            })
            .transpose()?;
        let bound = match (from, request.parameter("Bounds")) {
            (_, Some(other)) if !matches!(other, "inclusive" | "exclusive") => {
                return Err(invalid(54452, "Bounds"));
            }
            (None, _) => Bound::Unbounded,
            (Some(from), Some("exclusive")) => Bound::Excluded(from),
            (Some(from), _) => Bound::Included(from),
        };
        let range = match order {
            Order::Ascending => (bound, Bound::Unbounded),
            Order::Descending => (Bound::Unbounded, bound),
        };
        let kept = object.items().into_iter();
        let mut found: Vec<(&Key, &Item)> = kept
            .flat_map(|items| items.kept.range(range.clone()))
            .collect();
        if order == Order::Descending {
            found.reverse();
        }
        let shown = self.shown(asked);
        let show = |key: &Key, item: &&Item| shown.item(object, key, item);
        Ok(page.reply("items", found, order, show).into())
    }

    pub(super) fn create_item(
        &mut self,
        whose: &Whose,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let at = self.find(whose, asked)?;
        let (request, now) = (asked.request, asked.seconds());
        let (name, holder) = match whose.0 {
            Kind::List => (None, Holder::ListItem),
            _ => (Some(key(request)?), Holder::MapItem),
        };
        let item = Item {
            data: Data::required(request, holder)?,
            stamp: Stamp::new(now, Ttl::given(request, ITEM_TTL)?),
            revision: 0,
        };
        let collection_ttl = Ttl::given(request, &["CollectionTtl"])?;
        let object = &mut self.objects[at];
        let items = object.items_mut().ok_or_else(|| asked.nowhere())?;
        let name = name.map(Key::Name);
        if name
            .as_ref()
            .is_some_and(|key| items.kept.contains_key(key))
        {
            let message = "An Item with given key already exists in the Map";
            return Err(Refused::with(409, 54208, message));
        }
        let revision = items.event();
        let key = name.unwrap_or(Key::Index(revision));
        items.kept.insert(key.clone(), Item { revision, ..item });
        object.stamp.updated = now;
        object.stamp.live(now, collection_ttl);
        self.item_told(201, at, &key, "created", asked)
    }

    fn update_item(&mut self, at: usize, key: &Key, asked: Asked<'_>) -> Result<Answered, Refused> {
        let (request, now) = (asked.request, asked.seconds());
        asked.needs_one_of(&["Data", "Ttl", "ItemTtl"])?;
        let data = Data::given(request, holder(key))?;
        let ttl = Ttl::given(request, ITEM_TTL)?;
        let collection_ttl = Ttl::given(request, &["CollectionTtl"])?;
        asked.expects(self.item(at, key, asked)?.1.revision, holder(key))?;
        let object = &mut self.objects[at];
        let items = object.items_mut().ok_or_else(|| asked.nowhere())?;
        let revision = items.event();
        if let Some(item) = items.kept.get_mut(key) {
            item.revision = revision;
            item.stamp.updated = now;
            item.stamp.live(now, ttl);
            if let Some(data) = data {
                item.data = data;
            }
        }
        object.stamp.updated = now;
        object.stamp.live(now, collection_ttl);
        self.item_told(200, at, key, "changed", asked)
    }

    fn remove_item(&mut self, at: usize, key: &Key, asked: Asked<'_>) -> Result<Answered, Refused> {
        asked.expects(self.item(at, key, asked)?.1.revision, holder(key))?;
        let object = &mut self.objects[at];
        if let Some(items) = object.items_mut() {
            items.event();
            items.kept.remove(key);
        }
        object.stamp.updated = asked.seconds();
        Ok(self.told(Reply::nothing(), &self.objects[at], &named(key), "removed"))
    }

    /// What is done with the item that a path calls `key`.
    pub(super) fn one_item(
        &mut self,
        whose: &Whose,
        key: &str,
        method: &str,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let at = self.find(whose, asked)?;
        let key = match whose.0 {
            Kind::List => Key::Index(index(key)?),
            _ => Key::Name(key.to_string()),
        };
        match method {
            "GET" => {
                let (object, item) = self.item(at, &key, asked)?;
                let shown = self.shown(asked).item(object, &key, item);
                Ok(Reply::json(200, &shown).into())
            }
            "POST" => self.update_item(at, &key, asked),
            "DELETE" => self.remove_item(at, &key, asked),
            _ => Err(Refused::method()),
        }
    }

    fn item(&self, at: usize, key: &Key, asked: Asked<'_>) -> Result<(&Object, &Item), Refused> {
        let object = &self.objects[at];
        let item = object.items().and_then(|items| items.kept.get(key));
        item.map(|item| (object, item))
            .ok_or_else(|| asked.nowhere())
    }

    fn item_told(
        &self,
        status: u16,
        at: usize,
        key: &Key,
        deed: &str,
        asked: Asked<'_>,
    ) -> Result<Answered, Refused> {
        let (object, item) = self.item(at, key, asked)?;
        let reply = Reply::json(status, &self.shown(asked).item(object, key, item));
        Ok(self.told(reply, object, &named(key), deed))
    }
}
