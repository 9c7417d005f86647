//! The completion scripts, loaded by their shells.
//!
//! Each shell finds a stand-in for `bwsip` that prints its arguments, and thereby what the shell
//! completes a line to.

use std::fs;
use std::process::Command;

use rexpect::session::spawn_command;

use crate::support::{bwsip, directory, search_path, write_program};

/// A line that is typed before Tab, and the arguments that it is completed to.
const LINES: [(&str, &str); 11] = [
    ("bwsip bat", "<batch>"),
    ("bwsip hash --with", "<hash><--with-realm>"),
    ("bwsip hash --format up", "<hash><--format><update-xml>"),
    ("bwsip batch user", "<batch><users.csv>"),
    ("bwsip hash --password-file user", "<hash><--password-file><users.csv>"),
    ("bwsip completions pow", "<completions><powershell>"),
    ("bwsip man sub", "<man><subdirectory>"),
    // A username is not completed to a file name.
    ("bwsip hash --username user", "<hash><--username><user>"),
    // Where no word has begun, a command that takes files has those.
    ("cd subdirectory; bwsip ready", "<ready>"),
    ("bwsip batch ", "<batch><only.csv>"),
    ("bwsip batch --lenient ", "<batch><--lenient><only.csv>"),
];

/// Checks what an interactive shell completes lines to. `setup` is the command that loads the script,
/// whose path is in `$SCRIPT`.
#[track_caller]
fn assert_completes(shell: &str, arguments: &[&str], setup: &str, lines: &[(&str, &str)]) {
    let directory = directory();
    let script = directory.path().join("script");
    fs::write(&script, bwsip(["completions", shell]).clean()).expect("the file is written");
    fs::write(directory.path().join("users.csv"), "").expect("the file is written");
    fs::create_dir(directory.path().join("subdirectory")).expect("the directory is created");
    fs::write(directory.path().join("subdirectory/only.csv"), "").expect("the file is written");
    let program = directory.path().join("bwsip");
    write_program(&program, "#!/bin/sh\nprintf '<%s>' \"$@\"\necho ' were the arguments'\n");

    let mut command = Command::new(shell);
    command.args(arguments).current_dir(&directory).env("HOME", directory.path());
    command.env("PATH", search_path(directory.path()));
    command.env("SCRIPT", &script).env("TERM", "xterm").env_remove("BASH_ENV");
    for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(variable, directory.path());
    }
    let mut terminal =
        spawn_command(command, Some(20_000)).expect("a pseudo-terminal is available");
    terminal.send_line(setup).expect("the terminal accepts input");
    terminal.send_line("bwsip ready").expect("the terminal accepts input");
    terminal.exp_string("<ready> were the arguments").expect(shell);
    for (line, expected) in lines {
        terminal.send(&format!("{line}\t")).expect("the terminal accepts input");
        terminal.flush().expect("the terminal accepts input");
        terminal.send_line("").expect("the terminal accepts input");
        let shown = terminal.exp_string(" were the arguments").expect(line);
        // zsh removes the slash after the name of a directory, the others do not.
        assert!(shown.replace("/>", ">").ends_with(expected), "{shell}: {line}: {shown}");
    }
    // An interactive shell ignores the SIGTERM that a dropped session sends.
    terminal.send_line("exit").expect("the terminal accepts input");
    terminal.exp_eof().expect("it ends");
}

#[test]
fn every_shell_has_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = bwsip(["completions", shell]).clean();
        for word in ["verify", "password-stdin"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(bwsip(["completions", "tcsh"]).refused().contains("bash, elvish, fish"));
}

#[test]
#[ignore = "needs bash: apt-get install bash"]
fn bash() {
    assert_completes("bash", &["--norc", "--noprofile", "-i"], ". \"$SCRIPT\"", &LINES);
}

#[test]
#[ignore = "needs zsh: apt-get install zsh"]
fn zsh() {
    let setup = "autoload -U compinit; compinit -u -D; . \"$SCRIPT\"";
    assert_completes("zsh", &["-f", "-i"], setup, &LINES);
}

#[test]
#[ignore = "needs fish: apt-get install fish"]
fn fish() {
    assert_completes("fish", &["--no-config", "-i"], "source $SCRIPT", &LINES);
}

/// elvish's script completes neither values nor file names.
#[test]
#[ignore = "needs elvish: apt-get install elvish"]
fn elvish() {
    assert_completes("elvish", &["-norc"], "eval (slurp < $E:SCRIPT)", &LINES[..2]);
}
