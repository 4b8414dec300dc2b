//! A call, step by step, for people, and whole for machines.

use super::plain;
use super::style::{BOLD, DIM, ERROR, GOOD, LINK, WARNING, of_status};
use crate::phone::session::{CallSession, Ended, Happened, Lasts, ToldFault, What};
use http::StatusCode;
use serde_json::json;

/// Who calls whom.
pub(in crate::cli) fn begin(session: &CallSession) -> String {
    let wishes = &session.setup().wishes;
    format!(
        "{BOLD}{} calls {}{BOLD:#}  {DIM}{}{DIM:#}\n",
        plain::line(wishes.from.as_deref().unwrap_or_default()),
        plain::line(wishes.to.as_deref().unwrap_or_default()),
        session.sid()
    )
}

/// One step, on a line or two.
pub(in crate::cli) fn step(step: &Happened) -> String {
    let minutes = step.at_ms / 60_000;
    let seconds = step.at_ms / 1000 % 60;
    format!(
        "{DIM}{minutes:>2}:{seconds:02}{DIM:#} {}{}\n",
        what(&step.what),
        lasting(step)
    )
}

fn what(what: &What) -> String {
    let times = |times: u32| match times {
        1 => String::new(),
        0 => " without end".to_string(),
        times => format!(" {times} times"),
    };
    match what {
        What::Request { .. } => request(what),
        What::Say {
            text, times: often, ..
        } => format!("says “{}”{}", plain::line(text), times(*often)),
        What::Play { url, times: often } => {
            format!("plays {LINK}{}{LINK:#}{}", plain::line(url), times(*often))
        }
        What::Tones { keys } => format!("plays the keys {}", plain::line(keys)),
        What::Pause => "is silent".to_string(),
        What::Message { to, body, .. } => {
            let to = to.as_deref().unwrap_or("the caller");
            format!("texts {}: “{}”", plain::line(to), plain::line(body))
        }
        What::Gather => format!("{BOLD}waits for the caller{BOLD:#}"),
        What::Ring => format!("{BOLD}rings{BOLD:#}"),
        What::Record => format!("{BOLD}records the caller{BOLD:#}"),
        What::Dial { parties } => {
            let parties: Vec<String> = parties
                .iter()
                .map(|(noun, address)| format!("{noun} {}", plain::line(address)))
                .collect();
            format!("{BOLD}dials {}{BOLD:#}", parties.join(", "))
        }
        What::Did { text } => format!("{GOOD}→ {}{GOOD:#}", plain::line(text)),
        What::NotSupported { verb } => format!(
            "{WARNING}<{}>{WARNING:#} is not imitated here, and passed over",
            plain::line(verb)
        ),
        What::Fault(fault) => self::fault(fault),
        What::End(Ended { text, failed, .. }) => {
            let style = if *failed { ERROR } else { GOOD };
            format!("{style}{}{style:#}", plain::line(text))
        }
    }
}

fn request(what: &What) -> String {
    let What::Request {
        method,
        url,
        verb,
        attribute,
        parameters,
        exchanges,
        status,
        error,
        ..
    } = what
    else {
        return String::new();
    };
    let mut text = format!("{method} {LINK}{}{LINK:#}", plain::line(url));
    let by: Vec<&str> = [verb, attribute]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    if !by.is_empty() {
        text.push_str(&format!(" {DIM}({}){DIM:#}", plain::line(&by.join(" "))));
    }
    match status {
        Some(status) => {
            let style = of_status(StatusCode::from_u16(*status).unwrap_or_default());
            text.push_str(&format!(" {style}{status}{style:#}"));
        }
        None => {
            let error = error.as_deref().unwrap_or("no answer");
            text.push_str(&format!(
                " {ERROR}no answer{ERROR:#}: {}",
                plain::line(error)
            ));
        }
    }
    for exchange in exchanges {
        text.push_str(&format!(" {DIM}#{exchange}{DIM:#}"));
    }
    let told: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", plain::line(name), plain::line(value)))
        .collect();
    if !told.is_empty() {
        text.push_str(&format!("\n      {DIM}{}{DIM:#}", told.join(" ")));
    }
    text
}

fn fault(fault: &ToldFault) -> String {
    let style = match fault.severity {
        "error" => ERROR,
        _ => WARNING,
    };
    let code = fault.code.map_or(String::new(), |code| format!(" {code}"));
    let more = fault.link.as_ref();
    let more = more.map_or(String::new(), |link| format!("\n      {DIM}{link}{DIM:#}"));
    format!(
        "{style}{}{code}{style:#} at {}:{}: {}{more}",
        fault.severity,
        fault.fault_line,
        fault.fault_column,
        plain::line(&fault.text)
    )
}

fn lasting(step: &Happened) -> String {
    let seconds = |ms: u64| match ms % 1000 {
        0 => format!("{} s", ms / 1000),
        _ => format!("{:.1} s", ms as f64 / 1000.0),
    };
    match step.lasts {
        Lasts::Exactly(0) | Lasts::About(0) | Lasts::Unknown | Lasts::UntilHangup => String::new(),
        Lasts::Exactly(ms) => format!(" {DIM}{}{DIM:#}", seconds(ms)),
        Lasts::About(ms) => format!(" {DIM}about {}{DIM:#}", seconds(ms)),
    }
}

/// All of it.
pub(in crate::cli) fn json(target: &str, session: &CallSession) -> String {
    let wishes = &session.setup().wishes;
    super::document(&json!({
        "target": target,
        "call_sid": session.sid(),
        "from": wishes.from,
        "to": wishes.to,
        "steps": session.steps(),
        "ended": session.ended(),
    }))
}
