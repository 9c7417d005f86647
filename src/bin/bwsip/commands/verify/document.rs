//! Reads the documents that contain the digests.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use bwsip::Name;
use bwsip::answer::{Answer, BandwidthError, Index, ReadError, SipCredential};
use bwsip::verification::{Given, Response, StoredDigests};

use super::realm;
use crate::input::open;
use crate::messages::{Errors, Warnings};

/// One document, or the pages of one.
pub struct Document {
    /// The name of the file, or of the files.
    name: String,
    contents: Answer,
    /// Bandwidth's errors about the wanted names.
    pub refusals: Vec<BandwidthError>,
    /// The keys of the names that `refusals` are about.
    refused: HashSet<String>,
    /// Bandwidth's other errors.
    others: Vec<BandwidthError>,
}

/// The maximum number of errors that are printed.
pub const MAX_ERRORS: usize = 20;

impl Document {
    /// Reads documents, and keeps the credentials with the wanted names. Returns `None` if `paths` is
    /// empty. An error about another realm than `realm` is not a refusal of these names.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read, or is not XML.
    pub fn read(
        paths: &[PathBuf],
        wanted: &[Name],
        realm: Option<&str>,
    ) -> anyhow::Result<Option<Document>> {
        if paths.is_empty() {
            return Ok(None);
        }
        let (name, contents) = read_pages(paths)?;
        let index = Index::new(&contents);
        let mut refused = HashSet::new();
        let mut refusals = vec![];
        for name in wanted {
            for error in index.errors(name, realm) {
                refused.insert(name.key());
                refusals.push(error.clone());
            }
        }
        let others = contents.errors.iter().filter(|it| !refusals.contains(it)).cloned().collect();
        Ok(Some(Document { name, contents, refusals, refused, others }))
    }

    /// Returns true if one of Bandwidth's errors is about this name.
    pub fn is_refused(&self, name: &Name) -> bool {
        self.refused.contains(&name.key())
    }

    /// Warns about the errors that are not about the wanted names.
    ///
    /// # Errors
    ///
    /// Fails if the documents contain nothing but such errors.
    pub fn warn_of_other_errors(&self, warnings: &Warnings) -> anyhow::Result<()> {
        let Document { name, contents, refusals, others, .. } = self;
        let mut lines: Vec<_> = others
            .iter()
            .take(MAX_ERRORS)
            .map(|error| format!("--xml: {name}: {}", describe(error)))
            .collect();
        if others.len() > MAX_ERRORS {
            lines.push(format!("--xml: {name}: {} more errors", others.len() - MAX_ERRORS));
        }
        if contents.entries.is_empty() && refusals.is_empty() && !lines.is_empty() {
            bail!(Errors(lines));
        }
        if !contents.entries.is_empty() && !others.is_empty() {
            let refused = refusals.len() + others.len();
            let credentials =
                if contents.entries.len() == 1 { "credential" } else { "credentials" };
            warnings.warn(format_args!(
                "--xml: {name}: Bandwidth accepted {} {credentials} and refused {refused}: correct \
                 what it refused and post it again",
                contents.entries.len()
            ));
        }
        for line in lines {
            warnings.warn(line);
        }
        Ok(())
    }

    /// Returns the digests of a name; empty if Bandwidth refused to store them.
    ///
    /// # Errors
    ///
    /// Fails if the documents have none, or if the realm is unknown.
    pub fn digests_of(
        &self,
        name: &Name,
        given: &Given<'_>,
        responses: &[Response<'_>],
    ) -> anyhow::Result<Vec<StoredDigests>> {
        let Document { name: file, contents, .. } = self;
        let index = Index::new(contents);
        let mut entries = index.select(name, given.realm);
        if entries.is_empty() {
            entries = index.select(&Name::default(), given.realm);
        }
        if entries.is_empty() && self.is_refused(name) {
            return Ok(vec![]);
        }
        ensure!(
            !contents.entries.is_empty() || !self.refusals.is_empty(),
            "--xml: {file} has no SipCredential in it: give a document that was sent to Bandwidth, or \
             that it answered"
        );
        if let Some(other) = index.namesake(name).filter(|_| entries.is_empty()) {
            let other = other.name().unwrap_or_default().composite_username();
            bail!(
                "--xml: {file} has no entry for {:?}, but one for {other:?}: to check that one, give its \
                 domain",
                name.composite_username()
            );
        }
        ensure!(
            !entries.is_empty() || given.username.is_some(),
            "--xml: {file} has no entry for {:?}, among {}: choose another one with --username",
            name.composite_username(),
            contents.entries.len()
        );
        ensure!(
            !entries.is_empty(),
            "--xml: {file} has no entry for this username and domain, among {}: check --username and \
             --domain",
            contents.entries.len()
        );
        ensure!(
            entries.iter().all(|entry| entry.hash1.is_some() || entry.hash1b.is_some()),
            "--xml: {file} has an entry with neither Hash1 nor Hash1b: give a document that has them"
        );
        entries.iter().map(|entry| stored(entry, name, given, responses)).collect()
    }
}

/// Reads documents as one. Also returns their names, for messages.
pub fn read_pages(paths: &[PathBuf]) -> anyhow::Result<(String, Answer)> {
    let mut contents = Answer::default();
    let mut names = vec![];
    for path in paths {
        let (name, input) = open(path).context("--xml")?;
        let page = Answer::read(input).map_err(|error| match error {
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
    name: &Name,
    given: &Given<'_>,
    responses: &[Response<'_>],
) -> anyhow::Result<StoredDigests> {
    // A composite username already contains the domain.
    let is_alone =
        entry.username.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&name.username));
    let domain = name.domain.as_ref().or(entry.domain.as_ref().filter(|_| is_alone));
    let realm = realm(given, entry.realm.as_deref(), responses)?;
    Ok(StoredDigests::new(Name::new(&name.username, domain.map(String::as_str)), realm, entry))
}

/// Describes an error: its number, its description, and what to do about it.
pub fn describe(error: &BandwidthError) -> String {
    let remedy = error.remedy().map_or(String::new(), |remedy| format!(": {remedy}"));
    let description = match error.description.trim_end_matches('.') {
        "" => String::new(),
        description => format!(": {description}"),
    };
    let code = if error.code.is_empty() { String::new() } else { format!(" {}", error.code) };
    format!("Bandwidth error{code}{description}{remedy}")
}
