//! Reads captured responses, from a header or a trace.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bwsip::Name;
use bwsip::sip::{NotRead, Place, Request, Trace};
use bwsip::verification::{Given, Note, Response, Sides};
use flate2::bufread::MultiGzDecoder;

use crate::cli::ResponseArgs;
use crate::input::open;

/// The requests with credentials.
#[derive(Default)]
pub struct Captured {
    trace: Trace,
    is_trace: bool,
}

/// The maximum length of a trace or header, in bytes. A longer one is refused.
const MAX_LEN: u64 = 1 << 28;

impl Captured {
    /// Reads the header or the trace that the flags name.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read, or if it contains no request with credentials.
    pub fn read(args: &ResponseArgs) -> anyhow::Result<Captured> {
        if let Some(path) = &args.trace {
            let (name, text) = read("--trace", path)?;
            let trace = Trace::read(&text);
            if trace.requests.is_empty() {
                if let Some(NotRead { place, reason }) = trace.not_read.first() {
                    bail!("--trace: {name}, {place}: {reason}");
                }
                ensure!(
                    trace.challenges == 0,
                    "--trace: found the server's challenge in {name}, but no response to it: capture \
                     the request that follows, or find out why the client does not answer"
                );
                bail!(
                    "--trace: found no request with an Authorization or Proxy-Authorization header \
                     in {name}: capture one that answers a challenge"
                );
            }
            return Ok(Captured { trace, is_trace: true });
        }
        let (Some(header), Some(method)) = (&args.authorization, &args.method) else {
            return Ok(Captured::default());
        };
        ensure!(
            !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()),
            "--method: not a method: use that of the captured request, in capitals, such as \
             REGISTER or INVITE"
        );
        let header = match &**header {
            "-" => {
                let (name, text) = read("--authorization", Path::new("-"))?;
                let text = String::from_utf8(text).ok();
                text.with_context(|| format!("--authorization: {name} is not UTF-8"))?
            }
            header => header.to_owned(),
        };
        let authorization = header.parse();
        if let Err(error) = &authorization {
            bail!("--authorization: {error}");
        }
        let request = Request {
            place: Place::Line(1),
            method: method.clone(),
            authorization,
            request_uri: None,
            challenge: None,
            answer: None,
        };
        let trace = Trace { requests: vec![request], ..Trace::default() };
        Ok(Captured { trace, is_trace: false })
    }

    /// Returns what is in a trace but is not checked: requests that cannot be read, whose users are
    /// unknown, and those of other users.
    pub fn not_checked(&self, given: &Given<'_>) -> Vec<Note> {
        let note = |place, method: &str, reason, is_asked| {
            let mut note = Note::new(reason);
            (note.place, note.method, note.is_asked) = (Some(place), method.to_owned(), is_asked);
            note
        };
        let name = given.username.map(|username| Name::new(username, given.domain));
        let requests = self.trace.requests.iter().filter_map(|request| {
            let (reason, is_asked) = match Response::new(None, request) {
                Err(reason) => (reason, true),
                Ok(_) if !self.is_trace => return None,
                Ok(it) if name.as_ref()?.matches_login(it.authorization) => return None,
                Ok(it) => {
                    let login = it.authorization.username();
                    (format!("another client's, which logs in as {login:?}"), false)
                }
            };
            Some(note(request.place, &request.method, reason, is_asked))
        });
        let others = self.trace.not_read.iter();
        requests.chain(others.map(|it| note(it.place, "", it.reason.clone(), true))).collect()
    }

    /// Returns the responses of the given name or, if there is none, those of each name that clients log
    /// in with. A header that is not from a trace belongs to any name.
    ///
    /// # Errors
    ///
    /// Fails if a trace has no response with the given name, or none that can be checked.
    pub fn sides<'a>(&'a self, given: Given<'a>) -> anyhow::Result<Vec<Sides<'a>>> {
        let place = |request: &Request| self.is_trace.then_some(request.place);
        let responses = self.trace.requests.iter();
        let responses = responses.filter_map(|it| Response::new(place(it), it).ok());
        let mut named: Vec<Sides<'_>> = vec![];
        let mut indices = HashMap::new();
        for response in responses {
            let name = Name::from_login(response.authorization, given.domain);
            let index = *indices.entry(name.key()).or_insert(named.len());
            if index == named.len() {
                named.push(Sides { name, given, ..Sides::default() });
            }
            named[index].responses.push(response);
        }
        let not_checked = self.not_checked(&given);
        let unreadable = not_checked.iter().find(|note| note.is_asked).map(|note| {
            let place = note.place.map_or(String::new(), |place| format!("{place}: "));
            format!("{place}{}", note.reason)
        });
        if let Some(unreadable) = unreadable.as_ref().filter(|_| named.is_empty()) {
            bail!("--trace: {unreadable}");
        }
        let Some(username) = given.username else { return Ok(named) };
        let name = Name::new(username, given.domain);
        let responses = named.iter().flat_map(|sides| &sides.responses).copied();
        let has_name = |it: &Response<'_>| !self.is_trace || name.matches_login(it.authorization);
        let responses: Vec<_> = responses.filter(has_name).collect();
        if self.is_trace && responses.is_empty() {
            let names: Vec<_> = named.iter().map(|sides| sides.name.clone()).collect();
            bail!(
                "--trace: no request that can be checked logs in with this name; the trace has {}: check \
                 --username and --domain{}",
                list(&names),
                unreadable.map_or(String::new(), |unreadable| format!("; {unreadable}"))
            );
        }
        Ok(vec![Sides { name, given, responses, ..Sides::default() }])
    }
}

/// Reads a file, which gzip may have compressed. Also returns its name, for messages.
fn read(flag: &'static str, path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let (name, file) = open(path).context(flag)?;
    let failed = || format!("{flag}: can't read {name}");
    let mut file = BufReader::new(file);
    let is_gzip = file.fill_buf().with_context(failed)?.starts_with(&[0x1F, 0x8B]);
    let file: Box<dyn Read> =
        if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut text = vec![];
    let len = file.take(MAX_LEN + 1).read_to_end(&mut text).with_context(failed)?;
    ensure!(
        len as u64 <= MAX_LEN,
        "{flag}: {name} is longer than {} MiB: give the part with the requests in question",
        MAX_LEN >> 20
    );
    Ok((name, text))
}

/// Lists names, in a form that is safe to print.
pub fn list(names: &[Name]) -> String {
    const MAX_NAMES: usize = 20;
    let names: Vec<_> = names.iter().map(|it| format!("{:?}", it.composite_username())).collect();
    match names.len() {
        0 => "nobody".to_owned(),
        len if len > MAX_NAMES => {
            format!("{} and {} more", names[..MAX_NAMES].join(", "), len - MAX_NAMES)
        }
        _ => names.join(", "),
    }
}
