//! The README: its console blocks, and the shell blocks that need no server. `posting` tests the
//! others.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::readme::{README, block, blocks};
use crate::support::{BWSIP, directory, md5sum, search_path};

/// Every command prints what the README shows, and exits with 0 or the status in a line `? N`.
#[test]
fn console_blocks() {
    let directory = directory();
    let has_md5sum = md5sum(b"").is_some();
    let mut ran = 0;
    for block in blocks("console") {
        let block = format!("\n{block}");
        for step in block.split("\n$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
            let (status, expected) = match expected.strip_prefix("? ") {
                None => ("0", expected),
                Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
            };
            if command.contains("md5sum") && !has_md5sum {
                continue;
            }
            let at = if command.contains("cargo") { MANIFEST.as_ref() } else { directory.path() };
            let output = shell("sh", &format!("exec 2>&1; {command}")).current_dir(at).output();
            let output = output.expect("sh runs");
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(printed.trim_end(), expected.trim_end(), "{command}");
            assert_eq!(output.status.code().map(|code| code.to_string()).as_deref(), Some(status));
            ran += 1;
        }
    }
    assert!(ran >= 25, "only {ran} commands in the README");
}

const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");

/// A shell that finds the `bwsip` under test first, without its variables.
fn shell(shell: &str, script: &str) -> Command {
    let bwsip = Path::new(BWSIP).parent().expect("it is in a directory");
    let mut command = Command::new(shell);
    command
        .args(["-c", script])
        .env("PATH", search_path(bwsip))
        .env_remove("BWSIP_PASSWORD")
        .env_remove("BWSIP_REALM");
    command
}

/// The table has all mistakes, in the order of the code.
#[test]
fn the_table_of_mistakes() {
    let (_, table) = README.split_once("### The mistakes that it knows").expect("it exists");
    let rows = table.lines().skip_while(|line| !line.starts_with("| `"));
    let cells = rows.map_while(|line| line.strip_prefix("| ")?.split(" | ").next());
    let names: Vec<_> = cells.flat_map(|cell| cell.split(", ")).collect();
    let mistakes = &bwsip::diagnosis::mistakes::MISTAKES;
    let expected: Vec<_> = mistakes.iter().map(|mistake| format!("`{}`", mistake.name)).collect();
    assert_eq!(names, expected);
}

/// Blocks that no other test runs.
#[test]
fn other_shell_blocks() {
    let directory = directory();
    fs::write(directory.path().join("sip-password.txt"), "password\n")
        .expect("the file is written");
    let passwords = block("sh", "pass show").replace("pass show sip/sipauthtest", "echo password");
    let script = format!(
        "set -e\n{passwords}\n{}",
        block("sh", "-r vapi-3efeaa.auth.bandwidth.com --generate-password")
    );
    let output = shell("sh", &script).current_dir(&directory).output().expect("sh runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.starts_with(&VAPI_TEXT.repeat(2)), "{printed}");
    assert_eq!(printed.matches("Password: ").count(), 1, "{printed}");
}

/// The digests of sipauthtest on vapi-3efeaa.auth.bandwidth.com with the password "password",
/// computed by md5sum.
const VAPI_TEXT: &str = "\
Hash1:  05c00d8d1d59a3f9597bfbcd9d752b8b
Hash1b: 7850828881d739dfec6a7107181b4f80
";
