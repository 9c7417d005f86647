//! SIP credentials for Bandwidth's Network Bridge.
#![forbid(unsafe_code)]

pub mod authorization;
pub mod batch;
pub mod credential;
pub mod diagnosis;
pub mod digest;
pub mod document;
pub mod password;
pub mod rules;
mod secret_buf;
pub mod sip_credentials;
pub mod trace;
pub mod twilio;
pub mod verification;

pub use credential::{AppId, CompositeUsername, Credential, Domain, Realm, RealmId};
pub use digest::{Digest, DigestKind, Digests};
pub use password::{Password, PasswordError};
pub use rules::{Field, Invalid, Issue, IssueKind, Strictness};
pub use secret_buf::SecretBuf;
