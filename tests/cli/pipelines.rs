//! Pipelines of `bwsip request` and real curl, as shells run them: a step that fails sends nothing, secrets of
//! any characters arrive as they are, and no process has one among its arguments.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::bandwidth::{ACCOUNT_ID, Bandwidth, CLIENT_ID, CLIENT_SECRET, REALM};
use crate::support::docs::Session;
use crate::support::md5sum;
use crate::support::server::{Response, Server, basic, certificate_authority};

const REQUEST: &str = "bwsip request create --realm-id 14 | curl --config -";

/// Each with what a shell, curl's configuration, a URL, a form, XML or CSV treats as special.
const SECRETS: [&str; 14] = [
    "two \"quotes\"",
    "it's",
    "back\\slash\\",
    "\\\\\"\\n\\t",
    "#comment",
    "a # b",
    "  spaces  ",
    "%41%%s%d",
    "$HOME ${HOME} `id` $(id)",
    "{a,b}[1-3]*?~!",
    "@file",
    "a=b&c+d;e:f",
    "<w>&amp;",
    "-u",
];

/// Returns a session whose curl connects to this port for every host name.
fn session(port: u16, variables: &[(&str, &str)]) -> Session {
    let mut session = Session::new();
    let authority = session.path("authority.pem");
    fs::write(&authority, certificate_authority()).expect("the file is written");
    let proxy = format!("http://127.0.0.1:{port}");
    let authority = authority.to_str().expect("UTF-8");
    let own = [("CURL_CA_BUNDLE", authority), ("https_proxy", &proxy), ("BWSIP_REALM", REALM)];
    let all = own.iter().chain(&[("BW_ACCOUNT_ID", ACCOUNT_ID)]).chain(variables);
    session.variables = all.map(|(name, it)| ((*name).to_owned(), (*it).to_owned())).collect();
    session
}

/// Runs a script in a shell. Returns the shell's process id, too.
fn run(session: &Session, shell: &[&str], script: &str) -> (u32, Output) {
    let mut command = session.command(shell[0]);
    command.args(&shell[1..]).args(["-c", script]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the shell runs");
    (child.id(), child.wait_with_output().expect("it ends"))
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn a_step_that_fails_sends_nothing() {
    let to_request = [
        // Nothing is printed.
        "bwsip hash -u 'bob smith' -f xml",
        "bwsip hash -u bob -r 'two words' -f xml",
        "BWSIP_PASSWORD='' bwsip hash -u bob -f xml",
        "bwsip hash -u bob --password-file missing.txt -f xml",
        "bwsip hash -u bob -f yaml",
        "bwsip batch missing.csv -f xml",
        "bwsip batch wrong.csv -f xml",
        "bwsip missing",
        "missing",
        "false",
        // Something else is printed, or not all.
        "bwsip hash -u bob",
        "bwsip hash -u bob -f json",
        "bwsip hash -u bob -f update-xml --realm-id 14",
        "bwsip hash -u bob -f xml | head -c 100",
        "echo '<SipCredentials/>'",
        "cat wrong.csv",
    ];
    let mut scripts: Vec<_> = to_request.iter().map(|it| format!("{it} | {REQUEST}")).collect();
    let with_a_file = "bwsip request create --realm-id 14 requests/create.xml | curl --config -";
    scripts.extend(
        [
            "bwsip hash -u 'bob smith' -f xml > requests/create.xml",
            "bwsip hash -u 'bob smith' -f xml -o requests/create.xml",
            "bwsip batch wrong.csv -f xml -o requests/create.xml",
            "echo '<SipCredentialsResponse/>' | bwsip plan wrong.csv --xml - -o requests",
        ]
        .map(|it| format!("{it}; {with_a_file}")),
    );
    let hash = "bwsip hash -u bob -f xml";
    scripts.extend([
        format!("{hash} | bwsip request create --realm-id first | curl --config -"),
        format!("{hash} | bwsip request create --realm 14 | curl --config -"),
        format!("{hash} | BW_ACCOUNT_ID='' {REQUEST}"),
        format!("export BW_ACCESS_TOKEN=\"$(bwsip request token)\"; {hash} | {REQUEST}"),
        format!("BW_ACCESS_TOKEN=; {hash} | {REQUEST}"),
        "bwsip request update --realm-id 14 requests/update-*.xml | curl --config -".to_owned(),
        "bwsip request delete --realm-id 14 --credential-id '' | curl --config -".to_owned(),
    ]);
    let server = Server::start(|_| Response::xml(200, ""));
    let variables = [("BW_ACCESS_TOKEN", "eyJ0.e30"), ("BWSIP_PASSWORD", "s3cr3t-p4ssw0rd")];
    let session = session(server.port, &variables);
    let home = session.path("home");
    fs::write(home.join("wrong.csv"), "username,password\nbob,s3cr3t-p4ssw0rd\nbob smith,secret\n")
        .expect("the file is written");
    let shells: [&[&str]; 5] =
        [&["sh"], &["sh", "-e"], &["bash"], &["bash", "-e"], &["bash", "-eo", "pipefail"]];
    for shell in shells {
        for script in &scripts {
            let _ = fs::remove_dir_all(home.join("requests"));
            fs::create_dir(home.join("requests")).expect("it is created");
            let (_, output) = run(&session, shell, script);
            assert!(!output.status.success(), "{shell:?} {script}: {output:?}");
            assert_eq!(server.requests().len(), 0, "{shell:?} {script}: {output:?}");
            let printed = String::from_utf8([output.stdout, output.stderr].concat());
            assert!(!printed.expect("UTF-8").contains("s3cr3t"), "{shell:?} {script}");
        }
    }
    // The same way with nothing wrong.
    assert!(run(&session, &["sh"], &format!("{hash} | {REQUEST}")).1.status.success());
    assert_eq!(server.request().body.matches("<UserName>bob</UserName>").count(), 1);
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn secrets_arrive_as_they_are() {
    for secret in SECRETS {
        let server = Server::start(|_| Response::json(200, "{\"access_token\":\"eyJ0.e30\"}"));
        let variables = [
            ("BW_CLIENT_ID", CLIENT_ID),
            ("BW_CLIENT_SECRET", secret),
            ("BWSIP_PASSWORD", secret),
            ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
            ("TWILIO_AUTH_TOKEN", secret),
        ];
        let session = session(server.port, &variables);
        let script = format!(
            "set -e
            export BW_ACCESS_TOKEN=\"$(bwsip request token | curl --config -)\"
            bwsip hash -q -u bob -f xml | {REQUEST} >/dev/null
            bwsip call -q -u bob --to +17778889999 --from +15553334444 \\
                --twiml '<Response/>' -f curl | curl --config - >/dev/null"
        );
        for shell in ["sh", "bash"] {
            let before = server.requests().len();
            let (_, output) = run(&session, &[shell], &script);
            assert!(output.status.success() && output.stderr.is_empty(), "{secret}: {output:?}");
            let requests = server.requests();
            let [login, create, call] = &requests[before..] else { panic!("{secret}") };
            assert_eq!(login.header("Authorization"), basic(CLIENT_ID, secret));
            assert_eq!(create.header("Authorization"), "Bearer eyJ0.e30");
            for text in [format!("bob:{REALM}:{secret}"), format!("bob@{REALM}:{REALM}:{secret}")] {
                let digest = md5sum(text.as_bytes()).expect("md5sum, of Debian's coreutils");
                assert!(create.body.contains(&format!(">{digest}</Hash1")), "{secret}");
            }
            assert_eq!(call.header("Authorization"), basic(variables[3].1, secret));
            let password = ("SipAuthPassword".to_owned(), secret.as_bytes().to_vec());
            assert!(call.form().contains(&password), "{secret}");
        }
    }
}

/// Whenever a request arrives, curl waits for the answer: `ps` lists it, and what else runs then.
#[test]
#[ignore = "needs curl and ps: apt-get install curl procps"]
fn no_process_has_a_secret_among_its_arguments() {
    const PASSWORD: &str = "p\"a\\s's #1 %s";
    let lists = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lists);
    let bandwidth = Bandwidth::watched(vec![], move || {
        let output = Command::new("ps").args(["-A", "-ww", "-o", "pid=,ppid=,args="]).output();
        log.lock().expect("no thread panicked").push(output.expect("ps runs").stdout);
    });
    let variables = [
        ("BW_CLIENT_ID", CLIENT_ID),
        ("BW_CLIENT_SECRET", CLIENT_SECRET),
        ("BWSIP_PASSWORD", PASSWORD),
    ];
    let session = session(bandwidth.server.port, &variables);
    let script = format!(
        "set -e
        export BW_ACCESS_TOKEN=\"$(bwsip request token | curl --config -)\"
        bwsip hash -u bob -f xml | {REQUEST} | bwsip verify -u bob --xml -
        bwsip hash -u ann -f xml -o ann.xml
        bwsip request create --realm-id 14 ann.xml | curl --config - | bwsip show
        bwsip request list --realm-id 14 | curl --config - | bwsip show"
    );
    let (shell, output) = run(&session, &["sh"], &script);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(bandwidth.refusals(), [""; 0]);

    let mut secrets = bandwidth.tokens();
    secrets.extend(
        [PASSWORD, CLIENT_SECRET, &basic(CLIENT_ID, CLIENT_SECRET)[6..]].map(str::to_owned),
    );
    let stored = bandwidth.credentials();
    assert_eq!((stored.len(), secrets.len()), (2, 4));
    secrets.extend(stored.into_iter().flat_map(|it| [it.hash1, it.hash1b]));
    let lists = lists.lock().expect("no thread panicked");
    assert_eq!(lists.len(), 4);
    for list in &*lists {
        let list = String::from_utf8_lossy(list);
        let rows = list.lines().map(|row| {
            let mut words = row.split_whitespace();
            let mut number = || words.next().and_then(|it| it.parse::<u32>().ok());
            (number().expect("a process id"), number().expect("a process id"), row)
        });
        let rows: Vec<_> = rows.collect();
        // The shell, and all that it started.
        let mut tree = vec![shell];
        let mut at = 0;
        while let Some(parent) = tree.get(at).copied() {
            tree.extend(rows.iter().filter(|row| row.1 == parent).map(|row| row.0));
            at += 1;
        }
        let rows: Vec<_> =
            rows.iter().filter(|row| tree.contains(&row.0)).map(|row| row.2).collect();
        assert!(rows.iter().any(|row| row.ends_with("curl --config -")), "{rows:?}");
        for row in rows {
            assert!(!secrets.iter().any(|secret| row.contains(&**secret)), "{row}");
        }
    }
}
