//! `<Connect>`, `<Start>`, `<Stop>` and what they join a call with.

use super::voice::PARAMETER;
use super::{ANY, Content, Kind, Purpose, RECORDING_EVENTS, Rule, TRACKS, TRIM, Verb, coded, rule};

const ACTION: &[Rule] = &[
    rule("action", Kind::Url(Purpose::Instructions, "method")),
    rule("method", Kind::Method),
];

pub(super) static CONNECT: Verb = Verb {
    attributes: ACTION,
    children: &[
        &AI_SESSION,
        &ASSISTANT,
        &AUTOPILOT,
        &CONVERSATION,
        &RELAY,
        &RELAY_SESSION,
        &ROOM,
        &STREAM,
        &VIRTUAL_AGENT,
    ],
    ..Verb::new("Connect")
};

pub(super) static START: Verb = Verb {
    attributes: ACTION,
    children: &[&RECORDING, &SIPREC, &STREAM, &TRANSCRIPTION],
    ..Verb::new("Start")
};

pub(super) static STOP: Verb = Verb {
    children: &[&SIPREC, &STREAM, &TRANSCRIPTION],
    ..Verb::new("Stop")
};

static STREAM: Verb = Verb {
    attributes: &[
        rule("audioFormat", Kind::Text),
        rule("connectorName", Kind::Text),
        rule("name", Kind::Text),
        rule("sampleRate", Kind::Text),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackMethod", Kind::Method),
        rule("track", Kind::OneOf(TRACKS)),
        rule("url", Kind::Socket),
    ],
    children: &[&PARAMETER],
    ..Verb::new("Stream")
};

static SIPREC: Verb = Verb {
    attributes: &[
        rule("connectorName", Kind::Text),
        rule("name", Kind::Text),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackMethod", Kind::Method),
        rule("track", Kind::OneOf(TRACKS)),
    ],
    children: &[&PARAMETER],
    ..Verb::new("Siprec")
};

static RECORDING: Verb = Verb {
    attributes: &[
        rule("channels", Kind::OneOf(&["mono", "dual"])),
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
        rule("track", Kind::OneOf(&["inbound", "outbound", "both"])),
        rule("trim", Kind::OneOf(TRIM)),
    ],
    ..Verb::new("Recording")
};

static TRANSCRIPTION: Verb = Verb {
    attributes: &[
        rule("conversationConfiguration", Kind::Text),
        rule("enableAutomaticPunctuation", Kind::Boolean),
        rule("enableProviderData", Kind::Boolean),
        rule("hints", Kind::Text),
        rule("inboundTrackLabel", Kind::Text),
        rule("intelligenceService", Kind::Text),
        rule("languageCode", Kind::Text),
        rule("name", Kind::Text),
        rule("outboundTrackLabel", Kind::Text),
        rule("partialResults", Kind::Boolean),
        rule("profanityFilter", Kind::Boolean),
        rule("speechModel", Kind::Text),
        rule("statusCallbackMethod", Kind::Method),
        rule(
            "statusCallbackUrl",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("track", Kind::OneOf(TRACKS)),
        rule("transcriptionEngine", Kind::Text),
    ],
    children: &[&CONFIG, &PARAMETER],
    ..Verb::new("Transcription")
};

static CONFIG: Verb = Verb {
    attributes: &[rule("name", Kind::Text), rule("value", Kind::Text)],
    ..Verb::new("Config")
};

static ROOM: Verb = Verb {
    attributes: &[rule("participantIdentity", Kind::Text)],
    content: Content::Text,
    ..Verb::new("Room")
};

static AUTOPILOT: Verb = Verb {
    content: Content::Text,
    ..Verb::new("Autopilot")
};

static VIRTUAL_AGENT: Verb = Verb {
    attributes: &[
        rule("connectorName", Kind::Text),
        rule("language", Kind::Language),
        rule("sentimentAnalysis", Kind::Boolean),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule("statusCallbackMethod", Kind::Method),
    ],
    children: &[&CONFIG, &PARAMETER],
    ..Verb::new("VirtualAgent")
};

static CONVERSATION: Verb = Verb {
    attributes: &[
        rule("inboundAutocreation", Kind::Boolean),
        rule("inboundTimeout", Kind::Whole(1, ANY)),
        rule("method", Kind::Method),
        rule("record", Kind::Text),
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
        rule("routingAssignmentTimeout", Kind::Whole(1, ANY)),
        rule("serviceInstanceSid", Kind::Sid("IS")),
        rule(
            "statusCallback",
            Kind::Url(Purpose::Callback, "statusCallbackMethod"),
        ),
        rule(
            "statusCallbackEvent",
            Kind::SomeOf(&[
                "call-initiated",
                "call-ringing",
                "call-answered",
                "call-completed",
            ]),
        ),
        rule("statusCallbackMethod", Kind::Method),
        rule("trim", Kind::OneOf(TRIM)),
        rule("url", Kind::Url(Purpose::Instructions, "method")),
    ],
    ..Verb::new("Conversation")
};

/// Young and growing: what is known of it, in the spellings of the SDK and of the docs.
static RELAY: Verb = Verb {
    attributes: &[
        rule("backgroundnoisereduction", Kind::Text),
        rule("conversationConfiguration", Kind::Text),
        rule("debug", Kind::Text),
        rule("deepgramSmartFormat", Kind::Text),
        rule("deepgramsmartformat", Kind::Text),
        rule("dtmfDetection", Kind::Boolean),
        rule("elevenlabsTextNormalization", Kind::Text),
        rule("events", Kind::Text),
        rule("hints", Kind::Text),
        rule("ignoreBackchannel", Kind::Text),
        rule("ignorebackchannel", Kind::Text),
        rule("intelligenceService", Kind::Text),
        rule("interruptSensitivity", Kind::Text),
        rule("interruptible", Kind::Text),
        rule("language", Kind::Text),
        rule("partialPrompts", Kind::Boolean),
        rule("preemptible", Kind::Boolean),
        rule("profanityFilter", Kind::Boolean),
        rule("reportInputDuringAgentSpeech", Kind::Text),
        rule("speechModel", Kind::Text),
        rule("speechTimeout", Kind::Text),
        rule("speechtimeout", Kind::Text),
        rule("transcriptionLanguage", Kind::Text),
        rule("transcriptionProvider", Kind::Text),
        rule("ttsLanguage", Kind::Text),
        rule("ttsProvider", Kind::Text),
        rule("url", Kind::Socket),
        rule("voice", Kind::Text),
        rule("welcomeGreeting", Kind::Text),
        rule("welcomeGreetingInterruptible", Kind::Text),
    ],
    children: &[&LANGUAGE, &PARAMETER],
    ..Verb::new("ConversationRelay")
};

static ASSISTANT: Verb = Verb {
    attributes: &[
        rule("debug", Kind::Text),
        rule("dtmfDetection", Kind::Boolean),
        rule("elevenlabsTextNormalization", Kind::Text),
        rule("hints", Kind::Text),
        rule("id", Kind::Text),
        rule("intelligenceService", Kind::Text),
        rule("interruptSensitivity", Kind::Text),
        rule("interruptible", Kind::Text),
        rule("language", Kind::Text),
        rule("partialPrompts", Kind::Boolean),
        rule("preemptible", Kind::Boolean),
        rule("profanityFilter", Kind::Boolean),
        rule("reportInputDuringAgentSpeech", Kind::Text),
        rule("speechModel", Kind::Text),
        rule("transcriptionLanguage", Kind::Text),
        rule("transcriptionProvider", Kind::Text),
        rule("ttsLanguage", Kind::Text),
        rule("ttsProvider", Kind::Text),
        rule("voice", Kind::Text),
        rule("welcomeGreeting", Kind::Text),
        rule("welcomeGreetingInterruptible", Kind::Text),
    ],
    children: &[&LANGUAGE, &PARAMETER],
    ..Verb::new("Assistant")
};

static LANGUAGE: Verb = Verb {
    attributes: &[
        rule("code", Kind::Text),
        rule("speechModel", Kind::Text),
        rule("transcriptionProvider", Kind::Text),
        rule("ttsProvider", Kind::Text),
        rule("voice", Kind::Text),
    ],
    ..Verb::new("Language")
};

static AI_SESSION: Verb = Verb {
    attributes: &[
        rule("aiConnector", Kind::Text),
        rule("aiSessionConfiguration", Kind::Text),
    ],
    ..Verb::new("AiSession")
};

static RELAY_SESSION: Verb = Verb {
    attributes: &[
        rule("connector", Kind::Text),
        rule("sessionConfiguration", Kind::Text),
    ],
    ..Verb::new("ConversationRelaySession")
};
