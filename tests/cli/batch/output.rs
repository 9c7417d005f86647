//! Output formats and output files.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{GUIDE_INPUT, OTHER_APP_ID, OUTPUT_HEADER, batch, batch_in_realm, guide_output, rows};
use crate::support::strategies::{name, password, runner, user};
use crate::support::{
    APP_ID, GUIDE, REALM, assert_owner_only, bwsip, directory, escaped, md5sum, names,
};

#[test]
fn guide_credentials_as_csv() {
    assert_eq!(batch_in_realm(GUIDE_INPUT).clean(), guide_output());
    assert_eq!(batch_in_realm(GUIDE_INPUT).args(["-f", "csv"]).clean(), guide_output());
}

#[test]
fn guide_credentials_as_json() {
    let objects = GUIDE.map(|(username, domain, hash1, hash1b)| {
        let domain = domain.map_or("null".to_owned(), |it| format!("\"{it}\""));
        format!(
            "{{\"password\":null,\"username\":\"{username}\",\"domain\":{domain},\
             \"realm\":\"{REALM}\",\"hash1\":\"{hash1}\",\"hash1b\":\"{hash1b}\",\
             \"app_id\":null}}"
        )
    });
    let expected = format!("[\n{}\n]\n", objects.join(",\n"));
    assert_eq!(batch_in_realm(GUIDE_INPUT).args(["-f", "json"]).clean(), expected);
}

#[test]
fn guide_credentials_as_xml() {
    let document = |realm: &str, app: &str| {
        let entries = GUIDE.map(|(username, domain, hash1, hash1b)| {
            let indent = "        ";
            let domain =
                domain.map_or(String::new(), |it| format!("{indent}<Domain>{it}</Domain>\n"));
            format!(
                "    <SipCredential>\n{indent}<UserName>{username}</UserName>\n{domain}{realm}\
                 {indent}<Hash1>{hash1}</Hash1>\n{indent}<Hash1b>{hash1b}</Hash1b>\n{app}    \
                 </SipCredential>\n"
            )
        });
        format!("<SipCredentials>\n{}</SipCredentials>\n", entries.concat())
    };
    let realm = format!("        <Realm>{REALM}</Realm>\n");
    let app = format!("        <HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>\n");
    let xml = || batch_in_realm(GUIDE_INPUT).args(["-f", "xml"]);
    assert_eq!(xml().clean(), document("", ""));
    assert_eq!(xml().args(["--with-realm"]).clean(), document(&realm, ""));
    assert_eq!(xml().args(["--with-realm", "--app-id", APP_ID]).clean(), document(&realm, &app));
    for format in ["csv", "json"] {
        let message = batch_in_realm(GUIDE_INPUT).args(["-f", format, "--with-realm"]).refused();
        assert!(message.contains("--with-realm") && message.contains("xml"), "{message}");
    }
}

/// Without Realm elements, all credentials would be created on one realm, whichever they were
/// hashed for.
#[test]
fn xml_with_several_realms_requires_with_realm() {
    let csv = "username,realm,password\nal,x.y,p\nbob,,p\neve,x.y,p\namy,X.y,p\n";
    let run = |realm| batch(csv).args(["-q", "-r", realm]);
    let message = run("other.example.com").args(["-f", "xml"]).refused();
    let expected = "error: standard input: line 2 has the realm x.y, line 3 has other.example.com, \
                    and XML without Realm creates all credentials on one: pass --with-realm, or \
                    make a file for each realm\n";
    assert_eq!(message, expected);
    // Realms that differ only in case are different realms.
    let message = run("x.y").args(["-f", "xml"]).refused();
    assert!(message.contains("line 2 has the realm x.y, line 5 has X.y"), "{message}");
    for args in [&["-f", "xml", "--with-realm"][..], &["-f", "csv"], &["-f", "json"]] {
        let printed = run("other.example.com").args(args).clean();
        for realm in ["x.y", "other.example.com", "X.y"] {
            assert!(printed.contains(realm), "{printed}");
        }
    }
    let one = csv.replace("X.y", "").replace(",,", ",x.y,");
    assert!(!batch(one).args(["-f", "xml"]).clean().contains("x.y"));
}

#[test]
fn a_file_and_stdin_yield_the_same_output() {
    let directory = directory();
    fs::write(directory.path().join("people.csv"), GUIDE_INPUT).expect("the file is written");
    let run = || bwsip(["batch", "people.csv", "-r", REALM]).directory(directory.path());
    assert_eq!(run().clean(), guide_output());
    assert_eq!(run().args(["-o", "out"]).clean(), "");
    let out = directory.path().join("out");
    assert_eq!(fs::read_to_string(&out).expect("it was written"), guide_output());
    assert_owner_only(&out);
    assert_eq!(names(directory.path()), ["out", "people.csv"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_an_error() {
    let directory = directory();
    fs::create_dir(directory.path().join("sub")).expect("the directory is created");
    let locked = directory.path().join("locked.csv");
    fs::write(&locked, GUIDE_INPUT).expect("the file is written");
    fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000))
        .expect("the mode is set");
    let run =
        |path: &str| bwsip(["batch", path, "-r", REALM, "-o", "out"]).directory(directory.path());
    let message = run("missing.csv").refused();
    // It may be a password in the place of a file.
    assert!(message.starts_with("error: can't read this file (argument 2): No such"), "{message}");
    let message = run("sub").refused();
    assert!(message.starts_with("error: can't read \"sub\": Is a directory"), "{message}");
    // root can read it.
    if File::open(&locked).is_err() {
        let message = run("locked.csv").refused();
        assert!(message.starts_with("error: can't read \"locked.csv\": Permission"), "{message}");
    }
    fs::write(directory.path().join("empty.csv"), "").expect("the file is written");
    let message = run("empty.csv").refused();
    assert!(message.starts_with("error: \"empty.csv\", line 1: empty: "), "{message}");
    assert_eq!(names(directory.path()), ["empty.csv", "locked.csv", "sub"]);
}

/// Only `--lenient` accepts such names.
#[test]
fn names_that_need_quotes_are_quoted() {
    let row = "\"a\"\"b\",\"c,d\",r.example.com,";
    let csv = format!("username,domain,realm,password\n{row}\n");
    let run = batch(csv).args(["--lenient", "-q", "--generate-password"]);
    let directory = directory();
    let run = run.args(["--password-out", "pw"]).directory(directory.path());
    let printed = run.clean();
    assert!(printed.starts_with(&format!("{OUTPUT_HEADER}{row},")), "{printed}");
    let again = bwsip(["batch", "pw", "--lenient", "-q"]).directory(directory.path()).clean();
    assert_eq!(again, printed);
}

#[test]
fn output_keeps_the_order_of_the_input() {
    // Unsorted, and with rows of different lengths.
    let wanted: Vec<_> = (0..30_000)
        .map(|at: u64| format!("{:x}-{at}", at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (at % 60)))
        .collect();
    let mut csv = "password,username\n".to_owned();
    for (at, name) in wanted.iter().enumerate() {
        let _ = writeln!(csv, "{},{name}", "secret ".repeat(at % 9) + "x");
    }
    let printed = batch_in_realm(csv.clone()).clean();
    let found: Vec<_> = rows(&printed).iter().map(|row| row[0].to_owned()).collect();
    assert!(found == wanted, "csv");
    let digests: Vec<_> = rows(&printed).iter().map(|row| [row[4], row[5]].concat()).collect();

    let json = batch_in_realm(csv.clone()).args(["-f", "json"]).clean();
    let objects: Vec<Value> = serde_json::from_str(&json).expect("it is JSON");
    let text = |object: &Value, key: &str| object[key].as_str().expect("text").to_owned();
    let found: Vec<_> = objects.iter().map(|object| text(object, "username")).collect();
    assert!(found == wanted, "json");
    let found: Vec<_> =
        objects.iter().map(|object| text(object, "hash1") + &text(object, "hash1b")).collect();
    assert!(found == digests, "json");

    let xml = batch_in_realm(csv).args(["-f", "xml"]).clean();
    let values = |name: &str| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = xml.split(&open[..]).skip(1);
        let values = parts.map(|part| part.split(&close[..]).next().unwrap_or_default().to_owned());
        values.collect::<Vec<_>>()
    };
    assert!(values("UserName") == wanted, "xml");
    let found: Vec<_> =
        values("Hash1").into_iter().zip(values("Hash1b")).map(|(a, b)| a + &b).collect();
    assert!(found == digests, "xml");
}

#[test]
fn a_thousand_rows_agree_with_another_xml_parser_and_md5sum() {
    let mut csv = "username,domain,password\n".to_owned();
    let mut people = Vec::new();
    for at in 0..1000 {
        let username = format!("u&{at}{}", ["", "._-", "!$*", "+=~", "&amp"][at % 5]);
        let domain = (at % 3 == 0).then(|| format!("a&b{at}.com"));
        let password = format!("<p&\"{at}'>,{}", "é".repeat(at % 4));
        let quoted = password.replace('"', "\"\"");
        let _ = writeln!(csv, "{username},{},\"{quoted}\"", domain.as_deref().unwrap_or_default());
        people.push((username, domain, password));
    }
    let run = batch_in_realm(csv).args(["-q", "-f", "xml", "--with-realm", "--app-id", APP_ID]);
    let xml = run.clean();
    let document = roxmltree::Document::parse(&xml).expect("it is well-formed");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "SipCredentials");
    let entries: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(entries.len(), people.len());
    let texts = directory();
    let (mut files, mut found) = (Vec::new(), Vec::new());
    for (entry, (username, domain, password)) in entries.iter().zip(&people) {
        assert_eq!(entry.tag_name().name(), "SipCredential");
        let elements: Vec<_> = entry
            .children()
            .filter(roxmltree::Node::is_element)
            .map(|it| (it.tag_name().name(), it.text().unwrap_or_default()))
            .collect();
        let mut expected = vec![("UserName", &username[..])];
        expected.extend(domain.iter().map(|domain| ("Domain", &domain[..])));
        expected.push(("Realm", REALM));
        let (who, rest) = elements.split_at(expected.len());
        assert_eq!(who, expected);
        let [("Hash1", hash1), ("Hash1b", hash1b), ("HttpVoiceV2AppId", APP_ID)] = rest else {
            panic!("{rest:?}");
        };
        let composite = match domain {
            None => username.clone(),
            Some(domain) => format!("{username}@{domain}"),
        };
        for (name, digest) in [(composite.clone(), hash1), (format!("{composite}@{REALM}"), hash1b)]
        {
            let path = texts.path().join(files.len().to_string());
            fs::write(&path, format!("{name}:{REALM}:{password}")).expect("the file is written");
            files.push(path);
            found.push((*digest).to_owned());
        }
    }
    if md5sum(b"").is_none() {
        return;
    }
    let output = Command::new("md5sum").args(&files).stderr(Stdio::inherit()).output();
    let printed = String::from_utf8(output.expect("md5sum runs").stdout).expect("ASCII");
    let by_md5sum: Vec<_> = printed.lines().map(|line| line[..32].to_owned()).collect();
    assert_eq!(by_md5sum.len(), 2000);
    assert_eq!(found, by_md5sum);
}

#[derive(Clone, Debug)]
struct Row {
    username: String,
    domain: Option<String>,
    realm: Option<String>,
    app_id: Option<&'static str>,
    password: Vec<u8>,
    /// A bit for each cell that is quoted without need.
    quotes: u8,
}

fn row() -> BoxedStrategy<Row> {
    let realm = prop::option::of(name("-.", 64));
    let app_id = select(vec![None, Some(APP_ID), Some(OTHER_APP_ID)]);
    (user(), realm, app_id, password(), any::<u8>())
        .prop_map(|((username, domain), realm, app_id, password, quotes)| Row {
            username,
            domain,
            realm,
            app_id,
            password,
            quotes,
        })
        .boxed()
}

fn put_cell(out: &mut Vec<u8>, cell: &[u8], quote: bool) {
    if !quote && !cell.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for byte in cell {
        out.extend(std::iter::repeat_n(byte, if *byte == b'"' { 2 } else { 1 }));
    }
    out.push(b'"');
}

#[test]
fn any_rows_agree_with_hash_row_by_row() {
    let columns = Just(["username", "domain", "realm", "app_id", "password"]).prop_shuffle();
    let rows = prop::collection::vec(row(), 1..=6);
    let layout = (columns, any::<u8>(), select(vec!["\n", "\r\n"]), any::<bool>(), any::<bool>());
    runner(60)
        .run(&(rows, layout), |(mut rows, (columns, header_quotes, ending, mark, last_ending))| {
            let mut seen = HashSet::new();
            rows.retain(|row| {
                let domain = row.domain.as_ref().map_or(String::new(), |it| format!("@{it}"));
                let realm = row.realm.as_deref().unwrap_or(REALM);
                seen.insert(format!("{}{domain} {realm}", row.username).to_lowercase())
            });
            let mut csv = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
            let header = (columns.map(|name| name.as_bytes()), header_quotes);
            let cells = rows.iter().map(|row| {
                let cell = |name| match name {
                    "username" => row.username.as_bytes(),
                    "domain" => row.domain.as_deref().unwrap_or_default().as_bytes(),
                    "realm" => row.realm.as_deref().unwrap_or_default().as_bytes(),
                    "app_id" => row.app_id.unwrap_or_default().as_bytes(),
                    _ => &row.password[..],
                };
                (columns.map(cell), row.quotes)
            });
            for (at, (cells, quotes)) in std::iter::once(header).chain(cells).enumerate() {
                if at > 0 {
                    csv.extend_from_slice(ending.as_bytes());
                }
                for (place, cell) in cells.into_iter().enumerate() {
                    if place > 0 {
                        csv.push(b',');
                    }
                    put_cell(&mut csv, cell, quotes >> place & 1 == 1);
                }
            }
            if last_ending {
                csv.extend_from_slice(ending.as_bytes());
            }

            let one_by_one = rows.iter().map(|row| {
                let run = bwsip(["hash", "-q", "-f", "json", "-u", &row.username]);
                let run = run.args([format!("-r{}", row.realm.as_deref().unwrap_or(REALM))]);
                let run = run.args(row.domain.iter().map(|domain| format!("--domain={domain}")));
                let run = run.args(row.app_id.iter().map(|app_id| format!("--app-id={app_id}")));
                run.password_stdin(&row.password).clean().trim_end().to_owned()
            });
            let one_by_one = one_by_one.collect::<Vec<_>>().join(",\n");
            let shown = escaped(&csv);
            let outcome = batch_in_realm(csv).args(["-q", "-f", "json"]).outcome();
            prop_assert_eq!((outcome.status, &outcome.stderr[..]), (0, ""), "{}", shown);
            let printed = String::from_utf8_lossy(&outcome.stdout);
            prop_assert_eq!(printed, format!("[\n{one_by_one}\n]\n"), "{}", shown);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
