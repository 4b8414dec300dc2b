//! What reaches a resource, and what is refused before.

use super::super::Confidence::{Inferred, Known, NotVerified, Observed};
use super::{CloudRule, DIFFERS, refuses, refuses_as, rule};

pub(super) const RULES: &[CloudRule] = &[
    rule(
        "exact-path",
        "paths match byte for byte: no parameters, no trailing slash, no decoding",
        "\"Request flow\" has no parameters; twilio-run, measured",
        Inferred,
        refuses_as(404, 82001),
        "paths_match_byte_for_byte",
    ),
    rule(
        "no-route",
        "a path that nothing has is a 404",
        "function-templates issue 209; <https://www.twilio.com/docs/api/errors/82001>",
        Observed,
        refuses_as(404, 82001),
        "the_journal_says_what_may_have_been_meant",
    ),
    rule(
        "root-asset",
        "`/` is the asset `/` or `/assets/index.html`, and never `/index.html`",
        "\"Assets\"",
        Known,
        DIFFERS,
        "the_root_is_an_asset_of_its_own",
    ),
    rule(
        "methods",
        "only GET, POST and OPTIONS are supported; the status of others is chosen by \
         `[cloud] method_status`, 403 as CloudFront answers",
        "\"Request flow\"",
        Known,
        refuses_as(403, 82001),
        "other_methods_are_refused_in_the_status_that_was_chosen",
    ),
    rule(
        "head",
        "HEAD is answered as GET, without the body",
        "none: the documents list only GET, POST and OPTIONS",
        NotVerified,
        DIFFERS,
        "get_post_and_head_reach_the_function",
    ),
    rule(
        "get-with-body",
        "a GET with a body is refused",
        "\"Request flow\"",
        Known,
        refuses(403),
        "a_get_with_a_body_is_refused_and_does_not_leak_into_the_next_request",
    ),
    rule(
        "preflight",
        "OPTIONS never reaches a function: allowed origin `*`, headers `*`, methods `GET, POST, \
         OPTIONS`",
        "\"Headers and cookies: limitations\"",
        Known,
        DIFFERS,
        "a_preflight_is_answered_without_running_the_function",
    ),
    rule(
        "preflight-status",
        "the status of a preflight is 204, on a path that exists and is not private",
        "runtime-handler `server.ts`",
        NotVerified,
        DIFFERS,
        "a_preflight_with_a_body_is_answered_too",
    ),
    rule(
        "browser-blocks",
        "GET and POST get no CORS headers but those that the function sets; without them a browser \
         keeps the answer from the page",
        "FAQ; captures in the JSON Web Token guide",
        Known,
        DIFFERS,
        "the_journal_warns_of_answers_that_a_browser_keeps_to_itself",
    ),
    rule(
        "json-body",
        "a JSON body that is broken, or no object or array, is a 400",
        "runtime-handler (body-parser)",
        NotVerified,
        refuses(400),
        "strictly_only_objects_and_arrays",
    ),
    rule(
        "compressed-body",
        "a compressed body is refused",
        "none",
        NotVerified,
        refuses(415),
        "compressed_bodies_are_refused",
    ),
    rule(
        "refusal-text",
        "bodies of 403, 404, 413, 429 and 503 are a short text, marked as ours",
        "none: no capture is public",
        NotVerified,
        DIFFERS,
        "a_refusal_is_explained_in_the_journal_and_nowhere_else",
    ),
];
