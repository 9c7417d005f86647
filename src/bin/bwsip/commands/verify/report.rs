//! What `bwsip verify` prints, for people and for scripts.

use bwsip::diagnosis::{Finding, MISTAKES, Making, Mistake};
use serde::Serialize;

/// What was checked, and what came of it. Shows no password and no digest.
#[derive(Serialize)]
pub struct Report {
    /// Whether all of it matches.
    pub matches: bool,
    username: String,
    /// Unless each check has its own.
    #[serde(flatten)]
    whose: Option<Whose>,
    checks: Vec<Check>,
    /// The names of the mistakes that were tried in vain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tried: Vec<&'static str>,
}

/// Which credential of a username it is about.
#[derive(Serialize)]
pub struct Whose {
    /// Which of several entries with the same name, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    realm: String,
}

impl Whose {
    /// The one whose digest is made.
    pub fn of(making: &Making, entry: Option<usize>) -> Self {
        Whose { entry, domain: making.domain.clone(), realm: making.realm.clone() }
    }
}

/// One thing that was checked.
#[derive(Default, Serialize)]
pub struct Check {
    /// `hash1`, `hash1b`, `response`, `username` or `realm`.
    pub check: &'static str,
    /// Where there are several entries.
    #[serde(flatten)]
    pub whose: Option<Whose>,
    /// Whether it does.
    pub matches: bool,
    /// Which digest a response should be made from, and is, if it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether the mistakes were tried in vain.
    #[serde(skip)]
    pub unknown: bool,
    /// The names of the mistakes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<&'static str>,
    /// For a person: the mistakes, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Report {
    /// `whose` is missing where each of `checks` has its own.
    pub fn new(username: &str, whose: Option<Whose>, checks: Vec<Check>) -> Self {
        let in_vain = checks.iter().any(|check| check.unknown);
        let tried = MISTAKES.iter().filter(|_| in_vain).map(|mistake| mistake.name).collect();
        Report {
            tried,
            matches: checks.iter().all(|check| check.matches),
            username: username.to_owned(),
            whose,
            checks,
        }
    }

    /// A line for each check, and one for what was tried in vain.
    pub fn text(&self) -> String {
        let line = |check: &Check| {
            let name = match check.check {
                "hash1" => "Hash1: ",
                "hash1b" => "Hash1b:",
                other => &format!("{other}:"),
            };
            let entry =
                check.whose.as_ref().map_or(String::new(), |Whose { entry, domain, realm }| {
                    let domain =
                        domain.as_ref().map_or(String::new(), |it| format!("domain {it:?}, "));
                    format!("entry {}, {domain}realm {realm:?}: ", entry.unwrap_or_default())
                });
            let verdict = if check.matches { "ok" } else { "does not match" };
            let message = check.message.as_ref().map_or(String::new(), |it| format!(": {it}"));
            format!("{entry}{name} {verdict}{message}\n")
        };
        let mut text: String = self.checks.iter().map(line).collect();
        if !self.tried.is_empty() {
            text += &format!("tried: {}\n", self.tried.join(", "));
        }
        text
    }
}

impl Check {
    /// `note` comes before what was found.
    pub fn new(check: &'static str, whose: Option<Whose>, finding: &Finding, note: String) -> Self {
        let mistakes = match finding {
            Finding::Wrong(mistakes) => &mistakes[..],
            Finding::Right | Finding::Unknown => &[],
        };
        let said = |say: fn(&Mistake) -> &'static str, between: &str| {
            mistakes.iter().map(|mistake| say(mistake)).collect::<Vec<_>>().join(between)
        };
        let message = match finding {
            Finding::Right => (!note.is_empty()).then_some(note),
            Finding::Wrong(_) => Some(format!(
                "{note}{}: {}",
                said(|it| it.happened, "; and "),
                said(|it| it.instead, "; ")
            )),
            Finding::Unknown => Some(format!(
                "{note}none of {} known mistakes, and no two of them together, explain it: the \
                 password itself may be wrong",
                MISTAKES.len()
            )),
        };
        Check {
            check,
            whose,
            matches: matches!(finding, Finding::Right),
            unknown: matches!(finding, Finding::Unknown),
            causes: mistakes.iter().map(|mistake| mistake.name).collect(),
            message,
            ..Check::default()
        }
    }
}
