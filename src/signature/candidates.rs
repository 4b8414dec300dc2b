//! The URLs that Twilio can have signed for a request that reached us.
//!
//! Twilio signs the URL that somebody typed as a webhook. Between it and this server there may be a
//! tunnel or a proxy, which changes scheme, host and sometimes the path; so the URL cannot be read
//! off the request. What can be read off are a few likely ones, best first: the public URL if it is
//! known, what a proxy on this machine says it was called by, the URL as it arrived, and the
//! service's own domain, for requests signed for the cloud.
//!
//! None of them is a matter of trust: whatever the host says, only who holds the auth token can sign.

use serde::Serialize;

/// How a request reached the server: all that its URL can be guessed from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrival<'a> {
    /// The base under which the server is known outside, such as `https://x.ngrok.app` or
    /// `https://example.com/twilio`; with or without a slash at the end.
    pub public_url: Option<&'a str>,
    /// `X-Forwarded-Proto` and `X-Forwarded-Host`; to be given only for a loopback peer. Of a list
    /// the first entry counts.
    pub forwarded: Option<(&'a str, &'a str)>,
    /// Hosts that further headers name, and nobody vouches for. They are no candidates; an explanation
    /// tries them, to tell which public URL is missing.
    pub named: &'a [&'a str],
    /// The scheme of the connection itself: `http` or `https`.
    pub scheme: &'a str,
    /// The `Host` header: host and port. May be empty.
    pub host: &'a str,
    /// The service's domain, without `.twil.io`, such as `auth-4173-dev`.
    pub domain: Option<&'a str>,
    /// The part of the path that named the service, such as `/auth`; empty where the host did or
    /// none was needed.
    pub prefix: &'a str,
    /// The path as received, undecoded, the prefix included.
    pub path: &'a str,
    /// The query as received, undecoded, without its question mark; `Some("")` for a bare one.
    pub query: Option<&'a str>,
}

/// Where a candidate's host comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The public URL.
    Public,
    /// The forwarding headers.
    Forwarded,
    /// The connection and its `Host` header.
    Received,
    /// The service's own domain.
    Domain,
}

impl Source {
    /// A few words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Public => "public URL",
            Source::Forwarded => "forwarded host",
            Source::Received => "URL as received",
            Source::Domain => "service domain",
        }
    }
}

/// A URL that Twilio can have signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The full URL, query included.
    pub url: String,
    /// Where its host comes from.
    pub source: Source,
}

impl<'a> Arrival<'a> {
    /// The path behind the service's prefix: what the cloud would have seen.
    pub fn own_path(&self) -> &'a str {
        match self.path.strip_prefix(self.prefix) {
            Some(rest) if rest.starts_with('/') => rest,
            Some("") => "/",
            _ => self.path,
        }
    }

    /// The candidates, distinct, the likeliest first; at most six. Made as they are asked for, since
    /// the first one mostly is the one.
    pub fn candidates(&self) -> Candidates<'_> {
        Candidates {
            arrival: self,
            made: Vec::new(),
            next: 0,
        }
    }

    /// The URL as it is from the place, if there is one.
    fn url_from(&self, place: Place) -> Option<String> {
        let path = match place {
            Place::Domain | Place::LocalDomain => self.own_path(),
            _ => self.path,
        };
        let (mark, query) = match self.query {
            Some(query) => ("?", query),
            None => ("", ""),
        };
        Some(match place {
            Place::Public => [self.public_base()?, path, mark, query].concat(),
            Place::PublicOrigin => {
                let parts = super::url::split(self.public_base()?)?;
                if parts.rest.is_empty() || !self.path.starts_with(parts.rest) {
                    return None;
                }
                let origin = super::url::Parts { rest: "", ..parts }.join();
                [&origin, path, mark, query].concat()
            }
            Place::Forwarded => {
                let (proto, host) = self.forwarded?;
                let (proto, host) = (first(proto), first(host));
                if !matches!(proto, "http" | "https") || !is_host(host) {
                    return None;
                }
                [proto, "://", host, path, mark, query].concat()
            }
            Place::Received => {
                if !is_host(self.host) {
                    return None;
                }
                [self.scheme, "://", self.host, path, mark, query].concat()
            }
            Place::Domain => ["https://", self.domain?, ".twil.io", path, mark, query].concat(),
            Place::LocalDomain => {
                let received = ["http://", self.host].concat();
                let port = super::url::split(&received).map_or("", |parts| parts.port);
                let host = [self.domain?, ".localhost", port].concat();
                [self.scheme, "://", &host, path, mark, query].concat()
            }
        })
    }

    fn public_base(&self) -> Option<&'a str> {
        Some(self.public_url?.trim_end_matches('/'))
    }
}

/// What a candidate is made from.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// The public URL, and the path received behind it.
    Public,
    /// A proxy that does not cut its own path off: the path received already holds the public URL's.
    PublicOrigin,
    /// The forwarding headers.
    Forwarded,
    /// The connection and its `Host` header.
    Received,
    /// The service's domain in the cloud.
    Domain,
    /// The same on this machine.
    LocalDomain,
}

impl Place {
    /// The likeliest first.
    const ALL: [Place; 6] = [
        Place::Public,
        Place::PublicOrigin,
        Place::Forwarded,
        Place::Received,
        Place::Domain,
        Place::LocalDomain,
    ];

    fn source(self) -> Source {
        match self {
            Place::Public | Place::PublicOrigin => Source::Public,
            Place::Forwarded => Source::Forwarded,
            Place::Received => Source::Received,
            Place::Domain | Place::LocalDomain => Source::Domain,
        }
    }
}

/// See [`Arrival::candidates`].
#[derive(Debug)]
pub struct Candidates<'a> {
    arrival: &'a Arrival<'a>,
    made: Vec<String>,
    next: usize,
}

impl Iterator for Candidates<'_> {
    type Item = Candidate;

    fn next(&mut self) -> Option<Candidate> {
        while let Some(&place) = Place::ALL.get(self.next) {
            self.next += 1;
            if let Some(url) = self.arrival.url_from(place)
                && !self.made.contains(&url)
            {
                self.made.push(url.clone());
                let source = place.source();
                return Some(Candidate { url, source });
            }
        }
        None
    }
}

fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or(list).trim()
}

pub(super) fn is_host(text: &str) -> bool {
    let ends_one = |byte: u8| byte <= b' ' || matches!(byte, b'/' | b'?' | b'#' | b'\\' | b'@');
    !text.is_empty() && !text.bytes().any(ends_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(arrival: &Arrival<'_>) -> Vec<String> {
        let candidates = arrival.candidates();
        candidates.map(|candidate| candidate.url).collect()
    }

    #[test]
    fn a_prefixed_path_is_cut_for_the_services_own_domain_only() {
        let arrival = Arrival {
            public_url: Some("https://x.ngrok.app/"),
            forwarded: Some(("https, http", "y.example, z.example")),
            named: &["never-a-candidate.example"],
            scheme: "http",
            host: "localhost:3000",
            domain: Some("auth-4173-dev"),
            prefix: "/auth",
            path: "/auth/bearer",
            query: Some("a=1"),
        };
        assert_eq!(
            urls(&arrival),
            [
                "https://x.ngrok.app/auth/bearer?a=1",
                "https://y.example/auth/bearer?a=1",
                "http://localhost:3000/auth/bearer?a=1",
                "https://auth-4173-dev.twil.io/bearer?a=1",
                "http://auth-4173-dev.localhost:3000/bearer?a=1",
            ]
        );
    }

    #[test]
    fn a_public_url_with_a_path_counts_it_once() {
        let mut arrival = Arrival {
            public_url: Some("https://example.com/hooks"),
            scheme: "http",
            host: "h",
            path: "/sms",
            query: Some(""),
            ..Arrival::default()
        };
        assert_eq!(
            urls(&arrival),
            ["https://example.com/hooks/sms?", "http://h/sms?"]
        );
        arrival.path = "/hooks/sms";
        assert_eq!(
            urls(&arrival),
            [
                "https://example.com/hooks/hooks/sms?",
                "https://example.com/hooks/sms?",
                "http://h/hooks/sms?"
            ]
        );
    }

    #[test]
    fn doubles_and_hosts_that_are_none_are_left_out() {
        let arrival = Arrival {
            public_url: Some("http://localhost:3000"),
            forwarded: Some(("ftp", "y")),
            scheme: "http",
            host: "localhost:3000",
            path: "/",
            ..Arrival::default()
        };
        assert_eq!(urls(&arrival), ["http://localhost:3000/"]);
        let arrival = Arrival {
            forwarded: Some(("https", "evil/x")),
            scheme: "http",
            path: "/",
            ..Arrival::default()
        };
        assert!(urls(&arrival).is_empty());
    }
}
