//! Explains why a digest or a response is not the expected one.
//!
//! A digest cannot be reversed, but people make few kinds of mistakes. The diagnosis applies each
//! known mistake to the right inputs, then each pair of mistakes, and compares the resulting digests
//! with the observed one. The mistakes are in [`mistakes`]; [`verification`](crate::verification) has
//! an example.
//!
//! ```
//! use bwsip::diagnosis::mistakes::MISTAKES;
//!
//! let short = MISTAKES.iter().find(|mistake| mistake.name == "realm-short").unwrap();
//! println!("{}: {}", short.problem, short.remedy);
//! ```

mod digits;
mod hypothesis;
pub mod mistakes;
mod realms;
mod search;
mod transforms;

use std::rc::Rc;

use zeroize::Zeroizing;

use crate::digest::{Digest, DigestKind};
use crate::sip::Authorization;
use hypothesis::Hypothesis;
use mistakes::{Effect, MISTAKES, Mistake};
use search::{MAX_LEN_IN_PAIRS, Made, Search};

pub use crate::digest::WrittenDigest;

/// The right inputs of a digest or of a response, and what else is known.
pub(crate) struct DigestInput {
    pub username: String,
    pub domain: Option<String>,
    pub realm: String,
    /// Shared by the hypotheses, most of which do not change it.
    pub password: Rc<Zeroizing<Vec<u8>>>,
    pub kind: DigestKind,
    /// The method of the request; empty if a digest was observed, not a response.
    pub method: String,
    /// The Request-URI, if it is known.
    pub request_uri: Option<String>,
    pub clues: Clues,
}

/// Further facts that hint at a mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Clues {
    /// The same digest was given as Hash1 and as Hash1b.
    pub repeated: bool,
    /// The username and domain in the document.
    pub document_name: Option<(String, Option<String>)>,
    /// The realm in the document, if it differs from the expected one.
    pub document_realm: Option<String>,
}

impl DigestInput {
    /// Creates the inputs of a digest.
    pub fn new(
        kind: DigestKind,
        username: &str,
        domain: Option<&str>,
        realm: &str,
        password: &[u8],
    ) -> DigestInput {
        DigestInput {
            username: username.to_owned(),
            domain: domain.map(str::to_owned),
            realm: realm.to_owned(),
            password: Rc::new(Zeroizing::new(password.to_vec())),
            kind,
            method: String::new(),
            request_uri: None,
            clues: Clues::default(),
        }
    }
}

/// The digest or response under diagnosis.
#[derive(Clone, Copy)]
pub(crate) enum Observed<'a> {
    Digest(&'a WrittenDigest),
    Response(&'a Authorization),
}

/// The result of a comparison, with its explanation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Diagnosis {
    /// Both sides agree.
    Matches,
    /// They differ, and each of these explanations accounts for it exactly. There is at least one;
    /// the likeliest comes first.
    Explained(Vec<Explanation>),
    /// They differ, and nothing that was tried accounts for it.
    Unexplained {
        /// The mistakes that were tried: those that are possible for these inputs.
        tried: Vec<&'static Mistake>,
        /// Whether each pair of them was tried, too. With a password of more than 255 bytes, none is.
        pairs: bool,
    },
    /// They differ, and no explanation was looked for; see [`verify`](crate::verification::verify).
    NotExplained,
    /// Two names differ.
    Differs {
        /// The name that was found.
        found: String,
        /// The expected name.
        expected: String,
    },
}

/// The one or two mistakes that together explain a digest or a response, in the order in which they
/// were made.
#[derive(Clone, Debug)]
pub struct Explanation {
    mistakes: Vec<&'static Mistake>,
    problems: Vec<String>,
}

impl Explanation {
    pub(crate) fn new(mistakes: &[&'static Mistake]) -> Explanation {
        Explanation {
            mistakes: mistakes.to_vec(),
            problems: mistakes.iter().map(|mistake| mistake.problem.to_owned()).collect(),
        }
    }

    fn made(made: &[Made<'_>]) -> Explanation {
        Explanation {
            mistakes: made.iter().map(|(mistake, ..)| *mistake).collect(),
            problems: made.iter().map(|(mistake, from, to)| mistake.problem(from, to)).collect(),
        }
    }

    /// Returns the mistakes, of which there is at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[&'static Mistake] {
        &self.mistakes
    }

    /// Returns what happened, by each of the mistakes. It contains no password, but can tell where one
    /// was cut short.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Returns true if both are the same mistakes, in any order.
    fn is_same_as(&self, other: &Explanation) -> bool {
        let has = |mistake: &Mistake| other.mistakes.iter().any(|it| it.name == mistake.name);
        self.mistakes.len() == other.mistakes.len() && self.mistakes.iter().all(|it| has(it))
    }
}

impl Diagnosis {
    /// Keeps only the explanations that two diagnoses have in common, if there are any.
    ///
    /// Hash1 and Hash1b of one credential are usually made together, by the same mistake.
    pub(crate) fn narrow(&mut self, other: &mut Diagnosis) {
        if let (Diagnosis::Explained(one), Diagnosis::Explained(other)) = (self, other) {
            let is_shared = |it: &Explanation| other.iter().any(|other| it.is_same_as(other));
            if one.iter().any(is_shared) {
                one.retain(is_shared);
                other.retain(|it| one.iter().any(|one| it.is_same_as(one)));
            }
        }
    }
}

/// Returns true if `observed` follows from `input`. A digest in uppercase does not: servers that hash it as
/// a text, such as Kamailio, take it for another one.
pub(crate) fn matches(input: &DigestInput, observed: Observed<'_>) -> bool {
    let is_uppercase = match observed {
        Observed::Digest(written) => written.as_str().contains(|c: char| c.is_ascii_uppercase()),
        Observed::Response(_) => false,
    };
    !is_uppercase && Search::new(observed).is_explained_by(&Hypothesis::new(input, observed))
}

/// Diagnoses `observed`: whether it follows from `input`, unchanged or by one or two mistakes.
pub(crate) fn diagnose(input: &DigestInput, observed: Observed<'_>) -> Diagnosis {
    if matches(input, observed) {
        return Diagnosis::Matches;
    }
    let right = Hypothesis::new(input, observed);
    let mut search = Search::new(observed);
    let tried = search.try_each(&right);
    let pairs = input.password.len() <= MAX_LEN_IN_PAIRS;
    if search.found.is_empty() && pairs {
        search.try_pairs(&right);
    }
    match search.found {
        found if found.is_empty() => Diagnosis::Unexplained { tried, pairs },
        found => Diagnosis::Explained(found),
    }
}

/// Diagnoses a response: whether it follows from the digest that is stored, unchanged or by a mistake of
/// the client, or from the other digest.
pub(crate) fn diagnose_by_digests(
    input: &DigestInput,
    response: &Authorization,
    right: &Digest,
    other: Option<&Digest>,
) -> Diagnosis {
    let request = Hypothesis::new(input, Observed::Response(response));
    let swapped = other.map(|_| Mistake::named("swapped"));
    let by_client = || MISTAKES.iter().filter(|it| matches!(it.effect, Effect::Response(_)));
    for (digest, mistakes) in [(Some(right), None), (other, swapped)] {
        let Some(digest) = digest else { continue };
        let is_from = |it: &Hypothesis<'_>| response.is_from_texts(&digest.hex()[..], &it.tail);
        let is_by = |it: &&Mistake| it.apply(&request, usize::MAX).iter().any(is_from);
        let mut mistakes: Vec<_> = mistakes.into_iter().collect();
        if !is_from(&request) {
            let Some(mistake) = by_client().find(is_by) else { continue };
            mistakes.push(mistake);
        }
        return match &mistakes[..] {
            [] => Diagnosis::Matches,
            mistakes => Diagnosis::Explained(vec![Explanation::new(mistakes)]),
        };
    }
    Diagnosis::Unexplained { tried: swapped.into_iter().chain(by_client()).collect(), pairs: true }
}

#[cfg(test)]
mod tests;
