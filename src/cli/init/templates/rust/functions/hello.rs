//! `/hello`: greets whoever asks.

use switchboard::{Callback, Context, Event, Outcome};

/// Answers with a greeting for the parameter `name`.
pub async fn handler(context: Context, event: Event, callback: Callback) -> Outcome {
    let word = context.get("GREETING").unwrap_or("Hello");
    let name = event.text("name").unwrap_or("world");
    callback.success(format!("{word}, {name}!"))
}
