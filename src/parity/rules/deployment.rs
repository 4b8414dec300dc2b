//! What the cloud's upload and build take, and what of a project is there afterwards.

use super::super::Confidence::{Inferred, Known, NotVerified};
use super::{CloudRule, DIFFERS, fails, refuses_as, rule};

pub(super) const RULES: &[CloudRule] = &[
    rule(
        "es-module",
        "functions are CommonJS; an ES module runs here and not there",
        "\"Dependencies\": CommonJS, and `import()` within it",
        Inferred,
        refuses_as(500, 82002),
        "es_modules_run_with_a_warning",
    ),
    rule(
        "relative-require",
        "a function's file has no neighbours: `require('./x')` finds nothing; private functions and \
         assets are reached through `Runtime`",
        "\"Function execution\"; stack traces show `/var/task/handlers/ZN….js`",
        Inferred,
        refuses_as(500, 82002),
        "files_that_the_cloud_would_not_have_are_warned_of",
    ),
    rule(
        "unlisted-dependency",
        "only packages in `dependencies` of `package.json` are installed",
        "\"Dependencies\"; serverless-api",
        Inferred,
        refuses_as(500, 82002),
        "packages_that_the_cloud_would_not_have_are_warned_of",
    ),
    rule(
        "dev-dependency",
        "packages in `devDependencies` alone are not installed",
        "\"Dependencies\"; serverless-api",
        Inferred,
        refuses_as(500, 82002),
        "packages_that_the_cloud_would_not_have_are_warned_of",
    ),
    rule(
        "runtime-handler",
        "`event.request` needs `@twilio/runtime-handler` from 1.2.0 in `dependencies`; without it the \
         cloud takes a version of its own choice",
        "\"Runtime handler\"",
        Known,
        DIFFERS,
        "a_package_without_the_runtime_handler_is_warned_of",
    ),
    rule(
        "path-rules",
        "a path has at most 255 characters and none of `;,?:@+&$()'\"#` or space",
        "serverless-api `fs.ts`; Function version resource",
        Known,
        fails(None),
        "an_invalid_path_leaves_out_that_file_alone",
    ),
    rule(
        "duplicate-path",
        "two resources on one path",
        "runtime-handler `route-cache.ts`; what the cloud does is not known",
        NotVerified,
        fails(None),
        "of_two_files_on_one_path_the_first_is_served",
    ),
    rule(
        "file-names",
        "paths and visibility come from file names as the Toolkit reads them",
        "serverless-api `fs.ts`, run",
        Known,
        DIFFERS,
        "names_give_the_paths_that_the_toolkit_gives_them",
    ),
    rule(
        "service-name",
        "a service's name has letters, digits and dashes, fewer than 50",
        "\"Create a Service\"; API",
        Known,
        fails(None),
        "twilios_rules_decide",
    ),
    rule(
        "asset-headers",
        "an asset's type is fixed by its name; caching headers, ETag and ranges are as Express's",
        "serverless-api `content-type.ts`; caching is not known",
        NotVerified,
        DIFFERS,
        "types_are_those_of_the_upload_with_expresss_charset",
    ),
    rule(
        "asset-post",
        "a POST to an asset is answered as a GET",
        "twilio-run, measured",
        NotVerified,
        DIFFERS,
        "head_says_the_same_without_a_body_and_post_is_get",
    ),
];
