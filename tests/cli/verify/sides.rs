//! Password, digests and responses in every combination, and traces.

use std::fs;
use std::path::Path;

use super::{HASH1, HASH1B, mismatch};
use crate::support::{REALM, Run, bwsip};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/traces");

/// The header of the README: by md5sum, of the guide's sipauthtest, to a REGISTER.
const HEADER: &str = "Digest username=\"sipauthtest\", realm=\"custxx.auth.bandwidth.com\", \
    nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
    response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";

const BY_HASH1: &str = "from Hash1: the client logs in as \"sipauthtest\" on the realm \
    \"custxx.auth.bandwidth.com\"";

fn answer(directory: &Path, username: &str, realm: &str, hash1: &str) -> String {
    let path = directory.join(format!("{username}.xml"));
    let contents = format!(
        "<S><SipCredential><UserName>{username}</UserName>{realm}<Hash1>{hash1}</Hash1>\
         <Hash1b>{HASH1B}</Hash1b></SipCredential></S>"
    );
    fs::write(&path, contents).expect("it can be written");
    path.to_str().expect("the path is UTF-8").to_owned()
}

fn header() -> Run {
    bwsip(["verify", "--method", "REGISTER", "--authorization", HEADER])
}

#[test]
fn every_combination() {
    let directory = tempfile::tempdir().expect("a directory");
    let xml = answer(directory.path(), "sipauthtest", "", HASH1);
    let digests: [&[&str]; 2] = [&["--xml", &xml], &["--hash1", HASH1, "--hash1b", HASH1B]];
    for digests in digests {
        let response = format!("response: ok: {BY_HASH1}\n");
        assert_eq!(header().args(digests).clean(), response);
        assert_eq!(header().with_password().clean(), response);
        let run = bwsip(["verify", "-u", "sipauthtest", "-r", REALM]).args(digests);
        assert_eq!(run.with_password().clean(), "Hash1:  ok\nHash1b: ok\n");
        let three = format!(
            "Hash1:  ok\nHash1b: ok\nresponse against the password: ok: {BY_HASH1}\n\
             response against Hash1: ok: {BY_HASH1}\n"
        );
        assert_eq!(header().args(digests).with_password().clean(), three);
        let text = mismatch(header().args(digests).env("BWSIP_PASSWORD", "wr0ng"));
        assert!(text.contains(&format!("response against Hash1: ok: {BY_HASH1}\n")), "{text}");
        assert_eq!(text.matches("the password itself may be wrong").count(), 3, "{text}");
    }
    let run = header().args(["--hash1b", HASH1B, "-f", "json"]).with_password();
    let json = run.clean();
    assert!(
        json.contains("{\"check\":\"hash1b\",\"against\":\"password\",\"matches\":true}"),
        "{json}"
    );
    assert!(!json.contains("\"against\":\"hash1"), "{json}");
    // A digest that is none can be compared with the password alone.
    let text = mismatch(header().args(["--hash1", &HASH1[1..]]).with_password());
    assert!(
        text.contains("response against Hash1: does not match: it should be computed from Hash1"),
        "{text}"
    );
    assert!(text.contains("the digest does not have 32 hexadecimal digits"), "{text}");
}

#[test]
fn a_header_on_standard_input() {
    let run = |header: &str| {
        let run = bwsip(["verify", "--method", "REGISTER", "--authorization", "-"]);
        run.with_password().stdin(header)
    };
    assert_eq!(run(HEADER).clean(), format!("response: ok: {BY_HASH1}\n"));
    let line = format!("Authorization: {HEADER}\r\n");
    assert_eq!(run(&line).clean(), format!("response: ok: {BY_HASH1}\n"));
    let challenge = "WWW-Authenticate: Digest realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\"";
    assert!(run(challenge).refused().contains("the server's challenge, not a response to it"));
    for (flag, value) in
        [("--password-stdin", None), ("--xml", Some("-")), ("--password-file", Some("-"))]
    {
        let message = run(HEADER).args([flag]).args(value).refused();
        assert!(message.contains("cannot both read standard input"), "{message}");
    }
}

/// Each request once, with its own method.
#[test]
fn traces_of_real_programs() {
    let trace = |name: &str| bwsip(["verify", "--trace", &format!("{DATA}/{name}")]);
    for (name, lines) in [("wireshark-details.txt", 1), ("wireshark-follow.txt", 1)] {
        let printed = trace(name).with_password().clean();
        assert_eq!(printed.matches("response: ok: from Hash1").count(), lines, "{printed}");
    }
    // One of the five has the password `Password`, as have the requests of the other two.
    for (name, right) in [("sngrep.txt", 4), ("ngrep.txt", 0), ("kamailio.txt", 0)] {
        let text = mismatch(trace(name).with_password());
        assert_eq!(text.matches("response: ok: from Hash1").count(), right, "{text}");
        assert_eq!(text.matches("response: does not match").count(), 1, "{text}");
        let run = trace(name).args(["--hash1", HASH1, "--hash1b", HASH1B]);
        let text = mismatch(run);
        assert_eq!(text.matches("response: ok: from Hash1").count(), right, "{text}");
    }
    let json = mismatch(trace("sngrep.txt").args(["-f", "json"]).with_password());
    let first = "{\"check\":\"response\",\"against\":\"password\",\"line\":34,\"method\":\"REGISTER\",\
        \"realm\":\"custxx.auth.bandwidth.com\",\"matches\":true,\"digest\":\"hash1\",";
    assert!(json.contains(first), "{json}");
    assert!(json.contains("\"line\":124,\"method\":\"INVITE\""), "{json}");
    let run = trace("sngrep.txt").args(["-u", "nobody"]).with_password();
    let message = run.refused();
    assert!(message.contains("logs in with this name; the trace has \"sipauthtest\""), "{message}");
}

/// A refusal is told without a password, which there is nothing to compare with.
#[test]
fn a_name_that_bandwidth_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("answer.xml");
    let answer = "<R><Errors><Error><ErrorCode>23026</ErrorCode><SipCredential><UserName>sipauthtest\
        </UserName></SipCredential></Error></Errors></R>";
    fs::write(&path, answer).expect("it can be written");
    let refused = "refused: Bandwidth error 23026: leave the name out, or change the password of the \
        credential that has it\n";
    assert_eq!(mismatch(header().args(["--xml"]).args([&path])), refused);
    let run = || trace(&request("sipauthtest", REALM, RIGHT)).args(["--xml"]).args([&path]);
    assert_eq!(mismatch(run()), refused);
    let text = mismatch(run().args(["-u", "sipauthtest"]));
    assert_eq!(text, format!("{refused}line 2, REGISTER: username: ok\n"));
    // With a password, the response is checked too.
    let text = mismatch(run().with_password());
    let expected = format!("{refused}line 2, REGISTER: response: ok: {BY_HASH1}\n");
    assert_eq!(text, expected);
    // Others, which are not refused, have to be there.
    let both = request("sipauthtest", REALM, RIGHT) + &request("bob", REALM, RIGHT);
    let message = trace(&both).args(["--xml"]).args([&path]).refused();
    assert!(message.contains("has no entry for \"bob\", among 0: choose another"), "{message}");
}

fn request(username: &str, realm: &str, response: &str) -> String {
    format!(
        "REGISTER sip:custxx.auth.bandwidth.com SIP/2.0\nAuthorization: Digest username=\"{username}\", \
         realm=\"{realm}\", nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
         response=\"{response}\"\n\n"
    )
}

const RIGHT: &str = "dc2448ef9fae4d708bdd5e56df3e4efb";

fn trace(text: &str) -> Run {
    bwsip(["verify", "--trace", "-"]).stdin(text)
}

#[test]
fn requests_for_another_realm() {
    let here = request("sipauthtest", REALM, RIGHT);
    let there = request("sipauthtest", "b.example.com", RIGHT);
    let both = trace(&(here.clone() + &there)).args(["-r", REALM]).with_password();
    let printed = both.clean();
    let expected = "line 5, REGISTER: not checked: \"sipauthtest\" answers for the realm \
        \"b.example.com\"\n";
    assert!(printed.contains(expected), "{printed}");
    let run = trace(&there).args(["-r", REALM, "-f", "json"]).with_password();
    let json = mismatch(run);
    assert!(json.contains("\"check\":\"realm\",\"against\":\"given\""), "{json}");
    assert!(
        json.contains("\"not_checked\":[{\"line\":2,\"method\":\"REGISTER\",\"reason\":"),
        "{json}"
    );
    // A document says for which realm it is.
    let directory = tempfile::tempdir().expect("a directory");
    let realm = "<Realm>b.example.com</Realm>";
    let xml = answer(directory.path(), "sipauthtest", realm, HASH1);
    let text = mismatch(trace(&here).args(["--xml", &xml]));
    let expected = "line 2, REGISTER: realm: does not match: the client answers for \
        \"custxx.auth.bandwidth.com\", not \"b.example.com\"\n";
    assert!(text.starts_with(expected), "{text}");
}

/// Only so many responses are explained, the first ones. The others are told nevertheless.
#[test]
fn many_realms_in_a_trace() {
    let requests = (0..1_000).map(|number| {
        let realm = format!("r{number}.example.com");
        request("sipauthtest", &realm, &format!("{number:032x}"))
    });
    let text = mismatch(trace(&requests.collect::<String>()).with_password());
    assert_eq!(text.matches("and no pair of them, explains it").count(), 20, "{text}");
    assert_eq!(text.matches("does not match\n").count(), 980, "{text}");
    assert_eq!(text.matches("not explained: 980, because 20 others were").count(), 1, "{text}");
}

#[test]
fn several_usernames_in_a_trace() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = request("sipauthtest", REALM, RIGHT) + &request("bob", REALM, RIGHT);
    let message = trace(&text).with_password().refused();
    assert!(message.contains("\"sipauthtest\", \"bob\""), "{message}");
    assert!(message.contains("--username"), "{message}");
    let printed = trace(&text).args(["-u", "sipauthtest"]).with_password().clean();
    assert_eq!(printed.lines().count(), 2, "{printed}");
    // With an entry for each, no username is needed.
    let one = answer(directory.path(), "sipauthtest", "", HASH1);
    let message = trace(&text).args(["--xml", &one]).refused();
    assert!(message.contains("no entry for \"bob\""), "{message}");
    let other = answer(directory.path(), "bob", "", HASH1B);
    let json = mismatch(trace(&text).args(["--xml", &one, "--xml", &other, "-f", "json"]));
    assert!(json.starts_with("{\"matches\":false,\"checks\":[{\"check\":\"response\",\"against\":\"hash1\",\"username\":\"sipauthtest\","), "{json}");
    assert!(json.contains("\"username\":\"bob\""), "{json}");
    let message = trace(&text).args(["--hash1", HASH1]).refused();
    assert!(message.contains("--username"), "{message}");
}

/// Status 0 says that every request was compared.
#[test]
fn requests_without_their_digest() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("answer.xml");
    let stored = format!(
        "<S><SipCredential><UserName>sipauthtest</UserName><Hash1>{HASH1}</Hash1></SipCredential>\
         <SipCredential><UserName>eve</UserName><Hash1b>{HASH1B}</Hash1b></SipCredential></S>"
    );
    fs::write(&path, stored).expect("it can be written");
    let by_hash1 = request("sipauthtest", REALM, RIGHT);
    let wrong = "0".repeat(32);
    let by_hash1b = request("sipauthtest@custxx.auth.bandwidth.com", REALM, &wrong);
    let without = |kind: &str, login: &str| {
        format!(
            "line 5, REGISTER: not checked: no {kind} to compare it with: the client logs in as \
             {login:?} on the realm {REALM:?}, so its response depends on {kind}\n"
        )
    };
    let ok = format!("line 2, REGISTER: response: ok: {BY_HASH1}\n");
    let no_hash1b = without("Hash1b", "sipauthtest@custxx.auth.bandwidth.com");
    let both = by_hash1.clone() + &by_hash1b;
    let text = mismatch(trace(&both).args(["--xml"]).args([&path]));
    assert_eq!(text, ok.clone() + &no_hash1b);
    assert_eq!(mismatch(trace(&both).args(["--hash1", HASH1])), ok.clone() + &no_hash1b);
    let json = mismatch(trace(&both).args(["--hash1", HASH1, "-f", "json"]));
    assert!(json.starts_with("{\"matches\":false,"), "{json}");
    // A second user has only the other digest.
    let users = by_hash1 + &request("eve", REALM, &wrong);
    let text = mismatch(trace(&users).args(["--xml"]).args([&path]));
    assert_eq!(text, ok + &without("Hash1", "eve"));
    // Nothing at all was compared, and a request cannot be read.
    let unreadable = request("sipauthtest", REALM, RIGHT) + &request("sipauthtest", REALM, "none");
    let message = trace(&unreadable).args(["--hash1b", HASH1B]).refused();
    assert!(message.contains("no --hash1: the response was computed from Hash1"), "{message}");
}

/// The password fits the response, but Bandwidth has not the digest that the client needs.
#[test]
fn a_client_whose_digest_is_not_stored() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("answer.xml");
    let stored = format!(
        "<S><SipCredential><UserName>sipauthtest</UserName><Hash1b>{HASH1B}</Hash1b></SipCredential></S>"
    );
    fs::write(&path, stored).expect("it can be written");
    let text = mismatch(header().args(["--xml"]).args([&path]).with_password());
    assert!(text.contains(&format!("response: ok: {BY_HASH1}\n")), "{text}");
    assert!(text.contains("\nREGISTER: not checked: no Hash1 to compare it with: "), "{text}");
}

#[test]
fn traces_without_an_answer() {
    let challenge =
        "SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n\n";
    let message = trace(challenge).with_password().refused();
    assert!(message.contains("the server's challenge, not a response to it"), "{message}");
    for text in ["", "nothing of the kind\n", "REGISTER sip:x SIP/2.0\n\n"] {
        let message = trace(text).with_password().refused();
        assert!(message.contains("no request with an Authorization"), "{message}");
    }
    let unreadable =
        request("sipauthtest", REALM, "no digest") + &request("sipauthtest", REALM, RIGHT);
    let printed = mismatch(trace(&unreadable).with_password());
    assert!(printed.contains("line 2, REGISTER: not checked: its response is not 32"), "{printed}");
    assert!(printed.contains("line 5, REGISTER: response: ok"), "{printed}");
    let message = trace(&request("sipauthtest", REALM, "no digest")).with_password().refused();
    assert!(message.contains("--trace: line 2: its response is not 32"), "{message}");
    let message = bwsip(["verify", "--trace", "/nowhere/at/all"]).with_password().refused();
    assert!(message.contains("--trace: can't read"), "{message}");
}
