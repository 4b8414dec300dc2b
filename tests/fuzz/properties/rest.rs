//! Requests to Twilio's REST API, one after the other. They are divided by NUL; the first line of one is
//! the method and what is asked for (`POST sync/v1/Services/default/Documents`), each other line a
//! parameter (`UniqueName=a`). `$` there is the SID of the last thing that was told of, `WAIT 60` lets time go
//! by, and a parameter `If-Match` is the header.

use serde_json::Value;
use std::collections::BTreeSet;
use switchboard::rest_client::Client;

/// More requests than that say nothing new.
const REQUESTS: usize = 60;

/// What is asked, and when.
#[derive(Default)]
struct Session {
    client: Client,
    /// Seconds since 1970.
    now: i64,
    /// The SID of the last thing that was told of.
    last: String,
    asked: usize,
}

pub(super) fn holds(data: &[u8]) {
    let mut session = Session {
        now: 1_521_971_599,
        ..Session::default()
    };
    for request in data.split(|byte| *byte == 0).take(REQUESTS) {
        session.request(&String::from_utf8_lossy(request));
    }
}

impl Session {
    fn request(&mut self, request: &str) {
        let request = request.replace('$', &self.last);
        let mut lines = request.lines();
        let (method, target) = lines
            .next()
            .unwrap_or_default()
            .split_once(' ')
            .unwrap_or_default();
        if method == "WAIT" {
            self.now = self
                .now
                .saturating_add(target.parse::<u32>().unwrap_or(1).into());
            return;
        }
        let known = ["api", "sync", "verify"];
        let url = match target.split_once('/') {
            Some((product, path)) if known.contains(&product) => {
                format!("https://{product}.twilio.com/{path}")
            }
            _ => target.to_string(),
        };
        let (headers, parameters): (Vec<_>, Vec<_>) = lines
            .map(|line| line.split_once('=').unwrap_or((line, "")))
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .partition(|(name, _)| name == "If-Match");
        let if_match = headers.first().map(|(_, value)| value.as_str());
        self.asked += 1;
        let (status, told) = self.ask(method, &url, &parameters, if_match);
        if let Some(sid) = told["sid"].as_str() {
            self.last = sid.to_string();
        }
        match status {
            200 if told["meta"].is_object() => self.pages(&told),
            200 | 201 if method == "POST" => self.is_there(&told),
            204 => self.has_gone(&url),
            _ => {}
        }
    }

    /// Asks, and looks at what every answer has in common.
    fn ask(
        &mut self,
        method: &str,
        url: &str,
        parameters: &[(String, String)],
        if_match: Option<&str>,
    ) -> (u16, Value) {
        let (status, body) = self.client.ask(self.now, method, url, parameters, if_match);
        if status == 204 {
            assert_eq!(body, "", "{method} {url}");
            return (status, Value::Null);
        }
        let told: Value = serde_json::from_str(&body)
            .unwrap_or_else(|error| panic!("{method} {url}: {error}: {body}"));
        assert!(told.is_object(), "{method} {url}: {body}");
        match status {
            200 | 201 => {}
            400..=599 => {
                assert_eq!(told["status"], status, "{method} {url}: {body}");
                // No number where no source gives Twilio's.
                assert!(told["code"].is_u64() || told["code"].is_null(), "{body}");
                assert!(told["message"].is_string(), "{body}");
            }
            _ => panic!("{method} {url}: {status}"),
        }
        (status, told)
    }

    fn get(&mut self, url: &str) -> (u16, Value) {
        self.ask("GET", url, &[], None)
    }

    /// What was made or changed is read where it says that it is, as it was told.
    fn is_there(&mut self, told: &Value) {
        if let Some(url) = told["url"].as_str().filter(|url| url.contains("//sync.")) {
            assert_eq!(self.get(url), (200, told.clone()), "{url}");
        }
        if let Some(uri) = told["uri"].as_str() {
            let (status, read) = self.get(&format!("https://api.twilio.com{uri}"));
            assert_eq!((status, &read["sid"]), (200, &told["sid"]), "{uri}");
        }
    }

    /// What was removed is not there. A service of Sync's is, without anything in it.
    fn has_gone(&mut self, url: &str) {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let is_service = path.contains("//sync.") && path.matches('/').count() < 6;
        if !is_service {
            assert_eq!(self.get(url).0, 404, "{url}");
        }
    }

    /// All pages have each thing once, and lead to each other in both directions.
    fn pages(&mut self, told: &Value) {
        let key = told["meta"]["key"]
            .as_str()
            .expect("a list has a name")
            .to_string();
        let mut forth = Vec::new();
        let mut last = None;
        let mut url = told["meta"]["first_page_url"].as_str().map(str::to_string);
        while let Some(next) = url {
            assert!(forth.len() <= self.asked, "a list without end: {next}");
            let (status, page) = self.get(&next);
            assert_eq!(status, 200, "{next}");
            forth.push(items(&page, &key));
            url = page["meta"]["next_page_url"].as_str().map(str::to_string);
            last = Some(page);
        }
        let mut back = Vec::new();
        while let Some(page) = last {
            assert!(back.len() < forth.len(), "more pages backward: {page}");
            back.push(items(&page, &key));
            let url = page["meta"]["previous_page_url"]
                .as_str()
                .map(str::to_string);
            last = url.map(|url| self.get(&url).1);
        }
        let all: Vec<&String> = forth.iter().flatten().collect();
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "one of them twice: {all:?}");
        back.reverse();
        assert_eq!(back.concat(), forth.concat(), "another list backward");
    }
}

/// What is on a page, by what tells each apart.
fn items(page: &Value, key: &str) -> Vec<String> {
    let items = page[key].as_array().expect("a list");
    items
        .iter()
        .map(|item| item["url"].as_str().expect("its URL").to_string())
        .collect()
}
