//! `bwsip call`: the request that places a call through the bridge.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use crate::support::server::{Request, Response, Server, basic, certificate_authority};
use crate::support::strategies::runner;
use crate::support::{Run, bwsip};

/// The guide's call, without its password.
const GUIDE_CALL: [&str; 13] = [
    "call",
    "--to",
    "+17778889999",
    "--realm",
    "custxx.auth.bandwidth.com",
    "--port",
    "5006",
    "--from",
    "+15553334444",
    "--url",
    "http://requestb.in/zolm8azo",
    "--username",
    "sipauthtest",
];

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const KEY: &str = "SK0123456789abcdef0123456789abcdef";
const SECRET: &str = "s3cret \"with\\what curl escapes'";
const TOKEN: &str = "t0ken \"with\\what curl escapes'";

/// The guide's call in a format, without Twilio's variables in the environment.
fn call(format: &str) -> Run {
    let run = bwsip(GUIDE_CALL).args(["-f", format]);
    TWILIO_VARIABLES.iter().fold(run, |run, name| run.without(name))
}

const TWILIO_VARIABLES: [&str; 4] =
    ["TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN"];

/// Returns the form fields of the guide's call.
fn fields(password: &str) -> Vec<(String, Vec<u8>)> {
    let fields = [
        ("To", "sip:+17778889999@custxx.auth.bandwidth.com:5006"),
        ("From", "+15553334444"),
        ("Url", "http://requestb.in/zolm8azo"),
        ("SipAuthUsername", "sipauthtest"),
        ("SipAuthPassword", password),
    ];
    fields.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).into()
}

#[test]
fn the_uri_of_the_guide() {
    let uri = "sip:+17778889999@custxx.auth.bandwidth.com:5006\n";
    let run = bwsip(["call", "--to", "+17778889999", "--realm", "custxx.auth.bandwidth.com"]);
    assert_eq!(run.args(["--port", "5006"]).clean(), uri);
    // Flags that the URI does not need are accepted, and no password is required.
    assert_eq!(call("uri").clean(), uri);
    let run = bwsip(["call", "--to", "+17778889999"]).env("BWSIP_REALM", "custxx.example.com");
    assert_eq!(run.clean(), "sip:+17778889999@custxx.example.com\n");
}

#[test]
fn the_form_fields_of_the_guide() {
    let expected = "{\"To\":\"sip:+17778889999@custxx.auth.bandwidth.com:5006\",\
        \"From\":\"+15553334444\",\"Url\":\"http://requestb.in/zolm8azo\",\
        \"SipAuthUsername\":\"sipauthtest\",\"SipAuthPassword\":\"password\"}\n";
    assert_eq!(call("json").with_password().clean(), expected);
}

#[test]
fn a_domain_makes_a_composite_username() {
    for format in ["json", "curl", "python"] {
        let run = call(format).args(["--domain", "somewhere.com", "--account-sid", ACCOUNT]);
        let run = if format == "python" { run } else { run.with_password() };
        assert!(run.clean().contains("sipauthtest@somewhere.com"), "{format}");
    }
}

#[test]
fn phone_numbers() {
    let valid = ["+12", "+123456789012345", "+17778889999"];
    for number in valid {
        let printed = bwsip(["call", "-r", "x.example.com", "--to", number]).clean();
        assert_eq!(printed, format!("sip:{number}@x.example.com\n"));
    }
    let cases = [
        ("+1 777 888 9999", "use +17778889999\n"),
        ("+1-(777)-888.9999", "use +17778889999\n"),
        ("17778889999", "use +17778889999, if that includes the country code"),
        ("(777) 888-9999", "use +7778889999, if that includes the country code"),
        ("+1234567890123456", "2 to 15 digits"),
        ("+1", "2 to 15 digits"),
        ("+0123456", "2 to 15 digits"),
        ("+1777x889999", "2 to 15 digits"),
        ("+१२३४", "2 to 15 digits"),
        ("sip:+17778889999", "2 to 15 digits"),
        ("", "2 to 15 digits"),
    ];
    for (number, expected) in cases {
        let message = bwsip(["call", "-r", "x.example.com", "--to", number]).refused();
        assert!(message.starts_with("error: --to: not a number in E.164: "), "{number}: {message}");
        assert!(message.contains(expected), "{number}: {message}");
    }
    let message = call("json").with_password().args(["--from", "x"]).refused();
    assert!(message.contains("--from <NUMBER> is given more than once"), "{message}");
}

#[test]
fn ports() {
    let run = |port: &str| bwsip(["call", "-r", "x.example.com", "--to", "+12", "--port", port]);
    for port in ["1", "65535"] {
        assert_eq!(run(port).clean(), format!("sip:+12@x.example.com:{port}\n"));
    }
    for port in ["0", "65536", "+5060", "5060x", "x", "", "5060 "] {
        let message = run(port).refused();
        assert!(message.contains("--port <PORT>: not a port: use 1 to 65535"), "{message}");
    }
}

#[test]
fn urls() {
    let run = |url: &str| {
        let run = bwsip(["call", "-r", "x.example.com", "--to", "+12", "--from", "+13", "-u", "u"]);
        run.args(["-f", "json", "--url", url]).with_password()
    };
    for url in ["http://a", "HTTPS://example.com/twiml?a=%20&b", "https://[::1]:8080/"] {
        assert!(run(url).clean().contains(url));
    }
    for url in
        ["", "example.com", "ftp://example.com", "https://", "https:///x", "http://a b", "http://ä"]
    {
        assert!(run(url).refused().starts_with("error: --url: not a URL"), "{url}");
    }
    let message = call("curl").args(["--api-url", "api.twilio.com", "--account-sid", ACCOUNT]);
    assert!(message.with_password().refused().contains("--api-url: not a URL"));
    for more in ["?a=b", "/#x"] {
        let api = format!("https://api.example.com{more}");
        let run = call("curl").args(["--api-url", &api, "--account-sid", ACCOUNT]);
        assert!(run.with_password().refused().contains("--api-url: it has a query or a fragment"));
    }
}

#[test]
fn missing_arguments_are_named() {
    let run = |arguments: &[&str]| {
        let run = bwsip(["call", "--to", "+12", "-r", "x.example.com", "-f", "json"]);
        run.args(arguments).refused()
    };
    assert!(run(&[]).contains("missing --username"));
    assert!(run(&["-u", "bob"]).contains("missing --from"));
    assert!(run(&["-u", "bob", "--from", "+13"]).contains("missing --url"));
    let all = ["-u", "bob", "--from", "+13", "--url", "http://a"];
    let message = run(&all);
    assert!(message.contains("no password") && !message.contains("generate"), "{message}");
    assert!(bwsip(["call", "--to", "+12"]).refused().contains("no realm"));
    assert!(bwsip(["call"]).refused().contains("missing --to"));
    assert!(
        call("curl")
            .with_password()
            .refused()
            .contains("missing --account-sid: the format curl requires it")
    );
    let message = call("curl").with_password().args(["--account-sid", "AC/../x"]).refused();
    assert!(message.contains("--account-sid: not a SID"), "{message}");
    for odd in ["", "a b"] {
        call("json").with_password().env("TWILIO_ACCOUNT_SID", odd).clean();
    }
    let message = call("python").args(["-p", "x"]).refused();
    assert!(message.contains("BWSIP_PASSWORD"), "{message}");
}

#[test]
fn names_and_realms_follow_the_rules_of_hash() {
    let run = bwsip(["call", "--to", "+12", "-r", "sip:custxx.auth.bandwidth.com:5006"]);
    assert!(run.refused().contains("use the host name alone: custxx.auth.bandwidth.com"));
    let message = call("json").with_password().args(["-d", "a@b"]).refused();
    assert!(message.contains("23015"), "{message}");
    // sip:, a number of 10 characters, @, and the realm.
    let uri = |realm: usize| {
        let realm = "x".repeat(realm);
        bwsip(["call", "--to", "+123456789", "--lenient", "-q", "-r", &realm])
    };
    assert_eq!(uri(239).clean().trim_end().len(), 254);
    assert!(uri(240).refused().contains("more than 254 characters"));
}

#[test]
fn passwords_that_twilio_rejects() {
    let longest = "x".repeat(255);
    assert!(call("json").env("BWSIP_PASSWORD", &longest).clean().contains(&longest));
    let message = call("json").env("BWSIP_PASSWORD", longest + "x").refused();
    assert!(message.contains("21223"), "{message}");
    // 255 characters of two bytes each.
    call("json").args(["-q"]).env("BWSIP_PASSWORD", "é".repeat(255)).clean();
    for format in ["json", "curl"] {
        let run = call(format).args(["-q", "--account-sid", ACCOUNT, "--password-stdin"]);
        assert!(run.stdin(*b"p\xE4ssword").refused().contains("not UTF-8"));
    }
    let run = call("curl").args(["--account-sid", ACCOUNT, "--password-stdin"]);
    assert!(run.stdin("a\0b").refused().contains("NUL"));
}

#[test]
fn help_and_errors_do_not_contain_the_token() {
    for arguments in [&["call", "--help"][..], &["call"], &["call", "--to", "x", "-r", "y.z"]] {
        let run = bwsip(arguments).env("TWILIO_AUTH_TOKEN", TOKEN);
        let outcome = run.env("TWILIO_ACCOUNT_SID", ACCOUNT).outcome();
        let all = String::from_utf8_lossy(&outcome.stdout).into_owned() + &outcome.stderr;
        assert!(!all.contains("t0ken") && !all.contains(ACCOUNT), "{all}");
    }
    let message = call("curl").args(["--account-sid", ACCOUNT]).with_password();
    let message = message.env("TWILIO_AUTH_TOKEN", "t0ken\n").refused();
    assert!(message.starts_with("error: TWILIO_AUTH_TOKEN: ") && !message.contains("t0ken"));
}

#[test]
fn an_api_key_takes_precedence_over_a_token_and_must_be_complete() {
    let run = |login: &[(&str, &str)]| {
        with_login(call("curl").args(["--account-sid", ACCOUNT]).with_password(), login)
    };
    let config = run(&WITH_KEY).clean();
    assert!(config.ends_with(
        "user = \"SK0123456789abcdef0123456789abcdef:\
        s3cret \\\"with\\\\what curl escapes'\"\n"
    ));
    assert!(config.contains(&format!("/Accounts/{ACCOUNT}/")) && !config.contains("t0ken"));
    for (there, missing) in
        [("TWILIO_API_KEY", "TWILIO_API_SECRET"), ("TWILIO_API_SECRET", "TWILIO_API_KEY")]
    {
        let message = run(&[(there, KEY), (missing, ""), WITH_TOKEN[0]]).refused();
        let expected = format!("error: {missing}: not set, although {there} is: ");
        assert!(message.starts_with(&expected) && !message.contains(KEY), "{message}");
    }
    let message = run(&[("TWILIO_API_KEY", "SK1:x"), ("TWILIO_API_SECRET", "x")]).refused();
    assert!(message.starts_with("error: TWILIO_API_KEY: not a SID"), "{message}");
    let message = run(&[("TWILIO_API_KEY", KEY), ("TWILIO_API_SECRET", "s3cret\n")]).refused();
    assert!(message.starts_with("error: TWILIO_API_SECRET: ") && !message.contains("s3cret"));
    // The other formats do not contain it.
    for format in ["json", "python", "uri"] {
        let run = with_login(call(format), &WITH_KEY);
        let run = if format == "json" { run.with_password() } else { run };
        let printed = run.clean();
        assert!(!printed.contains("s3cret") && !printed.contains(KEY), "{printed}");
    }
}

fn with_login(run: Run, login: &[(&str, &str)]) -> Run {
    login.iter().fold(run, |run, (name, value)| run.env(name, value))
}

#[test]
fn without_a_token_curl_prompts() {
    let run = call("curl").env("TWILIO_ACCOUNT_SID", ACCOUNT).with_password();
    assert!(run.clean().contains(&format!("user = \"{ACCOUNT}\"\n")));
}

/// A stand-in for Twilio's API.
fn twilio() -> Server {
    Server::start(|_| Response::json(201, "{\"sid\": \"CA1\"}"))
}

/// Writes the certificate that clients have to trust to a file.
fn authority() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("the file is created");
    file.write_all(certificate_authority().as_bytes()).expect("it can be written");
    file
}

const WITH_TOKEN: [(&str, &str); 1] = [("TWILIO_AUTH_TOKEN", TOKEN)];

/// The API key takes precedence over the token.
const WITH_KEY: [(&str, &str); 3] =
    [("TWILIO_API_KEY", KEY), ("TWILIO_API_SECRET", SECRET), ("TWILIO_AUTH_TOKEN", TOKEN)];

/// Runs `bwsip call -f curl | curl --config -`, and returns the request that a server on loopback
/// receives.
fn send_with_curl(password: &str, login: &[(&str, &str)]) -> Request {
    let server = twilio();
    let api = format!("https://127.0.0.1:{}/[a-b]{{c,d}}/", server.port);
    let run = call("curl").args(["-q", "--api-url", &api]).env("TWILIO_ACCOUNT_SID", ACCOUNT);
    let config = with_login(run, login).password_stdin(password.as_bytes()).clean();
    let authority = authority();
    let mut command = Command::new("curl");
    command.args(["--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
    command.env("CURL_CA_BUNDLE", authority.path());
    let mut curl = command.spawn().expect("curl runs: apt-get install curl");
    let mut stdin = curl.stdin.take().expect("stdin is a pipe");
    stdin.write_all(config.as_bytes()).expect("curl reads");
    drop(stdin);
    assert!(curl.wait().expect("curl ends").success(), "{config}");
    server.request()
}

/// Passwords with characters that curl, shells and forms treat as special.
const SPECIAL_PASSWORDS: [&str; 14] = [
    "password",
    "@/etc/hostname",
    "=",
    "a&b=c+d%20e",
    "\"quoted\"",
    "back\\slash\\n",
    "tab\tnew\nline\rvertical\u{B}",
    "$HOME `id` 'x'",
    "# no comment",
    " leading and trailing ",
    "pässwörd 日本 😀",
    "<file",
    "-d --data",
    "\u{7F}\u{1}\u{1B}[31m",
];

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn curl_sends_the_fields_of_the_guide() {
    let random = prop::collection::vec(prop::char::range('\u{1}', '\u{2FF}'), 1..40);
    let random = random.prop_map(String::from_iter);
    let check = |password: &str| {
        let request = send_with_curl(password, &WITH_TOKEN);
        // curl must not expand the brackets and braces to several URLs.
        let path = format!("/[a-b]{{c,d}}/2010-04-01/Accounts/{ACCOUNT}/Calls.json");
        assert_eq!(request.line, format!("POST {path} HTTP/1.1"));
        assert_eq!(request.header("Authorization"), basic(ACCOUNT, TOKEN));
        assert_eq!(request.header("Content-Type"), "application/x-www-form-urlencoded");
        assert_eq!(request.form(), fields(password));
    };
    SPECIAL_PASSWORDS.iter().for_each(|password| check(password));
    let request = send_with_curl("password", &WITH_KEY);
    assert_eq!(request.header("Authorization"), basic(KEY, SECRET));
    assert_eq!(request.form(), fields("password"));
    let run = runner(40).run(&random, |password| {
        check(&password);
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Runs the printed program, and returns its status, stdout and stderr.
fn run_python(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let program = call("python").args(arguments).clean();
    let mut command = Command::new("python3");
    command.args(["-c", &program]);
    for name in TWILIO_VARIABLES {
        command.env_remove(name);
    }
    command.env_remove("BWSIP_PASSWORD").env_remove("TWILIO_EDGE").env_remove("TWILIO_REGION");
    let output = command.envs(environment.iter().copied()).output().expect("python3 runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
#[ignore = "needs python3 with Twilio's library: pip install twilio"]
fn twilios_library_sends_the_same_fields() {
    let authority = authority();
    let authority = authority.path().to_str().expect("UTF-8");
    let send = |password: &str, login: &[(&str, &str)]| {
        let server = twilio();
        let api = format!("https://127.0.0.1:{}", server.port);
        let mut variables = vec![("BWSIP_PASSWORD", password), ("REQUESTS_CA_BUNDLE", authority)];
        variables.extend(login);
        let arguments = ["--api-url", &api, "--account-sid", ACCOUNT];
        let (status, printed, errors) = run_python(&arguments, &variables);
        assert_eq!((status, printed.as_str()), (Some(0), "CA1\n"), "{errors}");
        let request = server.request();
        let expected = format!("POST /2010-04-01/Accounts/{ACCOUNT}/Calls.json HTTP/1.1");
        assert_eq!(request.line, expected);
        let (mut sent, mut expected) = (request.form(), fields(password));
        sent.sort();
        expected.sort();
        assert_eq!(sent, expected);
        request.header("Authorization").to_owned()
    };
    for password in SPECIAL_PASSWORDS {
        assert_eq!(send(password, &WITH_TOKEN), basic(ACCOUNT, TOKEN));
    }
    assert_eq!(send("password", &WITH_KEY), basic(KEY, SECRET));
}

#[test]
#[ignore = "needs python3 with Twilio's library: pip install twilio"]
fn the_python_program_names_missing_variables() {
    let (status, _, errors) = run_python(&[], &[("TWILIO_AUTH_TOKEN", "x")]);
    assert_eq!(status, Some(1));
    let expected = "set these environment variables: TWILIO_ACCOUNT_SID, BWSIP_PASSWORD\n";
    assert_eq!(errors, expected);
    let (_, _, errors) = run_python(&["--account-sid", ACCOUNT], &[]);
    assert_eq!(errors, "set these environment variables: TWILIO_AUTH_TOKEN, BWSIP_PASSWORD\n");
    // Half an API key is an error, even beside a token.
    let half = [("TWILIO_API_KEY", KEY), ("TWILIO_AUTH_TOKEN", "x"), ("BWSIP_PASSWORD", "x")];
    let (status, _, errors) = run_python(&["--account-sid", ACCOUNT], &half);
    assert_eq!(status, Some(1));
    assert_eq!(errors, "set these environment variables: TWILIO_API_SECRET\n");
}

/// No value can end its string literal and run as code.
#[test]
fn values_in_the_python_program_are_escaped() {
    let url = "https://example.com/\"+__import__('os').abort()+\"\\";
    let run =
        bwsip(["call", "--to", "+12", "--from", "+13", "-r", "x.example.com", "-f", "python"]);
    let printed = run.args(["-u", "a'b\"c", "--lenient", "-q", "--url", url]).clean();
    assert!(
        printed.contains("url=\"https://example.com/\\\"+__import__('os').abort()+\\\"\\\\\",\n")
    );
    assert!(printed.contains("sip_auth_username=\"a'b\\\"c\",\n"), "{printed}");
    assert!(!call("python").env("TWILIO_AUTH_TOKEN", TOKEN).clean().contains("t0ken"));
}
