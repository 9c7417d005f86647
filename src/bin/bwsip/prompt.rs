//! A question to the person at the terminal, answered without echo.
//!
//! The `rpassword` crate would do, were passwords text: it gives U+FFFD for bytes that are not
//! UTF-8 and drops control characters, and so would have another password hashed than was typed.

use std::ffi::c_int;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::signals::{self, Interrupted};

/// The terminal that the process belongs to, whatever its standard streams are.
pub struct Terminal {
    tty: Arc<File>,
    question: Arc<Mutex<Option<Question>>>,
}

/// What is being asked, and the settings to come back to.
struct Question {
    text: String,
    settings: Termios,
}

impl Terminal {
    /// Opens it, and sees to it that the echo comes back when a signal ends or stops the process in
    /// the middle of a question.
    ///
    /// Fails when the process has no terminal.
    pub fn open() -> io::Result<Self> {
        let tty = Arc::new(OpenOptions::new().read(true).write(true).open("/dev/tty")?);
        let question = Arc::new(Mutex::new(None::<Question>));
        signals::watch(Asking { tty: Arc::clone(&tty), question: Arc::clone(&question) })?;
        Ok(Terminal { tty, question })
    }

    /// Asks, and gives the line typed, its line end included, or at most `limit` bytes of it.
    pub fn ask(&self, text: &str, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        let settings = tcgetattr(&self.tty)?;
        let question = Question { text: text.to_owned(), settings };
        let hidden = question.put(&self.tty);
        self.set(Some(question));
        let line = hidden.and_then(|()| self.line(limit));
        if line.as_ref().is_ok_and(|line| line.is_empty()) {
            // Ctrl-D shows nothing, and what is said next begins a line.
            let _ = (&*self.tty).write_all(b"\n");
        }
        if let Some(question) = self.set(None) {
            // What is left of a line that is too long goes too: the shell must not get it.
            tcsetattr(&self.tty, SetArg::TCSAFLUSH, &question.settings)?;
        }
        line
    }

    fn set(&self, question: Option<Question>) -> Option<Question> {
        let mut asking = self.question.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut asking, question)
    }

    /// The kernel edits the line; a read gives the whole of it, or a part where Ctrl-D was typed.
    fn line(&self, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(vec![0; limit]);
        let mut length = 0;
        while length < limit && !line[..length].ends_with(b"\n") {
            match (&*self.tty).read(&mut line[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        line.truncate(length);
        Ok(line)
    }
}

/// The question that a signal may come upon.
struct Asking {
    tty: Arc<File>,
    question: Arc<Mutex<Option<Question>>>,
}

impl Interrupted for Asking {
    fn before(&self, _signal: c_int) {
        if let Some(question) = &*self.question.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = tcsetattr(&self.tty, SetArg::TCSAFLUSH, &question.settings);
            let _ = (&*self.tty).write_all(b"\n");
        }
    }

    fn after(&self) {
        if let Some(question) = &*self.question.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = question.put(&self.tty);
        }
    }
}

impl Question {
    /// Turns the echo off, but for the final line end, and shows the question.
    fn put(&self, mut tty: &File) -> io::Result<()> {
        let mut hidden = self.settings.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        hidden.local_flags.insert(LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
        tcsetattr(tty, SetArg::TCSADRAIN, &hidden)?;
        tty.write_all(self.text.as_bytes())
    }
}
