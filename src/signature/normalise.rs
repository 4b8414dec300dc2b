//! JavaScript's `new URL(url).toString()` for http and https, as far as requests need it.
//!
//! Done as the WHATWG URL Standard says: white space around and line breaks inside go, backslashes
//! are slashes, scheme and host become lower-case, the host is percent-decoded, an IPv6 address is
//! shortened, the default port goes, `.` and `..` are resolved, an empty path becomes `/`, and user
//! name, path, query (`'` too) and fragment are percent-encoded each with its own set.
//!
//! Not done, and answered with `None`, so that only the URL as received is tried: hosts beyond ASCII
//! (that takes the tables of IDNA), and IPv4 addresses in other forms than four decimal numbers. Not
//! checked: whether an `xn--` label is valid Punycode. The character `^` in a path stays, as in Node
//! 18 and 20; later versions encode it.
//!
//! Source: WHATWG URL Standard; Node 20 for what the tests compare.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::net::{Ipv4Addr, Ipv6Addr};

const FRAGMENT: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
const QUERY: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');
const PATH: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');
const USER_INFO: AsciiSet = PATH
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'=')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'|');

/// The normal form of `url`, or `None` if it is no http(s) URL or not in the subset above.
pub(super) fn normalise(url: &str) -> Option<String> {
    let url: String = url
        .trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let (scheme, rest) = url.split_once(':')?;
    let (scheme, default_port) = if scheme.eq_ignore_ascii_case("https") {
        ("https", 443)
    } else if scheme.eq_ignore_ascii_case("http") {
        ("http", 80)
    } else {
        return None;
    };
    let rest = rest.trim_start_matches(['/', '\\']);
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let mut text = format!("{scheme}://");
    push_authority(&mut text, authority, default_port)?;
    push_path(&mut text, path);
    if let Some(query) = query {
        text.push('?');
        text.extend(utf8_percent_encode(query, &QUERY));
    }
    if let Some(fragment) = fragment {
        text.push('#');
        text.extend(utf8_percent_encode(fragment, &FRAGMENT));
    }
    Some(text)
}

fn push_authority(text: &mut String, authority: &str, default_port: u16) -> Option<()> {
    let (user_info, address) = match authority.rsplit_once('@') {
        Some((user_info, address)) => (user_info, address),
        None => ("", authority),
    };
    let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
    if !user.is_empty() || !password.is_empty() {
        text.extend(utf8_percent_encode(user, &USER_INFO));
        if !password.is_empty() {
            text.push(':');
            text.extend(utf8_percent_encode(password, &USER_INFO));
        }
        text.push('@');
    }
    let bracket = address.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match address[bracket..].find(':') {
        Some(at) => (&address[..bracket + at], &address[bracket + at + 1..]),
        None => (address, ""),
    };
    text.push_str(&normal_host(host)?);
    if !port.is_empty() {
        if !port.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let port: u16 = port.parse().ok()?;
        if port != default_port {
            text.push_str(&format!(":{port}"));
        }
    }
    Some(())
}

fn normal_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{}]", shortest(address)));
    }
    let host = percent_decode_str(host).decode_utf8().ok()?;
    let forbidden = |c: char| c <= ' ' || !c.is_ascii() || "#/:<>?@[\\]^|%\u{7f}".contains(c);
    if host.is_empty() || host.contains(forbidden) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let dotted = host.strip_suffix('.').unwrap_or(&host);
    let last = dotted.rsplit('.').next().unwrap_or(dotted);
    let numeric = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    if numeric && !last.is_empty() {
        let address: Ipv4Addr = dotted.parse().ok()?;
        return Some(address.to_string());
    }
    Some(host)
}

/// As the standard writes it: `Ipv6Addr`'s own text has an IPv4 tail for mapped addresses.
fn shortest(address: Ipv6Addr) -> String {
    if address.to_ipv4_mapped().is_none() {
        return address.to_string();
    }
    let segments = address.segments();
    format!("::ffff:{:x}:{:x}", segments[6], segments[7])
}

fn push_path(text: &mut String, path: &str) {
    let mut segments: Vec<&str> = Vec::new();
    let mut pieces = path.split(['/', '\\']).skip(1).peekable();
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        match dots(piece) {
            Some(2) => {
                segments.pop();
                if last {
                    segments.push("");
                }
            }
            Some(_) if last => segments.push(""),
            Some(_) => {}
            None => segments.push(piece),
        }
    }
    if segments.is_empty() {
        text.push('/');
    }
    for segment in segments {
        text.push('/');
        text.extend(utf8_percent_encode(segment, &PATH));
    }
}

/// One or two for a segment that is so many dots, percent-encoded ones counted.
fn dots(segment: &str) -> Option<usize> {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    match plain.as_str() {
        "." => Some(1),
        ".." => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_come_out_as_from_javascript() {
        for (url, expected) in [
            ("HTTPS://H.com", "https://h.com/"),
            (" https://h\\a\tb\n", "https://h/ab"),
            ("https:h?x", "https://h/?x"),
            ("https://h:0443/?", "https://h/?"),
            ("http://h:443/#", "http://h:443/#"),
            ("https://u:@h/", "https://u@h/"),
            (
                "https://us er:p'a@ss;=x@h/",
                "https://us%20er:p'a%40ss%3B%3Dx@h/",
            ),
            ("https://h%41.com/", "https://ha.com/"),
            ("https://[1::0:0:5:0:0:0]/", "https://[1::5:0:0:0]/"),
            ("https://[::FFFF:1.2.3.4]/", "https://[::ffff:102:304]/"),
            ("https://h/a/../b/./c/..", "https://h/b/"),
            ("https://h/a//../b", "https://h/a/b"),
            ("https://h/%2e%2E", "https://h/"),
            (
                "https://h/it's é?it's é",
                "https://h/it's%20%C3%A9?it%27s%20%C3%A9",
            ),
        ] {
            assert_eq!(normalise(url).as_deref(), Some(expected), "{url}");
        }
    }

    #[test]
    fn what_is_no_url_or_beyond_the_subset_has_no_normal_form() {
        for url in [
            "",
            "/path",
            "ftp://h/",
            "https://",
            "https://h com/",
            "https://a|b/",
            "https://%",
            "https://h:99999/",
            "https://h:8a/",
            "https://[v1.x]/",
            "https://[::1/",
            "https://256.1.1.1",
            "https://a.1/",
            "https://127.1/",
            "https://straße.de/",
        ] {
            assert_eq!(normalise(url), None, "{url}");
        }
    }
}
