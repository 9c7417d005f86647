//! The sources of a password, and the messages that must not contain it.

use std::fs;
use std::process::Command;

use crate::support::{
    BWSIP, LATIN1, REALM, assert_generated, bwsip, directory, full_device, guide_text, hash,
    os_string, text,
};

/// Writes a password to a file.
fn password_file(contents: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("the file is created");
    fs::write(file.path(), contents).expect("the file is written");
    file
}

#[test]
fn only_one_line_ending_is_trimmed() {
    let same: [&[u8]; 3] = [b"password", b"password\n", b"password\r\n"];
    for bytes in same {
        assert_eq!(hash(["--password-stdin"]).stdin(bytes).clean(), guide_text());
        let file = password_file(bytes);
        let from_file = hash(["--password-file"]).args([file.path()]).clean();
        assert_eq!(from_file, guide_text());
    }
    // Computed by md5sum.
    let others: [(&[u8], &str, &str); 4] = [
        (b"password\n\n", "271d08f2d548d05bc55552f8f5ea72b8", "e5652c509a79f8e4250d7cccf8aaad3e"),
        (b"password\r", "21dda95806832ee477e16f096bf20752", "084881750fba491c0b3d0fb1c7bee4f0"),
        (b"password\r\r\n", "21dda95806832ee477e16f096bf20752", "084881750fba491c0b3d0fb1c7bee4f0"),
        (b" password", "c50e57fd59da062825d5ada167b0d5a4", "fe6522eb73a6d6dc1b0c2775fa57676e"),
    ];
    for (bytes, hash1, hash1b) in others {
        let (printed, warnings) = hash(["--password-stdin"]).stdin(bytes).warned();
        assert_eq!(printed, text(hash1, hash1b), "{bytes:?}");
        assert!(warnings.contains("begins or ends with whitespace"), "{warnings}");
    }
}

#[test]
fn passwords_that_are_not_utf8_are_hashed_unchanged() {
    let (password, hash1, hash1b) = LATIN1;
    let file = password_file(password);
    let mut runs = vec![
        hash(["--password-stdin"]).stdin(password),
        hash(["--password-file"]).args([file.path()]),
    ];
    if cfg!(unix) {
        let argument = os_string(password);
        runs.push(hash(["--password"]).args([&argument]));
        runs.push(hash::<&str>([]).env("BWSIP_PASSWORD", argument));
    }
    for run in runs {
        let (printed, warnings) = run.warned();
        assert_eq!(printed, text(hash1, hash1b));
        assert!(warnings.contains("outside ASCII"), "{warnings}");
    }
}

#[test]
fn a_flag_takes_precedence_over_the_environment() {
    let file = password_file(b"password");
    let runs = [
        hash(["--password-stdin"]).stdin("password"),
        hash(["--password-file"]).args([file.path()]),
        hash(["-q", "-p", "password"]),
    ];
    for run in runs {
        assert_eq!(run.env("BWSIP_PASSWORD", "another").clean(), guide_text());
    }
    let generated = hash(["--generate-password"]).with_password().clean();
    assert!(!generated.ends_with(&guide_text()), "{generated}");
}

#[test]
fn a_password_argument_is_warned_about() {
    let (printed, warnings) = hash(["-p", "password"]).warned();
    assert_eq!(printed, guide_text());
    assert!(warnings.starts_with("warning: --password: other users"), "{warnings}");
    assert_eq!(warnings.lines().count(), 1, "{warnings}");
}

#[test]
fn a_password_may_begin_with_a_hyphen() {
    for arguments in [&["-p", "-x"][..], &["--password", "-x"], &["--password=-x"], &["-p-x"]] {
        assert_eq!(
            hash(["-q"]).args(arguments).clean(),
            text("c9986e07fe2d463c345505a1647559d7", "61988e4651bba1dfdef64087a11e34b9")
        );
    }
}

#[test]
fn two_password_sources_are_wrong_usage() {
    let sources: [&[&str]; 4] =
        [&["--password-stdin"], &["--password-file=x"], &["-p=x"], &["--generate-password"]];
    for (at, first) in sources.iter().enumerate() {
        for second in &sources[at + 1..] {
            let message = hash(*first).args(*second).refused();
            assert!(message.contains(" cannot be used with"), "{message}");
        }
    }
}

#[test]
fn empty_passwords_are_refused() {
    for bytes in [&b""[..], b"\n", b"\r\n"] {
        let file = password_file(bytes);
        let message = hash(["--password-file"]).args([file.path()]).refused();
        assert!(message.contains("--password-file"), "{message}");
        let message = hash(["--password-stdin"]).stdin(bytes).refused();
        assert!(message.contains("--password-stdin: the password is empty"), "{message}");
    }
    let message = hash(["-p", ""]).refused();
    assert!(message.contains("--password: the password is empty"), "{message}");
    let message = hash::<&str>([]).env("BWSIP_PASSWORD", "").refused();
    assert!(message.contains("BWSIP_PASSWORD: the password is empty"), "{message}");
}

#[test]
fn passwords_have_at_most_1024_bytes() {
    for (length, line_ending) in [(1024, ""), (1024, "\n"), (1024, "\r\n"), (1, "\r\n")] {
        let bytes = "x".repeat(length) + line_ending;
        hash(["--password-stdin"]).stdin(bytes).clean();
    }
    let long = "x".repeat(1025);
    for line_ending in ["", "\n", "\r\n"] {
        let message = hash(["--password-stdin"]).stdin(long.clone() + line_ending).refused();
        assert!(message.contains("--password-stdin: more than 1024"), "{message}");
    }
    assert!(hash(["-p", &long]).refused().contains("more than 1024 bytes"));
    assert!(hash::<&str>([]).env("BWSIP_PASSWORD", &long).refused().contains("more than 1024"));
}

#[test]
fn a_hyphen_is_standard_input() {
    let run = hash(["--password-file", "-"]).stdin("password\n");
    assert_eq!(run.clean(), guide_text());
    let message = hash(["--password-file", "-"]).refused();
    assert!(message.contains("--password-file: the password is empty"), "{message}");
    // A file of that name is reached by a path.
    let directory = directory();
    fs::write(directory.path().join("-"), "password").expect("the file is written");
    let run = hash(["--password-file", "./-"]).directory(directory.path());
    assert_eq!(run.clean(), guide_text());
}

/// A shell's `<(…)` is such a pipe. A process that disables core dumps may lose access to its own `/proc`.
#[cfg(unix)]
#[test]
fn pipes_as_password_files() {
    let hash = format!("'{BWSIP}' hash -u sipauthtest -r {REALM} --password-file");
    let script = format!(
        "printf password | {hash} /dev/stdin; printf password | {hash} /dev/fd/3 3<&0 < /dev/null"
    );
    let output = Command::new("sh").args(["-c", &script]).output().expect("sh runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, guide_text().repeat(2), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn standard_input_cannot_be_read_twice() {
    for source in [&["--password-stdin"][..], &["--password-file", "-"], &["--password-file=-"]] {
        let run = bwsip(["verify", "-u", "bob", "-r", REALM, "--xml", "-"]).args(source);
        let message = run.stdin("<SipCredentials/>").refused();
        assert!(message.contains("cannot both read standard input"), "{source:?}: {message}");
    }
}

/// In `-p $PASSWORD -q`, an empty variable leaves `-q` in the value's place.
#[test]
fn a_flag_is_not_the_value_of_another() {
    let cases: [(&[&str], &str); 8] = [
        (&["-p", "-q"], "-p has no value before -q: if -q is the value, type -p=-q"),
        (&["--password", "--quiet"], "type --password=--quiet"),
        (&["-p", "--force"], "-p has no value before --force"),
        (&["-p", "-p"], "-p has no value before -p"),
        (&["-q", "-d", "-p", "x"], "-d has no value before -p"),
        (&["-qp", "-q"], "-qp has no value before -q"),
        (&["-qd", "--password-stdin"], "-qd has no value before --password-stdin"),
        (&["--domain", "-h"], "--domain has no value before -h"),
    ];
    for (arguments, expected) in cases {
        let message = hash(arguments).refused();
        assert!(message.starts_with("error: wrong usage: "), "{arguments:?}: {message}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    let message = bwsip(["-q", "hash", "-u", "-r", REALM, "-p", "x"]).refused();
    assert!(message.contains("-u has no value before -r"), "{message}");
    // MD5 of `sipauthtest:custxx.auth.bandwidth.com:-q` and `sipauthtest@…:…:-q`, computed by
    // hashlib.
    for value in ["--password=-q", "-p=-q", "-p-q"] {
        let printed = hash(["-q", value]).clean();
        assert_eq!(
            printed,
            text("fbe730d1f0b8cac76c3993a03cb3b270", "3faea0250caf01532421be5a096ec50f")
        );
    }
}

/// Likely mistakes are hashed unchanged, with a warning.
#[test]
fn suspicious_passwords_are_warned_about() {
    let cases: [(&[u8], &str); 6] = [
        (b"password\nlogin: bob\nurl: sip\n", "has a line ending inside it"),
        (b"pass\0word", "has a NUL inside it"),
        (b"\x1B[200~password\x1B[201~", "has a control character inside it"),
        (b"\xEF\xBB\xBFpassword\r\n", "begins with a byte order mark"),
        (b"\xFF\xFEp\0a\0s\0s\0\r\0\n\0", "looks like UTF-16"),
        (b"p\xE4ssword", "is not UTF-8"),
    ];
    for (password, expected) in cases {
        let file = password_file(password);
        let (_, warnings) = hash(["--password-file"]).args([file.path()]).warned();
        let start = format!("warning: --password-file: {:?}: ", file.path());
        assert!(warnings.starts_with(&start), "{warnings}");
        assert!(warnings.contains(expected), "{warnings}");
        assert_eq!(warnings.lines().count(), 1, "{warnings}");
        hash(["-q", "--password-file"]).args([file.path()]).clean();
    }
}

/// What a spreadsheet, a template, a word processor or an export left in the password's place. The
/// warning does not repeat it.
#[test]
fn what_is_hardly_a_password_is_warned_about() {
    let cases = [
        ("s3cret\u{200B}", "has an invisible character, U+200B"),
        ("s3\u{AD}cret", "has an invisible character, U+00AD"),
        ("s3cret\u{202C}", "has an invisible character, U+202C"),
        ("s3\u{A0}cret", "has a no-break space, U+00A0"),
        ("s3cret\u{2019}s", "has a typographic quote, U+2019"),
        ("s3\u{2013}cret", "has a typographic dash, U+2013"),
        ("\"s3cret\"", "has quotes around it"),
        ("${{ secrets.SIP_S3CRET }}", "looks like a placeholder"),
        ("$SIP_S3CRET", "looks like a placeholder"),
        ("%S3CRET%", "looks like a placeholder"),
        ("<s3cret>", "looks like a placeholder"),
        ("{s3cret}", "looks like a placeholder"),
        ("NULL", "looks like what programs write for no value"),
        ("\\N", "looks like what programs write for no value"),
        ("nan", "looks like what programs write for no value"),
        ("=s3cret", "begins with ="),
        ("1.5e5", "looks like a spreadsheet's number"),
        ("15551234567.0", "looks like a spreadsheet's number"),
        ("#BEZUG!", "looks like a spreadsheet's number or error"),
        ("817d76e91aad032a8c272229f468bfb2", "32 hexadecimal digits"),
    ];
    for (password, expected) in cases {
        let file = password_file(format!("{password}\n").as_bytes());
        let sources = [
            ("--password-stdin", hash(["--password-stdin"]).stdin(password)),
            ("--password-file", hash(["--password-file"]).args([file.path()])),
            ("BWSIP_PASSWORD", hash::<&str>([]).env("BWSIP_PASSWORD", password)),
        ];
        for (source, run) in sources {
            let (_, warnings) = run.warned();
            assert!(warnings.starts_with(&format!("warning: {source}: ")), "{warnings}");
            assert!(warnings.contains(expected), "{password}: {warnings}");
            assert_eq!(warnings.lines().count(), 1, "{password}: {warnings}");
            assert!(!warnings.to_lowercase().contains("s3cret"), "{warnings}");
        }
        let (_, warnings) = hash(["-p", password]).warned();
        assert!(warnings.contains(&format!("\nwarning: --password: {expected}")), "{warnings}");
        let csv = format!("username,password\nbob,\"{}\"\n", password.replace('"', "\"\""));
        let (_, warnings) = bwsip(["batch", "-r", REALM, "-"]).stdin(csv).warned();
        assert!(warnings.contains(&format!("line 2: password: {expected}")), "{warnings}");
        assert_eq!(warnings.lines().count(), 1, "{password}: {warnings}");
    }
}

#[cfg(unix)]
#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let message = hash(["--password-file", "/dev/zero"]).refused();
    assert!(message.contains("more than 1024 bytes"), "{message}");
}

#[test]
fn an_unreadable_file_is_an_error() {
    // A path that does not exist may be the password.
    for (path, name) in [("/nowhere/hunter2", "this file (argument 7)"), ("/", "\"/\"")] {
        let message = hash(["--password-file", path]).refused();
        let expected = format!("error: --password-file: can't read {name}: ");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn no_password_and_no_terminal_is_an_error() {
    let message = hash::<&str>([]).refused();
    for source in ["--password-stdin", "--password-file", "--generate-password", "BWSIP_PASSWORD"] {
        assert!(message.contains(source), "{message}");
    }
}

#[test]
fn generated_passwords() {
    let parse = |printed: &str| -> String {
        let (password, digests) =
            printed.split_once('\n').expect("the password has a line of its own");
        let password = password.strip_prefix("Password: ").expect("the password comes first");
        let again = hash(["--password-stdin"]).stdin(password).clean();
        assert_eq!(digests, again);
        password.to_owned()
    };
    let passwords: Vec<String> =
        (0..20).map(|_| parse(&hash(["--generate-password"]).clean())).collect();
    for password in &passwords {
        assert_generated(password);
        assert_eq!(passwords.iter().filter(|other| *other == password).count(), 1);
    }
    // Among 440 characters, one of the 62 is missing once in 20 runs; ten are missing practically never.
    let mut seen: Vec<u8> = passwords.concat().into_bytes();
    seen.sort_unstable();
    seen.dedup();
    assert!(seen.len() > 52, "{}", seen.len());
}

#[test]
fn a_generated_password_comes_first() {
    let json = hash(["--generate-password", "-f", "json"]).clean();
    assert!(json.starts_with("{\"password\":\""), "{json}");
    let env = hash(["--generate-password", "-f", "env"]).clean();
    assert!(env.starts_with("PASSWORD="), "{env}");
    let password = env.lines().next().and_then(|line| line.split('=').nth(1)).unwrap_or("");
    let again = hash(["--password-stdin", "-f", "env"]).stdin(password).clean();
    assert!(env.ends_with(&again), "{env}");
}

/// Neither in usage errors nor in errors after the password was read.
#[test]
fn messages_contain_no_password_or_digest() {
    let secret = "Tr0ub4dor-and-3";
    let mistakes: [&[&str]; 14] = [
        &["-p", secret, "-u", "a:b", "-r", "c"],
        &["-p", secret, "-u", "bob", "-r", "sip:x", "-f", "xml"],
        &["-p", secret, "-u", "bob", "-r", "x.y", "-o", "/nowhere/at/all"],
        &["-p", secret, "-u", "bob", "-r", "x.y", "-o", "/"],
        &["-p", "a", secret],
        &["-p", "a", secret, "-u", "bob"],
        &["-p", secret, "-p", secret],
        &["-p", secret, "--password-stdin"],
        &[&format!("--password-stdin={secret}")],
        &[&format!("--pasword={secret}")],
        &[&format!("--password{secret}")],
        &["-f", secret, "-u", "bob", "-r", "x.y"],
        &["-u", "bob", "-r", "x.y", "--", secret],
        &["--generate-password", secret],
    ];
    for arguments in mistakes {
        let message = bwsip(["hash"]).args(arguments).refused();
        assert!(!message.contains(secret), "{arguments:?}: {message}");
    }
    assert!(!bwsip([secret]).refused().contains(secret));
    let help = bwsip(["hash", "--help"]).env("BWSIP_PASSWORD", secret).clean();
    assert!(!help.contains(secret));

    // A full disk, after the digests were computed.
    if let Some(full) = full_device() {
        let outcome = hash(["-p", "password"]).stdout(full).run();
        assert_eq!(outcome.status, 2);
        assert!(!outcome.stderr.contains("fe438b") && !outcome.stderr.contains("79bb0e"));
        assert!(!outcome.stderr.replace("--password", "").contains(" password "));
    }
}

#[test]
fn a_password_may_be_whitespace() {
    let (printed, warnings) =
        bwsip(["hash", "-u", "sipauthtest", "-r", REALM]).env("BWSIP_PASSWORD", " ").warned();
    assert_eq!(
        printed,
        text("018730bb6678b4d9f3e6eb154ed1b958", "f287eafae536e16ecc81fcfa2e3e71fb")
    );
    assert!(warnings.contains("BWSIP_PASSWORD: begins or ends with whitespace"), "{warnings}");
}

/// An unpaired surrogate, which only UTF-16 can hold.
#[cfg(windows)]
#[test]
fn arguments_that_are_not_unicode_are_errors() {
    let half: std::ffi::OsString = std::os::windows::ffi::OsStringExt::from_wide(&[0x70, 0xD800]);
    for flag in ["--password", "--password-file", "--output", "--username"] {
        let message = hash([flag.as_ref(), half.as_os_str()]).with_password().refused();
        assert!(message.contains("is not Unicode"), "{flag}: {message}");
    }
    for variable in ["BWSIP_PASSWORD", "BWSIP_REALM"] {
        let run = bwsip(["hash", "-u", "sipauthtest"]).env("BWSIP_REALM", REALM).with_password();
        let message = run.env(variable, &half).refused();
        assert!(message.contains("Unicode") || message.contains("UTF-8"), "{variable}: {message}");
    }
}
