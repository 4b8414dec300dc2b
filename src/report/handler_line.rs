//! Where in a JavaScript file its handler is.

/// The ways in which a handler is exported, without white space.
const EXPORTS: [&str; 5] = [
    "exports.handler=",
    "exportconsthandler=",
    "exportlethandler=",
    "exportfunctionhandler(",
    "exportasyncfunctionhandler(",
];

/// The line, from 1, on which `text` exports its handler, as far as one sees that without running
/// it. No parser: a file may make its exports in a hundred ways, and then no line is told.
pub fn handler_line(text: &str) -> Option<usize> {
    let mut in_comment = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if in_comment {
            in_comment = !line.contains("*/");
            continue;
        }
        if line.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        if line.starts_with("//") {
            continue;
        }
        let code: String = line
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(200)
            .collect();
        let exported = EXPORTS.iter().any(|way| exports(&code, way));
        if exported {
            return Some(index + 1);
        }
    }
    None
}

/// Whether `code` exports in that way, and compares nothing.
fn exports(code: &str, way: &str) -> bool {
    let mut found = code.match_indices(way);
    found.any(|(at, _)| !code[at + way.len()..].starts_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_handler_is_found_where_it_is_written_as_usual() {
        for (text, line) in [
            ("exports.handler = (c, e, callback) => {}", Some(1)),
            ("'use strict';\n\nexports.handler=async function", Some(3)),
            ("const a = 1;\r\nmodule.exports.handler = f;", Some(2)),
            ("// exports.handler = old\nexports . handler = f", Some(2)),
            (
                "/*\nexports.handler = old\n*/\nexports.handler = f",
                Some(4),
            ),
            ("/* one line */\nexports.handler = f", Some(2)),
            ("export const handler = f", Some(1)),
            ("export async function handler(c, e, callback) {", Some(1)),
            ("if (exports.handler == null) {}", None),
            (
                "if (exports.handler === null) {}\nexports.handler = f",
                Some(2),
            ),
            ("module.exports = { handler }", None),
            ("exports.handlers = []", None),
            ("", None),
            ("\0\u{2028}é", None),
        ] {
            assert_eq!(handler_line(text), line, "{text}");
        }
    }
}
