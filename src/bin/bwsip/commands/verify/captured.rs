//! Reads captured responses, from a header or a trace.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use bwsip::Name;
use bwsip::sip::{NotRead, Place, Request, Trace};
use bwsip::verification::{Given, Response};
use flate2::bufread::MultiGzDecoder;

use super::report::NotChecked;
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
                    "--trace: {name} has the server's challenge, not a response to it: capture the \
                     request that follows, or find out why the client does not answer"
                );
                bail!(
                    "--trace: {name} has no request with an Authorization or Proxy-Authorization \
                     header: capture one that answers a challenge"
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

    /// Returns the requests of a trace that cannot be checked, and what may be one.
    pub fn unreadable(&self) -> Vec<NotChecked> {
        let not_checked = |place, method: &str, reason| NotChecked {
            line: Some(number(place)),
            method: method.to_owned(),
            reason,
            // Whose request it is may be what cannot be read.
            is_asked: true,
        };
        let requests = self.trace.requests.iter().filter_map(|request| {
            let reason = match &request.authorization {
                Err(error) => error.to_string(),
                Ok(_) if request.method.is_empty() => "the method is not in the trace".to_owned(),
                Ok(_) => return None,
            };
            Some(not_checked(request.place, &request.method, reason))
        });
        let others = self.trace.not_read.iter();
        requests.chain(others.map(|it| not_checked(it.place, "", it.reason.clone()))).collect()
    }

    fn responses(&self) -> impl Iterator<Item = Response<'_>> {
        let is_trace = self.is_trace;
        self.trace.requests.iter().filter(|it| !it.method.is_empty()).filter_map(move |request| {
            Some(Response {
                line: is_trace.then_some(number(request.place)),
                method: &request.method,
                authorization: request.authorization.as_ref().ok()?,
            })
        })
    }

    /// Returns the given name or, if there is none, the names that clients log in with.
    ///
    /// # Errors
    ///
    /// Fails if a trace has no response with the given name, or none that can be checked.
    pub fn names(&self, given: &Given<'_>) -> anyhow::Result<Vec<Name>> {
        let mut seen = BTreeSet::new();
        let captured = self.responses().map(|it| Name::from_login(it.authorization, given.domain));
        let captured: Vec<_> = captured.filter(|it| seen.insert(it.clone())).collect();
        if let Some(NotChecked { line: Some(line), reason, .. }) = self.unreadable().first() {
            ensure!(!captured.is_empty(), "--trace: line {line}: {reason}");
        }
        let Some(username) = given.username else { return Ok(captured) };
        let name = Name::new(username, given.domain);
        let is_there = |it: Response<'_>| name.matches_login(it.authorization);
        if self.is_trace && !self.responses().any(is_there) {
            let names = list(&captured);
            let unreadable = self.unreadable();
            let others = unreadable
                .first()
                .map(|it| format!("; line {}: {}", it.line.unwrap_or_default(), it.reason));
            bail!(
                "--trace: no request that can be checked logs in with this name; the trace has \
                 {names}: check --username and --domain{}",
                others.unwrap_or_default()
            );
        }
        Ok(vec![name])
    }

    /// Returns the responses with a name. A header that is not from a trace belongs to any name.
    pub fn responses_of(&self, name: &Name) -> Vec<Response<'_>> {
        let has_name = |it: &Response<'_>| !self.is_trace || name.matches_login(it.authorization);
        self.responses().filter(has_name).collect()
    }
}

fn number(place: Place) -> usize {
    match place {
        Place::Line(number) | Place::Frame(number) => number,
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
