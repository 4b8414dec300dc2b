//! The walk through a text or a call: its requests, one after another.

use super::now;
use super::store::Phones;
use super::talk::Talked;
use crate::courier::{self, Line};
use crate::journal::Notice;
use crate::outbox::AnsweredFor;
use crate::phone::session::{Performed, Request};
use crate::signature::Signer;
use crate::webhook::public_part;
use tokio::sync::watch;

/// What signs the requests of a talk.
pub(super) enum Signs {
    /// The service that somebody has turned to.
    By(Signer),
    /// What is right for a call that a function has placed: see [`Line::signer`].
    ForFunction(AnsweredFor),
}

/// Performs the requests of a talk until the caller is wanted, or all is over.
///
/// By a task of its own: a panic ends that one alone, and then the talk is given up, since nobody
/// would tell it what came of its request.
pub(super) async fn to_the_end(phones: Phones, line: Line, id: u64, signs: Signs) {
    let _walk = Walk::new(&phones);
    let walking = walk(phones.clone(), line, id, signs);
    watched(phones, id, walking).await;
}

/// A walk, which the end of the server waits for.
struct Walk(watch::Sender<usize>);

impl Walk {
    fn new(phones: &Phones) -> Self {
        phones.walks.send_modify(|walks| *walks += 1);
        Walk(phones.walks.clone())
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        self.0.send_modify(|walks| *walks -= 1);
    }
}

async fn watched(phones: Phones, id: u64, walking: impl Future<Output = ()> + Send + 'static) {
    if tokio::spawn(walking).await.is_ok() {
        return;
    }
    if let Some(talk) = phones.lock().talk_mut(id) {
        talk.walked = false;
        talk.abandon("Switchboard failed while it asked a function: please report it");
        if let Talked::Call(call) = &talk.what {
            phones.tell(call);
        }
    }
    phones.changed();
}

async fn walk(phones: Phones, mut line: Line, id: u64, signs: Signs) {
    match phones.lock().talk_mut(id) {
        Some(talk) if !talk.walked => talk.walked = true,
        _ => return,
    }
    while let Some(request) = next(&phones, id) {
        let url = public_part(&request.url);
        let at = format!("{} {url}", request.webhook.method.as_str());
        let signer = match &signs {
            Signs::By(signer) => signer.clone(),
            Signs::ForFunction(answered_for) => line.signer(&request.url, *answered_for),
        };
        let performed: Performed = line.perform(request, &signer).await;
        {
            let mut state = phones.lock();
            let Some(talk) = state.talk_mut(id) else {
                return;
            };
            talk.touch();
            if let Some(call) = talk.placed_mut()
                && let Some(why) = courier::lost(&performed)
            {
                let text = format!("{at} was asked by call {}, but {why}", call.sid());
                phones.journal.note(Notice::Said { text });
            }
            match &mut talk.what {
                Talked::Text(text) => text.performed(performed),
                Talked::Call(call) => call.performed(performed),
                Talked::Received { .. } => return,
            }
        }
        phones.changed();
    }
    // Nobody walks any more, for whom that is waited for.
    phones.changed();
}

/// The request that is to be performed; nobody walks any more where there is none.
fn next(phones: &Phones, id: u64) -> Option<Request> {
    let mut state = phones.lock();
    state.deliver(id, now());
    state.goes_on_alone(id);
    // The phone was removed, or its talks were.
    let talk = state.talk_mut(id)?;
    let request = match &talk.what {
        Talked::Text(text) => text.request(),
        Talked::Call(call) => {
            phones.tell(call);
            call.request()
        }
        Talked::Received { .. } => None,
    };
    talk.walked = request.is_some();
    state.tidy();
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::journal::Journal;
    use crate::outbox::Outbox;
    use crate::phone::session::{CallSession, Setup, TextSession};
    use crate::webhook::{Kind, Wishes};
    use serde_json::json;

    #[tokio::test]
    async fn a_walk_that_panics_leaves_nobody_waiting() {
        let setup = |kind| Setup {
            kind,
            url: "http://t/start".into(),
            wishes: Wishes {
                from: Some("+15005550006".into()),
                to: Some("+15005550007".into()),
                body: (kind != Kind::Voice).then(|| "Ahoy".into()),
                ..Wishes::default()
            },
            seed: "s".into(),
            unix_seconds: 100,
            account_sid: "AC1".into(),
            status_callback: None,
        };
        let phones = Phones::new(
            Outbox::new(Clock::system(), AnsweredFor::default()),
            Journal::default(),
            true,
        );
        let phone = phones.lock().add(None, None).unwrap().id;
        for what in [
            Talked::Text(TextSession::begin(setup(Kind::Sms)).unwrap().into()),
            Talked::Call(CallSession::begin(setup(Kind::Voice)).unwrap().into()),
        ] {
            let begun = phones.lock().begin(phone, 0, "/start".into(), what);
            let id = begun.unwrap();
            watched(phones.clone(), id, async { panic!("of the walk") }).await;
            let state = phones.lock();
            let told = json!(state.talk(id).unwrap().shown());
            assert_eq!(told["ended"]["why"], "abandoned", "{told}");
        }
    }
}
