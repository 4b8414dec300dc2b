//! Messages in pages, as Twilio lists them: the newest first.

use super::message::Shown;
use super::messages::Messages;
use super::{Message, Reply, Request};
use jiff::Timestamp;
use serde::Serialize;

/// How many a page has where nothing is said, and at most.
const PAGE: (usize, usize) = (50, 1000);

#[derive(Serialize)]
struct Page<'m> {
    first_page_uri: String,
    end: usize,
    previous_page_uri: Option<String>,
    messages: Vec<Shown<'m>>,
    uri: String,
    page_size: usize,
    start: usize,
    next_page_uri: Option<String>,
    page: usize,
}

impl Messages {
    /// Those that `request` asks for, by `To`, `From` and `DateSent` (also `DateSent<`, `DateSent>`).
    pub(super) fn list(&self, account: &str, request: &Request) -> Reply {
        let request = &with_query(request);
        let number = |name: &str| request.parameter(name).and_then(|text| text.parse().ok());
        let size: usize = number("PageSize").unwrap_or(PAGE.0).clamp(1, PAGE.1);
        let page: usize = number("Page").unwrap_or(0);
        let newest_first = self.kept.iter().rev();
        let found: Vec<&Message> = newest_first
            .filter(|message| fits(message, request))
            .collect();
        let start = page.saturating_mul(size).min(found.len());
        let end = (start + size).min(found.len());
        let uri = |page: usize| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &request.parameters {
                if !matches!(name.as_str(), "Page" | "PageSize" | "PageToken") {
                    query.append_pair(name, value);
                }
            }
            query.append_pair("PageSize", &size.to_string());
            query.append_pair("Page", &page.to_string());
            format!(
                "/2010-04-01/Accounts/{account}/Messages.json?{}",
                query.finish()
            )
        };
        let shown = Page {
            first_page_uri: uri(0),
            end: end.saturating_sub(1),
            previous_page_uri: page.checked_sub(1).map(uri),
            messages: found[start..end].iter().map(|m| m.shown()).collect(),
            uri: uri(page),
            page_size: size,
            start,
            next_page_uri: (end < found.len()).then(|| uri(page + 1)),
            page,
        };
        Reply {
            status: 200,
            // Numbers and texts alone: it cannot fail.
            body: serde_json::to_string(&shown).unwrap_or_default(),
        }
    }
}

/// The same with the parameters of the URL itself, where a client that goes to the next page has them.
fn with_query(request: &Request) -> Request {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let of_url = form_urlencoded::parse(query.as_bytes()).into_owned();
    Request {
        parameters: of_url.chain(request.parameters.iter().cloned()).collect(),
        ..request.clone()
    }
}

fn fits(message: &Message, request: &Request) -> bool {
    let wanted = |name| request.parameter(name);
    // Dates are written from the year down: as far as one is given, it compares as text.
    let sent = message
        .sent
        .and_then(|sent| Timestamp::from_second(sent).ok());
    let sent = sent.map(|sent| sent.to_string()).unwrap_or_default();
    let upto = |date: &str| sent.get(..date.len().min(10)).unwrap_or(&sent).to_string();
    let day = |date: &str| date.get(..10).unwrap_or(date).to_string();
    let dated = ["DateSent", "DateSent<", "DateSent>"].into_iter();
    // What was not sent has no date to be before any.
    if sent.is_empty() && dated.filter_map(wanted).next().is_some() {
        return false;
    }
    wanted("To").is_none_or(|to| message.to == to)
        && wanted("From").is_none_or(|from| message.from.as_deref() == Some(from))
        && wanted("DateSent").is_none_or(|date| upto(date) == day(date))
        && wanted("DateSent<").is_none_or(|date| upto(date) <= day(date))
        && wanted("DateSent>").is_none_or(|date| upto(date) >= day(date))
}
