//! The providers that `bwsip call` can dial with. A new one is a row.

use anyhow::{bail, ensure};
use bwsip::SecretBuf;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde::Serializer as _;

use crate::curl::{Config, base_url, check_id, required, variable};

/// A provider's API: the request that creates a call, and its limits.
#[derive(PartialEq)]
pub struct Provider {
    /// Its name on the command line, and what the help says about it.
    pub name: &'static str,
    help: &'static str,
    host: Host,
    /// The path of the request, with `{account}` for the account.
    path: &'static str,
    pub dialect: Dialect,
    /// The variable with the account.
    account: &'static str,
    /// The variables with an API key and its secret, which take precedence over `secret`.
    key: Option<(&'static str, &'static str)>,
    /// The variable with the secret of the account.
    secret: &'static str,
    /// What it dials with if the URI does not say, where that is not UDP.
    pub default_transport: Option<&'static str>,
    /// The maximum number of characters in a field: its name, where it comes from, the number and its
    /// source.
    limits: &'static [(&'static str, &'static str, usize, &'static str)],
    /// The error for a password with a character that SIP does not allow.
    pub bad_characters: Option<&'static str>,
}

/// Where an API is.
#[derive(Clone, Copy, PartialEq)]
enum Host {
    Url(&'static str),
    /// The variable with the host name of the customer's own.
    Variable(&'static str),
}

/// Whose API it is compatible with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Twilio's: form fields, with Basic authentication.
    Twiml,
    /// Telnyx's: a JSON object, which names an application, with a Bearer token.
    Texml,
}

/// Of <https://www.twilio.com/docs/voice/api/call-resource> and
/// <https://www.twilio.com/docs/voice/api/sip-making-calls>, which limits `To`; the other limits are those
/// of <https://www.twilio.com/docs/api/errors>.
pub const TWILIO: Provider = Provider {
    name: "twilio",
    help: "Twilio",
    host: Host::Url("https://api.twilio.com"),
    path: "/2010-04-01/Accounts/{account}/Calls.json",
    dialect: Dialect::Twiml,
    account: "TWILIO_ACCOUNT_SID",
    key: Some(("TWILIO_API_KEY", "TWILIO_API_SECRET")),
    secret: "TWILIO_AUTH_TOKEN",
    default_transport: None,
    limits: &[
        ("To", "--realm", 254, "Twilio's limit"),
        ("Twiml", "--twiml", 4000, "Twilio error 32018"),
        ("SipAuthPassword", "the password", 255, "Twilio error 21223"),
    ],
    bad_characters: Some("Twilio error 21224"),
};

/// Of <https://signalwire.com/docs/compatibility-api/rest/calls/create-a-call>; the transport is that of
/// <https://developer.signalwire.com/compatibility-api/xml/voice/sip-noun>, and the variables are those of
/// <https://signalwire.com/docs/server-sdks/reference/python/agents/configuration/environment-variables>.
pub const SIGNALWIRE: Provider = Provider {
    name: "signalwire",
    help: "SignalWire, by its API that is compatible with Twilio's",
    host: Host::Variable("SIGNALWIRE_SPACE"),
    path: "/api/laml/2010-04-01/Accounts/{account}/Calls.json",
    dialect: Dialect::Twiml,
    account: "SIGNALWIRE_PROJECT_ID",
    key: None,
    secret: "SIGNALWIRE_API_TOKEN",
    default_transport: Some("TLS"),
    limits: &[],
    bad_characters: None,
};

/// Of <https://developers.telnyx.com/api-reference/texml-rest-commands/initiate-an-outbound-call>; the key
/// is that of <https://developers.telnyx.com/development/api-fundamentals/create-api-keys>. Telnyx names
/// no variable for the account.
pub const TELNYX: Provider = Provider {
    name: "telnyx",
    help: "Telnyx, by its TeXML API",
    host: Host::Url("https://api.telnyx.com/v2"),
    path: "/texml/Accounts/{account}/Calls",
    dialect: Dialect::Texml,
    account: "TELNYX_ACCOUNT_SID",
    key: None,
    secret: "TELNYX_API_KEY",
    default_transport: None,
    limits: &[],
    bad_characters: None,
};

impl ValueEnum for &'static Provider {
    fn value_variants<'a>() -> &'a [Self] {
        &[&TWILIO, &SIGNALWIRE, &TELNYX]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.help))
    }
}

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
        match (self.dialect, self.login(account)?) {
            (Dialect::Twiml, (user, Some(secret))) => {
                config.option("user", &[user.as_bytes(), b":", secret.as_bytes()]);
            }
            // curl prompts for the secret.
            (Dialect::Twiml, (user, None)) => config.option("user", &[user.as_bytes()]),
            (Dialect::Texml, (_, Some(key))) => config.bearer(key.as_bytes()),
            (Dialect::Texml, (_, None)) => bail!("missing {}: set it to your API key", self.secret),
        }
        Ok(config)
    }

    /// Checks the lengths of fields.
    pub fn check_lens(&self, fields: &Fields<'_>) -> anyhow::Result<()> {
        for (name, value) in fields {
            let limit = self.limits.iter().find(|limit| limit.0 == *name);
            let Some((field, source, max, error)) = limit else { continue };
            ensure!(
                value.chars().count() <= *max,
                "{source}: {field} would have more than {max} characters ({error}): use a shorter one"
            );
        }
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
    pub fn fill(&self, mut config: Config, fields: &Fields<'_>) -> SecretBuf {
        match self.dialect {
            Dialect::Twiml => fields.iter().for_each(|(name, value)| {
                config.option("data-urlencode", &[name.as_bytes(), b"=", value.as_bytes()]);
            }),
            Dialect::Texml => {
                config.option("header", &[b"Content-Type: application/json"]);
                config.option("data-raw", &[json(fields).trim_ascii_end()]);
            }
        }
        config.into_inner()
    }
}

/// The name and value of each field of a request.
pub type Fields<'a> = Vec<(&'static str, &'a str)>;

/// Returns fields as a JSON object on a line.
pub fn json(fields: &Fields<'_>) -> SecretBuf {
    let mut json = SecretBuf::default();
    let written = serde_json::Serializer::new(&mut json).collect_map(fields.iter().copied());
    written.expect("writing to memory does not fail");
    json.extend_from_slice(b"\n");
    json
}
