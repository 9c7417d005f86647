//! Arguments, files and standard input.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use bwsip::SecretBuf;
use clap::{Arg, Command};

use crate::platform;

/// Converts an argument to text.
///
/// # Errors
///
/// Fails if the argument is not UTF-8, because no document could hold it.
pub fn text(flag: &str, value: Option<OsString>) -> anyhow::Result<Option<String>> {
    let decode = |value: OsString| {
        let text = value.into_string().ok();
        text.with_context(|| format!("{flag}: not UTF-8: type it in a UTF-8 terminal"))
    };
    value.map(decode).transpose()
}

/// Opens a file, or standard input for `-`. Also returns its name, for messages.
///
/// # Errors
///
/// Fails if the file cannot be opened; the error names it.
pub fn open(path: &Path) -> anyhow::Result<(String, File)> {
    let (name, file) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), platform::stdin())
    } else {
        (format!("{path:?}"), File::open(path))
    };
    let file = file.with_context(|| format!("can't read {name}"))?;
    Ok((name, file))
}

/// Reads a file, or standard input for `-`, into memory. Also returns its name, for messages.
///
/// # Errors
///
/// Fails if it cannot be read or has more than `max_len` bytes, for which `too_long` is the message; the
/// error names it.
pub fn read(path: &Path, max_len: usize, too_long: &str) -> anyhow::Result<(String, SecretBuf)> {
    let (name, file) = open(path)?;
    let len = file.metadata().map_or(0, |metadata| metadata.len());
    let len = usize::try_from(len).map_or(0, |len| len.min(max_len));
    let bytes = SecretBuf::read_sized(file.take(max_len as u64 + 1), len)
        .with_context(|| format!("can't read {name}"))?;
    ensure!(bytes.len() <= max_len, "{name}: {too_long}");
    Ok((name, bytes))
}

/// Checks that no flag follows another flag as its value: after `--password $PASSWORD --quiet`, with an
/// empty variable, `--quiet` would be the password.
///
/// # Errors
///
/// Fails if one does; the error says how to pass such a value.
pub fn no_flag_as_value(command: &Command, arguments: &[OsString]) -> anyhow::Result<()> {
    let Some(command) = arguments.iter().find_map(|name| command.find_subcommand(name)) else {
        return Ok(());
    };
    let names = |flag: &Arg| {
        let (long, short) = (flag.get_long(), flag.get_short());
        [long.map(|long| format!("--{long}")), short.map(|short| format!("-{short}"))]
    };
    let flags: Vec<_> = command.get_arguments().flat_map(names).flatten().collect();
    let free_text = command.get_arguments().filter(|flag| flag.is_allow_hyphen_values_set());
    let free_text: Vec<_> = free_text.flat_map(names).flatten().collect();
    let switches = command.get_arguments().filter(|flag| !flag.get_action().takes_values());
    let switches: Vec<_> = switches.filter_map(Arg::get_short).collect();
    for pair in arguments.windows(2) {
        let [flag, value] = [&pair[0], &pair[1]].map(|argument| argument.to_string_lossy());
        // `-qp` takes a value as `-p` does.
        let letters = flag.strip_prefix('-').unwrap_or_default();
        let name = format!("-{}", letters.trim_start_matches(&switches[..]));
        ensure!(
            !(free_text.contains(&name) && flags.iter().any(|flag| *flag == value)),
            "wrong usage: {flag} has no value before {value}: if {value} is the value, type \
             {flag}={value}"
        );
    }
    Ok(())
}
