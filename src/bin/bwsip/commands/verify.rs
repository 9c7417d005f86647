//! `bwsip verify`: whether the password, the digests and the responses of a credential agree.

mod captured;
pub mod document;
mod report;
mod rows;

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;

use anyhow::{Context as _, bail, ensure};
use bwsip::answer::{Index, SipCredential};
use bwsip::verification::{Given, Sides, Verification, verify};
use bwsip::{Credential, Field, Issues, Password, Realm, WrittenDigest};

use crate::cli::{DigestArgs, PasswordArgs, RealmArgs, VerifyArgs, VerifyFormat};
use crate::messages::{Errors, Warnings};
use crate::output;
use crate::password_source::{self, Purpose};
use captured::Captured;

/// Compares everything that was given. Returns false if something does not match, or
/// could not be compared.
pub fn run(args: VerifyArgs, warnings: &Warnings) -> anyhow::Result<bool> {
    check_stdin(&args)?;
    let VerifyArgs { username, realm: names, password, csv, digests: flags, response, format } =
        args;
    if let Some(csv) = csv {
        let (text, matches) = rows::compare(&csv, &flags.xml, &names, format, warnings)?;
        output::print(&|out| out.write_all(text.as_bytes()))?;
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
    let mut sides = captured.sides(given)?;
    // A password or a digest belongs to one name. Documents have the digests of several.
    let for_each = !flags.xml.is_empty() && !password_source::is_given(&password);
    let wanted: Vec<_> = sides.iter().map(|sides| sides.name.clone()).collect();
    ensure!(
        wanted.len() == 1 || for_each,
        "--trace: it has requests of {}: choose one of them with --username",
        captured::list(&wanted)
    );
    let (file, answer) = document::read(&flags.xml)?;
    let index = Index::new(&answer);
    let typed = from_flags(&flags)?;
    for sides in &mut sides {
        sides.entries.extend(&typed);
        if !flags.xml.is_empty() {
            sides.select(&index);
        }
    }
    if !flags.xml.is_empty() {
        let told: HashSet<_> = sides.iter().flat_map(|sides| &sides.refusals).copied().collect();
        document::warn_of_errors(&file, &answer, &told, warnings)?;
        let is_missing = |it: &&Sides<'_>| it.entries.is_empty() && it.refusals.is_empty();
        let missing: Vec<_> = sides.iter().filter(is_missing).map(|it| it.name.clone()).collect();
        if !missing.is_empty() {
            document::no_entry(&file, &answer, &index, &missing, given.username.is_some())?;
        }
        let mut entries = sides.iter().flat_map(|sides| &sides.entries);
        ensure!(
            entries.all(|entry| entry.hash1.is_some() || entry.hash1b.is_some()),
            "--xml: {file} has an entry with neither Hash1 nor Hash1b: give a document that has them"
        );
    }
    for sides in &sides {
        check_realms(sides, &names, warnings)?;
    }
    let password = read_password(password, &sides, warnings)?;
    let mut verification = Verification::default();
    verification.not_checked = captured.not_checked(&given);
    for sides in &mut sides {
        sides.password = password.as_ref();
        verification.append(verify(sides));
    }
    let text = match format {
        VerifyFormat::Text => report::text(&verification),
        VerifyFormat::Json => report::json(&verification),
    };
    output::print(&|out| out.write_all(text.as_bytes()))?;
    Ok(verification.matches())
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

/// Returns the digests that were passed as flags; `None` if there are none.
fn from_flags(args: &DigestArgs) -> anyhow::Result<Option<SipCredential>> {
    let written = |flag: &str, digest: &Option<String>| {
        ensure!(
            digest.as_ref().is_none_or(|digest| !digest.is_empty()),
            "{flag}: empty: pass the 32 hexadecimal digits"
        );
        Ok(digest.clone().map(WrittenDigest::new))
    };
    let mut typed = SipCredential::default();
    typed.hash1 = written("--hash1", &args.hash1)?;
    typed.hash1b = written("--hash1b", &args.hash1b)?;
    Ok(Some(typed).filter(|it| it.hash1.is_some() || it.hash1b.is_some()))
}

/// Checks the given names, and the realms that the digests are expected to contain, except for those from
/// a trace.
fn check_realms(sides: &Sides<'_>, names: &RealmArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let Sides { given, entries, .. } = sides;
    let mut realms = BTreeSet::new();
    for entry in entries {
        let realm = sides.realm_of(entry).context(
            "no realm: use --realm or BWSIP_REALM, with the realm's full host name, such as \
             vapi-3efeaa.auth.bandwidth.com",
        )?;
        let is_given = given.realm.is_some();
        realms.insert((Some(realm).filter(|_| is_given || entry.realm.is_some()), is_given));
    }
    for (realm, is_given) in realms {
        let source = |field| match field {
            Field::Realm if !is_given => "--xml, Realm".to_owned(),
            field => names.source(field),
        };
        let mut issues = Issues::new(names.strictness());
        Credential::check_parts(given.username, given.domain, realm, &mut issues);
        warnings.finish(issues, source)?;
    }
    Ok(())
}

/// Reads the password if it is given, or if there is nothing else to compare with.
fn read_password(
    args: PasswordArgs,
    sides: &[Sides<'_>],
    warnings: &Warnings,
) -> anyhow::Result<Option<Password>> {
    // With several names, no password is given.
    let [sides] = sides else { return Ok(None) };
    let Sides { name, entries, responses, refusals, .. } = sides;
    let is_enough = !refusals.is_empty() || !entries.is_empty() && !responses.is_empty();
    let has_nothing_to_compare = entries.is_empty() && responses.is_empty();
    if has_nothing_to_compare || is_enough && !password_source::is_given(&args) {
        return Ok(None);
    }
    let (login, realm) = match (&entries[..], &responses[..]) {
        ([], [response, ..]) => {
            let authorization = response.authorization;
            (authorization.username().to_owned(), authorization.realm())
        }
        (entries, _) => {
            let realm = entries.first().and_then(|entry| sides.realm_of(entry));
            (name.composite_username(), realm.unwrap_or_default())
        }
    };
    // A captured header may contain escape sequences.
    let whose = format!("{} on {}", login.escape_debug(), realm.escape_debug());
    password_source::read(args, &whose, Purpose::Use, warnings).map(Some)
}
