//! Unix.

mod prompt;

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use nix::sys::signal::{SigSet, SigmaskHow, Signal};

pub use prompt::Terminal;

/// The signals with which users, shells and terminals end a process.
const TERMINATION: [Signal; 4] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM];

/// The reason why blocking and unblocking signals succeeds.
const CANNOT_FAIL: &str = "pthread_sigmask fails only if `how` is invalid";

/// Prepares the process for secrets; call it before anything else.
///
/// Disables core dumps, which would contain them. Blocks the signal for a file that exceeds the limit
/// on its size, so that the write fails instead.
pub fn prepare() -> io::Result<()> {
    // Linux ignores a limit of 0 if core dumps are piped to a program.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    nix::sys::prctl::set_dumpable(false)?;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0)?;
    Ok(SigSet::from(Signal::SIGXFSZ).thread_block()?)
}

/// Checks the encoding of arguments. On Unix, any is accepted.
pub fn check_arguments(_arguments: &[OsString]) -> anyhow::Result<()> {
    Ok(())
}

/// Returns the bytes of an argument or a variable. On Unix, it always has some.
pub fn bytes(value: OsString) -> Option<Vec<u8>> {
    Some(value.into_vec())
}

/// Returns true if a file of this name would be a device, in whatever directory.
pub fn is_device(_name: &OsStr) -> bool {
    false
}

/// Blocks signals, in this thread and those that it starts, until it is dropped.
///
/// There is no handler, so a signal that was ignored when the process started stays ignored.
pub struct BlockedSignals {
    signals: SigSet,
    before: SigSet,
}

impl BlockedSignals {
    /// Blocks what would end the process.
    #[must_use]
    pub fn termination() -> Self {
        Self::new(TERMINATION)
    }

    /// Blocks `signals`. Other threads must have ended, or block them, too.
    fn new(signals: impl IntoIterator<Item = Signal>) -> Self {
        let signals: SigSet = signals.into_iter().collect();
        let before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK).expect(CANNOT_FAIL);
        BlockedSignals { signals, before }
    }

    /// Runs `action` with the signals unblocked.
    fn unblocked<T>(&self, action: impl FnOnce() -> T) -> T {
        self.signals.thread_unblock().expect(CANNOT_FAIL);
        let result = action();
        self.signals.thread_block().expect(CANNOT_FAIL);
        result
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        self.before.thread_set_mask().expect(CANNOT_FAIL);
    }
}

/// Creates a file that only its owner can read and write, with any umask.
pub fn create_private(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Returns standard input without the buffer of [`io::Stdin`], which would keep a copy of a secret.
pub fn stdin() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Returns standard output without a buffer.
pub fn stdout() -> io::Result<File> {
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

/// Returns true if a write failed because the pipe has no reader anymore.
pub fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Closes a file. Some file systems do not report a full disk before that.
pub fn close(file: File) -> io::Result<()> {
    Ok(nix::unistd::close(file)?)
}
