//! `bwsip verify --csv`: compares the rows of a file with the credentials that Bandwidth stores.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bwsip::batch::{self, ComparedRow, Comparison, Options, RowFault};
use bwsip::sip_credentials::SipCredentials;
use bwsip::{Domain, Invalid, Realm};
use serde::Serialize;

use super::document::{MAX_ERRORS, describe, read_pages};
use super::report::{JsonCheck, JsonError, Shape};
use crate::cli::{RealmArgs, VerifyFormat};
use crate::commands::batch::accept;
use crate::input::open;
use crate::messages::{Errors, Warnings};

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
    let domain = names.domain.as_deref().map(|it| Domain::new(it, strictness)).transpose();
    let realm = names.realm.as_deref().map(|it| Realm::new(it, strictness)).transpose();
    let (domain, realm) =
        Invalid::both(domain, realm).map_err(|invalid| Errors::invalid(&invalid, source))?;
    warnings.issues(&domain.map_or(vec![], Domain::warnings), source);
    warnings.issues(&realm.map_or(vec![], Realm::warnings), source);
    let options = Options { domain, realm, strictness, ..Options::default() };

    let (_, document) = read_pages(xml, |_| true)?;
    let (name, input) = open(csv).context("--csv")?;
    let file = batch::read(input).with_context(|| format!("--csv: can't read {name}"))?;
    let name = format!("--csv: {name}");
    let comparison = accept(&name, Comparison::new(file, &options, &document), warnings)?;
    warn_of_errors(&comparison, &document, warnings);
    let text = match format {
        VerifyFormat::Text => text(&comparison),
        VerifyFormat::Json => json(&comparison),
    };
    Ok((text, comparison.rows.is_empty()))
}

/// Warns about the errors of the document that are not about a row, such as those about a whole
/// request.
fn warn_of_errors(comparison: &Comparison, document: &SipCredentials, warnings: &Warnings) {
    let refused = comparison.rows.iter().filter_map(|row| match &row.fault {
        RowFault::Refused(error) => Some(error),
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

fn text(comparison: &Comparison) -> String {
    let mut text = String::new();
    for row in &comparison.rows {
        let prefix = format!("line {}, {:?}: ", row.line, row.name.composite_username());
        match &row.fault {
            RowFault::Wrong(checks) if checks.is_empty() => {
                text += &format!("{prefix}does not match\n");
            }
            RowFault::Wrong(checks) => {
                let shape = Shape::new(checks);
                for check in checks.iter().filter(|check| !check.matches()) {
                    text += &format!("{prefix}{}\n", shape.line(check));
                }
            }
            RowFault::Missing => text += &format!("{prefix}not in the document\n"),
            RowFault::Refused(error) => text += &format!("{prefix}refused: {}\n", describe(error)),
            _ => unreachable!("the library returns no other fault"),
        }
    }
    if comparison.named > 0 {
        text += &format!("there by name, without a password or digests: {}\n", comparison.named);
    }
    text + &format!("right: {}\n", comparison.right)
}

#[derive(Serialize)]
struct Json<'a> {
    matches: bool,
    right: usize,
    named: usize,
    rows: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    line: u64,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    realm: &'a str,
    fault: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<JsonCheck<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError<'a>>,
}

impl<'a> From<&'a ComparedRow> for JsonRow<'a> {
    fn from(row: &'a ComparedRow) -> Self {
        let (fault, checks, error) = match &row.fault {
            RowFault::Wrong(checks) => {
                let shape = Shape::new(checks);
                ("wrong", checks.iter().map(|check| shape.json(check)).collect(), None)
            }
            RowFault::Missing => ("missing", vec![], None),
            RowFault::Refused(error) => ("refused", vec![], Some(error.into())),
            _ => unreachable!("the library returns no other fault"),
        };
        JsonRow {
            line: row.line,
            username: &row.name.username,
            domain: row.name.domain.as_deref(),
            realm: &row.realm,
            fault,
            checks,
            error,
        }
    }
}

fn json(comparison: &Comparison) -> String {
    let json = Json {
        matches: comparison.rows.is_empty(),
        right: comparison.right,
        named: comparison.named,
        rows: comparison.rows.iter().map(JsonRow::from).collect(),
    };
    serde_json::to_string(&json).expect("its keys are strings") + "\n"
}
