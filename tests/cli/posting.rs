//! The README's blocks that post, unchanged, with real curl, against a stand-in on loopback.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::bandwidth::{
    ACCOUNT_ID, Bandwidth, CLIENT_ID, CLIENT_SECRET, REALM, REALM_ID, Stored, TWILIO_ACCOUNT_SID,
    TWILIO_API_KEY, TWILIO_API_SECRET,
};
use crate::support::readme::{README, all_blocks};
use crate::support::server::{basic, certificate_authority};
use crate::support::{BWSIP, directory, md5sum, write_program};

/// A SIP password with characters that shells, CSV and XML treat as special.
const PASSWORD: &str = "p\"a\\s's $HOME `id` %s, <w>&d";

/// The id of the credential that exists before a block runs.
const CREDENTIAL_ID: &str = "870880";

/// A block that posts, and its expected effects.
struct Block {
    /// Text that only this block contains.
    part: &'static str,
    /// Requests to Bandwidth's API in order, as `METHOD PATH`, without the account.
    requests: &'static [&'static str],
    /// The files that it leaves.
    files: &'static [&'static str],
    /// Whether the credential exists before it runs.
    exists: bool,
    /// The file that it writes a new password to.
    password_file: Option<&'static str>,
    /// Its output.
    prints: &'static str,
    /// A part of each line of its errors.
    warns: &'static str,
}

const LIST: &str = "GET /realms/14/sipcredentials?page=1&size=500";
const CREATE: &str = "POST /realms/14/sipcredentials";
const OK: &str = "Hash1:  ok\nHash1b: ok\n";

const DEFAULT: Block = Block {
    part: "",
    requests: &[],
    files: &[],
    exists: false,
    password_file: None,
    prints: "",
    warns: "no line has this",
};

/// Every block of the README that posts, in order.
const BLOCKS: [Block; 10] = [
    Block {
        part: "bwsip request realms",
        requests: &["GET /realms?page=1&size=500"],
        prints: "ID  REALM                           STATUS  DEFAULT\n\
            14  vapi-3efeaa.auth.bandwidth.com  ACTIVE  true\n1 realm\n",
        ..DEFAULT
    },
    Block {
        part: "nslookup",
        requests: &[CREATE],
        files: &["credential.xml", "sip-password.txt"],
        password_file: Some("sip-password.txt"),
        prints: "Hash1:  ok\nHash1b: ok\nservice = 10 10 5006 bridge.example.\n{\"sid\":\"CA1\"}",
        ..DEFAULT
    },
    Block {
        part: "bwsip hash -u sipauthtest --format xml |",
        requests: &[CREATE],
        prints: OK,
        ..DEFAULT
    },
    Block { part: "bwsip batch users.csv", requests: &[CREATE], prints: OK, ..DEFAULT },
    Block {
        part: "bwsip request list",
        requests: &[LIST, LIST],
        exists: true,
        prints: "ID      USERNAME     REALM\n\
            870880  sipauthtest  vapi-3efeaa.auth.bandwidth.com\n1 credential\n\
            Hash1:  ok\nHash1b: ok\n",
        ..DEFAULT
    },
    Block {
        part: "bwsip request update",
        requests: &["PUT /realms/14/sipcredentials/870880"],
        files: &["new-password.txt"],
        exists: true,
        password_file: Some("new-password.txt"),
        prints: OK,
        ..DEFAULT
    },
    Block {
        part: "bwsip request delete",
        requests: &["DELETE /realms/14/sipcredentials/870880"],
        exists: true,
        ..DEFAULT
    },
    Block { part: "- name: Create the SIP credential", requests: &[CREATE], prints: OK, ..DEFAULT },
    Block {
        part: "-u sipauthtest -f curl | curl --config -",
        prints: "{\"sid\":\"CA1\"}",
        // The password has a space.
        warns: "warning: the password has characters that the provider may refuse",
        ..DEFAULT
    },
    Block {
        part: "new-*.xml",
        requests: &[CREATE, CREATE, CREATE],
        files: &["answer.xml", "new-1.xml", "new-2.xml", "new-3.xml", "passwords.csv"],
        prints: "matching: 201\n",
        ..DEFAULT
    },
];

/// Returns the README's blocks that run curl, each with its language.
fn posting_blocks() -> Vec<(&'static str, &'static str)> {
    let posts = |block: &str| block.contains("curl --config -");
    all_blocks().into_iter().filter(|(_, block)| posts(block)).collect()
}

/// Returns the script of a block of sh, after the line that requests a token.
fn script(block: &str) -> String {
    let (token, _) = posting_blocks()[0].1.split_once('\n').expect("the block has two commands");
    match block.strip_prefix(token) {
        Some(rest) => format!("set -e\n{token}{rest}"),
        None => format!("set -e\n{token}\n{block}"),
    }
}

/// The effects of a run.
struct Outcome {
    success: bool,
    printed: String,
    errors: String,
    arguments: String,
    bandwidth: Bandwidth,
    /// The parent of its home directory, deleted with the outcome.
    root: TempDir,
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").expect("PATH is set");
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|path| path.is_file())
}

/// Runs `script` in a home directory of its own, where every host name leads to the stand-in. It finds
/// only the programs that the README names, whose arguments are logged.
fn run(shell: &[&str], script: &str, variables: &[(String, String)], exists: bool) -> Outcome {
    let mut there = Vec::new();
    if exists {
        let (hash1, hash1b) = digests("sipauthtest", PASSWORD);
        let id = CREDENTIAL_ID.parse().expect("a number");
        let username = "sipauthtest".to_owned();
        there.push(Stored { id, username, hash1, hash1b, ..Stored::default() });
    }
    let bandwidth = Bandwidth::start(there);

    let root = directory();
    let at = |name: &str| root.path().join(name);
    for directory in ["home", "tmp", "programs"] {
        fs::create_dir(at(directory)).expect("the directory is created");
    }
    fs::write(at("authority.pem"), certificate_authority()).expect("the file is written");
    let users = "username,domain,password\nsipauthtest,,secret\nbob,somewhere.com,";
    let quoted = PASSWORD.replace('"', "\"\"");
    fs::write(at("home/users.csv"), format!("{users}\"{quoted}\"\n")).expect("the file is written");
    let phones = (1..=201).map(|number| format!("ext{number}\n")).collect::<String>();
    fs::write(at("home/phones.csv"), format!("Username\n{phones}")).expect("the file is written");
    fs::write(at("script"), script).expect("the file is written");
    let bwsip = Path::new(BWSIP).to_owned();
    // A removed file must have been private.
    let remove = "for file; do
        case $(/bin/ls -l \"$file\") in -rw-------*) ;; *) echo \"others can read $file\" >&2 ;; esac
    done
    exec /bin/rm \"$@\"";
    spy(&root, "rm", remove);
    let programs = ["curl"].into_iter();
    let programs = programs.map(|name| (name, find(name).unwrap_or_else(|| panic!("no {name}"))));
    for (name, path) in programs.chain([("bwsip", bwsip)]) {
        spy(&root, name, &format!("exec '{}' \"$@\"", path.display()));
    }
    spy(&root, "nslookup", "echo 'service = 10 10 5006 bridge.example.'");

    let output = Command::new(find(shell[0]).expect("the shell is there"))
        .args(&shell[1..])
        .arg(at("script"))
        .env_clear()
        .env("PATH", at("programs"))
        .env("HOME", at("home"))
        .env("TMPDIR", at("tmp"))
        .env("GITHUB_ENV", at("github-env"))
        .env("CURL_CA_BUNDLE", at("authority.pem"))
        .env("https_proxy", format!("http://127.0.0.1:{}", bandwidth.server.port))
        .envs(variables.iter().cloned())
        .current_dir(at("home"))
        .stdin(Stdio::null())
        .output()
        .expect("the shell runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Outcome {
        success: output.status.success(),
        printed: text(output.stdout),
        errors: text(output.stderr),
        arguments: fs::read_to_string(at("arguments")).unwrap_or_default(),
        bandwidth,
        root,
    }
}

/// Installs a program that logs its arguments and then runs `action`.
fn spy(root: &TempDir, name: &str, action: &str) {
    let arguments = root.path().join("arguments");
    let script =
        format!("#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> '{}'\n{action}\n", arguments.display());
    write_program(&root.path().join("programs").join(name), &script);
}

/// Returns Hash1 and Hash1b as md5sum computes them.
fn digests(composite_username: &str, password: &str) -> (String, String) {
    let md5 = |text: String| md5sum(text.as_bytes()).expect("md5sum, of Debian's coreutils");
    (
        md5(format!("{composite_username}:{REALM}:{password}")),
        md5(format!("{composite_username}@{REALM}:{REALM}:{password}")),
    )
}

/// Returns the variables that the README says to set, and those that replace typed input.
fn variables() -> Vec<(String, String)> {
    let variables = [
        ("BW_CLIENT_ID", CLIENT_ID),
        ("BW_CLIENT_SECRET", CLIENT_SECRET),
        ("BW_ACCOUNT_ID", ACCOUNT_ID),
        ("REALM_ID", REALM_ID),
        ("CREDENTIAL_ID", CREDENTIAL_ID),
        ("BWSIP_REALM", REALM),
        ("BWSIP_PASSWORD", PASSWORD),
        ("TWILIO_ACCOUNT_SID", TWILIO_ACCOUNT_SID),
        ("TWILIO_API_KEY", TWILIO_API_KEY),
        ("TWILIO_API_SECRET", TWILIO_API_SECRET),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Returns the script of a GitHub Actions step, and the variables that it declares.
fn step(block: &str) -> (String, Vec<(String, String)>) {
    let (head, script) = block.split_once("  run: |\n").expect("it has a script");
    let (_, env) = head.split_once("  env:\n").expect("it has variables");
    let variables = env.lines().map(|line| {
        let (name, value) = line.trim().split_once(": ").expect("a variable");
        let value = match value {
            "${{ secrets.BW_CLIENT_ID }}" => CLIENT_ID,
            "${{ secrets.BW_CLIENT_SECRET }}" => CLIENT_SECRET,
            "${{ secrets.SIP_PASSWORD }}" => PASSWORD,
            "${{ vars.BW_ACCOUNT_ID }}" => ACCOUNT_ID,
            "${{ vars.BW_REALM_ID }}" => REALM_ID,
            plain => plain,
        };
        assert!(!value.contains("${{"), "{value}");
        (name.to_owned(), value.to_owned())
    });
    (format!("\n{script}").replace("\n    ", "\n"), variables.collect())
}

impl Outcome {
    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.root.path().join("home").join(name)).expect("the file is there")
    }

    /// Returns all secrets, each in every form in which it is passed on.
    fn secrets(&self, block: &Block) -> Vec<String> {
        let mut secrets = vec![CLIENT_SECRET.to_owned(), TWILIO_API_SECRET.to_owned()];
        secrets.push(basic(CLIENT_ID, CLIENT_SECRET)["Basic ".len()..].to_owned());
        secrets.push(PASSWORD.to_owned());
        secrets.extend(self.bandwidth.tokens());
        for stored in self.bandwidth.credentials() {
            secrets.extend([stored.hash1, stored.hash1b]);
        }
        if let Some(file) = block.password_file {
            secrets.push(self.file(file).trim_end().to_owned());
        }
        let escaped = |secret: &String| secret.replace('\\', "\\\\").replace('"', "\\\"");
        let escaped: Vec<_> = secrets.iter().map(escaped).collect();
        secrets.extend(escaped);
        secrets
    }

    /// Returns the problems of a run of `block`.
    fn problems(&self, block: &Block) -> Vec<String> {
        let mut problems = self.bandwidth.refusals();
        let mut require = |condition: bool, problem: String| {
            if !condition {
                problems.push(problem);
            }
        };
        require(self.success, format!("it failed: {}", self.errors));
        let is_expected = self.errors.lines().all(|line| line.contains(block.warns));
        require(is_expected, format!("errors: {}", self.errors));
        require(self.printed == block.prints, format!("it printed {:?}", self.printed));

        let path = format!("/api/v2/accounts/{ACCOUNT_ID}");
        let requests = self.bandwidth.api_requests().into_iter();
        let requests: Vec<_> = requests.map(|request| request.replace(&path, "")).collect();
        require(requests == block.requests, format!("requests: {requests:?}"));

        let secrets = self.secrets(block);
        let shows = |text: &str| secrets.iter().any(|secret| text.contains(secret));
        require(!shows(&self.arguments), format!("a secret in arguments: {}", self.arguments));
        require(!shows(&self.printed) && !shows(&self.errors), "a secret in the output".to_owned());

        let home = self.root.path().join("home");
        let mut files = Vec::new();
        for entry in fs::read_dir(&home).expect("it exists") {
            let entry = entry.expect("it can be read");
            let name = entry.file_name().into_string().expect("UTF-8");
            if ["phones.csv", "users.csv"].contains(&name.as_str()) {
                continue;
            }
            let mode = entry.metadata().expect("it exists").permissions().mode();
            require(mode & 0o777 == 0o600, format!("others can read {name}"));
            let text = self.file(&name);
            for secret in [CLIENT_SECRET.to_owned()].into_iter().chain(self.bandwidth.tokens()) {
                require(!text.contains(&secret), format!("{name} contains a secret of the API"));
            }
            files.push(name);
        }
        files.sort();
        require(files == block.files, format!("it left {files:?}"));
        let temporary = fs::read_dir(self.root.path().join("tmp")).expect("it exists").count();
        require(temporary == 0, "it left temporary files".to_owned());

        let password = block.password_file.map(|file| self.file(file).trim_end().to_owned());
        let password = password.unwrap_or_else(|| PASSWORD.to_owned());
        for stored in self.bandwidth.credentials() {
            let (composite, password) = match &stored.domain {
                Some(domain) => (format!("{}@{domain}", stored.username), &password),
                None if files.contains(&"passwords.csv".to_owned()) => {
                    let passwords = self.file("passwords.csv");
                    let row = format!("{},,{REALM},", stored.username);
                    let found = passwords.lines().find_map(|line| line.strip_prefix(&row));
                    (stored.username.clone(), &found.expect("it was generated").to_owned())
                }
                None if self.arguments.contains("bwsip batch") => {
                    (stored.username.clone(), &"secret".to_owned())
                }
                None => (stored.username.clone(), &password),
            };
            let hashes = (stored.hash1, stored.hash1b);
            require(hashes == digests(&composite, password), format!("hashes of {composite}"));
        }
        problems
    }
}

/// Runs every block in dash and in bash. Fails for a block that posts and is not in the table.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn every_block_that_posts() {
    let blocks = posting_blocks();
    assert_eq!(blocks.len(), BLOCKS.len(), "{blocks:?}");
    for ((language, text), block) in blocks.into_iter().zip(&BLOCKS) {
        assert!(text.contains(block.part), "{} expected, but there is {text}", block.part);
        let (script, variables) = match language {
            "sh" => (script(text), variables()),
            "yaml" => step(text),
            _ => panic!("{language}: {text}"),
        };
        let shells: &[&[&str]] = match language {
            "yaml" => &[&["bash", "--noprofile", "--norc", "-eo", "pipefail"]],
            _ => &[&["sh"], &["bash"]],
        };
        for shell in shells {
            let outcome = run(shell, &script, &variables, block.exists);
            let problems = outcome.problems(block);
            assert!(problems.is_empty(), "{shell:?}: {text}\n{}", problems.join("\n"));
            match block.part {
                "nslookup" => {
                    let query = format!("nslookup -q=srv _sip._udp.{REALM}\n");
                    assert!(outcome.arguments.contains(&query), "{}", outcome.arguments);
                    assert_call(&outcome, outcome.file("sip-password.txt").trim_end());
                }
                "-u sipauthtest -f curl | curl --config -" => assert_call(&outcome, PASSWORD),
                "bwsip request delete" => assert_eq!(outcome.bandwidth.credentials(), []),
                "bwsip batch users.csv" => assert_eq!(outcome.bandwidth.credentials().len(), 2),
                "new-*.xml" => {
                    assert_eq!(outcome.bandwidth.credentials().len(), 201);
                }
                _ => {}
            }
        }
    }
}

/// Checks that one call was placed, with this password.
fn assert_call(outcome: &Outcome, password: &str) {
    let calls = outcome.bandwidth.calls();
    let [call] = &calls[..] else { panic!("{} calls", calls.len()) };
    let field = |name: &str| {
        let value = call.form().into_iter().find(|(field, _)| field == name);
        String::from_utf8(value.expect("the field is there").1).expect("UTF-8")
    };
    assert_eq!(field("SipAuthPassword"), password);
    assert_eq!(field("SipAuthUsername"), "sipauthtest");
    let expected = [format!("sip:+17778889999@{REALM}:5006")];
    assert_eq!([field("To")], expected);
}

/// Breaks the blocks in ways that `every_block_that_posts` must notice.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn mistakes_are_found() {
    const ONE: usize = 2;
    const MANY: usize = 3;
    const CHANGE: usize = 5;
    const REALM: &str = "--realm-id \"$REALM_ID\"";
    let mistakes = [
        (ONE, "$(bwsip request token | curl --config -)", "", "missing BW_ACCESS_TOKEN"),
        (ONE, "$(bwsip request token | curl --config -)", "x", "not a Bearer token"),
        (ONE, "export ", "", "missing BW_ACCESS_TOKEN"),
        (ONE, REALM, "", "no such resource"),
        (ONE, REALM, "--realm-id 15", "no such resource"),
        (ONE, REALM, "--realm-id 14 --account-id 7", "not the account's path"),
        (ONE, REALM, "--realm-id 14 --api-url https://dashboard.bandwidth.com", "no such host"),
        (ONE, "--format xml", "--format xml --with-realm", "unexpected element Realm"),
        (ONE, "--format xml", "--format json", "not well-formed XML"),
        (
            CHANGE,
            " --format update-xml --realm-id \"$REALM_ID\"",
            " --format xml",
            "not a SipCredential",
        ),
        (CHANGE, "update --realm-id \"$REALM_ID\"", "update --realm-id 15", "RealmId is not that"),
        (
            ONE,
            "\"$REALM_ID\" | curl",
            "\"$REALM_ID\" | curl --oauth2-bearer \"$BW_ACCESS_TOKEN\"",
            "a secret in arguments",
        ),
        (ONE, "curl --config", "curl --dump-header headers --config", "it left [\"headers\"]"),
        (
            MANY,
            "| curl --config - > answer.xml",
            "> token; curl --config token > answer.xml",
            "token contains a secret",
        ),
        (MANY, "umask 077; ", "", "others can read answer.xml"),
        (
            MANY,
            "rm credentials.xml answer.xml",
            "",
            "it left [\"answer.xml\", \"credentials.xml\"]",
        ),
        (ONE, " |\n    bwsip verify -u sipauthtest --xml -", "", "a secret in the output"),
    ];
    for (at, from, to, expected) in mistakes {
        let block = &BLOCKS[at];
        let right = script(posting_blocks()[at].1);
        let wrong = right.replace(from, to);
        assert_ne!(wrong, right, "{from}");
        let problems = run(&["sh"], &wrong, &variables(), block.exists).problems(block);
        assert!(problems.iter().any(|problem| problem.contains(expected)), "{from}: {problems:?}");
    }
    let block = &BLOCKS[8];
    for missing in ["TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_ACCOUNT_SID"] {
        let mut variables = variables();
        variables.retain(|(name, _)| name != missing);
        let problems =
            run(&["sh"], posting_blocks()[8].1, &variables, block.exists).problems(block);
        assert!(!problems.is_empty(), "{missing}");
    }
}

/// Bandwidth's error about an existing username contains digests.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn a_refusal_shows_no_digest() {
    let (step, declared) = step(posting_blocks()[7].1);
    let one = script(posting_blocks()[2].1);
    for (shell, script, variables) in [("bash", step, declared), ("sh", one, variables())] {
        let outcome = run(&[shell], &script, &variables, true);
        assert!(!outcome.success && outcome.printed.contains("23026"), "{}", outcome.printed);
        for secret in outcome.secrets(&BLOCKS[2]) {
            assert!(!outcome.errors.contains(&secret) && !outcome.printed.contains(&secret));
        }
    }
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn without_a_token_nothing_is_posted() {
    let script = script(posting_blocks()[2].1);
    for (name, value, message) in [
        ("BW_CLIENT_SECRET", "wrong", "the token request failed (invalid_client)"),
        ("BW_CLIENT_SECRET", "", "missing BW_CLIENT_SECRET"),
        ("BW_ACCOUNT_ID", "", "missing BW_ACCOUNT_ID"),
    ] {
        let mut variables = variables();
        variables.retain(|(there, _)| there != name);
        variables.push((name.to_owned(), value.to_owned()));
        for shell in ["sh", "bash"] {
            let outcome = run(&[shell], &script, &variables, false);
            assert!(!outcome.success && outcome.errors.contains(message), "{}", outcome.errors);
            assert_eq!(outcome.bandwidth.api_requests(), [""; 0]);
        }
    }
}

/// The step passes the digests to later steps, and keeps them out of the log.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_step_masks_the_digests() {
    let blocks = all_blocks().into_iter();
    let blocks: Vec<_> = blocks.filter(|(_, text)| text.contains("::add-mask::")).collect();
    let [("yaml", block)] = blocks[..] else { panic!("{blocks:?}") };
    let (script, variables) = step(block);
    let shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];
    let outcome = run(&shell, &script, &variables, false);
    assert!(outcome.success, "{}", outcome.errors);
    let (hash1, hash1b) = digests("sipauthtest", PASSWORD);
    // GitHub hides these lines, and masks the values in the rest of the log.
    assert_eq!(outcome.printed, format!("::add-mask::{hash1}\n::add-mask::{hash1b}\n"));
    assert_eq!(outcome.errors, "");
    let exported =
        fs::read_to_string(outcome.root.path().join("github-env")).expect("the file exists");
    assert_eq!(exported, format!("HASH1={hash1}\nHASH1B={hash1b}\n"));
    assert!(!outcome.arguments.contains(&hash1) && !outcome.arguments.contains(PASSWORD));
}

/// The line that reads the client secret keeps every character.
#[test]
fn the_client_secret_is_read_without_echo() {
    let line = README.lines().find(|line| line.starts_with("stty -echo; "));
    let line = line.expect("the line is there");
    for shell in ["sh", "bash"].iter().filter_map(|shell| find(shell)) {
        let mut command = Command::new(shell);
        command.args(["-c", &format!("{line}; printf '\\n[%s]\\n' \"$BW_CLIENT_SECRET\"")]);
        let mut session = rexpect::session::spawn_command(command, Some(10_000)).expect("it runs");
        session.exp_string("Client secret: ").expect("the prompt is shown");
        session.send_line(CLIENT_SECRET).expect("the terminal accepts input");
        let before =
            session.exp_string(&format!("[{CLIENT_SECRET}]")).expect("the secret is unchanged");
        assert_eq!(before.trim(), "");
    }
}
