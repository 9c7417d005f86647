//! `bwsip batch`: the credentials of a CSV file.

use std::fs::File;
use std::num::NonZero;
use std::path::Path;

use anyhow::Context as _;
use bwsip::batch::{self, Batch, BatchError, Options, Passwords, Row, RowIssues};
use bwsip::document::{Entry, Format};
use bwsip::{AppId, Domain, Field, Issue, IssueKind, Issues, Realm, SecretBuf};

use super::{UNSAVED_PASSWORD, check_format};
use crate::cli::{BatchArgs, BatchFormat, RealmArgs};
use crate::input::open;
use crate::messages::{Errors, Warnings, lenient_hint};
use crate::output::{Contents, Destination};

/// Hashes every row of a file, or none.
pub fn run(args: BatchArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let password_out = args.generate.password_out.as_deref();
    let with_password = args.generate.generate_password && password_out.is_none();
    check_format(
        &args.format,
        &[
            (args.with_realm, "--with-realm", &[BatchFormat::Xml]),
            (args.split.is_some(), "--split", &[BatchFormat::Xml]),
            (with_password, UNSAVED_PASSWORD, &[BatchFormat::Csv, BatchFormat::Json]),
        ],
    )?;

    let passwords = match args.generate.generate_password {
        true => Passwords::Generated,
        false => Passwords::Required,
    };
    let options = options(&args.realm, args.app_id.as_deref(), passwords, warnings)?;
    let (name, mut file) = read(&args.file)?;
    let batch = accept(&name, Batch::parse(&mut file, &options), warnings)?;

    let format = match args.format {
        BatchFormat::Csv => Format::Csv { with_password },
        BatchFormat::Json => Format::JsonArray,
        BatchFormat::Xml => Format::CreateXml { with_realm: args.with_realm },
    };
    if let Format::CreateXml { with_realm: false } = format {
        ensure_one_realm(&name, batch.rows())?;
    }
    let documents: Vec<_> = batch
        .documents(args.split.map_or(usize::MAX, NonZero::get))
        .map(|entries| {
            move |out: &mut File| {
                let entries = entries.clone();
                let entries = entries
                    .map(|it| Entry { password: it.password.filter(|_| with_password), ..it });
                format.write(entries, out)
            }
        })
        .collect();
    let passwords = |out: &mut File| {
        Format::PasswordCsv.write(batch.entries().filter(|it| it.password.is_some()), out)
    };
    let destination = match args.split {
        None => Destination::new(args.output, password_out, &[&args.file])?,
        Some(_) => Destination::split(args.output, password_out, &[&args.file], documents.len())?,
    };
    let documents: Vec<_> = documents.iter().map(|write| write as Contents<'_>).collect();
    let passwords = destination.has_password_file().then_some(&passwords as Contents<'_>);
    destination.write_all(&documents, passwords)
}

/// Checks the defaults of a batch, and warns about them.
pub(super) fn options<'a>(
    names: &'a RealmArgs,
    app_id: Option<&'a str>,
    passwords: Passwords,
    warnings: &Warnings,
) -> anyhow::Result<Options<'a>> {
    let strictness = names.strictness();
    let mut issues = Issues::new(strictness);
    let domain = names.domain.as_deref().and_then(|it| Domain::check(it, &mut issues));
    let realm = names.realm.as_deref().and_then(|it| Realm::check(it, &mut issues));
    let app_id = app_id.and_then(|it| AppId::check(it, &mut issues));
    warnings.finish(issues, |field| names.source(field))?;
    Ok(Options { domain, realm, app_id, passwords, strictness })
}

/// Reads a CSV file, or standard input for `-`. Also returns its name, for messages.
///
/// # Errors
///
/// Fails if it cannot be read, or is too long; the error names it.
pub(super) fn read(path: &Path) -> anyhow::Result<(String, SecretBuf)> {
    let (name, input) = open(path)?;
    let len = input.metadata().map_or(0, |metadata| metadata.len());
    let file = batch::read(input, len).with_context(|| format!("can't read {name}"))?;
    Ok((name, file))
}

/// Checks that all credentials have the same realm, for a document that does not contain it.
///
/// # Errors
///
/// Fails if there are several; the error names two of them.
pub(super) fn ensure_one_realm<'a>(
    name: &str,
    rows: impl IntoIterator<Item = &'a Row<'a>>,
) -> anyhow::Result<()> {
    let mut rows = rows.into_iter().map(|row| (row.line, row.credential().realm()));
    let Some((first, realm)) = rows.next() else { return Ok(()) };
    let Some((second, other)) = rows.find(|row| row.1 != realm) else { return Ok(()) };
    anyhow::bail!(
        "{name}: line {first} has the realm {realm}, line {second} has {other}, and XML without \
         Realm creates all credentials on one: pass --with-realm, or make a file for each realm"
    )
}

/// Returns the value that was read from a file, and prints the warnings about its rows.
///
/// # Errors
///
/// Fails with the error of the file, or with an error for each of the first rows that have one.
pub(super) fn accept<T>(
    name: &str,
    read: Result<(T, RowIssues), BatchError>,
    warnings: &Warnings,
) -> anyhow::Result<T> {
    match read {
        Ok((value, report)) => {
            warn(name, &report, warnings);
            Ok(value)
        }
        Err(BatchError::Rows { errors, warnings: report }) => {
            warn(name, &report, warnings);
            Err(Errors(lines(name, &errors, "errors", |it| lenient_hint(it))).into())
        }
        Err(BatchError::File { line, issue }) => {
            anyhow::bail!("{name}, line {line}: {issue}{}", flag_hint(&issue))
        }
        Err(error) => Err(error).context(name.to_owned()),
    }
}

/// Prints the warnings about rows.
fn warn(name: &str, report: &RowIssues, warnings: &Warnings) {
    lines(name, report, "warnings", |_| "").iter().for_each(|line| warnings.warn(line));
}

/// Returns a line for each of the first rows with issues, with a hint after them, and one with the number
/// of the others.
fn lines(
    name: &str,
    report: &RowIssues,
    kind: &str,
    hint: fn(&[Issue]) -> &'static str,
) -> Vec<String> {
    let rows = report.rows.iter();
    let mut lines: Vec<_> = rows
        .map(|(line, issues)| format!("{name}, line {line}: {}{}", join(issues), hint(issues)))
        .collect();
    if report.more() > 0 {
        lines.push(format!("{name}: more rows with {kind}: {}", report.more()));
    }
    lines
}

/// Joins the issues of a row.
fn join(issues: &[Issue]) -> String {
    let issues = issues.iter().map(|issue| match issue.field {
        Field::Row => issue.to_string(),
        field => format!("{}: {issue}{}", field.name(), flag_hint(issue)),
    });
    issues.collect::<Vec<_>>().join("; ")
}

/// Returns a remedy with a flag, if one provides the value of an empty cell or a missing column.
fn flag_hint(issue: &Issue) -> &'static str {
    match (issue.field, issue.kind) {
        (Field::Realm, IssueKind::Empty) => ", or pass --realm",
        (Field::Password, IssueKind::Empty) => ", or pass --generate-password",
        _ => "",
    }
}
