//! The prompt, on a pseudo-terminal.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::support::{
    BWSIP, GUIDE_XML, LATIN1, PROMPT, REALM, SECOND_PROMPT, directory, guide_text,
};

/// Runs `script` in a shell on a pseudo-terminal, where `$HASH` is `bwsip hash` for the guide's
/// sipauthtest. Returns its directory, too.
fn shell(script: &str) -> (PtySession, TempDir) {
    let directory = directory();
    let mut command = Command::new("sh");
    // rexpect turns the echo off; users have it on.
    command.args(["-c", &format!("stty echo; {script}")]).current_dir(&directory);
    command.env("HASH", format!("{BWSIP} hash -u sipauthtest -r {REALM}"));
    command.env_remove("BWSIP_PASSWORD").env_remove("BWSIP_REALM").env_remove("NO_COLOR");
    command.env("TERM", "xterm");
    (spawn_command(command, Some(20_000)).expect("a pseudo-terminal is available"), directory)
}

/// Waits for the prompt, and answers it.
fn answer(terminal: &mut PtySession, first: &str, second: &str) -> String {
    terminal.exp_string(PROMPT).expect("the prompt");
    answer_prompt(terminal, first, second)
}

/// Types two passwords at a prompt that has appeared, and returns what the terminal shows after the
/// first.
fn answer_prompt(terminal: &mut PtySession, first: &str, second: &str) -> String {
    terminal.send_line(first).expect("the password is typed");
    let between = terminal.exp_string(SECOND_PROMPT).expect("the second prompt");
    terminal.send_line(second).expect("the password is typed");
    between + &terminal.exp_eof().expect("the shell exits")
}

#[test]
fn the_prompt_asks_twice_without_echo() {
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
fn the_prompt_uses_the_terminal_when_streams_are_redirected() {
    let (mut terminal, directory) = shell("$HASH -f xml < /dev/null > out; echo status=$?");
    assert_eq!(answer(&mut terminal, "password", "password").trim(), "status=0");
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, GUIDE_XML);
}

#[test]
fn passwords_that_differ_are_refused() {
    let (mut terminal, directory) = shell("$HASH -f xml > out; echo status=$?");
    let shown = answer(&mut terminal, "password", "passwort");
    assert!(shown.contains("the two typed passwords differ"), "{shown}");
    assert!(shown.contains("status=2"), "{shown}");
    assert!(!shown.contains("passwor\r") && !shown.contains("passwort"), "{shown}");
    assert_eq!(fs::read(directory.path().join("out")).expect("it was created"), b"");
}

#[test]
fn an_empty_password_is_refused() {
    for end_of_file in [true, false] {
        let (mut terminal, _directory) = shell("$HASH; echo status=$?");
        terminal.exp_string(PROMPT).expect("the prompt");
        match end_of_file {
            true => terminal.send_control('d').expect("Ctrl-D"),
            false => terminal.send_line("").map(|_| ()).expect("an empty line is typed"),
        }
        let shown = terminal.exp_eof().expect("the end, without a second prompt");
        assert!(shown.contains("\nerror: ") || shown.contains("\n\u{1B}"), "{shown:?}");
        assert!(shown.contains("the password is empty") && shown.contains("status=2"), "{shown}");
    }
}

/// Nobody types a password in vain.
#[test]
fn output_is_checked_before_the_prompt() {
    let mut cases = vec!["/nowhere/at/all", "/dev/null", "there"];
    // Even root cannot create a file there.
    cases.extend(cfg!(target_os = "linux").then_some("/proc/x"));
    for path in cases {
        let (mut terminal, _directory) = shell(&format!("touch there; $HASH -o {path}; echo $?"));
        let shown = terminal.exp_eof().expect("the end, without a prompt");
        assert!(shown.contains("--output: ") && !shown.contains("Password"), "{path}: {shown}");
    }
}

/// `--password-file -` is the same as `--password-stdin`.
#[test]
fn a_password_file_of_hyphen_prompts_on_a_terminal() {
    let (mut terminal, directory) = shell("$HASH -f xml --password-file - > out; echo status=$?");
    assert_eq!(answer(&mut terminal, "password", "password").trim(), "status=0");
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, GUIDE_XML);
}

/// The kernel's line editing works, and bytes that are not UTF-8 are kept.
#[test]
fn typed_bytes_are_kept() {
    let (mut terminal, _directory) = shell("stty -iutf8; $HASH -q; echo status=$?");
    for prompt in [PROMPT, SECOND_PROMPT] {
        terminal.exp_string(prompt).expect("the prompt");
        // Latin-1, with one more character, which is deleted.
        terminal.send("p").expect("a letter is typed");
        terminal.flush().expect("the terminal accepts input");
        let mut raw = terminal.process().get_file_handle().expect("the terminal can be opened");
        raw.write_all(b"\xE4sswordX\x7F\n").expect("the rest is typed");
    }
    let shown = terminal.exp_eof().expect("the shell exits");
    assert!(shown.contains(&format!("Hash1:  {}", LATIN1.1)), "{shown}");
}

#[test]
fn a_long_line_is_refused_and_consumed() {
    let (mut terminal, directory) = shell("$HASH; echo status=$?; read -r rest; echo \"<$rest>\"");
    let long = "x".repeat(1500) + "; touch leaked";
    let shown = {
        terminal.exp_string(PROMPT).expect("the prompt");
        terminal.send_line(&long).expect("the password is typed");
        terminal.exp_string(SECOND_PROMPT).expect("the second prompt");
        terminal.send_line(&long).expect("the password is typed");
        let before = terminal.exp_string("status=2").expect("it is refused");
        terminal.send_line("next").expect("a line is typed");
        before + &terminal.exp_eof().expect("the shell exits")
    };
    assert!(shown.contains("more than 1024 bytes"), "{shown}");
    assert!(shown.contains("<next>"), "{shown}");
    assert!(!directory.path().join("leaked").exists());
}

/// `stty -a` prints `-echo` while the echo is off.
#[test]
fn ctrl_c_restores_the_echo() {
    let (mut terminal, _directory) = shell("trap : INT; $HASH; echo status=$?; stty -a");
    terminal.exp_string(PROMPT).expect("the prompt");
    terminal.send("pass").expect("a part is typed");
    terminal.send_control('c').expect("Ctrl-C");
    let shown = terminal.exp_eof().expect("the shell exits");
    assert!(shown.contains("status=130"), "{shown}");
    assert!(shown.contains(" echo ") && !shown.contains("-echo "), "{shown}");
}

#[test]
fn ctrl_z_restores_the_echo() {
    let (mut terminal, directory) = shell("set -m; $HASH > out; stty -a; fg > /dev/null; stty -a");
    terminal.exp_string(PROMPT).expect("the prompt");
    terminal.send_control('z').expect("Ctrl-Z");
    let stopped = terminal.exp_string(PROMPT).expect("the prompt appears again");
    let ended = answer_prompt(&mut terminal, "password", "password");
    for shown in [stopped, ended] {
        assert!(shown.contains(" echo ") && !shown.contains("-echo "), "{shown}");
    }
    let printed = fs::read_to_string(directory.path().join("out")).expect("it was written");
    assert_eq!(printed, guide_text());
}

/// Control characters in a captured header are escaped.
#[test]
fn verify_prompts_once() {
    let header =
        "Digest username=\"\u{202E}a\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"{}\"";
    let header = header.replace("{}", &"0".repeat(32));
    let script =
        format!("${{HASH%% *}} verify --method M --authorization '{header}'; echo status=$?");
    let (mut terminal, _directory) = shell(&script);
    terminal.exp_string("Password for \\u{202e}a on r: ").expect("the prompt");
    terminal.send_line("password").expect("the password is typed");
    let shown = terminal.exp_eof().expect("the shell exits");
    assert!(shown.contains("status=1") && !shown.contains('\u{202E}'), "{shown:?}");
}

#[test]
fn color_on_a_terminal_unless_no_color() {
    let (mut terminal, _directory) = shell("$HASH -f xml --realm-id 1; NO_COLOR=1 $HASH -p x");
    let shown = terminal.exp_eof().expect("the shell exits");
    assert!(shown.contains("\x1B[1;31merror:\x1B[0m"), "{shown:?}");
    assert!(shown.contains("\r\nwarning: --password"), "{shown:?}");
}
