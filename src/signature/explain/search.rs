//! The search for what was signed: single mistakes first, then two at a time, within bounds.

use super::alterations::{of_both, of_parameters, of_url};
use super::{Cause, OtherToken};
use crate::signature::check::SignedRequest;
use crate::signature::{Signer, decode, parameter_text, variants};

/// Hashes that one refusal may cost.
const MAX_HASHES: usize = 5000;
/// Bytes hashed for one refusal: what keeps a large body with many parameters from being expensive.
/// A webhook of Twilio's has about 700, so that for those the number of hashes is the bound.
const MAX_BYTES: usize = 8 << 20;

/// What the search came to.
pub(super) struct Found {
    pub(super) causes: Vec<Cause>,
    pub(super) url: Option<String>,
    pub(super) complete: bool,
}

impl Found {
    /// A cause that needed no search.
    pub(super) fn plain(cause: Cause) -> Self {
        Found {
            causes: vec![cause],
            url: None,
            complete: true,
        }
    }
}

/// Finds the mistakes that lead to the signature of `request`, which no candidate has.
pub(super) fn search(
    request: &SignedRequest<'_>,
    signer: &Signer,
    others: &[OtherToken<'_>],
) -> Found {
    let unknown = |complete| Found {
        causes: vec![Cause::Unknown {
            public_url_known: request.arrival.public_url.is_some(),
        }],
        url: None,
        complete,
    };
    let [signature] = request.signatures else {
        return unknown(true);
    };
    let Some(digest) = decode(signature) else {
        return unknown(true);
    };
    let mut search = Search {
        request,
        signer,
        others,
        digest,
        parameters: parameter_text(request.signed_parameters()),
        urls: request
            .arrival
            .candidates()
            .map(|candidate| candidate.url)
            .collect(),
        hashes: 0,
        bytes: 0,
    };
    let single = search.single();
    let complete = !search.exhausted();
    match single.or_else(|| search.pairs()) {
        Some((causes, url)) => Found {
            causes,
            url: Some(url),
            complete: true,
        },
        None => unknown(complete),
    }
}

/// The mistakes, and the URL that was signed.
type Match = (Vec<Cause>, String);

struct Search<'a> {
    request: &'a SignedRequest<'a>,
    signer: &'a Signer,
    others: &'a [OtherToken<'a>],
    digest: [u8; 20],
    parameters: String,
    urls: Vec<String>,
    hashes: usize,
    bytes: usize,
}

impl Search<'_> {
    fn exhausted(&self) -> bool {
        self.hashes >= MAX_HASHES || self.bytes >= MAX_BYTES
    }

    /// One mistake.
    fn single(&mut self) -> Option<Match> {
        for other in self.others {
            for url in self.urls.clone() {
                if let Some(url) = self.all_forms(other.signer, &url) {
                    return Some((vec![token(other)], url));
                }
            }
        }
        for (cause, text) in of_parameters(self.request) {
            for url in self.urls.clone() {
                if let Some(url) = self.forms(self.signer, &url, &text) {
                    return Some((vec![cause], url));
                }
            }
            if self.exhausted() {
                return None;
            }
        }
        let text = self.parameters.clone();
        for url in self.urls.clone() {
            for (cause, url, text) in of_both(&url, self.request) {
                if let Some(url) = self.forms(self.signer, &url, &text) {
                    return Some((vec![cause], url));
                }
            }
        }
        for (cause, url) in self.altered() {
            if let Some(url) = self.forms(self.signer, &url, &text) {
                return Some((vec![cause], url));
            }
        }
        None
    }

    /// Two mistakes at once, the likelier pairs first.
    fn pairs(&mut self) -> Option<Match> {
        let text = self.parameters.clone();
        let altered = self.altered();
        for (cause, url) in &altered {
            for other in self.others {
                if let Some(url) = self.forms(other.signer, url, &text) {
                    return Some((vec![token(other), cause.clone()], url));
                }
            }
        }
        for (second, text) in of_parameters(self.request) {
            for other in self.others {
                for url in self.urls.clone() {
                    if let Some(url) = self.forms(other.signer, &url, &text) {
                        return Some((vec![token(other), second], url));
                    }
                }
            }
            for (first, url) in &altered {
                if let Some(url) = self.forms(self.signer, url, &text) {
                    return Some((vec![first.clone(), second], url));
                }
            }
            if self.exhausted() {
                return None;
            }
        }
        for (first, url) in &altered {
            for (second, url, text) in of_both(url, self.request) {
                if let Some(url) = self.forms(self.signer, &url, &text) {
                    return Some((vec![first.clone(), second], url));
                }
            }
            for (second, url) in of_url(url, &self.request.arrival) {
                if let Some(url) = self.forms(self.signer, &url, &text) {
                    return Some((vec![first.clone(), second], url));
                }
            }
            if self.exhausted() {
                return None;
            }
        }
        None
    }

    fn altered(&self) -> Vec<(Cause, String)> {
        self.urls
            .iter()
            .flat_map(|url| of_url(url, &self.request.arrival))
            .collect()
    }

    /// Whether `signer` gives the signature for one of the six forms of `url`.
    fn all_forms(&mut self, signer: &Signer, url: &str) -> Option<String> {
        let text = std::mem::take(&mut self.parameters);
        let found = variants(url)
            .map(|(_, form)| form)
            .find(|form| self.matches(signer, form, &text));
        self.parameters = text;
        found
    }

    /// The same for `url` as it is, and for its first two forms: without and with its port.
    fn forms(&mut self, signer: &Signer, url: &str, text: &str) -> Option<String> {
        if self.matches(signer, url, text) {
            return Some(url.to_string());
        }
        variants(url)
            .take(2)
            .map(|(_, form)| form)
            .filter(|form| form != url)
            .find(|form| self.matches(signer, form, text))
    }

    fn matches(&mut self, signer: &Signer, url: &str, text: &str) -> bool {
        if self.exhausted() {
            return false;
        }
        self.hashes += 1;
        self.bytes += url.len() + text.len();
        signer.matches(&self.digest, url, text)
    }
}

fn token(other: &OtherToken<'_>) -> Cause {
    Cause::OtherToken {
        owner: other.owner.clone(),
    }
}
