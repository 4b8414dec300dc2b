//! How a client sees what is kept. Source: twilio-oai, `twilio_sync_v1.json`; the dates have whole seconds, the revisions are
//! hexadecimal.

use super::object::{Content, Item, Key, Object, Permission, Stamp};
use super::place::Kind;
use super::service::Service;
use crate::rest::iso;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// What stands in a URL as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Whose it is, and in which service: what all bodies have.
#[derive(Clone, Copy)]
pub(super) struct Shown<'s> {
    pub(super) account: &'s str,
    pub(super) service: &'s str,
}

impl Shown<'_> {
    pub(super) fn service(self, service: &Service) -> Value {
        let url = self.url();
        let links: Map<String, Value> = Kind::ALL
            .into_iter()
            .map(|kind| {
                let link = format!("{url}/{}", kind.segment());
                (kind.plural().to_string(), link.into())
            })
            .collect();
        let settings = &service.settings;
        json!({
            "account_sid": self.account,
            "date_created": iso(service.created),
            "date_updated": iso(service.updated),
            "friendly_name": settings.friendly_name,
            "links": links,
            "sid": service.sid,
            "unique_name": service.key.unique_name(),
            "url": url,
            "webhook_url": settings.webhook_url,
            "webhooks_from_rest_enabled": settings.webhooks_from_rest,
            "reachability_webhooks_enabled": settings.reachability_webhooks,
            "acl_enabled": settings.acl,
            "reachability_debouncing_enabled": settings.reachability_debouncing,
            "reachability_debouncing_window": settings.reachability_debouncing_window,
        })
    }

    pub(super) fn object(self, object: &Object) -> Value {
        let url = self.url_of(object);
        let links: &[&str] = match object.kind() {
            Kind::Document => &["Permissions"],
            Kind::List | Kind::Map => &["Items", "Permissions"],
            Kind::Stream => &["Messages"],
        };
        let links: Map<String, Value> = links
            .iter()
            .map(|link| (link.to_ascii_lowercase(), format!("{url}/{link}").into()))
            .collect();
        let mut shown = self.whose();
        shown.insert("created_by".into(), "system".into());
        if let Content::Document { data, .. } = &object.content {
            shown.insert("data".into(), data.value());
        }
        dates(&mut shown, object.stamp);
        if let Some(revision) = object.revision() {
            shown.insert("revision".into(), hex(revision).into());
        }
        shown.insert("sid".into(), object.sid.as_str().into());
        shown.insert("unique_name".into(), object.name.as_deref().into());
        shown.insert("url".into(), url.into());
        shown.insert("links".into(), links.into());
        shown.into()
    }

    pub(super) fn item(self, object: &Object, key: &Key, item: &Item) -> Value {
        let (name, key, segment): (&str, Value, String) = match key {
            Key::Index(index) => ("index", (*index).into(), index.to_string()),
            Key::Name(name) => ("key", name.as_str().into(), escaped(name)),
        };
        let mut shown = self.whose();
        shown.insert("created_by".into(), "system".into());
        shown.insert("data".into(), item.data.value());
        dates(&mut shown, item.stamp);
        shown.insert(name.into(), key);
        shown.insert(sid_of(object.kind()), object.sid.as_str().into());
        shown.insert("revision".into(), hex(item.revision).into());
        let url = format!("{}/Items/{segment}", self.url_of(object));
        shown.insert("url".into(), url.into());
        shown.into()
    }

    pub(super) fn permission(
        self,
        object: &Object,
        identity: &str,
        permission: Permission,
    ) -> Value {
        let mut shown = self.whose();
        shown.insert(sid_of(object.kind()), object.sid.as_str().into());
        shown.insert("identity".into(), identity.into());
        shown.insert("read".into(), permission.read.into());
        shown.insert("write".into(), permission.write.into());
        shown.insert("manage".into(), permission.manage.into());
        let url = format!("{}/Permissions/{}", self.url_of(object), escaped(identity));
        shown.insert("url".into(), url.into());
        shown.into()
    }

    fn whose(self) -> Map<String, Value> {
        let mut shown = Map::new();
        shown.insert("account_sid".into(), self.account.into());
        shown.insert("service_sid".into(), self.service.into());
        shown
    }

    fn url(self) -> String {
        format!("https://sync.twilio.com/v1/Services/{}", self.service)
    }

    fn url_of(self, object: &Object) -> String {
        format!("{}/{}/{}", self.url(), object.kind().segment(), object.sid)
    }
}

fn sid_of(kind: Kind) -> String {
    format!("{}_sid", kind.word())
}

fn dates(shown: &mut Map<String, Value>, stamp: Stamp) {
    // There even where there is none: the package takes one that is missing for now.
    shown.insert("date_expires".into(), stamp.expires.map(iso).into());
    shown.insert("date_created".into(), iso(stamp.created).into());
    shown.insert("date_updated".into(), iso(stamp.updated).into());
}

pub(super) fn hex(revision: u64) -> String {
    format!("{revision:x}")
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
