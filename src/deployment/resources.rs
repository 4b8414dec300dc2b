//! How many functions and assets there are, and how large. Source: Twilio docs, "Assets", "Functions".

use super::Found;
use crate::config::{AssetResource, ServiceConfig};
use crate::diagnostic::Diagnostic;
use crate::parity::Rule;
use crate::visibility::Visibility;
use std::fs;

/// Functions that the Console shows.
const MOST_FUNCTIONS: usize = 100;
/// Bytes of a megabyte, as in the other limits.
const MB: u64 = 1024 * 1024;

pub(super) fn examine(service: &ServiceConfig, found: &mut Found<'_>) {
    let name = &service.name;
    let functions = service.functions.len();
    if functions > MOST_FUNCTIONS {
        let title = format!(
            "the service `{name}` has {functions} functions: the Console shows {MOST_FUNCTIONS}"
        );
        found.push(
            Diagnostic::warning(Rule::FunctionCount.name(), title)
                .help("divide it into several services"),
        );
    }
    for visibility in Visibility::ALL {
        let (most, megabytes) = bounds(visibility);
        let of_it = |asset: &&AssetResource| asset.visibility == visibility;
        let count = service.assets.iter().filter(of_it).count();
        if count > most {
            let title = format!(
                "the service `{name}` has {count} {visibility} assets: the cloud takes at most {most}"
            );
            found.push(
                Diagnostic::warning(Rule::AssetCount.name(), title)
                    .help("divide it into several services"),
            );
        }
        for asset in service.assets.iter().filter(of_it) {
            let size = fs::metadata(&asset.file).map_or(0, |data| data.len());
            if size > megabytes * MB {
                let title = format!(
                    "a {visibility} asset has {size} bytes: the cloud takes at most {megabytes} MB"
                );
                let place = found.shown(&asset.file);
                found.push(
                    Diagnostic::warning(Rule::AssetSize.name(), title)
                        .in_file(place, "")
                        .help("make it smaller, or serve it from elsewhere"),
                );
            }
        }
    }
}

/// How many assets there may be, and of how many megabytes each.
fn bounds(visibility: Visibility) -> (usize, u64) {
    match visibility {
        Visibility::Public | Visibility::Protected => (1000, 25),
        Visibility::Private => (50, 10),
    }
}
