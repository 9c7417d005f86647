//! Configurations for `curl --config -`, and the values in them. They keep secrets out of argument lists,
//! which other users can see.

use std::env;

use anyhow::{Context as _, ensure};
use bwsip::SecretBuf;

use crate::input::text;

/// A configuration for curl, which may contain secrets.
#[derive(Default)]
pub struct Config(SecretBuf);

impl Config {
    /// Starts a request to `url`. curl prints nothing but the answers, and fails at the first request
    /// that fails.
    pub fn start(&mut self, url: &str) {
        let before: &[_] = if self.0.is_empty() {
            &["silent", "show-error", "fail-early"]
        } else {
            // Ends the options of the request before, except for these three.
            &["next"]
        };
        // globoff: the URL is one URL, even if it contains brackets.
        before.iter().chain(&["fail-with-body", "globoff"]).for_each(|flag| self.flag(flag));
        self.option("url", &[url.as_bytes()]);
    }

    /// Appends an option without a value.
    pub fn flag(&mut self, name: &str) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\n");
    }

    /// Appends an option. Its value is the concatenation of `parts`, none of which contains a NUL.
    pub fn option(&mut self, name: &str, parts: &[&[u8]]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b" = \"");
        for byte in parts.iter().copied().flatten() {
            // The escapes of curl's manual, under --config.
            self.0.extend_from_slice(match byte {
                b'\\' => b"\\\\",
                b'"' => b"\\\"",
                b'\t' => b"\\t",
                b'\n' => b"\\n",
                b'\r' => b"\\r",
                0x0B => b"\\v",
                byte => std::slice::from_ref(byte),
            });
        }
        self.0.extend_from_slice(b"\"\n");
    }

    /// Appends the header that authenticates a request with a token.
    pub fn bearer(&mut self, token: &[u8]) {
        self.option("header", &[b"Authorization: Bearer ", token]);
    }

    /// Returns the configuration.
    pub fn into_inner(self) -> SecretBuf {
        self.0
    }
}

/// Checks an `http` or `https` URL with a host, in printable ASCII. `source` is the name of its flag.
pub fn check_url<'a>(source: &str, url: &'a str) -> anyhow::Result<&'a str> {
    let after_scheme = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    let has_host = after_scheme
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
    ensure!(
        has_host && url.chars().all(|c| c.is_ascii_graphic()),
        "{source}: not a URL: use one that begins with https:// or http://, with characters outside \
         ASCII percent-encoded"
    );
    Ok(url)
}

/// Checks the base URL of an API, and returns it without slashes at its end.
pub fn base_url<'a>(source: &str, url: &'a str) -> anyhow::Result<&'a str> {
    check_url(source, url)?;
    ensure!(
        !url.contains(['?', '#']),
        "{source}: it has a query or a fragment: use the API's address alone, such as \
         https://api.example.com"
    );
    Ok(url.trim_end_matches('/'))
}

/// Checks an identifier that becomes a part of a URL: letters, digits, `-` and `_`.
pub fn check_id<'a>(source: &str, id: &'a str) -> anyhow::Result<&'a str> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ensure!(
        !id.is_empty() && id.chars().all(is_allowed),
        "{source}: not an identifier: copy it from the provider's console; it has only letters, \
         digits, - and _"
    );
    Ok(id)
}

/// Returns an environment variable that is set and not empty. Secrets come from there alone, because
/// other users could see them in a flag.
pub fn variable(name: &str) -> anyhow::Result<Option<String>> {
    let value = text(name, env::var_os(name))?.filter(|value| !value.is_empty());
    ensure!(
        !value.as_ref().is_some_and(|value| value.contains(char::is_control)),
        "{name}: contains a line ending or another control character: set it again without that"
    );
    Ok(value)
}

/// Returns an environment variable that has to be set. `remedy` says to what.
pub fn required(name: &str, remedy: &str) -> anyhow::Result<String> {
    variable(name)?.with_context(|| format!("missing {name}: {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The escapes of curl's manual, under `--config`.
    #[test]
    fn values_are_escaped() {
        let mut config = Config::default();
        config.option("user", &[b"a\"b", b"\\c", b"\t\n\r\x0B", " $d 'e' #f ä".as_bytes()]);
        let expected = "user = \"a\\\"b\\\\c\\t\\n\\r\\v $d 'e' #f ä\"\n";
        assert_eq!(*config.into_inner(), *expected.as_bytes());
    }
}
