//! Random credentials against md5sum, and random arguments.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::OsStr;

use proptest::prelude::*;
use proptest::sample::select;

use crate::support::strategies::{ALPHANUMERIC, name, password, runner, user};
use crate::support::{bwsip, directory, escaped, md5sum, os_string, text};

#[test]
fn digests_agree_with_md5sum() {
    if md5sum(b"").is_none() {
        return;
    }
    let credential = (user(), name("-.", 64), password());
    let seen = RefCell::new(BTreeSet::new());
    runner(250)
        .run(&credential, |((username, domain), realm, password)| {
            let composite = match &domain {
                None => username.clone(),
                Some(domain) => format!("{username}@{domain}"),
            };
            let digest = |prefix: String| {
                md5sum(&[prefix.as_bytes(), &password].concat()).expect("md5sum was there before")
            };
            let hash1 = digest(format!("{composite}:{realm}:"));
            let hash1b = digest(format!("{composite}@{realm}:{realm}:"));
            let whole = text(&hash1, &hash1b);

            seen.borrow_mut().extend(username.chars());
            let domain = domain.map(|domain| format!("--domain={domain}"));
            let realm = format!("--realm={realm}");
            let run = || bwsip(["hash", "-q", "-u", &username, &realm]).args(domain.as_slice());
            prop_assert_eq!(&run().password_stdin(&password).clean(), &whole);
            let is_argument = cfg!(unix) || std::str::from_utf8(&password).is_ok();
            if is_argument && !password.contains(&0) {
                let password = &*os_string(&password);
                prop_assert_eq!(&run().env("BWSIP_PASSWORD", password).clean(), &whole);
                prop_assert_eq!(&run().args([OsStr::new("-p"), password]).clean(), &whole);
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    let legal: BTreeSet<char> = ALPHANUMERIC.chars().chain("._-!$&*+=~@".chars()).collect();
    assert_eq!(seen.into_inner(), legal, "not every legal character was used");
}

/// Nor do messages contain the secret.
#[test]
fn no_arguments_cause_a_panic_or_partial_output() {
    let argument = prop_oneof![
        prop::collection::vec(1u8..=255, 0..=12),
        select(vec![
            "-u",
            "-d",
            "-r",
            "-f",
            "-o",
            "-q",
            "--lenient",
            "--force",
            "--app-id",
            "--realm-id",
            "--with-realm",
            "--password-stdin",
            "--password-out",
            "--generate-password",
            "--help",
            "xml",
            "json",
            "env",
            "bob",
            "custxx.auth.bandwidth.com",
            "14",
            "-",
            "--",
            "=",
            "/",
        ])
        .prop_map(|argument| argument.as_bytes().to_vec()),
    ];
    let secret = "S3cr3t-0f-th3-t3st";
    let directory = directory();
    runner(300)
        .run(&prop::collection::vec(argument, 0..=10), |arguments| {
            let shown: Vec<_> = arguments.iter().map(|argument| escaped(argument)).collect();
            let arguments = arguments.iter().map(|argument| os_string(argument));
            let run = bwsip(["hash"]).args(arguments).directory(directory.path());
            let outcome = run.stdin(secret).env("BWSIP_PASSWORD", secret).outcome();
            prop_assert!(matches!(outcome.status, 0 | 2), "{:?}: {:?}", shown, outcome);
            prop_assert!(outcome.status == 0 || outcome.stdout.is_empty(), "{:?}", shown);
            prop_assert!(!outcome.stderr.contains(secret), "{:?}: {:?}", shown, outcome);
            prop_assert!(!outcome.stderr.contains("panicked"), "{:?}: {:?}", shown, outcome);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
