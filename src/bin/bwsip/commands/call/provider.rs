//! The providers that `bwsip call` can dial with. A new one is a row.

use anyhow::{bail, ensure};
use bwsip::SecretBuf;

use crate::curl::{Config, base_url, check_id, required, variable};

/// A provider's API: the request that creates a call, and its limits.
pub struct Provider {
    /// Its name on the command line.
    pub name: &'static str,
    host: Host,
    /// The path of the request, with `{account}` for the account.
    path: &'static str,
    style: Style,
    /// The variable with the account.
    account: &'static str,
    /// The variables with an API key and its secret, which take precedence over `secret`.
    key: Option<(&'static str, &'static str)>,
    /// The variable with the secret of the account.
    secret: &'static str,
    /// Whether the request has to name an application, as `ApplicationSid`.
    pub has_application: bool,
    /// The field with the document that says what happens in the call.
    pub document: &'static str,
    /// What it dials with if the URI does not say, where that is not UDP.
    pub default_transport: Option<&'static str>,
    limits: &'static [(&'static str, usize, &'static str)],
    /// The error for a password with a character that SIP does not allow.
    pub bad_characters: Option<&'static str>,
}

/// Where an API is.
#[derive(Clone, Copy)]
enum Host {
    Url(&'static str),
    /// The variable with the host name of the customer's own.
    Variable(&'static str),
}

/// How a request is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Form fields, with Basic authentication.
    Form,
    /// A JSON object, with a Bearer token.
    Json,
}

/// Of <https://www.twilio.com/docs/voice/api/call-resource> and
/// <https://www.twilio.com/docs/voice/api/sip-making-calls>, which limits `To`; the other limits are those
/// of <https://www.twilio.com/docs/api/errors>.
pub const TWILIO: Provider = Provider {
    name: "twilio",
    host: Host::Url("https://api.twilio.com"),
    path: "/2010-04-01/Accounts/{account}/Calls.json",
    style: Style::Form,
    account: "TWILIO_ACCOUNT_SID",
    key: Some(("TWILIO_API_KEY", "TWILIO_API_SECRET")),
    secret: "TWILIO_AUTH_TOKEN",
    has_application: false,
    document: "Twiml",
    default_transport: None,
    limits: &[
        ("To", 254, "Twilio's limit"),
        ("Twiml", 4000, "Twilio error 32018"),
        ("SipAuthPassword", 255, "Twilio error 21223"),
    ],
    bad_characters: Some("Twilio error 21224"),
};

/// Of <https://signalwire.com/docs/compatibility-api/rest/calls/create-a-call>; the transport is that of
/// <https://developer.signalwire.com/compatibility-api/xml/voice/sip-noun>, and the variables are those of
/// <https://signalwire.com/docs/server-sdks/reference/python/agents/configuration/environment-variables>.
pub const SIGNALWIRE: Provider = Provider {
    name: "signalwire",
    host: Host::Variable("SIGNALWIRE_SPACE"),
    path: "/api/laml/2010-04-01/Accounts/{account}/Calls.json",
    style: Style::Form,
    account: "SIGNALWIRE_PROJECT_ID",
    key: None,
    secret: "SIGNALWIRE_API_TOKEN",
    has_application: false,
    document: "Twiml",
    default_transport: Some("TLS"),
    limits: &[],
    bad_characters: None,
};

/// Of <https://developers.telnyx.com/api-reference/texml-rest-commands/initiate-an-outbound-call>; the key
/// is that of <https://developers.telnyx.com/development/api-fundamentals/create-api-keys>. Telnyx names
/// no variable for the account.
pub const TELNYX: Provider = Provider {
    name: "telnyx",
    host: Host::Url("https://api.telnyx.com/v2"),
    path: "/texml/Accounts/{account}/Calls",
    style: Style::Json,
    account: "TELNYX_ACCOUNT_SID",
    key: None,
    secret: "TELNYX_API_KEY",
    has_application: true,
    document: "Texml",
    default_transport: None,
    limits: &[],
    bad_characters: None,
};

impl Provider {
    /// Starts the request that creates a call. Its fields are still missing. `api_url` and `account` are
    /// the values of the flags.
    ///
    /// # Errors
    ///
    /// Fails if the account or the login is missing or malformed.
    pub fn request(&self, api_url: Option<&str>, account: Option<&str>) -> anyhow::Result<Config> {
        let api_url = match (api_url, self.host) {
            (Some(url), _) => base_url("--api-url", url)?.to_owned(),
            (None, Host::Url(url)) => url.to_owned(),
            (None, Host::Variable(name)) => {
                const REMEDY: &str = "set it to your host name, such as example.signalwire.com";
                let host = required(name, REMEDY)?;
                ensure!(host.contains('.'), "{name}: {REMEDY}");
                base_url(name, &format!("https://{host}"))?.to_owned()
            }
        };
        let account = match account {
            Some(account) => check_id("--account-sid", account)?.to_owned(),
            None => {
                let account = required(self.account, "set it, or pass --account-sid")?;
                check_id(self.account, &account)?.to_owned()
            }
        };
        let mut config = Config::default();
        config.start(&(api_url + &self.path.replace("{account}", &account)));
        match (self.style, self.login(account)?) {
            (Style::Form, (user, Some(secret))) => {
                config.option("user", &[user.as_bytes(), b":", secret.as_bytes()]);
            }
            // curl prompts for the secret.
            (Style::Form, (user, None)) => config.option("user", &[user.as_bytes()]),
            (Style::Json, (_, Some(key))) => config.bearer(key.as_bytes()),
            (Style::Json, (_, None)) => bail!("missing {}: set it to your API key", self.secret),
        }
        Ok(config)
    }

    /// Checks the length of a field. `source` is the flag that it comes from, or what it is.
    pub fn check_len(&self, field: &str, source: &str, value: &str) -> anyhow::Result<()> {
        let Some((_, max, error)) = self.limits.iter().find(|(name, ..)| *name == field) else {
            return Ok(());
        };
        ensure!(
            value.chars().count() <= *max,
            "{source}: {field} would have more than {max} characters ({error}): use a shorter one"
        );
        Ok(())
    }

    /// Returns the user and the secret that authenticate a request.
    fn login(&self, account: String) -> anyhow::Result<(String, Option<String>)> {
        if let Some((key, key_secret)) = self.key {
            match (variable(key)?, variable(key_secret)?) {
                (None, None) => {}
                (Some(id), secret @ Some(_)) => {
                    return Ok((check_id(key, &id)?.to_owned(), secret));
                }
                (id, _) => bail!(
                    "{}: not set, although the other half of the API key is: set both, or unset both to \
                     use {}",
                    if id.is_some() { key_secret } else { key },
                    self.secret
                ),
            }
        }
        Ok((account, variable(self.secret)?))
    }

    /// Completes a request with its fields.
    pub fn fill(&self, mut config: Config, fields: &Fields, password: &str) -> SecretBuf {
        match self.style {
            Style::Form => {
                for (name, value) in &fields.0 {
                    config.option("data-urlencode", &[name.as_bytes(), b"=", value.as_bytes()]);
                }
                config.option("data-urlencode", &[b"SipAuthPassword=", password.as_bytes()]);
            }
            Style::Json => {
                config.option("header", &[b"Content-Type: application/json"]);
                config.option("data-raw", &[fields.json(password).trim_ascii_end()]);
            }
        }
        config.into_inner()
    }
}

/// The name and value of each field of a request, except `SipAuthPassword`.
#[derive(Default)]
pub struct Fields(pub Vec<(&'static str, String)>);

impl Fields {
    /// Returns the fields as a JSON object, with `SipAuthPassword` last.
    pub fn json(&self, password: &str) -> SecretBuf {
        let field =
            |(name, value): &(&str, String)| format!("\"{name}\":{},", super::literal(value));
        let fields: String = self.0.iter().map(field).collect();
        let mut json = SecretBuf::from(format!("{{{fields}\"SipAuthPassword\":").into_bytes());
        serde_json::to_writer(&mut json, password).expect("writing to memory does not fail");
        json.extend_from_slice(b"}\n");
        json
    }
}
