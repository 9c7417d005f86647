//! What `bwsip verify` prints, for people and for scripts. It shows no password and no digest.

use std::collections::HashMap;

use bwsip::answer::BandwidthError;
use bwsip::diagnosis::Diagnosis;
use bwsip::diagnosis::mistakes::{MISTAKES, Mistake};
use bwsip::sip::Place;
use bwsip::verification::{Against, Check, MAX_EXPLAINED, Note, Subject, Verification};
use bwsip::{DigestKind, Name};
use serde::Serialize;

/// Returns the verdict, and a line for each check, each error of Bandwidth's and each note. Requests
/// that fare alike share a line.
pub fn text(verification: &Verification) -> String {
    let verdict = verification.verdict();
    let Verification { checks, refusals, not_checked, hints, .. } = verification;
    let mut lines = Lines::default();
    for error in refusals.iter().map(ToString::to_string) {
        if !verdict.contains(&error) {
            lines.add(None, "", format!("refused: {error}"));
        }
    }
    let is_other = |check: &Check| check.name != checks[0].name;
    let names_users = checks.iter().any(is_other);
    let is_compared = |by_password| {
        let is_by_password = |check: &Check| check.against == Against::Password;
        let mut responses = checks.iter().filter(|check| check.subject == Subject::Response);
        responses.any(|check| is_by_password(check) == by_password)
    };
    let names_sides = is_compared(true) && is_compared(false);
    for check in checks {
        let user = if names_users { format!("{:?}: ", check.name.username) } else { String::new() };
        let (place, method) = match &check.response {
            Some(response) => (response.place, &*response.method),
            None => (None, ""),
        };
        lines.add(place, method, user + &line(check, &verdict, names_sides));
    }
    for (what, notes) in [("not checked", not_checked), ("hint", hints)] {
        for Note { place, method, reason, .. } in notes {
            lines.add(*place, method, format!("{what}: {reason}"));
        }
    }
    let is_left = |check: &&Check| matches!(check.diagnosis, Diagnosis::NotExplained);
    let left = checks.iter().filter(is_left).count();
    if left > 0 {
        let text = format!(
            "not explained: {left}, because {MAX_EXPLAINED} others were: check one alone to learn the cause"
        );
        lines.add(None, "", text);
    }
    format!("{verdict}\n{}", lines.text())
}

/// Describes a check. What the verdict says of it already is not repeated. If `names_sides`, it says what a
/// response was compared with.
pub fn line(check: &Check, verdict: &str, names_sides: bool) -> String {
    let Check { name, realm, subject, against, .. } = check;
    let entry = check.entry.map_or(String::new(), |entry| {
        let domain = name.domain.as_ref().map_or(String::new(), |it| format!("domain {it:?}, "));
        format!("entry {entry}, {domain}realm {realm:?}: ")
    });
    let what = match (subject, against) {
        (Subject::Digest(kind), _) => kind.name().to_owned(),
        (Subject::Response, Against::Digest(kind)) if names_sides => {
            format!("response against {}", kind.name())
        }
        (Subject::Response, _) if names_sides => "response against the password".to_owned(),
        _ => subject_name(*subject).to_owned(),
    };
    // Both digests are aligned.
    let width = if let Subject::Digest(_) = subject { "Hash1b:".len() } else { 0 };
    let what = format!("{entry}{:<width$}", what + ":");
    let login = check.response.as_ref().filter(|_| *subject == Subject::Response);
    let login = login.map(|it| {
        let (kind, login, realm) = (it.kind.name(), &it.login, &it.realm);
        format!("from {kind}: the client logs in as {login:?} on the realm {realm:?}")
    });
    let Some(problem) = check.problem() else {
        return login.map_or(format!("{what} ok"), |login| format!("{what} ok: {login}"));
    };
    // What the verdict says begins a sentence there. Of what no mistake explains, a verdict on three sides
    // knows better than the check of two.
    let remedy = check.remedy();
    let is_said = !verdict.is_empty() && check.explanations().is_empty()
        || remedy.get(1..).is_none_or(|rest| verdict.contains(rest));
    let texts = [login.unwrap_or_default(), problem, if is_said { String::new() } else { remedy }];
    let texts = texts.iter().filter(|text| !text.is_empty());
    texts.fold(format!("{what} does not match"), |line, text| format!("{line}: {text}"))
}

/// Lines about requests, each with the places of those that it is about.
#[derive(Default)]
struct Lines {
    lines: Vec<(String, Vec<Place>)>,
    indices: HashMap<String, usize>,
}

impl Lines {
    fn add(&mut self, place: Option<Place>, method: &str, text: String) {
        let Some(place) = place else { return self.lines.push((text, vec![])) };
        let text = if method.is_empty() { text } else { format!("{method}: {text}") };
        let index = *self.indices.entry(text.clone()).or_insert(self.lines.len());
        match self.lines.get_mut(index) {
            Some((_, places)) => places.push(place),
            None => self.lines.push((text, vec![place])),
        }
    }

    fn text(&self) -> String {
        let line = |(text, places): &(String, Vec<Place>)| match &places[..] {
            [] => format!("{text}\n"),
            [place] => format!("{place}, {text}\n"),
            [first, .., last] => format!("{} times, {first} to {last}, {text}\n", places.len()),
        };
        self.lines.iter().map(line).collect()
    }
}

/// Returns a JSON object, on one line.
pub fn json(verification: &Verification) -> String {
    let Verification { checks, refusals, not_checked, hints, .. } = verification;
    let json = Json {
        matches: verification.matches(),
        verdict: verification.verdict(),
        checks: checks.iter().map(JsonCheck::from).collect(),
        errors: refusals.iter().map(JsonError::from).collect(),
        not_checked: not_checked.iter().map(JsonNote::from).collect(),
        hints: hints.iter().map(JsonNote::from).collect(),
        tried: tried(checks),
    };
    serde_json::to_string(&json).expect("its keys are strings") + "\n"
}

/// Returns the names of the mistakes that were tried in vain, in the order of [`MISTAKES`].
fn tried(checks: &[Check]) -> Vec<&'static str> {
    let in_vain = |mistake: &Mistake| {
        checks.iter().filter(|check| check.against == Against::Password).any(|check| {
            match &check.diagnosis {
                Diagnosis::Unexplained { tried, .. } => {
                    tried.iter().any(|it| it.name == mistake.name)
                }
                _ => false,
            }
        })
    };
    MISTAKES.iter().filter(|it| in_vain(it)).map(|it| it.name).collect()
}

#[derive(Serialize)]
struct Json<'a> {
    matches: bool,
    verdict: String,
    checks: Vec<JsonCheck>,
    errors: Vec<JsonError<'a>>,
    not_checked: Vec<JsonNote<'a>>,
    hints: Vec<JsonNote<'a>>,
    tried: Vec<&'static str>,
}

#[derive(Serialize)]
pub struct JsonError<'a> {
    code: Option<&'a str>,
    description: &'a str,
    remedy: Option<String>,
}

impl<'a> From<&'a BandwidthError> for JsonError<'a> {
    fn from(error: &'a BandwidthError) -> Self {
        let BandwidthError { code, description, .. } = error;
        let code = Some(&**code).filter(|code| !code.is_empty());
        JsonError { code, description, remedy: error.remedy() }
    }
}

#[derive(Serialize)]
struct JsonNote<'a> {
    line: Option<usize>,
    frame: Option<usize>,
    method: Option<&'a str>,
    reason: &'a str,
}

impl<'a> From<&'a Note> for JsonNote<'a> {
    fn from(note: &'a Note) -> Self {
        let (line, frame) = line_and_frame(note.place);
        let method = Some(&*note.method).filter(|method| !method.is_empty());
        JsonNote { line, frame, method, reason: &note.reason }
    }
}

fn line_and_frame(place: Option<Place>) -> (Option<usize>, Option<usize>) {
    match place {
        Some(Place::Line(line)) => (Some(line), None),
        Some(Place::Frame(frame)) => (None, Some(frame)),
        None => (None, None),
    }
}

#[derive(Serialize)]
pub struct JsonCheck {
    check: &'static str,
    against: &'static str,
    username: String,
    domain: Option<String>,
    realm: String,
    /// The number of the entry in the document, if several have the name.
    entry: Option<usize>,
    line: Option<usize>,
    frame: Option<usize>,
    method: Option<String>,
    /// The digest that the response depends on.
    digest: Option<&'static str>,
    matches: bool,
    causes: Vec<&'static str>,
    /// Other explanations, each as good.
    alternatives: Vec<Vec<&'static str>>,
    message: Option<String>,
}

impl From<&Check> for JsonCheck {
    fn from(check: &Check) -> Self {
        let Name { username, domain } = check.name.clone();
        let response = check.response.as_ref();
        let (line, frame) = line_and_frame(response.and_then(|response| response.place));
        let explanations = check.explanations().iter();
        let mut explanations =
            explanations.map(|it| it.mistakes().iter().map(|mistake| mistake.name).collect());
        let texts = [check.problem().unwrap_or_default(), check.remedy()];
        let message =
            texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        JsonCheck {
            check: subject_name(check.subject),
            against: match check.against {
                Against::Password => "password",
                Against::Digest(kind) => digest_name(kind),
                Against::Challenge => "challenge",
                _ => "given",
            },
            username,
            domain,
            realm: check.realm.clone(),
            entry: check.entry,
            line,
            frame,
            method: response.map(|response| response.method.clone()),
            digest: response.map(|response| digest_name(response.kind)),
            matches: check.matches(),
            causes: explanations.next().unwrap_or_default(),
            alternatives: explanations.collect(),
            message: Some(message).filter(|text| !text.is_empty()),
        }
    }
}

fn digest_name(kind: DigestKind) -> &'static str {
    match kind {
        DigestKind::Hash1 => "hash1",
        DigestKind::Hash1b => "hash1b",
    }
}

fn subject_name(subject: Subject) -> &'static str {
    match subject {
        Subject::Digest(kind) => digest_name(kind),
        Subject::Username => "username",
        Subject::Realm => "realm",
        Subject::Challenge => "challenge",
        _ => "response",
    }
}
