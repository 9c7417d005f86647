//! `bwsip verify`: whether the password, the digests and the responses of a credential agree.

mod captured;
pub mod document;
mod report;
mod rows;

use std::collections::BTreeSet;
use std::io::Write as _;

use anyhow::{Context as _, bail, ensure};
use bwsip::Name;
use bwsip::diagnosis::{Diagnosis, WrittenDigest};
use bwsip::verification::{Given, Response, Sides, StoredDigests, Subject, split_login, verify};
use bwsip::{Credential, Field, Issues, Password, Realm};

use crate::cli::{DigestArgs, PasswordArgs, RealmArgs, VerifyArgs, VerifyFormat};
use crate::messages::{Errors, Warnings};
use crate::output;
use crate::password_source::{self, Purpose};
use captured::Captured;
use document::Document;
use report::Report;

/// The digests and the responses of one name.
struct NamedSides<'a> {
    name: &'a Name,
    /// Whether Bandwidth refused to store the digests, so that there may be none.
    is_refused: bool,
    digests: Vec<StoredDigests>,
    responses: Vec<Response<'a>>,
}

/// Compares everything that was given. Returns false if something does not match, or
/// could not be compared.
pub fn run(args: VerifyArgs, warnings: &Warnings) -> anyhow::Result<bool> {
    check_stdin(&args)?;
    let VerifyArgs { username, realm: names, password, csv, digests: flags, response, format } =
        args;
    if let Some(csv) = csv {
        let (text, matches) = rows::compare(&csv, &flags.xml, &names, format, warnings)?;
        output::standard_output(&|out| out.write_all(text.as_bytes()))?;
        return Ok(matches);
    }
    ensure!(
        flags.is_given() || response.is_given(),
        "nothing to check: use --hash1, --hash1b, --xml, --authorization or --trace"
    );
    let realm = names.realm()?;
    if let Some("") = realm {
        Realm::new("", names.strictness())
            .map_err(|invalid| Errors::invalid(&invalid, |field| names.source(field)))?;
    }
    let given = Given { username: username.as_deref(), domain: names.domain.as_deref(), realm };
    let captured = Captured::read(&response)?;
    let wanted = captured.names(&given)?;
    // A password or a digest belongs to one name. Documents have the digests of several.
    let for_each = !flags.xml.is_empty() && !password_source::is_given(&password);
    ensure!(
        wanted.len() == 1 || for_each,
        "--trace: it has requests of {}: choose one of them with --username",
        captured::list(&wanted)
    );
    let document = Document::read(&flags.xml, &wanted, given.realm)?;
    let mut report = Report::new(captured.unreadable());
    if let Some(document) = &document {
        document.warn_of_other_errors(warnings)?;
        report.refusals.clone_from(&document.refusals);
    }

    let mut sides = vec![];
    for name in &wanted {
        let responses = captured.responses_of(name);
        let digests = match &document {
            Some(document) => document.digests_of(name, &given, &responses)?,
            None => from_flags(&flags, name, &given, &responses)?,
        };
        check_names(&digests, &given, &names, warnings)?;
        let is_refused = document.as_ref().is_some_and(|it| it.is_refused(name));
        sides.push(NamedSides { name, is_refused, digests, responses });
    }
    let password = read_password(password, &sides, warnings)?;
    for NamedSides { digests, responses, .. } in &sides {
        report.add(verify(&Sides { given, password: password.as_ref(), digests, responses }));
    }
    if password.is_none() {
        check_digests_were_used(&report, &flags, &sides)?;
    }

    let text = match format {
        VerifyFormat::Text => report.text(),
        VerifyFormat::Json => report.json(),
    };
    output::standard_output(&|out| out.write_all(text.as_bytes()))?;
    Ok(report.matches())
}

/// Checks that standard input is read for at most one purpose.
fn check_stdin(args: &VerifyArgs) -> anyhow::Result<()> {
    let is_stdin = |path: &std::path::PathBuf| path.as_os_str() == "-";
    let mut readers: Vec<_> =
        args.digests.xml.iter().filter(|it| is_stdin(it)).map(|_| "--xml -").collect();
    let others = [
        ("--csv -", args.csv.as_ref().is_some_and(is_stdin)),
        ("--trace -", args.response.trace.as_ref().is_some_and(is_stdin)),
        ("--authorization -", args.response.authorization.as_deref() == Some("-")),
        ("--password-file -", args.password.password_file.as_ref().is_some_and(is_stdin)),
        ("--password-stdin", args.password.password_stdin),
    ];
    readers.extend(others.iter().filter(|(_, reads)| *reads).map(|(flag, _)| *flag));
    match readers[..] {
        [one, other, ..] => {
            bail!("wrong usage: {one} and {other} cannot both read standard input")
        }
        _ => Ok(()),
    }
}

/// Returns the digests that were passed as flags; empty if there are none.
fn from_flags(
    args: &DigestArgs,
    name: &Name,
    given: &Given<'_>,
    responses: &[Response<'_>],
) -> anyhow::Result<Vec<StoredDigests>> {
    if !args.is_given() {
        return Ok(vec![]);
    }
    let written = |flag: &str, digest: &Option<String>| {
        ensure!(
            digest.as_ref().is_none_or(|digest| !digest.is_empty()),
            "{flag}: empty: pass the 32 hexadecimal digits"
        );
        Ok(digest.clone().map(WrittenDigest::new))
    };
    Ok(vec![StoredDigests {
        name: name.clone(),
        realm: realm(given, None, responses)?,
        hash1: written("--hash1", &args.hash1)?,
        hash1b: written("--hash1b", &args.hash1b)?,
        ..StoredDigests::default()
    }])
}

/// Returns the realm that the digests are expected to contain: the given one, or else that of the
/// document, or else that of the first response.
fn realm(
    given: &Given<'_>,
    document_realm: Option<&str>,
    responses: &[Response<'_>],
) -> anyhow::Result<String> {
    let captured = responses.first().map(|it| it.authorization.realm());
    let realm = given.realm.or(document_realm).or(captured).context(
        "no realm: use --realm or BWSIP_REALM, with the realm's full host name, such as \
         vapi-3efeaa.auth.bandwidth.com",
    )?;
    Ok(realm.to_owned())
}

/// Checks the names that the digests are expected to contain, except for those from a response.
fn check_names(
    digests: &[StoredDigests],
    given: &Given<'_>,
    names: &RealmArgs,
    warnings: &Warnings,
) -> anyhow::Result<()> {
    let strictness = names.strictness();
    let distinct: BTreeSet<_> = digests
        .iter()
        .map(|it| {
            (&it.name.domain, &it.realm, given.realm.is_none() && it.document_realm.is_some())
        })
        .collect();
    for (domain, realm, is_from_document) in distinct {
        let source = |field| match field {
            Field::Realm if is_from_document => "--xml, Realm".to_owned(),
            Field::Domain if given.domain.is_none() => "--xml, Domain".to_owned(),
            field => names.source(field),
        };
        let mut issues = Issues::new(strictness);
        let realm = (is_from_document || given.realm.is_some()).then_some(&**realm);
        Credential::check_parts(given.username, domain.as_deref(), realm, &mut issues);
        warnings.finish(issues, source)?;
    }
    Ok(())
}

/// Reads the password if it is given, or if there is nothing else to compare with.
fn read_password(
    args: PasswordArgs,
    sides: &[NamedSides<'_>],
    warnings: &Warnings,
) -> anyhow::Result<Option<Password>> {
    // With several names, no password is given.
    let [NamedSides { name, is_refused, digests, responses }] = sides else { return Ok(None) };
    let is_enough = *is_refused || !digests.is_empty() && !responses.is_empty();
    let has_nothing_to_compare = digests.is_empty() && responses.is_empty();
    if has_nothing_to_compare || is_enough && !password_source::is_given(&args) {
        return Ok(None);
    }
    let login = responses.first().map(|it| it.authorization.username().to_owned());
    let login = login.filter(|_| digests.is_empty()).unwrap_or_else(|| name.composite_username());
    let realm = match &digests[..] {
        [first, ..] => &first.realm,
        [] => responses[0].authorization.realm(),
    };
    // A captured header may contain escape sequences.
    let whose = format!("{} on {}", login.escape_debug(), realm.escape_debug());
    password_source::read(args, &whose, Purpose::Use, warnings).map(Some)
}

/// Checks that the digests could be compared with a response. Without a password, nothing else can
/// be compared with them.
fn check_digests_were_used(
    report: &Report,
    args: &DigestArgs,
    sides: &[NamedSides<'_>],
) -> anyhow::Result<()> {
    for check in &report.checks {
        if let Diagnosis::NotADigest = check.diagnosis {
            let response = check.response.as_ref();
            let response = response.expect("only a check of a response has this diagnosis");
            let name = response.kind.name();
            let place = if args.xml.is_empty() {
                format!("--{}", name.to_lowercase())
            } else {
                format!("--xml, {name}")
            };
            bail!("{place}: not 32 hexadecimal digits: copy all of them");
        }
    }
    let is_compared = report.checks.iter().any(|check| check.subject == Subject::Response);
    let first = sides.iter().filter(|it| !it.is_refused).flat_map(|it| &it.responses).next();
    if let Some(response) =
        first.filter(|_| !is_compared && report.not_checked.iter().all(|it| it.is_asked))
    {
        let (_, kind) = split_login(response.authorization);
        let name = kind.name();
        bail!(
            "no --{}: the response was computed from {name}, because the client logs in as {:?}: give that digest",
            name.to_lowercase(),
            response.authorization.username()
        );
    }
    Ok(())
}
