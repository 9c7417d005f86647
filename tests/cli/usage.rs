//! Help, versions, wrong usage, color.

use crate::support::{APP_ID, GUIDE_XML, REALM, bwsip, directory, guide_text, hash, names};
#[cfg(unix)]
use crate::support::{BWSIP, search_path, write_program};

/// The program and each of its commands.
const COMMANDS: [&[&str]; 10] = [
    &[],
    &["hash"],
    &["batch"],
    &["plan"],
    &["request"],
    &["show"],
    &["verify"],
    &["call"],
    &["completions"],
    &["man"],
];

#[test]
fn help_and_version() {
    let help = bwsip(["--help"]).clean();
    assert!(help.contains("Usage: bwsip") && help.contains("Exit status"), "{help}");
    assert_eq!(bwsip(["--version"]).clean(), concat!("bwsip ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    for command in COMMANDS {
        let summary = bwsip(command).args(["-h"]).clean();
        let whole = bwsip(command).args(["--help"]).clean();
        for line in summary.lines().chain(whole.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(whole.contains("Example") && !summary.contains("Example"), "{summary}");
        assert!(summary.ends_with('\n') && whole.ends_with('\n'));
    }
}

#[test]
fn help_does_not_show_the_environment() {
    let help = bwsip(["hash", "--help"]).env("BWSIP_REALM", "other.example.com").clean();
    assert!(help.contains("BWSIP_REALM") && !help.contains("other.example.com"));
}

#[test]
fn wrong_usage_prints_nothing_on_standard_output() {
    for arguments in [&[][..], &["hsh"], &["hash"], &["hash", "-x"], &["hash", "-f", "yaml"]] {
        assert!(bwsip(arguments).refused().starts_with("error: wrong usage: "));
    }
}

/// The examples succeed, given the files that they name.
#[cfg(unix)]
#[test]
fn examples_in_the_help() {
    let directory = directory();
    let put = |name: &str, contents: &str| {
        std::fs::write(directory.path().join(name), contents).expect("the file is written");
    };
    for path in [".local/share/bash-completion/completions", ".config/fish/completions"] {
        std::fs::create_dir_all(directory.path().join(path)).expect("the directory is created");
    }
    // No test has a network connection.
    let programs = directory.path().join("programs");
    std::fs::create_dir(&programs).expect("the directory is created");
    write_program(&programs.join("curl"), "#!/bin/sh\ngrep -q '^url = ' && cat answer.xml\n");
    let bwsip_directory = std::path::Path::new(BWSIP).parent().expect("it is in a directory");
    let header = "Digest username=\"sipauthtest\", realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\", \
        uri=\"sip:custxx.auth.bandwidth.com\", response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";
    for command in COMMANDS {
        let help = bwsip(command).args(["--help"]).clean();
        let (_, examples) = help.rsplit_once("Example").expect("the help has examples");
        let mut ran = 0;
        for example in examples.replace("\\\n", " ").lines().filter(|it| it.contains("bwsip ")) {
            // One example writes the file that another one reads.
            put("credentials.xml", GUIDE_XML);
            put("answer.xml", GUIDE_XML);
            put("list.xml", GUIDE_XML);
            let is_verify = example.contains("--csv");
            let row = if is_verify { "sipauthtest,password" } else { "bob,secret" };
            put("users.csv", &format!("username,password\n{row}\n"));
            put("header.txt", header);
            put("trace.txt", &format!("REGISTER sip:x SIP/2.0\nAuthorization: {header}\n\n"));
            if example.contains("--output") {
                std::fs::remove_file(directory.path().join("credentials.xml"))
                    .expect("it can be removed");
            }
            let output = std::process::Command::new("sh")
                .args(["-c", example])
                .current_dir(&directory)
                .env("HOME", directory.path())
                .env("PATH", format!("{}:{}", programs.display(), search_path(bwsip_directory)))
                .env("BW_CLIENT_ID", "CLI-1")
                .env("BW_CLIENT_SECRET", "s3cret")
                .env("BW_ACCOUNT_ID", "9900000")
                .env("BW_ACCESS_TOKEN", "t0ken")
                .env("BWSIP_REALM", REALM)
                .env("SIP_PASSWORD", "password")
                .env("BWSIP_PASSWORD", "password")
                .output()
                .expect("sh runs");
            assert!(output.status.success() && output.stderr.is_empty(), "{example}: {output:?}");
            ran += 1;
        }
        assert!(ran > 0, "{help}");
    }
}

#[test]
fn quiet_drops_warnings_and_keeps_errors() {
    for arguments in [&["-q", "hash"][..], &["hash", "-q"], &["--quiet", "hash"]] {
        let run = bwsip(arguments).args(["-u", "sipauthtest", "-r", REALM, "-p", "password"]);
        assert_eq!(run.clean(), guide_text());
    }
    let message = bwsip(["-q", "hash", "-u", "a b", "-r", REALM]).with_password().refused();
    assert!(message.starts_with("error: --username: a space "), "{message}");
}

#[test]
fn no_color_without_a_terminal() {
    for run in [bwsip(["--help"]), bwsip(["hash", "-h"]), hash(["-p", "x"]), bwsip(["hash"])] {
        let outcome = run.env("CLICOLOR_FORCE", "1").outcome();
        assert!(!outcome.stdout.contains(&0x1B) && !outcome.stderr.contains('\x1B'));
    }
}

/// Each format either has what a flag adds to it, or refuses the flag.
#[test]
fn a_flag_that_a_format_accepts_has_an_effect() {
    let message = hash(["-f", "x"]).refused();
    let (_, formats) = message.split_once("; use one of ").expect("the formats");
    let (formats, _) = formats.split_once("; see --help").expect("the end of the formats");
    let mut accepted = 0;
    for format in formats.split(", ") {
        let id = ["--realm-id", "417"];
        let id = if format == "update-xml" { &id[..] } else { &[] };
        let cases: [(&[&str], &str); 4] = [
            (&["--app-id", APP_ID], APP_ID),
            (&["--with-realm"], REALM),
            (&["--realm-id", "417"], "417"),
            (&["--generate-password"], "password"),
        ];
        for (flag, effect) in cases {
            let id = if flag[0] == "--realm-id" { &[] } else { id };
            let run = hash(["-f", format]).args(flag).args(id);
            let run = if flag[0] == "--generate-password" { run } else { run.with_password() };
            let outcome = run.outcome();
            if outcome.status == 0 {
                let printed = String::from_utf8_lossy(&outcome.stdout).to_lowercase();
                assert!(printed.contains(effect), "{format}: {flag:?}: {printed}");
                accepted += 1;
            } else {
                let problem = format!("error: {}: the format {format} ", flag[0]);
                assert!(outcome.stderr.starts_with(&problem), "{}", outcome.stderr);
            }
        }
    }
    assert_eq!(accepted, 8);
}

/// Whatever its place, a flag with one hyphen or with a dash is not a value, which could be hashed.
#[test]
fn every_misspelled_flag_is_wrong_usage() {
    let directory = directory();
    std::fs::write(directory.path().join("u.csv"), "username,password\nbob,pw\n").expect("written");
    std::fs::write(directory.path().join("a.xml"), GUIDE_XML).expect("written");
    let commands: [(&str, &[&str]); 9] = [
        ("hash", &["-u", "bob", "-r", REALM, "-p", "pw"]),
        ("batch", &["u.csv", "-r", REALM]),
        ("plan", &["u.csv", "-r", REALM, "--xml", "a.xml"]),
        ("request", &["token"]),
        ("show", &["a.xml"]),
        ("verify", &["-u", "sipauthtest", "-r", REALM, "--xml", "a.xml", "-p", "pw"]),
        ("call", &["--to", "+17778889999", "-r", REALM, "-p", "pw"]),
        ("completions", &["bash"]),
        ("man", &[]),
    ];
    let mut tried = 0;
    for (command, arguments) in commands {
        let help = bwsip([command, "--help"]).clean();
        let is_flag = |word: &&str| word.len() > 1 && word.starts_with('-');
        let words = help.split_whitespace().map(|word| word.trim_end_matches(',')).filter(is_flag);
        let flags: std::collections::BTreeSet<_> = words
            .filter(|word| word.bytes().all(|b| b == b'-' || b.is_ascii_lowercase()))
            .filter(|word| {
                help.contains(&format!("  {word}")) || help.contains(&format!(", {word}"))
            })
            .collect();
        for (flag, place) in flags.iter().zip((0..3).cycle()) {
            let name = flag.trim_start_matches('-');
            let short = (name.len() > 1).then(|| [format!("-{name}"), format!("-{name}=x")]);
            let dashes = [format!("\u{2013}{name}"), format!("-\u{200B}{name}")];
            for typed in short.into_iter().flatten().chain(dashes) {
                let mut line = arguments.to_vec();
                match place {
                    0 => line.insert(0, &typed),
                    1 => line.push(&typed),
                    // In the place of a value, which is the last argument of some commands.
                    _ => drop(line.splice(line.len().saturating_sub(1).., [typed.as_str()])),
                }
                let run = bwsip([command]).args(&line).directory(directory.path());
                let message = run.refused();
                let said = if typed.is_ascii() { "two hyphens" } else { "U+20" };
                assert!(message.starts_with("error: wrong usage: "), "{line:?}: {message}");
                assert!(message.contains(said), "{line:?}: {message}");
                assert!(message.contains(&format!("use {flag}")), "{line:?}: {message}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
    assert_eq!(names(directory.path()), ["a.xml", "u.csv"]);
}

/// A variable that is not Unicode is named, and a flag takes precedence over it.
#[cfg(unix)]
#[test]
fn a_realm_that_is_not_utf8() {
    let bad = crate::support::os_string(b"caf\xE9.example.com");
    let message = bwsip(["hash", "-u", "bob", "-p", "x"]).env("BWSIP_REALM", &bad).refused();
    assert!(message.contains("BWSIP_REALM: not UTF-8: "), "{message}");
    let message = bwsip(["hash", "-u", "bob", "-r"]).args([&bad]).refused();
    assert!(message.contains("--realm: not UTF-8: "), "{message}");
    let message = bwsip(["hash", "-p", "x", "-r", REALM, "-u"]).args([&bad]).refused();
    assert!(message.contains("argument 7 is not UTF-8: "), "{message}");
    hash(["-q", "-p", "password"]).env("BWSIP_REALM", &bad).clean();
}
