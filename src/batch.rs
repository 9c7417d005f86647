//! Many credentials at once, out of a CSV file: all of them, or none.
//!
//! One pass over the file, on all processors, checks and hashes every row. It keeps what a document
//! shows of a row, and its digests, but no password that came in. Documents are written from that.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, Read};
use std::sync::Mutex;

use crate::credential::check_username;
use crate::csv::{Broken, Cell, Chunk, Chunks, NO_COMMAS, Record, TOO_LONG, quoted};
use crate::document::{Document, Entry};
use crate::parallel::in_order;
use crate::wiped::{Wiped, WipedText};
use crate::{
    Credential, Digests, Field, Finding, Hasher, Parts, Password, PasswordError, Rules, Severity,
};

/// The columns that there can be, by their names in the header.
const COLUMNS: [Field; 5] =
    [Field::Username, Field::Domain, Field::Realm, Field::AppId, Field::Password];
const USERNAME: usize = 0;
const DOMAIN: usize = 1;
const REALM: usize = 2;
const APP_ID: usize = 3;
const PASSWORD: usize = 4;

/// How to take the rows.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// For cells that are missing or empty; checked already.
    pub domain: Option<&'a str>,
    /// The same.
    pub realm: Option<&'a str>,
    /// The same.
    pub app_id: Option<&'a str>,
    /// Whether to make passwords for the rows that have none.
    pub generate_passwords: bool,
    /// Whether what Bandwidth would refuse is an error.
    pub rules: Rules,
}

/// Credentials that are checked and hashed.
pub struct Batch<'a> {
    options: Options<'a>,
    layout: Layout,
    chunks: Vec<Rows>,
}

/// Why there is no batch.
#[derive(Debug)]
pub enum BatchError {
    /// The file can't be read.
    Read(io::Error),
    /// The file is not what it should be.
    File {
        /// The line that shows it, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Some rows are wrong.
    Rows {
        /// Rows with errors. They may have what is only worth a warning, too.
        errors: Report,
        /// Rows that are only worth a warning.
        advice: Report,
    },
}

/// What there is to say about rows: the first of them, and how many there are.
#[derive(Debug, Default)]
pub struct Report {
    /// By the line that a row begins on, from 1.
    pub rows: BTreeMap<u64, Vec<Finding>>,
    /// How many rows there are, those that are not in `rows` included.
    pub total: usize,
}

impl Report {
    /// How many rows it names.
    pub const NAMED: usize = 20;

    fn add(&mut self, line: u64, findings: Vec<Finding>) {
        self.total += 1;
        self.name(line, findings);
    }

    fn append(&mut self, other: Report) {
        self.total += other.total;
        other.rows.into_iter().for_each(|(line, findings)| self.name(line, findings));
    }

    fn name(&mut self, line: u64, findings: Vec<Finding>) {
        self.rows.insert(line, findings);
        if self.rows.len() > Self::NAMED {
            self.rows.pop_last();
        }
    }
}

impl<'a> Batch<'a> {
    /// Reads CSV: a header with the columns `username`, and perhaps `password`, `domain`, `realm`
    /// and `app_id`, in any order and letter case; UTF-8, but for passwords; RFC 4180 quoting; LF
    /// or CRLF; a byte order mark or none. Gives the batch and what is worth a warning.
    ///
    /// Fails when a single row is wrong, with all that are.
    pub fn read(
        mut input: impl Read + Send,
        options: Options<'a>,
    ) -> Result<(Self, Report), BatchError> {
        let start = start(&mut input)?;
        let mut chunks = Chunks::new(&start, input);
        let first = chunks.next();
        if let Some(broken) = chunks.broken.take() {
            return Err(broken.into());
        }
        let empty = || {
            file_error(1, "empty", "begin it with a row of column names, such as username,password")
        };
        let mut first = first.ok_or_else(empty)?;
        let layout = Layout::take_header(&mut first, &options)?.ok_or_else(empty)?;

        let (mut gathered, mut keys) = (Vec::new(), Vec::new());
        let (mut errors, mut advice) = (Report::default(), Report::default());
        let rows = std::iter::once(first).chain(&mut chunks);
        let Ok(()) = in_order(
            rows,
            || {
                let mut worker = Worker::new(&layout, options);
                move |chunk| worker.rows(chunk)
            },
            |mut rows| {
                errors.append(std::mem::take(&mut rows.errors));
                advice.append(std::mem::take(&mut rows.advice));
                keys.append(&mut std::mem::take(&mut rows.keys));
                gathered.push(rows);
                Ok::<_, Infallible>(())
            },
        );
        match chunks.broken {
            Some(Broken::TooLong(line)) => {
                errors.add(line, vec![refused(Field::Row, TOO_LONG.0.to_owned(), TOO_LONG.1)]);
            }
            Some(Broken::Read(error)) => return Err(BatchError::Read(error)),
            None => {}
        }
        let batch = Batch { options, layout, chunks: gathered };
        batch.find_repeated(keys, &mut errors);
        if errors.total > 0 {
            return Err(BatchError::Rows { errors, advice });
        }
        if batch.chunks.iter().all(|rows| rows.lines.is_empty()) {
            let problem = "no rows below the header (Bandwidth error 23006)";
            return Err(file_error(1, problem, "add a row for each credential"));
        }
        Ok((batch, advice))
    }

    /// Writes a document of all credentials, in the order of the rows, with the generated passwords
    /// if they are to be shown. `out` gets it in pieces.
    pub fn write(
        &self,
        document: Document,
        with_passwords: bool,
        mut out: impl FnMut(&[u8]) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        // What a piece was in serves for another: to overwrite it each time, and to get new memory,
        // takes two in a hundred of a whole run.
        let written = Mutex::new(Vec::new());
        let render = || {
            |rows: &Rows| {
                let used = written.lock().ok().and_then(|mut written| written.pop());
                let mut piece: Wiped = used.unwrap_or_default();
                piece.clear();
                piece.reserve(rows.digests.len() * 256 + 2 * rows.text.len());
                for (at, digests) in rows.digests.iter().enumerate() {
                    if at > 0 {
                        piece.extend_from_slice(document.between().as_bytes());
                    }
                    let (credential, password) = self.credential(rows, at);
                    let password = password.filter(|_| with_passwords);
                    let entry = Entry { credential, digests, password };
                    piece.reserve(entry.longest());
                    document.entry(&mut piece, &entry);
                }
                piece
            }
        };
        out(document.start().as_bytes())?;
        let mut between = "";
        let chunks = self.chunks.iter().filter(|rows| !rows.lines.is_empty());
        in_order(chunks, render, |piece| {
            out(between.as_bytes())?;
            between = document.between();
            out(&piece)?;
            written.lock().map(|mut written| written.push(piece)).ok();
            Ok::<_, io::Error>(())
        })?;
        out(document.end().as_bytes())
    }

    /// Writes the generated passwords as CSV that [`Batch::read`] takes: `username`, `domain`,
    /// `realm` and `password` of each. `out` gets it in pieces.
    pub fn write_passwords(&self, mut out: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        out(b"username,domain,realm,password\n")?;
        for rows in &self.chunks {
            let mut piece = Wiped::with_capacity(rows.lines.len() * 128);
            for at in 0..rows.lines.len() {
                let (credential, password) = self.credential(rows, at);
                let Some(password) = password else { continue };
                let domain = credential.domain().unwrap_or_default();
                let cells = [credential.username(), domain, credential.realm()];
                piece.reserve(128 + 2 * cells.map(str::len).iter().sum::<usize>());
                for cell in cells {
                    piece.extend_from_slice(quoted(cell).as_bytes());
                    piece.push(b',');
                }
                piece.extend_from_slice(password.as_bytes());
                piece.push(b'\n');
            }
            out(&piece)?;
        }
        Ok(())
    }

    /// A row's credential, and its password if that was generated.
    fn credential<'b>(&'b self, rows: &'b Rows, at: usize) -> (Credential<'b>, Option<&'b str>) {
        let cells = rows.cells(at, &self.layout.kept);
        let password = cells[PASSWORD];
        (Credential(self.options.fill(cells)), Some(password).filter(|it| !it.is_empty()))
    }

    /// Adds an error for each row that repeats an earlier name on the same realm.
    /// `keys` has the keys of all rows.
    fn find_repeated(&self, mut keys: Vec<u64>, errors: &mut Report) {
        keep_repeated(&mut keys);
        if keys.is_empty() {
            return;
        }
        // Equal keys may come from names that are not.
        let mut suspects: HashMap<u64, Vec<(Vec<u8>, u64)>> =
            keys.into_iter().map(|key| (key, Vec::new())).collect();
        for rows in &self.chunks {
            for at in 0..rows.lines.len() {
                let mut name = Vec::new();
                fold(&self.credential(rows, at).0.0, self.options.realm, &mut name);
                let Some(earlier) = suspects.get_mut(&key(&name)) else { continue };
                let line = rows.line(at);
                let Some((_, first)) = earlier.iter().find(|(other, _)| *other == name) else {
                    earlier.push((name, line));
                    continue;
                };
                let finding = refused(
                    Field::Username,
                    format!(
                        "repeats line {first}, on the same realm (Bandwidth errors 23000, 23026)"
                    ),
                    "leave one of them out; letter case makes no difference",
                );
                if rows.wrong.binary_search(&line).is_err() {
                    errors.add(line, vec![finding]);
                } else if let Some(findings) = errors.rows.get_mut(&line) {
                    findings.push(finding);
                }
            }
        }
    }
}

impl<'a> Options<'a> {
    /// Checks what there is for rows that lack it. Gives what is worth a warning, or all findings
    /// where some are errors.
    pub fn check(&self) -> Result<((), Vec<Finding>), Vec<Finding>> {
        let given =
            [(Field::Domain, self.domain), (Field::Realm, self.realm), (Field::AppId, self.app_id)];
        let mut findings = Vec::new();
        for (field, value) in given {
            value.inspect(|value| field.check(value, &mut findings));
        }
        match findings.iter().any(|finding| finding.is_error(self.rules)) {
            true => Err(findings),
            false => Ok(((), findings)),
        }
    }

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
struct Layout {
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
    fn take_header(chunk: &mut Chunk, options: &Options<'_>) -> Result<Option<Self>, BatchError> {
        let mut cells = Vec::new();
        chunk.next(&mut cells).map(|header| Self::of(&header, options)).transpose()
    }

    fn of(header: &Record<'_>, options: &Options<'_>) -> Result<Self, BatchError> {
        let error = |problem: &str, remedy| Err(file_error(header.line, problem, remedy));
        let known = "begin the file with a row of column names: username, password, domain, \
                     realm, app_id";
        let mut layout =
            Layout { places: [None; COLUMNS.len()], width: header.width(), kept: Vec::new() };
        if let Some((problem, remedy)) = header.wrong {
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
struct Rows {
    /// The cells of all rows that are kept, in the order of the layout; of the passwords only the
    /// generated ones.
    text: WipedText,
    /// Where each cell ends. A chunk is no longer than a MiB or so.
    ends: Vec<u32>,
    /// The line that the chunk begins on, and how far behind it each row does.
    first_line: u64,
    lines: Vec<u32>,
    /// A hash of each row's name and realm, until all are gathered.
    keys: Vec<u64>,
    /// Of each row, if none is wrong.
    digests: Vec<Digests>,
    /// The lines of the rows that are.
    wrong: Vec<u64>,
    errors: Report,
    advice: Report,
}

impl Rows {
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

    fn line(&self, at: usize) -> u64 {
        self.first_line + u64::from(self.lines[at])
    }
}

/// Checks and hashes rows.
struct Worker<'a> {
    layout: &'a Layout,
    options: Options<'a>,
    hasher: Hasher,
    /// What was right in each column last: most often it is so again.
    right: [String; COLUMNS.len()],
    name: Vec<u8>,
    cells: Vec<Cell>,
}

impl<'a> Worker<'a> {
    fn new(layout: &'a Layout, options: Options<'a>) -> Self {
        Worker {
            layout,
            options,
            hasher: Hasher::default(),
            right: Default::default(),
            name: Vec::new(),
            cells: Vec::new(),
        }
    }

    fn rows(&mut self, mut chunk: Chunk) -> Rows {
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
            if findings.iter().any(|finding| finding.is_error(self.options.rules)) {
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
            let remedy = "put a cell that has a comma or a line end in it in quotes";
            return findings.push(refused(Field::Row, problem, remedy));
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
        fold(&parts, self.options.realm, &mut self.name);
        rows.keys.push(key(&self.name));
        rows.digests.push(self.hasher.digests(&Credential(parts), password));
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
                }
            }
        }
    }
}

/// A hash of a folded name.
fn key(name: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name);
    hasher.finish()
}

/// Keeps one of each key that there is more than once.
fn keep_repeated(keys: &mut Vec<u64>) {
    // Each key has one of 8 bits or more for every key there is. To pass over those that share theirs
    // with no other, which are most, takes half as long as to sort them too.
    let bits = (8 * keys.len()).next_power_of_two();
    let mut taken = vec![[0_u64; 2]; bits.div_ceil(64)];
    let place = |key: u64| ((key as usize & (bits - 1)) / 64, 1 << (key % 64));
    for key in &*keys {
        let (at, bit) = place(*key);
        let [once, again] = &mut taken[at];
        *again |= *once & bit;
        *once |= bit;
    }
    keys.retain(|key| {
        let (at, bit) = place(*key);
        taken[at][1] & bit != 0
    });
    keys.sort_unstable();
    *keys = keys.chunk_by(u64::eq).filter(|same| same.len() > 1).map(|same| same[0]).collect();
}

/// Puts into `out` what is the same for two credentials that Bandwidth takes to be one: the
/// composite username and the realm, letter case aside. The `usual` realm is left out, to save the
/// time.
fn fold(parts: &Parts<'_>, usual: Option<&str>, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(parts.username.as_bytes());
    if let Some(domain) = parts.domain {
        out.push(b'@');
        out.extend_from_slice(domain.as_bytes());
    }
    if !usual.is_some_and(|it| it == parts.realm || it.eq_ignore_ascii_case(parts.realm)) {
        out.push(b' ');
        out.extend_from_slice(parts.realm.as_bytes());
    }
    if out.is_ascii() {
        out.make_ascii_lowercase();
    } else {
        *out = String::from_utf8_lossy(out).to_lowercase().into_bytes();
    }
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

fn refused(field: Field, problem: String, remedy: &str) -> Finding {
    Finding { field, severity: Severity::Refused, problem, remedy: remedy.to_owned() }
}

fn file_error(line: u64, problem: &str, remedy: &'static str) -> BatchError {
    BatchError::File { line, problem: problem.to_owned(), remedy }
}

impl From<Broken> for BatchError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Read(error) => BatchError::Read(error),
            Broken::TooLong(line) => file_error(line, TOO_LONG.0, TOO_LONG.1),
        }
    }
}

/// The first bytes, without a byte order mark.
fn start(input: &mut impl Read) -> Result<Vec<u8>, BatchError> {
    let mut start = Vec::with_capacity(4);
    input.take(4).read_to_end(&mut start).map_err(BatchError::Read)?;
    if start.starts_with(b"\xEF\xBB\xBF") {
        start.drain(..3);
    }
    // UTF-16 has a byte order mark of its own, or the other half of an ASCII letter.
    if matches!(start[..], [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || start.contains(&0) {
        return Err(file_error(1, "UTF-16, not UTF-8", "save it as CSV in UTF-8"));
    }
    Ok(start)
}
