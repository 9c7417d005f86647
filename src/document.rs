//! The documents that credentials go into: Bandwidth's XML, and JSON.
//!
//! All of them hold digests, which are secrets: keep them where passwords would be kept.

use std::fmt::Display;

use quick_xml::escape::escape;
use serde::Serialize;

use crate::{Credential, Digest, Digests};

/// A credential with its digests, ready for a document.
pub struct Entry<'a> {
    /// Whose digests they are.
    pub credential: Credential<'a>,
    /// The digests.
    pub digests: Digests,
}

/// Appends the request that creates `entries`: `SipCredentials`, for
/// `POST /accounts/{accountId}/sipcredentials` or
/// `POST /accounts/{accountId}/realms/{realmId}/sipcredentials`.
///
/// `Realm` is written only with `with_realm`: at the realm's own address it is redundant, and one
/// that does not match is Bandwidth's error 23018.
pub fn create_xml<'a>(
    out: &mut String,
    entries: impl IntoIterator<Item = Entry<'a>>,
    with_realm: bool,
) {
    out.push_str("<SipCredentials>\n");
    for Entry { credential, digests } in entries {
        let realm = with_realm.then(|| credential.realm());
        out.push_str("    <SipCredential>\n");
        element(out, 2, "UserName", Some(credential.username()));
        element(out, 2, "Domain", credential.domain());
        element(out, 2, "Realm", realm);
        digest_elements(out, 2, &digests);
        element(out, 2, "HttpVoiceV2AppId", credential.app_id());
        out.push_str("    </SipCredential>\n");
    }
    out.push_str("</SipCredentials>\n");
}

/// Appends the request that changes a credential's password: `SipCredential`, for
/// `PUT /accounts/{accountId}/realms/{realmId}/sipcredentials/{credentialId}`.
///
/// It needs the credential's realm id, although that is in the path too, and has no `UserName`:
/// even an unchanged one is refused (Bandwidth's errors 23004, 23030).
pub fn update_xml(out: &mut String, entry: &Entry<'_>) {
    out.push_str("<SipCredential>\n");
    digest_elements(out, 1, &entry.digests);
    element(out, 1, "RealmId", entry.credential.realm_id());
    element(out, 1, "HttpVoiceV2AppId", entry.credential.app_id());
    out.push_str("</SipCredential>\n");
}

fn digest_elements(out: &mut String, depth: usize, digests: &Digests) {
    raw_element(out, depth, "Hash1", &digests.hash1);
    raw_element(out, depth, "Hash1b", &digests.hash1b);
}

fn element(out: &mut String, depth: usize, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        raw_element(out, depth, name, escape(text));
    }
}

fn raw_element(out: &mut String, depth: usize, name: &str, text: impl Display) {
    use std::fmt::Write as _;
    let indent = depth * 4;
    // Writing to a String does not fail.
    let _ = writeln!(out, "{:indent$}<{name}>{text}</{name}>", "");
}

/// The JSON object of an entry, to be serialized; a generated password comes first.
#[derive(Serialize)]
pub struct JsonEntry<'a> {
    /// The password, if it was generated and is not kept in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'a str>,
    /// The username.
    pub username: &'a str,
    /// The domain, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<&'a str>,
    /// The realm.
    pub realm: &'a str,
    #[serde(serialize_with = "hex_digits")]
    hash1: &'a Digest,
    #[serde(serialize_with = "hex_digits")]
    hash1b: &'a Digest,
    /// The application's id, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<&'a str>,
}

impl<'a> JsonEntry<'a> {
    /// The object for `entry`.
    pub fn new(entry: &'a Entry<'a>, password: Option<&'a str>) -> Self {
        JsonEntry {
            password,
            username: entry.credential.username(),
            domain: entry.credential.domain(),
            realm: entry.credential.realm(),
            hash1: &entry.digests.hash1,
            hash1b: &entry.digests.hash1b,
            app_id: entry.credential.app_id(),
        }
    }
}

fn hex_digits<S: serde::Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
