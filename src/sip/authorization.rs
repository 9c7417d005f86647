//! Parses and verifies a client's response to a digest challenge: the `Authorization` header of
//! RFC 2617 section 3.2.2, RFC 7616 section 3.4 and, for SIP, RFC 8760.

use std::collections::HashMap;
use std::str::FromStr;

use super::plain_text;
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
    nonce: String,
    uri: String,
    qop: Option<String>,
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

    /// Returns the nonce, which the client copied from the challenge.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns the URI that was hashed, which is the Request-URI unless a proxy changed that.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns the qop that the client chose, which is `auth` in any letter case.
    #[must_use]
    pub fn qop(&self) -> Option<&str> {
        self.qop.as_deref()
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

    /// Parses the value of a header.
    pub(super) fn from_value(value: &str) -> Result<Authorization, ParseError> {
        use ParseError::{
            BeforeChallenge, Challenge, InvalidResponse, Malformed, Missing, QopList,
        };
        let mut parameters = parameters(value)?;
        let has = |name: &str| parameters.contains_key(name);
        if has("realm") && has("nonce") && !has("username") && !has("response") {
            return Err(Challenge);
        }
        if parameters.get("response").is_some_and(String::is_empty) {
            return Err(BeforeChallenge);
        }
        for (parameter, supported) in [("algorithm", "md5"), ("qop", "auth"), ("userhash", "false")]
        {
            let value = parameters.get(parameter);
            if let Some(value) = value.filter(|value| !value.eq_ignore_ascii_case(supported)) {
                if parameter == "qop" && value.contains(',') {
                    return Err(QopList);
                }
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
        let counted = qop.as_ref().map(|_| ["nc", "cnonce"].map(&mut take));
        if !missing.is_empty() {
            return Err(Missing(missing));
        }
        // RFC 2617 section 3.2.2: 8LHEX.
        let is_count = |nc: &str| nc.len() == 8 && nc.bytes().all(|it| it.is_ascii_hexdigit());
        if counted.as_ref().is_some_and(|[nc, _]| !is_count(nc)) {
            return Err(Malformed("its nc is not 8 hexadecimal digits"));
        }
        let between = match (&qop, counted) {
            (Some(qop), Some([nc, cnonce])) => format!(":{nonce}:{nc}:{cnonce}:{qop}:"),
            _ => format!(":{nonce}:"),
        };
        let is_damage = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
        // Names may have other letters; the rest is made by programs.
        if [&username, &realm, &uri, &between].iter().any(|it| it.contains(is_damage))
            || !uri.is_ascii()
            || !between.is_ascii()
        {
            return Err(Malformed("it has characters that no client sends"));
        }
        let response = response.parse().map_err(|_| InvalidResponse)?;
        Ok(Authorization { username, realm, nonce, uri, qop, between, response })
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
    /// A header that the end of the trace, or of a packet, may have cut.
    #[error(
        "the trace or the packet may end within the header: capture all of it, or end the line if \
         it is whole"
    )]
    Cut,
    /// A header without these required parameters.
    #[error(
        "it has no {}: copy the whole header; if this is all of it, the client has to send them",
        .0.join(", no ")
    )]
    Missing(Vec<&'static str>),
    /// An empty response, which clients of the IMS send before there is a challenge (3GPP TS 24.229
    /// section 5.1.1.2).
    #[error(
        "its response is empty, as clients send it before a challenge: take the request that follows \
         the challenge"
    )]
    BeforeChallenge,
    /// Several responses in one header.
    #[error("it has several responses, joined by commas: copy one of them alone")]
    SeveralResponses,
    /// Several values of qop, which is the server's offer.
    #[error("its qop is a list: the client has to choose one of them, which is auth")]
    QopList,
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
        Authorization::from_value(&only_value(header)?)
    }
}

/// Unfolds a text and returns the value of its only header.
fn only_value(text: &str) -> Result<String, ParseError> {
    let mut unfolded = String::new();
    let mut headers = 0;
    let mut is_challenge = false;
    for (_, line) in plain_text::lines(text) {
        if StartLine::parse(&line).is_some() {
            return Err(ParseError::Message);
        }
        let (name, mut value) = split_name(&line);
        if is_any_of(name, ["Authorization", "Proxy-Authorization"]) {
            headers += usize::from(strip_digest(value).is_some());
        } else {
            is_challenge |= is_any_of(name, ["WWW-Authenticate", "Proxy-Authenticate"]);
            headers += usize::from(!name.is_empty() || strip_digest(value).is_some());
            value = &line;
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
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

fn is_any_of<const N: usize>(name: &str, names: [&str; N]) -> bool {
    names.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Removes the name of the scheme `Digest`; `None` if the value is of another scheme.
pub(super) fn strip_digest(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_at_checked("Digest".len())?;
    let is_digest = scheme.eq_ignore_ascii_case("Digest");
    (is_digest && rest.starts_with(|c: char| c.is_ascii_whitespace())).then_some(rest)
}

/// Parses the parameters of a header's value. Their names are returned in lowercase.
pub(super) fn parameters(value: &str) -> Result<HashMap<String, String>, ParseError> {
    use ParseError::{Malformed, NotDigest, SeveralResponses};
    let mut rest = strip_digest(value.trim()).ok_or(NotDigest)?;
    if rest.ends_with(',') {
        return Err(Malformed("it ends in a comma"));
    }
    let mut parameters = HashMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return Ok(parameters);
        }
        let (name, value) = rest.split_once('=').ok_or(Malformed("a parameter has no value"))?;
        let name = name.trim_ascii_end();
        if strip_digest(name).is_some() {
            return Err(SeveralResponses);
        }
        if !name.bytes().all(is_token) {
            return Err(Malformed("a parameter has no value"));
        }
        let value = value.trim_ascii_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => {
                unquote(quoted).ok_or(Malformed("a quote is not closed where the line ends"))?
            }
            None => {
                let end = value.find(|c: char| c == ',' || c.is_ascii_whitespace());
                let (value, after) = value.split_at(end.unwrap_or(value.len()));
                if !value.bytes().all(is_token) {
                    return Err(Malformed("a value without quotes has characters that need them"));
                }
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
mod tests;
