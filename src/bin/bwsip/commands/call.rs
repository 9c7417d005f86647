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
use bwsip::{CompositeUsername, Credential, Field, Password, Realm, SecretBuf};

use super::whose;
use crate::cli::{CallArgs, CallFormat, PasswordArgs};
use crate::input::text;
use crate::messages::{Errors, Warnings};
use crate::output::Destination;
use crate::password_source::{self, Purpose};

const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";
const API_KEY: &str = "TWILIO_API_KEY";
const API_SECRET: &str = "TWILIO_API_SECRET";
const AUTH_TOKEN: &str = "TWILIO_AUTH_TOKEN";

/// Prints the call. Requires only what its format needs; the flags of other formats are ignored, so
/// that a command line works with each format.
pub fn run(args: CallArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let source = |field: Field| args.realm.source(field);
    let to: PhoneNumber = required("--to", Some(&args.to))?;
    let realm = Realm::new(args.realm.required_realm()?, args.realm.strictness())
        .map_err(|invalid| Errors::invalid(&invalid, source))?;
    let destination = Destination::new(args.output.clone(), None)?;
    let call = Call { to: &to, realm, port: args.port };

    // What a format requires is checked before the prompt, which should not appear in vain.
    let result = match args.format {
        CallFormat::Uri => {
            warnings.issues(&realm.warnings(), source);
            let uri = call.uri().map_err(to_too_long)?;
            SecretBuf::from(format!("{uri}\n").into_bytes())
        }
        CallFormat::Curl => {
            let Parts { request, whose, api_url, account_sid } = parts(&args, &call, warnings)?;
            let account_sid = required_account_sid(account_sid)?;
            let authentication = authentication()?;
            let password = read_password(args.password, &whose, warnings)?;
            let password = SipAuthPassword::new(&password)?;
            request.curl(&api_url, &account_sid, &authentication, password)?
        }
        CallFormat::Json => {
            let Parts { request, whose, .. } = parts(&args, &call, warnings)?;
            let password = read_password(args.password, &whose, warnings)?;
            request.json(SipAuthPassword::new(&password)?)
        }
        CallFormat::Python => {
            let Parts { request, api_url, account_sid, .. } = parts(&args, &call, warnings)?;
            ensure!(
                !args.password.is_given(),
                "the format python contains no password: leave the flag out, and set \
                 BWSIP_PASSWORD when the program runs"
            );
            SecretBuf::from(request.python(&api_url, account_sid.as_ref()).into_bytes())
        }
    };
    destination.write(&|out: &mut File| out.write_all(&result), None)
}

/// A request, and what else the formats that contain it use.
struct Parts {
    request: Request,
    /// Names the credential in the prompt.
    whose: String,
    api_url: ApiUrl,
    account_sid: Option<Sid>,
}

/// Checks the arguments of a request.
fn parts(args: &CallArgs, call: &Call<'_>, warnings: &Warnings) -> anyhow::Result<Parts> {
    let source = |field: Field| args.realm.source(field);
    let username = args.username.as_deref().with_context(|| missing("--username"))?;
    let domain = args.realm.domain.as_deref();
    let composite_username = CompositeUsername::new(username, domain, args.realm.strictness())
        .map_err(|invalid| Errors::invalid(&invalid, source))?;
    let credential = Credential::new(composite_username, call.realm);
    warnings.issues(&credential.warnings(), source);
    let from: PhoneNumber = required("--from", args.from.as_deref())?;
    let url: Url = required("--url", args.url.as_deref())?;
    let api_url: ApiUrl = required("--api-url", Some(&args.api_url))?;
    let account_sid: Option<Sid> = parsed("--account-sid", args.account_sid.as_deref())?;
    let request = Request::new(call, &from, &url, composite_username).map_err(to_too_long)?;
    Ok(Parts { request, whose: whose(&credential), api_url, account_sid })
}

fn read_password(args: PasswordArgs, whose: &str, warnings: &Warnings) -> anyhow::Result<Password> {
    password_source::read(args, whose, Purpose::Use, warnings)
}

/// Only the realm can make the `To` too long.
fn to_too_long(error: TwilioError) -> anyhow::Error {
    anyhow!("--realm: {error}")
}

/// Parses the value of a flag or a variable. `source` is its name, for errors.
fn parsed<T>(source: &str, value: Option<&str>) -> anyhow::Result<Option<T>>
where
    T: FromStr,
    T::Err: Display,
{
    let parse = |value: &str| value.parse().map_err(|error| anyhow!("{source}: {error}"));
    value.map(parse).transpose()
}

/// Parses the value of a flag that the format requires.
fn required<T>(flag: &str, value: Option<&str>) -> anyhow::Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    parsed(flag, value)?.with_context(|| missing(flag))
}

fn missing(flag: &str) -> String {
    format!("missing {flag}: every format except uri requires it")
}

fn required_account_sid(flag: Option<Sid>) -> anyhow::Result<Sid> {
    let sid = match flag {
        Some(sid) => Some(sid),
        None => parsed(ACCOUNT_SID, variable(ACCOUNT_SID)?.as_deref())?,
    };
    sid.with_context(|| {
        format!("missing --account-sid: the format curl requires it: pass it, or set {ACCOUNT_SID}")
    })
}

/// Returns an environment variable that is set and not empty.
fn variable(name: &str) -> anyhow::Result<Option<String>> {
    text(name, env::var_os(name).filter(|value| !value.is_empty()))
}

/// Reads a secret from the environment. There is no flag for it, because other users could see one.
fn secret(name: &str) -> anyhow::Result<Option<Secret>> {
    let check = |value| Secret::new(value).map_err(|error| anyhow!("{name}: {error}"));
    variable(name)?.map(check).transpose()
}

/// Reads the API key from the environment or, if there is none, the auth token.
fn authentication() -> anyhow::Result<Authentication> {
    let half = |there: &str, missing: &str| {
        format!(
            "{missing}: not set, although {there} is: set both, or unset both to use {AUTH_TOKEN}"
        )
    };
    match (parsed(API_KEY, variable(API_KEY)?.as_deref())?, secret(API_SECRET)?) {
        (Some(key), Some(secret)) => Ok(Authentication::ApiKey(key, secret)),
        (Some(_), None) => bail!(half(API_KEY, API_SECRET)),
        (None, Some(_)) => bail!(half(API_SECRET, API_KEY)),
        (None, None) => {
            Ok(secret(AUTH_TOKEN)?.map_or(Authentication::Prompt, Authentication::AuthToken))
        }
    }
}
