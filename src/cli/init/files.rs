//! The files of a new project, by their path in it.

use crate::config::ServiceName;
use std::path::Path;

type Files = Vec<(&'static str, String)>;

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("templates/", $path))
    };
}

/// A project in the Toolkit's layout.
pub(super) fn javascript(name: &str, service: &ServiceName) -> Files {
    filled(
        name,
        service,
        &[
            (
                "functions/hello.js",
                template!("javascript/functions/hello.js"),
            ),
            (
                "functions/greeting.private.js",
                template!("javascript/functions/greeting.private.js"),
            ),
            (
                "functions/sms/reply.protected.js",
                template!("javascript/functions/sms/reply.protected.js"),
            ),
            (
                "assets/index.html",
                template!("javascript/assets/index.html"),
            ),
            (".env", template!("javascript/env")),
            ("package.json", template!("javascript/package.json")),
            (".gitignore", template!("javascript/gitignore")),
            ("README.md", template!("javascript/README.md")),
        ],
    )
}

/// A Cargo project whose program is Switchboard with handlers of its own.
pub(super) fn rust(name: &str, service: &ServiceName) -> Files {
    filled(
        name,
        service,
        &[
            ("functions/hello.rs", template!("rust/functions/hello.rs")),
            ("functions/mod.rs", template!("rust/functions/mod.rs")),
            ("src/main.rs", template!("rust/src/main.rs")),
            ("services.toml", template!("rust/services.toml")),
            ("Cargo.toml", template!("rust/cargo.toml")),
            (".gitignore", template!("rust/gitignore")),
            ("README.md", template!("rust/README.md")),
        ],
    )
}

fn filled(name: &str, service: &ServiceName, templates: &[(&'static str, &str)]) -> Files {
    let dependency = dependency();
    templates
        .iter()
        .map(|(path, text)| {
            let text = text
                .replace("{{name}}", name)
                .replace("{{service}}", service.as_str())
                .replace("{{dependency}}", &dependency);
            (*path, text)
        })
        .collect()
}

/// The library that this program was built from if it is still there, else a published one.
fn dependency() -> String {
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR"));
    if built_from.join("Cargo.toml").is_file() {
        // A TOML string is written as a JSON one, as far as paths go.
        let path = serde_json::Value::from(built_from.display().to_string());
        return format!("{{ path = {path} }}");
    }
    format!(
        "\"{}.{}\"",
        env!("CARGO_PKG_VERSION_MAJOR"),
        env!("CARGO_PKG_VERSION_MINOR")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_is_left_in_any_file() {
        let service = ServiceName::new("hello-service").unwrap();
        let all = [javascript("hello", &service), rust("hello", &service)];
        for (path, text) in all.iter().flatten() {
            assert!(!text.contains("{{"), "{path}");
        }
    }
}
