//! What a path of Sync's leads to.

use crate::rest::{Request, unescaped};
use crate::sid;

/// What a service keeps, each with its own SIDs, names and places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Document,
    List,
    Map,
    Stream,
}

impl Kind {
    pub(super) const ALL: [Kind; 4] = [Kind::Document, Kind::List, Kind::Map, Kind::Stream];

    /// As a line for the developer has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Document => "document",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Stream => "stream",
        }
    }

    /// As a path has it.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Kind::Document => "Documents",
            Kind::List => "Lists",
            Kind::Map => "Maps",
            Kind::Stream => "Streams",
        }
    }

    /// As a page of them has it.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Kind::Document => "documents",
            Kind::List => "lists",
            Kind::Map => "maps",
            Kind::Stream => "streams",
        }
    }

    /// Of their SIDs.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Kind::Document => "ET",
            Kind::List => "ES",
            Kind::Map => "MP",
            Kind::Stream => "TO",
        }
    }

    /// What can be changed of one.
    pub(super) fn changeable(self) -> &'static [&'static str] {
        match self {
            Kind::Document => &["Data", "Ttl"],
            Kind::List | Kind::Map => &["CollectionTtl", "Ttl"],
            Kind::Stream => &["Ttl"],
        }
    }

    fn has_items(self) -> bool {
        matches!(self, Kind::List | Kind::Map)
    }
}

/// One thing of a service: its kind, and its SID or its name.
pub(super) type Whose = (Kind, String);

/// A service: the one that each account has, by its name or its SID, or another by its SID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServiceKey {
    Default,
    Sid(String),
}

impl ServiceKey {
    /// The name of the service that each account has.
    const DEFAULT: &str = "default";

    fn find(text: &str) -> Option<ServiceKey> {
        match text {
            ServiceKey::DEFAULT => Some(ServiceKey::Default),
            sid if sid == ServiceKey::Default.sid() => Some(ServiceKey::Default),
            sid => (sid.starts_with("IS") && sid::is_one(sid))
                .then(|| ServiceKey::Sid(sid.to_string())),
        }
    }

    pub(super) fn sid(&self) -> String {
        match self {
            // The same in each run: a project may have it in its variables.
            ServiceKey::Default => sid::stable("IS", ServiceKey::DEFAULT),
            ServiceKey::Sid(sid) => sid.clone(),
        }
    }

    pub(super) fn unique_name(&self) -> Option<&'static str> {
        match self {
            ServiceKey::Default => Some(ServiceKey::DEFAULT),
            ServiceKey::Sid(_) => None,
        }
    }
}

/// What a path leads to. Names are what they were before they were escaped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Services,
    In(ServiceKey, Inside),
    Nowhere,
}

/// What a path leads to within a service.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Itself,
    All(Kind),
    One(Whose),
    Items(Whose),
    Item(Whose, String),
    Messages(Whose),
    Permissions(Whose),
    Permission(Whose, String),
}

impl Place {
    /// The place of a path of `sync.twilio.com`, without a leading `/`.
    pub(super) fn find(path: &str) -> Place {
        let segments: Vec<_> = path.split('/').map(unescaped).collect();
        let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
        match segments.as_slice() {
            ["v1", "Services"] => Place::Services,
            ["v1", "Services", service, rest @ ..] => {
                match (ServiceKey::find(service), Inside::find(rest)) {
                    (Some(service), Some(inside)) => Place::In(service, inside),
                    _ => Place::Nowhere,
                }
            }
            _ => Place::Nowhere,
        }
    }
}

impl Inside {
    /// Whether a request adds to what is kept.
    pub(super) fn adds(&self, request: &Request) -> bool {
        let changes = request.all("Data").next().is_some();
        request.method == "POST"
            && match self {
                Inside::All(_) | Inside::Items(_) | Inside::Permission(..) => true,
                Inside::One(_) | Inside::Item(..) => changes,
                Inside::Itself => true,
                Inside::Messages(_) | Inside::Permissions(_) => false,
            }
    }

    fn find(segments: &[&str]) -> Option<Inside> {
        let [collection, rest @ ..] = segments else {
            return Some(Inside::Itself);
        };
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.segment() == *collection)?;
        let whose = |name: &str| (kind, name.to_string());
        Some(match rest {
            [] => Inside::All(kind),
            [name] => Inside::One(whose(name)),
            [name, "Items"] if kind.has_items() => Inside::Items(whose(name)),
            [name, "Items", key] if kind.has_items() => Inside::Item(whose(name), key.to_string()),
            [name, "Messages"] if kind == Kind::Stream => Inside::Messages(whose(name)),
            [name, "Permissions"] if kind != Kind::Stream => Inside::Permissions(whose(name)),
            [name, "Permissions", identity] if kind != Kind::Stream => {
                Inside::Permission(whose(name), identity.to_string())
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_what_it_names() {
        let map = || (Kind::Map, "my map".to_string());
        for (path, place) in [
            ("v1/Services", Some(Place::Services)),
            ("v1/Services/default", within(Inside::Itself)),
            ("v1/Services/default/Lists", within(Inside::All(Kind::List))),
            (
                "v1/Services/default/Maps/my%20map",
                within(Inside::One(map())),
            ),
            (
                "v1/Services/default/Maps/my%20map/Items",
                within(Inside::Items(map())),
            ),
            (
                "v1/Services/default/Maps/my%20map/Items/+1%2F2",
                within(Inside::Item(map(), "+1/2".to_string())),
            ),
            (
                "v1/Services/default/Streams/s/Messages",
                within(Inside::Messages((Kind::Stream, "s".to_string()))),
            ),
            (
                "v1/Services/default/Maps/my%20map/Permissions/bob",
                within(Inside::Permission(map(), "bob".to_string())),
            ),
            ("v1/Services/default/Documents/d/Items", None),
            ("v1/Services/default/Streams/s/Permissions", None),
            ("v1/Services/default/Maps/my%20map/Items/a/b", None),
            ("v1/Services/default/Rooms", None),
            ("v2/Services", None),
            ("v1/Services/mine", None),
            ("v1/Services/ISbad", None),
        ] {
            assert_eq!(Place::find(path), place.unwrap_or(Place::Nowhere), "{path}");
        }
    }

    #[test]
    fn the_default_service_is_the_same_by_its_sid() {
        let path = format!("v1/Services/{}", ServiceKey::Default.sid());
        assert_eq!(
            Place::find(&path),
            Place::In(ServiceKey::Default, Inside::Itself)
        );
        let other = format!("IS{}", "0".repeat(32));
        let place = Place::In(ServiceKey::Sid(other.clone()), Inside::Itself);
        assert_eq!(Place::find(&format!("v1/Services/{other}")), place);
    }

    fn within(inside: Inside) -> Option<Place> {
        Some(Place::In(ServiceKey::Default, inside))
    }
}
