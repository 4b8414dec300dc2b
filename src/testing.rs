//! What a test suite in Rust needs of a server beside the server itself: calls as Twilio makes them.
//!
//! No HTTP client is chosen for anybody: a [`SignedCall`] is the request as a value. The journal is
//! read with [`Journal::exchanges`](crate::journal::Journal::exchanges) and emptied between two tests
//! with [`Journal::clear`](crate::journal::Journal::clear).

use crate::app::Running;
use form_urlencoded::Serializer;

/// A POST of form parameters, signed as Twilio signs it.
///
/// Its `Debug` shows no parameters: they can hold secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedCall {
    /// Where it goes.
    pub url: String,
    /// Its headers: `Content-Type` and `X-Twilio-Signature`.
    pub headers: [(&'static str, String); 2],
    /// The encoded parameters.
    pub body: String,
}

impl Running {
    /// The webhook that Twilio would send to `path` of `service`, with the form parameters `params`:
    /// a protected function answers it. `path` may have a query. `None` where there is no such
    /// service.
    ///
    /// ```
    /// use switchboard::{Callback, Context, Event, Outcome, Switchboard, Visibility};
    ///
    /// async fn reply(_context: Context, event: Event, callback: Callback) -> Outcome {
    ///     let body = event.text("Body").unwrap_or_default();
    ///     callback.success(format!("You wrote: {body}"))
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # Switchboard::runtime()?.block_on(async {
    /// let server = Switchboard::builder()
    ///     .function("demo", "/reply", Visibility::Protected, reply)
    ///     .port(0)
    ///     .start()
    ///     .await?;
    /// let call = server.signed("demo", "/reply", &[("Body", "Ahoy")]).expect("a service");
    /// assert_eq!(call.url, format!("http://localhost:{}/reply", server.port()));
    /// // Send it with the HTTP client of your choice, then:
    /// for exchange in server.journal().exchanges() {
    ///     assert_eq!(exchange.status, 200);
    /// }
    /// server.journal().clear(); // for the next test
    /// server.stop().await;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn signed(&self, service: &str, path: &str, params: &[(&str, &str)]) -> Option<SignedCall> {
        let registry = self.registry();
        let service = registry.service(service)?;
        let url = registry.local_url(service, path);
        let owned: Vec<(String, String)> = params
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        let signature = service.signer.sign(&url, &owned);
        Some(SignedCall {
            url,
            headers: [
                (
                    "Content-Type",
                    "application/x-www-form-urlencoded".to_string(),
                ),
                ("X-Twilio-Signature", signature),
            ],
            body: Serializer::new(String::new()).extend_pairs(params).finish(),
        })
    }
}

impl std::fmt::Debug for SignedCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedCall")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
