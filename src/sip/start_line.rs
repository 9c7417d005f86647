//! Finds the start lines of SIP messages.

/// The methods of SIP, from the IANA registry of RFC 3261 section 27.4.
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

/// The start line of a SIP message (RFC 3261 sections 7.1 and 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// `METHOD URI SIP/2.0`, with the method.
    Request(&'a str),
    /// `SIP/2.0 CODE REASON`, with the code.
    Response(&'a str),
}

impl<'a> StartLine<'a> {
    /// Finds a start line at the end of `line`.
    pub fn parse(line: &'a str) -> Option<Self> {
        if let Some(rest) = line.strip_suffix("SIP/2.0") {
            let mut words = rest.split_whitespace().rev();
            let (uri, method) = (words.next()?, words.next()?);
            let method = method_at_end(method).filter(|_| uri.contains(':'));
            return method.map(StartLine::Request);
        }
        let code = line.split_once("SIP/2.0 ")?.1.get(..3)?;
        code.bytes().all(|byte| byte.is_ascii_digit()).then_some(StartLine::Response(code))
    }
}

/// Finds a method at the end of `word`. In packet captures and the output of `tcpdump -A`, bytes of the
/// packet's header precede it, which may be letters.
pub fn method_at_end(word: &str) -> Option<&str> {
    let before = word.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let letters = &word[before.len()..];
    let known = METHODS.iter().filter(|method| letters.ends_with(**method));
    let method = known.max_by_key(|method| method.len()).map_or(letters, |method| *method);
    (!method.is_empty()).then_some(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_of_requests() {
        for (line, method) in [
            ("REGISTER sip:a SIP/2.0", Some("REGISTER")),
            ("Request-Line: INVITE sip:a SIP/2.0", Some("INVITE")),
            // Bytes of a packet's header, which may be letters.
            ("E..BINVITE sip:a SIP/2.0", Some("INVITE")),
            ("XSUBSCRIBE tel:+1 SIP/2.0", Some("SUBSCRIBE")),
            ("PING sip:a SIP/2.0", Some("PING")),
            ("Register sip:a SIP/2.0", None),
            ("REGISTER a SIP/2.0", None),
            ("sip:a SIP/2.0", None),
            ("SIP/2.0", None),
        ] {
            assert_eq!(StartLine::parse(line), method.map(StartLine::Request), "{line}");
        }
    }

    #[test]
    fn start_lines_of_responses() {
        for (line, code) in [
            ("SIP/2.0 401 Unauthorized", Some("401")),
            ("Status-Line: SIP/2.0 200 OK", Some("200")),
            ("SIP/2.0 100", Some("100")),
            ("SIP/2.0 10", None),
            ("SIP/2.0 4x1", None),
            ("SIP/2.0 1é0", None),
            ("Via: SIP/2.0/UDP 192.0.2.1", None),
        ] {
            assert_eq!(StartLine::parse(line), code.map(StartLine::Response), "{line}");
        }
    }
}
