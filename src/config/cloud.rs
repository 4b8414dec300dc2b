//! What no public source settles about the cloud, as choices under `[cloud]`.
//!
//! Source: runtime-spec 3.1 (status of a refused signature), 3.4 (methods), 8 (CORS), 16.

use http::StatusCode;

/// How to answer where Twilio's documents contradict each other or say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// Status for a protected resource without a valid signature: 403 (three sources), 400 (one)
    /// or 401 (a wish).
    pub protected_status: StatusCode,
    /// Status for PUT, PATCH and DELETE, which the cloud does not support: 403 (as CloudFront
    /// answers) or 405.
    pub method_status: StatusCode,
    /// The headers that answer a preflight.
    pub cors: Cors,
}

/// Which headers answer an OPTIONS request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// The three that Twilio documents, `*` for the allowed headers.
    #[default]
    Docs,
    /// The list that was seen in June 2020, which names each allowed header.
    Observed2020,
}

impl Default for Cloud {
    /// The best supported reading of each.
    fn default() -> Self {
        Cloud {
            protected_status: StatusCode::FORBIDDEN,
            method_status: StatusCode::FORBIDDEN,
            cors: Cors::Docs,
        }
    }
}
