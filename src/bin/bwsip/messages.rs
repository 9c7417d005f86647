//! Messages on standard error: one line each, and never a password or a digest.

use std::fmt::{self, Display};
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use bwsip::{Field, Invalid, Issue, IssueKind, Issues};
use clap::CommandFactory as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ErrorFormatter, ErrorKind};

use crate::cli::{Cli, ValueError};

/// Prints warnings, unless `--quiet` is given.
pub struct Warnings {
    quiet: bool,
}

impl Warnings {
    /// Creates a printer, which prints nothing if `quiet` is true.
    pub fn new(quiet: bool) -> Self {
        Warnings { quiet }
    }

    /// Prints a warning.
    pub fn warn(&self, warning: impl Display) {
        if !self.quiet {
            print("\x1b[1;33mwarning:\x1b[0m", &warning.to_string());
        }
    }

    /// Prints each issue as a warning. `source` returns the flag or variable that a field comes from.
    pub fn issues(&self, issues: &[Issue], source: impl Fn(Field) -> String) {
        for issue in issues {
            self.warn(format_args!("{}: {issue}", source(issue.field)));
        }
    }

    /// Prints the warnings among `issues`.
    ///
    /// # Errors
    ///
    /// Fails if there are errors, with a message for each.
    pub fn finish(&self, issues: Issues, source: impl Fn(Field) -> String) -> Result<(), Errors> {
        let warnings = issues.finish().map_err(|invalid| Errors::invalid(&invalid, &source))?;
        self.issues(&warnings, source);
        Ok(())
    }
}

/// Several errors, each printed on its own line.
#[derive(Debug)]
pub struct Errors(pub Vec<String>);

impl Errors {
    /// Creates an error for each issue. `source` returns the flag or variable that a field comes from.
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

/// Returns the hint to pass `--lenient`, if all of `errors` would then be warnings.
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

/// Prints a line in one write, so that those of other programs do not mix with it.
fn print(label: &str, line: &str) {
    let stderr = io::stderr();
    let color = color_choice(&stderr);
    // There is nowhere to report that standard error cannot be written.
    let _ = AutoStream::new(stderr, color).write_all(format!("{label} {line}\n").as_bytes());
}

/// Returns whether to print colors to `stream`: only on a terminal, even if `CLICOLOR_FORCE` is set.
pub fn color_choice(stream: &impl RawStream) -> ColorChoice {
    if stream.is_terminal() { AutoStream::choice(stream) } else { ColorChoice::Never }
}

/// Formats a usage error as one line.
///
/// clap's own format repeats what was typed, which may be a password or a part of one. This one
/// contains only the names of flags and of valid values.
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
                // A longer one may contain a secret.
                if let Some(flag) = argument.filter(|it| is_letter(it) && suggestion.is_none()) {
                    line.extend([" ", &flag]);
                }
            }
            ErrorKind::InvalidSubcommand => line += &commands("unknown command"),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                line += &commands("missing command");
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
                        format!("{argument} cannot be used with {prior}")
                    }
                    ErrorKind::ValueValidation => value_error(error, &argument),
                    ErrorKind::TooManyValues => format!("{argument} takes no value"),
                    _ => format!("missing or invalid value for {argument}"),
                };
            }
        }
        if let Some(flag) = suggestion {
            line.extend(["; did you mean ", &flag]);
        }
        if let Some(values) = context(ContextKind::ValidValue) {
            line.extend(["; use one of ", &values]);
        }
        line += "; see --help";
        StyledStr::from(line)
    }
}

/// Describes a value that one of this program's parsers refused. clap's description would repeat it.
fn value_error(error: &clap::error::Error<UsageError>, argument: &str) -> String {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<ValueError>()) {
        Some(source) => format!("{argument}: {source}"),
        None => format!("missing or invalid value for {argument}"),
    }
}

/// Appends the names of the commands to `problem`.
fn commands(problem: &str) -> String {
    let command = Cli::command();
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    format!("{problem}; use one of {}", names.join(", "))
}

/// Returns true for a flag of one letter, such as `-x`.
fn is_letter(argument: &str) -> bool {
    matches!(argument.as_bytes(), [b'-', letter] if letter.is_ascii_alphanumeric())
}
