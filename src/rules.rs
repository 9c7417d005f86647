//! Bandwidth's rules: what it accepts in each field of a credential.
//!
//! Each field has a table of [`Rule`]s, which one loop checks; another table has the combinations of
//! fields that are warned about. The rules come from Bandwidth's public API reference (numbers API,
//! `SipCredentialCreateRequest`) and its list of errors, whose numbers the issues contain. A new rule
//! is a new row.

use crate::credential::Credential;
use crate::issue::IssueKind::{self, BandwidthRule, Empty, NeverValid, Warning};
use crate::issue::{Field, Issue, Issues};
use crate::spreadsheet::is_number;
use crate::suspect::{lookalike, suspect};

/// What Bandwidth does not accept in a value, or what is often a mistake: its kind, what describes the
/// problem if a value has it, the numbers of Bandwidth's errors, and the remedy.
///
/// After a rule whose kind is `Empty` or `NeverValid`, the remaining ones are not checked.
type Rule = (IssueKind, fn(&str) -> Option<String>, &'static [&'static str], &'static str);

const LOGIN: &str = "use the name that the client logs in with";
const FULL_HOST_NAME: &str =
    "use the realm's full host name, such as vapi-3efeaa.auth.bandwidth.com";
const AS_IN_CHALLENGE: &str = "use the realm exactly as the server's challenge has it";
const NAME_OR_ADDRESS: &str = "use letters, digits and . _ - ! $ & * + = ~ @";
const NAME: &str = "use letters, digits and . _ - ! $ & * + = ~";
const NAME_WITH_DOMAIN: &str = "with a domain, use letters, digits and . _ - ! $ & * + = ~";
const APPLICATION: &str = "copy the application's id, such as 68092813-741b-4afe-b198-91f425bce81e";
const NUMBER: &str = "use Bandwidth's number of the realm, such as 14, not its name";

const USERNAME: &[Rule] = &[
    (Empty, is_empty, &["1003", "23001"], LOGIN),
    (NeverValid, not_hashable, &[], NAME_OR_ADDRESS),
    (BandwidthRule, |it| outside(it, "._-!$&*+=~@"), &["23016"], NAME_OR_ADDRESS),
    (BandwidthRule, |it| longer(it, 32), &["23002"], "shorten it"),
];

const USERNAME_WITH_DOMAIN: &[Rule] = &[
    (Empty, is_empty, &["1003", "23001"], LOGIN),
    (NeverValid, not_hashable, &[], NAME_WITH_DOMAIN),
    (BandwidthRule, |it| outside(it, "._-!$&*+=~"), &["23014"], NAME_WITH_DOMAIN),
    (BandwidthRule, |it| longer(it, 32), &["23002"], "shorten it"),
];

pub(crate) const DOMAIN: &[Rule] = &[
    (Empty, is_empty, &[], "leave it out if the user has none"),
    (NeverValid, not_hashable, &[], NAME),
    (BandwidthRule, |it| outside(it, "._-!$&*+=~"), &["23015"], NAME),
    (BandwidthRule, |it| longer(it, 32), &["23002"], "shorten it"),
];

pub(crate) const REALM: &[Rule] = &[
    (Empty, is_empty, &[], FULL_HOST_NAME),
    (NeverValid, not_hashable, &[], FULL_HOST_NAME),
    (BandwidthRule, |it| outside(it, "-."), &["23017", "23018"], FULL_HOST_NAME),
    (BandwidthRule, |it| longer(it, 64), &["23017", "23018"], FULL_HOST_NAME),
    (Warning, is_label, &[], FULL_HOST_NAME),
    (Warning, has_empty_label, &[], AS_IN_CHALLENGE),
    (Warning, has_uppercase, &[], AS_IN_CHALLENGE),
];

pub(crate) const APP_ID: &[Rule] = &[
    (Empty, is_empty, &["23020"], "leave it out if the credential has none"),
    (NeverValid, not_writable, &[], APPLICATION),
    (BandwidthRule, |it| when(!is_uuid(it), "not a UUID"), &["23020"], APPLICATION),
];

pub(crate) const REALM_ID: &[Rule] = &[
    (Empty, is_empty, &[], "use Bandwidth's number of the realm, such as 14"),
    (NeverValid, not_writable, &[], NUMBER),
    (BandwidthRule, |it| when(!is_number(it.as_bytes()), "not a number"), &[], NUMBER),
];

/// Adds every issue of a username to `issues`. Returns true if none of them is an error.
pub(crate) fn check_username(username: &str, has_domain: bool, issues: &mut Issues) -> bool {
    let rules = if has_domain { USERNAME_WITH_DOMAIN } else { USERNAME };
    check(Field::Username, rules, username, issues)
}

/// Adds every issue of a field's value to `issues`. Returns true if none of them is an error.
pub(crate) fn check(field: Field, rules: &[Rule], value: &str, issues: &mut Issues) -> bool {
    let suspect = suspect(value.as_bytes());
    let (mut is_valid, mut is_broken) = (true, false);
    for (kind, problem, errors, remedy) in rules {
        let Some(mut problem) = problem(value) else { continue };
        match errors {
            [] => {}
            [error] => problem += &format!(" (Bandwidth error {error})"),
            errors => problem += &format!(" (Bandwidth errors {})", errors.join(", ")),
        }
        let mut remedy = (*remedy).to_owned();
        if *kind != Warning && !is_broken {
            let better = suspect.map(|(.., remedy)| (*remedy).to_owned());
            remedy = better_remedy(field, value).or(better).unwrap_or(remedy);
            is_broken = true;
        }
        is_valid &= !issues.add(Issue::new(field, *kind, problem, remedy));
        if let Empty | NeverValid = kind {
            return is_valid;
        }
    }
    if let (Some((_, problem, remedy)), false) = (suspect, is_broken) {
        issues.add(Issue::new(field, Warning, *problem, *remedy));
    }
    is_valid
}

/// Returns the remedy for a value that is a common mistake, if it is one.
fn better_remedy(field: Field, value: &str) -> Option<String> {
    match field {
        Field::Username => name_alone(value),
        Field::Realm => host_alone(value),
        _ => None,
    }
}

/// Returns the remedy of the rule that a value breaks if Bandwidth answers with this error.
pub(crate) fn remedy(error: &str) -> Option<String> {
    let named = [
        (USERNAME, " in the username"),
        (USERNAME_WITH_DOMAIN, " in the username"),
        (DOMAIN, " in the domain"),
        (REALM, ""),
        (APP_ID, ""),
    ];
    named.into_iter().find_map(|(rules, place)| {
        let is_broken = |rule: &&Rule| rule.0 == BandwidthRule && rule.2.contains(&error);
        Some(format!("{}{place}", rules.iter().find(is_broken)?.3))
    })
}

/// A combination of valid parts that is often a mistake: the field to blame, a test, the problem and the
/// remedy.
type Combination = (Field, fn(&Credential<'_>) -> bool, &'static str, &'static str);

const COMBINATIONS: [Combination; 2] = [
    (
        Field::Domain,
        |it| it.domain.is_some_and(|domain| is_same_host(domain.as_str(), it)),
        "the same as the realm, which Hash1b adds after the @ anyway",
        "leave the domain out unless the credential really has this one",
    ),
    (
        Field::Username,
        |it| it.username.rsplit_once('@').is_some_and(|(_, host)| is_same_host(host, it)),
        "ends in @ and the realm, which Hash1b adds anyway",
        "leave both out unless they really belong to the username",
    ),
];

/// Adds a warning for each of [`COMBINATIONS`] that applies to `issues`.
pub(crate) fn check_combination(credential: &Credential<'_>, issues: &mut Issues) {
    for (field, applies, problem, remedy) in COMBINATIONS {
        if applies(credential) {
            issues.add(Issue::new(field, Warning, problem, remedy));
        }
    }
}

fn is_same_host(host: &str, credential: &Credential<'_>) -> bool {
    host.eq_ignore_ascii_case(credential.realm.as_str())
}

fn when(applies: bool, problem: &str) -> Option<String> {
    applies.then(|| problem.to_owned())
}

fn is_empty(value: &str) -> Option<String> {
    when(value.is_empty(), "empty")
}

fn longer(value: &str, max_len: usize) -> Option<String> {
    let len = value.chars().count();
    (len > max_len).then(|| format!("{len} characters, but at most {max_len} are accepted"))
}

fn is_label(realm: &str) -> Option<String> {
    when(!realm.contains('.'), "a single label, perhaps the realm's short name")
}

fn has_empty_label(realm: &str) -> Option<String> {
    let has_empty = realm.split('.').any(str::is_empty);
    when(has_empty, "not a full host name: nothing before or after a dot")
}

fn has_uppercase(realm: &str) -> Option<String> {
    let has_uppercase = realm.contains(|c: char| c.is_ascii_uppercase());
    when(has_uppercase, "has uppercase letters, and realms are compared byte for byte")
}

/// Describes a character that cannot be written to a document.
fn not_writable(value: &str) -> Option<String> {
    first(value, |c| !is_writable(c), "is never valid here")
}

/// Describes a character that cannot be hashed: a `:` would give two different credentials the same
/// digests.
fn not_hashable(value: &str) -> Option<String> {
    first(value, |c| c == ':' || !is_writable(c), "is never valid here")
}

/// Returns true for what XML 1.0 can hold, except whitespace and control characters, which are never right.
fn is_writable(c: char) -> bool {
    !c.is_control() && !c.is_whitespace() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// Describes a character that is neither an ASCII letter or digit nor in `punctuation`.
fn outside(value: &str, punctuation: &str) -> Option<String> {
    let is_outside = |c: char| !c.is_ascii_alphanumeric() && !punctuation.contains(c);
    first(value, is_outside, "is not accepted")
}

/// Describes the first character of `value` that is bad, without those that a terminal would interpret.
fn first(value: &str, is_bad: impl Fn(char) -> bool, problem: &str) -> Option<String> {
    // Almost every value is ASCII, and has none.
    if value.bytes().all(|byte| byte.is_ascii() && !is_bad(byte.into())) {
        return None;
    }
    let (c, position) = value.chars().zip(1..).find(|(c, _)| is_bad(*c))?;
    let number = c as u32;
    let name = match (c, lookalike(c)) {
        (' ', _) => "a space".to_owned(),
        (_, Some(kind)) => format!("{}, U+{number:04X}", kind.noun),
        _ if c.is_ascii_graphic() => format!("'{c}'"),
        _ if c.is_alphanumeric() => format!("'{c}', U+{number:04X}"),
        _ => format!("U+{number:04X}"),
    };
    Some(format!("{name} (character {position}) {problem}"))
}

/// Returns true for the text form of RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Returns the remedy for a username that is a URI.
fn name_alone(username: &str) -> Option<String> {
    let (scheme, _) = username.trim_start_matches(['<', '"', '\'']).split_once(':')?;
    let is_uri = ["sip", "sips", "tel"].iter().any(|it| scheme.eq_ignore_ascii_case(it));
    is_uri.then(|| format!("use the name alone, without {scheme}: before it"))
}

/// Returns the remedy for a realm with something around the host name, such as a URI. The host name has
/// to be one of Bandwidth's, because another may be a part of a password.
fn host_alone(realm: &str) -> Option<String> {
    let mut hosts = realm.split(|c: char| !c.is_ascii_alphanumeric() && !"-.".contains(c));
    let host = hosts.find(|it| it.to_ascii_lowercase().ends_with(".bandwidth.com"))?;
    (host != realm).then(|| format!("use the host name alone: {host}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Strictness;

    type Part = (Field, &'static [Rule]);

    const USERNAME: Part = (Field::Username, super::USERNAME);
    const USERNAME_WITH_DOMAIN: Part = (Field::Username, super::USERNAME_WITH_DOMAIN);
    const DOMAIN: Part = (Field::Domain, super::DOMAIN);
    const REALM: Part = (Field::Realm, super::REALM);
    const APP_ID: Part = (Field::AppId, super::APP_ID);
    const REALM_ID: Part = (Field::RealmId, super::REALM_ID);

    /// Returns kind and problem of each issue.
    fn issues(rules: Part, value: &str) -> Vec<(IssueKind, String)> {
        all(rules, value).into_iter().map(|issue| (issue.kind, issue.problem)).collect()
    }

    /// Returns every issue.
    fn all((field, rules): Part, value: &str) -> Vec<Issue> {
        let mut issues = Issues::new(Strictness::Lenient);
        check(field, rules, value, &mut issues);
        issues.finish().unwrap_or_else(|invalid| invalid.issues().to_vec())
    }

    #[track_caller]
    fn assert_issue(rule: Part, value: &str, kind: IssueKind, problem: &str) {
        assert_eq!(issues(rule, value), [(kind, problem.to_owned())], "{value:?}");
    }

    #[test]
    fn values_at_the_limit_have_no_issue() {
        let cases: &[(Part, &str)] = &[
            (USERNAME, "a"),
            (USERNAME, "aZ09._-!$&*+=~@"),
            (USERNAME, &"u".repeat(32)),
            (USERNAME_WITH_DOMAIN, "aZ09._-!$&*+=~"),
            (USERNAME_WITH_DOMAIN, &"u".repeat(32)),
            (DOMAIN, "aZ09._-!$&*+=~"),
            (DOMAIN, &"d".repeat(32)),
            (REALM, &format!("{}.x", "r".repeat(62))),
            (REALM, "vapi-3efeaa.auth.bandwidth.com"),
            (APP_ID, "68092813-741B-4afe-b198-91f425bce81e"),
            (REALM_ID, "0123456789"),
        ];
        for &(rule, value) in cases {
            assert_eq!(issues(rule, value), [], "{value:?}");
        }
    }

    #[test]
    fn values_past_the_limit_break_a_rule_of_bandwidths() {
        let too_long = "33 characters, but at most 32 are accepted (Bandwidth error 23002)";
        let cases: &[(Part, &str, &str)] = &[
            (USERNAME, &"u".repeat(33), too_long),
            (USERNAME_WITH_DOMAIN, &"u".repeat(33), too_long),
            (DOMAIN, &"d".repeat(33), too_long),
            (
                REALM,
                &format!("{}.x", "r".repeat(63)),
                "65 characters, but at most 64 are accepted (Bandwidth errors 23017, 23018)",
            ),
            (USERNAME, "b#", "'#' (character 2) is not accepted (Bandwidth error 23016)"),
            (
                USERNAME_WITH_DOMAIN,
                "a@b",
                "'@' (character 2) is not accepted (Bandwidth error 23014)",
            ),
            (DOMAIN, "x@y", "'@' (character 2) is not accepted (Bandwidth error 23015)"),
            (REALM, "a_.b", "'_' (character 2) is not accepted (Bandwidth errors 23017, 23018)"),
            (APP_ID, "14", "not a UUID (Bandwidth error 23020)"),
            (REALM_ID, "x1", "not a number"),
        ];
        for &(rule, value, problem) in cases {
            assert_issue(rule, value, IssueKind::BandwidthRule, problem);
        }
    }

    #[test]
    fn the_remedy_says_what_is_accepted() {
        let remedy = |rule: Part, value| all(rule, value).remove(0).remedy;
        assert_eq!(remedy(USERNAME, "%"), "use letters, digits and . _ - ! $ & * + = ~ @");
        let with_domain = "with a domain, use letters, digits and . _ - ! $ & * + = ~";
        assert_eq!(remedy(USERNAME_WITH_DOMAIN, "@"), with_domain);
        assert_eq!(remedy(REALM, "sip:a.b"), FULL_HOST_NAME);
    }

    #[test]
    fn empty_values_are_errors_with_the_remedy_of_their_field() {
        let cases: [(Part, &str); 6] = [
            (USERNAME, "empty (Bandwidth errors 1003, 23001): use the name"),
            (USERNAME_WITH_DOMAIN, "empty (Bandwidth errors 1003, 23001): use the name"),
            (DOMAIN, "empty: leave it out"),
            (REALM, "empty: use the realm's full host name"),
            (APP_ID, "empty (Bandwidth error 23020): leave it out"),
            (REALM_ID, "empty: use Bandwidth's number of the realm"),
        ];
        for (rule, expected) in cases {
            let issues = all(rule, "");
            assert_eq!(issues.len(), 1, "{issues:?}");
            assert_eq!((issues[0].kind, issues[0].field), (IssueKind::Empty, rule.0));
            assert!(issues[0].to_string().starts_with(expected), "{}", issues[0]);
        }
    }

    #[test]
    fn separators_whitespace_and_unwritable_characters_are_never_valid() {
        let cases: &[(Part, &str, &str)] = &[
            (USERNAME, "a:", "':' (character 2) is never valid here"),
            (DOMAIN, ":", "':' (character 1) is never valid here"),
            (REALM, "a.b:5", "':' (character 4) is never valid here"),
            (USERNAME, "a b", "a space (character 2) is never valid here"),
            (USERNAME, "a\u{7F}", "U+007F (character 2) is never valid here"),
            (USERNAME, "a\u{85}", "U+0085 (character 2) is never valid here"),
            (USERNAME, "a\u{A0}", "a no-break space, U+00A0 (character 2) is never valid here"),
            (USERNAME, "\u{FFFE}", "U+FFFE (character 1) is never valid here"),
            (DOMAIN, "é\u{FFFF}", "U+FFFF (character 2) is never valid here"),
            (APP_ID, "\t", "U+0009 (character 1) is never valid here"),
            (REALM_ID, "1\n", "U+000A (character 2) is never valid here"),
        ];
        for &(rule, value, problem) in cases {
            assert_issue(rule, value, IssueKind::NeverValid, problem);
        }
        // A colon is ambiguous only in what is hashed.
        assert_issue(REALM_ID, "1:", IssueKind::BandwidthRule, "not a number");
        // The character before U+FFFE can be written.
        let problem = "U+FFFD (character 1) is not accepted (Bandwidth error 23016)";
        assert_issue(USERNAME, "\u{FFFD}", IssueKind::BandwidthRule, problem);
    }

    #[test]
    fn characters_are_described_safely() {
        for (value, expected) in [
            ("abé", "'é', U+00E9 (character 3) x"),
            ("éb#", "'#' (character 3) x"),
            ("ab ", "a space (character 3) x"),
            ("ab\u{1B}", "U+001B (character 3) x"),
            ("ab\u{200B}", "an invisible character, U+200B (character 3) x"),
        ] {
            let described = first(value, |c| Some(c) == value.chars().nth(2), "x");
            assert_eq!(described.as_deref(), Some(expected));
        }
    }

    #[test]
    fn realms_that_are_often_mistakes() {
        let label = "a single label, perhaps the realm's short name";
        assert_issue(REALM, "vapi", IssueKind::Warning, label);
        let case = "has uppercase letters, and realms are compared byte for byte";
        assert_issue(REALM, "Vapi.example.com", IssueKind::Warning, case);
        let dot = "not a full host name: nothing before or after a dot";
        for realm in ["vapi.example.com.", ".vapi.example", "vapi..example"] {
            assert_issue(REALM, realm, IssueKind::Warning, dot);
        }
        // Each warning has the remedy of its own.
        let remedies: Vec<_> = all(REALM, "NULL").into_iter().map(|it| it.remedy).collect();
        assert_eq!(remedies, [FULL_HOST_NAME, AS_IN_CHALLENGE, "enter the value itself"]);
    }

    #[test]
    fn the_remedy_of_an_error_by_its_number() {
        let username = format!("{NAME_OR_ADDRESS} in the username");
        assert_eq!(remedy("23016"), Some(username));
        assert_eq!(remedy("23015"), Some(format!("{NAME} in the domain")));
        assert_eq!(remedy("23017").as_deref(), Some(FULL_HOST_NAME));
        assert_eq!(remedy("23020").as_deref(), Some(APPLICATION));
        // That of an empty value says nothing about others.
        for other in ["1003", "23001", "99999", ""] {
            assert_eq!(remedy(other), None, "{other}");
        }
    }

    #[test]
    fn combinations_that_are_often_mistakes() {
        let fields = |username, domain, realm| {
            let mut all = Issues::new(Strictness::Lenient);
            Credential::check(username, domain, realm, &mut all);
            let issues = all.finish().expect("they are warnings");
            issues.into_iter().map(|it| it.field).collect::<Vec<_>>()
        };
        assert_eq!(fields("bob", None, "a.b"), []);
        assert_eq!(fields("bob", Some("c.d"), "a.b"), []);
        assert_eq!(fields("bob", Some("A.b"), "a.b"), [Field::Domain]);
        assert_eq!(fields("bob@a.B", None, "a.b"), [Field::Username]);
        assert_eq!(fields("bob@a.b.c", None, "a.b"), []);
        assert_eq!(fields("a.b", None, "a.b"), []);
    }

    #[test]
    fn values_that_a_spreadsheet_replaced() {
        let problem = "looks like a spreadsheet's number or error (1.5E+11, 15.0, #N/A)";
        assert_issue(USERNAME, "1.55512E+11", IssueKind::Warning, problem);
        // An error remains what it is, with the better remedy.
        let issues = all(USERNAME, "#NAME?");
        assert_eq!(issues.len(), 1, "{issues:?}");
        assert_eq!(issues[0].kind, IssueKind::BandwidthRule);
        assert_eq!(
            issues[0].remedy,
            "format the column as text in the spreadsheet, and enter the value again"
        );
        assert_eq!(all(USERNAME, "#x")[0].remedy, NAME_OR_ADDRESS);
    }

    #[test]
    fn the_host_name_is_found_in_a_uri() {
        let expected = Some("use the host name alone: custxx.auth.bandwidth.com");
        for slip in [
            "sip:custxx.auth.bandwidth.com",
            "SIP:custxx.auth.bandwidth.com:5006",
            "sips:+17778889999@custxx.auth.bandwidth.com:5006;transport=tls",
            "custxx.auth.bandwidth.com:5006",
            "bob:secret@custxx.auth.bandwidth.com",
            "https://custxx.auth.bandwidth.com/path",
            "http://custxx.auth.bandwidth.com?query",
            " custxx.auth.bandwidth.com",
            "<sip:custxx.auth.bandwidth.com>",
        ] {
            assert_eq!(host_alone(slip).as_deref(), expected, "{slip}");
        }
        // Others may be a part of a password.
        for other in ["sip:secret.x", "a@secret.x", "secret.x:1", "secret.xbandwidth.com;"] {
            assert_eq!(host_alone(other), None, "{other}");
        }
        // Nothing better than what was given, no host name, or no URI.
        for other in ["custxx.auth.bandwidth.com", "a:b", "sip:custxx", "a b.c", "ftp:a.b"] {
            assert_eq!(host_alone(other), None, "{other}");
        }
    }

    #[test]
    fn a_username_that_is_a_uri() {
        for (uri, scheme) in [("sip:bob", "sip"), ("<SIPS:bob@x.y>", "SIPS"), ("tel:+1", "tel")] {
            let remedy = all(USERNAME, uri).remove(0).remedy;
            assert_eq!(remedy, format!("use the name alone, without {scheme}: before it"));
        }
        for other in ["bob", "bob:secret", "ftp:bob"] {
            assert_eq!(name_alone(other), None, "{other}");
        }
    }

    #[test]
    fn a_uuid_has_its_hyphens_in_place() {
        assert!(is_uuid("68092813-741b-4afe-b198-91f425bce81e"));
        for other in [
            "68092813-741b-4afe-b198-91f425bce81",
            "68092813-741b-4afe-b198-91f425bce81e0",
            "680928130741b-4afe-b198-91f425bce81e",
            "68092813-741b04afe-b198-91f425bce81e",
            "68092813-741b-4afe0b198-91f425bce81e",
            "68092813-741b-4afe-b198091f425bce81e",
            "g8092813-741b-4afe-b198-91f425bce81e",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }
}
