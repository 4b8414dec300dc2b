//! Twilio's "Error and Warning Dictionary", as far as it is spoken of here: number, level, title.
//!
//! Source: <https://www.twilio.com/docs/api/errors> and the page of each number, read November 2026.
//! Titles are Twilio's to the letter, so that they can be searched for.

/// What Twilio does about what it logs: the level of its dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Twilio writes a line into its debugger and goes on without the part concerned.
    Warning,
    /// Twilio stops: the call ends, or the message is not sent.
    Error,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

use Severity::{Error, Warning};

/// By number.
const ENTRIES: &[(u32, Severity, &str)] = &[
    (11100, Error, "Invalid URL format"),
    (11200, Error, "HTTP retrieval failure"),
    (11205, Error, "HTTP connection failure"),
    (11206, Error, "HTTP protocol violation"),
    (11210, Error, "HTTP bad host name"),
    (11215, Error, "HTTP too many redirects"),
    (11216, Error, "HTTP invalid redirect"),
    (11217, Error, "HTTP error response code"),
    (11220, Error, "SSL/TLS Handshake Error"),
    (11235, Error, "Certificate Invalid - Domain Mismatch"),
    (11236, Error, "Certificate Invalid - Certificate Expired"),
    (
        11237,
        Error,
        "Certificate Invalid - Could not find path to certificate",
    ),
    (11750, Error, "TwiML response body too large"),
    (12100, Error, "Document parse failure"),
    (12101, Error, "Invalid Twilio Markup XML version"),
    (12102, Error, "The root element must be Response"),
    (12200, Warning, "Schema validation warning"),
    (12300, Error, "Invalid Content-Type"),
    (
        13000,
        Warning,
        "Conference Noun cannot be mixed with Number nouns",
    ),
    (
        13201,
        Error,
        "Dial: Cannot Dial out from a Dial Call Segment",
    ),
    (13210, Warning, "Dial: Invalid method value"),
    (13212, Warning, "Dial: Invalid timeout value"),
    (13213, Warning, "Dial: Invalid hangupOnStar value"),
    (13214, Warning, "Dial: Invalid callerId value"),
    (13215, Warning, "Dial: Invalid nested element"),
    (13216, Warning, "Invalid timeLimit value"),
    (13217, Warning, "Dial: Invalid record value"),
    (13218, Warning, "Dial: Invalid sequential value"),
    (13219, Warning, "Dial: Invalid answerOnBridge value"),
    (13220, Warning, "Dial: Invalid ringTone value"),
    (13221, Warning, "Dial->Number: Invalid method value"),
    (13222, Warning, "Dial->Number: Invalid sendDigits value"),
    (13223, Warning, "Dial: Invalid phone number format"),
    (13230, Warning, "Dial->Conference: Invalid muted value"),
    (
        13231,
        Error,
        "Dial->Conference: Invalid endConferenceOnExit value",
    ),
    (
        13232,
        Warning,
        "Dial->Conference: Invalid startConferenceOnEnter value",
    ),
    (13233, Warning, "Dial->Conference: Invalid waitUrl"),
    (13234, Warning, "Dial->Conference: Invalid waitMethod"),
    (13235, Warning, "Dial->Conference: Invalid beep value"),
    (13237, Warning, "Dial->Conference: Invalid Conference Name"),
    (13239, Error, "Dial->Conference: Invalid Trim Value"),
    (13240, Error, "Dial->Conference: Invalid Whisper SID"),
    (13241, Warning, "Dial->SIP: Invalid method value"),
    (13243, Warning, "Dial->SIP: Invalid SIP URI"),
    (
        13249,
        Warning,
        "Dial: Invalid username or password attribute",
    ),
    (13256, Warning, "Invalid recordingStatusCallback URL"),
    (13257, Error, "Invalid transcribeCallback URL"),
    (13310, Warning, "Gather: Invalid finishOnKey value"),
    (13312, Warning, "Gather: Invalid method value"),
    (13313, Warning, "Gather: Invalid timeout value"),
    (13314, Warning, "Gather: Invalid numDigits value"),
    (13320, Warning, "Gather: Invalid nested verb"),
    (13321, Warning, "Gather->Say: Invalid voice value"),
    (13322, Warning, "Gather->Say: Invalid loop value"),
    (13326, Warning, "Gather: Invalid input value"),
    (13327, Warning, "Gather: Invalid speechTimeout value"),
    (13328, Warning, "Gather: Invalid maxSpeechTime value"),
    (
        13329,
        Warning,
        "Gather: Invalid partialResultCallbackMethod value",
    ),
    (13330, Warning, "Gather: Invalid hints value"),
    (13331, Warning, "Gather: Invalid language value"),
    (13332, Warning, "Gather: Invalid bargeIn value"),
    (13333, Warning, "Gather: Invalid profanityFilter value"),
    (13334, Warning, "Gather: Invalid model value"),
    (13336, Warning, "Gather: Invalid debug value"),
    (13338, Error, "Gather: Invalid actionOnEmptyResult value"),
    (13339, Warning, "Gather: Invalid enhanced value"),
    (13410, Warning, "Play: Invalid loop value"),
    (13430, Warning, "Play: Invalid DTMF String"),
    (13510, Warning, "Say: Invalid loop value"),
    (13511, Warning, "Say: Invalid voice value"),
    (
        13512,
        Warning,
        "Gather element has an invalid \"language\" attribute value",
    ),
    (13520, Warning, "Say: Invalid text"),
    (13521, Warning, "<Say> element character limits exceeded"),
    (13610, Warning, "Record: Invalid method value"),
    (13611, Warning, "Record: Invalid timeout value"),
    (13612, Warning, "Record: Invalid maxLength value"),
    (13613, Warning, "Record: Invalid finishOnKey value"),
    (13614, Warning, "Record: Invalid transcribe value"),
    (
        13615,
        Warning,
        "Record: maxLength too high for transcription",
    ),
    (13616, Warning, "Record: playBeep must be true or false"),
    (13621, Error, "Invalid 'recordingStatusCallbackEvent'"),
    (13622, Warning, "Record: invalid recordingTrack value"),
    (13699, Warning, "Record: Invalid trim value"),
    (13710, Warning, "Redirect: Invalid method value"),
    (13810, Warning, "Reject: Invalid cause"),
    (13910, Warning, "Pause: Invalid length value"),
    (14101, Warning, "Invalid \"To\" attribute"),
    (14102, Warning, "Invalid \"From\" attribute"),
    (14103, Warning, "Invalid Body"),
    (14104, Warning, "Invalid Method attribute"),
    (14105, Warning, "Invalid statusCallback attribute"),
    (14106, Warning, "Document retrieval limit reached"),
    (14109, Warning, "TwiML Reply message limit exceeded"),
    (14110, Warning, "Invalid Verb for SMS Reply"),
    (14201, Error, "Enqueue: Invalid method value"),
    (14202, Error, "Enqueue: Invalid waitUrl"),
    (14203, Error, "Enqueue: Invalid Enqueue action url"),
    (14206, Error, "Enqueue: Invalid waitUrlMethod value"),
    (14210, Error, "Dial->Queue: Invalid whisper method"),
    (14211, Error, "Dial->Queue: Invalid whisper url"),
    (14212, Error, "Dial->Queue: queue name too short"),
    (
        14215,
        Error,
        "Dial->Queue: Invalid ReservationSid. Unable to dequeue",
    ),
    (
        14220,
        Error,
        "Enqueue: Provided Workflow was not a valid sid",
    ),
    (
        15003,
        Warning,
        "Call Progress: Warning Response to Callback URL",
    ),
    (81017, Error, "Error in Twilio Function Response"),
    (
        82001,
        Warning,
        "Function invocation resulted in StatusCode 4xx",
    ),
    (82002, Error, "Error on Twilio Function response"),
];

/// The level of a number, if it is here.
pub(crate) fn severity(code: u32) -> Option<Severity> {
    entry(code).map(|(_, severity, _)| *severity)
}

/// The title of a number, if it is here.
pub(crate) fn title(code: u32) -> Option<&'static str> {
    entry(code).map(|(_, _, title)| *title)
}

fn entry(code: u32) -> Option<&'static (u32, Severity, &'static str)> {
    let at = ENTRIES.binary_search_by_key(&code, |(code, _, _)| *code);
    ENTRIES.get(at.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Numbers of five digits that can be the dictionary's, in the sources below `folder`.
    fn named(folder: &Path, found: &mut BTreeSet<u32>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(path).unwrap();
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                let known = ["11", "12", "13", "14", "15", "81", "82"];
                let is_known = |word: &&str| known.iter().any(|known| word.starts_with(known));
                let codes = words.filter(|word| word.len() == 5).filter(is_known);
                found.extend(codes.filter_map(|word| word.parse::<u32>().ok()));
            }
        }
    }

    #[test]
    fn every_number_that_is_spoken_of_is_here() {
        let mut found = BTreeSet::new();
        for folder in ["twiml", "phone", "webhook"] {
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
            named(&sources.join(folder), &mut found);
        }
        let here: BTreeSet<u32> = ENTRIES.iter().map(|(code, _, _)| *code).collect();
        assert_eq!(found, here);
        assert!(ENTRIES.is_sorted_by_key(|(code, _, _)| *code));
    }
}
