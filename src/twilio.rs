//! Builds the request that places a call through the bridge with Twilio's API:
//! `POST /2010-04-01/Accounts/{AccountSid}/Calls.json`, with form fields.
//!
//! ```
//! use bwsip::twilio::{Call, PhoneNumber};
//! use bwsip::{Realm, Strictness};
//!
//! let to: PhoneNumber = "+17778889999".parse()?;
//! let realm = Realm::new("custxx.auth.bandwidth.com", Strictness::Strict)?;
//! let call = Call { to: &to, realm, port: Some(5006) };
//! assert_eq!(call.uri()?, "sip:+17778889999@custxx.auth.bandwidth.com:5006");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::io::{self, Write as _};
use std::str::FromStr;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::credential::{CompositeUsername, Realm};
use crate::password::Password;
use crate::secret_buf::SecretBuf;

/// The error for a value that a call cannot have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TwilioError {
    /// Not an E.164 number.
    #[error("not a number in E.164: {remedy}")]
    PhoneNumber {
        /// What to do about it.
        remedy: String,
    },
    /// Not a URL that a form field or a curl config can carry.
    #[error(
        "not a URL: use one that begins with https:// or http://, with characters outside ASCII \
         percent-encoded"
    )]
    Url,
    /// An API's address with a query or a fragment.
    #[error(
        "it has a query or a fragment: use the API's address alone, such as https://api.twilio.com"
    )]
    ApiUrl,
    /// Not the identifier of an account or of an API key.
    #[error("not a SID: copy it from Twilio's console; it has only letters and digits")]
    Sid,
    /// A control character in an API key's secret or in an auth token.
    #[error("contains a line ending or another control character: set it again without that")]
    Secret,
    /// A `To` that exceeds [`Call::MAX_TO_LEN`].
    #[error(
        "To would have more than {} characters: use the realm's host name alone",
        Call::MAX_TO_LEN
    )]
    ToTooLong,
    /// A password that is not UTF-8, which form fields are.
    #[error("the password is not UTF-8, as Twilio requires: create a credential with another one")]
    PasswordNotUtf8,
    /// A password that exceeds [`SipAuthPassword::MAX_LEN`].
    #[error(
        "the password has more than {} characters (Twilio error 21223): create a credential with a \
         shorter one",
        SipAuthPassword::MAX_LEN
    )]
    PasswordTooLong,
    /// A password that a curl config cannot carry.
    #[error("the password contains a NUL, which curl cannot read: use another format")]
    PasswordNul,
}

/// A phone number in E.164: `+` and 2 to 15 digits, the first of them not 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    fn is_e164(text: &str) -> bool {
        text.strip_prefix('+').is_some_and(|digits| {
            (2..=15).contains(&digits.len())
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && !digits.starts_with('0')
        })
    }

    /// Returns what to do about a text that is not in E.164.
    fn remedy(text: &str) -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let candidate = format!("+{digits}");
        let separated =
            text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-().".contains(c));
        if !separated || !Self::is_e164(&candidate) {
            "use + and 2 to 15 digits, the country code first, such as +17778889999".to_owned()
        } else if text.trim_start().starts_with('+') {
            format!("use {candidate}")
        } else {
            format!("use {candidate}, if that includes the country code")
        }
    }
}

impl FromStr for PhoneNumber {
    type Err = TwilioError;

    fn from_str(text: &str) -> Result<Self, TwilioError> {
        if Self::is_e164(text) {
            Ok(PhoneNumber(text.to_owned()))
        } else {
            Err(TwilioError::PhoneNumber { remedy: Self::remedy(text) })
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An `http` or `https` URL with a host, in printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(String);

impl FromStr for Url {
    type Err = TwilioError;

    fn from_str(text: &str) -> Result<Self, TwilioError> {
        let after_scheme = ["http://", "https://"].iter().find_map(|scheme| {
            let (start, rest) = text.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        });
        let has_host = after_scheme
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
        if has_host && text.chars().all(|c| c.is_ascii_graphic()) {
            Ok(Url(text.to_owned()))
        } else {
            Err(TwilioError::Url)
        }
    }
}

/// The base URL of Twilio's API, or of a compatible one: no query, no fragment, no final slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiUrl(String);

impl ApiUrl {
    /// The base URL of Twilio's own API.
    pub const TWILIO: &str = "https://api.twilio.com";
}

impl FromStr for ApiUrl {
    type Err = TwilioError;

    fn from_str(text: &str) -> Result<Self, TwilioError> {
        let Url(url) = text.parse()?;
        if url.contains(['?', '#']) {
            return Err(TwilioError::ApiUrl);
        }
        Ok(ApiUrl(url.trim_end_matches('/').to_owned()))
    }
}

/// The identifier of an account (`AC…`) or of an API key (`SK…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sid(String);

impl FromStr for Sid {
    type Err = TwilioError;

    fn from_str(text: &str) -> Result<Self, TwilioError> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.is_empty() && text.chars().all(is_allowed) {
            Ok(Sid(text.to_owned()))
        } else {
            Err(TwilioError::Sid)
        }
    }
}

/// The secret of an API key, or an account's auth token: text without control characters.
/// It is overwritten in memory when dropped, and `Debug` does not show it.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Checks a secret, and takes over its memory. If it is refused, it is overwritten, too.
    ///
    /// # Errors
    ///
    /// Returns [`TwilioError::Secret`] if it contains a control character.
    pub fn new(text: String) -> Result<Self, TwilioError> {
        let secret = Secret(Zeroizing::new(text));
        if secret.0.contains(char::is_control) { Err(TwilioError::Secret) } else { Ok(secret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The credentials that a request to the API is authenticated with.
#[derive(Debug)]
pub enum Authentication {
    /// An API key and its secret. Twilio recommends these: a key can be restricted, and revoked by
    /// itself.
    ApiKey(Sid, Secret),
    /// The account's auth token, which has full access.
    AuthToken(Secret),
    /// The account's auth token, for which curl prompts.
    Prompt,
}

/// The `SipAuthPassword` of a call: a password that Twilio accepts.
#[derive(Clone, Copy)]
pub struct SipAuthPassword<'a>(&'a str);

impl<'a> SipAuthPassword<'a> {
    /// The maximum length in characters (Twilio's error 21223).
    pub const MAX_LEN: usize = 255;

    /// Checks that Twilio accepts the password.
    ///
    /// # Errors
    ///
    /// Returns an error if the password is not UTF-8, or longer than
    /// [`MAX_LEN`](Self::MAX_LEN) characters.
    pub fn new(password: &'a Password) -> Result<Self, TwilioError> {
        let password = password.as_str().ok_or(TwilioError::PasswordNotUtf8)?;
        if password.chars().count() > Self::MAX_LEN {
            return Err(TwilioError::PasswordTooLong);
        }
        Ok(SipAuthPassword(password))
    }
}

/// The destination of a call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The number to call.
    pub to: &'a PhoneNumber,
    /// The bridge's host name, which is the realm.
    pub realm: Realm<'a>,
    /// The bridge's port; `None` if DNS has it.
    pub port: Option<u16>,
}

impl Call<'_> {
    /// The maximum length of a `To`, in characters.
    pub const MAX_TO_LEN: usize = 254;

    /// Returns the SIP URI to dial: Twilio's `To`.
    ///
    /// # Errors
    ///
    /// Returns [`TwilioError::ToTooLong`] if it exceeds [`MAX_TO_LEN`](Self::MAX_TO_LEN).
    pub fn uri(&self) -> Result<String, TwilioError> {
        let port = self.port.map_or_else(String::new, |port| format!(":{port}"));
        let uri = format!("sip:{}@{}{port}", self.to, self.realm);
        if uri.chars().count() > Self::MAX_TO_LEN {
            return Err(TwilioError::ToTooLong);
        }
        Ok(uri)
    }
}

/// A request that places a call, without its secrets.
#[derive(Clone, Debug)]
pub struct Request {
    /// The name and value of each form field except `SipAuthPassword`.
    fields: [(&'static str, String); 4],
}

impl Request {
    /// Creates a request.
    ///
    /// # Errors
    ///
    /// Returns the error of [`Call::uri`].
    pub fn new(
        call: &Call<'_>,
        from: &PhoneNumber,
        url: &Url,
        composite_username: CompositeUsername<'_>,
    ) -> Result<Self, TwilioError> {
        let fields = [
            ("To", call.uri()?),
            ("From", from.to_string()),
            ("Url", url.0.clone()),
            ("SipAuthUsername", composite_username.to_string()),
        ];
        Ok(Request { fields })
    }

    /// Returns the form fields as a JSON object, with `SipAuthPassword` last.
    #[must_use]
    pub fn json(&self, SipAuthPassword(password): SipAuthPassword<'_>) -> SecretBuf {
        let mut json = SecretBuf::default();
        self.write_json(password, &mut json).expect("writing to memory does not fail");
        json
    }

    fn write_json(&self, password: &str, json: &mut SecretBuf) -> io::Result<()> {
        json.extend_from_slice(b"{");
        for (name, value) in &self.fields {
            write!(json, "\"{name}\":{},", literal(value))?;
        }
        json.extend_from_slice(b"\"SipAuthPassword\":");
        serde_json::to_writer(&mut *json, password)?;
        writeln!(json, "}}")
    }

    /// Returns a configuration for curl (`curl --config -`) that places the call.
    ///
    /// # Errors
    ///
    /// Returns [`TwilioError::PasswordNul`] if the password contains a NUL.
    pub fn curl(
        &self,
        ApiUrl(api_url): &ApiUrl,
        Sid(account_sid): &Sid,
        authentication: &Authentication,
        SipAuthPassword(password): SipAuthPassword<'_>,
    ) -> Result<SecretBuf, TwilioError> {
        if password.contains('\0') {
            return Err(TwilioError::PasswordNul);
        }
        let url = format!("{api_url}/2010-04-01/Accounts/{account_sid}/Calls.json");
        let mut config = SecretBuf::default();
        // globoff: the URL is one URL, even if it contains brackets.
        config.extend_from_slice(b"globoff\nfail-with-body\nsilent\nshow-error\n");
        push_curl_option(&mut config, "url", &[&url]);
        for (name, value) in &self.fields {
            push_curl_option(&mut config, "data-urlencode", &[name, "=", value]);
        }
        push_curl_option(&mut config, "data-urlencode", &["SipAuthPassword=", password]);
        let user: &[&str] = match authentication {
            Authentication::ApiKey(Sid(key), Secret(secret)) => &[key, ":", secret],
            Authentication::AuthToken(Secret(token)) => &[account_sid, ":", token],
            Authentication::Prompt => &[account_sid],
        };
        push_curl_option(&mut config, "user", user);
        Ok(config)
    }

    /// Returns a program for Twilio's Python library that places the call. The program reads its
    /// secrets from the environment: the password, and the API key or auth token. If `account_sid` is
    /// `None`, it reads the account from there, too.
    #[must_use]
    pub fn python(&self, ApiUrl(api_url): &ApiUrl, account_sid: Option<&Sid>) -> String {
        let [to, from, url, username] = self.fields.each_ref().map(|(_, value)| literal(value));
        let account = account_sid.map_or_else(String::new, |Sid(sid)| {
            format!("os.environ[\"TWILIO_ACCOUNT_SID\"] = {}\n", literal(sid))
        });
        let base_url = match api_url.as_str() {
            ApiUrl::TWILIO => String::new(),
            other => format!("client.api.base_url = {}\n", literal(other)),
        };
        format!(
            r#"# Places a call through Bandwidth's Network Bridge, with: pip install twilio
import os
import sys

{account}if os.environ.get("TWILIO_API_KEY") or os.environ.get("TWILIO_API_SECRET"):
    login = ("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_ACCOUNT_SID")
else:
    login = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
missing = [name for name in (*login, "BWSIP_PASSWORD") if not os.environ.get(name)]
if missing:
    sys.exit("set these environment variables: " + ", ".join(missing))

from twilio.rest import Client

client = Client(*(os.environ[name] for name in login))
{base_url}call = client.calls.create(
    to={to},
    from_={from},
    url={url},
    sip_auth_username={username},
    sip_auth_password=os.environ["BWSIP_PASSWORD"],
)
print(call.sid)
"#
        )
    }
}

/// Returns `text` as a string literal of JSON, which is also valid in Python.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Appends `name = "value"` to a curl configuration. The value is the concatenation of `parts`, with
/// the escapes of curl's manual.
fn push_curl_option(config: &mut SecretBuf, name: &str, parts: &[&str]) {
    config.extend_from_slice(name.as_bytes());
    config.extend_from_slice(b" = \"");
    for byte in parts.iter().flat_map(|part| part.bytes()) {
        config.extend_from_slice(match &byte {
            b'\\' => b"\\\\",
            b'"' => b"\\\"",
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            0x0B => b"\\v",
            byte => std::slice::from_ref(byte),
        });
    }
    config.extend_from_slice(b"\"\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Strictness;

    fn number(text: &str) -> PhoneNumber {
        text.parse().expect("a number in E.164")
    }

    fn password(text: &str) -> Password {
        Password::new(text.as_bytes().to_vec().into()).expect("neither empty nor too long")
    }

    fn text(buf: &SecretBuf) -> &str {
        str::from_utf8(buf).expect("it is UTF-8")
    }

    fn realm(text: &str) -> Realm<'_> {
        Realm::new(text, Strictness::Lenient).expect("it is valid")
    }

    fn request() -> Request {
        let to = number("+17778889999");
        let call =
            Call { to: &to, realm: realm("vapi-3efeaa.auth.bandwidth.com"), port: Some(5006) };
        let url = "https://example.com/twiml".parse().expect("a URL");
        let bob = CompositeUsername::new("bob", Some("somewhere.com"), Strictness::Strict);
        let bob = bob.expect("it is valid");
        Request::new(&call, &number("+15553334444"), &url, bob).expect("short")
    }

    #[test]
    fn phone_numbers() {
        for right in ["+12", "+17778889999", "+123456789012345"] {
            assert_eq!(number(right).to_string(), right);
        }
        let cases = [
            ("+1 777 888 9999", "use +17778889999"),
            ("17778889999", "use +17778889999, if that includes the country code"),
            ("+1234567890123456", "use + and 2 to 15 digits"),
            ("+1", "use + and 2 to 15 digits"),
            ("+0123456", "use + and 2 to 15 digits"),
            ("+1777x889999", "use + and 2 to 15 digits"),
            ("+१२३४", "use + and 2 to 15 digits"),
            ("", "use + and 2 to 15 digits"),
        ];
        for (wrong, expected) in cases {
            let error = wrong.parse::<PhoneNumber>().expect_err(wrong).to_string();
            let remedy = error.strip_prefix("not a number in E.164: ").expect("the problem first");
            assert!(remedy.starts_with(expected), "{wrong}: {remedy}");
        }
    }

    #[test]
    fn uris() {
        let to = number("+17778889999");
        let uri = |host, port| Call { to: &to, realm: realm(host), port }.uri();
        assert_eq!(uri("a.example", Some(5006)).as_deref(), Ok("sip:+17778889999@a.example:5006"));
        assert_eq!(uri("a.example", None).as_deref(), Ok("sip:+17778889999@a.example"));
        let longest = "x".repeat(Call::MAX_TO_LEN - "sip:+17778889999@".len());
        assert_eq!(uri(&longest, None).map(|uri| uri.len()), Ok(254));
        assert_eq!(uri(&format!("{longest}x"), None), Err(TwilioError::ToTooLong));
    }

    #[test]
    fn urls() {
        for right in ["http://a", "HTTPS://example.com/twiml?a=%20&b", "https://[::1]:8080/"] {
            assert_eq!(right.parse(), Ok(Url(right.to_owned())));
        }
        for wrong in
            ["", "a.example", "ftp://a", "https://", "https:///x", "http://a b", "http://ä"]
        {
            assert_eq!(wrong.parse::<Url>(), Err(TwilioError::Url), "{wrong}");
        }
        assert_eq!("https://a/b//".parse(), Ok(ApiUrl("https://a/b".to_owned())));
        assert_eq!("https://a?b".parse::<ApiUrl>(), Err(TwilioError::ApiUrl));
        assert_eq!("https://a/#b".parse::<ApiUrl>(), Err(TwilioError::ApiUrl));
    }

    #[test]
    fn identifiers_and_secrets() {
        assert_eq!("AC0a-_".parse(), Ok(Sid("AC0a-_".to_owned())));
        for wrong in ["", "AC/../x", "SK1:x", "AC1\n", "AC 1"] {
            assert_eq!(wrong.parse::<Sid>(), Err(TwilioError::Sid), "{wrong}");
        }
        let secret = |text: &str| Secret::new(text.to_owned());
        assert_eq!(format!("{:?}", secret("t0ken: \"ä\\")), "Ok(Secret(…))");
        for wrong in ["t0ken\n", "t0\u{1B}ken"] {
            assert_eq!(secret(wrong).err(), Some(TwilioError::Secret));
        }
    }

    /// The escapes of curl's manual, under `--config`.
    #[test]
    fn curl_options_are_escaped() {
        let mut config = SecretBuf::default();
        push_curl_option(&mut config, "user", &["a\"b", "\\c", "\t\n\r\u{B}", " $d 'e' #f ä"]);
        assert_eq!(text(&config), "user = \"a\\\"b\\\\c\\t\\n\\r\\v $d 'e' #f ä\"\n");
    }

    #[test]
    fn curl_authenticates_with_a_key_a_token_or_a_prompt() {
        let secret = || Secret::new("s\"t".to_owned()).expect("no control character");
        let key = "SK1".parse().expect("a SID");
        let cases = [
            (Authentication::ApiKey(key, secret()), "user = \"SK1:s\\\"t\"\n"),
            (Authentication::AuthToken(secret()), "user = \"AC1:s\\\"t\"\n"),
            (Authentication::Prompt, "user = \"AC1\"\n"),
        ];
        let api_url = ApiUrl::TWILIO.parse().expect("a URL");
        let account = "AC1".parse().expect("a SID");
        for (authentication, user) in cases {
            let password = password("p\\w");
            let password = SipAuthPassword::new(&password).expect("short");
            let config = request().curl(&api_url, &account, &authentication, password);
            let config = config.expect("no NUL");
            let config = text(&config);
            assert!(config.ends_with(user), "{config}");
            for line in [
                "url = \"https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json\"",
                "data-urlencode = \"SipAuthUsername=bob@somewhere.com\"",
                "data-urlencode = \"SipAuthPassword=p\\\\w\"",
            ] {
                assert!(config.lines().any(|found| found == line), "{line}");
            }
        }
        let nul = password("a\0b");
        let nul = SipAuthPassword::new(&nul).expect("short");
        let config = request().curl(&api_url, &account, &Authentication::Prompt, nul);
        assert_eq!(config.err(), Some(TwilioError::PasswordNul));
    }

    #[test]
    fn json_escapes_the_password() {
        let password = password("a\"\u{1}");
        let json = request().json(SipAuthPassword::new(&password).expect("short"));
        let expected = r#"{"To":"sip:+17778889999@vapi-3efeaa.auth.bandwidth.com:5006","From":"+15553334444","Url":"https://example.com/twiml","SipAuthUsername":"bob@somewhere.com","SipAuthPassword":"a\"\u0001"}"#;
        assert_eq!(text(&json), format!("{expected}\n"));
    }

    #[test]
    fn passwords_have_at_most_255_characters() {
        let check = |text: &str| SipAuthPassword::new(&password(text)).err();
        assert_eq!(check(&"é".repeat(255)), None);
        assert_eq!(check(&"x".repeat(256)), Some(TwilioError::PasswordTooLong));
        let latin1 = Password::new(b"p\xE4ssword".to_vec().into()).expect("not empty");
        assert_eq!(SipAuthPassword::new(&latin1).err(), Some(TwilioError::PasswordNotUtf8));
    }

    #[test]
    fn python_literals() {
        assert_eq!(literal("a\"b\\c'\n\u{1}ä"), r#""a\"b\\c'\n\u0001ä""#);
        let program = request().python(&ApiUrl::TWILIO.parse().expect("a URL"), None);
        assert!(
            !program.contains("os.environ[\"TWILIO_ACCOUNT_SID\"] =")
                && !program.contains("base_url")
        );
        let (url, account) = ("https://a\"b".parse(), "AC1".parse());
        let program = request().python(&url.expect("a URL"), account.as_ref().ok());
        assert!(program.contains("\nos.environ[\"TWILIO_ACCOUNT_SID\"] = \"AC1\"\n"));
        assert!(program.contains("\nclient.api.base_url = \"https://a\\\"b\"\n"));
    }
}
