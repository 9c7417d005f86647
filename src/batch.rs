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

mod csv;
mod duplicates;
mod row;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::num::NonZero;
use std::thread;

use crate::document::Entry;
use crate::issue::join;
use crate::{AppId, Domain, Field, Issue, IssueKind, Realm, Strictness};

use csv::{Fault, Records};
pub use row::Row;
pub(crate) use row::no_random_bytes;
use row::{Layout, Rows, row_issue};

/// Options for a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// The default for rows without a domain.
    pub domain: Option<Domain<'a>>,
    /// The default for rows without a realm.
    pub realm: Option<Realm<'a>>,
    /// The default for rows without an app id.
    pub app_id: Option<AppId<'a>>,
    /// What becomes of rows without a password.
    pub passwords: Passwords,
    /// Whether a row that breaks one of Bandwidth's rules is an error.
    pub strictness: Strictness,
}

/// What becomes of rows without a password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Passwords {
    /// They are errors.
    #[default]
    Required,
    /// A password is generated for each, and kept.
    Generated,
    /// They have no digests. The passwords of the other rows are kept.
    Optional,
}

/// A user of a batch that does not come from a file. What is empty is filled from [`Options`].
#[derive(Clone, Copy, Default)]
pub struct User<'a, 'p> {
    /// The username.
    pub username: &'a str,
    /// The domain.
    pub domain: &'a str,
    /// The realm.
    pub realm: &'a str,
    /// The app id.
    pub app_id: &'a str,
    /// The password.
    pub password: &'p [u8],
}

/// Credentials and their digests, in the order of the rows that they come from.
pub struct Batch<'a> {
    /// The rows that each thread has hashed. Joining them would take more memory.
    parts: Vec<Vec<Row<'a>>>,
}

/// The error for a file that is not a batch. If the file as a whole is unusable, because it is not CSV,
/// lacks a required column or has no rows, that is an issue of its header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{errors}")]
#[non_exhaustive]
pub struct BatchError {
    /// The rows with errors.
    pub errors: RowIssues,
    /// The rows with nothing but warnings.
    pub warnings: RowIssues,
}

/// Rows with issues: the first of them, and their number. `Display` joins their [lines](Self::lines).
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

    /// Adds a row, which must not have been added before, unless it has no issues.
    pub(crate) fn add(&mut self, line: u64, issues: Vec<Issue>) {
        if !issues.is_empty() {
            self.append(RowIssues { rows: BTreeMap::from([(line, issues)]), total: 1 });
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

    /// Returns the number of rows that are not in `rows`.
    #[must_use]
    pub fn more(&self) -> usize {
        self.total - self.rows.len()
    }

    /// Returns a line for each of `rows`, such as `line 2: username: empty: fill the cell`.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|(line, issues)| format!("line {line}: {}", join(issues)))
    }
}

impl fmt::Display for RowIssues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = (self.more() > 0).then(|| format!("more rows: {}", self.more()));
        f.write_str(&self.lines().chain(more).collect::<Vec<_>>().join("; "))
    }
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
    /// Returns an error if the file as a whole is unusable, or if any row has an error.
    pub fn parse(
        file: &'a mut [u8],
        options: &Options<'a>,
    ) -> Result<(Batch<'a>, RowIssues), BatchError> {
        /// The number of bytes that are worth more than one thread.
        const MANY_BYTES: usize = 64 * 1024;
        /// The number of bytes in a short row.
        const MIN_ROW: usize = 16;

        let (mut records, layout) = read_header(file, options).map_err(|(line, issue)| {
            let (mut errors, warnings) = (RowIssues::default(), RowIssues::default());
            errors.add(line, vec![issue]);
            BatchError { errors, warnings }
        })?;
        let cores = match records.rest.len() {
            ..MANY_BYTES => 1,
            _ => thread::available_parallelism().map_or(1, NonZero::get),
        };
        let len = records.rest.len() / cores;
        let mut parts: Vec<_> = (1..cores).map(|_| records.split_off(len)).collect();
        let hash = |part: &mut Records<'a>| {
            let mut rows = Rows::new(options);
            // Rows that grow are in memory twice. Empty lines need no room for one.
            let lines = part.rest.iter().filter(|byte| **byte == b'\n').count();
            rows.rows.reserve_exact(lines.min(part.rest.len() / MIN_ROW));
            let mut cells = Vec::new();
            while let Some((line, record)) = part.next(&mut cells) {
                match record.map_err(fault_issue).and_then(|()| layout.arrange(&mut cells)) {
                    Ok(Some(cells)) => rows.add_cells(line, cells),
                    Ok(None) => {}
                    Err(issue) => rows.errors.add(line, vec![issue]),
                }
            }
            rows
        };
        let mut done = Vec::new();
        let last = thread::scope(|scope| {
            let spawn = |part| thread::Builder::new().spawn_scoped(scope, || hash(part)).ok();
            let threads: Vec<_> = parts.iter_mut().map_while(spawn).collect();
            let last = hash(&mut records);
            done.extend(threads.into_iter().map(|it| it.join().expect("hashing does not panic")));
            last
        });
        // The system may have refused a thread. The other parts have no records left.
        done.extend(parts.iter_mut().map(hash));
        done.push(last);
        Self::new(done)
    }

    /// Checks and hashes users that do not come from a file. Returns the batch, and the users with
    /// warnings, by their positions from 1.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no users, or if any has an error.
    pub fn from_users<'p>(
        users: impl IntoIterator<Item = User<'a, 'p>>,
        options: &Options<'a>,
    ) -> Result<(Batch<'a>, RowIssues), BatchError> {
        let mut rows = Rows::new(options);
        (1..).zip(users).for_each(|(line, user)| rows.add(line, &user));
        Self::new(vec![rows])
    }

    /// Joins the parts of a batch, and reports duplicates.
    fn new(parts: Vec<Rows<'a>>) -> Result<(Batch<'a>, RowIssues), BatchError> {
        let mut batch = Batch { parts: Vec::new() };
        let (mut errors, mut warnings) = (RowIssues::default(), RowIssues::default());
        let mut wrong = HashSet::new();
        for part in parts {
            batch.parts.push(part.rows);
            errors.append(part.errors);
            warnings.append(part.warnings);
            wrong.extend(part.wrong);
        }
        let repeated = duplicates::repeated(batch.rows().map(|row| row.hash).collect());
        let is_repeated = |row: &&Row<'_>| repeated.binary_search(&row.hash).is_ok();
        let keys = batch.rows().filter(is_repeated).map(|row| (row.line, row.key()));
        for (line, first) in duplicates::find(keys.collect()) {
            let issue = Issue::new(
                Field::Username,
                IssueKind::NeverValid,
                format!("repeats line {first}, on the same realm (Bandwidth errors 23000, 23026)"),
                "leave one of them out; letter case makes no difference",
            );
            if !wrong.contains(&line) {
                errors.add(line, vec![issue]);
            } else if let Some(issues) = errors.rows.get_mut(&line) {
                issues.push(issue);
            }
        }
        if errors.total == 0 && batch.rows().next().is_none() {
            let problem = "no rows below the header (Bandwidth error 23006)";
            errors.add(1, vec![row_issue(problem, "add a row for each credential")]);
        }
        if errors.total > 0 { Err(BatchError { errors, warnings }) } else { Ok((batch, warnings)) }
    }

    /// Returns the rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row<'a>> + Clone {
        self.parts.iter().flatten()
    }

    /// Returns the entries of a document: of all rows with digests.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> + Clone {
        self.rows().filter_map(Row::entry)
    }
}

/// The first bytes of files of other formats, what they are, and what to do.
const OTHER_FORMATS: [(&[u8], &str, &str); 9] = [
    (b"PK\x03\x04", "a workbook (.xlsx, .ods) or another zip archive, not CSV", SAVE_AS_CSV),
    (b"\xD0\xCF\x11\xE0", "an Excel workbook (.xls), not CSV", SAVE_AS_CSV),
    (b"\xFF\xFE", "UTF-16, not UTF-8", "save it as CSV in UTF-8"),
    (b"\xFE\xFF", "UTF-16, not UTF-8", "save it as CSV in UTF-8"),
    (b"\x1F\x8B", "compressed by gzip", "unpack it with gunzip"),
    (b"%PDF", "a PDF document, not CSV", SAVE_AS_CSV),
    (b"<", "XML or HTML, not CSV", SAVE_AS_CSV),
    (b"{", "JSON, not CSV", SAVE_AS_CSV),
    (b"[", "JSON, not CSV", SAVE_AS_CSV),
];
const SAVE_AS_CSV: &str = "open it in a spreadsheet program, and save it as CSV in UTF-8";

/// Parses the header of a file. Returns the records below it, and the order of its columns.
///
/// # Errors
///
/// Returns an issue, and the line that it is on.
fn read_header<'a>(
    file: &'a mut [u8],
    options: &Options<'_>,
) -> Result<(Records<'a>, Layout), (u64, Issue)> {
    let other = OTHER_FORMATS.iter().find(|(start, ..)| file.starts_with(start));
    // In UTF-16 without a byte order mark, every ASCII character has a NUL.
    let has_nul = file.iter().take(4).any(|byte| *byte == 0);
    if let Some((_, problem, remedy)) = other.or(has_nul.then_some(&OTHER_FORMATS[2])) {
        return Err((1, row_issue(*problem, remedy)));
    }
    let mut records = Records::new(file).map_err(|fault| (1, fault_issue(fault)))?;
    let mut cells = Vec::new();
    let Some((line, header)) = records.next(&mut cells) else {
        let remedy = "begin it with a row of column names, such as username,password";
        return Err((1, row_issue("empty", remedy)));
    };
    let layout = header
        .map_err(fault_issue)
        .and_then(|()| Layout::parse(&cells, records.separator, options))
        .map_err(|issue| (line, issue))?;
    Ok((records, layout))
}

fn fault_issue((problem, remedy): Fault) -> Issue {
    row_issue(problem, remedy)
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
        let error = Batch::parse(&mut file, &options).err().expect("it is no batch");
        assert_eq!(lines(&error.errors), (vec![line], 1));
        assert!(error.to_string().starts_with(&format!("line {line}: {expected}")), "{error}");
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
        assert_file_error(
            b"PK\x03\x04\x14\0",
            1,
            "a workbook (.xlsx, .ods) or another zip archive",
        );
        assert_file_error(
            b"\xD0\xCF\x11\xE0\n",
            1,
            "an Excel workbook (.xls), not CSV: open it in a",
        );
        assert_file_error(b"{\"username\": 1}", 1, "JSON, not CSV");
        assert_file_error(b"<html>", 1, "XML or HTML, not CSV");
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
        let error = Batch::parse(&mut file, &options()).err().expect("rows are wrong");
        (error.errors, error.warnings)
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
    fn users_that_come_from_no_file_are_checked_in_the_same_way() {
        let user = |username, password| User { username, password, ..User::default() };
        let options = options();
        let users = [user("sipauthtest", &b"password"[..]), user("al", b" x")];
        let (batch, warnings) = Batch::from_users(users, &options).expect("they are valid");
        assert_eq!(lines(&warnings), (vec![2], 1));
        let hash1: Vec<_> = batch.entries().map(|it| it.digests.hash1.to_string()).collect();
        assert_eq!(hash1[0], "fe438bddfc087dda89d29e637f5684ab");
        let users = [user("al", &b"x"[..]), user("a b", b"x"), user("AL", b"x")];
        let BatchError { errors, .. } =
            Batch::from_users(users, &options).err().expect("two are wrong");
        assert_eq!(lines(&errors), (vec![2, 3], 2));
        assert!(errors.rows[&3][0].problem.starts_with("repeats line 1"));
        let error = Batch::from_users([], &options).err().expect("there are none");
        assert!(error.to_string().starts_with("line 1: no rows"), "{error}");
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
        let options = Options { passwords: Passwords::Generated, ..options() };
        let (batch, _) = Batch::parse(&mut file, &options).expect("it is valid");
        let lengths: Vec<_> =
            batch.entries().map(|entry| entry.password.map(|it| it.as_bytes().len())).collect();
        assert_eq!(lengths, [Some(22), None]);
        let mut document = Vec::new();
        Format::PasswordCsv.write(batch.entries().take(1), &mut document).expect("it is memory");
        assert!(document.starts_with(b"username,domain,realm,app_id,password\nal,,custxx.auth"));
    }

    #[test]
    fn an_error_says_what_is_wrong() {
        let mut file = b"username,password\nb b,x\n".to_vec();
        let error = Batch::parse(&mut file, &options()).err().expect("a row is wrong");
        assert_eq!(
            error.to_string(),
            "line 2: username: a space (character 2) is never valid here: use letters, digits and \
             . _ - ! $ & * + = ~ @"
        );
        let file = "username,password\n".to_owned() + &"b b,\n".repeat(22);
        let error = Batch::parse(&mut file.into_bytes(), &options()).err().expect("rows are wrong");
        let text = error.to_string();
        assert!(text.contains("~ @; password: empty: fill the cell; line 3: username"), "{text}");
        assert!(text.ends_with("; more rows: 2"), "{text}");
        let error = Batch::parse(&mut [], &options()).err().expect("it is empty");
        assert!(error.to_string().starts_with("line 1: empty: begin it"), "{error}");
    }
}
