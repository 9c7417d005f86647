use proptest::prelude::*;

use super::*;
use crate::answer::Answer;

/// By `md5sum`: the digests of Bandwidth's guide, and responses to a REGISTER of `sip:x` by each.
const REALM: &str = "custxx.auth.bandwidth.com";
const HASH1: &str = "fe438bddfc087dda89d29e637f5684ab";
const HASH1B: &str = "79bb0e55551e14a2f329a282c7cf1456";
const BY_HASH1: &str = "e05ebe8c1fd9d13c182bcf08b8a71b13";
const BY_HASH1B: &str = "eba2ef01bf2b128c58742289c3444b5d";

fn request(login: &str, realm: &str, response: &str) -> Request {
    let header = format!(
        "Digest username=\"{login}\", realm=\"{realm}\", nonce=n, uri=\"sip:x\", response={response}"
    );
    Request {
        place: Place::Line(3),
        method: "REGISTER".to_owned(),
        authorization: header.parse(),
        request_uri: None,
        challenge: None,
        answer: None,
    }
}

fn response(request: &Request) -> Response<'_> {
    Response::new(None, request).expect("it can be compared")
}

/// Returns the document of credentials of sipauthtest: realm, Hash1 and Hash1b of each.
fn document(entries: &[[&str; 3]]) -> Answer {
    let element = |name: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<{name}>{text}</{name}>"),
    };
    let entry = |[realm, hash1, hash1b]: &[&str; 3]| {
        let [realm, hash1, hash1b] = [("Realm", realm), ("Hash1", hash1), ("Hash1b", hash1b)]
            .map(|(name, it)| element(name, it));
        format!(
            "<SipCredential><UserName>sipauthtest</UserName>{realm}{hash1}{hash1b}</SipCredential>"
        )
    };
    let entries: String = entries.iter().map(entry).collect();
    Answer::read(format!("<S>{entries}</S>").as_bytes()).expect("it is XML")
}

/// The sides of sipauthtest on the realm of the guide.
fn sides<'a>(
    password: Option<&'a Password>,
    answer: Option<&'a Answer>,
    requests: &'a [Request],
) -> Sides<'a> {
    Sides {
        name: Name::new("sipauthtest", None),
        given: Given { realm: Some(REALM), ..Given::default() },
        password,
        entries: answer.into_iter().flat_map(|answer| &answer.entries).collect(),
        is_document: answer.is_some(),
        responses: requests.iter().map(response).collect(),
        ..Sides::default()
    }
}

/// Describes checks, but for names that are right: subject, against, and result.
fn describe(verification: &Verification) -> Vec<String> {
    let name = |text: String| text.replace("Digest(", "").replace(')', "");
    let describe = |check: &Check| {
        let outcome = match &check.diagnosis {
            Diagnosis::Matches => "ok".to_owned(),
            Diagnosis::Explained(explanations) => {
                let names = |it: &Explanation| it.mistakes().iter().map(|it| it.name).collect();
                let names: Vec<Vec<_>> = explanations.iter().map(names).collect();
                names.iter().map(|it| it.join("+")).collect::<Vec<_>>().join("|")
            }
            Diagnosis::Unexplained { .. } => "unexplained".to_owned(),
            Diagnosis::Differs { found, expected } => format!("{found}, not {expected}"),
            _ => "not explained".to_owned(),
        };
        assert_eq!(check.matches(), outcome == "ok");
        let entry = check.entry.map_or(String::new(), |entry| format!("{entry}: "));
        let sides = name(format!("{:?} {:?}", check.subject, check.against));
        format!("{entry}{sides}: {outcome}")
    };
    let is_trivial = |it: &&Check| it.against == Against::Given && it.matches();
    verification.checks.iter().filter(|it| !is_trivial(it)).map(describe).collect()
}

fn reasons(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| &*note.reason).collect()
}

fn password(password: &str) -> Password {
    Password::new(password).expect("it is one")
}

#[test]
fn each_two_sides_are_compared() {
    let password = password("password");
    let answer = document(&[["", HASH1, HASH1B]]);
    let requests = [
        request("sipauthtest", REALM, BY_HASH1),
        request(&format!("sipauthtest@{REALM}"), REALM, BY_HASH1B),
    ];
    let check = |password, answer, requests| verify(&sides(password, answer, requests));
    let (password, answer) = (Some(&password), Some(&answer));
    let both = ["Hash1 Password: ok", "Hash1b Password: ok"];
    let by_password = ["Response Password: ok", "Response Password: ok"];
    let by_digests = ["Response Hash1: ok", "Response Hash1b: ok"];
    assert_eq!(describe(&check(password, answer, &[])), both);
    assert_eq!(describe(&check(password, None, &requests)), by_password);
    assert_eq!(describe(&check(None, answer, &requests)), by_digests);
    let three = check(password, answer, &requests);
    assert_eq!(describe(&three), [both, by_password, by_digests].concat());
    assert!(three.matches());
    let info = three.checks.last().and_then(|it| it.response.clone()).expect("it has one");
    assert_eq!((info.kind, &*info.method, &*info.realm), (DigestKind::Hash1b, "REGISTER", REALM));
    assert_eq!((info.login, info.place), (format!("sipauthtest@{REALM}"), None));
    // Where there is nothing to compare, nothing matches.
    for nothing in [check(None, None, &[]), check(password, None, &[]), check(None, answer, &[])] {
        assert!(!nothing.matches() && describe(&nothing).is_empty());
        assert_eq!(nothing.verdict(), "Nothing was compared.");
    }
}

#[test]
fn digests_are_explained_together() {
    let password = password("password");
    let check = |hash1: &str, hash1b: &str| {
        describe(&verify(&sides(Some(&password), Some(&document(&[["", hash1, hash1b]])), &[])))
    };
    assert_eq!(check(HASH1B, ""), ["Hash1 Password: swapped|realm-as-domain"]);
    let swapped = ["Hash1 Password: swapped", "Hash1b Password: swapped"];
    assert_eq!(check(HASH1B, HASH1), swapped);
    let domain = ["Hash1 Password: realm-as-domain", "Hash1b Password: realm-as-domain"];
    assert_eq!(check(HASH1B, "fbb085b00201339f4191994b9f6f9995"), domain);
    assert_eq!(check(HASH1, HASH1), ["Hash1 Password: ok", "Hash1b Password: repeated"]);
}

#[test]
fn entries_are_numbered_and_have_their_own_realms() {
    let password = password("password");
    let other = ["other.example.com", "8545eb4c76e28843aca7ae189dd740b0", ""];
    let answer = document(&[[REALM, HASH1, ""], other, other]);
    let verification = verify(&sides(Some(&password), Some(&answer), &[]));
    // One that is repeated is one.
    let expected = [
        "1: Hash1 Password: ok",
        "2: Realm Given: other.example.com, not custxx.auth.bandwidth.com",
        "2: Hash1 Password: realm-of-document",
    ];
    assert_eq!(describe(&verification), expected);
    assert_eq!(verification.checks[0].written, Some((32, 0)));
    let damaged = document(&[["", "12 zz", ""]]);
    let verification = verify(&sides(Some(&password), Some(&damaged), &[]));
    let check = &verification.checks[0];
    assert_eq!((check.written, check.entry), (Some((2, 3)), None));

    // A response is compared with the entry on its realm.
    let requests = [request("sipauthtest", REALM, BY_HASH1)];
    let answer = document(&[other, [REALM, HASH1, ""]]);
    let without_realm =
        |answer| Sides { given: Given::default(), ..sides(None, Some(answer), &requests) };
    let verification = verify(&without_realm(&answer));
    assert_eq!(describe(&verification), ["2: Response Hash1: ok"]);
    // What it is not compared with is told.
    let expected = ["no response to compare the digests on the realm \"other.example.com\" with"];
    assert_eq!(reasons(&verification.not_checked), expected);
    assert!(!verification.matches());
    let answer = document(&[other]);
    let expected = [
        "Realm Hash1: custxx.auth.bandwidth.com, not other.example.com",
        "Response Hash1: unexplained",
    ];
    assert_eq!(describe(&verify(&without_realm(&answer))), expected);
}

/// A document with very many entries of one name does not take forever.
#[test]
fn only_the_first_entries_of_a_realm_are_compared_with_a_response() {
    let digests: Vec<_> = (0..MAX_ENTRIES + 5).map(|number| format!("{number:032x}")).collect();
    let entries: Vec<_> = digests.iter().map(|hash1| [REALM, hash1, ""]).collect();
    let answer = document(&entries);
    let requests = [request("sipauthtest", REALM, BY_HASH1)];
    let verification = verify(&sides(None, Some(&answer), &requests));
    assert_eq!(describe(&verification).len(), MAX_ENTRIES);
    assert_eq!(verification.not_checked.len(), 5);
}

/// The right digests are by `md5sum`. Digests and responses are counted together.
#[test]
fn the_first_mismatches_are_explained() {
    let password = password("password");
    let wrong = || request("sipauthtest", REALM, HASH1);
    let requests = [wrong(), wrong(), wrong(), request("sipauthtest", REALM, BY_HASH1)];
    let digests: Vec<_> = (1..MAX_EXPLAINED).map(|number| format!("{number:032x}")).collect();
    let entries: Vec<_> = digests.iter().map(|digits| ["", digits, BY_HASH1B]).collect();
    let answer = document(&[&[["", HASH1, HASH1B]], &entries[..]].concat());
    let checks = describe(&verify(&sides(Some(&password), Some(&answer), &requests)));
    let by_password = |it: &&String| it.contains("Password");
    let count =
        |text: &str| checks.iter().filter(by_password).filter(|it| it.ends_with(text)).count();
    assert_eq!(count(": unexplained"), 2 * (MAX_EXPLAINED - 1) + 1, "{checks:?}");
    assert_eq!(count(": not explained"), 2, "{checks:?}");
    assert_eq!(count(": ok"), 3, "{checks:?}");
}

#[test]
fn responses_by_other_digests_and_methods() {
    let check = |hash1: &str, hash1b: &str, response: &str, method: &str| {
        let method = method.to_owned();
        let requests = [Request { method, ..request("sipauthtest", REALM, response) }];
        describe(&verify(&sides(None, Some(&document(&[["", hash1, hash1b]])), &requests)))
    };
    assert_eq!(check(HASH1, HASH1B, BY_HASH1, "INVITE"), ["Response Hash1: method"]);
    assert_eq!(check(HASH1B, HASH1, BY_HASH1, "REGISTER"), ["Response Hash1: swapped"]);
    assert_eq!(check(HASH1B, HASH1, BY_HASH1, "INVITE"), ["Response Hash1: swapped+method"]);
    let unknown = ["Response Hash1: unexplained"];
    assert_eq!(check(HASH1, HASH1B, HASH1, "REGISTER"), unknown);
    assert_eq!(check(HASH1, "", HASH1, "REGISTER"), unknown);
}

/// Whatever else agrees.
#[test]
fn a_response_without_its_digest_is_told() {
    let password = password("password");
    let requests = [request(&format!("sipauthtest@{REALM}"), REALM, BY_HASH1B)];
    let login =
        format!("the client logs in as \"sipauthtest@{REALM}\", so its response depends on Hash1b");
    let lacks = format!("Bandwidth has no Hash1b: {login}");
    for (hash1b, password, reason) in [
        ("", None, &*lacks),
        ("", Some(&password), &*lacks),
        ("12", None, "Hash1b is not 32 hexadecimal digits: copy all of them"),
    ] {
        let answer = document(&[["", HASH1, hash1b]]);
        let verification = verify(&sides(password, Some(&answer), &requests));
        assert_eq!(reasons(&verification.not_checked), [reason]);
        assert!(!verification.matches());
        let verdict = verification.verdict();
        assert!(verdict.ends_with(&format!(" compared: {reason}.")), "{verdict}");
        // A client that logs in by Hash1 could use it.
        assert_eq!(verification.hints.len(), usize::from(hash1b.is_empty()));
    }
    // Digests that the user typed may be all that the user has.
    let answer = document(&[["", HASH1, ""]]);
    let typed =
        |password| Sides { is_document: false, ..sides(password, Some(&answer), &requests) };
    assert_eq!(reasons(&verify(&typed(None)).not_checked), [format!("missing Hash1b: {login}")]);
    assert!(verify(&typed(Some(&password))).matches());
}

#[test]
fn names_are_checked_against_those_given() {
    let names = |login: &str, username, domain, realm| {
        let request = request(login, REALM, BY_HASH1);
        let responses = vec![response(&request), response(&request)];
        let given = Given { username, domain, realm };
        let checks = verify(&Sides { given, responses, ..Sides::default() }).checks;
        let found = checks.into_iter().map(|check| match check.diagnosis {
            Diagnosis::Differs { found, expected } => format!("{found}, not {expected}"),
            _ => "ok".to_owned(),
        });
        found.collect::<Vec<_>>()
    };
    assert!(names("bob", None, None, None).is_empty());
    assert_eq!(names("bob", Some("bob"), None, None), ["ok"]);
    assert_eq!(names("bob@x", Some("bob"), Some("x"), None), ["ok"]);
    assert_eq!(names("bob@x", None, Some("x"), None), ["ok"]);
    assert_eq!(names(&format!("bob@{REALM}"), Some("bob"), None, None), ["ok"]);
    let login = format!("bob@x@{REALM}");
    assert_eq!(names(&login, Some(&login), None, None), ["ok"]);
    assert_eq!(names("bob@x", Some("bob"), None, None), ["bob@x, not bob"]);
    assert_eq!(names("bob@x", None, Some("y"), None), ["bob@x, not bob@y"]);
    assert_eq!(names("bob", None, None, Some(REALM)), ["ok"]);
    assert_eq!(names("bob", None, None, Some("r")), ["custxx.auth.bandwidth.com, not r"]);
}

/// Its digest is another one, so that it is compared with nothing.
#[test]
fn a_request_of_a_trace_for_another_realm_is_a_mismatch() {
    let password = password("password");
    let (here, there) = (
        request("sipauthtest", REALM, BY_HASH1),
        request("sipauthtest", "other.example.com", BY_HASH1),
    );
    let other = "Realm Given: other.example.com, not custxx.auth.bandwidth.com";
    let in_trace = |request| Response::new(Some(Place::Line(1)), request).expect("it is one");
    for (responses, expected) in [
        (vec![in_trace(&here), in_trace(&there)], vec![other, "Response Password: ok"]),
        (vec![in_trace(&there)], vec![other]),
        // A header that is not from a trace is compared nevertheless.
        (vec![response(&there)], vec![other, "Response Password: unexplained"]),
    ] {
        let verification = verify(&Sides { responses, ..sides(Some(&password), None, &[]) });
        assert_eq!(describe(&verification), expected);
        assert!(!verification.matches());
    }
}

#[test]
fn names_in_a_document_are_checked() {
    let password = password("password");
    let document = |username: &str| {
        let entry = format!(
            "<SipCredential><UserName>{username}</UserName><Hash1>{HASH1}</Hash1></SipCredential>"
        );
        Answer::read(entry.as_bytes()).expect("it is XML")
    };
    let check =
        |username| describe(&verify(&sides(Some(&password), Some(&document(username)), &[])));
    assert_eq!(check("SipAuthTest"), ["Hash1 Password: ok"]);
    let space = ["Username Given:  sipauthtest , not sipauthtest", "Hash1 Password: ok"];
    assert_eq!(check(" sipauthtest "), space);
}

/// Returns a request with a challenge and an answer of this status, if it is not 0.
fn answered(response: &str, realm: &str, nonce: &str, status: u16) -> Request {
    let place = Place::Line(1);
    let challenge =
        Challenge { place, realm: realm.to_owned(), nonce: nonce.to_owned(), qop: None };
    let reason = match status {
        200 => "OK",
        401 => "Unauthorized",
        403 => "Forbidden",
        _ => "Busy Here",
    };
    let answer = sip::Answer { place: Place::Line(9), status, reason: reason.to_owned() };
    Request {
        challenge: Some(challenge),
        answer: Some(answer).filter(|it| it.status > 0),
        request_uri: Some("sip:x".to_owned()),
        ..request("sipauthtest", REALM, response)
    }
}

#[test]
fn the_challenge_is_compared_with_the_response() {
    let password = password("password");
    let check = |request: Request| verify(&sides(Some(&password), None, &[request]));
    let right = check(answered(BY_HASH1, REALM, "n", 0));
    assert_eq!(describe(&right), ["Response Password: ok"]);
    assert!(right.hints.is_empty() && right.matches());
    // Even if the realm is the one that was given.
    let other = check(answered(BY_HASH1, "r.example.com", "n", 403));
    let expected = [
        "Challenge Challenge: custxx.auth.bandwidth.com, not r.example.com",
        "Response Password: ok",
    ];
    assert_eq!(describe(&other), expected);
    let verdict = "The client answers for the realm \"custxx.auth.bandwidth.com\", but the server's \
        challenge is for \"r.example.com\". The client uses this password.";
    assert_eq!(other.verdict(), verdict);
    // Other differences need not be mistakes.
    let mut request = answered(BY_HASH1, REALM, "m", 0);
    request.request_uri = Some("sip:x;transport=udp".to_owned());
    let hints = check(request);
    assert!(hints.matches());
    let expected = [
        "its nonce is not that of the challenge before it (line 1)",
        "its uri, \"sip:x\", is not the Request-URI, \"sip:x;transport=udp\"",
    ];
    assert_eq!(reasons(&hints.hints), expected);
}

/// Digests are expected to have been made for the realm of the challenge, if nothing else says it.
#[test]
fn the_challenge_says_the_realm() {
    let (hash1, requests) = (document(&[["", HASH1, ""]]), [answered(BY_HASH1, "r", "n", 0)]);
    let mut sides = sides(None, Some(&hash1), &requests);
    sides.given = Given::default();
    assert_eq!(sides.realm_of(&hash1.entries[0]), Some("r"));
    let (in_document, given) =
        (document(&[["d", HASH1, ""]]), Given { realm: Some("g"), ..Given::default() });
    assert_eq!(sides.realm_of(&in_document.entries[0]), Some("d"));
    sides.given = given;
    assert_eq!(sides.realm_of(&in_document.entries[0]), Some("g"));
}

/// Hash1 of the password `Tr0ub4dor-7319`, and the response by it, are by Python's `hashlib`.
#[test]
fn verdicts() {
    const OTHER: (&str, &str) =
        ("5a7f791cee2ae8fc8154a5a85fc15249", "4595f667befb10594937238dcfd86bba");
    let password = password("password");
    let (right, wrong) = (document(&[["", HASH1, ""]]), document(&[["", OTHER.0, ""]]));
    let by = |response, status| vec![answered(response, REALM, "n", status)];
    let verdict = |password, answer, requests: Vec<Request>| {
        let verdict = verify(&sides(password, answer, &requests)).verdict();
        let (first, _) = verdict.split_once(':').unwrap_or((&verdict, ""));
        first.trim_end_matches('.').to_owned()
    };
    let (ours, right, wrong) = (Some(&password), Some(&right), Some(&wrong));
    let cases = [
        (ours, wrong, by(BY_HASH1, 403), "The client is right, what Bandwidth stores is not"),
        (
            ours,
            right,
            by(OTHER.1, 403),
            "Bandwidth is right, the client is set up with something else",
        ),
        (
            ours,
            wrong,
            by(OTHER.1, 200),
            "Client and Bandwidth agree, the password given here is another",
        ),
        (ours, wrong, by(HASH1B, 403), "No two sides agree. Bandwidth"),
        (
            ours,
            right,
            by(BY_HASH1, 403),
            "Password, client and Bandwidth agree, so the 403 Forbidden has another reason",
        ),
        (
            None,
            right,
            by(BY_HASH1, 401),
            "Client and Bandwidth agree, so the 401 Unauthorized has another reason",
        ),
        (
            ours,
            right,
            by(BY_HASH1, 200),
            "Password, client and Bandwidth agree, and the server accepted the response (200 OK)",
        ),
        (
            ours,
            right,
            by(BY_HASH1, 486),
            "Password, client and Bandwidth agree, and the 486 Busy Here is not about the credential",
        ),
        (ours, right, by(BY_HASH1, 0), "Password, client and Bandwidth agree"),
        // What Bandwidth stores is not known, so nothing is said of it.
        (
            ours,
            None,
            by(BY_HASH1, 403),
            "The client uses this password, and the server answered 403 Forbidden",
        ),
        (ours, right, vec![], "The password matches what Bandwidth stores"),
        (ours, wrong, vec![], "What Bandwidth stores does not match the password"),
        (ours, None, by(HASH1B, 0), "The client's response does not match the password"),
        (
            None,
            right,
            by(OTHER.1, 0),
            "Client and Bandwidth disagree on password, realm or username; add the password to see which",
        ),
        (
            ours,
            right,
            [by(BY_HASH1, 200), by(HASH1B, 0)].concat(),
            "In 1 of 2 requests, Bandwidth is right, the client is set up with something else",
        ),
    ];
    for (password, answer, requests, expected) in cases {
        assert_eq!(verdict(password, answer, requests), expected);
    }
}

/// On each of two realms, by each of the passwords `password` and `another`: Hash1, Hash1b, and the responses
/// by each, by Python's `hashlib`.
const BY_REALM: [[[&str; 4]; 2]; 2] = [
    [
        [
            "13dc5d0bc889da7f32780deb07971eaf",
            "2940d85a7e00f6dba227b7ebb0023ca6",
            "63b32f0f04f050973c8a099ba7c596b4",
            "6b1d54c5e7a1270dba728bdd532d31d4",
        ],
        [
            "08eba5e4c36f4336a89dec6596121f94",
            "d2b55e8e54c12182cdb373eba3b0aa31",
            "afea6823c3a1115bc61aac1ab82edeeb",
            "443c4a4da4ad70f7e4f4b83210f775d2",
        ],
    ],
    [
        [
            "fd070a7abded3f6870856c498d19b695",
            "883fbcfb738286397efc2920f60b28c0",
            "3a9901275018683cbfb3c490f15ba0c1",
            "a1346430f3440b3791f071e589886786",
        ],
        [
            "f8b9c372578deedc83e65efc492c9943",
            "3ec0a74e1c50ab7b54356ac70c27f5fa",
            "8535f31ed18b52414320d83d05e09f90",
            "71c36f6b9bfd60d198ee4b293ce87675",
        ],
    ],
];

const REALMS: [&str; 2] = ["a.example.com", "b.example.com"];

/// An entry: its realm, if the document has it, and by which password each of its digests is, if it has them.
type AnyEntry = (Option<usize>, [Option<usize>; 2]);

/// A request: its realm, whether it depends on Hash1b, and the password that it was computed with.
type AnyRequest = (usize, usize, usize);

/// Most are `password`, so that success is not rare.
fn any_password() -> impl Strategy<Value = usize> {
    prop::bool::weighted(0.1).prop_map(usize::from)
}

fn any_entry() -> impl Strategy<Value = AnyEntry> {
    let digest = || prop::option::weighted(0.8, any_password());
    let realm = prop::option::weighted(0.8, 0..2_usize);
    (realm, [digest(), digest()])
        .prop_filter("no digest", |(_, digests)| digests.iter().any(Option::is_some))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Success means that every request and every entry was compared, and is right.
    #[test]
    fn nothing_is_right_that_was_not_compared(
        entries in prop::collection::vec(any_entry(), 0..3),
        requests in prop::collection::vec((0..2_usize, 0..2_usize, any_password()), 0..3),
        has_password: bool,
        given in prop::option::of(0..2_usize),
    ) {
        let xml = entries.iter().map(|(realm, digests)| {
            let made_for = realm.or(given).unwrap_or(0);
            let digest = |kind: usize| digests[kind].map_or("", |by| BY_REALM[made_for][by][kind]);
            [realm.map_or("", |realm| REALMS[realm]), digest(0), digest(1)]
        });
        let answer = document(&xml.collect::<Vec<_>>());
        let captured = requests.iter().map(|(realm, kind, by)| {
            let login = ["sipauthtest".to_owned(), format!("sipauthtest@{}", REALMS[*realm])];
            request(&login[*kind], REALMS[*realm], BY_REALM[*realm][*by][2 + kind])
        });
        let captured: Vec<_> = captured.collect();
        let password = password("password");
        let responses = captured.iter().enumerate().map(|(index, request)| {
            Response::new(Some(Place::Line(index)), request).expect("it can be compared")
        });
        let sides = Sides {
            given: Given { realm: given.map(|realm| REALMS[realm]), ..Given::default() },
            responses: responses.collect(),
            is_document: !entries.is_empty(),
            ..sides(Some(&password).filter(|_| has_password), Some(&answer), &[])
        };
        // Explanations take time, and make no difference.
        let verification = explain(&sides, 0);
        if verification.matches() {
            let on_realm = |realm: usize| {
                let on_it = entries.iter().filter(|entry| entry.0 == Some(realm)).collect::<Vec<_>>();
                if on_it.is_empty() { entries.iter().collect() } else { on_it }
            };
            let is_right = |(realm, kind, by): &AnyRequest| {
                let stored = on_realm(*realm);
                given.is_none_or(|given| given == *realm)
                    && (!has_password || *by == 0)
                    && (!stored.is_empty() || entries.is_empty())
                    && stored.iter().all(|(_, digests)| digests[*kind].is_none_or(|it| it == *by))
                    && (entries.is_empty() || stored.iter().any(|(_, digests)| digests[*kind].is_some()))
            };
            prop_assert!(requests.iter().all(is_right), "{verification:?}");
            let is_compared = |entry: &&AnyEntry| {
                let by_password = has_password && entry.1.iter().flatten().all(|by| *by == 0);
                let has_request = |(realm, kind, _): &AnyRequest| {
                    on_realm(*realm).iter().any(|it| it == entry) && entry.1[*kind].is_some()
                };
                given.is_none_or(|given| entry.0.is_none_or(|realm| realm == given))
                    && (by_password || !has_password && requests.iter().any(has_request))
            };
            prop_assert!(entries.iter().all(|entry| is_compared(&entry)), "{verification:?}");
            prop_assert!(!requests.is_empty() || !entries.is_empty());
        }
    }
}
