//! `bwsip plan`: what makes Bandwidth's credentials those of a CSV file.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::num::NonZero;
use std::path::PathBuf;
use std::{fmt, fs};

use anyhow::{Context as _, bail, ensure};
use bwsip::answer::{Answer, Index, SipCredential};
use bwsip::batch::{Batch, Passwords, RowIssues};
use bwsip::document::{Entry, Format};
use bwsip::plan::{ComparedRow, Comparison, Plan, RowState, Step};
use bwsip::{AppId, Name, RealmId, Strictness};
use serde::Serialize;

use super::batch;
use super::verify::document;
use crate::cli::{PlanArgs, VerifyFormat, is_number};
use crate::messages::Warnings;
use crate::output::{self, Destination};

/// Compares a file with Bandwidth's list, and writes the requests that make the list agree with it.
pub fn run(args: &PlanArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let generate = args.generate.generate_password;
    let password_out = args.generate.password_out.as_deref();
    ensure!(
        !generate || args.output.is_none() || password_out.is_some(),
        "--generate-password: the requests do not contain the password: add --password-out FILE"
    );
    let inputs = args.xml.iter().chain([&args.file]);
    ensure!(
        inputs.filter(|path| path.as_os_str() == "-").count() < 2,
        "wrong usage: standard input can be read only once: use a file"
    );
    let options =
        batch::options(&args.realm, args.app_id.as_deref(), Passwords::Optional, warnings)?;
    let list = read_list(args)?;
    let (name, mut file) = batch::read(&args.file)?;
    let batch = batch::accept(&name, Batch::parse(&mut file, &options), warnings)?;
    let index = Index::new(&list);
    let comparison = Comparison::new(&batch, &index);
    warn(&name, &comparison, args.rotate, warnings);
    let plan = Plan::new(comparison, args.rotate, generate);
    let plan = batch::accept(&name, plan.map(|plan| (plan, RowIssues::default())), warnings)?;

    if !args.with_realm {
        batch::ensure_one_realm(&name, plan.create.iter().map(|step| step.row))?;
    }
    let (names, documents): (Vec<_>, Vec<_>) = requests(args, &plan)?.into_iter().unzip();
    if let Some(directory) = &args.output {
        fs::create_dir_all(directory).context("--output: can't create the directory")?;
        let inputs: Vec<_> = args.xml.iter().chain([&args.file]).map(PathBuf::as_path).collect();
        let destination = Destination::directory(
            directory,
            &names,
            is_request,
            args.force,
            password_out,
            &inputs,
        )?;
        let documents = documents.into_iter().map(|(format, steps)| (format, entries(steps)));
        let all = entries(&plan.create).chain(entries(&plan.change));
        batch::write_documents(&destination, documents, all)?;
    }
    let step = |Step { row, stored, .. }: &Step<'_>| Item {
        line: Some(row.line),
        name: row.credential().name(),
        realm: Some(row.credential().realm().to_string()),
        id: stored.and_then(|it| it.id.clone()),
    };
    let stored = |it: &&SipCredential| Item {
        line: None,
        name: it.name().unwrap_or_default(),
        realm: it.realm.clone(),
        id: it.id.clone(),
    };
    let summary = Summary {
        create: plan.create.iter().map(step).collect(),
        change: plan.change.iter().map(step).collect(),
        leave: plan.leave.len(),
        not_in_file: plan.not_in_file.iter().map(stored).collect(),
    };
    let text = match args.format {
        VerifyFormat::Text => summary.to_string(),
        VerifyFormat::Json => serde_json::to_string(&summary).expect("its keys are strings") + "\n",
    };
    output::print(&|out| out.write_all(text.as_bytes()))
}

/// Returns true for the names of a plan's documents: `create.xml`, `create-1.xml`, `update-95.xml`.
fn is_request(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let Some(stem) = name.strip_suffix(".xml") else { return false };
    let number = stem.strip_prefix("create-").or(stem.strip_prefix("update-"));
    stem == "create" || number.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads the list, and checks that it is complete.
fn read_list(args: &PlanArgs) -> anyhow::Result<Answer> {
    let (name, list) = document::read(&args.xml)?;
    if let Some(error) = list.errors.first() {
        bail!("--xml: {name} is not a list of credentials: {error}");
    }
    ensure!(
        list.roots.iter().all(|root| root.starts_with("SipCredential")),
        "--xml: {name} is not a list of credentials: use the answer to bwsip request list"
    );
    if let Some(next) = list.next_page().filter(|_| !args.partial) {
        bail!(
            "--xml: {name} has {} credentials, and there may be another page: add the page \
             that begins with {next} by another --xml, or pass --partial if there is none",
            next - 1
        );
    }
    Ok(list)
}

/// Warns about what the requests do not change, although the file has something else or asks for it.
fn warn(name: &str, comparison: &Comparison<'_>, rotate: bool, warnings: &Warnings) {
    let mut lines = vec![];
    for compared in &comparison.rows {
        let ComparedRow { row, state, .. } = compared;
        let mut add = |problem: String| lines.push(format!("{name}, line {}: {problem}", row.line));
        match state {
            RowState::Missing(_) | RowState::Elsewhere => continue,
            RowState::Matches if rotate => add(
                "password: Bandwidth has this one already: use another to rotate it".to_owned(),
            ),
            RowState::FoundByName if row.digests.is_some() && !rotate => add(
                "password: not compared, because the list has no digests: pass --rotate to change it"
                    .to_owned(),
            ),
            _ => {}
        }
        let app_id = row.app_id().map(AppId::as_str);
        for stored in compared.entries.iter().filter(|it| it.app_id.as_deref() != app_id) {
            if app_id.is_some() {
                let stored = stored.app_id.as_deref().unwrap_or("none");
                add(format!("app_id: Bandwidth has {stored:?}, and plan leaves it"));
            }
        }
    }
    lines.iter().take(RowIssues::MAX_ROWS).for_each(|line| warnings.warn(line));
    if lines.len() > RowIssues::MAX_ROWS {
        let more = lines.len() - RowIssues::MAX_ROWS;
        warnings.warn(format_args!("{name}: more such rows: {more}"));
    }
}

fn entries<'a>(steps: &'a [Step<'a>]) -> impl Iterator<Item = Entry<'a>> + Clone {
    steps.iter().map(|step| step.entry.clone())
}

/// The name of a request's document, its format, and what it creates or changes.
type Request<'a> = (OsString, (Format<'a>, &'a [Step<'a>]));

/// Returns the requests of a plan, in the order in which they should be sent.
fn requests<'a>(args: &'a PlanArgs, plan: &'a Plan<'a>) -> anyhow::Result<Vec<Request<'a>>> {
    let create = Format::CreateXml { with_realm: args.with_realm };
    let parts = plan.create.chunks(args.split.map_or(usize::MAX, NonZero::get));
    let width = parts.len().to_string().len();
    let part = |(number, steps): (usize, _)| match args.split {
        None => ("create.xml".into(), (create, steps)),
        Some(_) => (format!("create-{number:0width$}.xml").into(), (create, steps)),
    };
    let mut requests: Vec<_> = (1..).zip(parts).map(part).collect();
    for steps in plan.change.chunks(1) {
        let stored = steps[0].stored.expect("a change has a stored credential");
        let whose = || format!("--xml: {:?}", stored.username.as_deref().unwrap_or_default());
        let id = stored.id.as_deref().filter(|id| is_number(id)).with_context(|| {
            format!("{} has no Id: use Bandwidth's list of credentials", whose())
        })?;
        let realm_id = stored.realm_id.as_deref().or(args.realm_id.as_deref());
        let realm_id = realm_id
            .with_context(|| format!("{} has no RealmId: pass --realm-id, such as 14", whose()))?;
        let realm_id = RealmId::new(realm_id, Strictness::Lenient)
            .map_err(|invalid| anyhow::anyhow!("{}: {invalid}", whose()))?;
        requests.push((format!("update-{id}.xml").into(), (Format::UpdateXml { realm_id }, steps)));
    }
    Ok(requests)
}

#[derive(Serialize)]
struct Summary {
    create: Vec<Item>,
    change: Vec<Item>,
    leave: usize,
    not_in_file: Vec<Item>,
}

/// A credential of the file, of the list, or of both.
#[derive(Serialize)]
struct Item {
    line: Option<u64>,
    #[serde(flatten)]
    name: Name,
    realm: Option<String>,
    id: Option<String>,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!("line {line}"));
        let id = self.id.as_ref().map(|id| format!("id {id}"));
        let places: Vec<_> = line.into_iter().chain(id).collect();
        let name = self.name.composite_username();
        write!(f, "{} ({})", name.escape_debug(), places.join(", "))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { create, change, leave, not_in_file } = self;
        let lines = [
            ("create", create.len(), &create[..]),
            ("change", change.len(), change),
            ("leave", *leave, &[]),
            ("not in the file", not_in_file.len(), not_in_file),
        ];
        let width = lines.iter().map(|line| line.1.to_string().len()).max().unwrap_or(0);
        for (what, count, items) in lines {
            let mut names: Vec<_> =
                items.iter().take(RowIssues::MAX_ROWS).map(Item::to_string).collect();
            if items.len() > names.len() {
                names.push(format!("and {} more", items.len() - names.len()));
            }
            let line = format!("{what:<15}  {count:>width$}  {}", names.join(", "));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
