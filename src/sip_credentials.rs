//! What Bandwidth answers, and what it is sent: the XML documents, read.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;
use zeroize::Zeroizing;

/// A credential in a document.
#[derive(Default)]
pub struct Entry {
    /// `UserName`. A document that changes a password has none.
    pub username: Option<String>,
    /// `Domain`.
    pub domain: Option<String>,
    /// `Realm`.
    pub realm: Option<String>,
    /// `Hash1`, as it stands there.
    pub hash1: Option<Zeroizing<String>>,
    /// `Hash1b`, as it stands there.
    pub hash1b: Option<Zeroizing<String>>,
}

/// A document: `SipCredentials`, `SipCredential`, `SipCredentialsResponse` or
/// `SipCredentialResponse`.
#[derive(Default)]
pub struct Answer {
    /// The credentials that were asked for.
    pub entries: Vec<Entry>,
    /// How many credentials there are.
    pub total: usize,
    /// Bandwidth's errors: number and words.
    pub errors: Vec<(String, String)>,
}

/// Why a document can't be read.
#[derive(Debug)]
pub enum AnswerError {
    /// The file can't be.
    Read(io::Error),
    /// It is not XML, or ends too early: near this byte.
    NotXml(u64),
}

impl Answer {
    /// No text in a document of Bandwidth's is longer, in bytes; more is passed over.
    const LONGEST_TEXT: usize = 4096;

    /// No document is larger, in bytes; what is behind is not read.
    const LARGEST: u64 = 1 << 28;

    /// More errors than anybody reads; more are passed over.
    const MOST_ERRORS: usize = 20;

    /// Reads a document, and keeps the entries that are `wanted`. Namespaces, attributes and
    /// comments make no difference; entities of a document type are not known, and nothing is
    /// fetched.
    ///
    /// Fails when it can't be read, or is not well-formed.
    pub fn read(input: impl Read, wanted: impl Fn(&Entry) -> bool) -> Result<Answer, AnswerError> {
        let mut reader = Reader::from_reader(BufReader::new(input.take(Self::LARGEST)));
        reader.config_mut().expand_empty_elements = true;
        let mut reading = Reading::default();
        let mut buffer = Zeroizing::new(Vec::new());
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            // quick-xml's own words may repeat a piece of the document.
            let position = reader.error_position();
            match event {
                Ok(Event::Start(tag)) => reading.open(tag.local_name().into_inner()),
                Ok(Event::End(_)) => reading.close(&wanted),
                Ok(Event::Text(text)) => reading.text(&text),
                Ok(Event::CData(text)) => reading.text(&text),
                Ok(Event::GeneralRef(entity)) => match entity.resolve_char_ref() {
                    Ok(Some(character)) => reading.text(character.encode_utf8(&mut [0; 4])),
                    Ok(None) if resolve_xml_entity(&entity).is_some() => {
                        reading.text(resolve_xml_entity(&entity).unwrap_or_default());
                    }
                    _ => return Err(AnswerError::NotXml(reader.buffer_position())),
                },
                Ok(Event::Eof) if reading.is_whole() => return Ok(reading.answer),
                Ok(Event::Eof) => return Err(AnswerError::NotXml(reader.buffer_position())),
                Ok(_) => {}
                Err(quick_xml::Error::Io(error)) => {
                    let copy = io::Error::new(error.kind(), error.to_string());
                    return Err(AnswerError::Read(copy));
                }
                Err(_) => return Err(AnswerError::NotXml(position)),
            }
        }
    }
}

/// The elements that count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Credential,
    UserName,
    Domain,
    Realm,
    Hash1,
    Hash1b,
    Error,
    ErrorCode,
    Description,
    Other,
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    answer: Answer,
    open: Vec<Tag>,
    any: bool,
    entry: Entry,
    error: (String, String),
    text: Zeroizing<String>,
}

impl Reading {
    fn open(&mut self, name: &str) {
        let tag = match name {
            "SipCredential" => Tag::Credential,
            "UserName" => Tag::UserName,
            "Domain" => Tag::Domain,
            "Realm" => Tag::Realm,
            "Hash1" => Tag::Hash1,
            "Hash1b" => Tag::Hash1b,
            "Error" => Tag::Error,
            "ErrorCode" => Tag::ErrorCode,
            "Description" => Tag::Description,
            _ => Tag::Other,
        };
        match tag {
            Tag::Credential => self.entry = Entry::default(),
            Tag::Error => self.error = Default::default(),
            _ => self.text = Zeroizing::new(String::new()),
        }
        self.open.push(tag);
        self.any = true;
    }

    fn text(&mut self, text: &str) {
        if self.text.len() + text.len() <= Answer::LONGEST_TEXT {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, wanted: &impl Fn(&Entry) -> bool) {
        let tag = self.open.pop();
        let text = std::mem::take(&mut self.text);
        let text = || text.trim().to_owned();
        let filled = || Some(text()).filter(|text| !text.is_empty());
        let digest = || filled().map(Zeroizing::new);
        match (self.open.last(), tag) {
            (_, Some(Tag::Credential)) => {
                self.answer.total += 1;
                let entry = std::mem::take(&mut self.entry);
                if wanted(&entry) {
                    self.answer.entries.push(entry);
                }
            }
            (_, Some(Tag::Error)) if self.answer.errors.len() < Answer::MOST_ERRORS => {
                self.answer.errors.push(std::mem::take(&mut self.error));
            }
            (Some(Tag::Credential), Some(Tag::UserName)) => self.entry.username = Some(text()),
            (Some(Tag::Credential), Some(Tag::Domain)) => self.entry.domain = filled(),
            (Some(Tag::Credential), Some(Tag::Realm)) => self.entry.realm = filled(),
            (Some(Tag::Credential), Some(Tag::Hash1)) => self.entry.hash1 = digest(),
            (Some(Tag::Credential), Some(Tag::Hash1b)) => self.entry.hash1b = digest(),
            (Some(Tag::Error), Some(Tag::ErrorCode)) => self.error.0 = text(),
            (Some(Tag::Error), Some(Tag::Description)) => self.error.1 = text(),
            _ => {}
        }
    }

    fn is_whole(&self) -> bool {
        self.any && self.open.is_empty()
    }
}
