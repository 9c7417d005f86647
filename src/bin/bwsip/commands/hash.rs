//! `bwsip hash`: one credential.

use std::fs::File;
use std::io::Write as _;

use anyhow::Context as _;
use bwsip::document::{Entry, Format};
use bwsip::{AppId, Credential, Issues, Password, RealmId};

use super::{UNSAVED_PASSWORD, check_flags, whose};
use crate::cli::{HashArgs, HashFormat};
use crate::messages::Warnings;
use crate::output::Destination;
use crate::password_source::{self, Purpose};

/// Hashes one credential. Everything else is checked before it prompts for a password.
pub fn run(args: HashArgs, warnings: &Warnings) -> anyhow::Result<()> {
    use HashFormat::{Env, Json, Text, UpdateXml, Xml};

    let generate = args.generate.generate_password;
    let password_out = args.generate.password_out.as_deref();
    let is_unsaved = generate && password_out.is_none();
    check_flags(
        "format",
        &args.format,
        &[
            (args.app_id.is_some(), "--app-id", &[Xml, UpdateXml, Json]),
            (args.with_realm, "--with-realm", &[Xml]),
            (args.realm_id.is_some(), "--realm-id", &[UpdateXml]),
            (is_unsaved, UNSAVED_PASSWORD, &[Text, Json, Env]),
        ],
    )?;

    let strictness = args.realm.strictness();
    let source = |field| args.realm.source(field);
    let realm = args.realm.realm()?.unwrap_or_default();
    let mut issues = Issues::new(strictness);
    let domain = args.realm.domain.as_deref();
    let credential = Credential::check(&args.username, domain, realm, &mut issues);
    let app_id = args.app_id.as_deref().and_then(|id| AppId::check(id, &mut issues));
    let realm_id = args.realm_id.as_deref().and_then(|id| RealmId::check(id, &mut issues));
    warnings.finish(issues, source)?;
    let credential = credential.expect("otherwise, there is an error");
    let format = match args.format {
        Text => Format::Text,
        Env => Format::Env,
        Json => Format::Json,
        Xml => Format::CreateXml { with_realm: args.with_realm },
        UpdateXml => Format::UpdateXml { realm_id: realm_id.expect("the format requires it") },
    };
    let inputs: Vec<_> = args.password.file().into_iter().collect();
    let destination = Destination::new(args.output, &args.generate, &inputs)?;

    let password = if generate {
        Password::generate().context("--generate-password: the system has no random bytes")?
    } else {
        password_source::read(args.password, &whose(&credential), Purpose::Create, warnings)?
    };
    let entry = Entry::new(credential, &password);
    let entry = Entry { app_id, password: is_unsaved.then(|| password.clone()), ..entry };
    let write_password = |out: &mut File| {
        out.write_all(password.as_bytes())?;
        out.write_all(b"\n")
    };
    destination.write_all(&[&|out| format.write([entry.clone()], out)], Some(&write_password))
}
