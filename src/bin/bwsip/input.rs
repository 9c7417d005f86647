//! Reads arguments, files and standard input.

use std::ffi::OsString;
use std::fs::File;
use std::path::Path;

use anyhow::Context as _;

pub use crate::platform::stdin;

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

/// Opens a file, or standard input for `-`. Returns its name for messages, too.
///
/// # Errors
///
/// Fails if the file cannot be opened; the error names it.
pub fn open(path: &Path) -> anyhow::Result<(String, File)> {
    let (name, file) = match path.as_os_str() == "-" {
        true => ("standard input".to_owned(), stdin()),
        false => (format!("{path:?}"), File::open(path)),
    };
    let file = file.with_context(|| format!("can't read {name}"))?;
    Ok((name, file))
}
