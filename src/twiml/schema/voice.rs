//! The verbs of an answer to a call, but for `<Dial>` and `<Connect>` with their nouns.

use super::connect::{CONNECT, START, STOP};
use super::dial::{DIAL, QUEUE_VERB, SIP};
use super::{ANY, Content, Kind, Purpose, RECORDING_EVENTS, Rule, TRIM, Verb, coded, rule, ssml};

pub(super) static RESPONSE: Verb = Verb {
    children: &[
        &CONNECT,
        &DIAL,
        &ECHO,
        &ENQUEUE,
        &GATHER,
        &HANGUP,
        &LEAVE,
        &PAUSE,
        &PAY,
        &PLAY,
        &PROMPT,
        &QUEUE_VERB,
        &RECORD,
        &REDIRECT,
        &REFER,
        &REJECT,
        &SAY,
        &SMS,
        &START,
        &STOP,
    ],
    ..Verb::new("Response")
};

pub(super) static PARAMETER: Verb = Verb {
    attributes: &[rule("name", Kind::Text), rule("value", Kind::Text)],
    ..Verb::new("Parameter")
};

static SAY: Verb = Verb {
    attributes: &[
        coded("voice", Kind::Voice, 13511),
        coded("language", Kind::Language, 13512),
        coded("loop", Kind::Whole(0, ANY), 13510),
    ],
    children: &ssml::ALL,
    content: Content::Speech,
    ..Verb::new("Say")
};

/// As [`SAY`], with codes of its own.
static SAY_IN_GATHER: Verb = Verb {
    attributes: &[
        coded("voice", Kind::Voice, 13321),
        coded("language", Kind::Language, 13512),
        coded("loop", Kind::Whole(0, ANY), 13322),
    ],
    children: &ssml::ALL,
    content: Content::Speech,
    ..Verb::new("Say")
};

static PLAY: Verb = Verb {
    attributes: &[
        coded("loop", Kind::Whole(0, ANY), 13410),
        coded("digits", Kind::Tones, 13430),
    ],
    content: Content::Url(Purpose::Media, ""),
    ..Verb::new("Play")
};

static PAUSE: Verb = Verb {
    attributes: &[coded("length", Kind::Whole(0, ANY), 13910)],
    ..Verb::new("Pause")
};

static GATHER: Verb = Verb {
    attributes: &[
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 13312),
        // Documented as positive; `0` is in wide use for "ask and go on", and accepted.
        coded("timeout", Kind::WholeOrAuto(0, ANY), 13313),
        coded("finishOnKey", Kind::Keys, 13310),
        coded("numDigits", Kind::Whole(1, ANY), 13314),
        coded("input", Kind::SomeOf(&["dtmf", "speech"]), 13326),
        coded("speechTimeout", Kind::WholeOrAuto(0, ANY), 13327),
        coded("maxSpeechTime", Kind::Whole(1, 60), 13328),
        rule(
            "partialResultCallback",
            Kind::Url(Purpose::Callback, "partialResultCallbackMethod"),
        ),
        coded("partialResultCallbackMethod", Kind::Method, 13329),
        coded("hints", Kind::Text, 13330),
        coded("language", Kind::Language, 13331),
        coded("bargeIn", Kind::Boolean, 13332),
        coded("profanityFilter", Kind::Boolean, 13333),
        coded("speechModel", Kind::Text, 13334),
        coded("debug", Kind::Boolean, 13336),
        coded("actionOnEmptyResult", Kind::Boolean, 13338),
        coded("enhanced", Kind::Boolean, 13339),
    ],
    children: &[&SAY_IN_GATHER, &PLAY, &PAUSE],
    misplaced: 13320,
    ..Verb::new("Gather")
};

static RECORD: Verb = Verb {
    attributes: &[
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 13610),
        coded("timeout", Kind::Whole(1, ANY), 13611),
        coded("maxLength", Kind::Whole(1, 86_400), 13612),
        coded("finishOnKey", Kind::Keys, 13613),
        coded("transcribe", Kind::Boolean, 13614),
        coded("playBeep", Kind::Boolean, 13616),
        coded("trim", Kind::OneOf(TRIM), 13699),
        rule("recordingConfigurationId", Kind::Text),
        coded(
            "recordingStatusCallback",
            Kind::Url(Purpose::Callback, "recordingStatusCallbackMethod"),
            13256,
        ),
        coded(
            "recordingStatusCallbackEvent",
            Kind::SomeOf(RECORDING_EVENTS),
            13621,
        ),
        rule("recordingStatusCallbackMethod", Kind::Method),
        coded(
            "transcribeCallback",
            Kind::Url(Purpose::Callback, ""),
            13257,
        ),
    ],
    ..Verb::new("Record")
};

static REDIRECT: Verb = Verb {
    attributes: &[coded("method", Kind::Method, 13710)],
    content: Content::Url(Purpose::Instructions, "method"),
    ..Verb::new("Redirect")
};

static REJECT: Verb = Verb {
    attributes: &[coded("reason", Kind::OneOf(&["rejected", "busy"]), 13810)],
    children: &[&PARAMETER],
    ..Verb::new("Reject")
};

static HANGUP: Verb = Verb {
    children: &[&PARAMETER],
    ..Verb::new("Hangup")
};

static LEAVE: Verb = Verb::new("Leave");

static ECHO: Verb = Verb::new("Echo");

static ENQUEUE: Verb = Verb {
    attributes: &[
        coded("action", Kind::Url(Purpose::Instructions, "method"), 14203),
        rule("maxQueueSize", Kind::Whole(1, ANY)),
        coded("method", Kind::Method, 14201),
        coded(
            "waitUrl",
            Kind::Url(Purpose::Instructions, "waitUrlMethod"),
            14202,
        ),
        coded("waitUrlMethod", Kind::Method, 14206),
        coded("workflowSid", Kind::Sid("WW"), 14220),
    ],
    children: &[&TASK],
    content: Content::Text,
    ..Verb::new("Enqueue")
};

static TASK: Verb = Verb {
    attributes: &[
        rule("priority", Kind::Whole(0, ANY)),
        rule("timeout", Kind::Whole(0, ANY)),
    ],
    content: Content::Text,
    ..Verb::new("Task")
};

static REFER: Verb = Verb {
    attributes: &[
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        rule("method", Kind::Method),
    ],
    children: &[&SIP],
    ..Verb::new("Refer")
};

/// Sends a message during a call.
static SMS: Verb = Verb {
    attributes: &[
        coded("to", Kind::Text, 14101),
        coded("from", Kind::Text, 14102),
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 14104),
        coded("statusCallback", Kind::Url(Purpose::Callback, ""), 14105),
    ],
    content: Content::Message,
    ..Verb::new("Sms")
};

const CARDS: &[&str] = &[
    "visa",
    "mastercard",
    "amex",
    "maestro",
    "discover",
    "optima",
    "jcb",
    "diners-club",
    "enroute",
];

static PAY: Verb = Verb {
    attributes: &[
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        rule("bankAccountType", Kind::OneOf(BANK_ACCOUNTS)),
        rule("chargeAmount", Kind::Text),
        rule("currency", Kind::Text),
        rule("description", Kind::Text),
        rule("input", Kind::OneOf(&["dtmf"])),
        rule("language", Kind::Language),
        rule("maxAttempts", Kind::Whole(1, ANY)),
        rule("method", Kind::Method),
        rule("minPostalCodeLength", Kind::Whole(0, ANY)),
        rule("paymentConnector", Kind::Text),
        rule("paymentMethod", Kind::OneOf(&["ach-debit", "credit-card"])),
        rule("postalCode", Kind::Text),
        rule("securityCode", Kind::Boolean),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackMethod", Kind::Method),
        rule("timeout", Kind::Whole(1, ANY)),
        rule(
            "tokenType",
            Kind::OneOf(&["one-time", "reusable", "payment-method"]),
        ),
        rule("validCardTypes", Kind::SomeOf(CARDS)),
    ],
    children: &[&PROMPT, &PARAMETER],
    ..Verb::new("Pay")
};

const BANK_ACCOUNTS: &[&str] = &[
    "consumer-checking",
    "consumer-savings",
    "commercial-checking",
    "commercial-savings",
];

const PROMPT_RULES: &[Rule] = &[
    rule("attempt", Kind::Text),
    rule("cardType", Kind::SomeOf(CARDS)),
    rule(
        "errorType",
        Kind::SomeOf(&[
            "timeout",
            "invalid-card-number",
            "invalid-card-type",
            "invalid-date",
            "invalid-security-code",
            "internal-error",
            "input-matching-failed",
        ]),
    ),
    rule(
        "for",
        Kind::OneOf(&[
            "payment-card-number",
            "expiration-date",
            "security-code",
            "postal-code",
            "payment-processing",
            "bank-account-number",
            "bank-routing-number",
        ]),
    ),
    rule("requireMatchingInputs", Kind::Boolean),
];

static PROMPT: Verb = Verb {
    attributes: PROMPT_RULES,
    children: &[&SAY, &PLAY, &PAUSE],
    ..Verb::new("Prompt")
};
