//! "This worked here; would the cloud have taken it?": the rules behind parity warnings.
//!
//! A [`ParityWarning`] belongs to an exchange and is for the developer alone (terminal, journal);
//! the caller never sees it.

use serde::Serialize;

/// What a warning is about. Each has a stable name for searching and filtering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A `Response` with text and no content type leaves as `application/octet-stream`.
    NoContentType,
    /// What the cloud does here is not public; the answer follows the documented default.
    NotVerified,
    /// A header that only the gateway may set was dropped.
    HeaderDropped,
    /// A limit of the cloud was used to more than 80 %.
    NearLimit,
    /// A browser will not let the page read this answer: it has no `Access-Control-Allow-Origin`.
    BrowserBlocks,
    /// An ES module: the cloud takes CommonJS.
    EsModule,
    /// `new Twilio.Response({…})`: the cloud is reported to ignore the options.
    ResponseOptions,
}

impl Rule {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Rule::NoContentType => "no-content-type",
            Rule::NotVerified => "not-verified",
            Rule::HeaderDropped => "header-dropped",
            Rule::NearLimit => "near-limit",
            Rule::BrowserBlocks => "browser-blocks",
            Rule::EsModule => "es-module",
            Rule::ResponseOptions => "response-options",
        }
    }
}

/// One rule, as one exchange touched it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParityWarning {
    /// The rule.
    pub rule: Rule,
    /// What happened, and what to do about it, in a sentence.
    pub text: String,
}

impl ParityWarning {
    /// A warning about `rule`.
    pub fn new(rule: Rule, text: impl Into<String>) -> Self {
        ParityWarning {
            rule,
            text: text.into(),
        }
    }
}
