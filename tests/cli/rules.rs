//! Bandwidth's rules, each at its limit and one past it.

use std::os::unix::ffi::OsStrExt as _;

use crate::common::{REALM, bwsip};

/// Two labels of 63 characters do not fit: a host name of exactly `length` characters.
fn host(length: usize) -> String {
    let mut host = "custxx.".repeat(length / 7 + 1);
    host.truncate(length - 1);
    host + "x"
}

/// Flags with values that are not the usual ones.
type Changes<'a> = &'a [(&'a str, &'a str)];

fn arguments(changes: Changes<'_>) -> Vec<String> {
    let mut all = vec![("--username", "bob"), ("--realm", REALM)];
    all.retain(|(flag, _)| changes.iter().all(|(changed, _)| changed != flag));
    all.extend(changes);
    let mut arguments = vec!["hash".to_owned(), "--format=json".to_owned()];
    if changes.iter().any(|(flag, _)| *flag == "--realm-id") {
        arguments[1] = "--format=update-xml".to_owned();
    }
    arguments.extend(all.iter().map(|(flag, value)| format!("{flag}={value}")));
    arguments
}

#[test]
fn at_the_limit() {
    let cases: &[Changes<'_>] = &[
        &[("--username", &"u".repeat(32))],
        &[("--username", "aZ09._-!$&*+=~@")],
        &[("--username", "-")],
        &[("--username", "aZ09._-!$&*+=~"), ("--domain", &"d".repeat(32))],
        &[("--domain", "aZ09._-!$&*+=~")],
        &[("--realm", &host(64))],
        &[("--realm", "vapi-3efeaa.auth.bandwidth.com")],
        &[("--app-id", "68092813-741B-4afe-b198-91f425bce81e")],
        &[("--realm-id", "870880")],
    ];
    for changes in cases {
        bwsip(arguments(changes)).with_password().clean();
    }
}

/// Refused, with Bandwidth's number; with `--lenient`, hashed with a warning.
#[test]
fn one_past_the_limit() {
    let cases: &[(Changes<'_>, &str, &str)] = &[
        (&[("--username", &"u".repeat(33))], "--username: 33 characters", "23002"),
        (&[("--username", &"é".repeat(33))], "--username: 33 characters", "23002"),
        (&[("--username", "bob#")], "--username: '#' (character 4)", "23016"),
        (&[("--username", "bøb")], "--username: 'ø', U+00F8 (character 2)", "23016"),
        (&[("--username", "b\u{200B}b")], "--username: U+200B (character 2)", "23016"),
        (&[("--username", "bob@x"), ("--domain", "y")], "--username: '@' (character 4)", "23014"),
        (&[("--username", "bob%"), ("--domain", "y")], "--username: '%'", "23014"),
        (&[("--domain", &"d".repeat(33))], "--domain: 33 characters", "23002"),
        (&[("--domain", "x@y")], "--domain: '@' (character 2)", "23015"),
        (&[("--domain", "x/y")], "--domain: '/'", "23015"),
        (&[("--realm", &host(65))], "--realm: 65 characters", "23017, 23018"),
        (&[("--realm", "cust_xx.example.com")], "--realm: '_' (character 5)", "23017, 23018"),
        (&[("--realm", "bob@custxx.example.com")], "--realm: '@'", "23017, 23018"),
        (&[("--app-id", "68092813-741b-4afe-b198-91f425bce81")], "--app-id: not a UUID", "23020"),
        (&[("--app-id", "68092813-741b-4afe-b198-91f425bce81e0")], "--app-id: not", "23020"),
        (&[("--app-id", "68092813741b4afeb19891f425bce81e")], "--app-id: not a UUID", "23020"),
        (&[("--app-id", "g8092813-741b-4afe-b198-91f425bce81e")], "--app-id: not", "23020"),
        (&[("--realm-id", "custxx")], "--realm-id: not a number", ""),
    ];
    for (changes, problem, number) in cases {
        let strict = bwsip(arguments(changes)).with_password().refused();
        assert!(strict.contains(&format!("error: {problem}")), "{changes:?}: {strict}");
        assert!(strict.contains(number) && strict.contains("--lenient"), "{changes:?}: {strict}");
        let run = bwsip(arguments(changes)).args(["--lenient"]).with_password();
        let (printed, warnings) = run.warned();
        assert!(!printed.is_empty());
        assert!(warnings.contains(&format!("warning: {problem}")), "{changes:?}: {warnings}");
        assert!(warnings.contains(number), "{changes:?}: {warnings}");
        bwsip(arguments(changes)).args(["--lenient", "--quiet"]).with_password().clean();
    }
}

/// Whatever the rules, these would make digests ambiguous or documents that can't be written.
#[test]
fn always_refused() {
    let alike = "would make two different credentials hash alike";
    let cases: &[(&str, &str, &str)] = &[
        ("--username", "", "1003 / 23001"),
        ("--domain", "", "leave it out"),
        ("--realm", "", "full host name"),
        ("--app-id", "", "23020"),
        ("--realm-id", "", "number"),
        ("--username", "a:b", alike),
        ("--domain", "a:b", alike),
        ("--realm", "a:b", alike),
        ("--username", "a b", "a space (character 2)"),
        ("--username", "bob ", "a space (character 4)"),
        ("--domain", "a\tb", "U+0009 (character 2)"),
        ("--realm", "custxx.example.com\n", "U+000A (character 19)"),
        ("--username", "a\u{7F}", "U+007F (character 2)"),
        ("--username", "a\u{85}", "U+0085"),
        ("--username", "a\u{A0}", "U+00A0"),
        ("--username", "a\u{FFFF}", "U+FFFF"),
        ("--app-id", "\u{1}", "U+0001"),
        ("--realm-id", "1 ", "a space"),
    ];
    for (flag, value, expected) in cases {
        for lenient in [&[][..], &["--lenient"]] {
            let message =
                bwsip(arguments(&[(flag, value)])).args(lenient).with_password().refused();
            assert!(
                message.starts_with(&format!("error: {flag}: ")),
                "{flag} {value:?}: {message}"
            );
            assert!(message.contains(expected), "{flag} {value:?}: {message}");
        }
    }
}

#[test]
fn the_error_for_a_realm_shows_the_host_name_alone() {
    for slip in [
        "sip:custxx.auth.bandwidth.com",
        "SIP:custxx.auth.bandwidth.com:5006",
        "sips:+17778889999@custxx.auth.bandwidth.com:5006;transport=tls",
        "custxx.auth.bandwidth.com:5006",
        "bob@custxx.auth.bandwidth.com",
        "bob:secret@custxx.auth.bandwidth.com",
        "https://custxx.auth.bandwidth.com/",
        " custxx.auth.bandwidth.com",
        "<sip:custxx.auth.bandwidth.com>",
    ] {
        let message = bwsip(arguments(&[("--realm", slip)])).with_password().refused();
        let expected = "use the host name alone: custxx.auth.bandwidth.com";
        assert!(message.contains(expected), "{slip}: {message}");
        assert!(!message.contains("secret"), "{message}");
    }
    let message = bwsip(arguments(&[("--realm", "a:b")])).with_password().refused();
    assert!(message.contains("use the realm's full host name, such as"), "{message}");
}

#[test]
fn warned_about_and_never_refused() {
    let cases = [
        ("custxx", "--realm: a single label"),
        ("Custxx.auth.bandwidth.com", "--realm: has uppercase letters"),
        ("custxx.auth.bandwidth.com.", "--realm: not a full host name"),
    ];
    for (realm, expected) in cases {
        let (_, warnings) = bwsip(arguments(&[("--realm", realm)])).with_password().warned();
        assert!(warnings.starts_with(&format!("warning: {expected}")), "{warnings}");
        assert_eq!(warnings.lines().count(), 1, "{warnings}");
        bwsip(arguments(&[("--realm", realm)])).args(["-q"]).with_password().clean();
    }
}

#[test]
fn names_that_do_not_fit_together_are_warned_about() {
    let at_realm = format!("bob@{REALM}");
    let cases: &[(Changes<'_>, &str)] = &[
        (&[("--domain", REALM)], "--domain: the same as the realm"),
        (&[("--username", &at_realm)], "--username: ends in @ and the realm"),
    ];
    for (changes, expected) in cases {
        let (_, warnings) = bwsip(arguments(changes)).with_password().warned();
        assert!(warnings.starts_with(&format!("warning: {expected}")), "{warnings}");
        assert_eq!(warnings.lines().count(), 1, "{warnings}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let changes =
        [("--username", "a b"), ("--domain", "c d"), ("--realm", "sip:e"), ("--app-id", "f")];
    let message = bwsip(arguments(&changes)).with_password().refused();
    let flags: Vec<_> = message.lines().map(|line| line.split(':').nth(1).unwrap_or("")).collect();
    assert_eq!(flags, [" --username", " --domain", " --realm", " --app-id"], "{message}");
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    for flag in ["-u", "-d", "-r", "--app-id", "--realm-id"] {
        let bytes = std::ffi::OsStr::from_bytes(b"b\xF6b");
        let mut run =
            bwsip(["hash", "-f", if flag == "--realm-id" { "update-xml" } else { "xml" }]);
        if flag != "-u" {
            run = run.args(["-u", "bob"]);
        }
        if flag != "-r" {
            run = run.args(["-r", REALM]);
        }
        let message = run.args([flag]).args([bytes]).with_password().refused();
        assert!(message.contains("not UTF-8"), "{flag}: {message}");
    }
}
