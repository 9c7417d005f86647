//! `bwsip verify --csv`: compares the rows of a file with the credentials that Bandwidth stores.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bwsip::answer::{BandwidthError, Index, SipCredential};
use bwsip::batch::{Batch, Passwords, RowIssues};
use bwsip::plan::{ComparedRow, Comparison, RowState};
use bwsip::verification::Check;
use bwsip::{Domain, Name};
use serde::Serialize;

use super::document;
use super::report::{JsonCheck, JsonError, line};
use crate::cli::{RealmArgs, VerifyFormat};
use crate::commands::batch;
use crate::messages::Warnings;

/// Compares each row of a file with documents. Returns the text to print, and whether all rows match.
pub fn compare(
    csv: &Path,
    xml: &[PathBuf],
    names: &RealmArgs,
    format: VerifyFormat,
    warnings: &Warnings,
) -> anyhow::Result<(String, bool)> {
    let options = batch::options(names, None, Passwords::Optional, warnings)?;
    let (file_name, answer) = document::read(xml)?;
    let (name, mut file) = batch::read(csv).context("--csv")?;
    let name = format!("--csv: {name}");
    let batch = batch::accept(&name, Batch::parse(&mut file, &options), warnings)?;
    let index = Index::new(&answer);
    let comparison = Comparison::new(&batch, &index);
    let refused = comparison.rows.iter().filter_map(|row| match row.state {
        RowState::Refused(error) => Some(error),
        _ => None,
    });
    let refused: HashSet<_> = refused.collect();
    let errors = document::other_errors(&file_name, &answer, |error| refused.contains(error));
    errors.iter().for_each(|error| warnings.warn(error));
    if let Some(page) = answer.next_page() {
        warnings.warn(format_args!(
            "--xml: {file_name} may be one page of several: add the page that begins with {page}"
        ));
    }
    // The first rows that differ have checks, which explain why.
    let mut left = RowIssues::MAX_ROWS;
    let rows = comparison.rows.iter().filter_map(|row| {
        let (fault, problem, error) = fault(row)?;
        let is_explained = fault == "wrong" && left > 0;
        left -= usize::from(is_explained);
        let checks = if is_explained { row.explain() } else { vec![] };
        Some(RowResult::new(row, fault, problem, error, checks))
    });
    let rows: Vec<_> = rows.collect();
    let count =
        |is: fn(&ComparedRow<'_>) -> bool| comparison.rows.iter().filter(|row| is(row)).count();
    let without_hash1b = |row: &ComparedRow<'_>| {
        matches!(row.state, RowState::Matches) && row.entries.iter().any(|it| it.hash1b.is_none())
    };
    let result = CsvResult {
        matches: rows.is_empty() && !comparison.rows.is_empty(),
        verdict: verdict(&rows, comparison.rows.len()),
        rows,
        not_in_file: comparison.not_in_file.len(),
        without_hash1b: count(without_hash1b),
        found_by_name: count(is_found_by_name),
        matching: count(|row| matches!(row.state, RowState::Matches)),
    };
    let text = match format {
        VerifyFormat::Text => result.text(),
        VerifyFormat::Json => serde_json::to_string(&result).expect("its keys are strings") + "\n",
    };
    Ok((text, result.matches))
}

/// Returns true for a row without a password, which can only be looked up.
fn is_found_by_name(row: &ComparedRow<'_>) -> bool {
    matches!(row.state, RowState::FoundByName) && row.row.digests.is_none()
}

/// Returns what is wrong with a row, for scripts and in words, and Bandwidth's error about it.
fn fault<'a>(row: &ComparedRow<'a>) -> Option<(&'static str, String, Option<&'a BandwidthError>)> {
    Some(match row.state {
        RowState::Matches => return None,
        RowState::FoundByName if is_found_by_name(row) => return None,
        RowState::FoundByName => {
            ("not_compared", "not compared: the document has no digests of it".to_owned(), None)
        }
        RowState::Differs | RowState::Elsewhere => ("wrong", "does not match".to_owned(), None),
        RowState::Refused(error) => ("refused", format!("refused: {error}"), Some(error)),
        RowState::Missing(other) => {
            let other = other.and_then(SipCredential::name).map(|it| it.composite_username());
            let other = other.map_or(String::new(), |other| format!(", which has {other:?}"));
            ("missing", format!("not in the document{other}"), None)
        }
    })
}

fn verdict(rows: &[RowResult<'_>], total: usize) -> String {
    let count = |fault| rows.iter().filter(|row| row.fault == fault).count();
    let faults = [
        ("not as in the file", count("wrong")),
        ("not in the document", count("missing")),
        ("refused", count("refused")),
        ("not compared", count("not_compared")),
    ];
    let faults = faults.iter().filter(|(_, count)| *count > 0);
    let faults: Vec<_> = faults.map(|(fault, count)| format!("{count} {fault}")).collect();
    match &faults[..] {
        [] => "Bandwidth has what the file has.".to_owned(),
        faults => {
            format!(
                "Bandwidth does not have what the file has: of {total} rows, {}.",
                faults.join(", ")
            )
        }
    }
}

/// The rows that do not match, and the numbers of others.
#[derive(Serialize)]
struct CsvResult<'a> {
    matches: bool,
    verdict: String,
    rows: Vec<RowResult<'a>>,
    not_in_file: usize,
    without_hash1b: usize,
    found_by_name: usize,
    matching: usize,
}

#[derive(Serialize)]
struct RowResult<'a> {
    line: u64,
    username: &'a str,
    domain: Option<&'a str>,
    realm: &'a str,
    fault: &'static str,
    message: String,
    checks: Vec<JsonCheck>,
    error: Option<JsonError<'a>>,
}

impl<'a> RowResult<'a> {
    fn new(
        row: &ComparedRow<'a>,
        fault: &'static str,
        problem: String,
        error: Option<&'a BandwidthError>,
        checks: Vec<Check>,
    ) -> Self {
        let wrong = checks.iter().filter(|check| !check.matches());
        // Both digests usually do not match for the same reason.
        let mut lines: Vec<_> = wrong.map(|check| line(check, "", false)).collect();
        if let [first, second] = &mut lines[..] {
            // Not as many mistakes are possible in each.
            let cause = |line: &str| {
                let (_, cause) = line.split_once(':')?;
                Some(cause.trim().replace(|c: char| c.is_ascii_digit(), ""))
            };
            if cause(first) == cause(second) && first.starts_with("Hash1: ") {
                *first = first.replacen("Hash1:  does", "Hash1 and Hash1b: do", 1);
                lines.truncate(1);
            }
        }
        let credential = row.row.credential();
        RowResult {
            line: row.row.line,
            username: credential.username(),
            domain: credential.domain().map(Domain::as_str),
            realm: credential.realm().as_str(),
            fault,
            message: if lines.is_empty() { problem } else { lines.join("; ") },
            checks: checks.iter().map(JsonCheck::from).collect(),
            error: error.map(JsonError::from),
        }
    }
}

impl CsvResult<'_> {
    fn text(&self) -> String {
        let mut text = format!("{}\n", self.verdict);
        for RowResult { line, username, domain, message, .. } in &self.rows {
            let name = Name::new(username, *domain).composite_username();
            text += &format!("line {line}, {name:?}: {message}\n");
        }
        let counts = [
            ("not in the file", self.not_in_file),
            (
                "without Hash1b, so that clients cannot log in with @ and the realm",
                self.without_hash1b,
            ),
            ("found by name only", self.found_by_name),
        ];
        for (what, count) in counts.iter().filter(|(_, count)| *count > 0) {
            text += &format!("{what}: {count}\n");
        }
        text + &format!("matching: {}\n", self.matching)
    }
}
