//! The API for `tests/fuzz`, which sees only what is public. Nothing else uses it.

use super::{Api, Now, Request};

/// A client, and all that is kept for it.
#[derive(Debug, Default)]
pub struct Client {
    api: Api,
    asked: u64,
}

impl Client {
    /// Asks for `url` so many seconds after 1970: status and body of the answer.
    pub fn ask(
        &mut self,
        unix_seconds: i64,
        method: &str,
        url: &str,
        parameters: &[(String, String)],
        if_match: Option<&str>,
    ) -> (u16, String) {
        self.asked += 1;
        let request = Request {
            method: method.to_string(),
            url: url.to_string(),
            account: "AC00000000000000000000000000000000".to_string(),
            parameters: parameters.to_vec(),
            if_match: if_match.map(str::to_string),
        };
        let now = Now {
            unix_seconds,
            seed: &self.asked.to_string(),
        };
        let reply = self.api.answer(&request, now).reply;
        (reply.status, reply.body)
    }
}
