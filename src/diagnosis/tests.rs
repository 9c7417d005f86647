//! Pairs of mistakes, clues, responses, and what is said of them.

use super::*;
use mistakes::tests::explanations;

const REALM: &str = "vapi-3efeaa.auth.bandwidth.com";

fn bob(kind: DigestKind, password: &str) -> DigestInput {
    DigestInput::new(kind, "bob", None, REALM, password.as_bytes())
}

fn written(text: &str) -> WrittenDigest {
    WrittenDigest::new(text.to_owned())
}

fn authorization(response: &str) -> Authorization {
    let header = format!(
        "Digest username=bob, realm=\"{REALM}\", nonce=n, uri=\"sip:x\", response={response}"
    );
    header.parse().expect("it is a header")
}

/// The digests are by Python's `hashlib`.
#[test]
fn two_mistakes_in_either_order() {
    use DigestKind::{Hash1, Hash1b};
    let cases = [
        (
            Hash1,
            "password",
            "9923c3c1b82d82cdebf5812522f4e462",
            ["password-line-end", "realm-short"],
        ),
        (
            Hash1b,
            "password",
            "fce4cbb46fea0bd086cb16a1256c2827",
            ["guide-colon", "password-line-end"],
        ),
        (
            Hash1,
            "password",
            "ce1b7a1d811e76321e133ce83542ff57",
            ["password-quotes", "password-line-end"],
        ),
        (
            Hash1,
            "password",
            "f01a9a8d5d43f48f17ff3f258215133c",
            ["password-line-end", "password-quotes"],
        ),
        (
            Hash1,
            "password",
            "fb7e1fd568d597be395c62f3bfc10830",
            ["password-white-space", "password-quotes"],
        ),
        (
            Hash1,
            "password",
            "3260f6d35939ce265cc36f5f030a2a4c",
            ["password-quotes", "password-white-space"],
        ),
        (
            Hash1,
            "password",
            "6226a86e2e5fb73ba67f774d9896c199",
            ["text-utf16", "password-line-end"],
        ),
        (
            Hash1,
            "p@ss",
            "f07cdb7f2ecdb1143f2d62a504eb7b8f",
            ["password-line-end", "password-percent-encoded"],
        ),
        (
            Hash1,
            "p@ss",
            "7c96e480e1837d9b50377856561d9627",
            ["password-line-end", "password-percent-encoded"],
        ),
        (Hash1, "password", "c5074aaf5193881d3ff6c5130f1ffea1", ["realm-port", "realm-uri"]),
        (
            Hash1,
            "password",
            "122ab5e74504e6f34a9c6be9957a62b7c8dbac023ab91fd297cc6762659afd5c",
            ["password-line-end", "algorithm"],
        ),
        (
            Hash1,
            "password",
            "54500d591b94dc5ee48063a2e351f620",
            ["password-line-end", "password-case"],
        ),
        (
            Hash1,
            "password",
            "92477dbae5ec3696bab43c1ac94f4343",
            ["password-line-end", "password-base64"],
        ),
        (
            Hash1,
            "password",
            "83884d08241032ee2667c3cf6865f781",
            ["password-base64", "password-line-end"],
        ),
        (
            Hash1,
            "p\"ss",
            "fe740b1f5b4b11b45ceebdb2db499bab",
            ["password-line-end", "password-html-escaped"],
        ),
        (
            Hash1,
            "p%40ss ",
            "7b4f45b55b320378a0ac48fdd0810c61",
            ["password-lacked-white-space", "password-given-escaped"],
        ),
        (
            Hash1,
            "p%40ss%20",
            "7b4f45b55b320378a0ac48fdd0810c61",
            ["password-given-escaped", "password-lacked-white-space"],
        ),
        (
            Hash1,
            "\"p&amp;ss\"",
            "6367b34135029382d259a167eddac41c",
            ["password-lacked-quotes", "password-given-escaped"],
        ),
        (
            Hash1,
            "%22p&ss%22",
            "6367b34135029382d259a167eddac41c",
            ["password-given-escaped", "password-lacked-quotes"],
        ),
        (
            Hash1,
            "cGFzc3dvcmQK",
            "6c199fc6d270b1e9432d39a758a7c9f4",
            ["password-given-escaped", "password-lacked-white-space"],
        ),
        (
            Hash1b,
            "password",
            "febf8d6e0a938f7c57423b9094b0f2c0",
            ["password-line-end", "realm-short"],
        ),
        (
            Hash1b,
            "password",
            "680defcc844c22ddd933b05ebe116de6",
            ["password-line-end", "realm-short"],
        ),
        (Hash1b, "password", "e04b33ae23b672a38679d79cd1e402c7", ["realm-short", "realm-case"]),
        (Hash1b, "password", "5afbec7b07ded1227648dba542ec005e", ["realm-case", "realm-short"]),
        (Hash1b, "password", "a4e355ac42a20a3131fb5eaf456d6cc2", ["guide-colon", "realm-short"]),
        (Hash1, "password", "445a073d47be2227bd92099fb8b2f06b", ["swapped", "realm-short"]),
        (Hash1, "password", "9e65ba9db38e7b3f9583b15acb20b513", ["swapped", "realm-short"]),
        // The first 31 digits of the one with the line ending alone.
        (Hash1b, "password", "81117d77e4df2703263a3a4a4a708de", ["password-line-end", "digits"]),
        // Its last 20 digits.
        (Hash1b, "password", "2703263a3a4a4a708de7", ["password-line-end", "digits"]),
    ];
    for (kind, password, digest, mistakes) in cases {
        let found = explanations(&bob(kind, password), digest);
        assert_eq!(found.first(), Some(&mistakes.to_vec()), "{digest}: {found:?}");
    }
}

/// The digests are by Python's `hashlib`.
#[test]
fn two_mistakes_with_a_domain() {
    let input = |kind| DigestInput::new(kind, "bob", Some("x.com"), REALM, b"password");
    for (kind, digest, mistakes) in [
        (
            DigestKind::Hash1,
            "d75bcfd06fe7bba14bd88a94718246a7",
            ["password-line-end", "domain-realm-swapped"],
        ),
        (
            DigestKind::Hash1b,
            "28d7ecddd65d82840e804c9884735694",
            ["password-line-end", "domain-realm-swapped"],
        ),
        (
            DigestKind::Hash1,
            "4fe466a573874f6065503b76226c967f",
            ["realm-short", "domain-realm-swapped"],
        ),
        (
            DigestKind::Hash1,
            "503d32bb96f062eae76b9f29aac7f76a",
            ["domain-realm-swapped", "realm-uri"],
        ),
    ] {
        let found = explanations(&input(kind), digest);
        assert_eq!(found.first(), Some(&mistakes.to_vec()), "{digest}: {found:?}");
    }
}

/// `swapped` and `realm-as-domain` hash the same bytes.
#[test]
fn every_explanation_of_a_digest_is_found() {
    let both = "d8c7cca578454dd00b0b41dbed29f1e5";
    let found = explanations(&bob(DigestKind::Hash1, "password"), both);
    assert_eq!(found, [["swapped"], ["realm-as-domain"]]);
    let with_line_end =
        explanations(&bob(DigestKind::Hash1, "password"), "81117d77e4df2703263a3a4a4a708de7");
    let expected = [["swapped", "password-line-end"], ["password-line-end", "realm-as-domain"]];
    assert_eq!(with_line_end, expected);
}

#[test]
fn clues() {
    let mut input = bob(DigestKind::Hash1b, "password");
    let hash1 = "6c199fc6d270b1e9432d39a758a7c9f4";
    assert_eq!(explanations(&input, hash1), [["swapped"]]);
    input.clues.repeated = true;
    assert_eq!(explanations(&input, hash1), [["repeated"]]);
    let mut input = bob(DigestKind::Hash1, "password");
    let elsewhere = "09db277960ee7641f4c5231548bc95e0";
    assert!(explanations(&input, elsewhere).is_empty());
    input.clues.document_realm = Some("other.auth.bandwidth.com".to_owned());
    assert_eq!(explanations(&input, elsewhere), [["realm-of-document"]]);
    let mut input = DigestInput::new(DigestKind::Hash1, "BoB", None, REALM, b"password");
    input.clues.document_name = Some(("bob".to_owned(), None));
    assert_eq!(explanations(&input, hash1), [["username-case"]]);
}

/// The responses are by `hashlib`, to a REGISTER.
#[test]
fn responses() {
    let cases: [(&str, &str, &[&str]); 6] = [
        ("8dd91e63d7ffdc2544da7a1cae07ebfd", "REGISTER", &[]),
        ("8dd91e63d7ffdc2544da7a1cae07ebfd", "INVITE", &["method"]),
        ("8dd91e63d7ffdc2544da7a1cae07ebfd", "OTHER", &["method"]),
        ("17f96c3015f8dd72b617052f13cea1be", "REGISTER", &["swapped"]),
        ("81741298028478e4cd97a69be61c2887", "REGISTER", &["password-line-end"]),
        ("81741298028478e4cd97a69be61c2887", "INVITE", &["password-line-end", "method"]),
    ];
    for (response, method, mistakes) in cases {
        let authorization = authorization(response);
        let mut input = bob(DigestKind::Hash1, "password");
        method.clone_into(&mut input.method);
        let found: Vec<_> = match diagnose(&input, Observed::Response(&authorization)) {
            Diagnosis::Matches => vec![],
            Diagnosis::Explained(explanations) => {
                explanations[0].mistakes().iter().map(|it| it.name).collect()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(found, mistakes, "{response} {method}");
    }
}

/// How a client computes a response with a qop, of a REGISTER for another Request-URI. By `hashlib`.
#[test]
fn responses_computed_in_other_ways() {
    let cases: [(&str, &[&str]); 12] = [
        ("05d4f33d9db91c59e37926d1a3f8a63f", &["response-qop"]),
        ("add258fc3ae185b00a9874741dfedc05", &["response-qop"]),
        ("5ce9d6e3383825ecb203270ace471924", &["response-qop"]),
        ("6caa667a487589ecd216ca9b417acf43", &["response-qop"]),
        ("e46104959edb6a3dbaeed0c54abc91c1", &["response-uri"]),
        ("076765275ead253b63d817fcfc6bb5af", &["response-uri"]),
        ("3fba54021e37b2c1cb6fe2f0d906be15", &["response-uri"]),
        ("34dccf2d4cc5f0184e1944b219080a7a", &["response-uri"]),
        ("9e8a7f8946b2b23bc1abd64936c45a9f", &["password-line-end", "response-qop"]),
        ("1a07c718a5937042b499a10835f280e4", &["password-not-hashed"]),
        ("d14d2504fa7bd66bc738b3f3fb371e30", &["password-digest"]),
        ("c5e3f0ca034357900fadab646f25b135", &["password-missing"]),
    ];
    for (response, mistakes) in cases {
        let header = format!(
            "Digest username=bob, realm=\"{REALM}\", nonce=n, uri=\"sip:{REALM}\", qop=auth, \
             nc=00000002, cnonce=c, response={response}"
        );
        let authorization = header.parse().expect("it is a header");
        let mut input = bob(DigestKind::Hash1, "password");
        "REGISTER".clone_into(&mut input.method);
        input.request_uri = Some("sip:198.51.100.7:5070".to_owned());
        let Diagnosis::Explained(found) = diagnose(&input, Observed::Response(&authorization))
        else {
            panic!("{response}");
        };
        let names: Vec<_> = found[0].mistakes().iter().map(|mistake| mistake.name).collect();
        assert_eq!(names, mistakes, "{response}");
    }
}

/// By `hashlib`, of a REGISTER: a qop that was hashed and not sent, and what the digests alone show.
#[test]
fn responses_by_digests() {
    let (hash1, hash1b) = ("6c199fc6d270b1e9432d39a758a7c9f4", "d8c7cca578454dd00b0b41dbed29f1e5");
    let cases: [(&str, &[&str]); 5] = [
        ("05d4f33d9db91c59e37926d1a3f8a63f", &[]),
        ("0f6c9ca4f77b1d9bf25d51bf3b423781", &["response-qop"]),
        ("14ba96d3dff5980768e5af319afbfae2", &["swapped"]),
        ("0e90a6150ac6eff355950f58018b8d6c", &["swapped", "method"]),
        (
            "00000000000000000000000000000000",
            &["swapped", "method", "response-qop", "response-uri"],
        ),
    ];
    let [right, other] = [hash1, hash1b].map(|digits| digits.parse().expect("32 digits"));
    for (response, mistakes) in cases {
        let header = format!(
            "Digest username=bob, realm=\"{REALM}\", nonce=n, uri=\"sip:{REALM}\", nc=00000002, \
             cnonce=c, response={response}"
        );
        let authorization = header.parse().expect("it is a header");
        let mut input = bob(DigestKind::Hash1, "");
        "REGISTER".clone_into(&mut input.method);
        let found = match diagnose_by_digests(&input, &authorization, &right, Some(&other)) {
            Diagnosis::Explained(found) => found[0].mistakes().to_vec(),
            Diagnosis::Unexplained { tried, .. } => tried,
            _ => vec![],
        };
        let names: Vec<_> = found.iter().map(|mistake| mistake.name).collect();
        assert_eq!(names, mistakes, "{response}");
    }
}

#[test]
fn diagnoses_are_narrowed_to_what_they_share() {
    let explained = |names: &[&[&str]]| {
        let mistakes = |names: &&[&str]| {
            let mistakes: Vec<_> = names.iter().map(|name| Mistake::named(name)).collect();
            Explanation::new(&mistakes)
        };
        Diagnosis::Explained(names.iter().map(mistakes).collect())
    };
    let names = |diagnosis: &Diagnosis| match diagnosis {
        Diagnosis::Explained(them) => {
            let first = |it: &Explanation| it.mistakes().iter().map(|it| it.name).collect();
            them.iter().map(first).collect::<Vec<Vec<_>>>()
        }
        _ => vec![],
    };
    let mut hash1 = explained(&[&["swapped"], &["realm-as-domain"]]);
    let mut hash1b = explained(&[&["username-case"], &["realm-as-domain"]]);
    hash1.narrow(&mut hash1b);
    assert_eq!(names(&hash1), [["realm-as-domain"]]);
    assert_eq!(names(&hash1b), [["realm-as-domain"]]);

    // The order of two mistakes makes no difference, but their number does.
    let mut hash1 = explained(&[&["swapped", "digits"], &["method"]]);
    let mut hash1b = explained(&[&["swapped"], &["digits", "swapped"]]);
    hash1.narrow(&mut hash1b);
    assert_eq!(names(&hash1), [["swapped", "digits"]]);
    assert_eq!(names(&hash1b), [["digits", "swapped"]]);

    let mut hash1 = explained(&[&["swapped"], &["realm-as-domain"]]);
    let mut hash1b = explained(&[&["guide-colon"]]);
    hash1.narrow(&mut hash1b);
    assert_eq!(names(&hash1).len(), 2);
    let mut hash1b = Diagnosis::Matches;
    hash1.narrow(&mut hash1b);
    assert_eq!(names(&hash1).len(), 2);
}

#[test]
fn what_cannot_apply_was_not_tried() {
    let observed = written("00000000000000000000000000000000");
    let tried = |input: &DigestInput, observed| match diagnose(input, observed) {
        Diagnosis::Unexplained { tried, .. } => tried.iter().map(|it| it.name).collect(),
        _ => vec![],
    };
    let names: Vec<&str> = tried(&bob(DigestKind::Hash1, "12345"), Observed::Digest(&observed));
    for possible in ["swapped", "password-number", "realm-short", "algorithm", "digits"] {
        assert!(names.contains(&possible), "{possible}: {names:?}");
    }
    for impossible in [
        "repeated",
        "guide-colon",
        "password-latin1",
        "password-case",
        "password-special",
        "password-cut-short",
        "domain-left-out",
        "realm-given-short",
        "method",
        "notation",
        "lost-zeros",
    ] {
        assert!(!names.contains(&impossible), "{impossible}: {names:?}");
    }
}

/// A short password can be the beginning of another by chance. The digests are by `hashlib`.
#[test]
fn short_passwords_are_no_beginnings() {
    for (given, digest) in [
        ("225783", "7886d33d9b69853ebde4b4abf3584d9f"),
        ("P_iB4KI", "f5fd03c1904a27639a895ac246d8bc26"),
        ("59268", "160e1f4887b535fe447462a993cf9007"),
        ("12345678", "7a2308fabe829589e7677bd7a441636f"),
        ("password", "75932adc5afe574e785ee8298eefe27d"),
        ("4540083281446", "e1044cbf211c078cf276eb65c78d98ab"),
    ] {
        let found = explanations(&bob(DigestKind::Hash1, given), digest);
        assert!(found.is_empty(), "{given}: {found:?}");
    }
}

#[test]
fn debug_does_not_show_a_digest() {
    let shown = format!("{:?} {:?}", written("6c199fc6"), Mistake::named("swapped"));
    assert_eq!(shown, "WrittenDigest(…) Mistake(\"swapped\")");
}
