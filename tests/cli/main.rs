//! Runs the built binary as users do. Suites that need a terminal, a shell or signals are for Unix only.
// Some helpers and imports serve only tests for Unix.
#![cfg_attr(windows, allow(dead_code, unused_imports))]

mod batch;
mod call;
#[cfg(unix)]
mod completions;
#[cfg(unix)]
mod docs;
#[cfg(target_os = "linux")]
mod faults;
mod man;
mod md5sum;
#[cfg(target_os = "linux")]
mod memory;
mod output;
mod password;
#[cfg(unix)]
mod pipelines;
mod plan;
#[cfg(unix)]
mod posting;
#[cfg(unix)]
mod prompt;
mod registrar;
mod request;
mod rules;
mod show;
#[cfg(unix)]
mod signals;
mod support;
mod transcripts;
mod usage;
mod verify;
