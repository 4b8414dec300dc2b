//! Who calls, and the request that such a caller would send.

use crate::event::form;
use crate::registry::{Registry, Route, Service, Target};
use crate::route;
use crate::signature::{self, Signer};
use crate::visibility::Visibility;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request};
use http_body_util::Full;

/// Signs as somebody who is nobody here: another account of Twilio's.
const STRANGER: &str = "the auth token of another account";

/// What Twilio posts to a function; which parameters they are does not matter.
const FORM: &str = "From=%2B14155550100&Body=Ahoy";

/// A kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Anyone who knows the URL.
    Anyone,
    /// Twilio, who signs with the service's auth token.
    Twilio,
    /// One who signs with another auth token.
    OtherToken,
    /// Another function of the service, through `Runtime`.
    Function,
}

impl Caller {
    /// All of them, in the order in which they are listed.
    pub(crate) const ALL: [Caller; 4] = [
        Caller::Anyone,
        Caller::Twilio,
        Caller::OtherToken,
        Caller::Function,
    ];

    /// The word for it in files and JSON.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Caller::Anyone => "anyone",
            Caller::Twilio => "twilio",
            Caller::OtherToken => "other_token",
            Caller::Function => "function",
        }
    }

    /// A few words for people.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Caller::Anyone => "anyone",
            Caller::Twilio => "Twilio",
            Caller::OtherToken => "one with another token",
            Caller::Function => "another function",
        }
    }

    /// The request for `route` under `host`, which is the host of its service.
    ///
    /// # Errors
    ///
    /// When the route's path can stand in no URL.
    pub(super) fn request(
        self,
        host: &str,
        route: &Route,
        tokens: &Tokens<'_>,
    ) -> http::Result<Request<Full<Bytes>>> {
        let (method, body) = match route.target {
            Target::Asset(_) => (Method::GET, ""),
            Target::Rust(_) | Target::JavaScript(_) => (Method::POST, FORM),
        };
        let path = route::asked(route.path());
        let mut request = Request::builder()
            .method(&method)
            .uri(&*path)
            .header(HOST, host);
        if method == Method::POST {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if let Some(signer) = tokens.of_caller(self) {
            let url = format!("http://{host}{path}");
            let signed = signer.sign(&url, &form::pairs(body.as_bytes()));
            request = request.header(signature::HEADER, signed);
        }
        request.body(Full::new(Bytes::from_static(body.as_bytes())))
    }

    /// Why a caller who was let in was let in.
    pub(super) fn welcome(self, visibility: Visibility, tokens: &Tokens<'_>) -> String {
        match (visibility, self, tokens.shared_with.as_slice()) {
            (Visibility::Protected, Caller::Twilio, []) => "signed with its auth token".to_string(),
            (Visibility::Protected, Caller::Twilio, others) => format!(
                "signed with its auth token, which is that of {} too",
                others.join(", ")
            ),
            (visibility, ..) => format!("{visibility}: anyone may call it"),
        }
    }
}

/// What the callers of one service sign with.
pub(super) struct Tokens<'r> {
    own: &'r Signer,
    other: Signer,
    /// The services that have the same token.
    shared_with: Vec<&'r str>,
}

impl<'r> Tokens<'r> {
    pub(super) fn of(service: &'r Service, registry: &'r Registry) -> Self {
        let own = service.config().auth_token.as_str();
        let others = registry.services().iter();
        let (same, differing): (Vec<_>, Vec<_>) = others
            .filter(|other| other.name != service.name)
            .partition(|other| other.config().auth_token.as_str() == own);
        Tokens {
            own: &service.signer,
            other: match differing.first() {
                Some(other) => other.signer.clone(),
                None => Signer::new(STRANGER),
            },
            shared_with: same.into_iter().map(|other| &*other.name).collect(),
        }
    }

    fn of_caller(&self, caller: Caller) -> Option<&Signer> {
        match caller {
            Caller::Twilio => Some(self.own),
            Caller::OtherToken => Some(&self.other),
            Caller::Anyone | Caller::Function => None,
        }
    }
}
