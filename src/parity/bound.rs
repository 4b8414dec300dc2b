//! The cloud's limits on one exchange, and how near to them one came.
//!
//! Twilio writes "KB" and "MB" without saying whether they count in thousands or in 1024s; here they
//! count in 1024s, as in `[limits]`.

use super::{ParityWarning, Rule};

/// A limit of the cloud's. What `[limits]` says is another matter: it may be off or wider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// The rule that is broken beyond it.
    rule: Rule,
    /// The most that the cloud takes.
    most: usize,
    /// What stands before the number.
    subject: &'static str,
    /// What stands behind it.
    unit: &'static str,
}

impl Bound {
    /// Bytes of a request, its head included.
    pub(crate) const REQUEST: Bound = Bound {
        rule: Rule::RequestSize,
        most: 1024 * 1024,
        subject: "the request has",
        unit: "bytes",
    };
    /// Bytes of all request headers.
    pub(crate) const HEADER_BYTES: Bound = Bound {
        rule: Rule::RequestHeaders,
        most: 15 * 1024,
        subject: "the request's headers have",
        unit: "bytes",
    };
    /// Number of request headers.
    pub(crate) const HEADERS: Bound = Bound {
        rule: Rule::RequestHeaders,
        most: 90,
        subject: "the request has",
        unit: "headers",
    };
    /// Bytes of a response's body.
    pub(crate) const RESPONSE: Bound = Bound {
        rule: Rule::ResponseSize,
        most: 4 * 1024 * 1024,
        subject: "the body has",
        unit: "bytes",
    };
    /// Bytes of a response's headers.
    pub(crate) const RESPONSE_HEADER_BYTES: Bound = Bound {
        rule: Rule::ResponseHeaders,
        most: 15 * 1024,
        subject: "the response's headers have",
        unit: "bytes",
    };
    /// Number of a response's headers.
    pub(crate) const RESPONSE_HEADERS: Bound = Bound {
        rule: Rule::ResponseHeaders,
        most: 90,
        subject: "the response has",
        unit: "headers",
    };
    /// Milliseconds from a request to its answer.
    pub(crate) const TIME: Bound = Bound {
        rule: Rule::TimeLimit,
        most: 10_000,
        subject: "from request to answer it took",
        unit: "ms",
    };
    /// Invocations of a service at one time.
    pub(crate) const CONCURRENCY: Bound = Bound {
        rule: Rule::Concurrency,
        most: 30,
        subject: "with this one there run",
        unit: "invocations at a time",
    };
    /// Bytes of `context` as JSON.
    pub(crate) const CONTEXT: Bound = Bound {
        rule: Rule::ContextSize,
        most: 3 * 1024,
        subject: "the variables have",
        unit: "bytes as JSON",
    };

    /// What there is to say of `used`, where the limit that holds here is `set`: nothing up to 80 %
    /// of the lower of both.
    #[inline]
    pub(crate) fn judge(&self, used: usize, set: Option<usize>) -> Option<ParityWarning> {
        let most = set.map_or(self.most, |set| set.min(self.most));
        if used.saturating_mul(5) <= most.saturating_mul(4) {
            return None;
        }
        Some(self.warning(used, most))
    }

    #[cold]
    fn warning(&self, used: usize, most: usize) -> ParityWarning {
        let Bound {
            rule,
            subject,
            unit,
            ..
        } = self;
        // Not `format!`: each of many calls at a time has such a warning, and it was a twentieth of
        // what they cost.
        let mut text = String::with_capacity(TEXT_ROOM);
        text.push_str(subject);
        text.push(' ');
        text.push_str(itoa::Buffer::new().format(used));
        if used > self.most {
            text.push(' ');
            text.push_str(unit);
            text.push_str(": the cloud takes at most ");
            text.push_str(itoa::Buffer::new().format(self.most));
            return ParityWarning::new(*rule, text);
        }
        text.push_str(" of at most ");
        text.push_str(itoa::Buffer::new().format(most));
        text.push(' ');
        text.push_str(unit);
        ParityWarning::new(Rule::NearLimit, text)
    }
}

/// What the longest warning takes, about.
const TEXT_ROOM: usize = 96;
