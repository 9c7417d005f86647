//! What `bwsip batch` costs, beside the least that its job can cost, and beside a script.
//!
//! ```sh
//! cargo bench --locked --bench batch
//! ```
//!
//! takes about two minutes, wants a machine with nothing else to do, and ends with a table. Criterion
//! drives the runs and prints its estimates of their times; the table has ratios, each of the shortest
//! times of some 20 runs or more. Times alone would tell of the machine as much as of the code.
//!
//! - The command: `bwsip batch FILE -r REALM -f xml`, the whole process, its output to `/dev/null`.
//! - The floor: the two MD5s of each row and nothing else, by the same crate, on one core. The cells
//!   of the rows are in memory, and go into MD5 one by one.
//! - The floor, joined: the same, with both texts of each row in memory, one call of MD5 for each.
//! - The script: `batch.py` beside this file, which writes the same document. It uses one core.
//!
//! Without `--bench`, as `cargo test --all-targets` runs it, it only checks that all of these make
//! the same digests of a few rows.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use criterion::{Criterion, SamplingMode};
use md5::{Digest as _, Md5};
use nix::sys::resource::{UsageWho, getrusage};

const REALM: &str = "custxx.auth.bandwidth.com";

fn main() -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let directory = directory.path();
    if !std::env::args().any(|arg| arg == "--bench") {
        return check(directory);
    }
    // First, while this process is small: the system's number for a child may include its parent.
    let peak = peak_memory(directory)?;
    check(directory)?;
    measure(directory, peak)
}

/// Checks that all contenders make the same of the same rows.
fn check(directory: &Path) -> anyhow::Result<()> {
    let file = input(directory, 1_000)?;
    let document = output(batch(&file))?;
    let made: Vec<&str> = document
        .lines()
        .map(str::trim_start)
        .filter_map(|line| line.strip_prefix("<Hash1>").or(line.strip_prefix("<Hash1b>")))
        .filter_map(|rest| rest.get(..32))
        .collect();
    ensure!(made.len() == 2_000, "the command made {} digests", made.len());

    let text = fs::read_to_string(&file)?;
    let rows = rows(&text);
    let (mut of_cells, mut of_joined) = (Vec::new(), Vec::new());
    floor(&rows, |digest| of_cells.push(hex::encode(digest)));
    floor_joined(&Joined::of(&rows), |digest| of_joined.push(hex::encode(digest)));
    ensure!(made == of_cells, "the floor makes other digests than the command");
    ensure!(made == of_joined, "the floor, joined, makes other digests than the command");
    if let Some(script) = script(&file) {
        ensure!(document == output(script)?, "the script writes another document");
    }
    Ok(())
}

fn measure(directory: &Path, peak: f64) -> anyhow::Result<()> {
    let mut table = Table::default();
    let mut stopwatch = Stopwatch::new();
    let mut commands = Vec::new();
    for (count, name) in
        [(100_000, "100,000 rows"), (500_000, "500,000 rows"), (1_000_000, "1,000,000 rows")]
    {
        let file = input(directory, count)?;
        let command = CORES.map(|cores| {
            let label = format!("{name}/command, {}", cores.name);
            let run = || Some(whole(&mut batch(&file)));
            stopwatch.best(&label, || cores.keep_to(run).flatten())
        });
        commands.push(command);
        if count == 500_000 {
            continue;
        }

        let text = fs::read_to_string(&file)?;
        let rows = rows(&text);
        let in_parts = stopwatch.best(&format!("{name}/floor"), || {
            let start = Instant::now();
            floor(&rows, discard);
            Some(start.elapsed())
        });
        let texts = Joined::of(&rows);
        let joined = stopwatch.best(&format!("{name}/floor, joined"), || {
            let start = Instant::now();
            floor_joined(&texts, discard);
            Some(start.elapsed())
        });
        for (cores, time) in CORES.iter().zip(command) {
            let cores = cores.name;
            table.ratio(format!("command / floor, {name}, {cores}"), time, in_parts);
            table.ratio(format!("command / floor, joined, {name}, {cores}"), time, joined);
        }
        if count == 100_000 {
            let label = format!("{name}/script");
            let script = script(&file);
            let script =
                script.and_then(|mut script| stopwatch.best(&label, || Some(whole(&mut script))));
            for (cores, time) in CORES.iter().zip(command) {
                table.ratio(format!("script / command, {name}, {}", cores.name), script, time);
            }
        }
    }
    for (at, cores) in CORES.iter().enumerate() {
        let label = format!("1,000,000 rows / 500,000 rows, {}", cores.name);
        table.ratio(label, commands[2][at], commands[1][at]);
    }

    let file = input(directory, 1)?;
    let row = stopwatch.best("1 row/batch", || Some(whole(&mut batch(&file))));
    let password = directory.join("password");
    fs::write(&password, made_password(1))?;
    let mut hash = bwsip(&["hash", "-u", &made_username(1), "-f", "xml"]);
    hash.arg("--password-file").arg(&password);
    let single = stopwatch.best("1 row/hash", || Some(whole(&mut hash)));
    table.ratio("batch of one row / hash".to_owned(), row, single);
    table.line("peak memory of 1,000,000 rows / their file".to_owned(), Some(peak));
    table.print();
    Ok(())
}

/// The most memory that the command has of a million rows, as a multiple of the size of their file.
fn peak_memory(directory: &Path) -> anyhow::Result<f64> {
    let file = input(directory, 1_000_000)?;
    whole(&mut batch(&file));
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    ensure!(peak > getrusage(UsageWho::RUSAGE_SELF)?.max_rss(), "the peak is this process's own");
    Ok(peak as f64 * unit / fs::metadata(&file)?.len() as f64)
}

/// Has criterion drive the runs of one contender after another, and keeps the shortest time.
struct Stopwatch(Criterion);

impl Stopwatch {
    fn new() -> Self {
        Stopwatch(Criterion::default().without_plots().warm_up_time(Duration::from_millis(1)))
    }

    /// `name` is a group and a contender. `run` tells how long it took, or that it can't be.
    fn best(&mut self, name: &str, mut run: impl FnMut() -> Option<Duration>) -> Option<f64> {
        let mut best = run()?;
        let (group, contender) = name.split_once('/').unwrap_or(("", name));
        let mut group = self.0.benchmark_group(group);
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        // Two runs in each of the ten samples, if they are long.
        group.measurement_time((best * 15).max(Duration::from_secs(3)));
        group.bench_function(contender, |bencher| {
            bencher.iter_custom(|times| {
                let times = (0..times).filter_map(|_| run());
                times.inspect(|time| best = best.min(*time)).sum()
            });
        });
        Some(best.as_secs_f64())
    }
}

/// What is printed at the end.
#[derive(Default)]
struct Table(Vec<(String, Option<f64>)>);

impl Table {
    fn ratio(&mut self, label: String, over: Option<f64>, under: Option<f64>) {
        self.line(label, over.zip(under).map(|(over, under)| over / under));
    }

    fn line(&mut self, label: String, value: Option<f64>) {
        self.0.push((label, value));
    }

    fn print(&self) {
        println!();
        for (label, value) in &self.0 {
            match value {
                Some(value) => println!("{label:<52} {value:>6.2}"),
                None => {
                    println!("{label:<52} skipped: no python3, or no way to keep to so many cores");
                }
            }
        }
    }
}

/// How many processors a process may have.
struct Cores {
    name: &'static str,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    count: usize,
}

const CORES: [Cores; 2] =
    [Cores { name: "one core", count: 1 }, Cores { name: "two cores", count: 2 }];

impl Cores {
    /// Keeps this thread, and the processes that `work` starts, to so many of the processors. Gives
    /// nothing where that can't be.
    #[cfg(target_os = "linux")]
    fn keep_to<R>(&self, work: impl FnOnce() -> R) -> Option<R> {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        use nix::unistd::Pid;

        let this = Pid::from_raw(0);
        let all = sched_getaffinity(this).ok()?;
        let mut some = CpuSet::new();
        let allowed = (0..CpuSet::count()).filter(|it| all.is_set(*it).unwrap_or(false));
        let mut found = 0;
        for processor in allowed.take(self.count) {
            some.set(processor).ok()?;
            found += 1;
        }
        if found < self.count {
            return None;
        }
        sched_setaffinity(this, &some).ok()?;
        let result = work();
        sched_setaffinity(this, &all).ok()?;
        Some(result)
    }

    #[cfg(not(target_os = "linux"))]
    fn keep_to<R>(&self, _: impl FnOnce() -> R) -> Option<R> {
        None
    }
}

/// Writes a CSV file of so many rows.
fn input(directory: &Path, count: usize) -> io::Result<PathBuf> {
    let path = directory.join(format!("{count}.csv"));
    let mut file = BufWriter::new(File::create(&path)?);
    writeln!(file, "username,password")?;
    for row in 1..=count {
        writeln!(file, "{},{}", made_username(row), made_password(row))?;
    }
    file.flush()?;
    Ok(path)
}

fn made_username(row: usize) -> String {
    format!("ext{row:07}")
}

/// Always the same for a row: 22 letters and digits, as `--generate-password` makes them.
fn made_password(row: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = row as u64;
    let letter = |_| {
        // Knuth's MMIX generator; its high bits are the good ones.
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        char::from(ALPHABET[(state >> 33) as usize % ALPHABET.len()])
    };
    (0..22).map(letter).collect()
}

/// The cells of each row.
fn rows(text: &str) -> Vec<(&str, &str)> {
    text.lines().skip(1).filter_map(|line| line.split_once(',')).collect()
}

/// Makes the two digests of each row.
fn floor(rows: &[(&str, &str)], mut sink: impl FnMut([u8; 16])) {
    let realm = black_box(REALM);
    for (username, password) in rows {
        let mut hash1 = Md5::new();
        for part in [username, ":", realm, ":", password] {
            hash1.update(part);
        }
        sink(hash1.finalize().into());
        let mut hash1b = Md5::new();
        for part in [username, "@", realm, ":", realm, ":", password] {
            hash1b.update(part);
        }
        sink(hash1b.finalize().into());
    }
}

/// Has a digest made, and drops it.
fn discard(digest: [u8; 16]) {
    black_box(digest);
}

/// The texts of all digests, and where each ends.
#[derive(Default)]
struct Joined(String, Vec<usize>);

impl Joined {
    fn of(rows: &[(&str, &str)]) -> Self {
        let mut joined = Joined::default();
        for (username, password) in rows {
            for around in [format!(":{REALM}:"), format!("@{REALM}:{REALM}:")] {
                joined.0.extend([username, around.as_str(), password]);
                joined.1.push(joined.0.len());
            }
        }
        joined
    }
}

/// Makes the digest of each text.
fn floor_joined(texts: &Joined, mut sink: impl FnMut([u8; 16])) {
    let mut start = 0;
    for end in &texts.1 {
        sink(Md5::digest(&texts.0.as_bytes()[start..*end]).into());
        start = *end;
    }
}

fn bwsip(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bwsip"));
    command.env_remove("BWSIP_PASSWORD").env_remove("BWSIP_REALM").args(args).args(["-r", REALM]);
    command
}

fn batch(file: &Path) -> Command {
    let mut command = bwsip(&["batch", "-f", "xml"]);
    command.arg(file);
    command
}

/// The script at work on a file, if there is a Python.
fn script(file: &Path) -> Option<Command> {
    // What is called python3 may be a script itself, which finds the interpreter and takes its time.
    let mut finder = Command::new("python3");
    finder.args(["-c", "import sys; print(sys.executable)"]).stderr(Stdio::null());
    let found = finder.output().ok().filter(|output| output.status.success())?;
    let mut command = Command::new(String::from_utf8(found.stdout).ok()?.trim_end());
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/batch.py")).arg(file).arg(REALM);
    Some(command)
}

/// How long the command takes from its start to its end, its output thrown away.
fn whole(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("it should start");
    let time = start.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    time
}

fn output(mut command: Command) -> anyhow::Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8(output.stdout).context("not UTF-8")
}
