//! What to tell the developer about a refused signature.
//!
//! A wrong signature says nothing by itself. So every way in which signing goes wrong in practice is
//! tried out: the scheme, the port, a slash, the query, the token, the parameters; what then matches
//! is the fault, and it comes with the one change that mends it. The search runs on refusal only and
//! is bounded in hashes and in bytes hashed, whatever the request holds.
//!
//! The result is for the terminal and the journal of this machine: it shows the signatures that
//! would have been right (never the auth token), so it must not reach the remote caller.

mod alterations;
mod cause;
mod search;

pub use cause::Cause;

use super::check::{Refusal, SignedRequest, Verdict, check};
use super::parameters::in_signing_order;
use super::{Signer, Source, Variant, variants};
use serde::Serialize;
use std::fmt;

/// Characters of one text that are shown.
const MAX_TEXT: usize = 2000;
/// Parameters that are shown.
const MAX_PARAMETERS: usize = 100;

/// A token other than the service's own that the signature may have been made with.
#[derive(Clone, Debug)]
pub struct OtherToken<'a> {
    /// Whose it is.
    pub owner: TokenOwner,
    /// A signer that holds it.
    pub signer: &'a Signer,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenOwner {
    /// Another service of this server, by name.
    Service(String),
    /// The same account's secondary token, which the cloud does not take.
    Secondary,
}

/// All there is to say about one refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The refusal.
    pub refusal: Refusal,
    /// The signature that came, cut if it is long.
    pub received: Option<String>,
    /// What was hashed and compared, in order.
    pub tried: Vec<Tried>,
    /// The parameters that followed each URL, in the order in which they were hashed; long ones cut.
    pub parameters: Vec<(String, String)>,
    /// How many more parameters were hashed than are listed.
    pub parameters_not_listed: usize,
    /// What is wrong, the first part first: one, or two that come together.
    pub causes: Vec<Cause>,
    /// The URL that was signed, if that was found out.
    pub signed_url: Option<String>,
    /// Whether every single cause was tried; `false` if the search reached its bounds before.
    pub complete: bool,
}

/// One candidate with the forms of it that were compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Where the candidate's host comes from.
    pub source: Source,
    /// The forms, in order.
    pub forms: Vec<Form>,
}

/// One text that was hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Which form of the candidate it is.
    pub variant: Variant,
    /// The URL; the parameters follow it.
    pub url: String,
    /// The signature that would have been right.
    pub expected: String,
}

/// Explains why `request` is refused by `signer`; `None` if it is accepted.
///
/// `others` are the tokens that may have been used instead, the likeliest first. Who has the refusal
/// at hand already makes an [`Explanation::new`].
pub fn explain(
    request: &SignedRequest<'_>,
    signer: &Signer,
    others: &[OtherToken<'_>],
) -> Option<Explanation> {
    match check(request, signer) {
        Verdict::Accepted { .. } => None,
        Verdict::Refused(refusal) => Some(Explanation::new(request, refusal, signer, others)),
    }
}

impl Explanation {
    /// Explains `refusal`, which is what [`check()`] said to `request` and `signer`.
    pub fn new(
        request: &SignedRequest<'_>,
        refusal: Refusal,
        signer: &Signer,
        others: &[OtherToken<'_>],
    ) -> Explanation {
        let params = request.signed_parameters();
        let text = super::parameter_text(params);
        let forms = |url: &str| {
            variants(url)
                .map(|(variant, url)| Form {
                    variant,
                    expected: signer.sign_text(&url, &text),
                    url: shortened(&url),
                })
                .collect()
        };
        let tried = request.arrival.candidates().map(|c| Tried {
            source: c.source,
            forms: forms(&c.url),
        });
        let found = match Cause::of_refusal(&refusal) {
            Some(cause) => search::Found::plain(cause),
            None => search::search(request, signer, others),
        };
        let ordered = in_signing_order(params);
        Explanation {
            received: request.signatures.first().map(|text| shortened(text)),
            refusal,
            tried: tried.collect(),
            parameters: ordered
                .iter()
                .take(MAX_PARAMETERS)
                .map(|(name, value)| (shortened(name), shortened(value)))
                .collect(),
            parameters_not_listed: ordered.len().saturating_sub(MAX_PARAMETERS),
            causes: found.causes,
            signed_url: found.url.map(|url| shortened(&url)),
            complete: found.complete,
        }
    }

    /// What to change, in a sentence or two.
    pub fn advice(&self) -> String {
        let advice: Vec<String> = self.causes.iter().map(Cause::advice).collect();
        advice.join(" ")
    }
}

/// Several plain lines: the fault, the change that mends it, what was hashed and what came of it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "signature refused: {}", self.refusal)?;
        for cause in &self.causes {
            writeln!(f, "  cause: {cause}")?;
        }
        writeln!(f, "  advice: {}", self.advice())?;
        if let Some(url) = &self.signed_url {
            writeln!(f, "  signed URL: {}", plain(url))?;
        }
        if let Some(received) = &self.received {
            writeln!(f, "  received: {}", plain(received))?;
        }
        for tried in &self.tried {
            for form in &tried.forms {
                let source = tried.source.as_str();
                writeln!(
                    f,
                    "  expected: {} for {} ({source})",
                    form.expected,
                    plain(&form.url)
                )?;
            }
        }
        for (name, value) in &self.parameters {
            writeln!(f, "  followed by: {}{}", plain(name), plain(value))?;
        }
        if self.parameters_not_listed > 0 {
            writeln!(f, "  and {} more", self.parameters_not_listed)?;
        }
        if !self.complete {
            writeln!(f, "  the request is large: not every cause was tried")?;
        }
        Ok(())
    }
}

/// The text without anything that a terminal would act on.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = c.is_control().then(|| c.escape_default());
            let kept = (!c.is_control()).then_some(c);
            escaped.into_iter().flatten().chain(kept)
        })
        .collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

#[cfg(test)]
mod tests;
