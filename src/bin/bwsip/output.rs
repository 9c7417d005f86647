//! Where a result goes: standard output, or a file that only its owner can read.

use std::ffi::c_int;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, bail, ensure};
use signal_hook::consts::{SIGTSTP, SIGXFSZ};
use tempfile::NamedTempFile;

use crate::cli::OutputArgs;
use crate::messages;
use crate::signals::{self, Interrupted};

/// The reader of standard output closed it before all was written.
#[derive(Debug)]
pub struct ReaderGone;

impl std::fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the reader of standard output closed it")
    }
}

impl std::error::Error for ReaderGone {}

/// Writes a result, or what of it is a secret, in one piece or several.
pub type Contents<'a> = &'a dyn Fn(&mut File) -> io::Result<()>;

/// The files that a command is to write, known to be writable as far as can be told beforehand.
pub struct Destination {
    output: Option<NewFile>,
    password_out: Option<NewFile>,
}

impl Destination {
    /// Fails when a file is there already (without `--force`), can't be made where it is wanted, or
    /// when both are the same: so that nobody types a password for nothing.
    pub fn new(args: OutputArgs, password_out: Option<&Path>) -> anyhow::Result<Self> {
        let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
        let checked = |flag, path: Option<&Path>| {
            path.map(|path| NewFile::check(flag, path, args.force)).transpose()
        };
        ensure!(
            password_out.is_none_or(|path| path.as_os_str() != "-"),
            "--password-out: - is no file: name one, or leave the flag out with a format that shows \
             the password"
        );
        let output = checked("--output", output)?;
        let password_out = checked("--password-out", password_out)?;
        if let (Some(output), Some(password_out)) = (&output, &password_out) {
            ensure!(
                output.path() != password_out.path(),
                "--password-out: the same file as --output: name another"
            );
        }
        Ok(Destination { output, password_out })
    }

    /// Whether a generated password has a file of its own.
    pub fn keeps_password(&self) -> bool {
        self.password_out.is_some()
    }

    /// Writes `passwords`, if there is a file for them, then `result`. Both files are complete on
    /// the disk before either has its name, and the passwords' has its name before any of the
    /// result can be seen.
    pub fn write(
        &self,
        result: Contents<'_>,
        passwords: Option<Contents<'_>>,
    ) -> anyhow::Result<()> {
        let files = [(&self.password_out, passwords), (&self.output, Some(result))];
        let unfinished = Unfinished::default();
        if self.password_out.is_some() || self.output.is_some() {
            unfinished.remove_on_signals().context("can't watch for signals")?;
        }
        let staged: Vec<_> = files
            .into_iter()
            .filter_map(|(file, contents)| Some(file.as_ref()?.stage(contents?, &unfinished)))
            .collect::<anyhow::Result<_>>()?;
        for file in staged {
            file.publish()?;
        }
        match self.output {
            Some(_) => Ok(()),
            None => standard_output(result),
        }
    }
}

/// A file to be written, in a directory that exists.
struct NewFile {
    flag: &'static str,
    directory: PathBuf,
    name: PathBuf,
    force: bool,
}

impl NewFile {
    fn check(flag: &'static str, path: &Path, force: bool) -> anyhow::Result<Self> {
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            bail!("{flag}: {path:?} is no file name: name a file");
        };
        ensure!(
            !path.as_os_str().as_encoded_bytes().ends_with(b"/") && !path.is_dir(),
            "{flag}: {path:?} is a directory: name a file in it"
        );
        if path.symlink_metadata().is_ok() {
            ensure!(
                path.metadata().is_ok_and(|it| it.is_file()) || path.is_symlink() && !path.exists(),
                "{flag}: {path:?} is no regular file: name another, or write to standard output"
            );
            ensure!(force, exists_already(flag, path));
        }
        let parent = match parent.as_os_str().is_empty() {
            true => Path::new("."),
            false => parent,
        };
        let directory = fs::canonicalize(parent)
            .with_context(|| format!("{flag}: can't write in the directory {parent:?}"))?;
        Ok(NewFile { flag, directory, name: name.into(), force })
    }

    fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// Writes a file beside the wanted one, for its owner alone, down to the disk.
    fn stage(&self, contents: Contents<'_>, unfinished: &Unfinished) -> anyhow::Result<Staged<'_>> {
        let write = || {
            let mut file =
                tempfile::Builder::new().prefix(".bwsip-").tempfile_in(&self.directory)?;
            unfinished.add(file.path());
            // Whatever the umask is.
            file.as_file().set_permissions(Permissions::from_mode(0o600))?;
            contents(file.as_file_mut())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(|error| self.error(error))?;
        Ok(Staged { wanted: self, file })
    }

    fn error(&self, error: io::Error) -> anyhow::Error {
        // tempfile adds the path of its own file, which says nothing to the user.
        let kind = error.kind();
        let error = error.raw_os_error().map_or(kind.into(), io::Error::from_raw_os_error);
        anyhow::Error::new(error).context(format!("{}: can't write {:?}", self.flag, self.path()))
    }
}

fn exists_already(flag: &str, path: &Path) -> String {
    format!("{flag}: {path:?} exists already: name another, or pass --force to replace it")
}

/// Files that do not have their names yet. They hold secrets.
#[derive(Clone, Default)]
struct Unfinished(Arc<Mutex<Vec<PathBuf>>>);

impl Unfinished {
    fn add(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(path.to_owned());
    }

    /// Removes them when a signal ends the process, and makes a file that may not grow further an
    /// error instead of a signal.
    fn remove_on_signals(&self) -> io::Result<()> {
        signal_hook::flag::register(SIGXFSZ, Arc::default())?;
        signals::watch(self.clone())
    }
}

impl Interrupted for Unfinished {
    fn before(&self, signal: c_int) {
        if signal != SIGTSTP {
            for path in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// A complete file that does not have its name yet; gone if it never gets it.
struct Staged<'a> {
    wanted: &'a NewFile,
    file: NamedTempFile,
}

impl Staged<'_> {
    fn publish(self) -> anyhow::Result<()> {
        let Staged { wanted, file } = self;
        let persisted = match wanted.force {
            true => file.persist(wanted.path()),
            false => file.persist_noclobber(wanted.path()),
        };
        persisted.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => {
                anyhow::Error::msg(exists_already(wanted.flag, &wanted.path()))
            }
            _ => wanted.error(error.error),
        })?;
        // The name is on the disk once the directory is. Not every file system can be asked.
        let _ = File::open(&wanted.directory).and_then(|directory| directory.sync_all());
        Ok(())
    }
}

/// Writes `result` past any buffer that would keep a copy, and closes the descriptor, for some file
/// systems tell only then that the disk is full.
pub fn standard_output(result: Contents<'_>) -> anyhow::Result<()> {
    let write = || {
        let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        result(&mut stdout)?;
        nix::unistd::close(stdout).map_err(io::Error::from)
    };
    write().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::BrokenPipe => ReaderGone.into(),
        _ => anyhow::Error::new(error).context("can't write to standard output"),
    })
}

/// Prints a help text or the version, in colour on a terminal.
pub fn help(text: &clap::builder::StyledStr) -> anyhow::Result<()> {
    let text = match messages::color_choice(&io::stdout()) {
        anstream::ColorChoice::Never => text.to_string(),
        _ => text.ansi().to_string(),
    };
    standard_output(&|out| out.write_all(text.as_bytes()))
}
