//! `bwsip show`: what answers of Bandwidth's hold, without the digests.

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, anyhow};
use bwsip::SecretBuf;
use bwsip::sip_credentials::SipCredentials;
use roxmltree::Document;

use crate::cli::{ShowArgs, ShowFormat};
use crate::input::open;
use crate::messages::Warnings;
use crate::output;

/// The number of entries on a full page of a list.
const PAGE: usize = 500;

/// Entries of one kind. A row has a value, or none, for each column.
struct Table {
    kind: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Option<String>>>,
}

/// Prints the realms, credentials and errors in all documents.
pub fn run(args: &ShowArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let table = |kind, columns| Table { kind, columns, rows: Vec::new() };
    let mut tables = [
        table("realm", &["id", "realm", "status", "default"]),
        table("credential", &["id", "username", "domain", "realm", "app_id"]),
        table("error", &["code", "description", "remedy", "username", "domain", "realm"]),
    ];
    let mut last_page = 0;
    for path in &args.files {
        let (name, file) = open(path)?;
        let bytes = SecretBuf::read_from(file.take(1 << 28));
        let bytes = bytes.with_context(|| format!("can't read {name}"))?;
        last_page = read(&bytes, &mut tables).with_context(|| name.clone())?;
    }
    let may_have_more = last_page == PAGE;
    if may_have_more {
        warnings.warn(format_args!(
            "the last page has {PAGE} entries, so there may be another: bwsip request list --page {}",
            tables[0].rows.len() + tables[1].rows.len() + 1
        ));
    }
    let text = match args.format {
        ShowFormat::Text if tables.iter().all(|table| table.rows.is_empty()) => {
            "no realm, credential or error\n".to_owned()
        }
        ShowFormat::Text => tables.iter().map(text).collect(),
        ShowFormat::Json => {
            let tables: String = tables.iter().map(json).collect();
            format!("{{{tables}\"may_have_more\":{may_have_more}}}\n")
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
    let row = |row: &Vec<Option<String>>| {
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

/// Reads documents that follow each other, as curl prints the answers to several requests. Returns the
/// number of entries in the last.
fn read(bytes: &[u8], [realms, credentials, errors]: &mut [Table; 3]) -> anyhow::Result<usize> {
    let text = std::str::from_utf8(bytes).ok().context("not UTF-8: save it as UTF-8")?;
    // One tree has one root, and a declaration only at its beginning.
    let mut all = String::from("<all>");
    for part in text.trim_start_matches('\u{FEFF}').split("<?xml ") {
        all += part.split_once("?>").map_or(part, |(_, rest)| rest);
    }
    all += "</all>";
    let not_xml = || match SipCredentials::read(bytes, |_| false) {
        Err(error) => anyhow!(error),
        Ok(_) => anyhow!("not well-formed XML: use an answer of Bandwidth's"),
    };
    let tree = Document::parse(&all).map_err(|_| not_xml())?;
    let mut count = 0;
    for document in tree.root_element().children() {
        if !document.is_element() {
            if document.text().is_some_and(|text| !text.trim().is_empty()) {
                return Err(not_xml());
            }
            continue;
        }
        let before = realms.rows.len() + credentials.rows.len();
        for node in document.descendants() {
            let is_refused = node.ancestors().any(|it| it.has_tag_name("Error"));
            let (table, names): (_, &[_]) = match node.tag_name().name() {
                "Realm" if node.first_element_child().is_some() => {
                    (&mut *realms, &["Id", "Realm", "Status", "Default"])
                }
                "SipCredential" if !is_refused => {
                    (&mut *credentials, &["Id", "UserName", "Domain", "Realm", "HttpVoiceV2AppId"])
                }
                _ => continue,
            };
            let cell = |name: &&str| {
                let child = node.children().find(|child| child.has_tag_name(*name))?;
                let text = child.text()?.trim().replace(char::is_control, " ");
                (!text.is_empty()).then_some(text)
            };
            table.rows.push(names.iter().map(cell).collect());
        }
        count = realms.rows.len() + credentials.rows.len() - before;
        let document = SipCredentials::read(all[document.range()].as_bytes(), |_| false)?;
        errors.rows.extend(document.errors.into_iter().map(|error| {
            let remedy = error.remedy();
            let (username, domain) = error.name.map(|it| (it.username, it.domain)).unzip();
            vec![
                Some(error.code),
                Some(error.description),
                remedy,
                username,
                domain.flatten(),
                error.realm,
            ]
        }));
    }
    if tree.root_element().first_element_child().is_none() {
        return Err(not_xml());
    }
    Ok(count)
}
