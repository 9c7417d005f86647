//! Parses and verifies a client's response to a digest challenge: the `Authorization` header of
//! RFC 2617 section 3.2.2, RFC 7616 section 3.4 and, for SIP, RFC 8760.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use super::plain_text;
use super::start_line::StartLine;
use crate::{Digest, Password};

/// Values of `algorithm`, `qop` and `userhash` (RFC 7616, RFC 8760, RFC 3310, RFC 4169).
const NAMES: &str = "MD5-sess SHA-256 SHA-256-sess SHA-512-256 SHA-512-256-sess AKAv1-MD5 AKAv2-MD5 \
    AKAv2-SHA-256 auth auth-int true";

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
    /// The text between H(A1) and the qop that is hashed, if there is a qop: the nonce, its count and the
    /// client's nonce, surrounded by colons. `None` if the header does not have them.
    counted: Option<String>,
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

    /// Returns true if the response was computed with this password, for a request of this method.
    #[must_use]
    pub fn is_by(&self, password: &Password, method: &str) -> bool {
        let [username, realm] = [&self.username, &self.realm].map(|it| it.as_bytes());
        self.is_from(&Digest::md5([username, b":", realm, b":", password.as_bytes()]), method)
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
        self.after_ha1_by(self.qop(), &format!("{method}:{}", self.uri))
    }

    /// Returns the text that a client hashes after H(A1) if it does with another qop than it sends, or
    /// with another text in H(A2).
    pub(crate) fn after_ha1_by(&self, qop: Option<&str>, a2: &str) -> String {
        let ha2 = Digest::md5([a2.as_bytes()]);
        match (&self.counted, qop) {
            (Some(counted), Some(qop)) => format!("{counted}{qop}:{ha2}"),
            _ => format!(":{}:{ha2}", self.nonce),
        }
    }

    /// Parses the value of a header.
    pub(super) fn from_value(value: &str) -> Result<Authorization, ParseError> {
        let mut parameters = parameters(value)?;
        let has = |name: &str| parameters.contains_key(name);
        if has("realm") && has("nonce") && !has("username") && !has("response") {
            return Err(CHALLENGE);
        }
        if parameters.get("response").is_some_and(String::is_empty) {
            return Err(BEFORE_CHALLENGE);
        }
        for (parameter, supported) in [("algorithm", "md5"), ("qop", "auth"), ("userhash", "false")]
        {
            let value = parameters.get(parameter);
            if let Some(value) = value.filter(|value| !value.eq_ignore_ascii_case(supported)) {
                if supported.starts_with(&value.to_ascii_lowercase()) {
                    return Err(format!("its {parameter} may be cut").as_str().into());
                }
                // Another value may be a secret in the wrong place.
                let is_name =
                    |it: &str| NAMES.split(' ').any(|name| name.eq_ignore_ascii_case(it.trim()));
                let shown = if value.split(',').all(is_name) { value } else { "…" };
                let problem = match value.contains(',') {
                    true => ": the client has to choose one of the list",
                    false => {
                        ", but Bandwidth's credentials support only MD5 with qop auth or none: \
                         capture a response of that kind"
                    }
                };
                return Err(ParseError(format!("it has {parameter}={shown}{problem}").into()));
            }
        }
        let qop = parameters.remove("qop");
        let is_counted =
            qop.is_some() || ["nc", "cnonce"].iter().all(|name| parameters.contains_key(*name));
        let mut missing = vec![];
        let mut take = |name| {
            parameters.remove(name).unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let [username, realm, nonce, uri, response] =
            ["username", "realm", "nonce", "uri", "response"].map(&mut take);
        let counted = is_counted.then(|| ["nc", "cnonce"].map(&mut take));
        // RFC 2617 section 3.2.2: 8LHEX.
        let is_count = |nc: &str| nc.len() == 8 && nc.bytes().all(|it| it.is_ascii_hexdigit());
        let has_count = qop.is_none() || counted.as_ref().is_some_and(|[nc, _]| is_count(nc));
        let counted = counted.map(|[nc, cnonce]| format!(":{nonce}:{nc}:{cnonce}:"));
        let between = counted.as_ref().unwrap_or(&nonce);
        let is_damage = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
        let is_damaged = [&username, &realm, &uri, between].iter().any(|it| it.contains(is_damage));
        if !missing.is_empty() {
            let missing = missing.join(", no ");
            return Err(ParseError(
                format!("it has no {missing}: copy the whole header, or correct the client").into(),
            ));
        }
        if !has_count {
            return Err("its nc is not 8 hexadecimal digits".into());
        }
        // Names may have any letters; the rest is made by programs.
        if is_damaged || !uri.is_ascii() || !between.is_ascii() {
            return Err("it has characters that no client sends".into());
        }
        let response = response.parse();
        let response = response.map_err(|_| "its response is not 32 hexadecimal digits")?;
        Ok(Authorization { username, realm, nonce, uri, qop, counted, response })
    }
}

/// Why a text is not an [`Authorization`], and what to do. It contains no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(Cow<'static, str>);

/// The error for a header with this problem.
impl From<&str> for ParseError {
    fn from(problem: &str) -> Self {
        let example = "Digest username=\"sipauthtest\", realm=…";
        ParseError(format!("{problem}: copy the whole header, such as {example}").into())
    }
}

/// A `WWW-Authenticate` or `Proxy-Authenticate` header, or the parameters of one.
const CHALLENGE: ParseError = ParseError(Cow::Borrowed(
    "the server's challenge, not a response to it: copy the Authorization or Proxy-Authorization \
     header of the request that follows",
));

/// An empty response, which clients of the IMS send before there is a challenge (3GPP TS 24.229 section
/// 5.1.1.2).
pub(super) const BEFORE_CHALLENGE: ParseError = ParseError(Cow::Borrowed(
    "its response is empty, as clients send it before a challenge: take the request that follows the \
     challenge",
));

/// A header that the end of the trace, or of a packet, may have cut.
pub(super) const CUT: ParseError = ParseError(Cow::Borrowed(
    "the trace or the packet may end within the header: capture all of it, or end the line if it is \
     whole",
));

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
            return Err(ParseError(Cow::Borrowed(
                "a whole message: copy its Authorization or Proxy-Authorization header alone, or \
                 read it as a trace",
            )));
        }
        let (name, mut value) = split_name(&line);
        let has_digest = strip_digest(value).is_some();
        match &*name.to_ascii_lowercase() {
            "authorization" | "proxy-authorization" => headers += usize::from(has_digest),
            other => {
                is_challenge |= ["www-authenticate", "proxy-authenticate"].contains(&other);
                headers += usize::from(!other.is_empty() || has_digest);
                value = &line;
            }
        }
        // RFC 3261 section 7.3.1: a fold is equivalent to a single space.
        unfolded.push(' ');
        unfolded.push_str(value);
    }
    match headers {
        2.. => Err(ParseError(Cow::Borrowed(
            "more than one header: copy one Authorization or Proxy-Authorization header alone",
        ))),
        _ if is_challenge => Err(CHALLENGE),
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

/// Removes the name of the scheme `Digest`; `None` if the value is of another scheme.
pub(super) fn strip_digest(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_at_checked("Digest".len())?;
    let is_digest = scheme.eq_ignore_ascii_case("Digest");
    (is_digest && rest.starts_with(|c: char| c.is_ascii_whitespace())).then_some(rest)
}

/// Parses the parameters of a header's value. Their names are returned in lowercase.
pub(super) fn parameters(value: &str) -> Result<HashMap<String, String>, &'static str> {
    let rest = strip_digest(value.trim());
    let mut rest = rest.ok_or("it does not begin with Digest")?;
    if rest.ends_with(',') {
        return Err("it ends in a comma");
    }
    let mut parameters = HashMap::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return Ok(parameters);
        }
        let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
        let name = name.trim_ascii_end();
        if strip_digest(name).is_some() {
            return Err("it has several responses, joined by commas");
        }
        if name.len() == rest.len() || !name.bytes().all(is_token) {
            return Err("a parameter has no value");
        }
        let value = value.trim_ascii_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or("a quote is not closed where the line ends")?,
            None => {
                let end = value.find(|c: char| c == ',' || c.is_ascii_whitespace());
                let (value, after) = value.split_at(end.unwrap_or(value.len()));
                if !value.bytes().all(is_token) {
                    return Err("a value without quotes has characters that need them");
                }
                (value.to_owned(), after)
            }
        };
        rest = after.trim_ascii_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err("there is no comma between two parameters");
        }
        if parameters.insert(name.to_ascii_lowercase(), value).is_some() {
            return Err("a parameter is repeated");
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
