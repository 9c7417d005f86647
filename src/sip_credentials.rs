//! Reads Bandwidth's XML documents: the requests that create or change credentials, and its answers.
//!
//! ```
//! use bwsip::sip_credentials::{Name, SipCredentials};
//!
//! let answer = b"<SipCredentialsResponse>
//!     <ValidSipCredentials><SipCredential><UserName>bob</UserName></SipCredential></ValidSipCredentials>
//!     <Errors><Error><ErrorCode>23003</ErrorCode><Description>Too many</Description></Error></Errors>
//! </SipCredentialsResponse>";
//! let answer = SipCredentials::read(&answer[..], |_| true)?;
//! assert_eq!(answer.select(&Name::new("Bob", None), None).len(), 1);
//! let remedy = answer.errors[0].remedy();
//! assert_eq!(remedy.as_deref(), Some("send fewer credentials in one request"));
//! # Ok::<(), bwsip::sip_credentials::ReadError>(())
//! ```

use std::io::{self, BufRead as _, BufReader, Read};
use std::str;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use zeroize::Zeroizing;

use crate::digest::WrittenDigest;
use crate::name::key;
use crate::rules;

pub use crate::name::Name;

/// A credential in a document.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SipCredential {
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
    /// Returns true if the credential has this name, or no name at all.
    #[must_use]
    pub fn has_name(&self, name: &Name) -> bool {
        let username = self.username.as_ref();
        username.is_none_or(|it| name.matches(it, self.domain.as_deref()))
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
    /// The error's number; empty for an error of the whole request that has none.
    pub code: String,
    /// Bandwidth's description, without digests and control characters.
    pub description: String,
    /// The name of the refused credential, if the error contains that.
    pub name: Option<Name>,
    /// The realm of the refused credential, if the error contains it.
    pub realm: Option<String>,
}

/// What to do about each error that Bandwidth's reference lists for SIP credentials. The other
/// errors are about a rule, which has the remedy.
const REMEDIES: [(&str, &str); 13] = [
    ("1003", "add the element that is missing; a new credential needs UserName and Hash1"),
    ("23000", "leave the name out, or change the password of the credential that has it"),
    ("23001", "give the credential a UserName"),
    ("23002", "shorten username and domain to 32 characters each"),
    ("23003", "send fewer credentials in one request"),
    ("23004", "leave UserName out of a request that changes a password"),
    ("23006", "put at least one SipCredential into the request"),
    ("23013", "ask Bandwidth's support to enable SIP credentials for the account"),
    ("23018", "leave Realm out, or send the request to the address of that realm"),
    ("23022", "wait until Bandwidth lists the realm as active, then send the request again"),
    ("23026", "leave the name out, or change the password of the credential that has it"),
    ("23030", "leave UserName out of a request that changes a password, even an unchanged one"),
    ("33004", "ask Bandwidth's support to enable SIP credentials for the account"),
];

impl BandwidthError {
    /// Returns what to do about the error, if its number is known.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        let row = REMEDIES.iter().find(|(code, _)| *code == self.code);
        row.map(|(_, remedy)| (*remedy).to_owned()).or_else(|| rules::remedy(&self.code))
    }

    /// Returns the [keys](Name::key) of the names that the error is about: the name of the credential
    /// that it contains or, if it contains none, the names in its description.
    ///
    /// A word of the description is a name only where it can be nothing else, because many usernames
    /// are ordinary words: a composite username with an `@`, the subject of the documented sentence
    /// "Sip credential NAME does already exist", or a quoted word after `UserName` or `credential`.
    #[must_use]
    pub fn name_keys(&self) -> Vec<String> {
        if let Some(name) = &self.name {
            return vec![name.key()];
        }
        let words: Vec<_> = self.description.split_whitespace().collect();
        let mut names = vec![];
        for (at, word) in words.iter().enumerate() {
            let trimmed = word.trim_end_matches(['.', ',', ';', ':']);
            let quoted = ['\'', '"'].iter().find_map(|quote| {
                trimmed.strip_prefix(*quote).and_then(|it| it.strip_suffix(*quote))
            });
            let before = at.checked_sub(1).map_or("", |before| words[before]).to_lowercase();
            let before = before.trim_end_matches([':', '=']);
            let introduces = ["credential", "username"].contains(&before);
            let is_subject = before == "credential" && words.get(at + 1) == Some(&"does");
            let bare = trimmed.trim_matches(['\'', '"', '(', ')', '[', ']']);
            if bare.contains('@') || is_subject || introduces && quoted.is_some() {
                names.push(key(bare, None));
            }
        }
        names
    }

    /// Returns true unless the credential that the error contains is on another realm.
    #[must_use]
    pub fn is_on(&self, realm: Option<&str>) -> bool {
        match (&self.realm, realm) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => true,
        }
    }
}

/// The contents of a document: `SipCredentials`, `SipCredential`, `SipCredentialsResponse` or
/// `SipCredentialResponse`.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SipCredentials {
    /// The wanted credentials.
    pub entries: Vec<SipCredential>,
    /// The number of all credentials in the document, wanted or not, except for refused ones.
    pub total: usize,
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
    #[error("empty: check that the request whose answer it should be succeeded")]
    Empty,
    /// It is UTF-16.
    #[error("UTF-16, as Windows PowerShell's > writes it: save it as UTF-8")]
    Utf16,
    /// It is JSON.
    #[error(
        "JSON, not XML: use what was sent to, or received from, a path of Bandwidth's API that has \
         sipcredentials in it"
    )]
    Json,
    /// It is not well-formed XML, or incomplete.
    #[error(
        "not well-formed XML near byte {position}: use a document that was sent to Bandwidth or \
         received from it"
    )]
    NotXml {
        /// The approximate position, in bytes.
        position: u64,
    },
}

impl SipCredentials {
    /// The maximum length of a text that is kept, in bytes. Bandwidth's are shorter.
    const MAX_TEXT_LEN: usize = 4096;

    /// The maximum length of a document, in bytes. Nothing after it is read.
    const MAX_LEN: u64 = 1 << 28;

    /// Reads a document and keeps the credentials that are `wanted`.
    ///
    /// Namespaces, attributes and comments are ignored. Only the predefined entities of XML are known,
    /// and external ones are never fetched.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::Io`] if `input` fails, and one of the others if the document is not
    /// well-formed XML.
    pub fn read(
        input: impl Read,
        wanted: impl Fn(&SipCredential) -> bool,
    ) -> Result<SipCredentials, ReadError> {
        let mut input = BufReader::new(input.take(Self::MAX_LEN));
        if let Some(error) = other_format(input.fill_buf().map_err(ReadError::Io)?) {
            return Err(error);
        }
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        let mut parser = Parser::default();
        let mut buffer = Zeroizing::new(Vec::new());
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            // The messages of quick-xml may contain parts of the document.
            let error_position = reader.error_position();
            let not_xml = |position| ReadError::NotXml { position };
            let text = |bytes| str::from_utf8(bytes).map_err(|_| not_xml(reader.buffer_position()));
            match event {
                Ok(Event::Start(tag)) => parser.start(text(tag.local_name().into_inner())?),
                Ok(Event::End(_)) => parser.end(&wanted),
                Ok(Event::Text(bytes)) => parser.text(text(&bytes)?),
                Ok(Event::CData(bytes)) => parser.text(text(&bytes)?),
                Ok(Event::GeneralRef(entity)) => match entity.resolve_char_ref() {
                    Ok(Some(character)) => parser.text(character.encode_utf8(&mut [0; 4])),
                    Ok(None) => match resolve_xml_entity(text(&entity)?) {
                        Some(text) => parser.text(text),
                        None => return Err(not_xml(reader.buffer_position())),
                    },
                    Err(_) => return Err(not_xml(reader.buffer_position())),
                },
                Ok(Event::Eof) if parser.is_complete() => return Ok(parser.document),
                Ok(Event::Eof) if parser.is_empty() => return Err(ReadError::Empty),
                Ok(Event::Eof) => return Err(not_xml(reader.buffer_position())),
                Ok(_) => {}
                Err(quick_xml::Error::Io(error)) => {
                    let error = io::Error::new(error.kind(), error.to_string());
                    return Err(ReadError::Io(error));
                }
                Err(_) => return Err(not_xml(error_position)),
            }
        }
    }

    /// Adds the credentials and errors of another page.
    pub fn append(&mut self, other: SipCredentials) {
        self.entries.extend(other.entries);
        self.total += other.total;
        self.realms.extend(other.realms);
        self.errors.extend(other.errors);
    }

    /// Returns the credentials with a name.
    ///
    /// If the name has no domain, those without a domain are preferred. If a realm is given, those on
    /// that realm are preferred. Others are returned only if there are none of these.
    #[must_use]
    pub fn select(&self, name: &Name, realm: Option<&str>) -> Vec<&SipCredential> {
        let mut entries: Vec<_> =
            self.entries.iter().filter(|entry| entry.has_name(name)).collect();
        if name.domain.is_none() && entries.iter().any(|entry| entry.domain.is_none()) {
            entries.retain(|entry| entry.domain.is_none());
        }
        if realm.is_some() && entries.iter().any(|entry| entry.realm.as_deref() == realm) {
            entries.retain(|entry| entry.realm.as_deref() == realm);
        }
        entries
    }
}

/// The elements that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Credential,
    Id,
    RealmId,
    AppId,
    UserName,
    Domain,
    Realm,
    Hash1,
    Hash1b,
    Error,
    Status,
    Default,
    /// `ResponseStatus`: the error of the whole request.
    ResponseStatus,
    ErrorCode,
    Description,
    Other,
}

/// The state of reading a document.
#[derive(Default)]
struct Parser {
    document: SipCredentials,
    open: Vec<Tag>,
    has_root: bool,
    entry: SipCredential,
    realm: ListedRealm,
    error: BandwidthError,
    /// A status without a number. It is the error of the request, or introduces a list of errors.
    status: Option<BandwidthError>,
    text: Zeroizing<String>,
}

impl Parser {
    fn start(&mut self, name: &str) {
        let tag = match name {
            "SipCredential" => Tag::Credential,
            "Id" => Tag::Id,
            "RealmId" => Tag::RealmId,
            "HttpVoiceV2AppId" => Tag::AppId,
            "UserName" => Tag::UserName,
            "Domain" => Tag::Domain,
            "Realm" => Tag::Realm,
            "Hash1" => Tag::Hash1,
            "Hash1b" => Tag::Hash1b,
            "Error" => Tag::Error,
            "Status" => Tag::Status,
            "Default" => Tag::Default,
            "ResponseStatus" => Tag::ResponseStatus,
            "ErrorCode" => Tag::ErrorCode,
            "Description" => Tag::Description,
            _ => Tag::Other,
        };
        if tag == Tag::Error {
            self.error = BandwidthError::default();
        }
        self.text = Zeroizing::default();
        self.open.push(tag);
        self.has_root = true;
    }

    fn text(&mut self, text: &str) {
        let len = self.text.len() + text.len();
        if len <= SipCredentials::MAX_TEXT_LEN {
            if len > self.text.capacity() {
                // A `String` that grows would leave a copy behind.
                let mut longer = Zeroizing::new(String::with_capacity(2 * len));
                longer.push_str(&self.text);
                self.text = longer;
            }
            self.text.push_str(text);
        }
    }

    fn end(&mut self, wanted: &impl Fn(&SipCredential) -> bool) {
        let tag = self.open.pop().expect("quick-xml checks that each end has a start");
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let filled = (!text.is_empty()).then(|| text.to_owned());
        match (self.open.last(), tag) {
            // A credential in an error was refused, even if a list stands between them.
            (_, Tag::Credential) if self.open.iter().rev().take(2).any(|it| *it == Tag::Error) => {
                let entry = std::mem::take(&mut self.entry);
                let SipCredential { username, domain, realm, .. } = entry;
                self.error.name = username.map(|username| Name { username, domain });
                self.error.realm = realm;
            }
            (_, Tag::Credential) => {
                self.document.total += 1;
                let entry = std::mem::take(&mut self.entry);
                if wanted(&entry) {
                    self.document.entries.push(entry);
                }
            }
            (_, Tag::Error) => {
                self.status = None;
                self.document.errors.push(std::mem::take(&mut self.error));
            }
            (_, Tag::ResponseStatus) => {
                let error = std::mem::take(&mut self.error);
                match error.code.is_empty() {
                    true => self.status = Some(error).filter(|it| !it.description.is_empty()),
                    false => self.document.errors.push(error),
                }
            }
            (Some(Tag::Realm), Tag::Id) => self.realm.id = filled,
            (Some(Tag::Realm), Tag::Realm) => self.realm.realm = filled,
            (Some(Tag::Realm), Tag::Status) => self.realm.status = filled,
            (Some(Tag::Realm), Tag::Default) => self.realm.default = filled,
            (Some(Tag::Credential), Tag::UserName) => self.entry.username = Some(text.to_owned()),
            (Some(Tag::Credential), Tag::Id) => self.entry.id = filled,
            (Some(Tag::Credential), Tag::RealmId) => self.entry.realm_id = filled,
            (Some(Tag::Credential), Tag::AppId) => self.entry.app_id = filled,
            (Some(Tag::Credential), Tag::Domain) => self.entry.domain = filled,
            (Some(Tag::Credential), Tag::Realm) => self.entry.realm = filled,
            (Some(Tag::Credential), Tag::Hash1) => {
                self.entry.hash1 = filled.map(WrittenDigest::new)
            }
            (Some(Tag::Credential), Tag::Hash1b) => {
                self.entry.hash1b = filled.map(WrittenDigest::new)
            }
            // Its children have texts, it has none.
            (_, Tag::Realm) if self.realm.id.is_some() => {
                self.document.realms.push(std::mem::take(&mut self.realm));
            }
            (Some(Tag::Error | Tag::ResponseStatus), Tag::ErrorCode) => {
                self.error.code = printable(text)
            }
            (Some(Tag::Error | Tag::ResponseStatus), Tag::Description) => {
                self.error.description = printable(text);
            }
            _ => {}
        }
        if self.open.is_empty() {
            self.document.errors.extend(self.status.take());
        }
    }

    fn is_complete(&self) -> bool {
        self.has_root && self.open.is_empty() && self.text.trim().is_empty()
    }

    fn is_empty(&self) -> bool {
        !self.has_root && self.text.trim().is_empty()
    }
}

/// Returns the error for a document that begins as another format than UTF-8 XML does.
fn other_format(start: &[u8]) -> Option<ReadError> {
    match start {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..] => {
            Some(ReadError::Utf16)
        }
        _ => {
            let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
            let is_json = matches!(text.trim_ascii_start(), [b'{' | b'[', ..]);
            is_json.then_some(ReadError::Json)
        }
    }
}

/// Removes digests, parts of digests, and characters that a terminal would interpret.
fn printable(text: &str) -> String {
    /// Numbers and the parts of a UUID have fewer hexadecimal digits.
    const MIN_DIGITS: usize = 16;

    let is_digit = |c: &char| c.is_ascii_hexdigit();
    // A digest may have been posted with separators, and be repeated in an error.
    let is_part = |c: char| is_digit(&c) || matches!(c, ':' | '_');
    let mut out = String::new();
    for piece in text.split_inclusive(|c| !is_part(c)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Result<SipCredentials, ReadError> {
        SipCredentials::read(document.as_bytes(), |_| true)
    }

    fn entry(username: &str, domain: Option<&str>, realm: Option<&str>) -> SipCredential {
        let text = |text: &str| text.to_owned();
        SipCredential {
            username: Some(text(username)),
            domain: domain.map(text),
            realm: realm.map(text),
            ..SipCredential::default()
        }
    }

    #[test]
    fn every_element_is_read() {
        let document = read(
            "<?xml version='1.0'?><x:S xmlns:x='y'><SipCredential a='&lt;'><UserName> b&amp;&#99;<![CDATA[d]]>\n\
             </UserName><Domain>e</Domain><Realm>f</Realm><Hash1>1</Hash1><Hash1b>2</Hash1b>\
             <Other>g</Other></SipCredential><Realm>h</Realm><x:SipCredential><Realm/><Hash1/>\
             </x:SipCredential></x:S>",
        );
        let document = document.expect("it is well-formed");
        assert_eq!((document.total, document.entries.len(), document.errors.len()), (2, 2, 0));
        let [first, second] = &document.entries[..] else { panic!("there are two") };
        assert_eq!(first.username.as_deref(), Some("b&cd"));
        assert_eq!(first.domain.as_deref(), Some("e"));
        assert_eq!(first.realm.as_deref(), Some("f"));
        assert_eq!(first.hash1.as_ref().map(WrittenDigest::as_str), Some("1"));
        assert_eq!(first.hash1b.as_ref().map(WrittenDigest::as_str), Some("2"));
        assert!(second.username.is_none() && second.realm.is_none() && second.hash1.is_none());
    }

    #[test]
    fn credentials_that_are_not_wanted_are_counted() {
        let document = "<S><SipCredential><UserName>a</UserName></SipCredential><SipCredential>\
            <UserName>b</UserName></SipCredential></S>";
        let wanted = |entry: &SipCredential| entry.username.as_deref() == Some("b");
        let mut read =
            SipCredentials::read(document.as_bytes(), wanted).expect("it is well-formed");
        assert_eq!((read.total, read.entries.len()), (2, 1));
        let error = BandwidthError::default();
        let other = SipCredentials {
            entries: vec![SipCredential::default()],
            total: 3,
            realms: vec![ListedRealm::default()],
            errors: vec![error],
        };
        read.append(other);
        assert_eq!((read.total, read.entries.len(), read.errors.len()), (5, 2, 1));
        assert_eq!(read.realms.len(), 1);
    }

    #[test]
    fn a_list_in_an_error_has_no_credentials() {
        let document = read(
            "<R><Error><SipCredentials><SipCredential><UserName>a</UserName></SipCredential>\
             </SipCredentials></Error></R>",
        );
        let document = document.expect("it is well-formed");
        assert_eq!((document.total, document.entries.len()), (0, 0));
        assert_eq!(document.errors[0].name_keys(), ["a"]);
    }

    #[test]
    fn errors_are_no_credentials() {
        let document = read(
            "<R><ResponseStatus><Description>See below</Description></ResponseStatus><Errors><Error>\
             <ErrorCode>1</ErrorCode></Error><Error><ErrorCode>23000</ErrorCode>\
             <Description>x\u{1b}[2J \u{202e}\"y\" 0123456789abcdef 0123456789abcde 01:23:45:67:89:ab:cd:ef 10:11:12 é</Description><SipCredential><UserName>a</UserName><Domain>b</Domain><Realm>r</Realm><Hash1>0</Hash1>\
             </SipCredential></Error><Error><Description>no number</Description></Error></Errors></R>"
                .replace('\u{1b}', "&#27;")
                .as_str(),
        );
        let document = document.expect("it is well-formed");
        assert_eq!((document.total, document.entries.len()), (0, 0));
        let expected = BandwidthError {
            code: "23000".to_owned(),
            description: "x [2J \\u{202e}\"y\" … 0123456789abcde … 10:11:12 é".to_owned(),
            name: Some(Name::new("a", Some("b"))),
            realm: Some("r".to_owned()),
        };
        assert_eq!((&*document.errors[0].code, &*document.errors[0].description), ("1", ""));
        assert_eq!(document.errors[1], expected);
        assert_eq!(document.errors[2].description, "no number");
        assert_eq!(document.errors.len(), 3);
        let status = "<R><ResponseStatus><ErrorCode>33004</ErrorCode></ResponseStatus></R>";
        let errors = read(status).expect("it is well-formed").errors;
        assert_eq!(errors[0].code, "33004");
    }

    #[test]
    fn malformed_documents() {
        for (text, near) in
            [("x", 1), ("<a>", 3), ("<a></b>", 3), ("<a>&x;</a>", 6), ("<a>&#0;</a>", 7)]
        {
            match read(text) {
                Err(ReadError::NotXml { position }) => assert_eq!(position, near, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn other_formats() {
        let error = |document: &[u8]| match SipCredentials::read(document, |_| true) {
            Err(error) => error.to_string(),
            Ok(document) => panic!("{document:?}"),
        };
        for empty in ["", " \n", "<?xml version='1.0'?>\n", "\u{FEFF}"] {
            assert!(error(empty.as_bytes()).starts_with("empty: "), "{empty:?}");
        }
        for json in ["{", "[]", "\u{FEFF} \n{\"a\": 1}"] {
            assert!(error(json.as_bytes()).starts_with("JSON, "), "{json:?}");
        }
        for utf16 in [&b"\xFF\xFE<\0"[..], b"\xFE\xFF\0<", b"<\0a\0", b"\0<\0a"] {
            assert!(error(utf16).starts_with("UTF-16, "), "{utf16:?}");
        }
        assert!(error(b"{}<").starts_with("JSON"));
        assert!(error(b"a{").starts_with("not well-formed XML"));
    }

    #[test]
    fn a_reader_that_fails() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::IsADirectory.into())
            }
        }
        match SipCredentials::read(Broken, |_| true) {
            Err(ReadError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::IsADirectory),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_left_out() {
        let long = "x".repeat(SipCredentials::MAX_TEXT_LEN);
        let name = |text: &str| {
            let document = format!("<SipCredential><UserName>{text}</UserName></SipCredential>");
            read(&document).expect("it is well-formed").entries.remove(0).username
        };
        assert_eq!(name(&long).as_deref(), Some(&*long));
        assert_eq!(name(&(long.clone() + "x")).as_deref(), Some(""));
        assert_eq!(name(&(long.clone() + "&lt;")), Some(long));
    }

    #[test]
    fn letter_case_of_names_is_ignored() {
        let bob = entry("Bob", Some("Some.where"), None);
        assert!(bob.has_name(&Name::new("BOB@some.where", None)));
        assert!(!bob.has_name(&Name::new("bo", None)));
        assert!(SipCredential::default().has_name(&Name::new("bob", None)));
    }

    #[test]
    fn errors_are_about_the_credential_that_they_contain() {
        let error = |username, domain, realm: Option<&str>| BandwidthError {
            description: "Sip credential al does already exist, 'al' al@some.where".to_owned(),
            name: Some(Name::new(username, domain)),
            realm: realm.map(str::to_owned),
            ..BandwidthError::default()
        };
        assert_eq!(error("Bob", None, None).name_keys(), ["bob"]);
        assert_eq!(error("bob", Some("Some.where"), None).name_keys(), ["bob@some.where"]);
        assert_eq!(error("bob@some.where", None, None).name_keys(), ["bob@some.where"]);
        assert!(error("bob", None, None).is_on(Some("r")));
        assert!(error("bob", None, Some("R")).is_on(Some("r")));
        assert!(error("bob", None, Some("r")).is_on(None));
        assert!(!error("bob", None, Some("s")).is_on(Some("r")));
    }

    #[test]
    fn errors_without_a_credential_are_about_names_in_their_description() {
        let names = |description: &str| {
            let description = description.to_owned();
            BandwidthError { description, ..BandwidthError::default() }.name_keys()
        };
        for (description, name) in [
            (
                "Sip credential Bill@bw.com does already exist on the account with ID = 41",
                "bill@bw.com",
            ),
            ("Sip credential Bill does already exist on the account with ID = 41", "bill"),
            ("Sip credential 'Bill' does already exist", "bill"),
            ("The UserName: \"Bill\", is taken.", "bill"),
            ("SIP credential 'Bill' is refused", "bill"),
            ("the name (bill@bw.com).", "bill@bw.com"),
        ] {
            assert_eq!(names(description), [name], "{description}");
        }
        for words in [
            "",
            "bob",
            "The account is not enabled for Sip credential",
            "Sip credential does not exist",
            "does 'account' exist",
            "'UserName' has illegal characters",
            "UserName has illegal characters",
            "Sip credential with UserName",
            "does",
        ] {
            assert!(names(words).is_empty(), "{words}");
        }
    }

    #[test]
    fn entries_are_selected_by_domain_and_realm() {
        let document = SipCredentials {
            entries: vec![
                entry("bob", Some("x"), Some("r")),
                entry("bob", None, Some("r")),
                entry("bob", None, Some("s")),
                entry("al", None, None),
                entry("cy", Some("x"), None),
            ],
            total: 5,
            realms: vec![],
            errors: vec![],
        };
        let select = |username, domain, realm| {
            let entries = document.select(&Name::new(username, domain), realm);
            entries.iter().map(|it| (it.domain.is_some(), it.realm.clone())).collect::<Vec<_>>()
        };
        let realm = |name: &str| Some(name.to_owned());
        assert_eq!(select("bob", Some("x"), None), [(true, realm("r"))]);
        assert_eq!(select("bob", None, None), [(false, realm("r")), (false, realm("s"))]);
        assert_eq!(select("bob", None, Some("s")), [(false, realm("s"))]);
        assert_eq!(select("bob", None, Some("t")).len(), 2);
        assert_eq!(select("cy", None, None), [(true, None)]);
        assert_eq!(select("di", None, None), []);
    }

    /// Covers each number in Bandwidth's reference.
    #[test]
    fn every_error_has_a_remedy() {
        let remedy = |code: &str| {
            let error = BandwidthError { code: code.to_owned(), ..BandwidthError::default() };
            error.remedy()
        };
        for code in [
            "1003", "23000", "23001", "23002", "23003", "23004", "23006", "23013", "23014",
            "23015", "23016", "23017", "23018", "23020", "23022", "23026", "23030", "33004",
        ] {
            assert!(remedy(code).is_some_and(|it| !it.contains("--")), "{code}");
        }
        assert_eq!(remedy("99999"), None);
    }
}
