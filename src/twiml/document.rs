//! A document that has been read: elements, attributes and text, each with its place.

/// A place in a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Where every document begins.
    pub const START: Position = Position { line: 1, column: 1 };
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A well-formed XML document whose root is `<Response>`. Made by [`parse`](super::parse) alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub(super) root: Element,
    pub(super) encoding: Option<Declared>,
}

/// The character encoding that the XML declaration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) at: Position,
}

impl Document {
    /// The `<Response>`.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// The character encoding that the XML declaration names, as it is written there.
    pub fn encoding(&self) -> Option<&str> {
        self.encoding
            .as_ref()
            .map(|declared| declared.name.as_str())
    }
}

/// An element: a verb, a noun, or `<Response>` itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub(super) name: String,
    pub(super) at: Position,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
}

impl Element {
    /// Its name as written: `Say`, `ssml:break`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its `<` stands.
    pub fn at(&self) -> Position {
        self.at
    }

    /// Its attributes in the order written; no name comes twice.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attribute of this name; upper and lower case matter.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// The value of the attribute of this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(Attribute::value)
    }

    /// All that stands inside, in order.
    pub fn children(&self) -> &[Node] {
        &self.children
    }

    /// The elements directly inside.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) => None,
        })
    }

    /// The text directly inside, without that of inner elements, as written.
    pub fn own_text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Node::Text(text) => Some(text.value.as_str()),
            Node::Element(_) | Node::Comment(_) => None,
        });
        texts.collect()
    }

    /// The text inside with that of all inner elements, as written.
    pub fn text(&self) -> String {
        let mut whole = String::new();
        self.push_text(&mut whole);
        whole
    }

    fn push_text(&self, whole: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => whole.push_str(&text.value),
                Node::Element(element) => element.push_text(whole),
                Node::Comment(_) => {}
            }
        }
    }
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) at: Position,
}

impl Attribute {
    /// Its name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value, references replaced, each line break and tab a space, as XML has it.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where its name begins.
    pub fn at(&self) -> Position {
        self.at
    }
}

/// What may stand inside an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// An inner element.
    Element(Element),
    /// Text: never empty, and never beside another text.
    Text(Text),
    /// A comment, without its marks.
    Comment(String),
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub(super) value: String,
    pub(super) at: Position,
}

impl Text {
    /// The characters, references replaced, CDATA unwrapped.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Where it begins.
    pub fn at(&self) -> Position {
        self.at
    }
}
