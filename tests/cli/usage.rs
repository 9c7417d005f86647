//! Help, versions, wrong usage, colour.

use crate::common::{GUIDE_XML, REALM, bwsip, guide_text, hash};

#[test]
fn help_and_version() {
    let help = bwsip(["--help"]).clean();
    assert!(help.contains("Usage: bwsip") && help.contains("Exit status"), "{help}");
    assert_eq!(bwsip(["--version"]).clean(), concat!("bwsip ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    for command in [&[][..], &["hash"], &["batch"], &["verify"], &["call"]] {
        let summary = bwsip(command).args(["-h"]).clean();
        let whole = bwsip(command).args(["--help"]).clean();
        for line in summary.lines().chain(whole.lines()) {
            assert!(line.chars().count() <= 80, "{line}");
        }
        assert!(whole.contains("Example") && !summary.contains("Example"), "{summary}");
        assert!(summary.ends_with('\n') && whole.ends_with('\n'));
    }
}

/// The examples in the help do what they say, where there are the files that they name.
#[test]
fn examples_in_the_help() {
    let directory = tempfile::tempdir().expect("a directory");
    let put = |name: &str, contents: &str| {
        std::fs::write(directory.path().join(name), contents).expect("a file");
    };
    put("users.csv", "username,password\nbob,secret\n");
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_bwsip"));
    let path = std::env::var("PATH").expect("there is one");
    let path = format!("{}:{path}", binary.parent().expect("a directory").display());
    let header = "Digest username=\"sipauthtest\", realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\", \
        uri=\"sip:custxx.auth.bandwidth.com\", response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";
    for command in [&[][..], &["hash"], &["batch"], &["verify"], &["call"]] {
        let help = bwsip(command).args(["--help"]).clean();
        let (_, examples) = help.rsplit_once("Example").expect("there is one");
        let mut ran = 0;
        for example in examples.replace("\\\n", " ").lines().filter(|it| it.contains("bwsip ")) {
            // One example writes the file, another is the one that reads it.
            put("credentials.xml", GUIDE_XML);
            if example.contains("--output") {
                std::fs::remove_file(directory.path().join("credentials.xml")).expect("it goes");
            }
            let output = std::process::Command::new("sh")
                .args(["-c", example])
                .current_dir(&directory)
                .env("PATH", &path)
                .env("HEADER", header)
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
fn wrong_usage_is_one_line_that_says_what_is_right() {
    let cases: [(&[&str], &str); 12] = [
        (&[], "a command is needed; use one of hash, batch, verify, call"),
        (&["-q"], "a command is needed; use one of hash, batch, verify, call"),
        (&["hsh"], "there is no such command; use one of hash, batch, verify, call"),
        (&["hash"], "missing --username <NAME>"),
        (&["hash", "-u"], "no value, or a wrong one, for --username <NAME>"),
        (&["hash", "--usrname", "x"], "unexpected argument; did you mean --username"),
        (&["hash", "-x"], "unexpected argument -x"),
        (&["hash", "-f", "yaml"], "use one of text, xml, update-xml, json, env"),
        (&["hash", "-u", "a", "-u", "b"], "--username <NAME> is given more than once"),
        (
            &["hash", "-u", "a", "-p", "b", "--password-stdin"],
            "--password <VALUE> and --password-stdin do not go together",
        ),
        (&["hash", "-u", "a", "--password-out", "b"], "missing --generate-password"),
        (&["hash", "--lenient=x"], "--lenient takes no value"),
    ];
    for (arguments, expected) in cases {
        let message = bwsip(arguments).refused();
        assert!(message.starts_with("error: wrong usage: "), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
    }
}

/// What was typed in a flag's place may be a password.
#[test]
fn wrong_usage_repeats_nothing_that_could_be_a_secret() {
    for arguments in [
        &["--S3cretPw"][..],
        &["-p", "x", "--", "-S3cretPw"],
        &["-p", "x", "S3cretPw"],
        &["--password-file", "--S3cretPw"],
        &["--passwordS3cretPw"],
        &["--password-stdin=S3cretPw"],
        &["-xS3cretPw"],
    ] {
        let message = hash(arguments).refused();
        assert!(message.starts_with("error: wrong usage: "), "{message}");
        assert!(!message.contains("S3cret"), "{message}");
    }
}

#[test]
fn quiet_drops_warnings_and_keeps_errors() {
    for arguments in [&["-q", "hash"][..], &["hash", "-q"], &["--quiet", "hash"]] {
        let run = bwsip(arguments).args(["-u", "sipauthtest", "-r", REALM, "-p", "password"]);
        assert_eq!(run.clean(), guide_text());
    }
    assert!(bwsip(["-q", "hash", "-u", "a b", "-r", REALM]).with_password().refused() != "");
}

#[test]
fn no_colour_but_on_a_terminal() {
    for run in [bwsip(["--help"]), bwsip(["hash", "-h"]), hash(["-p", "x"]), bwsip(["hash"])] {
        let outcome = run.env("CLICOLOR_FORCE", "1").outcome();
        assert!(!outcome.stdout.contains(&0x1B) && !outcome.stderr.contains('\x1B'));
    }
}
