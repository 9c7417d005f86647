//! Password, digests and responses in every combination, and traces.

use std::fs;
use std::path::Path;

use super::{BOTH_OK, HASH1, HASH1B, mismatch, parsed};
use crate::support::{REALM, Run, bwsip};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/traces");

/// The header of the guide to the program: by md5sum, of the guide's sipauthtest, to a REGISTER.
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
        let by_password = format!("response against the password: ok: {BY_HASH1}\n");
        let by_hash1 = format!("response against Hash1: ok: {BY_HASH1}\n");
        let agree = format!("Client and Bandwidth agree.\nresponse: ok: {BY_HASH1}\n");
        assert_eq!(header().args(digests).clean(), agree);
        let used = format!("The client uses this password.\nresponse: ok: {BY_HASH1}\n");
        assert_eq!(header().with_password().clean(), used);
        let run = bwsip(["verify", "-u", "sipauthtest", "-r", REALM]).args(digests);
        assert_eq!(run.with_password().clean(), BOTH_OK);
        let three = format!(
            "Password, client and Bandwidth agree.\nHash1:  ok\nHash1b: ok\n{by_password}{by_hash1}"
        );
        assert_eq!(header().args(digests).with_password().clean(), three);
        let text = mismatch(header().args(digests).env("BWSIP_PASSWORD", "wr0ng"));
        assert!(text.contains(&format!("response against Hash1: ok: {BY_HASH1}\n")), "{text}");
        let verdict = "Client and Bandwidth agree, the password given here is another: ";
        assert!(text.starts_with(verdict), "{text}");
        // Each check of two sides could mean any of them; the verdict knows which.
        assert_eq!(text.matches("no pair of them, explains it\n").count(), 3, "{text}");
    }
    let run = header().args(["--hash1b", HASH1B, "-f", "json"]).with_password();
    let json = parsed(&run.clean());
    let sides = |check: &serde_json::Value| (check["check"].clone(), check["against"].clone());
    let sides: Vec<_> = json["checks"].as_array().expect("an array").iter().map(sides).collect();
    let by_password = ["hash1b", "response"].map(|check| (check.into(), "password".into()));
    assert_eq!(sides, by_password);
    // A digest that is none can be compared with the password alone.
    let text = mismatch(header().args(["--hash1", &HASH1[1..]]).with_password());
    assert!(text.starts_with("As far as it could be compared, the client is right, "), "{text}");
    let expected = "\nnot checked: Hash1 is not 32 hexadecimal digits: copy all of them\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_header_on_standard_input() {
    let run = |header: &str| {
        let run = bwsip(["verify", "--method", "REGISTER", "--authorization", "-"]);
        run.with_password().stdin(header)
    };
    let line = format!("Authorization: {HEADER}\r\n");
    for header in [HEADER, &line] {
        let expected = format!("\nresponse: ok: {BY_HASH1}\n");
        assert!(run(header).clean().ends_with(&expected));
    }
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
        assert_eq!(printed.matches(": ok: from Hash1").count(), lines, "{printed}");
    }
    // One of the five has the password `Password`, as have the requests of the other two.
    for (name, right) in [("sngrep.txt", 4), ("ngrep.txt", 0), ("kamailio.txt", 0)] {
        let digests = ["--hash1", HASH1, "--hash1b", HASH1B];
        for run in [trace(name).with_password(), trace(name).args(digests)] {
            let json = parsed(&mismatch(run.args(["-f", "json"])));
            let checks = json["checks"].as_array().expect("an array");
            let matching = checks.iter().filter(|check| check["matches"] == true).count();
            assert_eq!((matching, checks.len() - matching), (right, 1), "{json}");
        }
    }
    let json = mismatch(trace("sngrep.txt").args(["-f", "json"]).with_password());
    let first = serde_json::json!({
        "check": "response", "against": "password", "username": "sipauthtest", "domain": null,
        "realm": REALM, "entry": null, "line": 34, "frame": null, "method": "REGISTER",
        "digest": "hash1", "matches": true, "causes": [], "alternatives": [], "message": null,
    });
    assert_eq!(parsed(&json)["checks"][0], first);
    let second = &parsed(&json)["checks"][1];
    assert_eq!((&second["line"], &second["method"]), (&124.into(), &"INVITE".into()));
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
    let refused = "Bandwidth refused to store this credential: Bandwidth error 23026: leave the name \
        out, or change the password of the credential that has it.";
    assert_eq!(mismatch(header().args(["--xml"]).args([&path])), format!("{refused}\n"));
    let run = || trace(&request("sipauthtest", REALM, RIGHT)).args(["--xml"]).args([&path]);
    assert_eq!(mismatch(run()), format!("{refused}\n"));
    let text = mismatch(run().args(["-u", "sipauthtest"]));
    assert_eq!(text, format!("{refused}\nline 2, REGISTER: username: ok\n"));
    // With a password, the response is checked too.
    let text = mismatch(run().with_password());
    let expected = format!(
        "{refused} The client uses this password.\nline 2, REGISTER: response: ok: \
         {BY_HASH1}\n"
    );
    assert_eq!(text, expected);
    // Others, which are not refused, have to be there.
    let both = request("sipauthtest", REALM, RIGHT) + &request("bob", REALM, RIGHT);
    let message = trace(&both).args(["--xml"]).args([&path]).refused();
    assert!(message.contains("has no SipCredential in it"), "{message}");
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
    let text = mismatch(both);
    let answers =
        "the client answers for the realm \"b.example.com\", not \"custxx.auth.bandwidth.com\"";
    let expected = format!("line 5, REGISTER: realm: does not match: {answers}\n");
    assert!(text.contains(&expected) && text.contains("line 2, REGISTER: response"), "{text}");
    let run = trace(&there).args(["-r", REALM, "-f", "json"]).with_password();
    let json = parsed(&mismatch(run));
    let check = &json["checks"][0];
    assert_eq!((&check["check"], &check["against"]), (&"realm".into(), &"given".into()));
    assert_eq!((&check["line"], &check["message"]), (&2.into(), &answers.into()));
    assert_eq!(json["checks"].as_array().map(Vec::len), Some(1));
    // A document says for which realm it is.
    let directory = tempfile::tempdir().expect("a directory");
    let realm = "<Realm>b.example.com</Realm>";
    let xml = answer(directory.path(), "sipauthtest", realm, HASH1);
    let text = mismatch(trace(&here).args(["--xml", &xml]));
    let expected = "line 2, REGISTER: realm: does not match: the client answers for the realm \
        \"custxx.auth.bandwidth.com\", not \"b.example.com\"\n";
    assert!(text.contains(expected), "{text}");
}

/// Only so many responses are explained, the first ones. The others are told nevertheless.
#[test]
fn many_realms_in_a_trace() {
    let requests = (0..1_000).map(|number| {
        let realm = format!("r{number}.example.com");
        request("sipauthtest", &realm, &format!("{number:032x}"))
    });
    let text = mismatch(trace(&requests.collect::<String>()).with_password());
    assert_eq!(text.matches("and no pair of them, explains it\n").count(), 20, "{text}");
    assert_eq!(text.matches("not explained: 980, because 20 others were").count(), 1, "{text}");
}

#[test]
fn requests_that_fare_alike_share_a_line() {
    let requests = (0..300).map(|number| request("sipauthtest", REALM, &format!("{number:032x}")));
    let text = mismatch(trace(&requests.collect::<String>()).with_password());
    let lines: Vec<_> = text.lines().collect();
    let [verdict, explained, others, left] = lines[..] else { panic!("{text}") };
    assert!(verdict.starts_with("The client's response does not match the password: none of "));
    let starts =
        ["20 times, line 2 to line 59, REGISTER: ", "280 times, line 62 to line 899, REGISTER: "];
    assert!(explained.starts_with(starts[0]) && others.starts_with(starts[1]), "{text}");
    assert!(left.starts_with("not explained: 280, because 20 others were"), "{text}");
}

#[test]
fn several_usernames_in_a_trace() {
    let directory = tempfile::tempdir().expect("a directory");
    let text = request("sipauthtest", REALM, RIGHT) + &request("bob", REALM, RIGHT);
    let message = trace(&text).with_password().refused();
    assert!(message.contains("\"sipauthtest\", \"bob\""), "{message}");
    assert!(message.contains("--username"), "{message}");
    let printed = trace(&text).args(["-u", "sipauthtest"]).with_password().clean();
    let other = "line 5, REGISTER: not checked: another client's, which logs in as \"bob\"\n";
    assert!(printed.contains(other), "{printed}");
    // With an entry for each, no username is needed.
    let one = answer(directory.path(), "sipauthtest", "", HASH1);
    let message = trace(&text).args(["--xml", &one]).refused();
    assert!(message.contains("has 1 credential, none for \"bob\""), "{message}");
    let other = answer(directory.path(), "bob", "", HASH1B);
    let json = mismatch(trace(&text).args(["--xml", &one, "--xml", &other, "-f", "json"]));
    let checks = &parsed(&json)["checks"];
    for (index, username) in ["sipauthtest", "bob"].iter().enumerate() {
        assert_eq!(checks[index]["username"], *username);
        assert_eq!(checks[index]["against"], "hash1");
    }
    let message = trace(&text).args(["--hash1", HASH1]).refused();
    assert!(message.contains("--username"), "{message}");
}

/// The digests and responses are by Python's `hashlib`.
#[test]
fn answers_to_several_users() {
    let directory = tempfile::tempdir().expect("a directory");
    let users = [
        ("alice", "ddcaf28165dc77bfb3b5e684b3a2e836", "0687d507f166ad430de6b6ec9d063193"),
        ("bob", "ae8cc337c47ba0d0b443c57cac1fef6c", "b32bd12000ce370bbb8a4ede66397832"),
    ];
    let entries = users.map(|(name, hash1, _)| {
        format!("<SipCredential><UserName>{name}</UserName><Hash1>{hash1}</Hash1></SipCredential>")
    });
    let path = directory.path().join("answer.xml");
    fs::write(&path, format!("<S>{}</S>", entries.concat())).expect("it can be written");
    let exchanges = |answers: [&str; 2]| {
        let exchanges = users.iter().zip(answers).map(|((name, _, response), answer)| {
            format!(
                "REGISTER sip:{REALM} SIP/2.0\nCall-ID: {name}\nCSeq: 2 REGISTER\n\
                 Authorization: Digest username=\"{name}\", realm=\"{REALM}\", nonce=\"abc123\", \
                 uri=\"sip:{REALM}\", response=\"{response}\", qop=auth, nc=00000001, \
                 cnonce=\"xyz\"\n\n{answer}\nCall-ID: {name}\nCSeq: 2 REGISTER\n\n"
            )
        });
        exchanges.collect::<String>()
    };
    let path = path.to_str().expect("the path is UTF-8");
    let (ok, refused) = ("SIP/2.0 200 OK", "SIP/2.0 403 Forbidden");
    for (answers, expected) in [
        ([refused, ok], "so the 403 Forbidden to \"alice\" has another reason"),
        ([ok, refused], "so the 403 Forbidden to \"bob\" has another reason"),
        ([ok, ok], "and the server accepted the response (200 OK"),
    ] {
        let printed = trace(&exchanges(answers)).args(["-r", REALM, "--xml", path]).clean();
        assert!(printed.contains(expected), "{printed}");
    }
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
    let without = |what: &str, kind: &str, login: &str| {
        let reason = format!(
            "{what} {kind}: the client logs in as {login:?}, so its response depends on {kind}"
        );
        format!(
            "As far as it could be compared, client and Bandwidth agree. Not compared: {reason}.\n\
             line 2, REGISTER: response: ok: {BY_HASH1}\n\
             line 5, REGISTER: not checked: {reason}\n"
        )
    };
    let login = "sipauthtest@custxx.auth.bandwidth.com";
    let both = by_hash1.clone() + &by_hash1b;
    let text = mismatch(trace(&both).args(["--xml"]).args([&path]));
    let hint = format!("hint: no Hash1b: Bandwidth refuses a client that logs in as {login:?}\n");
    assert_eq!(text, without("Bandwidth has no", "Hash1b", login) + &hint);
    let text = mismatch(trace(&both).args(["--hash1", HASH1]));
    assert_eq!(text, without("missing", "Hash1b", login));
    let json = mismatch(trace(&both).args(["--hash1", HASH1, "-f", "json"]));
    assert_eq!(parsed(&json)["matches"], false);
    // A second user has only the other digest.
    let users = by_hash1 + &request("eve", REALM, &wrong);
    let text = mismatch(trace(&users).args(["--xml"]).args([&path]));
    assert_eq!(text, without("Bandwidth has no", "Hash1", "eve") + &hint);
    // Nothing at all was compared, and a request cannot be read.
    let unreadable = request("sipauthtest", REALM, RIGHT) + &request("sipauthtest", REALM, "none");
    let text = mismatch(trace(&unreadable).args(["--hash1b", HASH1B]));
    assert!(
        text.starts_with("Nothing was compared: 2 requests or entries, the first because: "),
        "{text}"
    );
    assert!(text.contains("missing Hash1: the client logs in as \"sipauthtest\""), "{text}");
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
    let verdict = "As far as it could be compared, the client uses this password, and what Bandwidth \
        stores was made from it. Not compared: Bandwidth has no Hash1: ";
    assert!(text.starts_with(verdict), "{text}");
}

#[test]
fn traces_without_an_answer() {
    let challenge =
        "SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n\n";
    let message = trace(challenge).with_password().refused();
    assert!(message.contains("the server's challenge in standard input"), "{message}");
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
