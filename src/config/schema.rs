//! The JSON schema of `services.toml`, kept true to `file::File` and to the keys that `walk` reads.
//!
//! Run the tests with `SWITCHBOARD_BLESS=1` to write the file anew after a change.

use super::SCHEMA;
use super::file::File;
use super::walk::{CLOUD_KEYS, FILE_KEYS, FUNCTION_KEYS, LIMIT_KEYS, SERVICE_KEYS};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_schema_is_that_of_the_types() {
    let mut schema = serde_json::to_value(schemars::schema_for!(File)).unwrap();
    remove_null(&mut schema);
    let mut wanted = serde_json::to_string_pretty(&schema).unwrap();
    wanted.push('\n');
    if std::env::var_os("SWITCHBOARD_BLESS").is_some() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/config/services.schema.json"
        );
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    snapbox::assert_data_eq!(SCHEMA, wanted);
}

#[test]
fn the_schemas_keys_are_those_that_are_read() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for (pointer, keys) in [
        ("", FILE_KEYS.as_slice()),
        ("/$defs/Service", &SERVICE_KEYS),
        ("/$defs/Function", &FUNCTION_KEYS),
        ("/$defs/CloudTable", &CLOUD_KEYS),
        ("/$defs/LimitsTable", &LIMIT_KEYS),
    ] {
        let properties = schema.pointer(&format!("{pointer}/properties")).unwrap();
        let properties = properties.as_object().unwrap().keys();
        let properties: BTreeSet<&str> = properties.map(String::as_str).collect();
        assert_eq!(properties, keys.iter().copied().collect(), "{pointer}");
    }
}

/// TOML has no null: what is optional in Rust is left out there.
fn remove_null(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(remove_null),
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get("type") {
                let kept = types.iter().find(|t| *t != "null").cloned();
                object.insert("type".into(), kept.unwrap());
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [only] = choices.as_slice() {
                    let reference = only["$ref"].clone();
                    object.remove("anyOf");
                    object.insert("$ref".into(), reference);
                }
            }
            object.values_mut().for_each(remove_null);
        }
        _ => {}
    }
}
