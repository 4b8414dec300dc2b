//! Signatures: a line for each thing that a URL can be guessed from, the body's parameters behind.

use switchboard::event::form;
use switchboard::signature::{
    Arrival, Content, OtherToken, SignedRequest, Signer, TokenOwner, check, explain, variants,
};

const TOKEN: &str = "12345678901234567890123456789012";
const OTHER: &str = "another-token-of-another-service";

pub(super) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(10, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (public, proto, forwarded, host) = (line(), line(), line(), line());
    let (domain, prefix, path, query, signature) = (line(), line(), line(), line(), line());
    let body = line();
    let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let params = form::pairs(body.as_bytes());
    let arrival = Arrival {
        public_url: some(public),
        forwarded: some(proto).map(|proto| (proto, forwarded)),
        scheme: "http",
        host,
        domain: some(domain),
        prefix,
        path,
        query: some(query).map(|query| query.trim_start_matches('?')),
        ..Arrival::default()
    };
    let own = Signer::new(TOKEN);
    let other = Signer::new(OTHER);
    let candidates: Vec<_> = arrival.candidates().collect();
    assert!(candidates.len() <= 6);
    let contents = [
        ("GET", Content::None, &[][..]),
        ("POST", Content::Form(&params), &params[..]),
    ];
    for (method, content, signed) in contents {
        let verdict = |signatures: &[&str]| {
            let request = SignedRequest {
                arrival,
                method,
                content,
                signatures,
            };
            let verdict = check(&request, &own);
            let others = [OtherToken {
                owner: TokenOwner::Service("other".to_string()),
                signer: &other,
            }];
            let explanation = explain(&request, &own, &others);
            assert_eq!(explanation.is_none(), verdict.is_accepted());
            (verdict.is_accepted(), explanation)
        };
        // What Twilio can have signed is accepted, in each of its forms, and with no other token.
        for candidate in &candidates {
            let forms: Vec<_> = variants(&candidate.url).collect();
            assert!((1..=6).contains(&forms.len()));
            for (variant, url) in forms {
                let good = own.sign(&url, signed);
                assert!(own.verify(&good, &url, signed));
                assert!(verdict(&[&good]).0, "{variant:?} {url}");
                assert!(!verdict(&[&good, &good]).0);
                let foreign = other.sign(&url, signed);
                let (accepted, explanation) = verdict(&[&foreign]);
                assert!(!accepted);
                is_modest(&explanation.expect("why not").to_string());
            }
        }
        // Anything else is not, and the developer is told so in some lines.
        let (accepted, explanation) = verdict(&[signature]);
        assert!(!accepted, "{signature}");
        let explanation = explanation.expect("why not");
        for form in explanation.tried.iter().flat_map(|tried| &tried.forms) {
            assert_eq!(form.expected.len(), 28);
        }
        is_modest(&explanation.to_string());
        is_modest(&explanation.advice());
        assert!(!verdict(&[]).0);
    }
}

/// Text for a person, which names no token.
fn is_modest(text: &str) {
    assert!(text.len() < 1024 * 1024, "{} bytes", text.len());
    assert!(!text.contains(TOKEN) && !text.contains(OTHER), "{text}");
}
