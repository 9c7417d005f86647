//! `bwsip`: SIP credential hashes for Bandwidth's Network Bridge.
//!
//! `cli` defines the arguments, `usage` reads them, `commands` runs each command, and the library does the computing.
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod curl;
mod input;
mod messages;
mod output;
mod password_source;
mod platform;
mod usage;

use std::alloc::System;
use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use anyhow::Context as _;
use zeroizing_alloc::ZeroAlloc;

use crate::cli::{Command, Deferred};
use crate::messages::Warnings;

/// Overwrites memory when it is freed, because parsers and formatters copy secrets.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let status = status();
    overwrite_stack();
    status
}

/// Overwrites the part of the stack that functions have used and left, because moves copy secrets.
#[inline(never)]
fn overwrite_stack() {
    black_box([0_u8; 64 * 1024]);
}

#[inline(never)]
fn status() -> ExitCode {
    match run() {
        Ok(matches) => ExitCode::from(u8::from(!matches)),
        Err(error) => {
            // Whoever closes the pipe early needs no message.
            if !error.is::<output::ReaderGone>() {
                messages::error(&error);
            }
            ExitCode::from(2)
        }
    }
}

/// Runs the command; returns false only if `verify` finds a mismatch.
fn run() -> anyhow::Result<bool> {
    platform::prepare().context("can't keep secrets out of core dumps")?;
    let arguments: Vec<_> = env::args_os().collect();
    platform::check_arguments(&arguments)?;
    let Some(cli) = usage::parse(&arguments)? else { return Ok(true) };
    let warnings = Warnings::new(cli.quiet);
    match cli.command {
        Command::Hash(Deferred(args)) => commands::hash::run(args, &warnings).map(|()| true),
        Command::Batch(Deferred(args)) => commands::batch::run(args, &warnings).map(|()| true),
        Command::Plan(Deferred(args)) => commands::plan::run(&args, &warnings).map(|()| true),
        Command::Request(Deferred(args)) => commands::request::run(&args).map(|()| true),
        Command::Show(Deferred(args)) => commands::show::run(&args, &warnings).map(|()| true),
        Command::Verify(Deferred(args)) => commands::verify::run(args, &warnings),
        Command::Call(Deferred(args)) => commands::call::run(args, &warnings).map(|()| true),
        Command::Completions(Deferred(args)) => commands::completions::run(&args).map(|()| true),
        Command::Man(Deferred(args)) => commands::man::run(&args).map(|()| true),
    }
}
