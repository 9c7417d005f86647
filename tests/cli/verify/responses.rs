//! Responses from captured headers.

use super::{HASH1, HASH1B, mismatch, verify};
use crate::support::registrar::Registrar;
use crate::support::{REALM, Run, bwsip, md5sum};

/// RFC 2617 section 3.5, with the password of its example, and RFC 7616 section 3.9.1.
const RFC_2617: &str = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
    nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, nc=00000001, \
    cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", \
    opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
const RFC_7616: &str = "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
    uri=\"/dir/index.html\", algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
    nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
    response=\"8ca523f5e9506fed4657c9700eebdbec\", \
    opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

fn captured(header: &str, password: &str) -> Run {
    let run = bwsip(["verify", "-q", "--method", "GET", "--authorization", header]);
    run.env("BWSIP_PASSWORD", password)
}

#[test]
fn the_examples_of_the_rfcs() {
    let ok = |realm: &str| {
        format!("ok: from Hash1: the client logs in as \"Mufasa\" on the realm \"{realm}\"\n")
    };
    let by_password = |realm| format!("The client uses this password.\nresponse: {}", ok(realm));
    assert_eq!(captured(RFC_2617, "Circle Of Life").clean(), by_password("testrealm@host.com"));
    assert_eq!(captured(RFC_7616, "Circle of Life").clean(), by_password("http-auth@example.org"));
    // H(A1) of RFC 2617's, by md5sum.
    let run = bwsip(["verify", "--method", "GET", "--authorization", RFC_2617]);
    let printed = run.args(["--hash1", "939e7578ed9e3c518a452acee763bce9"]).clean();
    let agree = format!("Client and Bandwidth agree.\nresponse: {}", ok("testrealm@host.com"));
    assert_eq!(printed, agree);
    let json = captured(RFC_2617, "Circle Of Life").args(["-f", "json"]).clean();
    let check = &super::parsed(&json)["checks"][0];
    for (key, value) in [
        ("check", "response"),
        ("against", "password"),
        ("method", "GET"),
        ("realm", "testrealm@host.com"),
        ("digest", "hash1"),
    ] {
        assert_eq!(check[key], value);
    }
    let text = mismatch(captured(RFC_2617, "Circle of Life"));
    assert!(text.contains("or the password itself may be wrong."), "{text}");
    let text = mismatch(captured(RFC_2617, "Circle Of Life "));
    assert!(text.contains("without the whitespace"), "{text}");
    let text = mismatch(captured(RFC_2617, "Circle Of Life").args([
        "-u",
        "Simba",
        "-r",
        "other.example.com",
    ]));
    assert!(
        text.contains("username: does not match: the client logs in as \"Mufasa\", not \"Simba\""),
        "{text}"
    );
    assert!(
        text.contains(
            "realm: does not match: the client answers for the realm \"testrealm@host.com\""
        ),
        "{text}"
    );
}

#[test]
fn headers_as_they_are_captured() {
    let same = [
        format!("Authorization: {RFC_2617}"),
        format!("proxy-authorization:{RFC_2617}\r\n"),
        format!("Authorization \t: {RFC_2617}"),
        RFC_2617.replace("Digest ", "DIGEST   "),
        RFC_2617.replace(", ", ",\r\n  "),
        RFC_2617.replace(", ", " , "),
        RFC_2617.replace('=', " = ").replace("nc = ", "NC="),
        RFC_2617.replace("qop=auth", "QOP=\"auth\"").replace("response", "Response"),
        RFC_2617.replace("qop=auth", "algorithm=\"md5\", qop=AUTH").replace("AUTH", "auth"),
        format!("{RFC_2617}, extra=\"a, b=\\\"c\\\"; response=1\""),
    ];
    for header in same {
        let printed = captured(&header, "Circle Of Life").clean();
        assert!(printed.contains("\nresponse: ok"), "{header}");
    }
}

#[test]
fn quoted_strings_with_what_is_special() {
    if md5sum(b"").is_none() {
        return;
    }
    let text = |text: &str| md5sum(text.as_bytes()).expect("it is there");
    let ha1 = text("a\"b\\c, d=e:r.example.com:password");
    let ha2 = text("INVITE:sip:x@r.example.com");
    let response = text(&format!("{ha1}:n:{ha2}"));
    let header = format!(
        "Digest response={response}, uri=\"sip:x@r.example.com\", nonce=n, \
         username=\"a\\\"b\\\\c, d=e\", realm=\"r.example.com\""
    );
    let run = bwsip(["verify", "--method", "INVITE", "--authorization", &header]);
    assert!(run.with_password().clean().contains("response: ok: from Hash1"));
}

#[test]
fn headers_that_cannot_be_checked() {
    let cases = [
        ("Basic YTpi", "does not begin with Digest"),
        ("Digest", "does not begin with Digest"),
        ("", "does not begin with Digest"),
        ("Digest username=\"a", "a quote is not closed where the line ends"),
        ("Digest username=\"a\",", "it ends in a comma"),
        ("Digest username", "a parameter has no value"),
        ("Digest a=\"b\" c=\"d\"", "no comma between two parameters"),
        ("Digest a=b, A=c", "a parameter is repeated"),
        ("Digest username=\"a\", realm=\"b\"", "it has no nonce, no uri, no response"),
        (
            "Digest username=a, realm=b, nonce=c, uri=d, response=0123",
            "its response is not 32 hexadecimal digits",
        ),
        (
            "Digest qop=auth, nonce=n",
            "no username, no realm, no uri, no response, no nc, no cnonce",
        ),
    ];
    for (header, expected) in cases {
        let message = captured(header, "password").refused();
        assert!(message.starts_with("error: --authorization: "), "{header}: {message}");
        assert!(message.contains(expected), "{header}: {message}");
    }
    for (parameter, value) in [
        ("algorithm", "MD5-sess"),
        ("algorithm", "SHA-256"),
        ("algorithm", "SHA-512-256"),
        ("qop", "auth-int"),
        ("userhash", "true"),
    ] {
        let header = match parameter {
            "qop" => RFC_2617.replace("qop=auth", &format!("qop={value}")),
            _ => format!("{RFC_2617}, {parameter}={value}"),
        };
        let message = captured(&header, "Circle Of Life").refused();
        let expected =
            format!("it has {parameter}={value}, but Bandwidth's credentials support only MD5");
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn a_response_by_the_wrong_digest() {
    let run = || bwsip(["verify", "--method", "GET", "--authorization", RFC_2617]);
    let right = "939e7578ed9e3c518a452acee763bce9";
    let text = mismatch(run().args(["--hash1b", right]));
    assert!(
        text.starts_with("Nothing was compared: missing Hash1: the client logs in as"),
        "{text}"
    );
    let text = mismatch(run().args(["--hash1", HASH1, "--hash1b", right]));
    assert!(text.contains("this is the other digest, or made from it"), "{text}");
    let json = mismatch(run().args(["--hash1", HASH1, "--hash1b", right, "-f", "json"]));
    assert!(json.contains("\"causes\":[\"swapped\"]"), "{json}");
    let text = mismatch(run().args(["--hash1", HASH1]));
    let verdict = "Client and Bandwidth disagree on password, realm or username; add the password to \
        see which.\n";
    assert!(text.starts_with(verdict), "{text}");
    let text = mismatch(run().args(["--hash1", &right[1..]]));
    assert!(text.starts_with("Nothing was compared: Hash1 is not 32 hexadecimal digits"), "{text}");
}

/// As in the guide to the program; the response is by md5sum.
const REGISTERED: &str = "Digest username=\"sipauthtest\", realm=\"custxx.auth.bandwidth.com\", \
    nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
    response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";

#[test]
fn a_request_of_another_method() {
    let run = |method| bwsip(["verify", "--authorization", REGISTERED, "--method", method]);
    assert!(run("REGISTER").with_password().clean().starts_with("The client uses this password."));
    let agree = run("REGISTER").args(["--hash1", HASH1]).clean();
    assert!(agree.starts_with("Client and Bandwidth agree."), "{agree}");
    for method in ["INVITE", "ACK", "GET"] {
        for run in [run(method).with_password(), run(method).args(["--hash1", HASH1])] {
            let json = mismatch(run.args(["-f", "json"]));
            assert!(json.contains("\"causes\":[\"method\"]"), "{json}");
            assert!(json.contains("for a request of another method"), "{json}");
        }
    }
    let run = run("INVITE").env("BWSIP_PASSWORD", "password ");
    let json = mismatch(run.args(["-q", "-f", "json"]));
    assert!(json.contains("\"causes\":[\"password-lacked-white-space\",\"method\"]"), "{json}");
}

/// `-u`, `-d` and `-r` check the header, each alone too, and so does the environment.
#[test]
fn what_is_given_checks_the_header() {
    // By md5sum: H(A1) is Hash1b of bob@somewhere.com, the nonce n, the request M u.
    let header = "Digest username=\"bob@somewhere.com@custxx.auth.bandwidth.com\", \
        realm=\"custxx.auth.bandwidth.com\", nonce=\"n\", uri=\"u\", response=\"6122983c0ff4e738ab25b0eea7b62de0\"";
    let run = |arguments: &[&str]| {
        let run = bwsip(["verify", "--method", "M", "--authorization", header]);
        run.args(arguments).with_password()
    };
    let login = "bob@somewhere.com@custxx.auth.bandwidth.com";
    let right: [&[&str]; 6] = [
        &[],
        &["-d", "somewhere.com"],
        &["-u", "bob", "-d", "somewhere.com"],
        &["-u", "bob@somewhere.com"],
        &["-u", login],
        &["-r", REALM],
    ];
    for arguments in right {
        let printed = run(arguments).clean();
        let expected =
            format!("from Hash1b: the client logs in as \"{login}\" on the realm \"{REALM}\"\n");
        assert!(printed.ends_with(&expected), "{printed}");
    }
    for arguments in [&["-d", "elsewhere.com"][..], &["-u", "bob"], &["-r", "custyy.example.com"]] {
        let text = mismatch(run(arguments));
        assert!(text.contains("custxx.auth.bandwidth.com\", not \""), "{text}");
    }
    let text = mismatch(run(&[]).env("BWSIP_REALM", "other.example.com"));
    let expected = "The client answers for the realm \"custxx.auth.bandwidth.com\", not \
        \"other.example.com\". ";
    assert!(text.starts_with(expected), "{text}");
    for method in ["", "register", "REGISTER "] {
        let run = bwsip(["verify", "--method", method, "--authorization", header]);
        assert!(run.with_password().refused().contains("--method: not a method"), "{method}");
    }
}

/// A real client's REGISTERs, as it prints them.
#[test]
#[ignore = "needs kamailio and sipsak: apt-get install kamailio sipsak"]
fn responses_of_a_real_client() {
    let registrar = Registrar::start(&[("sipauthtest", HASH1, HASH1B)]);
    let at_realm = format!("sipauthtest@{REALM}");
    for (login, flag, digest, name) in
        [("sipauthtest", "--hash1", HASH1, "Hash1"), (&at_realm, "--hash1b", HASH1B, "Hash1b")]
    {
        let ok = |verdict: &str| {
            format!(
                "{verdict}\nusername: ok\nrealm: ok\nresponse: ok: from {name}: the client \
                 logs in as \"{login}\" on the realm \"{REALM}\"\n"
            )
        };
        let header = |password: &str| {
            let (_, sip) = registrar.register("sipauthtest", login, password);
            let line =
                sip.lines().find(|line| line.starts_with("Authorization: ")).map(str::to_owned);
            line.expect("sipsak prints its header")
        };
        let run = |header: &str| verify(&["--method", "REGISTER", "--authorization", header]);
        let expected = ok("The client uses this password.");
        assert_eq!(run(&header("password")).clean(), expected);
        let text = mismatch(run(&header("Password1")));
        assert!(text.contains("The password itself may be wrong"), "{text}");
        let text = mismatch(run(&header("password ")));
        assert!(text.contains("whitespace before or after"), "{text}");
        let by_digest = |header: &str| {
            let run = bwsip(["verify", "-u", "sipauthtest", "-r", REALM, flag, digest]);
            run.args(["--method", "REGISTER", "--authorization", header])
        };
        let expected = ok("Client and Bandwidth agree.");
        assert_eq!(by_digest(&header("password")).clean(), expected);
        let text = mismatch(by_digest(&header("wrong")));
        assert!(text.contains("response: does not match"), "{text}");
    }
}

#[test]
fn an_empty_realm_is_an_error() {
    let header = "Digest username=\"a\", realm=\"x.y\", nonce=\"b\", uri=\"c\", \
        response=\"00000000000000000000000000000000\"";
    let run = bwsip(["verify", "--method", "REGISTER", "--authorization", header]);
    let message = run.env("BWSIP_REALM", "").with_password().refused();
    assert!(message.starts_with("error: BWSIP_REALM: empty: "), "{message}");
}
