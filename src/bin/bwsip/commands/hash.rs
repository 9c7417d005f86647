//! `bwsip hash`: one credential.

use std::fs::File;
use std::io::Write as _;

use anyhow::Context as _;
use bwsip::document::{Entry, Format, GeneratedPassword};
use bwsip::{AppId, Credential, Digests, Invalid, Password, RealmId};

use super::{FormatFlag, OutputFormat, check_format, whose};
use crate::cli::{HashArgs, HashFormat};
use crate::messages::{Errors, Warnings};
use crate::output::{Contents, Destination};
use crate::password_source::{self, Purpose};

impl OutputFormat for HashFormat {
    fn flags(&self) -> &'static [FormatFlag] {
        match self {
            HashFormat::Text | HashFormat::Env => &[FormatFlag::UnsavedPassword],
            HashFormat::Xml => &[FormatFlag::AppId, FormatFlag::WithRealm],
            HashFormat::UpdateXml => &[FormatFlag::AppId, FormatFlag::RealmId],
            HashFormat::Json => &[FormatFlag::AppId, FormatFlag::UnsavedPassword],
        }
    }
}

/// Hashes one credential. Everything else is checked before it prompts for a password.
pub fn run(args: HashArgs, warnings: &Warnings) -> anyhow::Result<()> {
    let generate = args.generate.generate_password;
    let password_out = args.generate.password_out.as_deref();
    check_format(
        &args.format,
        &[
            (FormatFlag::AppId, args.app_id.is_some()),
            (FormatFlag::WithRealm, args.with_realm),
            (FormatFlag::RealmId, args.realm_id.is_some()),
            (FormatFlag::UnsavedPassword, generate && password_out.is_none()),
        ],
    )?;

    let strictness = args.realm.strictness();
    let source = |field| args.realm.source(field);
    let realm = args.realm.required_realm()?;
    let credential =
        Credential::parse(&args.username, args.realm.domain.as_deref(), realm, strictness);
    let app_id = args.app_id.as_deref().map(|id| AppId::new(id, strictness)).transpose();
    let realm_id = args.realm_id.as_deref().map(|id| RealmId::new(id, strictness)).transpose();
    let (credential, (app_id, realm_id)) =
        Invalid::both(credential, Invalid::both(app_id, realm_id))
            .map_err(|invalid| Errors::invalid(&invalid, source))?;
    warnings.issues(&credential.warnings(), source);
    warnings.issues(&app_id.map_or(vec![], AppId::warnings), source);
    warnings.issues(&realm_id.map_or(vec![], RealmId::warnings), source);
    let format = match args.format {
        HashFormat::Text => Format::Text,
        HashFormat::Env => Format::Env,
        HashFormat::Json => Format::Json,
        HashFormat::Xml => Format::CreateXml { with_realm: args.with_realm },
        HashFormat::UpdateXml => {
            let missing = "missing --realm-id: the format update-xml requires it: pass Bandwidth's \
                           number of the realm, such as 14";
            Format::UpdateXml { realm_id: realm_id.context(missing)? }
        }
    };
    let destination = Destination::new(args.output, password_out)?;

    let password = if generate {
        Password::generate().context("--generate-password: the system has no random bytes")?
    } else {
        password_source::read(args.password, &whose(&credential), Purpose::Create, warnings)?
    };
    let digests = Digests::new(&credential, &password);
    let generated = generate.then(|| password.as_str().expect("a generated password is ASCII"));
    let in_document = generated.filter(|_| !destination.has_password_file());
    let entry = Entry {
        credential,
        digests: &digests,
        app_id,
        password: in_document.map(GeneratedPassword),
    };
    let write_password = |out: &mut File| match generated {
        Some(password) => writeln!(out, "{password}"),
        None => Ok(()),
    };
    let passwords = destination.has_password_file().then_some(&write_password as Contents<'_>);
    destination.write(&|out| format.write([entry], out), passwords)
}
