//! What users do, done to the built binary.

mod batch;
mod call;
mod common;
mod hash;
mod md5sum;
mod output;
mod password;
mod prompt;
mod readme;
mod registrar;
mod rules;
mod server;
mod signals;
mod usage;
mod verify;
