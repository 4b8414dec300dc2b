//! Events compared with what the runtime handler's npm packages make of the same requests.
//!
//! Thousands of generated requests, the same in every run, and a list by hand. A difference fails
//! unless it belongs to a class that `src/event/mod.rs` lists; a class without a difference left
//! fails as well. `SWITCHBOARD_EVENT_SEED=N` runs another corpus.

use crate::oracle::ask;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use switchboard::{Event, RequestHead};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A request; `query` and headers as bytes, as they would arrive.
#[derive(Clone, Default)]
struct Input {
    query: Vec<u8>,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Vec<u8>,
}

impl Input {
    fn query(query: impl Into<Vec<u8>>) -> Self {
        Input {
            query: query.into(),
            ..Input::default()
        }
    }

    fn cookie(cookie: impl Into<Vec<u8>>) -> Self {
        Input::default().header(COOKIE, cookie)
    }

    fn body(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        let input = Input {
            body,
            ..Input::default()
        };
        input
            .header(CONTENT_TYPE, content_type)
            .header(CONTENT_LENGTH, length)
    }

    fn header(mut self, name: HeaderName, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn target(&self) -> Vec<u8> {
        [b"/f?", &self.query[..]].concat()
    }

    /// What the original is asked.
    fn question(&self) -> Value {
        let headers = self.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| json!([name.as_str(), latin1(value)]))
            .collect();
        json!({
            "url": latin1(&self.target()),
            "headers": headers,
            "body": latin1(&self.body),
        })
    }

    /// The event as canonical text, or the status of the refusal.
    fn answer(&self) -> Result<String, u16> {
        let headers = self.headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value).expect("a header's value");
            (name.clone(), value)
        });
        let head = RequestHead {
            method: Method::POST,
            uri: Uri::try_from(self.target()).expect("a request target"),
            headers: HeaderMap::from_iter(headers),
        };
        let event = Event::from_request(Arc::new(head), &Bytes::from(self.body.clone()))
            .map_err(|rejected| rejected.status().as_u16())?;
        let mut seen = event.to_json();
        if !event.parameters().contains_key("request") {
            seen["request"]["headers"] = json!({});
        }
        Ok(canonical(&seen))
    }

    fn describe(&self) -> String {
        let headers = self.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| format!("{name}: {}", value.escape_ascii()))
            .collect();
        format!(
            "?{} {headers:?} {}",
            self.query.escape_ascii(),
            self.body.escape_ascii()
        )
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// JSON with numbers as the bits of the double, as the script writes it.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => {
            let double = number.as_f64().expect("a double");
            format!("#{:016x}", double.to_bits())
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(map) => {
            let entry = |(key, item): (&String, &Value)| {
                format!("{}:{}", Value::from(key.as_str()), canonical(item))
            };
            let entries: Vec<_> = map.iter().map(entry).collect();
            format!("{{{}}}", entries.join(","))
        }
        plain => plain.to_string(),
    }
}

/// Asks both and returns the inputs whose answers differ, with both answers.
///
/// A lone surrogate is U+FFFD here; the original's text is compared after the same replacement,
/// so that this class can hide no other difference.
fn differences(inputs: &[Input]) -> Vec<(&Input, String)> {
    let questions = inputs.iter().map(Input::question).collect();
    let answers = ask("event.js", &questions);
    let answers = answers.as_array().expect("a list");
    assert_eq!(answers.len(), inputs.len());
    let compared = inputs.iter().zip(answers).filter_map(|(input, theirs)| {
        let ours = input.answer();
        let theirs = match theirs["event"].as_str() {
            Some(event) => Ok(event.to_string()),
            None => Err(theirs["status"].as_u64().map_or(0, |status| status as u16)),
        };
        let difference = format!("\n  ours   {ours:?}\n  theirs {theirs:?}");
        (ours != theirs).then_some((input, difference))
    });
    compared.collect()
}

fn assert_same(inputs: &[Input], at_least: usize) {
    assert!(inputs.len() >= at_least, "{} inputs", inputs.len());
    let differences: Vec<_> = differences(inputs)
        .into_iter()
        .map(|(input, difference)| input.describe() + &difference)
        .collect();
    assert!(
        differences.is_empty(),
        "{} of {} differ, among them:\n{}",
        differences.len(),
        inputs.len(),
        differences[..differences.len().min(10)].join("\n")
    );
}

/// The fragments in a list separated by `|`.
fn list(fragments: &'static [u8]) -> Vec<&'static [u8]> {
    fragments.split(|byte| *byte == b'|').collect()
}

/// A linear congruential generator: the corpus must be the same in every run and on every machine.
struct Random(u64);

impl Random {
    fn new(kind: u64) -> Self {
        let seed = std::env::var("SWITCHBOARD_EVENT_SEED").ok();
        let seed: u64 = seed.map_or(1, |seed| seed.parse().expect("a number"));
        Random(seed.wrapping_mul(31).wrapping_add(kind))
    }

    fn below(&mut self, limit: usize) -> usize {
        let Random(state) = self;
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) as usize % limit
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Up to `most` fragments, one after the other.
    fn mix(&mut self, fragments: &[&[u8]], most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        (0..count)
            .flat_map(|_| self.pick(fragments))
            .copied()
            .collect()
    }
}

#[test]
fn queries_are_read_as_by_the_original() {
    let fragments = list(
        b"\
        a|a|a|b|=|=|=|=|&|&|&|&|1|2|[|]|[]|[]=|[0]|[1]|[b]|[c]|[20]|[999]|[1000]|[1001]|[01]|\
        [-1]|[9007199254740993]|[999999999999999999999]|[__proto__]|__proto__|constructor|\
        toString|[length]|0|7|%5B|%5d|%5b%5D|%|%4|%41|%26|%3D|%20|+|%C3%A9|%ff|%00|\xc3\xa9|.|\
        ,|;|request|utf8=%E2%9C%93|[a[b]c]|[[|]]|[b][c][d][e][f][g]",
    );
    let structured = list(
        b"\
        a=|a=1|a=2|a[]=3|a[]=|a[0]=4|a[1]=5|a[3]=6|a[b]=7|a[b]=8|a[c]=9|a[b][c]=10|a[b][]=11|\
        a[b][0]=12|a[0][b]=13|a[0][c]=14|a[1][b]=15|a[][b]=16|a[][c]=17|a[998]=18|a[999]=19|\
        a[1000]=20|a[1001]=21|a[2000][b]=22|a[b][999]=23|a[b][1000]=24|a[][]=25|a[][1000]=26|\
        a[0][0]=27|a[0][999]=28|[a]=29|[0]=30|[]=31|[1000]=32|0=33|1=34|a[__proto__]=35|a[0]=|\
        a[b]=|a[toString]=36|a[5000000000]=37|[b][c]=38|b=39|b[x]=40",
    );
    let mut random = Random::new(1);
    let mut inputs: Vec<Input> = (0..1500)
        .map(|_| Input::query(random.mix(&fragments, 14)))
        .collect();
    for _ in 0..1500 {
        let count = 1 + random.below(12);
        let parts: Vec<&[u8]> = (0..count).map(|_| random.pick(&structured)).collect();
        inputs.push(Input::query(parts.join(&b'&')));
    }
    inputs.extend(
        [
            "",
            "a",
            "=",
            "&",
            "=x",
            "a=1&a=2",
            "b[c]=3",
            "d[]=1",
            "k[0]=x",
            "flag",
            "flag=",
            "__proto__[x]=1",
            "a.b=1",
            "a=1,2",
            "a%5Bb%5D=1",
            "a[25]=x",
            "a[b][c][d][e][f][g]=1",
            "hasOwnProperty=1&valueOf=2",
            "a=%f0%9f%91%8b",
            "a=%F0%9F%91",
            "a=%ED%A0%80",
        ]
        .map(Input::query),
    );
    // The limits: parameters, items of an array by every way into it, depth.
    let repeated = |part: &str, times: usize| Input::query(part.repeat(times));
    inputs.extend([
        repeated("a=1&", 999),
        repeated("a=1&", 1001),
        repeated("a[]=1&", 1500),
        repeated("&", 5000),
        Input::query(format!("{}a[999]=2&a[]=3", "a[0]=1&".repeat(998))),
        Input::query("a[999]=1&a=2&a[x]=3&a=4"),
        Input::query((0..1200).map(|i| format!("p{i}=1&")).collect::<String>()),
        Input::query((0..1200).map(|i| format!("a[{i}]=1&")).collect::<String>()),
        Input::query(format!("a{}=1", "[b]".repeat(10_000))),
        Input::query(format!("a{}=1", "[".repeat(10_000))),
        Input::query(format!("a{0}b{1}=1", "[".repeat(5_000), "]".repeat(5_000))),
    ]);
    assert_same(&inputs, 3000);
}

#[test]
fn forms_are_read_as_by_the_original() {
    let fragments = list(
        b"\
        a|a|b|=|=|=|&|&|&|+|%|%4|%41|%+41|%4+1|%e9|%C3|%A9|%C3%A9|\xc3\xa9|\xe9|\
        \xf0\x9f\x91\x8b|\xf0\x9f|%f0%9f%91%8b|%zz|%ED%A0%80|[|]|[]|__proto__|toString|0|12|\
        request| |\0|\n|\"|\xef\xbb\xbf|;|%26|%3d|\xc4\xb1",
    );
    let types: &[&str] = &[
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        FORM,
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded;",
        "Application/X-WWW-Form-URLencoded ; a=b",
    ];
    let mut random = Random::new(2);
    let mut inputs: Vec<Input> = (0..1500)
        .map(|_| Input::body(random.pick(types), random.mix(&fragments, 14)))
        .collect();
    inputs.extend(
        [
            "",
            "a=1&a=2",
            "b[c]=3",
            "x=",
            "=",
            "&&",
            "a=1&",
            "\u{feff}a=1",
            "a+b=c%20d",
        ]
        .map(|body| Input::body(FORM, body)),
    );
    for parts in [999, 1000, 1001, 100_000] {
        inputs.push(Input::body(FORM, vec!["a=1"; parts].join("&")));
        inputs.push(Input::body(FORM, "&".repeat(parts - 1)));
    }
    assert_same(&inputs, 1500);
}

#[test]
fn json_bodies_are_read_as_by_the_original() {
    let fragments = list(
        b"\
        {|}|[|]|{}|[]|,|,|:|:|\"a\"|\"b\"|\"a\":|\"a\":1|\"0\":2,|\"__proto__\":|1|-|0|.|e|E+|\
        5|true|null|nul| |\n|\t|\x0b|\\|\"|\\u00e9|\\x|\xc3\xa9|\xff|\xc2\xa0|\xef\xbb\xbf|//|\
        '|NaN",
    );
    let values = list(
        b"\
        1|-0|0|1.0|1.50|1e3|1E-7|1e400|-1e400|1e-400|5e-324|12345678901234567890|\
        9007199254740993|123456789012345678901234567890|0.1|0.30000000000000004|\
        2.2250738585072011e-308|1e21|1e20|-9223372036854775809|18446744073709551616|\
        179769313486231580793e289|8.41|9223372036854775807.5|true|false|null|\"\"|\"\\u0000\"|\
        \"\\ud83d\\udc4b\"|\"\\ud83d\"|\"\\udc4b\\ud83d\"|\"\\ud83d\\ud83d\\udc4b\"|\
        \"\\ud83d\\n\"|\"\\u2028\xe2\x80\xa8\x7f\"|\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"|\
        \"\xff\xe9\"|{}|[]|[[],{}]|{\"b\":{\"c\":[1,null,true]}}|\
        {\"2\":1,\"b\":2,\"1\":3,\"01\":4,\"4294967295\":5,\"4294967294\":6}|\
        {\"__proto__\":{\"x\":1}}|{\"a\":1,\"b\":2,\"a\":{\"c\":3}}| [ 1 , 2 ] |01|1.|.5|+1|\
        \"\t\"|\"\\u12\"|[1,]|{\"a\":1,}|Infinity",
    );
    let keys = list(
        b"\
        a|b|c|0|10|9|__proto__|request||\\u0061|\\ud800|constructor|4294967295|\xc3\xa9",
    );
    let types: &[&str] = &[
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        JSON,
        "application/json; charset=utf-8",
        "application/json; charset=latin1",
        "application/json;charset=\"UTF-8\"",
        "application/json;",
        "application/vnd.api+json",
        "application/json; charset",
        "text/json",
    ];
    let openings = list(b"{|[|| {\"a\":|[\"");
    let mut random = Random::new(3);
    let mut inputs: Vec<Input> = (0..700)
        .map(|_| {
            let opening = random.pick(&openings);
            let body = [opening, &random.mix(&fragments, 8)].concat();
            Input::body(random.pick(types), body)
        })
        .collect();
    for _ in 0..300 {
        let numbers: Vec<String> = (0..4)
            .map(|_| {
                let (whole, fraction) = (random.below(1 << 31), random.below(1 << 31));
                let exponent = random.below(700) as i32 - 350;
                format!("{whole}.{fraction:010}e{exponent},-{whole}{fraction},{whole}e-9")
            })
            .collect();
        inputs.push(Input::body(JSON, format!("[{}]", numbers.join(","))));
    }
    for _ in 0..1500 {
        let entries: Vec<Vec<u8>> = (0..random.below(6))
            .map(|_| [&b"\""[..], random.pick(&keys), b"\":", random.pick(&values)].concat())
            .collect();
        let object = [b"{", &entries.join(&b',')[..], b"}"].concat();
        let mut input = Input::body(random.pick(types), object);
        if random.below(4) == 0 {
            input.query = b"b=1&2=2&a[x]=3&request=4"[..].to_vec();
        }
        inputs.push(input);
    }
    inputs.extend(
        [
            "",
            " ",
            "{}",
            "[]",
            "\"a\"",
            "1",
            "true",
            "null",
            "\u{feff}",
            "\u{feff}{}",
            "[1,[2]]",
        ]
        .map(|body| Input::body(JSON, body)),
    );
    let text = "{\"é\":\"👋\"}";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (charset, mark, body) in [
        ("utf-16", &b"\xff\xfe"[..], &little),
        ("utf-16", b"\xfe\xff", &big),
        ("utf-16", b"", &little),
        ("utf-16", b"", &big),
        ("utf-16le", b"", &little),
        ("utf-16le", b"\xff\xfe", &little),
        ("UTF-16BE", b"\xfe\xff", &big),
        ("utf-16-be", b"", &big),
        ("utf-16be", b"", &little),
    ] {
        let content_type = format!("application/json; charset={charset}");
        inputs.push(Input::body(&content_type, [mark, body].concat()));
        inputs.push(Input::body(
            &content_type,
            [mark, body, &b"\n"[..]].concat(),
        ));
    }
    for charset in [
        "utf-32",
        "utf-",
        "utf8",
        "\"utf-8:1993\"",
        "\"\"",
        "utf-8-x",
        "UTF-8",
    ] {
        inputs.push(Input::body(&format!("{JSON};charset={charset}"), text));
    }
    let bracketed = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    inputs.push(Input::body(
        JSON,
        bracketed(switchboard::event::json::MAX_DEPTH),
    ));
    inputs.push(Input::body(JSON, "[".repeat(10_000)));
    assert_same(&inputs, 2000);
}

#[test]
fn cookies_are_read_as_by_the_original() {
    let fragments = list(
        b"\
        a|b|A|=|=|=|;|;|; | |\t|\"|\"|1|0|%41|%|%ff|%C3%A9|\xe9|\xa0|j:|j:|{\"a\":1}|[|]|{}|\
        null|false|\\ud800|%3D|%3B|__proto__|toString|j%3A%7B%22b%22%3A%5B1%5D%7D|,|s:x.y|1.5|\
        -0",
    );
    let mut random = Random::new(4);
    let mut inputs: Vec<Input> = (0..1500)
        .map(|_| Input::cookie(random.mix(&fragments, 14)))
        .collect();
    inputs.extend(
        [
            "",
            "a",
            "=",
            "a=",
            "=a",
            ";=",
            "a=1; a=2",
            "a; b; c=1",
            "a=\"x\"",
            "a=\"",
            "a=\"\"",
            "a=j:{\"x\":[1]}",
            "a=j:0",
            "a=j:\"\"",
            "a=j:[",
            "a=j:\"\\ud800\"",
            "1=a; 0=b; c=d",
            "a=b; __proto__=j:{\"x\":1}; constructor=1",
        ]
        .map(Input::cookie),
    );
    inputs.push(
        Input::cookie("a=1")
            .header(COOKIE, "b=2; a=3")
            .header(COOKIE, ""),
    );
    assert_same(&inputs, 1500);
}

/// One request of each class that `src/event/mod.rs` lists; each must still differ. Of
/// `lone-surrogate` the original itself says so, since the comparison shows U+FFFD for both.
#[test]
fn each_listed_difference_is_one() {
    let deflated = b"\x78\x01\x01\x03\x00\xfc\xffa=1\x01\xd1\x00\xd0";
    let deep = "[".repeat(101) + &"]".repeat(101);
    let listed = [
        ("depth", Input::body(JSON, deep.clone())),
        ("depth", Input::cookie(format!("a=j:{deep}"))),
        ("infinite-cookie", Input::cookie("a=j:1e400")),
        ("raw-a0", Input::query(&b"a=\xc3\xa0"[..])),
        (
            "utf-7",
            Input::body("application/json; charset=utf-7", "{}"),
        ),
        (
            "compressed",
            Input::body(FORM, deflated).header(CONTENT_ENCODING, "deflate"),
        ),
    ];
    let lone = Input::body(JSON, r#"{"a":"\ud800"}"#);
    let answer = &ask("event.js", &json!([lone.question()]))[0];
    assert_eq!(answer["lone"], true, "lone-surrogate differs no more");
    let inputs: Vec<Input> = listed.iter().map(|(_, input)| input.clone()).collect();
    let differing: BTreeSet<String> = differences(&inputs)
        .into_iter()
        .map(|(input, _)| input.describe())
        .collect();
    for (class, input) in &listed {
        assert!(
            differing.contains(&input.describe()),
            "{class} differs no more"
        );
    }
}
