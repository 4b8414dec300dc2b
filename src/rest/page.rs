//! Lists in pages, as Twilio gives them.

use super::{Reply, Request};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many a page has where nothing is said, and at most.
const PAGE: (usize, usize) = (50, 1000);

/// The page that is asked for.
#[derive(Debug)]
pub(super) struct Page {
    /// With the parameters of the URL itself, where a client that goes to the next page has them.
    request: Request,
    size: usize,
    number: usize,
}

#[derive(Serialize)]
struct Shown<T: Serialize> {
    first_page_uri: String,
    end: usize,
    previous_page_uri: Option<String>,
    /// By what they are: `messages`, `calls`.
    #[serde(flatten)]
    items: BTreeMap<String, Vec<T>>,
    uri: String,
    page_size: usize,
    start: usize,
    next_page_uri: Option<String>,
    page: usize,
}

impl Page {
    pub(super) fn of(request: &Request) -> Page {
        let request = request.with_query();
        let number = |name: &str| request.parameter(name).and_then(|text| text.parse().ok());
        Page {
            size: number("PageSize").unwrap_or(PAGE.0).clamp(1, PAGE.1),
            number: number("Page").unwrap_or(0),
            request,
        }
    }

    /// The part that is on this page of those among `all` that are `fit` for what is asked, each as `shown`;
    /// `resource` is what they are: `Messages`, `Calls`.
    pub(super) fn reply<'a, F: 'a, T: Serialize>(
        &self,
        account: &str,
        resource: &str,
        all: impl Iterator<Item = &'a F>,
        fit: impl Fn(&F, &Request) -> bool,
        shown: impl Fn(&'a F) -> T,
    ) -> Reply {
        let found: Vec<&F> = all.filter(|one| fit(one, &self.request)).collect();
        let (size, page) = (self.size, self.number);
        let start = page.saturating_mul(size).min(found.len());
        let end = (start + size).min(found.len());
        let uri = |page: usize| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &self.request.parameters {
                if !matches!(name.as_str(), "Page" | "PageSize" | "PageToken") {
                    query.append_pair(name, value);
                }
            }
            query.append_pair("PageSize", &size.to_string());
            query.append_pair("Page", &page.to_string());
            let query = query.finish();
            format!("/2010-04-01/Accounts/{account}/{resource}.json?{query}")
        };
        let items = found[start..end].iter().map(|one| shown(one)).collect();
        let shown = Shown {
            first_page_uri: uri(0),
            end: end.saturating_sub(1),
            previous_page_uri: page.checked_sub(1).map(uri),
            items: BTreeMap::from([(resource.to_ascii_lowercase(), items)]),
            uri: uri(page),
            page_size: size,
            start,
            next_page_uri: (end < found.len()).then(|| uri(page + 1)),
            page,
        };
        Reply::json(200, &shown)
    }
}

/// Whether `at`, in seconds since 1970, is what `request` asks for by `name`, `name<` and `name>`.
pub(super) fn within(at: Option<i64>, name: &str, request: &Request) -> bool {
    let wanted = |sign: &str| request.parameter(&format!("{name}{sign}"));
    // Dates are written from the year down: as far as one is given, it compares as text.
    let at = at.and_then(|at| Timestamp::from_second(at).ok());
    let at = at.map(|at| at.to_string()).unwrap_or_default();
    let upto = |date: &str| at.get(..date.len().min(10)).unwrap_or(&at).to_string();
    let day = |date: &str| date.get(..10).unwrap_or(date).to_string();
    // What has no date is before none and after none.
    if at.is_empty()
        && ["", "<", ">"]
            .into_iter()
            .any(|sign| wanted(sign).is_some())
    {
        return false;
    }
    wanted("").is_none_or(|date| upto(date) == day(date))
        && wanted("<").is_none_or(|date| upto(date) <= day(date))
        && wanted(">").is_none_or(|date| upto(date) >= day(date))
}
