//! The documents that credentials go into: Bandwidth's XML, JSON, CSV.
//!
//! All of them hold digests, which are secrets: keep them where passwords would be kept.

use quick_xml::escape::escape;
use serde::{Serialize, Serializer};

use crate::batch::csv::quoted;
use crate::{Credential, Digest, Digests, Parts};

/// A credential with its digests, ready for a document.
pub struct Entry<'a> {
    /// Whose digests they are.
    pub credential: Credential<'a>,
    /// The digests.
    pub digests: &'a Digests,
    /// The password, if it was generated and is to be shown.
    pub password: Option<&'a str>,
}

impl Entry<'_> {
    /// More bytes than the entry takes in any document, escaped as far as can be.
    pub(crate) fn longest(&self) -> usize {
        let Parts { username, domain, realm, app_id, realm_id: _ } = self.credential.0;
        let optional = [domain, app_id, self.password].map(|it| it.map_or(0, str::len));
        512 + "&quot;".len() * (username.len() + realm.len() + optional.iter().sum::<usize>())
    }
}

/// A document of any number of entries: [`start`](Self::start), each [`entry`](Self::entry) with
/// [`between`](Self::between) between two of them, [`end`](Self::end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `SipCredentials`, the request that creates credentials: for
    /// `POST /accounts/{accountId}/sipcredentials` or
    /// `POST /accounts/{accountId}/realms/{realmId}/sipcredentials`.
    CreateXml {
        /// Whether to write `Realm`. At the realm's own address it is redundant, and one that does
        /// not match is Bandwidth's error 23018.
        with_realm: bool,
    },
    /// An array of objects, a line each.
    Json,
    /// A header and a record each: `username,domain,realm,app_id,hash1,hash1b`.
    Csv {
        /// Whether there is a last column, `password`, for generated ones.
        with_password: bool,
    },
}

impl Document {
    /// What comes before the first entry.
    pub fn start(self) -> &'static str {
        match self {
            Document::CreateXml { .. } => "<SipCredentials>\n",
            Document::Json => "[\n",
            Document::Csv { with_password: false } => "username,domain,realm,app_id,hash1,hash1b\n",
            Document::Csv { with_password: true } => {
                "username,domain,realm,app_id,hash1,hash1b,password\n"
            }
        }
    }

    /// What comes between two entries.
    pub fn between(self) -> &'static str {
        match self {
            Document::CreateXml { .. } | Document::Csv { .. } => "",
            Document::Json => ",\n",
        }
    }

    /// What comes after the last entry.
    pub fn end(self) -> &'static str {
        match self {
            Document::CreateXml { .. } => "</SipCredentials>\n",
            Document::Json => "\n]\n",
            Document::Csv { .. } => "",
        }
    }

    /// Appends an entry.
    pub fn entry(self, out: &mut Vec<u8>, entry: &Entry<'_>) {
        let Entry { credential, digests, password } = entry;
        match self {
            Document::CreateXml { with_realm } => {
                let indent = "        ";
                let realm = with_realm.then(|| credential.realm());
                out.extend_from_slice(b"    <SipCredential>\n");
                element(out, indent, "UserName", Some(credential.username()));
                element(out, indent, "Domain", credential.domain());
                element(out, indent, "Realm", realm);
                digest_elements(out, indent, digests);
                element(out, indent, "HttpVoiceV2AppId", credential.app_id());
                out.extend_from_slice(b"    </SipCredential>\n");
            }
            Document::Json => json(out, entry),
            Document::Csv { with_password } => {
                let domain = credential.domain().unwrap_or_default();
                let app_id = credential.app_id().unwrap_or_default();
                for cell in [credential.username(), domain, credential.realm(), app_id] {
                    out.extend_from_slice(quoted(cell).as_bytes());
                    out.push(b',');
                }
                digests.hash1.push_to(out);
                out.push(b',');
                digests.hash1b.push_to(out);
                if with_password {
                    out.push(b',');
                    out.extend_from_slice(password.unwrap_or_default().as_bytes());
                }
                out.push(b'\n');
            }
        }
    }
}

/// Appends the request that changes a credential's password: `SipCredential`, for
/// `PUT /accounts/{accountId}/realms/{realmId}/sipcredentials/{credentialId}`.
///
/// It needs the realm's id, although that is in the path too, and has no `UserName`: even an
/// unchanged one is refused (Bandwidth's errors 23004, 23030).
pub fn update_xml(out: &mut Vec<u8>, entry: &Entry<'_>) {
    let indent = "    ";
    out.extend_from_slice(b"<SipCredential>\n");
    digest_elements(out, indent, entry.digests);
    element(out, indent, "RealmId", entry.credential.realm_id());
    element(out, indent, "HttpVoiceV2AppId", entry.credential.app_id());
    out.extend_from_slice(b"</SipCredential>\n");
}

#[inline(always)]
fn digest_elements(out: &mut Vec<u8>, indent: &str, digests: &Digests) {
    for (name, digest) in [("Hash1", &digests.hash1), ("Hash1b", &digests.hash1b)] {
        around(out, indent, name, |out| digest.push_to(out));
    }
}

#[inline(always)]
fn element(out: &mut Vec<u8>, indent: &str, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        around(out, indent, name, |out| out.extend_from_slice(escape(text).as_bytes()));
    }
}

// In one piece with its caller, the copies of what is known beforehand are single instructions.
#[inline(always)]
fn around(out: &mut Vec<u8>, indent: &str, name: &str, content: impl FnOnce(&mut Vec<u8>)) {
    out.reserve(indent.len() + 2 * name.len() + 6);
    for part in [indent, "<", name, ">"] {
        out.extend_from_slice(part.as_bytes());
    }
    content(out);
    for part in ["</", name, ">\n"] {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Appends the JSON object of an entry: `password` (if it is to be shown), `username`, `domain` (if
/// any), `realm`, `hash1`, `hash1b`, `app_id` (if any).
pub fn json(out: &mut Vec<u8>, entry: &Entry<'_>) {
    #[derive(Serialize)]
    struct Object<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        password: Option<&'a str>,
        username: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        domain: Option<&'a str>,
        realm: &'a str,
        #[serde(serialize_with = "hex_digits")]
        hash1: &'a Digest,
        #[serde(serialize_with = "hex_digits")]
        hash1b: &'a Digest,
        #[serde(skip_serializing_if = "Option::is_none")]
        app_id: Option<&'a str>,
    }
    let Entry { credential, digests, password } = entry;
    let object = Object {
        password: *password,
        username: credential.username(),
        domain: credential.domain(),
        realm: credential.realm(),
        hash1: &digests.hash1,
        hash1b: &digests.hash1b,
        app_id: credential.app_id(),
    };
    // Neither a Vec nor an object of strings gives it a reason to fail.
    let _ = serde_json::to_writer(out, &object);
}

fn hex_digits<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
