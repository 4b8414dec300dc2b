//! The branch for JavaScript functions: the event to a worker, its answer to the caller.

use super::Gateway;
use super::asked::Asked;
use super::exchange::Draft;
use super::function;
use super::refusal::Refusal;
use crate::event::EventText;
use crate::event::form::FormPairs;
use crate::node::{Answered, Call, Ended, NodeFault, Unanswered};
use crate::response::answer::Answer;
use std::path::Path;
use std::sync::Arc;

impl Gateway {
    /// Runs the function in `file`.
    pub(super) async fn javascript(
        &self,
        asked: &Asked,
        form: Option<FormPairs>,
        file: &Path,
        draft: &mut Draft<'_>,
    ) -> Result<Answer, Refusal> {
        let limits = &asked.registry.limits;
        let head = Arc::clone(&asked.head);
        let event = EventText::from_read(head, &asked.body, form).map_err(Refusal::Body)?;
        let console = function::console(draft);
        // The pool counts what runs by its processes; here it is only shown.
        let slot = asked.service.running.slot();
        slot.enter(None);
        // A service with a JavaScript route has a pool.
        let missing = || Refusal::Node(NodeFault::NoNode("no pool".to_string()));
        let pool = asked.service.node.as_ref().ok_or_else(missing)?;
        let call = Call {
            file,
            path: asked.route.path(),
            event: &event,
            console,
            limit: limits.time,
            most: limits.concurrency,
            held: slot,
        };
        let Answered { ended, run } = pool.invoke(call).await;
        draft.ran(run);
        let Ended {
            done,
            warnings,
            loads,
        } = ended.map_err(|fault| match fault {
            Unanswered::TimedOut(limit) => Refusal::TimedOut(limit),
            Unanswered::Busy { most } => Refusal::Busy { most },
            Unanswered::Fault(fault) => Refusal::Node(fault),
        })?;
        let mut answer = self.answer_to(asked, done);
        answer.warnings.extend(warnings);
        let packages = asked.service.config().packages.as_ref();
        for warning in loads.iter().filter_map(|load| load.judge(packages)) {
            // Two parts of one package are one warning.
            if !answer.warnings.contains(&warning) {
                answer.warnings.push(warning);
            }
        }
        Ok(answer)
    }
}
