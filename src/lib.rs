//! SIP credentials for Bandwidth's Network Bridge.
//!
//! Bandwidth's API never receives a SIP password. It receives two MD5 digests of it, [`Hash1` and
//! `Hash1b`](Digests), in an XML document. This library checks a [`Credential`] against Bandwidth's
//! rules, computes its digests and writes the document. It accesses no terminal, file or network;
//! that is left to the program `bwsip`.
//!
//! ```
//! use bwsip::document::{Entry, Format};
//! use bwsip::{Credential, Password, Strictness};
//!
//! let realm = "custxx.auth.bandwidth.com";
//! let credential = Credential::new("sipauthtest", None, realm, Strictness::Strict)?;
//!
//! let password = Password::new("password")?;
//! let entry = Entry::new(credential, &password);
//! assert_eq!(entry.digests.hash1.to_string(), "fe438bddfc087dda89d29e637f5684ab");
//! assert_eq!(entry.digests.hash1b.to_string(), "79bb0e55551e14a2f329a282c7cf1456");
//!
//! let mut document = Vec::new();
//! Format::Env.write([entry], &mut document)?;
//! assert!(document.starts_with(b"HASH1=fe438bddfc087dda89d29e637f5684ab\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A value that breaks a rule is refused, with an error that states the problem and a remedy:
//!
//! ```
//! use bwsip::{Realm, Strictness};
//!
//! let invalid = Realm::new("sip:custxx.auth.bandwidth.com:5006", Strictness::Strict).unwrap_err();
//! assert_eq!(invalid.issues()[0].remedy, "use the host name alone: custxx.auth.bandwidth.com");
//! ```
//!
//! [`Issues`] collects what is wrong with several values, and what is accepted but often a mistake:
//!
//! ```
//! use bwsip::{AppId, Credential, Issues, Strictness};
//!
//! let mut issues = Issues::new(Strictness::Strict);
//! let credential = Credential::check("$SIP_USER", None, "vapi", &mut issues);
//! let app_id = AppId::check("68092813-741b-4afe-b198-91f425bce81e", &mut issues);
//! assert!(credential.is_some() && app_id.is_some());
//!
//! let warnings = issues.finish()?;
//! assert_eq!(warnings[0].problem, "looks like a placeholder that was never filled in");
//! assert_eq!(warnings[1].problem, "a single label, perhaps the realm's short name");
//! # Ok::<(), bwsip::Invalid>(())
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`document`] | writes credentials as XML, JSON, CSV, text or variables |
//! | [`batch`] | checks and hashes a CSV file of credentials |
//! | [`plan`] | compares a batch with the credentials that Bandwidth stores |
//! | [`verification`] | checks whether a password, digests and responses agree |
//! | [`diagnosis`] | explains why they do not agree |
//! | [`answer`] | reads Bandwidth's XML |
//! | [`sip`] | reads clients' responses to digest challenges, and finds them in SIP traces |
//!
//! [The guide](guide) is about the program.
#![forbid(unsafe_code)]

pub mod answer;
pub mod batch;
mod credential;
pub mod diagnosis;
mod digest;
pub mod document;
#[cfg(doc)]
pub mod guide;
mod issue;
mod name;
mod password;
pub mod plan;
mod rules;
mod secret_buf;
pub mod sip;
mod spreadsheet;
mod suspect;
pub mod verification;

pub use credential::{AppId, Credential, Domain, Realm, RealmId};
pub use digest::{Digest, DigestKind, Digests, ParseDigestError, WrittenDigest};
pub use issue::{Field, Invalid, Issue, IssueKind, Issues, Strictness};
pub use name::Name;
pub use password::Password;
pub use secret_buf::SecretBuf;
pub use suspect::lookalike_name;
