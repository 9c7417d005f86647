//! What `bwsip verify` prints, for people and for scripts. It shows no password and no digest.

use bwsip::answer::BandwidthError;
use bwsip::diagnosis::mistakes::{MISTAKES, Mistake};
use bwsip::diagnosis::{Diagnosis, Explanation};
use bwsip::verification::{Against, Check, MAX_EXPLAINED, Subject, Verification};
use serde::Serialize;

use super::document::describe;

/// The comparisons and their results.
pub struct Report {
    pub checks: Vec<Check>,
    pub not_checked: Vec<NotChecked>,
    /// Bandwidth's errors about what was checked.
    pub refusals: Vec<BandwidthError>,
}

/// A request of a trace that was not checked.
#[derive(Serialize)]
pub struct NotChecked {
    /// The line of the trace; `None` if the request is not from a trace.
    pub line: Option<usize>,
    pub method: String,
    pub reason: String,
    /// Whether the user asked about it, so that the result is not a match.
    #[serde(skip)]
    pub is_asked: bool,
}

impl Report {
    pub fn new(not_checked: Vec<NotChecked>) -> Report {
        Report { checks: vec![], not_checked, refusals: vec![] }
    }

    /// Adds comparisons.
    pub fn add(&mut self, verification: Verification) {
        self.checks.extend(verification.checks);
        self.not_checked.extend(verification.not_checked.into_iter().map(|response| NotChecked {
            line: response.line,
            reason: format!("{:?} answers for the realm {:?}", response.login, response.realm),
            method: response.method,
            is_asked: false,
        }));
        self.not_checked
            .extend(verification.without_digest.into_iter().map(|response| NotChecked {
            line: response.line,
            reason: format!(
                "no {kind} to compare it with: the client logs in as {:?} on the realm {:?}, so its \
                 response depends on {kind}",
                response.login,
                response.realm,
                kind = response.kind.name()
            ),
            method: response.method,
            is_asked: true,
        }));
        self.not_checked.sort_by_key(|it| it.line);
    }

    /// Returns true if everything that the user asked about was compared and matches.
    pub fn matches(&self) -> bool {
        self.refusals.is_empty()
            && !self.checks.is_empty()
            && self.checks.iter().all(Check::matches)
            && !self.not_checked.iter().any(|request| request.is_asked)
    }

    /// Returns the names of the mistakes that were tried in vain, in the order of [`MISTAKES`].
    fn tried(&self) -> Vec<&'static str> {
        let in_vain = |mistake: &Mistake| {
            self.checks.iter().any(|check| match &check.diagnosis {
                Diagnosis::Unexplained { tried, .. } if check.against == Against::Password => {
                    tried.iter().any(|it| it.name == mistake.name)
                }
                _ => false,
            })
        };
        MISTAKES.iter().filter(|it| in_vain(it)).map(|it| it.name).collect()
    }

    /// Returns a line for each check, and one with the mistakes that were tried in vain.
    pub fn text(&self) -> String {
        let shape = Shape::new(&self.checks);
        let mut lines: Vec<_> =
            self.refusals.iter().map(|it| format!("refused: {}", describe(it))).collect();
        lines.extend(self.checks.iter().map(|check| shape.line(check)));
        lines.extend(self.not_checked.iter().map(|NotChecked { line, method, reason, .. }| {
            let place = line.map_or(String::new(), |line| format!("line {line}, "));
            format!("{place}{method}: not checked: {reason}")
        }));
        let is_left = |check: &&Check| matches!(check.diagnosis, Diagnosis::NotExplained);
        let left = self.checks.iter().filter(is_left).count();
        if left > 0 {
            lines.push(format!(
                "not explained: {left}, because {MAX_EXPLAINED} others were: check one alone to learn \
                 the cause"
            ));
        }
        let tried = self.tried();
        if !tried.is_empty() {
            lines.push(format!("tried: {}", tried.join(", ")));
        }
        lines.join("\n") + "\n"
    }

    /// Returns a JSON object, on one line.
    pub fn json(&self) -> String {
        let shape = Shape::new(&self.checks);
        let first = self.checks.first();
        let json = Json {
            matches: self.matches(),
            username: first.filter(|_| shape.one_username).map(|check| &*check.name.username),
            credential: first.filter(|_| shape.one_credential).map(JsonCredential::from),
            checks: self.checks.iter().map(|check| shape.json(check)).collect(),
            errors: self.refusals.iter().map(JsonError::from).collect(),
            not_checked: &self.not_checked,
            tried: self.tried(),
        };
        serde_json::to_string(&json).expect("its keys are strings") + "\n"
    }
}

/// What the checks have in common, which is printed once or not at all.
pub struct Shape {
    one_username: bool,
    one_credential: bool,
    /// Whether responses were compared with the password and with digests.
    three_sides: bool,
}

impl Shape {
    pub fn new(checks: &[Check]) -> Shape {
        let is_shared = |is_same: fn(&Check, &Check) -> bool| {
            checks.windows(2).all(|pair| is_same(&pair[0], &pair[1]))
        };
        let one_username = is_shared(|one, other| one.name.username == other.name.username);
        let responses = checks.iter().filter(|check| check.subject == Subject::Response);
        let mut by_password = responses.map(|check| check.against == Against::Password);
        let first = by_password.next();
        Shape {
            one_username,
            one_credential: one_username
                && is_shared(|one, other| {
                    (&one.name.domain, &one.realm) == (&other.name.domain, &other.realm)
                })
                && checks.iter().all(|check| check.entry.is_none()),
            three_sides: by_password.any(|it| Some(it) != first),
        }
    }

    /// Describes a check.
    pub fn line(&self, check: &Check) -> String {
        let mut line = String::new();
        if !self.one_username {
            line += &format!("{:?}: ", check.name.username);
        }
        if let Some(entry) = check.entry {
            let domain =
                check.name.domain.as_ref().map_or(String::new(), |it| format!("domain {it:?}, "));
            line += &format!("entry {entry}, {domain}realm {:?}: ", check.realm);
        }
        if let Some((number, response)) =
            check.response.as_ref().and_then(|it| Some((it.line?, it)))
        {
            line += &format!("line {number}, {}: ", response.method);
        }
        line += match check.subject {
            Subject::Hash1 => "Hash1",
            Subject::Hash1b => "Hash1b",
            subject => subject_name(subject),
        };
        let is_response = check.subject == Subject::Response;
        line += match check.against {
            _ if check.subject == Subject::Hash1 => ":  ",
            Against::Password if is_response && self.three_sides => " against the password: ",
            Against::Hash1 if is_response && self.three_sides => " against Hash1: ",
            Against::Hash1b if is_response && self.three_sides => " against Hash1b: ",
            _ => ": ",
        };
        line += if check.matches() { "ok" } else { "does not match" };
        match message(check, self.three_sides) {
            Some(message) => line + ": " + &message,
            None => line,
        }
    }

    /// Returns the object of a check.
    pub fn json<'a>(&self, check: &'a Check) -> JsonCheck<'a> {
        let response = check.response.as_ref();
        let captured = response.filter(|_| check.subject == Subject::Response);
        let explanations: Vec<Vec<&str>> = match &check.diagnosis {
            Diagnosis::Explained(explanations) => explanations
                .iter()
                .map(|it| it.mistakes().iter().map(|mistake| mistake.name).collect())
                .collect(),
            _ => vec![],
        };
        let mut explanations = explanations.into_iter();
        JsonCheck {
            check: subject_name(check.subject),
            against: match check.against {
                Against::Password => "password",
                Against::Hash1 => "hash1",
                Against::Hash1b => "hash1b",
                _ => "given",
            },
            username: (!self.one_username).then_some(&check.name.username),
            entry: check.entry,
            line: response.and_then(|it| it.line),
            method: captured.map(|it| &*it.method),
            credential: (!self.one_credential || captured.is_some()).then(|| check.into()),
            matches: check.matches(),
            digest: captured.map(|it| it.kind.name().to_lowercase()),
            causes: explanations.next().unwrap_or_default(),
            alternatives: explanations.collect(),
            message: message(check, self.three_sides),
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    matches: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(flatten)]
    credential: Option<JsonCredential>,
    checks: Vec<JsonCheck<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<JsonError<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_checked: &'a [NotChecked],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tried: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonCredential {
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    realm: String,
}

impl From<&Check> for JsonCredential {
    fn from(check: &Check) -> Self {
        JsonCredential { domain: check.name.domain.clone(), realm: check.realm.clone() }
    }
}

#[derive(Serialize)]
pub struct JsonError<'a> {
    code: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl<'a> From<&'a BandwidthError> for JsonError<'a> {
    fn from(error: &'a BandwidthError) -> Self {
        let BandwidthError { code, description, .. } = error;
        JsonError { code, description, remedy: error.remedy() }
    }
}

#[derive(Serialize)]
pub struct JsonCheck<'a> {
    check: &'static str,
    against: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(flatten)]
    credential: Option<JsonCredential>,
    matches: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<&'static str>,
    /// Other explanations, each as good.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

fn subject_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Hash1 => "hash1",
        Subject::Hash1b => "hash1b",
        Subject::Username => "username",
        Subject::Realm => "realm",
        _ => "response",
    }
}

/// Explains the result of a check; `None` if there is nothing to say but that it matches.
fn message(check: &Check, three_sides: bool) -> Option<String> {
    let response = check.response.as_ref().filter(|_| check.subject == Subject::Response);
    let by = response.map(|response| {
        let login =
            format!("the client logs in as {:?} on the realm {:?}", response.login, response.realm);
        (response.kind.name(), login)
    });
    let note = match (&by, check.written) {
        (Some((kind, login)), _) => format!("it should be computed from {kind}, because {login}; "),
        (None, Some((digits, 0))) if digits != 32 => {
            format!("it has {digits} digits, not 32, and ")
        }
        (None, Some((_, others))) if others > 0 => {
            format!("it has {others} characters that are not hexadecimal digits, and ")
        }
        _ => String::new(),
    };
    Some(match &check.diagnosis {
        Diagnosis::Matches => {
            let (kind, login) = by?;
            format!("from {kind}: {login}")
        }
        Diagnosis::Explained(explanations) => {
            let note = if by.is_some() { note } else { String::new() };
            let described: Vec<_> = explanations.iter().map(explained).collect();
            note + &described.join("; or ")
        }
        Diagnosis::Unexplained { .. } if check.against != Against::Password => format!(
            "{note}one of the two was made with another password, realm or username{}",
            if three_sides { "" } else { ": check with the password to learn more" }
        ),
        Diagnosis::NotExplained => return None,
        Diagnosis::Unexplained { tried, pairs } => {
            let doubt = if by.is_none() && !note.is_empty() {
                "copy all 32 digits; or ".to_owned()
            } else if check.realm.contains('.') {
                String::new()
            } else {
                format!("the realm {:?} is not a full host name; or ", check.realm)
            };
            let pairs = match pairs {
                true => ", and no pair of them, explains it",
                false => " explains it, and pairs are not tried with so long a password",
            };
            format!(
                "{note}none of {} known mistakes{pairs}: {doubt}the password itself may be wrong",
                tried.len()
            )
        }
        Diagnosis::Differs { found, expected } => match (check.subject, &check.response) {
            (Subject::Username, _) => format!("the client logs in as {found:?}, not {expected:?}"),
            (_, Some(_)) => format!("the client answers for {found:?}, not {expected:?}"),
            (_, None) => format!("the document has the realm {found:?}, not {expected:?}"),
        },
        _ => format!("{note}the digest does not have 32 hexadecimal digits: copy all of them"),
    })
}

fn explained(explanation: &Explanation) -> String {
    let remedies: Vec<_> = explanation.mistakes().iter().map(|it| it.remedy).collect();
    format!("{}: {}", explanation.problems().join("; and "), remedies.join("; "))
}
