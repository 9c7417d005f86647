//! `bwsip hash`: one credential.

use std::fmt::Write as _;

use anyhow::ensure;
use bwsip::document::{self, Entry, JsonEntry};
use bwsip::{Digests, Parts};
use clap::ValueEnum as _;
use zeroize::Zeroizing;

use super::{Who, text};
use crate::cli::{HashArgs, HashFormat};
use crate::message::Warnings;
use crate::output::Destination;
use crate::password_source;

/// Hashes one credential.
///
/// Everything that can be checked is checked before a password is asked for.
pub fn run(args: HashArgs, warnings: &Warnings) -> anyhow::Result<()> {
    check_format(&args)?;
    let who = Who::new(args.who)?;
    let app_id = args.app_id.map(|id| text("--app-id", id)).transpose()?;
    let realm_id = args.realm_id.map(|id| text("--realm-id", id)).transpose()?;
    let parts = Parts { app_id: app_id.as_deref(), realm_id: realm_id.as_deref(), ..who.parts() };
    let credential = who.check(parts, warnings)?;
    let generated = args.password.generate_password;
    let destination = Destination::new(args.output, args.password.password_out.as_deref())?;

    let whose = format!("{} on {}", credential.composite_username(), credential.realm());
    let password = password_source::read(args.password, &whose, true, warnings)?;
    let digests = Digests::new(&credential, password.as_bytes());

    // A generated password is ASCII.
    let generated = generated.then(|| std::str::from_utf8(password.as_bytes())).transpose()?;
    let (inline, apart) = match destination.keeps_password() {
        true => (None, generated),
        false => (generated, None),
    };
    let entry = Entry { credential, digests };
    let result = render(args.format, entry, inline, args.with_realm)?;
    let apart = apart.map(|password| Zeroizing::new(format!("{password}\n")));
    destination.write(result.as_bytes(), apart.as_ref().map(|line| line.as_bytes()))
}

/// Refuses what the format has no place for: left out in silence, it would be missed too late.
fn check_format(args: &HashArgs) -> anyhow::Result<()> {
    use HashFormat::{Env, Json, Text, UpdateXml, Xml};
    let inline = args.password.generate_password && args.password.password_out.is_none();
    let takers: [(_, _, &[HashFormat]); 4] = [
        ("--app-id", args.app_id.is_some(), &[Xml, UpdateXml, Json]),
        ("--with-realm", args.with_realm, &[Xml]),
        ("--realm-id", args.realm_id.is_some(), &[UpdateXml]),
        ("--generate-password without --password-out", inline, &[Text, Json, Env]),
    ];
    for (flag, given, formats) in takers {
        let names: Vec<_> = formats.iter().map(|format| name(*format)).collect();
        ensure!(
            !given || formats.contains(&args.format),
            "{flag}: the format {} has no place for it: use {}",
            name(args.format),
            names.join(" or "),
        );
    }
    ensure!(
        args.format != UpdateXml || args.realm_id.is_some(),
        "--realm-id: the format update-xml needs it: give the number that Bandwidth gave the realm"
    );
    Ok(())
}

fn name(format: HashFormat) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// The whole result, with the password in it if one is to be shown.
fn render(
    format: HashFormat,
    entry: Entry<'_>,
    password: Option<&str>,
    with_realm: bool,
) -> anyhow::Result<Zeroizing<String>> {
    // Large enough for every result within Bandwidth's limits, so that no copy is left behind.
    let mut out = Zeroizing::new(String::with_capacity(2048));
    let Digests { hash1, hash1b } = &entry.digests;
    match format {
        HashFormat::Text => {
            if let Some(password) = password {
                writeln!(out, "Password: {password}")?;
            }
            write!(out, "Hash1:  {hash1}\nHash1b: {hash1b}\n")?;
        }
        HashFormat::Env => {
            if let Some(password) = password {
                writeln!(out, "PASSWORD={password}")?;
            }
            write!(out, "HASH1={hash1}\nHASH1B={hash1b}\n")?;
        }
        HashFormat::Json => {
            let object = Zeroizing::new(serde_json::to_string(&JsonEntry::new(&entry, password))?);
            writeln!(out, "{}", *object)?;
        }
        HashFormat::Xml => document::create_xml(&mut out, [entry], with_realm),
        HashFormat::UpdateXml => document::update_xml(&mut out, &entry),
    }
    Ok(out)
}
