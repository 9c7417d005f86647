//! Arguments, files and standard input.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use bwsip::SecretBuf;

use crate::platform;

/// The problem with a value that is not UTF-8. No document can contain it.
pub const NOT_UTF8: &str = "not UTF-8: type it in a UTF-8 terminal";

/// Converts an argument to text.
///
/// # Errors
///
/// Fails if the argument is not UTF-8.
pub fn text(flag: &str, value: Option<OsString>) -> anyhow::Result<Option<String>> {
    let decode = |value: OsString| value.into_string().ok();
    value.map(|value| decode(value).with_context(|| format!("{flag}: {NOT_UTF8}"))).transpose()
}

/// Opens a file, or standard input for `-`. Also returns its name, for messages.
///
/// # Errors
///
/// Fails if the file cannot be opened. The error names it only if it exists. Otherwise, it may be a secret in
/// the place of a file.
pub fn open(path: &Path) -> anyhow::Result<(String, File)> {
    let (name, file) = if path.as_os_str() == "-" {
        ("standard input".to_owned(), platform::stdin())
    } else if path.exists() {
        (format!("{path:?}"), File::open(path))
    } else {
        let at = env::args_os().position(|argument| argument == path);
        let number = at.map_or(String::new(), |at| format!(" (argument {at})"));
        (format!("this file{number}"), File::open(path))
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
