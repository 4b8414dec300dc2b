//! What a program adds to a configuration, without any file: for servers started from code.

use super::{
    AuthToken, Cloud, Config, CredentialOrigin, DEVELOPMENT_ACCOUNT_SID, FunctionResource, Limits,
    LimitsOrigin, ServiceConfig, ServiceName, Variables,
};
use std::path::PathBuf;

impl Default for Config {
    /// No service, the cloud's limits.
    fn default() -> Self {
        Config {
            folder: PathBuf::new(),
            file: None,
            default_service: None,
            port: None,
            limits: Limits::default(),
            limits_origin: LimitsOrigin::default(),
            cloud: Cloud::default(),
            services: Vec::new(),
        }
    }
}

impl Config {
    /// Adds a function to the service called `name`, which is made if there is none: with
    /// development credentials and its name as its domain, and as the default service if there is
    /// no other. A resource on the same path gives way.
    pub fn add_function(&mut self, name: &ServiceName, function: FunctionResource) {
        if let Some(service) = self.services.iter_mut().find(|s| s.name == *name) {
            service.functions.retain(|f| f.path != function.path);
            service.assets.retain(|asset| asset.path != function.path);
            service.functions.push(function);
            return;
        }
        if self.services.is_empty() {
            self.default_service = Some(name.clone());
        }
        self.services.push(ServiceConfig {
            name: name.clone(),
            domain: name.to_string(),
            root: None,
            variables: Variables::default(),
            auth_token: AuthToken::Development,
            secondary_auth_token: None,
            auth_token_origin: CredentialOrigin::Development,
            account_sid: DEVELOPMENT_ACCOUNT_SID.to_string(),
            account_sid_origin: CredentialOrigin::Development,
            functions: vec![function],
            assets: Vec::new(),
            parity: Vec::new(),
            packages: None,
        });
    }
}
