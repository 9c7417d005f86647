//! What goes to stderr: errors and warnings, a line each, and never a password or a digest.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use bwsip::{Finding, Rules, Severity};
use clap::error::{ContextKind, ErrorKind};

/// Prints warnings, unless they are not wanted.
pub struct Warnings {
    quiet: bool,
}

impl Warnings {
    /// With `quiet`, nothing is printed.
    pub fn new(quiet: bool) -> Self {
        Warnings { quiet }
    }

    /// Prints one.
    pub fn warn(&self, warning: impl Display) {
        if !self.quiet {
            print("\x1b[1;33mwarning:\x1b[0m", &warning.to_string());
        }
    }

    /// Prints findings that are no errors. `place` says where a finding's field was given.
    pub fn advise(&self, findings: &[Finding], place: impl Fn(&Finding) -> String) {
        for finding in findings {
            self.warn(format_args!("{}: {finding}", place(finding)));
        }
    }

    /// Gives the errors among `findings` as one, a line each, and prints the others.
    pub fn refuse(
        &self,
        findings: Vec<Finding>,
        rules: Rules,
        place: impl Fn(&Finding) -> String,
    ) -> anyhow::Error {
        let (errors, advice): (Vec<_>, Vec<_>) =
            findings.into_iter().partition(|finding| finding.is_error(rules));
        self.advise(&advice, &place);
        let lines = errors.iter().map(|finding| {
            format!("{}: {finding}{}", place(finding), way_out(std::slice::from_ref(finding)))
        });
        anyhow::Error::msg(lines.collect::<Vec<_>>().join("\n"))
    }
}

/// How to go on all the same, where that is possible.
pub fn way_out(errors: &[Finding]) -> &'static str {
    let bandwidths = errors.iter().all(|finding| finding.severity == Severity::Bandwidth);
    if bandwidths { ", or pass --lenient to go on all the same" } else { "" }
}

/// Prints an error: a line for each line of it.
pub fn errors(error: &anyhow::Error) {
    for line in format!("{error:#}").lines() {
        print("\x1b[1;31merror:\x1b[0m", line);
    }
}

/// One write a line, for other programs may be writing too. With stderr gone there is nobody to
/// tell.
fn print(label: &str, line: &str) {
    let stderr = io::stderr();
    let colour = colour(&stderr);
    let _ = AutoStream::new(stderr, colour).write_all(format!("{label} {line}\n").as_bytes());
}

/// Whether `stream` is to have colour: on a terminal alone, whatever else asks for it.
pub fn colour(stream: &impl RawStream) -> ColorChoice {
    if stream.is_terminal() { AutoStream::choice(stream) } else { ColorChoice::Never }
}

/// A usage error in one line. clap's own text repeats what was typed, which may be a password or
/// a piece of one, so only the names of flags and of values that would be right are taken from it.
pub fn usage(error: &clap::Error) -> String {
    let kind = error.kind();
    let mut message = match kind {
        ErrorKind::UnknownArgument => "wrong usage: unexpected argument",
        ErrorKind::InvalidSubcommand => "wrong usage: no such command",
        ErrorKind::MissingSubcommand => "wrong usage: a command is needed",
        ErrorKind::MissingRequiredArgument => "wrong usage: missing",
        ErrorKind::ArgumentConflict => "wrong usage: these do not go together:",
        ErrorKind::InvalidValue => "wrong usage: no value, or a wrong one, for",
        ErrorKind::ValueValidation => "wrong usage: not a valid value for",
        ErrorKind::TooManyValues => "wrong usage: no value goes with",
        ErrorKind::InvalidUtf8 => "wrong usage: an argument is not UTF-8",
        _ => "wrong usage",
    }
    .to_owned();
    let typed = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    let name = typed.filter(|name| kind != ErrorKind::UnknownArgument || is_letter(name));
    let suggested = error.get(ContextKind::SuggestedArg);
    if let Some(name) = name.filter(|_| suggested.is_none()) {
        message += &format!(" {name}");
    }
    let context = [
        (" and", ContextKind::PriorArg),
        ("; did you mean", ContextKind::SuggestedArg),
        ("; use one of", ContextKind::ValidValue),
        ("; use one of", ContextKind::ValidSubcommand),
    ];
    for (label, kind) in context {
        match error.get(kind).map(ToString::to_string) {
            Some(names) if !names.is_empty() => message += &format!("{label} {names}"),
            _ => {}
        }
    }
    message + "; see --help"
}

/// Whether an unknown argument is a flag of one letter: anything longer may be a secret, or hold one.
fn is_letter(typed: &str) -> bool {
    matches!(typed.as_bytes(), [b'-', letter] if letter.is_ascii_alphanumeric())
}
