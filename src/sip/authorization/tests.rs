use super::*;

/// RFC 2617 section 3.5.
const RFC_2617: &str = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
    nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, \
    nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", \
    opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
/// RFC 7616 section 3.9.1.
const RFC_7616: &str = "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
    uri=\"/dir/index.html\", algorithm=MD5, \
    nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
    cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
    response=\"8ca523f5e9506fed4657c9700eebdbec\", \
    opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
/// Without a qop. The response is by `md5sum`, from Hash1 of the guide.
const NO_QOP: &str = "Digest username=\"sipauthtest\", realm=\"custxx.auth.bandwidth.com\", \
    nonce=\"abc\", uri=\"sip:custxx.auth.bandwidth.com\", \
    response=\"dc2448ef9fae4d708bdd5e56df3e4efb\"";

#[track_caller]
fn parse(header: &str) -> Authorization {
    header.parse().unwrap_or_else(|error| panic!("{error}: {header}"))
}

#[track_caller]
fn error(header: &str) -> ParseError {
    header.parse::<Authorization>().expect_err(header)
}

#[track_caller]
fn assert_is_from(authorization: &Authorization, method: &str, password: &[u8]) {
    let ha1 = Digest::ha1(&[authorization.username()], authorization.realm(), password);
    assert!(authorization.is_from(&ha1, method));
    assert!(!authorization.is_from(&ha1, "ACK"));
    let other = Digest::ha1(&[authorization.username()], authorization.realm(), b"other");
    assert!(!authorization.is_from(&other, method));
}

#[test]
fn responses_of_the_rfcs() {
    let authorization = parse(RFC_2617);
    assert_eq!(authorization.username(), "Mufasa");
    assert_eq!(authorization.realm(), "testrealm@host.com");
    assert_is_from(&authorization, "GET", b"Circle Of Life");
    assert_is_from(&parse(RFC_7616), "GET", b"Circle of Life");
}

#[test]
fn a_response_without_qop() {
    assert_is_from(&parse(NO_QOP), "REGISTER", b"password");
    // The guide's Hash1.
    let hash1 = "fe438bddfc087dda89d29e637f5684ab".parse().expect("32 digits");
    assert!(parse(NO_QOP).is_from(&hash1, "REGISTER"));
}

#[test]
fn headers_as_they_are_captured() {
    for header in [
        format!("Authorization: {RFC_2617}"),
        format!("proxy-authorization:{RFC_2617}\r\n"),
        format!("Authorization \t: {RFC_2617}"),
        format!("    Authorization: {RFC_2617}\\r\\n"),
        format!("Authorization: {RFC_2617} \\r\\n\r\n"),
        format!("Authorization:\n  {RFC_2617}"),
        RFC_2617.replace("Digest ", "DIGEST   "),
        RFC_2617.replace("Digest ", "Digest\r\n\t"),
        RFC_2617.replace(", ", ",\r\n  "),
        RFC_2617.replace(", ", ",\\r\\n\n    "),
        RFC_2617.replace(", ", "\n,"),
        RFC_2617.replace(", ", " , "),
        RFC_2617.replace('=', " = ").replace("nc = ", "NC="),
        RFC_2617.replace("qop=auth", "QOP=\"auth\"").replace("response", "Response"),
        RFC_2617.replace("qop=auth", "algorithm=\"md5\", qop=auth"),
        RFC_2617.replace("qop=auth", "algorithm=Md5, userhash=FALSE, qop=auth"),
        RFC_2617.replace("6629fae", "6629FAE"),
        format!("{RFC_2617}, extra=\"a, b=\\\"c\\\"; response=1\""),
    ] {
        assert_eq!(parse(&header), parse(RFC_2617), "{header}");
    }
}

/// By `md5sum`: H(A1) of `a"b\c, d=e:r.example.com:password`, the nonce `n`, and the request
/// `INVITE:sip:x@r.example.com`.
#[test]
fn quoted_strings_with_separators() {
    let authorization = parse(
        "Digest response=1d8c467838a1ca28693d6339d6764b9b, uri=\"sip:x@r.example.com\", \
         nonce=n, username=\"a\\\"b\\\\c, d=e\", realm=\"r.example.com\"",
    );
    assert_eq!(authorization.username(), "a\"b\\c, d=e");
    assert_is_from(&authorization, "INVITE", b"password");
}

/// RFC 3261 section 7.3.1.
#[test]
fn a_fold_is_a_space() {
    let header = NO_QOP.replace("sipauthtest", "sip auth\r\n    test");
    assert_eq!(parse(&header).username(), "sip auth test");
}

#[test]
fn texts_that_are_no_response() {
    use ParseError::{Challenge, Malformed, Message, NotDigest, SeveralHeaders};
    let challenge = "Digest realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\"";
    let request = "REGISTER sip:custxx.auth.bandwidth.com SIP/2.0\r\n";
    let cases = [
        (challenge.to_owned(), Challenge),
        (format!("WWW-Authenticate: {challenge}"), Challenge),
        (format!("Proxy-Authenticate : {challenge}\\r\\n"), Challenge),
        ("www-authenticate: Basic realm=\"a\"".to_owned(), Challenge),
        // The algorithm makes no difference.
        (format!("{challenge}, algorithm=SHA-256, qop=\"auth,auth-int\""), Challenge),
        (format!("{request}Authorization: {NO_QOP}\r\n\r\n"), Message),
        (format!("Request-Line: {request}"), Message),
        (format!("SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}"), Message),
        (format!("WWW-Authenticate: {challenge}\n{request}"), Message),
        (format!("Authorization: {NO_QOP}\r\nContent-Length: 0\r\n"), SeveralHeaders),
        (format!("Via: SIP/2.0/UDP a\nAuthorization: {NO_QOP}"), SeveralHeaders),
        (format!("Authorization: {NO_QOP}\nProxy-Authorization: {NO_QOP}"), SeveralHeaders),
        (format!("{NO_QOP}\n{NO_QOP}"), SeveralHeaders),
        (format!("WWW-Authenticate: {challenge}\nAuthorization: {NO_QOP}"), SeveralHeaders),
        ("Basic YTpi".to_owned(), NotDigest),
        ("Authorization: Basic YTpi".to_owned(), NotDigest),
        ("Authorization".to_owned(), NotDigest),
        ("Digest".to_owned(), NotDigest),
        ("Digestive a=b".to_owned(), NotDigest),
        ("Digéé a=b".to_owned(), NotDigest),
        (String::new(), NotDigest),
        (format!("X-Authorization: {NO_QOP}"), NotDigest),
        ("Digest username=\"a".to_owned(), Malformed("a quote is not closed where the line ends")),
        (
            "Digest username=\"a\\".to_owned(),
            Malformed("a quote is not closed where the line ends"),
        ),
        ("Digest username".to_owned(), Malformed("a parameter has no value")),
        ("Digest a, b=c".to_owned(), Malformed("a parameter has no value")),
        ("Digest a b=c".to_owned(), Malformed("a parameter has no value")),
        (
            "Digest a=\"b\" c=\"d\"".to_owned(),
            Malformed("there is no comma between two parameters"),
        ),
        ("Digest a=b c=d".to_owned(), Malformed("there is no comma between two parameters")),
        ("Digest a=b, A=c".to_owned(), Malformed("a parameter is repeated")),
    ];
    for (header, expected) in cases {
        assert_eq!(error(&header), expected, "{header}");
    }
}

#[test]
fn every_missing_parameter_is_named() {
    use ParseError::{InvalidResponse, Missing};
    let cases = [
        ("Digest username=a, realm=b", Missing(vec!["nonce", "uri", "response"])),
        // A username shows that it is not a challenge.
        ("Digest username=a, realm=b, nonce=c, uri=d", Missing(vec!["response"])),
        ("Digest realm=b, nonce=c, response=d", Missing(vec!["username", "uri"])),
        (
            "Digest qop=auth, nonce=n",
            Missing(vec!["username", "realm", "uri", "response", "nc", "cnonce"]),
        ),
        (
            "Digest qop=auth, realm=n",
            Missing(vec!["username", "nonce", "uri", "response", "nc", "cnonce"]),
        ),
        ("Digest username=a, realm=b, nonce=c, uri=d, response=0123", InvalidResponse),
    ];
    for (header, expected) in cases {
        assert_eq!(error(header), expected, "{header}");
    }
}

#[test]
fn only_md5_is_supported() {
    let too_long = "0123456789abcdef0";
    for (parameter, value, shown) in [
        ("algorithm", "MD5-sess", "MD5-sess"),
        ("algorithm", "SHA-256", "SHA-256"),
        ("algorithm", "SHA-512-256-sess", "SHA-512-256-sess"),
        ("algorithm", too_long, "…"),
        ("algorithm", "\"\"", "…"),
        ("algorithm", "\"a\u{1B}\"", "a\\u{1b}"),
        ("qop", "auth-int", "auth-int"),
        ("userhash", "true", "true"),
    ] {
        let expected = ParseError::NotMd5 { parameter, value: shown.to_owned() };
        assert_eq!(error(&format!("{NO_QOP}, {parameter}={value}")), expected);
    }
}

#[test]
fn errors_say_what_to_do_and_repeat_no_digest() {
    for (header, expected) in [
        (format!("WWW-Authenticate: {NO_QOP}"), "the server's challenge, not a response to it: "),
        (format!("{NO_QOP}\nA: b"), "more than one header: copy one Authorization"),
        (format!("SIP/2.0 401 \n{NO_QOP}"), "a whole message: copy its Authorization"),
        ("Basic YTpi".to_owned(), "it does not begin with Digest: copy the whole header, "),
        (format!("{NO_QOP}, a"), "a parameter has no value: copy the whole header, "),
        ("Digest username=a".to_owned(), "it has no realm, no nonce, no uri, no response: copy"),
        (format!("{NO_QOP}0"), "there is no comma between two parameters: "),
        (
            NO_QOP.replace("efb\"", "ef\""),
            "its response is not 32 hexadecimal digits: copy the whole header",
        ),
        (
            format!("{NO_QOP}, algorithm=SHA-256"),
            "it has algorithm=SHA-256, but Bandwidth's credentials support only MD5 with qop auth",
        ),
    ] {
        let message = error(&header).to_string();
        assert!(message.starts_with(expected), "{header}: {message}");
        assert!(message.contains(": ") && !message.contains("dc2448ef"), "{message}");
    }
}

#[test]
fn debug_does_not_show_the_response() {
    assert!(!format!("{:?}", parse(NO_QOP)).contains("dc2448"));
}

/// Time is linear in the number of parameters and of lines.
#[test]
fn long_headers() {
    let many: Vec<_> = (0..50_000).map(|number| format!("p{number}=1")).collect();
    let many = many.join(",");
    assert_eq!(parse(&format!("{NO_QOP},{many}")), parse(NO_QOP));
    assert_eq!(error(&"\n".repeat(1_000_000)), ParseError::NotDigest);
}
