//! Calls: those that come in, what happens in them, and what became of them.
//!
//! Incoming calls and verb actions are sent in the order of the names; the order of the status
//! callback is that of a captured one. `Caller…` repeats `From…` and `Called…` repeats `To…`,
//! whichever way the call goes.
//!
//! Source: Twilio docs, "TwiML for Programmable Voice", "Gather", "Dial", "Recording"; captured
//! requests.

use super::party::{Parties, Place};
use super::{Moment, Parameters, Wishes, owned};
use jiff::Timestamp;

const API_VERSION: &str = "2010-04-01";

/// A call comes in.
pub(super) fn incoming(wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let mut parameters = inbound(wishes, moment, "ringing");
    // What stands in it is Twilio's alone; it is passed on as it is.
    let token = format!(
        r#"{{"parentCallInfoToken":"{}","identityHeaderTokens":[]}}"#,
        moment.sid("", "call token")
    );
    add(&mut parameters, &[("CallToken", &token)]);
    parameters
}

/// The caller pressed keys in a `<Gather>`.
pub(super) fn gathered(wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let mut parameters = inbound(wishes, moment, "in-progress");
    let digits = wishes.digits.as_deref().unwrap_or("1");
    // Pressed keys that end with the finishing key leave it out.
    add(
        &mut parameters,
        &[("Digits", digits), ("FinishedOnKey", "")],
    );
    parameters
}

/// The other side of a `<Dial>` hung up.
pub(super) fn dialled(wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let mut parameters = inbound(wishes, moment, "in-progress");
    add(
        &mut parameters,
        &[
            ("DialBridged", "true"),
            ("DialCallDuration", "49"),
            ("DialCallSid", &moment.sid("CA", "dialled call")),
            ("DialCallStatus", "completed"),
        ],
    );
    parameters
}

/// A call that the API made has ended.
pub(super) fn status(wishes: &Wishes, moment: Moment<'_>) -> Parameters {
    let Parties { from, to } = Parties::outbound(wishes);
    let (caller, called) = (Place::of(&from), Place::of(&to));
    owned([
        ("Called", &to),
        ("ToState", called.state),
        ("CallerCountry", caller.country),
        ("Direction", "outbound-api"),
        ("Timestamp", &rfc2822(moment.unix_seconds)),
        ("CallbackSource", "call-progress-events"),
        ("CallerState", caller.state),
        ("ToZip", called.zip),
        ("SequenceNumber", "3"),
        ("To", &to),
        ("CallSid", &moment.sid("CA", "call")),
        ("ToCountry", called.country),
        ("CallerZip", caller.zip),
        ("CalledZip", called.zip),
        ("ApiVersion", API_VERSION),
        ("CallStatus", "completed"),
        ("CalledCity", called.city),
        // Minutes, begun ones included.
        ("Duration", "1"),
        ("From", &from),
        ("CallDuration", "49"),
        ("AccountSid", moment.account_sid),
        ("CalledCountry", called.country),
        ("CallerCity", caller.city),
        ("ToCity", called.city),
        ("FromCountry", caller.country),
        ("Caller", &from),
        ("FromCity", caller.city),
        ("CalledState", called.state),
        ("FromZip", caller.zip),
        ("FromState", caller.state),
    ])
}

/// A recording can be had.
pub(super) fn recorded(moment: Moment<'_>) -> Parameters {
    let recording = moment.sid("RE", "recording");
    let url = format!(
        "https://api.twilio.com/{API_VERSION}/Accounts/{}/Recordings/{recording}",
        moment.account_sid
    );
    const SECONDS: i64 = 49;
    owned([
        ("AccountSid", moment.account_sid),
        ("CallSid", &moment.sid("CA", "call")),
        ("RecordingSid", &recording),
        ("RecordingUrl", &url),
        ("RecordingStatus", "completed"),
        ("RecordingDuration", &SECONDS.to_string()),
        ("RecordingChannels", "1"),
        (
            "RecordingStartTime",
            &rfc2822(moment.unix_seconds.saturating_sub(SECONDS)),
        ),
        ("RecordingSource", "RecordVerb"),
        ("RecordingTrack", "both"),
        ("ErrorCode", "0"),
    ])
}

/// What all requests within an incoming call have, sorted by name.
pub(super) fn inbound(wishes: &Wishes, moment: Moment<'_>, status: &str) -> Parameters {
    let Parties { from, to } = Parties::inbound(wishes);
    let (caller, called) = (Place::of(&from), Place::of(&to));
    owned([
        ("AccountSid", moment.account_sid),
        ("ApiVersion", API_VERSION),
        ("CallSid", &moment.sid("CA", "call")),
        ("CallStatus", status),
        ("Called", &to),
        ("CalledCity", called.city),
        ("CalledCountry", called.country),
        ("CalledState", called.state),
        ("CalledZip", called.zip),
        ("Caller", &from),
        ("CallerCity", caller.city),
        ("CallerCountry", caller.country),
        ("CallerState", caller.state),
        ("CallerZip", caller.zip),
        ("Direction", "inbound"),
        ("From", &from),
        ("FromCity", caller.city),
        ("FromCountry", caller.country),
        ("FromState", caller.state),
        ("FromZip", caller.zip),
        ("To", &to),
        ("ToCity", called.city),
        ("ToCountry", called.country),
        ("ToState", called.state),
        ("ToZip", called.zip),
    ])
}

/// Adds to parameters that are sorted by name, where it belongs.
pub(super) fn add(parameters: &mut Parameters, more: &[(&str, &str)]) {
    for (name, value) in more {
        let at = parameters.partition_point(|(known, _)| known.as_str() < *name);
        parameters.insert(at, (name.to_string(), value.to_string()));
    }
}

/// `Sun, 25 Mar 2018 09:53:19 +0000`; the beginning of 1970 for a time that no calendar has.
pub(crate) fn rfc2822(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .strftime("%a, %d %b %Y %H:%M:%S +0000")
        .to_string()
}
