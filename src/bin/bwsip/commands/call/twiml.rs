//! TwiML that connects an existing call to the bridge.

use anyhow::bail;
use bwsip::SecretBuf;

/// Returns the document. It contains the password.
///
/// # Errors
///
/// Fails if the password, or the username, contains a character that XML cannot.
pub fn document(uri: &str, username: &str, password: &str) -> anyhow::Result<SecretBuf> {
    let mut twiml = SecretBuf::default();
    for (markup, text) in [
        ("<Response><Dial><Sip username=\"", username),
        ("\" password=\"", password),
        ("\">", uri),
        ("</Sip></Dial></Response>\n", ""),
    ] {
        twiml.extend_from_slice(markup.as_bytes());
        for c in text.chars() {
            match c {
                // In an attribute, a parser turns whitespace that is not escaped into spaces.
                '&' | '<' | '>' | '"' | '\t' | '\n' | '\r' => {
                    twiml.extend_from_slice(format!("&#{};", u32::from(c)).as_bytes());
                }
                // XML 1.0, section 2.2.
                ..' ' | '\u{FFFE}' | '\u{FFFF}' => bail!(
                    "the password contains a control character, which XML cannot: create a credential \
                     with another one"
                ),
                c => twiml.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
    Ok(twiml)
}
