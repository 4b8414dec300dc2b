//! How a request of the journal stands with its signature, asked afterwards.

use super::Gateway;
use super::asked::Asked;
use super::edge;
use crate::event::RequestHead;
use crate::journal::Exchange;
use crate::signature::{self, Candidate, Explanation, Variant, Verdict};
use crate::visibility::Visibility;
use std::sync::Arc;

/// What there is to say of a signature.
#[derive(Clone, Debug)]
pub enum SignatureReading {
    /// It is good: for this URL, in this form.
    Good {
        /// The URL.
        candidate: Candidate,
        /// The form of it that was signed.
        variant: Variant,
    },
    /// It is not.
    Refused(Box<Explanation>),
}

impl Gateway {
    /// Judges the signature of `exchange` as it would be judged now: by the services, the tokens and
    /// the public URL of this moment, which are those of then unless the files have changed.
    ///
    /// `None` where there is nothing to judge: the request names no service, or is neither signed
    /// nor for something protected. A refusal costs thousands of hashes.
    pub fn read_signature(&self, exchange: &Exchange) -> Option<SignatureReading> {
        let registry = self.live.snapshot();
        let head: &Arc<RequestHead> = &exchange.request;
        let host = edge::host(head).unwrap_or_default().to_string();
        let resolved = registry.resolve(&host, head.uri.path())?;
        let route = super::find(&resolved).ok()?;
        let signed = head.headers.contains_key(signature::HEADER);
        if !signed && route.visibility != Visibility::Protected {
            return None;
        }
        let asked = Asked {
            registry: Arc::clone(&registry),
            service: Arc::clone(resolved.service),
            route: Arc::clone(route),
            by_prefix: resolved.by_prefix,
            head: Arc::clone(head),
            body: exchange.request_body.clone(),
            peer: exchange.peer,
        };
        let (verdict, _) = asked.verdict();
        Some(match verdict {
            Verdict::Accepted { candidate, variant } => {
                SignatureReading::Good { candidate, variant }
            }
            Verdict::Refused(refusal) => {
                SignatureReading::Refused(Box::new(asked.explain(refusal)))
            }
        })
    }
}
