use super::*;

#[track_caller]
fn read(document: &str) -> Answer {
    Answer::read(document.as_bytes()).expect("it is well-formed")
}

/// Returns the document of one credential.
fn entry(username: &str, domain: Option<&str>, realm: Option<&str>) -> String {
    let element = |name: &str, text: Option<&str>| {
        text.map_or_else(String::new, |text| format!("<{name}>{text}</{name}>"))
    };
    let [domain, realm] =
        [("Domain", domain), ("Realm", realm)].map(|(name, it)| element(name, it));
    format!("<SipCredential><UserName>{username}</UserName>{domain}{realm}</SipCredential>")
}

fn error(inner: &str) -> String {
    format!("<Error><ErrorCode>23000</ErrorCode>{inner}</Error>")
}

#[test]
fn every_element_is_read() {
    let answer = read(
        "<?xml version='1.0'?><x:S xmlns:x='y'><SipCredential a='&lt;'><UserName> b&amp;&#99;<![CDATA[d]]>\n\
         <!-- x --></UserName><Domain>e</Domain><Realm>f</Realm><Hash1>1</Hash1><Hash1b> 2\n</Hash1b>\
         <Id>3</Id><RealmId>4</RealmId><HttpVoiceV2AppId>5</HttpVoiceV2AppId>\
         <Other>g</Other></SipCredential><Realm>h</Realm>\n<x:SipCredential><Realm> </Realm><Hash1/>\
         </x:SipCredential></x:S>",
    );
    assert_eq!((&answer.roots[..], answer.errors.len()), (&["S".to_owned()][..], 0));
    let [first, second] = &answer.entries[..] else { panic!("there are two") };
    let SipCredential { line, id, realm_id, app_id, username, domain, realm, hash1, hash1b } =
        first;
    // The white space around a name is part of it.
    let texts = [username, domain, realm, id, realm_id, app_id].map(Option::as_deref);
    assert_eq!(texts, [" b&cd\n", "e", "f", "3", "4", "5"].map(Some));
    let digests = [hash1, hash1b].map(|it| it.as_ref().map(WrittenDigest::as_str));
    assert_eq!(digests, [Some("1"), Some("2")]);
    assert!(second.username.is_none() && second.realm.is_none() && second.hash1.is_none());
    assert_eq!((*line, second.line), (1, 4));
}

#[test]
fn documents_that_follow_one_another() {
    let one = entry("a", None, None);
    let declared = format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n{one}\n");
    let answer = read(&(declared.clone() + &one + &declared + "<Realms/><!-- x -->"));
    assert_eq!(answer.roots, ["SipCredential", "SipCredential", "SipCredential", "Realms"]);
    let lines: Vec<_> = answer.entries.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    let mut two = read(&one);
    two.append(read(&error("")));
    assert_eq!((two.entries.len(), two.errors.len(), two.roots.len()), (1, 1, 2));
}

#[test]
fn realms_are_read() {
    let answer = read(
        "<R><Realms><Realm><Id>14</Id><Realm> a.b </Realm><Default>true</Default><Status>ACTIVE</Status>\
         </Realm><Realm><Id>7</Id></Realm></Realms></R>",
    );
    let text = |text: &str| Some(text.to_owned());
    let first = ListedRealm {
        id: text("14"),
        realm: text("a.b"),
        status: text("ACTIVE"),
        default: text("true"),
    };
    let second = ListedRealm { id: text("7"), ..ListedRealm::default() };
    assert_eq!(answer.realms, [first, second]);
}

#[test]
fn what_is_in_an_error_or_has_one_was_refused() {
    let (bob, eve) = (entry("bob", Some("x"), Some("r")), entry("eve", None, None));
    for (document, names) in [
        (error(&bob), vec!["bob@x"]),
        (error(&format!("<SipCredentials>{bob}{eve}</SipCredentials>")), vec!["bob@x", "eve"]),
        (error(&format!("<A><B><C>{bob}</C></B></A>")), vec!["bob@x"]),
        (bob.replace("<Realm>", &format!("<Errors>{}</Errors><Realm>", error(""))), vec!["bob@x"]),
        (error(""), vec![]),
    ] {
        let answer = read(&format!("<R>{document}</R>"));
        assert!(answer.entries.is_empty(), "{document}");
        let [error] = &answer.errors[..] else { panic!("{document}") };
        let refused: Vec<_> = error.refused.iter().map(|it| it.name.composite_username()).collect();
        assert_eq!(
            (&*error.code, refused),
            ("23000", names.iter().map(|it| (*it).to_owned()).collect())
        );
        assert!(!error.is_of_request);
        if let [Refused { realm: Some(realm), .. }, ..] = &error.refused[..] {
            assert_eq!(realm, "r");
        }
    }
}

/// With or without a number, and before other errors.
#[test]
fn errors_of_the_request() {
    let number = "<ErrorCode>33004</ErrorCode>";
    let words = "<Description>No such realm</Description>";
    for (inner, expected) in
        [(number, ("33004", "")), (words, ("", "No such realm")), ("<Other>x</Other>", ("", ""))]
    {
        let status = format!("<R><ResponseStatus>{inner}</ResponseStatus>{}</R>", error(""));
        let errors = read(&status).errors;
        assert!(!errors[errors.len() - 1].is_of_request);
        if expected == ("", "") {
            assert_eq!(errors.len(), 1);
        } else {
            assert_eq!((&*errors[0].code, &*errors[0].description), expected);
            assert!(errors[0].is_of_request && errors.len() == 2);
        }
    }
}

#[test]
fn descriptions_have_no_digests() {
    for (text, expected) in [
        ("0123456789abcdef 0123456789abcde", "… 0123456789abcde"),
        ("01:23:45:67:89:ab:cd:ef. 10:11:12", "…. 10:11:12"),
        ("hash fe 43 8b dd fc 08 7d da does exist", "hash … does exist"),
        ("(fe438bdd, fc087dda)", "(…)"),
        ("\\xfe\\x43\\x8b\\xdd\\xfc\\x08\\x7d\\xda.", "…."),
        ("is '/kOL3fwIfdqJ0p5jf1aEqw==', and", "is '…==', and"),
        ("is 7ZBYXXP4BB65VCOSTZRX6VUEVM======", "is …======"),
        (
            "be added 23026, 23000, 1003 to a conference-room-2-north-west",
            "be added 23026, 23000, 1003 to a conference-room-2-north-west",
        ),
        (
            "SipCredentialCreateRequest of vapi-3efeaa.auth.bandwidth.com",
            "SipCredentialCreateRequest of vapi-3efeaa.auth.bandwidth.com",
        ),
        ("bad fe-43-8b-dd-fc-08-7d-da, x", "bad …, x"),
        ("fe.43.8b.dd.fc.08.7d.da_", "…_"),
        ("x\u{9b}y \u{202e}\u{e9}", "x y \\u{202e}\u{e9}"),
    ] {
        assert_eq!(printable(text), expected);
    }
}

#[test]
fn malformed_documents() {
    for (text, near) in [
        ("x", 1),
        ("<a>\n", 2),
        ("<a>\n</b>", 2),
        ("<a>&x;</a>", 1),
        ("<a>&#0;</a>", 1),
        ("<a/>\n\n x", 3),
        ("<a/></_><_>", 1),
        ("<!DOCTYPE a><a/>", 1),
    ] {
        match Answer::read(text.as_bytes()) {
            // Text between documents is found at its beginning.
            Err(ReadError::NotXml { line }) => assert!(line == 1 || line == near, "{text}: {line}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn other_formats() {
    let error = |document: &[u8]| match Answer::read(document) {
        Err(error) => error.to_string(),
        Ok(document) => panic!("{document:?}"),
    };
    for empty in ["", " \n", "<?xml version='1.0'?>\n", "\u{FEFF}"] {
        assert!(error(empty.as_bytes()).starts_with("empty: "), "{empty:?}");
    }
    for json in ["{", "[]", "\u{FEFF} \n{\"a\": 1}", "{}<"] {
        assert!(error(json.as_bytes()).starts_with("JSON, "), "{json:?}");
    }
    for utf16 in [&b"\xFF\xFE<\0"[..], b"\xFE\xFF\0<", b"<\0a\0", b"\0<\0a"] {
        assert!(error(utf16).starts_with("UTF-16, "), "{utf16:?}");
    }
    assert!(error(b"<a>\xE4</a>").starts_with("not UTF-8"));
    assert!(error(b"a{").starts_with("not well-formed XML"));
}

/// Nothing is left out in silence, between two documents either.
#[test]
fn limits_are_errors() {
    let read_within =
        |len, nodes, document: &str| match Answer::read_within(len, nodes, document.as_bytes()) {
            Ok(answer) => Some(answer.roots.len()),
            Err(ReadError::TooLong) => None,
            Err(error) => panic!("{error}"),
        };
    let max = MAX_PIECE_LEN - "</UserName".len();
    let piece = |len| read_within(MAX_LEN, MAX_NODES, &entry(&"x".repeat(len), None, None));
    assert_eq!((piece(max), piece(max + 1)), (Some(1), None));
    assert_eq!((read_within(8, 9, "<a/><b/>"), read_within(7, 9, "<a/><b/>")), (Some(2), None));
    // The nodes of the tree are its root, the element around the documents, and theirs.
    assert_eq!((read_within(8, 4, "<a/><b/>"), read_within(8, 3, "<a/><b/>")), (Some(2), None));
}

#[test]
fn a_reader_that_fails() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::IsADirectory.into())
        }
    }
    match Answer::read(Broken) {
        Err(ReadError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::IsADirectory),
        other => panic!("{other:?}"),
    }
}

/// Returns the names of the credentials that are refused by a description.
fn refused(description: &str) -> Vec<String> {
    let document = error(&format!("<Description>{description}</Description>"));
    let refused = read(&document).errors.remove(0).refused;
    refused.into_iter().map(|refused| refused.name.username).collect()
}

#[test]
fn errors_without_a_credential_are_about_names_in_their_description() {
    for (description, name) in [
        (
            "Sip credential Bill@bw.com does already exist on the account with ID = 41",
            "Bill@bw.com",
        ),
        ("Sip credential Bill does already exist on the account with ID = 41", "Bill"),
        ("Sip credential Bill. does already exist on the account with ID = 41", "Bill."),
        ("Sip credential 'Bill' does already exist", "Bill"),
        ("The UserName: \"Bill\", is taken.", "Bill"),
        ("SIP credential 'Bill' is refused", "Bill"),
        ("the name (bill@bw.com).", "bill@bw.com"),
    ] {
        assert_eq!(refused(description), [name], "{description}");
    }
    for words in [
        "",
        "bob",
        "The account is not enabled for Sip credential",
        "Sip credential does not exist",
        "does 'account' exist",
        "'UserName' has illegal characters",
        "UserName has illegal characters",
        "Sip credential with UserName",
        "does",
    ] {
        assert!(refused(words).is_empty(), "{words}");
    }
    // What an error contains is what it is about.
    let answer =
        read(&error(&format!("<Description>al@x</Description>{}", entry("bob", None, None))));
    assert_eq!(answer.errors[0].refused[0].name.username, "bob");
}

#[test]
fn credentials_and_errors_are_found_by_name_and_realm() {
    let there = [
        ("bob", Some("x"), Some("r")),
        (" Bob ", None, Some("R")),
        ("bob", None, Some("s")),
        ("al", None, None),
        ("al", None, Some("s")),
        ("cy", Some("X"), None),
    ];
    let entries = there.map(|(username, domain, realm)| entry(username, domain, realm)).concat();
    let refused = |realm| error(&entry("BOB", None, realm));
    let errors = [refused(Some("r")), refused(None), error(&entry("di", None, Some("t")))].concat();
    let answer = read(&format!("<S>{entries}{errors}</S>"));
    let index = Index::new(&answer);
    let select = |username, domain, realm| {
        let entries = index.select(&Name::new(username, domain), realm).iter();
        entries.map(|it| it.realm.as_deref()).collect::<Vec<_>>()
    };
    assert_eq!(select("bob", Some("X"), None), [Some("r")]);
    assert_eq!(select("bob@x", None, None), [Some("r")]);
    assert_eq!(select("bob", None, None), [Some("R"), Some("s")]);
    assert_eq!(select("bob", None, Some("r")), [Some("R")]);
    assert_eq!(select("bob", None, Some("t")), [Some("R"), Some("s")]);
    assert_eq!(select("al", None, Some("S")), [Some("s")]);
    assert_eq!(select("al", None, Some("t")), [None]);
    // A name with a domain is another name.
    assert_eq!(select("cy", None, None), []);
    let namesake = |username, domain| index.namesake(&Name::new(username, domain));
    assert_eq!(namesake("CY", None).and_then(|it| it.domain.as_deref()), Some("X"));
    assert_eq!(namesake("al", Some("x")).map(|it| it.domain.is_some()), Some(false));
    assert!(namesake("c", None).is_none());
    let errors = |username, realm| index.errors(&Name::new(username, None), realm).count();
    assert_eq!(
        (errors("bob", None), errors("bob", Some("R")), errors("bob", Some("s"))),
        (2, 2, 1)
    );
    assert_eq!((errors("di", Some("t")), errors("di", Some("r")), errors("al", None)), (1, 0, 0));
}

#[test]
fn a_credential_on_two_pages_is_one() {
    let entry = |id: &str| entry("a", None, None).replace("<UserName>", &format!("{id}<UserName>"));
    let [one, two, none] = ["<Id>1</Id>", "<Id>2</Id>", ""].map(entry);
    let answer = read(&[&*one, &two, &one, &none, &none].concat());
    assert_eq!(Index::new(&answer).entries().len(), 4);
    assert_eq!(Index::new(&answer).select(&Name::new("a", None), None).len(), 4);
    // An id alone does not say that two are the same.
    let changed = one.replace("</SipCredential>", "<Hash1>0</Hash1></SipCredential>");
    assert_eq!(Index::new(&read(&[one, changed].concat())).entries().len(), 2);
}

#[test]
fn a_full_page_may_be_followed_by_another() {
    let page = |count, realm| {
        read(&format!("<S>{}</S>", entry("a", None, realm).repeat(count))).next_page()
    };
    for (count, next) in [(0, None), (499, None), (500, Some(501)), (501, None), (1000, Some(1001))]
    {
        assert_eq!((page(count, None), page(count, Some("r"))), (next, next), "{count}");
    }
    let mut two = read(&entry("a", None, Some("r")).repeat(500));
    two.append(read(&entry("a", None, Some("s"))));
    assert_eq!(two.next_page(), Some(501));
    let realms = "<Realm><Id>1</Id></Realm>".repeat(500);
    assert_eq!(read(&format!("<R>{realms}</R>")).next_page(), Some(501));
}

/// Covers each number in Bandwidth's reference.
#[test]
fn every_error_has_a_remedy() {
    let remedy = |code: &str| {
        let error = BandwidthError { code: code.to_owned(), ..BandwidthError::default() };
        error.remedy()
    };
    for code in [
        "1003", "23000", "23001", "23002", "23003", "23004", "23006", "23009", "23013", "23014",
        "23015", "23016", "23017", "23018", "23019", "23020", "23021", "23022", "23025", "23026",
        "23030", "33003", "33004",
    ] {
        assert!(remedy(code).is_some_and(|it| !it.contains("--")), "{code}");
    }
    assert_eq!(remedy("99999"), None);
}
