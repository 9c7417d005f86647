//! SIP credentials for Bandwidth's Network Bridge.
//!
//! Bandwidth never takes a SIP password: it takes two MD5 digests of it, [`Hash1` and
//! `Hash1b`](Digests), in an XML document. This library checks a [`Credential`] against Bandwidth's
//! rules, computes the digests, and writes the [documents](document), for one credential or for
//! [many](batch). It finds out [why a digest is wrong](diagnosis), and builds the [call](twilio) for the other
//! provider. It touches no terminal, no file and no network; `bwsip`, the command line around it, does.
//!
//! ```
//! use bwsip::{Digests, Parts, Password, Rules, document};
//!
//! let parts = Parts {
//!     username: "sipauthtest",
//!     realm: "custxx.auth.bandwidth.com",
//!     ..Parts::default()
//! };
//! let (credential, _advice) = parts.check(Rules::Strict).expect("Bandwidth would take it");
//! let password = Password::new(b"password".to_vec().into()).expect("neither empty nor too long");
//! let digests = Digests::new(&credential, password.as_bytes());
//! assert_eq!(digests.hash1.to_string(), "fe438bddfc087dda89d29e637f5684ab");
//! assert_eq!(digests.hash1b.to_string(), "79bb0e55551e14a2f329a282c7cf1456");
//! ```

pub mod authorization;
pub mod batch;
mod credential;
pub mod diagnosis;
mod digest;
pub mod document;
mod parallel;
mod password;
mod secret_buf;
pub mod sip_credentials;
pub mod twilio;

pub use credential::{Credential, Field, Finding, Parts, Rules, Severity, composite_username};
pub use digest::{Digest, Digests, Hasher};
pub use password::{Password, PasswordError};
