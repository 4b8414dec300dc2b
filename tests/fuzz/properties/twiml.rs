//! TwiML: read, checked, written again.

use switchboard::twiml::{Medium, Severity, check, links, parse};

pub(super) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let lines = text.split('\n').count() + text.matches('\r').count();
    for medium in [None, Some(Medium::Voice), Some(Medium::Messaging)] {
        let checked = check(text, medium);
        assert!(checked.faults.len() <= 100);
        let mut last = (0, 0);
        for fault in &checked.faults {
            assert!(
                fault.line >= 1 && fault.line as usize <= lines.max(1),
                "{fault}"
            );
            assert!(fault.column >= 1 && fault.column as usize <= text.chars().count() + 1);
            assert!((fault.line, fault.column) >= last, "in order: {fault}");
            last = (fault.line, fault.column);
            assert!(
                fault.text.len() < 4000,
                "a fault is read by a person: {}",
                fault.text.len()
            );
        }
        assert_eq!(checked.document.is_none(), parse(text).is_err());
    }
    let document = match parse(text) {
        Ok(document) => document,
        Err(fault) => {
            assert_eq!(fault.severity, Severity::Error);
            return;
        }
    };
    // Indenting can make it longer than may be read.
    let indented = document.to_indented();
    let Ok(again) = parse(&indented) else {
        assert!(indented.len() > 64 * 1024, "{indented}");
        return;
    };
    assert_eq!(again.to_indented(), indented);
    let text = |links: Vec<switchboard::twiml::Link>| -> Vec<String> {
        links.into_iter().map(|link| link.url).collect()
    };
    assert_eq!(text(links(&again)), text(links(&document)));
}
