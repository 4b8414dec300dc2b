//! The verdict on a request's signature.
//!
//! What is signed: the URL for GET and for every body that is not a form, the URL and the parameters
//! for a form. `bodySHA256` in the query vouches for the body of JSON webhooks. Whether the cloud's
//! gateway compares it is unknown; twilio-node does. Here it must match where it is given with a
//! body, since Twilio never sends another one: no request of Twilio's is refused for it, and a body
//! changed on the way is noticed, as a developer's own check would. A body without `bodySHA256` is
//! accepted on the URL alone, as documented for calls of one's own to a protected Function.
//!
//! Source: runtime behaviour as documented by Twilio ("Security", "send-sms-and-mms" quickstart);
//! twilio-node 6.2.0 `validateRequestWithBody`.

use super::parameters::parameter_text;
use super::{Arrival, Candidate, Signer, Variant, body_sha256, decode, querystring, variants};
use serde::Serialize;

/// The request as far as its signature is concerned.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// How it reached the server.
    pub arrival: Arrival<'a>,
    /// The method, upper-case.
    pub method: &'a str,
    /// What it carries.
    pub content: Content<'a>,
    /// The values of all its `X-Twilio-Signature` headers.
    pub signatures: &'a [&'a str],
}

/// What a request carries.
#[derive(Clone, Copy, Debug, Default)]
pub enum Content<'a> {
    /// No body.
    #[default]
    None,
    /// A form's decoded parameters, in any order.
    Form(&'a [(String, String)]),
    /// Any other body: JSON, mostly.
    Body(&'a [u8]),
}

/// Whether the signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is, for this URL in this form.
    Accepted {
        /// The URL.
        candidate: Candidate,
        /// The form of it that was signed.
        variant: Variant,
    },
    /// It is not.
    Refused(Refusal),
}

impl Verdict {
    /// Whether the signature is good.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Verdict::Accepted { .. })
    }
}

/// Why a signature was refused. For the caller all of them are the same 403.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// There is no header, or an empty one.
    #[error("the request has no X-Twilio-Signature header")]
    Missing,
    /// There are several headers.
    #[error("the request has {count} X-Twilio-Signature headers")]
    Several {
        /// How many.
        count: usize,
    },
    /// The header is not the base64 of 20 bytes.
    #[error("the X-Twilio-Signature header is not 28 characters of base64")]
    NotBase64,
    /// It is no signature of any candidate.
    #[error("the X-Twilio-Signature header is not the signature of this request")]
    Wrong,
    /// The URL's signature is good, but the body is not the one that `bodySHA256` names.
    #[error("the body is not the one that bodySHA256 names")]
    BodyHash {
        /// The hash in the query.
        named: String,
        /// The hash of the body that came.
        actual: String,
    },
}

/// Judges `request` with `signer`, which holds the auth token of the service's account.
pub fn check(request: &SignedRequest<'_>, signer: &Signer) -> Verdict {
    let signature = match request.signatures {
        [] | [""] => return Verdict::Refused(Refusal::Missing),
        [one] => *one,
        several => {
            return Verdict::Refused(Refusal::Several {
                count: several.len(),
            });
        }
    };
    let Some(digest) = decode(signature) else {
        return Verdict::Refused(Refusal::NotBase64);
    };
    let parameters = parameter_text(request.signed_parameters());
    for candidate in request.arrival.candidates() {
        let mut forms = variants(&candidate.url);
        while let Some((variant, url)) = forms.lend() {
            if signer.matches(&digest, url, &parameters) {
                return match request.wrong_body_hash() {
                    Some(refusal) => Verdict::Refused(refusal),
                    None => Verdict::Accepted { candidate, variant },
                };
            }
        }
    }
    Verdict::Refused(Refusal::Wrong)
}

impl<'a> SignedRequest<'a> {
    /// The parameters that are part of what is signed.
    pub(super) fn signed_parameters(&self) -> &'a [(String, String)] {
        match self.content {
            Content::Form(params) if !matches!(self.method, "GET" | "HEAD") => params,
            _ => &[],
        }
    }

    /// The refusal for a body that is not the one named in the query.
    fn wrong_body_hash(&self) -> Option<Refusal> {
        let Content::Body(body) = self.content else {
            return None;
        };
        let named = named_body_hash(self.arrival.query?)?;
        let actual = body_sha256(body);
        // twilio-node takes a missing body for an empty object.
        let matches = named == actual || (body.is_empty() && named == body_sha256(b"{}"));
        (!matches).then(|| Refusal::BodyHash {
            named: named.chars().take(64).collect(),
            actual,
        })
    }
}

/// The first `bodySHA256` of a query, decoded.
pub(super) fn named_body_hash(query: &str) -> Option<String> {
    if !query.contains("bodySHA256") {
        return None;
    }
    querystring::pairs(query)
        .into_iter()
        .find(|(name, _)| name == "bodySHA256")
        .map(|(_, value)| value)
}
