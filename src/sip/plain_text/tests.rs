use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::Digest;
use crate::sip::{Authorization, Place, Trace};

/// The messages of tests/data/traces/dialog.py.
const DIALOG: &str = include_str!("../../../tests/data/traces/dialog.txt");
/// H(A1) of their password and of another, by `md5sum`.
const HA1: &str = "a92e8421ce64062bff9a9fa523474680";

/// A method, the header, the nonce of the challenge, and the status of the answer.
type FoundRequest = (String, Option<Authorization>, Option<String>, Option<u16>);

/// What is read in a text, but for the places.
#[derive(Debug, PartialEq)]
struct Found {
    requests: Vec<FoundRequest>,
    not_read: usize,
}

fn found(text: impl AsRef<[u8]>) -> Found {
    let trace = Trace::read(text.as_ref());
    let requests = trace.requests.into_iter().map(|it| {
        let nonce = it.challenge.map(|challenge| challenge.nonce);
        (it.method, it.authorization.ok(), nonce, it.answer.map(|answer| answer.status))
    });
    Found { requests: requests.collect(), not_read: trace.not_read.len() }
}

/// The three requests, each with its challenge and its answer; the ACK repeats the INVITE.
#[track_caller]
fn assert_is_dialog(text: impl AsRef<[u8]>) {
    let shown = String::from_utf8_lossy(text.as_ref()).into_owned();
    let found = found(text);
    assert_eq!(found, self::found(DIALOG), "{shown}");
    let methods: Vec<_> = found.requests.iter().map(|it| (&*it.0, it.2.as_deref(), it.3)).collect();
    let expected = [
        ("REGISTER", Some("5f0c"), Some(200)),
        ("INVITE", Some("77aa=="), Some(200)),
        ("BYE", Some("77aa=="), Some(200)),
    ];
    assert_eq!(methods, expected);
    let ha1: Digest = HA1.parse().expect("32 digits");
    for (method, authorization, ..) in &found.requests {
        assert!(authorization.as_ref().expect("it is read").is_from(&ha1, method));
    }
}

fn messages() -> impl Iterator<Item = &'static str> {
    DIALOG.split_inclusive("\r\n\r\n")
}

/// Writes each line of the dialog anew.
fn by_line(change: impl Fn(&str) -> String) -> String {
    DIALOG.lines().map(change).collect()
}

fn by_message(change: impl Fn(&str) -> String) -> String {
    messages().map(change).collect()
}

/// Breaks lines as a screen of this width does.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let break_line = |line: &str| {
        let characters: Vec<_> = line.chars().collect();
        let pieces: Vec<String> = characters.chunks(width).map(|it| it.iter().collect()).collect();
        pieces.iter().map(|piece| format!("{indent}{piece}\n")).collect::<String>()
            + if pieces.is_empty() { "\n" } else { "" }
    };
    text.lines().map(break_line).collect()
}

fn escaped(text: &str) -> String {
    serde_json::to_string(text).expect("it is text")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[test]
fn the_dialog_itself() {
    assert_is_dialog(DIALOG);
    assert_is_dialog(DIALOG.replace("\r\n", "\n"));
}

#[test]
fn line_endings_that_are_written_out() {
    for end in
        ["^M\n", "^M$\n", "\\r\\n\n", " \\r\\n\r\n", "#015\n", "<013>\n", "&#13;\n", "&#xD;\n"]
    {
        assert_is_dialog(by_line(|line| format!("{line}{end}")));
        assert_is_dialog(by_line(|line| format!("\t{line}{end}")));
    }
    for end in
        ["#015#012", "#012", "\\015\\012", "<013><010>", "<CR><LF>", "[CR][LF]", "\u{240D}\u{240A}"]
    {
        assert_is_dialog(by_message(|it| {
            format!("Nov 23 host a[1]: {}\n", it.replace("\r\n", end))
        }));
    }
    let one_line =
        |it: &str| format!("02/22 15:16:59.538 [S=12] [SID:62] {}\n", it.replace("\r\n", " "));
    assert_is_dialog(by_message(one_line));
}

#[test]
fn escaped_strings() {
    assert_is_dialog(by_message(|it| format!("{{\"level\":\"info\",\"msg\":{}}}\n", escaped(it))));
    assert_is_dialog(by_message(|it| format!("{{\"a\":{}}}\n", escaped(&escaped(it)))));
    assert_is_dialog(by_message(|it| format!("{{\"a\":{}}}\n", escaped(&html(it)))));
    // Python's repr() of bytes.
    assert_is_dialog(by_message(|it| format!("b'{}'\n", it.replace("\r\n", "\\r\\n"))));
    assert_is_dialog(by_line(|line| format!(" b'{line}\\r\\n',\n")));
    // `tshark -T json`.
    let packet = |it: &str| {
        let (start, headers) = it.split_once("\r\n").expect("it has several lines");
        let key = if start.starts_with("SIP") { "sip.Status-Line" } else { "sip.Request-Line" };
        format!("\"{key}\": {},\n\"sip.msg_hdr\": {},\n", escaped(start), escaped(headers))
    };
    assert_is_dialog(by_message(packet));
    // A header in a line of its own.
    let header = |line: &str| match line.split_once(": ") {
        Some((name, value)) => format!("  {}: {},\n", escaped(name), escaped(value)),
        None => format!("  {},\n", escaped(line)),
    };
    assert_is_dialog(by_line(header));
}

#[test]
fn pages_and_word_processors() {
    assert_is_dialog(html(DIALOG));
    assert_is_dialog(html(&html(DIALOG)));
    assert_is_dialog(by_message(|it| format!("<pre>{}</pre>", html(it).replace("\r\n", "<br/>"))));
    assert_is_dialog(by_line(|line| {
        let line = html(line).replace("Authorization", "<b class='hit'>Authorization</b>");
        format!("<p>{line}</p>\n")
    }));
    assert_is_dialog(DIALOG.replace('"', "&#34;").replace('=', "&#x3D;").replace("nce", "n&#99;e"));
    for (open, close) in
        [("\u{201C}", "\u{201D}"), ("\u{201D}", "\u{201D}"), ("\u{201E}", "\u{201C}")]
    {
        assert_is_dialog(DIALOG.replace("=\"", &format!("={open}")).replace('"', close));
    }
    assert_is_dialog(DIALOG.replace(' ', "\u{A0}"));
    assert_is_dialog(by_message(|it| format!("1,\"{}\",x\n", it.replace('"', "\"\""))));
    assert_is_dialog(by_line(|line| format!("> {line}\n")));
    assert_is_dialog(by_line(|line| format!(">> {}\n", line.replace(", ", ",\n>> "))));
    for mark in ["*", "**", "'", "`", "\""] {
        assert_is_dialog(by_line(|line| format!("{mark}{line}{mark}\n")));
    }
    assert_is_dialog(by_line(|line| match line.split_once(':') {
        Some((name, value)) if !name.contains(' ') => format!("**{name}:**{value}\n"),
        _ => format!("{line}\n"),
    }));
}

#[test]
fn logs_and_terminals() {
    assert_is_dialog(by_line(|line| format!("\u{1B}[36m{line}\u{1B}[0m\r\n")));
    assert_is_dialog(by_line(|line| format!("^[[36m{line}^[[0m^M\n")));
    let hit = "\u{1B}[01;31m\u{1B}[KAuthorization\u{1B}[m\u{1B}[K";
    assert_is_dialog(DIALOG.replace("Authorization", hit));
    assert_is_dialog(by_line(|line| {
        let is_header = line.contains("uthorization: ");
        format!("{}{line}\n", if is_header { "DEBUG authorization: " } else { "" })
    }));
    for prefix in ["trace.txt:12:", "trace.txt-7-", "11-23 11:46:10.771 5128 I Phone: "] {
        assert_is_dialog(by_line(|line| format!("{prefix}{line}\n")));
    }
    for width in [80, 100, 120, 132, 160, 200] {
        assert_is_dialog(wrapped(DIALOG, width, ""));
    }
    assert_is_dialog(by_line(|line| format!("{line}.\n")));
    let units =
        |it: &dyn Fn(u16) -> [u8; 2]| DIALOG.encode_utf16().flat_map(it).collect::<Vec<_>>();
    assert_is_dialog(units(&u16::to_le_bytes));
    assert_is_dialog(units(&u16::to_be_bytes));
    assert_is_dialog([&[0xFE, 0xFF], &units(&u16::to_be_bytes)[..]].concat());
}

/// `ngrep` without `-W byline`, also broken by the screen.
#[test]
fn dots_for_line_endings() {
    let message = |it: &str| {
        format!("U 192.0.2.10:5060 -> 192.0.2.1:5060 #2\n  {}\n", it.replace("\r\n", ".."))
    };
    assert_is_dialog(by_message(message));
    assert_is_dialog(by_message(|it| {
        format!(
            "U 192.0.2.10:5060 -> 192.0.2.1:5060 #2\n{}\n",
            wrapped(&it.replace("\r\n", ".."), 75, "  ")
        )
    }));
}

/// Without start lines, a method that could be that of either of two messages is not known.
#[test]
fn lines_found_by_grep() {
    let lines = DIALOG.lines().filter(|it| it.contains("CSeq") || it.contains("uthorization"));
    let lines: Vec<_> = lines.collect();
    let methods = |lines: &[&str]| {
        let requests = Trace::read((lines.join("\n") + "\n").as_bytes()).requests;
        requests.into_iter().map(|it| it.method).collect::<Vec<_>>()
    };
    assert_eq!(methods(&lines), ["REGISTER", "INVITE", "BYE"]);
    let [.., bye, _] = lines[..] else { panic!() };
    assert_eq!(methods(&["CSeq: 1 REGISTER", bye, "CSeq: 2 BYE"]), [""]);
    assert_eq!(methods(&["CSeq: 1 BYE", bye, "CSeq: 2 BYE"]), ["BYE"]);
    assert_eq!(methods(&[bye, "CSeq: 2 BYE", "CSeq: 2 BYE"]), ["BYE"]);
    assert_eq!(methods(&["CSeq: 1 REGISTER", "CSeq: 2 BYE", bye]), ["BYE"]);
}

/// A value that only looks as if it were escaped is left as it is.
#[test]
fn what_is_plain_stays() {
    for username in [
        "CORP\\\\nick",
        "a\\\"b",
        "x&amp;y",
        "#01",
        "=2",
        "a..b: c",
        "Jean\u{A0}Luc",
        "“a”",
        "a, b",
    ] {
        let value = format!(
            "Digest username=\"{username}\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"{HA1}\""
        );
        let trace =
            Trace::read(format!("REGISTER sip:x SIP/2.0\nAuthorization: {value}\n\n").as_bytes());
        let [request] = &trace.requests[..] else { panic!("{trace:?}") };
        assert_eq!(request.authorization, Authorization::from_value(&value), "{username}");
        assert_eq!(request.place, Place::Line(2));
    }
}

#[test]
fn lines_are_those_of_the_text() {
    let places = |text: &str| {
        Trace::read(text.as_bytes()).requests.iter().map(|it| it.place).collect::<Vec<_>>()
    };
    assert_eq!(places(DIALOG), [18, 50, 76].map(Place::Line));
    assert_eq!(places(&by_message(|it| escaped(it) + "\n")), [3, 8, 12].map(Place::Line));
    let text = format!("\n\n{}", wrapped(DIALOG, 80, ""));
    let headers = (1..).zip(text.lines()).filter(|(_, line)| line.contains("uthorization: "));
    let [register, invite, _, bye] = headers.map(|(number, _)| number).collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(places(&text), [register, invite, bye].map(Place::Line));
}

/// Cut anywhere, the rest is never taken for another response.
#[test]
fn cut_at_every_offset() {
    let whole = found(DIALOG);
    let ends: Vec<_> = DIALOG.match_indices("\r\n").map(|(at, _)| at + 2).collect();
    for end in 0..DIALOG.len() {
        let cut = found(&DIALOG[..end]);
        for (found, whole) in cut.requests.iter().zip(&whole.requests) {
            assert!(found.1.is_none() && !ends.contains(&end) || found.1 == whole.1, "{end}");
        }
    }
}

/// Cut at any width, likewise: the longest lines are, after a response, where a qop would follow.
#[test]
fn cut_at_every_width() {
    let whole = found(DIALOG);
    for width in 20..250 {
        let cut = |line: &str| line.get(..width).unwrap_or(line).to_owned() + "\n";
        let cut = found(by_line(cut));
        for (method, header, ..) in &cut.requests {
            let is_whole = |it: &FoundRequest| it.0 == *method && it.1 == *header;
            assert!(header.is_none() || whole.requests.iter().any(is_whole), "{width}: {cut:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Around a message, and before each of its lines, anything may be printed.
    #[test]
    fn any_surroundings(
        prefix in "[0-9]{0,4}[-:.\\[\\] a-z]{0,9}[ :\\]]?",
        between in "[^\n=“&\\\\]{0,40}",
        width in 60..300_usize,
        kind in 0..6,
    ) {
        let prefix = if prefix.ends_with(['-']) || prefix.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            prefix + " "
        } else {
            prefix
        };
        let text = by_message(|it| format!("{between}\n{}", it.lines().map(|line| format!("{prefix}{line}\n")).collect::<String>()));
        let text = match kind {
            0 => text,
            1 => wrapped(DIALOG, width, ""),
            2 => by_message(|it| format!("{prefix}{}\n", escaped(it))),
            3 => html(&text),
            4 => by_message(|it| format!("{prefix}{}\n", it.replace("\r\n", "#015#012"))),
            _ => text.replace('\n', "^M\n"),
        };
        prop_assert_eq!(found(&text), found(DIALOG), "{}", text);
    }
}

#[test]
fn a_number_that_looks_like_a_carriage_return() {
    let line = "Authorization: Digest uri=\"sip:9#0151234567@x\"";
    let plain: Vec<_> = super::lines(line).map(|(_, line)| line.into_owned()).collect();
    assert_eq!(plain, [line]);
}
