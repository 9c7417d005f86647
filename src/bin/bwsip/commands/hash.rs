//! `bwsip hash`: one credential.

use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, ensure};
use bwsip::document::{Document, Entry, json, update_xml};
use bwsip::{Digests, Parts, Password};
use zeroize::Zeroizing;

use super::{UNKEPT_PASSWORD, Who, check_format, whose};
use crate::cli::{GenerateArgs, HashArgs, HashFormat};
use crate::input::text;
use crate::messages::Warnings;
use crate::output::{Contents, Destination};
use crate::password_source::{self, Purpose};

/// Hashes one credential.
///
/// Everything that can be checked is checked before a password is asked for.
pub fn run(args: HashArgs, warnings: &Warnings) -> anyhow::Result<()> {
    use HashFormat::{Env, Json, Text, UpdateXml, Xml};
    let GenerateArgs { generate_password: generated, ref password_out } = args.generate;
    let takers: [(_, _, &[HashFormat]); 4] = [
        ("--app-id", args.app_id.is_some(), &[Xml, UpdateXml, Json]),
        ("--with-realm", args.with_realm, &[Xml]),
        ("--realm-id", args.realm_id.is_some(), &[UpdateXml]),
        (UNKEPT_PASSWORD, generated && password_out.is_none(), &[Text, Json, Env]),
    ];
    check_format(&args.format, &takers)?;
    ensure!(
        args.format != UpdateXml || args.realm_id.is_some(),
        "--realm-id: the format update-xml needs it: give the number that Bandwidth gave the realm"
    );

    let who = Who::new(args.who)?;
    let app_id = text("--app-id", args.app_id)?;
    let realm_id = text("--realm-id", args.realm_id)?;
    let parts = Parts { app_id: app_id.as_deref(), realm_id: realm_id.as_deref(), ..who.parts() };
    let credential = who.check(parts, warnings)?;
    let destination = Destination::new(args.output, password_out.as_deref())?;

    let whose = whose(&credential.composite_username(), credential.realm());
    let password = match generated {
        true => Password::generate().context("--generate-password: no random bytes")?,
        false => password_source::read(args.password, &whose, Purpose::Make, warnings)?,
    };
    let digests = Digests::new(&credential, password.as_bytes());

    let generated = password.as_str().filter(|_| generated);
    let (inline, apart) = match destination.keeps_password() {
        true => (None, generated),
        false => (generated, None),
    };
    let entry = Entry { credential, digests: &digests, password: inline };
    let result = render(args.format, &entry, args.with_realm)?;
    let line = apart.map(|password| Zeroizing::new(format!("{password}\n")));
    let write_line = line.as_ref().map(|line| |out: &mut File| out.write_all(line.as_bytes()));
    let passwords = write_line.as_ref().map(|write| write as Contents<'_>);
    destination.write(&|out| out.write_all(&result), passwords)
}

/// The whole result.
fn render(
    format: HashFormat,
    entry: &Entry<'_>,
    with_realm: bool,
) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    // Large enough for every result within Bandwidth's limits, so that no copy is left behind.
    let mut out = Zeroizing::new(Vec::with_capacity(2048));
    let Digests { hash1, hash1b } = entry.digests;
    match format {
        HashFormat::Text => {
            if let Some(password) = entry.password {
                writeln!(out, "Password: {password}")?;
            }
            write!(out, "Hash1:  {hash1}\nHash1b: {hash1b}\n")?;
        }
        HashFormat::Env => {
            if let Some(password) = entry.password {
                writeln!(out, "PASSWORD={password}")?;
            }
            write!(out, "HASH1={hash1}\nHASH1B={hash1b}\n")?;
        }
        HashFormat::Json => {
            json(&mut out, entry);
            out.push(b'\n');
        }
        HashFormat::Xml => {
            let document = Document::CreateXml { with_realm };
            out.extend_from_slice(document.start().as_bytes());
            document.entry(&mut out, entry);
            out.extend_from_slice(document.end().as_bytes());
        }
        HashFormat::UpdateXml => update_xml(&mut out, entry),
    }
    Ok(out)
}
