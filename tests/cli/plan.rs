//! `plan`: what makes Bandwidth agree with a file.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    GUIDE, REALM, Run, assert_generated, assert_owner_only, bwsip, directory, names,
};

const APP_ID: &str = "68092813-741b-4afe-b198-91f425bce81e";

/// A credential in Bandwidth's list.
fn stored(id: u32, username: &str, inner: &str) -> String {
    format!(
        "<SipCredential><Id>{id}</Id><RealmId>14</RealmId><UserName>{username}</UserName>\
         <Realm>{REALM}</Realm>{inner}</SipCredential>"
    )
}

fn hashes(hash1: &str, hash1b: &str) -> String {
    format!("<Hash1>{hash1}</Hash1><Hash1b>{hash1b}</Hash1b>")
}

/// The digests of sipauthtest in Bandwidth's guide.
fn guide() -> String {
    hashes(GUIDE[0].2, GUIDE[0].3)
}

/// A plan for `users.csv` and `list.xml` in `directory`.
fn plan(directory: &Path, users: &str, list: &[String]) -> Run {
    fs::write(directory.join("users.csv"), users).expect("it can be written");
    let list = format!(
        "<SipCredentialsResponse><SipCredentials>{}</SipCredentials></SipCredentialsResponse>",
        list.concat()
    );
    fs::write(directory.join("list.xml"), list).expect("it can be written");
    bwsip(["plan", "users.csv", "-r", REALM, "--xml", "list.xml"]).directory(directory)
}

const USERS: &str = "username,domain,password\nSipAuthTest,,password\nbob,somewhere.com,password\n\
                     carol,,new\nerin,,\n";

fn list() -> Vec<String> {
    let other = hashes(&"0".repeat(32), &"1".repeat(32));
    vec![
        stored(93, "sipauthtest", &guide()),
        stored(95, "carol", &format!("{other}<HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>")),
        stored(96, "erin", &other),
        stored(97, "dave", &other),
    ]
}

#[test]
fn what_has_to_be_done() {
    let directory = directory();
    // The name is hashed as the file has it, so its letter case makes other digests.
    let users = USERS.replace("SipAuthTest", "sipauthtest");
    let expected = "create           1  bob@somewhere.com (line 3)\n\
                    change           1  carol (line 4, id 95)\n\
                    leave            2\n\
                    not in the file  1  dave (id 97)\n";
    let run = || plan(directory.path(), &users, &list());
    assert_eq!(run().clean(), expected);
    assert_eq!(names(directory.path()), ["list.xml", "users.csv"]);
    let json: Value = serde_json::from_str(&run().args(["-f", "json"]).clean()).expect("JSON");
    let step = |line, username, domain: Option<&str>, id: Option<&str>| json!({"line": line, "username": username, "domain": domain, "realm": REALM, "id": id});
    let expected = json!({
        "create": [step(Some(3), "bob", Some("somewhere.com"), None)],
        "change": [step(Some(4), "carol", None, Some("95"))],
        "leave": 2,
        "not_in_file": [step(None, "dave", None, Some("97"))],
    });
    assert_eq!(json, expected);
    assert!(plan(directory.path(), USERS, &list()).clean().contains("SipAuthTest (line 2, id 93)"));
}

#[test]
fn the_requests() {
    let directory = directory();
    let run = || plan(directory.path(), USERS, &list()).args(["-o", "requests"]);
    run().clean();
    let requests = directory.path().join("requests");
    assert_eq!(names(&requests), ["create.xml", "update-93.xml", "update-95.xml"]);
    let read = |name| fs::read_to_string(requests.join(name)).expect("it was written");
    let (username, domain, hash1, hash1b) = GUIDE[1];
    let domain = domain.expect("bob has one");
    let expected = format!(
        "<SipCredentials>\n    <SipCredential>\n        <UserName>{username}</UserName>\n        \
         <Domain>{domain}</Domain>\n        <Hash1>{hash1}</Hash1>\n        \
         <Hash1b>{hash1b}</Hash1b>\n    </SipCredential>\n</SipCredentials>\n"
    );
    assert_eq!(read("create.xml"), expected);
    // By md5sum, of carol:custxx.auth.bandwidth.com:new and carol@…:custxx.auth.bandwidth.com:new.
    let expected = format!(
        "<SipCredential>\n    <Hash1>505ab7ad9cf6d18a09a29d295d76129b</Hash1>\n    \
         <Hash1b>254d23722c8c757981aaded71e7b0211</Hash1b>\n    <RealmId>14</RealmId>\n    \
         <HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>\n</SipCredential>\n"
    );
    assert_eq!(read("update-95.xml"), expected);
    assert_owner_only(&requests.join("update-95.xml"));

    let again = run().refused();
    assert!(again.contains("already exists: use another name, or pass --force"), "{again}");
    run().args(["--force"]).clean();
    // What another plan left there would be posted, too.
    fs::write(requests.join("update-7.xml"), "x").expect("it can be written");
    let stale = run().args(["--force"]).refused();
    assert!(stale.contains("\"update-7.xml\" looks like a part of another run"), "{stale}");
    fs::remove_file(requests.join("update-7.xml")).expect("it is there");
    let split = run().args(["--force", "--split", "1"]).refused();
    assert!(split.contains("\"create.xml\" looks like a part of another run"), "{split}");
}

#[test]
fn a_plan_that_is_split() {
    let directory = directory();
    let users: String = (0..11).map(|number| format!("u{number},pw\n")).collect();
    let users = format!("username,password\n{users}");
    plan(directory.path(), &users, &[]).args(["-o", "new", "--split", "1"]).clean();
    let found = names(&directory.path().join("new"));
    assert_eq!((found.len(), &*found[0], &*found[10]), (11, "create-01.xml", "create-11.xml"));
    let text = plan(directory.path(), &users, &[]).clean();
    assert!(text.starts_with("create           11  u0 (line 2), u1 (line 3), "), "{text}");
}

/// Bandwidth, after it received the requests in `directory`.
fn post(directory: &Path, mut list: Vec<String>) -> Vec<String> {
    for name in names(directory) {
        let document = fs::read_to_string(directory.join(&name)).expect("it was written");
        let document = roxmltree::Document::parse(&document).expect("it is XML");
        let text = |entry: roxmltree::Node<'_, '_>, name| {
            let child = entry.children().find(|it| it.has_tag_name(name));
            child.and_then(|it| it.text()).unwrap_or_default().to_owned()
        };
        let digests = |entry| hashes(&text(entry, "Hash1"), &text(entry, "Hash1b"));
        if let Some(id) = name.strip_prefix("update-") {
            let id = format!("<Id>{}</Id>", id.trim_end_matches(".xml"));
            let old = list.iter_mut().find(|it| it.contains(&id)).expect("it is in the list");
            let start = old.find("<Hash1>").expect("it has digests");
            old.truncate(start);
            old.push_str(&(digests(document.root_element()) + "</SipCredential>"));
            continue;
        }
        for entry in document.root_element().children().filter(roxmltree::Node::is_element) {
            let domain = text(entry, "Domain");
            let domain = (!domain.is_empty()).then(|| format!("<Domain>{domain}</Domain>"));
            let inner = domain.unwrap_or_default() + &digests(entry);
            let id = 1_000 + u32::try_from(list.len()).expect("it is short");
            list.push(stored(id, &text(entry, "UserName"), &inner));
        }
    }
    list
}

#[test]
fn nothing_is_left_to_do_afterwards() {
    let directory = directory();
    let users = USERS.to_owned() + "frank,,\n";
    let generate = ["--generate-password", "--password-out", "new.csv"];
    plan(directory.path(), &users, &list()).args(generate).args(["-o", "requests"]).clean();
    let passwords = fs::read_to_string(directory.path().join("new.csv")).expect("it was written");
    let frank = passwords.lines().nth(1).and_then(|row| row.strip_prefix("frank,,"));
    let frank = frank.and_then(|row| row.strip_prefix(REALM)?.strip_prefix(",,"));
    assert_generated(frank.expect("frank has one"));
    assert_eq!(passwords.lines().count(), 2, "erin is there, and needs none");

    let after = post(&directory.path().join("requests"), list());
    let expected = "create           0\nchange           0\nleave            5\n\
                    not in the file  1  dave (id 97)\n";
    let again = plan(directory.path(), &users, &after).args(["-o", "nothing"]).clean();
    assert_eq!(again, expected);
    assert_eq!(names(&directory.path().join("nothing")), [""; 0]);
    // The generated passwords are a file that verify and plan read.
    let verify = bwsip(["verify", "--csv", "new.csv", "--xml", "list.xml"]);
    assert!(verify.directory(directory.path()).clean().ends_with("matching: 1\n"));
}

#[test]
fn rotation() {
    let directory = directory();
    let users = USERS.replace("SipAuthTest", "sipauthtest");
    let run = || plan(directory.path(), &users, &list()).args(["--rotate"]);
    let message = run().refused();
    let expected = "error: \"users.csv\", line 5: password: empty: fill the cell, or pass \
                    --generate-password\n";
    assert!(message.ends_with(expected), "{message}");
    let generate = ["--generate-password", "--password-out", "new.csv", "-o", "requests"];
    let (text, warning) = run().args(generate).warned();
    assert!(
        text.contains("change           2  carol (line 4, id 95), erin (line 5, id 96)"),
        "{text}"
    );
    let expected = "warning: \"users.csv\", line 2: password: Bandwidth has this one already: use \
                    another to rotate it\n";
    assert_eq!(warning, expected);
}

/// It refuses the clients that log in with it.
#[test]
fn a_credential_without_hash1b_is_changed() {
    let directory = directory();
    let hash1 = format!("<Hash1>{}</Hash1>", GUIDE[0].2);
    let users = "username,password\nsipauthtest,password\n";
    let text = plan(directory.path(), users, &[stored(93, "sipauthtest", &hash1)]).clean();
    assert!(text.contains("change           1  sipauthtest (line 2, id 93)"), "{text}");
    // Without either, nothing can be compared.
    let run = plan(directory.path(), users, &[stored(93, "sipauthtest", "")]);
    let (text, warning) = run.warned();
    assert!(text.contains("leave            1\n"), "{text}");
    assert!(
        warning.contains("line 2: password: not compared, because the list has no"),
        "{warning}"
    );
}

#[test]
fn names_on_another_realm_are_others() {
    let directory = directory();
    let elsewhere = stored(93, "sipauthtest", &guide()).replace(REALM, "b.example.com");
    let users = "username,password\nsipauthtest,password\n";
    let text = plan(directory.path(), users, &[elsewhere]).clean();
    assert!(text.contains("create           1  sipauthtest (line 2)"), "{text}");
    assert!(text.contains("not in the file  1  sipauthtest (id 93)"), "{text}");
    let both = format!("username,password,realm\nal,x,{REALM}\nal,x,b.example.com\n");
    let message = plan(directory.path(), &both, &[]).refused();
    assert!(message.contains("pass --with-realm, or make a file for each realm"), "{message}");
    plan(directory.path(), &both, &[]).args(["--with-realm"]).clean();
    // Which of the two it is, nobody can tell.
    let list = [stored(1, "al", &guide()).replace("Realm>", "X>")];
    let message = plan(directory.path(), &both, &list).args(["--with-realm"]).refused();
    assert!(
        message.contains("line 3: realm: line 2 has the same credential in the list"),
        "{message}"
    );
}

#[test]
fn an_app_id_of_the_file_is_not_set_by_a_change() {
    let directory = directory();
    let users = format!("username,password,app_id\nsipauthtest,password,{APP_ID}\n");
    let (_, warning) =
        plan(directory.path(), &users, &[stored(93, "sipauthtest", &guide())]).warned();
    let expected =
        "warning: \"users.csv\", line 2: app_id: Bandwidth has \"none\", and plan leaves it\n";
    assert_eq!(warning, expected);
}

#[test]
fn a_full_page_may_not_be_the_last() {
    let directory = directory();
    let page = |from: u32, count| -> Vec<String> {
        (from..from + count).map(|id| stored(id, &format!("u{id}"), &guide())).collect()
    };
    let users = "username,password\nal,x\n";
    let message = plan(directory.path(), users, &page(1, 500)).refused();
    assert!(message.contains("500 credentials, and there may be another page: add"), "{message}");
    plan(directory.path(), users, &page(1, 500)).args(["--partial"]).clean();
    plan(directory.path(), users, &page(1, 499)).clean();
    let mut second = String::from("<SipCredentials>");
    page(501, 3).iter().for_each(|entry| write!(second, "{entry}").expect("it is memory"));
    fs::write(directory.path().join("second.xml"), second + "</SipCredentials>")
        .expect("it can be written");
    // An entry that moved to the second page meanwhile is one.
    let text = plan(directory.path(), users, &page(2, 500)).args(["--xml", "second.xml"]).clean();
    assert!(text.contains("not in the file  502  u2 (id 2), "), "{text}");
    assert!(text.ends_with(", and 482 more\n"), "{text}");
}

#[test]
fn what_is_refused() {
    let directory = directory();
    let users = "username,password\nsipauthtest,x\n";
    let plain = "<SipCredential><UserName>sipauthtest</UserName><Hash1>x</Hash1></SipCredential>";
    let error = "<Error><ErrorCode>23003</ErrorCode><Description>Too many</Description></Error>";
    fs::write(directory.path().join("realms.xml"), "<Realms></Realms>").expect("it can be written");
    for (entry, arguments, expected) in [
        (plain, &[][..], "--xml: \"sipauthtest\" has no Id: use Bandwidth's list"),
        (&stored(9, "sipauthtest", "<Hash1>x</Hash1>").replace("9<", "../9<"), &[], "has no Id"),
        (
            &stored(9, "sipauthtest", "<Hash1>x</Hash1>").replace("RealmId", "X"),
            &[],
            "has no RealmId: pass --realm-id, such as 14",
        ),
        (error, &[], "is not a list of credentials: Bandwidth error 23003: Too many"),
        ("", &["--generate-password", "-o", "x"], "add --password-out FILE"),
        ("", &["--xml", "-", "--xml", "-"], "standard input can be read only once"),
        ("", &["--split", "2"], "missing --output"),
        ("", &["--xml", "realms.xml"], "is not a list of credentials: use the answer to"),
    ] {
        let run = plan(directory.path(), users, &[entry.to_owned()]).args(arguments);
        let message = run.refused();
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    assert_eq!(names(directory.path()), ["list.xml", "realms.xml", "users.csv"]);
}
