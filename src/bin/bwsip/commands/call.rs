//! `bwsip call`: the request that dials through the bridge.

use std::env;
use std::fmt::Display;
use std::fs::File;
use std::io::Write as _;
use std::str::FromStr;

use anyhow::{Context as _, anyhow, bail, ensure};
use bwsip::twilio::{
    ApiUrl, Authentication, Call, PhoneNumber, Request, Secret, Sid, SipAuthPassword, TwilioError,
    Url,
};
use bwsip::{CompositeUsername, Credential, Field, Realm, SecretBuf};
use zeroize::Zeroizing;

use super::whose;
use crate::cli::{CallArgs, CallFormat};
use crate::input::text;
use crate::messages::{Errors, Warnings};
use crate::output::Destination;
use crate::password_source::{self, Purpose};

const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";
const API_KEY: &str = "TWILIO_API_KEY";
const API_SECRET: &str = "TWILIO_API_SECRET";
const AUTH_TOKEN: &str = "TWILIO_AUTH_TOKEN";

/// Prints the call in the format given, and asks for nothing that the format does without.
pub fn run(args: CallArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let strictness = args.realm.strictness();
    let source = |field: Field| args.realm.source(field);
    let to: PhoneNumber = required("--to", Some(args.to))?;
    let realm = args.realm.required_realm()?;
    let realm =
        Realm::new(realm, strictness).map_err(|invalid| Errors::invalid(&invalid, source))?;
    let destination = Destination::new(args.output, None)?;
    let call = Call { to: &to, realm, port: args.port };
    let too_long = |error: TwilioError| anyhow!("--realm: {error}");

    // A command line that has the other formats' flags too serves this one as it is.
    if args.format == CallFormat::Uri {
        warnings.issues(&realm.warnings(), source);
        let line = call.uri().map_err(too_long)? + "\n";
        return destination.write(&|out| out.write_all(line.as_bytes()), None);
    }

    let username = required::<String>("--username", args.username)?;
    let domain = args.realm.domain.as_deref();
    let composite_username = CompositeUsername::new(&username, domain, strictness)
        .map_err(|invalid| Errors::invalid(&invalid, source))?;
    let credential = Credential::new(composite_username, realm);
    warnings.issues(&credential.warnings(), source);
    let from: PhoneNumber = required("--from", args.from)?;
    let url: Url = required("--url", args.url)?;
    let api_url: ApiUrl = required("--api-url", Some(args.api_url))?;
    let account_sid: Option<Sid> = parsed("--account-sid", args.account_sid)?;
    let request = Request::new(&call, &from, &url, composite_username).map_err(too_long)?;

    let result = if args.format == CallFormat::Python {
        ensure!(
            !args.password.is_given(),
            "the format python has no place for a password: leave the flag out, and set \
             BWSIP_PASSWORD when the program runs"
        );
        SecretBuf::from(request.python(&api_url, account_sid.as_ref()).into_bytes())
    } else {
        // Fails on what curl would need before it asks for a password.
        let curl = match args.format {
            CallFormat::Curl => Some((needed_account_sid(account_sid)?, authentication()?)),
            _ => None,
        };
        let whose = whose(&credential);
        let password = password_source::read(args.password, &whose, Purpose::Use, warnings)?;
        let password = SipAuthPassword::new(&password)?;
        match curl {
            Some((account_sid, authentication)) => {
                request.curl(&api_url, &account_sid, &authentication, password)?
            }
            None => request.json(password),
        }
    };
    destination.write(&|out: &mut File| out.write_all(&result), None)
}

/// Parses the value of a flag or a variable, which errors name.
fn parsed<T>(source: &str, value: Option<String>) -> anyhow::Result<Option<T>>
where
    T: FromStr,
    T::Err: Display,
{
    let parse = |value: String| value.parse().map_err(|error| anyhow!("{source}: {error}"));
    value.map(parse).transpose()
}

/// Parses the value of a flag that the format needs.
fn required<T>(flag: &str, value: Option<String>) -> anyhow::Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    parsed(flag, value)?.with_context(|| format!("no {flag}: every format but uri needs it"))
}

fn needed_account_sid(flag: Option<Sid>) -> anyhow::Result<Sid> {
    let sid = match flag {
        Some(sid) => Some(sid),
        None => parsed(ACCOUNT_SID, variable(ACCOUNT_SID)?)?,
    };
    sid.with_context(|| {
        format!("--account-sid: the format curl needs it: give it, or set {ACCOUNT_SID}")
    })
}

/// Returns an environment variable that is set and not empty.
fn variable(name: &str) -> anyhow::Result<Option<String>> {
    text(name, env::var_os(name).filter(|value| !value.is_empty()))
}

/// Reads a secret from the environment, the only place where other users cannot see it.
fn secret(name: &str) -> anyhow::Result<Option<Secret>> {
    let check = |value| Secret::new(value).map_err(|error| anyhow!("{name}: {error}"));
    variable(name)?.map(Zeroizing::new).map(check).transpose()
}

/// Reads the API key from the environment or, where there is none, the auth token.
fn authentication() -> anyhow::Result<Authentication> {
    let half = |there: &str, missing: &str| {
        format!(
            "{missing}: not set, although {there} is: set both, or unset both to use {AUTH_TOKEN}"
        )
    };
    match (parsed(API_KEY, variable(API_KEY)?)?, secret(API_SECRET)?) {
        (Some(key), Some(secret)) => Ok(Authentication::ApiKey(key, secret)),
        (Some(_), None) => bail!(half(API_KEY, API_SECRET)),
        (None, Some(_)) => bail!(half(API_SECRET, API_KEY)),
        (None, None) => {
            Ok(secret(AUTH_TOKEN)?.map_or(Authentication::Prompt, Authentication::AuthToken))
        }
    }
}
