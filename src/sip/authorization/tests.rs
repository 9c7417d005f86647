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
fn error(header: &str) -> String {
    header.parse::<Authorization>().expect_err(header).to_string()
}

#[track_caller]
fn assert_is_by(authorization: &Authorization, method: &str, text: &str) {
    let password = |text: &str| Password::new(text).expect("it is valid");
    assert!(authorization.is_by(&password(text), method));
    assert!(!authorization.is_by(&password(text), "ACK"));
    assert!(!authorization.is_by(&password("other"), method));
}

#[test]
fn responses_of_the_rfcs() {
    let authorization = parse(RFC_2617);
    assert_eq!(authorization.username(), "Mufasa");
    assert_eq!(authorization.realm(), "testrealm@host.com");
    assert_is_by(&authorization, "GET", "Circle Of Life");
    assert_is_by(&parse(RFC_7616), "GET", "Circle of Life");
}

#[test]
fn a_response_without_qop() {
    assert_is_by(&parse(NO_QOP), "REGISTER", "password");
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
    assert_is_by(&authorization, "INVITE", "password");
}

/// RFC 3261 section 7.3.1.
#[test]
fn a_fold_is_a_space() {
    let header = NO_QOP.replace("sipauthtest", "sip auth\r\n    test");
    assert_eq!(parse(&header).username(), "sip auth test");
}

#[test]
fn texts_that_are_no_response() {
    let several = "more than one header: ";
    let message = "a whole message: ";
    let not_digest = "it does not begin with Digest: ";
    let challenged = "the server's challenge, not a response to it: ";
    let challenge = "Digest realm=\"custxx.auth.bandwidth.com\", nonce=\"abc\"";
    let request = "REGISTER sip:custxx.auth.bandwidth.com SIP/2.0\r\n";
    let cases = [
        (challenge.to_owned(), challenged),
        (format!("WWW-Authenticate: {challenge}"), challenged),
        (format!("Proxy-Authenticate : {challenge}\\r\\n"), challenged),
        ("www-authenticate: Basic realm=\"a\"".to_owned(), challenged),
        // The algorithm makes no difference.
        (format!("{challenge}, algorithm=SHA-256, qop=\"auth,auth-int\""), challenged),
        (format!("{request}Authorization: {NO_QOP}\r\n\r\n"), message),
        (format!("Request-Line: {request}"), message),
        (format!("SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}"), message),
        (format!("WWW-Authenticate: {challenge}\n{request}"), message),
        (format!("Authorization: {NO_QOP}\r\nContent-Length: 0\r\n"), several),
        (format!("Via: SIP/2.0/UDP a\nAuthorization: {NO_QOP}"), several),
        (format!("Authorization: {NO_QOP}\nProxy-Authorization: {NO_QOP}"), several),
        (format!("{NO_QOP}\n{NO_QOP}"), several),
        (format!("WWW-Authenticate: {challenge}\nAuthorization: {NO_QOP}"), several),
        ("Basic YTpi".to_owned(), not_digest),
        ("Authorization: Basic YTpi".to_owned(), not_digest),
        ("Authorization".to_owned(), not_digest),
        ("Digest".to_owned(), not_digest),
        ("Digestive a=b".to_owned(), not_digest),
        ("Digéé a=b".to_owned(), not_digest),
        (String::new(), not_digest),
        (format!("X-Authorization: {NO_QOP}"), not_digest),
        ("Digest username=\"a".to_owned(), "a quote is not closed where the line ends: "),
        ("Digest username=\"a\\".to_owned(), "a quote is not closed where the line ends: "),
        ("Digest username".to_owned(), "a parameter has no value: "),
        ("Digest a, b=c".to_owned(), "a parameter has no value: "),
        ("Digest a b=c".to_owned(), "a parameter has no value: "),
        ("Digest a=\"b\" c=\"d\"".to_owned(), "there is no comma between two parameters: "),
        ("Digest a=b c=d".to_owned(), "there is no comma between two parameters: "),
        ("Digest a=b, A=c".to_owned(), "a parameter is repeated: "),
        ("Digest a=\"b\",".to_owned(), "it ends in a comma: "),
        (format!("{NO_QOP}, {NO_QOP}"), "it has several responses, joined by commas: "),
        (
            NO_QOP.replace("\"dc2", "\"\", x=\"dc2"),
            "its response is empty, as clients send it before",
        ),
        // What a screen, a log or a packet's header left in a value.
        (NO_QOP.replace("\"abc\"", "abc^M"), "a value without quotes has characters that need "),
        (NO_QOP.replace("abc", "ab\u{0}c"), "it has characters that no client sends: "),
        (NO_QOP.replace("sipauth", "sip\u{FFFD}auth"), "it has characters that no client sends: "),
        (NO_QOP.replace("abc", "ab\u{2013}c"), "it has characters that no client sends: "),
    ];
    for (header, expected) in cases {
        assert!(error(&header).starts_with(expected), "{header}: {}", error(&header));
    }
}

#[test]
fn every_missing_parameter_is_named() {
    let cases = [
        ("Digest username=a, realm=b", "it has no nonce, no uri, no response: "),
        // A username shows that it is not a challenge.
        ("Digest username=a, realm=b, nonce=c, uri=d", "it has no response: "),
        ("Digest realm=b, nonce=c, response=d", "it has no username, no uri: "),
        (
            "Digest qop=auth, nonce=n",
            "it has no username, no realm, no uri, no response, no nc, no cnonce: ",
        ),
        (
            "Digest qop=auth, realm=n",
            "it has no username, no nonce, no uri, no response, no nc, no cnonce: ",
        ),
        (
            "Digest username=a, realm=b, nonce=c, uri=d, response=0123",
            "its response is not 32 hexadecimal digits: ",
        ),
    ];
    for (header, expected) in cases {
        assert!(error(header).starts_with(expected), "{header}: {}", error(header));
    }
}

#[test]
fn only_md5_is_supported() {
    for (parameter, value, shown) in [
        ("algorithm", "MD5-sess", "MD5-sess"),
        ("algorithm", "SHA-256", "SHA-256"),
        ("algorithm", "SHA-512-256-sess", "SHA-512-256-sess"),
        ("algorithm", "hunter2", "…"),
        ("algorithm", "\"a\u{1B}\"", "…"),
        ("qop", "auth-int", "auth-int"),
        ("userhash", "true", "true"),
    ] {
        let expected =
            format!("it has {parameter}={shown}, but Bandwidth's credentials support only");
        let error = error(&format!("{NO_QOP}, {parameter}={value}"));
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn what_a_client_sends_wrongly() {
    let list = error(&format!("{NO_QOP}, qop=\"auth,auth-int\""));
    assert_eq!(list, "it has qop=auth,auth-int: the client has to choose one of the list");
    let uncounted = error(&format!("{NO_QOP}, qop=auth"));
    assert!(uncounted.ends_with("copy the whole header, or correct the client"), "{uncounted}");
    for (parameter, part) in [("algorithm", "MD"), ("algorithm", "\"\""), ("qop", "aut")] {
        let error = error(&format!("{NO_QOP}, {parameter}={part}"));
        assert!(error.starts_with(&format!("its {parameter} may be cut: ")), "{error}");
    }
    for nc in ["1", "0000001", "000000001", "0000000g", "\"\""] {
        let error = error(&RFC_2617.replace("00000001", nc));
        assert!(error.starts_with("its nc is not 8 hexadecimal digits: "), "{nc}: {error}");
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
        let message = error(&header);
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
    assert!(error(&"\n".repeat(1_000_000)).starts_with("it does not begin with Digest: "));
}
