//! Checks that no cause is named for wrong passwords, and what an unexplained password costs.
//!
//! ```sh
//! cargo bench --locked --bench verify
//! ```
//!
//! 20,000 random passwords are each checked against the digests and a response of another one, on all
//! cores; that takes some 20 minutes of two cores. `-- 500` checks 500. The cost is a ratio: the time of
//! one diagnosis over that of one MD5 of the same text, both by one core. `cargo test` checks two.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bwsip::Password;
use bwsip::authorization::Authorization;
use bwsip::diagnosis::{Diagnosis, WrittenDigest};
use bwsip::sip_credentials::Name;
use bwsip::verification::{Response, Sides, StoredDigests, Verification, verify};
use md5::{Digest as _, Md5};

const USERNAME: &str = "sipauthtest";
const REALM: &str = "vapi-3efeaa.auth.bandwidth.com";

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let count = match arguments.iter().any(|it| it == "--bench") {
        true => arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(20_000),
        false => 2,
    };
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    assert_unexplained(&check(&password(2 * number), &password(2 * number + 1)));
                }
            });
        }
    });
    println!("verify: no cause is named for any of {count} wrong passwords");

    let start = Instant::now();
    assert_unexplained(&check("right", "wrong"));
    let diagnosis = start.elapsed();
    let text = format!("{USERNAME}@{REALM}:{REALM}:password");
    let start = Instant::now();
    for _ in 0..100_000 {
        black_box(Md5::digest(black_box(&text)));
    }
    let ratio = diagnosis.as_secs_f64() / start.elapsed().as_secs_f64() * 100_000.0;
    println!(
        "verify: both digests and a response unexplained: {diagnosis:?}, or {ratio:.0} MD5s of \
         {} bytes",
        text.len()
    );
}

/// Returns a password of 12 letters and digits, the same one for the same number.
fn password(number: usize) -> String {
    md5(&format!("password {number}"))[..12].to_owned()
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// Checks one password against the digests and a response of another.
fn check(stored: &str, given: &str) -> Verification {
    let ha1 = md5(&format!("{USERNAME}:{REALM}:{stored}"));
    let ha1b = md5(&format!("{USERNAME}@{REALM}:{REALM}:{stored}"));
    let response = md5(&format!("{ha1}:abc:{}", md5(&format!("REGISTER:sip:{REALM}"))));
    let header = format!(
        "Digest username=\"{USERNAME}\", realm=\"{REALM}\", nonce=\"abc\", uri=\"sip:{REALM}\", \
         response=\"{response}\""
    );
    let authorization: Authorization = header.parse().expect("it is a header");
    let written = |digest: String| Some(WrittenDigest::new(digest.into()));
    let digests = [StoredDigests {
        name: Name::new(USERNAME, None),
        realm: REALM.to_owned(),
        hash1: written(ha1),
        hash1b: written(ha1b),
        ..StoredDigests::default()
    }];
    let password = Password::new(given.as_bytes().to_vec().into()).expect("it is short");
    let responses = [Response { line: None, method: "REGISTER", authorization: &authorization }];
    let password = Some(&password);
    verify(&Sides { password, digests: &digests, responses: &responses, ..Sides::default() })
}

/// The password explains none of the digests, nor the response, which is by one of the digests.
fn assert_unexplained(verification: &Verification) {
    let diagnoses: Vec<_> = verification.checks.iter().map(|check| &check.diagnosis).collect();
    let is_unexplained = matches!(
        diagnoses[..],
        [
            Diagnosis::Unexplained { .. },
            Diagnosis::Unexplained { .. },
            Diagnosis::Unexplained { .. },
            Diagnosis::Matches
        ]
    );
    assert!(is_unexplained, "{diagnoses:?}");
}
