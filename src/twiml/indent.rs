//! A document written for people: one element a line, indented, text kept.

use super::document::{Document, Element, Node};

impl Document {
    /// The document on several lines, two spaces a level, without what stands outside its root.
    ///
    /// An element with text in it stays on one line with all that is in it, so that no text gets a
    /// space that it did not have; text that is white space alone, as between elements, is left out.
    /// The result ends with a line break and can be read again by [`parse`](super::parse).
    pub fn to_indented(&self) -> String {
        let mut out = String::new();
        push_lines(&mut out, &self.root, 0);
        out
    }
}

fn push_lines(out: &mut String, element: &Element, level: usize) {
    push_indent(out, level);
    let in_line = element.children.iter().any(is_text);
    if in_line {
        push_flat(out, element);
        out.push('\n');
        return;
    }
    let children = || element.children.iter().filter(|child| !is_blank(child));
    if children().next().is_none() {
        push_start(out, element, "/>\n");
        return;
    }
    push_start(out, element, ">\n");
    for child in children() {
        match child {
            Node::Element(inner) => push_lines(out, inner, level + 1),
            Node::Comment(comment) => {
                push_indent(out, level + 1);
                push_comment(out, comment);
                out.push('\n');
            }
            Node::Text(_) => {}
        }
    }
    push_indent(out, level);
    push_end(out, element);
    out.push('\n');
}

fn push_flat(out: &mut String, element: &Element) {
    if element.children.is_empty() {
        push_start(out, element, "/>");
        return;
    }
    push_start(out, element, ">");
    for child in &element.children {
        match child {
            Node::Element(inner) => push_flat(out, inner),
            Node::Text(text) => push_escaped(out, text.value(), &['\r']),
            Node::Comment(comment) => push_comment(out, comment),
        }
    }
    push_end(out, element);
}

fn is_blank(node: &Node) -> bool {
    matches!(node, Node::Text(text) if text.value().trim().is_empty())
}

fn is_text(node: &Node) -> bool {
    matches!(node, Node::Text(_)) && !is_blank(node)
}

fn push_indent(out: &mut String, level: usize) {
    out.extend(std::iter::repeat_n("  ", level));
}

fn push_start(out: &mut String, element: &Element, end: &str) {
    out.push('<');
    out.push_str(element.name());
    for attribute in element.attributes() {
        out.push(' ');
        out.push_str(attribute.name());
        out.push_str("=\"");
        push_escaped(out, attribute.value(), &['\t', '\n', '\r']);
        out.push('"');
    }
    out.push_str(end);
}

fn push_end(out: &mut String, element: &Element) {
    out.push_str("</");
    out.push_str(element.name());
    out.push('>');
}

fn push_comment(out: &mut String, comment: &str) {
    out.push_str("<!--");
    out.push_str(comment);
    out.push_str("-->");
}

/// Text and values alike: what need not be escaped in one of them does no harm escaped. `numbered`
/// are characters that a reader would not give back as they are.
fn push_escaped(out: &mut String, text: &str, numbered: &[char]) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ if numbered.contains(&c) => out.push_str(&format!("&#{};", u32::from(c))),
            _ => out.push(c),
        }
    }
}
