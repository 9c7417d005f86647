//! Compares the rows of a batch with the credentials that Bandwidth stores.

use std::collections::{HashMap, HashSet};
use std::ptr;

use crate::answer::{BandwidthError, Index, SipCredential, on_realm};
use crate::batch::{Batch, BatchError, Row, RowIssues, no_random_bytes};
use crate::diagnosis::WrittenDigest;
use crate::document::Entry;
use crate::verification::{Check, Given, Sides, explain};
use crate::{AppId, Digests, Field, Issue, IssueKind, Password};

/// The result of comparing the rows of a batch with a document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Comparison<'a> {
    /// The rows, in the order of the batch.
    pub rows: Vec<ComparedRow<'a>>,
    /// The credentials of the document that no row has, in its order.
    pub not_in_file: Vec<&'a SipCredential>,
}

/// A row and what the document has about it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ComparedRow<'a> {
    /// The row.
    pub row: &'a Row<'a>,
    /// The credentials of the row's name on its realm or, if there are none, those on other realms.
    pub entries: &'a [&'a SipCredential],
    /// The result.
    pub state: RowState<'a>,
}

/// What became of a row. The first that applies counts.
#[derive(Clone, Copy, Debug)]
pub enum RowState<'a> {
    /// The document has other digests in one entry at least.
    Differs,
    /// Bandwidth refused it.
    Refused(&'a BandwidthError),
    /// The document has its name on another realm only.
    Elsewhere,
    /// The document does not have its name, but perhaps one with the same username and another domain.
    Missing(Option<&'a SipCredential>),
    /// The document has its name. Digests cannot be compared, because one of the sides has none.
    FoundByName,
    /// The digests are the same.
    Matches,
}

impl<'a> Comparison<'a> {
    /// Compares each row of a batch with a document: Bandwidth's answer to the batch, or its list of
    /// credentials. Names on different realms are different credentials.
    ///
    /// If passwords are [optional](crate::batch::Passwords::Optional), a row without one is only looked
    /// up, and differences can be [explained](ComparedRow::explain).
    #[must_use]
    pub fn new(batch: &'a Batch<'_>, document: &'a Index<'a>) -> Comparison<'a> {
        let rows: Vec<_> = batch.rows().map(|row| ComparedRow::new(row, document)).collect();
        // A credential without a realm may be on that of any row.
        let keys = rows.iter().flat_map(|compared| {
            let realm = compared.row.credential().realm().as_str();
            [Some(realm), None].map(|realm| on_realm(&compared.row.credential().name(), realm))
        });
        let keys: HashSet<_> = keys.collect();
        let is_in_file = |entry: &&&SipCredential| {
            keys.contains(&on_realm(&entry.name().unwrap_or_default(), entry.realm.as_deref()))
        };
        let others = document.entries().iter().filter(|entry| !is_in_file(entry));
        let not_in_file = others.copied().collect();
        Comparison { rows, not_in_file }
    }
}

impl<'a> ComparedRow<'a> {
    fn new(row: &'a Row<'a>, document: &'a Index<'a>) -> ComparedRow<'a> {
        let (name, realm) = (row.credential().name(), Some(row.credential().realm().as_str()));
        let mut entries = document.select(&name, realm);
        let has_digests = |it: &&SipCredential| it.hash1.is_some() || it.hash1b.is_some();
        let is_elsewhere = |it: &&SipCredential| {
            it.realm.is_some() && on_realm(&name, it.realm.as_deref()) != on_realm(&name, realm)
        };
        let error = document.errors(&name, realm).next();
        let is_on_realm = !entries.first().is_some_and(is_elsewhere);
        let state = if is_on_realm && entries.iter().any(|entry| differs(entry, row)) {
            RowState::Differs
        } else if let Some(error) = error {
            RowState::Refused(error)
        } else if !is_on_realm {
            // There may be one on each of very many realms.
            entries = &entries[..1];
            RowState::Elsewhere
        } else if entries.is_empty() {
            RowState::Missing(document.namesake(&name))
        } else if row.digests.is_some() && entries.iter().any(has_digests) {
            RowState::Matches
        } else {
            RowState::FoundByName
        };
        ComparedRow { row, entries, state }
    }

    /// Explains the difference between the row and its first entry that differs, and compares the others.
    #[must_use]
    pub fn explain(&self) -> Vec<Check> {
        let realm = Some(self.row.credential().realm().as_str());
        let sides = Sides {
            name: self.row.credential().name(),
            given: Given { realm, ..Given::default() },
            password: self.row.password.as_deref(),
            entries: self.entries.to_vec(),
            ..Sides::default()
        };
        explain(&sides, 1).checks
    }
}

/// What it takes to make Bandwidth's credentials those of a batch. Nothing is deleted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan<'a> {
    /// The credentials to be created.
    pub create: Vec<Step<'a>>,
    /// The credentials whose digests have to be changed.
    pub change: Vec<Step<'a>>,
    /// The rows whose credentials are left as they are.
    pub leave: Vec<&'a Row<'a>>,
    /// The credentials of the document that no row has.
    pub not_in_file: Vec<&'a SipCredential>,
}

/// A credential to be created or changed.
#[derive(Debug)]
#[non_exhaustive]
pub struct Step<'a> {
    /// The row.
    pub row: &'a Row<'a>,
    /// The stored credential to be changed.
    pub stored: Option<&'a SipCredential>,
    /// The entry of the request, with the password if it was generated. A change keeps the app id.
    pub entry: Entry<'a>,
}

impl<'a> Plan<'a> {
    /// Makes a plan from a comparison with Bandwidth's list. The passwords of the batch must be
    /// [optional](crate::batch::Passwords::Optional).
    ///
    /// Where the digests of a stored credential cannot be compared, because the row has no password or
    /// the list no digests, it is left, unless `rotate`. If a row without a password has to be created or
    /// rotated, one is generated if `generate`.
    ///
    /// # Errors
    ///
    /// Returns an error with the rows that lack a password.
    pub fn new(
        comparison: Comparison<'a>,
        rotate: bool,
        generate: bool,
    ) -> Result<Plan<'a>, BatchError> {
        let Comparison { rows, not_in_file } = comparison;
        let mut plan = Plan { create: vec![], change: vec![], leave: vec![], not_in_file };
        let mut errors = RowIssues::default();
        let mut lines = HashMap::new();
        for ComparedRow { row, entries, state } in rows {
            let is_here = !matches!(state, RowState::Elsewhere);
            for stored in entries.iter().copied().filter(|_| is_here) {
                let line = *lines.entry(ptr::from_ref(stored)).or_insert(row.line);
                if line != row.line {
                    let problem = format!(
                        "line {line} has the same credential in the list, which has no Realm"
                    );
                    let remedy = "make a plan for each realm, with the list of that realm";
                    errors.add(
                        row.line,
                        vec![Issue::new(Field::Realm, IssueKind::NeverValid, problem, remedy)],
                    );
                }
            }
            let stored: Vec<_> = match state {
                RowState::Elsewhere => vec![None],
                _ if entries.is_empty() => vec![None],
                _ => {
                    let is_outdated = |entry: &&SipCredential| match &row.digests {
                        Some(digests) if !matches!(state, RowState::FoundByName) => {
                            !has_digests(entry, digests)
                        }
                        _ => rotate,
                    };
                    entries.iter().copied().filter(is_outdated).map(Some).collect()
                }
            };
            if stored.is_empty() {
                plan.leave.push(row);
            }
            for stored in stored {
                let steps = if stored.is_some() { &mut plan.change } else { &mut plan.create };
                match entry(row, generate) {
                    Ok(mut entry) => {
                        if let Some(stored) = stored {
                            // Nobody says whether leaving it out clears it.
                            entry.app_id = stored.app_id.as_deref().map(AppId);
                        }
                        steps.push(Step { row, stored, entry });
                    }
                    Err(issue) => errors.add(row.line, vec![issue]),
                }
            }
        }
        match errors.total {
            0 => Ok(plan),
            _ => Err(BatchError { errors, warnings: RowIssues::default() }),
        }
    }
}

/// Returns the entry of a row, with a generated password if the row has none and `generate`.
fn entry<'a>(row: &Row<'a>, generate: bool) -> Result<Entry<'a>, Issue> {
    if let Some(entry) = row.entry() {
        return Ok(Entry { password: None, ..entry });
    }
    if !generate {
        return Err(Issue::new(Field::Password, IssueKind::Empty, "empty", "fill the cell"));
    }
    let password = Password::generate().map_err(no_random_bytes)?;
    let entry = Entry::new(row.credential(), &password);
    Ok(Entry { app_id: row.app_id(), password: Some(password), ..entry })
}

/// Returns true if an entry has both digests. One without Hash1b refuses clients that log in with it.
fn has_digests(entry: &SipCredential, digests: &Digests) -> bool {
    let is_same =
        |written: &Option<WrittenDigest>, digest| written.as_ref().is_some_and(|it| it.is(digest));
    is_same(&entry.hash1, &digests.hash1) && is_same(&entry.hash1b, &digests.hash1b)
}

/// Returns true if an entry differs from a row: in its digests, in its realm, or by white space around
/// its name. What one of them lacks is not compared.
fn differs(entry: &SipCredential, row: &Row<'_>) -> bool {
    let is_other =
        |written: &Option<WrittenDigest>, digest| written.as_ref().is_some_and(|it| !it.is(digest));
    let realm = row.credential().realm().as_str();
    let names = [&entry.username, &entry.domain];
    names.into_iter().flatten().any(|it| it.trim() != it)
        || entry.realm.as_deref().is_some_and(|it| it != realm)
        || row.digests.as_ref().is_some_and(|digests| {
            is_other(&entry.hash1, &digests.hash1) || is_other(&entry.hash1b, &digests.hash1b)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;
    use crate::batch::{Options, Passwords};
    use crate::diagnosis::Diagnosis;
    use crate::{Realm, Strictness};

    const REALM: &str = "custxx.auth.bandwidth.com";

    /// The digests of Bandwidth's guide.
    const BOB: &str = "<SipCredential><UserName>BOB</UserName><Domain>somewhere.com</Domain>\
        <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1>\
        <Hash1b>39679d2a73c2e1ea719621bc0d8fdac8</Hash1b></SipCredential>";

    /// Returns lines and states of the rows that do not match, the numbers of those that match and that
    /// are found by name, and the number of credentials that are not in the file.
    #[track_caller]
    fn outcome(file: &str, document: &str) -> (Vec<(u64, String)>, [usize; 3]) {
        let document = format!("<S>{document}</S>");
        let document = Answer::read(document.as_bytes()).expect("it is XML");
        let realm = Realm::new(REALM, Strictness::Strict).expect("it is valid");
        let passwords = Passwords::Optional;
        let options = Options { realm: Some(realm), passwords, ..Options::default() };
        let mut file = file.as_bytes().to_vec();
        let (batch, _) = Batch::parse(&mut file, &options).expect("the rows are valid");
        let index = Index::new(&document);
        let comparison = Comparison::new(&batch, &index);
        let (mut rows, mut matching, mut found_by_name) = (vec![], 0, 0);
        for row in &comparison.rows {
            let state = match row.state {
                RowState::Differs | RowState::Elsewhere => {
                    let checks = row.explain();
                    let wrong = checks.iter().filter(|check| !check.matches());
                    let names = wrong.map(|check| match &check.diagnosis {
                        Diagnosis::Explained(them) => them[0].mistakes()[0].name,
                        Diagnosis::Differs { .. } => "differs",
                        _ => "unknown",
                    });
                    names.collect::<Vec<_>>().join(" ")
                }
                RowState::Refused(error) => format!("refused {}", error.code),
                RowState::Missing(_) => "missing".to_owned(),
                RowState::FoundByName => {
                    found_by_name += 1;
                    continue;
                }
                RowState::Matches => {
                    matching += 1;
                    continue;
                }
            };
            rows.push((row.row.line, state));
        }
        (rows, [matching, found_by_name, comparison.not_in_file.len()])
    }

    fn wrong(line: u64, fault: &str) -> Vec<(u64, String)> {
        vec![(line, fault.to_owned())]
    }

    #[test]
    fn rows_that_are_there() {
        let row = "username,domain,password\nbob,somewhere.com,password\n";
        assert_eq!(outcome(row, BOB), (vec![], [1, 0, 0]));
        let composite = "username,password\nbob@somewhere.com,password\n";
        assert_eq!(outcome(composite, BOB), (vec![], [1, 0, 0]));
        // With only one of the digests, or without either, and without a password.
        let (start, rest) = BOB.split_once("<Hash1>").expect("it is there");
        let (_, hash1b) = rest.split_once("</Hash1>").expect("it is there");
        assert_eq!(outcome(row, &format!("{start}{hash1b}")), (vec![], [1, 0, 0]));
        let (hash1, _) = BOB.split_once("<Hash1b>").expect("it is there");
        let hash1 = format!("{hash1}</SipCredential>");
        assert_eq!(outcome(row, &hash1), (vec![], [1, 0, 0]));
        let (name, _) = BOB.split_once("<Hash1>").expect("it is there");
        let name = format!("{name}</SipCredential>");
        assert_eq!(outcome(row, &name), (vec![], [0, 1, 0]));
        let no_password = "username,domain\nbob,somewhere.com\n";
        assert_eq!(outcome(no_password, BOB), (vec![], [0, 1, 0]));
        // Of several entries, the one on the realm of the row counts.
        let elsewhere = BOB.replace("<Hash1>8", "<Realm>b.example.com</Realm><Hash1>9");
        let here = BOB.replace("<Hash1>", &format!("<Realm>{REALM}</Realm><Hash1>"));
        assert_eq!(outcome(row, &(elsewhere + &here)), (vec![], [1, 0, 1]));
        let elsewhere = BOB.replace("BOB", "eve");
        assert_eq!(outcome(row, &(elsewhere + BOB)), (vec![], [1, 0, 1]));
    }

    #[test]
    fn rows_that_are_not() {
        let row = "username,domain,password\nbob,somewhere.com,password\n";
        assert_eq!(outcome(row, ""), (wrong(2, "missing"), [0, 0, 0]));
        let nobody = "username,password\nbob,password\n";
        assert_eq!(outcome(nobody, BOB), (wrong(2, "missing"), [0, 0, 1]));
        let one = BOB.replace("bfb2</Hash1>", "bfb3</Hash1>");
        assert_eq!(outcome(row, &one), (wrong(2, "digits"), [0, 0, 0]));
        let other = BOB.replace("dac8</Hash1b>", "dac9</Hash1b>");
        assert_eq!(outcome(row, &other), (wrong(2, "digits"), [0, 0, 0]));
        let uppercase = BOB.replace("817d76e9", "817D76E9");
        assert_eq!(outcome(row, &uppercase), (wrong(2, "notation"), [0, 0, 0]));
        let space = BOB.replace("BOB", " BOB ");
        assert_eq!(outcome(row, &space), (wrong(2, "differs"), [0, 0, 0]));
        let elsewhere = BOB.replace("<Hash1>", "<Realm>b.example.com</Realm><Hash1>");
        assert_eq!(outcome(row, &elsewhere), (wrong(2, "differs"), [0, 0, 1]));
        let error = |inner: &str| format!("<Error><ErrorCode>23000</ErrorCode>{inner}</Error>");
        let named = error("<SipCredential><UserName>Bob@somewhere.com</UserName></SipCredential>");
        assert_eq!(outcome(row, &named), (wrong(2, "refused 23000"), [0, 0, 0]));
        let told = error("<Description>bob@somewhere.com is there</Description>");
        assert_eq!(outcome(row, &told), (wrong(2, "refused 23000"), [0, 0, 0]));
        assert_eq!(outcome(row, &error("")), (wrong(2, "missing"), [0, 0, 0]));
        // A refusal is reported whether or not the entry is there, but a wrong entry comes first.
        assert_eq!(outcome(row, &(named.clone() + BOB)), (wrong(2, "refused 23000"), [0, 0, 0]));
        assert_eq!(outcome(row, &(named.clone() + &one)), (wrong(2, "digits"), [0, 0, 0]));
        // An error about another realm is about another credential.
        let there = named.replace("</UserName>", "</UserName><Realm>b.example.com</Realm>");
        assert_eq!(outcome(row, &(there + BOB)), (vec![], [1, 0, 0]));
        // Of two entries, both have to be right.
        assert_eq!(outcome(row, &(BOB.to_owned() + BOB)), (vec![], [1, 0, 0]));
        assert_eq!(outcome(row, &(BOB.to_owned() + &one)), (wrong(2, "digits"), [0, 0, 0]));
    }
}
