//! What users do, done to the built binary.

mod common;
mod hash;
mod md5sum;
mod output;
mod password;
mod prompt;
mod rules;
mod usage;
