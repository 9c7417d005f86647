//! `bwsip verify`: whether a password matches, and if not, why not.

mod report;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bwsip::authorization::Response;
use bwsip::diagnosis::{Finding, Known, Making, Recipe, Which, diagnose};
use bwsip::sip_credentials::{Answer, AnswerError, Entry};
use bwsip::{Digest, Parts, composite_username};
use zeroize::Zeroizing;

use super::{Place, needed_realm, whose};
use crate::cli::{KnownArgs, PasswordArgs, VerifyArgs, VerifyFormat};
use crate::input::{open, text};
use crate::messages::Warnings;
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
                    !(path.as_os_str() == "-" && args.password.reads_stdin()),
                    "wrong usage: --xml and the password both want standard input: give one a file"
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
struct Set {
    hash1: Option<Zeroizing<String>>,
    hash1b: Option<Zeroizing<String>>,
    domain: Option<String>,
    realm: Option<String>,
    /// The username and the domain, as a document spells them.
    spelled: Option<(String, Option<String>)>,
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
    let (domain, realm) = (place.domain.clone(), place.realm.clone());
    Ok(Set { hash1, hash1b, domain, realm, spelled: None })
}

/// The entries of a document that have this name, and this domain and realm where they are given.
fn from_document(
    path: &Path,
    username: &str,
    place: &Place,
    warnings: &Warnings,
) -> anyhow::Result<Vec<Set>> {
    let (name, input) = open(path).context("--xml")?;
    let composite =
        |name: &str, domain: Option<&str>| composite_username(name, domain).to_lowercase();
    let given = composite(username, place.domain.as_deref());
    // Letter case makes no difference to Bandwidth; if it did to the digests, that will be found.
    let wanted = |entry: &Entry| {
        let Some(name) = &entry.username else { return true };
        let same_name = place.domain.is_none() && composite(name, None) == given;
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
        format!("--xml: {name}: Bandwidth error {}: {}", number.escape_debug(), shown(words))
    };
    let errors: Vec<_> = answer.errors.iter().map(words).collect();
    let mut entries = answer.entries;
    if answer.total == 0 && !errors.is_empty() {
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
    // Without --domain, a name without a domain is the one that is meant, where there is one.
    if place.domain.is_none() && entries.iter().any(|entry| entry.domain.is_none()) {
        entries.retain(|entry| entry.domain.is_none());
    }
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
        let named_alone =
            entry.username.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(username));
        let domain = entry.domain.clone().filter(|_| named_alone);
        Set {
            hash1: entry.hash1,
            hash1b: entry.hash1b,
            domain: place.domain.clone().or(domain),
            realm: place.realm.clone().or(entry.realm),
            spelled: entry.username.map(|username| (username, entry.domain)),
        }
    };
    Ok(entries.into_iter().map(set).collect())
}

/// Bandwidth's words, without what could be a digest or could write to the terminal.
fn shown(words: &str) -> String {
    let digits = |c: char| c.is_ascii_hexdigit();
    let mut out = String::new();
    for piece in words.split_inclusive(|c| !digits(c)) {
        let run = piece.trim_end_matches(|c| !digits(c));
        let rest = &piece[run.len()..];
        out += if run.len() < 32 { run } else { "…" };
        for c in rest.chars() {
            match c {
                c if c.is_control() => out.push(' '),
                c if c.is_ascii() => out.push(c),
                c => out.extend(c.escape_debug()),
            }
        }
    }
    out
}

/// Checks digests against a password.
fn digests(
    sets: Vec<Set>,
    username: &str,
    place: &Place,
    password: PasswordArgs,
    warnings: &Warnings,
) -> anyhow::Result<Report> {
    let mut makings = Vec::new();
    for set in &sets {
        let (domain, realm) = (set.domain.as_deref(), needed_realm(set.realm.as_deref())?);
        let parts = Parts { username, domain, realm, ..Parts::default() };
        place.settle(parts.check(place.rules), warnings)?;
        let domain = domain.map(str::to_owned);
        makings.push(Making::new(username.to_owned(), domain, realm.to_owned(), Which::Hash1));
    }
    let first = makings.first().map_or_else(String::new, |making| {
        whose(&composite_username(username, making.domain.as_deref()), &making.realm)
    });
    let password = password_source::read(password, &first, Purpose::Use, warnings)?;

    let only = match &makings[..] {
        [only] => Some(Whose::of(only, None)),
        _ => None,
    };
    let mut checks = Vec::new();
    for (at, (set, mut making)) in sets.into_iter().zip(makings).enumerate() {
        making.password = Zeroizing::new(password.as_bytes().to_vec());
        making.spelled = set.spelled;
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        making.repeated =
            matches!((&set.hash1, &set.hash1b), (Some(one), Some(other)) if same(one, other));
        let both = [("hash1", Which::Hash1, set.hash1), ("hash1b", Which::Hash1b, set.hash1b)];
        for (name, which, written) in both {
            let Some(written) = written else { continue };
            making.recipe = Recipe::Right(which);
            let digits = written.chars().filter(char::is_ascii_hexdigit).count();
            let others = written.chars().count() - digits;
            let finding = diagnose(&Known::written(written), &making);
            let note = match (&finding, digits, others) {
                (Finding::Right | Finding::Wrong(_), ..) | (_, 32, 0) => String::new(),
                (_, _, 0) => format!("it has {digits} digits, not 32, and "),
                _ => format!("it has {others} characters that are no hexadecimal digits, and "),
            };
            let whose = only.is_none().then(|| Whose::of(&making, Some(at + 1)));
            checks.push(Check::new(name, whose, &finding, note));
        }
    }
    Ok(Report::new(username, only, checks))
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
        "--method: not a method: use that of the captured request, in capitals, such as REGISTER or \
         INVITE"
    );
    let response =
        Response::parse(&header).map_err(|error| anyhow::anyhow!("--authorization: {error}"))?;

    // The client of Hash1b logs in with @realm after its name.
    let login = response.username.clone();
    let (composite, which) = match login.strip_suffix(&format!("@{}", response.realm)) {
        Some(composite) => (composite.to_owned(), Which::Hash1b),
        None => (login.clone(), Which::Hash1),
    };
    let mut checks = as_given(username.as_deref(), place, &composite, &response);

    let (username, domain) = match &place.domain {
        Some(domain) => match composite.strip_suffix(&format!("@{domain}")) {
            Some(username) => (username.to_owned(), Some(domain.clone())),
            None => (composite, None),
        },
        None => (composite, None),
    };
    let by = format!("{}, for the client logs in as {login:?}", which.name());
    let mut making = Making::new(username, domain, response.realm.clone(), which);
    making.method = method;
    making.digests = [digest("--hash1", known.hash1)?, digest("--hash1b", known.hash1b)?];
    let by_digest = making.digests.iter().any(Option::is_some);
    if by_digest {
        ensure!(
            !password.is_given(),
            "wrong usage: --authorization is checked by a password or by --hash1 and --hash1b, not \
             by both"
        );
        ensure!(
            making.digests[which as usize].is_some(),
            "no --{}: the response is by {by}: give that digest",
            which.name().to_lowercase()
        );
    } else {
        // Whoever made the header may have meant to write to this terminal.
        let [login, realm] = [&login, &response.realm].map(|it| it.escape_debug().to_string());
        let whose = whose(&login, &realm);
        let password = password_source::read(password, &whose, Purpose::Use, warnings)?;
        making.password = Zeroizing::new(password.as_bytes().to_vec());
    }
    let finding = diagnose(&Known::Response(response), &making);
    let note = match finding {
        Finding::Right => format!("by {by}"),
        _ => format!("it should be by {by}; "),
    };
    let mut check = Check::new("response", None, &finding, note.clone());
    if by_digest && check.unknown {
        check.unknown = false;
        let more = "another password, realm or name is behind one of the two: check with the \
                    password to learn more";
        check.message = Some(note + more);
    }
    check.digest = Some(which.name().to_lowercase());
    checks.push(check);
    Ok(Report::new(&making.username, Some(Whose::of(&making, None)), checks))
}

/// Checks a header against the name, the domain and the realm that were given.
fn as_given(
    username: Option<&str>,
    place: &Place,
    composite: &str,
    response: &Response,
) -> Vec<Check> {
    let name = match (username, &place.domain) {
        (None, None) => None,
        (Some(name), domain) => Some(composite_username(name, domain.as_deref())),
        (None, Some(domain)) => {
            // Whatever the name is, this has to come after it.
            let name = composite.split('@').next().unwrap_or_default();
            Some(composite_username(name, Some(domain)))
        }
    };
    // A realm from the environment may be there for other commands.
    let realm = place.realm_flag();
    let (login, for_realm) = (&*response.username, &*response.realm);
    let given = [
        ("username", name.as_deref(), [composite, login], "the client logs in as"),
        ("realm", realm, [for_realm, for_realm], "the client answers for"),
    ];
    let mut checks = Vec::new();
    for (check, given, has, client) in given {
        let Some(given) = given else { continue };
        let matches = has.contains(&given);
        let message = (!matches).then(|| format!("{client} {:?}, not {given:?}", has[1]));
        checks.push(Check { check, matches, message, ..Check::default() });
    }
    checks
}

/// A digest that is not to be explained, but to be used.
fn digest(flag: &str, hash: Option<OsString>) -> anyhow::Result<Option<Digest>> {
    let hash = text(flag, hash)?.map(Zeroizing::new);
    let digest = |hash: Zeroizing<String>| {
        let digest = Digest::from_hex(&hash);
        digest.with_context(|| format!("{flag}: not 32 hexadecimal digits: copy all of them"))
    };
    hash.map(digest).transpose()
}
