//! Where a result goes: standard output, or a file that only its owner can read.

use std::collections::{BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context as _, bail, ensure};
use tempfile::{NamedTempFile, TempPath};

use crate::cli::{GenerateArgs, OutputArgs};
use crate::messages;
use crate::platform::{self, BlockedSignals};

/// The error for a reader that closes standard output before everything is written.
#[derive(Debug, thiserror::Error)]
#[error("the reader of standard output closed it")]
pub struct ReaderGone;

/// A function that writes the contents of a file.
pub type Contents<'a> = &'a dyn Fn(&mut File) -> io::Result<()>;

/// Where a command writes its result, and generated passwords. Files have been checked to be writable.
///
/// [`Destination::new`] is for one document, [`Destination::split`] for numbered parts of one, and
/// [`Destination::directory`] for documents with names of their own. Whichever it is,
/// [`Destination::write_all`] publishes all files, with that of the passwords, or leaves all as they were.
pub struct Destination {
    /// The files of the result. If there are none, it goes to standard output.
    outputs: Vec<NewFile>,
    password_out: Option<NewFile>,
}

impl Destination {
    /// Checks the files before a password is asked for. `inputs` are the files that the command reads; `-`
    /// is standard input.
    ///
    /// # Errors
    ///
    /// Fails if one cannot be created, exists already (without `--force`), is not a regular file, or is
    /// also an input; if both are the same; and if standard output is needed, but cannot be written, may be
    /// closed, or discards a generated password.
    pub fn new(
        args: OutputArgs,
        generate: &GenerateArgs,
        inputs: &[&Path],
    ) -> anyhow::Result<Self> {
        let outputs: Vec<_> = args.output.into_iter().filter(|path| !is_hyphen(path)).collect();
        let password_out = generate.password_out.as_deref();
        if outputs.is_empty() {
            let stdout = open_stdout()?;
            ensure!(
                !(platform::is_null(&stdout)
                    && generate.generate_password
                    && password_out.is_none()),
                "--generate-password: standard output is closed or /dev/null, so the password would be \
                 lost: redirect it, or add --password-out FILE"
            );
            ensure_open(&stdout)?;
        }
        Self::check(&outputs, args.force, password_out, inputs)
    }

    /// Checks `count` numbered files that take the place of `--output`: `new-1.xml`, `new-2.xml` and
    /// so on for `new.xml`.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::directory`] does.
    pub fn split(
        args: OutputArgs,
        password_out: Option<&Path>,
        inputs: &[&Path],
        count: usize,
    ) -> anyhow::Result<Self> {
        let path = args.output.filter(|path| !is_hyphen(path));
        let path =
            path.context("--split: standard output takes one document: use --output FILE")?;
        let (Some(stem), Some(parent)) = (path.file_stem(), path.parent()) else {
            bail!("--output: {NOT_A_NAME}");
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
        let is_part = |name: &OsStr| {
            let number = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
            let number = number.and_then(|rest| rest.strip_suffix(suffix.as_encoded_bytes()));
            number.is_some_and(|it| !it.is_empty() && it.iter().all(u8::is_ascii_digit))
        };
        let names: Vec<_> = (1..=count).map(name).collect();
        Self::directory(parent, &names, is_part, args.force, password_out, inputs)
    }

    /// Checks files with these `names` in a directory. `is_part` returns true for names that later runs of
    /// the command could give.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::new`] does, and if there is a file that this run does not write and whose
    /// name is one of `is_part`: a loop over all parts would take it for a part of this run.
    pub fn directory(
        directory: &Path,
        names: &[OsString],
        is_part: impl Fn(&OsStr) -> bool,
        force: bool,
        password_out: Option<&Path>,
        inputs: &[&Path],
    ) -> anyhow::Result<Self> {
        let own: HashSet<&OsStr> = names.iter().map(OsString::as_os_str).collect();
        let is_stale = |name: &OsStr| is_part(name) && !own.contains(name);
        if let Some(name) = password_out.and_then(Path::file_name).filter(|name| is_stale(name)) {
            bail!(
                "--password-out: {name:?} looks like a part of the output, and would be posted \
                 with the others: use another name"
            );
        }
        let unreadable = "--output: can't read its directory";
        for entry in fs::read_dir(or_current(directory)).context(unreadable)? {
            let name = entry.context(unreadable)?.file_name();
            ensure!(
                !is_stale(&name),
                "--output: {name:?} looks like a part of another run, and would be posted with the \
                 others: remove it, or use another --output"
            );
        }
        let outputs: Vec<_> = names.iter().map(|name| directory.join(name)).collect();
        Self::check(&outputs, force, password_out, inputs)
    }

    fn check(
        outputs: &[PathBuf],
        force: bool,
        password_out: Option<&Path>,
        inputs: &[&Path],
    ) -> anyhow::Result<Self> {
        ensure!(
            password_out.is_none_or(|path| !is_hyphen(path)),
            "--password-out: - is not a file: use the name of one, or leave the flag out with a format that \
             contains the password"
        );
        let check = |flag, path| NewFile::new(flag, path, force, inputs);
        let outputs: Vec<_> =
            outputs.iter().map(|path| check("--output", path)).collect::<anyhow::Result<_>>()?;
        let password_out = password_out.map(|path| check("--password-out", path)).transpose()?;
        if let Some(password_out) = &password_out {
            ensure!(
                outputs.iter().all(|output| output.path != password_out.path),
                "--password-out: the same file as --output: use another"
            );
        }
        // Parts of a document are in the same directory.
        let distinct = outputs.first().into_iter().chain(&password_out);
        distinct.into_iter().try_for_each(NewFile::probe)?;
        Ok(Destination { outputs, password_out })
    }

    /// Writes `passwords`, if there is a file for them, and then `results`: one for each output file.
    ///
    /// All files are complete on disk before the first of them gets its name. On standard output, nothing is
    /// written before the passwords are on disk. Termination signals are blocked while there are temporary
    /// files.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be written. In that case, all files are as they were, and existing ones have
    /// their old contents. If standard output cannot be written, the passwords are kept.
    pub fn write_all(
        &self,
        results: &[Contents<'_>],
        passwords: Option<Contents<'_>>,
    ) -> anyhow::Result<()> {
        let blocked = BlockedSignals::termination();
        let outputs = self.outputs.iter().zip(results.iter().copied());
        let files: Vec<_> = self.password_out.iter().zip(passwords).chain(outputs).collect();
        publish(stage(&files, &blocked)?)?;
        drop(blocked);
        if !self.outputs.is_empty() {
            return Ok(());
        }
        let printed = results.iter().try_for_each(|result| standard_output(result));
        match &self.password_out {
            Some(NewFile { path, .. }) => printed.with_context(|| {
                format!("{path:?} contains the generated passwords, but the rest was not written")
            }),
            None => printed,
        }
    }
}

/// The error for a path that does not end with a name. It may be a secret in the wrong place.
const NOT_A_NAME: &str = "this is not a file name: use the name of a file";

/// Returns true for `-`, which means standard output.
fn is_hyphen(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the directory itself, or the current one for an empty path.
fn or_current(directory: &Path) -> &Path {
    if directory.as_os_str().is_empty() { Path::new(".") } else { directory }
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
    /// Checks the name of a private file.
    ///
    /// # Errors
    ///
    /// Fails as [`Destination::new`] does. No error contains the name of a file that does not exist, because
    /// it may be a secret in the wrong place.
    fn new(flag: &'static str, path: &Path, force: bool, inputs: &[&Path]) -> anyhow::Result<Self> {
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else {
            bail!("{flag}: {NOT_A_NAME}");
        };
        let ends_as_directory = path.to_string_lossy().ends_with(std::path::is_separator);
        let is_directory = ends_as_directory || path.is_dir() && !path.is_symlink();
        ensure!(!is_directory, "{flag}: this is a directory: use the name of a file in it");
        let directory = fs::canonicalize(or_current(parent))
            .with_context(|| format!("{flag}: can't write in the directory of this file"))?;
        let path = directory.join(name);
        let existing = match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            existing => Some(existing.with_context(|| format!("{flag}: can't write this file"))?),
        };
        let is_device = platform::is_device(name);
        ensure!(
            !is_device && existing.as_ref().is_none_or(fs::Metadata::is_file),
            "{flag}: {name:?} is not a regular file: use another, or leave the flag out"
        );
        let file = NewFile { flag, path, directory, force, create: platform::create_private };
        if existing.is_some() {
            ensure!(
                !inputs.iter().any(|input| platform::is_same_file(input, &file.path)),
                "{flag}: {name:?} is a file that the command reads: use another name"
            );
            ensure!(force, file.already_exists());
            // Fails in any case, and for another reason if the file can be removed.
            match fs::remove_dir(&file.path) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(file.error(error));
                }
                _ => {}
            }
        }
        Ok(file)
    }

    /// Checks that a file can be written in the directory, and renamed there.
    fn probe(&self) -> anyhow::Result<()> {
        let _blocked = BlockedSignals::termination();
        let probe = || {
            let file = self.create()?.into_temp_path();
            let renamed = file.with_extension("renamed");
            file.persist_noclobber(&renamed)?;
            fs::remove_file(renamed)
        };
        probe().map_err(|error| self.error(error))
    }

    /// Creates a temporary file in the same directory.
    fn create(&self) -> io::Result<NamedTempFile> {
        self.temporary(self.create)
    }

    /// Creates something with a temporary name in the same directory.
    fn temporary<T>(
        &self,
        create: impl FnMut(&Path) -> io::Result<T>,
    ) -> io::Result<NamedTempFile<T>> {
        // The errors of `tempfile_in` lack the system's message.
        tempfile::Builder::new().prefix(".bwsip-").make_in(&self.directory, create)
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

    /// Gives the existing file, if there is one, another name, which is temporary.
    fn keep_old(&self) -> io::Result<Option<TempPath>> {
        if !self.path.symlink_metadata().is_ok_and(|existing| existing.is_file()) {
            return Ok(None);
        }
        let link = |name: &Path| fs::hard_link(&self.path, name);
        // Not every file system has hard links, and not every file may be linked.
        let rename = |name: &Path| fs::rename(&self.path, name);
        let kept = self.temporary(link).or_else(|_| self.temporary(rename))?;
        Ok(Some(kept.into_temp_path()))
    }

    fn error(&self, error: io::Error) -> anyhow::Error {
        let NewFile { flag, directory, path, .. } = self;
        let place = match path.symlink_metadata() {
            Ok(_) => format!("{path:?}"),
            Err(_) => format!("in the directory {directory:?}"),
        };
        anyhow::Error::new(error).context(format!("{flag}: can't write {place}"))
    }

    fn already_exists(&self) -> String {
        let NewFile { flag, path, .. } = self;
        let name = path.file_name().unwrap_or_default();
        format!("{flag}: {name:?} already exists: use another name, or pass --force to replace it")
    }
}

/// A complete temporary file, which is removed unless it is published.
struct Staged<'a> {
    target: &'a NewFile,
    /// It is closed, because there may be more files than a process can have open.
    file: TempPath,
}

/// Writes temporary files. If a signal ends the process, it does so before all are written.
fn stage<'a>(
    files: &[(&'a NewFile, Contents<'_>)],
    blocked: &BlockedSignals,
) -> anyhow::Result<Vec<Staged<'a>>> {
    let mut staged = Vec::with_capacity(files.len());
    let mut is_ignored = false;
    while let Some((target, contents)) = files.get(staged.len()) {
        if !is_ignored && !staged.is_empty() && blocked.is_pending() {
            staged.clear();
            blocked.deliver();
            is_ignored = true;
        } else {
            staged.push(target.stage(contents)?);
        }
    }
    Ok(staged)
}

/// Gives all files their names. If one fails, undoes what was done for the others.
fn publish(files: Vec<Staged<'_>>) -> anyhow::Result<()> {
    let mut published = Vec::with_capacity(files.len());
    let last = files.last().map(|file| &file.target.path);
    for file in files {
        let is_last = last == Some(&file.target.path);
        match file.publish(is_last) {
            Ok(file) => published.push(file),
            Err(error) => {
                let left: Vec<_> =
                    published.into_iter().rev().filter_map(Published::undo).collect();
                return Err(if left.is_empty() { error } else { error.context(left.join("; ")) });
            }
        }
    }
    // The new names are on disk once the directories are. Some file systems cannot sync one.
    let directories: BTreeSet<_> = published.iter().map(|file| &file.target.directory).collect();
    for directory in directories {
        let _ = File::open(directory).and_then(|directory| directory.sync_all());
    }
    Ok(())
}

impl<'a> Staged<'a> {
    /// Renames the file to its final name. Keeps the file that it replaces, unless it `is_last`, after which
    /// nothing fails.
    fn publish(self, is_last: bool) -> anyhow::Result<Published<'a>> {
        let Staged { target, file } = self;
        let old = if target.force && !is_last { target.keep_old() } else { Ok(None) };
        let old = old.map_err(|error| target.error(error))?;
        let persisted = if target.force {
            file.persist(&target.path)
        } else {
            file.persist_noclobber(&target.path)
        };
        let published = Published { target, old };
        match persisted {
            Ok(()) => Ok(published),
            Err(error) => {
                let left = published.old.is_some().then(|| published.undo()).flatten();
                let error = match error.error.kind() {
                    io::ErrorKind::AlreadyExists => anyhow::Error::msg(target.already_exists()),
                    _ => target.error(error.error),
                };
                Err(left.into_iter().fold(error, anyhow::Error::context))
            }
        }
    }
}

/// A file with its final name.
struct Published<'a> {
    target: &'a NewFile,
    /// The file that it replaced.
    old: Option<TempPath>,
}

impl Published<'_> {
    /// Removes the file, or puts the old one back. If that fails, returns what is there.
    fn undo(self) -> Option<String> {
        let path = &self.target.path;
        let Some(old) = self.old else {
            return fs::remove_file(path).err().map(|_| format!("{path:?} was written"));
        };
        // Renaming a file to another name of its own does nothing. Then the temporary name is removed.
        fs::rename(&old, path).err()?;
        let kept = old.keep().ok()?;
        Some(format!("{path:?} was replaced, and the old one is {kept:?}"))
    }
}

/// Writes files that are not secret, each with its name, to a directory that is created if needed.
/// Replaces existing files. Writes all of them, or none.
///
/// # Errors
///
/// Fails if a file cannot be written; the error names it after `what`.
pub fn public_files(
    what: &'static str,
    directory: &Path,
    files: &[(String, Vec<u8>)],
) -> anyhow::Result<()> {
    let unwritable = || format!("{what}: can't create the directory of that name");
    fs::create_dir_all(directory).with_context(unwritable)?;
    let directory = fs::canonicalize(directory).with_context(unwritable)?;
    let new_file = |name| {
        let (directory, path) = (directory.clone(), directory.join(name));
        NewFile { flag: what, directory, path, force: true, create: |path| File::create_new(path) }
    };
    let targets: Vec<_> = files.iter().map(|(name, _)| new_file(name)).collect();
    let writers: Vec<_> =
        files.iter().map(|(_, contents)| |out: &mut File| out.write_all(contents)).collect();
    let writers = writers.iter().map(|write| write as Contents<'_>);
    let blocked = BlockedSignals::termination();
    publish(stage(&targets.iter().zip(writers).collect::<Vec<_>>(), &blocked)?)
}

/// Opens standard output.
///
/// # Errors
///
/// Fails if it cannot be written.
fn open_stdout() -> anyhow::Result<File> {
    platform::stdout().context(UNWRITABLE)
}

const UNWRITABLE: &str = "can't write to standard output";

/// Checks that what is printed, and is all of the result, is not lost.
fn ensure_open(stdout: &File) -> anyhow::Result<()> {
    ensure!(
        !platform::may_be_closed(stdout),
        "standard output is closed, or discarded by another program: redirect it to a file or a pipe"
    );
    Ok(())
}

/// Writes `result`, which is all that the command does, to standard output.
///
/// # Errors
///
/// Fails as [`print`] does, and if standard output may be closed.
pub fn standard_output(result: Contents<'_>) -> anyhow::Result<()> {
    ensure_open(&open_stdout()?)?;
    print(result)
}

/// Writes a text beside the result, such as the exit status or files, to standard output. It has no buffer,
/// which would keep a copy. A program may discard the text.
///
/// # Errors
///
/// Fails if it cannot be written: with [`ReaderGone`] if standard output is a pipe that is closed.
pub fn print(result: Contents<'_>) -> anyhow::Result<()> {
    let mut stdout = open_stdout()?;
    let write = || {
        result(&mut stdout)?;
        platform::close(stdout)
    };
    write().map_err(|error| {
        if platform::is_reader_gone(&error) {
            ReaderGone.into()
        } else {
            anyhow::Error::new(error).context(UNWRITABLE)
        }
    })
}

/// Prints a help text or the version, in color on a terminal.
pub fn help(text: &clap::builder::StyledStr) -> anyhow::Result<()> {
    match messages::color_choice(&io::stdout()) {
        ColorChoice::Never => {
            let text = text.to_string();
            print(&|out| out.write_all(text.as_bytes()))
        }
        // anstream enables colors on consoles of Windows.
        color => AutoStream::new(io::stdout(), color)
            .write_all(text.ansi().to_string().as_bytes())
            .context(UNWRITABLE),
    }
}
