//! `<Dial>` and whom it may call.

use super::voice::PARAMETER;
use super::{CALL_EVENTS, Content, Kind, Purpose, RECORDING_EVENTS, Rule, TRIM, Verb, coded, rule};

const RECORDINGS: &[&str] = &[
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
    // The older form of `record-from-answer` and `do-not-record`.
    "true",
    "false",
];

const RINGS: &[&str] = &[
    "at", "au", "bg", "br", "be", "ch", "cl", "cn", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr",
    "hu", "il", "in", "it", "lt", "jp", "mx", "my", "nl", "no", "nz", "ph", "pl", "pt", "ru", "se",
    "sg", "th", "uk", "us", "us-old", "tw", "ve", "za",
];

pub(super) static DIAL: Verb = Verb {
    attributes: &[
        rule("action", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 13210),
        coded("timeout", Kind::Whole(1, 600), 13212),
        coded("hangupOnStar", Kind::Boolean, 13213),
        coded("callerId", Kind::Text, 13214),
        coded("timeLimit", Kind::Whole(1, 86_400), 13216),
        coded("record", Kind::OneOf(RECORDINGS), 13217),
        coded("sequential", Kind::Boolean, 13218),
        coded("answerOnBridge", Kind::Boolean, 13219),
        coded("ringTone", Kind::OneOf(RINGS), 13220),
        rule("events", Kind::OneOf(&["call-progress-event"])),
        rule("passports", Kind::Text),
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
            "recordingTrack",
            Kind::OneOf(&["both", "inbound", "outbound"]),
            13622,
        ),
        rule("referMethod", Kind::Method),
        rule("referUrl", Kind::Url(Purpose::Instructions, "referMethod")),
        rule("trim", Kind::OneOf(TRIM)),
    ],
    children: &[
        &APPLICATION,
        &CLIENT,
        &CONFERENCE,
        &NUMBER,
        &QUEUE,
        &SIM,
        &SIP,
        &WHATSAPP,
    ],
    content: Content::PhoneOrNouns,
    misplaced: 13215,
    ..Verb::new("Dial")
};

const MACHINES: &[&str] = &["Enable", "DetectMessageEnd"];

static NUMBER: Verb = Verb {
    attributes: &[
        rule("url", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 13221),
        coded("sendDigits", Kind::Tones, 13222),
        rule("byoc", Kind::Sid("BY")),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackEvent", Kind::SomeOf(CALL_EVENTS)),
        rule("statusCallbackMethod", Kind::Method),
        rule("machineDetection", Kind::OneOf(MACHINES)),
        rule("machineDetectionTimeout", Kind::Whole(3, 60)),
        rule("machineDetectionSpeechThreshold", Kind::Whole(1000, 6000)),
        rule("machineDetectionSpeechEndThreshold", Kind::Whole(500, 5000)),
        rule("machineDetectionSilenceTimeout", Kind::Whole(2000, 10_000)),
        rule(
            "amdStatusCallback",
            Kind::Url(Purpose::Callback, "amdStatusCallbackMethod"),
        ),
        rule("amdStatusCallbackMethod", Kind::Method),
    ],
    content: Content::Phone,
    ..Verb::new("Number")
};

pub(super) static SIP: Verb = Verb {
    attributes: &[
        rule("url", Kind::Url(Purpose::Instructions, "method")),
        coded("method", Kind::Method, 13241),
        coded("username", Kind::Text, 13249),
        coded("password", Kind::Text, 13249),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackEvent", Kind::SomeOf(CALL_EVENTS)),
        rule("statusCallbackMethod", Kind::Method),
        rule("machineDetection", Kind::OneOf(MACHINES)),
        rule("machineDetectionTimeout", Kind::Whole(3, 60)),
        rule("machineDetectionSpeechThreshold", Kind::Whole(1000, 6000)),
        rule("machineDetectionSpeechEndThreshold", Kind::Whole(500, 5000)),
        rule("machineDetectionSilenceTimeout", Kind::Whole(2000, 10_000)),
        rule(
            "amdStatusCallback",
            Kind::Url(Purpose::Callback, "amdStatusCallbackMethod"),
        ),
        rule("amdStatusCallbackMethod", Kind::Method),
    ],
    children: &[&URI, &HEADERS],
    content: Content::Sip,
    ..Verb::new("Sip")
};

static URI: Verb = Verb {
    attributes: &[
        rule("priority", Kind::Text),
        rule("weight", Kind::Text),
        rule("username", Kind::Text),
        rule("password", Kind::Text),
    ],
    content: Content::Sip,
    ..Verb::new("Uri")
};

static HEADERS: Verb = Verb {
    children: &[&HEADER],
    ..Verb::new("Headers")
};

static HEADER: Verb = Verb {
    attributes: &[rule("name", Kind::Text), rule("value", Kind::Text)],
    ..Verb::new("Header")
};

static CLIENT: Verb = Verb {
    attributes: CALLED,
    children: &[&IDENTITY, &PARAMETER],
    content: Content::Text,
    ..Verb::new("Client")
};

static IDENTITY: Verb = Verb {
    content: Content::Text,
    ..Verb::new("Identity")
};

/// What a called party may have that is neither a number nor SIP.
const CALLED: &[Rule] = &[
    rule("url", Kind::Url(Purpose::Instructions, "method")),
    rule("method", Kind::Method),
    rule(
        "statusCallback",
        Kind::Url(Purpose::Callback, "statusCallbackMethod"),
    ),
    rule("statusCallbackEvent", Kind::SomeOf(CALL_EVENTS)),
    rule("statusCallbackMethod", Kind::Method),
];

static WHATSAPP: Verb = Verb {
    attributes: CALLED,
    content: Content::Phone,
    ..Verb::new("WhatsApp")
};

static SIM: Verb = Verb {
    content: Content::Text,
    ..Verb::new("Sim")
};

static APPLICATION: Verb = Verb {
    attributes: &[
        rule("copyParentTo", Kind::Boolean),
        rule("customerId", Kind::Text),
        rule("url", Kind::Url(Purpose::Instructions, "method")),
        rule("method", Kind::Method),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackEvent", Kind::SomeOf(CALL_EVENTS)),
        rule("statusCallbackMethod", Kind::Method),
    ],
    children: &[&APPLICATION_SID, &PARAMETER],
    content: Content::Text,
    ..Verb::new("Application")
};

static APPLICATION_SID: Verb = Verb {
    content: Content::Text,
    ..Verb::new("ApplicationSid")
};

static CONFERENCE: Verb = Verb {
    attributes: &[
        coded("muted", Kind::Boolean, 13230),
        coded("endConferenceOnExit", Kind::Boolean, 13231),
        coded("startConferenceOnEnter", Kind::Boolean, 13232),
        // Empty for silence.
        coded(
            "waitUrl",
            Kind::Url(Purpose::Instructions, "waitMethod"),
            13233,
        ),
        coded("waitMethod", Kind::Method, 13234),
        coded(
            "beep",
            Kind::OneOf(&["true", "false", "onEnter", "onExit"]),
            13235,
        ),
        coded("trim", Kind::OneOf(TRIM), 13239),
        coded("coach", Kind::Sid("CA"), 13240),
        rule("eventCallbackUrl", Kind::Url(Purpose::Callback, "")),
        rule(
            "jitterBufferSize",
            Kind::OneOf(&["large", "medium", "small", "off"]),
        ),
        rule("maxParticipants", Kind::Whole(2, 250)),
        rule("participantLabel", Kind::Text),
        rule(
            "record",
            Kind::OneOf(&["do-not-record", "record-from-start", "true", "false"]),
        ),
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
        rule("region", Kind::Text),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule(
            "statusCallbackEvent",
            Kind::SomeOf(&[
                "start",
                "end",
                "join",
                "leave",
                "mute",
                "hold",
                "modify",
                "speaker",
                "announcement",
            ]),
        ),
        rule("statusCallbackMethod", Kind::Method),
    ],
    content: Content::Name(13237),
    ..Verb::new("Conference")
};

const OF_A_QUEUE: &[Rule] = &[
    coded("url", Kind::Url(Purpose::Instructions, "method"), 14211),
    coded("method", Kind::Method, 14210),
    coded("reservationSid", Kind::Sid("WR"), 14215),
    rule("postWorkActivitySid", Kind::Sid("WA")),
];

static QUEUE: Verb = Verb {
    attributes: OF_A_QUEUE,
    content: Content::Name(14212),
    ..Verb::new("Queue")
};

/// The SDKs also let it stand by itself.
pub(super) static QUEUE_VERB: Verb = Verb {
    attributes: OF_A_QUEUE,
    content: Content::Name(14212),
    ..Verb::new("Queue")
};

/// Twilio calls at most this many parties at once.
pub(in crate::twiml) const MOST_PARTIES: usize = 10;
