//! `bwsip completions`: completion scripts for shells.

use std::io::Write as _;

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::output;

/// Prints the script for a shell.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<()> {
    // In memory first, because clap_complete panics if it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bwsip", &mut script);
    output::standard_output(&|out| out.write_all(&script))
}
