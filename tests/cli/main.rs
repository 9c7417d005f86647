//! What users do, done to the built binary.

#[cfg(unix)]
mod bandwidth;
mod batch;
mod call;
mod common;
#[cfg(unix)]
mod completions;
mod man;
#[cfg(unix)]
mod md5sum;
mod output;
mod password;
#[cfg(unix)]
mod posting;
#[cfg(unix)]
mod prompt;
#[cfg(unix)]
mod readme;
#[cfg(unix)]
mod registrar;
mod rules;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod signals;
mod transcripts;
mod usage;
mod verify;
