//! What has changed against the expectation, in sentences that say what it means.

use super::expectation::Expected;
use super::{Caller, Expectation, Row, Verdict};
use crate::visibility::Visibility;
use std::collections::BTreeMap;

/// One sentence for each route that differs, sorted by service and path; none if all is as expected.
pub(crate) fn differences(expectation: &Expectation, rows: &[Row]) -> Vec<String> {
    let mut now: BTreeMap<(&str, &str), &Row> = rows
        .iter()
        .map(|row| ((&*row.service, &*row.path), row))
        .collect();
    let mut told = BTreeMap::new();
    for (service, routes) in &expectation.services {
        for (path, expected) in routes {
            let key = (service.as_str(), path.as_str());
            let sentence = match now.remove(&key) {
                None => Some(format!(
                    "was {}, is gone: nothing answers there now",
                    expected.visibility
                )),
                Some(row) => changed(expected, row),
            };
            told.extend(sentence.map(|sentence| (key, sentence)));
        }
    }
    for (key, row) in now {
        let meaning = meaning(row.visibility);
        told.insert(key, format!("is new and {}: {meaning}", row.visibility));
    }
    told.into_iter()
        .map(|((service, path), sentence)| format!("{service}:{path} {sentence}"))
        .collect()
}

fn changed(expected: &Expected, row: &Row) -> Option<String> {
    if expected.visibility != row.visibility {
        return Some(format!(
            "was {}, is {}: {} now",
            expected.visibility,
            row.visibility,
            meaning(row.visibility)
        ));
    }
    let others: Vec<String> = row
        .judged
        .iter()
        .filter(|judged| expected.of(judged.caller) != judged.verdict)
        .map(|judged| {
            let was = expected.of(judged.caller);
            other_verdict(judged.caller, was, judged.verdict)
        })
        .collect();
    (!others.is_empty())
        .then(|| format!("is {} as before, but {}", row.visibility, others.join("; ")))
}

fn other_verdict(caller: Caller, was: Verdict, is: Verdict) -> String {
    format!("{} got \"{was}\" and gets \"{is}\" now", caller.as_str())
}

fn meaning(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "anyone reaches it",
        Visibility::Protected => "only Twilio's signature opens it",
        Visibility::Private => "no URL leads to it",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Judged;
    use super::*;
    use http::StatusCode;

    fn row(path: &str, visibility: Visibility) -> Row {
        let refused = Verdict::Refused(StatusCode::FORBIDDEN);
        let nowhere = Verdict::Refused(StatusCode::NOT_FOUND);
        let [anyone, twilio, other] = match visibility {
            Visibility::Public => [Verdict::Answers; 3],
            Visibility::Protected => [refused, Verdict::Answers, refused],
            Visibility::Private => [nowhere; 3],
        };
        let verdicts = [anyone, twilio, other, Verdict::ByRuntime];
        let judged = Caller::ALL.into_iter().zip(verdicts);
        Row {
            service: "app".into(),
            path: path.into(),
            visibility,
            target: "javascript".into(),
            judged: judged
                .map(|(caller, verdict)| Judged {
                    caller,
                    verdict,
                    reason: String::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn what_was_written_is_what_is_expected() {
        let rows = [
            row("/a \"b\"\\", Visibility::Public),
            row("/c", Visibility::Protected),
        ];
        let text = Expectation::write(&rows);
        let expectation = Expectation::read(&text).unwrap();
        assert_eq!(differences(&expectation, &rows), [""; 0]);
    }

    #[test]
    fn each_change_is_a_sentence() {
        use Visibility::{Private, Protected, Public};
        let was = [
            row("/a", Protected),
            row("/b", Public),
            row("/c", Private),
            row("/d", Public),
            row("/e", Protected),
        ];
        let mut opened = row("/e", Protected);
        opened.judged[2].verdict = Verdict::Answers;
        let is = [
            row("/a", Public),
            row("/b", Protected),
            row("/c", Private),
            opened,
            row("/f", Public),
            row("/g", Private),
        ];
        let expectation = Expectation::read(&Expectation::write(&was)).unwrap();
        assert_eq!(
            differences(&expectation, &is),
            [
                "app:/a was protected, is public: anyone reaches it now",
                "app:/b was public, is protected: only Twilio's signature opens it now",
                "app:/d was public, is gone: nothing answers there now",
                "app:/e is protected as before, but one with another token got \"403\" and gets \
                 \"answers\" now",
                "app:/f is new and public: anyone reaches it",
                "app:/g is new and private: no URL leads to it",
            ]
        );
    }

    #[test]
    fn what_is_no_expectation_is_refused_with_its_line() {
        for (text, why) in [
            ("a = 1", "line 1"),
            ("[a]\n\"/x\" = { visibility = \"open\" }", "line 2"),
            (
                "[a]\n\n\"/x\" = { visibility = \"public\", anyone = \"anser\" }",
                "no verdict",
            ),
        ] {
            let told = Expectation::read(text).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }
}
