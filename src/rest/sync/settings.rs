//! What a service is told to do.

use super::given::{flag, friendly_name, webhook_url};
use crate::rest::Request;
use crate::rest::refused::Refused;

/// What a service can be told to do: shown again, and without effect.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) friendly_name: Option<String>,
    pub(super) webhook_url: Option<String>,
    pub(super) webhooks_from_rest: bool,
    pub(super) reachability_webhooks: bool,
    pub(super) acl: bool,
    pub(super) reachability_debouncing: bool,
    pub(super) reachability_debouncing_window: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            friendly_name: None,
            webhook_url: None,
            webhooks_from_rest: false,
            reachability_webhooks: false,
            acl: false,
            reachability_debouncing: false,
            reachability_debouncing_window: 5000,
        }
    }
}

impl Settings {
    pub(super) fn take(&mut self, request: &Request) -> Result<(), Refused> {
        let (name, url) = (friendly_name(request)?, webhook_url(request)?);
        self.friendly_name = name.or(self.friendly_name.take());
        self.webhook_url = url.or(self.webhook_url.take());
        let set = |setting: &mut bool, name| *setting = flag(request, name).unwrap_or(*setting);
        set(&mut self.webhooks_from_rest, "WebhooksFromRestEnabled");
        set(
            &mut self.reachability_webhooks,
            "ReachabilityWebhooksEnabled",
        );
        set(&mut self.acl, "AclEnabled");
        set(
            &mut self.reachability_debouncing,
            "ReachabilityDebouncingEnabled",
        );
        let window = request.parameter("ReachabilityDebouncingWindow");
        if let Some(window @ 1000..=30_000) = window.and_then(|text| text.parse().ok()) {
            self.reachability_debouncing_window = window;
        }
        Ok(())
    }
}
