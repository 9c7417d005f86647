//! Help, versions, wrong usage, colour.

use crate::common::{REALM, bwsip, guide_text, hash};

#[test]
fn help_and_version() {
    let help = bwsip(["--help"]).clean();
    assert!(help.contains("Usage: bwsip") && help.contains("Exit status"), "{help}");
    assert_eq!(bwsip(["--version"]).clean(), concat!("bwsip ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// The examples in the help do what they say.
#[test]
fn examples_in_the_help() {
    for help in [bwsip(["--help"]).clean(), bwsip(["hash", "-h"]).clean()] {
        let (_, examples) = help.rsplit_once("Example").expect("there is one");
        let commands = examples.replace("\\\n", " ");
        let mut ran = 0;
        for command in commands.lines().filter(|line| line.contains("bwsip hash")) {
            let words = command.split("bwsip").nth(1).expect("it is there").split_whitespace();
            let run = bwsip(words).stdin("password").with_password();
            assert!(!run.clean().is_empty());
            ran += 1;
        }
        assert!(ran > 0, "{help}");
    }
}

#[test]
fn wrong_usage_is_one_line_that_says_what_is_right() {
    let cases: [(&[&str], &str); 10] = [
        (&[], "a command is needed; use one of hash"),
        (&["hsh"], "no such command"),
        (&["hash"], "missing --username <NAME>"),
        (&["hash", "-u"], "no value, or a wrong one, for --username <NAME>"),
        (&["hash", "--usrname", "x"], "unexpected argument; did you mean --username"),
        (&["hash", "-x"], "unexpected argument -x"),
        (&["hash", "-f", "yaml"], "use one of text, xml, update-xml, json, env"),
        (&["hash", "-u", "a", "-u", "b"], "these do not go together: --username <NAME>"),
        (&["hash", "-u", "a", "--password-out", "b"], "missing --generate-password"),
        (&["hash", "--lenient=x"], "no value goes with --lenient"),
    ];
    for (arguments, expected) in cases {
        let message = bwsip(arguments).refused();
        assert!(message.starts_with("error: wrong usage: "), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
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
        let outcome = run.outcome();
        assert!(!outcome.stdout.contains(&0x1B) && !outcome.stderr.contains('\x1B'));
    }
}
