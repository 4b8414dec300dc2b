//! Rust handlers beside bare hyper, on tokio's multi-thread runtime and on one thread.

use crate::FORM;
use crate::side::{Load, Side};
use crate::table::compare;

pub(crate) fn measure() {
    let bare = Side::start("hyper", "bare");
    let single = Side::start("hyper, one thread", "bare-single");
    let ours = Side::start("switchboard", "switchboard");
    let credentials = r#"{"username":"twilio","password":"ahoy"}"#;
    let hello = Load::get("/hello");
    let bearer = Load::get("/bearer").header("Authorization", &format!("Bearer {}", ours.token()));
    let signed = Load::form("/signed", &form(), ours.signature())
        .header("Host", &format!("localhost:{}", ours.port()));
    let loads = [
        ("hello", vec![64, 8, 1], hello.clone()),
        (
            "/jwt, a POST of JSON",
            vec![64, 8],
            Load::post("/jwt", credentials),
        ),
        ("/bearer", vec![64, 8], bearer),
        ("a protected function, a signed form", vec![64, 8], signed),
    ];
    for (name, connections, load) in loads {
        for connections in connections {
            let sides = [
                (&bare, hello.clone()),
                (&single, hello.clone()),
                (&ours, load.clone()),
            ];
            compare(name, connections, &sides);
        }
    }
}

/// The form as it is sent.
pub(crate) fn form() -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(FORM);
    form.finish()
}
