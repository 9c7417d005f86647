//! What a SIP credential is made of, and what Bandwidth accepts in each part.
//!
//! The rules are those of Bandwidth's public API reference (numbers API,
//! `SipCredentialCreateRequest`) and its list of errors, whose numbers the findings carry.

use std::fmt;

/// A part of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The name of the user.
    Username,
    /// What refines the username, joined to it with `@`.
    Domain,
    /// The protection space of the SIP server, as its challenge names it.
    Realm,
    /// The Voice application that Bandwidth routes the credential's calls to.
    AppId,
    /// Bandwidth's own number of the realm, for a change of password.
    RealmId,
    /// The shared secret.
    Password,
    /// All of a row of a CSV file.
    Row,
}

impl Field {
    /// The field's name as JSON keys and CSV columns have it; a flag has `-` for `_`.
    pub fn name(self) -> &'static str {
        match self {
            Field::Username => "username",
            Field::Domain => "domain",
            Field::Realm => "realm",
            Field::AppId => "app_id",
            Field::RealmId => "realm_id",
            Field::Password => "password",
            Field::Row => "row",
        }
    }

    /// Adds what there is to say about `value` as this field of a credential, a username being one
    /// without a domain. A password has rules of its own.
    pub fn check(self, value: &str, findings: &mut Vec<Finding>) {
        let rule = match self {
            Field::Username => &USERNAME,
            Field::Domain => &DOMAIN,
            Field::Realm => &REALM,
            Field::AppId => &APP_ID,
            Field::RealmId => &REALM_ID,
            Field::Password | Field::Row => return,
        };
        rule.check(value, findings);
    }
}

/// How much a [`Finding`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Never right: it would make digests ambiguous, or a document that cannot be written.
    Refused,
    /// Against a rule of Bandwidth's.
    Bandwidth,
    /// Allowed, and often a mistake.
    Advice,
}

/// Whether Bandwidth's rules refuse or only warn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// What Bandwidth would refuse is an error.
    Strict,
    /// What Bandwidth would refuse is a warning, for a rule that it has since relaxed.
    Lenient,
}

impl Rules {
    /// Whether any of `findings` is an error.
    pub fn refuse(self, findings: &[Finding]) -> bool {
        findings.iter().any(|finding| finding.is_error(self))
    }

    /// Gives what was checked with what is worth a warning, or all findings where any is an error.
    pub(crate) fn judge<T>(
        self,
        checked: T,
        findings: Vec<Finding>,
    ) -> Result<(T, Vec<Finding>), Vec<Finding>> {
        if self.refuse(&findings) { Err(findings) } else { Ok((checked, findings)) }
    }
}

/// Something that is wrong, or likely to be, with one field. Never holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field it is about.
    pub field: Field,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, with Bandwidth's error number where there is one.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// Whether the value must not be used under `rules`.
    pub fn is_error(&self, rules: Rules) -> bool {
        match self.severity {
            Severity::Refused => true,
            Severity::Bandwidth => rules == Rules::Strict,
            Severity::Advice => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem, self.remedy)
    }
}

/// The parts of a credential as they were given, not yet checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts<'a> {
    /// The username.
    pub username: &'a str,
    /// The domain, if the user has one.
    pub domain: Option<&'a str>,
    /// The realm's full host name.
    pub realm: &'a str,
    /// A UUID.
    pub app_id: Option<&'a str>,
    /// A number.
    pub realm_id: Option<&'a str>,
}

/// A credential that is fit to be hashed and put into a document: it exists only checked.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a>(pub(crate) Parts<'a>);

impl<'a> Parts<'a> {
    /// Checks every field.
    ///
    /// Gives the credential with what is worth a warning, or, if anything in it is an error under
    /// `rules`, all findings, the errors among them.
    pub fn check(self, rules: Rules) -> Result<(Credential<'a>, Vec<Finding>), Vec<Finding>> {
        let mut findings = Vec::new();
        check_username(self.username, self.domain.is_some(), &mut findings);
        let others = [
            (Field::Domain, self.domain),
            (Field::Realm, Some(self.realm)),
            (Field::AppId, self.app_id),
            (Field::RealmId, self.realm_id),
        ];
        for (field, value) in others {
            if let Some(value) = value {
                field.check(value, &mut findings);
            }
        }
        rules.judge(Credential(self), findings)
    }
}

impl<'a> Credential<'a> {
    /// The username, without the domain.
    pub fn username(&self) -> &'a str {
        self.0.username
    }

    /// The domain, if there is one.
    pub fn domain(&self) -> Option<&'a str> {
        self.0.domain
    }

    /// The realm.
    pub fn realm(&self) -> &'a str {
        self.0.realm
    }

    /// The Voice application's id, if there is one.
    pub fn app_id(&self) -> Option<&'a str> {
        self.0.app_id
    }

    /// Bandwidth's number of the realm, if it was given.
    pub fn realm_id(&self) -> Option<&'a str> {
        self.0.realm_id
    }

    /// The composite username, the name that the SIP client logs in with: `username`, or
    /// `username@domain` where there is a domain.
    pub fn composite_username(&self) -> String {
        composite_username(self.username(), self.domain())
    }
}

/// The composite username: `username`, or `username@domain` where there is a domain.
pub fn composite_username(username: &str, domain: Option<&str>) -> String {
    match domain {
        None => username.to_owned(),
        Some(domain) => format!("{username}@{domain}"),
    }
}

/// Adds what there is to say about a username, which beside a domain has no `@`.
pub(crate) fn check_username(value: &str, has_domain: bool, findings: &mut Vec<Finding>) {
    let rule = if has_domain { &USERNAME_WITH_DOMAIN } else { &USERNAME };
    rule.check(value, findings);
}

/// What Bandwidth accepts in a field.
struct Rule {
    field: Field,
    /// Bandwidth's errors for an empty value, and what to do about one.
    empty: (&'static str, &'static str),
    /// Characters that would make two credentials hash alike.
    separators: &'static str,
    /// The longest value, in characters, and Bandwidth's error for a longer one.
    longest: Option<(usize, &'static str)>,
    /// What is wrong with a value's form, if anything is.
    form: fn(&str) -> Option<String>,
    /// Bandwidth's errors for a wrong form.
    malformed: &'static str,
    /// What a right value looks like.
    remedy: &'static str,
    /// A better remedy, when the value is a known slip.
    repair: fn(&str) -> Option<String>,
    /// Mistakes that the rules allow: when it is one, what it is, and what to do.
    advice: &'static [Advice],
}

struct Advice {
    applies: fn(&str) -> bool,
    problem: &'static str,
    remedy: &'static str,
}

/// What to do about a realm that is none.
pub(crate) const FULL_HOST_NAME: &str =
    "use the realm's full host name, such as custxx.auth.bandwidth.com";

const USERNAME: Rule = Rule {
    field: Field::Username,
    empty: ("1003 / 23001", "give the name that the client logs in with"),
    separators: ":",
    longest: Some((32, "23002")),
    form: |value| NAME_OR_ADDRESS.lacks(value),
    malformed: "23016",
    remedy: "use letters, digits and . _ - ! $ & * + = ~ @",
    repair: |_| None,
    advice: &[],
};

const USERNAME_WITH_DOMAIN: Rule = Rule {
    form: |value| NAME.lacks(value),
    malformed: "23014",
    remedy: "beside a domain, use letters, digits and . _ - ! $ & * + = ~",
    ..USERNAME
};

const DOMAIN: Rule = Rule {
    field: Field::Domain,
    empty: ("", "leave it out where there is none"),
    separators: ":",
    longest: Some((32, "23002")),
    form: |value| NAME.lacks(value),
    malformed: "23015",
    remedy: "use letters, digits and . _ - ! $ & * + = ~",
    repair: |_| None,
    advice: &[],
};

const REALM: Rule = Rule {
    field: Field::Realm,
    empty: ("", FULL_HOST_NAME),
    separators: ":",
    longest: Some((64, "23017, 23018")),
    form: |value| HOST.lacks(value),
    malformed: "23017, 23018",
    remedy: FULL_HOST_NAME,
    repair: host_name_alone,
    advice: &[
        Advice {
            applies: |realm| !realm.contains('.'),
            problem: "a single label, perhaps the realm's short name",
            remedy: "use the full host name, such as custxx.auth.bandwidth.com, if it has one",
        },
        Advice {
            applies: |realm| realm.contains('.') && realm.split('.').any(str::is_empty),
            problem: "not a full host name: a dot with nothing before or after it",
            remedy: "use the realm exactly as the server's challenge has it",
        },
        Advice {
            applies: |realm| realm.contains(|c: char| c.is_ascii_uppercase()),
            problem: "has upper-case letters, and realms are compared byte for byte",
            remedy: "use the realm exactly as the server's challenge has it",
        },
    ],
};

const APP_ID: Rule = Rule {
    field: Field::AppId,
    empty: ("23020", "leave it out where there is none"),
    separators: "",
    longest: None,
    form: |value| (!is_uuid(value)).then(|| "not a UUID".to_owned()),
    malformed: "23020",
    remedy: "copy the application's id, such as 68092813-741b-4afe-b198-91f425bce81e",
    repair: |_| None,
    advice: &[],
};

const REALM_ID: Rule = Rule {
    field: Field::RealmId,
    empty: ("", "use the number that Bandwidth gave the realm, such as 14"),
    separators: "",
    longest: None,
    form: |value| {
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        (!digits).then(|| "not a number".to_owned())
    },
    malformed: "",
    remedy: "use the number that Bandwidth gave the realm, such as 14, not its name",
    repair: |_| None,
    advice: &[],
};

impl Rule {
    /// Adds what there is to say about `value`.
    fn check(&self, value: &str, findings: &mut Vec<Finding>) {
        let before = findings.len();
        let mut found = |severity, problem, remedy| {
            findings.push(Finding { field: self.field, severity, problem, remedy });
        };
        let remedy = || (self.repair)(value).unwrap_or_else(|| self.remedy.to_owned());

        if value.is_empty() {
            let (error, remedy) = self.empty;
            let problem = format!("empty{}", numbered(error));
            found(Severity::Refused, problem, remedy.to_owned());
        } else if let Some(malformed) = (self.form)(value) {
            // A right form has nothing in it that is never right.
            match self.never_right(value) {
                Some(problem) => found(Severity::Refused, problem, remedy()),
                None => {
                    let problem = format!("{malformed}{}", numbered(self.malformed));
                    found(Severity::Bandwidth, problem, remedy());
                }
            }
        }
        if let Some((longest, error)) = self.longest {
            // There are no more characters than bytes, which are quicker to count.
            let length = if value.len() > longest { value.chars().count() } else { 0 };
            if length > longest {
                let error = numbered(error);
                let problem =
                    format!("{length} characters, where at most {longest} are accepted{error}");
                found(Severity::Bandwidth, problem, "shorten it".to_owned());
            }
        }
        // To a value that is wrong anyway, advice would be noise.
        if findings.len() == before {
            let advice = self.advice.iter().filter(|advice| (advice.applies)(value));
            findings.extend(advice.map(|advice| Finding {
                field: self.field,
                severity: Severity::Advice,
                problem: advice.problem.to_owned(),
                remedy: advice.remedy.to_owned(),
            }));
        }
    }

    fn never_right(&self, value: &str) -> Option<String> {
        let (at, bad) = value.chars().enumerate().find(|&(_, c)| {
            // XML 1.0 cannot carry U+FFFE and U+FFFF, not even escaped.
            let never = c.is_control() || c.is_whitespace() || matches!(c, '\u{FFFE}'..='\u{FFFF}');
            never || self.separators.contains(c)
        })?;
        let why = match bad {
            ':' => "would make two different credentials hash alike",
            _ => "is never right here",
        };
        Some(format!("{} {why}", character(bad, at)))
    }
}

/// A set of ASCII characters.
struct Among([bool; 256]);

impl Among {
    /// Letters, digits, and `punctuation`.
    const fn alphanumerics_and(punctuation: &str) -> Among {
        let mut set = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            set[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < punctuation.len() {
            set[punctuation.as_bytes()[at] as usize] = true;
            at += 1;
        }
        Among(set)
    }

    fn has_all(&self, value: &str) -> bool {
        value.bytes().all(|byte| self.0[usize::from(byte)])
    }

    /// What is wrong, if a character is not in the set.
    fn lacks(&self, value: &str) -> Option<String> {
        if self.has_all(value) {
            return None;
        }
        let outside = |c: char| !c.is_ascii() || !self.0[c as usize];
        let (at, bad) = value.chars().enumerate().find(|&(_, c)| outside(c))?;
        Some(format!("{} is not accepted", character(bad, at)))
    }
}

static NAME_OR_ADDRESS: Among = Among::alphanumerics_and("._-!$&*+=~@");
static NAME: Among = Among::alphanumerics_and("._-!$&*+=~");
static HOST: Among = Among::alphanumerics_and("-.");

/// Names a character and its place, safely for a terminal.
fn character(c: char, index: usize) -> String {
    let place = index + 1;
    match c {
        ' ' => format!("a space (character {place})"),
        c if c.is_ascii_graphic() => format!("'{c}' (character {place})"),
        c if c.is_alphanumeric() => format!("'{c}', U+{:04X} (character {place})", c as u32),
        c => format!("U+{:04X} (character {place})", c as u32),
    }
}

fn numbered(errors: &str) -> String {
    match errors {
        "" => String::new(),
        _ => format!(" (Bandwidth error {errors})"),
    }
}

/// RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits, in either case.
fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The commonest slip is a SIP URI, or a host and port, in the realm's place: what to use instead.
fn host_name_alone(realm: &str) -> Option<String> {
    let rest = realm.trim().trim_matches(['<', '>', '"', '\'']);
    let scheme = rest.find(':').filter(|&colon| {
        let scheme = rest[..colon].to_ascii_lowercase();
        matches!(scheme.as_str(), "sip" | "sips" | "http" | "https")
    });
    let rest = scheme.map_or(rest, |colon| &rest[colon + 1..]);
    let rest = rest.trim_start_matches('/');
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = rest.split([':', '/', ';', '?']).next().unwrap_or_default();
    let usable = host != realm && host.contains('.') && HOST.has_all(host);
    usable.then(|| format!("use the host name alone: {host}"))
}
