//! `bwsip`: SIP credential hashes for Bandwidth's Network Bridge. See the library for what it
//! computes, `cli` for what can be typed, and `commands` for what each command does.

#[cfg(not(unix))]
compile_error!(
    "bwsip runs on Unix: its private files, its prompt and passwords that are not UTF-8 rely on it"
);

mod cli;
mod commands;
mod input;
mod messages;
mod output;
mod password_source;
mod platform;
mod prompt;

use std::env;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};

use crate::messages::Warnings;

fn main() -> ExitCode {
    match run() {
        Ok(matches) => ExitCode::from(u8::from(!matches)),
        Err(error) => {
            // A reader that has had enough needs no telling.
            if !error.is::<output::ReaderGone>() {
                messages::errors(&error);
            }
            ExitCode::from(2)
        }
    }
}

/// Does what was asked. Gives whether all matches, for `verify`; whatever else is done is done.
fn run() -> anyhow::Result<bool> {
    platform::prepare().context("can't keep secrets out of core dumps")?;
    let arguments: Vec<_> = env::args_os().collect();
    let mut command = cli::Cli::command();
    let parsed = command.try_get_matches_from_mut(&arguments);
    input::no_flag_as_value(&command, &arguments)?;
    let cli = match parsed.and_then(|matches| cli::Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(help) if matches!(help.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return output::help(&help.render()).map(|()| true);
        }
        Err(error) => anyhow::bail!(messages::usage(&error)),
    };
    let warnings = Warnings::new(cli.quiet);
    match cli.command {
        cli::Command::Hash(args) => commands::hash::run(args, &warnings).map(|()| true),
        cli::Command::Batch(args) => commands::batch::run(args, &warnings).map(|()| true),
        cli::Command::Call(args) => commands::call::run(args, &warnings).map(|()| true),
        cli::Command::Verify(args) => commands::verify::run(args, &warnings),
    }
}
