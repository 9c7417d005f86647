//! `--split`: documents of limited size in numbered files.

use std::fmt::Write as _;
use std::fs;
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

#[cfg(unix)]
use nix::sys::signal::{Signal, kill};

use super::batch_in_realm;
#[cfg(unix)]
use crate::support::pid;
use crate::support::{BWSIP, REALM, Run, assert_owner_only, bwsip, directory, names};

fn users_csv(rows: usize) -> String {
    (0..rows).fold("username,password\n".to_owned(), |mut csv, row| {
        writeln!(csv, "user{row},secret{row}").expect("writing to a string never fails");
        csv
    })
}

fn xml(rows: usize, directory: &Path) -> Run {
    batch_in_realm(users_csv(rows)).args(["-f", "xml"]).directory(directory)
}

fn split(rows: usize, size: usize, directory: &Path) -> Run {
    xml(rows, directory).args(["-o", "new.xml", "--split", &size.to_string()])
}

/// Returns the entries of a document.
#[track_caller]
fn entries(document: &str) -> &str {
    let entries = document.strip_prefix("<SipCredentials>\n").expect("the element begins");
    entries.strip_suffix("</SipCredentials>\n").expect("the element ends")
}

#[test]
fn split_documents_have_the_entries_of_the_unsplit_one() {
    for (rows, size, files) in [
        (5, 2, &["new-1.xml", "new-2.xml", "new-3.xml"][..]),
        (4, 2, &["new-1.xml", "new-2.xml"]),
        (2, 3, &["new-1.xml"]),
        (2, 1, &["new-1.xml", "new-2.xml"]),
    ] {
        let directory = directory();
        let whole = xml(rows, directory.path()).clean();
        assert_eq!(split(rows, size, directory.path()).clean(), "");
        assert_eq!(names(directory.path()), files, "{rows} {size}");
        let mut joined = String::new();
        for file in files {
            let path = directory.path().join(file);
            let document = fs::read_to_string(&path).expect("it was written");
            let count = entries(&document).matches("<SipCredential>").count();
            assert!((1..=size).contains(&count), "{count} of {rows} in {file}");
            joined += entries(&document);
            assert_owner_only(&path);
        }
        assert_eq!(joined, entries(&whole));
    }
}

#[test]
fn file_numbers_are_padded_to_sort_in_row_order() {
    let directory = directory();
    split(101, 1, directory.path()).clean();
    let names = names(directory.path());
    assert_eq!(names.len(), 101);
    assert_eq!(
        (&*names[0], &*names[9], &*names[100]),
        ("new-001.xml", "new-010.xml", "new-101.xml")
    );
    for (row, name) in names.iter().enumerate() {
        let document = fs::read_to_string(directory.path().join(name)).expect("it was written");
        assert!(document.contains(&format!("<UserName>user{row}</UserName>")), "{name}");
    }
}

#[test]
fn names_without_an_extension_and_in_other_directories() {
    let directory = directory();
    fs::create_dir(directory.path().join("sub.d")).expect("the directory is created");
    xml(2, directory.path()).args(["-o", "sub.d/a.b.c", "--split", "1"]).clean();
    xml(1, directory.path()).args(["-o", "sub.d/new", "--split", "1"]).clean();
    assert_eq!(names(&directory.path().join("sub.d")), ["a.b-1.c", "a.b-2.c", "new-1"]);
}

#[cfg(unix)]
#[test]
fn more_files_than_may_be_open() {
    let directory = directory();
    let script = format!("ulimit -n 64; '{BWSIP}' batch - -r {REALM} -f xml -o new.xml --split 1");
    fs::write(directory.path().join("csv"), users_csv(200)).expect("the file is written");
    let csv = fs::File::open(directory.path().join("csv")).expect("it was written");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).stdin(csv).current_dir(&directory);
    assert!(command.status().expect("sh runs").success());
    assert_eq!(names(directory.path()).len(), 201);
}

#[test]
fn a_refused_split_leaves_no_file() {
    let directory = directory();
    let path = directory.path().join("new-3.xml");
    fs::write(&path, "old").expect("the file is written");
    let message = split(3, 1, directory.path()).refused();
    assert!(message.contains("\"new-3.xml\" already exists"), "{message}");
    assert_eq!(names(directory.path()), ["new-3.xml"]);
    assert_eq!(fs::read_to_string(&path).expect("it exists"), "old");
    let bad = batch_in_realm(users_csv(3) + "a b,x\n").args(["-f", "xml", "-o", "x.xml"]);
    bad.args(["--split", "1"]).directory(directory.path()).refused();
    assert_eq!(names(directory.path()), ["new-3.xml"]);
}

#[test]
fn force_replaces_only_what_is_written() {
    let directory = directory();
    let others = ["new-.xml", "new-1.xml.bak", "new-x.xml", "new.xml", "new1.xml", "old-1.xml"];
    for name in others.iter().chain(&["new-1.xml", "new-2.xml"]) {
        fs::write(directory.path().join(name), "old").expect("the file is written");
    }
    split(3, 2, directory.path()).args(["--force"]).clean();
    for name in names(directory.path()) {
        let text = fs::read_to_string(directory.path().join(&name)).expect("it exists");
        assert_eq!(text == "old", others.contains(&&*name), "{name}");
    }
}

#[test]
fn a_part_of_another_run_is_an_error_even_with_force() {
    for stale in ["new-9.xml", "new-03.xml", "new-0.xml", "new-10.xml"] {
        for force in [&[][..], &["--force"]] {
            let directory = directory();
            fs::write(directory.path().join(stale), "old").expect("the file is written");
            let message = split(3, 1, directory.path()).args(force).refused();
            let expected = format!("error: --output: {stale:?} looks like a part of another run");
            assert!(message.starts_with(&expected), "{message}");
            assert_eq!(names(directory.path()), [stale]);
        }
    }
}

#[test]
fn invalid_uses_of_split() {
    let directory = directory();
    for format in ["csv", "json"] {
        let run = batch_in_realm(users_csv(1)).directory(directory.path());
        let message = run.args(["-f", format, "-o", "x", "--split", "1"]).refused();
        let expected = format!("error: --split: the format {format} does not support it: use xml");
        assert!(message.starts_with(&expected), "{message}");
    }
    let message = xml(1, directory.path()).args(["--split", "1"]).refused();
    assert!(message.contains("missing --output <FILE>"), "{message}");
    let message = xml(1, directory.path()).args(["--split", "1", "-o", "-"]).refused();
    assert!(message.contains("standard output takes one document"), "{message}");
    for size in ["0", "-1", "x", ""] {
        let message = xml(1, directory.path()).args(["-o", "x"]).args([format!("--split={size}")]);
        assert!(message.refused().contains("--split <N>"), "{size}");
    }
    let run = xml(2, directory.path()).args(["-o", "x.xml", "--split", "1"]);
    let run = run.args(["--generate-password", "--password-out", "x-2.xml"]);
    assert!(run.refused().contains("--password-out: the same file as --output"));
    assert!(names(directory.path()).is_empty());
}

#[test]
fn generated_passwords_of_all_parts_are_in_one_file() {
    let directory = directory();
    let run = batch_in_realm("username\nal\nbob\neve\n").args(["-f", "xml", "-o", "new.xml"]);
    let run = run.args(["--split", "2", "--generate-password", "--password-out", "pw.csv"]);
    run.directory(directory.path()).clean();
    assert_eq!(names(directory.path()), ["new-1.xml", "new-2.xml", "pw.csv"]);
    let passwords = fs::read_to_string(directory.path().join("pw.csv")).expect("it was written");
    assert_eq!(passwords.lines().count(), 4);
}

/// Signals are held back while the files are renamed.
#[cfg(unix)]
#[test]
fn an_interrupted_split_leaves_all_files_or_none() {
    const FILES: usize = 300;
    let mut interrupted = 0;
    for moment in [0, 20, 40, 60, 90, 120, 160, 200, 300, 400] {
        let directory = directory();
        fs::write(directory.path().join("users.csv"), users_csv(FILES))
            .expect("the file is written");
        let mut command = Command::new(BWSIP);
        command.args(["batch", "users.csv", "-r", REALM, "-f", "xml", "-o", "new.xml"]);
        command.args(["--split", "1"]).current_dir(&directory).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        sleep(Duration::from_millis(moment));
        kill(pid(&child), Signal::SIGTERM).expect("it has not been waited for");
        let status = child.wait().expect("it ends");
        let is_done = status.success();
        assert!(is_done || status.signal() == Some(Signal::SIGTERM as i32), "{status}");
        interrupted += usize::from(!is_done);
        let count = names(directory.path()).len() - 1;
        assert!(count == FILES || count == 0 && !is_done, "{count} files after {moment} ms");
    }
    assert!(interrupted > 0);
}

#[test]
fn password_out_cannot_have_the_name_of_a_part() {
    let directory = directory();
    fs::write(directory.path().join("users.csv"), users_csv(2)).expect("the file is written");
    let arguments = ["batch", "users.csv", "-r", REALM, "-f", "xml", "-o", "new.xml"];
    let run = bwsip(arguments).args(["--split", "1", "--generate-password"]);
    let message = run.args(["--password-out", "new-7.xml"]).directory(directory.path()).refused();
    assert!(message.contains("\"new-7.xml\" looks like a part of the output"), "{message}");
    assert_eq!(names(directory.path()), ["users.csv"]);
}
