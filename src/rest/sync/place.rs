//! What a path of Sync's leads to.

use percent_encoding::percent_decode_str;

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

    fn has_items(self) -> bool {
        matches!(self, Kind::List | Kind::Map)
    }
}

/// One thing of a service: its kind, and its SID or its name.
pub(super) type Whose = (Kind, String);

/// What a path leads to. Names are what they were before they were escaped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Services,
    /// What follows is in the service of that SID or name, or is the service itself.
    In(String, Inside),
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
        let segments: Vec<String> = path.split('/').map(unescaped).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["v1", "Services"] => Place::Services,
            ["v1", "Services", service, rest @ ..] => match Inside::find(rest) {
                Some(inside) => Place::In(service.to_string(), inside),
                None => Place::Nowhere,
            },
            _ => Place::Nowhere,
        }
    }
}

impl Inside {
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

fn unescaped(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
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
        ] {
            assert_eq!(Place::find(path), place.unwrap_or(Place::Nowhere), "{path}");
        }
    }

    fn within(inside: Inside) -> Option<Place> {
        Some(Place::In("default".to_string(), inside))
    }
}
