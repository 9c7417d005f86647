//! Writes credentials as documents. A new output format is a variant of [`Format`], and for the program
//! also one of `HashFormat` or `BatchFormat` in its `cli.rs`. The compiler then finds every other place.
//!
//! Every document contains digests, which are as secret as passwords.
//!
//! ```
//! use bwsip::document::{Entry, Format};
//! use bwsip::{Credential, Digests, Password, Strictness};
//!
//! let realm = "custxx.auth.bandwidth.com";
//! let credential = Credential::parse("sipauthtest", None, realm, Strictness::Strict)?;
//! let digests = Digests::new(&credential, &Password::new(b"password".to_vec().into())?);
//! let entry = Entry { credential, digests: &digests, app_id: None, password: None };
//! let mut document = Vec::new();
//! Format::CreateXml { with_realm: false }.write([entry], &mut document)?;
//! assert!(document.starts_with(b"<SipCredentials>\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Write};

use quick_xml::escape::escape;
use serde::{Serialize, Serializer};

use crate::credential::{AppId, Credential, Domain, RealmId};
use crate::digest::{Digest, Digests};
use crate::secret_buf::SecretBuf;

/// A credential and its digests, to be written to a document.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The credential.
    pub credential: Credential<'a>,
    /// Its digests.
    pub digests: &'a Digests,
    /// The Voice application that Bandwidth routes the credential's calls to.
    pub app_id: Option<AppId<'a>>,
    /// The generated password, if the document should contain it.
    pub password: Option<GeneratedPassword<'a>>,
}

/// A generated password, which `Debug` does not show.
#[derive(Clone, Copy)]
pub struct GeneratedPassword<'a>(pub &'a str);

impl std::fmt::Debug for GeneratedPassword<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GeneratedPassword(…)")
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
    /// A JSON object with `password` (if there is one), `username`, `domain` (if any), `realm`,
    /// `hash1`, `hash1b` and `app_id` (if any).
    Json,
    /// A JSON array of such objects.
    JsonArray,
    /// CSV with the columns `username,domain,realm,app_id,hash1,hash1b`.
    Csv {
        /// Whether to append a column `password`.
        with_password: bool,
    },
    /// CSV with the columns `username,domain,realm,password`.
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
    /// Writes a document with `entries`. The document is buffered in blocks of about 16 KiB, which
    /// are overwritten in memory afterwards.
    ///
    /// # Errors
    ///
    /// Returns the first error of `out`.
    pub fn write<'e>(
        self,
        entries: impl IntoIterator<Item = Entry<'e>>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        const BLOCK_LEN: usize = 16 * 1024;
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
            Format::PasswordCsv => ("username,domain,realm,password\n", "", ""),
            Format::CreateXml { .. } => ("<SipCredentials>\n", "", "</SipCredentials>\n"),
        };
        // Starts small: overwriting a whole block would slow down a document with one credential.
        let mut piece = SecretBuf::with_capacity(1024);
        piece.extend_from_slice(start.as_bytes());
        for (index, entry) in entries.into_iter().enumerate() {
            if index > 0 {
                piece.extend_from_slice(between.as_bytes());
            }
            self.write_entry(&entry, &mut piece).expect("writing to memory does not fail");
            if piece.len() >= BLOCK_LEN {
                out.write_all(&piece)?;
                piece.truncate(0);
            }
        }
        piece.extend_from_slice(end.as_bytes());
        out.write_all(&piece)
    }

    fn write_entry(self, entry: &Entry<'_>, out: &mut SecretBuf) -> io::Result<()> {
        let Entry { credential, digests, app_id, password } = entry;
        let Digests { hash1, hash1b } = digests;
        let password = password.map(|it| it.0);
        let username = credential.username();
        let domain = credential.domain().map(Domain::as_str);
        let realm = credential.realm().as_str();
        let app_id = app_id.map(AppId::as_str);
        match self {
            Format::Text => {
                if let Some(password) = password {
                    writeln!(out, "Password: {password}")?;
                }
                writeln!(out, "Hash1:  {hash1}\nHash1b: {hash1b}")
            }
            Format::Env => {
                if let Some(password) = password {
                    writeln!(out, "PASSWORD={password}")?;
                }
                writeln!(out, "HASH1={hash1}\nHASH1B={hash1b}")
            }
            Format::Json | Format::JsonArray => {
                let object = Object { password, username, domain, realm, hash1, hash1b, app_id };
                Ok(serde_json::to_writer(out, &object)?)
            }
            Format::Csv { with_password } => {
                let names = [username, domain.unwrap_or(""), realm, app_id.unwrap_or("")];
                write_cells(out, &names)?;
                write!(out, "{hash1},{hash1b}")?;
                if with_password {
                    write!(out, ",{}", password.unwrap_or(""))?;
                }
                writeln!(out)
            }
            Format::PasswordCsv => {
                write_cells(out, &[username, domain.unwrap_or(""), realm])?;
                writeln!(out, "{}", password.unwrap_or(""))
            }
            Format::CreateXml { with_realm } => {
                let indent = "        ";
                out.extend_from_slice(b"    <SipCredential>\n");
                write_text(out, indent, "UserName", Some(username));
                write_text(out, indent, "Domain", domain);
                write_text(out, indent, "Realm", Some(realm).filter(|_| with_realm));
                write_digests(out, indent, digests);
                write_text(out, indent, "HttpVoiceV2AppId", app_id);
                writeln!(out, "    </SipCredential>")
            }
            Format::UpdateXml { realm_id } => {
                let indent = "    ";
                out.extend_from_slice(b"<SipCredential>\n");
                write_digests(out, indent, digests);
                write_text(out, indent, "RealmId", Some(realm_id.as_str()));
                write_text(out, indent, "HttpVoiceV2AppId", app_id);
                writeln!(out, "</SipCredential>")
            }
        }
    }
}

/// Writes the elements of both digests.
fn write_digests(out: &mut SecretBuf, indent: &str, digests: &Digests) {
    write_element(out, indent, "Hash1", &*digests.hash1.hex());
    write_element(out, indent, "Hash1b", &*digests.hash1b.hex());
}

/// Writes an element with `text`, which it escapes, or nothing if there is none.
fn write_text(out: &mut SecretBuf, indent: &str, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        write_element(out, indent, name, escape(text).as_bytes());
    }
}

fn write_element(out: &mut SecretBuf, indent: &str, name: &str, content: &[u8]) {
    let (indent, name) = (indent.as_bytes(), name.as_bytes());
    for piece in [indent, b"<", name, b">", content, b"</", name, b">\n"] {
        out.extend_from_slice(piece);
    }
}

/// Writes each cell with a comma after it, in quotes if RFC 4180 section 2 requires them.
fn write_cells(out: &mut SecretBuf, cells: &[&str]) -> io::Result<()> {
    for cell in cells {
        if cell.contains([',', '"', '\r', '\n']) {
            write!(out, "\"{}\",", cell.replace('"', "\"\""))?;
        } else {
            write!(out, "{cell},")?;
        }
    }
    Ok(())
}

/// The JSON object of a credential.
#[derive(Serialize)]
struct Object<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
    username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    realm: &'a str,
    #[serde(serialize_with = "hexadecimal_digits")]
    hash1: &'a Digest,
    #[serde(serialize_with = "hexadecimal_digits")]
    hash1b: &'a Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
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
            Credential::parse(username, domain, "custxx.auth.bandwidth.com", Strictness::Lenient)
                .expect("it is valid")
        };
        let hash = |digits: &str| digits.parse().expect("32 digits");
        let digests = Digests { hash1: hash(HASH1), hash1b: hash(HASH1B) };
        let entry = |credential, app_id| Entry {
            credential,
            digests: &digests,
            app_id,
            password: password.map(GeneratedPassword),
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
        let bob = object.replace(r#""password":"pw","#, "");
        let other = format!(
            r#"{{"username":"a&\",b","realm":"custxx.auth.bandwidth.com","hash1":"{HASH1}","hash1b":"{HASH1B}"}}"#
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
            "username,domain,realm,password\n\
             bob,somewhere.com,custxx.auth.bandwidth.com,pw\n\
             \"a&\"\",b\",,custxx.auth.bandwidth.com,pw\n"
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
            write_cells(&mut out, &[cell]).expect("a buffer takes every write");
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
        let credential = Credential::parse("bob", None, "a.b", Strictness::Strict);
        let credential = credential.expect("it is valid");
        let digests = Digests::compute(&credential, b"password");
        let entry = Entry { credential, digests: &digests, app_id: None, password: None };
        let mut pieces = Pieces { count: 0, longest: 0, bytes: 0, room: usize::MAX };
        let entries = || std::iter::repeat_n(entry, 5_000);
        Format::Text.write(entries(), &mut pieces).expect("there is room");
        let line = "Hash1:  \nHash1b: \n".len() + 64;
        assert_eq!(pieces.bytes, 5_000 * line);
        // Blocks of 16 KiB, each rounded up to a whole entry: 200 entries of 82 bytes.
        assert_eq!((pieces.count, pieces.longest), (25, 200 * line));
        pieces = Pieces { room: 1, count: 0, ..pieces };
        let failed = Format::Text.write(entries(), &mut pieces);
        assert_eq!(failed.map_err(|it| it.kind()), Err(io::ErrorKind::StorageFull));
    }

    #[test]
    fn debug_does_not_show_a_password() {
        assert_eq!(format!("{:?}", GeneratedPassword("pw")), "GeneratedPassword(…)");
    }
}
