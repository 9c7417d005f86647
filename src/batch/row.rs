//! The rows of a batch: arranges the cells of a file by column, and checks and hashes each row.

use std::io;
use std::str::from_utf8;
use std::sync::Arc;

use zeroize::Zeroize as _;

use crate::batch::csv::Separator;
use crate::batch::{Options, Passwords, RowIssues, User, duplicates};
use crate::document::Entry;
use crate::password;
use crate::rules::{APP_ID, DOMAIN, REALM, check, check_combination, check_username};
use crate::{AppId, Credential, Digests, Domain, Field, Issue, IssueKind, Issues, Password, Realm};

/// The columns that a file may have.
const COLUMNS: [Field; 5] =
    [Field::Username, Field::Domain, Field::Realm, Field::AppId, Field::Password];

/// The cells of a row in the order of [`COLUMNS`]. Those of missing columns are empty.
pub type Cells<'a> = [&'a mut [u8]; COLUMNS.len()];

/// The order of the columns in a file.
pub struct Layout {
    /// For each column of the file, its index in [`COLUMNS`]; `None` if it has no name.
    columns: Vec<Option<usize>>,
    separator: Separator,
}

impl Layout {
    /// The maximum number of columns. A line with more is not taken for a header.
    const MAX_COLUMNS: usize = 64;

    /// Parses the header.
    ///
    /// # Errors
    ///
    /// Returns an issue if a column is unknown, repeated, or required and missing.
    pub fn parse(
        header: &[&mut [u8]],
        separator: Separator,
        options: &Options<'_>,
    ) -> Result<Self, Issue> {
        let no_header = "begin the file with a row of column names: username, password, domain, \
                         realm, app_id";
        if header.len() > Self::MAX_COLUMNS {
            return Err(row_issue(format!("{} columns", header.len()), no_header));
        }
        let column = |name: &&mut [u8]| COLUMNS.iter().position(|it| is_name_of(*it, name));
        let columns: Vec<_> = header.iter().map(column).collect();
        let has = |field| columns.iter().flatten().any(|column| COLUMNS[*column] == field);
        for (index, (name, column)) in header.iter().zip(&columns).enumerate() {
            if column.is_none() && !name.is_empty() {
                // The message must not contain the name: if there is no header, it may be a password.
                let problem = format!("{} has an unknown name", column_name(index));
                let remedy = format!("rename or delete column {}", column_letters(index));
                // Without a column of usernames, the line may be a row.
                let remedy = if has(Field::Username) { &remedy } else { no_header };
                return Err(row_issue(problem, remedy));
            }
            if let Some(known) = column.filter(|_| columns[..index].contains(column)) {
                let problem = format!("two columns {}", COLUMNS[known].name());
                return Err(row_issue(problem, "leave one of them out"));
            }
        }
        for (field, is_optional, remedy) in [
            (Field::Username, false, "begin the file with a row of column names"),
            (Field::Realm, options.realm.is_some(), "add it"),
            (Field::Password, options.passwords != Passwords::Required, "add it"),
        ] {
            if !is_optional && !has(field) {
                return Err(Issue::new(field, IssueKind::Empty, "no such column", remedy));
            }
        }
        Ok(Layout { columns, separator })
    }

    /// Arranges the cells of a row in the order of [`COLUMNS`]. Returns `None` for an empty row.
    ///
    /// # Errors
    ///
    /// Returns an issue if the cells do not fit the header.
    pub fn arrange<'a>(&self, cells: &mut Vec<&'a mut [u8]>) -> Result<Option<Cells<'a>>, Issue> {
        if cells.iter().all(|cell| cell.is_empty()) {
            return Ok(None);
        }
        let width = self.columns.len();
        // A spreadsheet may omit empty cells at the end of a row.
        let min_width = self.columns.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        if !(min_width..=width).contains(&cells.len()) {
            let noun = if cells.len() == 1 { "cell" } else { "cells" };
            let problem = format!("{} {noun}, where the header has {width}", cells.len());
            let separator = self.separator.1;
            let remedy = if cells.len() < width {
                format!("put a {separator} between all cells, including empty ones")
            } else {
                format!("put quotes around a cell that contains a {separator} or a line ending")
            };
            return Err(row_issue(problem, &remedy));
        }
        let mut sorted = Cells::default();
        for (index, (cell, column)) in cells.drain(..).zip(&self.columns).enumerate() {
            match column {
                Some(column) => sorted[*column] = cell,
                None if cell.is_empty() => {}
                None => {
                    let problem = format!("{} has no name and is not empty", column_name(index));
                    return Err(row_issue(problem, "name it in the header, or delete it"));
                }
            }
        }
        Ok(Some(sorted))
    }
}

/// Returns true if `name` in a header means `field`. Letter case, spaces, hyphens and underscores are
/// ignored.
fn is_name_of(field: Field, name: &[u8]) -> bool {
    let letters = |name: &[u8]| -> Vec<u8> {
        let letters = name.iter().filter(|byte| !b" -_".contains(byte));
        letters.map(u8::to_ascii_lowercase).collect()
    };
    letters(name) == letters(field.name().as_bytes())
}

/// Returns the letters of a column that a spreadsheet displays.
fn column_letters(index: usize) -> String {
    let letter = |digit| ('A'..='Z').nth(digit).expect("a header has at most 64 columns");
    let first = (index / 26).checked_sub(1).map(letter);
    first.into_iter().chain([letter(index % 26)]).collect()
}

/// Describes a column by its letters and its number.
fn column_name(index: usize) -> String {
    format!("column {} ({})", column_letters(index), index + 1)
}

/// Creates an error about a whole row.
pub fn row_issue(problem: impl Into<String>, remedy: &str) -> Issue {
    Issue::new(Field::Row, IssueKind::NeverValid, problem, remedy)
}

/// A row of a batch.
#[derive(Debug)]
pub struct Row<'a> {
    /// The line that the row begins on, or the position of the user, from 1.
    pub line: u64,
    username: &'a str,
    names: Arc<Names<'a>>,
    /// The hash of the key.
    pub(super) hash: u32,
    /// The digests; `None` if there is no password.
    pub digests: Option<Digests>,
    /// The password, if it was generated, or if passwords are [optional](Passwords::Optional).
    pub password: Option<Box<Password>>,
}

/// What a row shares with most others. Keeping it once halves the memory of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Names<'a> {
    domain: Option<Domain<'a>>,
    realm: Realm<'a>,
    app_id: Option<AppId<'a>>,
}

impl<'a> Row<'a> {
    /// Returns the credential.
    #[must_use]
    pub fn credential(&self) -> Credential<'a> {
        let Names { domain, realm, .. } = *self.names;
        Credential { username: self.username, domain, realm }
    }

    /// Returns the app id.
    #[must_use]
    pub fn app_id(&self) -> Option<AppId<'a>> {
        self.names.app_id
    }

    /// Returns an entry with the digests and the `password` of the row; `None` if it has no digests.
    #[must_use]
    pub fn entry(&self) -> Option<Entry<'a>> {
        let (credential, app_id) = (self.credential(), self.app_id());
        let password = self.password.as_deref().cloned();
        Some(Entry { credential, digests: self.digests.clone()?, app_id, password })
    }

    /// Returns what identifies the row among those of a batch.
    pub(super) fn key(&self) -> String {
        let mut key = String::new();
        duplicates::write_key(&mut key, &self.credential());
        key
    }
}

/// Rows that have been checked, in the order of the file.
#[derive(Default)]
pub struct Rows<'a> {
    options: Options<'a>,
    /// All rows with a username and a realm. Those with errors have no digests.
    pub rows: Vec<Row<'a>>,
    /// The lines of the rows with errors.
    pub wrong: Vec<u64>,
    pub errors: RowIssues,
    pub warnings: RowIssues,
    /// The names of the last row.
    names: Option<Arc<Names<'a>>>,
    /// The key of the last row.
    key: String,
}

impl<'a> Rows<'a> {
    pub fn new(options: &Options<'a>) -> Self {
        Rows { options: *options, ..Rows::default() }
    }

    /// Adds a row of a file, and overwrites its password.
    pub fn add_cells(&mut self, line: u64, [names @ .., password]: Cells<'a>) {
        let mut issues = Vec::new();
        let names = names.map(|cell| &*cell);
        let [username, domain, realm, app_id] = std::array::from_fn(|column| {
            from_utf8(names[column]).unwrap_or_else(|_| {
                let problem = "not UTF-8, but perhaps Windows-1252";
                let remedy = "save the file as UTF-8; only passwords may be in another encoding";
                issues.push(Issue::new(COLUMNS[column], IssueKind::NeverValid, problem, remedy));
                ""
            })
        });
        match issues.is_empty() {
            true => self.add(line, &User { username, domain, realm, app_id, password: &*password }),
            false => self.errors.add(line, issues),
        }
        password.zeroize();
    }

    /// Checks and hashes a user.
    pub fn add(&mut self, line: u64, user: &User<'a, '_>) {
        let options = self.options;
        let realm = given(user.realm, Realm).or(options.realm);
        let names = Names {
            domain: given(user.domain, Domain).or(options.domain),
            realm: realm.unwrap_or(Realm("")),
            app_id: given(user.app_id, AppId).or(options.app_id),
        };
        let Names { domain, realm, .. } = names;
        let credential = Credential { username: user.username, domain, realm };

        let mut issues = Issues::new(options.strictness);
        check_username(user.username, domain.is_some(), &mut issues);
        // Issues of the defaults are left to the caller: they would be repeated for every row.
        for (field, rules, cell, is_missing) in [
            (Field::Domain, DOMAIN, user.domain, false),
            (Field::Realm, REALM, user.realm, realm.as_str().is_empty()),
            (Field::AppId, APP_ID, user.app_id, false),
        ] {
            if is_missing || !cell.is_empty() {
                check(field, rules, cell, &mut issues);
            }
        }
        check_combination(&credential, &mut issues);
        let mut password = None;
        if !user.password.is_empty() {
            password::check(user.password, &mut issues);
        } else if options.passwords == Passwords::Required {
            issues.add(Issue::new(Field::Password, IssueKind::Empty, "empty", "fill the cell"));
        } else if options.passwords == Passwords::Generated {
            password =
                Password::generate().map_err(|error| issues.add(no_random_bytes(error))).ok();
        }
        let digests = match issues.finish() {
            Ok(warnings) => {
                self.warnings.add(line, warnings);
                let hashed = password.as_ref().map_or(user.password, Password::as_bytes);
                (!hashed.is_empty()).then(|| Digests::compute(&credential, hashed))
            }
            Err(invalid) => {
                self.errors.add(line, invalid.0);
                self.wrong.push(line);
                None
            }
        };
        if options.passwords == Passwords::Optional {
            password = Password::new(user.password.to_vec()).ok();
        }
        // What lacks one of them has an error, and repeats nothing.
        if user.username.is_empty() || realm.as_str().is_empty() {
            return;
        }
        duplicates::write_key(&mut self.key, &credential);
        let names = match &self.names {
            Some(last) if **last == names => Arc::clone(last),
            _ => Arc::clone(self.names.insert(Arc::new(names))),
        };
        let (username, password) = (user.username, password.map(Box::new));
        let hash = duplicates::hash(&self.key);
        self.rows.push(Row { line, username, names, hash, digests, password });
    }
}

/// Returns the issue of a password that could not be generated.
pub fn no_random_bytes(error: io::Error) -> Issue {
    let problem = format!("the system has no random bytes ({error})");
    Issue::new(Field::Password, IssueKind::NeverValid, problem, "try again")
}

/// Wraps a cell unless it is empty. A cell that is not valid makes its row an error.
fn given<'a, T>(cell: &'a str, wrap: fn(&'a str) -> T) -> Option<T> {
    (!cell.is_empty()).then(|| wrap(cell))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strictness;

    const REALM: &str = "custxx.auth.bandwidth.com";
    const APP_ID: &str = "68092813-741b-4afe-b198-91f425bce81e";

    fn layout(header: &str, options: &Options<'_>) -> Result<Layout, Issue> {
        let mut names: Vec<_> = header.split(',').map(|name| name.as_bytes().to_vec()).collect();
        let names: Vec<_> = names.iter_mut().map(Vec::as_mut_slice).collect();
        Layout::parse(&names, (b',', "comma"), options)
    }

    fn options() -> Options<'static> {
        let realm = Realm::new(REALM, Strictness::Strict).expect("it is valid");
        Options { realm: Some(realm), ..Options::default() }
    }

    #[test]
    fn columns_are_named_as_a_spreadsheet_shows_them() {
        for (index, name) in [
            (0, "column A (1)"),
            (25, "column Z (26)"),
            (26, "column AA (27)"),
            (51, "column AZ (52)"),
            (52, "column BA (53)"),
            (63, "column BL (64)"),
        ] {
            assert_eq!(column_name(index), name);
        }
    }

    /// Returns the sorted cells of a row, or its issue.
    fn sort(header: &str, row: &str) -> Result<Option<Vec<String>>, String> {
        let layout = layout(header, &options()).expect("it is right");
        let mut bytes: Vec<_> = row.split(',').map(|cell| cell.as_bytes().to_vec()).collect();
        let mut cells = bytes.iter_mut().map(Vec::as_mut_slice).collect();
        let sorted = layout.arrange(&mut cells).map_err(|issue| issue.to_string())?;
        let text = |cell: &mut [u8]| String::from_utf8(cell.to_vec()).expect("it is UTF-8");
        Ok(sorted.map(|cells| cells.map(text).to_vec()))
    }

    #[test]
    fn cells_are_sorted_by_their_columns() {
        let cells = |cells: [&str; 5]| Ok(Some(cells.map(str::to_owned).to_vec()));
        assert_eq!(sort("username,password", "bob,x"), cells(["bob", "", "", "", "x"]));
        let header = "password,app_id,realm,domain,username";
        assert_eq!(sort(header, "a,b,c,d,e"), cells(["e", "d", "c", "b", "a"]));
        // Columns without a name may be missing at the end, and must be empty.
        for row in ["bob,,x", "bob,,x,", "bob,,x,,"] {
            assert_eq!(sort("username,,password,,", row), cells(["bob", "", "", "", "x"]));
        }
        for row in ["", ",", ",,,,,,,"] {
            assert_eq!(sort("username,password", row), Ok(None), "{row}");
        }
    }

    /// Hashes a row of username, domain, realm, app id and password.
    fn hash_row(cells: [&[u8]; 5], options: &Options<'_>) -> (String, Vec<String>) {
        let mut bytes = cells.map(<[u8]>::to_vec);
        let mut rows = Rows::new(options);
        rows.add_cells(7, bytes.each_mut().map(Vec::as_mut_slice));
        let key = rows.rows.first().map_or_else(String::new, Row::key);
        let (shown, report) = match (&rows.rows[..], &rows.wrong[..]) {
            ([row], []) => {
                let app_id = row.app_id().map_or("", AppId::as_str);
                let digests = row.digests.as_ref().expect("it has a password");
                (format!("{key} {}{app_id}", digests.hash1), rows.warnings)
            }
            (_, [7]) => (format!("wrong: {key}"), rows.errors),
            _ => panic!("it is one row"),
        };
        let issues = report.rows.get(&7).map_or(&[][..], |issues| issues);
        let issues = issues.iter().map(|issue| format!("{}: {issue}", issue.field.name()));
        let issues = issues.collect();
        assert!(bytes[4].iter().all(|byte| *byte == 0), "the password is left");
        (shown, issues)
    }

    /// The digests are those of Bandwidth's guide, and of `md5sum`.
    #[test]
    fn valid_rows() {
        let (row, warnings) = hash_row([b"sipauthtest", b"", b"", b"", b"password"], &options());
        assert_eq!(row, format!("sipauthtest {REALM} fe438bddfc087dda89d29e637f5684ab"));
        assert_eq!(warnings, [""; 0]);
        let realm = REALM.as_bytes();
        let cells = [b"bob", &b"somewhere.com"[..], realm, APP_ID.as_bytes(), b"password"];
        let bob = format!("bob@somewhere.com {REALM} 817d76e91aad032a8c272229f468bfb2{APP_ID}");
        assert_eq!(hash_row(cells, &Options::default()), (bob.clone(), vec![]));
        let defaults = Options {
            domain: Domain::new("somewhere.com", Strictness::Strict).ok(),
            app_id: AppId::new(APP_ID, Strictness::Strict).ok(),
            ..options()
        };
        assert_eq!(hash_row([b"bob", b"", b"", b"", b"password"], &defaults).0, bob);
        let other = Options {
            domain: Domain::new("x.y", Strictness::Strict).ok(),
            realm: Realm::new("x.y", Strictness::Strict).ok(),
            ..Options::default()
        };
        assert_eq!(hash_row(cells, &other).0, bob);
    }

    #[test]
    fn errors_of_all_cells_are_reported_together() {
        let (row, errors) = hash_row([b"a b", b"c d", b"", b"x", b""], &Options::default());
        assert_eq!(row, "wrong: ");
        let fields: Vec<_> = errors.iter().filter_map(|it| it.split(':').next()).collect();
        assert_eq!(fields, ["username", "domain", "realm", "app_id", "password"]);
        assert_eq!(
            errors[2],
            "realm: empty: use the realm's full host name, such as vapi-3efeaa.auth.bandwidth.com"
        );
        assert_eq!(errors[4], "password: empty: fill the cell");
        let (row, errors) = hash_row([b"bob#", b"d.e", b"x.y", b"", &[b'x'; 1025]], &options());
        assert_eq!(row, "wrong: bob#@d.e x.y");
        assert_eq!(errors[1], "password: more than 1024 bytes: use a shorter one");
        let (row, _) = hash_row([b"bob#", b"", b"", b"", b"x"], &options());
        assert_eq!(row, format!("wrong: bob# {REALM}"));
        assert_eq!(hash_row([b"", b"", b"", b"", b"x"], &options()).0, "wrong: ");
        let generate = Options { passwords: Passwords::Generated, ..options() };
        let (_, errors) = hash_row([b"bob", b"", b"", b"", &[b'x'; 1025]], &generate);
        assert_eq!(errors, ["password: more than 1024 bytes: use a shorter one"]);
    }

    #[test]
    fn passwords_are_generated_only_for_rows_without_one() {
        let generate = Options { passwords: Passwords::Generated, ..options() };
        let password = |password| {
            let row = hash_user(password, &generate);
            let digests = row.digests.as_ref().expect("it has a password");
            if let Some(password) = &row.password {
                assert_eq!(digests, &Digests::new(&row.credential(), password));
            }
            row.password.map(|password| password.as_bytes().len())
        };
        assert_eq!(password(b""), Some(22));
        assert_eq!(password(b"x"), None);
    }

    /// Returns the row of a user who is valid.
    fn hash_user<'a>(password: &[u8], options: &Options<'a>) -> Row<'a> {
        let mut rows = Rows::new(options);
        rows.add(1, &User { username: "bob", password, ..User::default() });
        assert_eq!((rows.errors.total, rows.warnings.total), (0, 0));
        rows.rows.pop().expect("it is valid")
    }

    #[test]
    fn optional_passwords_are_kept() {
        let optional = Options { passwords: Passwords::Optional, ..options() };
        let row = |password: &[u8]| {
            let row = hash_user(password, &optional);
            assert_eq!(row.entry().is_some(), row.digests.is_some());
            (row.password.map(|it| it.as_bytes().to_vec()), row.digests.is_some())
        };
        assert_eq!(row(b""), (None, false));
        assert_eq!(row(b"x"), (Some(b"x".to_vec()), true));
    }

    /// Memory is the file, its rows and a hash of each.
    #[test]
    fn a_row_is_small() {
        assert!(size_of::<Row<'_>>() <= 80);
    }

    #[test]
    fn warnings_are_those_of_the_cells_and_not_of_the_defaults() {
        let lenient = Options {
            domain: Domain::new("d/", Strictness::Lenient).ok(),
            realm: Realm::new("label", Strictness::Lenient).ok(),
            app_id: AppId::new("1", Strictness::Lenient).ok(),
            strictness: Strictness::Lenient,
            ..Options::default()
        };
        let fields = |cells| {
            let (row, warnings) = hash_row(cells, &lenient);
            assert!(!row.starts_with("wrong"), "{warnings:?}");
            let fields = warnings.iter().filter_map(|it| it.split(':').next()).map(str::to_owned);
            fields.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(fields([b"bob", b"", b"", b"", b"x"]), "");
        assert_eq!(fields([b"b#", b"", b"", b"", b"x"]), "username");
        assert_eq!(
            fields([b"b#", b"e/", b"other", b"2", b" x"]),
            "username domain realm app_id password"
        );
        assert_eq!(fields([b"bob", b"label", b"", b"", b"1.5E+11"]), "domain password");
        assert_eq!(fields([b"1.55512E+11", b"", b"", b"", b"x"]), "username");
    }
}
