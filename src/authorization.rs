//! A client's answer to a digest challenge, as a SIP trace shows it: RFC 2617 section 3.2.2,
//! RFC 7616 section 3.4, and RFC 8760 for SIP.

use std::fmt;

use crate::Digest;

/// The value of an `Authorization` or `Proxy-Authorization` header, of algorithm MD5.
pub struct Response {
    /// The name that the client logs in with.
    pub username: String,
    /// The realm, as the client has it from the challenge.
    pub realm: String,
    /// The client's proof.
    response: Digest,
    nonce: String,
    uri: String,
    /// `nc`, `cnonce` and `qop`, where the challenge asked for a quality of protection.
    protection: Option<[String; 3]>,
}

/// SIP's methods, by IANA's registry of them (RFC 3261 section 27.4).
pub const METHODS: [&str; 14] = [
    "REGISTER",
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "SUBSCRIBE",
    "UPDATE",
];

/// Why a header is no answer that can be checked.
#[derive(Debug, PartialEq, Eq)]
pub enum ResponseError {
    /// It is not of the form `Digest name=value, …`; what is wrong.
    Malformed(&'static str),
    /// These parameters are missing.
    Missing(Vec<&'static str>),
    /// It is of a kind that Bandwidth's credentials do not serve; which parameter and value.
    NotMd5(&'static str, String),
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ResponseError::Malformed(why) => write!(
                f,
                "{why}: copy the whole header, such as Digest username=\"sipauthtest\", realm=…"
            ),
            ResponseError::Missing(names) => {
                write!(f, "no {} in it: copy the whole header", names.join(", no "))
            }
            ResponseError::NotMd5(name, value) => write!(
                f,
                "it has {name}={value}, and Bandwidth's credentials are MD5 with qop auth or none: \
                 have the client answer a challenge for that"
            ),
        }
    }
}

impl std::error::Error for ResponseError {}

impl Response {
    /// Reads a header: `Digest …`, with or without `Authorization:` or `Proxy-Authorization:`
    /// before it, folded or not.
    ///
    /// Fails when it is not a header of the kind, lacks a parameter, or is not of algorithm MD5 with
    /// qop `auth` or none.
    pub fn parse(header: &str) -> Result<Response, ResponseError> {
        let mut parameters = parameters(header)?;
        let mut take = |name: &str| {
            let at = parameters.iter().position(|(it, _)| it == name)?;
            Some(parameters.swap_remove(at).1)
        };
        // Each is fine where it is missing, or one of these.
        let kinds: [(&'static str, &[&str]); 3] =
            [("algorithm", &["md5"]), ("qop", &["auth"]), ("userhash", &["false"])];
        let mut qop = None;
        for (name, right) in kinds {
            match take(name) {
                Some(value) if !right.contains(&value.to_ascii_lowercase().as_str()) => {
                    // No name of a kind is long; a digest is.
                    let known = !value.is_empty() && value.len() <= 16;
                    let value = if known { value.escape_debug().to_string() } else { "…".into() };
                    return Err(ResponseError::NotMd5(name, value));
                }
                value if name == "qop" => qop = value,
                _ => {}
            }
        }
        let mut missing = Vec::new();
        let mut need = |name: &'static str| {
            take(name).unwrap_or_else(|| {
                missing.push(name);
                String::new()
            })
        };
        let [username, realm, nonce, uri, response] =
            ["username", "realm", "nonce", "uri", "response"].map(&mut need);
        let protection = qop.map(|qop| [need("nc"), need("cnonce"), qop]);
        if !missing.is_empty() {
            return Err(ResponseError::Missing(missing));
        }
        let response = Digest::from_hex(&response)
            .ok_or(ResponseError::Malformed("its response is not 32 hexadecimal digits"))?;
        Ok(Response { username, realm, response, nonce, uri, protection })
    }

    /// Whether a client that has this H(A1) gives this response, in a request of this method.
    pub fn is_from(&self, ha1: &Digest, method: &str) -> bool {
        let Response { nonce, uri, .. } = self;
        // H(A2), as the RFCs call it.
        let request = Digest::of(format!("{method}:{uri}").as_bytes());
        let text = zeroize::Zeroizing::new(match &self.protection {
            None => format!("{ha1}:{nonce}:{request}"),
            Some([nc, cnonce, qop]) => format!("{ha1}:{nonce}:{nc}:{cnonce}:{qop}:{request}"),
        });
        Digest::of(text.as_bytes()) == self.response
    }
}

/// The parameters, their names in small letters.
fn parameters(header: &str) -> Result<Vec<(String, String)>, ResponseError> {
    use ResponseError::Malformed;
    let mut rest = header.trim();
    for name in ["authorization", "proxy-authorization"] {
        // RFC 3261 section 7.3.1 allows white space before the colon.
        let value = strip_prefix(rest, name).and_then(|rest| rest.trim_start().strip_prefix(':'));
        rest = value.map_or(rest, str::trim_start);
    }
    rest = strip_prefix(rest, "digest")
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace()))
        .ok_or(Malformed("it does not begin with Digest"))?;
    let mut parameters = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return Ok(parameters);
        }
        let (name, value) = rest.split_once('=').ok_or(Malformed("a parameter has no value"))?;
        let name = name.trim_ascii_end().to_ascii_lowercase();
        let value = value.trim_ascii_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted).ok_or(Malformed("a quote is never closed"))?,
            None => {
                let end = value.find(|c: char| c == ',' || c.is_ascii_whitespace());
                let (value, after) = value.split_at(end.unwrap_or(value.len()));
                (value.to_owned(), after)
            }
        };
        if !after.trim_ascii_start().is_empty() && !after.trim_ascii_start().starts_with(',') {
            return Err(Malformed("there is no comma between two parameters"));
        }
        if parameters.iter().any(|(other, _)| *other == name) {
            return Err(Malformed("a parameter stands in it twice"));
        }
        parameters.push((name, value));
        rest = after;
    }
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Takes a quoted string, behind its opening quote, apart from what follows it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            c => value.push(c),
        }
    }
    None
}
