//! Unix.

mod prompt;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::unistd::getpid;

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

    /// Returns true if a signal is held back. It may be one that the process ignores.
    pub fn is_pending(&self) -> bool {
        // `sigpending` has no safe interface. `wait` takes the pending signal with the lowest number. That
        // of this one, which stays blocked, is higher than the others'.
        const MARKER: Signal = Signal::SIGXFSZ;
        let mut awaited = self.signals;
        awaited.add(MARKER);
        let send = |signal| kill(getpid(), signal).expect("a process may signal itself");
        send(MARKER);
        match awaited.wait() {
            Ok(signal) if signal != MARKER => {
                send(signal);
                true
            }
            _ => false,
        }
    }

    /// Lets signals that are held back end the process. Returns if they are ignored.
    pub fn deliver(&self) {
        self.unblocked(|| ());
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
    let permitted = file.set_permissions(Permissions::from_mode(0o600));
    permitted.inspect_err(|_| drop(fs::remove_file(path)))?;
    Ok(file)
}

/// Returns standard input without the buffer of [`io::Stdin`], which would keep a copy of a secret.
pub fn stdin() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Returns standard output without a buffer.
///
/// # Errors
///
/// Fails if it is open for reading only.
pub fn stdout() -> io::Result<File> {
    let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mode = OFlag::from_bits_retain(fcntl(&file, FcntlArg::F_GETFL)?) & OFlag::O_ACCMODE;
    if mode == OFlag::O_RDONLY {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is open for reading only"));
    }
    Ok(file)
}

/// Returns true if standard output may be closed.
///
/// Before `main`, the standard library opens `/dev/null` in its place, for reading and writing, as Python and
/// Node.js do to discard it. Nothing tells the two apart.
pub fn may_be_closed(stdout: &File) -> bool {
    let flags = fcntl(stdout, FcntlArg::F_GETFL).map(OFlag::from_bits_retain);
    is_null(stdout) && flags.is_ok_and(|flags| flags & OFlag::O_ACCMODE == OFlag::O_RDWR)
}

/// Returns true if what is written to a file is discarded.
pub fn is_null(file: &File) -> bool {
    let null = fs::metadata("/dev/null").map(|null| null.rdev());
    file.metadata().is_ok_and(|file| null.is_ok_and(|null| file.rdev() == null))
}

/// Returns true if an input is the same file as `path`. The input `-` is standard input.
pub fn is_same_file(input: &Path, path: &Path) -> bool {
    let input = match input.as_os_str() == "-" {
        true => stdin().and_then(|file| file.metadata()),
        false => fs::metadata(input),
    };
    let id = |file: fs::Metadata| (file.dev(), file.ino());
    input.is_ok_and(|input| fs::metadata(path).is_ok_and(|file| id(file) == id(input)))
}

/// Returns true if a write failed because the pipe has no reader anymore.
pub fn is_reader_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Closes a file. Some file systems do not report a full disk before that.
pub fn close(file: File) -> io::Result<()> {
    Ok(nix::unistd::close(file)?)
}
