//! How much of what.

use super::super::Confidence::{Inferred, Known, NotVerified};
use super::{CloudRule, DIFFERS, fails, refuses, refuses_as, rule};

pub(super) const RULES: &[CloudRule] = &[
    rule(
        "time-limit",
        "a function that has not called back within 10 s",
        "FAQ, \"Request flow\"",
        Known,
        refuses_as(504, 82002),
        "waiting_for_ever_is_a_504",
    ),
    rule(
        "time-limit-text",
        "the body of the 504 is `runtime application timed out`",
        "FAQ, for the words",
        NotVerified,
        DIFFERS,
        "the_time_limit_is_kept_to_the_moment",
    ),
    rule(
        "concurrency",
        "the 31st invocation at a time, here counted by service",
        "FAQ",
        Known,
        refuses(429),
        "the_thirty_first_at_a_time_is_too_many",
    ),
    rule(
        "request-size",
        "a request over 1 MB, headers and cookies included; the status is not verified",
        "FAQ",
        Known,
        refuses(413),
        "a_request_has_a_megabyte_its_head_included",
    ),
    rule(
        "request-headers",
        "request headers over 15 KB or 90 lines: `Request headers or cookies too long`",
        "\"Headers and cookies: limitations\"",
        Known,
        refuses_as(431, 82008),
        "request_headers_are_limited_in_bytes_and_number",
    ),
    rule(
        "response-size",
        "a response body over 4 MB; the status is not verified",
        "FAQ",
        Known,
        refuses(500),
        "a_response_has_four_megabytes",
    ),
    rule(
        "response-headers",
        "response headers over 15 KB or 90 lines; the status is not verified",
        "\"Headers and cookies: limitations\"",
        Known,
        refuses_as(500, 82008),
        "response_headers_are_limited_in_bytes_and_number",
    ),
    rule(
        "near-limit",
        "a limit of the above was used to more than 80 %",
        "ours: real traffic varies",
        Inferred,
        DIFFERS,
        "what_comes_near_a_limit_is_warned_of",
    ),
    rule(
        "context-size",
        "variables of more than 3 KB as JSON",
        "<https://www.twilio.com/docs/api/errors/82006>",
        Known,
        refuses_as(500, 82006),
        "variables_beyond_the_clouds_limits_are_told_with_each_exchange",
    ),
    rule(
        "variable-size",
        "a variable whose name has over 128 bytes, or whose value over 450",
        "\"Environment variables\"; API",
        Known,
        fails(None),
        "variables_that_the_cloud_refuses_are_warned_of",
    ),
];
