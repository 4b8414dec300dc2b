//! The limits that hold, and who says so.

use super::service::PlaceReport;
use crate::config::{Limits, LimitsOrigin};
use serde::Serialize;

/// One limit.
#[derive(Debug, Serialize)]
pub struct LimitReport {
    /// Its key under `[limits]` in `services.toml`.
    pub name: &'static str,
    /// What holds; `None` where it is switched off.
    pub value: Option<u64>,
    /// What holds in the cloud.
    pub cloud: Option<u64>,
    /// Who says so: `cloud`, `services.toml`, or `program`, which started the server.
    pub from: &'static str,
    /// The file that says so.
    pub file: Option<String>,
    /// The line in that.
    pub line: Option<usize>,
}

/// All limits; they hold for each service.
pub fn limit_reports(limits: &Limits, origin: &LimitsOrigin) -> Vec<LimitReport> {
    let cloud = numbers(&Limits::default());
    let numbers = numbers(limits).into_iter().zip(cloud);
    numbers
        .map(|((name, value), (_, cloud))| {
            let place = match origin {
                LimitsOrigin::ServicesToml(places) => places.iter().find(|(key, _)| *key == name),
                LimitsOrigin::Program => None,
            };
            let from = match (origin, place) {
                (LimitsOrigin::Program, _) => "program",
                (_, Some(_)) => "services.toml",
                (_, None) => "cloud",
            };
            let place = place.map(|(_, place)| PlaceReport::new(place));
            LimitReport {
                name,
                value,
                cloud,
                from,
                line: place.as_ref().map(|place| place.line),
                file: place.map(|place| place.file),
            }
        })
        .collect()
}

fn numbers(limits: &Limits) -> [(&'static str, Option<u64>); 7] {
    let count = |limit: Option<usize>| limit.and_then(|limit| u64::try_from(limit).ok());
    let time = limits.time.map(|time| time.as_millis());
    [
        ("time_ms", time.and_then(|time| u64::try_from(time).ok())),
        ("concurrency", count(limits.concurrency)),
        ("request_bytes", count(limits.request_bytes)),
        ("response_bytes", count(limits.response_bytes)),
        ("header_bytes", count(limits.header_bytes)),
        ("headers", count(limits.headers)),
        ("context_bytes", count(limits.context_bytes)),
    ]
}
