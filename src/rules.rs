//! Bandwidth's rules: what it accepts in each field of a credential.
//!
//! There is one [`Rule`] for each field, and a table of warnings about combinations of fields. The
//! rules come from Bandwidth's public API reference (numbers API, `SipCredentialCreateRequest`) and its
//! list of errors, whose numbers the issues contain. A new rule is added here, and only here.

use crate::issue::{Field, Issue, IssueKind};
use crate::spreadsheet::{self, is_spreadsheet_artifact, spreadsheet_warning};

/// What Bandwidth accepts in one field.
pub(crate) struct Rule {
    pub(crate) field: Field,
    /// Bandwidth's errors for an empty value, and the remedy.
    empty: (&'static str, &'static str),
    /// Characters that would give two different credentials the same digests.
    separators: &'static str,
    /// The maximum length in characters, and Bandwidth's errors for a longer value.
    max_len: Option<(usize, &'static str)>,
    /// Describes the first fault in the format of a value, if there is one.
    malformed: fn(&str) -> Option<String>,
    /// Bandwidth's errors for a malformed value.
    malformed_errors: &'static str,
    /// What a valid value looks like.
    remedy: &'static str,
    /// Returns a more specific remedy if the value is a common mistake.
    better_remedy: fn(&str) -> Option<String>,
    /// Common mistakes that the rule does not exclude.
    warnings: &'static [Warning],
}

/// A common mistake that a rule does not exclude.
struct Warning {
    applies: fn(&str) -> bool,
    problem: &'static str,
    remedy: &'static str,
}

pub(crate) const FULL_HOST_NAME: &str =
    "use the realm's full host name, such as vapi-3efeaa.auth.bandwidth.com";

pub(crate) const USERNAME: Rule = Rule {
    field: Field::Username,
    empty: ("1003 / 23001", "use the name that the client logs in with"),
    separators: ":",
    max_len: Some((32, "23002")),
    malformed: |value| NAME_OR_ADDRESS.first_outside(value),
    malformed_errors: "23016",
    remedy: "use letters, digits and . _ - ! $ & * + = ~ @",
    better_remedy: |_| None,
    warnings: &[],
};

pub(crate) const USERNAME_WITH_DOMAIN: Rule = Rule {
    malformed: |value| NAME.first_outside(value),
    malformed_errors: "23014",
    remedy: "with a domain, use letters, digits and . _ - ! $ & * + = ~",
    ..USERNAME
};

pub(crate) const DOMAIN: Rule = Rule {
    field: Field::Domain,
    empty: ("", "leave it out if the user has none"),
    separators: ":",
    max_len: Some((32, "23002")),
    malformed: |value| NAME.first_outside(value),
    malformed_errors: "23015",
    remedy: "use letters, digits and . _ - ! $ & * + = ~",
    better_remedy: |_| None,
    warnings: &[],
};

pub(crate) const REALM: Rule = Rule {
    field: Field::Realm,
    empty: ("", FULL_HOST_NAME),
    separators: ":",
    max_len: Some((64, "23017, 23018")),
    malformed: |value| HOST.first_outside(value),
    malformed_errors: "23017, 23018",
    remedy: FULL_HOST_NAME,
    better_remedy: |value| host_name(value).map(|host| format!("use the host name alone: {host}")),
    warnings: &[
        Warning {
            applies: |realm| !realm.contains('.'),
            problem: "a single label, perhaps the realm's short name",
            remedy: FULL_HOST_NAME,
        },
        Warning {
            applies: |realm| realm.contains('.') && realm.split('.').any(str::is_empty),
            problem: "not a full host name: nothing before or after a dot",
            remedy: "use the realm exactly as the server's challenge has it",
        },
        Warning {
            applies: |realm| realm.contains(|c: char| c.is_ascii_uppercase()),
            problem: "has uppercase letters, and realms are compared byte for byte",
            remedy: "use the realm exactly as the server's challenge has it",
        },
    ],
};

pub(crate) const APP_ID: Rule = Rule {
    field: Field::AppId,
    empty: ("23020", "leave it out if the credential has none"),
    separators: "",
    max_len: None,
    malformed: |value| (!is_uuid(value)).then(|| "not a UUID".to_owned()),
    malformed_errors: "23020",
    remedy: "copy the application's id, such as 68092813-741b-4afe-b198-91f425bce81e",
    better_remedy: |_| None,
    warnings: &[],
};

pub(crate) const REALM_ID: Rule = Rule {
    field: Field::RealmId,
    empty: ("", "use Bandwidth's number of the realm, such as 14"),
    separators: "",
    max_len: None,
    malformed: |value| {
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        (!is_number).then(|| "not a number".to_owned())
    },
    malformed_errors: "",
    remedy: "use Bandwidth's number of the realm, such as 14, not its name",
    better_remedy: |_| None,
    warnings: &[],
};

impl Rule {
    /// Returns every issue of a value.
    pub(crate) fn issues(&self, value: &str) -> Vec<Issue> {
        let mut issues = Vec::new();
        let mut add = |kind, problem, remedy| {
            issues.push(Issue { field: self.field, kind, problem, remedy });
        };
        let is_spreadsheet_artifact = is_spreadsheet_artifact(value.as_bytes());
        let remedy = || {
            let better = if is_spreadsheet_artifact {
                Some(spreadsheet::REMEDY.to_owned())
            } else {
                (self.better_remedy)(value)
            };
            better.unwrap_or_else(|| self.remedy.to_owned())
        };

        if value.is_empty() {
            let (errors, remedy) = self.empty;
            add(IssueKind::Empty, format!("empty{}", errors_suffix(errors)), remedy.to_owned());
        } else if let Some(malformed) = (self.malformed)(value) {
            // Only a malformed value can contain a character that is never valid.
            match self.never_valid(value) {
                Some(problem) => add(IssueKind::NeverValid, problem, remedy()),
                None => {
                    let problem = malformed + &errors_suffix(self.malformed_errors);
                    add(IssueKind::BandwidthRule, problem, remedy());
                }
            }
        }
        if let Some((max_len, errors)) = self.max_len {
            let len = value.chars().count();
            if len > max_len {
                let errors = errors_suffix(errors);
                let problem =
                    format!("{len} characters, but at most {max_len} are accepted{errors}");
                add(IssueKind::BandwidthRule, problem, "shorten it".to_owned());
            }
        }
        if !value.is_empty() {
            for warning in self.warnings.iter().filter(|warning| (warning.applies)(value)) {
                add(IssueKind::Warning, warning.problem.to_owned(), warning.remedy.to_owned());
            }
            if is_spreadsheet_artifact && issues.is_empty() {
                issues.push(spreadsheet_warning(self.field));
            }
        }
        issues
    }

    /// Describes the first character that is an error at any strictness, if there is one.
    fn never_valid(&self, value: &str) -> Option<String> {
        let (index, c) = value.chars().enumerate().find(|&(_, c)| {
            // XML 1.0 cannot hold U+FFFE and U+FFFF, not even escaped.
            let unwritable = matches!(c, '\u{FFFE}'..='\u{FFFF}');
            c.is_control() || c.is_whitespace() || unwritable || self.separators.contains(c)
        })?;
        let why = match c {
            ':' => "would make two different credentials hash alike",
            _ => "is never valid here",
        };
        Some(format!("{} {why}", describe(c, index)))
    }
}

/// Returns the remedy of the rule that a value breaks if Bandwidth answers with this error.
pub(crate) fn remedy(error: &str) -> Option<String> {
    let rules = [&USERNAME, &USERNAME_WITH_DOMAIN, &DOMAIN, &REALM, &APP_ID];
    let rule =
        rules.into_iter().find(|it| it.malformed_errors.split(", ").any(|it| it == error))?;
    Some(match rule.field {
        Field::Username | Field::Domain => format!("{} in the {}", rule.remedy, rule.field.name()),
        _ => rule.remedy.to_owned(),
    })
}

/// A combination of valid values that is often a mistake.
struct CombinationWarning {
    field: Field,
    /// Called with the username, the domain and the realm.
    applies: fn(&str, Option<&str>, &str) -> bool,
    problem: &'static str,
    remedy: &'static str,
}

const COMBINATION_WARNINGS: [CombinationWarning; 2] = [
    CombinationWarning {
        field: Field::Domain,
        applies: |_, domain, realm| domain.is_some_and(|it| it.eq_ignore_ascii_case(realm)),
        problem: "the same as the realm, which Hash1b adds after the @ anyway",
        remedy: "leave the domain out unless the credential really has this one",
    },
    CombinationWarning {
        field: Field::Username,
        applies: |username, _, realm| {
            let end = username.rsplit_once('@').map(|(_, end)| end);
            end.is_some_and(|end| end.eq_ignore_ascii_case(realm))
        },
        problem: "ends in @ and the realm, which Hash1b adds anyway",
        remedy: "leave both out unless they really belong to the username",
    },
];

/// Returns a warning for each combination in [`COMBINATION_WARNINGS`] that applies.
pub(crate) fn combination_warnings(
    username: &str,
    domain: Option<&str>,
    realm: &str,
) -> Vec<Issue> {
    let found = COMBINATION_WARNINGS.iter().filter(|it| (it.applies)(username, domain, realm));
    found.map(|it| Issue::new(it.field, IssueKind::Warning, it.problem, it.remedy)).collect()
}

/// A set of ASCII characters: letters, digits and some punctuation.
struct AsciiSet {
    punctuation: &'static str,
}

const NAME_OR_ADDRESS: AsciiSet = AsciiSet { punctuation: "._-!$&*+=~@" };
const NAME: AsciiSet = AsciiSet { punctuation: "._-!$&*+=~" };
const HOST: AsciiSet = AsciiSet { punctuation: "-." };

impl AsciiSet {
    fn contains(&self, c: char) -> bool {
        c.is_ascii_alphanumeric() || self.punctuation.contains(c)
    }

    /// Describes the first character of `value` that is not in the set, if there is one.
    fn first_outside(&self, value: &str) -> Option<String> {
        let (index, c) = value.chars().enumerate().find(|&(_, c)| !self.contains(c))?;
        Some(format!("{} is not accepted", describe(c, index)))
    }
}

/// Describes a character and its position, without characters that a terminal would interpret.
fn describe(c: char, index: usize) -> String {
    let position = index + 1;
    match c {
        ' ' => format!("a space (character {position})"),
        c if c.is_ascii_graphic() => format!("'{c}' (character {position})"),
        c if c.is_alphanumeric() => format!("'{c}', U+{:04X} (character {position})", c as u32),
        c => format!("U+{:04X} (character {position})", c as u32),
    }
}

/// Formats the numbers of Bandwidth's errors, to be appended to a problem.
fn errors_suffix(errors: &str) -> String {
    match errors {
        "" => String::new(),
        _ => format!(" (Bandwidth error {errors})"),
    }
}

/// Returns true for the text form of RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Extracts the host name from what is most often entered in place of a realm: a URI, or a host name
/// with a port.
fn host_name(realm: &str) -> Option<&str> {
    let rest = realm.trim().trim_matches(['<', '>', '"', '\'']);
    let rest = match rest.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => rest.trim_start_matches('/'),
        _ => rest,
    };
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = rest.split([':', '/', ';', '?']).next().expect("split yields at least one piece");
    let is_usable = host != realm && host.contains('.') && HOST.first_outside(host).is_none();
    is_usable.then_some(host)
}

fn is_scheme(scheme: &str) -> bool {
    ["sip", "sips", "http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns kind and problem of each issue.
    fn issues(rule: &Rule, value: &str) -> Vec<(IssueKind, String)> {
        rule.issues(value).into_iter().map(|issue| (issue.kind, issue.problem)).collect()
    }

    #[track_caller]
    fn assert_issue(rule: &Rule, value: &str, kind: IssueKind, problem: &str) {
        assert_eq!(issues(rule, value), [(kind, problem.to_owned())], "{value:?}");
    }

    #[test]
    fn values_at_the_limit_have_no_issue() {
        let cases: &[(&Rule, &str)] = &[
            (&USERNAME, "a"),
            (&USERNAME, "aZ09._-!$&*+=~@"),
            (&USERNAME, &"u".repeat(32)),
            (&USERNAME_WITH_DOMAIN, "aZ09._-!$&*+=~"),
            (&USERNAME_WITH_DOMAIN, &"u".repeat(32)),
            (&DOMAIN, "aZ09._-!$&*+=~"),
            (&DOMAIN, &"d".repeat(32)),
            (&REALM, &format!("{}.x", "r".repeat(62))),
            (&REALM, "vapi-3efeaa.auth.bandwidth.com"),
            (&APP_ID, "68092813-741B-4afe-b198-91f425bce81e"),
            (&REALM_ID, "0123456789"),
        ];
        for (rule, value) in cases {
            assert_eq!(issues(rule, value), [], "{value:?}");
        }
    }

    #[test]
    fn values_past_the_limit_break_a_rule_of_bandwidths() {
        let too_long = "33 characters, but at most 32 are accepted (Bandwidth error 23002)";
        let cases: &[(&Rule, &str, &str)] = &[
            (&USERNAME, &"u".repeat(33), too_long),
            (&USERNAME_WITH_DOMAIN, &"u".repeat(33), too_long),
            (&DOMAIN, &"d".repeat(33), too_long),
            (
                &REALM,
                &format!("{}.x", "r".repeat(63)),
                "65 characters, but at most 64 are accepted (Bandwidth error 23017, 23018)",
            ),
            (&USERNAME, "b#", "'#' (character 2) is not accepted (Bandwidth error 23016)"),
            (
                &USERNAME_WITH_DOMAIN,
                "a@b",
                "'@' (character 2) is not accepted (Bandwidth error 23014)",
            ),
            (&DOMAIN, "x@y", "'@' (character 2) is not accepted (Bandwidth error 23015)"),
            (&REALM, "a_.b", "'_' (character 2) is not accepted (Bandwidth error 23017, 23018)"),
            (&APP_ID, "14", "not a UUID (Bandwidth error 23020)"),
            (&REALM_ID, "x1", "not a number"),
        ];
        for (rule, value, problem) in cases {
            assert_issue(rule, value, IssueKind::BandwidthRule, problem);
        }
    }

    #[test]
    fn the_remedy_says_what_is_accepted() {
        let remedy = |rule: &Rule, value| rule.issues(value).remove(0).remedy;
        assert_eq!(remedy(&USERNAME, "%"), "use letters, digits and . _ - ! $ & * + = ~ @");
        let with_domain = "with a domain, use letters, digits and . _ - ! $ & * + = ~";
        assert_eq!(remedy(&USERNAME_WITH_DOMAIN, "@"), with_domain);
        assert_eq!(remedy(&REALM, "sip:a.b"), "use the host name alone: a.b");
    }

    #[test]
    fn empty_values_are_errors_with_the_remedy_of_their_field() {
        let cases: [(&Rule, &str); 6] = [
            (&USERNAME, "empty (Bandwidth error 1003 / 23001): use the name"),
            (&USERNAME_WITH_DOMAIN, "empty (Bandwidth error 1003 / 23001): use the name"),
            (&DOMAIN, "empty: leave it out"),
            (&REALM, "empty: use the realm's full host name"),
            (&APP_ID, "empty (Bandwidth error 23020): leave it out"),
            (&REALM_ID, "empty: use Bandwidth's number of the realm"),
        ];
        for (rule, expected) in cases {
            let issues = rule.issues("");
            assert_eq!(issues.len(), 1, "{issues:?}");
            assert_eq!((issues[0].kind, issues[0].field), (IssueKind::Empty, rule.field));
            assert!(issues[0].to_string().starts_with(expected), "{}", issues[0]);
        }
    }

    #[test]
    fn separators_whitespace_and_unwritable_characters_are_never_valid() {
        let cases: &[(&Rule, &str, &str)] = &[
            (&USERNAME, "a:", "':' (character 2) would make two different credentials hash alike"),
            (&DOMAIN, ":", "':' (character 1) would make two different credentials hash alike"),
            (&REALM, "a.b:5", "':' (character 4) would make two different credentials hash alike"),
            (&USERNAME, "a b", "a space (character 2) is never valid here"),
            (&USERNAME, "a\u{7F}", "U+007F (character 2) is never valid here"),
            (&USERNAME, "a\u{A0}", "U+00A0 (character 2) is never valid here"),
            (&USERNAME, "\u{FFFE}", "U+FFFE (character 1) is never valid here"),
            (&DOMAIN, "é\u{FFFF}", "U+FFFF (character 2) is never valid here"),
            (&APP_ID, "\t", "U+0009 (character 1) is never valid here"),
            (&REALM_ID, "1\n", "U+000A (character 2) is never valid here"),
        ];
        for (rule, value, problem) in cases {
            assert_issue(rule, value, IssueKind::NeverValid, problem);
        }
        // A colon is ambiguous only in what is hashed.
        assert_issue(&REALM_ID, "1:", IssueKind::BandwidthRule, "not a number");
        // The character before U+FFFE can be written.
        let problem = "U+FFFD (character 1) is not accepted (Bandwidth error 23016)";
        assert_issue(&USERNAME, "\u{FFFD}", IssueKind::BandwidthRule, problem);
    }

    #[test]
    fn characters_are_described_safely() {
        for (c, expected) in [
            ('é', "'é', U+00E9 (character 3)"),
            ('#', "'#' (character 3)"),
            (' ', "a space (character 3)"),
            ('\u{1B}', "U+001B (character 3)"),
            ('\u{200B}', "U+200B (character 3)"),
        ] {
            assert_eq!(describe(c, 2), expected);
        }
    }

    #[test]
    fn realms_that_are_often_mistakes() {
        let label = "a single label, perhaps the realm's short name";
        assert_issue(&REALM, "vapi", IssueKind::Warning, label);
        let case = "has uppercase letters, and realms are compared byte for byte";
        assert_issue(&REALM, "Vapi.example.com", IssueKind::Warning, case);
        let dot = "not a full host name: nothing before or after a dot";
        for realm in ["vapi.example.com.", ".vapi.example", "vapi..example"] {
            assert_issue(&REALM, realm, IssueKind::Warning, dot);
        }
    }

    #[test]
    fn combinations_that_are_often_mistakes() {
        let fields = |username, domain, realm| {
            let issues = combination_warnings(username, domain, realm);
            assert!(issues.iter().all(|it| it.kind == IssueKind::Warning));
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
        let problem = "looks like what a spreadsheet displays in place of a value";
        assert_issue(&USERNAME, "1.55512E+11", IssueKind::Warning, problem);
        // An error remains what it is, with the better remedy.
        let issues = USERNAME.issues("#NAME?");
        assert_eq!(issues.len(), 1, "{issues:?}");
        assert_eq!(issues[0].kind, IssueKind::BandwidthRule);
        assert_eq!(issues[0].remedy, spreadsheet::REMEDY);
        assert_eq!(USERNAME.issues("#x")[0].remedy, USERNAME.remedy);
    }

    #[test]
    fn the_host_name_is_found_in_a_uri() {
        let host = Some("custxx.auth.bandwidth.com");
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
            assert_eq!(host_name(slip), host, "{slip}");
        }
        // Nothing better than what was given, no host name, or no URI.
        for other in ["custxx.auth.bandwidth.com", "a:b", "sip:custxx", "a b.c", "ftp:a.b"] {
            assert_eq!(host_name(other), None, "{other}");
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
