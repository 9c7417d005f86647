//! Failing system calls, which strace injects.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{BWSIP, REALM, directory, names};

/// The system calls with which files are written, by the error that each fails with. A name with a question
/// mark does not exist on every architecture.
const CALLS: [(&str, &str); 5] = [
    ("fchmod", "EPERM"),
    ("write", "ENOSPC"),
    ("fsync", "EIO"),
    ("?link,linkat", "EPERM"),
    ("?rename,?renameat,renameat2", "EACCES"),
];

const OLD: [&str; 3] = ["new-1.xml", "new-2.xml", "passwords.csv"];

/// Whichever call fails: all files are old and the error is one line, or all are new.
#[test]
#[ignore = "needs strace: apt-get install strace"]
fn a_failing_system_call_changes_nothing() {
    for (calls, error) in CALLS {
        let mut failed = 0;
        for number in 1.. {
            let directory = directory();
            for name in OLD {
                fs::write(directory.path().join(name), "old").expect("the file is written");
            }
            fs::write(directory.path().join("users.csv"), "username\nbob\neve\n")
                .expect("the file is written");
            let (status, message, is_injected) = run(directory.path(), calls, error, number);
            let place = format!("{calls} {number}: {message}");
            let is_old = |name: &&str| {
                fs::read(directory.path().join(name)).expect("the file is there") == b"old"
            };
            let old = OLD.iter().filter(|name| is_old(name)).count();
            let expected = if status == 0 { (0, 0) } else { (1, OLD.len()) };
            assert_eq!((message.lines().count(), old), expected, "{place}");
            assert_eq!(names(directory.path()).len(), OLD.len() + 1, "{place}");
            if !is_injected {
                assert_eq!(status, 0, "{place}");
                break;
            }
            assert!(status == 0 || status == 2, "{place}");
            failed += i32::from(status == 2);
        }
        // Without links, files are renamed.
        assert_eq!(failed > 0, !calls.contains("link"), "{calls}: {failed}");
    }
}

/// Replaces the files in a directory while one of the calls, by its number, fails. Returns the exit status,
/// the messages, and whether there was such a call.
fn run(directory: &Path, calls: &str, error: &str, number: u32) -> (i32, String, bool) {
    let log = directory.with_extension("log");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-e", &format!("trace={calls}")])
        .args(["-e", &format!("inject={calls}:error={error}:when={number}")])
        .arg("-o")
        .arg(&log)
        .args([BWSIP, "batch", "users.csv", "-r", REALM, "-f", "xml", "--split", "1", "--force"])
        .args(["-o", "new.xml", "--generate-password", "--password-out", "passwords.csv"])
        .current_dir(directory)
        .output()
        .expect("strace runs");
    let trace = fs::read_to_string(&log).expect("strace writes it");
    fs::remove_file(&log).expect("it can be removed");
    assert_eq!(output.stdout, b"");
    let message = String::from_utf8(output.stderr).expect("messages are UTF-8");
    let status = output.status.code().expect("it exits by itself");
    (status, message, trace.contains("(INJECTED)"))
}
