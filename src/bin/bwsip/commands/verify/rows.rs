//! `bwsip verify --csv`: compares the rows of a file with the credentials that Bandwidth stores.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bwsip::batch::{Batch, Options, Passwords, RowIssues};
use bwsip::plan::{ComparedRow, Comparison, RowState};
use bwsip::sip_credentials::SipCredentials;
use bwsip::verification::Check;
use bwsip::{Domain, Issues, Realm};
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
    let strictness = names.strictness();
    let source = |field| names.source(field);
    let mut issues = Issues::new(strictness);
    let domain = names.domain.as_deref().and_then(|it| Domain::check(it, &mut issues));
    let realm = names.realm.as_deref().and_then(|it| Realm::check(it, &mut issues));
    warnings.finish(issues, source)?;
    let options =
        Options { domain, realm, passwords: Passwords::Optional, strictness, app_id: None };

    let (_, document) = read_pages(xml, |_| true)?;
    let (name, mut file) = batch::read(csv).context("--csv")?;
    let name = format!("--csv: {name}");
    let batch = batch::accept(&name, Batch::parse(&mut file, &options), warnings)?;
    let comparison = Comparison::new(&batch, &document);
    warn_of_errors(&comparison, &document, warnings);
    let result = CsvResult::new(&comparison);
    let text = match format {
        VerifyFormat::Text => result.text(),
        VerifyFormat::Json => {
            serde_json::to_string(&result.json()).expect("its keys are strings") + "\n"
        }
    };
    Ok((text, result.faults.is_empty()))
}

/// Warns about the errors of the document that are not about a row, such as those about a whole
/// request.
fn warn_of_errors(comparison: &Comparison, document: &SipCredentials, warnings: &Warnings) {
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

/// The rows that do not match, with explanations, and the numbers of the others.
struct CsvResult<'a> {
    faults: Vec<(&'a ComparedRow<'a>, Vec<Check>)>,
    matching: usize,
    found_by_name: usize,
    not_in_file: usize,
}

impl<'a> CsvResult<'a> {
    fn new(comparison: &'a Comparison<'a>) -> Self {
        let not_in_file = comparison.not_in_file.len();
        let mut result = CsvResult { faults: vec![], matching: 0, found_by_name: 0, not_in_file };
        let mut explained = 0;
        for row in &comparison.rows {
            match row.state {
                RowState::Matches => result.matching += 1,
                RowState::FoundByName => result.found_by_name += 1,
                RowState::Differs | RowState::Elsewhere if explained < RowIssues::MAX_ROWS => {
                    explained += 1;
                    result.faults.push((row, row.explain()));
                }
                _ => result.faults.push((row, vec![])),
            }
        }
        result
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (row, checks) in &self.faults {
            let username = row.row.credential.composite_username().to_string();
            let mut line =
                |problem| text += &format!("line {}, {username:?}: {problem}\n", row.row.line);
            match row.state {
                RowState::Refused(error) => line(format!("refused: {}", describe(error))),
                RowState::Missing => line("not in the document".to_owned()),
                _ if checks.is_empty() => line("does not match".to_owned()),
                _ => {
                    let shape = Shape::new(checks);
                    checks.iter().filter(|it| !it.matches()).for_each(|it| line(shape.line(it)));
                }
            }
        }
        for (what, count) in
            [("found by name only", self.found_by_name), ("not in the file", self.not_in_file)]
        {
            if count > 0 {
                text += &format!("{what}: {count}\n");
            }
        }
        text + &format!("matching: {}\n", self.matching)
    }

    fn json(&self) -> Json<'_> {
        Json {
            matches: self.faults.is_empty(),
            matching: self.matching,
            found_by_name: self.found_by_name,
            not_in_file: self.not_in_file,
            rows: self.faults.iter().map(|(row, checks)| json_row(row, checks)).collect(),
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    matches: bool,
    matching: usize,
    found_by_name: usize,
    not_in_file: usize,
    rows: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    line: u64,
    username: &'a str,
    domain: Option<&'a str>,
    realm: &'a str,
    fault: &'static str,
    checks: Vec<JsonCheck<'a>>,
    error: Option<JsonError<'a>>,
}

fn json_row<'a>(row: &'a ComparedRow<'_>, checks: &'a [Check]) -> JsonRow<'a> {
    let credential = row.row.credential;
    let (fault, error) = match row.state {
        RowState::Refused(error) => ("refused", Some(error.into())),
        RowState::Missing => ("missing", None),
        _ => ("wrong", None),
    };
    let shape = Shape::new(checks);
    JsonRow {
        line: row.row.line,
        username: credential.username(),
        domain: credential.domain().map(Domain::as_str),
        realm: credential.realm().as_str(),
        fault,
        checks: checks.iter().map(|check| shape.json(check)).collect(),
        error,
    }
}
