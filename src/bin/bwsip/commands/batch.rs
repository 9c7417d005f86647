//! `bwsip batch`: a CSV file of credentials.

use std::fs::File;
use std::io::Write as _;

use anyhow::Context as _;
use bwsip::batch::{Batch, BatchError, Options, Report};
use bwsip::document::Document;
use bwsip::{Field, Finding};

use super::{Place, UNKEPT_PASSWORD, check_format};
use crate::cli::{BatchArgs, BatchFormat};
use crate::input::{open, text};
use crate::messages::{Warnings, way_out};
use crate::output::{Contents, Destination};

/// Hashes all rows of a file, or none.
pub fn run(args: BatchArgs, warnings: &Warnings) -> anyhow::Result<()> {
    use BatchFormat::{Csv, Json, Xml};
    let generate = args.generate;
    let inline = generate.generate_password && generate.password_out.is_none();
    let takers: [(_, _, &[BatchFormat]); 2] =
        [("--with-realm", args.with_realm, &[Xml]), (UNKEPT_PASSWORD, inline, &[Csv, Json])];
    check_format(&args.format, &takers)?;

    let place = Place::new(args.realm)?;
    let app_id = text("--app-id", args.app_id)?;
    let options = Options {
        domain: place.domain.as_deref(),
        realm: place.realm.as_deref(),
        app_id: app_id.as_deref(),
        generate_passwords: generate.generate_password,
        rules: place.rules,
    };
    place.settle(options.check(), warnings)?;
    let destination = Destination::new(args.output, generate.password_out.as_deref())?;

    let (name, input) = open(&args.file)?;
    let batch = match Batch::read(input, options) {
        Ok((batch, advice)) => {
            advise(&name, &advice, warnings);
            batch
        }
        Err(BatchError::Read(error)) => return Err(error).context(format!("can't read {name}")),
        Err(BatchError::File { line, problem, remedy }) => {
            anyhow::bail!("{name}, line {line}: {problem}: {remedy}")
        }
        Err(BatchError::Rows { errors, advice }) => {
            advise(&name, &advice, warnings);
            return Err(refuse(&name, &errors, options));
        }
    };

    let document = match args.format {
        Csv => Document::Csv { with_password: inline },
        Json => Document::Json,
        Xml => Document::CreateXml { with_realm: args.with_realm },
    };
    let passwords = |out: &mut File| batch.write_passwords(|piece| out.write_all(piece));
    let result = |out: &mut File| batch.write(document, inline, |piece| out.write_all(piece));
    destination.write(&result, destination.keeps_password().then_some(&passwords as Contents<'_>))
}

fn advise(name: &str, advice: &Report, warnings: &Warnings) {
    for (line, findings) in &advice.rows {
        warnings.warn(format_args!("{name}, line {line}: {}", sentence(findings)));
    }
    if advice.total > advice.rows.len() {
        let more = advice.total - advice.rows.len();
        warnings.warn(format_args!("{name}: such rows beyond these: {more}"));
    }
}

/// Names the first rows that are wrong, and says how many more there are.
fn refuse(name: &str, errors: &Report, options: Options<'_>) -> anyhow::Error {
    let mut lines: Vec<_> = errors
        .rows
        .iter()
        .map(|(line, findings)| {
            let findings: Vec<_> =
                findings.iter().filter(|it| it.is_error(options.rules)).cloned().collect();
            format!("{name}, line {line}: {}{}", sentence(&findings), way_out(&findings))
        })
        .collect();
    if errors.total > errors.rows.len() {
        let more = errors.total - errors.rows.len();
        lines.push(format!("{name}: wrong rows beyond these: {more}"));
    }
    anyhow::Error::msg(lines.join("\n"))
}

fn sentence(findings: &[Finding]) -> String {
    let findings = findings.iter().map(|finding| match finding.field {
        Field::Row => finding.to_string(),
        field => format!("{}: {finding}", field.name()),
    });
    findings.collect::<Vec<_>>().join("; ")
}
