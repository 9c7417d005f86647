//! The mistakes, made by other programs.

use std::collections::BTreeSet;
use std::process::Command;

use bwsip::diagnosis::mistakes::MISTAKES;

use super::{HASH1, HASH1B, mismatch, verify};
use crate::support::{REALM, bwsip, md5sum};

/// A digest by another program, of what a shell passes to it.
fn by_shell(script: &str) -> String {
    let script = format!("set -o pipefail; {{ {script}; }} | md5sum");
    let output = Command::new("bash").args(["-c", &script]).output().expect("bash runs");
    assert!(output.status.success(), "{script}");
    String::from_utf8_lossy(&output.stdout)[..32].to_owned()
}

/// A mistake, and how a digest comes to be with it: made by a shell and md5sum.
struct Case {
    mistake: &'static str,
    /// What is right.
    user: &'static [&'static str],
    password: &'static str,
    flag: &'static str,
    /// What goes into md5sum.
    shell: &'static str,
    /// What the message says.
    says: &'static str,
}

const PLAIN: &[&str] = &["-u", "sipauthtest"];
const BOB: &[&str] = &["-u", "bob", "-d", "somewhere.com"];
const R: &str = "custxx.auth.bandwidth.com";

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { mistake: "swapped", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest@$R:$R:password", says: "swapped" },
    Case { mistake: "swapped", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest:$R:password", says: "swapped" },
    Case { mistake: "guide-colon", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest:$R:$R:password", says: "a colon in place of the @" },
    Case { mistake: "guide-colon", user: BOB, password: "password", flag: "--hash1b", shell: "printf %s bob@somewhere.com:$R:$R:password", says: "a colon in place of the @" },
    Case { mistake: "password-latin1", user: PLAIN, password: "pässwörd", flag: "--hash1", shell: "printf 'sipauthtest:%s:p\\344ssw\\366rd' $R", says: "Latin-1" },
    Case { mistake: "password-utf8", user: PLAIN, password: "p\u{1}ssword", flag: "--hash1", shell: "printf 'sipauthtest:%s:p\\303\\244ssword' $R", says: "UTF-8" },
    Case { mistake: "password-latin1", user: PLAIN, password: "pass’wörd€", flag: "--hash1", shell: "printf 'sipauthtest:%s:pass\\222w\\366rd\\200' $R", says: "Windows-1252" },
    Case { mistake: "password-utf8", user: PLAIN, password: "password\u{2}", flag: "--hash1", shell: "printf 'sipauthtest:%s:password\\342\\202\\254' $R", says: "UTF-8" },
    Case { mistake: "password-quotes", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:\\\"password\\\"", says: "quotes around it" },
    Case { mistake: "password-quotes", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest@$R:$R:\\'password\\'", says: "quotes around it" },
    Case { mistake: "password-lacked-quotes", user: PLAIN, password: "'password'", flag: "--hash1", shell: "printf %s sipauthtest:$R:'password'", says: "without the quotes" },
    Case { mistake: "password-white-space", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:' password'", says: "whitespace before or after" },
    Case { mistake: "password-white-space", user: PLAIN, password: "password", flag: "--hash1", shell: "printf 'sipauthtest:%s:password\\t' $R", says: "whitespace before or after" },
    Case { mistake: "password-lacked-white-space", user: PLAIN, password: "password ", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "without the whitespace" },
    Case { mistake: "password-lacked-white-space", user: PLAIN, password: "password\n", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "without the whitespace" },
    Case { mistake: "password-line-end", user: PLAIN, password: "password", flag: "--hash1", shell: "echo sipauthtest:$R:password", says: "as echo adds one: use printf '%s' or echo -n, or --password-stdin" },
    Case { mistake: "password-line-end", user: BOB, password: "password", flag: "--hash1b", shell: "echo bob@somewhere.com@$R:$R:password", says: "as echo adds one" },
    Case { mistake: "password-line-end", user: PLAIN, password: "password", flag: "--hash1", shell: "printf 'sipauthtest:%s:password\\r\\n' $R", says: "line ending" },
    Case { mistake: "password-alone", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s password", says: "nothing but the password" },
    Case { mistake: "username-case", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s SipAuthTest:$R:password | tr '[:upper:]' '[:lower:]' | sed 's/^s/S/' | tr -d '\\n'", says: "username or its domain was in other letter case" },
    Case { mistake: "username-case", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob@Somewhere.com:$R:password", says: "letter case" },
    Case { mistake: "username-case", user: &["-u", "bobSmith"], password: "password", flag: "--hash1", shell: "printf %s BobSmith:$R:password", says: "letter case" },
    Case { mistake: "username-case", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s SIPAUTHTEST@$R:$R:password", says: "letter case" },
    Case { mistake: "username-case", user: BOB, password: "password", flag: "--hash1", shell: "printf %s BOB@SOMEWHERE.COM:$R:password", says: "letter case" },
    Case { mistake: "username-case", user: &["-u", "bob.smith"], password: "password", flag: "--hash1", shell: "printf %s Bob.Smith:$R:password", says: "letter case" },
    Case { mistake: "password-white-space", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:'password  '", says: "whitespace before or after" },
    Case { mistake: "password-lacked-white-space", user: PLAIN, password: "password\u{A0}", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "without the whitespace" },
    Case { mistake: "password-lacked-quotes", user: PLAIN, password: "“password”", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "without the quotes" },
    Case { mistake: "realm-case", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:CUSTXX.auth.bandwidth.com:password", says: "realm was in other letter case" },
    Case { mistake: "realm-uri", user: PLAIN, password: "password", flag: "--hash1", shell: "printf 'sipauthtest:%s\\r\\n:password' $R", says: "whitespace" },
    Case { mistake: "domain-left-out", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob:$R:password", says: "domain was left out" },
    Case { mistake: "domain-left-out", user: &["-u", "bob@somewhere.com"], password: "password", flag: "--hash1", shell: "printf %s bob:$R:password", says: "domain was left out" },
    Case { mistake: "domain-added", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest@bandwidth.com:$R:password", says: "domain was added" },
    Case { mistake: "domain-added", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob@somewhere.com@somewhere.com:$R:password", says: "domain was added" },
    Case { mistake: "realm-as-domain", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob@$R:$R:password", says: "used in place of the domain" },
    Case { mistake: "domain-as-realm", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob@somewhere.com:somewhere.com:password", says: "used in place of the realm" },
    Case { mistake: "realm-short", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:custxx:password", says: "its short name" },
    Case { mistake: "realm-short", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest@custxx:custxx:password", says: "its short name" },
    Case { mistake: "realm-case", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:Custxx.auth.bandwidth.com:password", says: "realm was in other letter case" },
    Case { mistake: "realm-port", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:5006:password", says: "had a port" },
    Case { mistake: "realm-port", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest@$R:5090:$R:5090:password", says: "had a port" },
    Case { mistake: "realm-port", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:443:password", says: "had a port" },
    Case { mistake: "realm-uri", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:sip:$R:password", says: "sip:" },
    Case { mistake: "realm-uri", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s \"sipauthtest:$R :password\"", says: "whitespace" },
    Case { mistake: "guide-spaces", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s \"sipauthtest : $R : password\"", says: "spaces around the colons" },
    Case { mistake: "guide-braces", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s \"{sipauthtest}:{$R}:{password}\"", says: "braces" },
    Case { mistake: "guide-realm", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s 'sipauthtest:realmname.<randomAccountHex>.auth.bandwidth.com:password'", says: "placeholder" },
    Case { mistake: "password-utf8-twice", user: PLAIN, password: "pässwörd", flag: "--hash1", shell: "printf %s sipauthtest:$R:pässwörd | iconv -f LATIN1 -t UTF-8", says: "encoded as UTF-8 again" },
    Case { mistake: "password-utf16", user: PLAIN, password: "pässwörd", flag: "--hash1", shell: "printf %s sipauthtest:$R:; printf %s pässwörd | iconv -f UTF-8 -t UTF-16LE", says: "UTF-16" },
    Case { mistake: "text-utf16", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:password | iconv -f UTF-8 -t UTF-16BE", says: "PowerShell" },
    Case { mistake: "password-normalization", user: PLAIN, password: "pa\u{308}ssword", flag: "--hash1", shell: "printf 'sipauthtest:%s:p\\303\\244ssword' $R", says: "NFC and NFD" },
    Case { mistake: "password-byte-order-mark", user: PLAIN, password: "password", flag: "--hash1", shell: "printf 'sipauthtest:%s:\\357\\273\\277password' $R", says: "had a byte order mark" },
    Case { mistake: "password-lacked-byte-order-mark", user: PLAIN, password: "\u{FEFF}password", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "without the byte order mark" },
    Case { mistake: "password-case", user: PLAIN, password: "Password", flag: "--hash1", shell: "printf %s sipauthtest:$R:pASSWORD", says: "caps lock" },
    Case { mistake: "password-percent-encoded", user: PLAIN, password: "p@ss word", flag: "--hash1", shell: "printf %s sipauthtest:$R:p%40ss%20word", says: "percent-encoded" },
    Case { mistake: "password-html-escaped", user: PLAIN, password: "p&ss<", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:p&amp;ss&lt;\"", says: "as in HTML" },
    Case { mistake: "password-given-utf8-twice", user: PLAIN, password: "pÃ¤ssword", flag: "--hash1", shell: "printf %s sipauthtest:$R:pässword", says: "looks like UTF-8 that was taken for Latin-1" },
    Case { mistake: "password-base64", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:; printf %s password | base64 | tr -d '\\n'", says: "encoded as base64" },
    Case { mistake: "password-given-escaped", user: PLAIN, password: "p%40ss%20word", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:p@ss word\"", says: "the password given here is percent-encoded" },
    Case { mistake: "password-given-escaped", user: PLAIN, password: "p&amp;ss&#39;", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:p&ss'\"", says: "the password given here" },
    Case { mistake: "password-given-escaped", user: PLAIN, password: "cGFzc3dvcmQ=", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:\"; echo cGFzc3dvcmQ= | base64 -d", says: "base64, or escaped" },
    Case { mistake: "domain-realm-swapped", user: BOB, password: "password", flag: "--hash1", shell: "printf %s bob@$R:somewhere.com:password", says: "in each other's place" },
    Case { mistake: "password-case", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:Password", says: "its first letter" },
    Case { mistake: "password-html-escaped", user: PLAIN, password: "p\"ss'", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:p&#34;ss&#39;\"", says: "as in HTML" },
    Case { mistake: "realm-case", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest@custxx.AUTH.BANDWIDTH.COM:custxx.AUTH.BANDWIDTH.COM:password", says: "realm was in other letter case" },
    Case { mistake: "password-backslashes", user: PLAIN, password: "p\\ass", flag: "--hash1", shell: "printf %s sipauthtest:$R:p\\ass", says: "backslashes" },
    Case { mistake: "password-variables", user: PLAIN, password: "pa$word$1-x", flag: "--hash1", shell: "unset word; printf %s \"sipauthtest:$R:pa$word$1-x\"", says: "taken for a variable" },
    Case { mistake: "username-uri", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sip:sipauthtest:$R:password", says: "sip: before it" },
    Case { mistake: "username-plus", user: &["-u", "15551234567"], password: "password", flag: "--hash1", shell: "printf %s +15551234567:$R:password", says: "had a + or the country code" },
    Case { mistake: "realm-missing", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:password", says: "realm was missing" },
    Case { mistake: "realm-uri", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf %s sipauthtest@https://$R/:https://$R/:password", says: "https://" },
    Case { mistake: "realm-port", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:8080:password", says: "had a port" },
    Case { mistake: "text-around", user: PLAIN, password: "password", flag: "--hash1", shell: "printf '%s\\n' \"-n sipauthtest:$R:password\"", says: "an option of echo (-n)" },
    Case { mistake: "text-around", user: PLAIN, password: "password", flag: "--hash1b", shell: "printf '\"%s\"\\r\\n' \"sipauthtest@$R:$R:password\"", says: "quotes around it" },
    Case { mistake: "text-around", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:b\\'password\\'", says: "Python" },
    Case { mistake: "password-cut-short", user: PLAIN, password: "s3cret!@#pa55", flag: "--hash1", shell: "printf %s sipauthtest:$R:'s3cret!@'", says: "cut short, as at a # in a configuration file, at an & or ; in a shell, or at a maximum length (after 8 characters, before '#')" },
    Case { mistake: "password-cut-short", user: PLAIN, password: "password1234", flag: "--hash1", shell: "printf %s sipauthtest:$R:password", says: "(after 8 characters)" },
    Case { mistake: "password-digest", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:$(printf %s sipauthtest:$R:password | md5sum | cut -c 1-32)", says: "hashed again" },
    Case { mistake: "password-typographic", user: PLAIN, password: "tear-drop", flag: "--hash1", shell: "printf %s sipauthtest:$R:tear–drop", says: "dashes" },
    Case { mistake: "password-invisible", user: PLAIN, password: "password", flag: "--hash1", shell: "printf 'sipauthtest:%s:password\\342\\200\\213' $R", says: "zero-width" },
    Case { mistake: "password-latin1", user: PLAIN, password: "naïve", flag: "--hash1", shell: "printf 'sipauthtest:%s:na\\213ve' $R", says: "437" },
    Case { mistake: "password-question-marks", user: PLAIN, password: "naïve", flag: "--hash1", shell: "printf %s sipauthtest:$R:'na?ve'", says: "had ?" },
    Case { mistake: "password-number", user: PLAIN, password: "054781", flag: "--hash1", shell: "printf %s sipauthtest:$R:54781", says: "a zero at its beginning" },
    Case { mistake: "password-special", user: PLAIN, password: "pa$word9", flag: "--hash1", shell: "printf %s sipauthtest:$R:'pa$$word9'", says: "docker compose" },
    Case { mistake: "password-special", user: PLAIN, password: "foo%d", flag: "--hash1", shell: "printf sipauthtest:$R:foo%d", says: "printf" },
    Case { mistake: "password-special", user: PLAIN, password: "a&b", flag: "--hash1", shell: "printf sipauthtest:$R:PASSWORD | sed 's/PASSWORD/a&b/'", says: "sed" },
    Case { mistake: "password-special", user: PLAIN, password: "x`true y`z", flag: "--hash1", shell: "printf %s \"sipauthtest:$R:x`true y`z\"", says: "shell" },
    Case { mistake: "password-missing", user: PLAIN, password: "password", flag: "--hash1", shell: "true", says: "nothing at all" },
    Case { mistake: "password-missing", user: PLAIN, password: "password", flag: "--hash1", shell: "printf %s sipauthtest:$R:", says: "empty" },
];

#[cfg(unix)]
#[test]
fn every_mistake_is_named() {
    if md5sum(b"").is_none() {
        return;
    }
    // These have tests of their own.
    let mut seen: BTreeSet<&str> = [
        "repeated",
        "digits",
        "method",
        "realm-shape",
        "realm-given-short",
        "realm-of-document",
        "password-given-utf16",
        "algorithm",
        "notation",
        "lost-zeros",
        "password-not-hashed",
        "response-qop",
        "response-uri",
    ]
    .into();
    for case in CASES {
        let digest = by_shell(&format!("R={R}; {}", case.shell));
        let run = bwsip(["verify", "-q", "-r", REALM, "-f", "json", case.flag, &digest]);
        // Latin-1 and Windows-1252: \x01 and \x02 stand for letters that no Rust string can have.
        let password: Vec<u8> = case
            .password
            .bytes()
            .map(|byte| [0, 0xE4, 0x80].get(usize::from(byte)).copied().unwrap_or(byte))
            .collect();
        let password = std::os::unix::ffi::OsStringExt::from_vec(password);
        let password: std::ffi::OsString = password;
        let json = mismatch(run.args(case.user).env("BWSIP_PASSWORD", password));
        let expected = format!("\"matches\":false,\"causes\":[\"{}\"],", case.mistake);
        assert!(json.contains(&expected), "{}: {json}", case.shell);
        assert!(json.contains(case.says), "{}: {json}", case.shell);
        assert!(!json.contains(&digest), "{json}");
        seen.insert(case.mistake);
    }
    let known: BTreeSet<&str> = MISTAKES.iter().map(|mistake| mistake.name).collect();
    assert_eq!(seen, known, "each mistake has a case, and each case a mistake");
}

#[test]
fn one_digest_in_both_places() {
    for digest in [HASH1, HASH1B] {
        let text = mismatch(verify(&["--hash1", digest, "--hash1b", digest]));
        assert_eq!(text.matches(" ok\n").count(), 1, "{text}");
        assert_eq!(
            text.matches("does not match: the same digest was given as Hash1 and as Hash1b")
                .count(),
            1,
            "{text}"
        );
    }
    let text = mismatch(verify(&["--hash1", HASH1B, "--hash1b", HASH1]));
    assert_eq!(text.matches("are swapped\n").count(), 2, "{text}");
}

#[test]
fn digits_missing_too_many_or_wrong() {
    let short = &HASH1[..31];
    let long = format!("{HASH1}0");
    let letter = format!("{}g{}", &HASH1[..20], &HASH1[21..]);
    let (before, around) = (format!("0{HASH1}"), format!("MD5 (\"…\") = {HASH1}\n"));
    let written =
        [short, &long, &letter, &HASH1[..16], &before, &around, &HASH1[1..], &HASH1[16..]];
    for written in written {
        let text = mismatch(verify(&["--hash1", written]));
        assert!(text.contains("it is the right digest, except that"), "{written}: {text}");
    }
    // Too few digits to go by, or the beginning of nothing.
    for (written, note) in [
        (&HASH1[..15], "it has 15 digits, not 32, and none of"),
        (&HASH1[17..], "it has 15 digits, not 32, and none of"),
        ("no digest", "characters that are not hexadecimal digits, and none of"),
        ("é", "1 characters that are not hexadecimal digits"),
    ] {
        let text = mismatch(verify(&["--hash1", written]));
        assert!(text.contains(note), "{written}: {text}");
        assert!(text.contains("explains it. Copy all 32 digits; or the password"), "{text}");
    }
    assert!(verify(&["--hash1", ""]).refused().contains("--hash1: empty"));
}

#[test]
fn two_mistakes_together() {
    if md5sum(b"").is_none() {
        return;
    }
    let cases = [
        ("echo sipauthtest:custxx:password", ["password-line-end", "realm-short"]),
        ("echo \"sipauthtest:$R:'password'\"", ["password-quotes", "password-line-end"]),
        ("echo SIPAUTHTEST:$R:password", ["password-line-end", "username-case"]),
        ("printf %s sipauthtest:sip:$R:5060:password", ["realm-port", "realm-uri"]),
        (
            "printf %s 'sipauthtest:'$R':\" password \"'",
            ["password-white-space", "password-quotes"],
        ),
        (
            "printf %s 'sipauthtest:'$R': \"password\" '",
            ["password-quotes", "password-white-space"],
        ),
    ];
    for (shell, [first, second]) in cases {
        let digest = by_shell(&format!("R={R}; {shell}"));
        let json = mismatch(verify(&["--hash1", &digest, "-f", "json"]));
        assert!(json.contains(&format!("\"causes\":[\"{first}\",\"{second}\"]")), "{json}");
    }
    // One on top of the other, whichever way.
    let run = bwsip(["verify", "-u", "bob", "-d", "somewhere.com", "-r", REALM, "-f", "json"]);
    let run = run.args(["--hash1", &by_shell("printf %s bob:somewhere.com:password")]);
    let json = mismatch(run.with_password());
    assert!(json.contains("\"causes\":[\"domain-left-out\",\"domain-as-realm\"]"), "{json}");
    for password in ["'password' ", " 'password'", "' password '"] {
        let run = bwsip(["verify", "-q", "-u", "sipauthtest", "-r", REALM, "--hash1", HASH1]);
        let text = mismatch(run.env("BWSIP_PASSWORD", password));
        assert!(
            text.contains("without the quotes") && text.contains("without the white"),
            "{text}"
        );
    }
    // Cut short on top of another.
    let digest = &by_shell(&format!("echo sipauthtest:{R}:password"))[..31];
    let json = mismatch(verify(&["--hash1", digest, "-f", "json"]));
    assert!(json.contains("\"causes\":[\"password-line-end\",\"digits\"]"), "{json}");
}

/// The first kind of client is refused, the second gets in: that is what it has to say.
#[test]
fn the_guides_colon_is_told_exactly() {
    let colon = "c113e9f640626bc2df49645f051fe745";
    let text = mismatch(verify(&["--hash1", HASH1, "--hash1b", colon]));
    let problem = "it was made with a colon in place of the @, as in the table of Bandwidth's guide; clients \
        that log in with @ and the realm after the username are refused, others are not";
    let expected = format!(
        "The Hash1b that Bandwidth stores does not match the password: {problem}. Compute it again, with \
         bwsip hash.\nHash1:  ok\nHash1b: does not match: {problem}\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn no_output_tells_a_password_or_a_digest() {
    let secret = "Tr0ub4dor-and-3";
    for format in ["text", "json"] {
        let run = bwsip(["verify", "-u", "sipauthtest", "-r", REALM, "-f", format]);
        let run = run.args(["--hash1", HASH1, "--hash1b", &HASH1B[1..]]);
        let outcome = run.env("BWSIP_PASSWORD", secret).outcome();
        let all = String::from_utf8_lossy(&outcome.stdout).into_owned() + &outcome.stderr;
        for secret in [secret, HASH1, &HASH1B[1..]] {
            assert!(!all.contains(secret), "{all}");
        }
    }
}

#[test]
fn no_mistake_fits() {
    let text = mismatch(verify(&["--hash1", "00000000000000000000000000000000"]));
    assert!(text.contains("explains it. The password itself may be wrong."), "{text}");
    let json = mismatch(verify(&["--hash1", "00000000000000000000000000000000", "-f", "json"]));
    let json = super::parsed(&json);
    let tried = json["tried"].as_array().expect("it says what was tried");
    let tried: Vec<_> = tried.iter().filter_map(serde_json::Value::as_str).collect();
    assert!(text.contains(&format!("none of {} known mistakes", tried.len())), "{text}");
    // Mistakes that the password and the names do not allow are not among them.
    for (name, is_possible) in [
        ("swapped", true),
        ("password-case", true),
        ("password-cut-short", true),
        ("guide-colon", false),
        ("password-special", false),
        ("domain-left-out", false),
        ("method", false),
    ] {
        assert_eq!(tried.contains(&name), is_possible, "{name}: {text}");
    }
}

/// What is given as the password is the digest, or stands where the digest belongs.
#[test]
fn a_digest_and_a_password_in_each_others_place() {
    let verify = |password: &str, hash1: &str| {
        let run = bwsip(["verify", "-q", "-u", "sipauthtest", "-r", REALM, "-f", "json"]);
        mismatch(run.args(["--hash1", hash1]).env("BWSIP_PASSWORD", password))
    };
    for (password, hash1) in [(HASH1, HASH1), ("s3cretpa55", "s3cretpa55")] {
        let json = verify(password, hash1);
        assert!(json.contains("\"causes\":[\"password-not-hashed\"],"), "{json}");
        assert!(json.contains("it was not hashed: if it is the plain password, hash it"), "{json}");
    }
}

/// Other hashes, of what is right, by `sha1sum` and `sha256sum`.
#[test]
fn other_algorithms() {
    let cases = [
        "459ff47ae1ad1352fe8343433eaef5cbc211f450",
        "31d9e29abd48e1f1273e4c91ffaa44c88354f0fa015b21cb59c576856510ab8c",
    ];
    for digest in cases {
        let json = mismatch(verify(&["--hash1", digest, "-f", "json"]));
        assert!(json.contains("\"causes\":[\"algorithm\"]"), "{json}");
    }
}

/// Hash1 of the guide in other notations, by `sed` and `base64`.
#[test]
fn other_notations() {
    for digest in [
        "fe:43:8b:dd:fc:08:7d:da:89:d2:9e:63:7f:56:84:ab",
        "FE-43-8B-DD-FC-08-7D-DA-89-D2-9E-63-7F-56-84-AB",
        "FE438BDDFC087DDA89D29E637F5684AB",
        "fe43 8bdd fc08 7dda 89d2 9e63 7f56 84ab",
        "/kOL3fwIfdqJ0p5jf1aEqw==",
    ] {
        let json = mismatch(verify(&["--hash1", digest, "-f", "json"]));
        assert!(json.contains("\"causes\":[\"notation\"]"), "{json}");
    }
    // By `printf %x`.
    let json = mismatch(verify(&["--hash1", "fe438bddfc87dda89d29e637f5684ab", "-f", "json"]));
    assert!(json.contains("\"causes\":[\"lost-zeros\"]"), "{json}");
}

/// The digests of the realm in the domain's place; Hash1 is what a right Hash1b is.
#[test]
fn both_digests_are_explained_together() {
    let hash1b = "fbb085b00201339f4191994b9f6f9995";
    let run = verify(&["--hash1", HASH1B, "--hash1b", hash1b, "-f", "json"]);
    let json = mismatch(run);
    assert_eq!(json.matches("\"causes\":[\"realm-as-domain\"]").count(), 2, "{json}");
    assert!(!json.contains("swapped"), "{json}");
    // One alone allows two explanations, and both are named.
    let json = mismatch(verify(&["--hash1", HASH1B, "-f", "json"]));
    let expected = "\"causes\":[\"swapped\"],\"alternatives\":[[\"realm-as-domain\"]]";
    assert!(json.contains(expected), "{json}");
    let text = mismatch(verify(&["--hash1", HASH1B]));
    assert!(text.contains("; or the realm was used in place of the domain"), "{text}");
}

#[test]
fn realms_in_other_shapes() {
    // By md5sum, of sipauthtest on vapi.3efeaa.auth.bandwidth.com and on vapi.auth.bandwidth.com.
    let (dots, short) = ("da06e8939edd48ba8fadc135f2dc7fc8", "1ccb5b3aa930f145970b14d6a2a6fb6c");
    let run = |realm: &str, digest: &str| {
        let run = bwsip(["verify", "-q", "-u", "sipauthtest", "-r", realm, "--hash1", digest]);
        mismatch(run.args(["-f", "json"]).with_password())
    };
    let json = run("vapi-3efeaa.auth.bandwidth.com", dots);
    assert!(json.contains("\"causes\":[\"realm-shape\"]"), "{json}");
    let json = run("vapi-3efeaa.auth.bandwidth.com", short);
    assert!(json.contains("\"causes\":[\"realm-short\"]"), "{json}");
    // Here the one given is the short one.
    let json = run("vapi", short);
    assert!(json.contains("\"causes\":[\"realm-given-short\"]"), "{json}");
    let json = run("vapi", "00000000000000000000000000000000");
    assert!(
        json.contains("the realm \\\"vapi\\\" is not a full host name; or the password"),
        "{json}"
    );
}

/// A realm with a slip is not said to be a short name.
#[test]
fn a_mistyped_realm_has_no_cause() {
    // By md5sum, of bob:vapi-3efeaa.auth.bandwidth.com:password.
    let hash1 = "6c199fc6d270b1e9432d39a758a7c9f4";
    for realm in ["vapi-3efeaa.auth.bandwith.com", "vapi-3efeaa.bandwidth.com"] {
        let run = bwsip(["verify", "-u", "bob", "-r", realm, "--hash1", hash1]).with_password();
        let text = mismatch(run);
        assert!(text.contains("explains it. The password itself may be wrong."), "{text}");
    }
}
