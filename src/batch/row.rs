//! The rows of a CSV file: arranges their cells by column, and checks and hashes each row.

use std::str::from_utf8;

use zeroize::Zeroize as _;

use crate::batch::Options;
use crate::batch::csv::Separator;
use crate::batch::duplicates::Identity;
use crate::rules::{FULL_HOST_NAME, combination_warnings};
use crate::spreadsheet::{is_spreadsheet_artifact, spreadsheet_warning};
use crate::{
    AppId, CompositeUsername, Credential, Digests, Domain, Field, Invalid, Issue, IssueKind,
    Password, PasswordError, Realm,
};

/// The columns that a file may have.
const COLUMNS: [Field; 5] =
    [Field::Username, Field::Domain, Field::Realm, Field::AppId, Field::Password];

/// The cells of a row in the order of [`COLUMNS`]. Those of missing columns are empty.
pub type Cells<'a> = [&'a mut [u8]; COLUMNS.len()];

/// The order of the columns in a file.
pub struct Layout {
    /// For each column of the file, its index in [`COLUMNS`]; `None` if it has no name.
    columns: Vec<Option<usize>>,
    separator: &'static Separator,
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
        separator: &'static Separator,
        options: &Options<'_>,
    ) -> Result<Self, Issue> {
        let no_header = "begin the file with a row of column names: username, password, domain, \
                         realm, app_id";
        if header.len() > Self::MAX_COLUMNS {
            return Err(row_issue(format!("{} columns", header.len()), no_header));
        }
        let mut columns = Vec::new();
        for (index, name) in header.iter().enumerate() {
            let column = COLUMNS.iter().position(|field| is_name_of(*field, name));
            if column.is_none() && !name.is_empty() {
                // The message must not contain the name: if there is no header, it may be a password.
                let problem = format!("{} has an unknown name", column_name(index));
                return Err(row_issue(problem, no_header));
            }
            if let Some(column) = column.filter(|_| columns.contains(&column)) {
                let problem = format!("two columns {}", COLUMNS[column].name());
                return Err(row_issue(problem, "leave one of them out"));
            }
            columns.push(column);
        }
        let optional = [
            (Field::Username, false, "begin the file with a row of column names"),
            (Field::Realm, options.realm.is_some(), "add it"),
            (Field::Password, options.generate_passwords, "add it"),
        ];
        for (field, is_optional, remedy) in optional {
            let is_there = columns.iter().flatten().any(|column| COLUMNS[*column] == field);
            if !is_there && !is_optional {
                let problem = format!("no column {}", field.name());
                return Err(Issue::new(field, IssueKind::Empty, problem, remedy));
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
            let separator = self.separator.name;
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

/// Describes a column by the letters that a spreadsheet displays, and by its number.
fn column_name(index: usize) -> String {
    let letter = |digit| ('A'..='Z').nth(digit).expect("a header has at most 64 columns");
    let first = match index / 26 {
        0 => String::new(),
        first => letter(first - 1).to_string(),
    };
    format!("column {first}{} ({})", letter(index % 26), index + 1)
}

/// Creates an error about a whole row.
pub fn row_issue(problem: impl Into<String>, remedy: &str) -> Issue {
    Issue::new(Field::Row, IssueKind::NeverValid, problem, remedy)
}

/// A row of a file that is not empty.
pub enum Row<'a> {
    /// A row that has not been checked yet: its line and cells.
    Unchecked(u64, Cells<'a>),
    /// A valid row.
    Hashed(HashedRow<'a>),
    /// A row with errors: its line and, if it is known, its identity.
    Wrong(u64, Option<Identity<'a>>),
}

/// A valid row and its digests.
pub struct HashedRow<'a> {
    pub line: u64,
    pub credential: Credential<'a>,
    pub app_id: Option<AppId<'a>>,
    pub digests: Digests,
    /// The password, if it was generated. It is boxed because most rows have none.
    pub generated: Option<Box<Password>>,
}

impl<'a> Row<'a> {
    /// Returns the line that the row begins on.
    pub fn line(&self) -> u64 {
        match self {
            Row::Unchecked(line, _) | Row::Wrong(line, _) => *line,
            Row::Hashed(row) => row.line,
        }
    }

    /// Returns the row if it is valid.
    pub fn hashed(self) -> Option<HashedRow<'a>> {
        match self {
            Row::Hashed(row) => Some(row),
            Row::Unchecked(..) | Row::Wrong(..) => None,
        }
    }

    /// Returns the identity, if it is known.
    pub fn identity(&self) -> Option<Identity<'a>> {
        match self {
            Row::Unchecked(..) => None,
            Row::Hashed(row) => Some(Identity::from(&row.credential)),
            Row::Wrong(_, identity) => *identity,
        }
    }
}

/// Checks and hashes a row, and overwrites its password. Returns [`Row::Wrong`] with the errors, or
/// [`Row::Hashed`] with the warnings.
pub fn hash<'a>(line: u64, cells: Cells<'a>, options: &Options<'a>) -> (Row<'a>, Vec<Issue>) {
    let [username, domain, realm, app_id, password] = cells;
    let mut errors = Vec::new();
    let mut text = |field, cell: &'a mut [u8]| {
        from_utf8(cell).unwrap_or_else(|_| {
            let problem = "not UTF-8, but perhaps Windows-1252";
            let remedy = "save the file as UTF-8; only passwords may be in another encoding";
            errors.push(Issue::new(field, IssueKind::NeverValid, problem, remedy));
            ""
        })
    };
    let username = text(Field::Username, username);
    let domain = text(Field::Domain, domain);
    let realm = text(Field::Realm, realm);
    let app_id = text(Field::AppId, app_id);
    if !errors.is_empty() {
        return (Row::Wrong(line, None), errors);
    }

    let strictness = options.strictness;
    let given_domain = non_empty(domain).or(options.domain.map(Domain::as_str));
    let composite_username = CompositeUsername::new(username, given_domain, strictness);
    let composite_username = ok_or_report(composite_username, &mut errors);
    let valid_realm = match (realm, options.realm) {
        ("", Some(default)) => Some(default),
        ("", None) => {
            errors.push(Issue::new(Field::Realm, IssueKind::Empty, "empty", "fill the cell"));
            None
        }
        (realm, _) => ok_or_report(Realm::new(realm, strictness), &mut errors),
    };
    let valid_app_id = match non_empty(app_id) {
        None => options.app_id,
        Some(app_id) => ok_or_report(AppId::new(app_id, strictness), &mut errors),
    };
    let generate = password.is_empty() && options.generate_passwords;
    if !generate {
        errors.extend(password_error(password));
    }
    let (Some(composite_username), Some(valid_realm), true) =
        (composite_username, valid_realm, errors.is_empty())
    else {
        let identity = Identity {
            username,
            domain: given_domain,
            realm: non_empty(realm).or(options.realm.map(Realm::as_str)).unwrap_or(""),
        };
        hide_host(&mut errors, realm);
        let is_known = !identity.username.is_empty() && !identity.realm.is_empty();
        return (Row::Wrong(line, is_known.then_some(identity)), errors);
    };

    let generated = match generate.then(Password::generate).transpose() {
        Ok(generated) => generated.map(Box::new),
        Err(error) => {
            let problem = format!("the system has no random bytes ({error})");
            errors.push(Issue::new(Field::Password, IssueKind::NeverValid, problem, "try again"));
            return (Row::Wrong(line, None), errors);
        }
    };
    let credential = Credential::new(composite_username, valid_realm);
    let digests = match &generated {
        Some(generated) => Digests::new(&credential, generated),
        None => Digests::compute(&credential, password),
    };

    // Warnings about the defaults are left to the caller: they would be repeated for every row.
    let mut warnings = composite_username.warnings();
    warnings.retain(|issue| issue.field != Field::Domain || !domain.is_empty());
    if !realm.is_empty() {
        warnings.extend(valid_realm.warnings());
    }
    if !app_id.is_empty() {
        warnings.extend(valid_app_id.map_or(vec![], AppId::warnings));
    }
    warnings.extend(combination_warnings(username, given_domain, valid_realm.as_str()));
    if !generate {
        warnings.extend(Password::warnings(password));
        warnings.extend(
            is_spreadsheet_artifact(password).then(|| spreadsheet_warning(Field::Password)),
        );
    }
    password.zeroize();
    let row = HashedRow { line, credential, app_id: valid_app_id, digests, generated };
    (Row::Hashed(row), warnings)
}

/// Returns `None` for an empty cell.
fn non_empty(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}

/// Returns the value, or adds its issues to `errors`.
fn ok_or_report<T>(checked: Result<T, Invalid>, errors: &mut Vec<Issue>) -> Option<T> {
    checked.map_err(|invalid| errors.extend_from_slice(invalid.issues())).ok()
}

fn password_error(password: &[u8]) -> Option<Issue> {
    let (kind, problem, remedy) = match Password::check(password) {
        Ok(()) => return None,
        Err(PasswordError::Empty) => (IssueKind::Empty, "empty".to_owned(), "fill the cell"),
        Err(PasswordError::TooLong) => (
            IssueKind::NeverValid,
            format!("more than {} bytes", Password::MAX_LEN),
            "use a shorter one",
        ),
    };
    Some(Issue::new(Field::Password, kind, problem, remedy))
}

/// Removes the host name from remedies about `realm`, unless `realm` is a SIP URI. It may be the end of
/// a password that contains a separator and is not quoted.
fn hide_host(errors: &mut [Issue], realm: &str) {
    let scheme = realm.split_once(':').map_or("", |(scheme, _)| scheme);
    if !["sip", "sips"].iter().any(|sip| scheme.eq_ignore_ascii_case(sip)) {
        let malformed =
            |issue: &&mut Issue| issue.field == Field::Realm && issue.kind != IssueKind::Empty;
        for issue in errors.iter_mut().filter(malformed) {
            issue.remedy = FULL_HOST_NAME.to_owned();
        }
    }
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
        Layout::parse(&names, Separator::COMMA, options)
    }

    fn options() -> Options<'static> {
        let realm = Realm::new(REALM, Strictness::Strict).expect("it is valid");
        Options { realm: Some(realm), ..Options::default() }
    }

    #[track_caller]
    fn assert_no_layout(header: &str, options: &Options<'_>, expected: &str) {
        let issue = layout(header, options).err().expect("it is wrong");
        assert!(issue.to_string().starts_with(expected), "{header}: {issue}");
    }

    #[test]
    fn columns_are_recognized_however_they_are_written() {
        for header in [
            "username,domain,realm,app_id,password",
            "USERNAME,Domain,ReAlM,APP_ID,Password",
            "User Name,-domain,realm_,App ID,pass-word",
            "user_name,domain,realm,appId,password",
        ] {
            let layout = layout(header, &options()).expect("it is right");
            assert_eq!(layout.columns, [0, 1, 2, 3, 4].map(Some), "{header}");
        }
        let layout = layout("password,,username,", &options()).expect("it is right");
        assert_eq!(layout.columns, [Some(4), None, Some(0), None]);
    }

    #[test]
    fn headers_that_are_wrong() {
        let none = Options::default();
        let generate = Options { generate_passwords: true, ..options() };
        let cases = [
            (
                "bob,secret",
                options(),
                "column A (1) has an unknown name: begin the file with a row",
            ),
            ("username,password,x", options(), "column C (3) has an unknown name"),
            ("username,user name,password", options(), "two columns username: leave one"),
            ("password", options(), "no column username: begin the file with a row"),
            ("username", options(), "no column password: add it"),
            ("username,password", none, "no column realm: add it"),
            ("password", generate, "no column username"),
        ];
        for (header, options, expected) in cases {
            assert_no_layout(header, &options, expected);
        }
        assert!(layout("username", &generate).is_ok());
        assert!(layout("username,password,realm", &none).is_ok());
        let wide = "username,password".to_owned() + &",".repeat(Layout::MAX_COLUMNS - 2);
        assert!(layout(&wide, &options()).is_ok());
        assert_no_layout(&(wide + ","), &options(), "65 columns: begin the file");
        // From the kind, the command line knows which flag helps.
        let issue = layout("username", &options()).err().expect("it is wrong");
        assert_eq!((issue.field, issue.kind), (Field::Password, IssueKind::Empty));
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

    #[test]
    fn rows_that_do_not_fit_the_header() {
        for (header, row, expected) in [
            ("username,,password", "bob", "1 cell, where the header has 3: put a comma between"),
            ("username,,password", "bob,x", "2 cells, where the header has 3: put a comma"),
            ("username,password", "bob,x,", "3 cells, where the header has 2: put quotes around"),
            ("username,password,", "bob,x,y", "column C (3) has no name and is not empty: name it"),
            ("username,,password", "bob,x,y", "column B (2) has no name and is not empty"),
        ] {
            let issue = sort(header, row).expect_err("it does not fit");
            assert!(issue.starts_with(expected), "{row}: {issue}");
        }
    }

    /// Hashes a row of username, domain, realm, app id and password.
    fn hash_row(cells: [&[u8]; 5], options: &Options<'_>) -> (String, Vec<String>) {
        let mut bytes = cells.map(<[u8]>::to_vec);
        let (row, issues) = hash(7, bytes.each_mut().map(Vec::as_mut_slice), options);
        assert_eq!(row.line(), 7);
        let name = row.identity().map(|it| format!("{} {:?} {}", it.username, it.domain, it.realm));
        let shown = match &row {
            Row::Hashed(row) => {
                let app_id = row.app_id.map_or("", AppId::as_str);
                format!("{} {}{app_id}", name.expect("it has a name"), row.digests.hash1)
            }
            Row::Wrong(..) => format!("wrong: {}", name.unwrap_or_default()),
            Row::Unchecked(..) => panic!("it is checked"),
        };
        let issues = issues.iter().map(|issue| format!("{}: {issue}", issue.field.name()));
        let issues = issues.collect();
        drop(row);
        // The password is overwritten, if it was hashed.
        let is_overwritten = bytes[4].iter().all(|byte| *byte == 0);
        assert_eq!(is_overwritten, !shown.starts_with("wrong: ") || cells[4].is_empty());
        (shown, issues)
    }

    /// The digests are those of Bandwidth's guide, and of `md5sum`.
    #[test]
    fn valid_rows() {
        let (row, warnings) = hash_row([b"sipauthtest", b"", b"", b"", b"password"], &options());
        assert_eq!(row, format!("sipauthtest None {REALM} fe438bddfc087dda89d29e637f5684ab"));
        assert_eq!(warnings, [""; 0]);
        let realm = REALM.as_bytes();
        let cells = [b"bob", &b"somewhere.com"[..], realm, APP_ID.as_bytes(), b"password"];
        let bob =
            format!("bob Some(\"somewhere.com\") {REALM} 817d76e91aad032a8c272229f468bfb2{APP_ID}");
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
        assert_eq!(errors[2], "realm: empty: fill the cell");
        assert_eq!(errors[4], "password: empty: fill the cell");
        let (row, errors) = hash_row([b"bob#", b"d.e", b"x.y", b"", &[b'x'; 1025]], &options());
        assert_eq!(row, "wrong: bob# Some(\"d.e\") x.y");
        assert_eq!(errors[1], "password: more than 1024 bytes: use a shorter one");
        let (row, _) = hash_row([b"bob#", b"", b"", b"", b"x"], &options());
        assert_eq!(row, format!("wrong: bob# None {REALM}"));
        assert_eq!(hash_row([b"", b"", b"", b"", b"x"], &options()).0, "wrong: ");
        let generate = Options { generate_passwords: true, ..options() };
        let (_, errors) = hash_row([b"bob", b"", b"", b"", &[b'x'; 1025]], &generate);
        assert_eq!(errors, ["password: more than 1024 bytes: use a shorter one"]);
    }

    #[test]
    fn passwords_are_generated_only_for_rows_without_one() {
        let generate = Options { generate_passwords: true, ..options() };
        let cells = [&b"bob"[..], b"", b"", b"", b""];
        let mut bytes = cells.map(<[u8]>::to_vec);
        let (row, issues) = hash(1, bytes.each_mut().map(Vec::as_mut_slice), &generate);
        let Row::Hashed(row) = row else { panic!("{issues:?}") };
        let generated = row.generated.expect("it had none");
        assert_eq!(row.digests, Digests::new(&row.credential, &generated));
        let mut bytes = [&b"bob"[..], b"", b"", b"", b"x"].map(<[u8]>::to_vec);
        let (row, issues) = hash(1, bytes.each_mut().map(Vec::as_mut_slice), &generate);
        let Row::Hashed(row) = row else { panic!("{issues:?}") };
        assert!(row.generated.is_none());
    }

    #[test]
    fn names_in_another_encoding_are_errors_and_such_passwords_warnings() {
        let latin1 = b"M\xFCller";
        for (index, field) in ["username", "domain", "realm", "app_id"].into_iter().enumerate() {
            let mut cells = [&b"bob"[..], b"", b"", b"", b""];
            cells[index] = latin1;
            let (row, errors) = hash_row(cells, &options());
            assert_eq!(row, "wrong: ");
            let expected = format!("{field}: not UTF-8, but perhaps Windows-1252: save the file");
            assert!(errors[0].starts_with(&expected) && errors.len() == 1, "{errors:?}");
        }
        let (_, warnings) = hash_row([b"bob", b"", b"", b"", latin1], &options());
        let expected = "password: has a character outside ASCII, and is not UTF-8, but perhaps \
                        Windows-1252: save the file as UTF-8";
        assert!(warnings.len() == 1 && warnings[0].starts_with(expected), "{warnings:?}");
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

    #[test]
    fn a_host_name_that_may_be_the_end_of_a_password_is_not_repeated() {
        for (realm, is_repeated) in
            [("sip:x.y:5060", true), ("SIPS:x.y", true), ("http:x.y", false), ("secret@x.y", false)]
        {
            let cells = [&b"bob"[..], b"", realm.as_bytes(), b"", b"x"];
            let (_, errors) = hash_row(cells, &options());
            assert_eq!(errors[0].ends_with("use the host name alone: x.y"), is_repeated, "{realm}");
            assert_eq!(errors[0].ends_with(FULL_HOST_NAME), !is_repeated, "{realm}");
        }
    }
}
