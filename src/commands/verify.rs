//! `bwsip verify`: whether a password matches, and if not, why not.

mod report;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bwsip::answer::{Answer, AnswerError, Entry};
use bwsip::diagnosis::{Finding, Known, METHOD, Making, Recipe, Which, diagnose};
use bwsip::response::{METHODS, Response};
use bwsip::{Credential, Digest, Parts};
use zeroize::Zeroizing;

use super::{Place, needed_realm, open, text};
use crate::cli::{KnownArgs, PasswordArgs, VerifyArgs, VerifyFormat};
use crate::message::Warnings;
use crate::output;
use crate::password_source::{self, Purpose};
use report::{Check, Report, Whose};

/// Checks all that is known. Gives whether all of it matches.
pub fn run(args: VerifyArgs, warnings: &Warnings) -> anyhow::Result<bool> {
    let username = text("--username", args.username)?;
    let mut place = Place::new(args.realm)?;
    let report = if args.known.authorization.is_some() {
        captured(args.known, username, &place, args.password, warnings)?
    } else {
        let username = username.context("no username: use --username")?;
        let sets = match args.known.xml.as_deref() {
            None => vec![from_flags(args.known, &place)?],
            Some(path) => {
                ensure!(
                    !(path.as_os_str() == "-" && args.password.password_stdin),
                    "wrong usage: --xml - and --password-stdin both want standard input"
                );
                let sets = from_document(path, &username, &place, warnings)?;
                if place.realm.is_none() {
                    place.realm_flag = "--xml, Realm";
                }
                sets
            }
        };
        digests(sets, &username, &place, args.password, warnings)?
    };
    let result = match args.format {
        VerifyFormat::Text => report.text(),
        VerifyFormat::Json => serde_json::to_string(&report)? + "\n",
    };
    output::standard_output(&|out| out.write_all(result.as_bytes()))?;
    Ok(report.matches)
}

/// Digests that belong together, as they were written down, and what else is known with them.
#[derive(Default)]
struct Set {
    hash1: Option<Zeroizing<String>>,
    hash1b: Option<Zeroizing<String>>,
    domain: Option<String>,
    realm: Option<String>,
}

fn from_flags(known: KnownArgs, place: &Place) -> anyhow::Result<Set> {
    let hash1 = text("--hash1", known.hash1)?.map(Zeroizing::new);
    let hash1b = text("--hash1b", known.hash1b)?.map(Zeroizing::new);
    ensure!(
        hash1.is_some() || hash1b.is_some(),
        "nothing to check: use --hash1, --hash1b, --xml or --authorization"
    );
    for (flag, hash) in [("--hash1", &hash1), ("--hash1b", &hash1b)] {
        ensure!(
            hash.as_ref().is_none_or(|hash| !hash.is_empty()),
            "{flag}: empty: give the 32 hexadecimal digits"
        );
    }
    Ok(Set { hash1, hash1b, domain: place.domain.clone(), realm: place.realm.clone() })
}

/// The entries of a document that have this name, and this domain and realm where they are given.
fn from_document(
    path: &Path,
    username: &str,
    place: &Place,
    warnings: &Warnings,
) -> anyhow::Result<Vec<Set>> {
    let (name, input) = open(path).context("--xml")?;
    let composite = |name: &str, domain: Option<&str>| match domain {
        None => name.to_lowercase(),
        Some(domain) => format!("{name}@{domain}").to_lowercase(),
    };
    let given = composite(username, place.domain.as_deref());
    // Letter case makes no difference to Bandwidth; if it did to the digests, that will be found.
    let wanted = |entry: &Entry| {
        let Some(name) = &entry.username else { return true };
        let same_name = place.domain.is_none() && name.to_lowercase() == given;
        same_name || composite(name, entry.domain.as_deref()) == given
    };
    let answer = Answer::read(input, wanted).map_err(|error| match error {
        AnswerError::Read(error) => {
            anyhow::Error::new(error).context(format!("--xml: can't read {name}"))
        }
        AnswerError::NotXml(at) => anyhow::anyhow!(
            "--xml: {name} is not well-formed XML near byte {at}: give a document that was sent to \
             Bandwidth, or that it answered"
        ),
    })?;
    let words = |(number, words): &(String, String)| {
        let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        format!("--xml: {name}: Bandwidth error {}: {words}", number.escape_debug())
    };
    let errors: Vec<_> = answer.errors.iter().map(words).collect();
    let mut entries = answer.entries;
    if entries.is_empty() && !errors.is_empty() {
        bail!(errors.join("\n"));
    }
    errors.iter().for_each(|error| warnings.warn(error));
    ensure!(
        answer.total > 0,
        "--xml: {name} has no SipCredential in it: give a document that was sent to Bandwidth, or \
         that it answered"
    );
    ensure!(
        !entries.is_empty(),
        "--xml: {name} has no entry for this username and domain, among {}: check --username and \
         --domain",
        answer.total
    );
    // Where realms are named, another realm's is another credential.
    if entries.iter().any(|entry| entry.realm.is_some() && entry.realm == place.realm) {
        entries.retain(|entry| entry.realm == place.realm);
    }
    for there in entries.iter().filter_map(|entry| entry.realm.as_ref()) {
        if let Some(here) = place.realm.as_ref().filter(|here| *here != there) {
            warnings.warn(format_args!(
                "--xml: {name} has the realm {there:?}, and {here:?} was given: check which it is"
            ));
        }
    }
    ensure!(
        entries.iter().any(|entry| entry.hash1.is_some() || entry.hash1b.is_some()),
        "--xml: {name} has an entry with neither Hash1 nor Hash1b: give a document that has them"
    );
    let set = |entry: Entry| {
        let named_alone = entry.username.is_some_and(|it| it.eq_ignore_ascii_case(username));
        let domain = entry.domain.filter(|_| named_alone);
        Set {
            hash1: entry.hash1,
            hash1b: entry.hash1b,
            domain: place.domain.clone().or(domain),
            realm: place.realm.clone().or(entry.realm),
        }
    };
    Ok(entries.into_iter().map(set).collect())
}

/// Checks digests against a password.
fn digests(
    sets: Vec<Set>,
    username: &str,
    place: &Place,
    password: PasswordArgs,
    warnings: &Warnings,
) -> anyhow::Result<Report> {
    let first = sets.first().context("no digests")?;
    let realm = needed_realm(first.realm.as_deref())?;
    let parts = Parts { username, domain: first.domain.as_deref(), realm, ..Parts::default() };
    let credential = place.settle(parts.check(place.rules), warnings)?;
    let mut making = making(&credential, password, warnings)?;
    let several = sets.len() > 1;
    let mut checks = Vec::new();
    for (at, set) in sets.iter().enumerate() {
        let realm = set.realm.as_deref().unwrap_or(realm);
        realm.clone_into(&mut making.realm);
        making.domain.clone_from(&set.domain);
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        making.repeated =
            matches!((&set.hash1, &set.hash1b), (Some(one), Some(other)) if same(one, other));
        let both = [("hash1", Which::Hash1, &set.hash1), ("hash1b", Which::Hash1b, &set.hash1b)];
        for (name, which, written) in both {
            let Some(written) = written else { continue };
            making.recipe = Recipe::Right(which);
            let digits = written.chars().filter(char::is_ascii_hexdigit).count();
            let others = written.chars().count() - digits;
            let note = match (digits, others) {
                (32, 0) => String::new(),
                (_, 0) => format!("it has {digits} digits, not 32, and "),
                _ => format!("it has {others} characters that are no hexadecimal digits, and "),
            };
            let finding = diagnose(&Known::Digest(written.clone()), &making);
            let note = if matches!(finding, Finding::Right) { String::new() } else { note };
            let whose = several.then(|| Whose::of(&making, Some(at + 1)));
            checks.push(Check::new(name, whose, &finding, note));
        }
    }
    Ok(Report::new(username, (!several).then(|| Whose::of(&making, None)), checks))
}

fn making(
    credential: &Credential<'_>,
    password: PasswordArgs,
    warnings: &Warnings,
) -> anyhow::Result<Making> {
    let whose = format!("{} on {}", credential.composite_username(), credential.realm());
    let password = password_source::read(password, &whose, Purpose::Use, warnings)?;
    Ok(Making {
        username: credential.username().to_owned(),
        domain: credential.domain().map(str::to_owned),
        realm: credential.realm().to_owned(),
        password: Zeroizing::new(password.as_bytes().to_vec()),
        recipe: Recipe::Right(Which::Hash1),
        method: String::new(),
        repeated: false,
        whole: true,
    })
}

/// Checks a client's response to a challenge, against a password or against a digest.
fn captured(
    known: KnownArgs,
    username: Option<String>,
    place: &Place,
    password: PasswordArgs,
    warnings: &Warnings,
) -> anyhow::Result<Report> {
    let header = text("--authorization", known.authorization)?.unwrap_or_default();
    let method = text("--method", known.method)?.unwrap_or_default();
    ensure!(
        !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()),
        "--method: not a method: use that of the captured request, such as REGISTER or INVITE"
    );
    let response =
        Response::parse(&header).map_err(|error| anyhow::anyhow!("--authorization: {error}"))?;

    // The client of Hash1b logs in with @realm after its name.
    let login = response.username.clone();
    let (composite, which) = match login.strip_suffix(&format!("@{}", response.realm)) {
        Some(composite) => (composite.to_owned(), Which::Hash1b),
        None => (login.clone(), Which::Hash1),
    };
    let domain = place.domain.as_ref();
    let named = match (&username, domain) {
        (None, None) => None,
        (Some(name), None) => Some(name.clone()),
        (Some(name), Some(domain)) => Some(format!("{name}@{domain}")),
        (None, Some(domain)) => {
            // Whatever the name is, this has to come after it.
            let name = composite.split('@').next().unwrap_or_default();
            Some(format!("{name}@{domain}"))
        }
    };
    // A realm from the environment may be there for other commands.
    let realm = place.realm_flag();
    let mut checks = Vec::new();
    let header_has = [
        ("username", named.as_deref(), [&composite, &login], "the client logs in as"),
        ("realm", realm, [&response.realm, &response.realm], "the client answers for"),
    ];
    for (check, given, has, client) in header_has {
        if let Some(given) = given {
            let matches = has.iter().any(|has| *has == given);
            let message = (!matches).then(|| format!("{client} {:?}, not {given:?}", has[1]));
            checks.push(Check { check, matches, message, ..Check::default() });
        }
    }

    let by = format!("{}, for the client logs in as {login:?}", which.name());
    let mut making = Making {
        username: composite,
        domain: None,
        realm: response.realm.clone(),
        password: Zeroizing::new(Vec::new()),
        recipe: Recipe::Right(which),
        method,
        repeated: false,
        whole: true,
    };
    if let Some(domain) = domain {
        if let Some(name) = making.username.strip_suffix(&format!("@{domain}")) {
            making = Making { username: name.to_owned(), domain: Some(domain.clone()), ..making };
        }
    }
    let check = if known.hash1.is_some() || known.hash1b.is_some() {
        ensure!(
            !password.is_given(),
            "wrong usage: --authorization is checked by a password or by --hash1 and --hash1b, not \
             by both"
        );
        by_digest(&response, &making.method, known.hash1, known.hash1b, which, &by)?
    } else {
        // Whoever made the header may have meant to write to this terminal.
        let whose = format!("{} on {}", login.escape_debug(), response.realm.escape_debug());
        let password = password_source::read(password, &whose, Purpose::Use, warnings)?;
        making.password = Zeroizing::new(password.as_bytes().to_vec());
        let finding = diagnose(&Known::Response(response), &making);
        let note = match finding {
            Finding::Right => format!("by {by}"),
            _ => format!("it should be by {by}; "),
        };
        Check::new("response", None, &finding, note)
    };
    checks.push(Check { digest: Some(which.name().to_lowercase()), ..check });
    Ok(Report::new(&making.username, Some(Whose::of(&making, None)), checks))
}

/// Checks a response against digests, of which it is made from the one that is `which`.
fn by_digest(
    response: &Response,
    method: &str,
    hash1: Option<OsString>,
    hash1b: Option<OsString>,
    which: Which,
    by: &str,
) -> anyhow::Result<Check> {
    let parse = |flag, hash| {
        let hash = text(flag, hash)?.map(Zeroizing::new);
        let digest = |hash: Zeroizing<String>| {
            let digest = Digest::from_hex(&hash);
            digest.with_context(|| format!("{flag}: not 32 hexadecimal digits: copy all of them"))
        };
        hash.map(digest).transpose()
    };
    let digests = [
        (Which::Hash1, "--hash1", parse("--hash1", hash1)?),
        (Which::Hash1b, "--hash1b", parse("--hash1b", hash1b)?),
    ];
    let (mut matches, mut message, mut causes) = (false, String::new(), Vec::new());
    for (is, flag, digest) in &digests {
        match digest {
            None => ensure!(*is != which, "no {flag}: the response is by {by}: give that digest"),
            Some(digest) if response.is_from(digest, method) => {
                matches |= *is == which;
                message =
                    format!("it is made from what was given as {flag}, and should be by {by}");
            }
            Some(digest) if METHODS.iter().any(|method| response.is_from(digest, method)) => {
                message = format!("{}: {}", METHOD.happened, METHOD.instead);
                causes.push(METHOD.name);
            }
            Some(_) => {}
        }
    }
    if matches {
        message = format!("by {by}");
    } else if message.is_empty() {
        message = format!(
            "it should be by {by}; another password, realm or name is behind one of the two: check \
             with the password to learn more"
        );
    }
    let message = Some(message);
    Ok(Check { check: "response", matches, causes, message, ..Check::default() })
}
