//! `bwsip show`: what answers hold.

use crate::support::{GUIDE_XML, Run, bwsip, directory};

/// As Bandwidth answers to a creation of which a part is refused. The description repeats a digest.
const CREATED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
    <SipCredentialsResponse><ValidSipCredentials><SipCredential><Id>95</Id><RealmId>14</RealmId>\
    <UserName>bob</UserName><Domain>somewhere.com</Domain><Realm>vapi-3efeaa.auth.bandwidth.com</Realm>\
    <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1><Hash1b>39679d2a73c2e1ea719621bc0d8fdac8</Hash1b>\
    <HttpVoiceV2AppId>68092813-741b-4afe-b198-91f425bce81e</HttpVoiceV2AppId></SipCredential>\
    </ValidSipCredentials><Errors><Error><ErrorCode>23026</ErrorCode><Description>al, with \
    817d76e91aad032a8c272229f468bfb2, does \"exist\"</Description><SipCredential><UserName>al</UserName>\
    <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1></SipCredential></Error></Errors>\
    </SipCredentialsResponse>";

const REALMS: &str = "<?xml version='1.0'?>
<RealmsResponse>
    <Realms>
        <Realm><Id>14</Id><Realm>vapi-3efeaa.auth.bandwidth.com</Realm><Default>true</Default>
            <SipCredentialCount>2</SipCredentialCount><Status>ACTIVE</Status></Realm>
        <Realm><Id>7</Id><Realm>b.auth.bandwidth.com</Realm><Default>false</Default></Realm>
    </Realms>
</RealmsResponse>
";

fn show(format: &str, answers: &str) -> Run {
    bwsip(["show", "-f", format]).stdin(answers)
}

#[test]
fn tables() {
    let realms = "ID  REALM                           STATUS  DEFAULT\n\
        14  vapi-3efeaa.auth.bandwidth.com  ACTIVE  true\n\
        7   b.auth.bandwidth.com                    false\n\
        2 realms\n";
    assert_eq!(bwsip(["show"]).stdin(REALMS).clean(), realms);
    let created = "ID  USERNAME  DOMAIN         REALM                           APP_ID\n\
        95  bob       somewhere.com  vapi-3efeaa.auth.bandwidth.com  68092813-741b-4afe-b198-91f425bce81e\n\
        1 credential\n\
        CODE   DESCRIPTION               REMEDY                                                                    USERNAME\n\
        23026  al, with …, does \"exist\"  leave the name out, or change the password of the credential that has it  al\n\
        1 error\n";
    assert_eq!(show("text", CREATED).clean(), created);
    // As curl prints the answers to several requests, with or without declarations.
    let all = format!("{CREATED}{REALMS}{GUIDE_XML}");
    let shown = show("text", &all).clean();
    assert!(shown.starts_with(realms), "{shown}");
    assert!(shown.contains("\n2 credentials\n") && shown.contains("\n1 error\n"), "{shown}");
    for empty in ["<SipCredentialsResponse/>", "<RealmsResponse><Realms/></RealmsResponse>"] {
        assert_eq!(show("text", empty).clean(), "no realm, credential or error\n");
    }
}

/// The live form of a 404.
#[test]
fn an_error_without_a_number() {
    let status = "<ResponseStatus><Description>No such realm</Description></ResponseStatus>";
    let answer = format!("<SipCredentialsResponse>{status}</SipCredentialsResponse>");
    assert_eq!(show("text", &answer).clean(), "DESCRIPTION\nNo such realm\n1 error\n");
    let json = show("json", &answer).clean();
    assert!(json.contains("{\"code\":null,\"description\":\"No such realm\","), "{json}");
    // Its words are not dropped before a list of errors either.
    let errors = "<Errors><Error><ErrorCode>23003</ErrorCode></Error></Errors>";
    let answer = format!("<SipCredentialsResponse>{status}{errors}</SipCredentialsResponse>");
    assert!(show("text", &answer).clean().ends_with("\n2 errors\n"));
    let verify = ["verify", "-u", "bob", "-r", "vapi-3efeaa.auth.bandwidth.com", "--xml", "-"];
    let answer = format!("<SipCredentialsResponse>{status}</SipCredentialsResponse>");
    let message = bwsip(verify).with_password().stdin(answer).outcome().stderr;
    assert!(message.contains("Bandwidth error: No such realm"), "{message}");
}

#[test]
fn json_has_every_key() {
    let expected = "{\"realms\":[{\"id\":\"14\",\"realm\":\"vapi-3efeaa.auth.bandwidth.com\",\
        \"status\":\"ACTIVE\",\"default\":true},{\"id\":\"7\",\"realm\":\"b.auth.bandwidth.com\",\
        \"status\":null,\"default\":false}],\"credentials\":[],\"errors\":[],\"may_have_more\":false}\n";
    assert_eq!(show("json", REALMS).clean(), expected);
    let printed = show("json", &format!("{CREATED}{GUIDE_XML}")).clean();
    let value: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(value["credentials"][0]["id"], "95");
    let guide = serde_json::json!({
        "id": null, "username": "sipauthtest", "domain": null, "realm": null, "app_id": null
    });
    assert_eq!(value["credentials"][1], guide);
    let error = &value["errors"][0];
    assert_eq!((&error["code"], &error["username"]), (&"23026".into(), &"al".into()));
    assert_eq!(error["description"], "al, with …, does \"exist\"");
    assert_eq!(error["domain"], serde_json::Value::Null);
}

#[test]
fn csv_is_one_table() {
    let printed = show("csv", &format!("{REALMS}{CREATED}")).clean();
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let header = "kind,id,username,domain,realm,app_id,status,default,code,description,remedy";
    assert_eq!(reader.headers().expect("a header").iter().collect::<Vec<_>>().join(","), header);
    let rows: Vec<Vec<String>> = reader.deserialize().map(|row| row.expect("a row")).collect();
    let kinds: Vec<_> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(kinds, ["realm", "realm", "credential", "error"]);
    assert_eq!(rows[0][1..5], ["14", "", "", "vapi-3efeaa.auth.bandwidth.com"]);
    assert_eq!(rows[2][1..4], ["95", "bob", "somewhere.com"]);
    assert_eq!(rows[3][8..10], ["23026", "al, with …, does \"exist\""]);
}

#[test]
fn no_format_shows_a_digest() {
    for format in ["text", "json", "csv"] {
        let shown = show(format, &format!("{CREATED}{GUIDE_XML}")).clean();
        for digest in ["817d76e9", "39679d2a", "fe438bdd", "79bb0e55"] {
            assert!(!shown.contains(digest), "{format}: {shown}");
        }
    }
}

#[test]
fn a_full_page_may_be_followed_by_another() {
    let entry = "<SipCredential><Id>1</Id><UserName>a</UserName></SipCredential>";
    let page = |count| {
        let all = entry.repeat(count);
        format!(
            "<SipCredentialsResponse><SipCredentials>{all}</SipCredentials></SipCredentialsResponse>"
        )
    };
    let (shown, warnings) = show("text", &page(500)).warned();
    assert!(shown.ends_with("\n500 credentials\n"), "{shown}");
    assert!(
        warnings.contains("there may be another: bwsip request list --page 501\n"),
        "{warnings}"
    );
    let two = format!("{}{}", page(500), page(500));
    let (shown, warnings) = show("json", &two).warned();
    assert!(shown.ends_with("\"may_have_more\":true}\n"), "{shown}");
    assert!(warnings.contains("--page 1001\n"), "{warnings}");
    for complete in [page(0), page(499), page(500) + &page(1)] {
        let shown = show("json", &complete).clean();
        assert!(shown.ends_with("\"may_have_more\":false}\n"), "{shown}");
    }
}

#[test]
fn files_are_named_in_errors() {
    let directory = directory();
    for (name, contents) in [("a.xml", CREATED), ("b.xml", REALMS), ("bad.xml", "<a>")] {
        std::fs::write(directory.path().join(name), contents).expect("it is written");
    }
    let run = |files: &[&str]| bwsip(["show"]).args(files).directory(directory.path());
    let shown = run(&["a.xml", "b.xml"]).clean();
    assert!(shown.contains("2 realms\n") && shown.contains("1 credential\n"), "{shown}");
    assert!(run(&["a.xml", "bad.xml"]).refused().starts_with("error: \"bad.xml\": "));
    assert!(run(&["a.xml", "missing.xml"]).refused().contains("can't read this file (argument 3)"));
    for (answer, problem) in [
        ("", "empty: check that the request succeeded"),
        ("{\"error\":\"invalid_client\"}", "JSON, not XML"),
        ("<a></b>", "not well-formed XML"),
        ("<a/> and more", "not well-formed XML"),
    ] {
        let message = bwsip(["show"]).stdin(answer).refused();
        assert!(message.starts_with("error: standard input: "), "{message}");
        assert!(message.contains(problem), "{answer}: {message}");
    }
    assert!(bwsip(["show"]).stdin(*b"\xFF\xFE<\0").refused().contains("UTF-"));
}

/// A name can hold what a terminal would interpret.
#[test]
fn control_characters_are_not_shown() {
    let answer = "<a><SipCredential><UserName>a&#27;[31m\tb</UserName></SipCredential></a>";
    // XML cannot contain it.
    assert!(show("text", answer).refused().contains("not well-formed XML (line 1)"));
    let answer = "<a><SipCredential><UserName>a\u{9B}31m\tb</UserName></SipCredential></a>";
    assert_eq!(show("text", answer).clean(), "USERNAME\na 31m b\n1 credential\n");
}
