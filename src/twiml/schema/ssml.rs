//! Speech markup within `<Say>`. The SDKs print it without prefix; `<amazon:…>` is written by hand.

use super::{Content, Kind, Verb, rule};

macro_rules! markup {
    ($static:ident, $name:literal, [$($rule:expr),*], $children:expr) => {
        static $static: Verb = Verb {
            attributes: &[$($rule),*],
            children: $children,
            content: Content::Text,
            ..Verb::new($name)
        };
    };
}

/// What a `<Say>` may have in it; and, since speech engines differ, each of them in each other.
pub(super) static ALL: [&Verb; 12] = [
    &BREAK, &EMPHASIS, &LANG, &P, &PHONEME, &PROSODY, &S, &SAY_AS, &SUB, &W, &EFFECT, &DOMAIN,
];

const STRENGTHS: &[&str] = &["none", "x-weak", "weak", "medium", "strong", "x-strong"];
const LEVELS: &[&str] = &["strong", "moderate", "reduced"];

static BREAK: Verb = Verb {
    attributes: &[
        rule("strength", Kind::OneOf(STRENGTHS)),
        rule("time", Kind::Text),
    ],
    ..Verb::new("break")
};
markup!(
    EMPHASIS,
    "emphasis",
    [rule("level", Kind::OneOf(LEVELS))],
    &ALL
);
markup!(LANG, "lang", [rule("xml:lang", Kind::Language)], &ALL);
markup!(P, "p", [], &ALL);
markup!(
    PHONEME,
    "phoneme",
    [rule("alphabet", Kind::Text), rule("ph", Kind::Text)],
    &[]
);
markup!(
    PROSODY,
    "prosody",
    [
        rule("pitch", Kind::Text),
        rule("rate", Kind::Text),
        rule("volume", Kind::Text)
    ],
    &ALL
);
markup!(S, "s", [], &ALL);
markup!(
    SAY_AS,
    "say-as",
    [rule("interpret-as", Kind::Text), rule("format", Kind::Text)],
    &[]
);
markup!(SUB, "sub", [rule("alias", Kind::Text)], &[]);
markup!(W, "w", [rule("role", Kind::Text)], &ALL);
markup!(
    EFFECT,
    "amazon:effect",
    [
        rule("name", Kind::Text),
        rule("phonation", Kind::Text),
        rule("vocal-tract-length", Kind::Text)
    ],
    &ALL
);
markup!(DOMAIN, "amazon:domain", [rule("name", Kind::Text)], &ALL);
