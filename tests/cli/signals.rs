//! Signals at any moment leave no temporary file, and the terminal as it was.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, tcgetattr};
use nix::unistd::Pid;
use rexpect::process::{PtyProcess, WaitStatus};
use tempfile::TempDir;

use crate::support::{
    BWSIP, PROMPT, REALM, SECOND_PROMPT, directory, guide_text, names, pid, write_usernames,
};

/// How long a test waits before it fails.
const TIMEOUT: Duration = Duration::from_secs(20);

const CTRL_C: &[u8] = b"\x03";
const CTRL_Z: &[u8] = b"\x1A";
const CTRL_BACKSLASH: &[u8] = b"\x1C";

/// `bwsip hash` as in `Terminal::shell`, after a line with its process id.
const SHOW_PID: &str = "sh -c 'echo pid=$$.; exec $HASH'";

/// Pseudo-random moments, the same in each run (xorshift).
struct Moments(u64);

impl Moments {
    fn before(&mut self, end: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        end * u32::try_from(self.0 % 1000).expect("it is below 1000") / 1000
    }
}

/// A shell on a pseudo-terminal. rexpect's session polls for output ten times a second, which is too
/// slow for these tests.
struct Terminal {
    process: PtyProcess,
    file: File,
    shown: Vec<u8>,
    directory: TempDir,
}

impl Terminal {
    /// Runs a program as the leader of the terminal's session.
    fn leader(mut command: Command) -> Self {
        let directory = directory();
        command.current_dir(&directory);
        command.env_remove("BWSIP_PASSWORD").env_remove("BWSIP_REALM");
        let mut process = PtyProcess::new(command).expect("a pseudo-terminal is available");
        process.set_kill_timeout(Some(500));
        let file = process.get_file_handle().expect("the terminal can be opened");
        Terminal { process, file, shown: Vec::new(), directory }
    }

    /// Runs `script` in a shell, where `$HASH` is `bwsip hash` for the guide's sipauthtest.
    fn shell(script: &str) -> Self {
        let mut command = Command::new("sh");
        // rexpect turns the echo off; users have it on.
        command.args(["-c", &format!("stty echo; {script}")]);
        command.env("HASH", format!("{BWSIP} hash -u sipauthtest -r {REALM}"));
        Terminal::leader(command)
    }

    /// Waits until `text` is shown, and returns what was shown before it.
    #[track_caller]
    fn until(&mut self, text: &str) -> String {
        let end = Instant::now() + TIMEOUT;
        loop {
            let shown = String::from_utf8_lossy(&self.shown).into_owned();
            if let Some((before, after)) = shown.split_once(text) {
                self.shown = after.as_bytes().to_vec();
                return before.to_owned();
            }
            assert!(Instant::now() < end, "{text:?} is not shown: {shown:?}");
            let mut ready = [PollFd::new(self.file.as_fd(), PollFlags::POLLIN)];
            if poll(&mut ready, 100_u16).expect("its state is available") > 0 {
                let mut bytes = [0; 4096];
                let read = self.file.read(&mut bytes).unwrap_or(0);
                assert!(read > 0, "the output ends without {text:?}: {shown:?}");
                self.shown.extend_from_slice(&bytes[..read]);
            }
        }
    }

    /// Returns the process id that `SHOW_PID` shows.
    #[track_caller]
    fn pid(&mut self) -> Pid {
        self.until("pid=");
        Pid::from_raw(self.until(".").parse().expect("a number"))
    }

    fn send(&mut self, keys: &[u8]) {
        self.file.write_all(keys).expect("the terminal accepts input");
    }

    /// Checks that the terminal's settings are restored.
    #[track_caller]
    fn assert_restored(&self, when: &str) {
        let flags = tcgetattr(&self.file).expect("the terminal has settings").local_flags;
        let lost = (LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG) - flags;
        assert!(lost.is_empty(), "{when}: {lost:?}");
        assert!(!flags.contains(LocalFlags::ECHONL), "{when}");
    }

    /// Waits until the leader ends.
    #[track_caller]
    fn wait(&self) -> WaitStatus {
        let end = Instant::now() + TIMEOUT;
        loop {
            match self.process.status().expect("it is a child") {
                WaitStatus::StillAlive => assert!(Instant::now() < end, "it is still running"),
                status => return status,
            }
            sleep(Duration::from_millis(5));
        }
    }
}

fn remove(path: &Path) {
    fs::remove_file(path).expect("it can be removed");
}

#[test]
fn a_signal_at_any_moment_leaves_no_partial_file() {
    // In memory if possible: writing to a disk takes most of the time of a run.
    let directory = tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| directory());
    let [password, output] = ["p", "o"].map(|name| directory.path().join(name));
    let start = || {
        let mut command = Command::new(BWSIP);
        command.args(["hash", "-u", "bob", "-r", REALM, "--generate-password"]);
        command.args(["--password-out", "p", "-o", "o"]).current_dir(&directory);
        command.spawn().expect("it starts")
    };
    let begun = Instant::now();
    for _ in 0..10 {
        assert!(start().wait().expect("it ends").success());
        remove(&password);
        remove(&output);
    }
    let usual = begun.elapsed() / 10;

    let mut moments = Moments(0x5EED);
    let mut ended = 0;
    let signals = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM];
    for (at, signal) in (0..500).zip(signals.into_iter().cycle()) {
        let mut run = start();
        sleep(moments.before(usual * 5 / 4));
        kill(pid(&run), signal).expect("it has not been waited for");
        let status = run.wait().expect("it ends");
        assert!(status.success() || status.signal() == Some(signal as i32), "run {at}: {status}");
        ended += u32::from(!status.success());

        let there = names(directory.path());
        // The file of the password is renamed first.
        let expected: [&[&str]; 3] = [&[], &["p"], &["o", "p"]];
        assert!(expected.iter().any(|names| there == *names), "run {at}, {signal}: {there:?}");
        for (path, length) in [(&password, 23), (&output, 82)] {
            if let Ok(metadata) = fs::metadata(path) {
                assert_eq!(metadata.len(), length, "run {at}, {signal}: {path:?}");
                assert_eq!(metadata.permissions().mode() & 0o7777, 0o600, "run {at}: {path:?}");
                remove(path);
            }
        }
    }
    assert!(ended > 0, "no run was ended by its signal");
}

/// Signals are held back while files are renamed, not while a pipe is full.
#[test]
fn a_signal_ends_a_blocked_write() {
    let directory = directory();
    write_usernames(directory.path(), 10_000);
    let mut command = Command::new(BWSIP);
    command.args(["batch", "users.csv", "-r", REALM, "--generate-password"]);
    command.args(["--password-out", "passwords"]).current_dir(&directory);
    let mut run = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut result = run.stdout.take().expect("stdout is a pipe");
    result.read_exact(&mut [0]).expect("the output begins");
    kill(pid(&run), Signal::SIGTERM).expect("it has not been waited for");
    let end = Instant::now() + TIMEOUT;
    let status = loop {
        if let Some(status) = run.try_wait().expect("its state is available") {
            break status;
        }
        if Instant::now() > end {
            run.kill().expect("the process exists");
            panic!("the signal is held back");
        }
        sleep(Duration::from_millis(5));
    };
    assert_eq!(status.signal(), Some(Signal::SIGTERM as i32));
    assert_eq!(names(directory.path()), ["passwords", "users.csv"]);
}

/// A signal that is ignored at the start, as under `nohup`, stays ignored.
#[test]
fn an_ignored_hangup_does_not_end_a_batch() {
    let directory = directory();
    write_usernames(directory.path(), 50_000);
    let files = "--generate-password --password-out passwords -o result";
    let script = format!("trap '' HUP; exec '{BWSIP}' batch users.csv -r {REALM} {files}");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(&directory);
    let mut run = command.spawn().expect("it starts");
    while !names(directory.path()).iter().any(|name| name.starts_with(".bwsip-")) {
        assert!(
            run.try_wait().expect("its state is available").is_none(),
            "no temporary file was seen"
        );
    }
    while run.try_wait().expect("its state is available").is_none() {
        kill(pid(&run), Signal::SIGHUP).expect("it has not been waited for");
        sleep(Duration::from_millis(1));
    }
    assert!(run.wait().expect("it ends").success());
    assert_eq!(names(directory.path()), ["passwords", "result", "users.csv"]);
}

#[test]
fn an_ignored_hangup_does_not_end_the_prompt() {
    let mut command = Command::new("sh");
    let script = format!("trap '' HUP; exec '{BWSIP}' hash -u sipauthtest -r {REALM} -o result");
    command.args(["-c", &script]);
    let mut terminal = Terminal::leader(command);
    terminal.until(PROMPT);
    terminal.process.signal(Signal::SIGHUP).expect("the process exists");
    for prompt in [PROMPT, SECOND_PROMPT] {
        terminal.until(prompt);
        terminal.send(b"password\n");
    }
    assert!(matches!(terminal.wait(), WaitStatus::Exited(_, 0)));
    let result = fs::read_to_string(terminal.directory.path().join("result"));
    assert_eq!(result.expect("it was written"), guide_text());
}

#[test]
fn interrupted_as_soon_as_the_prompt_is_shown() {
    let mut terminal =
        Terminal::shell("trap : INT QUIT; while :; do $HASH; echo status=$?.; read -r next; done");
    let keys = [(CTRL_C, "status=130."), (CTRL_BACKSLASH, "status=131.")];
    for (at, (key, status)) in (0..100).zip(keys.into_iter().cycle()) {
        terminal.until(PROMPT);
        terminal.send(key);
        terminal.until(status);
        terminal.assert_restored(&format!("after key {at}"));
        terminal.send(b"\n");
    }
}

#[test]
fn ended_at_any_moment_of_the_prompt() {
    let mut terminal =
        Terminal::shell(&format!("while :; do {SHOW_PID}; echo status=$?.; read -r next; done"));
    let begun = Instant::now();
    let first = terminal.pid();
    terminal.until(PROMPT);
    let usual = begun.elapsed();
    kill(first, Signal::SIGTERM).expect("the process exists");
    terminal.until("status=143.");

    let mut moments = Moments(0x5EED);
    for (at, signal) in (0..100).zip([Signal::SIGTERM, Signal::SIGHUP].into_iter().cycle()) {
        terminal.send(b"\n");
        let run = terminal.pid();
        match at % 4 {
            0 | 1 => sleep(moments.before(usual * 3 / 2)),
            _ => drop(terminal.until(PROMPT)),
        }
        kill(run, signal).expect("the process exists");
        terminal.until(&format!("status={}.", 128 + signal as i32));
        terminal.assert_restored(&format!("after {signal} {at}"));
    }
}

/// No shell could resume the leader of a session.
#[test]
fn ctrl_z_does_not_stop_a_session_leader() {
    let mut command = Command::new(BWSIP);
    command.args(["hash", "-u", "sipauthtest", "-r", REALM]);
    let mut terminal = Terminal::leader(command);
    for _ in 0..3 {
        terminal.until(PROMPT);
        terminal.send(CTRL_Z);
    }
    terminal.until(PROMPT);
    terminal.send(CTRL_C);
    assert!(matches!(terminal.wait(), WaitStatus::Signaled(_, Signal::SIGINT, _)));
}

#[test]
fn killed_while_it_is_stopped() {
    // Not every shell's `kill` resumes a stopped job, and not every `wait` waits for its end.
    let kill_job = "kill %1; kill -CONT %1 2> /dev/null
        until wait %1; [ $? = 143 ]; do sleep 0.05; done; echo ended.; read -r end";
    // In the background, the system stops it again.
    let background = "kill -CONT %1; sleep 0.2;";
    for (between, signal) in [("", None), (background, None), ("", Some(Signal::SIGSTOP))] {
        let script = format!("set -m; {SHOW_PID}; {between} {kill_job}");
        let mut terminal = Terminal::shell(&script);
        let run = terminal.pid();
        terminal.until(PROMPT);
        match signal {
            None => terminal.send(CTRL_Z),
            Some(signal) => kill(run, signal).expect("the process exists"),
        }
        terminal.until("ended.");
        // A process cannot handle SIGSTOP.
        if signal.is_none() {
            terminal.assert_restored(between);
        }
    }
}

#[test]
fn stopped_and_resumed() {
    let directly = "fg";
    // Repeatedly, because which of its two threads the system stops first is a race.
    let by_the_background = "for i in 1 2 3 4 5 6 7 8 9 10; do kill -CONT %1; sleep 0.02; done; fg";
    for (resume, signal) in
        [(directly, None), (by_the_background, None), (directly, Some(Signal::SIGSTOP))]
    {
        let mut terminal = Terminal::shell(&format!("set -m; {SHOW_PID}; {resume}; read -r end"));
        let run = terminal.pid();
        terminal.until(PROMPT);
        match signal {
            None => terminal.send(CTRL_Z),
            Some(signal) => kill(run, signal).expect("the process exists"),
        }
        for prompt in [PROMPT, SECOND_PROMPT] {
            terminal.until(prompt);
            terminal.send(b"password\n");
        }
        let shown = terminal.until("Hash1b: ");
        assert!(shown.contains("fe438bddfc087dda89d29e637f5684ab"), "{shown}");
        terminal.assert_restored(resume);
    }
}

#[test]
fn no_prompt_in_the_background() {
    let mut terminal = Terminal::shell("set -m; $HASH > out & sleep 0.3; echo now.; read -r x; fg");
    let shown = terminal.until("now.");
    assert!(!shown.contains(PROMPT), "{shown}");
    terminal.assert_restored("in the background");
    terminal.send(b"\n");
    for prompt in [PROMPT, SECOND_PROMPT] {
        terminal.until(prompt);
        terminal.send(b"password\n");
    }
    terminal.wait();
    let out = fs::read_to_string(terminal.directory.path().join("out")).expect("it was created");
    assert_eq!(out, guide_text());
}

/// Proves nothing where the system writes no core dumps anyway.
#[test]
fn no_core_dump() {
    let mut command = Command::new("sh");
    let script = format!("ulimit -c unlimited; exec '{BWSIP}' hash -u sipauthtest -r {REALM}");
    command.args(["-c", &script]);
    let mut terminal = Terminal::leader(command);
    terminal.until(PROMPT);
    terminal.send(b"secret\n");
    terminal.until(SECOND_PROMPT);
    terminal.send(CTRL_BACKSLASH);
    assert!(matches!(terminal.wait(), WaitStatus::Signaled(_, Signal::SIGQUIT, false)));
    assert!(names(terminal.directory.path()).is_empty());
}
