//! `bwsip verify --csv`: compares the rows of a file with the credentials that Bandwidth stores.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bwsip::Domain;
use bwsip::answer::{Answer, Index};
use bwsip::batch::{Batch, Passwords, RowIssues};
use bwsip::plan::{ComparedRow, Comparison, RowState};
use bwsip::verification::Check;
use serde::Serialize;

use super::document::{MAX_ERRORS, describe, read_pages};
use super::report::{JsonCheck, JsonError, Shape};
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
    let (_, document) = read_pages(xml)?;
    let (name, mut file) = batch::read(csv).context("--csv")?;
    let name = format!("--csv: {name}");
    let batch = batch::accept(&name, Batch::parse(&mut file, &options), warnings)?;
    let index = Index::new(&document);
    let comparison = Comparison::new(&batch, &index);
    warn_of_errors(&comparison, &document, warnings);
    let faults = explain(&comparison);
    let count = |state: fn(&RowState<'_>) -> bool| {
        comparison.rows.iter().filter(|row| state(&row.state)).count()
    };
    let result = CsvResult {
        matches: faults.is_empty(),
        matching: count(|state| matches!(state, RowState::Matches)),
        found_by_name: count(|state| matches!(state, RowState::FoundByName)),
        not_in_file: comparison.not_in_file.len(),
        rows: faults.iter().map(|(row, checks)| RowResult::new(row, checks)).collect(),
    };
    let text = match format {
        VerifyFormat::Text => result.text(),
        VerifyFormat::Json => serde_json::to_string(&result).expect("its keys are strings") + "\n",
    };
    Ok((text, result.matches))
}

/// Returns the rows that do not match. The first that differ have checks, which explain why.
fn explain<'a>(comparison: &'a Comparison<'a>) -> Vec<(&'a ComparedRow<'a>, Vec<Check>)> {
    let is_fault =
        |row: &&ComparedRow<'_>| !matches!(row.state, RowState::Matches | RowState::FoundByName);
    let mut left = RowIssues::MAX_ROWS;
    let explain = |row: &'a ComparedRow<'a>| {
        let differs = matches!(row.state, RowState::Differs | RowState::Elsewhere) && left > 0;
        left -= usize::from(differs);
        (row, if differs { row.explain() } else { vec![] })
    };
    comparison.rows.iter().filter(is_fault).map(explain).collect()
}

/// Warns about the errors of the document that are not about a row, such as those about a whole
/// request.
fn warn_of_errors(comparison: &Comparison, document: &Answer, warnings: &Warnings) {
    let refused = comparison.rows.iter().filter_map(|row| match row.state {
        RowState::Refused(error) => Some(error),
        _ => None,
    });
    let refused: HashSet<_> = refused.collect();
    let others: Vec<_> = document.errors.iter().filter(|error| !refused.contains(error)).collect();
    for error in others.iter().take(MAX_ERRORS) {
        warnings.warn(format_args!("--xml: {}", describe(error)));
    }
    if others.len() > MAX_ERRORS {
        warnings.warn(format_args!("--xml: more such errors: {}", others.len() - MAX_ERRORS));
    }
}

/// The rows that do not match, and the numbers of the others.
#[derive(Serialize)]
struct CsvResult<'a> {
    matches: bool,
    matching: usize,
    found_by_name: usize,
    not_in_file: usize,
    rows: Vec<RowResult<'a>>,
}

#[derive(Serialize)]
struct RowResult<'a> {
    line: u64,
    username: &'a str,
    domain: Option<&'a str>,
    realm: &'a str,
    fault: &'static str,
    checks: Vec<JsonCheck<'a>>,
    error: Option<JsonError<'a>>,
    #[serde(skip)]
    composite_username: String,
    /// What the text says about the row, a line each.
    #[serde(skip)]
    text: Vec<String>,
}

impl<'a> RowResult<'a> {
    fn new(row: &'a ComparedRow<'_>, checks: &'a [Check]) -> Self {
        let shape = Shape::new(checks);
        let wrong = checks.iter().filter(|check| !check.matches());
        let (fault, error, text) = match row.state {
            RowState::Refused(error) => {
                ("refused", Some(error.into()), vec![format!("refused: {}", describe(error))])
            }
            RowState::Missing(_) => ("missing", None, vec!["not in the document".to_owned()]),
            _ if checks.is_empty() => ("wrong", None, vec!["does not match".to_owned()]),
            _ => ("wrong", None, wrong.map(|check| shape.line(check)).collect()),
        };
        let credential = row.row.credential();
        RowResult {
            line: row.row.line,
            username: credential.username(),
            domain: credential.domain().map(Domain::as_str),
            realm: credential.realm().as_str(),
            fault,
            checks: checks.iter().map(|check| shape.json(check)).collect(),
            error,
            composite_username: credential.composite_username().to_string(),
            text,
        }
    }
}

impl CsvResult<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        for RowResult { line, composite_username, text: lines, .. } in &self.rows {
            for problem in lines {
                text += &format!("line {line}, {composite_username:?}: {problem}\n");
            }
        }
        let counts =
            [("found by name only", self.found_by_name), ("not in the file", self.not_in_file)];
        for (what, count) in counts.iter().filter(|(_, count)| *count > 0) {
            text += &format!("{what}: {count}\n");
        }
        text + &format!("matching: {}\n", self.matching)
    }
}
