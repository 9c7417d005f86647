//! Checks and hashes a CSV file of credentials: all of them, or none if there is an error.
//!
//! ```
//! use bwsip::batch::{Batch, Options};
//! use bwsip::document::Format;
//! use bwsip::{Realm, Strictness};
//!
//! let mut file = *b"username,password\nsipauthtest,password\n";
//! let realm = Realm::new("custxx.auth.bandwidth.com", Strictness::Strict)?;
//! let options = Options { realm: Some(realm), ..Options::default() };
//! let (batch, _warnings) = Batch::parse(&mut file, &options)?;
//!
//! let mut document = Vec::new();
//! Format::Csv { with_password: false }.write(batch.entries(), &mut document)?;
//! assert_eq!(
//!     String::from_utf8(document)?,
//!     "username,domain,realm,app_id,hash1,hash1b\n\
//!      sipauthtest,,custxx.auth.bandwidth.com,,\
//!      fe438bddfc087dda89d29e637f5684ab,79bb0e55551e14a2f329a282c7cf1456\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod comparison;
mod csv;
mod duplicates;
mod row;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::num::NonZero;
use std::thread;

use crate::document::{Entry, GeneratedPassword};
use crate::secret_buf::SecretBuf;
use crate::{AppId, Domain, Field, Issue, IssueKind, Realm, Strictness};

pub use comparison::{ComparedRow, Comparison, RowFault};
use csv::{Fault, MAX_RECORD, Records};
use row::{HashedRow, Layout, Row, row_issue};

/// Options for parsing a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The default for rows without a domain.
    pub domain: Option<Domain<'a>>,
    /// The default for rows without a realm.
    pub realm: Option<Realm<'a>>,
    /// The default for rows without an app id.
    pub app_id: Option<AppId<'a>>,
    /// Whether to generate a password for each row without one. Otherwise, such a row is an error.
    pub generate_passwords: bool,
    /// Whether a row that breaks one of Bandwidth's rules is an error.
    pub strictness: Strictness,
}

/// The credentials of a file and their digests, in the order of the rows.
pub struct Batch<'a> {
    rows: Vec<HashedRow<'a>>,
}

/// The error for a file that cannot be parsed as a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The file as a whole is unusable: it is not CSV, lacks a required column, or has no rows.
    #[error("line {line}: {issue}")]
    File {
        /// The line of the problem, from 1.
        line: u64,
        /// What is wrong.
        issue: Issue,
    },
    /// Some rows have errors.
    #[error("rows with errors: {}", errors.total)]
    Rows {
        /// The rows with errors.
        errors: RowIssues,
        /// The rows with nothing but warnings.
        warnings: RowIssues,
    },
}

/// Rows with issues: the first of them, and their number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowIssues {
    /// The issues of each row, by the line that it begins on, from 1.
    pub rows: BTreeMap<u64, Vec<Issue>>,
    /// The number of all rows with issues, including those that are not in `rows`.
    pub total: usize,
}

impl RowIssues {
    /// The maximum number of rows that are kept.
    pub const MAX_ROWS: usize = 20;

    /// Adds a row, which must not have been added before.
    fn add(&mut self, line: u64, issues: Vec<Issue>) {
        self.total += 1;
        self.rows.insert(line, issues);
        if self.rows.len() > Self::MAX_ROWS {
            self.rows.pop_last();
        }
    }

    /// Adds rows, none of which has been added before.
    fn append(&mut self, other: RowIssues) {
        self.total += other.total;
        self.rows.extend(other.rows);
        while self.rows.len() > Self::MAX_ROWS {
            self.rows.pop_last();
        }
    }
}

/// Reads a file for [`Batch::parse`]. Stops after a line that exceeds the maximum length, because a
/// device may be endless.
///
/// # Errors
///
/// Returns the first error of `input`, except for interruptions.
pub fn read(input: impl Read) -> io::Result<SecretBuf> {
    SecretBuf::read_while(input, |file| {
        let mut last = file.iter().rev().take(MAX_RECORD + 1);
        file.len() <= MAX_RECORD || last.any(|byte| *byte == b'\n')
    })
}

impl<'a> Batch<'a> {
    /// Checks and hashes every row of a file. Returns the batch, and the rows with warnings.
    ///
    /// The file is CSV as spreadsheets write it. Its header has the column `username` and optionally
    /// `password`, `domain`, `realm` and `app_id`, in any order. Columns are separated by commas,
    /// semicolons or tabs, cells are quoted as in RFC 4180, and lines end in LF or CRLF. Everything
    /// except passwords must be UTF-8.
    ///
    /// Quotes are removed in place, and each password is overwritten after it is hashed.
    ///
    /// # Errors
    ///
    /// Returns [`BatchError::File`] if the file as a whole is unusable, and [`BatchError::Rows`] if
    /// any row has an error.
    pub fn parse(
        file: &'a mut [u8],
        options: &Options<'a>,
    ) -> Result<(Batch<'a>, RowIssues), BatchError> {
        let (mut rows, mut errors) = read_rows(file, options)?;
        let mut warnings = RowIssues::default();
        hash_rows(&mut rows, options, &mut errors, &mut warnings);
        report_duplicates(&rows, &mut errors);
        if errors.total > 0 {
            return Err(BatchError::Rows { errors, warnings });
        }
        let rows: Vec<_> = rows.into_iter().filter_map(Row::hashed).collect();
        if rows.is_empty() {
            let problem = "no rows below the header (Bandwidth error 23006)";
            let issue = row_issue(problem, "add a row for each credential");
            return Err(BatchError::File { line: 1, issue });
        }
        Ok((Batch { rows }, warnings))
    }

    /// Returns the [entries](Self::entries) split into documents of at most `size` credentials.
    ///
    /// # Panics
    ///
    /// Panics if `size` is 0.
    pub fn documents(
        &self,
        size: usize,
    ) -> impl Iterator<Item: Iterator<Item = Entry<'_>> + Clone> {
        self.rows.chunks(size).map(entries)
    }

    /// Returns two different realms, with the lines of the rows that contain them, if there are any.
    ///
    /// Such a batch must not be written to a document without realms, because Bandwidth would create
    /// all of its credentials on the same realm.
    #[must_use]
    pub fn different_realms(&self) -> Option<[(u64, Realm<'a>); 2]> {
        let mut realms = self.rows.iter().map(|row| (row.line, row.credential.realm()));
        let first = realms.next()?;
        realms.find(|(_, realm)| *realm != first.1).map(|other| [first, other])
    }

    /// Returns the entries of a document. They contain the generated passwords.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> + Clone {
        entries(&self.rows)
    }
}

fn entries<'a>(rows: &'a [HashedRow<'_>]) -> impl Iterator<Item = Entry<'a>> + Clone {
    rows.iter().map(|row| {
        let password = row.generated.as_ref().map(|password| {
            GeneratedPassword(password.as_str().expect("a generated password is ASCII"))
        });
        let (credential, app_id) = (row.credential, row.app_id);
        Entry { credential, digests: &row.digests, app_id, password }
    })
}

/// Parses the rows of a file without checking them. Returns them, and the rows that are not CSV.
fn read_rows<'a>(
    file: &'a mut [u8],
    options: &Options<'_>,
) -> Result<(Vec<Row<'a>>, RowIssues), BatchError> {
    let file_error = |line, issue| BatchError::File { line, issue };
    // UTF-16 begins with a byte order mark, or has a NUL in every ASCII character.
    if matches!(file, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || file.iter().take(4).any(|b| *b == 0) {
        let issue = row_issue("UTF-16, not UTF-8", "save it as CSV in UTF-8");
        return Err(file_error(1, issue));
    }
    let mut records = Records::new(file).map_err(|fault| file_error(1, fault.into()))?;
    let mut cells = Vec::new();
    let Some((line, header)) = records.next(&mut cells) else {
        let remedy = "begin it with a row of column names, such as username,password";
        return Err(file_error(1, row_issue("empty", remedy)));
    };
    let layout = header
        .map_err(Issue::from)
        .and_then(|()| Layout::parse(&cells, records.separator(), options))
        .map_err(|issue| file_error(line, issue))?;
    let (mut rows, mut errors) = (Vec::new(), RowIssues::default());
    // Growing step by step would take more memory. It remains the fallback if the reservation fails,
    // because `max_len` may be far too large.
    rows.try_reserve(records.max_len()).ok();
    while let Some((line, record)) = records.next(&mut cells) {
        match record.map_err(Issue::from).and_then(|()| layout.arrange(&mut cells)) {
            Ok(Some(cells)) => rows.push(Row::Unchecked(line, cells)),
            Ok(None) => {}
            Err(issue) => errors.add(line, vec![issue]),
        }
    }
    Ok((rows, errors))
}

/// Checks and hashes the unchecked rows, on all cores if there are many.
fn hash_rows<'a>(
    rows: &mut [Row<'a>],
    options: &Options<'a>,
    errors: &mut RowIssues,
    warnings: &mut RowIssues,
) {
    /// The number of rows that are worth more than one thread.
    const MANY_ROWS: usize = 1_000;

    let hash_slice = |rows: &mut [Row<'a>]| {
        let (mut errors, mut warnings) = (RowIssues::default(), RowIssues::default());
        for row in rows {
            if let Row::Unchecked(line, cells) = row {
                let line = *line;
                let (hashed, issues) = row::hash(line, std::mem::take(cells), options);
                match hashed {
                    Row::Wrong(..) => errors.add(line, issues),
                    _ if issues.is_empty() => {}
                    _ => warnings.add(line, issues),
                }
                *row = hashed;
            }
        }
        (errors, warnings)
    };
    let mut add = |(slice_errors, slice_warnings)| {
        errors.append(slice_errors);
        warnings.append(slice_warnings);
    };
    let cores = match rows.len() {
        ..MANY_ROWS => 1,
        _ => thread::available_parallelism().map_or(1, NonZero::get),
    };
    if cores > 1 {
        let slices = rows.chunks_mut(rows.len().div_ceil(cores));
        thread::scope(|scope| {
            let threads: Vec<_> = slices
                .map_while(|rows| {
                    thread::Builder::new().spawn_scoped(scope, || hash_slice(rows)).ok()
                })
                .collect();
            for thread in threads {
                add(thread.join().expect("hashing does not panic"));
            }
        });
    }
    // Hashes all rows if there are few, and those for which the system refused a thread.
    add(hash_slice(rows));
}

/// Adds an error for each row that repeats the username and domain of an earlier row on the same
/// realm.
fn report_duplicates(rows: &[Row<'_>], errors: &mut RowIssues) {
    let identities = rows.iter().filter_map(|row| Some((row.line(), row.identity()?)));
    for (line, first) in duplicates::find(identities) {
        let issue = Issue::new(
            Field::Username,
            IssueKind::NeverValid,
            format!("repeats line {first}, on the same realm (Bandwidth errors 23000, 23026)"),
            "leave one of them out; letter case makes no difference",
        );
        let position = rows
            .binary_search_by_key(&line, Row::line)
            .expect("a duplicate is one of the rows, which are in the order of their lines");
        if let Row::Hashed(_) = rows[position] {
            errors.add(line, vec![issue]);
        } else if let Some(issues) = errors.rows.get_mut(&line) {
            issues.push(issue);
        }
    }
}

impl From<Fault> for Issue {
    fn from(fault: Fault) -> Self {
        row_issue(fault.problem, fault.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Format;

    const REALM: &str = "custxx.auth.bandwidth.com";

    fn options() -> Options<'static> {
        let realm = Realm::new(REALM, Strictness::Strict).expect("it is valid");
        Options { realm: Some(realm), ..Options::default() }
    }

    /// Returns the lines of a report, with its total.
    fn lines(report: &RowIssues) -> (Vec<u64>, usize) {
        (report.rows.keys().copied().collect(), report.total)
    }

    #[test]
    fn a_file_is_parsed_and_hashed() {
        let mut file = "User Name;Domain;Password\r\nsipauthtest;;password\r\n;;\r\n\
                        bob;somewhere.com;\" x\"\r\n"
            .as_bytes()
            .to_vec();
        let options = options();
        let (batch, warnings) = Batch::parse(&mut file, &options).expect("it is valid");
        assert_eq!(lines(&warnings), (vec![4], 1));
        let names: Vec<_> =
            batch.entries().map(|it| it.credential.composite_username().to_string()).collect();
        assert_eq!(names, ["sipauthtest", "bob@somewhere.com"]);
        let hash1 = batch.entries().next().map(|entry| entry.digests.hash1.to_string());
        assert_eq!(hash1.as_deref(), Some("fe438bddfc087dda89d29e637f5684ab"));
        assert!(batch.entries().all(|entry| entry.password.is_none()));
        drop(batch);
        let text = String::from_utf8(file).expect("it was UTF-8");
        assert!(text.contains("sipauthtest") && text.contains("bob"), "{text:?}");
        assert!(!text.contains(";password\r"), "a password is left in {text:?}");
    }

    #[track_caller]
    fn assert_file_error(csv: &[u8], line: u64, expected: &str) {
        let mut file = csv.to_vec();
        let options = options();
        match Batch::parse(&mut file, &options) {
            Err(BatchError::File { line: found, issue }) => {
                assert_eq!(found, line);
                assert!(issue.to_string().starts_with(expected), "{issue}");
            }
            other => panic!("{:?}", other.map(|(_, warnings)| warnings)),
        }
    }

    #[test]
    fn files_that_are_not_csv() {
        assert_file_error(b"", 1, "empty: begin it");
        assert_file_error(b"\xEF\xBB\xBF\n", 1, "empty: begin it");
        for utf16 in
            [&b"\xFF\xFEu\0"[..], b"\xFE\xFF\0u", b"u\0s\0", b"\0u\0s", b"usa\0", b"\xFF\xFE"]
        {
            assert_file_error(utf16, 1, "UTF-16, not UTF-8: save it as CSV in UTF-8");
        }
        assert_file_error(b"username,password\n\n,\n", 1, "no rows below the header");
        assert_file_error(b"\nbob,x\n", 2, "column A (1) has an unknown name");
        assert_file_error(b"\n\"username\n", 2, "a quote that is never closed");
        assert_file_error(b"sep=|\nusername|password\n", 1, "sep= with something other");
        // A NUL later on is part of a cell.
        let mut file = b"username,password\nbob,\0\n".to_vec();
        assert!(Batch::parse(&mut file, &options()).is_ok());
    }

    #[track_caller]
    fn wrong_rows(csv: &str) -> (RowIssues, RowIssues) {
        let mut file = csv.as_bytes().to_vec();
        match Batch::parse(&mut file, &options()) {
            Err(BatchError::Rows { errors, warnings }) => (errors, warnings),
            other => panic!("{:?}", other.map(|(_, warnings)| warnings)),
        }
    }

    #[test]
    fn every_wrong_row_is_counted_and_the_first_are_reported() {
        let header = "username,password\n";
        for count in [1, 20, 21, 2_500] {
            let csv = header.to_owned() + &"b b,x\n".repeat(count) + "al, x\n";
            let (errors, warnings) = wrong_rows(&csv);
            let expected: Vec<_> = (2..22).take(count).collect();
            assert_eq!(lines(&errors), (expected, count));
            assert_eq!(lines(&warnings), (vec![count as u64 + 2], 1));
        }
        // Rows that are not CSV are found first, but reported in the order of lines.
        let csv = header.to_owned() + &"b b,x\n".repeat(20) + &"b\"b,x\n".repeat(21);
        assert_eq!(lines(&wrong_rows(&csv).0), ((2..22).collect(), 41));
    }

    #[test]
    fn duplicates_are_reported_once_with_what_else_is_wrong() {
        let (errors, _) = wrong_rows("username,password\nbob,x\nal,x\nBOB,y\nAl,\nbob,z\n");
        assert_eq!(lines(&errors), (vec![4, 5, 6], 3));
        let problems: Vec<_> = errors.rows[&5].iter().map(|issue| &issue.problem[..]).collect();
        let repeats = "repeats line 3, on the same realm (Bandwidth errors 23000, 23026)";
        assert_eq!(problems, ["empty", repeats]);
        assert!(errors.rows[&6][0].problem.starts_with("repeats line 2"));
        // Among the rows that are only counted.
        let csv = format!("username,password\n{}bob#,x\nBob#,x\n", "a b,x\n".repeat(30));
        assert_eq!(wrong_rows(&csv).0.total, 32);
    }

    #[test]
    fn many_rows_stay_in_order() {
        let names: Vec<_> = (0..5_000).map(|index| format!("u{}", index * 7_919 % 5_000)).collect();
        let csv = format!("password,username\nx,{}\n", names.join("\nx,"));
        let mut file = csv.into_bytes();
        let options = options();
        let (batch, warnings) = Batch::parse(&mut file, &options).expect("it is valid");
        assert_eq!(lines(&warnings), (vec![], 0));
        assert!(batch.entries().map(|entry| entry.credential.username()).eq(names.iter()));
    }

    #[test]
    fn generated_passwords_are_in_the_entries() {
        let mut file = b"username,password\nal,\nbob,x\n".to_vec();
        let options = Options { generate_passwords: true, ..options() };
        let (batch, _) = Batch::parse(&mut file, &options).expect("it is valid");
        let lengths: Vec<_> =
            batch.entries().map(|entry| entry.password.map(|password| password.0.len())).collect();
        assert_eq!(lengths, [Some(22), None]);
        let mut document = Vec::new();
        Format::PasswordCsv.write(batch.entries().take(1), &mut document).expect("it is memory");
        assert!(document.starts_with(b"username,domain,realm,password\nal,,custxx.auth"));
    }

    #[test]
    fn different_realms() {
        for (rows, expected) in [
            ("al,a.b\nbob,a.b\n", None),
            ("al,a.b\nbob,a.b\neve,A.b\namy,c.d\n", Some([(2, "a.b"), (4, "A.b")])),
            ("al,\nbob,a.b\n", Some([(2, REALM), (3, "a.b")])),
        ] {
            let csv = format!("username,realm\n{rows}");
            let mut file = csv.into_bytes();
            let options = Options { generate_passwords: true, ..options() };
            let (batch, _) = Batch::parse(&mut file, &options).expect("it is valid");
            let found = batch.different_realms();
            let found = found.map(|realms| realms.map(|(line, realm)| (line, realm.as_str())));
            assert_eq!(found, expected, "{rows}");
        }
    }

    #[test]
    fn an_error_says_how_many_rows_are_wrong() {
        let mut file = b"username,password\nb b,x\n".to_vec();
        let error = Batch::parse(&mut file, &options()).err().expect("a row is wrong");
        assert_eq!(error.to_string(), "rows with errors: 1");
        let error = Batch::parse(&mut [], &options()).err().expect("it is empty");
        assert!(error.to_string().starts_with("line 1: empty: begin it"), "{error}");
    }

    /// Yields some bytes and then the same byte forever, with interruptions.
    struct Endless(&'static [u8], u8, bool);

    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.2 = !self.2;
            if self.2 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let len = self.0.read(out)?;
            out[len..].fill(self.1);
            Ok(out.len())
        }
    }

    #[test]
    fn reading_stops_after_a_line_that_is_too_long() {
        let file = read(Endless(b"username\nx", b'x', false)).expect("it can be read");
        assert!(file.starts_with(b"username\nxx"));
        let line = file.len() - "username\n".len();
        assert!((MAX_RECORD + 1..MAX_RECORD + 32 * 1024).contains(&line), "{line}");
        let lines = "x\n".repeat(MAX_RECORD);
        assert_eq!(&*read(lines.as_bytes()).expect("it can be read"), lines.as_bytes());
        // After exactly a MiB of a line, the next byte may be its line ending.
        let line = "y".repeat(16 * 1024 - 1) + "\n" + &"x".repeat(MAX_RECORD) + "\ny";
        assert_eq!(&*read(line.as_bytes()).expect("it can be read"), line.as_bytes());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::IsADirectory.into())
            }
        }
        let error = read(Broken).err().expect("it cannot be read");
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
