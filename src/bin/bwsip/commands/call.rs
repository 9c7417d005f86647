//! `bwsip call`: the request that dials through the bridge.

mod provider;
mod twiml;

use std::io::Write as _;
use std::mem;

use anyhow::{Context as _, bail, ensure};
use bwsip::{Credential, Issues, Realm, lookalike_name};

pub use self::provider::Provider;
use self::provider::{Dialect, Fields, TWILIO, json};
use super::whose;
use crate::cli::{CallArgs, CallFormat, GenerateArgs};
use crate::curl::{base_url, check_id, check_url};
use crate::messages::Warnings;
use crate::output::Destination;
use crate::password_source::{self, Purpose};

/// Prints the call. Requires only what its format needs; the flags of other formats are ignored, so
/// that a command line works with each format.
pub fn run(mut args: CallArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let (provider, password_args) = (args.provider, mem::take(&mut args.password));
    let realm = args.realm.realm()?.unwrap_or_default();
    let mut issues = Issues::new(args.realm.strictness());
    let credential = if args.format == CallFormat::Uri {
        Realm::check(realm, &mut issues);
        None
    } else {
        let username = args.username.as_deref().unwrap_or_default();
        Credential::check(username, args.realm.domain.as_deref(), realm, &mut issues)
    };
    warnings.finish(issues, |field| args.realm.source(field))?;
    let uri = uri(&args, realm, warnings)?;
    let inputs: Vec<_> = password_args.file().into_iter().collect();
    let destination = Destination::new(args.output.clone(), &GenerateArgs::default(), &inputs)?;
    let write = |result: &[u8]| destination.write_all(&[&|out| out.write_all(result)], None);
    let Some(credential) = credential else { return write(format!("{uri}\n").as_bytes()) };
    let (whose, username) = (whose(&credential), credential.composite_username());

    // What a format requires is checked before the prompt, which should not appear in vain.
    let mut fields = match args.format {
        CallFormat::Twiml => Fields::default(),
        _ => fields(&args, &uri, &username)?,
    };
    let config = match args.format {
        CallFormat::Curl => {
            Some(provider.request(args.api_url.as_deref(), args.account_sid.as_deref())?)
        }
        CallFormat::Python => {
            ensure!(
                !password_args.is_given(),
                "the format python contains no password: leave the flag out, and set \
                 BWSIP_PASSWORD when the program runs"
            );
            return write(python(&args, &fields)?.as_bytes());
        }
        _ => None,
    };
    let password = password_source::read(password_args, &whose, Purpose::Use, warnings)?;
    let password = password.as_str();
    let password =
        password.context("the password is not UTF-8: create a credential with another")?;
    if args.format == CallFormat::Twiml {
        warnings.warn("the TwiML contains the password: let only the provider read it");
        return write(&twiml::document(&uri, &username, password)?);
    }
    check_password(password, provider, warnings)?;
    fields.push(("SipAuthPassword", password));
    let Some(config) = config else { return write(&json(&fields)) };
    ensure!(
        !password.contains('\0'),
        "the password contains a NUL, which curl cannot read: use another format"
    );
    write(&provider.fill(config, &fields))
}

/// Returns the SIP URI to dial.
fn uri(args: &CallArgs, realm: &str, warnings: &Warnings) -> anyhow::Result<String> {
    check_phone_number("--to", &args.to)?;
    let port = args.port.map_or_else(String::new, |port| format!(":{port}"));
    let transport = args.transport.as_ref();
    let transport = transport.map_or_else(String::new, |name| format!(";transport={name}"));
    if let (true, Some(default)) = (transport.is_empty(), args.provider.default_transport) {
        warnings.warn(format_args!(
            "--transport: without it, {} dials over {default}: pass --transport udp if DNS has the \
             bridge as _sip._udp",
            args.provider.name
        ));
    }
    let uri = format!("sip:{}@{realm}{port}{transport}", args.to);
    args.provider.check_lens(&vec![("To", &uri)])?;
    Ok(uri)
}

/// Returns the fields of a request, without the password.
fn fields<'a>(args: &'a CallArgs, uri: &'a str, username: &'a str) -> anyhow::Result<Fields<'a>> {
    let from = args.from.as_deref().unwrap_or_default();
    check_phone_number("--from", from)?;
    let mut fields = vec![("To", uri), ("From", from)];
    if let Some(url) = &args.url {
        fields.push(("Url", check_url("--url", url)?));
    }
    let dialect = args.provider.dialect;
    if let Some(twiml) = &args.twiml {
        ensure!(
            twiml.trim_start().starts_with('<'),
            "--twiml: not XML: pass the document itself, such as <Response><Say>Hi</Say></Response>"
        );
        fields.push((if dialect == Dialect::Twiml { "Twiml" } else { "Texml" }, twiml));
    }
    fields.push(("SipAuthUsername", username));
    match &args.application_sid {
        Some(sid) if dialect == Dialect::Texml => {
            fields.push(("ApplicationSid", check_id("--application-sid", sid)?));
        }
        Some(_) => bail!(
            "--application-sid: {} has no such field: leave it out, or use --provider telnyx",
            args.provider.name
        ),
        None => ensure!(
            dialect != Dialect::Texml,
            "missing --application-sid: {} requires it",
            args.provider.name
        ),
    }
    args.provider.check_lens(&fields)?;
    Ok(fields)
}

/// Checks that the provider accepts a password.
fn check_password(password: &str, provider: &Provider, warnings: &Warnings) -> anyhow::Result<()> {
    provider.check_lens(&vec![("SipAuthPassword", password)])?;
    let Some(error) = provider.bad_characters else { return Ok(()) };
    // SIP allows control characters nowhere. The other characters are those that a SIP URI allows in a
    // password (RFC 3261, section 25.1).
    ensure!(
        !password.contains(char::is_control),
        "the password contains a control character ({error}): create a credential with another"
    );
    if !password.chars().all(|c| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,".contains(c)) {
        warnings.warn(format_args!(
            "the password has characters that the provider may refuse; it does not document which \
             ({error}): if it does, create a credential with letters and digits"
        ));
    }
    Ok(())
}

/// Checks a phone number in E.164: `+` and 2 to 15 digits, the first of them not 0. The error says what
/// to use instead, if the number is only written differently.
fn check_phone_number(flag: &str, text: &str) -> anyhow::Result<()> {
    let is_e164 = |text: &str| {
        let digits = text.strip_prefix('+').unwrap_or_default();
        (2..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    };
    if is_e164(text) {
        return Ok(());
    }
    let odd = text.chars().zip(1..).find_map(|(c, at)| Some((lookalike_name(c)?, c, at)));
    let problem = odd.map_or_else(String::new, |(name, c, at)| {
        format!(", and has {name}, U+{:04X} (character {at})", u32::from(c))
    });
    let (digits, others): (String, String) = text.chars().partition(char::is_ascii_digit);
    let number = format!("+{digits}");
    let is_separator =
        |c: char| c.is_whitespace() || lookalike_name(c).is_some() || "+-().".contains(c);
    if !is_e164(&number) || !others.chars().all(is_separator) {
        bail!(
            "{flag}: not a number in E.164{problem}: use + and 2 to 15 digits, the country code first, \
             such as +17778889999"
        );
    }
    let doubt = if others.contains('+') { "" } else { ", if that includes the country code" };
    bail!("{flag}: not a number in E.164{problem}: use {number}{doubt}")
}

/// Returns a program for Twilio's Python library that places the call. The program reads its secrets
/// from the environment: the password, and the API key or auth token. Without `--account-sid`, it reads
/// the account from there, too.
fn python(args: &CallArgs, fields: &Fields<'_>) -> anyhow::Result<String> {
    ensure!(
        *args.provider == TWILIO,
        "--format: only twilio has the format python: use another, or --provider twilio"
    );
    let mut account = String::new();
    if let Some(sid) = &args.account_sid {
        let sid = literal(check_id("--account-sid", sid)?);
        account = format!("os.environ[\"TWILIO_ACCOUNT_SID\"] = {sid}\n");
    }
    let mut setup = String::new();
    if let Some(url) = &args.api_url {
        setup = format!("client.api.base_url = {}\n", literal(base_url("--api-url", url)?));
    }
    let argument = |(name, value): &(&str, &str)| {
        // The library's names are in snake case, and avoid Python's keyword.
        let keyword = match *name {
            "To" => "to",
            "From" => "from_",
            "Url" => "url",
            "Twiml" => "twiml",
            _ => "sip_auth_username",
        };
        format!("    {keyword}={},\n", literal(value))
    };
    let arguments: String = fields.iter().map(argument).collect();
    Ok(format!(
        r#"# Places a call through Bandwidth's Network Bridge, with: pip install twilio
import os
import sys

{account}if os.environ.get("TWILIO_API_KEY") or os.environ.get("TWILIO_API_SECRET"):
    login = ("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_ACCOUNT_SID")
else:
    login = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
missing = [name for name in (*login, "BWSIP_PASSWORD") if not os.environ.get(name)]
if missing:
    sys.exit("set these environment variables: " + ", ".join(missing))

from twilio.rest import Client

client = Client(*(os.environ[name] for name in login))
{setup}call = client.calls.create(
{arguments}    sip_auth_password=os.environ["BWSIP_PASSWORD"],
)
print(call.sid)
"#
    ))
}

/// Returns `text` as a string literal of JSON, which is also valid in Python.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
