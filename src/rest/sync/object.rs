//! What a service keeps: documents, lists, maps and streams, with their items and permissions.

use super::given::{Data, Ttl};
use super::place::Kind;
use std::collections::BTreeMap;

/// What each thing takes in memory besides its texts, about.
const EACH: usize = 300;

/// When something came to be, was changed, and ends; in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp {
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) expires: Option<i64>,
}

impl Stamp {
    pub(super) fn new(now: i64, ttl: Ttl) -> Stamp {
        let mut stamp = Stamp {
            created: now,
            updated: now,
            expires: None,
        };
        stamp.live(now, ttl);
        stamp
    }

    /// Lives so long from `now` on.
    pub(super) fn live(&mut self, now: i64, ttl: Ttl) {
        match ttl {
            Ttl::AsBefore => {}
            Ttl::For(seconds) => self.expires = Some(now + seconds),
            Ttl::Endless => self.expires = None,
        }
    }

    /// Seconds are whole ones, and it began within one: so it is over behind that second, and not before its time. The real one
    /// takes up to minutes longer.
    pub(super) fn is_over(&self, now: i64) -> bool {
        self.expires.is_some_and(|expires| expires < now)
    }
}

/// A document, a list, a map or a stream.
#[derive(Debug)]
pub(super) struct Object {
    /// The later it was made, the greater.
    pub(super) number: u64,
    pub(super) sid: String,
    pub(super) name: Option<String>,
    pub(super) stamp: Stamp,
    pub(super) content: Content,
    /// By identity.
    pub(super) permissions: BTreeMap<String, Permission>,
}

#[derive(Debug)]
pub(super) enum Content {
    Document {
        data: Data,
        revision: u64,
    },
    List(Items),
    Map(Items),
    /// Its messages are not kept.
    Stream,
}

/// What an identity may do: answered, and of no effect, since clients with the account's token may do all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Permission {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) manage: bool,
}

/// Which item, in the order of a list of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Index(u64),
    Name(String),
}

/// The items of a list or a map. One counter counts all that happens to them: an item's revision, and the index of a list's,
/// is what it was at the time. So revisions skip, and no index comes twice.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) kept: BTreeMap<Key, Item>,
    /// How much has happened: the collection's revision.
    pub(super) events: u64,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) stamp: Stamp,
    pub(super) data: Data,
    pub(super) revision: u64,
}

impl Object {
    pub(super) fn kind(&self) -> Kind {
        match self.content {
            Content::Document { .. } => Kind::Document,
            Content::List(_) => Kind::List,
            Content::Map(_) => Kind::Map,
            Content::Stream => Kind::Stream,
        }
    }

    /// Whether a path's `key` means it.
    pub(super) fn is(&self, kind: Kind, key: &str) -> bool {
        self.kind() == kind && (self.sid == key || self.name.as_deref() == Some(key))
    }

    /// By its name, if it has one.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.sid)
    }

    /// How often it has changed; a stream has no revision.
    pub(super) fn revision(&self) -> Option<u64> {
        match &self.content {
            Content::Document { revision, .. } => Some(*revision),
            Content::List(items) | Content::Map(items) => Some(items.events),
            Content::Stream => None,
        }
    }

    pub(super) fn items(&self) -> Option<&Items> {
        match &self.content {
            Content::List(items) | Content::Map(items) => Some(items),
            Content::Document { .. } | Content::Stream => None,
        }
    }

    pub(super) fn items_mut(&mut self) -> Option<&mut Items> {
        match &mut self.content {
            Content::List(items) | Content::Map(items) => Some(items),
            Content::Document { .. } | Content::Stream => None,
        }
    }

    /// Forgets the items whose time is over.
    pub(super) fn expire(&mut self, now: i64) {
        if let Some(items) = self.items_mut() {
            items.kept.retain(|_, item| !item.stamp.is_over(now));
        }
    }

    /// What it takes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        let of_items = |items: &Items| {
            let each = |(key, item): (&Key, &Item)| key.bytes() + item.data.bytes() + EACH;
            items.kept.iter().map(each).sum()
        };
        let content: usize = match &self.content {
            Content::Document { data, .. } => data.bytes(),
            Content::List(items) | Content::Map(items) => of_items(items),
            Content::Stream => 0,
        };
        let identities = self.permissions.keys();
        let permissions: usize = identities.map(|identity| identity.len() + EACH).sum();
        EACH + self.name.as_ref().map_or(0, String::len) + content + permissions
    }
}

impl Items {
    /// The number of what happens now.
    pub(super) fn event(&mut self) -> u64 {
        let event = self.events;
        self.events += 1;
        event
    }
}

impl Key {
    fn bytes(&self) -> usize {
        match self {
            Key::Index(_) => 0,
            Key::Name(name) => name.len(),
        }
    }
}
