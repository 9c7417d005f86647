//! What users do, done to the built binary.

mod bandwidth;
mod batch;
mod call;
mod common;
mod completions;
mod man;
mod md5sum;
mod output;
mod password;
mod posting;
mod prompt;
mod readme;
mod registrar;
mod rules;
mod server;
mod signals;
mod transcripts;
mod usage;
mod verify;
