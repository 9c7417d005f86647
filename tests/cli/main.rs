//! What users do, done to the built binary.

mod call;
mod common;
mod md5sum;
mod output;
mod password;
mod prompt;
mod registrar;
mod rules;
mod server;
mod transcripts;
mod usage;
mod verify;
