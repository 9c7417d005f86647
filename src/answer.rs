//! Reads Bandwidth's XML documents: the requests that create or change credentials, and its answers.
//!
//! ```
//! use bwsip::Name;
//! use bwsip::answer::{Answer, Index};
//!
//! let answer = b"<SipCredentialsResponse>
//!     <ValidSipCredentials><SipCredential><UserName>bob</UserName></SipCredential></ValidSipCredentials>
//!     <Errors><Error><ErrorCode>23003</ErrorCode><Description>Too many</Description></Error></Errors>
//! </SipCredentialsResponse>";
//! let answer = Answer::read(&answer[..])?;
//! assert_eq!(Index::new(&answer).select(&Name::new("Bob", None), None).len(), 1);
//! let remedy = answer.errors[0].remedy();
//! assert_eq!(remedy.as_deref(), Some("send fewer credentials in one request"));
//! # Ok::<(), bwsip::answer::ReadError>(())
//! ```

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io::{self, Read};

use roxmltree::{Document, Error, Node, ParsingOptions};

use crate::digest::WrittenDigest;
use crate::name::{Name, push_lowercase};
use crate::rules;
use crate::secret_buf::SecretBuf;

/// A credential in a document.
///
/// `UserName`, `Domain` and `Realm` are as the document has them, with the white space around them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SipCredential {
    /// The line of the document that it begins on, from 1.
    pub line: usize,
    /// `Id`, which Bandwidth's answers have.
    pub id: Option<String>,
    /// `RealmId`.
    pub realm_id: Option<String>,
    /// `HttpVoiceV2AppId`.
    pub app_id: Option<String>,
    /// `UserName`, which a request that changes a password does not have.
    pub username: Option<String>,
    /// `Domain`.
    pub domain: Option<String>,
    /// `Realm`.
    pub realm: Option<String>,
    /// `Hash1`, unchecked.
    pub hash1: Option<WrittenDigest>,
    /// `Hash1b`, unchecked.
    pub hash1b: Option<WrittenDigest>,
}

impl SipCredential {
    /// Returns the name, if the document has one.
    #[must_use]
    pub fn name(&self) -> Option<Name> {
        Some(Name::new(self.username.as_ref()?, self.domain.as_deref()))
    }
}

/// A realm in a list of realms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedRealm {
    /// `Id`.
    pub id: Option<String>,
    /// `Realm`, the host name.
    pub realm: Option<String>,
    /// `Status`, such as `ACTIVE`.
    pub status: Option<String>,
    /// `Default`: `true` for the realm of requests that name none.
    pub default: Option<String>,
}

/// An error in an answer of Bandwidth's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BandwidthError {
    /// The error's number; empty if it has none.
    pub code: String,
    /// Bandwidth's description, without digests and control characters.
    pub description: String,
    /// The credentials that it is about: those that it contains, or else the one that contains it, or
    /// else those that its description names.
    pub refused: Vec<Refused>,
    /// Whether it is the error of the whole request, `ResponseStatus`.
    pub is_of_request: bool,
}

/// A credential that Bandwidth refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Refused {
    /// Its name.
    pub name: Name,
    /// Its realm, if the error has it.
    pub realm: Option<String>,
}

/// What to do about each error that Bandwidth's reference lists for SIP credentials. The other
/// errors are about a rule, which has the remedy.
const REMEDIES: [(&str, &str); 18] = [
    ("1003", "add the element that is missing; a new credential needs UserName and Hash1"),
    ("23000", "leave the name out, or change the password of the credential that has it"),
    ("23001", "give the credential a UserName"),
    ("23002", "shorten username and domain to 32 characters each"),
    ("23003", "send fewer credentials in one request"),
    ("23004", "leave UserName out of a request that changes a password"),
    ("23006", "put at least one SipCredential into the request"),
    ("23009", "leave the name out, or change the password of the credential that has it"),
    ("23013", "ask Bandwidth's support to enable SIP credentials for the account"),
    ("23018", "leave Realm out, or send the request to the address of that realm"),
    ("23019", "use the id of a Voice application of this account"),
    ("23021", "send the request to the address of a realm, or make one the account's default"),
    ("23022", "wait until Bandwidth lists the realm as active, then send the request again"),
    ("23025", "ask Bandwidth's support, whose reference does not say what it means"),
    ("23026", "leave the name out, or change the password of the credential that has it"),
    ("23030", "leave UserName out of a request that changes a password, even an unchanged one"),
    ("33003", "choose a name of at most 30 characters for the realm"),
    ("33004", "ask Bandwidth's support to enable SIP credentials for the account"),
];

impl BandwidthError {
    /// Returns what to do about the error, if its number is known.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        let row = REMEDIES.iter().find(|(code, _)| *code == self.code);
        row.map(|(_, remedy)| (*remedy).to_owned()).or_else(|| rules::remedy(&self.code))
    }

    fn new(node: Node<'_, '_>) -> BandwidthError {
        let text = |name| text_of(node, name).unwrap_or_default();
        let description = text("Description");
        let refused = |credential| {
            let SipCredential { username, domain, realm, .. } = SipCredential::new(credential);
            let name = Name { username: username?, domain };
            Some(Refused { name, realm })
        };
        let inside = node.descendants().filter(is_credential);
        let outside = node.ancestors().find(is_credential);
        let mut refused: Vec<_> = inside.chain(outside).filter_map(refused).collect();
        if refused.is_empty() {
            let names = names_in(&description).map(|name| Name::new(name, None));
            refused = names.map(|name| Refused { name, realm: None }).collect();
        }
        let is_of_request = node.has_tag_name("ResponseStatus");
        let [code, description] =
            [&text("ErrorCode"), &description].map(|text| printable(text.trim()));
        BandwidthError { code, description, refused, is_of_request }
    }
}

/// Displays its number, Bandwidth's words, and what to do about it.
impl fmt::Display for BandwidthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bandwidth error")?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        let description = Some(self.description.trim_end_matches('.').to_owned());
        let texts = [description.filter(|text| !text.is_empty()), self.remedy()];
        texts.into_iter().flatten().try_for_each(|text| write!(f, ": {text}"))
    }
}

/// Returns the names in the description of an error.
///
/// A word is a name only where it can be nothing else, because many usernames are ordinary words: a
/// composite username with an `@`, the subject of the documented sentence "Sip credential NAME does
/// already exist", or a quoted word after `UserName` or `credential`.
fn names_in(description: &str) -> impl Iterator<Item = &str> {
    let words: Vec<_> = description.split_whitespace().collect();
    let name = move |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before]).to_lowercase();
        let before = before.trim_end_matches([':', '=']);
        if before == "credential" && words.get(at + 1) == Some(&"does") {
            // Nothing ends here, so that a dot belongs to the name.
            return Some(words[at].trim_matches(['\'', '"']));
        }
        let word = words[at].trim_end_matches(['.', ',', ';', ':']);
        let bare = word.trim_matches(['\'', '"', '(', ')', '[', ']']);
        let is_quoted = word.len() > bare.len() && word.starts_with(['\'', '"']);
        let is_introduced = is_quoted && ["credential", "username"].contains(&before);
        (bare.contains('@') || is_introduced).then_some(bare)
    };
    (0..description.split_whitespace().count()).filter_map(name)
}

/// The contents of a document: `SipCredentials`, `SipCredential`, `SipCredentialsResponse`,
/// `SipCredentialResponse` or a list of realms.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Answer {
    /// The names of the outermost elements, of which each document has one.
    pub roots: Vec<String>,
    /// The credentials, except for refused ones.
    pub entries: Vec<SipCredential>,
    /// The realms.
    pub realms: Vec<ListedRealm>,
    /// Bandwidth's errors.
    pub errors: Vec<BandwidthError>,
}

/// The error for a document that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Reading failed.
    #[error("can't read it")]
    Io(#[source] io::Error),
    /// It is empty.
    #[error("empty: check that the request succeeded")]
    Empty,
    /// It is UTF-16.
    #[error("UTF-16, as Windows PowerShell's > writes it: save it as UTF-8")]
    Utf16,
    /// It is in another encoding.
    #[error("not UTF-8: save it as UTF-8")]
    NotUtf8,
    /// It is JSON.
    #[error("JSON, not XML: use Bandwidth's sipcredentials XML")]
    Json,
    /// It is longer than what is read.
    #[error(
        "too long: at most {} MiB are read, with {MAX_NODES} elements and texts of at most {} KiB each",
        MAX_LEN >> 20,
        MAX_PIECE_LEN >> 10
    )]
    TooLong,
    /// It is not well-formed XML, or incomplete.
    #[error(
        "not well-formed XML (line {line}): use a document that was sent to Bandwidth or received from \
         it"
    )]
    NotXml {
        /// The line, from 1.
        line: u32,
    },
}

/// The maximum length of a document, or of documents that follow one another, in bytes.
const MAX_LEN: usize = 1 << 27;

/// The maximum number of elements and texts, each of which takes some 100 bytes of memory. A credential
/// has about 14.
const MAX_NODES: u32 = 1 << 23;

/// The maximum length of a tag, a comment or a text, in bytes. Bandwidth's are shorter.
const MAX_PIECE_LEN: usize = 1 << 16;

impl Answer {
    /// Reads a document, or several that follow one another, each with or without an XML declaration.
    ///
    /// Namespaces, attributes and comments are ignored. Only the predefined entities of XML are known,
    /// and external ones are never fetched.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::Io`] if `input` fails, and one of the others if it is not well-formed XML in
    /// UTF-8, or too long.
    pub fn read(input: impl Read) -> Result<Answer, ReadError> {
        Answer::read_within(MAX_LEN, MAX_NODES, input)
    }

    fn read_within(
        max_len: usize,
        nodes_limit: u32,
        input: impl Read,
    ) -> Result<Answer, ReadError> {
        // A tree has one root.
        const START: &[u8] = b"<_>";
        const END: &[u8] = b"</_>";
        let input = START.chain(input.take(max_len as u64 + 1)).chain(END);
        let mut text = SecretBuf::read_from(input).map_err(ReadError::Io)?;
        let contents = START.len()..text.len() - END.len();
        // Each attribute is compared with those before it in its tag.
        let is_long = |piece: &[u8]| piece.len() > MAX_PIECE_LEN;
        if contents.len() > max_len || text.split(|byte| *byte == b'>').any(is_long) {
            return Err(ReadError::TooLong);
        }
        if let Some(error) = other_format(&text[contents.clone()]) {
            return Err(error);
        }
        blank_declarations(&mut text);
        let text = std::str::from_utf8(&text).map_err(|_| ReadError::NotUtf8)?;
        if is_blank(&text[contents]) {
            return Err(ReadError::Empty);
        }
        let options = ParsingOptions { nodes_limit, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options);
        let document = document.map_err(|error| match error {
            Error::NodesLimitReached => ReadError::TooLong,
            // The messages of roxmltree may contain parts of the document.
            error => ReadError::NotXml { line: error.pos().row },
        })?;
        Answer::new(&document)
    }

    fn new(document: &Document<'_>) -> Result<Answer, ReadError> {
        let mut answer = Answer::default();
        let (mut line, mut position) = (1, 0);
        for node in document.root_element().children() {
            if node.is_element() {
                answer.roots.push(node.tag_name().name().to_owned());
            } else if !is_blank(node.text().unwrap_or_default()) && node.is_text() {
                return Err(ReadError::NotXml {
                    line: document.text_pos_at(node.range().start).row,
                });
            }
        }
        for node in document.root_element().descendants().skip(1) {
            let has = |is: fn(&Node<'_, '_>) -> bool| node.children().any(|child| is(&child));
            match node.tag_name().name() {
                "SipCredential" => {
                    let is_refused =
                        node.ancestors().any(is_error) || node.descendants().any(is_error);
                    if !is_refused {
                        let start = node.range().start;
                        let between = &document.input_text()[position..start];
                        line += between.bytes().filter(|byte| *byte == b'\n').count();
                        position = start;
                        answer.entries.push(SipCredential { line, ..SipCredential::new(node) });
                    }
                }
                "Error" | "ResponseStatus" => {
                    let error = BandwidthError::new(node);
                    let is_empty = error.code.is_empty() && error.description.is_empty();
                    if !(error.is_of_request && is_empty) {
                        answer.errors.push(error);
                    }
                }
                // Its children have texts, it has none.
                "Realm" if has(|child| child.has_tag_name("Id")) => {
                    let text = |name| filled(node, name);
                    answer.realms.push(ListedRealm {
                        id: text("Id"),
                        realm: text("Realm"),
                        status: text("Status"),
                        default: text("Default"),
                    });
                }
                _ => {}
            }
        }
        Ok(answer)
    }

    /// Adds what is in another page.
    pub fn append(&mut self, other: Answer) {
        self.roots.extend(other.roots);
        self.entries.extend(other.entries);
        self.realms.extend(other.realms);
        self.errors.extend(other.errors);
    }

    /// Returns the number of the first entry of the next page, if the answer may be one page of a longer
    /// list: if all its entries, or those of a realm, are as many as fill pages.
    #[must_use]
    pub fn next_page(&self) -> Option<usize> {
        /// The number of entries on a page.
        const PAGE: usize = 500;

        let mut counts = BTreeMap::from([("", self.entries.len()), (" ", self.realms.len())]);
        for realm in self.entries.iter().filter_map(|entry| entry.realm.as_deref()) {
            *counts.entry(realm).or_default() += 1;
        }
        let is_full = |count: &usize| *count > 0 && count % PAGE == 0;
        counts.into_values().find(is_full).map(|count| count + 1)
    }
}

impl SipCredential {
    fn new(node: Node<'_, '_>) -> SipCredential {
        let raw = |name| text_of(node, name).filter(|text| !text.trim().is_empty());
        let digest = |name| filled(node, name).map(WrittenDigest::new);
        SipCredential {
            line: 0,
            id: filled(node, "Id"),
            realm_id: filled(node, "RealmId"),
            app_id: filled(node, "HttpVoiceV2AppId"),
            // An empty name is none of any other.
            username: text_of(node, "UserName"),
            domain: raw("Domain"),
            realm: raw("Realm"),
            hash1: digest("Hash1"),
            hash1b: digest("Hash1b"),
        }
    }
}

fn is_credential(node: &Node<'_, '_>) -> bool {
    node.has_tag_name("SipCredential")
}

fn is_error(node: Node<'_, '_>) -> bool {
    node.has_tag_name("Error")
}

/// Returns the text of the first child with this name.
fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let child = node.children().find(|child| child.has_tag_name(name))?;
    // A comment divides a text.
    Some(child.children().filter(Node::is_text).filter_map(|text| text.text()).collect())
}

/// Returns the text of the first child with this name without white space around it, if any is left.
fn filled(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = text_of(node, name)?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Returns true for white space, and for byte order marks, which begin documents.
fn is_blank(text: &str) -> bool {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').is_empty()
}

/// Overwrites XML declarations by spaces: a tree has room for one, but each document begins with one.
fn blank_declarations(text: &mut [u8]) {
    let find = |text: &[u8], what: &[u8]| text.windows(what.len()).position(|it| it == what);
    let mut start = 0;
    while let Some(at) = find(&text[start..], b"<?xml") {
        start += at;
        let Some(len) = find(&text[start..], b"?>") else { return };
        text[start..start + len + 2].fill(b' ');
    }
}

/// Returns the error for a document that begins as another format than UTF-8 XML does.
fn other_format(text: &[u8]) -> Option<ReadError> {
    match text {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..] => {
            Some(ReadError::Utf16)
        }
        _ => {
            let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            let is_json = matches!(text.trim_ascii_start(), [b'{' | b'[', ..]);
            is_json.then_some(ReadError::Json)
        }
    }
}

/// Removes digests, parts of digests, and characters that a terminal would interpret.
fn printable(text: &str) -> String {
    /// Numbers have fewer hexadecimal digits.
    const MIN_DIGITS: usize = 16;

    let is_digit = |c: &char| c.is_ascii_hexdigit();
    // A digest may have been posted with separators, and be repeated in an error.
    let is_part = |c: char| is_digit(&c) || matches!(c, ':' | '_' | '-' | '.');
    let mut out = String::new();
    for piece in without_encodings(text).split_inclusive(|c| !is_part(c)) {
        let part = piece.trim_end_matches(|c: char| !is_digit(&c));
        out += if part.chars().filter(is_digit).count() < MIN_DIGITS { part } else { "…" };
        for c in piece[part.len()..].chars() {
            match c {
                c if c.is_control() => out.push(' '),
                c if c.is_ascii() => out.push(c),
                c => out.extend(c.escape_debug()),
            }
        }
    }
    out
}

/// Removes digests in groups of hexadecimal digits, such as `fe 43` and `\xfe\x43`, in Base64 and in Base32.
fn without_encodings(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || "'\"`(),;<>[]{}=&".contains(c);
    let is_rest = |c: char| c.is_ascii_hexdigit() || is_end(c) || ":._-%\\x".contains(c);
    let is_group = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_hexdigit).count();
        let is_pairs = matches!(digits, 2 | 4 | 6 | 8) && word.chars().all(is_rest);
        is_pairs || word.chars().all(is_end)
    };
    let is_encoded = |word: &str| {
        let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
        let (digits, hexadecimal) = (count(u8::is_ascii_digit), count(u8::is_ascii_hexdigit));
        let (lower, upper) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
        let is_base64 = lower > 0 && upper > 0 && (digits > 0 || upper * 3 > word.len());
        let is_base32 = lower == 0 && upper > 0 && digits > 0;
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
        hexadecimal >= 16 && digits > 0 && digits < hexadecimal && word.chars().all(is_rest)
            || word.len() >= 20 && word.bytes().all(is_letter) && (is_base64 || is_base32)
    };
    let words: Vec<_> = text.split_inclusive(is_end).collect();
    let groups = words.chunk_by(|one, next| is_group(one) && is_group(next)).map(|words| {
        let words = words.concat();
        let word = words.trim_matches(|c| is_end(c) || ":._".contains(c));
        if is_encoded(word) { words.replacen(word, "…", 1) } else { words }
    });
    groups.collect()
}

/// The credentials and errors of an answer by the names that they are about, which are the same if their
/// [keys](Name::key) are, whatever white space a document has around them.
///
/// Credentials of the same name on different realms are different credentials. The letter case of a
/// realm is ignored here, so that one who compares realms finds what to compare.
#[derive(Debug)]
pub struct Index<'a> {
    /// The credentials in their order, each once: one that stands on two pages has one `Id` and is the same.
    entries: Vec<&'a SipCredential>,
    by_name: HashMap<String, Vec<&'a SipCredential>>,
    errors: HashMap<String, Vec<&'a BandwidthError>>,
    /// The first credential of each username without its domain.
    namesakes: HashMap<String, &'a SipCredential>,
}

impl<'a> Index<'a> {
    /// Arranges an answer by name.
    #[must_use]
    pub fn new(answer: &'a Answer) -> Index<'a> {
        let mut seen = HashSet::new();
        let digest =
            |written: &'a Option<WrittenDigest>| written.as_ref().map(WrittenDigest::as_str);
        let is_new = |entry: &&'a SipCredential| {
            let SipCredential { id, username, domain, hash1, hash1b, .. } = entry;
            id.is_none() || seen.insert((id, username, domain, digest(hash1), digest(hash1b)))
        };
        let mut index = Index {
            entries: answer.entries.iter().filter(is_new).collect(),
            by_name: HashMap::new(),
            errors: HashMap::new(),
            namesakes: HashMap::new(),
        };
        for entry in &index.entries {
            let name = entry.name().unwrap_or_default();
            for key in [trimmed_key(&name), on_realm(&name, entry.realm.as_deref())] {
                index.by_name.entry(key).or_default().push(*entry);
            }
            index.namesakes.entry(username_alone(&name)).or_insert(entry);
        }
        for error in &answer.errors {
            let keys = error.refused.iter().flat_map(|Refused { name, realm }| {
                [trimmed_key(name), on_realm(name, realm.as_deref())]
            });
            for key in keys.collect::<HashSet<_>>() {
                index.errors.entry(key).or_default().push(error);
            }
        }
        index
    }

    /// Returns the credentials, each once, in the order of the answer.
    #[must_use]
    pub fn entries(&self) -> &[&'a SipCredential] {
        &self.entries
    }

    /// Returns the credentials of a name. If a realm is given, those on that realm are preferred, then
    /// those without a realm; those on other realms are returned only if there are none of these.
    #[must_use]
    pub fn select(&self, name: &Name, realm: Option<&str>) -> &[&'a SipCredential] {
        let [on_it, on_any] = [realm, None].map(|realm| on_realm(name, realm));
        let keys = [Some(on_it), Some(on_any)].map(|key| key.filter(|_| realm.is_some()));
        let mut keys = keys.into_iter().flatten().chain([trimmed_key(name)]);
        keys.find_map(|key| self.by_name.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// Returns the errors about a name. If a realm is given, one about that name on another realm is not
    /// among them.
    pub fn errors(
        &self,
        name: &Name,
        realm: Option<&str>,
    ) -> impl Iterator<Item = &'a BandwidthError> {
        let keys = match realm {
            Some(_) => vec![on_realm(name, realm), on_realm(name, None)],
            None => vec![trimmed_key(name)],
        };
        keys.into_iter().filter_map(|key| self.errors.get(&key)).flatten().copied()
    }

    /// Returns a credential of the same username, but with another domain, or with or without one.
    #[must_use]
    pub fn namesake(&self, name: &Name) -> Option<&'a SipCredential> {
        self.namesakes.get(&username_alone(name)).copied()
    }
}

/// Returns the key of a name without white space around it.
fn trimmed_key(name: &Name) -> String {
    Name::new(name.username.trim(), name.domain.as_deref().map(str::trim)).key()
}

/// Returns the key of a name on a realm. No document can contain the separator.
pub(crate) fn on_realm(name: &Name, realm: Option<&str>) -> String {
    let mut key = trimmed_key(name);
    key.push('\0');
    push_lowercase(&mut key, realm.unwrap_or_default().trim());
    key
}

fn username_alone(name: &Name) -> String {
    let mut key = trimmed_key(name);
    key.truncate(key.find('@').unwrap_or(key.len()));
    key
}

#[cfg(test)]
mod tests;
