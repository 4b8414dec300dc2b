//! Another visibility for a route: tried out until the server ends, or written to `services.toml`.

use super::WebConsole;
use super::answer::{self, Refused};
use crate::body::Body;
use crate::config::{EditFault, SaveFault, save_visibility};
use crate::diagnostic::{Colour, render};
use crate::journal::Notice;
use crate::registry::{Registry, visibility_in};
use crate::spelling::{self, quoted};
use crate::swap::Tried;
use crate::visibility::Visibility;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// What is wished for a route.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    path: String,
    visibility: Option<Visibility>,
}

impl Wish {
    fn read(body: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(body).map_err(|error| {
            Refused::bad_request(format!(
                "the body is to be {{\"path\": \"/PATH\", \"visibility\": \"public\"}} (or protected, \
                 or private): {error}"
            ))
        })
    }
}

impl WebConsole {
    /// Tries out another visibility.
    pub(super) fn try_visibility(
        &self,
        service: &str,
        body: &[u8],
    ) -> Result<Response<Body>, Refused> {
        let wish = Wish::read(body)?;
        let Some(visibility) = wish.visibility else {
            return Err(Refused::bad_request(
                "the body has no `visibility`: public, protected or private",
            ));
        };
        let tried = self.apply(service, &wish.path, Some(visibility))?;
        Ok(told(service, &wish.path, &tried))
    }

    /// Goes back to what the files say.
    pub(super) fn forget_visibility(
        &self,
        service: &str,
        body: &[u8],
    ) -> Result<Response<Body>, Refused> {
        let wish = Wish::read(body)?;
        let tried = self.apply(service, &wish.path, None)?;
        Ok(told(service, &wish.path, &tried))
    }

    fn apply(
        &self,
        service: &str,
        path: &str,
        wanted: Option<Visibility>,
    ) -> Result<Tried, Refused> {
        let tried = self.swap.try_visibility(service, path, wanted);
        let tried = tried.ok_or_else(|| unknown(&self.live.snapshot(), service, path))?;
        let Tried {
            before,
            now,
            written,
            ..
        } = tried;
        if before != now {
            let text = match now == written {
                true => format!("{path} of {service} is {now} again, as its files say"),
                false => format!(
                    "{path} of {service} is {now} until the next restart; its files say {written}"
                ),
            };
            self.journal.note(Notice::Said { text });
        }
        Ok(tried)
    }

    /// Writes a visibility to `services.toml`: that of the body, else the one that is tried out.
    pub(super) async fn save_visibility(
        &self,
        service: &str,
        body: &[u8],
    ) -> Result<Response<Body>, Refused> {
        let Wish { path, visibility } = Wish::read(body)?;
        let registry = self.live.snapshot();
        let route = registry.service(service).and_then(|s| s.route(&path));
        let route = route.ok_or_else(|| unknown(&registry, service, &path))?;
        let visibility = visibility.unwrap_or(route.visibility);
        let project = Arc::clone(&self.project);
        let (name, at) = (service.to_string(), path.clone());
        let saved = tokio::task::spawn_blocking(move || {
            let loaded = project.load();
            let Some(mut config) = loaded.config else {
                let faults = render(&loaded.diagnostics, Colour::Never);
                return Err(Refused::conflict(format!(
                    "the project's files cannot be served as they are; mend them first:\n{faults}"
                )));
            };
            let Some(file) = &config.file else {
                return Err(no_file(&name, &at, visibility));
            };
            if project.adds(&name, &at) {
                return Err(Refused::conflict(format!(
                    "{at} of {name} is in no file: the program that started the server adds it"
                )));
            }
            let file = file.clone();
            if visibility_in(&mut config, &name, &at).is_none() {
                return Err(Refused::conflict(format!(
                    "the files have changed meanwhile: {name} has nothing at {at} in them"
                )));
            }
            save_visibility(&file, &name, &at, visibility).map_err(refused)?;
            Ok(file)
        });
        let failed = |_| Refused::new(StatusCode::INTERNAL_SERVER_ERROR, "it was not written");
        let file: PathBuf = saved.await.map_err(failed)??;
        let text = format!("services.toml says now that {path} of {service} is {visibility}");
        self.journal.note(Notice::Said { text });
        // Whether or not files are watched, it holds at once; a reload finds it in the file.
        let tried = self.swap.try_visibility(service, &path, Some(visibility));
        let tried = tried.ok_or_else(|| unknown(&self.live.snapshot(), service, &path))?;
        Ok(answer::json(
            StatusCode::OK,
            &json!({
                "service": service,
                "path": path,
                "visibility": tried.now,
                "file": file.display().to_string(),
                "generation": tried.generation,
            }),
        ))
    }
}

fn told(service: &str, path: &str, tried: &Tried) -> Response<Body> {
    answer::json(
        StatusCode::OK,
        &json!({
            "service": service,
            "path": path,
            "visibility": tried.now,
            "written": tried.written,
            "overridden": tried.now != tried.written,
            "generation": tried.generation,
        }),
    )
}

/// That there is no such service, or nothing at that path of it.
fn unknown(registry: &Registry, service: &str, path: &str) -> Refused {
    let Some(found) = registry.service(service) else {
        let known = registry.services().iter().map(|known| &*known.name);
        return Refused::not_found(format!(
            "there is no service {}; {}",
            quoted(service),
            spelling::help(service, known, "the services are")
        ));
    };
    let routes = found.routes();
    let known = routes.iter().map(|(path, _)| path.as_str());
    Refused::not_found(format!(
        "{service} has nothing at {}; {}",
        quoted(path),
        spelling::help(path, known, "the paths are")
    ))
}

/// That there is no file to write to, with one to begin with.
fn no_file(service: &str, path: &str, visibility: Visibility) -> Refused {
    let key = serde_json::Value::from(path);
    Refused::conflict(format!(
        "there is no services.toml in the project's folder. With one, its services are those that it \
         names; this one keeps yours and says what you wish:\n\n\
         [services.{service}]\nroot = \".\"\n\n\
         [services.{service}.visibility]\n{key} = \"{visibility}\"\n"
    ))
}

fn refused(fault: SaveFault) -> Refused {
    let text = match &fault {
        SaveFault::Edit(EditFault::NoService(_)) => {
            format!("{fault}; the program that started the server adds it")
        }
        _ => fault.to_string(),
    };
    match fault {
        SaveFault::Failed(_) => Refused::new(StatusCode::INTERNAL_SERVER_ERROR, text),
        _ => Refused::conflict(text),
    }
}
