//! Output files, which are private and written completely or not at all, and standard streams.

use std::fs::{self, File};
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

#[cfg(unix)]
use crate::support::{BWSIP, closed_pipe};
use crate::support::{
    GUIDE_XML, REALM, assert_owner_only, bwsip, directory, full_device, guide_text, hash, md5sum,
    names,
};

#[track_caller]
fn assert_private(path: &Path, contents: &str) {
    assert_eq!(fs::read_to_string(path).expect("it was written"), contents);
    assert_owner_only(path);
}

#[test]
fn a_file_is_private_and_complete() {
    let directory = directory();
    let run = hash(["-f", "xml", "-o", "new.xml"]).directory(directory.path());
    assert_eq!(run.with_password().clean(), "");
    assert_private(&directory.path().join("new.xml"), GUIDE_XML);
    assert_eq!(names(directory.path()), ["new.xml"]);
}

#[cfg(unix)]
#[test]
fn the_umask_does_not_change_the_mode() {
    for umask in ["000", "777"] {
        let directory = directory();
        let script =
            format!("umask {umask}; '{BWSIP}' hash -u sipauthtest -r {REALM} -p password -q -o x");
        let status = Command::new("sh").args(["-c", &script]).current_dir(&directory).status();
        assert!(status.expect("sh runs").success());
        assert_private(&directory.path().join("x"), &guide_text());
    }
}

#[test]
fn a_hyphen_is_standard_output() {
    let directory = directory();
    let run = hash(["-o", "-"]).directory(directory.path());
    assert_eq!(run.with_password().clean(), guide_text());
    // A password must not go unnoticed among the digests.
    let run = hash(["--generate-password", "--password-out", "-"]).directory(directory.path());
    assert!(run.refused().starts_with("error: --password-out: - is not a file: use the name"));
    assert!(names(directory.path()).is_empty());
}

#[test]
fn an_existing_file_is_replaced_only_with_force() {
    let directory = directory();
    let path = directory.path().join("old");
    fs::write(&path, "old").expect("the file is written");
    for flag in ["-o", "--password-out"] {
        let run = hash(["--generate-password", flag, "old"]).directory(directory.path());
        let message = run.refused();
        assert!(message.contains("\"old\" already exists"), "{message}");
        assert!(message.contains("--force"), "{message}");
        assert_eq!(fs::read_to_string(&path).expect("it exists"), "old");
    }
    let run = hash(["-o", "old", "--force"]).directory(directory.path());
    assert_eq!(run.with_password().clean(), "");
    assert_private(&path, &guide_text());
    assert_eq!(names(directory.path()), ["old"]);
}

/// Neither the link nor its target: `/dev/stdout` is a link, too.
#[cfg(unix)]
#[test]
fn a_symbolic_link_is_never_replaced() {
    let directory = directory();
    let (target, link) = (directory.path().join("target"), directory.path().join("link"));
    fs::write(&target, "mine").expect("the file is written");
    fs::create_dir(directory.path().join("sub")).expect("the directory is created");
    for to in ["target", "nothing", "sub"] {
        symlink(to, &link).expect("the link is created");
        for flags in [&["-o", "link"][..], &["-o", "link", "--force"], &["--password-out", "link"]]
        {
            let run = hash(["--generate-password"]).args(flags).directory(directory.path());
            let message = run.refused();
            assert!(message.contains("\"link\" is not a regular file"), "{message}");
            assert!(!message.contains("--force"), "{message}");
            assert!(fs::symlink_metadata(&link).expect("it exists").is_symlink());
            assert_eq!(fs::read_to_string(&target).expect("it exists"), "mine");
        }
        fs::remove_file(&link).expect("it can be removed");
    }
    assert_eq!(names(directory.path()), ["sub", "target"]);
}

#[cfg(unix)]
#[test]
fn invalid_output_paths() {
    let directory = directory();
    fs::create_dir(directory.path().join("sub")).expect("the directory is created");
    let cases = [
        ("sub", "is a directory"),
        ("sub/", "is a directory"),
        (".", "not a file name"),
        ("..", "not a file name"),
        ("/", "not a file name"),
        ("missing/x", "can't write in the directory of this file: No such file or directory"),
        ("/dev/null", "is not a regular file"),
        ("/dev/stdout", "is not a regular file"),
        ("pipe", "is not a regular file"),
    ];
    let made = Command::new("mkfifo").arg(directory.path().join("pipe")).status();
    assert!(made.expect("mkfifo runs").success());
    for (path, expected) in cases {
        for flag in ["--output", "--password-out"] {
            for force in [None, Some("--force")] {
                let run = hash(["--generate-password", flag, path]).args(force);
                let message = run.directory(directory.path()).refused();
                assert!(message.starts_with(&format!("error: {flag}: ")), "{path}: {message}");
                assert!(message.contains(expected), "{path}: {message}");
                assert!(!message.contains("--force"), "{path}: {message}");
            }
        }
    }
    assert!(hash(["--output", ""]).with_password().refused().contains("--output"));
    assert_eq!(names(directory.path()), ["pipe", "sub"]);
}

#[cfg(unix)]
#[test]
fn output_and_password_out_must_differ() {
    let directory = directory();
    fs::create_dir(directory.path().join("sub")).expect("the directory is created");
    symlink(".", directory.path().join("here")).expect("the link is created");
    for (output, password_out) in [("x", "x"), ("x", "./x"), ("sub/../x", "x"), ("here/x", "x")] {
        let run = hash(["--generate-password", "-o", output, "--password-out", password_out]);
        let message = run.directory(directory.path()).refused();
        assert!(message.contains("the same file as --output"), "{message}");
    }
    assert_eq!(names(directory.path()), ["here", "sub"]);
}

#[test]
fn a_generated_password_in_its_own_file() {
    let directory = directory();
    let run = hash(["--generate-password", "--password-out", "pw", "-f", "xml"]);
    let printed = run.directory(directory.path()).clean();
    let path = directory.path().join("pw");
    let line = fs::read_to_string(&path).expect("it was written");
    assert_eq!(line.trim_end_matches('\n').len(), 22);
    assert_private(&path, &format!("{}\n", line.trim_end()));

    let again = hash(["-f", "xml", "--password-file", "pw"]).directory(directory.path());
    assert_eq!(again.clean(), printed);
    if let Some(hash1) = md5sum(format!("sipauthtest:{REALM}:{}", line.trim_end()).as_bytes()) {
        assert!(printed.contains(&format!("<Hash1>{hash1}</Hash1>")), "{printed}");
    }

    for format in ["text", "json", "env"] {
        let run = hash(["--generate-password", "--password-out", "again", "--force", "-f", format]);
        let printed = run.directory(directory.path()).clean().to_lowercase();
        let printed = printed.replace("\"password\":null", "");
        assert!(!printed.contains("password"), "{printed}");
    }
}

#[cfg(unix)]
#[test]
fn the_password_is_written_before_the_digests() {
    let directory = directory();
    let arguments = ["--generate-password", "--password-out", "pw", "-f", "xml"];
    let run = hash(arguments).directory(directory.path());
    let outcome = run.stdout(closed_pipe()).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (2, ""));
    assert_eq!(names(directory.path()), ["pw"]);
}

/// Standard output is on a full disk, after the passwords were written.
#[test]
fn an_error_names_the_passwords_already_written() {
    let directory = directory();
    let Some(full) = full_device() else {
        return;
    };
    let arguments = ["--generate-password", "--password-out", "pw"];
    let outcome = hash(arguments).directory(directory.path()).stdout(full).run();
    assert_eq!(outcome.status, 2);
    let path = fs::canonicalize(directory.path()).expect("it exists").join("pw");
    let expected =
        format!("error: {path:?} contains the generated passwords, but the rest was not written: ");
    assert!(outcome.stderr.starts_with(&expected), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("can't write to standard output: "), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert_owner_only(&path);
}

/// The message is the same whatever wraps the error. No file can be created in `/proc`.
#[test]
#[cfg(target_os = "linux")]
fn io_errors_have_the_message_of_the_system() {
    for flag in ["--output", "--password-out"] {
        let message = hash(["--generate-password", flag, "/proc/bwsip"]).refused();
        let reason = "No such file or directory (os error 2)";
        assert_eq!(
            message,
            format!("error: {flag}: can't write in the directory \"/proc\": {reason}\n")
        );
    }
}

/// A limit on the size of files stands in for a full disk.
#[cfg(unix)]
#[test]
fn no_room_for_a_file() {
    let directory = directory();
    for flag in ["--output", "--password-out"] {
        let script = format!(
            "ulimit -f 0
            exec '{BWSIP}' hash -u bob -r {REALM} --generate-password {flag} x"
        );
        let mut command = Command::new("sh");
        let output = command.args(["-c", &script]).current_dir(&directory).output();
        let output = output.expect("sh runs");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert_eq!(output.stdout, b"");
        assert!(message.starts_with(&format!("error: {flag}: can't write ")), "{message}");
        assert!(!message.contains(".bwsip-"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(names(directory.path()).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_reported() {
    for arguments in [&["-f", "text"][..], &["-f", "xml"], &["--help"], &["--version"]] {
        let run = bwsip(if arguments[0] == "--version" { &[][..] } else { &["hash"] });
        let run = run.args(["-u", "bob", "-r", REALM].iter().filter(|_| arguments[0] == "-f"));
        let outcome = run.args(arguments).with_password().stdout(closed_pipe()).run();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn standard_output_on_a_full_disk() {
    let Some(full) = full_device() else {
        return;
    };
    let full = || full.try_clone().expect("the handle can be duplicated");
    let outcome = hash(["-f", "xml"]).with_password().stdout(full()).run();
    assert_eq!(outcome.status, 2);
    assert!(outcome.stderr.starts_with("error: can't write to standard output: "));
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    let help = bwsip(["--help"]).stdout(full()).run();
    assert_eq!(help.status, 2, "{}", help.stderr);
}

#[cfg(unix)]
#[test]
fn closed_standard_streams() {
    for redirection in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let script = format!("'{BWSIP}' hash -u bob -r {REALM} --password-stdin {redirection}");
        let output = Command::new("sh").args(["-c", &script]).output().expect("sh runs");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(!message.contains("panicked"), "{redirection}: {message}");
        assert_eq!(output.status.code(), Some(2), "{redirection}: {message}");
    }
}

/// Python's `subprocess.DEVNULL` and Node.js' `ignore` open it for reading and writing, as the standard library
/// does in place of a stream that is closed.
#[cfg(unix)]
#[test]
fn a_result_that_is_only_printed_is_not_lost() {
    let directory = directory();
    let shell = |arguments: &str, redirection: &str| {
        let script = format!("'{BWSIP}' {arguments} {redirection}");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).current_dir(&directory).env("BWSIP_REALM", REALM);
        let output = command.env("BWSIP_PASSWORD", "password").output().expect("sh runs");
        (output.status.code(), String::from_utf8(output.stderr).expect("messages are UTF-8"))
    };
    let verify = "verify -u sipauthtest --hash1 fe438bddfc087dda89d29e637f5684ab";
    for redirection in ["1<>/dev/null", ">/dev/null", ">&-"] {
        for arguments in ["--version", "hash --help", verify, "hash -u bob -o kept --force"] {
            let expected = (Some(0), String::new());
            assert_eq!(shell(arguments, redirection), expected, "{arguments} {redirection}");
        }
        fs::remove_file(directory.path().join("kept")).expect("it was written");
        for arguments in ["hash -u bob", "man", "completions bash"] {
            let (status, message) = shell(arguments, redirection);
            let is_refused = message.starts_with("error: standard output is closed, or discarded");
            let expected = (Some(if is_refused { 2 } else { 0 }), redirection != ">/dev/null");
            assert_eq!((status, is_refused), expected, "{arguments} {redirection}");
        }
        let (status, message) = shell("hash -u bob --generate-password", redirection);
        assert_eq!(status, Some(2), "{redirection}");
        assert!(message.starts_with("error: --generate-password: standard output"), "{message}");
        assert!(names(directory.path()).is_empty());
        for flag in ["--output", "--password-out"] {
            let arguments = format!("hash -u bob --generate-password {flag} kept");
            let (status, _) = shell(&arguments, redirection);
            let is_kept = flag == "--output" || redirection == ">/dev/null";
            assert_eq!(status, Some(if is_kept { 0 } else { 2 }), "{flag} {redirection}");
            assert_eq!(fs::remove_file(directory.path().join("kept")).is_ok(), is_kept);
        }
    }
}

#[test]
fn standard_output_may_be_write_only() {
    let directory = directory();
    let path = directory.path().join("out");
    let file = File::create(&path).expect("the file is created");
    let outcome = hash(["-f", "xml"]).with_password().stdout(file).run();
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&path).expect("it exists"), GUIDE_XML);
}

#[cfg(windows)]
#[test]
fn device_names_are_not_files() {
    let directory = directory();
    for name in ["NUL", "con", "COM1", "lpt9.txt", "CONOUT$"] {
        let run = hash(["--generate-password", "--output", name, "--force"]);
        let message = run.directory(directory.path()).refused();
        assert!(message.contains("is not a regular file"), "{name}: {message}");
    }
    assert_eq!(names(directory.path()), <[&str; 0]>::default());
}

/// Neither by its name, nor by a link, nor as a numbered part or the file of the passwords.
#[test]
fn an_input_is_never_overwritten() {
    const CSV: &str = "username,password\nbob,secret\neve,\n";
    let directory = directory();
    let path = directory.path().join("new-1.xml");
    fs::write(&path, CSV).expect("the file is written");
    fs::hard_link(&path, directory.path().join("linked")).expect("the link is created");
    let batch = ["batch", "new-1.xml", "-r", REALM, "--generate-password"];
    let hash = ["hash", "-u", "bob", "-r", REALM, "--password-file", "new-1.xml"];
    let cases: [(&[&str], &[&str]); 6] = [
        (&batch, &["-o", "new-1.xml"]),
        (&batch, &["-o", "linked"]),
        (&batch, &["--password-out", "./new-1.xml"]),
        (&batch, &["-f", "xml", "-o", "new.xml", "--split", "1", "--password-out", "p"]),
        (&hash, &["-o", "new-1.xml"]),
        (&hash, &["-o", "linked"]),
    ];
    for (command, outputs) in cases {
        for force in [None, Some("--force")] {
            let run = bwsip(command).args(outputs).args(force).directory(directory.path());
            let message = run.refused();
            assert!(message.contains("is a file that the command reads: "), "{message}");
            assert_eq!(fs::read_to_string(&path).expect("it exists"), CSV);
            assert_eq!(names(directory.path()), ["linked", "new-1.xml"]);
        }
    }
}

/// Standard input is an input, too.
#[cfg(unix)]
#[test]
fn redirected_input_is_never_overwritten() {
    let directory = directory();
    fs::write(directory.path().join("csv"), "username,password\nbob,x\n").expect("it is written");
    let script = format!("'{BWSIP}' batch - -r {REALM} -o csv --force < csv");
    let output = Command::new("sh").args(["-c", &script]).current_dir(&directory).output();
    let message = String::from_utf8(output.expect("sh runs").stderr).expect("UTF-8");
    assert!(message.starts_with("error: --output: \"csv\" is a file that"), "{message}");
}
