//! Traces as people have them, and what is said about those that cannot be read.

use super::{mismatch, parsed};
use crate::support::{Run, bwsip};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/traces");
/// The messages of tests/data/traces/dialog.py.
const DIALOG: &str = include_str!("../../data/traces/dialog.txt");

fn verify(password: &str, path: &str) -> Run {
    bwsip(["verify", "-q", "-f", "json", "--trace", path]).env("BWSIP_PASSWORD", password)
}

fn read(text: &str) -> Run {
    verify("s3cret-Pa55", "-").stdin(text)
}

/// Compressed, captured and printed by several programs.
#[test]
fn one_dialog_by_several_programs() {
    for (file, places) in [
        ("dialog.txt", [18, 50, 76]),
        ("dialog.txt.gz", [18, 50, 76]),
        ("dialog-udp.pcapng", [3, 8, 12]),
        ("dialog-tcp.pcap", [3, 8, 12]),
        ("dialog-tcpdump-A.txt", [26, 73, 111]),
        ("dialog-ngrep.txt", [16, 43, 67]),
    ] {
        let path = format!("{DATA}/{file}");
        let right = parsed(&verify("s3cret-Pa55", &path).clean());
        let wrong = parsed(&mismatch(verify("another", &path)));
        for (index, method) in ["REGISTER", "INVITE", "BYE"].iter().enumerate() {
            for (json, matches) in [(&right, true), (&wrong, false)] {
                let check = &json["checks"][index];
                let place = check["line"].as_u64().or(check["frame"].as_u64());
                assert_eq!(
                    (place, &check["method"]),
                    (Some(places[index]), &(*method).into()),
                    "{file}"
                );
                assert_eq!(check["matches"], matches, "{file}");
            }
        }
    }
}

/// With a part of each header, nothing is compared, and it does not end in success.
#[test]
fn cut_headers_are_no_mismatch() {
    for len in [100, 140, 180, 220] {
        let cut = |line: &str| line.get(..len).unwrap_or(line).to_owned() + "\n";
        let text: String = DIALOG.lines().map(cut).collect();
        let outcome = read(&text).outcome();
        let printed = String::from_utf8_lossy(&outcome.stdout).into_owned() + &outcome.stderr;
        assert_ne!(outcome.status, 0, "{printed}");
        assert!(!printed.contains("\"matches\":false,\"causes\""), "{printed}");
        assert!(printed.contains("copy the whole header"), "{printed}");
    }
}

/// What a trace has is not denied, but named.
#[test]
fn traces_that_cannot_be_read() {
    let sha_256 = DIALOG.replace("algorithm=MD5", "algorithm=SHA-256").replace("phone1", "phone2");
    let register = DIALOG.find("INVITE").expect("it is there");
    let challenge: String = DIALOG.split_inclusive("\r\n\r\n").take(2).collect();
    for (text, expected) in [
        (
            DIALOG.replace("Digest ", "Digest-"),
            "line 18: it has Authorization, but no response in a ",
        ),
        (sha_256[..register].to_owned(), "line 18: it has algorithm=SHA-256, but Bandwidth's "),
        ("PK\u{3}\u{4}".to_owned(), "line 1: a ZIP archive or a document in one, such as .xlsx: "),
        ("0x0000:  4500 0172 1c46 4000 4011 8b1e\n".to_owned(), "line 1: a hex dump: "),
        (challenge, "the server's challenge"),
        ("Via: a\n".to_owned(), "no request with an Authorization or Proxy-Authorization header"),
    ] {
        let message = read(&text).refused();
        assert!(message.contains(expected), "{expected}: {message}");
    }
    // The reason is told, too, if the name is not among those that can be read.
    let both = sha_256[..register].to_owned() + DIALOG;
    let message = read(&both).args(["-u", "phone2"]).refused();
    assert!(
        message.contains("the trace has \"phone1\"") && message.contains("SHA-256"),
        "{message}"
    );
}

/// As pages and word processors change it.
#[test]
fn a_header_is_taken_from_what_surrounds_it() {
    let header = DIALOG.lines().nth(17).expect("it has a response");
    for header in [
        header.to_owned(),
        header.replace('"', "&quot;"),
        header.replace("=\"", "=\u{201C}").replace('"', "\u{201D}").replace(' ', "\u{A0}"),
        header.replace('"', "\\\""),
        format!("{header}^M"),
        format!("\u{1B}[1m{header}\u{1B}[0m"),
    ] {
        let run = bwsip(["verify", "-q", "--method", "REGISTER", "--authorization", &header]);
        let printed = run.env("BWSIP_PASSWORD", "s3cret-Pa55").clean();
        assert!(printed.contains("ok"), "{printed}");
    }
}
