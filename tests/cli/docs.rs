//! The README and the guide: each block prints what is shown, and each link leads somewhere. `posting`
//! runs those that need curl.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use bwsip::diagnosis::mistakes::MISTAKES;
use pulldown_cmark::{Event, Tag, TagEnd};
use serde_json::Value;

use crate::support::docs::{Document, Needs, Session, documents, in_repository};
use crate::support::{REALM, bwsip, directory, md5sum};

#[test]
fn every_block_prints_what_is_shown() {
    let has_md5sum = md5sum(b"").is_some();
    let mut count = 0;
    for shell in ["sh", "bash"] {
        if Command::new(shell).args(["-c", ":"]).status().is_err() {
            continue;
        }
        for document in documents() {
            let mut blocks = document.blocks();
            blocks.retain(|it| it.language == "sh" && it.needs == Needs::Nothing);
            blocks.retain(|it| has_md5sum || !it.text.contains("md5sum"));
            count += blocks.len();
            Session::new().run(shell, &document, &blocks);
        }
    }
    assert!(count >= 25, "only {count} blocks");
}

/// A block that nothing runs says why.
#[test]
fn blocks_in_other_languages() {
    for document in documents() {
        for block in document.blocks() {
            let is_known = match &*block.language {
                "sh" => true,
                // `posting` runs the scripts in these.
                "yaml" if block.text.contains("run: |") => block.needs == Needs::Curl,
                _ => block.needs == Needs::More,
            };
            assert!(is_known, "{:?}: {}:\n{}", document.path, block.language, block.text);
        }
    }
}

/// Returns the anchors of a document's headings, as GitHub makes them.
fn anchors(document: &Document) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading = String::new();
    for event in document.events() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading.clear(),
            Event::Text(piece) | Event::Code(piece) => heading += &piece,
            Event::End(TagEnd::Heading(_)) => {
                let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
                let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
                anchors.insert(anchor.to_lowercase());
            }
            _ => {}
        }
    }
    anchors
}

/// Links lead to a file of the repository, and to a heading in it.
#[test]
fn links_lead_somewhere() {
    let documents = documents();
    let mut count = 0;
    for document in &documents {
        let directory = document.path.parent().expect("a file is in a directory");
        for event in document.events() {
            let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
            if dest_url.contains("://") {
                continue;
            }
            let (file, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let file = if file.is_empty() { document.path.clone() } else { directory.join(file) };
            let target = documents.iter().find(|it| it.path == file);
            let has_anchor = target.is_some_and(|it| anchors(it).contains(anchor));
            let leads = has_anchor || anchor.is_empty() && in_repository(&file).is_file();
            assert!(leads, "{:?}: {dest_url}", document.path);
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} links");
}

/// Every page can be reached from the README and is a module of the library's documentation.
#[test]
fn no_page_is_forgotten() {
    let documents = documents();
    let modules = fs::read_to_string(in_repository("src/guide.rs".as_ref())).expect("it exists");
    for document in &documents[1..] {
        let path = document.path.to_str().expect("UTF-8");
        assert!(documents[0].text.contains(&format!("({path})")), "{path}");
        let page = Path::new(path).file_stem().and_then(|it| it.to_str()).expect("a name");
        assert!(modules.contains(&format!("page!({page}, \"guide/{page}.md\");")), "{path}");
    }
}

/// The README is for somebody who has five minutes.
#[test]
fn the_readme_is_short() {
    let documents = documents();
    let [Document { path, text: readme }, ..] = &documents[..] else { panic!("no documents") };
    assert_eq!(path, Path::new("README.md"));
    let (lines, bytes) = (readme.lines().count(), readme.len());
    assert!(lines <= 250 && bytes <= 12 * 1024, "{lines} lines, {bytes} bytes");
}

/// Returns the rows of the first table of a section, without its header; each cell as it is written.
fn table(path: &str, heading: &str) -> Vec<Vec<String>> {
    let document = Document::read(path.into());
    let (_, section) = document.text.split_once(&format!("\n{heading}\n")).expect("it exists");
    let lines = section.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines
        .map(|line| {
            let line = line.trim_start_matches("| ").trim_end_matches(" |");
            line.split(" | ").map(str::to_owned).collect()
        })
        .collect()
}

/// The table has what the code has, in the same order.
#[test]
fn the_table_of_mistakes() {
    let rows = table("src/guide/verify.md", "## The mistakes that it knows");
    let names: Vec<_> = rows.iter().map(|cells| cells[0].trim_matches('`')).collect();
    let expected: Vec<_> = MISTAKES.iter().map(|mistake| mistake.name).collect();
    assert_eq!(names, expected);
}

/// Adds the names in the objects of a value, by where these are: `""`, `create[].`. Objects in the same place
/// have the same names.
fn add_names(path: &str, value: &Value, objects: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Object(fields) => {
            let names: BTreeSet<_> = fields.keys().cloned().collect();
            let known = objects.entry(path.to_owned()).or_insert_with(|| names.clone());
            assert_eq!(*known, names, "{path}");
            for (name, value) in fields {
                let array = if value.is_array() { "[]" } else { "" };
                add_names(&format!("{path}{name}{array}."), value, objects);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| add_names(path, value, objects)),
        _ => {}
    }
}

/// The tables have all keys of the objects, and no others.
#[test]
fn keys_of_json_objects() {
    let directory = directory();
    let write = |name: &str, text: &str| {
        fs::write(directory.path().join(name), text).expect("the file is written");
    };
    write("users.csv", "username,password\nsipauthtest,password\nbob,password\ncarol,new\n");
    let entry = |id: u32, username: &str| {
        format!(
            "<SipCredential><Id>{id}</Id><RealmId>14</RealmId><UserName>{username}</UserName>\
             <Hash1>{id:032}</Hash1><Hash1b>{id:032}</Hash1b></SipCredential>"
        )
    };
    let list =
        format!("<SipCredentials>{}{}</SipCredentials>", entry(93, "carol"), entry(97, "dave"));
    write("list.xml", &format!("<SipCredentialsResponse>{list}</SipCredentialsResponse>"));
    let error = "<Errors><Error><ErrorCode>23026</ErrorCode><SipCredential><UserName>bob</UserName>\
                 </SipCredential></Error></Errors>";
    write("answer.xml", &format!("<SipCredentialsResponse>{list}{error}</SipCredentialsResponse>"));
    let realm = "<Realm><Id>14</Id><Realm>a.b</Realm></Realm>";
    write("realms.xml", &format!("<RealmsResponse><Realms>{realm}</Realms></RealmsResponse>"));
    // By another digest than the challenge's, and for another URI; then cut.
    let request = |parameters: &str| {
        format!(
            "REGISTER sip:b SIP/2.0\nCSeq: 2 REGISTER\nAuthorization: Digest username=\"bob\", \
             realm=\"{REALM}\", nonce=\"1\"{parameters}\n\n"
        )
    };
    let response = format!(", uri=\"sip:a\", response=\"{:032}\"", 0);
    write("trace.txt", &(request(&response) + &request(", uri=\"sip:")));
    let call = "call --to +17778889999 --from +15553334444 --url https://a.b -u bob";
    let verify = "verify -u bob --xml answer.xml --trace trace.txt";
    for (heading, commands) in [
        ("## JSON of `hash` and `batch`", &["hash -u bob", "batch users.csv"][..]),
        ("## JSON of `plan`", &["plan users.csv --xml list.xml"]),
        ("## JSON of `show`", &["show realms.xml answer.xml"]),
        ("## JSON of `verify`", &[verify, "verify -u carol --xml list.xml"]),
        ("## JSON of `verify` with `--csv`", &["verify --csv users.csv --xml answer.xml"]),
        ("## JSON of `call`", &[call]),
    ] {
        let mut objects = BTreeMap::new();
        for command in commands {
            let words = command.split(' ').chain(["-q", "-f", "json"]);
            let run = bwsip(words).env("BWSIP_REALM", REALM).with_password();
            let printed = run.directory(directory.path()).outcome().stdout;
            let value = serde_json::from_slice(&printed).expect("it is JSON");
            add_names("", &value, &mut objects);
        }
        // The same as those of `verify` without `--csv`.
        objects.remove("rows[].checks[].");
        let keys = objects
            .iter()
            .flat_map(|(path, names)| names.iter().map(move |name| format!("{path}{name}")));
        let keys: BTreeSet<_> = keys.collect();
        let rows = table("src/guide/formats.md", heading);
        let cells = rows.iter().flat_map(|cells| cells[0].split(", "));
        let shown: BTreeSet<_> = cells.map(|it| it.trim_matches('`').to_owned()).collect();
        assert_eq!(keys, shown, "{heading}");
    }
}
