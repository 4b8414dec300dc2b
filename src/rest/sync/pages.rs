//! Lists in pages, as Sync gives them: a page knows where it ends, and the next one begins behind that, whatever was
//! added or removed between.

use super::object::Key;
use crate::rest::refused::Refused;
use crate::rest::{Reply, Request};
use serde_json::{Value, json};
use std::borrow::Borrow;

/// How many a page has where nothing is said, and at most: asked for more, it has that many. Sources: twilio-oai,
/// `twilio_sync_v1.json`; that more is no fault is not verified.
const SIZE: (usize, usize) = (50, 100);

/// Bytes of a page's items, if it has more than one: several that are asked for at once must fit into what waits
/// for a process (src/node/asked.rs). The next page goes on there.
const MOST_BYTES: usize = 512 * 1024;

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub(super) fn given(request: &Request) -> Result<Order, Refused> {
        match request.parameter("Order") {
            None | Some("asc") => Ok(Order::Ascending),
            Some("desc") => Ok(Order::Descending),
            Some(_) => Err(invalid(54451, "Order")),
        }
    }
}

/// The page that is asked for.
#[derive(Debug)]
pub(super) struct Page<'r> {
    request: &'r Request,
    size: usize,
    number: usize,
    from: Option<Edge>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Edge {
    /// Behind this one.
    After(Key),
    /// A page before this one.
    Before(Key),
}

impl<'r> Page<'r> {
    /// `request` has the parameters of its URL.
    pub(super) fn of(request: &'r Request) -> Result<Page<'r>, Refused> {
        let number = |name| request.parameter(name).and_then(|text| text.parse().ok());
        let token = request.parameter("PageToken");
        let from = token
            .map(|token| Edge::read(token).ok_or_else(|| invalid(54453, "PageToken")))
            .transpose()?;
        Ok(Page {
            size: number("PageSize").unwrap_or(SIZE.0).clamp(1, SIZE.1),
            // Without a token it is the first one, whatever is said.
            number: number("Page").filter(|_| from.is_some()).unwrap_or(0),
            from,
            request,
        })
    }

    /// The part of `found` that is on this page, each as `shown`. `found` is in `order`; `key` is what they are: `documents`, `items`.
    pub(super) fn reply<K: Borrow<Key>, T>(
        &self,
        key: &str,
        found: Vec<(K, T)>,
        order: Order,
        shown: impl Fn(&Key, &T) -> Value,
    ) -> Reply {
        let is_before = |one: &Key, edge: &Key| match order {
            Order::Ascending => one < edge,
            Order::Descending => one > edge,
        };
        let shown = |(key, one): &(K, T)| shown(key.borrow(), one);
        // As many as fit, from where the page begins: behind its edge, or before it.
        let (start, end, items) = match &self.from {
            Some(Edge::Before(edge)) => {
                let end = found.partition_point(|(one, _)| is_before(one.borrow(), edge));
                let mut items = fitting(found[..end].iter().rev().take(self.size).map(shown));
                items.reverse();
                (end - items.len(), end, items)
            }
            from => {
                let start = found.partition_point(|(one, _)| match from {
                    Some(Edge::After(edge)) => !is_before(edge, one.borrow()),
                    _ => false,
                });
                let items = fitting(found[start..].iter().take(self.size).map(shown));
                (start, start + items.len(), items)
            }
        };
        let part = &found[start..end];
        let next = part.last().filter(|_| end < found.len()).map(|(key, _)| {
            self.url(
                self.number.saturating_add(1),
                Some(&Edge::After(key.borrow().clone())),
            )
        });
        let previous = part.first().filter(|_| start > 0).map(|(key, _)| {
            let number = self.number.saturating_sub(1);
            self.url(number, Some(&Edge::Before(key.borrow().clone())))
        });
        Reply::json(
            200,
            &json!({
                key: items,
                "meta": {
                    "page": self.number,
                    "page_size": self.size,
                    "first_page_url": self.url(0, None),
                    "previous_page_url": previous,
                    "url": self.url(self.number, self.from.as_ref()),
                    "next_page_url": next,
                    "key": key,
                },
            }),
        )
    }

    fn url(&self, number: usize, from: Option<&Edge>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["Order", "From", "Bounds"] {
            if let Some(value) = self.request.parameter(name) {
                query.append_pair(name, value);
            }
        }
        query.append_pair("PageSize", &self.size.to_string());
        query.append_pair("Page", &number.to_string());
        if let Some(from) = from {
            query.append_pair("PageToken", &from.written());
        }
        let url = self
            .request
            .url
            .split(['?', '#'])
            .next()
            .unwrap_or_default();
        format!("{url}?{}", query.finish())
    }
}

/// The first of `items`, as many as fit onto a page.
fn fitting(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut bytes = 0;
    let mut fitting = Vec::new();
    for item in items {
        bytes += item.to_string().len();
        if bytes > MOST_BYTES && !fitting.is_empty() {
            break;
        }
        fitting.push(item);
    }
    fitting
}

impl Edge {
    fn written(&self) -> String {
        let (side, key) = match self {
            Edge::After(key) => ('a', key),
            Edge::Before(key) => ('b', key),
        };
        match key {
            Key::Index(index) => format!("PT{side}i{index}"),
            Key::Name(name) => {
                let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
                format!("PT{side}n{hex}")
            }
        }
    }

    fn read(token: &str) -> Option<Edge> {
        let rest = token.strip_prefix("PT")?;
        let (side, rest) = rest.split_at_checked(1)?;
        let (kind, rest) = rest.split_at_checked(1)?;
        let key = match kind {
            "i" => Key::Index(rest.parse().ok()?),
            "n" => {
                let bytes: Option<Vec<u8>> = rest.as_bytes().chunks(2).map(byte).collect();
                Key::Name(String::from_utf8(bytes?).ok()?)
            }
            _ => return None,
        };
        match side {
            "a" => Some(Edge::After(key)),
            "b" => Some(Edge::Before(key)),
            _ => None,
        }
    }
}

/// The byte of two hexadecimal digits.
fn byte(pair: &[u8]) -> Option<u8> {
    let whole = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(pair).ok().filter(|_| whole)?;
    u8::from_str_radix(digits, 16).ok()
}

/// That a parameter of a list is none.
pub(super) fn invalid(code: u32, name: &str) -> Refused {
    Refused::given(code, format!("Invalid '{name}' query parameter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        for key in [Key::Index(0), Key::Index(u64::MAX), Key::Name("é/1".into())] {
            for edge in [Edge::After(key.clone()), Edge::Before(key.clone())] {
                assert_eq!(Edge::read(&edge.written()), Some(edge));
            }
        }
        for token in [
            "", "PT", "PTa", "PTai", "PTaix", "PTanf", "PTan+f", "PTanff", "PTxi1", "é",
        ] {
            assert_eq!(Edge::read(token), None, "{token}");
        }
    }
}
