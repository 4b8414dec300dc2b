//! `services.toml` as somebody wrote it: types right, meaning unchecked.
//!
//! The mirror is filled by `walk` and not by serde, whose first wrong type or unknown key would hide
//! all the others. Doc comments here are what editors show: the JSON schema is made of them.

use super::{Cors, Limits, Place};
use crate::Visibility;
use http::StatusCode;
use toml::Spanned;

/// The services of a Switchboard project.
#[derive(Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields, title = "services.toml"))]
pub(super) struct File {
    /// The service that answers where neither host nor path names one. Optional with one service.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) default_service: Option<Spanned<String>>,
    /// The port to listen on; 0 means any free one. Flags beat it. 3000 if nothing says otherwise.
    #[cfg_attr(test, schemars(with = "Option<u16>"))]
    pub(super) port: Option<u16>,
    /// The cloud's limits: a number changes one, `false` switches it off.
    #[cfg_attr(test, schemars(with = "Option<LimitsTable>"))]
    pub(super) limits: Limits,
    /// Where each of them is written, by its key.
    #[cfg_attr(test, schemars(skip))]
    pub(super) limit_places: Vec<(&'static str, Place)>,
    /// What no public source settles about the cloud.
    #[cfg_attr(test, schemars(with = "Option<CloudTable>"))]
    pub(super) cloud: CloudTable,
    /// The services by name: letters, digits and dashes, fewer than 50 characters.
    #[cfg_attr(
        test,
        schemars(with = "Option<std::collections::BTreeMap<String, Service>>")
    )]
    pub(super) services: Vec<(Spanned<String>, Service)>,
}

/// The cloud's limits: a number changes one, `false` switches it off.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "says to the schema what `walk` reads")]
pub(super) struct LimitsTable {
    /// Milliseconds that a function may run before 504. 10000.
    time_ms: Option<Limit>,
    /// Invocations of one service at a time before 429. 30.
    concurrency: Option<Limit>,
    /// Bytes of a request, its head included. 1048576.
    request_bytes: Option<Limit>,
    /// Bytes of a function's response body. 4194304.
    response_bytes: Option<Limit>,
    /// Bytes of all request headers, cookies included, before 431. 15360.
    header_bytes: Option<Limit>,
    /// Number of request headers before 431. 90.
    headers: Option<Limit>,
    /// Bytes of the context as JSON before error 82006. 3072.
    context_bytes: Option<Limit>,
}

/// A number above zero, or `false` for none.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "says to the schema what `walk` reads")]
enum Limit {
    At(std::num::NonZeroU64),
    Off(#[schemars(extend("const" = false))] bool),
}

/// How to answer where Twilio's documents contradict each other or say nothing.
#[derive(Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct CloudTable {
    /// Status for a protected resource without a valid signature. 403.
    #[cfg_attr(test, schemars(with = "Option<u16>", extend("enum" = PROTECTED_STATUSES.map(|s| s.as_u16()))))]
    pub(super) protected_status: Option<StatusCode>,
    /// Status for PUT, PATCH and DELETE. 403.
    #[cfg_attr(test, schemars(with = "Option<u16>", extend("enum" = METHOD_STATUSES.map(|s| s.as_u16()))))]
    pub(super) method_status: Option<StatusCode>,
    /// Which headers answer a preflight: those that Twilio documents, or those seen in June 2020.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("enum" = ["docs", "observed-2020"])))]
    pub(super) cors: Option<Cors>,
}

/// What `protected_status` may be.
pub(super) const PROTECTED_STATUSES: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
];
/// What `method_status` may be.
pub(super) const METHOD_STATUSES: [StatusCode; 2] =
    [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED];

/// One service.
#[derive(Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct Service {
    /// What stands before `.twil.io` and `.localhost`. `NAME-DIGITS-dev` if nothing else is written.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) domain: Option<Spanned<String>>,
    /// A folder in the Serverless Toolkit's layout: `functions` or `src`, `assets` or `static`, `.env`.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) root: Option<Spanned<String>>,
    /// The folder of functions, whatever `root` holds.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) functions_folder: Option<Spanned<String>>,
    /// The folder of assets, whatever `root` holds.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) assets_folder: Option<Spanned<String>>,
    /// A file of variables. `.env` in `root` if nothing else is written.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) env_file: Option<Spanned<String>>,
    /// Variables, which beat those of `env_file`.
    #[cfg_attr(
        test,
        schemars(with = "Option<std::collections::BTreeMap<String, String>>")
    )]
    pub(super) env: Vec<(Spanned<String>, Spanned<String>)>,
    /// The secret that signs and verifies requests. The variable `AUTH_TOKEN` if nothing is written.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) auth_token: Option<Spanned<String>>,
    /// The account's secondary token: it lets nobody in, but a refusal names it.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) secondary_auth_token: Option<Spanned<String>>,
    /// The account: `AC` and 32 hexadecimal digits. The variable `ACCOUNT_SID` if nothing is written.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) account_sid: Option<Spanned<String>>,
    /// Functions by path, besides those found in folders.
    #[cfg_attr(
        test,
        schemars(with = "Option<std::collections::BTreeMap<String, Function>>")
    )]
    pub(super) functions: Vec<(Spanned<String>, Function)>,
    /// Another visibility for what is at a path, whatever its file name or `functions` says.
    #[cfg_attr(
        test,
        schemars(with = "Option<std::collections::BTreeMap<String, VisibilityWord>>")
    )]
    pub(super) visibility: Vec<(Spanned<String>, Visibility)>,
}

/// A function at a path of its own choosing.
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(super) struct Function {
    /// `rust:NAME`, or a JavaScript file.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) handler: Spanned<String>,
    /// Who may call it. What the file's name says, else `public`, if nothing is written.
    #[cfg_attr(test, schemars(with = "Option<VisibilityWord>"))]
    pub(super) visibility: Option<Visibility>,
}

/// Who may reach a resource over HTTP.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[expect(dead_code, reason = "says to the schema what `Visibility` is")]
enum VisibilityWord {
    /// Anyone.
    Public,
    /// Only a request with a valid `X-Twilio-Signature`.
    Protected,
    /// Nobody; reached through `Runtime` only.
    Private,
}
