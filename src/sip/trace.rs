//! Finds requests with credentials in a SIP trace, and the challenges and answers around them.
//!
//! No format is assumed. The reader looks for the start lines of messages and for six headers anywhere
//! in a line, and ignores what is before them, such as time stamps.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};

use super::authorization::{Authorization, ParseError, is_token, parameters, strip_digest};
#[cfg(feature = "cli")]
use super::capture::{self, Piece};
use super::plain_text;
use super::start_line::{StartLine, method_at_end};

/// What was read in a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The requests with credentials. A retransmission is the same request and appears once.
    pub requests: Vec<Request>,
    /// The number of challenges: responses 401 and 407 with a `WWW-Authenticate` or
    /// `Proxy-Authenticate` header, and such headers without a start line.
    pub challenges: usize,
    /// What is in the trace but could not be read, and may be a request with credentials.
    pub not_read: Vec<NotRead>,
}

/// One `Authorization` or `Proxy-Authorization` header of a request. A request can have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where the header begins.
    pub place: Place,
    /// The method of the request, from its start line or else from its `CSeq` header. Empty if the
    /// trace has neither. An ACK or a CANCEL has the method of its INVITE, whose credentials it
    /// repeats.
    pub method: String,
    /// The header.
    pub authorization: Result<Authorization, ParseError>,
    /// The URI in the start line.
    pub request_uri: Option<String>,
    /// The challenge that it answers.
    pub challenge: Option<Challenge>,
    /// The final answer to the request.
    pub answer: Option<Answer>,
}

/// A place in a trace. It is displayed as `line 12` or `frame 12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A line of a text, from 1.
    Line(usize),
    /// A frame of a packet capture, from 1, as Wireshark numbers them.
    Frame(usize),
}

impl Display for Place {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(number) => write!(formatter, "line {number}"),
            Place::Frame(number) => write!(formatter, "frame {number}"),
        }
    }
}

/// The server's challenge: a response 401 or 407.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// Where its header begins.
    pub place: Place,
    /// Its realm.
    pub realm: String,
    /// Its nonce.
    pub nonce: String,
    /// The list of the qops that it offers, such as `auth,auth-int`.
    pub qop: Option<String>,
}

/// The final answer to a request: a response with a status of 200 or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where it begins.
    pub place: Place,
    /// Its status code.
    pub status: u16,
    /// Its reason phrase.
    pub reason: String,
}

/// Something in a trace that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// Where it begins.
    pub place: Place,
    /// What it is, and what to do.
    pub reason: String,
}

/// What other files begin with, and what they are.
const FILES: [(&[u8], &str); 8] = [
    (b"\x1F\x8B", "compressed by gzip: decompress it"),
    (b"BZh", "compressed by bzip2: decompress it"),
    (b"\xFD7zXZ", "compressed by xz: decompress it"),
    (b"\x28\xB5\x2F\xFD", "compressed by zstd: decompress it"),
    (b"PK\x03\x04", "a ZIP archive or a document in one, such as .xlsx: save its text"),
    (b"%PDF", "a PDF document: save its text"),
    (b"\x89PNG", "an image: save the text"),
    (b"\xFF\xD8\xFF", "an image: save the text"),
];

impl Trace {
    /// Reads a text, in UTF-8 or UTF-16, or, with the feature `cli`, a packet capture: pcap or pcapng.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Trace {
        let mut reader = Reader::default();
        #[cfg(feature = "cli")]
        if let Some(pieces) = capture::read(bytes) {
            for (frame, piece) in pieces {
                reader.read_piece(Place::Frame(frame), piece);
            }
            return reader.end();
        }
        if let Some((_, file)) = FILES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            reader.doubt(Place::Line(1), file);
            return reader.end();
        }
        let text = plain_text::decode(bytes);
        for (number, line) in plain_text::lines(&text) {
            reader.read_line(Place::Line(number), &line);
        }
        reader.end_message(!text.ends_with(['\n', '\r']));
        reader.end()
    }
}

/// The sequence number and the method of a request, from its `CSeq` header.
type CSeq = (u32, String);

/// The state of reading a trace.
#[derive(Default)]
struct Reader {
    trace: Trace,
    /// The methods and headers of the requests so far, and the headers alone.
    seen: HashSet<(String, String)>,
    /// The first thing that may be a request, but is none if the trace has others.
    doubt: Option<NotRead>,
    message: Message,
    /// The challenges by the kind of their header and by nonce.
    by_nonce: HashMap<(Party, String), Challenge>,
    /// The latest challenges, likewise and by Call-ID, and the methods that were challenged.
    latest: HashMap<(Party, Option<String>), (Option<String>, Challenge)>,
    /// The indices of requests without an answer.
    unanswered: HashMap<(Option<String>, CSeq), Vec<usize>>,
    /// The Call-IDs of the latest requests.
    call_ids: HashMap<CSeq, Option<String>>,
}

/// Who challenges, and is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Party {
    Server,
    Proxy,
}

/// The headers that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    Credentials(Party),
    Challenge(Party),
    CallId,
    CSeq,
}

/// Their names, in lowercase.
const HEADERS: [(&str, Header); 6] = [
    ("authorization", Header::Credentials(Party::Server)),
    ("proxy-authorization", Header::Credentials(Party::Proxy)),
    ("www-authenticate", Header::Challenge(Party::Server)),
    ("proxy-authenticate", Header::Challenge(Party::Proxy)),
    ("call-id", Header::CallId),
    ("cseq", Header::CSeq),
];

/// The state of reading a message.
#[derive(Default)]
struct Message {
    start: Start,
    call_id: Option<String>,
    cseq: Option<CSeq>,
    /// Its credentials and challenges.
    headers: Vec<(Place, Header, String)>,
    /// Whether the next line may continue the last of `headers`.
    is_open: bool,
    /// What is before that header in its line.
    prefix: String,
}

/// The start line of a message.
#[derive(Default)]
enum Start {
    /// Not in the trace.
    #[default]
    None,
    Request {
        method: String,
        uri: String,
    },
    Response(Answer),
    /// Of another protocol.
    Other,
}

impl Reader {
    #[cfg(feature = "cli")]
    fn read_piece(&mut self, place: Place, piece: Piece) {
        match piece {
            Piece::Message(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                text.lines().for_each(|line| self.read_line(place, line.trim()));
                self.end_message(!text.ends_with('\n'));
            }
            Piece::NotRead(reason) => {
                self.trace.not_read.push(NotRead { place, reason: reason.to_owned() });
            }
            Piece::Doubt(reason) => self.doubt(place, reason),
        }
    }

    fn read_line(&mut self, place: Place, line: &str) {
        if let Some(start) = StartLine::parse(line) {
            self.end_message(false);
            self.message.start = match start {
                StartLine::Request { method, uri } => {
                    Start::Request { method: method.to_owned(), uri: uri.to_owned() }
                }
                StartLine::Response { status, reason } => {
                    Start::Response(Answer { place, status, reason: reason.to_owned() })
                }
                StartLine::Other => Start::Other,
            };
            return;
        }
        if self.message.continues(line) {
            return;
        }
        self.message.is_open = false;
        let lowercase = line.to_ascii_lowercase();
        let found = HEADERS.iter().find_map(|(name, header)| find(line, &lowercase, name, *header));
        match found {
            Some((before, header @ (Header::Credentials(_) | Header::Challenge(_)), value)) => {
                self.message.headers.push((place, header, value.to_owned()));
                self.message.is_open = true;
                before.clone_into(&mut self.message.prefix);
            }
            Some((_, Header::CallId, value)) => {
                if self.message.call_id.is_some() {
                    self.end_message(false);
                }
                self.message.call_id = Some(value.to_owned());
            }
            Some((_, Header::CSeq, value)) => {
                let mut words = value.split_whitespace();
                let number = words.next().and_then(|it| it.parse().ok());
                let method = words.next().and_then(method_at_end);
                if let Some(cseq) = number.zip(method.map(str::to_owned)) {
                    self.read_cseq(cseq);
                }
            }
            None => self.doubt_line(place, line, &lowercase),
        }
    }

    /// Reads a `CSeq` header. If the message has one, the start line of the next is not in the trace.
    fn read_cseq(&mut self, cseq: CSeq) {
        if let Some((_, before)) = &self.message.cseq {
            let is_request = matches!(self.message.start, Start::Request { .. });
            if !is_request && hashed(before) != hashed(&cseq.1) {
                // The credentials between the two are of the one or the other.
                self.message.cseq = None;
            }
            self.end_message(false);
        }
        self.message.cseq = Some(cseq);
    }

    /// Notes a line that may have credentials, but is none of the headers.
    fn doubt_line(&mut self, place: Place, line: &str, lowercase: &str) {
        let mut words = line.split_whitespace();
        let offset = words.next().unwrap_or_default().trim_end_matches(':');
        let offset = offset.strip_prefix("0x").unwrap_or(offset);
        let is_hex = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if lowercase.contains("authorization") {
            let reason = "it has Authorization, but no response in a form that is known: save the \
                          messages as plain text, each header on a line of its own";
            if lowercase.contains("username") {
                self.trace.not_read.push(NotRead { place, reason: reason.to_owned() });
            } else {
                self.doubt(place, reason);
            }
        } else if offset.len() >= 4
            && is_hex(offset)
            && words.clone().nth(3).is_some()
            && words.take(4).all(|it| [2, 4].contains(&it.len()) && is_hex(it))
        {
            self.doubt(
                place,
                "a hex dump: give the packet capture itself, or save it as plain text",
            );
        } else if line.contains('\0') {
            self.doubt(
                place,
                "a binary file: give a packet capture (pcap or pcapng) or plain text",
            );
        }
    }

    fn doubt(&mut self, place: Place, reason: &str) {
        self.doubt.get_or_insert_with(|| NotRead { place, reason: reason.to_owned() });
    }

    /// Adds the current message to the trace, and begins the next one. If `is_cut`, the trace may end
    /// within the last header.
    fn end_message(&mut self, is_cut: bool) {
        let mut message = std::mem::take(&mut self.message);
        let last = is_cut.then_some(message.headers.len());
        let is_challenge = match &message.start {
            Start::None => true,
            Start::Response(answer) => [401, 407].contains(&answer.status),
            Start::Request { .. } | Start::Other => false,
        };
        let mut challenges = 0;
        for (number, (place, header, value)) in (1..).zip(std::mem::take(&mut message.headers)) {
            let is_cut = message.is_open && Some(number) == last;
            match header {
                Header::Credentials(party) if !value.is_empty() => {
                    self.add_request(&message, party, place, value, is_cut);
                }
                Header::Challenge(party) if is_challenge => {
                    challenges = 1;
                    self.add_challenge(&message, party, place, &value);
                }
                _ => {}
            }
        }
        self.trace.challenges += challenges;
        if let (Start::Response(answer), Some(cseq)) = (message.start, message.cseq) {
            if answer.status >= 200 {
                self.add_answer(message.call_id, cseq, &answer);
            }
        }
    }

    fn add_request(
        &mut self,
        message: &Message,
        party: Party,
        place: Place,
        value: String,
        is_cut: bool,
    ) {
        let (method, request_uri) = match &message.start {
            Start::Request { method, uri } => (&**method, Some(uri)),
            _ => (message.cseq.as_ref().map_or("", |(_, method)| method), None),
        };
        let is_copy = hashed(method) != method;
        let method = hashed(method);
        let authorization =
            if is_cut { Err(ParseError::Cut) } else { Authorization::from_value(&value) };
        let is_others = match &authorization {
            Ok(it) => ["/", "http:", "https:", "rtsp:"].iter().any(|uri| it.uri().starts_with(uri)),
            Err(_) => matches!(message.start, Start::Other),
        };
        if is_others {
            return self.doubt(place, "a response of HTTP or RTSP: give the SIP messages");
        }
        if let Err(error @ ParseError::BeforeChallenge) = &authorization {
            return self.doubt(place, &error.to_string());
        }
        let is_new_value = self.seen.insert((String::new(), value.clone()));
        let is_new = method.is_empty() || self.seen.insert((method.to_owned(), value));
        if !is_new || method.is_empty() && !is_new_value {
            return;
        }
        let nonce = authorization.as_ref().ok().map(|it| (party, it.nonce().to_owned()));
        let challenge = nonce.and_then(|it| self.by_nonce.get(&it)).or_else(|| {
            let latest = |call_id| self.latest.get(&(party, call_id));
            let (challenged, it) = latest(message.call_id.clone()).or_else(|| latest(None))?;
            let is_same = challenged.as_ref().is_none_or(|it| hashed(it) == method);
            (is_same || method.is_empty()).then_some(it)
        });
        if let Some(cseq) = &message.cseq {
            self.call_ids.insert(cseq.clone(), message.call_id.clone());
            let indices = self.unanswered.entry((message.call_id.clone(), cseq.clone()));
            indices.or_default().push(self.trace.requests.len());
        }
        self.trace.requests.push(Request {
            place,
            method: method.to_owned(),
            authorization,
            request_uri: request_uri.filter(|_| !is_copy).cloned(),
            challenge: challenge.cloned(),
            answer: None,
        });
    }

    fn add_challenge(&mut self, message: &Message, party: Party, place: Place, value: &str) {
        let Ok(mut parameters) = parameters(value) else { return };
        let mut take = |name| parameters.remove(name);
        let (Some(realm), Some(nonce)) = (take("realm"), take("nonce")) else { return };
        let challenge = Challenge { place, realm, nonce: nonce.clone(), qop: take("qop") };
        let method = message.cseq.as_ref().map(|(_, method)| method.clone());
        self.latest.insert((party, message.call_id.clone()), (method, challenge.clone()));
        self.by_nonce.insert((party, nonce), challenge);
    }

    /// Adds the answer to the request with this Call-ID and CSeq, or else to the latest with the CSeq.
    fn add_answer(&mut self, call_id: Option<String>, cseq: CSeq, answer: &Answer) {
        let call_id = call_id.or_else(|| self.call_ids.get(&cseq).cloned().flatten());
        let mut unanswered = |call_id| self.unanswered.remove(&(call_id, cseq.clone()));
        let indices = unanswered(call_id).or_else(|| unanswered(None));
        for index in indices.unwrap_or_default() {
            self.trace.requests[index].answer = Some(answer.clone());
        }
    }

    fn end(mut self) -> Trace {
        if self.trace.requests.is_empty() && self.trace.not_read.is_empty() {
            self.trace.not_read.extend(self.doubt);
        }
        self.trace
    }
}

/// Returns the method that the credentials of a request were computed with. An ACK and a CANCEL repeat
/// those of their INVITE (RFC 3261 sections 22.1 and 9.1).
fn hashed(method: &str) -> &str {
    if matches!(method, "ACK" | "CANCEL") { "INVITE" } else { method }
}

impl Message {
    /// Appends `line` to the header before it, if it is a continuation. Returns true if it is.
    fn continues(&mut self, line: &str) -> bool {
        let Some((_, _, value)) = self.headers.last_mut().filter(|_| self.is_open) else {
            return false;
        };
        // Wireshark's details are the whole of a header that it truncates in its own line.
        if line == "Digest" && !value.is_empty() {
            "Digest".clone_into(value);
            return true;
        }
        // A continuation is recognized by its commas, because mail and terminals lose the indentation.
        let line = without_prefix(line, &self.prefix).trim_start_matches(['>', ' ', '\t']);
        let continues = if value.is_empty() {
            starts_with_digest(line)
        } else {
            let after_comma = value.ends_with(',') || value.eq_ignore_ascii_case("Digest");
            let (line, has_comma) =
                line.strip_prefix(',').map_or((line, after_comma), |it| (it, true));
            has_comma && starts_with_parameter(line.trim_start())
        };
        if continues {
            value.extend([" ", line]);
        }
        continues
    }
}

/// Removes what is before the header in each line of a log: a prefix that is the same but for its digits.
fn without_prefix<'a>(line: &'a str, prefix: &str) -> &'a str {
    let is_same =
        |(one, other): (u8, u8)| one == other || one.is_ascii_digit() && other.is_ascii_digit();
    match line.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.bytes().zip(prefix.bytes()).all(is_same) => rest,
        _ => line,
    }
}

/// Finds a header in a line. Returns what is before its name, and its value; for credentials, one that is
/// empty or has the scheme `Digest`. `lowercase` is the line in lowercase.
fn find<'a>(
    line: &'a str,
    lowercase: &str,
    name: &str,
    header: Header,
) -> Option<(&'a str, Header, &'a str)> {
    const MARKS: [char; 4] = ['*', '`', '"', '\''];
    lowercase.match_indices(name).find_map(|(at, _)| {
        let before = &line[..at];
        // `grep` writes a hyphen after a line number.
        let is_within = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let line_number =
            before.strip_suffix('-').filter(|it| it.ends_with(|c: char| c.is_ascii_digit()));
        if before.ends_with(is_within) && line_number.is_none() {
            return None;
        }
        let rest = line[at + name.len()..].trim_start();
        // Wireshark marks a truncated line, either here or before the name.
        let mut truncated = ["[…]", "[truncated]"].iter();
        let rest = truncated.find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest);
        // A name or a line may be bold or in quotes, as may the value in JSON.
        let rest = rest.trim_start_matches(MARKS).strip_prefix(':')?;
        let mut value = rest.trim_start().trim_start_matches(['*', '`']).trim_start();
        let mut marks = before.chars().rev().take_while(|c| MARKS.contains(c)).collect::<Vec<_>>();
        if let Some(quoted) = value.strip_prefix(['"', '\'']) {
            marks = vec![value.chars().next()?];
            value = quoted;
        }
        for mark in marks {
            value = value.trim_end_matches([',', '}', ']']).strip_suffix(mark).unwrap_or(value);
        }
        let is_read = !matches!(header, Header::Credentials(_))
            || value.is_empty()
            || starts_with_digest(value);
        is_read.then(|| (before, header, plain_text::trimmed(value, false)))
    })
}

fn starts_with_digest(value: &str) -> bool {
    value.eq_ignore_ascii_case("Digest") || strip_digest(value).is_some()
}

fn starts_with_parameter(line: &str) -> bool {
    let name = line.split_once('=').map(|(name, _)| name.trim_end());
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_token))
}

#[cfg(test)]
mod tests;
