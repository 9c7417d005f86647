//! What users do, done to the built binary. What needs a terminal, a shell or a signal is for Unix.
// Helpers and imports of tests that are for Unix alone.
#![cfg_attr(windows, allow(dead_code, unused_imports))]

mod batch;
mod call;
#[cfg(unix)]
mod completions;
mod man;
mod md5sum;
mod output;
mod password;
#[cfg(unix)]
mod posting;
#[cfg(unix)]
mod prompt;
#[cfg(unix)]
mod readme;
mod registrar;
mod rules;
#[cfg(unix)]
mod signals;
mod support;
mod transcripts;
mod usage;
mod verify;
