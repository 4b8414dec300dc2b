//! Two answers line by line.

use crate::lines::{Line, compare};
use crate::report::{AnswerReport, BodyReport};
use crate::twiml;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Headers that differ each time and say nothing.
const EVER_NEW: [&str; 1] = ["date"];

/// What two answers have in common and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// The headers, without `Date`.
    pub headers: Vec<LineTold>,
    /// The bodies, TwiML and JSON indented; `None` where not both are text.
    pub body: Option<Vec<LineTold>>,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTold {
    /// Whose it is.
    pub of: Side,
    /// It.
    pub text: String,
}

/// Whose a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Both answers have it.
    Both,
    /// That of before alone.
    Before,
    /// That of now alone.
    After,
}

impl Differences {
    /// What `before` and `after` differ in.
    pub fn new(before: &AnswerReport, after: &AnswerReport) -> Self {
        let headers = |answer: &AnswerReport| {
            let shown = answer.headers.iter();
            let shown = shown.filter(|(name, _)| !EVER_NEW.contains(&name.as_str()));
            let lines = shown.map(|(name, value)| format!("{name}: {value}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let bodies = comparable(&before.body).zip(comparable(&after.body));
        Differences {
            headers: told(&headers(before), &headers(after)),
            body: bodies.map(|(before, after)| told(&before, &after)),
        }
    }
}

/// The body with what stands on one line and is better read on several, so that a change within it
/// marks no more than itself.
fn comparable(body: &BodyReport) -> Option<String> {
    let text = body.text.as_deref()?;
    let start = text.trim_start();
    if start.starts_with('<')
        && text.len() <= twiml::LARGEST
        && let Ok(document) = twiml::parse(text)
    {
        return Some(document.to_indented());
    }
    if start.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str::<Value>(text)
        && let Ok(indented) = serde_json::to_string_pretty(&value)
    {
        return Some(indented);
    }
    Some(text.to_string())
}

fn told(before: &str, after: &str) -> Vec<LineTold> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let lines = compare(&before, &after).into_iter().map(|line| {
        let (of, text) = match line {
            Line::Both(text) => (Side::Both, text),
            Line::Old(text) => (Side::Before, text),
            Line::New(text) => (Side::After, text),
        };
        let text = text.to_string();
        LineTold { of, text }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)], body: &[u8]) -> AnswerReport {
        let headers = headers.iter().map(|(n, v)| (n.to_string(), v.to_string()));
        AnswerReport {
            status: 200,
            headers: headers.collect(),
            body: BodyReport::new(body),
        }
    }

    fn shown(lines: &[LineTold]) -> String {
        let lines = lines.iter().map(|line| match line.of {
            Side::Both => format!(" {}", line.text),
            Side::Before => format!("-{}", line.text),
            Side::After => format!("+{}", line.text),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_on_one_line_is_compared_on_several() {
        for (before, after, lines) in [
            (
                "<Response><Say>a</Say><Hangup/></Response>",
                "<Response><Say>b</Say><Hangup/></Response>",
                " <Response>\n-  <Say>a</Say>\n+  <Say>b</Say>\n   <Hangup/>\n </Response>",
            ),
            (
                "{\"a\":1,\"b\":2}",
                "{\"a\":1,\"b\":3}",
                " {\n   \"a\": 1,\n-  \"b\": 2\n+  \"b\": 3\n }",
            ),
            ("a\nb", "a\nc", " a\n-b\n+c"),
            ("<no", "<no", " <no"),
        ] {
            let found = Differences::new(
                &answer(&[], before.as_bytes()),
                &answer(&[], after.as_bytes()),
            );
            assert_eq!(shown(&found.body.unwrap()), lines);
        }
    }

    #[test]
    fn the_date_says_nothing_and_bytes_have_no_lines() {
        let before = answer(&[("date", "1"), ("x-a", "1")], &[0xff]);
        let after = answer(&[("date", "2"), ("x-a", "1")], b"text");
        let found = Differences::new(&before, &after);
        assert_eq!(
            (shown(&found.headers), found.body),
            (" x-a: 1".into(), None)
        );
    }
}
