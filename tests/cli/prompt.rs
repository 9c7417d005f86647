//! The prompt, by way of a pseudo-terminal.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::support::{AGAIN, BWSIP, GUIDE_XML, LATIN1, QUESTION, REALM, directory, guide_text};

/// A shell on a terminal of its own that runs `script`, where `$HASH` is `bwsip hash` for the
/// guide's sipauthtest, and the directory it is in.
fn shell(script: &str) -> (PtySession, TempDir) {
    let directory = directory();
    let mut command = Command::new("sh");
    // rexpect turns the echo off; users have it on.
    command.args(["-c", &format!("stty echo; {script}")]).current_dir(&directory);
    command.env("HASH", format!("{BWSIP} hash -u sipauthtest -r {REALM}"));
    command.env_remove("BWSIP_PASSWORD").env_remove("BWSIP_REALM").env_remove("NO_COLOR");
    command.env("TERM", "xterm");
    (spawn_command(command, Some(20_000)).expect("a terminal"), directory)
}

/// Answers both questions, and gives all that the terminal showed after the first.
fn answer(terminal: &mut PtySession, first: &str, second: &str) -> String {
    terminal.exp_string(QUESTION).expect("the question");
    terminal.send_line(first).expect("an answer");
    let between = terminal.exp_string(AGAIN).expect("the second question");
    terminal.send_line(second).expect("an answer");
    between + &terminal.exp_eof().expect("the end")
}

#[test]
fn asked_twice_without_echo_and_the_xml_untouched() {
    for flag in ["", "--password-stdin"] {
        let (mut terminal, directory) =
            shell(&format!("$HASH -f xml {flag} > out; echo status=$?"));
        let shown = answer(&mut terminal, "password", "password");
        assert_eq!(shown.trim(), "status=0");
        let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
        assert_eq!(printed, GUIDE_XML);
    }
}

#[test]
fn on_the_terminal_though_every_stream_but_one_is_elsewhere() {
    let (mut terminal, directory) = shell("$HASH -f xml < /dev/null > out; echo status=$?");
    assert_eq!(answer(&mut terminal, "password", "password").trim(), "status=0");
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, GUIDE_XML);
}

#[test]
fn two_that_differ_are_refused() {
    let (mut terminal, directory) = shell("$HASH -f xml > out; echo status=$?");
    let shown = answer(&mut terminal, "password", "passwort");
    assert!(shown.contains("the two typed passwords differ"), "{shown}");
    assert!(shown.contains("status=2"), "{shown}");
    assert!(!shown.contains("passwor\r") && !shown.contains("passwort"), "{shown}");
    assert_eq!(fs::read(directory.path().join("out")).expect("it was made"), b"");
}

#[test]
fn an_empty_one_is_refused() {
    for end_of_file in [true, false] {
        let (mut terminal, _directory) = shell("$HASH; echo status=$?");
        terminal.exp_string(QUESTION).expect("the question");
        match end_of_file {
            true => terminal.send_control('d').expect("Ctrl-D"),
            false => terminal.send_line("").map(|_| ()).expect("an empty line"),
        }
        let shown = terminal.exp_eof().expect("the end, not the second question");
        assert!(shown.contains("\nerror: ") || shown.contains("\n\u{1B}"), "{shown:?}");
        assert!(shown.contains("the password is empty") && shown.contains("status=2"), "{shown}");
    }
}

/// Nobody types a password for nothing.
#[test]
fn a_file_that_cannot_be_written_is_found_before_the_question() {
    let mut cases = vec!["/nowhere/at/all", "/dev/null", "there"];
    // Even root cannot create a file there.
    cases.extend(cfg!(target_os = "linux").then_some("/proc/x"));
    for path in cases {
        let (mut terminal, _directory) = shell(&format!("touch there; $HASH -o {path}; echo $?"));
        let shown = terminal.exp_eof().expect("the end, not a question");
        assert!(shown.contains("--output: ") && !shown.contains("Password"), "{path}: {shown}");
    }
}

/// `--password-file -` is the same as `--password-stdin`.
#[test]
fn standard_input_that_is_a_terminal_is_asked() {
    let (mut terminal, directory) = shell("$HASH -f xml --password-file - > out; echo status=$?");
    assert_eq!(answer(&mut terminal, "password", "password").trim(), "status=0");
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, GUIDE_XML);
}

/// The kernel's own line editing works; bytes that are not UTF-8 arrive as they are.
#[test]
fn bytes_as_they_are_typed() {
    let (mut terminal, _directory) = shell("stty -iutf8; $HASH -q; echo status=$?");
    for question in [QUESTION, AGAIN] {
        terminal.exp_string(question).expect("the question");
        // Latin-1, with a character too many that is rubbed out.
        terminal.send("p").expect("a letter");
        terminal.flush().expect("it is sent");
        let mut raw = terminal.process().get_file_handle().expect("a handle");
        raw.write_all(b"\xE4sswordX\x7F\n").expect("the rest");
    }
    let shown = terminal.exp_eof().expect("the end");
    assert!(shown.contains(&format!("Hash1:  {}", LATIN1.1)), "{shown}");
}

#[test]
fn a_line_too_long_is_refused_and_not_left_to_the_shell() {
    let (mut terminal, directory) = shell("$HASH; echo status=$?; read -r rest; echo \"<$rest>\"");
    let long = "x".repeat(1500) + "; touch leaked";
    let shown = {
        terminal.exp_string(QUESTION).expect("the question");
        terminal.send_line(&long).expect("an answer");
        terminal.exp_string(AGAIN).expect("the second question");
        terminal.send_line(&long).expect("an answer");
        let before = terminal.exp_string("status=2").expect("it is refused");
        terminal.send_line("next").expect("another line");
        before + &terminal.exp_eof().expect("the end")
    };
    assert!(shown.contains("more than 1024 bytes"), "{shown}");
    assert!(shown.contains("<next>"), "{shown}");
    assert!(!directory.path().join("leaked").exists());
}

/// Were the echo still off, `stty -a` would print `-echo`.
#[test]
fn the_echo_comes_back_after_ctrl_c() {
    let (mut terminal, _directory) = shell("trap : INT; $HASH; echo status=$?; stty -a");
    terminal.exp_string(QUESTION).expect("the question");
    terminal.send("pass").expect("half an answer");
    terminal.send_control('c').expect("Ctrl-C");
    let shown = terminal.exp_eof().expect("the end");
    assert!(shown.contains("status=130"), "{shown}");
    assert!(shown.contains(" echo ") && !shown.contains("-echo "), "{shown}");
}

#[test]
fn the_echo_comes_back_while_it_is_stopped() {
    let (mut terminal, directory) = shell("set -m; $HASH > out; stty -a; fg > /dev/null; stty -a");
    terminal.exp_string(QUESTION).expect("the question");
    terminal.send_control('z').expect("Ctrl-Z");
    let shown = answer(&mut terminal, "password", "password");
    assert_eq!(shown.matches(" echo ").count(), 2 - 1, "{shown}");
    assert!(!shown.contains("-echo "), "{shown}");
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, guide_text());
}

/// `verify` asks once; what a captured header holds can't write to the terminal.
#[test]
fn verify_asks_once() {
    let header =
        "Digest username=\"\x1B[2Ja\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"{}\"";
    let header = header.replace("{}", &"0".repeat(32));
    let script =
        format!("${{HASH%% *}} verify --method M --authorization '{header}'; echo status=$?");
    let (mut terminal, _directory) = shell(&script);
    terminal.exp_string("Password for \\u{1b}[2Ja on r: ").expect("the question");
    terminal.send_line("password").expect("an answer");
    let shown = terminal.exp_eof().expect("the end");
    assert!(shown.contains("status=1") && !shown.contains('\x1B'), "{shown:?}");
}

#[test]
fn colour_on_a_terminal_but_not_with_no_color() {
    let (mut terminal, _directory) = shell("$HASH -f xml --realm-id 1; NO_COLOR=1 $HASH -p x");
    let shown = terminal.exp_eof().expect("the end");
    assert!(shown.contains("\x1B[1;31merror:\x1B[0m"), "{shown:?}");
    assert!(shown.contains("\r\nwarning: --password"), "{shown:?}");
}
