//! "This worked here; would the cloud have taken it?": the rules of the cloud, and what is said when
//! one of them is broken.
//!
//! [`rules`] is the one table of them: `docs/parity.md` is made from it, and each names the test that
//! shows it. A [`ParityWarning`] belongs to an exchange and is for the developer (terminal, journal);
//! the caller never sees its text.

mod bound;
mod cloud_rule;
mod load;
mod rules;

#[cfg(test)]
mod tests;

pub(crate) use bound::Bound;
pub use cloud_rule::{CloudRule, Confidence, Verdict};
pub(crate) use load::{
    Beside, LOCAL_HELP, Load, Packages, asset_as_code, es_module, is_local, is_relative, typescript,
};
pub use rules::rules;

use serde::{Deserialize, Serialize};

/// What a warning is about: the rules of [`rules`] that an exchange can break, or the project's files
/// can. Each has a stable name for searching and filtering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A `Response` with text and no content type leaves as `application/octet-stream`.
    NoContentType,
    /// The same with TwiML: Twilio does not read it.
    TwimlContentType,
    /// What the cloud does here is not public; the answer follows the documented default.
    NotVerified,
    /// A header that only the gateway may set was dropped.
    HeaderDropped,
    /// An address in TwiML that leads to no route, or to one that Twilio cannot reach.
    TwimlLink,
    /// A limit of the cloud was used to more than 80 %.
    NearLimit,
    /// A request of more bytes than the cloud takes.
    RequestSize,
    /// More or longer request headers than the cloud takes.
    RequestHeaders,
    /// A body of more bytes than the cloud sends.
    ResponseSize,
    /// More or longer response headers than the cloud sends.
    ResponseHeaders,
    /// A function that ran for longer than the cloud lets it.
    TimeLimit,
    /// More invocations at a time than the cloud runs.
    Concurrency,
    /// Variables that come to more than the cloud puts into a context.
    ContextSize,
    /// A variable that the cloud does not take.
    VariableSize,
    /// A browser will not let the page read this answer: it has no `Access-Control-Allow-Origin`.
    BrowserBlocks,
    /// An ES module: the cloud takes CommonJS.
    EsModule,
    /// TypeScript: the cloud takes JavaScript.
    Typescript,
    /// `new Twilio.Response({…})`: the cloud is reported to ignore the options.
    ResponseOptions,
    /// `require('./neighbour')`: the cloud has no neighbours.
    RelativeRequire,
    /// A package that `package.json` does not list.
    UnlistedDependency,
    /// A package that is listed for development alone.
    DevDependency,
    /// A `package.json` without `@twilio/runtime-handler`.
    RuntimeHandler,
    /// A package that `package.json` takes from the developer's machine.
    LocalDependency,
    /// An asset with data that is loaded as code.
    AssetRequire,
    /// `@twilio/runtime-handler` elsewhere than in `dependencies`, or without an exact version.
    RuntimeHandlerVersion,
    /// A version of Node that the cloud has not.
    NodeVersion,
    /// More packages than the cloud installs.
    DependencyCount,
    /// A package that is compiled on the machine.
    NativeModule,
    /// An asset of more bytes than the cloud takes.
    AssetSize,
    /// More assets than the cloud takes.
    AssetCount,
    /// More functions than the Console shows.
    FunctionCount,
    /// A variable without a value, which is not deployed.
    EmptyVariable,
    /// A name that the cloud does not take for a service.
    ServiceName,
    /// More services than an account has.
    ServiceCount,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 34] = [
        Rule::NoContentType,
        Rule::TwimlContentType,
        Rule::NotVerified,
        Rule::HeaderDropped,
        Rule::TwimlLink,
        Rule::NearLimit,
        Rule::RequestSize,
        Rule::RequestHeaders,
        Rule::ResponseSize,
        Rule::ResponseHeaders,
        Rule::TimeLimit,
        Rule::Concurrency,
        Rule::ContextSize,
        Rule::VariableSize,
        Rule::BrowserBlocks,
        Rule::EsModule,
        Rule::Typescript,
        Rule::ResponseOptions,
        Rule::RelativeRequire,
        Rule::UnlistedDependency,
        Rule::DevDependency,
        Rule::RuntimeHandler,
        Rule::LocalDependency,
        Rule::AssetRequire,
        Rule::RuntimeHandlerVersion,
        Rule::NodeVersion,
        Rule::DependencyCount,
        Rule::NativeModule,
        Rule::AssetSize,
        Rule::AssetCount,
        Rule::FunctionCount,
        Rule::EmptyVariable,
        Rule::ServiceName,
        Rule::ServiceCount,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Rule::NoContentType => "no-content-type",
            Rule::TwimlContentType => "twiml-content-type",
            Rule::NotVerified => "not-verified",
            Rule::HeaderDropped => "header-dropped",
            Rule::TwimlLink => "twiml-link",
            Rule::NearLimit => "near-limit",
            Rule::RequestSize => "request-size",
            Rule::RequestHeaders => "request-headers",
            Rule::ResponseSize => "response-size",
            Rule::ResponseHeaders => "response-headers",
            Rule::TimeLimit => "time-limit",
            Rule::Concurrency => "concurrency",
            Rule::ContextSize => "context-size",
            Rule::VariableSize => "variable-size",
            Rule::BrowserBlocks => "browser-blocks",
            Rule::EsModule => "es-module",
            Rule::Typescript => "typescript",
            Rule::ResponseOptions => "response-options",
            Rule::RelativeRequire => "relative-require",
            Rule::UnlistedDependency => "unlisted-dependency",
            Rule::DevDependency => "dev-dependency",
            Rule::RuntimeHandler => "runtime-handler",
            Rule::LocalDependency => "local-dependency",
            Rule::AssetRequire => "asset-require",
            Rule::RuntimeHandlerVersion => "runtime-handler-version",
            Rule::NodeVersion => "node-version",
            Rule::DependencyCount => "dependency-count",
            Rule::NativeModule => "native-module",
            Rule::AssetSize => "asset-size",
            Rule::AssetCount => "asset-count",
            Rule::FunctionCount => "function-count",
            Rule::EmptyVariable => "empty-variable",
            Rule::ServiceName => "service-name",
            Rule::ServiceCount => "service-count",
        }
    }

    /// Who tells of it.
    pub fn told(self) -> Told {
        match self {
            Rule::AssetRequire
            | Rule::RuntimeHandlerVersion
            | Rule::NodeVersion
            | Rule::DependencyCount
            | Rule::NativeModule
            | Rule::AssetSize
            | Rule::AssetCount
            | Rule::FunctionCount
            | Rule::EmptyVariable
            | Rule::ServiceName
            | Rule::ServiceCount => Told::ByCheck,
            Rule::ContextSize
            | Rule::VariableSize
            | Rule::EsModule
            | Rule::Typescript
            | Rule::RelativeRequire
            | Rule::UnlistedDependency
            | Rule::DevDependency
            | Rule::LocalDependency
            | Rule::RuntimeHandler => Told::ByBoth,
            _ => Told::ByExchange,
        }
    }

    /// Its row in the table.
    pub fn cloud_rule(self) -> Option<&'static CloudRule> {
        rules().find(|rule| rule.name == self.name())
    }
}

/// Who tells of a rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The exchange that broke it, in terminal and journal.
    ByExchange,
    /// `check`, which reads the project's files.
    ByCheck,
    /// Either.
    ByBoth,
}

/// One rule, as one exchange touched it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
