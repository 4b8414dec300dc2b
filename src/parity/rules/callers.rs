//! Visibility and signatures.

use super::super::Confidence::{Inferred, Known, NotVerified, Observed};
use super::{CloudRule, DIFFERS, refuses, refuses_as, rule};

pub(super) const RULES: &[CloudRule] = &[
    rule(
        "protected",
        "a protected function or asset wants a valid `X-Twilio-Signature`",
        "\"Assets\", \"Create a Service\", support article 43430648191259",
        Known,
        refuses_as(403, 82001),
        "each_visibility_answers_anyone_as_it_should",
    ),
    rule(
        "protected-status",
        "a missing and a wrong signature have the same status; one page says 400, so \
         `[cloud] protected_status` chooses",
        "\"Request flow\" against the three above",
        NotVerified,
        refuses(403),
        "the_status_of_a_refusal_is_the_projects_choice",
    ),
    rule(
        "private",
        "a private function or asset has no URL: 404, as for no route",
        "\"Visibility\"; <https://www.twilio.com/docs/api/errors/82001>",
        Inferred,
        refuses_as(404, 82001),
        "a_visibility_may_be_tried_without_renaming_anything",
    ),
    rule(
        "signature",
        "HMAC-SHA1 of the URL and the sorted parameters, in base64",
        "\"Security\" <https://www.twilio.com/docs/usage/security>; twilio-node 6.2.0",
        Known,
        refuses(403),
        "all_vectors_come_out",
    ),
    rule(
        "signature-content",
        "a form's parameters are signed along, a JSON body is not",
        "\"Security\"; \"Send SMS and MMS\"",
        Known,
        refuses(403),
        "forms_are_signed_with_their_parameters_and_json_without",
    ),
    rule(
        "signature-url",
        "the URL that was signed is the one that Twilio called: public, forwarded, or the service's \
         own domain",
        "\"Security\"; the cloud's host is fixed",
        Inferred,
        refuses(403),
        "every_url_that_twilio_can_have_signed_opens",
    ),
    rule(
        "signature-port",
        "URLs match with and without their port",
        "twilio-node 6.2.0 `webhooks.ts`",
        Observed,
        DIFFERS,
        "twilio_nodes_matrix_holds",
    ),
    rule(
        "signature-token",
        "the primary auth token of the service's account signs",
        "<https://www.twilio.com/docs/api/errors/57012>",
        Known,
        refuses_as(403, 57012),
        "other_tokens_are_found_alone_and_with_another_mistake",
    ),
    rule(
        "body-hash",
        "`bodySHA256` is compared where the query has it and the body is no form",
        "\"Security\"; whether the gateway does so is not known",
        NotVerified,
        refuses(403),
        "bodies_are_judged_alike_where_the_url_names_a_hash",
    ),
];
