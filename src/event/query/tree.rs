//! What the parameters of a query are merged into.
//!
//! qs keeps marks beside its objects: an object that was an array until it grew beyond the limit
//! ("overflow"), and a container that exists because text met an object in one place
//! ("conflict"). Both decide where the next value goes, so both are here. Arrays have holes, which
//! vanish at the end; as maps they cost nothing until then.
//!
//! Source: qs 6.16.2 `lib/utils.js` (`merge`, `combine`, `compact`), `strictMerge` on.

use super::sort_key;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// The longest array; what grows beyond it becomes an object.
const ARRAY_LIMIT: u32 = 1000;

/// A value under construction.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    List(List),
    Record(Record),
}

/// A JavaScript array, holes allowed.
#[derive(Debug, Default)]
pub(super) struct List {
    items: BTreeMap<u32, Node>,
    length: u32,
    conflict: bool,
}

/// A JavaScript object; each entry knows its turn among those added.
#[derive(Debug, Default)]
pub(super) struct Record {
    entries: HashMap<String, (usize, Node)>,
    /// The greatest index, where the object was an array too long.
    overflow: Option<f64>,
    /// The greatest index, where the object has taken over from a conflict.
    conflict: Option<f64>,
}

/// `key` as a number, where JavaScript writes that number exactly so. Doubles, because qs takes
/// indices beyond 2⁵³ that happen to survive the way there and back.
pub(super) fn canonical_integer(key: &str) -> Option<f64> {
    let plain = key == "0" || matches!(key.as_bytes(), [b'1'..=b'9', ..]);
    // From 1e21 on, which has 22 digits, JavaScript writes an exponent.
    if !plain || key.len() > 21 || !key.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: f64 = key.parse().ok()?;
    (key.len() <= 15 || number.to_string() == key).then_some(number)
}

impl Node {
    /// `leaf` under `[index]`: in an array, or in an object where the index is too great for one.
    pub(super) fn at_index(index: f64, leaf: Node) -> Node {
        if index < f64::from(ARRAY_LIMIT) {
            let mut list = List::default();
            list.set(index as u32, leaf);
            return Node::List(list);
        }
        let mut record = Record::with_entry(index.to_string(), leaf);
        record.overflow = Some(index);
        Node::Record(record)
    }

    /// `leaf` under `[]`: an array stays what it is, anything else becomes its only item.
    pub(super) fn into_items(self) -> Node {
        match self {
            Node::List(list) => Node::List(list),
            Node::Record(record) if record.overflow.is_some() => Node::Record(record),
            item => Node::List(List::from_iter([item])),
        }
    }

    fn merge(self, source: Node) -> Node {
        match (self, source) {
            // qs merges only what is truthy.
            (target, Node::Text(text)) if text.is_empty() => target,
            (target, Node::Text(text)) => target.append(text),
            (Node::Text(first), source) => source.prepend(first),
            (Node::List(target), Node::List(source)) => target.merge(source),
            (Node::List(target), source) => {
                let conflict = target.conflict.then(|| f64::from(target.length) - 1.0);
                let mut target = target.into_record();
                target.conflict = conflict;
                target.merge(source);
                Node::Record(target)
            }
            (Node::Record(mut target), source) => {
                target.merge(source);
                Node::Record(target)
            }
        }
    }

    /// Text comes to a place that is taken.
    fn append(self, text: String) -> Node {
        match self {
            Node::Text(first) => Node::List([first, text].into_iter().map(Node::Text).collect()),
            Node::List(mut list) => {
                list.push(Node::Text(text));
                list.limited()
            }
            Node::Record(mut record) => {
                if let Some(greatest) = record.overflow.as_mut().or(record.conflict.as_mut()) {
                    *greatest += 1.0;
                    let key = greatest.to_string();
                    record.set(key, Node::Text(text));
                    return Node::Record(record);
                }
                let mut pair = List::from_iter([Node::Record(record), Node::Text(text)]);
                pair.conflict = true;
                Node::List(pair)
            }
        }
    }

    /// A container comes to a place that holds the text `first`.
    fn prepend(self, first: String) -> Node {
        let mut list = List::from_iter([Node::Text(first)]);
        match self {
            Node::Record(source) if let Some(greatest) = source.overflow => {
                let mut record = list.into_record();
                for (key, (_, node)) in source.entries {
                    let shifted = canonical_integer(&key).map_or(key, |i| (i + 1.0).to_string());
                    record.set(shifted, node);
                }
                record.overflow = Some(greatest + 1.0);
                return Node::Record(record);
            }
            Node::List(source) => {
                for (index, item) in source.items {
                    list.set(index + 1, item);
                }
            }
            item => list.push(item),
        }
        list.limited()
    }

    fn is_text(&self) -> bool {
        matches!(self, Node::Text(_))
    }

    fn into_value(self) -> Value {
        match self {
            Node::Text(text) => Value::String(text),
            Node::List(list) => list.items.into_values().map(Node::into_value).collect(),
            Node::Record(record) => Value::Object(record.into_map()),
        }
    }
}

impl FromIterator<Node> for List {
    fn from_iter<I: IntoIterator<Item = Node>>(items: I) -> Self {
        let mut list = List::default();
        for item in items {
            list.push(item);
        }
        list
    }
}

impl List {
    fn push(&mut self, item: Node) {
        self.set(self.length, item);
    }

    fn set(&mut self, index: u32, item: Node) {
        self.items.insert(index, item);
        self.length = self.length.max(index + 1);
    }

    /// Two containers in one place merge; anything else that meets goes to the end.
    fn merge(mut self, source: List) -> Node {
        for (index, item) in source.items {
            match self.items.get_mut(&index) {
                None => self.set(index, item),
                Some(present) if present.is_text() || item.is_text() => self.push(item),
                Some(present) => present.merge_in_place(item),
            }
        }
        self.limited()
    }

    /// The list, or the object that it becomes where it is too long.
    fn limited(self) -> Node {
        if self.length <= ARRAY_LIMIT {
            return Node::List(self);
        }
        let greatest = f64::from(self.length) - 1.0;
        let mut record = self.into_record();
        record.overflow = Some(greatest);
        Node::Record(record)
    }

    fn into_record(self) -> Record {
        let mut record = Record::default();
        for (index, item) in self.items {
            record.set(index.to_string(), item);
        }
        record
    }
}

impl Node {
    fn merge_in_place(&mut self, source: Node) {
        let target = std::mem::replace(self, Node::Text(String::new()));
        *self = target.merge(source);
    }
}

impl Record {
    pub(super) fn with_entry(key: String, node: Node) -> Self {
        let mut record = Record::default();
        record.set(key, node);
        record
    }

    fn set(&mut self, key: String, node: Node) {
        let turn = self.entries.len();
        match self.entries.get_mut(&key) {
            Some((_, present)) => *present = node,
            None => {
                self.entries.insert(key, (turn, node));
            }
        }
    }

    /// Merges the entries of a container; text has no entries and leaves the record as it is.
    pub(super) fn merge(&mut self, source: Node) {
        match source {
            Node::Text(_) => {}
            Node::List(list) => {
                for (index, item) in list.items {
                    self.merge_entry(index.to_string(), item, None);
                }
            }
            Node::Record(record) => {
                // One entry at most: a name is expanded into one path. So no order is lost.
                for (key, (_, node)) in record.entries {
                    self.merge_entry(key, node, record.overflow);
                }
            }
        }
    }

    fn merge_entry(&mut self, key: String, node: Node, source_overflow: Option<f64>) {
        let index = canonical_integer(&key);
        match self.entries.get_mut(&key) {
            Some((_, present)) => present.merge_in_place(node),
            None => self.set(key, node),
        }
        // qs looks for a greater index among the entries too; but an object that came to hold one
        // is marked already.
        self.overflow = self.overflow.or(source_overflow);
        if let Some(index) = index {
            for greatest in [&mut self.overflow, &mut self.conflict]
                .into_iter()
                .flatten()
            {
                *greatest = greatest.max(index);
            }
        }
    }

    /// The finished object, in JavaScript's order.
    pub(super) fn into_map(self) -> Map<String, Value> {
        let mut entries: Vec<_> = self.entries.into_iter().collect();
        entries.sort_unstable_by_key(|(key, (turn, _))| (sort_key(key), *turn));
        entries
            .into_iter()
            .map(|(key, (_, node))| (key, node.into_value()))
            .collect()
    }
}
