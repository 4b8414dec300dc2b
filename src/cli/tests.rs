//! The command line as clap understands it.

use super::{Cli, Command};
use clap::{CommandFactory, Parser};

#[test]
fn clap_finds_nothing_wrong() {
    Cli::command().debug_assert();
}

#[test]
fn without_a_command_it_is_start() {
    for line in [
        vec!["switchboard"],
        vec!["switchboard", "demo"],
        vec!["switchboard", "-p", "0", "demo"],
        vec!["switchboard", "--no-live", "--logs", "--fork-process"],
    ] {
        let cli = Cli::try_parse_from(&line).unwrap();
        assert!(cli.command.is_none(), "{line:?}");
    }
    let cli = Cli::try_parse_from(["switchboard", "start", "-p", "0", "demo"]).unwrap();
    assert!(matches!(cli.command, Some(Command::Start(_))));
}
