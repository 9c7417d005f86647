//! `bwsip hash`: one credential.

use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, bail};
use bwsip::document::{Entry, Format, GeneratedPassword};
use bwsip::{AppId, Credential, Digests, Invalid, Password, RealmId};

use super::{UNSAVED_PASSWORD, check_format, whose};
use crate::cli::{HashArgs, HashFormat};
use crate::messages::{Errors, Warnings};
use crate::output::{Contents, Destination};
use crate::password_source::{self, Purpose};

/// Hashes one credential. Checks everything else before it asks for a password.
pub fn run(args: HashArgs, warnings: &Warnings) -> anyhow::Result<()> {
    use HashFormat::{Env, Json, Text, UpdateXml, Xml};
    let generate = args.generate.generate_password;
    let password_out = args.generate.password_out.as_deref();
    check_format(
        &args.format,
        &[
            ("--app-id", args.app_id.is_some(), &[Xml, UpdateXml, Json]),
            ("--with-realm", args.with_realm, &[Xml]),
            ("--realm-id", args.realm_id.is_some(), &[UpdateXml]),
            (UNSAVED_PASSWORD, generate && password_out.is_none(), &[Text, Json, Env]),
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
    let format = match (args.format, realm_id) {
        (Text, _) => Format::Text,
        (Env, _) => Format::Env,
        (Json, _) => Format::Json,
        (Xml, _) => Format::CreateXml { with_realm: args.with_realm },
        (UpdateXml, Some(realm_id)) => Format::UpdateXml { realm_id },
        (UpdateXml, None) => bail!(
            "--realm-id: the format update-xml needs it: give Bandwidth's number of the realm"
        ),
    };
    let destination = Destination::new(args.output, password_out)?;

    let password = match generate {
        true => Password::generate().context("--generate-password: no random bytes")?,
        false => {
            password_source::read(args.password, &whose(&credential), Purpose::Make, warnings)?
        }
    };
    let digests = Digests::new(&credential, &password);
    let generated = generate.then(|| password.as_str().expect("a generated password is ASCII"));
    let in_document = generated.filter(|_| !destination.keeps_password());
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
    let passwords = destination.keeps_password().then_some(&write_password as Contents<'_>);
    destination.write(&|out| format.write([entry], out), passwords)
}
