//! What users do, done to the built binary.

mod batch;
mod call;
mod common;
mod md5sum;
mod output;
mod password;
mod prompt;
mod rules;
mod server;
mod signals;
mod transcripts;
mod usage;
