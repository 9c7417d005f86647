//! The call that goes through the bridge, as Twilio's API takes it: the form fields of `POST
//! /2010-04-01/Accounts/{AccountSid}/Calls.json`.

use std::fmt::Write as _;

use zeroize::Zeroizing;

/// A telephone number in E.164: `+` and 2 to 15 digits, the first not 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Fails on any other form, with what is wrong and what to do.
    pub fn parse(text: &str) -> Result<Number, String> {
        let right = |text: &str| {
            let digits = text.strip_prefix('+').unwrap_or_default();
            let all = digits.bytes().all(|byte| byte.is_ascii_digit());
            all && (2..=15).contains(&digits.len()) && !digits.starts_with('0')
        };
        if right(text) {
            return Ok(Number(text.to_owned()));
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let with_plus = format!("+{digits}");
        let only_separators =
            text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-().".contains(c));
        let remedy = match only_separators && right(&with_plus) {
            true if text.trim_start().starts_with('+') => format!("use {with_plus}"),
            true => format!("use {with_plus}, if its country code is in it"),
            false => {
                "use + and 2 to 15 digits, the country code first, such as +17778889999".to_owned()
            }
        };
        Err(format!("not a number in E.164: {remedy}"))
    }
}

/// A call.
pub struct Call<'a> {
    /// The number to call.
    pub to: &'a Number,
    /// The bridge's host name, which is the realm.
    pub realm: &'a str,
    /// The bridge's port, where DNS does not find it.
    pub port: Option<u16>,
}

impl Call<'_> {
    /// The longest `To` that Twilio takes, in characters.
    pub const LONGEST_TO: usize = 254;

    /// The longest `SipAuthPassword` that Twilio takes, in characters (its error 21223).
    pub const LONGEST_PASSWORD: usize = 255;

    /// The SIP URI to dial: Twilio's `To`.
    pub fn uri(&self) -> String {
        let port = self.port.map_or(String::new(), |port| format!(":{port}"));
        format!("sip:{}@{}{port}", self.to.0, self.realm)
    }
}

/// The whole request.
pub struct Request<'a> {
    /// Name and value of each form field but the password: `To`, `From`, `Url`,
    /// `SipAuthUsername`.
    pub fields: [(&'static str, String); 4],
    /// Where the API is, without a slash at its end.
    pub api_url: &'a str,
    /// The account, if it is known.
    pub account_sid: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// `login` is the composite username.
    pub fn new(call: &Call<'_>, from: &Number, url: &str, login: &str) -> Self {
        let fields = [
            ("To", call.uri()),
            ("From", from.0.clone()),
            ("Url", url.to_owned()),
            ("SipAuthUsername", login.to_owned()),
        ];
        Request { fields, api_url: "https://api.twilio.com", account_sid: None }
    }

    /// The form fields as a JSON object, `SipAuthPassword` the last.
    pub fn json(&self, password: &str) -> Zeroizing<String> {
        // It must not grow, which would leave a copy of the password behind: no character has more
        // than six bytes here.
        let fields: String = self
            .fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":{},", literal(value)))
            .collect();
        let mut out = Vec::with_capacity(fields.len() + 6 * password.len() + 64);
        out.extend_from_slice(format!("{{{fields}\"SipAuthPassword\":").as_bytes());
        // Neither a Vec nor a string gives it a reason to fail.
        let _ = serde_json::to_writer(&mut out, password);
        out.extend_from_slice(b"}\n");
        Zeroizing::new(String::from_utf8(out).unwrap_or_default())
    }

    /// A config for curl (`curl --config -`), which places the call. Without a token, curl asks for
    /// it. The account has to be known.
    pub fn curl(&self, password: &str, token: Option<&str>) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(8192));
        let account = self.account_sid.unwrap_or_default();
        let mut option = |name: &str, value: &[&str]| {
            let _ = write!(out, "{name} = \"");
            for c in value.iter().flat_map(|part| part.chars()) {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '"' => out.push_str("\\\""),
                    '\t' => out.push_str("\\t"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\u{B}' => out.push_str("\\v"),
                    c => out.push(c),
                }
            }
            out.push_str("\"\n");
        };
        option("url", &[self.api_url, "/2010-04-01/Accounts/", account, "/Calls.json"]);
        for (name, value) in &self.fields {
            option("data-urlencode", &[name, "=", value]);
        }
        option("data-urlencode", &["SipAuthPassword=", password]);
        match token {
            Some(token) => option("user", &[account, ":", token]),
            None => option("user", &[account]),
        }
        // An address is one address, whatever brackets it has.
        out.push_str("globoff\nfail-with-body\nsilent\nshow-error\n");
        out
    }

    /// A program for Twilio's Python library, which places the call. It takes the password, the
    /// token and, if it is not known, the account from the environment when it runs.
    pub fn python(&self) -> String {
        let [to, from, url, login] = self.fields.each_ref().map(|(_, value)| literal(value));
        let environment = |name| format!("os.environ[{}]", literal(name));
        let (account, needed) = match self.account_sid {
            Some(account) => (literal(account), ""),
            None => (environment("TWILIO_ACCOUNT_SID"), "\"TWILIO_ACCOUNT_SID\", "),
        };
        let api = match self.api_url {
            "https://api.twilio.com" => String::new(),
            other => format!("client.api.base_url = {}\n", literal(other)),
        };
        format!(
            "# Places a call through Bandwidth's Network Bridge, with: pip install twilio\n\
             import os\n\
             import sys\n\
             \n\
             needed = ({needed}\"TWILIO_AUTH_TOKEN\", \"BWSIP_PASSWORD\")\n\
             missing = [name for name in needed if not os.environ.get(name)]\n\
             if missing:\n    \
                 sys.exit(\"set these environment variables: \" + \", \".join(missing))\n\
             \n\
             from twilio.rest import Client\n\
             \n\
             client = Client({account}, os.environ[\"TWILIO_AUTH_TOKEN\"])\n\
             {api}\
             call = client.calls.create(\n    \
                 to={to},\n    \
                 from_={from},\n    \
                 url={url},\n    \
                 sip_auth_username={login},\n    \
                 sip_auth_password=os.environ[\"BWSIP_PASSWORD\"],\n\
             )\n\
             print(call.sid)\n"
        )
    }
}

/// A string in JSON, which is one in Python too.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
