//! What each command does: arguments in, calls to the library, output out.

pub mod hash;

use std::env;
use std::ffi::OsString;

use anyhow::{Context as _, bail};
use bwsip::{Credential, Field, Finding, Parts, Rules};

use crate::cli::WhoArgs;
use crate::message::Warnings;

const REALM_VARIABLE: &str = "BWSIP_REALM";

/// What the user typed, as text.
pub struct Who {
    username: String,
    domain: Option<String>,
    realm: String,
    realm_place: &'static str,
    rules: Rules,
}

impl Who {
    /// Takes the realm from the environment where there is no flag.
    ///
    /// Fails when there is no realm at all, and on anything that is not UTF-8.
    pub fn new(args: WhoArgs) -> anyhow::Result<Self> {
        let (realm_place, realm) = match (args.realm, env::var_os(REALM_VARIABLE)) {
            (Some(realm), _) => ("--realm", realm),
            (None, Some(realm)) => (REALM_VARIABLE, realm),
            (None, None) => bail!(
                "no realm: use --realm or {REALM_VARIABLE}, with the realm's full host name, \
                 such as custxx.auth.bandwidth.com"
            ),
        };
        Ok(Who {
            username: text("--username", args.username)?,
            domain: args.domain.map(|domain| text("--domain", domain)).transpose()?,
            realm: text(realm_place, realm)?,
            realm_place,
            rules: if args.lenient { Rules::Lenient } else { Rules::Strict },
        })
    }

    /// The parts that every command has.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            username: &self.username,
            domain: self.domain.as_deref(),
            realm: &self.realm,
            ..Parts::default()
        }
    }

    /// Checks `parts`, and names the flag or the variable that each finding is about.
    pub fn check<'a>(
        &self,
        parts: Parts<'a>,
        warnings: &Warnings,
    ) -> anyhow::Result<Credential<'a>> {
        let place = |finding: &Finding| match finding.field {
            Field::Realm => self.realm_place.to_owned(),
            field => format!("--{}", field.name().replace('_', "-")),
        };
        match parts.check(self.rules) {
            Ok((credential, advice)) => {
                warnings.advise(&advice, place);
                Ok(credential)
            }
            Err(findings) => Err(warnings.refuse(findings, self.rules, place)),
        }
    }
}

/// An argument as text. What is not UTF-8 can't be put into a document.
pub fn text(flag: &str, value: OsString) -> anyhow::Result<String> {
    value
        .into_string()
        .ok()
        .with_context(|| format!("{flag}: not UTF-8: type it in a UTF-8 terminal"))
}
