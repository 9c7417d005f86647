//! Writes credentials as documents. A new output format is a variant of [`Format`], and for the program
//! also one of `HashFormat` or `BatchFormat` in its `cli.rs`. The compiler then finds every other place.
//!
//! Every document contains digests, which are as secret as passwords.
//!
//! ```
//! use bwsip::document::{Entry, Format};
//! use bwsip::{Credential, Password, Strictness};
//!
//! let realm = "custxx.auth.bandwidth.com";
//! let credential = Credential::new("sipauthtest", None, realm, Strictness::Strict)?;
//! let entry = Entry::new(credential, &Password::new("password")?);
//! let mut document = Vec::new();
//! Format::CreateXml { with_realm: false }.write([entry], &mut document)?;
//! assert!(document.starts_with(b"<SipCredentials>\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::credential::{AppId, Credential, Domain, RealmId};
use crate::digest::{Digest, Digests};
use crate::password::Password;
use crate::secret_buf::SecretBuf;

/// The start tag, with its indentation, and the end tag, with its line ending.
macro_rules! tags {
    ($indent:literal, $name:literal) => {
        [concat!($indent, "<", $name, ">"), concat!("</", $name, ">\n")]
    };
}

/// A credential and its digests, to be written to a document.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The credential.
    pub credential: Credential<'a>,
    /// Its digests.
    pub digests: Digests,
    /// The Voice application that Bandwidth routes the credential's calls to.
    pub app_id: Option<AppId<'a>>,
    /// The generated password, if the document should contain it.
    pub password: Option<Password>,
}

impl<'a> Entry<'a> {
    /// Computes the digests of a credential. The entry has no app id, and does not contain the password.
    #[must_use]
    pub fn new(credential: Credential<'a>, password: &Password) -> Self {
        let digests = Digests::new(&credential, password);
        Entry { credential, digests, app_id: None, password: None }
    }
}

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format<'a> {
    /// Lines for people: `Password:` (if there is one), `Hash1:` and `Hash1b:`.
    Text,
    /// Lines for a shell or a dotenv file: `PASSWORD=` (if there is one), `HASH1=` and `HASH1B=`.
    Env,
    /// A JSON object with `password`, `username`, `domain`, `realm`, `hash1`, `hash1b` and `app_id`.
    /// What there is none of is `null`.
    Json,
    /// A JSON array of such objects.
    JsonArray,
    /// CSV with the columns `username,domain,realm,app_id,hash1,hash1b`.
    Csv {
        /// Whether to append a column `password`.
        with_password: bool,
    },
    /// CSV with the columns `username,domain,realm,app_id,password`.
    #[doc(hidden)]
    PasswordCsv,
    /// `SipCredentials`, the request that creates credentials: for
    /// `POST /accounts/{accountId}/realms/{realmId}/sipcredentials`.
    CreateXml {
        /// Whether to write `Realm`. It is redundant in a request to the realm's own path, where one
        /// that does not match is Bandwidth's error 23018.
        with_realm: bool,
    },
    /// `SipCredential`, the request that changes the password of a credential: for
    /// `PUT /accounts/{accountId}/realms/{realmId}/sipcredentials/{credentialId}`.
    ///
    /// The body must contain the realm's id, although the path does too. It must not contain
    /// `UserName`: even an unchanged one is refused (Bandwidth's errors 23004, 23030).
    UpdateXml {
        /// The id of the credential's realm.
        realm_id: RealmId<'a>,
    },
}

impl Format<'_> {
    /// Writes a document with `entries`. The document is buffered in blocks of 256 KiB, which are
    /// overwritten in memory afterwards.
    ///
    /// # Errors
    ///
    /// Returns the first error of `out`, or an error if a password to be written is not UTF-8.
    pub fn write<'e>(
        self,
        entries: impl IntoIterator<Item = Entry<'e>>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        const BLOCK_LEN: usize = 256 * 1024;
        let (start, between, end) = match self {
            Format::Text | Format::Env | Format::UpdateXml { .. } => ("", "", ""),
            Format::Json => ("", "\n", "\n"),
            Format::JsonArray => ("[\n", ",\n", "\n]\n"),
            Format::Csv { with_password: false } => {
                ("username,domain,realm,app_id,hash1,hash1b\n", "", "")
            }
            Format::Csv { with_password: true } => {
                ("username,domain,realm,app_id,hash1,hash1b,password\n", "", "")
            }
            Format::PasswordCsv => ("username,domain,realm,app_id,password\n", "", ""),
            Format::CreateXml { .. } => ("<SipCredentials>\n", "", "</SipCredentials>\n"),
        };
        // Starts small: overwriting a whole block would slow down a document with one credential.
        let mut block = SecretBuf::with_capacity(1024);
        block.extend_from_slice(start.as_bytes());
        for (index, entry) in entries.into_iter().enumerate() {
            if index > 0 {
                block.extend_from_slice(between.as_bytes());
            }
            self.write_entry(&entry, &mut block)?;
            if block.len() >= BLOCK_LEN {
                out.write_all(&block)?;
                block.truncate(0);
            }
        }
        block.extend_from_slice(end.as_bytes());
        out.write_all(&block)
    }

    fn write_entry(self, entry: &Entry<'_>, out: &mut SecretBuf) -> io::Result<()> {
        let Digests { hash1, hash1b } = &entry.digests;
        let username = entry.credential.username();
        let domain = entry.credential.domain().map(Domain::as_str);
        let realm = entry.credential.realm().as_str();
        let app_id = entry.app_id.map(AppId::as_str);
        let password = entry.password.as_ref().map(|password| {
            let not_utf8 = "a password that is not UTF-8 cannot be written to a document";
            password.as_str().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, not_utf8))
        });
        let password = password.transpose()?;
        match self {
            Format::Text | Format::Env => {
                let [before_password, before_hash1, before_hash1b] = match self {
                    Format::Text => ["Password: ", "Hash1:  ", "Hash1b: "],
                    _ => ["PASSWORD=", "HASH1=", "HASH1B="],
                };
                if let Some(password) = password {
                    writeln!(out, "{before_password}{password}")?;
                }
                writeln!(out, "{before_hash1}{hash1}\n{before_hash1b}{hash1b}")
            }
            Format::Json | Format::JsonArray => {
                let object = Object { password, username, domain, realm, hash1, hash1b, app_id };
                Ok(serde_json::to_writer(out, &object)?)
            }
            Format::Csv { with_password } => {
                write_cells(out, &[username, domain.unwrap_or(""), realm, app_id.unwrap_or("")]);
                write!(out, "{hash1},{hash1b}")?;
                if with_password {
                    write!(out, ",{}", password.unwrap_or(""))?;
                }
                out.write_all(b"\n")
            }
            Format::PasswordCsv => {
                write_cells(out, &[username, domain.unwrap_or(""), realm, app_id.unwrap_or("")]);
                writeln!(out, "{}", password.unwrap_or(""))
            }
            Format::CreateXml { with_realm } => {
                out.extend_from_slice(b"    <SipCredential>\n");
                write_text(out, tags!("        ", "UserName"), Some(username));
                write_text(out, tags!("        ", "Domain"), domain);
                write_text(out, tags!("        ", "Realm"), Some(realm).filter(|_| with_realm));
                write_digest(out, tags!("        ", "Hash1"), hash1);
                write_digest(out, tags!("        ", "Hash1b"), hash1b);
                write_text(out, tags!("        ", "HttpVoiceV2AppId"), app_id);
                out.write_all(b"    </SipCredential>\n")
            }
            Format::UpdateXml { realm_id } => {
                out.extend_from_slice(b"<SipCredential>\n");
                write_digest(out, tags!("    ", "Hash1"), hash1);
                write_digest(out, tags!("    ", "Hash1b"), hash1b);
                write_text(out, tags!("    ", "RealmId"), Some(realm_id.as_str()));
                write_text(out, tags!("    ", "HttpVoiceV2AppId"), app_id);
                out.write_all(b"</SipCredential>\n")
            }
        }
    }
}

/// Writes an element with `text`, which it escapes, or nothing if there is none.
fn write_text(out: &mut SecretBuf, [start, end]: [&str; 2], text: Option<&str>) {
    if let Some(text) = text {
        out.extend_from_slice(start.as_bytes());
        out.extend_from_slice(escape(text).as_bytes());
        out.extend_from_slice(end.as_bytes());
    }
}

/// Escapes the characters that are markup in XML.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| b"&<>\"'".contains(&byte)) {
        return text.into();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&apos;").into()
}

fn write_digest(out: &mut SecretBuf, [start, end]: [&str; 2], digest: &Digest) {
    out.extend_from_slice(start.as_bytes());
    out.extend_from_slice(&*digest.hex());
    out.extend_from_slice(end.as_bytes());
}

/// Writes each cell with a comma after it, in quotes if RFC 4180 section 2 requires them.
fn write_cells(out: &mut SecretBuf, cells: &[&str]) {
    for cell in cells {
        if cell.contains([',', '"', '\r', '\n']) {
            out.extend_from_slice(format!("\"{}\"", cell.replace('"', "\"\"")).as_bytes());
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
        out.extend_from_slice(b",");
    }
}

/// The JSON object of a credential.
#[derive(Serialize)]
struct Object<'a> {
    password: Option<&'a str>,
    username: &'a str,
    domain: Option<&'a str>,
    realm: &'a str,
    #[serde(serialize_with = "hexadecimal_digits")]
    hash1: &'a Digest,
    #[serde(serialize_with = "hexadecimal_digits")]
    hash1b: &'a Digest,
    app_id: Option<&'a str>,
}

fn hexadecimal_digits<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Strictness;

    const HASH1: &str = "817d76e91aad032a8c272229f468bfb2";
    const HASH1B: &str = "39679d2a73c2e1ea719621bc0d8fdac8";
    const APP_ID: &str = "68092813-741b-4afe-b198-91f425bce81e";

    /// Returns the document of the guide's bob, or of bob and a name that needs escaping.
    fn document(format: Format<'_>, count: usize, password: Option<&str>) -> String {
        let credential = |username, domain| {
            Credential::new(username, domain, "custxx.auth.bandwidth.com", Strictness::Lenient)
                .expect("it is valid")
        };
        let hash = |digits: &str| digits.parse().expect("32 digits");
        let digests = Digests { hash1: hash(HASH1), hash1b: hash(HASH1B) };
        let password = password.map(Password::new);
        let password = password.transpose().expect("it is valid");
        let entry = |credential, app_id| Entry {
            credential,
            digests: digests.clone(),
            app_id,
            password: password.clone(),
        };
        let app_id = AppId::new(APP_ID, Strictness::Strict).ok();
        let entries = [
            entry(credential("bob", Some("somewhere.com")), app_id),
            entry(credential("a&\",b", None), None),
        ];
        let mut out = Vec::new();
        format.write(entries.into_iter().take(count), &mut out).expect("a Vec takes every write");
        String::from_utf8(out).expect("it is UTF-8")
    }

    #[test]
    fn text_and_variables() {
        let text = format!("Hash1:  {HASH1}\nHash1b: {HASH1B}\n");
        assert_eq!(document(Format::Text, 1, None), text);
        assert_eq!(document(Format::Text, 1, Some("pw")), format!("Password: pw\n{text}"));
        let env = format!("HASH1={HASH1}\nHASH1B={HASH1B}\n");
        assert_eq!(document(Format::Env, 1, None), env);
        assert_eq!(document(Format::Env, 1, Some("pw")), format!("PASSWORD=pw\n{env}"));
    }

    #[test]
    fn json() {
        let object = format!(
            r#"{{"password":"pw","username":"bob","domain":"somewhere.com","realm":"custxx.auth.bandwidth.com","hash1":"{HASH1}","hash1b":"{HASH1B}","app_id":"{APP_ID}"}}"#
        );
        assert_eq!(document(Format::Json, 1, Some("pw")), format!("{object}\n"));
        let bob = object.replace(r#""pw""#, "null");
        let other = format!(
            r#"{{"password":null,"username":"a&\",b","domain":null,"realm":"custxx.auth.bandwidth.com","hash1":"{HASH1}","hash1b":"{HASH1B}","app_id":null}}"#
        );
        let array = format!("[\n{bob},\n{other}\n]\n");
        assert_eq!(document(Format::JsonArray, 2, None), array);
        assert_eq!(document(Format::JsonArray, 0, None), "[\n\n]\n");
    }

    #[test]
    fn csv() {
        let csv = format!(
            "username,domain,realm,app_id,hash1,hash1b\n\
             bob,somewhere.com,custxx.auth.bandwidth.com,{APP_ID},{HASH1},{HASH1B}\n\
             \"a&\"\",b\",,custxx.auth.bandwidth.com,,{HASH1},{HASH1B}\n"
        );
        assert_eq!(document(Format::Csv { with_password: false }, 2, None), csv);
        let with_password = document(Format::Csv { with_password: true }, 2, Some("pw"));
        let expected = csv
            .replace("hash1b\n", "hash1b,password\n")
            .replace(&format!("{HASH1B}\n"), &format!("{HASH1B},pw\n"));
        assert_eq!(with_password, expected);
        assert_eq!(
            document(Format::PasswordCsv, 2, Some("pw")),
            format!(
                "username,domain,realm,app_id,password\n\
                 bob,somewhere.com,custxx.auth.bandwidth.com,{APP_ID},pw\n\
                 \"a&\"\",b\",,custxx.auth.bandwidth.com,,pw\n"
            )
        );
    }

    #[test]
    fn cells_are_quoted_if_necessary() {
        for (cell, expected) in [
            ("a b", "a b,"),
            ("a,b", "\"a,b\","),
            ("a\"b", "\"a\"\"b\","),
            ("a\rb", "\"a\rb\","),
            ("a\nb", "\"a\nb\","),
        ] {
            let mut out = SecretBuf::default();
            write_cells(&mut out, &[cell]);
            assert_eq!(&*out, expected.as_bytes());
        }
    }

    #[test]
    fn xml_that_creates() {
        let bob = format!(
            "    <SipCredential>
        <UserName>bob</UserName>
        <Domain>somewhere.com</Domain>
        <Realm>custxx.auth.bandwidth.com</Realm>
        <Hash1>{HASH1}</Hash1>
        <Hash1b>{HASH1B}</Hash1b>
        <HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>
    </SipCredential>\n"
        );
        let with_realm = Format::CreateXml { with_realm: true };
        let whole = format!("<SipCredentials>\n{bob}</SipCredentials>\n");
        assert_eq!(document(with_realm, 1, None), whole);
        let both = document(Format::CreateXml { with_realm: false }, 2, None);
        assert!(both.contains("<UserName>a&amp;&quot;,b</UserName>\n        <Hash1>"), "{both}");
        assert!(!both.contains("Realm"), "{both}");
    }

    #[test]
    fn xml_that_changes_a_password() {
        let realm_id = RealmId::new("14", Strictness::Strict).expect("it is valid");
        let update = format!(
            "<SipCredential>
    <Hash1>{HASH1}</Hash1>
    <Hash1b>{HASH1B}</Hash1b>
    <RealmId>14</RealmId>
    <HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>
</SipCredential>\n"
        );
        assert_eq!(document(Format::UpdateXml { realm_id }, 1, None), update);
    }

    /// Counts writes, and fails after some.
    struct Pieces {
        count: usize,
        longest: usize,
        bytes: usize,
        room: usize,
    }

    impl Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.count == self.room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.count += 1;
            self.longest = self.longest.max(bytes.len());
            self.bytes += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_large_document_is_written_in_pieces() {
        let credential = Credential::new("bob", None, "a.b", Strictness::Strict);
        let password = Password::new(b"password".to_vec()).expect("it is valid");
        let entry = Entry::new(credential.expect("it is valid"), &password);
        let mut pieces = Pieces { count: 0, longest: 0, bytes: 0, room: usize::MAX };
        let entries = || std::iter::repeat_n(entry.clone(), 10_000);
        Format::Text.write(entries(), &mut pieces).expect("there is room");
        let line = "Hash1:  \nHash1b: \n".len() + 64;
        assert_eq!(pieces.bytes, 10_000 * line);
        // Blocks of 256 KiB, each rounded up to a whole entry: 3,197 entries of 82 bytes.
        assert_eq!((pieces.count, pieces.longest), (4, 3_197 * line));
        pieces = Pieces { room: 1, count: 0, ..pieces };
        let failed = Format::Text.write(entries(), &mut pieces);
        assert_eq!(failed.map_err(|it| it.kind()), Err(io::ErrorKind::StorageFull));
    }

    #[test]
    fn a_password_that_is_not_text_is_not_written() {
        let credential = Credential::new("bob", None, "a.b", Strictness::Strict);
        let password = Password::new(b"\xFF".to_vec()).expect("it is valid");
        let entry = Entry::new(credential.expect("it is valid"), &password);
        let entry = Entry { password: Some(password), ..entry };
        let mut out = Vec::new();
        let error = Format::Text.write([entry], &mut out).expect_err("it is not UTF-8");
        assert_eq!((error.kind(), &out[..]), (io::ErrorKind::InvalidData, &[][..]));
    }
}
