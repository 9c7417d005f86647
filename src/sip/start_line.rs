//! Finds the start lines of SIP messages, and of messages that look alike.

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

/// The start line of a message (RFC 3261 sections 7.1 and 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartLine {
    /// `METHOD URI SIP/2.0`.
    Request { method: String, uri: String },
    /// `SIP/2.0 CODE REASON`.
    Response { status: u16, reason: String },
    /// That of a message of HTTP or RTSP, whose digests are not SIP's.
    Other,
}

impl StartLine {
    /// Finds a start line at the end of `line`, which may be quoted there.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['"', '\'', '`', '*', ',']);
        let versions = ["SIP/2.0", "HTTP/1.1", "HTTP/1.0", "RTSP/1.0", "RTSP/2.0"];
        versions.iter().find_map(|version| {
            let is_sip = *version == "SIP/2.0";
            let start = if let Some(rest) = line.strip_suffix(version) {
                let mut words = rest.split_whitespace().rev();
                let (uri, method) =
                    (words.next()?.to_owned(), method_at_end(words.next()?)?.to_owned());
                (uri.contains(':') || !is_sip).then_some(StartLine::Request { method, uri })?
            } else {
                let rest = line.split_once(version)?.1.strip_prefix(' ')?;
                let (code, reason) = rest.split_at_checked(3)?;
                let status = code.parse().ok().filter(|_| !code.starts_with('+'))?;
                StartLine::Response { status, reason: reason.trim().to_owned() }
            };
            Some(if is_sip { start } else { StartLine::Other })
        })
    }
}

/// Finds a method at the end of `word`. In packet captures and the output of `tcpdump -A`, bytes of the
/// packet's header precede it, which may be letters.
pub fn method_at_end(word: &str) -> Option<&str> {
    let before = word.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let letters = &word[before.len()..];
    let known = METHODS.iter().filter(|method| letters.ends_with(**method));
    match known.max_by_key(|method| method.len()) {
        Some(method) => Some(method),
        // Of another method, it could be the end.
        None => (!letters.is_empty() && before.is_empty()).then_some(letters),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_lines_of_requests() {
        for (line, request) in [
            ("REGISTER sip:a SIP/2.0", Some(("REGISTER", "sip:a"))),
            ("\"sip.Request-Line\": \"REGISTER sip:a SIP/2.0\",", Some(("REGISTER", "sip:a"))),
            ("Request-Line: INVITE sip:a SIP/2.0", Some(("INVITE", "sip:a"))),
            // Bytes of a packet's header, which may be letters.
            ("E..BINVITE sip:a SIP/2.0", Some(("INVITE", "sip:a"))),
            ("XSUBSCRIBE tel:+1 SIP/2.0", Some(("SUBSCRIBE", "tel:+1"))),
            ("PING sip:a SIP/2.0", Some(("PING", "sip:a"))),
            ("..PING sip:a SIP/2.0", None),
            ("Register sip:a SIP/2.0", None),
            ("REGISTER a SIP/2.0", None),
            ("sip:a SIP/2.0", None),
            ("SIP/2.0", None),
        ] {
            let found = match StartLine::parse(line) {
                Some(StartLine::Request { method, uri }) => Some((method, uri)),
                _ => None,
            };
            let request = request.map(|(method, uri)| (method.to_owned(), uri.to_owned()));
            assert_eq!(found, request, "{line}");
        }
    }

    #[test]
    fn start_lines_of_responses() {
        for (line, answer) in [
            ("SIP/2.0 401 Unauthorized", Some((401, "Unauthorized"))),
            ("Status-Line: SIP/2.0 200 OK", Some((200, "OK"))),
            ("SIP/2.0 100", Some((100, ""))),
            ("SIP/2.0 10", None),
            ("SIP/2.0 4x1", None),
            ("SIP/2.0 1é0", None),
            ("Via: SIP/2.0/UDP 192.0.2.1", None),
        ] {
            let found = match StartLine::parse(line) {
                Some(StartLine::Response { status, reason }) => Some((status, reason)),
                _ => None,
            };
            let answer = answer.map(|(status, reason): (u16, &str)| (status, reason.to_owned()));
            assert_eq!(found, answer, "{line}");
        }
    }

    #[test]
    fn start_lines_of_other_protocols() {
        for line in [
            "GET / HTTP/1.1",
            "HTTP/1.1 401 Unauthorized",
            "DESCRIBE rtsp://a/b RTSP/1.0",
            "RTSP/2.0 200 OK",
        ] {
            assert_eq!(StartLine::parse(line), Some(StartLine::Other), "{line}");
        }
        assert_eq!(StartLine::parse("Server: nginx HTTP/1.1 x"), None);
    }
}
