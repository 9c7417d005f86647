//! Compares the rows of a file with the credentials that Bandwidth stores.

use std::collections::{BTreeMap, HashMap};

use zeroize::Zeroize as _;

use super::row::{HashedRow, Row};
use super::{Batch, BatchError, Options, RowIssues, read_rows};
use crate::secret_buf::SecretBuf;
use crate::sip_credentials::{BandwidthError, Name, SipCredential, SipCredentials};
use crate::verification::{Check, Effort, Sides, StoredDigests, verify_within};
use crate::{Digest, Domain, Password, WrittenDigest};

/// The result of comparing the rows of a file with a document.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Comparison {
    /// The rows that do not match, in the order of the file.
    pub rows: Vec<ComparedRow>,
    /// The number of rows whose digests match.
    pub right: usize,
    /// The number of rows that are in the document but whose digests cannot be compared, because the
    /// row has no password or the document no digests.
    pub named: usize,
}

/// A row that does not match. It contains no password and no digest.
#[derive(Debug)]
#[non_exhaustive]
pub struct ComparedRow {
    /// The line that the row begins on, from 1.
    pub line: u64,
    /// Its name.
    pub name: Name,
    /// Its realm.
    pub realm: String,
    /// The reason.
    pub fault: RowFault,
}

/// The reason why a row does not match.
#[derive(Debug)]
#[non_exhaustive]
pub enum RowFault {
    /// The document has other digests, or another realm, in one entry of this name at least. The
    /// checks of the first [`RowIssues::MAX_ROWS`] such rows explain why; for the others there are none.
    Wrong(Vec<Check>),
    /// The document has no such credential.
    Missing,
    /// Bandwidth refused it, whether or not the document has the right credential nevertheless.
    Refused(BandwidthError),
}

impl Comparison {
    /// Compares each row of a file with a document: Bandwidth's answer to the batch, or its list of
    /// credentials. Returns the result, and the rows with warnings.
    ///
    /// The file is in the format of [`Batch::parse`], but passwords may be missing. A row without one
    /// is only looked up.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Batch::parse`].
    pub fn new(
        mut file: SecretBuf,
        options: &Options<'_>,
        document: &SipCredentials,
    ) -> Result<(Comparison, RowIssues), BatchError> {
        // Hashing a row overwrites its password, which the explanation of a mismatch needs.
        let mut copy = SecretBuf::from(file.to_vec());
        let options = Options { generate_passwords: true, ..*options };
        let (batch, warnings) = Batch::parse(&mut copy, &options)?;
        let document = Index::new(document);

        let mut comparison = Comparison::default();
        let mut wrong = BTreeMap::new();
        for row in &batch.rows {
            let entries = document.entries(row);
            let fault = if entries.iter().any(|entry| !is_right(entry, row)) {
                if wrong.len() < RowIssues::MAX_ROWS {
                    wrong.insert(row.line, (comparison.rows.len(), stored(&entries, row)));
                }
                RowFault::Wrong(vec![])
            } else if let Some(error) = document.error(row) {
                RowFault::Refused(error.clone())
            } else if entries.is_empty() {
                RowFault::Missing
            } else {
                if row.generated.is_none()
                    && entries.iter().any(|it| it.hash1.is_some() || it.hash1b.is_some())
                {
                    comparison.right += 1;
                } else {
                    comparison.named += 1;
                }
                continue;
            };
            comparison.rows.push(ComparedRow {
                line: row.line,
                name: name(row),
                realm: row.credential.realm().as_str().to_owned(),
                fault,
            });
        }
        for (index, checks) in explain(&mut file, &options, &wrong)? {
            comparison.rows[index].fault = RowFault::Wrong(checks);
        }
        Ok((comparison, warnings))
    }
}

/// Returns true if nothing in an entry differs from a row. What the entry lacks is not compared.
fn is_right(entry: &SipCredential, row: &HashedRow<'_>) -> bool {
    let is_same = |written: &Option<WrittenDigest>, digest: &Digest| {
        written.as_ref().is_none_or(|it| it.digest().as_ref() == Some(digest))
    };
    let is_same_realm =
        entry.realm.as_deref().is_none_or(|it| it == row.credential.realm().as_str());
    let digests = &row.digests;
    // The digests of a row without a password are those of a generated one.
    let has_no_password = row.generated.is_some();
    is_same_realm
        && (has_no_password
            || is_same(&entry.hash1, &digests.hash1) && is_same(&entry.hash1b, &digests.hash1b))
}

/// Returns the digests of the entries of a row.
fn stored(entries: &[&SipCredential], row: &HashedRow<'_>) -> Vec<StoredDigests> {
    let (name, realm) = (name(row), row.credential.realm().as_str());
    let stored = |entry: &&SipCredential| StoredDigests::new(name.clone(), realm.to_owned(), entry);
    entries.iter().map(stored).collect()
}

/// Explains the mismatches in `wrong`, which has the index and the stored digests of each row, by its
/// line. Returns the index and the checks of each row.
fn explain(
    file: &mut [u8],
    options: &Options<'_>,
    wrong: &BTreeMap<u64, (usize, Vec<StoredDigests>)>,
) -> Result<Vec<(usize, Vec<Check>)>, BatchError> {
    let (rows, _) = read_rows(file, options)?;
    let mut effort = Effort::default();
    let mut explained = vec![];
    for row in rows {
        let Row::Unchecked(line, [.., password]) = row else { continue };
        if let Some((index, digests)) = wrong.get(&line) {
            // A row without a password is explained, too, if its realm is wrong.
            let password = Password::new(password.to_vec().into()).ok();
            let sides = Sides { password: password.as_ref(), digests, ..Sides::default() };
            explained.push((*index, verify_within(&sides, &mut effort).checks));
        }
        password.zeroize();
    }
    Ok(explained)
}

/// The credentials and errors of a document, by the keys of their names.
struct Index<'a> {
    entries: HashMap<String, Vec<&'a SipCredential>>,
    errors: HashMap<String, Vec<&'a BandwidthError>>,
}

impl<'a> Index<'a> {
    fn new(document: &'a SipCredentials) -> Index<'a> {
        let mut index = Index { entries: HashMap::new(), errors: HashMap::new() };
        for entry in &document.entries {
            if let Some(username) = &entry.username {
                let key = Name::new(username, entry.domain.as_deref()).key();
                index.entries.entry(key).or_default().push(entry);
            }
        }
        for error in &document.errors {
            for key in error.name_keys() {
                index.errors.entry(key).or_default().push(error);
            }
        }
        index
    }

    /// Returns the entries of a row: those on its realm or, if there are none, on any realm.
    fn entries(&self, row: &HashedRow<'_>) -> Vec<&'a SipCredential> {
        let mut entries = self.entries.get(&name(row).key()).cloned().unwrap_or_default();
        let realm = Some(row.credential.realm().as_str());
        if entries.iter().any(|entry| entry.realm.as_deref() == realm) {
            entries.retain(|entry| entry.realm.as_deref() == realm);
        }
        entries
    }

    /// Returns Bandwidth's first error about a row, if there is one.
    fn error(&self, row: &HashedRow<'_>) -> Option<&'a BandwidthError> {
        let errors = self.errors.get(&name(row).key())?;
        let realm = Some(row.credential.realm().as_str());
        errors.iter().find(|error| error.is_on(realm)).copied()
    }
}

fn name(row: &HashedRow<'_>) -> Name {
    Name::new(row.credential.username(), row.credential.domain().map(Domain::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Diagnosis;
    use crate::{Realm, Strictness};

    const REALM: &str = "custxx.auth.bandwidth.com";

    /// The digests of Bandwidth's guide.
    const BOB: &str = "<SipCredential><UserName>BOB</UserName><Domain>somewhere.com</Domain>\
        <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1>\
        <Hash1b>39679d2a73c2e1ea719621bc0d8fdac8</Hash1b></SipCredential>";

    fn compare(file: &str, document: &str) -> Result<Comparison, BatchError> {
        let document = format!("<S>{document}</S>");
        let document = SipCredentials::read(document.as_bytes(), |_| true).expect("it is XML");
        let realm = Realm::new(REALM, Strictness::Strict).expect("it is valid");
        let options = Options { realm: Some(realm), ..Options::default() };
        let file = SecretBuf::from(file.as_bytes().to_vec());
        Comparison::new(file, &options, &document).map(|(comparison, _)| comparison)
    }

    /// Returns lines and faults of rows, and the numbers of the others.
    #[track_caller]
    fn outcome(file: &str, document: &str) -> (Vec<(u64, String)>, usize, usize) {
        let comparison = compare(file, document).expect("the rows are valid");
        let describe = |row: &ComparedRow| {
            let fault = match &row.fault {
                RowFault::Wrong(checks) => {
                    let wrong = checks.iter().filter(|check| !check.matches());
                    let names = wrong.map(|check| match &check.diagnosis {
                        Diagnosis::Explained(them) => them[0].mistakes()[0].name,
                        Diagnosis::Differs { .. } => "differs",
                        _ => "unknown",
                    });
                    names.collect::<Vec<_>>().join(" ")
                }
                RowFault::Missing => "missing".to_owned(),
                RowFault::Refused(error) => format!("refused {}", error.code),
            };
            (row.line, fault)
        };
        (comparison.rows.iter().map(describe).collect(), comparison.right, comparison.named)
    }

    fn wrong(line: u64, fault: &str) -> Vec<(u64, String)> {
        vec![(line, fault.to_owned())]
    }

    #[test]
    fn rows_that_are_there() {
        let row = "username,domain,password\nbob,somewhere.com,password\n";
        assert_eq!(outcome(row, BOB), (vec![], 1, 0));
        let composite = "username,password\nbob@somewhere.com,password\n";
        assert_eq!(outcome(composite, BOB), (vec![], 1, 0));
        // With only one of the digests, or without either, and without a password.
        let (start, rest) = BOB.split_once("<Hash1>").expect("it is there");
        let (_, hash1b) = rest.split_once("</Hash1>").expect("it is there");
        assert_eq!(outcome(row, &format!("{start}{hash1b}")), (vec![], 1, 0));
        let (hash1, _) = BOB.split_once("<Hash1b>").expect("it is there");
        let hash1 = format!("{hash1}</SipCredential>");
        assert_eq!(outcome(row, &hash1), (vec![], 1, 0));
        let (name, _) = BOB.split_once("<Hash1>").expect("it is there");
        let name = format!("{name}</SipCredential>");
        assert_eq!(outcome(row, &name), (vec![], 0, 1));
        let no_password = "username,domain\nbob,somewhere.com\n";
        assert_eq!(outcome(no_password, BOB), (vec![], 0, 1));
        // Of several entries, the one on the realm of the row counts.
        let elsewhere = BOB.replace("<Hash1>8", "<Realm>b.example.com</Realm><Hash1>9");
        let here = BOB.replace("<Hash1>", &format!("<Realm>{REALM}</Realm><Hash1>"));
        assert_eq!(outcome(row, &(elsewhere + &here)), (vec![], 1, 0));
    }

    #[test]
    fn rows_that_are_not() {
        let row = "username,domain,password\nbob,somewhere.com,password\n";
        assert_eq!(outcome(row, ""), (wrong(2, "missing"), 0, 0));
        let nobody = "username,password\nbob,password\n";
        assert_eq!(outcome(nobody, BOB), (wrong(2, "missing"), 0, 0));
        let one = BOB.replace("bfb2</Hash1>", "bfb3</Hash1>");
        assert_eq!(outcome(row, &one), (wrong(2, "digits"), 0, 0));
        let other = BOB.replace("dac8</Hash1b>", "dac9</Hash1b>");
        assert_eq!(outcome(row, &other), (wrong(2, "digits"), 0, 0));
        let elsewhere = BOB.replace("<Hash1>", "<Realm>b.example.com</Realm><Hash1>");
        assert_eq!(outcome(row, &elsewhere), (wrong(2, "differs"), 0, 0));
        let error = |inner: &str| format!("<Error><ErrorCode>23000</ErrorCode>{inner}</Error>");
        let named = error("<SipCredential><UserName>Bob@somewhere.com</UserName></SipCredential>");
        assert_eq!(outcome(row, &named), (wrong(2, "refused 23000"), 0, 0));
        let told = error("<Description>bob@somewhere.com is there</Description>");
        assert_eq!(outcome(row, &told), (wrong(2, "refused 23000"), 0, 0));
        assert_eq!(outcome(row, &error("")), (wrong(2, "missing"), 0, 0));
        // A refusal is reported whether or not the entry is there, but a wrong entry comes first.
        assert_eq!(outcome(row, &(named.clone() + BOB)), (wrong(2, "refused 23000"), 0, 0));
        assert_eq!(outcome(row, &(named.clone() + &one)), (wrong(2, "digits"), 0, 0));
        // An error about another realm is about another credential.
        let there = named.replace("</UserName>", "</UserName><Realm>b.example.com</Realm>");
        assert_eq!(outcome(row, &(there + BOB)), (vec![], 1, 0));
        // Of two entries, both have to be right.
        assert_eq!(outcome(row, &(BOB.to_owned() + BOB)), (vec![], 1, 0));
        assert_eq!(outcome(row, &(BOB.to_owned() + &one)), (wrong(2, "digits"), 0, 0));
        assert!(matches!(compare("username\na b\n", BOB), Err(BatchError::Rows { .. })));
        assert!(matches!(compare("x\n", BOB), Err(BatchError::File { .. })));
    }

    #[test]
    fn the_first_wrong_rows_are_explained() {
        let names: Vec<_> =
            (1..=RowIssues::MAX_ROWS + 2).map(|number| format!("u{number}")).collect();
        let rows: String = names.iter().map(|name| format!("{name},pw\n")).collect();
        let entry = |name: &String| {
            let digest = "00000000000000000000000000000000";
            format!(
                "<SipCredential><UserName>{name}</UserName><Hash1>{digest}</Hash1></SipCredential>"
            )
        };
        let document: String = names.iter().map(entry).collect();
        let (rows, right, named) = outcome(&format!("username,password\n{rows}"), &document);
        assert_eq!((rows.len(), right, named), (names.len(), 0, 0));
        for (index, (line, fault)) in rows.iter().enumerate() {
            assert_eq!(*line, index as u64 + 2);
            assert_eq!(fault, if index < RowIssues::MAX_ROWS { "unknown" } else { "" });
        }
    }
}
