//! Many credentials at once, out of a CSV file: all of them, or none.
//!
//! One pass over the file, on all processors, checks and hashes every row. It keeps what a document
//! shows of a row, and its digests, but no password that came in. Documents are written from that.

pub(crate) mod csv;
mod duplicates;
mod row;

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::io::{self, Read};
use std::sync::Mutex;

use crate::batch::csv::{Broken, Chunks, TOO_LONG, quoted};
use crate::document::{Document, Entry};
use crate::parallel::in_order;
use crate::secret_buf::Wiped;
use crate::{Field, Finding, Rules};

use duplicates::{fold, keep_repeated, key};
use row::{Layout, Rows, Worker, refused};

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
        let (layout, first) = loop {
            let chunk = chunks.next();
            if let Some(broken) = chunks.broken.take() {
                return Err(broken.into());
            }
            let Some(mut chunk) = chunk else {
                let remedy = "begin it with a row of column names, such as username,password";
                return Err(file_error(1, "empty", remedy));
            };
            if let Some(layout) = Layout::take_header(&mut chunk, &options)? {
                break (layout, chunk);
            }
        };

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
                // Room was made for more rows than there are, where lines are empty.
                if !rows.is_empty() {
                    gathered.push(rows);
                }
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
        if batch.chunks.is_empty() {
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
                piece.reserve(rows.digests.len() * 256 + 2 * rows.text_len());
                for (at, digests) in rows.digests.iter().enumerate() {
                    if at > 0 {
                        piece.extend_from_slice(document.between().as_bytes());
                    }
                    let (credential, password) = rows.credential(at, &self.layout, &self.options);
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
        in_order(self.chunks.iter(), render, |piece| {
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
            let mut piece = Wiped::with_capacity(rows.len() * 128);
            for at in 0..rows.len() {
                let (credential, password) = rows.credential(at, &self.layout, &self.options);
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

    /// Adds an error for each row that repeats an earlier name on the same realm.
    /// `keys` has the keys of all rows.
    fn find_repeated(&self, mut keys: Vec<u64>, errors: &mut Report) {
        keep_repeated(&mut keys);
        if keys.is_empty() {
            return;
        }
        // Equal keys may come from names that are not.
        let mut suspects: HashMap<u64, Vec<(&Rows, usize)>> =
            keys.into_iter().map(|key| (key, Vec::new())).collect();
        let fold = |rows: &Rows, at: usize, name: &mut Vec<u8>| {
            let (credential, _) = rows.credential(at, &self.layout, &self.options);
            fold(&credential.0, self.options.realm, name);
        };
        let (mut name, mut other) = (Vec::new(), Vec::new());
        for rows in &self.chunks {
            for at in 0..rows.len() {
                fold(rows, at, &mut name);
                let Some(earlier) = suspects.get_mut(&key(&name)) else { continue };
                let same = earlier.iter().find(|(rows, at)| {
                    fold(rows, *at, &mut other);
                    other == name
                });
                let Some((first_rows, first)) = same else {
                    earlier.push((rows, at));
                    continue;
                };
                let (first, line) = (first_rows.line(*first), rows.line(at));
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
            if let Some(value) = value {
                field.check(value, &mut findings);
            }
        }
        self.rules.judge((), findings)
    }
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
