//! The forms of one URL for which twilio-node accepts a signature.
//!
//! Twilio signs the URL as it was configured, with or without the port, and some of its back ends
//! sign a normalised or re-encoded form. twilio-node 6 tries six forms; here they are made one by
//! one, each only if the ones before did not match, and a form equal to an earlier one is left out.
//!
//! Source: twilio-node 6.2.0 `webhooks.js`, `validateRequest`.

use super::normalise::normalise;
use super::querystring::reencoded;
use super::url::{with_port, without_port};
use serde::Serialize;
use std::borrow::Cow;

/// Which form of the URL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// As received, any port removed.
    WithoutPort,
    /// As received, `:443` or `:80` added if there is no port.
    WithPort,
    /// As JavaScript's `URL` writes it, any port removed.
    NormalisedWithoutPort,
    /// As JavaScript's `URL` writes it, the scheme's port added if there is none.
    NormalisedWithPort,
    /// Normalised, without port, the query re-encoded by Node's `querystring`.
    LegacyWithoutPort,
    /// Normalised, with port, the query re-encoded by Node's `querystring`.
    LegacyWithPort,
}

impl Variant {
    /// All six, in the order in which they are tried.
    pub const ALL: [Variant; 6] = [
        Variant::WithoutPort,
        Variant::WithPort,
        Variant::NormalisedWithoutPort,
        Variant::NormalisedWithPort,
        Variant::LegacyWithoutPort,
        Variant::LegacyWithPort,
    ];
}

/// The distinct forms of `url`, in order, made as they are asked for.
///
/// ```
/// use switchboard::signature::variants;
/// let forms: Vec<String> = variants("https://H.com:8443").map(|(_, url)| url).collect();
/// assert_eq!(
///     forms,
///     ["https://H.com", "https://H.com:8443", "https://h.com/", "https://h.com:8443/"]
/// );
/// ```
pub fn variants(url: &str) -> Variants<'_> {
    Variants {
        url,
        made: Vec::new(),
        next: 0,
        normal: None,
    }
}

/// See [`variants`].
#[derive(Debug)]
pub struct Variants<'u> {
    url: &'u str,
    made: Vec<Cow<'u, str>>,
    next: usize,
    /// Made when first needed; empty inside where there is no normal form.
    normal: Option<Option<String>>,
}

impl<'u> Variants<'u> {
    fn form(&mut self, variant: Variant) -> Option<Cow<'u, str>> {
        match variant {
            Variant::WithoutPort => return Some(without_port(self.url)),
            Variant::WithPort => return Some(with_port(self.url)),
            _ => {}
        }
        let url = self
            .normal
            .get_or_insert_with(|| normalise(self.url))
            .as_deref()?;
        let bare = matches!(
            variant,
            Variant::NormalisedWithoutPort | Variant::LegacyWithoutPort
        );
        let url = if bare {
            without_port(url)
        } else {
            with_port(url)
        };
        Some(Cow::Owned(match variant {
            Variant::LegacyWithoutPort | Variant::LegacyWithPort => reencoded(&url),
            _ => url.into_owned(),
        }))
    }

    /// What the iterator gives, without a copy of the URL.
    pub(super) fn lend(&mut self) -> Option<(Variant, &str)> {
        while let Some(&variant) = Variant::ALL.get(self.next) {
            self.next += 1;
            if let Some(url) = self.form(variant)
                && !self.made.contains(&url)
            {
                self.made.push(url);
                return self.made.last().map(|url| (variant, url.as_ref()));
            }
        }
        None
    }
}

impl Iterator for Variants<'_> {
    type Item = (Variant, String);

    fn next(&mut self) -> Option<Self::Item> {
        self.lend().map(|(variant, url)| (variant, url.to_string()))
    }
}
