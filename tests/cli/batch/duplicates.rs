//! Usernames that Bandwidth treats as duplicates.

use std::fmt::Write as _;

use super::{batch, batch_in_realm, error_lines, rows};

#[test]
fn usernames_that_bandwidth_treats_as_duplicates() {
    let same = [
        ("bob,,x.y,p", "bob,,x.y,p"),
        ("bob,,x.y,p", "bob,,x.y,other"),
        ("bob,,x.y,p", "Bob,,x.y,p"),
        ("bob,somewhere.com,x.y,p", "bob@somewhere.com,,x.y,p"),
        ("bob@Somewhere.com,,x.y,p", "BOB,somewhere.COM,x.y,p"),
        ("bob,,x.y,p", "bob,,X.Y,p"),
        ("bob,,,p", "bob,,,p"),
        ("bob,,,p", "Bob,,default.example.com,p"),
        ("Bob,,Default.example.com,p", "bob,,,p"),
    ];
    let header = "username,domain,realm,password\n";
    for (first, second) in same {
        let csv = format!("{header}al,,x.y,p\n{first}\neve,,x.y,p\n{second}\n");
        for lenient in [&[][..], &["--lenient"]] {
            let run = batch(csv.clone()).args(["-q", "-r", "default.example.com"]);
            let message = run.args(lenient).refused();
            let expected = "error: standard input, line 5: username: repeats line 3, on the same \
                            realm (Bandwidth errors 23000, 23026): leave one of them out";
            assert!(message.starts_with(expected), "{first} {second}: {message}");
            assert_eq!(message.lines().count(), 1, "{first} {second}: {message}");
        }
    }
    // Letters outside ASCII, a final sigma among them.
    let run = batch("username,realm,password\nΒΟΣ,x.y,p\nβοσ,x.y,p\n").args(["-q", "--lenient"]);
    assert!(run.refused().contains("line 3: username: repeats line 2"));
    // A row without a username or a realm is not a duplicate.
    let message = batch("username,realm,password\n,x.y,p\n,x.y,p\nbob,,p\nbob,,p\n").refused();
    assert_eq!(error_lines(&message), [2, 3, 4, 5], "{message}");
    assert!(!message.contains("repeats"), "{message}");
    let different = [
        ("bob,,x.y,p", "bob,,z.y,p"),
        ("bob,,x.y,p", "bob,,,p"),
        ("bob,,x.y,p", "bob,somewhere.com,x.y,p"),
        ("bob,somewhere.com,x.y,p", "bob@somewhere.com,,z.y,p"),
        ("bob,,x.y,p", "bobx.y,,x.y,p"),
        ("bob,,x.y,p", "bo,b,x.y,p"),
    ];
    for (first, second) in different {
        let run = batch(format!("{header}{first}\n{second}\n"));
        let printed = run.args(["-r", "default.example.com"]).clean();
        assert_eq!(rows(&printed).len(), 2, "{first} {second}");
    }
}

#[test]
fn a_default_domain_can_create_duplicates() {
    let csv = "username,domain,password\nbob,,p\nbob,somewhere.com,p\nbob,else.com,p\n";
    assert_eq!(rows(&batch_in_realm(csv).clean()).len(), 3);
    let message = batch_in_realm(csv).args(["-d", "somewhere.com"]).refused();
    assert!(message.contains("line 3: username: repeats line 2,"), "{message}");
}

#[test]
fn duplicates_far_apart_are_found() {
    let mut csv = "username,domain,password\nbob,somewhere.com,first\n".to_owned();
    for at in 0..50_000 {
        let _ = writeln!(csv, "user{at},,secret");
    }
    csv += "USER25000,,x\nbob@somewhere.com,,last\nBOB,SOMEWHERE.com,again\n";
    let message = batch_in_realm(csv).refused();
    let found: Vec<_> =
        message.lines().filter_map(|line| line.split(", on the same realm").next()).collect();
    let expected = [
        "error: standard input, line 50003: username: repeats line 25003",
        "error: standard input, line 50004: username: repeats line 2",
        "error: standard input, line 50005: username: repeats line 2",
    ];
    assert_eq!(found, expected, "{message}");
}

#[test]
fn duplicates_are_counted_with_the_other_errors() {
    let mut csv = "username,password\n".to_owned();
    for at in 0..30 {
        let _ = write!(csv, "user{at},x\nUser{at},x\nbad {at},x\n");
    }
    let message = batch_in_realm(csv).refused();
    let expected: Vec<u64> = (0..10).flat_map(|at| [3 * at + 3, 3 * at + 4]).collect();
    assert_eq!(error_lines(&message), expected, "{message}");
    assert!(message.ends_with("error: standard input: more rows with errors: 40\n"), "{message}");
}

#[test]
fn a_duplicate_with_other_errors_is_reported_on_one_line() {
    let message = batch_in_realm("username,password\nbob#,x\nal,x\nBob#,\n").refused();
    assert_eq!(error_lines(&message), [2, 4], "{message}");
    let second = message.lines().nth(1).expect("two lines");
    for part in ["username: '#'", "; password: empty", "; username: repeats line 2"] {
        assert!(second.contains(part), "{part}: {message}");
    }
    assert!(!second.contains("--lenient"), "{message}");
    // Warnings are not shown beside errors, and a row with a warning can be a duplicate.
    let message = batch_in_realm("username,password\na b, x\n").refused();
    assert!(!message.contains("whitespace"), "{message}");
    let message = batch_in_realm("username,password\nbob, x\nal,x\nbob, y\n").refused();
    assert_eq!(error_lines(&message), [4], "{message}");
}
