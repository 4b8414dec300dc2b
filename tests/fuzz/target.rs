//! A target of libFuzzer. Its name is that of the binary: see `properties`.
#![no_main]

#[path = "properties/mod.rs"]
mod properties;

use std::sync::LazyLock;

static HOLDS: LazyLock<properties::Property> = LazyLock::new(|| {
    let name = env!("CARGO_BIN_NAME");
    let found = properties::ALL.iter().find(|(known, _)| *known == name);
    found.expect("a property of that name").1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| HOLDS(data));
