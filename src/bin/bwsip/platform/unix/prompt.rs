//! A question to the person at the terminal, answered without echo.
//!
//! The `rpassword` crate returns U+FFFD for bytes that are not UTF-8 and drops control characters,
//! so another password would be hashed than was typed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use bwsip::SecretBuf;
use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::sys::termios::{
    FlushArg, LocalFlags, SetArg, Termios, tcdrain, tcflush, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, getpid, tcgetpgrp};

use super::{ENDING, Held};

/// What the thread that reads an answer sends when it has one. It stays held back for good: one that
/// comes late would end the process.
const ANSWERED: Signal = Signal::SIGUSR1;

/// The line typed, or why there is none.
type Answer = io::Result<SecretBuf>;

/// The terminal that the process belongs to, whatever its standard streams are.
pub struct Terminal(Arc<File>);

impl Terminal {
    /// Opens the terminal.
    ///
    /// # Errors
    ///
    /// Fails if the process has none.
    pub fn open() -> io::Result<Self> {
        let tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        SigSet::from(ANSWERED).thread_block()?;
        Ok(Terminal(Arc::new(tty)))
    }

    /// Asks, and returns the line typed with its line ending, or at most `limit` bytes of it.
    ///
    /// Signals that would end or stop the process wait until the terminal is as it was. If the process
    /// goes on after one, the question is asked again.
    pub fn ask(&self, question: &str, limit: usize) -> Answer {
        let signals = ENDING.into_iter().chain([Signal::SIGTSTP, Signal::SIGCONT]);
        let held = Held::new(signals.clone());
        let awaited: SigSet = signals.chain([ANSWERED]).collect();
        let mut hidden = self.hide(&held, question)?;
        let answer = self.read_line(limit)?;
        loop {
            let signal = awaited.wait()?;
            if signal != ANSWERED {
                drop(hidden);
                held.lifted(|| raise(signal))?;
                hidden = self.hide(&held, question)?;
            } else if let Ok(line) = answer.try_recv() {
                hidden.line_ended = line.as_ref().is_ok_and(|line| !line.is_empty());
                return line;
            }
        }
    }

    /// Turns the echo off, except for the final line ending, and shows the question.
    fn hide(&self, held: &Held, question: &str) -> io::Result<Hidden<'_>> {
        let mut tty = &*self.0;
        // The system stops a process here that is in the background, until it no longer is.
        while held.lifted(|| tcdrain(tty)) == Err(Errno::EINTR) {}
        if !in_foreground(tty) {
            return Err(Errno::EIO.into());
        }
        let settings = tcgetattr(tty)?;
        let mut quiet = settings.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        quiet.local_flags.insert(LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        let hidden = Hidden { tty, settings, line_ended: false };
        tcsetattr(tty, SetArg::TCSANOW, &quiet)?;
        tty.write_all(question.as_bytes())?;
        Ok(hidden)
    }

    /// Reads a line in a thread of its own, because no call waits for both a signal and input.
    fn read_line(&self, limit: usize) -> io::Result<mpsc::Receiver<Answer>> {
        let (sender, answer) = mpsc::channel();
        let tty = Arc::clone(&self.0);
        let read = move || {
            // In the background, a read is to fail, not to stop the process.
            SigSet::from(Signal::SIGTTIN).thread_block().expect("a valid request");
            if sender.send(read_line(&tty, limit)).is_ok() {
                kill(getpid(), ANSWERED).expect("a process may signal itself");
            }
        };
        thread::Builder::new().spawn(read)?;
        Ok(answer)
    }
}

/// Returns a line. The system edits it; a read returns all of it, or a part if Ctrl-D was typed.
fn read_line(mut tty: &File, limit: usize) -> Answer {
    let mut line = SecretBuf::from(vec![0; limit]);
    let mut length = 0;
    while length < limit && !line[..length].ends_with(b"\n") {
        match tty.read(&mut line[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // In the background, until `hide` has the process stopped; the terminal is still there.
            Err(_) if tcgetpgrp(tty).is_ok() => thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(error),
        }
    }
    line.truncate(length);
    Ok(line)
}

/// A terminal without echo, which comes back when this is dropped.
struct Hidden<'a> {
    tty: &'a File,
    settings: Termios,
    /// False if what is shown next would follow the question on its line.
    line_ended: bool,
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // In the background, the terminal is another program's.
        if !in_foreground(self.tty) {
            return;
        }
        // The rest of an answer must not reach the shell. The terminal may be gone by now.
        let _ = tcflush(self.tty, FlushArg::TCIFLUSH);
        let _ = tcsetattr(self.tty, SetArg::TCSANOW, &self.settings);
        if !self.line_ended {
            let _ = self.tty.write_all(b"\n");
        }
    }
}

/// Returns true if the terminal is this process's to use.
fn in_foreground(tty: &File) -> bool {
    tcgetpgrp(tty).is_ok_and(|group| group == getpgrp())
}
