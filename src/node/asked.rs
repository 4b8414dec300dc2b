//! What clients ask Twilio's REST API for and is answered here, on its way to who answers.

use super::message::Asked;
use super::wire::Kind;
use super::worker::{End, Worker};

/// Bytes that a process may leave unread while it asks for more: it reads as soon as it does not run.
const UNHEARD: usize = 32 * 1024 * 1024;

impl Worker {
    /// Answers what a client asks Twilio's REST API for.
    pub(super) fn answer(&mut self, id: u32, asked: &Asked) -> Result<(), End> {
        if self.process.channel.unwritten() > UNHEARD {
            let fault = format!(
                "more than {} MiB of answers to what it asked Twilio's REST API wait to be read",
                UNHEARD / 1024 / 1024
            );
            return Err(End::Protocol(fault));
        }
        let (reply, said) = self.around.outbox.answer(&asked.request, &asked.by);
        if let Some((level, text)) = said {
            self.print(id, level, text);
        }
        // Numbers and texts alone: it cannot fail.
        let head = serde_json::to_vec(&reply).unwrap_or_default();
        let channel = &mut self.process.channel;
        channel.put(Kind::Answered, asked.number, 0, &head, &[]);
        Ok(())
    }
}
