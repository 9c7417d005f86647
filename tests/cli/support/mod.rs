//! Runs the binary, and has other helpers that suites share.

#[cfg(unix)]
pub mod bandwidth;
#[cfg(unix)]
pub mod docs;
pub mod registrar;
pub mod server;
pub mod strategies;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
#[cfg(unix)]
use std::os::fd::AsFd as _;
use std::path::Path;
#[cfg(unix)]
use std::process::ChildStdin;
use std::process::{Child, Command, Stdio};

#[cfg(unix)]
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
#[cfg(unix)]
use nix::unistd::Pid;
use tempfile::TempDir;

/// The path of the binary under test.
pub const BWSIP: &str = env!("CARGO_BIN_EXE_bwsip");

pub const REALM: &str = "custxx.auth.bandwidth.com";

/// Username, domain, Hash1 and Hash1b, as the guide prints them: realm `REALM`, password
/// `password`.
pub const GUIDE: [(&str, Option<&str>, &str, &str); 2] = [
    ("sipauthtest", None, "fe438bddfc087dda89d29e637f5684ab", "79bb0e55551e14a2f329a282c7cf1456"),
    (
        "bob",
        Some("somewhere.com"),
        "817d76e91aad032a8c272229f468bfb2",
        "39679d2a73c2e1ea719621bc0d8fdac8",
    ),
];

/// A password in Latin-1, with its Hash1 and Hash1b for sipauthtest on `REALM`, computed by md5sum.
pub const LATIN1: (&[u8], &str, &str) =
    (b"p\xE4ssword", "374499a8346d43eccc171a4652dfc8b3", "fd387d26b788bc9ca98050a72c7e68c7");

pub const APP_ID: &str = "68092813-741b-4afe-b198-91f425bce81e";

/// A run of the binary, in an environment without bwsip's variables.
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
}

/// The outcome of a run.
#[derive(Debug)]
pub struct Outcome {
    pub status: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

/// `bwsip` with `arguments` and nothing on stdin.
pub fn bwsip<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let mut command = Command::new(BWSIP);
    command.args(arguments).env_remove("BWSIP_PASSWORD").env_remove("BWSIP_REALM");
    Run { command, stdin: Vec::new() }
}

/// `bwsip hash` for the guide's sipauthtest, with more arguments.
pub fn hash<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    bwsip(["hash", "-u", "sipauthtest", "-r", REALM]).args(arguments)
}

impl Run {
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the guide's password in the environment.
    pub fn with_password(self) -> Self {
        self.env("BWSIP_PASSWORD", "password")
    }

    /// Passes a password on stdin. The program drops one line ending, so one is added.
    pub fn password_stdin(self, password: &[u8]) -> Self {
        self.args(["--password-stdin"]).stdin([password, b"\n"].concat())
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    pub fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self
    }

    pub fn directory(mut self, directory: &std::path::Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    pub fn run(mut self) -> Outcome {
        self.command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("stdin is a pipe");
        // The program may exit before it has read everything.
        let _ = stdin.write_all(&self.stdin);
        drop(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        Outcome {
            status: output.status.code().expect("it exits by itself"),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }

    /// Runs it and captures stdout.
    pub fn outcome(self) -> Outcome {
        self.stdout(Stdio::piped()).run()
    }

    /// Returns stdout of a run that succeeds and prints nothing on stderr.
    #[track_caller]
    pub fn clean(self) -> String {
        let outcome = self.outcome();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
        String::from_utf8(outcome.stdout).expect("results are UTF-8")
    }

    /// Returns stdout and the warnings of a run that succeeds.
    #[track_caller]
    pub fn warned(self) -> (String, String) {
        let outcome = self.outcome();
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
        for line in outcome.stderr.lines() {
            assert!(line.starts_with("warning: "), "{line}");
        }
        (String::from_utf8(outcome.stdout).expect("results are UTF-8"), outcome.stderr)
    }

    /// Returns stderr of a run that refuses its input: status 2, nothing on stdout, and only errors and
    /// warnings on stderr.
    #[track_caller]
    pub fn refused(self) -> String {
        let outcome = self.outcome();
        assert_eq!(outcome.status, 2, "{}", outcome.stderr);
        assert_eq!(outcome.stdout, b"");
        assert!(outcome.stderr.contains("error: "), "{}", outcome.stderr);
        for line in outcome.stderr.lines() {
            assert!(line.starts_with("error: ") || line.starts_with("warning: "), "{line}");
        }
        outcome.stderr
    }
}

/// Returns two digests in the text format.
pub fn text(hash1: &str, hash1b: &str) -> String {
    format!("Hash1:  {hash1}\nHash1b: {hash1b}\n")
}

/// Returns the digests of the guide's sipauthtest in the text format.
pub fn guide_text() -> String {
    text(GUIDE[0].2, GUIDE[0].3)
}

/// The document that the guide posts for sipauthtest.
pub const GUIDE_XML: &str = "\
<SipCredentials>
    <SipCredential>
        <UserName>sipauthtest</UserName>
        <Hash1>fe438bddfc087dda89d29e637f5684ab</Hash1>
        <Hash1b>79bb0e55551e14a2f329a282c7cf1456</Hash1b>
    </SipCredential>
</SipCredentials>
";

/// Returns the MD5 that `md5sum` computes, or `None` where it is not installed. In CI it must be.
pub fn md5sum(bytes: &[u8]) -> Option<String> {
    let child = Command::new("md5sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        assert!(cfg!(windows) || std::env::var_os("CI").is_none(), "CI has md5sum");
        return None;
    };
    child.stdin.take().expect("stdin is a pipe").write_all(bytes).expect("md5sum reads");
    let output = child.wait_with_output().expect("md5sum ends");
    let printed = String::from_utf8(output.stdout).expect("md5sum prints ASCII");
    Some(printed[..32].to_owned())
}

/// Returns an argument or a variable of these bytes; on Windows, what is not UTF-8 is replaced.
pub fn os_string(bytes: &[u8]) -> OsString {
    #[cfg(unix)]
    return std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    #[cfg(windows)]
    return String::from_utf8_lossy(bytes).into_owned().into();
}

/// Checks that only the owner of a file can read it, except on Windows.
#[track_caller]
pub fn assert_owner_only(path: &Path) {
    let metadata = std::fs::metadata(path).expect("it exists");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777, 0o600);
    assert!(metadata.is_file());
}

/// Checks that a password is as long as a generated one, and made of the same characters.
#[track_caller]
pub fn assert_generated(password: &str) {
    assert_eq!(password.len(), 22, "{password}");
    assert!(password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
}

/// Escapes bytes for a message.
pub fn escaped(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// Creates a directory that is removed when it is dropped.
pub fn directory() -> TempDir {
    tempfile::tempdir().expect("a temporary directory is created")
}

/// Returns the names of the files in a directory, sorted.
pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it exists");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Writes `users.csv` with `rows` usernames and no other column.
#[cfg(unix)]
pub fn write_usernames(directory: &Path, rows: u32) {
    let rows: String = (0..rows).map(|row| format!("u{row}\n")).collect();
    fs::write(directory.join("users.csv"), format!("username\n{rows}"))
        .expect("the file is written");
}

/// Opens a device that rejects every write as a full disk does, where the system has one.
pub fn full_device() -> Option<File> {
    OpenOptions::new().write(true).open("/dev/full").ok()
}

/// Returns `PATH` with one more directory, which is searched first.
#[cfg(unix)]
pub fn search_path(first: &Path) -> String {
    let path = std::env::var("PATH").expect("PATH is set");
    format!("{}:{path}", first.display())
}

/// Returns the process id of a child.
#[cfg(unix)]
pub fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).expect("a process id is positive"))
}

/// Returns a pipe whose reading end is closed. On Windows, the standard library would relay it through
/// a pipe that is read.
#[cfg(unix)]
pub fn closed_pipe() -> ChildStdin {
    let mut reader = Command::new(BWSIP);
    let reader = reader.arg("--version").stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let mut reader = reader.expect("it starts");
    let pipe = reader.stdin.take().expect("stdin is a pipe");
    reader.wait().expect("it ends");
    // A process that another test is starting may briefly have a copy of the reading end.
    loop {
        let mut ends = [PollFd::new(pipe.as_fd(), PollFlags::empty())];
        poll(&mut ends, PollTimeout::NONE).expect("its state is available");
        if ends[0].revents().is_some_and(|events| events.contains(PollFlags::POLLERR)) {
            return pipe;
        }
    }
}

/// The first prompt for the password of the guide's sipauthtest.
pub const PROMPT: &str = "Password for sipauthtest on custxx.auth.bandwidth.com: ";

/// The second prompt.
pub const SECOND_PROMPT: &str = "The same password again: ";

/// Writes an executable script.
///
/// Another process writes it: a child that another test starts would inherit a file that this process
/// has open for writing, and the system executes no such file.
#[cfg(unix)]
pub fn write_program(path: &Path, script: &str) {
    let write = "printf %s \"$1\" > \"$0\" && chmod 755 \"$0\"";
    let status = Command::new("sh").args(["-c", write]).arg(path).arg(script).status();
    assert!(status.expect("sh runs").success());
}
