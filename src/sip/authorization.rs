//! Parses and verifies a client's response to a digest challenge: the `Authorization` header of
//! RFC 2617 section 3.2.2, RFC 7616 section 3.4 and, for SIP, RFC 8760.

use std::collections::HashMap;
use std::str::FromStr;

use super::start_line::StartLine;
use crate::Digest;

/// The value of an `Authorization` or `Proxy-Authorization` header with the algorithm MD5 and the qop
/// `auth` or none.
///
/// `FromStr` parses it with or without the name of the header, and over several lines if it is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    username: String,
    realm: String,
    uri: String,
    /// The text between H(A1) and H(A2) that is hashed: the nonce and, if there is a qop, the nonce
    /// count, the client's nonce and the qop, separated and surrounded by colons.
    between: String,
    response: Digest,
}

impl Authorization {
    /// Returns the username that the client logs in with.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// Returns the realm, which the client copied from the challenge.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// Returns true if the response was computed with this H(A1), for a request of this method
    /// (RFC 2617 section 3.2.2.1).
    #[must_use]
    pub fn is_from(&self, ha1: &Digest, method: &str) -> bool {
        self.is_from_texts(&ha1.hex()[..], &self.after_ha1(method))
    }

    /// Returns true if the response is the digest of these two texts, one after the other: the digits
    /// of H(A1), and what is hashed after them.
    pub(crate) fn is_from_texts(&self, ha1: &[u8], after: &str) -> bool {
        Digest::md5([ha1, after.as_bytes()]) == self.response
    }

    /// Returns the text that is hashed after H(A1) for a request of this method.
    pub(crate) fn after_ha1(&self, method: &str) -> String {
        let ha2 = Digest::md5([method.as_bytes(), b":", self.uri.as_bytes()]);
        format!("{}{ha2}", self.between)
    }
}

/// The error for a text that is not an [`Authorization`]. It contains no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// A `WWW-Authenticate` or `Proxy-Authenticate` header, or the parameters of one.
    #[error(
        "the server's challenge, not a response to it: copy the Authorization or \
         Proxy-Authorization header of the request that follows"
    )]
    Challenge,
    /// A text that contains the start line of a message.
    #[error(
        "a whole message: copy its Authorization or Proxy-Authorization header alone, or read it as \
         a trace"
    )]
    Message,
    /// More than one header, of the same name or not.
    #[error("more than one header: copy one Authorization or Proxy-Authorization header alone")]
    SeveralHeaders,
    /// A text that does not begin with the scheme `Digest`.
    #[error(
        "it does not begin with Digest: copy the whole header, such as Digest \
         username=\"sipauthtest\", realm=…"
    )]
    NotDigest,
    /// Parameters that are not of the form `name=value, …`, and what is wrong with them.
    #[error("{0}: copy the whole header, such as Digest username=\"sipauthtest\", realm=…")]
    Malformed(&'static str),
    /// A header without these required parameters.
    #[error("it has no {}: copy the whole header", .0.join(", no "))]
    Missing(Vec<&'static str>),
    /// A response that is not the digits of an MD5 digest.
    #[error("its response is not 32 hexadecimal digits: copy the whole header")]
    InvalidResponse,
    /// A kind of response that cannot be computed from Bandwidth's digests.
    #[error(
        "it has {parameter}={value}, but Bandwidth's credentials support only MD5 with qop auth or \
         none: capture a response of that kind"
    )]
    NotMd5 {
        /// The parameter that is not supported: `algorithm`, `qop` or `userhash`.
        parameter: &'static str,
        /// Its value, or `…` if that is too long for the name of an algorithm.
        value: String,
    },
}

impl FromStr for Authorization {
    type Err = ParseError;

    fn from_str(header: &str) -> Result<Authorization, ParseError> {
        let mut parameters = parameters(&only_value(header)?)?;
        let has = |name: &str| parameters.contains_key(name);
        if has("realm") && has("nonce") && !has("username") && !has("response") {
            return Err(ParseError::Challenge);
        }
        for (parameter, supported) in [("algorithm", "md5"), ("qop", "auth"), ("userhash", "false")]
        {
            let value = parameters.get(parameter);
            if let Some(value) = value.filter(|value| !value.eq_ignore_ascii_case(supported)) {
                // A longer value may be a digest.
                let is_name = (1..=16).contains(&value.len());
                let value = if is_name { value.escape_debug().to_string() } else { "…".into() };
                return Err(ParseError::NotMd5 { parameter, value });
            }
        }
        let qop = parameters.remove("qop");
        let mut missing = Vec::new();
        let mut take = |name| {
            parameters.remove(name).unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let [username, realm, nonce, uri, response] =
            ["username", "realm", "nonce", "uri", "response"].map(&mut take);
        let between = match qop {
            None => format!(":{nonce}:"),
            Some(qop) => format!(":{nonce}:{}:{}:{qop}:", take("nc"), take("cnonce")),
        };
        if !missing.is_empty() {
            return Err(ParseError::Missing(missing));
        }
        let response = response.parse().map_err(|_| ParseError::InvalidResponse)?;
        Ok(Authorization { username, realm, uri, between, response })
    }
}

/// Unfolds a text and returns the value of its only header.
fn only_value(text: &str) -> Result<String, ParseError> {
    let mut unfolded = String::new();
    let mut headers = 0;
    let mut is_challenge = false;
    for line in text.lines().map(trim_line) {
        if StartLine::parse(line).is_some() {
            return Err(ParseError::Message);
        }
        let (name, mut value) = split_name(line);
        if is_any_of(name, ["Authorization", "Proxy-Authorization"]) {
            headers += usize::from(strip_digest(value).is_some());
        } else {
            is_challenge |= is_any_of(name, ["WWW-Authenticate", "Proxy-Authenticate"]);
            headers += usize::from(!name.is_empty() || strip_digest(value).is_some());
            value = line;
        }
        // RFC 3261 section 7.3.1: a fold is equivalent to a single space.
        unfolded.push(' ');
        unfolded.push_str(value);
    }
    match headers {
        2.. => Err(ParseError::SeveralHeaders),
        _ if is_challenge => Err(ParseError::Challenge),
        _ => Ok(unfolded),
    }
}

/// Trims whitespace and a line ending as Wireshark prints it: the four characters `\r\n`.
pub(crate) fn trim_line(line: &str) -> &str {
    let line = line.trim();
    line.strip_suffix("\\r\\n").unwrap_or(line).trim_end()
}

/// Splits a line into the name and the value of a header. Without a header, the name is empty and the
/// value is the whole line.
fn split_name(line: &str) -> (&str, &str) {
    // RFC 3261 section 7.3.1 allows whitespace before the colon.
    match line.split_once(':').map(|(name, value)| (name.trim_end(), value.trim_start())) {
        Some((name, value)) if name.bytes().all(is_token) => (name, value),
        _ => ("", line),
    }
}

/// Returns true for the characters of a token (RFC 3261 section 25.1).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

fn is_any_of<const N: usize>(name: &str, names: [&str; N]) -> bool {
    names.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Removes the name of the scheme `Digest`; `None` if the value is of another scheme.
fn strip_digest(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_at_checked("Digest".len())?;
    let is_digest = scheme.eq_ignore_ascii_case("Digest");
    (is_digest && rest.starts_with(|c: char| c.is_ascii_whitespace())).then_some(rest)
}

/// Parses the parameters of a header's value. Their names are returned in lowercase.
fn parameters(value: &str) -> Result<HashMap<String, String>, ParseError> {
    use ParseError::{Malformed, NotDigest};
    let mut rest = strip_digest(value.trim()).ok_or(NotDigest)?;
    let mut parameters = HashMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return Ok(parameters);
        }
        let (name, value) = rest.split_once('=').ok_or(Malformed("a parameter has no value"))?;
        let name = name.trim_ascii_end();
        if !name.bytes().all(is_token) {
            return Err(Malformed("a parameter has no value"));
        }
        let value = value.trim_ascii_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or(Malformed("a quote is never closed"))?,
            None => {
                let end = value.find(|c: char| c == ',' || c.is_ascii_whitespace());
                let (value, after) = value.split_at(end.unwrap_or(value.len()));
                (value.to_owned(), after)
            }
        };
        rest = after.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err(Malformed("there is no comma between two parameters"));
        }
        if parameters.insert(name.to_ascii_lowercase(), value).is_some() {
            return Err(Malformed("a parameter is repeated"));
        }
    }
}

/// Parses the rest of a quoted string, after its opening quote. Returns the string and the text after
/// its closing quote; `None` if there is no closing quote.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
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
            format!("{RFC_2617}, extra=\"a, b=\\\"c\\\"; response=1\","),
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
            ("Digest username=\"a".to_owned(), Malformed("a quote is never closed")),
            ("Digest username=\"a\\".to_owned(), Malformed("a quote is never closed")),
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
            (
                format!("WWW-Authenticate: {NO_QOP}"),
                "the server's challenge, not a response to it: ",
            ),
            (format!("{NO_QOP}\nA: b"), "more than one header: copy one Authorization"),
            (format!("SIP/2.0 401 \n{NO_QOP}"), "a whole message: copy its Authorization"),
            ("Basic YTpi".to_owned(), "it does not begin with Digest: copy the whole header, "),
            (format!("{NO_QOP}, a"), "a parameter has no value: copy the whole header, "),
            (
                "Digest username=a".to_owned(),
                "it has no realm, no nonce, no uri, no response: copy",
            ),
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
}
