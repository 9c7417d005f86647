//! The man pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{BWSIP, bwsip, directory, names};

const COMMANDS: [&str; 9] =
    ["hash", "batch", "plan", "request", "show", "verify", "call", "completions", "man"];

/// Writes all pages to a new directory. Returns it and the paths of the pages.
fn pages() -> (TempDir, Vec<PathBuf>) {
    let directory = directory();
    let pages = directory.path().join("share/man1");
    assert_eq!(bwsip(["man".as_ref(), pages.as_os_str()]).clean(), "");
    let files = fs::read_dir(pages).expect("it was created");
    let mut files: Vec<_> = files.map(|it| it.expect("an entry").path()).collect();
    files.sort();
    (directory, files)
}

#[test]
fn the_program_and_each_command_have_a_page() {
    let (directory, files) = pages();
    let names = files.iter().map(|it| it.file_name().expect("a name").to_str().expect("ASCII"));
    let expected = COMMANDS.iter().map(|command| format!("bwsip-{command}.1"));
    let expected: BTreeSet<_> = expected.chain(["bwsip.1".to_owned()]).collect();
    assert_eq!(names.map(str::to_owned).collect::<BTreeSet<_>>(), expected);

    let program =
        fs::read_to_string(directory.path().join("share/man1/bwsip.1")).expect("the page exists");
    assert_eq!(bwsip(["man"]).clean(), program);
    let version = env!("CARGO_PKG_VERSION");
    for file in files {
        let page = fs::read_to_string(&file).expect("the page exists");
        assert!(page.contains(&format!("\"bwsip {version}\"")), "{page}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
            let headings = page.matches(&format!("\n.SH \"{section}\"\n")).count()
                + page.matches(&format!("\n.SH {section}\n")).count();
            assert_eq!(headings, 1, "{section} in {file:?}");
        }
    }
}

#[test]
fn pages_name_the_variables_of_their_command() {
    let (directory, _) = pages();
    let page = |name: &str| {
        fs::read_to_string(directory.path().join("share/man1").join(name)).expect("the page exists")
    };
    // The program's page has every variable that the README and the guide name.
    let documents = concat!(
        include_str!("../../README.md"),
        include_str!("../../src/guide/posting.md"),
        include_str!("../../src/guide/providers.md")
    );
    let words = documents.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let prefixes = ["BWSIP_", "BW_", "TWILIO_", "SIGNALWIRE_", "TELNYX_"];
    let ours = words.filter(|it| prefixes.iter().any(|prefix| it.starts_with(prefix)));
    let ours: BTreeSet<_> = ours.collect();
    assert!(ours.len() >= 14, "{ours:?}");
    for variable in ours {
        assert!(page("bwsip.1").contains(variable), "{variable}");
    }
    for (name, has, lacks) in [
        ("bwsip-hash.1", "BWSIP_PASSWORD", "TWILIO_"),
        ("bwsip-batch.1", "BWSIP_REALM", "BWSIP_PASSWORD"),
        ("bwsip-call.1", "TWILIO_ACCOUNT_SID", "password\\-out"),
        ("bwsip-man.1", "NO_COLOR", "BWSIP_"),
    ] {
        assert!(page(name).contains(has) && !page(name).contains(lacks), "{name}");
    }
}

/// Returns the examples of a command's help, or of the program's.
fn examples(command: Option<&str>) -> String {
    let help = bwsip(command.into_iter().chain(["--help"])).clean();
    let (_, examples) = help.split_once("\nExamples:\n").expect("there are examples");
    examples.trim_end().to_owned()
}

/// On a page, which is often 80 columns wide, they are indented by five more.
#[test]
fn examples_fit_on_a_page() {
    for command in COMMANDS.map(Some).into_iter().chain([None]) {
        for line in examples(command).lines() {
            assert!(line.len() <= 75, "{line}");
        }
    }
}

/// What travels with the program: formulas, rules, the CSV file, the mistakes, and the JSON objects.
#[test]
fn pages_have_sections_of_the_guide() {
    let (directory, _) = pages();
    for (command, sections) in [
        ("hash", &["THE DIGESTS", "WHAT BANDWIDTH ACCEPTS", "JSON OF HASH AND BATCH"][..]),
        ("batch", &["THE CSV FILE", "WHAT SPREADSHEETS DO TO A FILE", "JSON OF HASH AND BATCH"]),
        ("plan", &["PLAN", "JSON OF PLAN"]),
        ("show", &["JSON OF SHOW"]),
        (
            "verify",
            &[
                "THE THREE SIDES",
                "WHAT A TRACE MAY BE",
                "WHAT IS TRIED",
                "THE MISTAKES THAT IT KNOWS",
                "JSON OF VERIFY",
                "JSON OF VERIFY WITH --CSV",
            ],
        ),
        ("call", &["JSON OF CALL"]),
    ] {
        let path = directory.path().join(format!("share/man1/bwsip-{command}.1"));
        let page = fs::read_to_string(path).expect("the page exists").replace('"', "");
        for section in sections {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{command}: {section}");
        }
        match command {
            // As Bandwidth's guide and its error list have them.
            "hash" => {
                let formula = "Hash1b = MD5(composite username @ realm : realm : password)";
                assert!(page.contains(formula) && page.contains("23016"), "{page}");
            }
            "verify" => {
                for mistake in bwsip::diagnosis::mistakes::MISTAKES.iter() {
                    let name = mistake.name.replace('-', "\\-");
                    assert!(page.contains(&format!("\n.TP\n\\fB{name}\\fR\n")), "{name}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn pages_that_cannot_be_written_are_an_error() {
    let directory = directory();
    let file = directory.path().join("file");
    fs::write(&file, "").expect("the file is written");
    let message = bwsip(["man".as_ref(), file.as_os_str()]).refused();
    assert!(message.starts_with("error: man pages: can't create the directory "), "{message}");
    fs::create_dir(directory.path().join("bwsip-hash.1")).expect("the directory is created");
    let message = bwsip(["man".as_ref(), directory.path().as_os_str()]).refused();
    assert!(message.starts_with("error: man pages: can't write "), "{message}");
    assert!(message.contains("bwsip-hash.1\": "), "{message}");
}

/// A directory has the name of the last page.
#[test]
fn all_pages_are_replaced_or_none() {
    let directory = directory();
    fs::write(directory.path().join("bwsip.1"), "old").expect("the file is written");
    fs::create_dir(directory.path().join("bwsip-man.1")).expect("the directory is created");
    bwsip(["man".as_ref(), directory.path().as_os_str()]).refused();
    assert_eq!(names(directory.path()), ["bwsip-man.1", "bwsip.1"]);
    let page = fs::read_to_string(directory.path().join("bwsip.1"));
    assert_eq!(page.expect("it exists"), "old");
}

/// A limit on the size of files stands in for a full disk.
#[cfg(unix)]
#[test]
fn no_page_is_partly_written() {
    let directory = directory();
    let man = |limit: &str| {
        let script = format!("ulimit -f {limit}; exec \"$0\" man .");
        let mut command = Command::new("sh");
        command.args(["-c", &script, BWSIP]).current_dir(&directory);
        command.output().expect("sh runs")
    };
    let contents = || {
        let names = names(directory.path());
        let read = |name| fs::read_to_string(directory.path().join(name)).expect("the page exists");
        names.into_iter().map(|name| (name.clone(), read(name))).collect::<Vec<_>>()
    };
    // Four blocks are 2,048 bytes: some pages are larger, some smaller.
    let output = man("4");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.starts_with("error: man pages: can't write "), "{message}");
    assert_eq!(contents(), []);
    assert!(man("unlimited").status.success());
    let pages = contents();
    assert_eq!(pages.len(), COMMANDS.len() + 1);
    assert_eq!(man("4").status.code(), Some(2));
    assert!(contents() == pages);
}

/// Other users can read them, if the umask allows it.
#[cfg(unix)]
#[test]
fn pages_are_public() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = directory();
    let mut command = Command::new("sh");
    command.args(["-c", "umask 022; exec \"$0\" man .", BWSIP]);
    assert!(command.current_dir(&directory).status().expect("sh runs").success());
    let metadata = fs::metadata(directory.path().join("bwsip.1")).expect("the page exists");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o644);
}

#[test]
#[ignore = "needs man and mandoc: apt-get install man-db mandoc"]
fn man_and_mandoc_accept_the_pages() {
    let (_directory, files) = pages();
    for file in files {
        let lint = Command::new("mandoc").arg("-Tlint").arg(&file).output().expect("mandoc runs");
        assert_eq!(String::from_utf8_lossy(&lint.stdout), "", "{:?}", lint.stderr);
        let mut man = Command::new("man");
        man.args(["--warnings", "-l"]).arg(&file).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80");
        let man = man.output().expect("man runs");
        assert_eq!(String::from_utf8_lossy(&man.stderr), "");
        let shown = String::from_utf8(man.stdout).expect("it is UTF-8");
        for line in shown.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        // The examples can be copied: they are those of the help, with every character and line break.
        let name = file.file_stem().and_then(|it| it.to_str()).expect("ASCII");
        let expected = examples(name.strip_prefix("bwsip-"));
        let (_, shown) = shown.split_once("\nEXAMPLES\n").expect("there are examples");
        let (shown, _) = shown.split_once("\nSEE ALSO\n").expect("it is the last section");
        let lines =
            shown.trim_end().lines().map(|line| line.strip_prefix("     ").expect("indented"));
        assert!(lines.eq(expected.lines()), "{shown}\n{expected}");
    }
}
