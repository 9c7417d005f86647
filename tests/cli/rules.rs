//! Values that are always refused. Bandwidth's own rules are in `transcripts/rules.md`.

use crate::support::{REALM, bwsip, os_string};

/// Flags with their values, in addition to or in place of the usual ones.
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

/// Such values would make digests ambiguous or documents invalid, so `--lenient` does not accept them.
#[test]
fn always_refused() {
    let never = "is never valid here";
    let cases: &[(&str, &str, &str)] = &[
        ("--username", "", "1003, 23001"),
        ("--domain", "", "leave it out"),
        ("--realm", "", "full host name"),
        ("--app-id", "", "23020"),
        ("--realm-id", "", "number"),
        ("--username", "a:b", never),
        ("--realm", "a:b", never),
        ("--domain", "a\tb", "U+0009 (character 2)"),
        ("--realm", "custxx.example.com\n", "U+000A (character 19)"),
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

/// What a template, an export or a spreadsheet left in the place of a name: a warning, or the remedy
/// of the error.
#[test]
fn names_that_are_hardly_names() {
    for (flag, value, expected) in [
        ("--username", "$SIP_USER", "looks like a placeholder that was never filled in: put"),
        ("--username", "NULL", "looks like what programs write for no value: enter"),
        ("--username", "=A1", "begins with =, as a spreadsheet's formula does: enter"),
        ("--username", "15551234567.0", "looks like a spreadsheet's number or error"),
        ("--domain", "1.5e5", "looks like a spreadsheet's number or error"),
    ] {
        let run = bwsip(arguments(&[(flag, value)])).args(["--lenient"]).with_password();
        let (_, warnings) = run.warned();
        assert!(warnings.starts_with(&format!("warning: {flag}: {expected}")), "{warnings}");
        assert_eq!(warnings.lines().count(), 1, "{value}: {warnings}");
    }
    for (flag, value, remedy) in [
        ("--username", "sip:bob", "use the name alone, without sip: before it"),
        ("--username", "sip:bob@custxx.example.com", "use the name alone, without sip: before it"),
        ("--username", "<username>", "put the value in its place"),
        ("--username", "%USER%", "put the value in its place"),
        ("--username", "\"bob\"", "remove the quotes"),
        ("--domain", "#N/A", "format the column as text in the spreadsheet"),
        ("--realm", "{realm}", "put the value in its place"),
    ] {
        let message = bwsip(arguments(&[(flag, value)])).with_password().refused();
        assert!(message.contains(&format!(": {remedy}")), "{value}: {message}");
        assert_eq!(message.lines().count(), 1, "{value}: {message}");
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_are_refused() {
    for flag in ["-u", "-d", "-r", "--app-id", "--realm-id"] {
        let bytes = os_string(b"b\xF6b");
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
