//! What users do, done to the built binary.

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
mod transcripts;
mod usage;
