//! Digests from documents.

use std::fs;

use super::{BOTH_OK, HASH1, mismatch, parsed, verify};
use crate::support::{GUIDE, REALM, Run, bwsip, hash};

/// What `verify --xml` says of a document, for bob on the usual realm.
fn document(contents: impl Into<Vec<u8>>, more: &[&str]) -> Run {
    let run = bwsip(["verify", "-u", "bob", "-r", REALM, "--xml", "-"]).args(more);
    run.with_password().stdin(contents)
}

/// By md5sum, of bob on the usual realm, without a domain.
const BOB1: &str = "df9ed6194c183646ba19cd8446f5fea0";
const BOB1B: &str = "540ae46b9d4b281bbc263786eb81432e";

/// What is printed if a document has no Hash1b, and Hash1 is right.
const HASH1_OK: &str = "The password matches what Bandwidth stores.\nHash1:  ok\nhint: no Hash1b: \
    Bandwidth refuses a client that logs in as \"bob@custxx.auth.bandwidth.com\"\n";

#[test]
fn documents_of_every_kind() {
    let both = format!("<Hash1>{BOB1}</Hash1><Hash1b>{BOB1B}</Hash1b>");
    let entry = format!("<SipCredential><UserName>bob</UserName>{both}</SipCredential>");
    let same = [
        format!("<SipCredentials>{entry}</SipCredentials>"),
        format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{entry}"),
        format!("<SipCredentialResponse>{entry}</SipCredentialResponse>"),
        format!(
            "<SipCredentialsResponse><ValidSipCredentials>{entry}</ValidSipCredentials>\
             <Errors/></SipCredentialsResponse>"
        ),
        format!(
            "<SipCredentialsResponse><SipCredentials>{entry}</SipCredentials></SipCredentialsResponse>"
        ),
        // Namespaces, attributes, comments, entities, CDATA, whitespace.
        format!(
            "<b:SipCredentials xmlns:b='urn:x'><!-- <UserName>no</UserName> --><b:SipCredential a='&lt;'>\
             <b:UserName x=\"1\">b<![CDATA[o]]>&#98;</b:UserName><b:Realm/>\
             <b:Hash1>{BOB1}</b:Hash1><b:Hash1b> {BOB1B}\n</b:Hash1b></b:SipCredential></b:SipCredentials>"
        ),
        // The document that changes a password has no name.
        format!("<SipCredential>{both}<RealmId>14</RealmId></SipCredential>"),
        // Others with other names, before and after.
        format!(
            "<S><SipCredential><UserName>al</UserName><Hash1>0</Hash1></SipCredential>{entry}\
             <SipCredential><UserName>cy</UserName><Hash1>0</Hash1></SipCredential></S>"
        ),
    ];
    for contents in same {
        assert_eq!(document(contents.clone(), &[]).clean(), BOTH_OK, "{contents}");
    }
    let alone = format!(
        "<SipCredential><UserName>bob</UserName><Hash1>{BOB1}</Hash1><Hash1b/></SipCredential>"
    );
    assert_eq!(document(alone, &[]).clean(), HASH1_OK);
}

#[test]
fn documents_of_bwsips_own() {
    let (bob, domain, ..) = GUIDE[1];
    let arguments = ["hash", "-u", bob, "-d", domain.unwrap_or(""), "-r", REALM, "-f", "xml"];
    for more in [&[][..], &["--with-realm"]] {
        let xml = bwsip(arguments).args(more).with_password().clean();
        let right = document(xml.clone(), &["-d", "somewhere.com"]).clean();
        assert_eq!(right, BOTH_OK);
        // With another domain, or without one, it is another name.
        for other in [&["-d", "elsewhere.com"][..], &[]] {
            let message = document(xml.clone(), other).refused();
            assert!(message.contains("but one for \"bob@somewhere.com\": "), "{message}");
        }
        let composite = bwsip(["verify", "-u", "bob@somewhere.com", "-r", REALM, "--xml", "-"]);
        assert_eq!(composite.with_password().stdin(xml).clean(), BOTH_OK);
    }
    let xml = hash(["-f", "xml", "--with-realm"]).with_password().clean();
    let run = bwsip(["verify", "-u", "sipauthtest", "--xml", "-"]).with_password();
    assert_eq!(run.stdin(xml).clean(), BOTH_OK);
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), crate::support::GUIDE_XML).expect("it can be written");
    let path = file.path().to_str().expect("UTF-8");
    assert_eq!(verify(&["--xml", path]).clean(), BOTH_OK);
}

#[test]
fn several_entries_with_the_same_name() {
    let entry = |realm: &str, hash1: &str| {
        format!(
            "<SipCredential><UserName>bob</UserName>{realm}<Hash1>{hash1}</Hash1></SipCredential>"
        )
    };
    let here = format!("<Realm>{REALM}</Realm>");
    let there = "<Realm>other.auth.bandwidth.com</Realm>";
    let one = format!("<S>{}{}</S>", entry(there, HASH1), entry(&here, BOB1));
    assert_eq!(document(one, &[]).clean(), HASH1_OK);
    let two = format!("<S>{}{}</S>", entry("", BOB1), entry("", HASH1));
    let text = mismatch(document(two, &[]));
    let [first, second] =
        [1, 2].map(|entry| format!("entry {entry}, realm \"custxx.auth.bandwidth.com\": Hash1: "));
    assert!(text.contains(&format!("{first} ok\n{second} does not match: ")), "{text}");

    // On different realms, each with its own.
    let elsewhere = format!("<S>{}{}</S>", entry(there, HASH1), entry(&here, BOB1));
    let run = bwsip(["verify", "-u", "bob", "--xml", "-"]).with_password();
    let json = mismatch(run.args(["-f", "json"]).stdin(elsewhere));
    let checks = &parsed(&json)["checks"];
    for (index, realm, matches) in [(0, "other.auth.bandwidth.com", false), (1, REALM, true)] {
        let check = &checks[index];
        assert_eq!((&check["username"], &check["realm"]), (&"bob".into(), &realm.into()));
        assert_eq!((&check["entry"], &check["matches"]), (&(index + 1).into(), &matches.into()));
    }
}

#[test]
fn a_name_in_a_document_is_spelled_as_it_is() {
    let run = bwsip(["hash", "-u", "SipAuthTest", "-d", "Some.Where", "-r", REALM, "-f", "xml"]);
    let xml = run.with_password().clean();
    for names in [&["-u", "SipAuthTest", "-d", "Some.Where"][..], &["-u", "SipAuthTest@Some.Where"]]
    {
        let run = bwsip(["verify", "--xml", "-", "-r", REALM]).args(names);
        assert_eq!(run.with_password().stdin(xml.as_str()).clean(), BOTH_OK);
    }
    let run = bwsip(["verify", "--xml", "-", "-r", REALM, "-u", "sipauthtest", "-d", "some.where"]);
    let text = mismatch(run.with_password().stdin(xml.as_str()));
    let cause = "does not match: the username or its domain was in other letter case\n";
    assert_eq!(text.matches(cause).count(), 2, "{text}");
}

/// Whatever their order.
#[test]
fn entries_with_and_without_a_domain_or_a_realm() {
    let plain =
        format!("<SipCredential><UserName>bob</UserName><Hash1>{BOB1}</Hash1></SipCredential>");
    let (_, _, hash1, _) = GUIDE[1];
    let domain = format!(
        "<SipCredential><UserName>bob</UserName><Domain>somewhere.com</Domain>\
         <Hash1>{hash1}</Hash1></SipCredential>"
    );
    let realm = plain.replace("<Hash1>", &format!("<Realm>{REALM}</Realm><Hash1>"));
    let wrong = plain.replace("<Hash1>", "<Realm>sip:b.example.com</Realm><Hash1>");
    for swap in [false, true] {
        let both = |one: &str, other: &str| match swap {
            true => format!("<S>{other}{one}</S>"),
            false => format!("<S>{one}{other}</S>"),
        };
        let two = both(&plain, &domain);
        assert_eq!(document(two.as_str(), &[]).clean(), HASH1_OK);
        let with_domain = document(two.as_str(), &["-d", "somewhere.com"]).clean();
        assert_eq!(with_domain, HASH1_OK.replace("bob@", "bob@somewhere.com@"));
        let run = |text: String| {
            bwsip(["verify", "-u", "bob", "--xml", "-"]).with_password().stdin(text).refused()
        };
        assert!(run(both(&plain, &realm)).contains("no realm: use --realm"));
        assert!(run(both(&realm, &wrong)).contains("use the realm's full host name"));
    }
}

#[test]
fn a_realm_in_a_document() {
    let document_of = |realm: &str| {
        format!(
            "<SipCredential><UserName>bob</UserName><Realm>{realm}</Realm><Hash1>{HASH1}</Hash1>\
             </SipCredential>"
        )
    };
    let text = mismatch(document(document_of("custyy.example.com"), &[]));
    let expected = "The document has the realm \"custyy.example.com\", not \
        \"custxx.auth.bandwidth.com\". ";
    assert!(text.starts_with(expected), "{text}");
    // Even if the digests are right.
    let right = document_of("custyy.example.com").replace(HASH1, BOB1);
    let json = mismatch(document(right, &["-f", "json"]));
    let checks = &parsed(&json)["checks"];
    let results =
        [0, 1].map(|index| (checks[index]["check"].clone(), checks[index]["matches"].clone()));
    assert_eq!(results, [("realm".into(), false.into()), ("hash1".into(), true.into())]);
    // Made for the realm that the document names: by md5sum, of bob.
    let theirs =
        document_of("custyy.example.com").replace(HASH1, "14ba2fdf13207e39c0c4ca0b3b9d301e");
    let json = mismatch(document(theirs, &["-f", "json"]));
    assert!(json.contains("\"causes\":[\"realm-of-document\"]"), "{json}");
    let run = bwsip(["verify", "-u", "bob", "--xml", "-"]).with_password();
    let message = run.stdin(document_of("sip:custyy.example.com")).refused();
    assert!(message.starts_with("error: --xml, Realm: ':' (character 4)"), "{message}");
}

#[test]
fn answers_with_errors() {
    let error = "<Errors><Error><ErrorCode>23016</ErrorCode><Description>UserName has &lt;illegal&gt; \
        characters</Description></Error><Error><ErrorCode>23000</ErrorCode></Error></Errors>";
    let answer = format!("<SipCredentialsResponse>{error}</SipCredentialsResponse>");
    let message = document(answer, &[]).refused();
    let expected = "error: --xml: standard input: Bandwidth error 23016: UserName has <illegal> \
        characters: use letters, digits and . _ - ! $ & * + = ~ @ in the username\n\
        error: --xml: standard input: Bandwidth error 23000: leave the name out, or change the \
        password of the credential that has it\n";
    assert_eq!(message, expected);
    // A 201 can carry errors for some of its entries.
    let answer = format!(
        "<R><SipCredential><UserName>bob</UserName><Hash1>{BOB1}</Hash1></SipCredential>{error}</R>"
    );
    let (printed, warnings) = document(answer, &[]).warned();
    assert_eq!(printed, HASH1_OK);
    assert!(warnings.contains("Bandwidth error 23016"), "{warnings}");
    // For all but the one that was asked for.
    let answer = format!("<R><SipCredential><UserName>al</UserName></SipCredential>{error}</R>");
    let message = document(answer, &[]).refused();
    assert!(message.contains("warning: --xml: standard input: Bandwidth error 23016"), "{message}");
    assert!(message.contains("has 1 credential, none for this username and domain"), "{message}");
    // What would be a secret, or write to the terminal, is left out.
    let words = format!("Hash1 {HASH1}, {}: \u{202E}\u{9B}2J é", HASH1.to_uppercase());
    let answer =
        format!("<E><Error><ErrorCode>1</ErrorCode><Description>{words}</Description></Error></E>");
    let message = document(answer, &[]).refused();
    assert!(message.contains("Bandwidth error 1: Hash1 …, …: \\u{202e} 2J é\n"), "{message}");
}

/// In the shape of Bandwidth's reference: an error repeats the credential that it is about.
#[test]
fn answers_that_refuse_the_name() {
    let error = |code: &str, name: &str| {
        format!(
            "<Error><ErrorCode>{code}</ErrorCode><Description>Sip credential {name} with Hash1 {BOB1} \
             does already exist.</Description><SipCredential>{}<Hash1>{BOB1}</Hash1></SipCredential>\
             </Error>",
            if name.is_empty() { String::new() } else { format!("<UserName>{name}</UserName>") }
        )
    };
    let al = "<ValidSipCredentials><SipCredential><UserName>al</UserName><Hash1>0</Hash1>\
        </SipCredential></ValidSipCredentials>";
    let refused = "Bandwidth refused to store this credential: Bandwidth error 23026: Sip credential \
        bob with Hash1 … does already exist: leave the name out, or change the password of the \
        credential that has it.";
    for others in ["", al] {
        let answer = format!("<R><Errors>{}</Errors>{others}</R>", error("23026", "bob"));
        assert_eq!(mismatch(document(answer.as_str(), &[])), format!("{refused}\n"));
        // No password is needed to say so.
        let run = bwsip(["verify", "-u", "bob", "-r", REALM, "--xml", "-", "-f", "json"]);
        let json = mismatch(run.stdin(answer));
        let expected = "\"errors\":[{\"code\":\"23026\",\"description\":\"Sip credential bob with";
        assert!(json.contains(expected) && !json.contains(BOB1), "{json}");
    }
    // By Bandwidth's words alone; letter case makes no difference.
    let answer = "<R><Errors><Error><ErrorCode>23000</ErrorCode><Description>Sip credential \
        BOB@bw.com does already exist</Description></Error></Errors></R>";
    let text = mismatch(document(answer, &["-d", "bw.com"]));
    assert!(text.contains("23000: Sip credential BOB@bw.com does"), "{text}");
    assert!(document(answer, &["-d", "other.com"]).refused().contains("error 23000"));
    assert!(document(answer, &[]).refused().contains("error 23000"));
    // A name that was refused and that exists: both are told.
    let there =
        format!("<SipCredential><UserName>bob</UserName><Hash1>{BOB1}</Hash1></SipCredential>");
    let answer = format!("<R>{there}<Errors>{}</Errors></R>", error("23026", "bob"));
    let text = mismatch(document(answer, &[]));
    assert_eq!(text, format!("{refused} {HASH1_OK}"));
    // Others are warnings, and what was created is told as what it is.
    let answer = format!("<R>{there}<Errors>{}</Errors></R>", error("23016", "b#b"));
    let (printed, warnings) = document(answer, &[]).warned();
    assert_eq!(printed, HASH1_OK);
    let expected = "Bandwidth accepted 1 credential and refused 1: correct what it refused";
    assert!(warnings.contains(expected) && warnings.contains("error 23016"), "{warnings}");
    // The error of a whole request.
    let answer = "<RealmResponse><ResponseStatus><ErrorCode>33004</ErrorCode><Description>Not set up\
        </Description></ResponseStatus></RealmResponse>";
    let message = document(answer, &[]).refused();
    assert!(message.contains("error 33004: Not set up: ask Bandwidth's support"), "{message}");
}

/// An error about another credential, or about none, is a warning.
#[test]
fn answers_that_refuse_others() {
    let answer = |username: &str, error: &str| {
        format!(
            "<R><SipCredential><UserName>{username}</UserName><Hash1>{BOB1}</Hash1></SipCredential>\
             <Errors><Error><ErrorCode>23026</ErrorCode>{error}</Error></Errors></R>"
        )
    };
    let words = |words: &str| format!("<Description>{words}</Description>");
    let exists = "Sip credential al does already exist on the account with ID = 41";
    // By md5sum, of `account`.
    let hash1 = "c5e61b44b6879c290ac6e53c2bebfd5c";
    let run = bwsip(["verify", "-u", "account", "-r", REALM, "--xml", "-"]).with_password();
    let (printed, warnings) =
        run.stdin(answer("account", &words(exists)).replace(BOB1, hash1)).warned();
    assert_eq!(printed, HASH1_OK.replace("bob@", "account@"));
    assert!(warnings.contains(exists), "{warnings}");
    let nested = |credential: &str| format!("<SipCredential>{credential}</SipCredential>");
    for other in [
        words("Sip credential bob@other.example.com does already exist"),
        words("bob is a word of this sentence"),
        nested("<UserName>bob</UserName><Domain>other.example.com</Domain>"),
        nested("<UserName>bob</UserName><Realm>other.example.com</Realm>"),
        words("Sip credential bob does already exist") + &nested("<UserName>al</UserName>"),
    ] {
        let (printed, warnings) = document(answer("bob", &other), &[]).warned();
        assert_eq!(printed, HASH1_OK, "{other}");
        assert!(warnings.contains("Bandwidth error 23026"), "{other}: {warnings}");
    }
    for same in [
        words("Sip credential Bob does already exist on the account with ID = 41"),
        words("The UserName 'bob' is taken"),
        nested(&format!("<UserName>BOB</UserName><Realm>{REALM}</Realm>")),
    ] {
        let text = mismatch(document(answer("bob", &same), &[]));
        let expected = "Bandwidth refused to store this credential: Bandwidth error 23026: ";
        assert!(text.starts_with(expected), "{same}: {text}");
    }
}

#[test]
fn several_pages() {
    let directory = tempfile::tempdir().expect("a directory");
    let page = |name: &str, username: &str| {
        let path = directory.path().join(name);
        let entry = format!(
            "<SipCredential><UserName>{username}</UserName><Hash1>{BOB1}</Hash1></SipCredential>"
        );
        fs::write(&path, format!("<S>{entry}</S>")).expect("it can be written");
        path
    };
    let (one, two) = (page("1.xml", "al"), page("2.xml", "bob"));
    let run = |one, two| {
        let run = bwsip(["verify", "-u", "bob", "-r", REALM, "--xml"]).args([one]);
        run.args(["--xml"]).args([two]).with_password()
    };
    assert_eq!(run(&one, &two).clean(), HASH1_OK);
    assert_eq!(run(&two, &one).clean(), HASH1_OK);
    assert!(
        run(&one, &one).refused().contains("has 2 credentials, none for this username and domain")
    );
    let message = document("", &["--xml", "-"]).refused();
    assert!(message.contains("--xml - and --xml - cannot both read standard input"), "{message}");
}

/// Each hypothesis is hashed once for all of them.
#[test]
fn a_document_with_many_entries_of_one_name() {
    let mut contents = String::from("<S>");
    for number in 0..2_000 {
        let entry = format!(
            "<SipCredential><UserName>bob</UserName><Hash1>{number:032x}</Hash1></SipCredential>"
        );
        contents.push_str(&entry);
    }
    contents.push_str("</S>");
    let text = mismatch(document(contents, &[]));
    assert!(
        text.contains("entry 2000, realm \"custxx.auth.bandwidth.com\": Hash1:  does not match")
    );
}

/// Only so many mismatches are explained, the first ones. The others are told nevertheless.
#[test]
fn a_document_with_many_realms_of_one_name() {
    let mut contents = String::from("<S>");
    for number in 0..2_000 {
        let entry = format!(
            "<SipCredential><UserName>bob</UserName><Realm>r{number}.example.com</Realm>\
             <Hash1>{number:032x}</Hash1></SipCredential>"
        );
        contents.push_str(&entry);
    }
    contents.push_str("</S>");
    let run = bwsip(["verify", "-u", "bob", "--xml", "-"]).with_password().stdin(contents);
    let text = mismatch(run);
    let lines: Vec<_> = text.lines().collect();
    // The verdict, a hint, and how many are not explained.
    assert_eq!(lines.len(), 2_003, "{text}");
    for (number, line) in lines[1..].iter().enumerate().take(2_000) {
        let entry = format!("entry {}, realm \"r{number}.example.com\": Hash1:  ", number + 1);
        let end = match number {
            0..20 => "explains it",
            _ => "does not match",
        };
        assert!(line.starts_with(&(entry + "does not match")) && line.ends_with(end), "{line}");
    }
    let expected =
        "not explained: 1980, because 20 others were: check one alone to learn the cause";
    assert!(lines[2_001].starts_with("hint: no Hash1b: "), "{text}");
    assert_eq!(lines[2_002], expected);
}

#[test]
fn documents_that_are_none() {
    let deep = "<a>".repeat(10_000);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "is empty: check that the request"),
        (b"\n".to_vec(), "is empty: check that the request"),
        (b"not XML".to_vec(), "not well-formed XML"),
        (b"{\"json\": true}".to_vec(), "is JSON, not XML: use Bandwidth's sipcredentials XML"),
        (b"\xFF\xFE<\x00a\x00".to_vec(), "is UTF-16, as Windows PowerShell's > writes it: save it"),
        (b"<a>\xE4</a>".to_vec(), "is not UTF-8: save it"),
        (b"<SipCredential><UserName>bob</UserName>".to_vec(), "not well-formed XML"),
        (b"<a></b>".to_vec(), "not well-formed XML"),
        (deep.clone().into_bytes(), "not well-formed XML"),
        ((deep + &"</a>".repeat(10_000)).into_bytes(), "has no SipCredential in it"),
        (b"<SipCredentials/>".to_vec(), "has no SipCredential in it"),
        (
            b"<SipCredential><UserName>al</UserName></SipCredential>".to_vec(),
            "has 1 credential, none",
        ),
        (b"<SipCredential><UserName>bob</UserName></SipCredential>".to_vec(), "neither Hash1 nor"),
        // Nothing is fetched, and nothing is blown up.
        (
            b"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><SipCredential><UserName>&x;\
              </UserName></SipCredential>"
                .to_vec(),
            "not well-formed XML",
        ),
    ];
    for (contents, expected) in cases {
        let start = String::from_utf8_lossy(&contents[..contents.len().min(40)]).into_owned();
        let message = document(contents, &[]).refused();
        assert!(message.contains(expected), "{start}: {message}");
    }
    for path in ["/nowhere/at/all", "/"] {
        let message = verify(&["--xml", path]).refused();
        assert!(message.contains("can't read"), "{message}");
    }
}

/// It is read as it comes; only what is asked for is kept.
#[test]
fn a_large_document() {
    let other = "<SipCredential><UserName>al</UserName><Hash1>0</Hash1></SipCredential>";
    let mut contents = String::from("<SipCredentials>");
    while contents.len() < 10_000_000 {
        contents.push_str(other);
    }
    contents.push_str(&format!(
        "<SipCredential><UserName>bob</UserName><Hash1>{BOB1}</Hash1></SipCredential></SipCredentials>"
    ));
    assert_eq!(document(contents, &[]).clean(), HASH1_OK);
}
