//! `bwsip batch`: the credentials of a CSV file.

use std::fs::File;
use std::num::NonZero;
use std::path::Path;

use bwsip::batch::{Batch, BatchError, Options, Passwords, Row, RowIssues};
use bwsip::document::{Entry, Format};
use bwsip::{AppId, Domain, Field, Issue, IssueKind, Issues, Realm, SecretBuf};

use super::{UNSAVED_PASSWORD, check_flags};
use crate::cli::{BatchArgs, BatchFormat, RealmArgs};
use crate::input;
use crate::messages::{Errors, Warnings, lenient_hint};
use crate::output::{Contents, Destination};

/// Hashes every row of a file, or none.
pub fn run(args: BatchArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let password_out = args.generate.password_out.as_deref();
    let with_password = args.generate.generate_password && password_out.is_none();
    check_flags(
        "format",
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
    let size = args.split.map_or(usize::MAX, NonZero::get);
    let starts = (0..batch.rows().count()).step_by(size);
    let document = |start| {
        let entries = batch.rows().skip(start).take(size).filter_map(Row::entry);
        let entries =
            entries.map(move |it| Entry { password: it.password.filter(|_| with_password), ..it });
        (format, entries)
    };
    let inputs = [&*args.file];
    let destination = match args.split {
        None => Destination::new(args.output, &args.generate, &inputs)?,
        Some(_) => Destination::split(args.output, password_out, &inputs, starts.len())?,
    };
    write_documents(&destination, starts.map(document), batch.entries())
}

/// Writes a document for each format and its entries, and the generated passwords of `all` entries, if
/// there is a file for them.
pub(super) fn write_documents<'a>(
    destination: &Destination,
    documents: impl Iterator<Item = (Format<'a>, impl Iterator<Item = Entry<'a>> + Clone)>,
    all: impl Iterator<Item = Entry<'a>> + Clone,
) -> anyhow::Result<()> {
    let documents: Vec<_> = documents
        .map(|(format, entries)| move |out: &mut File| format.write(entries.clone(), out))
        .collect();
    let documents: Vec<_> = documents.iter().map(|write| write as Contents<'_>).collect();
    let generated = all.filter(|entry| entry.password.is_some());
    let passwords = |out: &mut File| Format::PasswordCsv.write(generated.clone(), out);
    destination.write_all(&documents, Some(&passwords))
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
    let realm = names.realm()?.and_then(|it| Realm::check(it, &mut issues));
    let app_id = app_id.and_then(|it| AppId::check(it, &mut issues));
    warnings.finish(issues, |field| names.source(field))?;
    Ok(Options { domain, realm, app_id, passwords, strictness })
}

/// Reads a CSV file, or standard input for `-`. Also returns its name, for messages.
pub(super) fn read(path: &Path) -> anyhow::Result<(String, SecretBuf)> {
    input::read(path, 1 << 28, "more than 256 MiB: divide it into several files")
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
/// Fails with an error for each of the first rows that have one.
pub(super) fn accept<T>(
    name: &str,
    read: Result<(T, RowIssues), BatchError>,
    warnings: &Warnings,
) -> anyhow::Result<T> {
    let warn = |report| lines(name, &report, "warnings").iter().for_each(|it| warnings.warn(it));
    match read {
        Ok((value, report)) => {
            warn(report);
            Ok(value)
        }
        Err(BatchError { mut errors, warnings, .. }) => {
            warn(warnings);
            for issues in errors.rows.values_mut() {
                issues.iter_mut().for_each(|issue| issue.remedy += flag_hint(issue));
                let hint = lenient_hint(&*issues);
                issues.iter_mut().last().into_iter().for_each(|issue| issue.remedy += hint);
            }
            Err(Errors(lines(name, &errors, "errors")).into())
        }
    }
}

/// Returns a line for each of the first rows with issues, and one with the number of the others.
fn lines(name: &str, report: &RowIssues, kind: &str) -> Vec<String> {
    let more = Some(report.more()).filter(|more| *more > 0);
    let more = more.map(|more| format!("{name}: more rows with {kind}: {more}"));
    report.lines().map(|line| format!("{name}, {line}")).chain(more).collect()
}

/// Returns a remedy with a flag, if one provides the value of an empty cell or a missing column.
fn flag_hint(issue: &Issue) -> &'static str {
    match (issue.field, issue.kind) {
        (Field::Realm, IssueKind::Empty) => ", or pass --realm",
        (Field::Password, IssueKind::Empty) => ", or pass --generate-password",
        _ => "",
    }
}
