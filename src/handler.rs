//! Handlers written in Rust: `(context, event, callback)`, as in JavaScript.
//!
//! Where JavaScript leaves it to the author to call `callback` once, the types see to it here: a
//! [`Callback`] is consumed by its use, and only its use makes a [`Completed`], without which
//! there is no [`Outcome`] to return. A handler that compiles answers exactly once.

use crate::context::Context;
use crate::event::Event;
use crate::habit::Habit;
use crate::response::{Failure, Payload};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A function written in Rust. Any `async fn(Context, Event, Callback) -> Outcome` is one.
///
/// ```
/// use switchboard::{Callback, Context, Event, Handlers, Outcome};
///
/// async fn hello(_context: Context, event: Event, callback: Callback) -> Outcome {
///     let name = event.text("name").unwrap_or("world");
///     callback.success(format!("Hello, {name}"))
/// }
///
/// let handlers = Handlers::new().with("hello", hello);
/// assert_eq!(handlers.names().collect::<Vec<_>>(), ["hello"]);
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Answers one event.
    fn call(
        &self,
        context: Context,
        event: Event,
        callback: Callback,
    ) -> impl Future<Output = Outcome> + Send;
}

impl<F, Fut> Handler for F
where
    F: Fn(Context, Event, Callback) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome> + Send,
{
    fn call(
        &self,
        context: Context,
        event: Event,
        callback: Callback,
    ) -> impl Future<Output = Outcome> + Send {
        self(context, event, callback)
    }
}

/// What a handler returns: that it called back, or what it threw.
///
/// `?` on any error is JavaScript's `throw`: the caller gets a 500.
pub type Outcome = Result<Completed, HandlerError>;

/// The way to answer. It can be used once.
#[derive(Debug)]
pub struct Callback(());

impl Callback {
    /// `callback(null, payload)`.
    ///
    /// # Errors
    ///
    /// None: the result is what the handler returns.
    pub fn success(self, payload: impl Into<Payload>) -> Outcome {
        Ok(Completed(Done::Success(payload.into())))
    }

    /// `callback(error)`: the caller gets a 500 with the error as text.
    ///
    /// # Errors
    ///
    /// None: the result is what the handler returns.
    pub fn error(self, error: impl Into<Failure>) -> Outcome {
        Ok(Completed(Done::Failure(error.into())))
    }
}

/// The proof that the callback was used. Only [`Callback`] makes one.
#[derive(Debug)]
pub struct Completed(Done);

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum Done {
    /// `callback(null, payload)`.
    Success(Payload),
    /// `callback(error)`, or a throw.
    Failure(Failure),
}

/// What a handler threw. Every `std::error::Error` turns into one by `?`.
///
/// It is not an `Error` itself, or that conversion could not be written for all of them.
#[derive(Debug)]
pub struct HandlerError(Failure);

impl HandlerError {
    /// An error from text alone, as `throw new Error(message)`.
    pub fn new(message: impl fmt::Display) -> Self {
        HandlerError(Failure::Error {
            message: format!("Error: {message}"),
            details: String::new(),
        })
    }
}

impl<E: std::error::Error + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        HandlerError(Failure::from_error(&error))
    }
}

/// A handler that several routes and registries can hold.
#[derive(Clone)]
pub struct SharedHandler {
    code: Arc<dyn Callable>,
    habit: Arc<Habit>,
}

impl SharedHandler {
    /// Wraps a handler.
    pub fn new(handler: impl Handler) -> Self {
        SharedHandler {
            code: Arc::new(handler),
            habit: Arc::default(),
        }
    }

    /// How it has behaved so far.
    pub(crate) fn habit(&self) -> &Arc<Habit> {
        &self.habit
    }

    /// Starts an invocation. The future owns all it needs, so that it outlives the request.
    pub(crate) fn invoke(&self, context: Context, event: Event) -> Invocation {
        Arc::clone(&self.code).start(context, event)
    }
}

impl fmt::Debug for SharedHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedHandler(..)")
    }
}

/// A running invocation.
pub(crate) type Invocation = Pin<Box<dyn Future<Output = Done> + Send>>;

/// The object-safe twin of [`Handler`], so that authors need neither boxes nor macros.
trait Callable: Send + Sync {
    fn start(self: Arc<Self>, context: Context, event: Event) -> Invocation;
}

impl<H: Handler> Callable for H {
    fn start(self: Arc<Self>, context: Context, event: Event) -> Invocation {
        Box::pin(async move {
            match self.call(context, event, Callback(())).await {
                Ok(Completed(done)) => done,
                Err(HandlerError(failure)) => Done::Failure(failure),
            }
        })
    }
}

/// Handlers by the name that `rust:NAME` in `services.toml` refers to.
#[derive(Clone, Debug, Default)]
pub struct Handlers(BTreeMap<String, SharedHandler>);

impl Handlers {
    /// None yet.
    pub fn new() -> Self {
        Handlers::default()
    }

    /// Adds `handler` under `name`; a second one of that name replaces the first.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, handler: impl Handler) -> Self {
        self.0.insert(name.into(), SharedHandler::new(handler));
        self
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The handler of that name.
    pub fn get(&self, name: &str) -> Option<&SharedHandler> {
        self.0.get(name)
    }
}
