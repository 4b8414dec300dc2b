//! `init`: a new project that starts and answers at once.
//!
//! The files are in `templates/`, as they are written, but for the marks `{{name}}`, `{{service}}`
//! and `{{dependency}}`; those whose names begin with a dot have none there.

mod files;

use super::exit::{Exit, Failure};
use super::print;
use crate::config::ServiceName;
use crate::curl::quoted;
use clap::Args;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The project's name, and that of the folder to make; or the path of a new folder
    name: PathBuf,
    /// A Cargo project with functions in Rust, and not one in JavaScript
    #[arg(long)]
    rust: bool,
}

pub(super) fn run(args: &InitArgs) -> Result<Exit, Failure> {
    let folder = &args.name;
    let name = name(folder)?;
    let service = service(&name)?;
    let cannot = |error: io::Error| {
        let text = match error.kind() {
            io::ErrorKind::NotADirectory => {
                format!("{} is, or lies in, what is no folder", folder.display())
            }
            _ => format!("cannot make {}: {error}", folder.display()),
        };
        Failure::at_fault(text).help("choose another name, or a place where you may make folders")
    };
    if !is_free(folder).map_err(cannot)? {
        return Err(
            Failure::at_fault(format!("{} exists and is not empty", folder.display()))
                .help("choose another name, or empty the folder first"),
        );
    }
    let files = match args.rust {
        true => files::rust(&name, &service),
        false => files::javascript(&name, &service),
    };
    let mut told = format!("made {}\n", folder.display());
    for (path, text) in files {
        write(&folder.join(path), &text).map_err(cannot)?;
        told.push_str(&format!("  {path}\n"));
    }
    told.push_str("\nnext\n");
    told.push_str(&format!("  cd {}\n", typed(folder)));
    told.push_str(match args.rust {
        true => "  cargo run\n",
        false => "  switchboard\n",
    });
    told.push_str("  curl 'http://localhost:3000/hello?name=you'\n");
    print::out(&told)?;
    Ok(Exit::Done)
}

/// The folder's own name.
fn name(folder: &Path) -> Result<String, Failure> {
    // `.` and `..` have a name only as absolute paths.
    let whole = match folder.file_name() {
        Some(_) => folder.to_path_buf(),
        None => folder.canonicalize().unwrap_or_default(),
    };
    match whole.file_name() {
        Some(name) => Ok(name.to_string_lossy().into_owned()),
        None => Err(Failure::usage(format!("{} has no name", folder.display()))
            .help("name the folder to make, as in `switchboard init hello`")),
    }
}

/// `folder` as a word of a shell's, and for no flag of `cd`.
fn typed(folder: &Path) -> String {
    let text = folder.to_string_lossy();
    match text.starts_with('-') {
        true => quoted(&format!("./{text}")),
        false => quoted(&text),
    }
}

/// The name of the service and of its package: not the bare name of the project, since a project
/// called `hello` would then hide its function `/hello` behind its own name.
///
/// Cargo takes it too: a letter first, no capitals, and neither a word of Rust nor the name of the
/// library.
fn service(name: &str) -> Result<ServiceName, Failure> {
    let lower = name.to_ascii_lowercase();
    let service = match lower.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => format!("{lower}-service"),
        false => format!("service-{lower}"),
    };
    ServiceName::new(&service).map_err(|error| {
        Failure::usage(format!("`{service}` cannot name a service: {error}"))
            .help("choose another name, such as `switchboard init hello`")
    })
}

/// Whether `folder` is not there, or is there and empty.
fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_name_that_cargo_takes_and_that_is_no_path_of_it() {
        for (name, wanted) in [
            ("hello", "hello-service"),
            ("Fn", "fn-service"),
            ("1a", "service-1a"),
            ("-", "service--"),
        ] {
            assert_eq!(service(name).unwrap().as_str(), wanted);
        }
        assert!(service("a b").is_err());
        assert!(service(&"x".repeat(42)).is_err());
    }
}
