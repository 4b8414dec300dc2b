//! Functions: from a request to a handler, and from what it called back with to an answer.

use super::Gateway;
use super::asked::Asked;
use super::edge;
use super::exchange::Draft;
use super::invoke::Terms;
use super::refusal::Refusal;
use crate::console::Console;
use crate::context::Context;
use crate::event::Event;
use crate::event::form::FormPairs;
use crate::handler::{Done, SharedHandler};
use crate::response::answer::{self, Answer, Conditions};
use std::sync::Arc;

/// What every invocation has: a console that the exchange keeps.
pub(super) fn console(draft: &mut Draft<'_>) -> Console {
    let console = Console::default();
    draft.console(&console);
    console
}

impl Gateway {
    /// Runs a handler written in Rust.
    pub(super) async fn rust(
        &self,
        asked: &Asked,
        form: Option<FormPairs>,
        handler: &SharedHandler,
        draft: &mut Draft<'_>,
    ) -> Result<Answer, Refusal> {
        let limits = &asked.registry.limits;
        let head = Arc::clone(&asked.head);
        let event = Event::from_read(head, &asked.body, form).map_err(Refusal::Body)?;
        let context = Context::new(
            Arc::clone(&asked.service.context),
            Arc::clone(asked.route.path()),
            Arc::clone(&asked.service.domain_name),
            console(draft),
        );
        let terms = Terms {
            habit: handler.habit(),
            limit: limits.time,
            slot: asked.service.running.slot(),
            most: limits.concurrency,
        };
        let invocation = handler.invoke(context, event);
        let (ended, run) = self.invoker.run(invocation, terms).await;
        draft.ran(run);
        Ok(self.answer_to(asked, ended?))
    }

    /// What leaves for what a function called back with.
    pub(super) fn answer_to(&self, asked: &Asked, done: Done) -> Answer {
        let limits = &asked.registry.limits;
        let conditions = Conditions {
            host: edge::without_port(asked.host()),
            now: self.clock.now(),
            body_bytes: limits.response_bytes,
            header_bytes: limits.header_bytes,
            header_count: limits.headers,
        };
        match done {
            Done::Success(payload) => answer::success(payload, &conditions),
            Done::Failure(failure) => answer::failure(&failure, &conditions),
        }
    }
}
