//! The rows of a CSV file: where their cells are, and one chunk of them at a time, checked and hashed.

use super::duplicates::{fold, key};
use super::{BatchError, Options, Report, file_error};
use crate::batch::csv::{BEHIND_QUOTE, Cell, Chunk, NO_COMMAS, Record};
use crate::credential::{FULL_HOST_NAME, check_username};
use crate::secret_buf::WipedText;
use crate::{
    Credential, Digests, Field, Finding, Hasher, Parts, Password, PasswordError, Severity,
};

/// The columns that there can be, by their names in the header.
const COLUMNS: [Field; 5] =
    [Field::Username, Field::Domain, Field::Realm, Field::AppId, Field::Password];
const USERNAME: usize = 0;
const DOMAIN: usize = 1;
const REALM: usize = 2;
const APP_ID: usize = 3;
const PASSWORD: usize = 4;

impl<'a> Options<'a> {
    /// A row's parts, with what the row lacks.
    fn fill<'b>(&self, cells: [&'b str; COLUMNS.len()]) -> Parts<'b>
    where
        'a: 'b,
    {
        let filled = |cell: &'b str, default| if cell.is_empty() { default } else { Some(cell) };
        Parts {
            username: cells[USERNAME],
            domain: filled(cells[DOMAIN], self.domain),
            realm: filled(cells[REALM], self.realm).unwrap_or_default(),
            app_id: filled(cells[APP_ID], self.app_id),
            realm_id: None,
        }
    }
}

/// How the file is laid out.
pub struct Layout {
    /// Where each of [`COLUMNS`] is, if it is.
    places: [Option<usize>; COLUMNS.len()],
    /// How many columns there are.
    width: usize,
    /// Those of [`COLUMNS`] of which cells are kept.
    kept: Vec<usize>,
}

impl Layout {
    /// More columns than anybody means.
    const WIDEST: usize = 64;

    /// Takes the header off the first chunk. Gives nothing when there is none.
    pub fn take_header(
        chunk: &mut Chunk,
        options: &Options<'_>,
    ) -> Result<Option<Self>, BatchError> {
        let mut cells = Vec::new();
        chunk.next(&mut cells).map(|header| Self::of(&header, options)).transpose()
    }

    fn of(header: &Record<'_>, options: &Options<'_>) -> Result<Self, BatchError> {
        let error = |problem: &str, remedy| Err(file_error(header.line, problem, remedy));
        let known = "begin the file with a row of column names: username, password, domain, \
                     realm, app_id";
        let mut layout =
            Layout { places: [None; COLUMNS.len()], width: header.width(), kept: Vec::new() };
        if let Some(wrong) = header.wrong {
            let quote_then = |by| header.bytes().windows(2).any(|pair| pair == [b'"', by]);
            let no_commas = wrong == BEHIND_QUOTE && (quote_then(b';') || quote_then(b'\t'));
            let (problem, remedy) = if no_commas { NO_COMMAS } else { wrong };
            return error(problem, remedy);
        }
        if layout.width > Self::WIDEST {
            return error(&format!("{} columns", layout.width), known);
        }
        for place in 0..layout.width {
            let name = String::from_utf8_lossy(header.cell(place));
            let column = COLUMNS.iter().position(|it| it.name().eq_ignore_ascii_case(&name));
            match column.map(|column| layout.places[column].replace(place)) {
                Some(None) => {}
                Some(Some(_)) => {
                    let name = column.map_or("", |column| COLUMNS[column].name());
                    return error(&format!("two columns {name}"), "leave one of them out");
                }
                None if layout.width == 1 && name.contains([';', '\t']) => {
                    return error(NO_COMMAS.0, NO_COMMAS.1);
                }
                // The name may be a password, where the header was forgotten.
                None => return error(&format!("column {} has an unknown name", place + 1), known),
            }
        }
        let needed = [
            (USERNAME, false, "begin the file with a row of column names"),
            (REALM, options.realm.is_some(), "add it, or pass --realm for all rows"),
            (PASSWORD, options.generate_passwords, "add it, or pass --generate-password"),
        ];
        for (column, provided, remedy) in needed {
            if layout.places[column].is_none() && !provided {
                return error(&format!("no column {}", COLUMNS[column].name()), remedy);
            }
        }
        layout.kept.extend((0..PASSWORD).filter(|column| layout.places[*column].is_some()));
        layout.kept.extend(options.generate_passwords.then_some(PASSWORD));
        Ok(layout)
    }
}

/// The rows of one chunk, checked.
#[derive(Default)]
pub struct Rows {
    /// The cells of all rows that are kept, in the order of the layout; of the passwords only the
    /// generated ones.
    text: WipedText,
    /// Where each cell ends. A chunk is no longer than a MiB or so.
    ends: Vec<u32>,
    /// The line that the chunk begins on, and how far behind it each row does.
    first_line: u64,
    lines: Vec<u32>,
    /// A hash of the name and realm of each row that has them, until all are gathered.
    pub keys: Vec<u64>,
    /// Of each row that is not wrong: where one is, nothing is written.
    pub digests: Vec<Digests>,
    /// The lines of the rows that are.
    pub wrong: Vec<u64>,
    pub errors: Report,
    pub advice: Report,
}

impl Rows {
    /// How many rows there are, but for those that could not be taken apart.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many bytes all their cells have that are kept.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// A row's credential, and its password if that was generated.
    pub fn credential<'b>(
        &'b self,
        at: usize,
        layout: &Layout,
        options: &Options<'b>,
    ) -> (Credential<'b>, Option<&'b str>) {
        let cells = self.cells(at, &layout.kept);
        let password = cells[PASSWORD];
        (Credential(options.fill(cells)), Some(password).filter(|it| !it.is_empty()))
    }

    /// The cells that are kept of a row; the others are empty.
    fn cells(&self, at: usize, kept: &[usize]) -> [&str; COLUMNS.len()] {
        let ends = &self.ends[at * kept.len()..][..kept.len()];
        let before = (at * kept.len()).checked_sub(1);
        let mut start = before.map_or(0, |before| self.ends[before] as usize);
        let mut cells = [""; COLUMNS.len()];
        for (column, end) in kept.iter().zip(ends) {
            cells[*column] = &self.text[start..*end as usize];
            start = *end as usize;
        }
        cells
    }

    pub fn line(&self, at: usize) -> u64 {
        self.first_line + u64::from(self.lines[at])
    }
}

/// Checks and hashes rows.
pub struct Worker<'a> {
    layout: &'a Layout,
    options: Options<'a>,
    hasher: Hasher,
    /// What was right in each column last: most often it is so again.
    right: [String; COLUMNS.len()],
    name: Vec<u8>,
    cells: Vec<Cell>,
}

impl<'a> Worker<'a> {
    pub fn new(layout: &'a Layout, options: Options<'a>) -> Self {
        Worker {
            layout,
            options,
            hasher: Hasher::default(),
            right: Default::default(),
            name: Vec::new(),
            cells: Vec::new(),
        }
    }

    pub fn rows(&mut self, mut chunk: Chunk) -> Rows {
        let most = chunk.most_records();
        // With secrets in it, it must not grow, which would leave a copy behind.
        let text = match self.options.generate_passwords {
            true => chunk.len() + most * Password::GENERATED_LEN,
            false => most * 16,
        };
        let mut rows = Rows {
            text: WipedText::with_capacity(text),
            ends: Vec::with_capacity(most * self.layout.kept.len()),
            first_line: chunk.line(),
            lines: Vec::with_capacity(most),
            keys: Vec::with_capacity(most),
            digests: Vec::with_capacity(most),
            ..Rows::default()
        };
        let (mut cells, mut findings) = (std::mem::take(&mut self.cells), Vec::new());
        while let Some(record) = chunk.next(&mut cells) {
            self.row(&record, &mut rows, &mut findings);
            if findings.is_empty() {
                continue;
            }
            if self.options.rules.refuse(&findings) {
                rows.wrong.push(record.line);
                rows.errors.add(record.line, std::mem::take(&mut findings));
            } else {
                rows.advice.add(record.line, std::mem::take(&mut findings));
            }
        }
        self.cells = cells;
        rows
    }

    fn row(&mut self, record: &Record<'_>, rows: &mut Rows, findings: &mut Vec<Finding>) {
        if let Some((problem, remedy)) = record.wrong {
            return findings.push(refused(Field::Row, problem.to_owned(), remedy));
        }
        let width = record.width();
        if width != self.layout.width {
            let cells = if width == 1 { "cell" } else { "cells" };
            let problem = format!("{width} {cells}, where the header has {}", self.layout.width);
            let remedy = match width < self.layout.width {
                true => "put a comma between the cells, empty ones too",
                false => "put a cell that has a comma or a line end in it in quotes",
            };
            return findings.push(refused(Field::Row, problem, remedy));
        }
        if (0..width).all(|at| record.cell(at).is_empty()) {
            return findings.push(refused(Field::Row, "all cells empty".to_owned(), "delete it"));
        }
        let cell =
            |column: usize| self.layout.places[column].map_or(&b""[..], |at| record.cell(at));
        let mut cells = [""; COLUMNS.len()];
        for &column in &self.layout.kept {
            if column == PASSWORD {
                continue;
            }
            match std::str::from_utf8(cell(column)) {
                Ok(text) => cells[column] = text,
                Err(_) => {
                    let remedy = "save the file as UTF-8; only passwords may be something else";
                    findings.push(refused(COLUMNS[column], "not UTF-8".to_owned(), remedy));
                }
            }
        }
        if !findings.is_empty() {
            return;
        }
        let parts = self.options.fill(cells);
        self.check(&parts, &cells, findings);

        let given = cell(PASSWORD);
        let mut generated = None;
        if given.is_empty() && self.options.generate_passwords {
            match Password::generate() {
                Ok(password) => generated = Some(password),
                Err(error) => {
                    let problem = format!("the system gave no random bytes ({error})");
                    findings.push(refused(Field::Password, problem, "try again"));
                }
            }
        } else {
            check_password(given, findings);
        }
        let password = generated.as_ref().map_or(given, Password::as_bytes);
        // It is ASCII.
        cells[PASSWORD] = generated.as_ref().map_or("", |it| it.as_str().unwrap_or_default());

        for column in &self.layout.kept {
            rows.text.push_str(cells[*column]);
            rows.ends.push(rows.text.len() as u32);
        }
        rows.lines.push((record.line - rows.first_line) as u32);
        if !parts.username.is_empty() && !parts.realm.is_empty() {
            fold(&parts, self.options.realm, &mut self.name);
            rows.keys.push(key(&self.name));
        }
        if !self.options.rules.refuse(findings) {
            rows.digests.push(self.hasher.digests(&Credential(parts), password));
        }
    }

    /// Checks the parts that come from the row.
    fn check(
        &mut self,
        parts: &Parts<'_>,
        cells: &[&str; COLUMNS.len()],
        findings: &mut Vec<Finding>,
    ) {
        check_username(parts.username, parts.domain.is_some(), findings);
        if parts.realm.is_empty() {
            let remedy = "fill the cell, or pass --realm for all such rows";
            findings.push(refused(Field::Realm, "empty".to_owned(), remedy));
        }
        for column in [DOMAIN, REALM, APP_ID] {
            let (cell, right) = (cells[column], &mut self.right[column]);
            if !cell.is_empty() && cell != right {
                let before = findings.len();
                COLUMNS[column].check(cell, findings);
                if findings.len() == before {
                    cell.clone_into(right);
                } else if column == REALM && !is_sip_uri(cell) {
                    // What looks like its host may be the end of a password that has a comma.
                    for finding in &mut findings[before..] {
                        if finding.severity != Severity::Advice {
                            finding.remedy = FULL_HOST_NAME.to_owned();
                        }
                    }
                }
            }
        }
    }
}

fn is_sip_uri(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.starts_with("sip:") || text.starts_with("sips:")
}

fn check_password(password: &[u8], findings: &mut Vec<Finding>) {
    let (problem, remedy) = match Password::check(password) {
        Ok(()) => return findings.extend(Password::advice(password)),
        Err(PasswordError::Empty) => {
            ("empty".to_owned(), "fill the cell, or pass --generate-password")
        }
        Err(PasswordError::TooLong) => {
            (format!("more than {} bytes", Password::MAX_LEN), "use a shorter one")
        }
    };
    findings.push(refused(Field::Password, problem, remedy));
}

pub fn refused(field: Field, problem: String, remedy: &str) -> Finding {
    Finding { field, severity: Severity::Refused, problem, remedy: remedy.to_owned() }
}
