//! Where a result goes: standard output, or a file that only its owner can read.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context as _, bail, ensure};
use tempfile::{NamedTempFile, TempPath};

use crate::cli::OutputArgs;
use crate::messages;
use crate::platform::{self, BlockedSignals};

/// The error for a reader that closes standard output before everything is written.
#[derive(Debug, thiserror::Error)]
#[error("the reader of standard output closed it")]
pub struct ReaderGone;

/// A function that writes the contents of a file.
pub type Contents<'a> = &'a dyn Fn(&mut File) -> io::Result<()>;

/// Where a command writes its result, and generated passwords. Files have been checked to be writable.
pub struct Destination {
    /// The files of the result. If there are none, it goes to standard output.
    outputs: Vec<NewFile>,
    password_out: Option<NewFile>,
}

impl Destination {
    /// Checks the files before a password is asked for.
    ///
    /// # Errors
    ///
    /// Fails if one cannot be created, exists already (without `--force`) or is not a regular file, or
    /// if both are the same.
    pub fn new(args: OutputArgs, password_out: Option<&Path>) -> anyhow::Result<Self> {
        let outputs: Vec<_> = args.output.into_iter().filter(|path| !is_hyphen(path)).collect();
        Self::check(&outputs, args.force, password_out)
    }

    /// Checks `count` numbered files that take the place of `--output`: `new-1.xml`, `new-2.xml` and
    /// so on for `new.xml`.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::new`] does, and if there is another file of such a name.
    pub fn split(
        args: OutputArgs,
        password_out: Option<&Path>,
        count: usize,
    ) -> anyhow::Result<Self> {
        let path = args.output.filter(|path| !is_hyphen(path));
        let path =
            path.context("--split: standard output takes one document: use --output FILE")?;
        Self::check(&numbered(&path, count, password_out)?, args.force, password_out)
    }

    /// Checks the documents of a plan, which have these names in a directory. It is created if needed.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::new`] does, and if there is a document of another plan.
    pub fn directory(
        directory: &Path,
        names: &[String],
        force: bool,
        password_out: Option<&Path>,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("--output: can't create the directory {directory:?}"))?;
        let own: HashSet<&OsStr> = names.iter().map(OsStr::new).collect();
        let is_other = |name: &OsStr| is_request(&name.to_string_lossy()) && !own.contains(name);
        no_other_parts(directory, password_out, is_other)?;
        let outputs: Vec<_> = names.iter().map(|name| directory.join(name)).collect();
        Self::check(&outputs, force, password_out)
    }

    fn check(
        outputs: &[PathBuf],
        force: bool,
        password_out: Option<&Path>,
    ) -> anyhow::Result<Self> {
        ensure!(
            password_out.is_none_or(|path| !is_hyphen(path)),
            "--password-out: - is not a file: use the name of one, or leave the flag out with a format that \
             contains the password"
        );
        let check = |flag, path| NewFile::new(flag, path, force);
        let outputs: Vec<_> =
            outputs.iter().map(|path| check("--output", path)).collect::<anyhow::Result<_>>()?;
        let password_out = password_out.map(|path| check("--password-out", path)).transpose()?;
        if let Some(password_out) = &password_out {
            ensure!(
                outputs.iter().all(|output| output.path != password_out.path),
                "--password-out: the same file as --output: use another"
            );
        }
        Ok(Destination { outputs, password_out })
    }

    /// Returns true if generated passwords go to a separate file.
    pub fn has_password_file(&self) -> bool {
        self.password_out.is_some()
    }

    /// Writes `passwords`, if there is a file for them, and then `result`.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::write_all`] does.
    pub fn write(
        &self,
        result: Contents<'_>,
        passwords: Option<Contents<'_>>,
    ) -> anyhow::Result<()> {
        self.write_all(&[result], passwords)
    }

    /// Writes `passwords`, if there is a file for them, and then `results`: one for each output file.
    ///
    /// All files are complete on disk before the first of them gets its name, and the passwords get theirs
    /// before any result can be read. Termination signals are blocked while there are temporary files.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be written. In that case, none of the results is.
    pub fn write_all(
        &self,
        results: &[Contents<'_>],
        passwords: Option<Contents<'_>>,
    ) -> anyhow::Result<()> {
        let blocked = BlockedSignals::termination();
        let passwords = self.password_out.as_ref().zip(passwords);
        let passwords = passwords.map(|(file, contents)| file.stage(contents)).transpose()?;
        let outputs = self.outputs.iter().zip(results);
        let outputs: Vec<_> =
            outputs.map(|(file, contents)| file.stage(contents)).collect::<anyhow::Result<_>>()?;
        let written = passwords.map(Staged::publish).transpose()?;
        let rest = if outputs.is_empty() {
            drop(blocked);
            results.iter().try_for_each(|result| standard_output(result))
        } else {
            publish_all(outputs)
        };
        match written {
            Some(path) => rest.with_context(|| {
                format!("{path:?} contains the generated passwords, but the rest was not written")
            }),
            None => rest,
        }
    }
}

/// Returns true for the names of a plan's documents: `create.xml`, `create-1.xml`, `update-95.xml`.
fn is_request(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".xml") else { return false };
    let number = stem.strip_prefix("create-").or(stem.strip_prefix("update-"));
    stem == "create" || number.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns true for `-`, which means standard output.
fn is_hyphen(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns `count` paths like `path`, with numbers of the same width.
///
/// # Errors
///
/// Fails if there is a file with another number: a loop over all parts would take it for a part of this
/// run.
fn numbered(
    path: &Path,
    count: usize,
    password_out: Option<&Path>,
) -> anyhow::Result<Vec<PathBuf>> {
    let (Some(stem), Some(parent)) = (path.file_stem(), path.parent()) else {
        bail!("--output: {path:?} is not a file name: use the name of a file");
    };
    let mut prefix = stem.to_owned();
    prefix.push("-");
    let mut suffix = OsString::new();
    if let Some(extension) = path.extension() {
        suffix.push(".");
        suffix.push(extension);
    }
    let width = count.to_string().len();
    let name = |number: usize| {
        let mut name = prefix.clone();
        name.push(format!("{number:0width$}"));
        name.push(&suffix);
        name
    };
    let names: Vec<OsString> = (1..=count).map(name).collect();

    // Numbers of one width are sorted by their text.
    let is_other_part = |name: &OsStr| {
        let number = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
        let number = number.and_then(|rest| rest.strip_suffix(suffix.as_encoded_bytes()));
        number.is_some_and(|number| !number.is_empty() && number.iter().all(u8::is_ascii_digit))
            && names.binary_search_by(|part| part.as_os_str().cmp(name)).is_err()
    };
    let directory = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    no_other_parts(directory, password_out, is_other_part)?;
    Ok(names.into_iter().map(|name| parent.join(name)).collect())
}

/// Checks that neither a file in `directory` nor `password_out` is a part of another run.
fn no_other_parts(
    directory: &Path,
    password_out: Option<&Path>,
    is_other_part: impl Fn(&OsStr) -> bool,
) -> anyhow::Result<()> {
    if let Some(name) = password_out.and_then(Path::file_name) {
        ensure!(
            !is_other_part(name),
            "--password-out: {name:?} looks like a part of the output, and would be posted \
             with the others: use another name"
        );
    }
    let unreadable = || format!("--output: can't read the directory {directory:?}");
    for entry in fs::read_dir(directory).with_context(unreadable)? {
        let name = entry.with_context(unreadable)?.file_name();
        ensure!(
            !is_other_part(&name),
            "--output: {name:?} looks like a part of another run, and would be posted with the \
             others: remove it, or use another --output"
        );
    }
    Ok(())
}

/// A file to be written.
struct NewFile {
    /// The flag that it comes from, for errors.
    flag: &'static str,
    directory: PathBuf,
    path: PathBuf,
    /// Whether it may replace an existing file.
    force: bool,
    /// Creates it under a temporary name, with its final permissions.
    create: fn(&Path) -> io::Result<File>,
}

impl NewFile {
    /// Checks that a private file can be written.
    fn new(flag: &'static str, path: &Path, force: bool) -> anyhow::Result<Self> {
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            bail!("{flag}: {path:?} is not a file name: use the name of a file");
        };
        let ends_as_directory = path.to_string_lossy().ends_with(std::path::is_separator);
        let is_directory = ends_as_directory || path.is_dir() && !path.is_symlink();
        ensure!(!is_directory, "{flag}: {path:?} is a directory: use the name of a file in it");
        let existing = path.symlink_metadata();
        if existing.is_ok() || platform::is_device(name) {
            ensure!(
                existing.is_ok_and(|it| it.is_file()) && !platform::is_device(name),
                "{flag}: {path:?} is not a regular file: use another, or leave the flag out"
            );
            ensure!(force, already_exists(flag, path));
        }
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let directory = fs::canonicalize(parent)
            .with_context(|| format!("{flag}: can't write in the directory {parent:?}"))?;
        let path = directory.join(name);
        let file = NewFile { flag, path, directory, force, create: platform::create_private };
        let _blocked = BlockedSignals::termination();
        drop(file.create().map_err(|error| file.error(error))?);
        Ok(file)
    }

    /// Creates a temporary file in the same directory.
    fn create(&self) -> io::Result<NamedTempFile> {
        // The errors of `tempfile_in` lack the system's message.
        let mut builder = tempfile::Builder::new();
        builder.prefix(".bwsip-").make_in(&self.directory, self.create)
    }

    /// Writes a temporary file, and syncs it to disk.
    fn stage(&self, contents: Contents<'_>) -> anyhow::Result<Staged<'_>> {
        let write = || {
            let mut file = self.create()?;
            contents(file.as_file_mut())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(|error| self.error(error))?;
        Ok(Staged { target: self, file: file.into_temp_path() })
    }

    fn error(&self, error: io::Error) -> anyhow::Error {
        anyhow::Error::new(error).context(format!("{}: can't write {:?}", self.flag, self.path))
    }
}

fn already_exists(flag: &str, path: &Path) -> String {
    format!("{flag}: {path:?} already exists: use another name, or pass --force to replace it")
}

/// A complete temporary file, which is removed unless it is published.
struct Staged<'a> {
    target: &'a NewFile,
    /// It is closed, because there may be more files than a process can have open.
    file: TempPath,
}

/// Publishes all files, or none of them.
fn publish_all(files: Vec<Staged<'_>>) -> anyhow::Result<()> {
    let mut published = Vec::new();
    for file in files {
        match file.publish() {
            Ok(path) => published.push(path),
            Err(error) => {
                published.retain(|path| fs::remove_file(path).is_err());
                if published.is_empty() {
                    return Err(error);
                }
                return Err(error.context(format!("{published:?} were written")));
            }
        }
    }
    Ok(())
}

impl<'a> Staged<'a> {
    /// Renames the file to its final name, and returns that.
    fn publish(self) -> anyhow::Result<&'a Path> {
        let Staged { target, file } = self;
        let persisted = if target.force {
            file.persist(&target.path)
        } else {
            file.persist_noclobber(&target.path)
        };
        persisted.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => {
                anyhow::Error::msg(already_exists(target.flag, &target.path))
            }
            _ => target.error(error.error),
        })?;
        // The new name is on disk once the directory is. Some file systems cannot sync one.
        let _ = File::open(&target.directory).and_then(|directory| directory.sync_all());
        Ok(&target.path)
    }
}

/// Writes files that are not secret, each with its name, to a directory that is created if needed.
/// Replaces existing files. Each file is written completely or not at all.
///
/// # Errors
///
/// Fails if a file cannot be written; the error names it after `what`.
pub fn public_files(
    what: &'static str,
    directory: &Path,
    files: &[(String, Vec<u8>)],
) -> anyhow::Result<()> {
    fs::create_dir_all(directory)
        .with_context(|| format!("{what}: can't create the directory {directory:?}"))?;
    let new_file = |name| {
        let (directory, path) = (directory.to_owned(), directory.join(name));
        NewFile { flag: what, directory, path, force: true, create: |path| File::create_new(path) }
    };
    let targets: Vec<_> = files.iter().map(|(name, _)| new_file(name)).collect();
    let _blocked = BlockedSignals::termination();
    let staged = targets.iter().zip(files);
    let staged: Vec<_> = staged
        .map(|(target, (_, contents))| target.stage(&|out| out.write_all(contents)))
        .collect::<anyhow::Result<_>>()?;
    staged.into_iter().try_for_each(|file| file.publish().map(drop))
}

/// Writes `result` to standard output without a buffer, which would keep a copy of it.
///
/// # Errors
///
/// Fails if it cannot be written: with [`ReaderGone`] if standard output is a pipe that is closed.
pub fn standard_output(result: Contents<'_>) -> anyhow::Result<()> {
    let write = || {
        let mut stdout = platform::stdout()?;
        result(&mut stdout)?;
        platform::close(stdout)
    };
    write().map_err(|error| {
        if platform::is_reader_gone(&error) {
            ReaderGone.into()
        } else {
            anyhow::Error::new(error).context("can't write to standard output")
        }
    })
}

/// Prints a help text or the version, in color on a terminal.
pub fn help(text: &clap::builder::StyledStr) -> anyhow::Result<()> {
    match messages::color_choice(&io::stdout()) {
        ColorChoice::Never => {
            let text = text.to_string();
            standard_output(&|out| out.write_all(text.as_bytes()))
        }
        // anstream enables colors on consoles of Windows.
        color => AutoStream::new(io::stdout(), color)
            .write_all(text.ansi().to_string().as_bytes())
            .context("can't write to standard output"),
    }
}
