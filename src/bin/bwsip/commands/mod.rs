//! What each command does: arguments in, calls to the library, output out.

pub mod batch;
pub mod call;
pub mod hash;
pub mod verify;

use std::env;

use anyhow::{Context as _, ensure};
use bwsip::{Credential, Field, Finding, Parts, Rules};
use clap::ValueEnum;

use crate::cli::{RealmArgs, WhoArgs};
use crate::input::text;
use crate::messages::Warnings;

const REALM_VARIABLE: &str = "BWSIP_REALM";

/// What the XML formats have no place for.
const UNKEPT_PASSWORD: &str = "--generate-password without --password-out";

/// Domain and realm as the user typed them.
pub struct Place {
    /// The domain, if one was given.
    pub domain: Option<String>,
    /// The realm, if one was given.
    pub realm: Option<String>,
    realm_flag: &'static str,
    /// Whether Bandwidth's rules are errors or warnings.
    pub rules: Rules,
}

impl Place {
    /// Takes the realm from the environment where there is no flag. Fails on anything that is not
    /// UTF-8.
    pub fn new(args: RealmArgs) -> anyhow::Result<Self> {
        let (realm_flag, realm) = match args.realm {
            Some(realm) => ("--realm", Some(realm)),
            None => (REALM_VARIABLE, env::var_os(REALM_VARIABLE)),
        };
        Ok(Place {
            domain: text("--domain", args.domain)?,
            realm: text(realm_flag, realm)?,
            realm_flag,
            rules: if args.lenient { Rules::Lenient } else { Rules::Strict },
        })
    }

    /// The realm, if a flag gave it.
    pub fn realm_flag(&self) -> Option<&str> {
        self.realm.as_deref().filter(|_| self.realm_flag == "--realm")
    }

    /// The realm, which has to be there.
    pub fn needed_realm(&self) -> anyhow::Result<&str> {
        needed_realm(self.realm.as_deref())
    }

    /// Gives what was checked, or fails with the errors among the findings; each names its flag or
    /// variable. Prints the warnings.
    pub fn settle<T>(
        &self,
        checked: Result<(T, Vec<Finding>), Vec<Finding>>,
        warnings: &Warnings,
    ) -> anyhow::Result<T> {
        let flag = |finding: &Finding| match finding.field {
            Field::Realm => self.realm_flag.to_owned(),
            field => format!("--{}", field.name().replace('_', "-")),
        };
        match checked {
            Ok((value, advice)) => {
                warnings.advise(&advice, flag);
                Ok(value)
            }
            Err(findings) => Err(warnings.refuse(findings, self.rules, flag)),
        }
    }
}

/// A realm that has to be there.
fn needed_realm(realm: Option<&str>) -> anyhow::Result<&str> {
    realm.with_context(|| {
        format!(
            "no realm: use --realm or {REALM_VARIABLE}, with the realm's full host name, such as \
             custxx.auth.bandwidth.com"
        )
    })
}

/// Whose credential it is, as the user typed it.
pub struct Who {
    username: String,
    place: Place,
}

impl Who {
    /// Fails when there is no realm, and on anything that is not UTF-8.
    pub fn new(args: WhoArgs) -> anyhow::Result<Self> {
        let place = Place::new(args.realm)?;
        place.needed_realm()?;
        let username = text("--username", Some(args.username))?.unwrap_or_default();
        Ok(Who { username, place })
    }

    /// The parts that every command has.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            username: &self.username,
            domain: self.place.domain.as_deref(),
            realm: self.place.realm.as_deref().unwrap_or_default(),
            ..Parts::default()
        }
    }

    /// Checks `parts`, which are these or more.
    pub fn check<'a>(
        &self,
        parts: Parts<'a>,
        warnings: &Warnings,
    ) -> anyhow::Result<Credential<'a>> {
        self.place.settle(parts.check(self.place.rules), warnings)
    }
}

/// What tells the person at a prompt which password is meant.
fn whose(login: &str, realm: &str) -> String {
    format!("{login} on {realm}")
}

/// Refuses what a format has no place for: left out in silence, it would be missed too late.
/// `takers` has flags, whether each was given, and the formats that have a place for it.
fn check_format<F: ValueEnum + PartialEq>(
    format: &F,
    takers: &[(&str, bool, &[F])],
) -> anyhow::Result<()> {
    for (flag, given, formats) in takers {
        let names: Vec<_> = formats.iter().map(name).collect();
        ensure!(
            !given || formats.contains(format),
            "{flag}: the format {} has no place for it: use {}",
            name(format),
            names.join(" or "),
        );
    }
    Ok(())
}

fn name(format: &impl ValueEnum) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}
