//! Handlers that panic, wait for ever or block their thread for ever: the caller gets its answer in
//! time, and nobody else notices.
//!
//! The runtimes are small on purpose: with one or two workers a single blocked thread is a large
//! part of the server. Threads are blocked by a channel that the test closes at its end, or the
//! runtime could not be shut down.

use crate::http::{Client, ask};
use crate::project::{Project, Site, within};
use std::sync::{Arc, Condvar, Mutex};
use switchboard::{Callback, Context, Event, Handlers, Outcome};
use tokio::sync::mpsc;

/// A limit that is far above what a good handler takes, and short enough to wait for.
const LIMIT: &str = "[limits]\ntime_ms = 300\n";

async fn good(_context: Context, _event: Event, callback: Callback) -> Outcome {
    callback.success("good")
}

async fn panics(_context: Context, event: Event, _callback: Callback) -> Outcome {
    match event.text("how") {
        Some("text") => panic!("no {}", "luck"),
        _ => std::panic::panic_any(5),
    }
}

/// Blocks threads until it is opened.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    fn block(&self) {
        let (open, opened) = &*self.0;
        let open = open.lock().expect("nobody panics here");
        drop(opened.wait_while(open, |open| !*open));
    }

    fn shut(&self) {
        let (open, _) = &*self.0;
        *open.lock().expect("nobody panics here") = false;
    }

    fn open(&self) {
        let (open, opened) = &*self.0;
        *open.lock().expect("nobody panics here") = true;
        opened.notify_all();
    }
}

/// Opens a gate at the end of a test, also of one that fails.
struct OpenAtEnd(Gate);

impl Drop for OpenAtEnd {
    fn drop(&mut self) {
        self.0.open();
    }
}

fn app(limits: &str, handlers: Handlers) -> Project {
    Project::app(limits, handlers.with("good", good))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_500_and_the_connection_goes_on() {
    let site = app("", Handlers::new().with("panics", panics))
        .start()
        .await;
    let mut client = Client::connect(site.port());
    for (how, told) in [("text", "no luck"), ("number", "a value that is no text")] {
        client.send(format!("GET /panics?how={how} HTTP/1.1\r\nHost: a\r\n\r\n"));
        let reply = client.read();
        assert_eq!(reply.status, 500);
        assert_eq!(
            reply.text(),
            "Internal server error (Switchboard's wording)"
        );
        assert!(site.fault().contains(told), "{}", site.fault());
        client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.read().status, 200);
    }
}

#[tokio::test]
async fn a_panic_on_a_runtime_of_one_worker_is_a_500_too() {
    let site = app("", Handlers::new().with("panics", panics))
        .start()
        .await;
    let port = site.port();
    let asking = tokio::task::spawn_blocking(move || {
        let panicked = ask(port, "GET /panics?how=text", "");
        (panicked.status, ask(port, "GET /good", "").status)
    });
    assert_eq!(asking.await.expect("the server answers"), (500, 200));
    assert_eq!(
        site.running().journal().exchanges()[0].fault.as_deref(),
        Some("the handler panicked: no luck")
    );
}

/// Tells when the future that holds it is dropped.
struct TellsEnd(mpsc::UnboundedSender<&'static str>);

impl Drop for TellsEnd {
    fn drop(&mut self) {
        let _ = self.0.send("ended");
    }
}

/// A handler that never calls back, and the news of it.
fn waiting() -> (Handlers, mpsc::UnboundedReceiver<&'static str>) {
    let (sender, news) = mpsc::unbounded_channel();
    let wait = move |_: Context, _: Event, callback: Callback| {
        let _ = sender.send("began");
        let held = TellsEnd(sender.clone());
        async move {
            let _held = held;
            std::future::pending::<()>().await;
            callback.success(())
        }
    };
    (Handlers::new().with("wait", wait), news)
}

async fn a_handler_that_waits_for_ever_is_ended() {
    let (handlers, mut news) = waiting();
    let site = app(LIMIT, handlers).start().await;
    let port = site.port();
    let asking = tokio::task::spawn_blocking(move || ask(port, "GET /wait", ""));
    let reply = asking.await.expect("the server answers");
    assert_eq!(reply.status, 504);
    assert_eq!(reply.text(), "runtime application timed out");
    assert!(
        site.fault().contains("timed out after 300 ms"),
        "{}",
        site.fault()
    );
    // It does not stay behind: what it holds is dropped.
    assert_eq!(within(news.recv()).await, Some("began"));
    assert_eq!(within(news.recv()).await, Some("ended"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_ever_is_a_504() {
    a_handler_that_waits_for_ever_is_ended().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn waiting_for_ever_is_a_504_with_one_worker() {
    a_handler_that_waits_for_ever_is_ended().await;
}

#[tokio::test]
async fn waiting_for_ever_is_a_504_with_no_worker_but_the_current_thread() {
    a_handler_that_waits_for_ever_is_ended().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_leaves_leaves_a_handler_that_is_still_ended_in_time() {
    let (handlers, mut news) = waiting();
    let site = app(LIMIT, handlers).start().await;
    let mut client = Client::connect(site.port());
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(within(news.recv()).await, Some("began"));
    drop(client);
    assert_eq!(within(news.recv()).await, Some("ended"));
    let registry = site.registry();
    let running = &registry.default_service().expect("the service").running;
    while running.count() > 0 {
        tokio::task::yield_now().await;
    }
}

/// Has `blocked` handlers block their threads at once, and asks for others meanwhile.
async fn blocked_threads_harm_nobody(blocked: usize) {
    let gate = Gate::default();
    let _at_end = OpenAtEnd(gate.clone());
    let (began, mut begun) = mpsc::unbounded_channel();
    let block = move |_: Context, _: Event, callback: Callback| {
        let (gate, began) = (gate.clone(), began.clone());
        async move {
            let _ = began.send(());
            gate.block();
            callback.success("late")
        }
    };
    let site: Site = app(LIMIT, Handlers::new().with("block", block))
        .start()
        .await;
    let port = site.port();
    let asking: Vec<_> = (0..blocked)
        .map(|_| std::thread::spawn(move || ask(port, "GET /block", "").status))
        .collect();
    for _ in 0..blocked {
        within(begun.recv())
            .await
            .expect("each begins, however many block already");
    }
    // All of them block by now, and will until the end of this test.
    for _ in 0..20 {
        assert_eq!(ask(port, "GET /good", "").text(), "good");
    }
    for asked in asking {
        assert_eq!(asked.join().expect("an answer"), 504);
    }
    assert_eq!(ask(port, "GET /good", "").text(), "good");
    let registry = site.registry();
    let running = &registry.default_service().expect("the service").running;
    assert_eq!(
        running.count(),
        0,
        "a blocked handler does not hold its slot for ever"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_worker_one_blocked_handler() {
    blocked_threads_harm_nobody(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_worker_five_blocked_handlers() {
    blocked_threads_harm_nobody(5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_one_blocked_handler() {
    blocked_threads_harm_nobody(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_two_blocked_handlers() {
    blocked_threads_harm_nobody(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_ten_blocked_handlers() {
    blocked_threads_harm_nobody(10).await;
}

/// Answers at once, a hundred times and more; then, asked to, it blocks its thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_trusted_handler_that_blocks_keeps_its_own_caller_waiting_and_nobody_else() {
    let gate = Gate::default();
    let _open = OpenAtEnd(gate.clone());
    let (sender, mut began) = mpsc::unbounded_channel();
    let blocking = {
        let gate = gate.clone();
        move |_: Context, event: Event, callback: Callback| {
            if event.text("block").is_some() {
                let _ = sender.send(());
                gate.block();
            }
            async move { callback.success("at once") }
        }
    };
    let site = app(LIMIT, Handlers::new().with("mostly", blocking))
        .start()
        .await;
    let mut client = Client::connect(site.port());
    for _ in 0..150 {
        client.send("GET /mostly HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.read().text(), "at once");
    }
    client.send("GET /mostly?block=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    within(began.recv()).await.unwrap();
    for path in ["good", "mostly"] {
        assert_eq!(ask(site.port(), &format!("GET /{path}"), "").status, 200);
    }
    // Longer than what is at once for a handler, so that it is trusted no more.
    std::thread::sleep(std::time::Duration::from_millis(50));
    gate.open();
    assert_eq!(client.read().text(), "at once");
    gate.shut();
    assert_eq!(ask(site.port(), "GET /mostly?block=1", "").status, 504);
}
