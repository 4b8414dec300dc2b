//! Functions that are no JavaScript: each call of them would be a 500, here and in the cloud.

use super::{Found, loads};
use crate::config::{Code, Config};
use crate::diagnostic::Diagnostic;
use crate::javascript;
use crate::node::{SyntaxFault, syntax_faults};
use crate::toolkit::is_typescript;
use std::ffi::OsStr;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// What Node (`program`) finds wrong with the functions of `config`; nothing is run. ES modules and
/// TypeScript, which are compiled by other rules, are passed over.
pub(crate) async fn examine(config: &Config, program: &OsStr) -> Vec<Diagnostic> {
    let mut found = Found::of(config);
    let functions = config
        .services
        .iter()
        .flat_map(|service| &service.functions);
    let files = functions.filter_map(|function| match &function.code {
        Code::JavaScript(file) if !is_typescript(file) => Some(file.clone()),
        Code::JavaScript(_) | Code::Rust(_) => None,
    });
    let mut files: Vec<Arc<Path>> = files.collect();
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Vec::new();
    }
    for fault in syntax_faults(program, &files).await {
        let file = files.get(fault.which);
        let Some((file, text)) = file.and_then(|file| Some((file, loads::text_of(file)?))) else {
            continue;
        };
        if javascript::read(&text).module_syntax.is_some() {
            continue;
        }
        let title = format!("SyntaxError: {}", fault.message);
        let span = span(&text, &fault);
        found.push(
            Diagnostic::error("syntax", title)
                .at(found.shown(file), &text, span, "")
                .help("each call of this function would be a 500, in the cloud as well"),
        );
    }
    found.finish()
}

/// The bytes that are at fault.
fn span(text: &str, fault: &SyntaxFault) -> Range<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n').take(fault.line) {
        at += line.len();
    }
    let line = text[at..].lines().next().unwrap_or_default();
    let offset = |column: usize| {
        let mut units = 0;
        let mut places = line.char_indices().map(|(place, character)| {
            let here = (units, place);
            units += character.len_utf16();
            here
        });
        let found = places.find(|(units, _)| *units >= column);
        at + found.map_or(line.len(), |(_, place)| place)
    };
    offset(fault.column)..offset(fault.column + fault.width)
}
