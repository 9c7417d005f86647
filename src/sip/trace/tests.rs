use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;
use crate::Digest;

/// The guide's digests of `sipauthtest` with the password `password`.
const HASH1: &str = "fe438bddfc087dda89d29e637f5684ab";
const HASH1B: &str = "79bb0e55551e14a2f329a282c7cf1456";
/// Hash1 with the password `Password`, by `md5sum`.
const OTHER_HASH1: &str = "628aad215eb2677952de982c3ffc0f2a";

/// By `md5sum`, from the guide's Hash1, for a REGISTER.
const CREDENTIALS: &str = "Digest username=\"sipauthtest\", \
    realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
    response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";
/// Likewise, for an INVITE with a qop.
const CREDENTIALS_WITH_QOP: &str = "Digest username=\"sipauthtest\", \
    realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
    qop=auth, nc=00000001, cnonce=\"def\", response=\"7e19b7ca413452561927ed9729180748\"";

fn challenge() -> Vec<String> {
    lines(
        "SIP/2.0 401 Unauthorized\n\
         Via: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK1;rport=5070\n\
         CSeq: 1 REGISTER\n\
         WWW-Authenticate: Digest realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\"\n\
         Content-Length: 0\n",
    )
}

fn register() -> Vec<String> {
    lines(&format!(
        "REGISTER sip:custxx.auth.bandwidth.com SIP/2.0\n\
         Via: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK2;rport\n\
         Authorization: {CREDENTIALS}\n\
         CSeq: 2 REGISTER\n\
         Content-Length: 0\n"
    ))
}

fn invite() -> Vec<String> {
    lines(&format!(
        "INVITE sip:+17778889999@custxx.auth.bandwidth.com SIP/2.0\n\
         CSeq: 3 INVITE\n\
         Content-Type: application/sdp\n\
         Content-Length: 4\n\
         Proxy-Authorization: {CREDENTIALS_WITH_QOP}\n\
         \n\
         v=0\n"
    ))
}

fn line_of(request: &Request) -> usize {
    match request.place {
        Place::Line(number) | Place::Frame(number) => number,
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split('\n').map(str::to_owned).collect()
}

/// Returns a challenge, a REGISTER and an INVITE, with `before` and `after` around each line and
/// `between` before each message.
fn dialog(between: &str, before: &str, after: &str) -> String {
    let line = |line: String| format!("{before}{line}{after}");
    [challenge(), register(), invite()]
        .into_iter()
        .flat_map(|message| [between.to_owned()].into_iter().chain(message.into_iter().map(line)))
        .collect()
}

#[track_caller]
fn assert_is_dialog(text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    let shown = String::from_utf8_lossy(text);
    let trace = Trace::read(text);
    assert_eq!(trace.challenges, 1, "{shown}");
    let [register, invite] = &trace.requests[..] else {
        panic!("{:?}: {shown}", trace.requests);
    };
    assert_is_by(register, "REGISTER", "sipauthtest", HASH1);
    assert_is_by(invite, "INVITE", "sipauthtest", HASH1);
}

#[track_caller]
fn assert_is_by(request: &Request, method: &str, username: &str, ha1: &str) {
    assert_eq!(request.method, method);
    let authorization = request.authorization.as_ref().expect("it can be checked");
    assert_eq!(authorization.username(), username);
    assert_eq!(authorization.realm(), "custxx.auth.bandwidth.com");
    let ha1: Digest = ha1.parse().expect("32 digits");
    assert!(authorization.is_from(&ha1, method));
}

const AT_REALM: &str = "sipauthtest@custxx.auth.bandwidth.com";

/// RFC 3261 section 22.1: an ACK has the same credentials as its INVITE.
#[test]
fn an_ack_repeats_its_invite() {
    let header = "Proxy-Authorization: Digest username=\"bob\", realm=\"x\", nonce=\"a\", \
        uri=\"sip:x\", response=\"00000000000000000000000000000000\"\r\n\r\n";
    let message = |method| format!("{method} sip:x SIP/2.0\r\n{header}");
    let methods = |text: String| {
        let requests = Trace::read(text.as_bytes()).requests;
        requests.into_iter().map(|it| (line_of(&it), it.method)).collect::<Vec<_>>()
    };
    let invite = |line| (line, "INVITE".to_owned());
    assert_eq!(methods(message("INVITE") + &message("ACK")), [invite(2)]);
    assert_eq!(methods(message("CANCEL")), [invite(2)]);
    assert_eq!(methods(message("BYE")), [(2, "BYE".to_owned())]);
}

#[test]
fn a_real_trace_saved_by_sngrep() {
    let trace = Trace::read(include_bytes!("../../../tests/data/traces/sngrep.txt"));
    assert_eq!(trace.challenges, 5);
    let [register, invite, hash1b, wrong, sipsak] = &trace.requests[..] else {
        panic!("{:?}", trace.requests);
    };
    assert_is_by(register, "REGISTER", "sipauthtest", HASH1);
    assert_is_by(invite, "INVITE", "sipauthtest", HASH1);
    assert_is_by(hash1b, "REGISTER", AT_REALM, HASH1B);
    assert_is_by(wrong, "REGISTER", "sipauthtest", OTHER_HASH1);
    assert_is_by(sipsak, "REGISTER", "sipauthtest", HASH1);
    let lines: Vec<_> = trace.requests.iter().map(line_of).collect();
    assert_eq!(lines, [34, 124, 213, 270, 322]);
}

#[test]
fn real_traces_of_one_client() {
    let cases: [(&[u8], usize, &str, &str, &str); 5] = [
        // `sngrep -O` writes a packet capture, which contains the messages verbatim.
        (
            include_bytes!("../../../tests/data/traces/sngrep.pcap"),
            1,
            "REGISTER",
            "sipauthtest",
            HASH1,
        ),
        // Its header is truncated.
        (
            include_bytes!("../../../tests/data/traces/wireshark-details.txt"),
            1,
            "INVITE",
            "sipauthtest",
            HASH1,
        ),
        (
            include_bytes!("../../../tests/data/traces/wireshark-follow.txt"),
            1,
            "REGISTER",
            AT_REALM,
            HASH1B,
        ),
        (
            include_bytes!("../../../tests/data/traces/ngrep.txt"),
            1,
            "REGISTER",
            "sipauthtest",
            OTHER_HASH1,
        ),
        // Its configuration logs only requests.
        (
            include_bytes!("../../../tests/data/traces/kamailio.txt"),
            0,
            "REGISTER",
            "sipauthtest",
            OTHER_HASH1,
        ),
    ];
    for (text, challenges, method, username, ha1) in cases {
        let trace = Trace::read(text);
        assert_eq!(trace.challenges, challenges);
        assert_eq!(trace.requests.len(), 1, "{:?}", trace.requests);
        assert_is_by(&trace.requests[0], method, username, ha1);
    }
}

/// The same messages, captured and printed by several programs.
#[test]
fn one_dialog_by_several_programs() {
    let read = |bytes: &[u8]| {
        let Trace { requests, challenges, not_read } = Trace::read(bytes);
        let requests = requests.into_iter().map(|it| (it.method, it.authorization));
        (requests.collect::<Vec<_>>(), challenges, not_read)
    };
    let dialog = read(include_bytes!("../../../tests/data/traces/dialog.txt"));
    assert_eq!((dialog.0.len(), dialog.1), (3, 2));
    let files: [&[u8]; 4] = [
        include_bytes!("../../../tests/data/traces/dialog-udp.pcapng"),
        include_bytes!("../../../tests/data/traces/dialog-tcp.pcap"),
        include_bytes!("../../../tests/data/traces/dialog-tcpdump-A.txt"),
        include_bytes!("../../../tests/data/traces/dialog-ngrep.txt"),
    ];
    for file in files {
        assert_eq!(read(file), dialog, "{}", String::from_utf8_lossy(file));
    }
}

/// The lines between messages are modeled on public samples.
#[test]
fn consoles_of_servers() {
    let asterisk = "\u{1B}[1;32m<--- Received SIP request (611 bytes) from UDP:192.0.2.10:5070 \
                    --->\u{1B}[0m\n";
    assert_is_dialog(dialog(asterisk, "", "\r\n"));
    assert_is_dialog(dialog("<--- Transmitting SIP response (461 bytes) to UDP: --->\n", "", "\n"));
    assert_is_dialog(dialog("\n<--- SIP read from UDP:192.0.2.10:5070 --->\n", "", "\n"));
    let rule = "-".repeat(72);
    let freeswitch = "recv 611 bytes from udp/[192.0.2.10]:5070 at 11:46:10.771343:\n";
    assert_is_dialog(dialog(&format!("{freeswitch}   {rule}\n"), "   ", "\n"));
    assert_is_dialog(dialog(&format!("{freeswitch}{rule}\n"), "", "\n"));
    assert_is_dialog(dialog("2026-11-23 11:46:10.771343 [DEBUG] sofia.c:1 a b\n", "", "\r\n"));
    // rsyslog escapes control characters.
    let kamailio = "Nov 23 11:46:10 proxy kamailio[1]: INFO: <script>: ";
    assert_is_dialog(dialog(&format!("\n{kamailio}"), "", "#015#012"));
    assert_is_dialog(dialog(kamailio, "", "\n"));
}

#[test]
fn other_forms() {
    // `tcpdump -A` prints the packet's headers as dots and letters.
    for before in ["E..5@.@.\n...d.....!..", "\u{FFFD}\0AX", "PR"] {
        assert_is_dialog(dialog(&format!("11:46:10 IP a > b: SIP\n{before}"), "", "\r\n"));
    }
    assert_is_dialog(dialog("", "", "\n"));
    assert_is_dialog(dialog("\n\n", "\t", "\n"));
    assert_is_dialog(dialog("", "> ", "\n"));
    assert_is_dialog(dialog("", ">> ", "\r\n"));
    assert_is_dialog(dialog("", "    ", "\\r\\n\n"));
    assert_is_dialog(dialog("", "", ".\n"));
    assert_is_dialog(dialog("", "11-23 11:46:10.771 5128 5128 I Phone: ", "\n"));
    let upper =
        dialog("", "", "\n").replace("uthori", "UTHORI").replace("horization:", "horization :");
    assert_is_dialog(upper);
    // As PowerShell redirects it.
    let units = dialog("\u{FEFF}", "", "\r\n");
    assert_is_dialog(units.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    assert_is_dialog([b"\xFF\xC3\n\xFE", dialog("\n", "", "\n").as_bytes()].concat());
}

#[test]
fn folded_headers() {
    let dialog = dialog("", "", "\n");
    for (whole, folded) in [
        (", ", ",\n "),
        (", ", ",\r\n\t "),
        (", ", "\n , "),
        // Without the whitespace of a fold.
        (", ", ",\n"),
        (", ", ",\n> "),
        ("Digest ", "\n Digest "),
        ("Digest ", "Digest\n "),
        ("Digest ", "Digest\n   "),
    ] {
        assert_is_dialog(dialog.replace(whole, folded));
    }
    assert_is_dialog(
        dialog.replace("Authorization: Digest username=", "Authorization: digest\n username ="),
    );
}

#[test]
fn what_follows_a_header_is_not_part_of_it() {
    let header = format!("ACK sip:a SIP/2.0\nAuthorization: {CREDENTIALS}");
    let credentials = CREDENTIALS.parse();
    for next in [
        "v=0",
        " v=0",
        "Content-Length: 0",
        "From: <sip:a>;tag=b",
        "=b",
        "--- (11 headers 0 lines) ---",
        "<------------->",
        "a=b=c",
        "\nopaque=\"1\"",
        "\n, response=\"1\"",
        "Via: a\n, response=\"1\"",
        ", response",
        "Subscription: 1\nRealm: 2",
    ] {
        let trace = Trace::read(format!("{header}\n{next}\n").as_bytes());
        assert_eq!(trace.requests.len(), 1);
        assert_eq!(trace.requests[0].authorization, credentials, "{next}");
        // After a comma, the rest is missing.
        let trace = Trace::read(format!("{header},\n{next}\n").as_bytes());
        let is_parameter = next.contains('=') && !next.contains("From");
        let cut = Err(ParseError::from("it ends in a comma"));
        assert!(is_parameter || trace.requests[0].authorization == cut, "{next}");
    }
}

/// Versions of Wireshark mark them differently.
#[test]
fn truncated_details() {
    for truncated in [
        "Authorization […]: Digest username=\"sip",
        "Authorization [truncated]: Digest username=\"sip",
        "[truncated]Authorization: Digest",
    ] {
        let details = format!(
            "    Request-Line: INVITE sip:a SIP/2.0\n\
             \x20       {truncated}\n\
             \x20           Authentication Scheme: Digest\n\
             \x20           Username: \"sipauthtest\"\n\
             \x20           Realm: \"custxx.auth.bandwidth.com\"\n\
             \x20           Nonce Value: \"abc\"\n\
             \x20           Authentication URI: \"sip:custxx.auth.bandwidth.com\"\n\
             \x20           Digest Authentication Response: \"7e19b7ca413452561927ed9729180748\"\n\
             \x20           Algorithm: MD5\n\
             \x20           Opaque Value: \"x\"\n\
             \x20           CNonce Value: \"def\"\n\
             \x20           QOP: auth\n\
             \x20           Nonce Count: 00000001\n\
             \x20       Via: a\n\
             \x20       Realm: \"other\"\n"
        );
        let trace = Trace::read(details.as_bytes());
        assert_eq!(trace.requests.len(), 1);
        assert_is_by(&trace.requests[0], "INVITE", "sipauthtest", HASH1);
    }
}

#[test]
fn retransmissions_are_read_once() {
    let once = dialog("", "", "\n");
    assert_is_dialog(once.clone() + &register().join("\n") + "\n" + &invite().join("\n"));
    // Another method, or another response, is another request.
    let requests = [
        format!("ACK sip:a SIP/2.0\nAuthorization: {CREDENTIALS}\n"),
        format!("ACK sip:a SIP/2.0\nAuthorization: {CREDENTIALS}\n"),
        format!("BYE sip:a SIP/2.0\nAuthorization: {CREDENTIALS}\n"),
        format!("BYE sip:a SIP/2.0\nAuthorization: {}\n", CREDENTIALS.replace("abc", "abd")),
    ];
    let trace = Trace::read(requests.concat().as_bytes());
    let found: Vec<_> = trace.requests.iter().map(|it| (line_of(it), it.method.as_str())).collect();
    assert_eq!(found, [(2, "INVITE"), (6, "BYE"), (8, "BYE")]);
}

#[test]
fn several_headers_of_one_request() {
    let text = format!(
        "INVITE sip:a SIP/2.0\nAuthorization: {CREDENTIALS}\n\
         Proxy-Authorization: {CREDENTIALS_WITH_QOP}\nAuthorization: Digest a\n"
    );
    let trace = Trace::read(text.as_bytes());
    let [first, second, third] = &trace.requests[..] else { panic!("{trace:?}") };
    assert_eq!((line_of(first), line_of(second), line_of(third)), (2, 3, 4));
    assert_is_by(second, "INVITE", "sipauthtest", HASH1);
    let error = ParseError::from("a parameter has no value");
    assert_eq!(third.authorization, Err(error));
}

#[test]
fn methods() {
    let method = |start: &str| {
        let text = format!("{start}\nAuthorization: {CREDENTIALS}\nCSeq: 7 PUBLISH\n");
        Trace::read(text.as_bytes()).requests.remove(0).method
    };
    for (start, expected) in [
        ("REGISTER sip:a SIP/2.0", "REGISTER"),
        ("Request-Line: PRACK sips:a SIP/2.0", "PRACK"),
        ("..PRACK tel:+1 SIP/2.0", "PRACK"),
        ("XPRACK sip:a SIP/2.0", "PRACK"),
        ("NEW sip:a SIP/2.0", "NEW"),
        ("REGISTER   sip:a  SIP/2.0  ", "REGISTER"),
        // No start lines.
        ("", "PUBLISH"),
        ("REGISTER a SIP/2.0", "PUBLISH"),
        ("Register sip:a SIP/2.0", "PUBLISH"),
        ("sip:a SIP/2.0", "PUBLISH"),
        ("SIP/2.0", "PUBLISH"),
        ("REGISTER sip:a SIP/2.0/UDP", "PUBLISH"),
    ] {
        assert_eq!(method(start), expected, "{start}");
    }
    let neither = Trace::read(format!("Authorization: {CREDENTIALS}\nCSeq: 7").as_bytes());
    assert_eq!(neither.requests[0].method, "");
}

#[test]
fn challenges() {
    let count = |text: &str| Trace::read(text.as_bytes()).challenges;
    let header = "WWW-Authenticate: Digest realm=\"a\"\n";
    for (text, expected) in [
        (format!("SIP/2.0 401 Unauthorized\n{header}"), 1),
        ("Status-Line: SIP/2.0 407 \nproxy-authenticate : Digest\n".to_owned(), 1),
        // Several headers of one response (RFC 8760 section 2.4) are one challenge.
        (format!("SIP/2.0 401 Unauthorized\n{header}{header}"), 1),
        (format!("SIP/2.0 401 A\n{header}SIP/2.0 407 B\n{header}"), 2),
        (header.to_owned(), 1),
        ("SIP/2.0 401 Unauthorized\n".to_owned(), 0),
        (format!("SIP/2.0 403 Forbidden\n{header}"), 0),
        (format!("SIP/2.0 4010\nSIP/2.0 200 OK\n{header}"), 0),
        (format!("OPTIONS sip:a SIP/2.0\n{header}"), 0),
        ("X-WWW-Authenticate: Digest\nWWW-Authenticate Digest\n".to_owned(), 0),
    ] {
        assert_eq!(count(&text), expected, "{text}");
    }
}

/// Returns the text of a message, with `Authorization` if it has a nonce.
fn message(start: &str, ids: &str, header: &str) -> String {
    format!("{start}\r\n{ids}{header}Content-Length: 0\r\n\r\n")
}

fn credentials(name: &str, realm: &str, nonce: &str) -> String {
    format!(
        "{name}: Digest username=\"bob\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"sip:x\", \
         response=\"00000000000000000000000000000000\"\r\n"
    )
}

fn offer(name: &str, realm: &str, nonce: &str) -> String {
    format!("{name}: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth,auth-int\"\r\n")
}

/// Each request has the challenge with its nonce or, without one, the latest of its call.
#[test]
fn the_challenge_of_a_request() {
    let (register, challenge) = ("REGISTER sip:x SIP/2.0", "SIP/2.0 401 Unauthorized");
    let ids = |call: &str, number: u8| format!("Call-ID: {call}\r\nCSeq: {number} REGISTER\r\n");
    let invite = "Call-ID: a\r\nCSeq: 2 INVITE\r\n";
    let www = |realm: &str, nonce: &str| offer("WWW-Authenticate", realm, nonce);
    let answer = |realm: &str, nonce: &str| credentials("Authorization", realm, nonce);
    let cases = [
        // By its nonce, from another call or another realm.
        (ids("a", 1), www("r", "n"), ids("a", 2), answer("r", "n"), Some("r")),
        (ids("a", 1), www("r", "n"), ids("b", 2), answer("other", "n"), Some("r")),
        (String::new(), www("r", "n"), String::new(), answer("r", "n"), Some("r")),
        // By the Call-ID.
        (ids("a", 1), www("r", "n"), ids("a", 2), answer("other", "m"), Some("r")),
        (ids("a", 1), www("r", "n"), ids("b", 2), answer("other", "m"), None),
        (ids("a", 1), www("r", "n"), invite.to_owned(), answer("other", "m"), None),
        // The nearest.
        (String::new(), www("r", "n"), ids("a", 2), answer("other", "m"), Some("r")),
        (String::new(), www("r", "n"), String::new(), answer("other", "m"), Some("r")),
        // A proxy's is another.
        (ids("a", 1), offer("Proxy-Authenticate", "r", "n"), ids("a", 2), answer("r", "n"), None),
        (
            ids("a", 1),
            "WWW-Authenticate: Basic realm=\"r\"\r\n".into(),
            ids("a", 2),
            answer("r", "n"),
            None,
        ),
    ];
    for (challenge_ids, offer, ids, header, realm) in cases {
        let start = if ids == invite { "INVITE sip:x SIP/2.0" } else { register };
        let text = message(challenge, &challenge_ids, &offer) + &message(start, &ids, &header);
        let trace = Trace::read(text.as_bytes());
        assert_eq!(trace.challenges, 1);
        let found = trace.requests[0].challenge.as_ref();
        assert_eq!(found.map(|it| &*it.realm), realm, "{text}");
        if let Some(found) = found {
            assert_eq!((&*found.nonce, found.qop.as_deref()), ("n", Some("auth,auth-int")));
        }
    }
    // Of two, the one with the nonce; they come too late for the request before them.
    let two = www("r", "n") + &www("s", "m");
    let text = message(register, &ids("a", 1), &answer("r", "n"))
        + &message(challenge, &ids("a", 1), &two)
        + &message(register, &ids("a", 2), &answer("s", "n"))
        + &message(register, &ids("a", 3), &answer("r", "m"));
    let requests = Trace::read(text.as_bytes()).requests;
    let realms: Vec<_> = requests.iter().map(|it| Some(&*it.challenge.as_ref()?.realm)).collect();
    assert_eq!(realms, [None, Some("r"), Some("s")]);
    assert_eq!(requests[1].request_uri.as_deref(), Some("sip:x"));
}

#[test]
fn the_answer_to_a_request() {
    let ids = |call: &str, cseq: &str| format!("Call-ID: {call}\r\nCSeq: {cseq}\r\n");
    let request = |ids: &str, nonce: &str| {
        message("INVITE sip:x SIP/2.0", ids, &credentials("Authorization", "r", nonce))
    };
    let answer = |line: &str, ids: &str| message(&format!("SIP/2.0 {line}"), ids, "");
    for (sent, answered, is_answer) in [
        (ids("a", "2 INVITE"), ids("a", "2 INVITE"), true),
        (ids("a", "2 INVITE"), "CSeq: 2 INVITE\r\n".to_owned(), true),
        ("CSeq: 2 INVITE\r\n".to_owned(), ids("a", "2 INVITE"), true),
        (ids("a", "2 INVITE"), ids("b", "2 INVITE"), false),
        (ids("a", "2 INVITE"), ids("a", "3 INVITE"), false),
        (ids("a", "2 INVITE"), ids("a", "2 CANCEL"), false),
        // The body of a NOTIFY can be a response without headers.
        (ids("a", "2 INVITE"), String::new(), false),
    ] {
        let text =
            request(&sent, "n") + &answer("100 Trying", &answered) + &answer("403 No", &answered);
        let requests = Trace::read(text.as_bytes()).requests;
        let expected = is_answer.then(|| Answer {
            place: Place::Line(
                text.lines().position(|it| it.contains("403")).expect("it is there") + 1,
            ),
            status: 403,
            reason: "No".to_owned(),
        });
        assert_eq!(requests[0].answer, expected, "{text}");
    }
    // Of several, each has its own, and the first final one counts.
    let text = request(&ids("a", "2 INVITE"), "n")
        + &request(&ids("b", "2 INVITE"), "m")
        + &answer("486 Busy Here", &ids("b", "2 INVITE"))
        + &answer("200 OK", &ids("a", "2 INVITE"))
        + &answer("403 Forbidden", &ids("a", "2 INVITE"));
    let requests = Trace::read(text.as_bytes()).requests;
    let statuses: Vec<_> =
        requests.iter().map(|it| it.answer.as_ref().map(|it| it.status)).collect();
    assert_eq!(statuses, [Some(200), Some(486)]);
    // The same credentials again, which is what a reused nonce is.
    let text = request(&ids("a", "2 INVITE"), "n")
        + &answer("200 OK", &ids("a", "2 INVITE"))
        + &request(&ids("a", "3 INVITE"), "n")
        + &answer("403 Forbidden", &ids("a", "3 INVITE"));
    let requests = Trace::read(text.as_bytes()).requests;
    let statuses: Vec<_> =
        requests.iter().map(|it| it.answer.as_ref().map(|it| it.status)).collect();
    assert_eq!(statuses, [Some(403)]);
}

/// A phone also fetches its configuration.
#[test]
fn other_protocols() {
    let http = "GET /cfg/1.cfg HTTP/1.1\r\nAuthorization: Digest username=\"bob\", realm=\"p\", \
        nonce=\"a\", uri=\"/cfg/1.cfg\", response=\"00000000000000000000000000000000\"\r\n\r\n";
    let challenge =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"p\", nonce=\"a\"\r\n\r\n";
    let text = challenge.to_owned() + &register().join("\n") + "\n" + http + &invite().join("\n");
    let trace = Trace::read(text.as_bytes());
    let methods: Vec<_> = trace.requests.iter().map(|it| &*it.method).collect();
    assert_eq!((methods, trace.challenges), (vec!["REGISTER", "INVITE"], 0));
    assert_eq!(trace.not_read, []);
    let alone = Trace::read((challenge.to_owned() + http).as_bytes());
    assert!(alone.not_read[0].reason.starts_with("a response of HTTP or RTSP: "), "{alone:?}");
}

/// What may be a request is named, even if there are others.
#[test]
fn what_is_not_read() {
    let [before_challenge, odd] = [
        "REGISTER sip:x SIP/2.0\nAuthorization: Digest username=\"bob\", realm=\"r\", nonce=\"\", \
         uri=\"sip:x\", response=\"\"\n\n",
        "Authorization Digest username=bob\n",
    ];
    for (text, reason) in [
        (before_challenge, "its response is empty, as clients send it before a challenge: "),
        (odd, "it has Authorization, but no response in a form that is known: "),
        ("\t0x0000:  4500 0172 1c46 4000 4011 8b1e  E..r.F@.@...\n", "a hex dump: "),
        ("0010  53 49 50 2f 32 2e 30 2f 55 44 50  SIP/2.0/UDP\n", "a hex dump: "),
        ("a\0b\n", "a binary file: "),
        ("PK\u{3}\u{4}", "a ZIP archive or a document in one, such as .xlsx: "),
        ("%PDF-1.7", "a PDF document: "),
    ] {
        let trace = Trace::read(text.as_bytes());
        let [not_read] = &trace.not_read[..] else { panic!("{text}: {trace:?}") };
        assert!(not_read.reason.starts_with(reason), "{not_read:?}");
    }
    let both = |text: &str| Trace::read((text.to_owned() + &register().join("\n")).as_bytes());
    assert_eq!(both(before_challenge).not_read, []);
    assert_eq!(both(odd).not_read[0].place, Place::Line(1));
}

/// At the end of the trace, a header may be cut.
#[test]
fn the_end_of_a_trace() {
    let text = register()[..3].join("\n");
    let request = |text: &str| Trace::read(text.as_bytes()).requests.remove(0).authorization;
    assert_eq!(request(&text), Err(CUT));
    assert_eq!(request(&(text.clone() + "\n")), CREDENTIALS.parse());
    assert_eq!(request(&(text + "\nCSeq: 2")), CREDENTIALS.parse());
}

/// Where the word stands, it is named; what it is is not denied.
#[test]
fn texts_without_credentials() {
    for (text, named) in [
        ("", None),
        ("REGISTER sip:a SIP/2.0\nAuthorization:\nVia: a", None),
        ("Authentication-Info: nextnonce=\"a\"", None),
        ("REGISTER sip:a SIP/2.0\nAuthorization: Basic YTpi", Some(2)),
        ("REGISTER sip:a SIP/2.0\nAuthorization: Bearer a.b", Some(2)),
        ("\nX-Authorization: Digest a=b", Some(2)),
        ("Preauthorization: Digest a=b", Some(1)),
        ("Authorization Digest a=b", Some(1)),
        ("no Authorization: none", Some(1)),
    ] {
        let trace = Trace::read(text.as_bytes());
        assert_eq!((trace.requests.len(), trace.challenges), (0, 0), "{text}");
        let places: Vec<_> = trace.not_read.iter().map(|it| it.place).collect();
        assert_eq!(places, named.map(Place::Line).as_slice(), "{text}");
    }
}

/// Each of these would take minutes if time were quadratic.
#[test]
fn time_is_linear() {
    let size = 50_000;
    for text in [
        "Authorization".repeat(size),
        "Authorization: Digest ".repeat(size),
        "Authorization: Digest\n,".repeat(size),
        "Authorization: Digest,".to_owned() + &"\na=b,".repeat(size),
        "Authorization: Digest ".to_owned() + &"\n,\"".repeat(size),
        "Authorization".to_owned() + &" ".repeat(size),
        "SIP/2.0 ".repeat(size),
        "#012".repeat(size),
        " ".repeat(size),
        register().join("\n").repeat(size / 100),
    ] {
        assert!(Trace::read(text.as_bytes()).requests.len() <= size);
    }
}

/// Generates pieces of traces.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("REGISTER sip:a SIP/2.0".to_owned()),
        Just("SIP/2.0 401 ".to_owned()),
        Just("Authorization: Digest ".to_owned()),
        Just("WWW-Authenticate: Digest ".to_owned()),
        Just("CSeq: 1 INVITE".to_owned()),
        Just("Authentication Scheme: Digest".to_owned()),
        Just("Username: \"".to_owned()),
        Just("username=\"a\",".to_owned()),
        Just(",".to_owned()),
        Just("#015#012".to_owned()),
        Just(CREDENTIALS.to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let utf16 = [&[0xFF, 0xFE], &bytes[..]].concat();
        for text in [&bytes, &utf16] {
            prop_assert!(Trace::read(text).requests.len() <= text.len());
        }
    }

    #[test]
    fn any_pieces_are_read(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let trace = Trace::read(text.as_bytes());
        let lines = text.lines().count();
        prop_assert!(trace.requests.iter().all(|it| (1..=lines).contains(&line_of(it))));
        prop_assert!(trace.challenges <= lines);
    }

    /// A message is found among lines of anything, before it, after it and between its lines.
    #[test]
    fn a_message_is_found(junk in prop::collection::vec("([^,>\\s][^\n]{0,60})?", 7), indent in "[ \t>]{0,8}") {
        let mut text = junk[0].clone() + "\n";
        for (line, junk) in register().iter().zip(&junk[1..]) {
            text.extend([&indent, line.as_str(), "\n", junk, "\n"]);
        }
        let trace = Trace::read(text.as_bytes());
        prop_assert_eq!(trace.requests.len(), 1, "{}", text);
        prop_assert_eq!(&trace.requests[0].method, "REGISTER");
        prop_assert_eq!(line_of(&trace.requests[0]), 6);
        prop_assert_eq!(&trace.requests[0].authorization, &CREDENTIALS.parse());
    }
}
