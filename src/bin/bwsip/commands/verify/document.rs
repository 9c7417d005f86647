//! The documents that have the digests.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use bwsip::sip_credentials::{BandwidthError, Name, ReadError, SipCredential, SipCredentials};
use bwsip::verification::{Account, Given, Response, StoredDigests};

use super::realm;
use crate::input::open;
use crate::messages::{Errors, Warnings};

/// One document, or the pages of one.
pub struct Document {
    /// The name of the file, or of the files.
    name: String,
    contents: SipCredentials,
    /// Whether any of the accounts was refused.
    has_refusals: bool,
}

/// The most errors that are printed.
const MOST_ERRORS: usize = 20;

fn name_of(account: &Account) -> Name<'_> {
    Name { username: &account.username, domain: account.domain.as_deref() }
}

impl Document {
    /// Reads documents, and keeps the credentials of the accounts; none if there is no document.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read, or is not XML.
    pub fn read(paths: &[PathBuf], accounts: &[Account]) -> anyhow::Result<Option<Document>> {
        let is_wanted =
            |entry: &SipCredential| accounts.iter().any(|it| name_of(it).matches(entry));
        if paths.is_empty() {
            return Ok(None);
        }
        let (name, contents) = read_pages(paths, is_wanted)?;
        let is_refused = |error| accounts.iter().any(|it| name_of(it).is_named_in(error));
        let has_refusals = contents.errors.iter().any(is_refused);
        Ok(Some(Document { name, contents, has_refusals }))
    }

    /// Returns Bandwidth's errors that are about one of the accounts, and warns of the others.
    ///
    /// # Errors
    ///
    /// Fails if there is nothing but errors about others.
    pub fn refusals(
        &self,
        accounts: &[Account],
        warnings: &Warnings,
    ) -> anyhow::Result<Vec<BandwidthError>> {
        let errors = self.contents.errors.iter().cloned();
        let (refusals, others): (Vec<_>, Vec<_>) =
            errors.partition(|error| accounts.iter().any(|it| name_of(it).is_named_in(error)));
        let mut lines: Vec<_> = others
            .iter()
            .take(MOST_ERRORS)
            .map(|error| format!("--xml: {}: {}", self.name, describe(error)))
            .collect();
        if others.len() > MOST_ERRORS {
            lines.push(format!("--xml: {}: {} more errors", self.name, others.len() - MOST_ERRORS));
        }
        if self.contents.total == 0 && refusals.is_empty() && !lines.is_empty() {
            bail!(Errors(lines));
        }
        if self.contents.total > 0 && !others.is_empty() {
            let refused = self.contents.errors.len();
            warnings.warn(format_args!(
                "--xml: {}: Bandwidth accepted {} credentials and refused {refused}: correct those and \
                 post them again",
                self.name, self.contents.total
            ));
        }
        for line in lines {
            warnings.warn(line);
        }
        Ok(refusals)
    }

    /// Returns the digests of an account; none if Bandwidth refused to store them.
    ///
    /// # Errors
    ///
    /// Fails if the document has none, or if the realm is nowhere.
    pub fn digests_of(
        &self,
        account: &Account,
        given: &Given<'_>,
        responses: &[Response<'_>],
    ) -> anyhow::Result<Vec<StoredDigests>> {
        let Document { name, contents, has_refusals } = self;
        let entries = contents.select(name_of(account), given.realm);
        if entries.is_empty() && *has_refusals {
            return Ok(vec![]);
        }
        ensure!(
            contents.total > 0,
            "--xml: {name} has no SipCredential in it: give a document that was sent to Bandwidth, or \
             that it answered"
        );
        ensure!(
            !entries.is_empty() || given.username.is_some(),
            "--xml: {name} has no entry for {:?}, among {}: choose another one with --username",
            account.composite_username(),
            contents.total
        );
        ensure!(
            !entries.is_empty(),
            "--xml: {name} has no entry for this username and domain, among {}: check --username and \
             --domain",
            contents.total
        );
        ensure!(
            entries.iter().any(|entry| entry.hash1.is_some() || entry.hash1b.is_some()),
            "--xml: {name} has an entry with neither Hash1 nor Hash1b: give a document that has them"
        );
        entries.into_iter().map(|entry| stored(entry, account, given, responses)).collect()
    }
}

/// Reads documents as one, and returns their names, too.
pub fn read_pages(
    paths: &[PathBuf],
    is_wanted: impl Fn(&SipCredential) -> bool,
) -> anyhow::Result<(String, SipCredentials)> {
    let mut contents = SipCredentials::default();
    let mut names = vec![];
    for path in paths {
        let (name, input) = open(path).context("--xml")?;
        let page = SipCredentials::read(input, &is_wanted).map_err(|error| match error {
            ReadError::Io(error) => {
                anyhow::Error::new(error).context(format!("--xml: can't read {name}"))
            }
            error => anyhow::anyhow!("--xml: {name} is {error}"),
        })?;
        contents.append(page);
        names.push(name);
    }
    Ok((names.join(", "), contents))
}

fn stored(
    entry: &SipCredential,
    account: &Account,
    given: &Given<'_>,
    responses: &[Response<'_>],
) -> anyhow::Result<StoredDigests> {
    // A composite username has the domain in it already.
    let is_alone =
        entry.username.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&account.username));
    let domain = account.domain.clone().or_else(|| entry.domain.clone().filter(|_| is_alone));
    let realm = realm(given, entry.realm.as_deref(), responses)?;
    Ok(StoredDigests::new(account.username.clone(), domain, realm, entry))
}

/// Describes an error: Bandwidth's words, and what to do.
pub fn describe(error: &BandwidthError) -> String {
    let remedy = error.remedy().map_or(String::new(), |remedy| format!(": {remedy}"));
    let words = match error.description.trim_end_matches('.') {
        "" => String::new(),
        words => format!(": {words}"),
    };
    format!("Bandwidth error {}{words}{remedy}", error.code)
}
