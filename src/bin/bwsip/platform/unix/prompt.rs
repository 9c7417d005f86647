//! A prompt on the terminal, without echo.
//!
//! The `rpassword` crate replaces bytes that are not UTF-8 by U+FFFD and drops control characters, so the
//! hashed password would not be the one that was typed.

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

use super::{BlockedSignals, CANNOT_FAIL, TERMINATION};

/// The signal that the reading thread sends when it has a line. It stays blocked, because a late one would
/// end the process.
const LINE_READ: Signal = Signal::SIGUSR1;

/// A line, with its line ending.
type Line = io::Result<SecretBuf>;

/// The controlling terminal of the process, even if its standard streams are redirected.
pub struct Terminal(Arc<File>);

impl Terminal {
    /// Opens the terminal.
    ///
    /// # Errors
    ///
    /// Fails if the process has none.
    pub fn open() -> io::Result<Self> {
        let tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        SigSet::from(LINE_READ).thread_block()?;
        Ok(Terminal(Arc::new(tty)))
    }

    /// Prompts with `text`. Returns the line with its line ending, or the first `limit` bytes of it.
    ///
    /// Signals that would end or stop the process are blocked until the terminal is restored. If the process
    /// continues after one, it prompts again.
    pub fn prompt(&self, text: &str, limit: usize) -> Line {
        let signals = TERMINATION.into_iter().chain([Signal::SIGTSTP, Signal::SIGCONT]);
        let blocked = BlockedSignals::new(signals.clone());
        let awaited: SigSet = signals.chain([LINE_READ]).collect();
        let mut hidden = self.hide(&blocked, text)?;
        let lines = self.read_line(limit)?;
        loop {
            let signal = awaited.wait()?;
            if signal != LINE_READ {
                drop(hidden);
                blocked.unblocked(|| raise(signal))?;
                hidden = self.hide(&blocked, text)?;
            } else if let Ok(line) = lines.try_recv() {
                hidden.line_ended = line.as_ref().is_ok_and(|line| !line.is_empty());
                return line;
            }
        }
    }

    /// Turns the echo off, except for the final line ending, and prints `text`.
    fn hide(&self, blocked: &BlockedSignals, text: &str) -> io::Result<Hidden<'_>> {
        let mut tty = &*self.0;
        // A process in the background is stopped here, until it is in the foreground.
        while blocked.unblocked(|| tcdrain(tty)) == Err(Errno::EINTR) {}
        if !in_foreground(tty) {
            return Err(Errno::EIO.into());
        }
        let settings = tcgetattr(tty)?;
        let mut quiet = settings.clone();
        quiet.local_flags.remove(LocalFlags::ECHO);
        quiet.local_flags.insert(LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        let hidden = Hidden { tty, settings, line_ended: false };
        tcsetattr(tty, SetArg::TCSANOW, &quiet)?;
        tty.write_all(text.as_bytes())?;
        Ok(hidden)
    }

    /// Reads a line in another thread, because no call waits for both a signal and input.
    fn read_line(&self, limit: usize) -> io::Result<mpsc::Receiver<Line>> {
        let (sender, lines) = mpsc::channel();
        let tty = Arc::clone(&self.0);
        let read = move || {
            // In the background, a read must fail instead of stopping the process.
            SigSet::from(Signal::SIGTTIN).thread_block().expect(CANNOT_FAIL);
            if sender.send(read_line(&tty, limit)).is_ok() {
                kill(getpid(), LINE_READ).expect("a process may signal itself");
            }
        };
        thread::Builder::new().spawn(read)?;
        Ok(lines)
    }
}

/// Reads a line. The terminal edits it: a read returns the whole line, or a part if Ctrl-D was typed.
fn read_line(mut tty: &File, limit: usize) -> Line {
    let mut line = SecretBuf::from(vec![0; limit]);
    let mut length = 0;
    while length < limit && !line[..length].ends_with(b"\n") {
        match tty.read(&mut line[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // In the background, until `hide` stops the process. The terminal still exists.
            Err(_) if tcgetpgrp(tty).is_ok() => thread::sleep(Duration::from_millis(50)),
            Err(error) => return Err(error),
        }
    }
    line.truncate(length);
    Ok(line)
}

/// A terminal without echo. Its settings are restored when this is dropped.
struct Hidden<'a> {
    tty: &'a File,
    settings: Termios,
    /// False if the cursor is still on the line of the prompt.
    line_ended: bool,
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // In the background, the terminal belongs to another program.
        if !in_foreground(self.tty) {
            return;
        }
        // The shell must not read the rest of the input. The terminal may not exist anymore.
        let _ = tcflush(self.tty, FlushArg::TCIFLUSH);
        let _ = tcsetattr(self.tty, SetArg::TCSANOW, &self.settings);
        if !self.line_ended {
            let _ = self.tty.write_all(b"\n");
        }
    }
}

/// Returns true if this process is in the foreground of the terminal.
fn in_foreground(tty: &File) -> bool {
    tcgetpgrp(tty).is_ok_and(|group| group == getpgrp())
}
