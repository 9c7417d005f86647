//! Windows.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::io::AsHandle as _;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::thread;

use anyhow::ensure;
use bwsip::SecretBuf;
use same_file::Handle;

/// Prepares the process for secrets; call it before anything else. Windows needs nothing.
pub fn prepare() -> io::Result<()> {
    Ok(())
}

/// Checks that all arguments are Unicode.
///
/// # Errors
///
/// Fails if one is not: no file name, password or name would be what was typed.
pub fn check_arguments(arguments: &[OsString]) -> anyhow::Result<()> {
    for (index, argument) in arguments.iter().enumerate() {
        ensure!(
            argument.to_str().is_some(),
            "wrong usage: argument {index} is not Unicode: type it again"
        );
    }
    Ok(())
}

/// Returns an argument or a variable as UTF-8, or `None` if it is not Unicode.
pub fn bytes(value: OsString) -> Option<Vec<u8>> {
    value.into_string().ok().map(String::into_bytes)
}

/// Returns true if a file of this name would be a device, in whatever directory.
pub fn is_device(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is_port = |port: &str| {
        let number = stem.strip_prefix(port).unwrap_or_default();
        matches!(number, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9")
    };
    matches!(stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || is_port("COM")
        || is_port("LPT")
}

/// The number of values of [`BlockedSignals`].
static BLOCKERS: Mutex<usize> = Mutex::new(0);
static UNBLOCKED: Condvar = Condvar::new();
/// Whether the process ends once nothing blocks it.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Blocks Ctrl-C and Ctrl-Break until it is dropped.
pub struct BlockedSignals(());

impl BlockedSignals {
    /// Blocks what would end the process.
    #[must_use]
    pub fn termination() -> Self {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(|| ctrlc::set_handler(end).expect("this is the only handler"));
        *BLOCKERS.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        BlockedSignals(())
    }
}

impl BlockedSignals {
    /// Returns true if a signal is held back.
    pub fn is_pending(&self) -> bool {
        ENDS.load(Ordering::Relaxed)
    }

    /// Lets a signal that is held back end the process.
    pub fn deliver(&self) {
        drop(BlockedSignals(()));
        // `end` runs in another thread.
        loop {
            thread::park();
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        *BLOCKERS.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        UNBLOCKED.notify_all();
    }
}

/// Ends the process once nothing blocks it, with the exit status that Ctrl-C has without a handler.
fn end() {
    const STATUS_CONTROL_C_EXIT: i32 = 0xC000_013A_u32 as i32;
    ENDS.store(true, Ordering::Relaxed);
    let blockers = BLOCKERS.lock().unwrap_or_else(PoisonError::into_inner);
    // The lock is kept until the end, so that nothing blocks again.
    let _none = UNBLOCKED.wait_while(blockers, |blockers| *blockers > 0);
    process::exit(STATUS_CONTROL_C_EXIT);
}

/// Creates a file with the permissions of its directory.
pub fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Returns standard input without the buffer of [`io::Stdin`], which would keep a copy of a secret.
pub fn stdin() -> io::Result<File> {
    Ok(File::from(io::stdin().as_handle().try_clone_to_owned()?))
}

/// Returns standard output without a buffer.
pub fn stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}

/// Returns true if standard output is known to be closed.
pub fn may_be_closed(_stdout: &File) -> bool {
    false
}

/// Returns true if what is written to a file is known to be discarded.
pub fn is_null(_file: &File) -> bool {
    false
}

/// Returns true if an input is the same file as `path`. The input `-` is standard input.
pub fn is_same_file(input: &Path, path: &Path) -> bool {
    let input = if input.as_os_str() == "-" { Handle::stdin() } else { Handle::from_path(input) };
    input.is_ok_and(|input| Handle::from_path(path).is_ok_and(|file| file == input))
}

/// Returns true if a write failed because the pipe has no reader anymore.
pub fn is_reader_gone(error: &io::Error) -> bool {
    const ERROR_PIPE_NOT_CONNECTED: i32 = 233;
    error.kind() == io::ErrorKind::BrokenPipe
        || error.raw_os_error() == Some(ERROR_PIPE_NOT_CONNECTED)
}

/// Closes a file.
pub fn close(file: File) -> io::Result<()> {
    drop(file);
    Ok(())
}

/// The console of the process, even if its standard streams are redirected.
pub struct Terminal(());

impl Terminal {
    /// Returns the console. Without one, [`Terminal::prompt`] fails.
    pub fn open() -> io::Result<Self> {
        Ok(Terminal(()))
    }

    /// Prompts with `text`, without echo. Returns the line with a line ending.
    ///
    /// The length cannot be limited, because the console edits the line.
    pub fn prompt(&self, text: &str, _limit: usize) -> io::Result<SecretBuf> {
        let mut line = SecretBuf::from(rpassword::prompt_password(text)?.into_bytes());
        // rpassword returns it in place of half a surrogate pair.
        let replacement = char::REPLACEMENT_CHARACTER.to_string();
        if line.windows(replacement.len()).any(|bytes| bytes == replacement.as_bytes()) {
            let error = "a character was typed that is not Unicode";
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        line.extend_from_slice(b"\n");
        Ok(line)
    }
}
