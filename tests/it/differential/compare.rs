//! Two answers beside each other: what differs, and whether that is listed.

use super::cases::{Case, Difference};
use super::wire::Answer;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Compares the answers to one case. Returns what is wrong, for people to read; notes in `used`
/// which of `everywhere` occurred.
pub(super) fn compare(
    case: &Case,
    original: &Answer,
    ours: &Answer,
    everywhere: &[Difference],
    used: &mut BTreeSet<usize>,
) -> Option<String> {
    let mut wrong = Vec::new();
    let parts: BTreeSet<&String> = original.keys().chain(ours.keys()).collect();
    for part in &parts {
        let (theirs, own) = (value(original, part), value(ours, part));
        if theirs == own {
            continue;
        }
        if let Some(listed) = case.differs.iter().find(|d| d.part == **part) {
            if !listed.explains(theirs, own) {
                wrong.push(format!(
                    "{part} differs otherwise than `{}` says",
                    listed.why
                ));
            }
            continue;
        }
        let listed = everywhere
            .iter()
            .position(|d| d.part == **part && d.explains(theirs, own));
        match listed {
            Some(n) => drop(used.insert(n)),
            None => wrong.push(format!("{part} differs, and no reason is listed")),
        }
    }
    for listed in &case.differs {
        if value(original, &listed.part) == value(ours, &listed.part) {
            wrong.push(format!(
                "{} does not differ any more: take `{}` from the case",
                listed.part, listed.why
            ));
        }
    }
    if wrong.is_empty() {
        return None;
    }
    let mut text = format!("\n{}: {}\n", case.id, case.ask);
    for wrong in wrong {
        let _ = writeln!(text, "  {wrong}");
    }
    let _ = writeln!(text, "    {:<20} {:<44} Switchboard", "", "twilio-run");
    for part in parts {
        let (theirs, own) = (value(original, part), value(ours, part));
        let mark = if theirs == own { ' ' } else { '≠' };
        let _ = writeln!(
            text,
            "  {mark} {part:<20} {:<44} {}",
            shown(theirs),
            shown(own)
        );
    }
    Some(text)
}

fn value<'a>(answer: &'a Answer, part: &str) -> Option<&'a str> {
    answer.get(part).map(String::as_str)
}

/// A value in one line, cut where it is long.
fn shown(value: Option<&str>) -> String {
    let Some(value) = value else {
        return "-".to_string();
    };
    let text = format!("{value:?}");
    if text.chars().count() <= 300 {
        return text;
    }
    let start: String = text.chars().take(300).collect();
    format!("{start}… ({} bytes)", value.len())
}

#[test]
fn what_is_not_listed_or_no_longer_occurs_is_wrong() {
    let answer = |status: &str, body: &str| {
        Answer::from([
            ("status".to_string(), status.to_string()),
            ("body".to_string(), body.to_string()),
        ])
    };
    let listed = |part: &str, original: &str, ours: &str| Difference {
        why: "reason".to_string(),
        part: part.to_string(),
        original: Some(original.to_string()),
        ours: Some(ours.to_string()),
    };
    let (original, ours) = (answer("200", "a"), answer("403", "a"));
    for (differs, everywhere, wrong) in [
        (vec![], vec![], Some("no reason is listed")),
        (vec![listed("status", "200", "403")], vec![], None),
        (vec![], vec![listed("status", "200", "403")], None),
        (
            vec![],
            vec![listed("status", "200", "404")],
            Some("no reason is listed"),
        ),
        (
            vec![listed("status", "200", "404")],
            vec![listed("status", "200", "403")],
            Some("differs otherwise than `reason` says"),
        ),
        (
            vec![listed("status", "200", "403"), listed("body", "…", "…")],
            vec![],
            Some("body does not differ any more"),
        ),
        (
            vec![listed("status", "200", "403"), listed("etag", "…", "…")],
            vec![],
            Some("etag does not differ any more"),
        ),
    ] {
        let case = Case {
            differs,
            ..Case::default()
        };
        let mut used = BTreeSet::new();
        let found = compare(&case, &original, &ours, &everywhere, &mut used);
        match wrong {
            Some(wrong) => assert!(found.is_some_and(|text| text.contains(wrong)), "{wrong}"),
            None => assert_eq!((found, used.len()), (None, everywhere.len())),
        }
    }
}
