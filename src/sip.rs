//! Reads what clients send: a response to a digest challenge, alone or in a trace of SIP messages.
//!
//! ```
//! use bwsip::Digest;
//! use bwsip::sip::Authorization;
//!
//! // The example of RFC 2617 section 3.5, and its H(A1).
//! let header = r#"Authorization: Digest username="Mufasa", realm="testrealm@host.com",
//!     nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001,
//!     cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1""#;
//! let authorization: Authorization = header.parse()?;
//! let ha1: Digest = "939e7578ed9e3c518a452acee763bce9".parse()?;
//! assert!(authorization.is_from(&ha1, "GET"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```
//! use bwsip::sip::Trace;
//!
//! let text = b"2026-11-23 09:14:07 sent:
//!     REGISTER sip:vapi-3efeaa.auth.bandwidth.com SIP/2.0
//!     Authorization: Digest username=\"bob\", realm=\"vapi-3efeaa.auth.bandwidth.com\",
//!       nonce=\"abc\", uri=\"sip:vapi-3efeaa.auth.bandwidth.com\",
//!       response=\"00000000000000000000000000000000\"
//! ";
//! let trace = Trace::read(text);
//! assert_eq!(trace.requests[0].method, "REGISTER");
//! assert_eq!(trace.requests[0].authorization.as_ref().unwrap().username(), "bob");
//! ```

mod authorization;
#[cfg(feature = "cli")]
mod capture;
mod exchange;
mod plain_text;
mod start_line;
mod trace;

pub use authorization::{Authorization, ParseError};
pub(crate) use start_line::METHODS;
pub use trace::{Answer, Challenge, NotRead, Place, Request, Trace};
