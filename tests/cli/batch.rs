//! `bwsip batch`: many credentials from a CSV file, all of them or none.

mod csv;
mod defaults;
mod duplicates;
mod output;
mod passwords;
mod rules;
mod split;
mod spreadsheets;

use serde_json::Value;

use crate::support::{GUIDE, REALM, Run, bwsip};

const OTHER_APP_ID: &str = "00000000-741b-4afe-b198-91f425bce81e";
const OUTPUT_HEADER: &str = "username,domain,realm,app_id,hash1,hash1b\n";

/// The guide's two credentials as a CSV file.
const GUIDE_INPUT: &str =
    "username,domain,password\nsipauthtest,,password\nbob,somewhere.com,password\n";

/// `bwsip batch` with a file on stdin.
fn batch(csv: impl Into<Vec<u8>>) -> Run {
    bwsip(["batch", "-"]).stdin(csv)
}

/// The same, in the guide's realm.
fn batch_in_realm(csv: impl Into<Vec<u8>>) -> Run {
    batch(csv).args(["--realm", REALM])
}

/// Returns the CSV output for `GUIDE_INPUT`.
fn guide_output() -> String {
    let rows = GUIDE.map(|(username, domain, hash1, hash1b)| {
        format!("{username},{},{REALM},,{hash1},{hash1b}\n", domain.unwrap_or_default())
    });
    format!("{OUTPUT_HEADER}{}", rows.concat())
}

/// Splits CSV output into rows of cells, without the header.
#[track_caller]
fn rows(printed: &str) -> Vec<Vec<&str>> {
    let lines = printed.strip_prefix(OUTPUT_HEADER).expect("the output begins with the header");
    lines.lines().map(|line| line.split(',').collect()).collect()
}

/// Returns Hash1 and Hash1b as `bwsip hash` computes them, without a domain and in the guide's realm.
#[track_caller]
fn digests(username: &str, password: &[u8]) -> (String, String) {
    let run = bwsip(["hash", "-q", "-f", "json", "-r", REALM, "-u", username]);
    let printed = run.password_stdin(password).clean();
    let object: Value = serde_json::from_str(&printed).expect("it is JSON");
    let digest = |key: &str| object[key].as_str().expect("a digest").to_owned();
    (digest("hash1"), digest("hash1b"))
}

/// Returns the line numbers in error messages.
fn error_lines(message: &str) -> Vec<u64> {
    let errors = message.lines().filter(|line| line.starts_with("error: "));
    let line = |error: &str| error.split_once(", line ")?.1.split_once(':')?.0.parse().ok();
    errors.filter_map(line).collect()
}
