//! The rows of a CSV file: their columns, then each of them checked and hashed.

use zeroize::Zeroize as _;

use crate::batch::Options;
use crate::batch::csv::Separator;
use crate::batch::duplicates::Name;
use crate::rules::{FULL_HOST_NAME, names_issues};
use crate::{
    AppId, CompositeUsername, Credential, Digests, Domain, Field, Invalid, Issue, IssueKind,
    Password, PasswordError, Realm,
};

/// The columns that a file can have.
const COLUMNS: [Field; 5] =
    [Field::Username, Field::Domain, Field::Realm, Field::AppId, Field::Password];

/// The cells of a row in the order of [`COLUMNS`], empty where the file lacks the column.
pub type Cells<'a> = [&'a mut [u8]; COLUMNS.len()];

/// The columns of a file.
pub struct Layout {
    /// The index in [`COLUMNS`] of each column. `None` is a column without a name.
    columns: Vec<Option<usize>>,
    separator: Separator,
}

impl Layout {
    /// The maximum number of columns, to tell a header from a line of something else.
    const MAX_COLUMNS: usize = 64;

    /// Parses the header.
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
        let mut columns = Vec::new();
        for (index, name) in header.iter().enumerate() {
            let column = COLUMNS.iter().position(|field| is_name_of(*field, name));
            if column.is_none() && !name.is_empty() {
                // Without a header, the name may be a password: it is not repeated.
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

    /// Sorts the cells of a row. Returns `None` for a row that has nothing in it.
    pub fn sort<'a>(&self, cells: &mut Vec<&'a mut [u8]>) -> Result<Option<Cells<'a>>, Issue> {
        if cells.iter().all(|cell| cell.is_empty()) {
            return Ok(None);
        }
        let width = self.columns.len();
        // A spreadsheet may leave out empty cells at the end of a row.
        let min_width = self.columns.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        if !(min_width..=width).contains(&cells.len()) {
            let noun = if cells.len() == 1 { "cell" } else { "cells" };
            let problem = format!("{} {noun}, where the header has {width}", cells.len());
            let separator = self.separator.name();
            let remedy = match cells.len() < width {
                true => format!("put a {separator} between the cells, empty ones too"),
                false => {
                    format!("put a cell that has a {separator} or a line ending in it in quotes")
                }
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

/// Returns true if `name` in a header stands for `field`. Letter case, spaces, hyphens and
/// underscores make no difference.
fn is_name_of(field: Field, name: &[u8]) -> bool {
    let letters = |name: &[u8]| -> Vec<u8> {
        let letters = name.iter().filter(|byte| !b" -_".contains(byte));
        letters.map(u8::to_ascii_lowercase).collect()
    };
    letters(name) == letters(field.name().as_bytes())
}

/// Describes a column as a spreadsheet shows it, by its letters, and by its number.
fn column_name(index: usize) -> String {
    let letter = |digit: usize| char::from(b'A' + digit as u8);
    let first = index / 26;
    let first = (first > 0).then(|| letter(first - 1)).map(String::from).unwrap_or_default();
    format!("column {first}{} ({})", letter(index % 26), index + 1)
}

/// Creates an error of a whole row.
pub fn row_issue(problem: impl Into<String>, remedy: &str) -> Issue {
    Issue::new(Field::Row, IssueKind::NeverValid, problem, remedy)
}

/// A row of a file that has something in it.
pub enum Row<'a> {
    /// A row that is not checked yet.
    Unchecked(u64, Cells<'a>),
    /// A valid row.
    Hashed(Hashed<'a>),
    /// A row with errors, and its name if that can be read.
    Wrong(u64, Option<Name<'a>>),
}

/// A valid row and its digests.
pub struct Hashed<'a> {
    pub line: u64,
    pub credential: Credential<'a>,
    pub app_id: Option<AppId<'a>>,
    pub digests: Digests,
    /// The password, if it was generated. A box takes less memory where there is none.
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

    /// Returns the name, unless it cannot be read.
    pub fn name(&self) -> Option<Name<'a>> {
        match self {
            Row::Unchecked(..) => None,
            Row::Hashed(row) => Some(Name::from(&row.credential)),
            Row::Wrong(_, name) => *name,
        }
    }
}

/// Checks and hashes a row, and overwrites its password. Returns the row with its errors if it is
/// wrong, otherwise with its warnings.
pub fn hash<'a>(line: u64, cells: Cells<'a>, options: &Options<'a>) -> (Row<'a>, Vec<Issue>) {
    let [username, domain, realm, app_id, password] = cells;
    let mut errors = Vec::new();
    let mut text = |field, cell: &'a mut [u8]| {
        str::from_utf8(cell).unwrap_or_else(|_| {
            let remedy = "save the file as UTF-8; only passwords may be something else";
            errors.push(Issue::new(field, IssueKind::NeverValid, NOT_UTF8, remedy));
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
    let given_domain = some(domain).or(options.domain.map(Domain::as_str));
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
    let valid_app_id = match some(app_id) {
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
        let name = Name {
            username,
            domain: given_domain,
            realm: some(realm).or(options.realm.map(Realm::as_str)).unwrap_or(""),
        };
        hide_host(&mut errors, realm);
        let has_name = !name.username.is_empty() && !name.realm.is_empty();
        return (Row::Wrong(line, has_name.then_some(name)), errors);
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
        None => Digests::of_bytes(&credential, password),
    };

    // Defaults are no fault of the row.
    let mut warnings = composite_username.warnings();
    warnings.retain(|issue| issue.field != Field::Domain || !domain.is_empty());
    if !realm.is_empty() {
        warnings.extend(valid_realm.warnings());
    }
    if !app_id.is_empty() {
        warnings.extend(valid_app_id.map_or(vec![], AppId::warnings));
    }
    warnings.extend(names_issues(username, given_domain, valid_realm.as_str()));
    if !generate {
        warnings.extend(Password::advice(password));
    }
    password.zeroize();
    let row = Hashed { line, credential, app_id: valid_app_id, digests, generated };
    (Row::Hashed(row), warnings)
}

const NOT_UTF8: &str = "not UTF-8, but perhaps Windows-1252";

/// Returns a cell unless it is empty.
fn some(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}

/// Returns the value, or adds what is wrong with it to `errors`.
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

/// Takes the host name out of remedies for `realm`, unless it is the host of a SIP URI: it may be the
/// end of a password that has a separator in it.
fn hide_host(errors: &mut [Issue], realm: &str) {
    let scheme = realm.split_once(':').map_or("", |(scheme, _)| scheme);
    if !["sip", "sips"].iter().any(|sip| scheme.eq_ignore_ascii_case(sip)) {
        for issue in errors.iter_mut().filter(|issue| issue.field == Field::Realm) {
            issue.remedy = FULL_HOST_NAME.to_owned();
        }
    }
}
