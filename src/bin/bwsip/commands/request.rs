//! `bwsip request`: a request to Bandwidth's API, as a configuration for curl.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, ensure};
use bwsip::SecretBuf;
use bwsip::answer::{Answer, ReadError};
use serde::Deserialize;
use serde_json::Value;

use super::{batch, check_flags};
use crate::cli::RequestKind::{Create, Delete, List, Realms, Token, Update};
use crate::cli::{RequestArgs, is_number};
use crate::curl::{Config, base_url, required};
use crate::input::{self, text};
use crate::{output, platform};

/// Prints the configuration. Everything is checked before that, so that a step that fails before this
/// one never leads to a request.
pub fn run(args: &RequestArgs) -> anyhow::Result<()> {
    check_flags(
        "request",
        &args.request,
        &[
            (args.realm_id.is_some(), "--realm-id", &[List, Create, Update, Delete]),
            (args.credential_id.is_some(), "--credential-id", &[Update, Delete]),
            (args.page.is_some(), "--page", &[List]),
            (!args.files.is_empty(), "FILE", &[Create, Update]),
        ],
    )?;
    let api_url = base_url("--api-url", &args.api_url)?;
    let mut config = Config::default();
    if args.request == Token {
        let app = "set it to that of an API credential (Bandwidth App, Account > API Credentials)";
        let id = required("BW_CLIENT_ID", app)?;
        ensure!(!id.contains(':'), "BW_CLIENT_ID: contains a colon: copy it again");
        let secret = required("BW_CLIENT_SECRET", app)?;
        config.start(&format!("{api_url}/api/v1/oauth2/token"));
        config.option("user", &[id.as_bytes(), b":", secret.as_bytes()]);
        config.option("data", &[b"grant_type=client_credentials"]);
    } else {
        push_requests(&mut config, args, api_url)?;
    }
    let config = config.into_inner();
    output::standard_output(&|out| out.write_all(&config))
}

/// Appends the requests that need a token.
fn push_requests(config: &mut Config, args: &RequestArgs, api_url: &str) -> anyhow::Result<()> {
    let account = match &args.account_id {
        Some(account) => account.clone(),
        None => required("BW_ACCOUNT_ID", "set it, or pass --account-id")?,
    };
    ensure!(is_number(&account), "BW_ACCOUNT_ID: not a number: copy it from the Bandwidth App");
    let token = access_token()?;
    let account = format!("{api_url}/api/v2/accounts/{account}");
    let realm = args.realm_id.as_ref().map_or_else(String::new, |id| format!("/realms/{id}"));
    let credentials = format!("{account}{realm}/sipcredentials");
    let start = |config: &mut Config, method: &str, url: &str| {
        config.start(url);
        config.bearer(token.as_bytes());
        match method {
            "GET" => config.flag("location"),
            method => config.option("request", &[method.as_bytes()]),
        }
    };
    match args.request {
        Token | Realms => start(config, "GET", &format!("{account}/realms?page=1&size=500")),
        List => {
            let page = args.page.as_deref().unwrap_or("1");
            start(config, "GET", &format!("{credentials}?page={page}&size=500"));
        }
        Delete => {
            let id = args.credential_id.as_deref().unwrap_or_default();
            start(config, "DELETE", &format!("{credentials}/{id}"));
        }
        Create | Update => {
            let stdin = [PathBuf::from("-")];
            let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
            ensure!(
                files.len() == 1 || args.credential_id.is_none(),
                "--credential-id: several files are for several credentials: leave it out, and name \
                 each file update-ID.xml"
            );
            for path in files {
                let (option, body) = body(args, path)?;
                if args.request == Create {
                    start(config, "POST", &credentials);
                } else {
                    let id = credential_id(args, path)?;
                    start(config, "PUT", &format!("{credentials}/{id}"));
                }
                config.option("header", &[b"Content-Type: application/xml; charset=utf-8"]);
                // Otherwise, curl waits for up to a second before it uploads a file.
                config.option("header", &[b"Expect:"]);
                config.option(option, &[&body]);
            }
        }
    }
    Ok(())
}

/// Returns the token in `BW_ACCESS_TOKEN`, which is the token itself or the answer that contains it.
fn access_token() -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: Option<String>,
        error: Option<Value>,
    }

    let again = "request a token again: bwsip request token | curl --config -";
    let text = text("BW_ACCESS_TOKEN", env::var_os("BW_ACCESS_TOKEN"))?.unwrap_or_default();
    let mut token = text.trim().to_owned();
    ensure!(
        !token.is_empty(),
        "missing BW_ACCESS_TOKEN: set it to the answer to bwsip request token | curl --config -"
    );
    if token.starts_with('{') {
        let answer: Answer = serde_json::from_str(&token).map_err(|_| {
            anyhow!("BW_ACCESS_TOKEN: JSON, but not a whole answer to the request: {again}")
        })?;
        token = answer.access_token.with_context(|| {
            // Nothing else of the answer is repeated.
            let is_code = |code: &&str| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let code = answer.error.as_ref().and_then(Value::as_str).filter(is_code);
            format!(
                "BW_ACCESS_TOKEN: the token request failed ({}): check BW_CLIENT_ID and \
                 BW_CLIENT_SECRET, and {again}",
                code.unwrap_or("it has no access_token")
            )
        })?;
    }
    // RFC 6750, section 2.1.
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    ensure!(
        !token.is_empty() && token.bytes().all(is_allowed),
        "BW_ACCESS_TOKEN: neither a token nor the JSON that contains one: {again}"
    );
    Ok(token)
}

/// Returns the id of the credential that a file changes, of the flag or of the file's name.
fn credential_id<'a>(args: &'a RequestArgs, path: &'a Path) -> anyhow::Result<&'a str> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let id = stem.and_then(|stem| stem.strip_prefix("update-")).filter(|id| is_number(id));
    args.credential_id.as_deref().or(id).with_context(|| {
        format!("missing --credential-id: {path:?} is not named update-ID.xml, which would say it")
    })
}

/// Reads and checks a document. Returns the option of curl that posts it, and the option's value.
fn body(args: &RequestArgs, path: &Path) -> anyhow::Result<(&'static str, SecretBuf)> {
    const TOO_LONG: &str =
        "too long for a configuration of curl (64 KiB): write it to a file, and pass that";
    /// curl 7.88 takes lines of at most 100 KiB, in which line endings and quotes are escaped.
    const MAX_ESCAPED: usize = 100_000;

    if path.as_os_str() != "-" {
        let (name, document) = batch::read(path)?;
        check_document(args, &document).with_context(|| name.clone())?;
        let path = platform::bytes(path.as_os_str().to_owned());
        let path = path.with_context(|| format!("{name}: not Unicode: rename it"))?;
        // Unlike data-binary, it does not post an empty body if the file has gone.
        return Ok(("upload-file", path.into()));
    }
    ensure!(
        !io::stdin().is_terminal(),
        "no document: pass FILE, or pipe one in, such as that of bwsip hash -f xml"
    );
    let (name, document) = input::read(path, 64 * 1024, TOO_LONG)?;
    let escapes = document.iter().filter(|byte| b"\\\"\t\n\r\x0B".contains(byte)).count();
    ensure!(document.len() + escapes <= MAX_ESCAPED, "{name}: {TOO_LONG}");
    check_document(args, &document).context(name)?;
    Ok(("data-raw", document))
}

/// Checks that a document is what the request posts.
fn check_document(args: &RequestArgs, document: &[u8]) -> anyhow::Result<()> {
    let document = Answer::read(document).map_err(|error| match error {
        ReadError::Empty => anyhow!("empty: check that the command before this one succeeded"),
        error => error.into(),
    })?;
    let (root, format) = match args.request {
        Update => ("SipCredential", "update-xml"),
        _ => ("SipCredentials", "xml"),
    };
    ensure!(
        document.roots == [root],
        "not a {root}, which this request posts: make it with --format {format}"
    );
    ensure!(!document.entries.is_empty(), "no credential in it (Bandwidth error 23006): add one");
    for entry in document.entries {
        let line = entry.line;
        let username = entry.username.filter(|name| !name.trim().is_empty());
        let required = match args.request {
            Update => ("RealmId", entry.realm_id.is_some()),
            _ => ("UserName", username.is_some()),
        };
        for (name, is_there) in [required, ("Hash1", entry.hash1.is_some())] {
            ensure!(is_there, "line {line}: no {name}: make it with --format {format}");
        }
        ensure!(
            args.request == Create || username.is_none(),
            "line {line}: a UserName, which Bandwidth refuses in a change (errors 23004, 23030): make \
             it with --format {format}"
        );
        ensure!(
            args.request == Create || entry.realm_id == args.realm_id,
            "line {line}: its RealmId is not that of --realm-id: make it again for that realm"
        );
    }
    Ok(())
}
