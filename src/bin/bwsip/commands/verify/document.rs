//! Reads the documents that contain the digests.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use bwsip::Name;
use bwsip::answer::{Answer, BandwidthError, Index, ReadError};

use super::captured::list;
use crate::input::open;
use crate::messages::{Errors, Warnings};

/// Reads documents, such as the pages of one, and returns them as one. Also returns their names, for
/// messages.
///
/// # Errors
///
/// Fails if a file cannot be read, or is not XML.
pub fn read(paths: &[PathBuf]) -> anyhow::Result<(String, Answer)> {
    let mut answer = Answer::default();
    let mut names = vec![];
    for path in paths {
        let (name, input) = open(path).context("--xml")?;
        let page = Answer::read(input).map_err(|error| match error {
            ReadError::Io(error) => {
                anyhow::Error::new(error).context(format!("--xml: can't read {name}"))
            }
            error => anyhow::anyhow!("--xml: {name} is {error}"),
        })?;
        answer.append(page);
        names.push(name);
    }
    Ok((names.join(", "), answer))
}

/// Returns messages about Bandwidth's errors that are not told otherwise.
pub fn other_errors(
    file: &str,
    answer: &Answer,
    is_told: impl Fn(&BandwidthError) -> bool,
) -> Vec<String> {
    /// The maximum number of errors that are printed.
    const MAX_ERRORS: usize = 20;

    let others = answer.errors.iter().filter(|error| !is_told(error));
    let mut lines: Vec<_> = others.map(|error| format!("--xml: {file}: {error}")).collect();
    let more = lines.len().saturating_sub(MAX_ERRORS);
    if more > 0 {
        lines.truncate(MAX_ERRORS);
        lines.push(format!("--xml: {file}: {more} more errors"));
    }
    lines
}

/// Warns about what Bandwidth refused beside what is checked.
///
/// # Errors
///
/// Fails if the document has nothing but such errors.
pub fn warn_of_errors(
    file: &str,
    answer: &Answer,
    told: &HashSet<&BandwidthError>,
    warnings: &Warnings,
) -> anyhow::Result<()> {
    let lines = other_errors(file, answer, |error| told.contains(error));
    let Answer { entries, errors, .. } = answer;
    if entries.is_empty() && told.is_empty() && !lines.is_empty() {
        bail!(Errors(lines));
    }
    let refused = errors.iter().filter(|error| !error.is_of_request).count();
    if !entries.is_empty() && !lines.is_empty() && refused > 0 {
        let credentials = if entries.len() == 1 { "credential" } else { "credentials" };
        warnings.warn(format_args!(
            "--xml: {file}: Bandwidth accepted {} {credentials} and refused {refused}: correct what it \
             refused and post it again",
            entries.len()
        ));
    }
    lines.iter().for_each(|line| warnings.warn(line));
    Ok(())
}

/// Fails because a document has no credential with these names.
pub fn no_entry(
    file: &str,
    answer: &Answer,
    index: &Index<'_>,
    names: &[Name],
    is_typed: bool,
) -> anyhow::Result<()> {
    let count = answer.entries.len();
    // What was typed may be a secret in the wrong place.
    let whose = if is_typed { "this username and domain".to_owned() } else { list(names) };
    ensure!(
        count > 0,
        "--xml: {file} has no SipCredential in it: give a document that was sent to Bandwidth, or that \
         it answered"
    );
    let other = names.first().and_then(|name| index.namesake(name)?.name());
    let other = other
        .map_or(String::new(), |other| format!(", but one for {:?}", other.composite_username()));
    let page = answer.next_page().map_or(String::new(), |page| {
        format!("; there may be another page, which begins with {page}")
    });
    let credentials = if count == 1 { "credential" } else { "credentials" };
    bail!(
        "--xml: {file} has {count} {credentials}, none for {whose}{other}: check --username \
         and --domain{page}"
    )
}
