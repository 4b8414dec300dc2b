//! Reading one value of a TOML table, or reporting why it is not what its key takes.

use super::walk::{Key, Walk, Written};
use crate::diagnostic::Diagnostic;
use crate::spelling::{self, quoted};
use http::StatusCode;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

impl Walk<'_> {
    /// A variable's value. Numbers are not turned into text: `1.10` would be guesswork.
    pub(super) fn variable(
        &mut self,
        name: &Key<'_>,
        value: &Written<'_>,
    ) -> Option<Spanned<String>> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Spanned::new(value.span(), text.to_string()));
        }
        let fault = self.wrong_type(name, value, "text").help(format!(
            "variables are text in Twilio: put the value of {} in quotes",
            quoted(name.get_ref())
        ));
        self.faults.push(fault);
        None
    }

    /// `false` for no limit, or a number above zero.
    pub(super) fn limit<T: TryFrom<i64>>(
        &mut self,
        key: &Key<'_>,
        value: &Written<'_>,
    ) -> Option<Option<T>> {
        if let DeValue::Boolean(false) = value.get_ref() {
            return Some(None);
        }
        let number = integer(value).filter(|n| *n > 0);
        let number = number.and_then(|n| n.try_into().ok());
        if number.is_none() {
            let wanted = "a whole number above 0, or `false` for no limit";
            self.push_wrong_value(key, value, wanted, "false");
        }
        number.map(Some)
    }

    pub(super) fn status(
        &mut self,
        key: &Key<'_>,
        value: &Written<'_>,
        allowed: &[StatusCode],
    ) -> Option<StatusCode> {
        let is = |status: &&StatusCode, n| i64::from(status.as_u16()) == n;
        let found = integer(value).and_then(|n| allowed.iter().find(|status| is(status, n)));
        if found.is_none() {
            let all: Vec<String> = allowed.iter().map(|s| s.as_u16().to_string()).collect();
            let usual = all.first().map_or("", String::as_str);
            self.push_wrong_value(key, value, &all.join(" or "), usual);
        }
        found.copied()
    }

    pub(super) fn port(&mut self, key: &Key<'_>, value: &Written<'_>) -> Option<u16> {
        let port = integer(value).and_then(|n| u16::try_from(n).ok());
        if port.is_none() {
            self.push_wrong_value(key, value, "a whole number from 0 to 65535", "3000");
        }
        port
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &Key<'_>,
        value: &Written<'_>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let word = self.string(key, value)?;
        let word = word.get_ref().as_str();
        if let Some((_, meant)) = words.iter().find(|(name, _)| *name == word) {
            return Some(*meant);
        }
        let title = format!("{} cannot be {}", quoted(key.get_ref()), quoted(word));
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let help = spelling::help(word, names.iter().copied(), "it is one of");
        let fault = self.source.error("wrong-value", title, value.span(), "");
        self.faults.push(fault.help(help));
        None
    }

    pub(super) fn string(&mut self, key: &Key<'_>, value: &Written<'_>) -> Option<Spanned<String>> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(Spanned::new(value.span(), text.to_string()));
        }
        let fault = self.wrong_type(key, value, "text");
        let fault = match value.get_ref() {
            DeValue::Table(_) | DeValue::Array(_) => fault,
            _ => fault.help("put it in quotes"),
        };
        self.faults.push(fault);
        None
    }

    pub(super) fn table<'t, 'i>(
        &mut self,
        key: &Key<'_>,
        value: &'t Written<'i>,
    ) -> Option<&'t DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let fault = self.wrong_type(key, value, "a table");
            self.faults
                .push(fault.help("write `[…]` above its keys, or `{ key = value }`"));
        }
        table
    }

    pub(super) fn entries<'t, 'i>(
        &mut self,
        key: &Key<'_>,
        value: &'t Written<'i>,
    ) -> Vec<(&'t Key<'i>, &'t Written<'i>)> {
        self.table(key, value).map(in_order).unwrap_or_default()
    }

    pub(super) fn wrong_type(
        &self,
        key: &Key<'_>,
        value: &Written<'_>,
        wanted: &str,
    ) -> Diagnostic {
        let title = format!("{} must be {wanted}", quoted(key.get_ref()));
        let found = match value.get_ref() {
            DeValue::String(_) => "this is text",
            DeValue::Integer(_) | DeValue::Float(_) => "this is a number",
            DeValue::Boolean(_) => "this is a boolean",
            DeValue::Datetime(_) => "this is a date",
            DeValue::Array(_) => "this is an array",
            DeValue::Table(_) => "this is a table",
        };
        self.source
            .error("wrong-type", title, span_of(key, value), found)
    }

    /// `example` is a value that would do.
    fn push_wrong_value(
        &mut self,
        key: &Key<'_>,
        value: &Written<'_>,
        wanted: &str,
        example: &str,
    ) {
        let quotes = match value.get_ref() {
            DeValue::String(_) => ", without quotes",
            _ => "",
        };
        let help = format!("write it as in `{} = {example}`{quotes}", key.get_ref());
        let fault = match integer(value) {
            Some(_) => {
                let title = format!("{} must be {wanted}", quoted(key.get_ref()));
                self.source.error("wrong-value", title, value.span(), "")
            }
            None => self.wrong_type(key, value, wanted),
        };
        self.faults.push(fault.help(help));
    }

    /// `help` is asked only if the fault will be shown.
    pub(super) fn unknown(&mut self, key: &Key<'_>, table: &str, help: impl FnOnce() -> String) {
        let title = format!("{} is no key of {table}", quoted(key.get_ref()));
        let mut fault = self
            .source
            .error("unknown-key", title, key.span(), "unknown");
        if self.faults.has_room() {
            fault = fault.help(help());
        }
        self.faults.push(fault);
    }
}

/// The entries as they were written; toml sorts them by key.
pub(super) fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Key<'i>, &'t Written<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn integer(value: &Written<'_>) -> Option<i64> {
    let number = value.get_ref().as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Where `value` stands; a table that only its own sub-tables imply has no place but its key's.
fn span_of(key: &Key<'_>, value: &Written<'_>) -> Range<usize> {
    let span = value.span();
    if span.is_empty() { key.span() } else { span }
}
