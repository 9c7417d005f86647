//! `bwsip request`: the configurations, what is refused, and what curl does with them.

use std::fs;

use crate::support::{APP_ID, Run, bwsip, directory, hash};

/// `bwsip request` with the variables that requests read.
fn request<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let run = bwsip(["request"]).args(arguments).env("BW_CLIENT_ID", "CLI-1");
    let run = run.env("BW_CLIENT_SECRET", "s\"e\\c#r %e t'").env("BW_ACCOUNT_ID", "9900000");
    run.env("BW_ACCESS_TOKEN", "eyJ.0-_~+/=")
}

/// A document that `hash` prints.
fn document(format: &str) -> String {
    let realm_id: &[_] = if format == "update-xml" { &["--realm-id", "14"] } else { &[] };
    hash(["-f", format, "--app-id", APP_ID]).args(realm_id).with_password().clean()
}

const START: &str = "silent\nshow-error\nfail-early\nfail-with-body\ngloboff\n";
const CREDENTIALS: &str =
    "https://api.bandwidth.com/api/v2/accounts/9900000/realms/14/sipcredentials";

#[test]
fn the_request_for_a_token() {
    let expected = format!(
        "{START}url = \"https://api.bandwidth.com/api/v1/oauth2/token\"\n\
         user = \"CLI-1:s\\\"e\\\\c#r %e t'\"\ndata = \"grant_type=client_credentials\"\n"
    );
    // It needs no token and no account.
    let run = request(["token"]).without("BW_ACCESS_TOKEN").without("BW_ACCOUNT_ID");
    assert_eq!(run.clean(), expected);
    for (name, value, problem) in [
        ("BW_CLIENT_ID", "", "missing BW_CLIENT_ID"),
        ("BW_CLIENT_ID", "a:b", "BW_CLIENT_ID: contains a colon"),
        ("BW_CLIENT_SECRET", "", "missing BW_CLIENT_SECRET"),
        ("BW_CLIENT_SECRET", "s3cret\n", "BW_CLIENT_SECRET: contains a line ending"),
    ] {
        let message = request(["token"]).env(name, value).refused();
        assert!(message.contains(problem) && !message.contains("s3cret"), "{message}");
    }
}

#[test]
fn requests_without_a_body() {
    let with = |url: &str, rest: &str| {
        format!("{START}url = \"{url}\"\nheader = \"Authorization: Bearer eyJ.0-_~+/=\"\n{rest}\n")
    };
    let realms = "https://api.bandwidth.com/api/v2/accounts/7/realms?page=1&size=500";
    assert_eq!(request(["realms", "--account-id", "7"]).clean(), with(realms, "location"));
    let list = request(["list", "--realm-id", "14"]).clean();
    assert_eq!(list, with(&format!("{CREDENTIALS}?page=1&size=500"), "location"));
    let list = request(["list", "--realm-id", "14", "--page", "501"]).clean();
    assert_eq!(list, with(&format!("{CREDENTIALS}?page=501&size=500"), "location"));
    let delete = request(["delete", "--realm-id", "14", "--credential-id", "95"]).clean();
    assert_eq!(delete, with(&format!("{CREDENTIALS}/95"), "request = \"DELETE\""));
}

#[test]
fn a_document_on_standard_input_is_in_the_configuration() {
    let config = request(["create", "--realm-id", "14"]).stdin(document("xml")).clean();
    let escaped = document("xml").replace('\n', "\\n");
    let expected = format!(
        "{START}url = \"{CREDENTIALS}\"\nheader = \"Authorization: Bearer eyJ.0-_~+/=\"\n\
         request = \"POST\"\nheader = \"Content-Type: application/xml; charset=utf-8\"\n\
         header = \"Expect:\"\ndata-raw = \"{escaped}\"\n"
    );
    assert_eq!(config, expected);
    let update = ["update", "--realm-id", "14", "--credential-id", "95"];
    let config = request(update).stdin(document("update-xml")).clean();
    assert!(config.contains(&format!("url = \"{CREDENTIALS}/95\"\n")), "{config}");
    assert!(config.contains("\nrequest = \"PUT\"\n"), "{config}");
    // Without a realm, it goes to the account.
    let config = request(["create", "-"]).stdin(document("xml")).clean();
    assert!(config.contains("/accounts/9900000/sipcredentials\"\n"), "{config}");
}

#[test]
fn files_are_requests_of_their_own() {
    let directory = directory();
    for (name, format) in [("a b.xml", "xml"), ("c\"d.xml", "xml"), ("update-95.xml", "update-xml")]
    {
        // Windows has no quotes in names.
        if cfg!(unix) || !name.contains('"') {
            fs::write(directory.path().join(name), document(format)).expect("it is written");
        }
    }
    let names: &[_] = if cfg!(unix) { &["a b.xml", "c\"d.xml"] } else { &["a b.xml"] };
    let run = request(["create", "--realm-id", "14"]).args(names).directory(directory.path());
    let config = run.clean();
    let sections: Vec<_> = config.split("next\n").collect();
    assert_eq!(sections.len(), names.len());
    assert!(
        sections[0].ends_with("\nheader = \"Expect:\"\nupload-file = \"a b.xml\"\n"),
        "{config}"
    );
    if cfg!(unix) {
        let second = sections[1];
        assert!(second.starts_with("fail-with-body\ngloboff\nurl = \"https://"), "{config}");
        assert!(second.ends_with("\nupload-file = \"c\\\"d.xml\"\n"), "{config}");
        assert!(second.contains("\nheader = \"Authorization: Bearer "), "{config}");
    }
    let run = request(["update", "--realm-id", "14", "./update-95.xml"]);
    let config = run.directory(directory.path()).clean();
    assert!(config.contains(&format!("url = \"{CREDENTIALS}/95\"\n")), "{config}");
    // The flag takes precedence over the name.
    let run = request(["update", "--realm-id", "14", "--credential-id", "7", "update-95.xml"]);
    assert!(run.directory(directory.path()).clean().contains("/sipcredentials/7\"\n"));
    let run = request(["update", "--realm-id", "14", "--credential-id", "7"]);
    let run = run.args(["update-95.xml", "update-95.xml"]).directory(directory.path());
    assert!(run.refused().contains("--credential-id: several files"));
}

#[test]
fn documents_that_are_not_posted() {
    let create =
        |document: &[u8]| request(["create", "--realm-id", "14"]).stdin(document).refused();
    let update = |document: &[u8]| {
        let run = request(["update", "--realm-id", "14", "--credential-id", "95"]);
        run.stdin(document).refused()
    };
    let xml = document("xml");
    let entry = "<SipCredential><UserName>a</UserName><Hash1>x</Hash1></SipCredential>";
    let cases: &[(&str, &str)] = &[
        ("", "empty: check that the command before this one succeeded"),
        (" \n", "empty"),
        (&xml[..xml.len() - 10], "not well-formed XML"),
        ("{\"hash1\":\"s3cret\"}", "JSON, not XML"),
        ("Hash1:  s3cret\n", "not well-formed XML"),
        (
            "<!DOCTYPE x [<!ENTITY e 's3cret'>]><SipCredentials>&e;</SipCredentials>",
            "not well-formed",
        ),
        ("<SipCredentials></SipCredentials>", "no credential in it (Bandwidth error 23006)"),
        ("<html><body/></html>", "not a SipCredentials, which this request posts"),
        ("<SipCredentialsResponse/>", "not a SipCredentials, which this request posts"),
        ("<SipCredentials><SipCredential/></SipCredentials>", "line 1: no UserName"),
        (
            "<SipCredentials><SipCredential><UserName> </UserName></SipCredential></SipCredentials>",
            "no UserName",
        ),
    ];
    for (document, problem) in cases {
        let message = create(document.as_bytes());
        assert!(message.starts_with("error: standard input: "), "{message}");
        assert!(message.contains(problem) && !message.contains("s3cret"), "{document}: {message}");
    }
    assert!(create(b"\xFF\xFE<\0").contains("UTF-16"));
    let two = format!("<SipCredentials>{entry}\n{}</SipCredentials>", entry.replace("Hash1", "H"));
    assert!(create(two.as_bytes()).contains("line 2: no Hash1"));
    assert!(create(document("update-xml").as_bytes()).contains("not a SipCredentials"));
    assert!(update(xml.as_bytes()).contains("not a SipCredential, which this request posts"));
    let changed = document("update-xml");
    assert!(update(changed.replace("14", "15").as_bytes()).contains("RealmId is not that of"));
    let named = changed.replace("<RealmId>", "<UserName>a</UserName><RealmId>");
    assert!(update(named.as_bytes()).contains("(errors 23004, 23030)"));
    assert!(update(changed.replace("Hash1>", "Hash>").as_bytes()).contains("no Hash1"));
    let message = request(["create", "missing.xml"]).refused();
    assert!(message.contains("can't read this file (argument 3): "), "{message}");
    let message = request(["update", "--realm-id", "14", "-"]).stdin(changed).refused();
    assert!(message.contains("missing --credential-id"), "{message}");
    // If one of several files is wrong, nothing is printed.
    let directory = directory();
    fs::write(directory.path().join("a.xml"), &xml).expect("it is written");
    fs::write(directory.path().join("b.xml"), "").expect("it is written");
    let run = request(["create", "a.xml", "b.xml"]).directory(directory.path());
    assert!(run.refused().contains("error: \"b.xml\": empty"));
}

/// A document of exactly this many bytes.
fn document_of(len: usize, filler: &str) -> String {
    let entry = "<SipCredential><UserName>a</UserName><Hash1>x</Hash1></SipCredential>";
    let start = format!("<SipCredentials>{entry}<!--");
    let end = "--></SipCredentials>";
    let filler = filler.repeat(len).chars().take(len - start.len() - end.len()).collect::<String>();
    format!("{start}{filler}{end}")
}

#[test]
fn standard_input_has_a_limit() {
    let run = |document: String| request(["create"]).stdin(document);
    run(document_of(64 * 1024, "x")).clean();
    // With as many escapes as ordinary documents have.
    run(document_of(64 * 1024, "\n         ")).clean();
    for long in [document_of(64 * 1024 + 1, "x"), document_of(64 * 1024, "\"\n")] {
        let message = run(long).refused();
        assert!(message.contains("(64 KiB): write it to a file, and pass that"), "{message}");
    }
}

#[test]
fn tokens() {
    let run = |token: &str| request(["realms"]).env("BW_ACCESS_TOKEN", token);
    let expected = run("eyJ.0-_~+/=").clean();
    for answer in [
        "{\"access_token\":\"eyJ.0-_~+/=\",\"expires_in\":3600}",
        " {\n \"token_type\": \"Bearer\", \"access_token\": \"eyJ.0-_~+\\/=\" }\r\n",
        "eyJ.0-_~+/=\r\n",
    ] {
        assert_eq!(run(answer).clean(), expected);
    }
    for (token, problem) in [
        ("", "missing BW_ACCESS_TOKEN"),
        (
            "{\"error\":\"invalid_client\",\"x\":\"s3cret\"}",
            "failed (invalid_client): check BW_CLIENT_ID",
        ),
        ("{\"error\":\"S3CRET s3cret\"}", "failed (it has no access_token)"),
        ("{\"errors\":[{\"description\":\"s3cret\"}]}", "failed (it has no access_token)"),
        ("{\"access_token\":\"s3cret", "JSON, but not a whole answer"),
        ("<html>s3cret</html>", "neither a token nor the JSON that contains one"),
        ("s3cret\"\nurl = \"x", "neither a token nor the JSON"),
        ("{\"access_token\":\"s3cret\\nx\"}", "neither a token nor the JSON"),
        ("{\"access_token\":7}", "JSON, but not a whole answer"),
        ("{\"access_token\":\"\"}", "neither a token nor the JSON"),
    ] {
        let message = run(token).refused();
        assert!(message.contains(problem) && !message.contains("s3cret"), "{token}: {message}");
    }
}

#[test]
fn flags_and_ids() {
    let refused = |arguments: &[&str]| request(arguments).stdin(document("xml")).refused();
    assert!(refused(&["list"]).contains("missing --realm-id <ID>"));
    assert!(refused(&["delete"]).contains("missing --realm-id <ID>, --credential-id <ID>"));
    for (arguments, flag, others) in [
        (&["token", "--realm-id", "14"][..], "--realm-id", "list, create, update or delete"),
        (&["create", "--page", "2"], "--page", "list"),
        (&["create", "--credential-id", "2"], "--credential-id", "update or delete"),
        (&["realms", "file.xml"], "FILE", "create or update"),
    ] {
        let message = refused(arguments);
        let (request, end) = (arguments[0], format!("use {others}\n"));
        let expected = format!("{flag}: the request {request} does not support it: {end}");
        assert!(message.ends_with(&expected), "{message}");
    }
    for id in ["", "x", "14a", "-1", "1/2", "１４"] {
        let message = refused(&["list", &format!("--realm-id={id}")]);
        assert!(message.contains("--realm-id <ID>: not a number"), "{id}: {message}");
    }
    for account in ["acme", "99/../8"] {
        let message = request(["realms"]).env("BW_ACCOUNT_ID", account).refused();
        assert!(message.contains("BW_ACCOUNT_ID: not a number"), "{message}");
    }
    assert!(
        request(["realms"]).env("BW_ACCOUNT_ID", "").refused().contains("missing BW_ACCOUNT_ID")
    );
    assert!(refused(&["realms", "--api-url", "x"]).contains("--api-url: not a URL"));
    let message = refused(&["post"]);
    assert!(
        message.contains("use one of token, realms, list, create, update, delete"),
        "{message}"
    );
}

/// Real curl, against a stand-in of Bandwidth's API on loopback.
#[cfg(unix)]
mod with_curl {
    use std::collections::HashSet;
    use std::io::Write as _;
    use std::process::{Command, Output, Stdio};

    use tempfile::TempDir;

    use super::*;
    use crate::support::bandwidth::{
        ACCOUNT_ID, Bandwidth, CLIENT_ID, CLIENT_SECRET, REALM_ID, Stored,
    };
    use crate::support::md5sum;
    use crate::support::server::certificate_authority;

    /// A stand-in, and a directory with documents.
    struct Api {
        bandwidth: Bandwidth,
        directory: TempDir,
        token: String,
    }

    impl Api {
        /// Starts the stand-in, and requests a token.
        fn start(credentials: Vec<Stored>) -> Api {
            let bandwidth = Bandwidth::start(credentials);
            let directory = directory();
            let authority = directory.path().join("authority.pem");
            fs::write(&authority, certificate_authority()).expect("the file is written");
            let mut api = Api { bandwidth, directory, token: String::new() };
            let answer = api.send(&["token"]);
            assert!(answer.status.success(), "{answer:?}");
            // The whole answer takes the place of the token.
            api.token = String::from_utf8(answer.stdout).expect("JSON");
            api
        }

        /// Pipes the configuration of a request into curl.
        fn send(&self, arguments: &[&str]) -> Output {
            let run = request(arguments).directory(self.directory.path());
            let run = run.env("BW_CLIENT_ID", CLIENT_ID).env("BW_CLIENT_SECRET", CLIENT_SECRET);
            let run = run.env("BW_ACCOUNT_ID", ACCOUNT_ID).env("BW_ACCESS_TOKEN", &self.token);
            self.curl(&run.clean())
        }

        fn curl(&self, config: &str) -> Output {
            let mut command = Command::new("curl");
            command.args(["--config", "-", "--max-time", "20"]);
            command.env("CURL_CA_BUNDLE", self.directory.path().join("authority.pem"));
            let proxy = format!("http://127.0.0.1:{}", self.bandwidth.server.port);
            command.env("https_proxy", proxy).current_dir(&self.directory).stdin(Stdio::piped());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut curl = command.spawn().expect("curl runs: apt-get install curl");
            let mut stdin = curl.stdin.take().expect("stdin is a pipe");
            stdin.write_all(config.as_bytes()).expect("curl reads");
            drop(stdin);
            curl.wait_with_output().expect("curl ends")
        }

        fn write(&self, name: &str, document: &str) {
            fs::write(self.directory.path().join(name), document).expect("the file is written");
        }
    }

    /// Writes documents of `users`, each with their names as passwords, and returns their names.
    fn split(api: &Api, users: &[String], size: &str) -> Vec<String> {
        let rows: String = users.iter().map(|user| format!("{user},{user}\n")).collect();
        let csv = api.directory.path().join("users.csv");
        fs::write(&csv, format!("username,password\n{rows}")).expect("the file is written");
        let batch = bwsip(["batch", "users.csv", "-f", "xml", "-o", "new.xml", "--split", size]);
        batch
            .args(["-r", crate::support::bandwidth::REALM])
            .directory(api.directory.path())
            .clean();
        let mut names: Vec<_> = crate::support::names(api.directory.path())
            .into_iter()
            .filter(|name| name.starts_with("new-"))
            .collect();
        names.sort();
        names
    }

    fn hash1(username: &str, password: &str) -> String {
        let realm = crate::support::bandwidth::REALM;
        md5sum(format!("{username}:{realm}:{password}").as_bytes()).expect("md5sum of coreutils")
    }

    fn success(output: &Output) -> String {
        assert!(output.status.success() && output.stderr.is_empty(), "{:?}", output.stderr);
        String::from_utf8(output.stdout.clone()).expect("UTF-8")
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn many_are_created_and_listed() {
        let api = Api::start(vec![]);
        let users: Vec<_> = (1..=1001).map(|number| format!("u{number}")).collect();
        let names = split(&api, &users, "400");
        let mut arguments = vec!["create", "--realm-id", REALM_ID];
        arguments.extend(names.iter().map(String::as_str));
        let answers = success(&api.send(&arguments));
        assert_eq!(answers.matches("<SipCredentialsResponse>").count(), 3);
        let stored = api.bandwidth.credentials();
        assert_eq!(
            stored.iter().map(|it| &it.username).collect::<Vec<_>>(),
            users.iter().collect::<Vec<_>>()
        );
        for index in [0, 400, 1000] {
            let Stored { username, hash1: stored, .. } = &stored[index];
            assert_eq!(*stored, hash1(username, username));
        }
        for (page, count) in [("1", 500), ("501", 500), ("1001", 1), ("1002", 0)] {
            let page = success(&api.send(&["list", "--realm-id", REALM_ID, "--page", page]));
            assert_eq!(page.matches("<SipCredential>").count(), count);
        }
        assert!(success(&api.send(&["realms"])).contains("<Id>14</Id>"));
        assert_eq!(api.bandwidth.refusals(), [""; 0]);
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn after_an_interruption_the_rest_can_be_posted() {
        let api = Api::start(vec![]);
        let users: Vec<_> = (1..=5).map(|number| format!("u{number}")).collect();
        let names = split(&api, &users, "2");
        let mut arguments = vec!["create", "--realm-id", REALM_ID];
        arguments.extend(names.iter().map(String::as_str));
        api.bandwidth.interrupt_after(Some(1));
        let answer = api.send(&arguments);
        // curl ends at the first request that fails, with its status.
        assert_eq!(answer.status.code(), Some(22), "{answer:?}");
        assert_eq!(api.bandwidth.api_requests().len(), 2);
        assert_eq!(api.bandwidth.credentials().len(), 2);
        api.bandwidth.interrupt_after(None);
        // Those that exist are errors in an answer of 400, and end it, too.
        let answer = api.send(&arguments);
        assert_eq!(answer.status.code(), Some(22), "{answer:?}");
        arguments.remove(3);
        success(&api.send(&arguments));
        assert_eq!(api.bandwidth.credentials().len(), 5);
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn some_are_created_although_others_exist() {
        let api = Api::start(vec![]);
        split(&api, &["u1".to_owned(), "u2".to_owned()], "5");
        success(&api.send(&["create", "--realm-id", REALM_ID, "new-1.xml"]));
        fs::remove_file(api.directory.path().join("new-1.xml")).expect("it is there");
        split(&api, &["U1".to_owned(), "u3".to_owned()], "5");
        // The status is 201, so later documents are posted.
        let update = hash(["-f", "xml"]).with_password().clean();
        api.write("later.xml", &update);
        let answers =
            success(&api.send(&["create", "--realm-id", REALM_ID, "new-1.xml", "later.xml"]));
        assert!(answers.contains("<ErrorCode>23026</ErrorCode>"), "{answers}");
        let names = api.bandwidth.credentials().into_iter().map(|stored| stored.username);
        assert_eq!(names.collect::<Vec<_>>(), ["u1", "u2", "u3", "sipauthtest"]);
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn credentials_are_changed_and_deleted() {
        let stored = |id: u32, name: &str| Stored {
            id,
            username: name.to_owned(),
            hash1: hash1(name, "old"),
            hash1b: hash1(name, "old"),
            ..Stored::default()
        };
        let api = Api::start(vec![stored(95, "u1"), stored(96, "u2"), stored(97, "u3")]);
        for (id, name) in [(95, "u1"), (97, "u3")] {
            let run = hash(["-f", "update-xml", "--realm-id", REALM_ID, "--app-id", APP_ID]);
            let run = run.env("BWSIP_PASSWORD", name);
            api.write(&format!("update-{id}.xml"), &run.clean());
        }
        let update = ["update", "--realm-id", REALM_ID, "update-95.xml", "update-97.xml"];
        let answers = success(&api.send(&update));
        assert_eq!(answers.matches("<SipCredentialResponse>").count(), 2);
        let changed = api.bandwidth.credentials();
        let sent =
            fs::read_to_string(api.directory.path().join("update-97.xml")).expect("it is there");
        assert!(sent.contains(&changed[2].hash1) && changed[1] == stored(96, "u2"));
        assert_eq!(changed[2].app_id.as_deref(), Some(APP_ID));
        assert_eq!(
            success(&api.send(&["delete", "--realm-id", REALM_ID, "--credential-id", "96"])),
            ""
        );
        let ids = api.bandwidth.credentials().into_iter().map(|stored| stored.id);
        assert_eq!(ids.collect::<Vec<_>>(), [95, 97]);
        // An error has no number, and is printed.
        let answer = api.send(&["delete", "--realm-id", REALM_ID, "--credential-id", "96"]);
        assert_eq!(answer.status.code(), Some(22));
        assert!(String::from_utf8_lossy(&answer.stdout).contains("<Description>no such resource"));
    }

    /// Lists all pages to files. Returns the flags for them.
    fn list(api: &Api) -> Vec<String> {
        let mut flags = vec![];
        for page in 0.. {
            let first = (500 * page + 1).to_string();
            let answer = success(&api.send(&["list", "--realm-id", REALM_ID, "--page", &first]));
            let name = format!("list-{page}.xml");
            api.write(&name, &answer);
            flags.extend(["--xml".to_owned(), name]);
            if answer.matches("<SipCredential>").count() < 500 {
                break;
            }
        }
        flags
    }

    /// Plans what `users.csv` requires, and posts it. Returns the plan, and whether all was posted.
    fn agree(api: &Api) -> (String, bool) {
        let directory = api.directory.path().join("requests");
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).expect("it is created");
        let plan = bwsip(["plan", "users.csv", "-r", crate::support::bandwidth::REALM]);
        let plan = plan.args(["-q", "--realm-id", REALM_ID, "--split", "100", "-o", "requests"]);
        let plan = plan.args(list(api)).directory(api.directory.path()).clean();
        let mut names = crate::support::names(&directory);
        names.sort();
        let names: Vec<_> = names.into_iter().map(|name| format!("requests/{name}")).collect();
        let mut all = true;
        for (kind, prefix) in [("create", "requests/create"), ("update", "requests/update")] {
            let mut arguments = vec![kind, "--realm-id", REALM_ID];
            arguments.extend(names.iter().map(String::as_str).filter(|it| it.starts_with(prefix)));
            all &= arguments.len() == 3 || api.send(&arguments).status.success();
        }
        (plan, all)
    }

    /// Returns the MD5 of each text, as one run of `md5sum` computes them.
    fn md5sums(texts: impl Iterator<Item = String>) -> Vec<String> {
        let directory = directory();
        let mut command = Command::new("md5sum");
        for (index, text) in texts.enumerate() {
            let path = directory.path().join(index.to_string());
            fs::write(&path, text).expect("the file is written");
            command.arg(path);
        }
        let output = command.output().expect("md5sum runs");
        let printed = String::from_utf8(output.stdout).expect("ASCII");
        printed.lines().map(|line| line[..32].to_owned()).collect()
    }

    /// Of 1,200 users, 600 are there: 12 with an old password, one in other letter case. Another
    /// credential is not in the file.
    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn plan_and_request_make_bandwidth_agree_with_a_file() {
        let realm = crate::support::bandwidth::REALM;
        let there: Vec<_> = (1..=600).chain([5001]).collect();
        let name = |id: u32| if id == 7 { "U7".to_owned() } else { format!("u{id}") };
        let password = |id: u32| if id % 50 == 0 { "old".to_owned() } else { name(id) };
        let ids = there.iter().copied();
        let first = ids.clone().map(|id| format!("{}:{realm}:{}", name(id), password(id)));
        let second = ids.map(|id| format!("{}@{realm}:{realm}:{}", name(id), password(id)));
        let hashes = md5sums(first.chain(second));
        let (first, second) = hashes.split_at(there.len());
        let there =
            there.iter().zip(first.iter().zip(second)).map(|(id, (hash1, hash1b))| Stored {
                id: *id,
                username: name(*id),
                hash1: hash1.clone(),
                hash1b: hash1b.clone(),
                ..Stored::default()
            });
        let there: Vec<_> = there.collect();
        let expected = (1..=1200).chain([5001]).map(|id| format!("u{id}:{realm}:u{id}"));
        let expected: HashSet<_> = md5sums(expected).into_iter().collect();
        let rows: String = (1..=1200).map(|id| format!("u{id},u{id}\n")).collect();
        for interruptions in [&[][..], &[0, 1, 8]] {
            let api = Api::start(there.clone());
            api.write("users.csv", &format!("username,password\n{rows}"));
            for count in interruptions {
                api.bandwidth.interrupt_after(Some(*count));
                assert!(!agree(&api).1, "{count}");
                api.bandwidth.interrupt_after(None);
            }
            let (plan, all) = agree(&api);
            assert!(all, "{plan}");
            if interruptions.is_empty() {
                let counts = plan.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
                let counts: Vec<_> = counts.map(|words| words[..2].join(" ")).collect();
                assert_eq!(counts[..3], ["create 600", "change 13", "leave 587"], "{plan}");
            }
            let (plan, _) = agree(&api);
            let nothing_left = "create 0 change 0 leave 1200 not in the file 1 u5001 (id 5001)";
            assert_eq!(plan.split_whitespace().collect::<Vec<_>>().join(" "), nothing_left);
            let stored = api.bandwidth.credentials();
            assert_eq!(stored.len(), 1201);
            let hashes = stored.into_iter().map(|stored| stored.hash1).collect::<HashSet<_>>();
            assert!(hashes == expected);
        }
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn any_name_of_a_file() {
        let api = Api::start(vec![]);
        let names =
            ["a b", "c\"d'e", "f\\g", "{h,i}", "[1-3]", "#j", "%k", "-l", "@m", "n\to", "pä日"];
        for name in names {
            api.write(name, &document("xml").replace("sipauthtest", &format!("u{}", name.len())));
            let answer = api.send(&["create", "--realm-id", REALM_ID, "--", name]);
            assert!(answer.status.code().is_some_and(|code| [0, 22].contains(&code)), "{name}");
        }
        let requests = api.bandwidth.server.requests();
        assert_eq!(requests.len(), 1 + names.len());
        for (name, request) in names.iter().zip(&requests[1..]) {
            let sent = fs::read_to_string(api.directory.path().join(name)).expect("it is there");
            assert_eq!(request.body, sent, "{name}");
        }
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn the_longest_document_on_standard_input() {
        let api = Api::start(vec![]);
        let digest = "0123456789abcdef0123456789abcdef";
        let hashes = format!("<Hash1>{digest}</Hash1><Hash1b>{digest}</Hash1b>");
        let document =
            document_of(64 * 1024 + "<Hash1>x</Hash1>".len() - hashes.len(), "\n         ");
        let document = document.replace("<Hash1>x</Hash1>", &hashes);
        let run = request(["create", "--realm-id", REALM_ID]).stdin(document.clone());
        let run = run.env("BW_ACCOUNT_ID", ACCOUNT_ID).env("BW_ACCESS_TOKEN", &api.token);
        success(&api.curl(&run.clean()));
        let requests = api.bandwidth.server.requests();
        assert_eq!(requests.last().map(|request| request.body.len()), Some(64 * 1024));
    }

    #[test]
    #[ignore = "needs curl: apt-get install curl"]
    fn nothing_is_sent_without_a_configuration_or_its_file() {
        let api = Api::start(vec![]);
        assert_eq!(api.curl("").status.code(), Some(2));
        api.write("credential.xml", &document("xml"));
        let run = request(["create", "--realm-id", REALM_ID, "credential.xml"]);
        let run = run.directory(api.directory.path()).env("BW_ACCESS_TOKEN", &api.token);
        let config = run.clean();
        fs::remove_file(api.directory.path().join("credential.xml")).expect("it is there");
        assert_eq!(api.curl(&config).status.code(), Some(26));
        assert_eq!(api.bandwidth.api_requests(), [""; 0]);
    }
}
