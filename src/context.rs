//! `context`: what a function knows of the service that it runs in.
//!
//! Source: Twilio docs, "Function execution" and "Environment variables"; the keys and their
//! order as runtime-handler's `route.ts` has them.

use crate::clock::Clock;
use crate::console::Console;
use crate::runtime::Runtime;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;

/// The part of a context that all requests to a service share.
///
/// Its `Debug` shows no variables: they hold secrets.
#[derive(Clone)]
pub struct ServiceContext {
    /// The variables, in the order written. They beat the built-in keys of the same name, as
    /// runtime-handler lets them.
    pub variables: Vec<(String, String)>,
    /// `SERVICE_SID`, `ZS…`.
    pub service_sid: String,
    /// `ENVIRONMENT_SID`, `ZE…`.
    pub environment_sid: String,
    /// `Runtime`.
    pub runtime: Runtime,
    /// What tells handlers the time.
    pub clock: Clock,
}

/// What a handler is given beside the event. Cheap to clone.
///
/// Its `Debug` shows no variables: they hold secrets.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    service: Arc<ServiceContext>,
    path: Arc<str>,
    domain_name: Arc<str>,
    console: Console,
}

impl Context {
    /// A context for one request to `path` of a service reached as `domain_name` (no scheme).
    pub fn new(
        service: Arc<ServiceContext>,
        path: impl Into<Arc<str>>,
        domain_name: Arc<str>,
        console: Console,
    ) -> Self {
        Context(Arc::new(Inner {
            service,
            path: path.into(),
            domain_name,
            console,
        }))
    }

    /// A variable, or one of `PATH`, `DOMAIN_NAME`, `SERVICE_SID`, `ENVIRONMENT_SID`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let variables = &self.0.service.variables;
        match variables.iter().find(|(key, _)| key == name) {
            Some((_, value)) => Some(value),
            None => self
                .built_in()
                .into_iter()
                .find_map(|(key, value)| (key == name).then_some(value)),
        }
    }

    fn built_in(&self) -> [(&'static str, &str); 4] {
        [
            ("PATH", self.path()),
            ("DOMAIN_NAME", self.domain_name()),
            ("SERVICE_SID", &self.0.service.service_sid),
            ("ENVIRONMENT_SID", &self.0.service.environment_sid),
        ]
    }

    /// The path within the service, such as `/sms/reply`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The host under which the service is reached, without a scheme:
    /// `https://{domain_name}/path` (`http` for `localhost`) comes back to this service.
    pub fn domain_name(&self) -> &str {
        &self.0.domain_name
    }

    /// The service's functions and private assets.
    pub fn runtime(&self) -> &Runtime {
        &self.0.service.runtime
    }

    /// Where to print: the lines are shown with this exchange.
    pub fn console(&self) -> &Console {
        &self.0.console
    }

    /// What tells the time here; tests set it.
    pub fn clock(&self) -> &Clock {
        &self.0.service.clock
    }

    /// All of it as `JSON.stringify(context)` has it: `PATH`, `DOMAIN_NAME`, `SERVICE_SID`,
    /// `ENVIRONMENT_SID`, then the variables. It holds secrets.
    pub fn to_json(&self) -> Value {
        let mut all = Map::new();
        for (key, value) in self.built_in() {
            all.insert(key.into(), value.into());
        }
        for (key, value) in &self.0.service.variables {
            all.insert(key.clone(), value.as_str().into());
        }
        Value::Object(all)
    }
}

impl fmt::Debug for ServiceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceContext")
            .field("service_sid", &self.service_sid)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("path", &self.path())
            .field("domain_name", &self.domain_name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(variables: &[(&str, &str)]) -> Context {
        let service = ServiceContext {
            variables: variables
                .iter()
                .map(|(k, v)| (k.to_string(), v.to_string()))
                .collect(),
            service_sid: "ZS1".into(),
            environment_sid: "ZE1".into(),
            runtime: Runtime::default(),
            clock: Clock::fixed(0),
        };
        Context::new(
            Arc::new(service),
            "/a",
            "localhost:3000".into(),
            Console::default(),
        )
    }

    #[test]
    fn the_keys_come_in_runtime_handlers_order() {
        assert_eq!(
            context(&[("B", "2"), ("A", "1")]).to_json().to_string(),
            r#"{"PATH":"/a","DOMAIN_NAME":"localhost:3000","SERVICE_SID":"ZS1","ENVIRONMENT_SID":"ZE1","B":"2","A":"1"}"#
        );
    }

    #[test]
    fn a_variable_beats_a_built_in_key_and_keeps_its_place() {
        let context = context(&[("PATH", "/usr/bin")]);
        assert_eq!(context.get("PATH"), Some("/usr/bin"));
        assert_eq!(context.path(), "/a");
        assert!(
            context
                .to_json()
                .to_string()
                .starts_with(r#"{"PATH":"/usr/bin","DOMAIN_NAME""#)
        );
    }

    #[test]
    fn debug_output_holds_no_variable() {
        let shown = format!("{:?}", context(&[("SECRET", "hunter2")]));
        assert!(!shown.contains("hunter2"));
    }
}
