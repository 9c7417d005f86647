//! Messages on standard error: one line each, and never a password or a digest.

use std::fmt::{self, Display};
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice, stream::RawStream};
use bwsip::{Field, Invalid, Issue, IssueKind, Issues};

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

/// Prints a line in one write, so that those of other programs do not mix with it. Control characters, which
/// may come from a file, are escaped.
fn print(label: &str, line: &str) {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    let line: String = line.chars().map(escape).collect();
    let stderr = io::stderr();
    let color = color_choice(&stderr);
    // There is nowhere to report that standard error cannot be written.
    let _ = AutoStream::new(stderr, color).write_all(format!("{label} {line}\n").as_bytes());
}

/// Returns whether to print colors to `stream`: only on a terminal, even if `CLICOLOR_FORCE` is set.
pub fn color_choice(stream: &impl RawStream) -> ColorChoice {
    if stream.is_terminal() { AutoStream::choice(stream) } else { ColorChoice::Never }
}
