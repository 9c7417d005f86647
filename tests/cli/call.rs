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
    "https://example.com/twiml",
    "--username",
    "sipauthtest",
];

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const KEY: &str = "SK0123456789abcdef0123456789abcdef";
const SECRET: &str = "s3cret \"with\\what curl escapes'";
const TOKEN: &str = "t0ken \"with\\what curl escapes'";

/// The guide's call in a format, without the variables of providers in the environment.
fn call(format: &str) -> Run {
    without_variables(bwsip(GUIDE_CALL).args(["-f", format]))
}

fn without_variables(run: Run) -> Run {
    VARIABLES.iter().fold(run, |run, name| run.without(name))
}

/// The variables that providers are logged in with.
const VARIABLES: [&str; 9] = [
    "TWILIO_ACCOUNT_SID",
    "TWILIO_API_KEY",
    "TWILIO_API_SECRET",
    "TWILIO_AUTH_TOKEN",
    "SIGNALWIRE_SPACE",
    "SIGNALWIRE_PROJECT_ID",
    "SIGNALWIRE_API_TOKEN",
    "TELNYX_ACCOUNT_SID",
    "TELNYX_API_KEY",
];

/// Returns the form fields of the guide's call.
fn fields(password: &str) -> Vec<(String, Vec<u8>)> {
    let fields = [
        ("To", "sip:+17778889999@custxx.auth.bandwidth.com:5006"),
        ("From", "+15553334444"),
        ("Url", "https://example.com/twiml"),
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
        \"From\":\"+15553334444\",\"Url\":\"https://example.com/twiml\",\
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
        (
            "+1\u{2011}777\u{2013}888 9999",
            "has a typographic dash, U+2011 (character 3): use +17778889999\n",
        ),
        (
            "\u{202A}+17778889999\u{202C}",
            "has an invisible character, U+202A (character 1): use +17778889999\n",
        ),
        (
            "+1777888\u{200B}9999",
            "has an invisible character, U+200B (character 9): use +17778889999\n",
        ),
        ("+1777\u{AD}x", "has an invisible character, U+00AD (character 6): use + and 2 to 15"),
        ("", "2 to 15 digits"),
    ];
    for (number, expected) in cases {
        let message = bwsip(["call", "-r", "x.example.com", "--to", number]).refused();
        assert!(message.starts_with("error: --to: not a number in E.164"), "{number}: {message}");
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
    let instructions = "--from <NUMBER>, --url <URL> or --twiml <XML>; see --help\n";
    assert!(run(&[]).contains(&format!("missing --username <NAME>, {instructions}")));
    assert!(run(&["-u", "bob"]).contains(&format!("missing {instructions}")));
    let telnyx = run(&["--provider", "telnyx", "-u", "bob", "--from", "+13", "--url", "https://a"]);
    assert!(telnyx.contains("missing --application-sid: telnyx requires it\n"), "{telnyx}");
    let run_twiml = bwsip(["call", "--to", "+12", "-r", "x.example.com", "-f", "twiml"]);
    assert!(run_twiml.refused().contains("missing --username <NAME>: "));
    let all = ["-u", "bob", "--from", "+13", "--url", "http://a"];
    let message = run(&all);
    assert!(message.contains("no password") && !message.contains("generate"), "{message}");
    assert!(bwsip(["call", "--to", "+12"]).refused().contains("missing --realm <HOST>"));
    let message = bwsip(["call", "-f", "twiml"]).refused();
    let all = "missing --to <NUMBER>, --realm <HOST> or BWSIP_REALM, --username <NAME>; see";
    assert!(message.contains(all), "{message}");
    assert!(
        call("curl")
            .with_password()
            .refused()
            .contains("missing TWILIO_ACCOUNT_SID: set it, or pass --account-sid")
    );
    let message = call("curl").with_password().args(["--account-sid", "AC/../x"]).refused();
    assert!(message.contains("--account-sid: not an identifier"), "{message}");
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
    for control in ["a\0b", "a\tb", "a\u{7F}b"] {
        let run = call("curl").args(["-q", "--account-sid", ACCOUNT, "--password-stdin"]);
        assert!(run.stdin(control).refused().contains("a control character (Twilio error 21224)"));
    }
    // What a SIP URI can contain causes no warning; what else is refused is not documented.
    call("json").env("BWSIP_PASSWORD", "aZ09-_.!~*'()&=+$,").clean();
    for unsure in ["a#b", "a b", "pässwörd", "a%b"] {
        let (_, warnings) = call("json").env("BWSIP_PASSWORD", unsure).warned();
        assert!(warnings.contains("the provider may refuse"), "{warnings}");
        assert!(!warnings.contains(unsure), "{warnings}");
    }
    let run = call("curl").args(["--provider", "signalwire", "-q", "--account-sid", "p"]);
    let run = run.args(["--api-url", "https://a", "--password-stdin"]).stdin("a\0b");
    assert!(run.refused().contains("a NUL, which curl cannot read"));
    let run = call("json").args(["--provider", "signalwire", "-q"]);
    run.env("BWSIP_PASSWORD", "x".repeat(256)).clean();
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
    assert!(config.contains(
        "\nuser = \"SK0123456789abcdef0123456789abcdef:\
        s3cret \\\"with\\\\what curl escapes'\"\n"
    ));
    assert!(config.contains(&format!("/Accounts/{ACCOUNT}/")) && !config.contains("t0ken"));
    for (there, missing) in
        [("TWILIO_API_KEY", "TWILIO_API_SECRET"), ("TWILIO_API_SECRET", "TWILIO_API_KEY")]
    {
        let message = run(&[(there, KEY), (missing, ""), WITH_TOKEN[0]]).refused();
        let expected = format!("error: {missing}: not set, although the other half of the API key");
        assert!(message.starts_with(&expected) && !message.contains(KEY), "{message}");
    }
    let message = run(&[("TWILIO_API_KEY", "SK1:x"), ("TWILIO_API_SECRET", "x")]).refused();
    assert!(message.starts_with("error: TWILIO_API_KEY: not an identifier"), "{message}");
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

/// The TwiML, and a username, with characters that curl, shells, forms and JSON treat as special.
const TWIML: &str =
    "<Response><Say a=\"1\" b='\\n'>R&amp;D: 100 % + pässwörd 日本</Say></Response>";
const NAME: &str = "b\"o\\b&%+=@ü";

/// A provider, as its documentation describes it.
struct Provider {
    arguments: &'static [&'static str],
    variables: &'static [(&'static str, &'static str)],
    /// The path of the request, after the base URL.
    path: &'static str,
    authorization: fn() -> String,
    /// The field of the TwiML.
    document: &'static str,
    is_json: bool,
    /// A field that the others do not have.
    application: Option<(&'static str, &'static str)>,
}

const PROJECT: &str = "2b0c5a7e-5f3a-4d6b-9a45-2d0b2f6f1c11";

const PROVIDERS: [Provider; 3] = [
    Provider {
        arguments: &["--provider", "twilio"],
        variables: &[("TWILIO_ACCOUNT_SID", ACCOUNT), ("TWILIO_AUTH_TOKEN", TOKEN)],
        path: "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json",
        authorization: || basic(ACCOUNT, TOKEN),
        document: "Twiml",
        is_json: false,
        application: None,
    },
    Provider {
        arguments: &["--provider", "signalwire"],
        variables: &[("SIGNALWIRE_PROJECT_ID", PROJECT), ("SIGNALWIRE_API_TOKEN", TOKEN)],
        path: "/api/laml/2010-04-01/Accounts/2b0c5a7e-5f3a-4d6b-9a45-2d0b2f6f1c11/Calls.json",
        authorization: || basic(PROJECT, TOKEN),
        document: "Twiml",
        is_json: false,
        application: None,
    },
    Provider {
        arguments: &["--provider", "telnyx", "--application-sid", "1494404757140276705"],
        variables: &[("TELNYX_ACCOUNT_SID", PROJECT), ("TELNYX_API_KEY", TOKEN)],
        path: "/texml/Accounts/2b0c5a7e-5f3a-4d6b-9a45-2d0b2f6f1c11/Calls",
        authorization: || format!("Bearer {TOKEN}"),
        document: "Texml",
        is_json: true,
        application: Some(("ApplicationSid", "1494404757140276705")),
    },
];

/// Runs `curl --config -`, and returns the request that `server` receives.
fn post(config: &str, server: &Server) -> Request {
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

impl Provider {
    /// Posts a call with curl, and returns the request.
    fn send(&self, password: &str) -> Request {
        let server = twilio();
        // curl must not expand the brackets and braces to several URLs.
        let api = format!("https://127.0.0.1:{}/[a-b]{{c,d}}/", server.port);
        let run = bwsip(["call", "--to", "+17778889999", "-r", "custxx.auth.bandwidth.com", "-q"]);
        let run = run.args(["--transport", "udp", "--from", "+15553334444", "--twiml", TWIML]);
        let run = run.args(["-u", NAME, "--lenient", "-f", "curl", "--api-url", &api]);
        let run = with_login(without_variables(run.args(self.arguments)), self.variables);
        post(&run.password_stdin(password.as_bytes()).clean(), &server)
    }

    /// Checks a request that [`send`](Self::send) returned.
    fn check(&self, request: &Request, password: &str) {
        assert_eq!(request.line, format!("POST /[a-b]{{c,d}}{} HTTP/1.1", self.path));
        assert_eq!(request.header("Authorization"), (self.authorization)());
        let mut expected = vec![
            ("To", "sip:+17778889999@custxx.auth.bandwidth.com;transport=udp"),
            ("From", "+15553334444"),
            (self.document, TWIML),
            ("SipAuthUsername", NAME),
        ];
        expected.extend(self.application);
        expected.push(("SipAuthPassword", password));
        if self.is_json {
            assert_eq!(request.header("Content-Type"), "application/json");
            let sent: serde_json::Value = serde_json::from_str(&request.body).expect("JSON");
            assert_eq!(sent, expected.into_iter().collect::<serde_json::Value>());
        } else {
            assert_eq!(request.header("Content-Type"), "application/x-www-form-urlencoded");
            let bytes = |(name, value): (&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
            assert_eq!(request.form(), expected.into_iter().map(bytes).collect::<Vec<_>>());
        }
    }
}

/// Passwords with characters that curl, shells, forms and JSON treat as special.
const SPECIAL_PASSWORDS: [&str; 12] = [
    "password",
    "@/etc/hostname",
    "=",
    "a&b=c+d%20e",
    "\"quoted\"",
    "back\\slash\\n",
    "$HOME `id` 'x'",
    "# no comment",
    " leading and trailing ",
    "pässwörd 日本 😀",
    "<file",
    "-d --data",
];

/// Passwords with control characters, which Twilio refuses.
const CONTROL_PASSWORDS: [&str; 2] = ["tab\tnew\nline\rvertical\u{B}", "\u{7F}\u{1}\u{1B}[31m"];

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn curl_sends_the_request_that_the_provider_documents() {
    for provider in &PROVIDERS {
        let takes_control = !provider.path.starts_with("/2010");
        let control = CONTROL_PASSWORDS.iter().filter(|_| takes_control);
        for password in SPECIAL_PASSWORDS.iter().chain(control) {
            provider.check(&provider.send(password), password);
        }
        let first = if takes_control { '\u{1}' } else { '\u{A0}' };
        let random = prop::collection::vec(prop::char::range(first, '\u{2FF}'), 1..40);
        let run = runner(15).run(&random.prop_map(String::from_iter), |password| {
            provider.check(&provider.send(&password), &password);
            Ok(())
        });
        run.unwrap_or_else(|failure| panic!("{failure}"));
    }
}

#[test]
#[ignore = "needs curl: apt-get install curl"]
fn curl_sends_the_fields_of_the_guide() {
    let server = twilio();
    let api = format!("https://127.0.0.1:{}", server.port);
    let run = call("curl").args(["--account-sid", ACCOUNT, "--api-url", &api]).with_password();
    let request = post(&with_login(run, &WITH_KEY).clean(), &server);
    assert_eq!(request.header("Authorization"), basic(KEY, SECRET));
    assert_eq!(request.form(), fields("password"));
}

/// The address of SignalWire's API is the customer's own.
#[test]
fn a_space_is_required() {
    let run = |space: &str| {
        let run = call("curl").args(["--provider", "signalwire", "--account-sid", "p", "-q"]);
        run.env("SIGNALWIRE_SPACE", space).env("SIGNALWIRE_API_TOKEN", "t").with_password()
    };
    let url =
        "\nurl = \"https://example.signalwire.com/api/laml/2010-04-01/Accounts/p/Calls.json\"\n";
    assert!(run("example.signalwire.com").clean().contains(url));
    for wrong in ["", "example"] {
        assert!(run(wrong).refused().contains("SIGNALWIRE_SPACE: set it to your host name"));
    }
    assert!(run("a b.example").refused().contains("SIGNALWIRE_SPACE: not a URL"));
    // It dials over TLS by default, and the bridge is usually reached over UDP.
    let (_, warnings) = call("uri").args(["--provider", "signalwire"]).warned();
    assert!(warnings.contains("--transport: without it, signalwire dials over TLS"), "{warnings}");
    call("uri").args(["--provider", "signalwire", "--transport", "udp"]).clean();
}

#[test]
fn flags_and_formats_that_a_provider_does_not_have() {
    let run = |format: &str, arguments: &[&str]| call(format).args(arguments).with_password();
    let message = run("python", &["--provider", "telnyx", "--application-sid", "1"]).refused();
    assert!(message.contains("only twilio has the format python"), "{message}");
    let message = run("json", &["--application-sid", "1"]).refused();
    assert!(message.contains("--application-sid: twilio has no such field"), "{message}");
    let telnyx = ["--provider", "telnyx", "--application-sid", "1", "--account-sid", "2"];
    let message = run("curl", &telnyx).refused();
    assert!(message.contains("missing TELNYX_API_KEY"), "{message}");
    let message = run("json", &["--twiml", "<Response/>"]).refused();
    assert!(message.contains("--url <URL> cannot be used with --twiml <XML>"), "{message}");
}

#[test]
fn transports() {
    for transport in ["udp", "tcp", "tls"] {
        let expected =
            format!("sip:+17778889999@custxx.auth.bandwidth.com:5006;transport={transport}\n");
        assert_eq!(call("uri").args(["--transport", transport]).clean(), expected);
    }
    let message = call("uri").args(["--transport", "sctp"]).refused();
    assert!(message.contains("use one of udp, tcp, tls"), "{message}");
}

#[test]
fn twiml_in_place_of_its_url() {
    let run = |twiml: &str| {
        let run =
            bwsip(["call", "--to", "+12", "-r", "x.example.com", "--from", "+13", "-u", "bob"]);
        run.args(["-f", "json", "--twiml", twiml]).with_password()
    };
    let expected = "{\"To\":\"sip:+12@x.example.com\",\"From\":\"+13\",\"Twiml\":\"<Response/>\",\
        \"SipAuthUsername\":\"bob\",\"SipAuthPassword\":\"password\"}\n";
    assert_eq!(run("<Response/>").clean(), expected);
    let longest = format!("<Response>{}</Response>", "é".repeat(4000 - 21));
    run(&longest).clean();
    let message = run(&format!("{longest} ")).refused();
    assert!(
        message
            .contains("--twiml: Twiml would have more than 4000 characters (Twilio error 32018)"),
        "{message}"
    );
    for wrong in ["", "https://example.com/twiml", "twiml.xml"] {
        assert!(run(wrong).refused().contains("--twiml: not XML"), "{wrong}");
    }
    let program =
        bwsip(["call", "--to", "+12", "-r", "x.example.com", "--from", "+13", "-u", "bob"]);
    let program = program.args(["-f", "python", "--twiml", "<Say>\"</Say>"]).clean();
    assert!(program.contains("\n    twiml=\"<Say>\\\"</Say>\",\n"), "{program}");
}

/// Returns the TwiML of the guide's call, as the format prints it.
fn twiml(username: &str, password: &str) -> String {
    let run =
        bwsip(["call", "--to", "+17778889999", "-r", "custxx.auth.bandwidth.com", "-u", username]);
    let run = run.args(["-f", "twiml", "--lenient", "--transport", "tls"]);
    let (twiml, warnings) = run.password_stdin(password.as_bytes()).warned();
    assert!(warnings.contains("the TwiML contains the password"), "{warnings}");
    assert!(password.len() < 9 || !warnings.contains(password), "{warnings}");
    twiml
}

#[test]
fn twiml_for_a_call_that_exists() {
    let expected = "<Response><Dial><Sip username=\"sipauthtest\" password=\"password\">\
        sip:+17778889999@custxx.auth.bandwidth.com;transport=tls</Sip></Dial></Response>\n";
    assert_eq!(twiml("sipauthtest", "password"), expected);
    for password in SPECIAL_PASSWORDS.into_iter().chain(["tab\tnew\nline\rreturn", "]]>--&#9;"]) {
        let twiml = twiml(NAME, password);
        let document = roxmltree::Document::parse(&twiml).expect("well-formed");
        let path = ["Response", "Dial", "Sip"];
        let elements: Vec<_> = document.descendants().filter(|it| it.is_element()).collect();
        assert_eq!(elements.iter().map(|it| it.tag_name().name()).collect::<Vec<_>>(), path);
        let sip = elements[2];
        assert_eq!(
            (sip.attribute("username"), sip.attribute("password")),
            (Some(NAME), Some(password))
        );
        assert_eq!(sip.attributes().count(), 2);
        let uri = "sip:+17778889999@custxx.auth.bandwidth.com;transport=tls";
        assert_eq!(sip.text(), Some(uri));
    }
    let run = call("twiml").args(["-q"]).password_stdin(b"a\x1Bb");
    assert!(run.refused().contains("a control character, which XML cannot"));
}

#[test]
#[ignore = "needs python3 with Twilio's library: pip install twilio"]
fn twilios_library_builds_the_same_twiml() {
    const PROGRAM: &str = "import sys
from twilio.twiml.voice_response import Dial, VoiceResponse
username, password, uri = sys.argv[1:]
response, dial = VoiceResponse(), Dial()
dial.sip(uri, username=username, password=password)
response.append(dial)
print(response)";
    let uri = "sip:+17778889999@custxx.auth.bandwidth.com;transport=tls";
    for password in SPECIAL_PASSWORDS {
        let mut command = Command::new("python3");
        let output = command.args(["-c", PROGRAM, NAME, password, uri]).output().expect("it runs");
        let theirs = String::from_utf8(output.stdout).expect("UTF-8");
        let (ours, theirs) = (twiml(NAME, password), theirs.trim());
        assert_eq!(canonical(&ours), canonical(theirs), "{ours} {theirs}");
    }
}

/// Returns each element of a document with its sorted attributes and its text.
fn canonical(xml: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).expect("well-formed");
    let elements = document.descendants().filter(|node| node.is_element());
    let lines = elements.map(|element| {
        let attributes =
            element.attributes().map(|it| (it.name().to_owned(), it.value().to_owned()));
        let attributes: std::collections::BTreeMap<_, _> = attributes.collect();
        format!("{:?} {attributes:?} {:?}", element.tag_name().name(), element.text())
    });
    lines.collect()
}

#[test]
#[ignore = "needs SignalWire's library: pip install --target target/signalwire signalwire"]
fn signalwires_library_sends_the_same_request() {
    // Its HTTP client trusts only these certificates.
    const PROGRAM: &str = "import os, sys, certifi
certifi.where = lambda: os.environ['AUTHORITY']
from signalwire.rest import Client
space, project, token, to, sender, twiml, username, password = sys.argv[1:]
Client(project, token, signalwire_space_url=space).calls.create(
    to=to, from_=sender, twiml=twiml, sip_auth_username=username, sip_auth_password=password)";
    let authority = authority();
    for password in SPECIAL_PASSWORDS {
        let server = twilio();
        // The base URL that SignalWire documents. The library alone leaves /api/laml out.
        let space = format!("https://127.0.0.1:{}/api/laml", server.port);
        let mut command = Command::new("python3");
        command.args(["-c", PROGRAM, &space, PROJECT, TOKEN]);
        command.args(["sip:+17778889999@custxx.auth.bandwidth.com;transport=udp", "+15553334444"]);
        command.args([TWIML, NAME, password]).env("AUTHORITY", authority.path());
        command.env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/target/signalwire"));
        let output = command.output().expect("python3 runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let (theirs, ours) = (server.request(), PROVIDERS[1].send(password));
        for name in ["Authorization", "Content-Type"] {
            assert_eq!(theirs.header(name), ours.header(name));
        }
        let sorted = |request: &Request| {
            let mut fields = request.form();
            fields.sort();
            fields
        };
        assert_eq!(sorted(&theirs), sorted(&ours));
        assert_eq!(theirs.line, format!("POST {} HTTP/1.1", PROVIDERS[1].path));
    }
}

/// Runs the printed program, and returns its status, stdout and stderr.
fn run_python(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let program = call("python").args(arguments).clean();
    let mut command = Command::new("python3");
    command.args(["-c", &program]);
    for name in VARIABLES {
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
    for password in SPECIAL_PASSWORDS.into_iter().chain(CONTROL_PASSWORDS) {
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
