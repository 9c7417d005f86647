//! Finds requests with credentials in a SIP trace, and the challenges and answers around them.
//!
//! No format is assumed. The reader looks for the start lines of messages and for six headers anywhere
//! in a line, and ignores what is before them, such as time stamps.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{self, Display, Formatter};

use super::authorization::{
    Authorization, BEFORE_CHALLENGE, CUT, ParseError, is_token, parameters, strip_digest,
};
#[cfg(feature = "cli")]
use super::capture::Piece;
use super::exchange::{Exchanges, Ids, hashed};
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
        if let Some(pieces) = super::capture::read(bytes) {
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
        let longest = plain_text::longest_lines(&text);
        for request in &mut reader.trace.requests {
            // All may be cut at that length, after a response and before its qop.
            let lacks_qop = request.authorization.as_ref().is_ok_and(|it| it.qop().is_none());
            let is_offered = request.challenge.as_ref().is_some_and(|it| it.qop.is_some());
            let Place::Line(number) = request.place else { continue };
            if lacks_qop && is_offered && longest.len() > 1 && longest.contains(&number) {
                request.authorization = Err(CUT);
            }
        }
        reader.end()
    }
}

/// The state of reading a trace.
#[derive(Default)]
struct Reader {
    trace: Trace,
    /// The methods and headers of the requests so far, and the headers alone.
    seen: HashMap<(String, String), usize>,
    /// The first thing that may be a request, but is none if the trace has others.
    doubt: Option<NotRead>,
    message: Message,
    exchanges: Exchanges,
}

/// The state of reading a message.
#[derive(Default)]
struct Message {
    /// Its start line, and where that is; `None` if it is not in the trace.
    start: Option<(Place, StartLine)>,
    ids: Ids,
    /// The places, names and values of its credentials and challenges.
    headers: Vec<(Place, &'static str, String)>,
    /// Whether the next line may continue the last of `headers`.
    is_open: bool,
}

/// The headers that are read.
const HEADERS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "www-authenticate",
    "proxy-authenticate",
    "call-id",
    "cseq",
];

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
        if is_hex_dump(line) {
            return self.doubt(place, "a hex dump: give the packet capture itself, or plain text");
        }
        if let Some(start) = StartLine::parse(line) {
            self.end_message(false);
            self.message.start = Some((place, start));
            return;
        }
        if self.message.continues(line) {
            return;
        }
        self.message.is_open = false;
        let lowercase = line.to_ascii_lowercase();
        let found = HEADERS.iter().find_map(|name| Some((*name, find(line, &lowercase, name)?)));
        match found {
            None => self.read_other(place, line, &lowercase),
            Some(("call-id", value)) => {
                // Wireshark repeats it in brackets.
                let call_id = value.trim_end_matches(']');
                if self.message.ids.call_id.as_ref().is_some_and(|it| it != call_id) {
                    self.end_message(false);
                }
                self.message.ids.call_id = Some(call_id.to_owned());
            }
            Some(("cseq", value)) => {
                let mut words = value.split_whitespace();
                let number = words.next().and_then(|it| it.parse().ok());
                let method = words.next().and_then(method_at_end).map(str::to_owned);
                if let Some(cseq) = number.zip(method) {
                    self.read_cseq(cseq);
                }
            }
            Some((name, value)) => {
                self.message.headers.push((place, name, value.to_owned()));
                self.message.is_open = true;
            }
        }
    }

    /// Reads a `CSeq` header. If the message has one, the start line of the next is not in the trace.
    fn read_cseq(&mut self, cseq: (u32, String)) {
        if self.message.ids.cseq.is_some() {
            let is_request = matches!(self.message.start, Some((_, StartLine::Request { .. })));
            if !is_request && self.message.ids.method() != hashed(&cseq.1) {
                // The credentials between the two are of the one or the other.
                self.message.ids.cseq = None;
            }
            self.end_message(false);
        }
        self.message.ids.cseq = Some(cseq);
    }

    /// Notes a line that may have credentials, but is none of the headers.
    fn read_other(&mut self, place: Place, line: &str, lowercase: &str) {
        if lowercase.contains("authorization") {
            let reason = "it has Authorization, but no response in a form that is known: save the \
                          messages as plain text, each header on a line of its own";
            if lowercase.contains("username") {
                self.trace.not_read.push(NotRead { place, reason: reason.to_owned() });
            }
            self.doubt(place, reason);
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
        let cut = message.headers.len().checked_sub(1).filter(|_| is_cut && message.is_open);
        let is_challenge = match &message.start {
            None => true,
            Some((_, StartLine::Response { status, .. })) => [401, 407].contains(status),
            Some(_) => false,
        };
        let mut challenges = 0;
        for (index, header) in std::mem::take(&mut message.headers).into_iter().enumerate() {
            if header.1.ends_with("authorization") {
                self.add_request(&message, header, Some(index) == cut);
            } else if is_challenge {
                challenges = 1;
                self.add_challenge(&message, header);
            }
        }
        self.trace.challenges += challenges;
        if let Some((place, StartLine::Response { status: status @ 200.., reason })) = message.start
        {
            let answer = Answer { place, status, reason };
            for index in self.exchanges.answered(message.ids) {
                self.trace.requests[index].answer = Some(answer.clone());
            }
        }
    }

    fn add_request(
        &mut self,
        message: &Message,
        (place, name, value): (Place, &str, String),
        is_cut: bool,
    ) {
        let (sent, request_uri) = match &message.start {
            Some((_, StartLine::Request { method, uri })) => (&**method, Some(uri)),
            _ => (message.ids.method(), None),
        };
        let method = hashed(sent);
        let authorization = if is_cut { Err(CUT) } else { Authorization::from_value(&value) };
        let is_others = match &authorization {
            Ok(it) => ["/", "http:", "https:", "rtsp:"].iter().any(|uri| it.uri().starts_with(uri)),
            Err(_) => matches!(message.start, Some((_, StartLine::Other))),
        };
        if value.is_empty() {
            return;
        } else if is_others {
            return self.doubt(place, "a response of HTTP or RTSP: give the SIP messages");
        } else if authorization == Err(BEFORE_CHALLENGE) {
            return self.doubt(place, &BEFORE_CHALLENGE.to_string());
        }
        let index = self.trace.requests.len();
        match self.seen.entry((method.to_owned(), value.clone())) {
            // It is sent again, and answered again: the last answer counts.
            Entry::Occupied(seen) => return self.exchanges.add_request(&message.ids, *seen.get()),
            Entry::Vacant(entry) => entry.insert(index),
        };
        self.seen.entry((String::new(), value)).or_insert(index);
        let nonce = authorization.as_ref().ok().map(|it| it.nonce().to_owned());
        let is_proxys = name.starts_with("proxy");
        let challenge = self.exchanges.challenge(is_proxys, &message.ids, method, nonce);
        self.exchanges.add_request(&message.ids, index);
        self.trace.requests.push(Request {
            place,
            method: method.to_owned(),
            authorization,
            request_uri: request_uri.filter(|_| method == sent).cloned(),
            challenge,
            answer: None,
        });
    }

    fn add_challenge(&mut self, message: &Message, (place, name, value): (Place, &str, String)) {
        let Ok(mut parameters) = parameters(&value) else { return };
        let [realm, nonce, qop] = ["realm", "nonce", "qop"].map(|it| parameters.remove(it));
        if let Some((realm, nonce)) = realm.zip(nonce) {
            let challenge = Challenge { place, realm, nonce, qop };
            self.exchanges.add_challenge(name.starts_with("proxy"), &message.ids, challenge);
        }
    }

    fn end(mut self) -> Trace {
        if self.trace.requests.is_empty() && self.trace.not_read.is_empty() {
            self.trace.not_read.extend(self.doubt);
        }
        self.trace
    }
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
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let parameter = if value.ends_with(',') || value.eq_ignore_ascii_case("Digest") {
            Some(line.trim_start_matches([',', ' ']))
        } else {
            line.strip_prefix(',').map(str::trim_start)
        };
        let is_parameter = |it: &str| {
            let name = it.split_once('=').map(|(name, _)| name.trim_end());
            name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_token))
        };
        let continues = match value.is_empty() {
            true => is_digest(line),
            false => parameter.is_some_and(is_parameter),
        };
        if continues {
            value.extend([" ", line]);
        }
        continues
    }
}

/// Finds a header in a line and returns its value; for credentials, one that is empty or has the scheme
/// `Digest`. `lowercase` is the line in lowercase.
fn find<'a>(line: &'a str, lowercase: &str, name: &str) -> Option<&'a str> {
    const MARKS: [char; 4] = ['*', '`', '"', '\''];
    lowercase.match_indices(name).find_map(|(at, _)| {
        let before = &line[..at];
        // `grep` writes a hyphen after a line number.
        let is_number = |it: &str| it.ends_with(|c: char| c.is_ascii_digit());
        let is_within = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if before.ends_with(is_within) && !before.strip_suffix('-').is_some_and(is_number) {
            return None;
        }
        let rest = line[at + name.len()..].trim_start();
        // Wireshark marks a truncated line, either here or before the name.
        let mut truncated = ["[…]", "[truncated]"].iter();
        let rest = truncated.find_map(|mark| rest.strip_prefix(mark)).unwrap_or(rest);
        // A name or a line may be bold or in quotes, as may the value in JSON.
        let rest = rest.trim_start_matches(MARKS).strip_prefix(':')?;
        let mut value = rest.trim_start_matches([' ', '\t', '*', '`']);
        let mut marks: Vec<_> = before.chars().rev().take_while(|c| MARKS.contains(c)).collect();
        if let Some(quoted) = value.strip_prefix(['"', '\'']) {
            marks = value.chars().take(1).collect();
            value = quoted;
        }
        for mark in marks {
            value = value.trim_end_matches([',', '}', ']']).strip_suffix(mark).unwrap_or(value);
        }
        let is_read = !name.ends_with("authorization") || value.is_empty() || is_digest(value);
        is_read.then(|| plain_text::trimmed(value, false))
    })
}

/// Returns true for a line of numbers in hexadecimal, or of one that is long.
fn is_hex_dump(line: &str) -> bool {
    let is_hex = |word: &&str| {
        let digits = word.trim_start_matches("0x").trim_end_matches(':');
        digits.len() > 1 && digits.bytes().all(|it| it.is_ascii_hexdigit())
    };
    let mut numbers = line.split_whitespace().take_while(is_hex);
    numbers.next().is_some_and(|it| it.len() > 64 || numbers.count() > 4)
}

fn is_digest(value: &str) -> bool {
    value.eq_ignore_ascii_case("Digest") || strip_digest(value).is_some()
}

#[cfg(test)]
mod tests;
