//! Measures what `bwsip batch` costs, in ratios, so that the speed of the machine cancels out.
//!
//! ```sh
//! cargo bench --locked --bench batch
//! ```
//!
//! It takes about two minutes on an idle machine. Runs alternate, so that other load on the machine slows
//! down all of them, and each ratio is one of medians.
//!
//! - The command: `bwsip batch FILE -r REALM -f xml`, the whole process, with its output to a file and
//!   to `/dev/null`. A row has a username of 10 characters and a password of 22.
//! - The floor: the two MD5s of each row and nothing else, by the same crate, on one core.
//!
//! The environment variable `BWSIP` may name another build of the program to measure.
//!
//! Without `--bench`, as `cargo test --benches` runs it, it only checks that both compute the
//! same digests.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use md5::{Digest as _, Md5};
use nix::sys::resource::{UsageWho, getrusage};

const REALM: &str = "custxx.auth.bandwidth.com";

fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let directory = directory.path();
    if std::env::args().any(|arg| arg == "--bench") {
        // First, while this process is small: a child's peak includes that of its parent.
        let memory = peak_memory(directory)?;
        measure(directory)?;
        println!("peak memory of 300,000 rows / their file      {memory:.2}");
        return Ok(());
    }
    check(directory)
}

/// Checks that the command and the floor compute the same digests.
fn check(directory: &Path) -> anyhow::Result<()> {
    let file = write_file(directory, 1_000)?;
    let output = batch(&file).stdout(Stdio::piped()).stderr(Stdio::inherit()).output()?;
    let document = String::from_utf8(output.stdout)?;
    let elements = document.lines().filter(|line| line.contains("<Hash1"));
    let printed: Vec<_> = elements.filter_map(|it| it.split(['<', '>']).nth(2)).collect();
    let text = fs::read_to_string(&file)?;
    let mut computed = Vec::new();
    floor(&cells(&text), |digest| computed.push(hex::encode(digest)));
    ensure!(computed.len() == 2_000 && printed == computed, "the digests differ");
    Ok(())
}

const ROWS: usize = 300_000;

fn measure(directory: &Path) -> anyhow::Result<()> {
    let whole = write_file(directory, ROWS)?;
    let half = write_file(directory, ROWS / 2)?;
    let few = write_file(directory, 500)?;
    let output = directory.join("output.xml");

    let text = fs::read_to_string(&whole)?;
    let cells = cells(&text);
    for (cores, name) in [(1, "one core "), (2, "two cores")] {
        let _limit = CoreLimit::set(cores).context("cannot limit the cores")?;
        let [floor, to_file, to_null, half] = medians(
            21,
            [
                &mut || {
                    floor(&cells, |digest| {
                        black_box(digest);
                    });
                    Ok(())
                },
                &mut || run(&mut batch(&whole), File::create(&output)?),
                &mut || run(&mut batch(&whole), Stdio::null()),
                &mut || run(&mut batch(&half), Stdio::null()),
            ],
        )?;
        println!("300,000 rows to a file / the floor, {name}    {:.2}", to_file / floor);
        println!("300,000 rows to /dev/null / the floor, {name} {:.2}", to_null / floor);
        println!("300,000 rows / 150,000 rows, {name}           {:.2}", to_null / half);
    }
    let password = directory.join("password");
    fs::write(&password, "password")?;
    let mut hash = bwsip(&["hash", "-u", "ext0000001", "-f", "xml"]);
    hash.arg("--password-file").arg(password);
    let [one, few] = medians(
        501,
        [&mut || run(&mut hash, Stdio::null()), &mut || run(&mut batch(&few), Stdio::null())],
    )?;
    println!("500 rows / one hash                           {:.2}", few / one);
    Ok(())
}

/// Returns the command's peak memory, as a multiple of the size of their file.
fn peak_memory(directory: &Path) -> anyhow::Result<f64> {
    let file = write_file(directory, ROWS)?;
    run(&mut batch(&file), Stdio::null())?;
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    ensure!(peak > getrusage(UsageWho::RUSAGE_SELF)?.max_rss(), "the peak is this process's own");
    Ok(peak as f64 * unit / fs::metadata(&file)?.len() as f64)
}

/// Runs each task in turn, as often as told. Returns the median of each task's times, in seconds.
fn medians<const N: usize>(
    runs: usize,
    mut tasks: [&mut dyn FnMut() -> anyhow::Result<()>; N],
) -> anyhow::Result<[f64; N]> {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..runs {
        for (task, times) in tasks.iter_mut().zip(&mut times) {
            let start = Instant::now();
            task()?;
            times.push(start.elapsed());
        }
    }
    Ok(times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    }))
}

/// Limits this thread and its child processes to a few cores, until dropped.
#[cfg(target_os = "linux")]
struct CoreLimit(nix::sched::CpuSet);

#[cfg(target_os = "linux")]
impl CoreLimit {
    fn set(count: usize) -> anyhow::Result<Self> {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};

        let all = sched_getaffinity(THIS_THREAD)?;
        let mut some = CpuSet::new();
        let allowed: Vec<_> =
            (0..CpuSet::count()).filter(|cpu| all.is_set(*cpu) == Ok(true)).take(count).collect();
        ensure!(allowed.len() == count, "only {} are available", allowed.len());
        allowed.into_iter().try_for_each(|cpu| some.set(cpu))?;
        sched_setaffinity(THIS_THREAD, &some)?;
        Ok(CoreLimit(all))
    }
}

#[cfg(target_os = "linux")]
impl Drop for CoreLimit {
    fn drop(&mut self) {
        nix::sched::sched_setaffinity(THIS_THREAD, &self.0).expect("it had these cores before");
    }
}

#[cfg(target_os = "linux")]
const THIS_THREAD: nix::unistd::Pid = nix::unistd::Pid::from_raw(0);

#[cfg(not(target_os = "linux"))]
struct CoreLimit;

#[cfg(not(target_os = "linux"))]
impl CoreLimit {
    fn set(_: usize) -> anyhow::Result<Self> {
        anyhow::bail!("only Linux supports it")
    }
}

fn write_file(directory: &Path, rows: usize) -> anyhow::Result<PathBuf> {
    let mut csv = "username,password\n".to_owned();
    for row in 1..=rows {
        writeln!(csv, "ext{row:07},{}", password(row))?;
    }
    let path = directory.join(format!("{rows}.csv"));
    fs::write(&path, csv)?;
    Ok(path)
}

/// Returns 22 letters and digits that depend only on the row.
fn password(row: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = row as u64;
    let letter = |_| {
        // Knuth's MMIX generator, whose high bits are the good ones.
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        char::from(ALPHABET[(state >> 33) as usize % ALPHABET.len()])
    };
    (0..22).map(letter).collect()
}

/// Returns the username and the password of each row.
fn cells(text: &str) -> Vec<(&str, &str)> {
    text.lines().skip(1).filter_map(|line| line.split_once(',')).collect()
}

/// Computes the two digests of each row.
fn floor(rows: &[(&str, &str)], mut sink: impl FnMut([u8; 16])) {
    let realm = black_box(REALM);
    let md5 = |pieces: &[&str]| {
        let mut md5 = Md5::new();
        pieces.iter().for_each(|piece| md5.update(piece));
        md5.finalize().into()
    };
    for (username, password) in rows {
        sink(md5(&[username, ":", realm, ":", password]));
        sink(md5(&[username, "@", realm, ":", realm, ":", password]));
    }
}

fn bwsip(args: &[&str]) -> Command {
    let program = std::env::var_os("BWSIP").unwrap_or(env!("CARGO_BIN_EXE_bwsip").into());
    let mut command = Command::new(program);
    command.env_remove("BWSIP_PASSWORD").args(args).args(["-r", REALM]);
    command
}

fn batch(file: &Path) -> Command {
    let mut command = bwsip(&["batch", "-f", "xml"]);
    command.arg(file);
    command
}

/// Runs a command with its output to `stdout`.
fn run(command: &mut Command, stdout: impl Into<Stdio>) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).stdout(stdout).status()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}
