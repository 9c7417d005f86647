//! Compares the time of one `bwsip hash` with that of one `md5sum` of the same text.
//!
//! The runs alternate, so that other load on the machine slows down both. `cargo bench` prints the
//! ratio of the medians; `cargo test` only compares the digests.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const REALM: &str = "custxx.auth.bandwidth.com";

fn main() {
    // The full path, because a search takes time, too.
    let path = std::env::var_os("PATH").expect("PATH is set");
    let md5sum = std::env::split_paths(&path).map(|it| it.join("md5sum")).find(|it| it.is_file());
    let Some(md5sum) = md5sum else {
        println!("startup: md5sum is not installed");
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory is created");
    let text = directory.path().join("text");
    let mut file = File::create(&text).expect("the file is created");
    write!(file, "sipauthtest:{REALM}:password").expect("the file is written");

    let sum = || {
        let mut command = Command::new(&md5sum);
        command.env_clear().stdin(File::open(&text).expect("it was written"));
        command
    };
    // A copy, like an installed program: the kernel reads the linker's own output in smaller pieces.
    let bwsip = directory.path().join("bwsip");
    std::fs::copy(env!("CARGO_BIN_EXE_bwsip"), &bwsip).expect("it is copied");
    let hash = || {
        let mut command = Command::new(&bwsip);
        command.args(["hash", "-u", "sipauthtest", "-r", REALM]).stdin(Stdio::null());
        command.env_clear().env("BWSIP_PASSWORD", "password");
        command
    };
    let stdout = |mut command: Command| {
        String::from_utf8(command.output().expect("it runs").stdout).expect("it prints ASCII")
    };
    let digest = stdout(sum())[..32].to_owned();
    assert!(stdout(hash()).starts_with(&format!("Hash1:  {digest}\n")));

    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (hashes, sums): (Vec<_>, Vec<_>) = (0..2000).map(|_| (time(hash()), time(sum()))).unzip();
    let [hash, md5sum] = [hashes, sums].map(median);
    let ratio = hash.as_secs_f64() / md5sum.as_secs_f64();
    println!("startup: bwsip hash {hash:?}, md5sum {md5sum:?}, ratio {ratio:.2}");
}

fn time(mut command: Command) -> Duration {
    command.stdout(Stdio::null());
    let start = Instant::now();
    assert!(command.status().expect("it runs").success());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
