//! Where a result goes: standard output, or a file that only its owner can read.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context as _, bail, ensure};
use tempfile::NamedTempFile;

use crate::cli::OutputArgs;
use crate::messages;
use crate::platform::{self, Held};

/// The reader of standard output closed it before all was written.
#[derive(Debug, thiserror::Error)]
#[error("the reader of standard output closed it")]
pub struct ReaderGone;

/// Writes a result, or its secret part, in one piece or several.
pub type Contents<'a> = &'a dyn Fn(&mut File) -> io::Result<()>;

/// The files that a command writes, found writable.
pub struct Destination {
    output: Option<NewFile>,
    password_out: Option<NewFile>,
}

impl Destination {
    /// Checks the files before a password is asked for.
    ///
    /// # Errors
    ///
    /// Fails if one cannot be created, exists already (without `--force`) or is no regular file, or
    /// if both are the same.
    pub fn new(args: OutputArgs, password_out: Option<&Path>) -> anyhow::Result<Self> {
        let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
        let checked = |flag, path: Option<&Path>| {
            path.map(|path| NewFile::new(flag, path, args.force)).transpose()
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
                output.path != password_out.path,
                "--password-out: the same file as --output: name another"
            );
        }
        Ok(Destination { output, password_out })
    }

    /// Returns true if a generated password has a file of its own.
    pub fn keeps_password(&self) -> bool {
        self.password_out.is_some()
    }

    /// Writes `passwords`, if there is a file for them, then `result`.
    ///
    /// Both files are complete on the disk before either has its name, and the one with the passwords
    /// has its name before any of the result can be seen. Signals that would end the process wait
    /// while there are temporary files.
    pub fn write(
        &self,
        result: Contents<'_>,
        passwords: Option<Contents<'_>>,
    ) -> anyhow::Result<()> {
        let held = Held::ending();
        let passwords = self.password_out.as_ref().zip(passwords);
        let passwords = passwords.map(|(file, contents)| file.stage(contents)).transpose()?;
        let output = self.output.as_ref().map(|file| file.stage(result)).transpose()?;
        let written = passwords.map(Staged::publish).transpose()?;
        let rest = match output {
            Some(file) => file.publish().map(drop),
            None => {
                drop(held);
                standard_output(result)
            }
        };
        match written {
            Some(path) => rest.with_context(|| {
                format!("{path:?} has what was generated, but the rest was not written")
            }),
            None => rest,
        }
    }
}

/// A file to be written, in a directory where that is possible.
struct NewFile {
    flag: &'static str,
    directory: PathBuf,
    path: PathBuf,
    force: bool,
}

impl NewFile {
    fn new(flag: &'static str, path: &Path, force: bool) -> anyhow::Result<Self> {
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            bail!("{flag}: {path:?} is no file name: name a file");
        };
        let ends_as_directory = path.to_string_lossy().ends_with(std::path::is_separator);
        let is_directory = ends_as_directory || path.is_dir() && !path.is_symlink();
        ensure!(!is_directory, "{flag}: {path:?} is a directory: name a file in it");
        let existing = path.symlink_metadata();
        if existing.is_ok() || platform::is_device(name) {
            ensure!(
                existing.is_ok_and(|it| it.is_file()) && !platform::is_device(name),
                "{flag}: {path:?} is no regular file: name another, or leave the flag out"
            );
            ensure!(force, exists_already(flag, path));
        }
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let directory = fs::canonicalize(parent)
            .with_context(|| format!("{flag}: can't write in the directory {parent:?}"))?;
        let file = NewFile { flag, path: directory.join(name), directory, force };
        let _held = Held::ending();
        drop(file.create().map_err(|error| file.error(error))?);
        Ok(file)
    }

    /// Creates a temporary file beside the wanted one.
    fn create(&self) -> io::Result<NamedTempFile> {
        // The errors of `tempfile_in` lose the system's words.
        let mut builder = tempfile::Builder::new();
        builder.prefix(".bwsip-").make_in(&self.directory, platform::create_private)
    }

    /// Writes a temporary file, down to the disk.
    fn stage(&self, contents: Contents<'_>) -> anyhow::Result<Staged<'_>> {
        let write = || {
            let mut file = self.create()?;
            contents(file.as_file_mut())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(|error| self.error(error))?;
        Ok(Staged { wanted: self, file })
    }

    fn error(&self, error: io::Error) -> anyhow::Error {
        anyhow::Error::new(error).context(format!("{}: can't write {:?}", self.flag, self.path))
    }
}

fn exists_already(flag: &str, path: &Path) -> String {
    format!("{flag}: {path:?} exists already: name another, or pass --force to replace it")
}

/// A complete temporary file; removed if it never gets its name.
struct Staged<'a> {
    wanted: &'a NewFile,
    file: NamedTempFile,
}

impl<'a> Staged<'a> {
    /// Gives the file its name, and returns that.
    fn publish(self) -> anyhow::Result<&'a Path> {
        let Staged { wanted, file } = self;
        let persisted = match wanted.force {
            true => file.persist(&wanted.path),
            false => file.persist_noclobber(&wanted.path),
        };
        persisted.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => {
                anyhow::Error::msg(exists_already(wanted.flag, &wanted.path))
            }
            _ => wanted.error(error.error),
        })?;
        // The name is on the disk once the directory is. Some file systems cannot be asked.
        let _ = File::open(&wanted.directory).and_then(|directory| directory.sync_all());
        Ok(&wanted.path)
    }
}

/// Writes `result` without a buffer, which would keep a copy of it.
pub fn standard_output(result: Contents<'_>) -> anyhow::Result<()> {
    let write = || {
        let mut stdout = platform::stdout()?;
        result(&mut stdout)?;
        platform::close(stdout)
    };
    write().map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::BrokenPipe => ReaderGone.into(),
        _ => anyhow::Error::new(error).context("can't write to standard output"),
    })
}

/// Prints a help text or the version, in color on a terminal.
pub fn help(text: &clap::builder::StyledStr) -> anyhow::Result<()> {
    match messages::color_choice(&io::stdout()) {
        ColorChoice::Never => {
            let text = text.to_string();
            standard_output(&|out| out.write_all(text.as_bytes()))
        }
        // Consoles of Windows have to be told to show colors, which anstream does.
        color => AutoStream::new(io::stdout(), color)
            .write_all(text.ansi().to_string().as_bytes())
            .context("can't write to standard output"),
    }
}
