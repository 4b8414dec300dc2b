//! `.env` files read here and by npm dotenv 6.2.0, the Toolkit's own version.

use crate::oracle::ask;
use serde_json::{Value, json};
use switchboard::dotenv::parse;

/// One odd thing each: quotes, white space, line ends, names, order of names.
const BY_HAND: &[&str] = &[
    "",
    "A",
    "A=",
    "=A",
    "A=1",
    "A=1\nB=2\n",
    "A=1\r\nB=2\r\n",
    "A=1\rB=2",
    "A=hello world",
    "  A  =  x  ",
    "\tA\t=\tx\t",
    "A=pa$$word",
    "B=1\nA=${B}2",
    "A=it's",
    "A='it's'",
    "A={\"json\": true}",
    "MY-KEY=1",
    "1A=x",
    "a.b=c",
    "A B=1",
    "A=x # remark",
    "A='x' # remark",
    "A=\"x\" # remark",
    "A=a#b",
    "#A=1",
    "  # A=1",
    "export A=1",
    "export=1",
    "A: yaml",
    "A=\"multi\nline\"",
    "A='x'",
    "A=\"x\"",
    "A=`x`",
    "A='x\"",
    "A='x",
    "A=x'",
    "A=''x''",
    "A=\"",
    "A='",
    "A=\"\"",
    "A=\"'",
    "A=\" x \"",
    "A=\"x\" ",
    "A=\"x\"\r",
    "A='x' ",
    "A=\"a\\nb\"",
    "A=\"a\\\\nb\"",
    "A='a\\nb'",
    "A=a\\nb",
    "A=\"a\\nb\" ",
    "A=\"a\\nb'",
    "A=\"\\n\"",
    "A=\"a\\rb\"",
    "A==",
    "A=b=c",
    "A = = ",
    "A=1\nA=2",
    "A=1\nB=2\nA=",
    "b=1\n2=x\na=1\n1=y\n0=z\n00=q",
    "4294967294=a\n4294967295=b\n4294967296=c\n7=d",
    "18446744073709551616=a\n1.5=b\n-1=c\n3=d",
    "__proto__=x\nA=1",
    "constructor=x\ntoString=y\nhasOwnProperty=z",
    "\u{feff}A=1",
    "A=\u{feff}x\u{feff}",
    "A=\u{85}x\u{85}",
    "\u{85}A=1",
    "A=\u{a0}x\u{3000}",
    "A=x\u{2028}",
    "A=x\u{2028}y",
    "A=\u{2029}y",
    "A\u{2028}=\u{2028}y\u{2028}\u{2029}",
    "A=\"x\u{2028}\"",
    "A=\u{1680}\u{180e}x\u{200b}",
    "É=1",
    "A=é👋",
    "A=\0",
    "A=\u{b}x\u{c}",
    "A=\u{fffd}",
];

/// Texts put together at random from the pieces that mean something to the parser.
fn generated(count: usize) -> Vec<String> {
    const PIECES: &[&str] = &[
        "A", "B", "KEY", "10", "9", "_", "-", ".", "=", "=", "=", "=", "'", "\"", "\"", "`", "#",
        " ", "  ", "\t", "\n", "\n", "\n", "\n", "\r", "\r\n", "\\", "\\n", "\\r", "\\\"", ":",
        ": ", "export ", "$A", "x", "é", "\u{feff}", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}",
        "\u{3000}", "A=\"", "\nB='", "'\n", "\"\n",
    ];
    // A linear congruential generator: the same corpus on every machine.
    let mut state = 1_u64;
    let mut below = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % bound
    };
    (0..count)
        .map(|_| {
            (0..=below(40))
                .map(|_| PIECES[below(PIECES.len())])
                .collect()
        })
        .collect()
}

fn ours(text: &str) -> Value {
    let variables = parse(text).variables;
    variables.iter().map(|v| json!([v.name, v.value])).collect()
}

fn compare(texts: &[String]) {
    let theirs = ask("dotenv.js", &json!(texts));
    let theirs = theirs.as_array().expect("a list");
    assert_eq!(theirs.len(), texts.len());
    for (text, theirs) in texts.iter().zip(theirs) {
        assert_eq!(ours(text), *theirs, "{text:?}");
    }
}

#[test]
fn lines_by_hand_parse_as_npm_dotenv_parses_them() {
    let texts: Vec<String> = BY_HAND.iter().map(ToString::to_string).collect();
    compare(&texts);
}

#[test]
fn generated_files_parse_as_npm_dotenv_parses_them() {
    let texts = generated(3000);
    let assigned: usize = texts.iter().map(|text| parse(text).variables.len()).sum();
    assert!(
        assigned > 1000,
        "the corpus holds only {assigned} variables"
    );
    compare(&texts);
}
