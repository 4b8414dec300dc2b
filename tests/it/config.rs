//! Stories of `services.toml` and of folders without one: what is loaded, and what is said.

use snapbox::{assert_data_eq, str};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use switchboard::Visibility;
use switchboard::config::{self, AuthToken, Code, Config, Loaded, Options};
use switchboard::diagnostic::{Colour, render, to_json};
use tempfile::TempDir;

const HANDLERS: [&str; 2] = ["jwt", "bearer"];

/// A project folder with `files`.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        let parent = path.parent().expect("it lies in the folder");
        fs::create_dir_all(parent).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }
    folder
}

fn load(folder: &Path) -> Loaded {
    config::load(folder, &Options::default(), &HANDLERS)
}

/// What is said of a project whose `services.toml` is `text`.
fn said(text: &str) -> String {
    said_of(&[("services.toml", text)])
}

fn said_of(files: &[(&str, &str)]) -> String {
    let folder = project(files);
    render(&load(folder.path()).diagnostics, Colour::Never)
}

/// Loads without a word.
fn loaded(folder: &TempDir) -> Config {
    let loaded = load(folder.path());
    assert_eq!(render(&loaded.diagnostics, Colour::Never), "");
    loaded.config.expect("no error, so a project")
}

#[test]
fn the_documented_example_loads() {
    let folder = project(&[
        (
            "services.toml",
            r#"
default_service = "auth"
port = 3000

[limits]
time_ms = 2500
concurrency = false

[cloud]
protected_status = 401
cors = "observed-2020"

[services.auth]
domain = "Auth-4173-dev"
env = { JWT_SECRET = "from services.toml" }
env_file = "auth.env"

[services.auth.functions]
"/jwt"    = { handler = "rust:jwt",    visibility = "public" }
"/bearer" = { handler = "rust:bearer", visibility = "protected" }
"/late"   = { handler = "more/late.private.js" }

[services.demo]
root = "demo"
auth_token = "0123456789abcdef0123456789abcdef"
account_sid = "AC0123456789abcdef0123456789abcdef"
[services.demo.visibility]
"/sms/reply" = "protected"
"/logo.png" = "private"
"#,
        ),
        ("auth.env", "JWT_SECRET=from the file\nAUTH_TOKEN=t0ken\n"),
        ("more/late.private.js", ""),
        ("demo/functions/sms/reply.js", ""),
        ("demo/assets/logo.png", ""),
        ("demo/.env", "ACCOUNT_SID=ACother\n"),
    ]);
    let config = loaded(&folder);
    assert_eq!(config.default_service.as_ref().unwrap().as_str(), "auth");
    assert_eq!(config.port, Some(3000));
    assert_eq!(config.limits.time, Some(Duration::from_millis(2500)));
    assert_eq!(config.limits.concurrency, None);
    assert_eq!(config.limits.headers, Some(90));
    assert_eq!(config.cloud.protected_status.as_u16(), 401);
    assert_eq!(config.cloud.cors, config::Cors::Observed2020);

    let auth = config.service("auth").unwrap();
    assert_eq!(auth.domain, "auth-4173-dev");
    assert_eq!(auth.variables.get("JWT_SECRET"), Some("from services.toml"));
    assert_eq!(auth.auth_token, AuthToken::Given("t0ken".into()));
    assert_eq!(auth.account_sid, config::DEVELOPMENT_ACCOUNT_SID);
    let functions: Vec<_> = auth
        .functions
        .iter()
        .map(|f| (f.path.as_str(), f.visibility, f.code.clone()))
        .collect();
    let late = Code::JavaScript(folder.path().join("more/late.private.js").into());
    assert_eq!(
        functions,
        [
            ("/jwt", Visibility::Public, Code::Rust("jwt".into())),
            (
                "/bearer",
                Visibility::Protected,
                Code::Rust("bearer".into())
            ),
            ("/late", Visibility::Private, late),
        ]
    );
    assert_eq!(auth.functions[0].declared_in.as_ref().unwrap().line, 19);

    let demo = config.service("demo").unwrap();
    assert_eq!(demo.root, Some(folder.path().join("demo")));
    assert_eq!(demo.domain, "demo-9852-dev");
    assert_eq!(demo.account_sid, "AC0123456789abcdef0123456789abcdef");
    assert_eq!(demo.functions[0].path.as_str(), "/sms/reply");
    assert_eq!(demo.functions[0].visibility, Visibility::Protected);
    assert_eq!(demo.functions[0].declared_in, None);
    assert_eq!(demo.assets[0].path.as_str(), "/logo.png");
    assert_eq!(demo.assets[0].visibility, Visibility::Private);
}

#[test]
fn a_folder_without_the_file_is_one_service() {
    let folder = project(&[
        ("package.json", r#"{"name": "my-app"}"#),
        ("functions/hello.js", ""),
        ("functions/util.private.js", ""),
        ("assets/index.html", ""),
        (".env", "GREETING=hi\n"),
    ]);
    let config = loaded(&folder);
    assert_eq!(config.file, None);
    assert_eq!(config.default_service.as_ref().unwrap().as_str(), "my-app");
    let [service] = config.services.as_slice() else {
        panic!("one service");
    };
    assert_eq!(service.root.as_deref(), Some(folder.path()));
    assert_eq!(service.variables.get("GREETING"), Some("hi"));
    assert_eq!(service.auth_token, AuthToken::Development);
    assert_eq!(service.functions.len(), 2);
    assert_eq!(service.assets.len(), 1);
}

#[test]
fn twilio_runs_flags_choose_folders_and_variables() {
    let folder = project(&[
        ("functions/a.js", ""),
        ("other/b.js", ""),
        ("files/c.txt", ""),
        ("my.env", "A=file\nB=file\n"),
    ]);
    let options = Options {
        env_file: Some("my.env".into()),
        functions_folder: Some("other".into()),
        assets_folder: Some("files".into()),
        load_local_env: true,
        process_variables: vec![("A".into(), "process".into()), ("C".into(), "c".into())],
    };
    let loaded = config::load(folder.path(), &options, &[]);
    assert_eq!(loaded.diagnostics, []);
    let service = &loaded.config.unwrap().services[0];
    assert_eq!(service.functions[0].path.as_str(), "/b");
    assert_eq!(service.assets[0].path.as_str(), "/c.txt");
    let values: Vec<_> = service.variables.iter().map(|v| v.value.as_str()).collect();
    assert_eq!(values, ["file", "c", "file"]);

    let without = Options {
        load_local_env: false,
        ..options
    };
    let loaded = config::load(folder.path(), &without, &[]);
    assert_eq!(loaded.config.unwrap().services[0].variables.len(), 2);
}

#[test]
fn an_env_file_that_is_not_there_is_warned_of_once() {
    let folder = project(&[(
        "services.toml",
        "default_service = 'a'\n[services]\na.root = '.'\nb.root = '.'",
    )]);
    fs::create_dir(folder.path().join(".env")).unwrap();
    let options = Options {
        env_file: Some("my.env".into()),
        ..Options::default()
    };
    let named = config::load(folder.path(), &options, &[]);
    assert_data_eq!(
        render(&named.diagnostics, Colour::Never),
        str![[r#"
warning[missing-env-file]: the env file `my.env` does not exist
--> my.env
 = help: make it, or correct its name

"#]]
    );
    assert!(named.config.is_some());
    let usual = load(folder.path());
    assert_data_eq!(
        render(&usual.diagnostics, Colour::Never),
        str![[r#"
warning[unreadable-file]: the env file `.env` is a folder, not a file
--> .env
 = help: put a text file in its place

"#]]
    );
    assert!(usual.config.is_some());
}

#[test]
fn broken_toml_is_shown_with_its_place() {
    assert_data_eq!(
        said("port = = 3000\n[services.auth\nroot = \"x\"\n\n[services.b]\nroot = 'x\n"),
        str![[r#"
error[invalid-toml]: extra `=`, expected nothing
 --> services.toml:1:8
  |
1 | port = = 3000
  |        ^
  |
  = help: a table begins with `[name]`, a key is `name = value`, text stands in quotes, and nothing is named twice

error[invalid-toml]: unclosed table, expected `]`
 --> services.toml:2:15
  |
2 | [services.auth
  |               ^
  |
  = help: a table begins with `[name]`, a key is `name = value`, text stands in quotes, and nothing is named twice

error[invalid-toml]: invalid literal string, expected `'`
 --> services.toml:6:10
  |
6 | root = 'x
  |          ^
  |
  = help: a table begins with `[name]`, a key is `name = value`, text stands in quotes, and nothing is named twice

"#]]
    );
}

#[test]
fn a_key_written_twice_is_shown() {
    assert_data_eq!(
        said("port = 1\nport = 2\n[services.a]\nroot='.'\n[services.a]\n"),
        str![[r#"
error[invalid-toml]: duplicate key
 --> services.toml:2:1
  |
2 | port = 2
  | ^^^^
  |
  = help: a table begins with `[name]`, a key is `name = value`, text stands in quotes, and nothing is named twice

error[invalid-toml]: duplicate key
 --> services.toml:5:11
  |
5 | [services.a]
  |           ^
  |
  = help: a table begins with `[name]`, a key is `name = value`, text stands in quotes, and nothing is named twice

"#]]
    );
}

#[test]
fn all_faults_are_told_at_once() {
    assert_data_eq!(
        said(
            r#"
default_service = "autth"
prot = 3000
port = 99999
[limits]
time_ms = 0
headers = "many"
heders = 1
[cloud]
protected_status = 404
cors = "doc"
[auth]
root = "."
[services.auth]
domain = "auth 1"
env = { PORT = 3000, DEBUG = true, "A=B" = "x" }
account_sid = "AC1"
auth_token = ""
env_file = "nowhere.env"
visiblity = "public"
root = ["."]
[services.auth.functions]
"/jwt" = { handler = "rust:jtw", visibility = "pubic" }
"bearer" = { handler = "rust:bearer" }
"/a" = { handler = "bearer" }
"/b" = { handler = "b.js", handlr = 1 }
"/c" = "rust:jwt"
"/d" = { visibility = "public" }
[services.auth.visibility]
"/e" = "private"
[services."not a name"]
"#
        ),
        str![[r#"
error[unknown-key]: `prot` is no key of services.toml
 --> services.toml:3:1
  |
3 | prot = ****
  | ^^^^ unknown
  |
  = help: did you mean `port`?

error[wrong-value]: `port` must be a whole number from 0 to 65535
 --> services.toml:4:8
  |
4 | port = 99999
  |        ^^^^^
  |
  = help: write it as in `port = 3000`

error[wrong-value]: `time_ms` must be a whole number above 0, or `false` for no limit
 --> services.toml:6:11
  |
6 | time_ms = 0
  |           ^
  |
  = help: write it as in `time_ms = false`

error[wrong-type]: `headers` must be a whole number above 0, or `false` for no limit
 --> services.toml:7:11
  |
7 | headers = "many"
  |           ^^^^^^ this is text
  |
  = help: write it as in `headers = false`, without quotes

error[unknown-key]: `heders` is no key of `limits`
 --> services.toml:8:1
  |
8 | heders = 1
  | ^^^^^^ unknown
  |
  = help: did you mean `headers`?

error[wrong-value]: `protected_status` must be 400 or 401 or 403
  --> services.toml:10:20
   |
10 | protected_status = 404
   |                    ^^^
   |
   = help: write it as in `protected_status = 400`

error[wrong-value]: `cors` cannot be `doc`
  --> services.toml:11:8
   |
11 | cors = "doc"
   |        ^^^^^
   |
   = help: did you mean `docs`?

error[unknown-key]: `auth` is no key of services.toml
  --> services.toml:12:2
   |
12 | [auth]
   |  ^^^^ unknown
   |
   = help: a service is written `[services.NAME]`

error[wrong-type]: `PORT` must be text
  --> services.toml:16:16
   |
16 | env = { PORT = ****, DEBUG = ****, "A=B" = "*" }
   |                ^^^^ this is a number
   |
   = help: variables are text in Twilio: put the value of `PORT` in quotes

error[wrong-type]: `DEBUG` must be text
  --> services.toml:16:30
   |
16 | env = { PORT = ****, DEBUG = ****, "A=B" = "*" }
   |                              ^^^^ this is a boolean
   |
   = help: variables are text in Twilio: put the value of `DEBUG` in quotes

error[unknown-key]: `visiblity` is no key of a service
  --> services.toml:20:1
   |
20 | visiblity = "******"
   | ^^^^^^^^^ unknown
   |
   = help: did you mean `visibility`?

error[wrong-type]: `root` must be text
  --> services.toml:21:8
   |
21 | root = ["."]
   |        ^^^^^ this is an array

error[wrong-value]: `visibility` cannot be `pubic`
  --> services.toml:23:47
   |
23 | "/jwt" = { handler = "rust:jtw", visibility = "pubic" }
   |                                               ^^^^^^^
   |
   = help: did you mean `public`?

error[unknown-key]: `handlr` is no key of a function
  --> services.toml:26:28
   |
26 | "/b" = { handler = "b.js", handlr = 1 }
   |                            ^^^^^^ unknown
   |
   = help: did you mean `handler`?

error[wrong-type]: `/c` must be a table
  --> services.toml:27:8
   |
27 | "/c" = "rust:jwt"
   |        ^^^^^^^^^^ this is text
   |
   = help: write `{ handler = "rust:NAME" }` or `{ handler = "FILE.js" }`

error[missing-key]: `/d` has no `handler`
  --> services.toml:28:1
   |
28 | "/d" = { visibility = "public" }
   | ^^^^
   |
   = help: say what runs: `handler = "rust:NAME"` or `handler = "FILE.js"`

error[invalid-domain]: `auth 1` cannot be a domain
  --> services.toml:15:10
   |
15 | domain = "auth 1"
   |          ^^^^^^^^
   |
   = help: a domain has letters, digits, dashes and dots only; ' ' is none of them

error[missing-env-file]: the env file `nowhere.env` does not exist
  --> services.toml:19:12
   |
19 | env_file = "nowhere.env"
   |            ^^^^^^^^^^^^^
   |
   = help: make it, or correct its name

error[invalid-variable]: `A=B` cannot name a variable
  --> services.toml:16:36
   |
16 | env = { PORT = ****, DEBUG = ****, "A=B" = "*" }
   |                                    ^^^^^
   |
   = help: a name has at least one character, and no `=` among them

error[empty-auth-token]: `auth_token` is empty
  --> services.toml:18:14
   |
18 | auth_token = ""
   |              ^^
   |
   = help: leave the key out to use the variable AUTH_TOKEN or a development token

warning[odd-account-sid]: `account_sid` has not the form of an account SID
  --> services.toml:17:15
   |
17 | account_sid = "AC1"
   |               ^^^^^
   |
   = help: one is `AC` and 32 hexadecimal digits

error[unknown-handler]: there is no Rust handler `jtw`
  --> services.toml:23:22
   |
23 | "/jwt" = { handler = "rust:jtw", visibility = "pubic" }
   |                      ^^^^^^^^^^
   |
   = help: did you mean `jwt`?

error[invalid-path]: `bearer` cannot be a path
  --> services.toml:24:1
   |
24 | "bearer" = { handler = "rust:bearer" }
   | ^^^^^^^^
   |
   = help: a path starts with '/'; got "bearer"

error[invalid-handler]: `bearer` is neither `rust:NAME` nor a `.js` file
  --> services.toml:25:20
   |
25 | "/a" = { handler = "bearer" }
   |                    ^^^^^^^^
   |
   = help: did you mean `rust:bearer`?

error[missing-file]: there is no file `b.js`
  --> services.toml:26:20
   |
26 | "/b" = { handler = "b.js", handlr = 1 }
   |                    ^^^^^^
   |
   = help: make it, or correct its name; paths are relative to the project folder

error[unknown-path]: nothing has the path `/e`
  --> services.toml:30:1
   |
30 | "/e" = "private"
   | ^^^^
   |
   = help: there are none

error[invalid-name]: `not a name` cannot name a service
  --> services.toml:31:11
   |
31 | [services."not a name"]
   |           ^^^^^^^^^^^^
   |
   = help: a service's name has letters, digits and dashes only; ' ' is none of them

warning[empty-service]: the service `not a name` serves nothing
  --> services.toml:31:11
   |
31 | [services."not a name"]
   |           ^^^^^^^^^^^^
   |
   = help: give it a `root`, a `functions_folder`, an `assets_folder` or `functions`

error[unknown-service]: there is no service `autth`
 --> services.toml:2:19
  |
2 | default_service = "autth"
  |                   ^^^^^^^
  |
  = help: did you mean `auth`?

"#]]
    );
}

#[test]
fn services_must_not_share_a_domain() {
    assert_data_eq!(
        said(
            r#"
default_service = "a"
[services.a]
root = "."
domain = "shop"
[services.b]
root = "."
domain = "SHOP"
[services.c]
root = "."
domain = "a-6610-dev"
"#
        ),
        str![[r#"
error[duplicate-domain]: two services have the domain `shop`
 --> services.toml:8:10
  |
5 | domain = "shop"
  |          ------ also that of `a`
...
8 | domain = "SHOP"
  |          ^^^^^^ that of `b`
  |
  = help: a host leads to one service (upper and lower case are one): change one

"#]]
    );
}

#[test]
fn resources_must_not_share_a_path() {
    assert_data_eq!(
        said_of(&[
            (
                "services.toml",
                r#"
[services.a]
root = "."
[services.a.functions]
"/hello" = { handler = "rust:jwt" }
"/same" = { handler = "functions/same.js", visibility = "protected" }
"/logo.png" = { handler = "rust:jwt" }
"#
            ),
            ("functions/hello.js", ""),
            ("functions/same.js", ""),
            ("assets/logo.png", ""),
        ]),
        str![[r#"
error[duplicate-path]: two resources have the path `/hello`
 --> services.toml:5:1
  |
5 | "/hello" = { handler = "rust:jwt" }
  | ^^^^^^^^ here
 ::: functions/hello.js
  = note: and here
  = help: a path leads to one function or asset: rename one of them

error[duplicate-path]: two resources have the path `/logo.png`
 --> services.toml:7:1
  |
7 | "/logo.png" = { handler = "rust:jwt" }
  | ^^^^^^^^^^^ here
 ::: assets/logo.png
  = note: and here
  = help: a path leads to one function or asset: rename one of them

"#]]
    );
}

#[test]
fn a_written_file_that_a_folder_holds_as_well_is_one_resource() {
    let folder = project(&[
        (
            "services.toml",
            "[services.a]\nroot = '.'\n[services.a.functions]\n\
             '/same' = { handler = 'functions/same.js', visibility = 'protected' }",
        ),
        ("functions/same.js", ""),
    ]);
    let config = loaded(&folder);
    let [function] = config.services[0].functions.as_slice() else {
        panic!("one function");
    };
    assert_eq!(function.visibility, Visibility::Protected);
}

#[test]
fn what_is_named_must_be_there() {
    assert_data_eq!(
        said_of(&[
            (
                "services.toml",
                r#"
default_service = "a"
[services.a]
root = "nowhere"
[services.b]
functions_folder = "file"
assets_folder = "."
[services.c]
env_file = "."
[services.c.functions]
"/x" = { handler = "x.js" }
"#
            ),
            ("file", ""),
        ]),
        str![[r#"
error[missing-folder]: the folder `nowhere` does not exist
 --> services.toml:4:8
  |
4 | root = "nowhere"
  |        ^^^^^^^^^
  |
  = help: make it, or correct its name; paths are relative to the project folder

error[missing-folder]: `file` is no folder
 --> services.toml:6:20
  |
6 | functions_folder = "file"
  |                    ^^^^^^
  |
  = help: name a folder

error[unreadable-file]: the env file `.` is a folder, not a file
 --> services.toml:9:12
  |
9 | env_file = "."
  |            ^^^
  |
  = help: put a text file in its place

error[missing-file]: there is no file `x.js`
  --> services.toml:11:20
   |
11 | "/x" = { handler = "x.js" }
   |                    ^^^^^^
   |
   = help: make it, or correct its name; paths are relative to the project folder

"#]]
    );
}

#[test]
fn hidden_routes_and_missing_defaults_are_warned_of() {
    let folder = project(&[
        (
            "services.toml",
            r#"
default_service = "site"
[services.site]
root = "."
[services.site.functions]
"/auth/login" = { handler = "rust:jwt" }
"/auth" = { handler = "rust:jwt", visibility = "private" }
[services.auth.functions]
"/jwt" = { handler = "rust:jwt" }
"#,
        ),
        ("functions/auth/more.js", ""),
        ("functions/authors.js", ""),
    ]);
    let loaded = load(folder.path());
    assert!(loaded.config.is_some());
    assert_data_eq!(
        render(&loaded.diagnostics, Colour::Never),
        str![[r#"
warning[hidden-route]: `/auth/login` is hidden: paths that begin with `/auth` go to the service of that name
 --> services.toml:6:1
  |
6 | "/auth/login" = { handler = "rust:jwt" }
  | ^^^^^^^^^^^^^
  |
  = help: it answers at `/site/auth/login` and on the host `site-5531-dev.localhost`; or rename one of the two

warning[hidden-route]: `/auth/more` is hidden: paths that begin with `/auth` go to the service of that name
--> functions/auth/more.js
 = help: it answers at `/site/auth/more` and on the host `site-5531-dev.localhost`; or rename one of the two

"#]]
    );
    assert_data_eq!(
        said("[services.a]\n[services.b]\nroot = '.'\n"),
        str![[r#"
warning[empty-service]: the service `a` serves nothing
 --> services.toml:1:11
  |
1 | [services.a]
  |           ^
  |
  = help: give it a `root`, a `functions_folder`, an `assets_folder` or `functions`

warning[no-default-service]: no service is the default one
--> services.toml
 = help: requests that name no service get 404; write `default_service = "a"`

"#]]
    );
    assert_data_eq!(
        said("port = 1\n"),
        str![[r#"
warning[no-services]: there are no services
--> services.toml
 = help: add one: `[services.NAME]`; `root = "."` serves this folder

"#]]
    );
}

#[test]
fn lines_of_an_env_file_that_set_nothing_are_told_and_not_shown() {
    let env = "# remark\n\nACCOUNT_SID AC123\nAUTH_TOKEN: secret\nKEY=\"one\ntwo\n\"\n- B=2\nC=3\n";
    assert_data_eq!(
        said_of(&[
            ("services.toml", "[services.a]\nroot = '.'\n"),
            (".env", env)
        ]),
        str![[r#"
warning[env-file-differs]: `NAME: value` is ignored; newer dotenv reads it
 --> .env:4:1
  |
4 | AUTH_TOKEN:*******
  | ^^^^^^^^^^^^^^^^^^
  |
  = help: Twilio's tools read the file with dotenv 6, and so does this

warning[env-file-differs]: a value ends with its line; newer dotenv reads on to the closing quote
 --> .env:5:1
  |
5 | KEY=****
  | ^^^^^^^^
  |
  = help: Twilio's tools read the file with dotenv 6, and so does this

warning[env-file-line]: 2 lines set no variable; this is the first
 --> .env:3:1
  |
3 | *****************
  | ^^^^^^^^^^^^^^^^^
  |
  = help: write NAME=value, the name in letters, digits, `_`, `.` and `-`; a remark begins with `#`

"#]]
    );
}

#[test]
fn variables_that_the_cloud_refuses_are_warned_of() {
    let long = "x".repeat(451);
    let services = format!("[services.a]\nroot = '.'\nenv = {{ LONG = '{long}' }}\n");
    let mut env: String = (0..8)
        .map(|n| format!("V{n}={}\n", "y".repeat(400)))
        .collect();
    env.push_str(&format!("{}=z\nREMARK=a # b\n", "N".repeat(129)));
    assert_data_eq!(
        said_of(&[("services.toml", &services), (".env", &env)]),
        str![[r#"
warning[env-file-differs]: what follows `#` is part of the value; newer dotenv cuts it off
  --> .env:10:1
   |
10 | REMARK=*****
   | ^^^^^^^^^^^^
   |
   = help: Twilio's tools read the file with dotenv 6, and so does this

warning[variable-size]: the name of `NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN…` has 129 bytes
 --> .env:9:1
  |
9 | NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN=*
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: Twilio takes 128 at most; move it to a private asset

warning[variable-size]: the value of `LONG` has 451 bytes
 --> services.toml:3:9
  |
3 | env = { LONG = '*********************************************************************************************************************...
  |         ^^^^
  |
  = help: Twilio takes 450 at most; move it to a private asset

warning[context-size]: the variables of `a` come to 3879 bytes; a context has at most 3072
--> services.toml
 = help: the cloud answers with error 82006; the largest is `LONG`: move it to a private asset

"#]]
    );
}

#[test]
fn no_secret_is_ever_shown() {
    let secret = "s3cr3t";
    for services in [
        // Each has a fault on the line of the secret.
        "[services.a]\nroot = '.'\nenv = { A = 's3cr3t', B = 1 }",
        "[services.a]\nroot = '.'\nenv = 's3cr3t'",
        "[services.a]\nroot = '.'\nenv = ['s3cr3t']",
        "[services.a]\nroot = '.'\nauth_token = ['s3cr3t']",
        "[services.a]\nroot = '.'\nauth_tokn = 's3cr3t'",
        "[services.a]\nroot = '.'\n'ENV' = { A = 's3cr3t' }",
        "AUTH_TOKEN = 's3cr3t'",
        "services.a = { auth_token = 's3cr3t', root = 1 }",
        "[services.a.env]\nA = s3cr3t",
        "[services.a.env]\nA = 's3cr3t",
        "[services.a]\nenv = {\nA = 's3cr3t\n",
        "[services.a]\nauth_token = s3cr3t",
        "[services.a]\nauth_token = '''\ns3cr3t",
        "services.a.env.A = s3cr3t",
        "[services.a]\nroot = '.'\nenv = { A = \"s3cr3t\\u0000\" }",
    ] {
        let folder = project(&[
            ("services.toml", services),
            (
                ".env",
                "A=s3cr3t # x\nB: s3cr3t\nexport C=s3cr3t\nD=\"s3cr3t\ns3cr3t\n\"",
            ),
        ]);
        let loaded = load(folder.path());
        assert_ne!(loaded.diagnostics, [], "{services}");
        for colour in [Colour::Never, Colour::Always] {
            let text = render(&loaded.diagnostics, colour);
            assert!(!text.contains(secret), "{services}\n{text}");
        }
        assert!(!to_json(&loaded.diagnostics).to_string().contains(secret));
        assert!(!format!("{:?}", loaded.diagnostics).contains(secret));
        assert!(!format!("{:?}", loaded.config).contains(secret));
    }
}

#[test]
fn a_file_that_is_no_text_is_said_to_be_so() {
    let said = |write: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("services.toml"));
        let loaded = load(folder.path());
        assert!(loaded.config.is_none());
        render(&loaded.diagnostics, Colour::Never)
    };
    assert_data_eq!(
        said(&|path| fs::create_dir(path).unwrap()),
        str![[r#"
error[unreadable-file]: `services.toml` is a folder, not a file
--> services.toml
 = help: put a text file in its place

"#]]
    );
    assert_data_eq!(
        said(&|path| fs::write(path, b"port = \"\xff\"").unwrap()),
        str![[r#"
error[unreadable-file]: `services.toml` is not UTF-8 text
--> services.toml
 = help: save it again as UTF-8

"#]]
    );
    assert_data_eq!(
        said(&|path| fs::write(path, "#".repeat(1024 * 1024 + 1)).unwrap()),
        str![[r#"
error[unreadable-file]: `services.toml` is larger than 1 MiB
--> services.toml
 = help: split it; nobody writes so much by hand

"#]]
    );
}

#[test]
fn the_project_folder_must_exist() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = load(&folder.path().join("nowhere"));
    assert!(loaded.config.is_none());
    assert_eq!(loaded.diagnostics[0].code, "missing-folder");
}

#[test]
fn what_was_looked_for_is_watched_there_or_not() {
    let folder = project(&[
        (
            "services.toml",
            "[services.a]\nroot = 'a'\nenv_file = 'x.env'\nassets_folder = 'later'\n\
             [services.a.functions]\n'/f' = { handler = 'f.js' }",
        ),
        ("a/functions/deep/b.js", ""),
    ]);
    let watched = load(folder.path()).watched;
    for name in [
        "services.toml",
        "x.env",
        "later",
        "f.js",
        "a/functions",
        "a/functions/deep",
        "a/assets",
        "a/.twilioserverlessrc",
    ] {
        assert!(
            watched.contains(&folder.path().join(name)),
            "{name}: {watched:?}"
        );
    }
    let plain = tempfile::tempdir().unwrap();
    let watched = load(plain.path()).watched;
    for name in ["services.toml", ".env", "functions", "src", "package.json"] {
        assert!(
            watched.contains(&plain.path().join(name)),
            "{name}: {watched:?}"
        );
    }
}

/// Loads a hostile `services.toml` and renders what is said. The time is generous: what it guards
/// against takes minutes or a crash.
fn survives(text: &str) -> Loaded {
    let folder = project(&[("services.toml", text)]);
    let start = Instant::now();
    let loaded = load(folder.path());
    render(&loaded.diagnostics, Colour::Always);
    to_json(&loaded.diagnostics);
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
    loaded
}

#[test]
fn hostile_files_are_refused_in_time() {
    let mib = 1024 * 1024;
    for text in [
        "[".repeat(mib),
        "a.".repeat(mib / 2),
        "[a]\n".repeat(mib / 4),
        "a=\n".repeat(mib / 3),
        "\"".repeat(mib),
        "\u{0}".repeat(mib),
        format!("a = {}", "[".repeat(10_000)),
        format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("a = {}1{}", "{b=".repeat(10_000), "}".repeat(10_000)),
        format!("[{}a]", "a.".repeat(10_000)),
        format!("[services.{}]", "x".repeat(mib - 20)),
        format!("{} = 1", "x".repeat(mib - 20)),
        (0..100_000).map(|n| format!("k{n}=1\n")).collect(),
        format!(
            "services = {{{}}}",
            (0..80_000).map(|n| format!("s{n}=1,")).collect::<String>()
        ),
    ] {
        let loaded = survives(&text);
        assert!(loaded.config.is_none(), "{}", &text[..15]);
        assert!(loaded.diagnostics.len() <= 201);
    }
}

#[test]
fn ten_thousand_services_load_in_linear_time() {
    let service = |n| format!("[services.s{n}]\nroot='.'\nenv={{A='1'}}\n");
    let text: String = (0..10_000).map(service).collect();
    let loaded = survives(&text);
    assert_eq!(loaded.config.unwrap().services.len(), 10_000);

    let text: String = (0..10_000)
        .map(|n| format!("[services.s{n}]\ndomain='d'\n"))
        .collect();
    assert!(survives(&text).config.is_none());

    let paths: String = (0..20_000).map(|n| format!("'/x{n}'='public'\n")).collect();
    let functions: String = (0..10_000)
        .map(|n| format!("'/y{n}'={{handler='rust:jwt'}}\n"))
        .collect();
    let text = format!("[services.a.visibility]\n{paths}[services.a.functions]\n{functions}");
    assert!(survives(&text).config.is_none());
}
