//! Tables of texts and what they load.

use super::{Loaded, read};

/// What a text loads: modules by their names, assets after `@`.
fn loads(text: &str) -> Vec<String> {
    let loads = read(text).loads.into_iter();
    let shown = |what| match what {
        Loaded::Module(name) => name,
        Loaded::Asset(path) => format!("@{path}"),
    };
    loads.map(|load| shown(load.what)).collect()
}

#[test]
fn loads_by_a_literal_name_are_found() {
    for (text, expected) in [
        ("require('a')", &["a"][..]),
        (
            "const x = require(\"./b\"), y = require(`c`);",
            &["./b", "c"],
        ),
        ("require('a', 1)\n.x", &["a"]),
        ("const { x } = require ( /* why */ 'a' )", &["a"]),
        (
            "await import('a'); import(\"b\", { with: {} })",
            &["a", "b"],
        ),
        (
            "import 'a'; import x from 'b'\nimport { y as z } from \"c\";",
            &["a", "b", "c"],
        ),
        (
            "import * as x from 'a';export * from 'b'\nexport { y } from 'c'",
            &["a", "b", "c"],
        ),
        ("export default require('a')", &["a"]),
        ("export const from = 'x'; require('a')", &["a"]),
        (
            "`${require('a')} text ${`${require('b')}`}` + require('c')",
            &["a", "b", "c"],
        ),
        ("#!/usr/bin/env node\nrequire('a')", &["a"]),
        (
            "exports.handler = () => { if (x) { return require('a')(y); } }",
            &["a"],
        ),
        (
            "require(Runtime.getAssets()['/x.json'].path)",
            &["@/x.json"],
        ),
        ("const a = b / c; require('a') / d", &["a"]),
        ("x = i++ / 2; require('a'); y = 1 / 3", &["a"]),
        ("if (x) /'/.test(y); require('a')", &["a"]),
        ("x = (a) / 'b'; require('a')", &["a"]),
        ("return /[/'\"]/.test(x) ? require('a') : 0", &["a"]),
        ("x = '\\''; require('a')", &["a"]),
        ("x = 'broken\nrequire('a')", &["a"]),
        ("x = 'one \\\r\nline'; require('a')", &["a"]),
        ("x = `\\\r\n\\``; require('a')", &["a"]),
        ("typeof require === 'function' && require('a')", &["a"]),
        ("require.resolve('b'); require('a')", &["a"]),
    ] {
        assert_eq!(loads(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_is_not_told() {
    for text in [
        "",
        "// require('a')",
        "/* require('a') */",
        "'require(\\'a\\')'",
        "\"require('a')\"",
        "`require('a')`",
        "x = /require('a')/",
        "x = y.map(/* a */ /\\/require('a')/g)",
        "require(name)",
        "require('a' + b)",
        "require(`a${b}`)",
        "require('a\\x62')",
        "module.require('a')",
        "other.import('a')",
        "requires('a'); $require('b'); require2('c')",
        "const require = createRequire(x); require('a')",
        "function require(x) {} require('a')",
        "define(function (require) { require('a') })",
        "load(require); require('a')",
        "try { x = require('a') } catch {}",
        "try { require('a').config(); } catch (error) { /* not here */ }",
        "require(Runtime.getAssets()[name].path)",
        "require(Runtime.getFunctions()['lib'].path)",
        "class A { require(name) { return name; } }",
        "x = { import: 'a', export: 'b' }",
        "require(",
        "require('",
        "`${",
        "`${require('a'",
        "}}))]]",
        "/",
        "\\",
    ] {
        assert_eq!(loads(text), [""; 0], "{text}");
    }
}

#[test]
fn only_an_attempt_is_one() {
    let long = "y = 1; ".repeat(20);
    let text = format!("try {{ {long} require('a') }} catch {{}} finally {{ require('b') }}");
    assert_eq!(loads(&text), ["a", "b"]);
}

#[test]
fn module_syntax_shows_where_it_begins() {
    for (text, begins) in [
        ("const a = 1;\nexport default a", Some("export")),
        ("import a from 'b'", Some("import")),
        ("import { a } from 'b'", Some("import")),
        ("export async function handler() {}", Some("export")),
        ("import('a')", None),
        ("import.meta", None),
        ("exports.handler = 1", None),
        ("x.export = { export: 1 }", None),
        ("const y = { import: x, export }", None),
        ("// import a from 'b'", None),
    ] {
        let read = read(text);
        let shown = read.module_syntax.map(|span| &text[span]);
        assert_eq!(shown, begins, "{text}");
    }
}

#[test]
fn places_are_those_of_the_names() {
    let text = "const é = require('./x'); import(\"y\"); require(`z`)";
    let shown = |span: std::ops::Range<usize>| &text[span];
    let names: Vec<_> = read(text)
        .loads
        .into_iter()
        .map(|load| shown(load.span))
        .collect();
    assert_eq!(names, ["'./x'", "\"y\"", "`z`"]);
}

#[test]
fn any_text_comes_to_an_end() {
    // Every cut of a text with all that matters in it, and every pair of marks.
    let text =
        "a(`b${{c:`${d}`}}e`)/f/g;'h\\'i';\"j\"/*k*///l\n/[/]m/u.n++/o;{try{require('p')}catch{}}";
    for (at, _) in text.char_indices() {
        read(&text[at..]);
        read(&text[..at]);
    }
    let marks = [
        "`", "${", "}", "'", "\"", "/", "/*", "*/", "//", "(", ")", "[", "]", "{", "\\", "\n", "é",
    ];
    for one in marks {
        for two in marks {
            for three in marks {
                read(&format!("{one}{two}{three}{one}"));
            }
        }
    }
}

#[test]
fn what_only_the_package_twilio_has_is_noticed() {
    for (text, uses) in [
        ("new Twilio.twiml.VoiceResponse()", true),
        ("const { twiml } = Twilio . twiml", true),
        (
            "const { sid } = await context.getTwilioClient().messages.create({})",
            true,
        ),
        ("Twilio.validateRequest(a, b, c, d)", true),
        ("new Twilio.Response()", false),
        ("const Twilio = 1", false),
        ("x.Twilio.twiml", false),
        ("'Twilio.twiml' // context.getTwilioClient()", false),
        ("getTwilioClient = 1", false),
    ] {
        assert_eq!(read(text).uses_twilio, uses, "{text}");
    }
}
