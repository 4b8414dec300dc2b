//! The flags of `start`, twilio-run's among them, and what they come to.

use super::inspect::InspectArgs;
use crate::cli::exit::Failure;
use crate::cli::number::port;
use crate::cli::project::{PortArgs, Project, ProjectArgs};
use crate::listen::Host;
use crate::node::Inspect;
use crate::tunnel::{self, Agent};
use crate::web_console::ConsolePort;
use crate::webhook::requestable;
use clap::{Args, ValueEnum};
use http::Uri;
use std::path::PathBuf;

#[derive(Debug, Default, Args)]
pub(in crate::cli) struct StartArgs {
    #[command(flatten)]
    port: PortArgs,
    /// Address to listen on [default: loopback, IPv4 and IPv6]
    #[arg(long, value_name = "ADDRESS", value_parser = host)]
    host: Option<Host>,
    /// URL under which the world reaches this server, through a tunnel that you started
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// Port of the console, the local web page [default: 4545 or the next free one]
    #[arg(long, value_name = "PORT", value_parser = port)]
    console_port: Option<u16>,
    /// Start without the console; `logs` and `replay` need it
    #[arg(long, conflicts_with_all = ["console_port", "open"])]
    no_console: bool,
    /// Open the console in the browser
    #[arg(long)]
    open: bool,
    /// Open a tunnel with ngrok, under DOMAIN if given
    #[arg(
        long,
        value_name = "DOMAIN",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["public_url", "tunnel"],
        value_parser = tunnel::domain
    )]
    ngrok: Option<Option<String>>,
    /// Open a tunnel with this installed agent
    #[arg(long, value_name = "AGENT", value_enum, conflicts_with = "public_url")]
    tunnel: Option<AgentName>,
    /// Do not reload when files change
    #[arg(long, visible_alias = "no-live")]
    no_watch: bool,
    /// How to write what happens: for people, or one JSON object a line
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write a JSON file with the real URLs once listening; it is removed at the end
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    #[command(flatten)]
    inspect: InspectArgs,
    /// Do not write a line for each request
    #[arg(long, overrides_with = "logs")]
    no_logs: bool,
    /// Write the query and the body of each request as well; they can hold secrets
    #[arg(long, overrides_with = "no_detailed_logs")]
    detailed_logs: bool,
    /// Name the parity rules that an exchange broke in a response header, x-switchboard-parity
    #[arg(long)]
    parity_header: bool,
    /// Answer as the cloud would where it refuses what works here
    #[arg(long)]
    strict: bool,
    /// Answer Twilio's REST API here, for every account: what the package twilio sends stays on this machine
    #[arg(long)]
    local_api: bool,
    #[command(flatten)]
    project: ProjectArgs,
    #[command(flatten)]
    toolkit: ToolkitArgs,
}

/// Flags of twilio-run that are the default here, or have no meaning.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Flags of twilio-run, taken for its users' sake")]
struct ToolkitArgs {
    /// The default here
    #[arg(long, overrides_with = "no_watch")]
    live: bool,
    /// The default here
    #[arg(long, overrides_with = "no_logs")]
    logs: bool,
    #[arg(long, hide = true, overrides_with = "detailed_logs")]
    no_detailed_logs: bool,
    /// No meaning here
    #[arg(long)]
    legacy_mode: bool,
    /// No meaning here
    #[arg(long, overrides_with = "no_fork_process")]
    fork_process: bool,
    #[arg(long, hide = true, overrides_with = "fork_process")]
    no_fork_process: bool,
    /// No meaning here
    #[arg(short = 'l', long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// No meaning here
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The agents that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AgentName {
    Cloudflared,
    Ngrok,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    #[default]
    Pretty,
    Json,
}

/// What `start` shall do.
pub(super) struct Wishes {
    pub(super) project: Project,
    pub(super) port: Option<u16>,
    pub(super) host: Host,
    pub(super) public_url: Option<String>,
    /// `None` is no console.
    pub(super) console: Option<ConsolePort>,
    pub(super) open: bool,
    /// The tunnel to open.
    pub(super) tunnel: Option<Agent>,
    pub(super) watch: bool,
    pub(super) format: Format,
    pub(super) ready_file: Option<PathBuf>,
    pub(super) inspect: Option<Inspect>,
    pub(super) logs: bool,
    pub(super) detailed_logs: bool,
    pub(super) parity_header: bool,
    pub(super) strict: bool,
    pub(super) local_api: bool,
    /// Flags that were given and have no meaning here.
    pub(super) meaningless: Vec<&'static str>,
}

impl StartArgs {
    /// See [`ProjectArgs::word_without_folder`].
    pub(in crate::cli) fn word_without_folder(&self) -> Option<&str> {
        self.project.word_without_folder()
    }

    /// # Errors
    ///
    /// When the variable PORT is read, and is no port.
    pub(super) fn wishes(self) -> Result<Wishes, Failure> {
        let toolkit = &self.toolkit;
        let meaningless = [
            ("--legacy-mode", toolkit.legacy_mode),
            ("--fork-process", toolkit.fork_process),
            ("--no-fork-process", toolkit.no_fork_process),
            ("--log-level", toolkit.log_level.is_some()),
            ("--config", toolkit.config.is_some()),
        ];
        let tunnel = match (self.ngrok, self.tunnel) {
            (Some(domain), _) => Some(Agent::Ngrok { domain }),
            (None, Some(AgentName::Ngrok)) => Some(Agent::Ngrok { domain: None }),
            (None, Some(AgentName::Cloudflared)) => Some(Agent::Cloudflared),
            (None, None) => None,
        };
        Ok(Wishes {
            tunnel,
            project: self.project.project(),
            port: self.port.wished()?,
            host: self.host.unwrap_or_default(),
            public_url: self.public_url,
            console: match (self.no_console, self.console_port) {
                (true, _) => None,
                (false, None) => Some(ConsolePort::Default),
                (false, Some(port)) => Some(ConsolePort::Given(port)),
            },
            open: self.open,
            watch: !self.no_watch,
            format: self.format,
            ready_file: self.ready_file,
            inspect: self.inspect.inspect(),
            logs: !self.no_logs,
            detailed_logs: self.detailed_logs,
            parity_header: self.parity_header,
            strict: self.strict,
            local_api: self.local_api,
            meaningless: meaningless
                .into_iter()
                .filter_map(|(flag, given)| given.then_some(flag))
                .collect(),
        })
    }
}

fn host(text: &str) -> Result<Host, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Host::Loopback);
    }
    let address = text.trim_start_matches('[').trim_end_matches(']');
    address.parse().map(Host::Address).map_err(|_| {
        "neither `localhost` nor an IP address of this machine, such as 0.0.0.0".to_string()
    })
}

/// A base that Twilio can have signed: `https://HOST`, perhaps with a path.
fn public_url(text: &str) -> Result<String, String> {
    let wrong = |why: &str| format!("{why}; write it as https://example.ngrok.app");
    let uri: Uri = text.parse().map_err(|_| wrong("not a URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(wrong("it begins with neither http:// nor https://"));
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if uri.host().unwrap_or_default().is_empty() || authority.contains('@') {
        return Err(wrong("it must have a host and no user"));
    }
    if requestable(text).is_none() {
        return Err(wrong("not a URL that can be requested: its port is none"));
    }
    if text.contains(['?', '#']) {
        return Err(wrong("it can have no query and no fragment"));
    }
    Ok(text.trim_end_matches('/').to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_public_url_has_scheme_and_host_and_no_query() {
        for (text, kept) in [
            ("https://a.ngrok.app/", "https://a.ngrok.app"),
            ("http://a:8080", "http://a:8080"),
            ("https://[::1]:3/base", "https://[::1]:3/base"),
        ] {
            assert_eq!(public_url(text), Ok(kept.to_string()));
        }
        for (text, why) in [
            ("a.ngrok.app", "neither http://"),
            ("ftp://a", "neither http://"),
            ("https://", "not a URL"),
            ("https://u:p@a", "no user"),
            ("https://a/?b", "no query"),
            ("https://a b", "not a URL"),
            ("https://a:99999", "its port is none"),
        ] {
            let told = public_url(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn a_host_is_localhost_or_an_address() {
        assert_eq!(host("LOCALHOST"), Ok(Host::Loopback));
        let any = Host::Address(Ipv4Addr::UNSPECIFIED.into());
        assert_eq!(host("0.0.0.0"), Ok(any));
        assert!(host("[::1]").is_ok());
        assert!(host("example.com").is_err());
    }
}
