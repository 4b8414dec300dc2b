//! The faults that are recognised, in words.

use super::TokenOwner;
use crate::signature::Refusal;
use serde::Serialize;
use std::fmt;

/// What is wrong with a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cause {
    /// There is no signature.
    NotSigned,
    /// There are several.
    SignedTwice {
        /// How many headers came.
        count: usize,
    },
    /// The header holds something else.
    NotASignature,
    /// Signed with a token that is not the service's.
    OtherToken {
        /// Whose it is.
        owner: TokenOwner,
    },
    /// Signed for another scheme.
    Scheme {
        /// The scheme that was signed: `http` or `https`.
        signed: String,
    },
    /// Signed for another name of this machine.
    Host {
        /// The host that was signed.
        signed: String,
    },
    /// Signed for a host that only a header names which is not believed.
    NamedHost {
        /// Scheme and host that were signed: `https://x.ngrok.app`.
        signed: String,
    },
    /// Signed with a port that none of the URLs has.
    Port {
        /// The port that was signed.
        signed: String,
    },
    /// Signed for a path with, or without, the service's name in front.
    Prefix {
        /// The path that was signed.
        signed: String,
    },
    /// A slash at the end of the path is there on one side only.
    TrailingSlash {
        /// Whether it was signed.
        signed: bool,
    },
    /// A bare question mark at the end is there on one side only.
    QuestionMark {
        /// Whether it was signed.
        signed: bool,
    },
    /// Signed without the query.
    QueryNotSigned,
    /// Signed with the query in another order.
    QueryOrder,
    /// Signed with the query encoded in another way.
    QueryEncoding,
    /// One parameter of the query was not signed.
    QueryParameterNotSigned {
        /// Its name, as received.
        name: String,
    },
    /// The query's parameters were signed as if they were a form's.
    QueryAsParameters,
    /// Signed without the form's parameters.
    ParametersNotSigned,
    /// The form's parameters were signed in another order, or one of them twice.
    ParameterOrder,
    /// The form's parameters were signed as they are encoded in the body.
    ParameterEncoding,
    /// White space at the ends of values, or line ends, are not as signed.
    ParameterWhiteSpace,
    /// One parameter of the form was not signed: it was added, or left out when signing.
    ParameterNotSigned {
        /// Its name.
        name: String,
    },
    /// An empty parameter that was signed did not arrive.
    ParameterMissing {
        /// Its name.
        name: String,
    },
    /// The parameters are a form's, but the content type says otherwise.
    FormContentType,
    /// The fields of a JSON body were signed as if they were a form's.
    BodyFieldsSigned,
    /// The text of the body was signed behind the URL.
    BodyTextSigned,
    /// The URL was signed with `bodySHA256`, which the request's URL lacks.
    BodyHashMissing,
    /// `bodySHA256` names another body.
    BodyChanged {
        /// The hash in the query.
        named: String,
        /// The hash of the body that came.
        actual: String,
    },
    /// None of the above.
    Unknown {
        /// Whether the server knows its public URL.
        public_url_known: bool,
    },
}

impl Cause {
    /// The cause that a refusal names itself; `None` where it takes a search.
    pub(super) fn of_refusal(refusal: &Refusal) -> Option<Cause> {
        Some(match refusal {
            Refusal::Missing => Cause::NotSigned,
            Refusal::Several { count } => Cause::SignedTwice { count: *count },
            Refusal::NotBase64 => Cause::NotASignature,
            Refusal::BodyHash { named, actual } => Cause::BodyChanged {
                named: named.clone(),
                actual: actual.clone(),
            },
            Refusal::Wrong => return None,
        })
    }

    /// The change that mends it.
    pub fn advice(&self) -> String {
        match self {
            Cause::NotSigned => {
                "Sign the request (`switchboard sign URL --curl` prints a ready command), or make the resource public."
            }
            Cause::SignedTwice { .. } => "Send one X-Twilio-Signature header.",
            Cause::NotASignature => {
                "Send the base64 text that Twilio's getExpectedTwilioSignature, or `switchboard sign`, gives."
            }
            Cause::OtherToken {
                owner: TokenOwner::Service(name),
            } => {
                return format!(
                    "Sign with this service's auth token, or call the service {name:?}; services of one account share one token."
                );
            }
            Cause::OtherToken {
                owner: TokenOwner::Secondary,
            } => "Sign with the primary auth token: the cloud takes no secondary one before it is promoted.",
            Cause::Scheme { signed } if signed == "https" => {
                "Start with --public-url https://…, or let the proxy in front send X-Forwarded-Proto and X-Forwarded-Host."
            }
            Cause::Scheme { .. } => "Use the https URL as webhook, or sign that one.",
            Cause::Host { signed } => {
                return format!("Call {signed} itself, or sign the host that is called.");
            }
            Cause::NamedHost { signed } => {
                return format!(
                    "Start with --public-url {signed}: a header of the request names that host, and is believed from a proxy on this machine alone."
                );
            }
            Cause::Port { signed } => {
                return format!(
                    "Start with --public-url and the port {signed}, or leave the port out of the webhook's URL."
                );
            }
            Cause::Prefix { signed } => {
                return format!(
                    "Sign the URL with its whole path as called; the path signed was {signed}."
                );
            }
            Cause::TrailingSlash { signed: true } => {
                "Call the URL with the slash at its end, or take the slash off the webhook's URL."
            }
            Cause::TrailingSlash { signed: false } => {
                "Call the URL without the slash at its end, or put the slash into the webhook's URL."
            }
            Cause::QuestionMark { .. } => {
                "Have the question mark at the end of the URL both when signing and when calling, or never."
            }
            Cause::QueryNotSigned => "Sign the URL together with its query.",
            Cause::QueryOrder => "Keep the query in the order in which it is sent when signing.",
            Cause::QueryEncoding => {
                "Sign the query exactly as it is sent: neither decode it nor encode it again."
            }
            Cause::QueryParameterNotSigned { name } => {
                return format!(
                    "Sign the query as it is sent: {name} was not in it, or a proxy adds it."
                );
            }
            Cause::QueryAsParameters => {
                "For GET sign the URL with its query, and no parameters."
            }
            Cause::ParametersNotSigned => {
                "Sign a form's parameters too: URL, then each name and value."
            }
            Cause::ParameterOrder => {
                "Sort the parameters by name (case-sensitively), and the values of one name without doubles, before signing."
            }
            Cause::ParameterEncoding => "Sign the parameters' decoded values.",
            Cause::ParameterWhiteSpace => {
                "Sign the values exactly as they are sent, white space and line ends included."
            }
            Cause::ParameterNotSigned { name } => {
                return format!(
                    "Sign {name} too, or send the request without it: every parameter counts."
                );
            }
            Cause::ParameterMissing { name } => {
                return format!("Send {name} even though it is empty: it was signed.");
            }
            Cause::FormContentType => {
                "Send the form with Content-Type: application/x-www-form-urlencoded."
            }
            Cause::BodyFieldsSigned | Cause::BodyTextSigned => {
                "For a JSON body sign the URL alone, without parameters (optionally with bodySHA256 in its query)."
            }
            Cause::BodyHashMissing => "Call the URL with the bodySHA256 that was signed in its query.",
            Cause::BodyChanged { .. } => {
                "Send the very bytes that were hashed: something between rewrote the body, or it was formatted anew."
            }
            Cause::Unknown {
                public_url_known: false,
            } => {
                "If the request came through a tunnel or a proxy, start with --public-url and the URL that Twilio calls; otherwise compare the URLs below with the webhook's, and the auth token with the account's."
            }
            Cause::Unknown {
                public_url_known: true,
            } => {
                "Compare the URLs below with the webhook's, character by character, and the auth token with the account's."
            }
        }
        .to_string()
    }
}

/// The fault in a few words.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Cause::NotSigned => "the request is not signed",
            Cause::SignedTwice { count } => return write!(f, "there are {count} signatures"),
            Cause::NotASignature => "the header does not hold a signature",
            Cause::OtherToken {
                owner: TokenOwner::Service(name),
            } => return write!(f, "signed with the auth token of the service {name:?}"),
            Cause::OtherToken {
                owner: TokenOwner::Secondary,
            } => "signed with the secondary auth token",
            Cause::Scheme { signed } => return write!(f, "signed for {signed}://"),
            Cause::Host { signed } => return write!(f, "signed for the host {signed}"),
            Cause::NamedHost { signed } => {
                return write!(
                    f,
                    "signed for {signed}, which the server does not know as its URL"
                );
            }
            Cause::Port { signed } => return write!(f, "signed with the port {signed}"),
            Cause::Prefix { signed } => return write!(f, "signed for the path {signed}"),
            Cause::TrailingSlash { signed: true } => "signed with a slash at the path's end",
            Cause::TrailingSlash { signed: false } => "signed without the slash at the path's end",
            Cause::QuestionMark { signed: true } => "signed with a bare question mark at the end",
            Cause::QuestionMark { signed: false } => "signed without the bare question mark",
            Cause::QueryNotSigned => "signed without the query",
            Cause::QueryOrder => "signed with the query in another order",
            Cause::QueryEncoding => "signed with the query encoded in another way",
            Cause::QueryParameterNotSigned { name } => {
                return write!(f, "the query's parameter {name} was not signed");
            }
            Cause::QueryAsParameters => "the query was signed as if it were a form",
            Cause::ParametersNotSigned => "the form's parameters were not signed",
            Cause::ParameterOrder => "the parameters were signed in another order",
            Cause::ParameterEncoding => "the parameters were signed in their encoded form",
            Cause::ParameterWhiteSpace => "white space in the parameters is not as signed",
            Cause::ParameterNotSigned { name } => {
                return write!(f, "the parameter {name} was not signed");
            }
            Cause::ParameterMissing { name } => {
                return write!(f, "the empty parameter {name} was signed and is missing");
            }
            Cause::FormContentType => "a form was signed, and sent with another content type",
            Cause::BodyFieldsSigned => "the JSON body's fields were signed as parameters",
            Cause::BodyTextSigned => "the body's text was signed behind the URL",
            Cause::BodyHashMissing => "signed with bodySHA256, which the URL lacks",
            Cause::BodyChanged { named, actual } => {
                return write!(f, "the body hashes to {actual}, bodySHA256 is {named}");
            }
            Cause::Unknown { .. } => "not found: no usual mistake gives this signature",
        };
        f.write_str(text)
    }
}
