//! Messages on standard error: a line each, and never a password or a digest.

use std::fmt::{self, Display, Write as _};
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use bwsip::{Field, Invalid, Issue, IssueKind};
use clap::CommandFactory as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ErrorFormatter, ErrorKind};

use crate::cli::{Cli, ValueError};

/// Prints warnings, unless they are not wanted.
pub struct Warnings {
    quiet: bool,
}

impl Warnings {
    /// Creates a printer that prints nothing if `quiet`.
    pub fn new(quiet: bool) -> Self {
        Warnings { quiet }
    }

    /// Prints a warning.
    pub fn warn(&self, warning: impl Display) {
        if !self.quiet {
            print("\x1b[1;33mwarning:\x1b[0m", &warning.to_string());
        }
    }

    /// Prints issues that are no errors. `source` names what a field was given by.
    pub fn issues(&self, issues: &[Issue], source: impl Fn(Field) -> String) {
        for issue in issues {
            self.warn(format_args!("{}: {issue}", source(issue.field)));
        }
    }
}

/// Several errors, each printed on a line of its own.
#[derive(Debug)]
pub struct Errors(pub Vec<String>);

impl Errors {
    /// Creates an error for each issue. `source` names what a field was given by.
    pub fn invalid(invalid: &Invalid, source: impl Fn(Field) -> String) -> Self {
        let lines = invalid
            .issues()
            .iter()
            .map(|issue| format!("{}: {issue}{}", source(issue.field), lenient_hint([issue])));
        Errors(lines.collect())
    }
}

impl Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for Errors {}

/// Returns the hint to pass `--lenient`, if that would accept all of `errors`.
pub fn lenient_hint<'a>(errors: impl IntoIterator<Item = &'a Issue>) -> &'static str {
    let relaxable = errors.into_iter().all(|issue| issue.kind == IssueKind::BandwidthRule);
    if relaxable { ", or pass --lenient to continue anyway" } else { "" }
}

/// Prints an error.
pub fn error(error: &anyhow::Error) {
    const LABEL: &str = "\x1b[1;31merror:\x1b[0m";
    match error.downcast_ref() {
        Some(Errors(lines)) => lines.iter().for_each(|line| print(LABEL, line)),
        None => print(LABEL, &format!("{error:#}")),
    }
}

/// Prints a line in one write, because other programs may be writing too.
fn print(label: &str, line: &str) {
    let stderr = io::stderr();
    let color = color_choice(&stderr);
    // With standard error gone, there is nobody to tell.
    let _ = AutoStream::new(stderr, color).write_all(format!("{label} {line}\n").as_bytes());
}

/// Returns whether to print colors to `stream`: on a terminal alone, whatever else asks for them.
pub fn color_choice(stream: &impl RawStream) -> ColorChoice {
    if stream.is_terminal() { AutoStream::choice(stream) } else { ColorChoice::Never }
}

/// Formats a usage error as one line.
///
/// clap's own format repeats what was typed, which may be a password or a piece of one. This one
/// takes the names of flags and of valid values from the error, and nothing else.
pub struct UsageError;

impl ErrorFormatter for UsageError {
    fn format_error(error: &clap::error::Error<Self>) -> StyledStr {
        let context = |kind| error.get(kind).map(ToString::to_string).filter(|it| !it.is_empty());
        let argument = context(ContextKind::InvalidArg);
        let suggestion = context(ContextKind::SuggestedArg);
        let mut line = String::from("wrong usage: ");
        match error.kind() {
            ErrorKind::UnknownArgument => {
                line += "unexpected argument";
                // A longer one may be a secret, or hold one.
                if let Some(flag) = argument.filter(|it| is_letter(it) && suggestion.is_none()) {
                    write!(line, " {flag}").expect("a string takes every write");
                }
            }
            ErrorKind::InvalidSubcommand => line += &commands("there is no such command"),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                line += &commands("a command is needed");
            }
            kind => {
                let argument = argument.unwrap_or_default();
                let prior = context(ContextKind::PriorArg).unwrap_or_default();
                line += &match kind {
                    ErrorKind::MissingRequiredArgument => format!("missing {argument}"),
                    ErrorKind::ArgumentConflict if argument == prior => {
                        format!("{argument} is given more than once")
                    }
                    ErrorKind::ArgumentConflict => {
                        format!("{argument} and {prior} do not go together")
                    }
                    ErrorKind::ValueValidation => value_error(error, &argument),
                    ErrorKind::TooManyValues => format!("{argument} takes no value"),
                    _ => format!("no value, or a wrong one, for {argument}"),
                };
            }
        }
        if let Some(flag) = suggestion {
            line += &format!("; did you mean {flag}");
        }
        if let Some(values) = context(ContextKind::ValidValue) {
            line += &format!("; use one of {values}");
        }
        line += "; see --help";
        StyledStr::from(line)
    }
}

/// Describes a value that a parser of ours refused; clap's own would repeat it.
fn value_error(error: &clap::error::Error<UsageError>, argument: &str) -> String {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<ValueError>()) {
        Some(source) => format!("{argument}: {source}"),
        None => format!("no value, or a wrong one, for {argument}"),
    }
}

fn commands(problem: &str) -> String {
    let command = Cli::command();
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    format!("{problem}; use one of {}", names.join(", "))
}

/// Returns true for a flag of one letter, such as `-x`.
fn is_letter(argument: &str) -> bool {
    matches!(argument.as_bytes(), [b'-', letter] if letter.is_ascii_alphanumeric())
}
