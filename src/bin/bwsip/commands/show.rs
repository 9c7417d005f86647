//! `bwsip show`: what answers of Bandwidth's hold, without the digests.

use std::io::Write as _;

use anyhow::Context as _;
use bwsip::answer::{Answer, Refused};

use crate::cli::{ShowArgs, ShowFormat};
use crate::input::open;
use crate::messages::Warnings;
use crate::output;

/// Entries of one kind. A row has a value, or none, for each column.
struct Table {
    kind: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Row>,
}

type Row = Vec<Option<String>>;

/// Prints the realms, credentials and errors in all documents.
pub fn run(args: &ShowArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let mut answers = Answer::default();
    for path in &args.files {
        let (name, file) = open(path)?;
        answers.append(Answer::read(file).context(name)?);
    }
    let next_page = answers.next_page();
    if let Some(page) = next_page {
        warnings.warn(format_args!(
            "these are full pages, so there may be another: bwsip request list --page {page}"
        ));
    }
    let Answer { entries, realms, errors, .. } = answers;
    let realms = realms.into_iter().map(|it| vec![it.id, it.realm, it.status, it.default]);
    let entries =
        entries.into_iter().map(|it| vec![it.id, it.username, it.domain, it.realm, it.app_id]);
    let errors = errors.into_iter().flat_map(|error| {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        let (code, remedy) = (text(error.code.clone()), error.remedy());
        // A row for each credential that it is about.
        let mut refused = error.refused;
        if refused.is_empty() {
            refused.push(Refused::default());
        }
        refused.into_iter().map(move |Refused { name, realm, .. }| {
            let (description, remedy) = (Some(error.description.clone()), remedy.clone());
            vec![code.clone(), description, remedy, text(name.username), name.domain, realm]
        })
    });
    let table = |kind, columns, rows: &mut dyn Iterator<Item = Row>| {
        let printable = |cell: String| cell.replace(char::is_control, " ");
        let rows = rows.map(|row| row.into_iter().map(|cell| cell.map(printable)).collect());
        Table { kind, columns, rows: rows.collect() }
    };
    let tables = [
        table("realm", &["id", "realm", "status", "default"], &mut { realms }),
        table("credential", &["id", "username", "domain", "realm", "app_id"], &mut { entries }),
        table("error", &["code", "description", "remedy", "username", "domain", "realm"], &mut {
            errors
        }),
    ];
    let text = match args.format {
        ShowFormat::Text if tables.iter().all(|table| table.rows.is_empty()) => {
            "no realm, credential or error\n".to_owned()
        }
        ShowFormat::Text => tables.iter().map(text).collect(),
        ShowFormat::Json => {
            let tables: String = tables.iter().map(json).collect();
            format!("{{{tables}\"may_have_more\":{}}}\n", next_page.is_some())
        }
        ShowFormat::Csv => csv(&tables),
    };
    output::standard_output(&|out| out.write_all(text.as_bytes()))
}

/// Returns a table with aligned columns and the number of its rows. Empty columns are left out.
fn text(table: &Table) -> String {
    let header: Vec<_> = table.columns.iter().map(|column| Some(column.to_uppercase())).collect();
    let lines = || std::iter::once(&header).chain(&table.rows);
    let mut out = vec![String::new(); lines().count()];
    for column in 0..header.len() {
        let cell = |row: &[Option<String>]| row[column].clone().unwrap_or_default();
        let width = lines().map(|row| cell(row).chars().count()).max().unwrap_or_default();
        if table.rows.iter().any(|row| row[column].is_some()) {
            out.iter_mut()
                .zip(lines())
                .for_each(|(line, row)| *line += &format!("{:width$}  ", cell(row)));
        }
    }
    match table.rows.len() {
        0 => return String::new(),
        1 => out.push(format!("1 {}", table.kind)),
        count => out.push(format!("{count} {}s", table.kind)),
    }
    out.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Returns the key of a table and the array of its rows.
fn json(table: &Table) -> String {
    let row = |row: &Row| {
        let cell = |(column, value): (&&str, &Option<String>)| {
            let value = match value {
                Some(value) if *column == "default" => (value == "true").into(),
                value => serde_json::Value::from(value.clone()),
            };
            format!("\"{column}\":{value}")
        };
        let cells: Vec<_> = table.columns.iter().zip(row).map(cell).collect();
        format!("{{{}}}", cells.join(","))
    };
    let rows: Vec<_> = table.rows.iter().map(row).collect();
    format!("\"{}s\":[{}],", table.kind, rows.join(","))
}

/// Returns all tables as one, with their kinds in the first column.
fn csv(tables: &[Table]) -> String {
    const COLUMNS: &str = "id,username,domain,realm,app_id,status,default,code,description,remedy";
    let mut out = format!("kind,{COLUMNS}\n");
    for table in tables {
        for row in &table.rows {
            out += table.kind;
            for column in COLUMNS.split(',') {
                let at = table.columns.iter().position(|it| *it == column);
                let value = at.and_then(|at| row[at].as_deref()).unwrap_or_default();
                let quote = if value.contains([',', '"']) { "\"" } else { "" };
                out += &format!(",{quote}{}{quote}", value.replace('"', "\"\""));
            }
            out.push('\n');
        }
    }
    out
}
