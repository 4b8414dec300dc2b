//! A link that opens the console once.
//!
//! A browser is started with a URL as one of its arguments, and everybody on the machine can list
//! those. So what stands there is no key but a code, which the page exchanges for the key: once, and
//! within a minute. Whoever reads it later has nothing; whoever is quicker than the browser is found
//! out, since the browser then comes second.
//!
//! Turned down: a file that only the owner can read and that leads on to the key. Browsers that are
//! shut in (Snap, Flatpak) cannot read it.

use crate::token::Token;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a browser may take to start.
const VALID: Duration = Duration::from_secs(60);

/// The code that is good now, if one is.
#[derive(Clone, Debug, Default)]
pub(super) struct Once(Arc<Mutex<State>>);

#[derive(Debug, Default)]
enum State {
    #[default]
    None,
    Offered(Token, Instant),
    /// Kept, to tell who comes second from who guesses.
    Taken(Token),
}

/// What a code was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// The key.
    Key,
    /// Nothing: somebody had the key for it before.
    Taken,
    /// Nothing: it is unknown, or too old.
    Nothing,
}

impl Once {
    /// A new code; one from before is good no longer.
    pub(super) fn offer(&self) -> io::Result<Token> {
        let code = Token::random()?;
        *self.lock() = State::Offered(code.clone(), Instant::now());
        Ok(code)
    }

    /// Takes `code` at the time `now`.
    pub(super) fn take(&self, code: &str, now: Instant) -> Worth {
        let mut state = self.lock();
        match &*state {
            State::Offered(offered, at) if offered.is(code) => {
                if now.saturating_duration_since(*at) > VALID {
                    return Worth::Nothing;
                }
                *state = State::Taken(offered.clone());
                Worth::Key
            }
            State::Taken(taken) if taken.is(code) => Worth::Taken,
            _ => Worth::Nothing,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_a_minute() {
        let once = Once::default();
        assert_eq!(once.take("", Instant::now()), Worth::Nothing);
        let code = once.offer().unwrap();
        let now = Instant::now();
        assert_eq!(once.take("guessed", now), Worth::Nothing);
        assert_eq!(once.take(code.as_str(), now), Worth::Key);
        assert_eq!(once.take(code.as_str(), now), Worth::Taken);
        let late = once.offer().unwrap();
        let passed = Instant::now() + VALID + Duration::from_secs(1);
        assert_eq!(once.take(late.as_str(), passed), Worth::Nothing);
        let newer = once.offer().unwrap();
        assert_eq!(once.take(late.as_str(), now), Worth::Nothing);
        assert_eq!(once.take(newer.as_str(), Instant::now()), Worth::Key);
    }
}
