//! Checks that no cause is named for wrong passwords, and what an unexplained password costs.
//!
//! ```sh
//! cargo bench --locked --bench verify
//! ```
//!
//! 20,000 random passwords are each checked against the digests and a response of another one, on all
//! cores; that takes about 30 minutes of two cores. `-- 500` checks 500. The cost is a ratio: the time of
//! one diagnosis over that of one MD5 of the same text, both by one core. `cargo test` checks two.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bwsip::Name;
use bwsip::Password;
use bwsip::answer::SipCredential;
use bwsip::diagnosis::{Diagnosis, WrittenDigest};
use bwsip::sip::Authorization;
use bwsip::verification::{Against, Check, Given, Response, Sides, Verification, verify};
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
                    let [stored, given] = [2 * number, 2 * number + 1].map(password);
                    assert_unexplained(&check(Some(&given), Some(&stored), Some(&stored)));
                }
            });
        }
    });
    println!("verify: no cause is named for any of {count} wrong passwords");

    let text = format!("{USERNAME}@{REALM}:{REALM}:password");
    let start = Instant::now();
    for _ in 0..100_000 {
        black_box(Md5::digest(black_box(&text)));
    }
    let md5 = start.elapsed() / 100_000;
    let long = "wrong".repeat(200);
    let (given, stored, client) = (Some("wrong"), Some("right"), Some("other"));
    for (sides, given, stored, client) in [
        ("both digests and the password", given, stored, None),
        ("a response and the password", given, None, client),
        ("both digests and a response", None, stored, client),
        ("all three", given, stored, client),
        ("all three, with a password of 1000 bytes", Some(&*long), stored, client),
    ] {
        let start = Instant::now();
        let verification = check(given, stored, client);
        let elapsed = start.elapsed();
        assert!(verification.checks.iter().all(is_unexplained), "{verification:?}");
        let ratio = elapsed.as_secs_f64() / md5.as_secs_f64();
        println!(
            "verify: {sides}, unexplained: {elapsed:?}, or {ratio:.0} MD5s of {} bytes",
            text.len()
        );
    }
}

/// Returns a password of 12 letters and digits, the same one for the same number.
fn password(number: usize) -> String {
    md5(&format!("password {number}"))[..12].to_owned()
}

fn md5(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// Compares a password, the digests of a password and the response of a client with a password.
fn check(given: Option<&str>, stored: Option<&str>, client: Option<&str>) -> Verification {
    let hash1 = |password: &str| md5(&format!("{USERNAME}:{REALM}:{password}"));
    let entry = stored.map(|stored| {
        let hash1b = md5(&format!("{USERNAME}@{REALM}:{REALM}:{stored}"));
        let written = |digest: String| Some(WrittenDigest::new(digest));
        let mut entry = SipCredential::default();
        (entry.hash1, entry.hash1b) = (written(hash1(stored)), written(hash1b));
        entry
    });
    let authorization: Option<Authorization> = client.map(|client| {
        let ha2 = md5(&format!("REGISTER:sip:{REALM}"));
        let response = md5(&format!("{}:abc:{ha2}", hash1(client)));
        let header = format!(
            "Digest username=\"{USERNAME}\", realm=\"{REALM}\", nonce=\"abc\", \
             uri=\"sip:{REALM}\", response=\"{response}\""
        );
        header.parse().expect("it is a header")
    });
    let response = |authorization| Response {
        place: None,
        method: "REGISTER",
        authorization,
        request_uri: None,
        challenge: None,
        answer: None,
    };
    let password = given.map(|it| Password::new(it).expect("it is short"));
    verify(&Sides {
        password: password.as_ref(),
        name: Name::new(USERNAME, None),
        given: Given { realm: Some(REALM), ..Given::default() },
        entries: entry.iter().collect(),
        responses: authorization.as_ref().map(response).into_iter().collect(),
        ..Sides::default()
    })
}

fn is_unexplained(check: &Check) -> bool {
    check.against == Against::Given || matches!(check.diagnosis, Diagnosis::Unexplained { .. })
}

/// The password explains none of the digests, nor the response, which is by one of the digests.
fn assert_unexplained(verification: &Verification) {
    let [digests_and_response @ .., by_digest] = &verification.checks[..] else { panic!() };
    // The realm of the response is checked, too.
    let is_right = digests_and_response.len() == 4
        && digests_and_response.iter().all(is_unexplained)
        && by_digest.matches();
    assert!(is_right, "{verification:?}");
}
