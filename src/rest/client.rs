//! A client in tests: what it asks for, and what the clock says.

use super::{Answered, Api, Now, Request};

pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000000";
/// When its time begins: 2018-03-25T09:53:19Z.
pub(super) const START: i64 = 1_521_971_599;

/// A client of one of Twilio's products.
pub(super) struct Client {
    pub(super) api: Api,
    pub(super) now: i64,
    /// What stands before the paths that it asks for.
    base: &'static str,
    asked: u32,
}

impl Client {
    pub(super) fn of(base: &'static str) -> Self {
        Client {
            api: Api::default(),
            now: START,
            base,
            asked: 0,
        }
    }

    /// Asks for a path, or for a whole URL.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Answered {
        self.ask_with(None, method, path, parameters)
    }

    /// The same, for the revision `if_match`.
    pub(super) fn ask_with(
        &mut self,
        if_match: Option<&str>,
        method: &str,
        path: &str,
        parameters: &[(&str, &str)],
    ) -> Answered {
        self.asked += 1;
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let request = Request {
            method: method.into(),
            url: match path.starts_with("https://") {
                true => path.to_string(),
                false => format!("{}/{path}", self.base),
            },
            account: ACCOUNT.into(),
            parameters: parameters.iter().map(owned).collect(),
            if_match: if_match.map(str::to_string),
        };
        let now = Now {
            unix_seconds: self.now,
            seed: &format!("test/{}", self.asked),
        };
        self.api.answer(&request, now)
    }
}
