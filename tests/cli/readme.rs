//! The README: its console blocks run as they are, its shell blocks against a server of the tests'.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::common::{GUIDE_XML, md5sum};
use crate::server::{Request, take_one};

const README: &str = include_str!("../../README.md");

/// Every command of every console block prints what the README says, and ends as it says: 0, or the
/// status in a line `? N`.
#[test]
fn console_blocks() {
    let directory = tempfile::tempdir().expect("a directory");
    let has_md5sum = md5sum(b"").is_some();
    let mut ran = 0;
    for block in blocks("console") {
        let block = format!("\n{block}");
        for step in block.split("\n$ ").skip(1) {
            let (command, expected) = step.split_once('\n').unwrap_or((step, ""));
            let (status, expected) = match expected.strip_prefix("? ") {
                None => ("0", expected),
                Some(rest) => rest.split_once('\n').unwrap_or((rest, "")),
            };
            if command.contains("md5sum") && !has_md5sum {
                continue;
            }
            let at = if command.contains("cargo") { MANIFEST.as_ref() } else { directory.path() };
            let output = shell("sh", &format!("exec 2>&1; {command}")).current_dir(at).output();
            let output = output.expect("sh runs");
            let printed = String::from_utf8_lossy(&output.stdout);
            assert_eq!(printed.trim_end(), expected.trim_end(), "{command}");
            assert_eq!(output.status.code().map(|code| code.to_string()).as_deref(), Some(status));
            ran += 1;
        }
    }
    assert!(ran >= 25, "only {ran} commands in the README");
}

const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");

/// A shell that finds the `bwsip` under test first, with none of its variables set.
fn shell(shell: &str, script: &str) -> Command {
    let bwsip = Path::new(env!("CARGO_BIN_EXE_bwsip")).parent().expect("it is in a directory");
    let path = std::env::var("PATH").expect("there is one");
    let mut command = Command::new(shell);
    command
        .args(["-c", script])
        .env("PATH", format!("{}:{path}", bwsip.display()))
        .env_remove("BWSIP_PASSWORD")
        .env_remove("BWSIP_REALM");
    command
}

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let starts = README.match_indices(&fence).map(|(at, fence)| &README[at + fence.len()..]);
    starts.map(|block| block.split("```").next().expect("it ends")).collect()
}

/// The commands of the one block that contains `part`.
fn block(language: &str, part: &str) -> &'static str {
    let found: Vec<_> = blocks(language).into_iter().filter(|it| it.contains(part)).collect();
    let [block] = found[..] else { panic!("{} {language} blocks with {part}", found.len()) };
    block
}

/// Runs `script` in bash, as its user would but for Bandwidth's address, which becomes that of a
/// server that takes one request. Gives the request, what the script printed, and all arguments of
/// the `curl` that it ran.
fn post(script: &str) -> (Request, String, String) {
    let (address, server) = take_one("");

    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join(".netrc"), NETRC).expect("a file");
    spy_on_curl(home.path());
    let script = script
        .replace("https://dashboard.bandwidth.com", &format!("http://{address}"))
        .replace("machine dashboard.bandwidth.com", "machine 127.0.0.1");
    let script = format!("PATH={}:$PATH\n{script}", home.path().display());
    let output = shell("bash", &script)
        .env("HOME", home.path())
        .env("TMPDIR", home.path())
        .env("BWSIP_PASSWORD", "password")
        .env("BWSIP_REALM", "custxx.auth.bandwidth.com")
        .env("BANDWIDTH_LOGIN", "api-user")
        .env("BANDWIDTH_PASSWORD", "api-secret")
        .env("ACCOUNT_ID", "9900000")
        .env("REALM_ID", "14")
        .env_remove("http_proxy")
        .output()
        .expect("bash runs");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    assert!(output.status.success(), "{printed}");
    let arguments = fs::read_to_string(home.path().join("arguments")).expect("curl was run");
    let left = fs::read_dir(home.path()).expect("it is there").count();
    assert_eq!(left, 3, "the script leaves nothing behind");
    (server.join().expect("the server ends well"), printed, arguments)
}

/// Puts a `curl` into `home` that writes down its arguments before the real one runs.
fn spy_on_curl(home: &Path) {
    let spy = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{home}/arguments'\nPATH=${{PATH#*:}}\nexec curl \"$@\"\n",
        home = home.display()
    );
    let path = home.join("curl");
    fs::write(&path, spy).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

#[track_caller]
fn assert_created(posted: (Request, String, String), path: &str) {
    let (request, printed, arguments) = posted;
    assert_eq!(request.line, format!("POST {path} HTTP/1.1"));
    assert_eq!(request.header("Content-Type"), "application/xml; charset=utf-8");
    // base64 of api-user:api-secret.
    assert_eq!(request.header("Authorization"), "Basic YXBpLXVzZXI6YXBpLXNlY3JldA==");
    assert_eq!(request.body, GUIDE_XML);
    for secret in ["api-secret", "fe438bddfc087dda89d29e637f5684ab"] {
        assert!(!printed.contains(secret) && !arguments.contains(secret), "{printed}{arguments}");
    }
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_pipe_into_curl() {
    let address = "\"https://dashboard.bandwidth.com/api/accounts/$ACCOUNT_ID/sipcredentials\"\n";
    let pipes = blocks("sh").into_iter().filter(|it| it.contains("xml |") && it.ends_with(address));
    let [account] = pipes.collect::<Vec<_>>()[..] else { panic!("one pipe to the account") };
    let account = post(account);
    assert_created(account, "/api/accounts/9900000/sipcredentials");
    let realm = post(block("sh", "$ACCOUNT_ID/realms/"));
    assert_created(realm, "/api/accounts/9900000/realms/14/sipcredentials");
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_step_for_github_actions() {
    let (_, script) = block("yaml", "run: |").split_once("run: |\n").expect("it has a script");
    let script = script.replace("\n    ", "\n");
    assert_created(post(script.trim_start()), "/api/accounts/9900000/sipcredentials");
}

/// The whole way, with Bandwidth and Twilio on loopback.
#[test]
#[ignore = "needs curl: apt-get install curl"]
fn the_whole_way() {
    let (bandwidth, credential) = take_one("");
    let (twilio, call) = take_one("{}");
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join(".netrc"), NETRC).expect("a file");
    let script = block("sh", "export BWSIP_REALM")
        .replace("https://dashboard.bandwidth.com", &format!("http://{bandwidth}"))
        .replace("-f curl", &format!("-f curl --api-url http://{twilio}"));
    let output = shell("bash", &format!("set -euo pipefail\n{script}"))
        .current_dir(&home)
        .env("HOME", home.path())
        .env("ACCOUNT_ID", "9900000")
        .env("TWILIO_ACCOUNT_SID", "AC1")
        .env("TWILIO_AUTH_TOKEN", "token")
        .output()
        .expect("bash runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let uri = "sip:+17778889999@custxx.auth.bandwidth.com:5006";
    assert_eq!(printed, format!("Hash1:  ok\nHash1b: ok\n{uri}\n{{}}"));

    let credential = credential.join().expect("the server ends well");
    assert_eq!(credential.line, "POST /api/accounts/9900000/sipcredentials HTTP/1.1");
    let sent = fs::read_to_string(home.path().join("credential.xml")).expect("it was made");
    assert_eq!(credential.body, sent);
    let call = call.join().expect("the server ends well");
    assert_eq!(call.line, "POST /2010-04-01/Accounts/AC1/Calls.json HTTP/1.1");
    let password = fs::read_to_string(home.path().join("sip-password.txt")).expect("it was made");
    let fields = call.form();
    assert!(fields.contains(&("To".to_owned(), uri.as_bytes().to_vec())));
    let sent = ("SipAuthPassword".to_owned(), password.trim_end().as_bytes().to_vec());
    assert!(fields.contains(&sent));
}

/// The table of mistakes has all of them.
#[test]
fn the_mistakes() {
    for mistake in &bwsip::diagnosis::MISTAKES {
        let cell = format!("`{}`", mistake.name);
        assert!(
            README.lines().any(|line| line.starts_with("| `") && line.contains(&cell)),
            "{cell}"
        );
    }
}

const NETRC: &str = "machine 127.0.0.1 login api-user password api-secret\n";

/// What has no test of its own elsewhere.
#[test]
fn other_commands_for_the_shell() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("sip-password.txt"), "password\n").expect("a file");
    let passwords = block("sh", "pass show").replace("pass show sip/sipauthtest", "echo password");
    let script = format!(
        "set -e\n{passwords}\n{}",
        block("sh", "-r custxx.auth.bandwidth.com --generate-password")
    );
    let output = shell("sh", &script).current_dir(&directory).output().expect("sh runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.starts_with(&crate::common::guide_text().repeat(2)), "{printed}");
    assert_eq!(printed.matches("Password: ").count(), 1, "{printed}");
}
