//! The servers that are compared.

#[path = "../../functions/mod.rs"]
mod functions_of_the_project;

use functions_of_the_project as functions;

use crate::floor::{self, Answers};
use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use switchboard::{Callback, Context, Event, Outcome, Switchboard, Visibility, jwt};
use tokio::net::TcpListener;

/// Serves until it is killed. It prints its port, then a token, then a signature; a line each.
pub(crate) fn serve(kind: &str) {
    match kind {
        "bare" => runtime(tokio::runtime::Builder::new_multi_thread()).block_on(bare()),
        "bare-single" => runtime(tokio::runtime::Builder::new_current_thread()).block_on(bare()),
        "floor" => floor(Answers::Together),
        "floor-each" => floor(Answers::Each),
        "switchboard" => Switchboard::runtime()
            .expect("a runtime")
            .block_on(switchboard()),
        other => panic!("no server called {other}"),
    }
}

fn floor(answers: Answers) {
    runtime(tokio::runtime::Builder::new_current_thread()).block_on(floor::serve(answers));
}

fn runtime(mut builder: tokio::runtime::Builder) -> tokio::runtime::Runtime {
    builder.enable_all().build().expect("a runtime")
}

/// hyper's own hello: what the rest is measured by.
async fn bare() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}\n\n", listener.local_addr().expect("an address").port());
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let hello = service_fn(|_request| async {
                Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from_static(
                    b"Hello, world",
                ))))
            });
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), hello)
                .await;
        });
    }
}

async fn hello(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("Hello, world")
}

/// The repository's own project and a trivial function, through the whole gateway.
async fn switchboard() {
    let server = Switchboard::builder()
        .project(Path::new(env!("CARGO_MANIFEST_DIR")))
        .handlers(functions::all())
        .function("auth", "/hello", Visibility::Public, hello)
        .function("auth", "/signed", Visibility::Protected, hello)
        .port(0)
        .alone()
        .start()
        .await
        .expect("the repository's project is valid");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    let claims = serde_json::json!({ "sub": "twilio", "exp": now.as_secs() + 3600 });
    let token = jwt::sign(&claims, "secret_key", jwt::Algorithm::HS256).expect("a token");
    let call = server.signed("auth", "/signed", &crate::FORM);
    let [.., (_, signature)] = call.expect("the service is there").headers;
    println!("{}\n{token}\n{signature}", server.port());
    std::future::pending::<()>().await;
}
