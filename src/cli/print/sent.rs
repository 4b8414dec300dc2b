//! What was sent and what came of it, for people, and for machines.

use super::plain::{self, push_indented};
use super::style::{BOLD, DIM, ERROR, GOOD, LINK, WARNING, of_status};
use super::xml;
use crate::cli::send::Exchange;
use crate::client::Answer;
use crate::twiml::{self, Severity};
use crate::webhook::{Content, Logged, Outcome};
use anstyle::Style;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// Characters of a body that are shown.
const MOST_SHOWN: usize = 64 * 1024;

/// Requests, status, headers, body, and what Twilio would do.
pub(in crate::cli) fn pretty(exchange: &Exchange) -> String {
    let mut text = String::new();
    for (number, hop) in exchange.hops.iter().enumerate() {
        let arrow = if number > 0 { "redirected to " } else { "" };
        text.push_str(&format!(
            "{arrow}{BOLD}{}{BOLD:#} {LINK}{}{LINK:#}\n",
            hop.method.as_str(),
            plain::line(&hop.url)
        ));
        if hop.signed_url != hop.url {
            text.push_str(&format!(
                "{DIM}signed for {}{DIM:#}\n",
                plain::line(&hop.signed_url)
            ));
        }
    }
    match &exchange.end {
        Ok(answer) => push_answer(&mut text, answer, exchange.took.as_millis()),
        Err(error) => text.push_str(&format!(
            "{ERROR}no answer{ERROR:#}: {}\n",
            plain::line(&error.to_string())
        )),
    }
    text.push('\n');
    push_verdict(&mut text, exchange);
    text
}

fn push_answer(text: &mut String, answer: &Answer, milliseconds: u128) {
    let style = of_status(answer.status);
    text.push_str(&format!(
        "{style}{} {}{style:#}  {milliseconds} ms\n",
        answer.status.as_u16(),
        answer.status.canonical_reason().unwrap_or_default()
    ));
    for (name, value) in &answer.headers {
        text.push_str(&format!(
            "{DIM}{name}: {}{DIM:#}\n",
            plain::line(&String::from_utf8_lossy(value.as_bytes()))
        ));
    }
    if answer.body.is_empty() {
        return;
    }
    text.push('\n');
    let Ok(body) = std::str::from_utf8(&answer.body) else {
        let kind = answer.text(&CONTENT_TYPE).unwrap_or("no type");
        text.push_str(&format!(
            "({} bytes of {}, not text)\n",
            answer.body.len(),
            plain::line(kind)
        ));
        return;
    };
    match twiml::parse(body) {
        Ok(document) => text.push_str(&xml::coloured(&document.to_indented())),
        Err(_) => {
            let end = body.char_indices().nth(MOST_SHOWN);
            let shown = end.map_or(body, |(end, _)| &body[..end]);
            push_indented(text, 0, shown);
            if shown.len() < body.len() {
                let rest = body.len() - shown.len();
                text.push_str(&format!("{DIM}… {rest} more bytes{DIM:#}\n"));
            }
        }
    }
    if answer.cut_off {
        text.push_str(&format!("{DIM}… and more, which was not read{DIM:#}\n"));
    }
}

fn push_verdict(text: &mut String, exchange: &Exchange) {
    let verdict = &exchange.verdict;
    for fault in &verdict.faults {
        let style = style_of(fault.severity);
        text.push_str(&format!(
            "{style}TwiML {}:{}{style:#}: {}\n",
            fault.line,
            fault.column,
            plain::line(&fault.text)
        ));
    }
    let style = match verdict.outcome {
        Outcome::Done => GOOD,
        Outcome::Failed => ERROR,
    };
    let mut says = verdict.says.iter().map(|says| plain::line(says));
    if let Some(first) = says.next() {
        text.push_str(&format!("{style}{first}{style:#}\n"));
    }
    for more in says {
        text.push_str(&format!("  {more}\n"));
    }
    for Logged {
        code,
        severity,
        title,
    } in &verdict.logged
    {
        let style = style_of(*severity);
        let level = severity.as_str();
        text.push_str(&format!(
            "Twilio would log {style}{level} {code}{style:#}: {title} \
             {DIM}(https://www.twilio.com/docs/api/errors/{code}){DIM:#}\n"
        ));
    }
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Warning => WARNING,
        Severity::Error => ERROR,
    }
}

/// One line with all of it.
pub(in crate::cli) fn json(exchange: &Exchange) -> String {
    let hops = exchange.hops.iter().map(|hop| {
        let headers: Vec<[&str; 2]> = hop.headers.iter().map(|(n, v)| [*n, v.as_str()]).collect();
        json!({
            "method": hop.method.as_str(),
            "url": hop.url,
            "signed_url": hop.signed_url,
            "headers": headers,
            "body": hop.body,
        })
    });
    let mut hops: Vec<Value> = hops.collect();
    // The first is the request; what followed are redirects.
    let redirects = hops.split_off(1.min(hops.len()));
    let mut request = hops.pop().unwrap_or_default();
    request["parameters"] = match &exchange.webhook.content {
        Content::Parameters(parameters) => json!(parameters),
        Content::Json(_) => Value::Null,
    };
    let verdict = &exchange.verdict;
    let logged = verdict.logged.iter().map(|logged| {
        json!({
            "code": logged.code,
            "level": logged.severity.as_str(),
            "title": logged.title,
        })
    });
    let faults = verdict.faults.iter().map(|fault| {
        json!({
            "code": fault.code,
            "severity": fault.severity.as_str(),
            "line": fault.line,
            "column": fault.column,
            "text": fault.text,
        })
    });
    let object = json!({
        "kind": exchange.webhook.kind.as_str(),
        "request": request,
        "redirects": redirects,
        "response": exchange.end.as_ref().ok().map(response),
        "error": exchange.end.as_ref().err().map(ToString::to_string),
        "duration_ms": u64::try_from(exchange.took.as_millis()).unwrap_or(u64::MAX),
        "verdict": {
            "ok": verdict.outcome == Outcome::Done,
            "says": verdict.says,
            "logged": logged.collect::<Vec<_>>(),
            "faults": faults.collect::<Vec<_>>(),
        },
    });
    format!("{object}\n")
}

fn response(answer: &Answer) -> Value {
    let headers: Vec<[String; 2]> = answer
        .headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            [name.to_string(), value]
        })
        .collect();
    json!({
        "status": answer.status.as_u16(),
        "headers": headers,
        "body": String::from_utf8_lossy(&answer.body),
        "cut_off": answer.cut_off,
    })
}
