//! The blocks of the README and the guide that post, unchanged, with real curl, against a stand-in on
//! loopback.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::bandwidth::{
    ACCOUNT_ID, Bandwidth, CALL_PROVIDERS, CLIENT_ID, CLIENT_SECRET, REALM, Stored,
};
use crate::support::docs::{Block, Document, Needs, Session, documents};
use crate::support::server::{basic, certificate_authority};
use crate::support::{BWSIP, md5sum, write_program};

/// A SIP password with characters that shells, CSV and XML treat as special.
const PASSWORD: &str = "p\"a\\s's $HOME `id` %s, <w>&d";

/// A session of a reader, and the API that every host name leads to.
struct Posting {
    session: Session,
    bandwidth: Bandwidth,
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").expect("PATH is set");
    std::env::split_paths(&path).map(|it| it.join(program)).find(|path| path.is_file())
}

impl Posting {
    fn new(there: Vec<Stored>) -> Self {
        let bandwidth = Bandwidth::start(there);
        let mut session = Session::new();
        let authority = session.path("authority.pem");
        fs::write(&authority, certificate_authority()).expect("the file is written");
        let variables = [
            ("BW_CLIENT_ID", CLIENT_ID),
            ("BW_CLIENT_SECRET", CLIENT_SECRET),
            ("BW_ACCOUNT_ID", ACCOUNT_ID),
            ("CURL_CA_BUNDLE", authority.to_str().expect("UTF-8")),
            ("https_proxy", &format!("http://127.0.0.1:{}", bandwidth.server.port)),
        ];
        let providers = CALL_PROVIDERS.iter().flat_map(|it| it.variables);
        let variables = variables.iter().chain(providers);
        session.variables =
            variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let posting = Posting { session, bandwidth };
        let curl = find("curl").expect("curl is installed");
        for (name, program) in [("curl", &*curl), ("bwsip", Path::new(BWSIP))] {
            posting.spy(name, &format!("exec '{}' \"$@\"", program.display()));
        }
        // A removed document must have been private.
        posting.spy(
            "rm",
            "for path; do
                case $path in -*) continue ;; esac
                find \"$path\" -type f ! -perm 600 -exec echo 'others can read' {} ';' >&2
            done
            exec /bin/rm \"$@\"",
        );
        posting
    }

    /// Installs a program that logs its arguments and then runs `action`.
    fn spy(&self, name: &str, action: &str) {
        let log = self.session.path("arguments");
        let log = format!("printf '%s\\n' \"{name} $*\" >> '{}'\n{action}", log.display());
        self.session.program(name, &log);
    }

    fn set(&mut self, name: &str, value: &str) {
        self.session.variables.retain(|(there, _)| there != name);
        self.session.variables.push((name.to_owned(), value.to_owned()));
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.session.path("home").join(name)).expect("the file is there")
    }

    /// Runs a script that may fail. Returns whether it succeeds, and all that it prints.
    fn script(&self, shell: &[&str], script: &str) -> (bool, String) {
        let file = self.session.path("script");
        write_program(&file, &format!("exec 2>&1\n{script}"));
        let mut command = self.session.command(shell[0]);
        let output = command.args(&shell[1..]).arg(file).output().expect("the shell runs");
        (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8"))
    }

    /// Returns the problems of a session that printed `printed`: a refused request, a secret where others
    /// can see it, a file that others can read, a temporary file.
    fn problems(&self, printed: &str) -> Vec<String> {
        let mut problems = self.bandwidth.refusals();
        let arguments = fs::read_to_string(self.session.path("arguments")).unwrap_or_default();
        let home = self.session.path("home");
        let secrets = self.secrets();
        for (place, text) in [("the arguments", &*arguments), ("the output", printed)] {
            let found = secrets.iter().filter(|it| text.contains(&***it));
            problems.extend(found.map(|it| format!("{it:?} is in {place}: {text}")));
        }
        for file in files(&home) {
            let name = file.strip_prefix(&home).expect("it is there").display();
            let text = fs::read_to_string(&file).expect("UTF-8");
            let mode = file.metadata().expect("it exists").permissions().mode();
            if secrets.iter().any(|it| text.contains(it)) && mode & 0o777 != 0o600 {
                problems.push(format!("others can read {name}"));
            }
            let tokens = [CLIENT_SECRET.to_owned()].into_iter().chain(self.bandwidth.tokens());
            let found = tokens.filter(|it| text.contains(it));
            problems.extend(found.map(|_| format!("{name} has a secret of the API")));
            if text.contains("<Hash1>") {
                problems.push(format!("{name} has digests"));
            }
        }
        let temporary = files(&self.session.path("tmp"));
        problems.extend(temporary.iter().map(|it| format!("temporary: {}", it.display())));
        problems
    }

    /// Returns all secrets, each in every form in which it is passed on.
    fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![CLIENT_SECRET.to_owned(), PASSWORD.to_owned()];
        secrets.push(basic(CLIENT_ID, CLIENT_SECRET)["Basic ".len()..].to_owned());
        secrets.extend(CALL_PROVIDERS.iter().map(|it| it.secret().to_owned()));
        secrets.extend(self.bandwidth.tokens());
        for stored in self.bandwidth.credentials() {
            secrets.extend([stored.hash1, stored.hash1b]);
        }
        for file in files(&self.session.path("home")) {
            let text = fs::read_to_string(file).expect("UTF-8");
            // Generated passwords.
            let words = text.split(|c: char| !c.is_ascii_alphanumeric());
            secrets.extend(words.filter(|it| it.len() == 22).map(str::to_owned));
        }
        let escaped = |secret: &String| secret.replace('\\', "\\\\").replace('"', "\\\"");
        let escaped: Vec<_> = secrets.iter().map(escaped).collect();
        secrets.extend(escaped);
        secrets
    }

    /// Checks that Bandwidth has these credentials and no others.
    #[track_caller]
    fn assert_stored(&self, expected: &[(&str, &str)]) {
        let stored = self.bandwidth.credentials().into_iter();
        let mut stored: Vec<_> = stored.map(|it| (it.username, it.hash1, it.hash1b)).collect();
        let digests = expected.iter().map(|(username, password)| {
            let (hash1, hash1b) = digests(username, password);
            ((*username).to_owned(), hash1, hash1b)
        });
        let mut digests: Vec<_> = digests.collect();
        stored.sort();
        digests.sort();
        assert_eq!(stored, digests);
    }

    /// Returns usernames and passwords of a CSV file that `--password-out` wrote.
    fn passwords(&self, name: &str) -> Vec<(String, String)> {
        let text = self.file(name);
        let rows = text.lines().skip(1).map(|row| {
            let cells: Vec<_> = row.split(',').collect();
            let password = cells.last().expect("it is not empty");
            (cells[0].to_owned(), (*password).to_owned())
        });
        rows.collect()
    }
}

/// Returns the files in a directory and in those below it.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(directory).expect("it exists") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Returns Hash1 and Hash1b as md5sum computes them.
fn digests(username: &str, password: &str) -> (String, String) {
    let md5 = |text: String| md5sum(text.as_bytes()).expect("md5sum, of Debian's coreutils");
    (
        md5(format!("{username}:{REALM}:{password}")),
        md5(format!("{username}@{REALM}:{REALM}:{password}")),
    )
}

/// Returns the blocks of a document that a shell can run.
fn blocks(document: &Document) -> Vec<Block> {
    let mut blocks = document.blocks();
    blocks.retain(|it| it.language == "sh" && it.needs != Needs::More);
    blocks
}

fn document(path: &str) -> Document {
    Document::read(path.into())
}

/// Every document with such blocks is one session, in dash and in bash.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn every_block_that_posts() {
    let mut count = 0;
    for document in documents() {
        let blocks = blocks(&document);
        if blocks.iter().all(|it| it.needs == Needs::Nothing) {
            continue;
        }
        for shell in ["sh", "bash"] {
            let mut posting = Posting::new(vec![]);
            if document.path == Path::new("src/guide/posting.md") {
                PASSWORD.clone_into(&mut posting.session.typed);
            }
            let printed = posting.session.run(shell, &document, &blocks);
            match document.path.to_str().expect("UTF-8") {
                "README.md" => posting.check_readme(),
                "src/guide/posting.md" => {
                    let problems = posting.problems(&printed);
                    assert!(problems.is_empty(), "{shell}: {}", problems.join("\n"));
                    posting.check_guide();
                }
                "src/guide/providers.md" => posting.check_calls(),
                other => panic!("what is Bandwidth expected to have after {other}?"),
            }
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

impl Posting {
    fn check_readme(&self) {
        assert_eq!(self.bandwidth.refusals(), [""; 0]);
        let password = self.file("phone1.txt");
        let passwords = self.passwords("passwords.csv");
        let mut expected: Vec<_> = passwords.iter().map(|(name, it)| (&**name, &**it)).collect();
        expected.push(("phone1", password.trim_end()));
        self.assert_stored(&expected);
        let calls = self.bandwidth.calls();
        assert_eq!(calls.len(), 1);
        assert!(calls[0].body.contains(&format!("SipAuthPassword={}", password.trim_end())));
    }

    fn check_guide(&self) {
        let passwords = self.passwords("rotated.csv");
        let old = self.passwords("passwords.csv");
        assert!(passwords.iter().zip(&old).all(|(new, old)| new.0 == old.0 && new.1 != old.1));
        let mut expected: Vec<_> = passwords.iter().map(|(name, it)| (&**name, &**it)).collect();
        expected.extend([("alice", "three"), ("bob", "two"), ("carol", "four")]);
        self.assert_stored(&expected);
    }

    /// Checks that each provider got a call, with the right password.
    fn check_calls(&self) {
        assert_eq!(self.bandwidth.refusals(), [""; 0]);
        let calls = self.bandwidth.calls();
        assert_eq!(calls.len(), CALL_PROVIDERS.len());
        for call in calls {
            let field = |name: &str| match serde_json::from_str::<serde_json::Value>(&call.body) {
                Ok(fields) => fields[name].as_str().expect("a string").to_owned(),
                Err(_) => {
                    let value = call.form().into_iter().find(|(field, _)| field == name);
                    String::from_utf8(value.expect("the field is there").1).expect("UTF-8")
                }
            };
            assert_eq!(field("SipAuthPassword"), self.session.typed);
            assert_eq!(field("SipAuthUsername"), "sipauthtest");
            let to = field("To");
            assert_eq!(
                to.trim_end_matches(";transport=udp"),
                format!("sip:+17778889999@{REALM}:5006")
            );
        }
    }
}

/// Returns the script of a GitHub Actions step, without its indentation, and the variables that it declares.
fn step(part: &str) -> (String, Vec<(String, String)>) {
    let blocks = document("src/guide/posting.md").blocks().into_iter();
    let blocks: Vec<_> =
        blocks.filter(|it| it.language == "yaml" && it.text.contains(part)).collect();
    let [block] = &blocks[..] else { panic!("{} blocks with {part}", blocks.len()) };
    let (head, script) = block.text.split_once("run: |\n").expect("it has a script");
    let (_, variables) = head.split_once("env:\n").expect("it has variables");
    let variables = variables.lines().filter_map(|line| line.trim().split_once(": "));
    let variables = variables.map(|(name, value)| {
        let value = match value {
            "${{ secrets.BW_CLIENT_ID }}" => CLIENT_ID,
            "${{ secrets.BW_CLIENT_SECRET }}" => CLIENT_SECRET,
            "${{ secrets.SIP_PASSWORD }}" => PASSWORD,
            "${{ secrets.SIP_USERS }}" => USERS,
            "${{ vars.BW_ACCOUNT_ID }}" => ACCOUNT_ID,
            plain => plain,
        };
        assert!(!value.contains("${{"), "{value}");
        (name.to_owned(), value.to_owned())
    });
    let variables = variables.collect();
    let indentation = script.len() - script.trim_start().len();
    let lines = script.lines().map(|line| line.get(indentation..).unwrap_or_default());
    (lines.map(|line| line.to_owned() + "\n").collect(), variables)
}

/// The file of the nightly job: a secret of the repository, without a line ending at its end.
const USERS: &str = "username,password\nalice,one\nbob,two";

/// How GitHub Actions runs a step with `shell: bash`.
const STEP_SHELL: [&str; 5] = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];

impl Posting {
    /// Runs a step. Returns whether it succeeds, and what it prints.
    fn step(&mut self, part: &str) -> (bool, String) {
        let (script, variables) = step(part);
        self.set("GITHUB_ENV", self.session.path("github-env").to_str().expect("UTF-8"));
        for (name, value) in variables {
            self.set(&name, &value);
        }
        self.script(&STEP_SHELL, &script)
    }
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_step_creates_a_credential() {
    let mut posting = Posting::new(vec![]);
    let (success, printed) = posting.step("- name: Create the SIP credential");
    assert!(success, "{printed}");
    assert_eq!(posting.problems(&printed), [""; 0]);
    posting.assert_stored(&[("sipauthtest", PASSWORD)]);
    // Bandwidth's error about an existing username contains digests.
    let (success, printed) = posting.step("- name: Create the SIP credential");
    assert!(!success && printed.contains("23026"), "{printed}");
    assert_eq!(posting.problems(&printed), [""; 0]);
}

/// The step passes the digests to later steps, and keeps them out of the log.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_step_masks_the_digests() {
    let mut posting = Posting::new(vec![]);
    let (success, printed) = posting.step("- name: Hash the SIP password");
    let (hash1, hash1b) = digests("sipauthtest", PASSWORD);
    // GitHub hides these lines, and masks the values in the rest of the log.
    assert_eq!(printed, format!("::add-mask::{hash1}\n::add-mask::{hash1b}\n"));
    assert!(success);
    let exported = fs::read_to_string(posting.session.path("github-env")).expect("it exists");
    assert_eq!(exported, format!("HASH1={hash1}\nHASH1B={hash1b}\n"));
    let arguments = fs::read_to_string(posting.session.path("arguments")).expect("it exists");
    assert!(!arguments.contains(&hash1) && !arguments.contains(PASSWORD));
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_nightly_job_makes_bandwidth_agree_with_the_file() {
    const JOB: &str = "- name: Make Bandwidth agree with the file";
    let stored = |id: u32, username: &str, password: &str| {
        let (hash1, hash1b) = digests(username, password);
        Stored { id, username: username.to_owned(), hash1, hash1b, ..Stored::default() }
    };
    let mut posting = Posting::new(vec![stored(95, "alice", "old"), stored(97, "dave", "six")]);
    let agreed = [("alice", "one"), ("bob", "two"), ("dave", "six")];

    // Interrupted between the two requests, it fails. The next night, it does the rest.
    posting.bandwidth.interrupt_after(Some(1));
    let (success, printed) = posting.step(JOB);
    assert!(!success, "{printed}");
    posting.assert_stored(&[("alice", "old"), ("bob", "two"), ("dave", "six")]);
    posting.bandwidth.interrupt_after(None);
    let (success, printed) = posting.step(JOB);
    assert!(success && printed.contains("change           1  alice (line 2, id 95)"), "{printed}");
    posting.assert_stored(&agreed);

    let requests = posting.bandwidth.api_requests().len();
    assert_eq!(posting.step(JOB), (true, String::new()));
    posting.assert_stored(&agreed);
    assert_eq!(posting.bandwidth.api_requests().len(), requests + 1);

    let mut problems = posting.problems("");
    // Those of the interruption.
    problems.retain(|it| !it.ends_with(": 503: try later"));
    assert_eq!(problems, [""; 0]);
}

/// The blocks of the guide that log in, choose the realm and create one credential, as one script.
fn create_one() -> String {
    let blocks = blocks(&document("src/guide/posting.md")).into_iter().map(|it| it.text);
    let wanted =
        ["export BW_ACCESS_TOKEN", "export BWSIP_REALM", "bwsip hash -u sipauthtest -f xml"];
    let found: Vec<_> =
        blocks.filter(|text| wanted.iter().any(|start| text.starts_with(start))).collect();
    assert_eq!(found.len(), wanted.len());
    "set -e\n".to_owned() + &found.concat()
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn without_a_token_nothing_is_posted() {
    for (name, value, message) in [
        ("BW_CLIENT_SECRET", "wrong", "the token request failed (invalid_client)"),
        ("BW_CLIENT_SECRET", "", "missing BW_CLIENT_SECRET"),
        ("BW_ACCOUNT_ID", "", "missing BW_ACCOUNT_ID"),
        // A step before the request fails.
        ("BWSIP_PASSWORD", "", "the password is empty"),
    ] {
        for shell in ["sh", "bash"] {
            let mut posting = Posting::new(vec![]);
            posting.set("BWSIP_PASSWORD", PASSWORD);
            posting.set(name, value);
            let (success, printed) = posting.script(&[shell], &create_one());
            assert!(!success && printed.contains(message), "{printed}");
            assert_eq!(posting.bandwidth.api_requests(), [""; 0]);
        }
    }
}

/// Breaks the way to create a credential in ways that the checks of a session must notice.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn mistakes_are_found() {
    let mistakes = [
        ("$(bwsip request token | curl --config -)", "", "missing BW_ACCESS_TOKEN"),
        ("$(bwsip request token | curl --config -)", "x", "not a Bearer token"),
        ("export BW", "BW", "missing BW_ACCESS_TOKEN"),
        ("--realm-id 14", "", "no such resource"),
        ("--realm-id 14", "--realm-id 15", "no such resource"),
        ("--realm-id 14", "--realm-id 14 --account-id 7", "not the account's path"),
        (
            "--realm-id 14",
            "--realm-id 14 --api-url https://dashboard.bandwidth.com",
            "no such host",
        ),
        ("-f xml", "-f xml --with-realm", "unexpected element Realm"),
        ("-f xml", "-f json", "JSON, not XML"),
        ("-f xml", "-f update-xml --realm-id 14", "SipCredential"),
        ("create --realm-id 14", "update --realm-id 15 --credential-id 1", "SipCredential"),
        ("14 |\n    curl", "14 | curl --oauth2-bearer \"$BW_ACCESS_TOKEN\"", "is in the arguments"),
        ("14 |\n    curl --config -", "14 > c; curl --config c", "c has a secret of the API"),
        ("| bwsip verify -u sipauthtest --xml -", "", "is in the output"),
        ("| bwsip verify -u sipauthtest --xml -", "> answer.xml", "others can read answer.xml"),
        ("| bwsip verify -u sipauthtest --xml -", "> answer.xml; rm answer.xml", "others can read"),
    ];
    for (from, to, expected) in mistakes {
        let right = create_one();
        let wrong = right.replace(from, to);
        assert_ne!(wrong, right, "{from}");
        let mut posting = Posting::new(vec![]);
        posting.set("BWSIP_PASSWORD", PASSWORD);
        let (_, printed) = posting.script(&["sh"], &wrong);
        let mut problems = posting.problems(&printed);
        problems.push(printed);
        assert!(problems.iter().any(|it| it.contains(expected)), "{from}: {problems:?}");
    }
}

/// The line that reads the client secret keeps every character.
#[test]
fn the_client_secret_is_read_without_echo() {
    let blocks = document("src/guide/posting.md").blocks().into_iter();
    let line = blocks.map(|it| it.text).find(|it| it.starts_with("stty -echo; "));
    let line = line.expect("the block is there");
    for shell in ["sh", "bash"].iter().filter_map(|shell| find(shell)) {
        let mut command = Command::new(shell);
        command
            .args(["-c", &format!("{}; printf '\\n[%s]\\n' \"$BW_CLIENT_SECRET\"", line.trim())]);
        let mut session = rexpect::session::spawn_command(command, Some(10_000)).expect("it runs");
        session.exp_string("Client secret: ").expect("the prompt is shown");
        session.send_line(CLIENT_SECRET).expect("the terminal accepts input");
        let before =
            session.exp_string(&format!("[{CLIENT_SECRET}]")).expect("the secret is unchanged");
        assert_eq!(before.trim(), "");
    }
}
