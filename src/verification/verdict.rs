//! Says in words what a verification found: in a sentence or two for all of it, and for each check.

use super::{Against, Check, Subject, Verification};
use crate::diagnosis::{Diagnosis, Explanation};
use crate::digest::DigestKind;
use crate::sip::Answer;

/// What to look at if the server refuses a client with the right credential, by its status code.
const NEXT: [(u16, &str); 3] = [
    (401, STALE),
    (407, STALE),
    (
        403,
        "the number called and the number calling, the application of the realm, the addresses that are \
         allowed to call, and whether realm and account are the ones meant",
    ),
];

const STALE: &str = "whether the nonce was used before or is stale, and whether the request went to the \
                     server of this realm and account";

/// The comparisons of two sides.
struct Pair<'a> {
    wrong: Vec<&'a Check>,
    total: usize,
}

impl Pair<'_> {
    /// Returns whether the sides agree; `None` if they were not compared.
    fn agree(&self) -> Option<bool> {
        (self.total > 0).then_some(self.wrong.is_empty())
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

impl Verification {
    /// Says which side is off, why, and what to do.
    #[must_use]
    pub fn verdict(&self) -> String {
        let mut sentences = vec![];
        let is_name = |check: &&Check| matches!(check.diagnosis, Diagnosis::Differs { .. });
        if let Some(error) = self.refusals.first() {
            sentences.push(format!("Bandwidth refused to store this credential: {error}"));
        } else if let Some(check) = self.checks.iter().find(is_name) {
            sentences.extend(check.problem());
        }
        let missing: Vec<_> = self.not_checked.iter().filter(|note| note.is_asked).collect();
        match (self.agreement(), missing.is_empty()) {
            (Some(agreement), false) => {
                sentences.push(format!("as far as it could be compared, {agreement}"));
            }
            (Some(agreement), true) => sentences.push(agreement),
            (None, true) if sentences.is_empty() => {
                sentences.push("nothing was compared".to_owned());
            }
            (None, _) => {}
        }
        let not = if sentences.is_empty() { "nothing was" } else { "not" };
        match &missing[..] {
            [] => {}
            [note] => sentences.push(format!("{not} compared: {}", note.reason)),
            [note, ..] => sentences.push(format!(
                "{not} compared: {} requests or entries, the first because: {}",
                missing.len(),
                note.reason
            )),
        }
        let sentence = |text: &String| capitalized(text.trim_end_matches('.')) + ".";
        sentences.iter().map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// Says which of the sides agree.
    fn agreement(&self) -> Option<String> {
        let pair = |subject: fn(&Check) -> bool| {
            let checks = self.checks.iter().filter(|check| subject(check));
            let total = checks.clone().count();
            Pair { wrong: checks.filter(|check| !check.matches()).collect(), total }
        };
        let stored = pair(|it| matches!(it.subject, Subject::Digest(_)));
        let client = pair(|it| it.subject == Subject::Response && it.against == Against::Password);
        let both =
            pair(|it| it.subject == Subject::Response && matches!(it.against, Against::Digest(_)));
        // Where a third side shows which of two is wrong, what no mistake explains has a remedy.
        let fix = |pair: &Pair<'_>, fix: &str| match pair.wrong.first() {
            Some(check) if check.explanations().is_empty() => {
                format!("{}. {}", check.problem().unwrap_or_default(), capitalized(fix))
            }
            first => first.map_or(String::new(), |check| check.cause()),
        };
        let cause = |pair: &Pair<'_>| pair.wrong.first().map_or(String::new(), |it| it.cause());
        let some = |pair: &Pair<'_>| match pair.wrong.len() {
            wrong if wrong < pair.total => format!("in {wrong} of {} requests, ", pair.total),
            _ => String::new(),
        };
        let is_wrong = |kind| stored.wrong.iter().any(|it| it.subject == Subject::Digest(kind));
        let digests = match [DigestKind::Hash1, DigestKind::Hash1b].map(is_wrong) {
            [true, false] if stored.total > 1 => "the Hash1 that Bandwidth stores",
            [false, true] if stored.total > 1 => "the Hash1b that Bandwidth stores",
            _ => "what Bandwidth stores",
        };
        Some(match (stored.agree(), client.agree(), both.agree()) {
            (Some(false), Some(true), _) => {
                let cause = fix(&stored, "hash the password again");
                format!(
                    "the client is right, {digests} is not: {cause}; then change the credential"
                )
            }
            (Some(true), Some(false), _) => format!(
                "{}Bandwidth is right, the client is set up with something else: {}",
                some(&client),
                fix(&client, "enter the password there again")
            ),
            (Some(false), Some(false), Some(true)) => format!(
                "client and Bandwidth agree, the password given here is another: {}",
                fix(&stored, "find the one that they have")
            ),
            (Some(false), Some(false), _) => format!(
                "no two sides agree. Bandwidth: {}. The client: {}",
                cause(&stored),
                cause(&client)
            ),
            (Some(false), None, _) => {
                format!("{digests} does not match the password: {}", cause(&stored))
            }
            (None, Some(false), None) => format!(
                "{}the client's response does not match the password: {}",
                some(&client),
                cause(&client)
            ),
            (None, Some(false), _) => format!(
                "{}the client is set up with something else than the password given here: {}",
                some(&client),
                cause(&client)
            ),
            (_, _, Some(false)) => {
                let is_explained = both.wrong.iter().any(|it| !it.explanations().is_empty());
                let add = if is_explained { "" } else { "; add the password to see which" };
                format!("{}{}{add}", some(&both), cause(&both))
            }
            (Some(true), Some(true), Some(true)) => {
                self.answered("password, client and Bandwidth agree", true)
            }
            (Some(true), Some(true), None) => {
                "the client uses this password, and what Bandwidth stores was made from it"
                    .to_owned()
            }
            (Some(true), None, _) => "the password matches what Bandwidth stores".to_owned(),
            (None, _, Some(true)) => self.answered("client and Bandwidth agree", true),
            (None, Some(true), None) => self.answered("the client uses this password", false),
            (None, None, None) => return None,
        })
    }

    /// Adds to the sides that agree what the server says. If it may store something else, it was not
    /// compared.
    fn answered(&self, agreement: &str, is_stored: bool) -> String {
        // What else is wrong may be the reason.
        if !self.matches() {
            return agreement.to_owned();
        }
        let next = |answer: &Answer| NEXT.iter().find(|(status, _)| *status == answer.status);
        let refused = self.answers.iter().find_map(|it| Some((it, next(it.1)?.1)));
        let one = self.answers.first_key_value().map(|((login, _), _)| login);
        let names_users = self.answers.keys().any(|(login, _)| Some(login) != one);
        let said = |((login, _), answer): (&(String, String), &Answer)| {
            let said = format!("{} {}", answer.status, answer.reason).trim().to_owned();
            if names_users { format!("{said} to {login:?}") } else { said }
        };
        let others = || self.answers.iter().max_by_key(|(_, answer)| answer.status);
        match (refused, others()) {
            (Some((answer, next)), _) if is_stored => {
                format!("{agreement}, so the {} has another reason: look at {next}", said(answer))
            }
            (Some((answer, next)), _) => format!(
                "{agreement}, and the server answered {}: compare it with what Bandwidth stores, too; if \
                 that agrees, look at {next}",
                said(answer)
            ),
            (None, Some(answer)) if answer.1.status < 300 => {
                format!("{agreement}, and the server accepted the response ({})", said(answer))
            }
            (None, Some(answer)) => {
                format!("{agreement}, and the {} is not about the credential", said(answer))
            }
            (None, None) => agreement.to_owned(),
        }
    }
}

impl Check {
    /// Returns what is wrong and what to do about it, in one or two sentences.
    fn cause(&self) -> String {
        let problem = self.problem().unwrap_or_default();
        match self.remedy() {
            remedy if remedy.is_empty() => problem,
            remedy => format!("{problem}. {}", capitalized(&remedy)),
        }
    }

    /// Returns what is wrong; `None` if nothing is, and empty if no explanation was looked for.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let join = |it: &Explanation| it.problems().join("; and ");
        Some(match &self.diagnosis {
            Diagnosis::Matches => return None,
            Diagnosis::Explained(explanations) => {
                explanations.iter().map(join).collect::<Vec<_>>().join("; or ")
            }
            Diagnosis::Unexplained { .. } if self.against != Against::Password => {
                "client and Bandwidth disagree on password, realm or username".to_owned()
            }
            Diagnosis::Unexplained { tried, pairs } => {
                let note = match self.written {
                    Some((digits, 0)) if digits != 32 => {
                        format!("it has {digits} digits, not 32, and ")
                    }
                    Some((_, others)) if others > 0 => {
                        format!("it has {others} characters that are not hexadecimal digits, and ")
                    }
                    _ => String::new(),
                };
                let pairs = match pairs {
                    true => ", and no pair of them, explains it",
                    false => " explains it, and pairs are not tried with so long a password",
                };
                format!("{note}none of {} known mistakes{pairs}", tried.len())
            }
            Diagnosis::Differs { found, expected } => match (self.subject, &self.response) {
                (Subject::Username, None) => {
                    format!("the document has the username {found:?}, not {expected:?}")
                }
                (Subject::Username, _) => {
                    format!("the client logs in as {found:?}, not {expected:?}")
                }
                (Subject::Challenge, _) => {
                    format!(
                        "the client answers for the realm {found:?}, but the server's challenge is for {expected:?}"
                    )
                }
                (_, Some(_)) => {
                    format!("the client answers for the realm {found:?}, not {expected:?}")
                }
                (_, None) => format!("the document has the realm {found:?}, not {expected:?}"),
            },
            _ => String::new(),
        })
    }

    /// Returns what to do about a mismatch; empty if there is nothing to add.
    #[must_use]
    pub fn remedy(&self) -> String {
        match &self.diagnosis {
            Diagnosis::Explained(explanations) => {
                let mistakes = explanations.iter().flat_map(Explanation::mistakes);
                let mut remedies: Vec<String> = vec![];
                for remedy in mistakes.map(|mistake| mistake.remedy.to_owned()) {
                    if !remedies.contains(&remedy) {
                        remedies.push(remedy);
                    }
                }
                remedies.join("; ")
            }
            Diagnosis::Unexplained { .. } if self.against == Against::Password => {
                let name = self.name.composite_username();
                let mut doubts = vec![];
                if self.written.is_some_and(|written| written != (32, 0)) {
                    doubts.push("copy all 32 digits".to_owned());
                }
                if !self.realm.contains('.') {
                    doubts.push(format!("the realm {:?} is not a full host name", self.realm));
                }
                if name.contains(char::is_uppercase) {
                    doubts.push(format!("the username {name:?} may be in other letter case"));
                }
                doubts.push("the password itself may be wrong".to_owned());
                doubts.join("; or ")
            }
            _ => String::new(),
        }
    }
}
