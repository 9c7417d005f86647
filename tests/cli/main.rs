//! What users do, done to the built binary.

mod batch;
mod call;
mod common;
mod completions;
mod man;
mod md5sum;
mod output;
mod password;
mod prompt;
mod rules;
mod server;
mod signals;
mod transcripts;
mod usage;
