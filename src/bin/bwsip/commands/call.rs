//! `bwsip call`: the request that dials through the bridge.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, ensure};
use bwsip::twilio::{Call, Number, Request};
use bwsip::{Credential, Field, Realm};
use zeroize::Zeroizing;

use super::whose;
use crate::cli::{CallArgs, CallFormat};
use crate::messages::{Errors, Warnings};
use crate::output::Destination;
use crate::password_source::{self, Purpose};

/// Prints what the format asks for, and asks for no more than it needs.
pub fn run(args: CallArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let to = number("--to", &args.to)?;
    let port = args.port.map(|port| parse_port(&port)).transpose()?;
    let strictness = args.realm.strictness();
    let source = |field: Field| args.realm.source(field);
    let realm = args.realm.required_realm()?;
    let destination = Destination::new(args.output, None)?;

    // A password and a name are for the other formats, but a line that has them serves this one too.
    if args.format == CallFormat::Uri {
        let realm = Realm::new(realm, strictness).map_err(|it| Errors::invalid(&it, source))?;
        warnings.issues(&realm.warnings(), source);
        let realm = realm.as_str();
        let line = checked_uri(&Call { to: &to, realm, port })? + "\n";
        return destination.write(&|out| out.write_all(line.as_bytes()), None);
    }

    let username = needed("--username", args.username)?;
    let credential = Credential::parse(&username, args.realm.domain.as_deref(), realm, strictness)
        .map_err(|it| Errors::invalid(&it, source))?;
    warnings.issues(&credential.warnings(), source);
    let from = number("--from", &needed("--from", args.from)?)?;
    let url = needed("--url", args.url)?;
    let api_url = args.api_url;
    for (flag, url) in [("--url", &url), ("--api-url", &api_url)] {
        check_url(flag, url)?;
    }
    ensure!(
        !api_url.contains(['?', '#']),
        "--api-url: something follows its path: give the API's address alone, such as \
         https://api.twilio.com"
    );
    let account_sid = match (args.account_sid, args.format) {
        (Some(sid), _) => Some(sid),
        (None, CallFormat::Curl) => crate::input::text(ACCOUNT_SID, set(ACCOUNT_SID))?,
        // The Python program reads it from there itself.
        (None, _) => None,
    };
    if let Some(sid) = &account_sid {
        let right = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        ensure!(
            !sid.is_empty() && sid.chars().all(right),
            "--account-sid or {ACCOUNT_SID}: not an account's SID: copy it, letters and digits, from \
             the console"
        );
    }

    let call = Call { to: &to, realm, port };
    checked_uri(&call)?;
    let login = credential.composite_username().to_string();
    let request = Request {
        api_url: api_url.trim_end_matches('/'),
        account_sid: account_sid.as_deref(),
        ..Request::new(&call, &from, &url, &login)
    };
    let result = if args.format == CallFormat::Python {
        ensure!(
            !args.password.is_given(),
            "the format python has no place for a password: leave the flag out, and set \
             BWSIP_PASSWORD when the program runs"
        );
        Zeroizing::new(request.python())
    } else {
        ensure!(
            args.format != CallFormat::Curl || account_sid.is_some(),
            "--account-sid: the format curl needs it: give it, or set TWILIO_ACCOUNT_SID"
        );
        let password =
            password_source::read(args.password, &whose(&credential), Purpose::Use, warnings)?;
        let password = password.as_str().context(
            "the password is not UTF-8, and a form field is: make a credential with another",
        )?;
        ensure!(
            password.chars().count() <= Call::LONGEST_PASSWORD,
            "the password has more than {} characters (Twilio error 21223): make a credential with \
             a shorter one",
            Call::LONGEST_PASSWORD
        );
        match args.format {
            CallFormat::Json => request.json(password),
            _ => {
                ensure!(
                    !password.contains('\0'),
                    "the password has a NUL in it, which curl can't read: use the format json"
                );
                request.curl(password, token()?.as_ref().map(|token| token.as_str()))
            }
        }
    };
    destination.write(&|out: &mut File| out.write_all(result.as_bytes()), None)
}

/// The URI, unless it is too long for Twilio.
fn checked_uri(call: &Call<'_>) -> anyhow::Result<String> {
    let uri = call.uri();
    ensure!(
        uri.chars().count() <= Call::LONGEST_TO,
        "--realm: To would have more than {} characters: use the realm's host name alone",
        Call::LONGEST_TO
    );
    Ok(uri)
}

fn needed(flag: &str, value: Option<String>) -> anyhow::Result<String> {
    value.with_context(|| format!("no {flag}: every format but uri needs it"))
}

fn number(flag: &str, text: &str) -> anyhow::Result<Number> {
    Number::parse(text).map_err(|problem| anyhow::anyhow!("{flag}: {problem}"))
}

fn parse_port(text: &str) -> anyhow::Result<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|port| digits && *port > 0);
    port.context("--port: not a port: use 1 to 65535, or leave it out where DNS finds it")
}

/// An address that a form field or a config can carry: http or https, a host, nothing odd.
fn check_url(flag: &str, url: &str) -> anyhow::Result<()> {
    let host = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let begins = |host: &str| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
    ensure!(
        host.is_some_and(begins) && url.chars().all(|c| c.is_ascii_graphic()),
        "{flag}: not an address: use one that begins with https:// or http://, with what is not \
         ASCII percent-encoded"
    );
    Ok(())
}

const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";

/// An environment variable, unless it is empty.
fn set(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

/// The API's token: from the environment alone, which other users can't see.
fn token() -> anyhow::Result<Option<Zeroizing<String>>> {
    const VARIABLE: &str = "TWILIO_AUTH_TOKEN";
    let token = crate::input::text(VARIABLE, set(VARIABLE))?;
    let token = token.map(Zeroizing::new);
    ensure!(
        token.as_ref().is_none_or(|token| !token.contains(char::is_control)),
        "{VARIABLE}: it has a line end or another control character in it: set it again without"
    );
    Ok(token)
}
