//! The search for the one or two mistakes that explain a digest or a response.

use super::hypothesis::{Hash, Hypothesis};
use super::mistakes::{Effect, MISTAKES, Mistake};
use super::{Explanation, Observed};
use crate::digest::Digest;

/// The maximum number of ways, the likeliest, in which one mistake is combined with others.
const MAX_IN_PAIRS: usize = 20;

/// The maximum length of a password, in bytes, with which pairs of mistakes are tried. Twilio refuses
/// longer ones (error 21223).
pub const MAX_LEN_IN_PAIRS: usize = 255;

/// A mistake, and the inputs before and after it.
pub(super) type Made<'a> = (&'static Mistake, &'a Hypothesis<'a>, &'a Hypothesis<'a>);

/// What was observed, and the explanations of it that were found.
pub(super) struct Search<'a> {
    observed: Observed<'a>,
    /// The observed digest, if it is well formed.
    digest: Option<Digest>,
    pub found: Vec<Explanation>,
}

impl<'a> Search<'a> {
    pub fn new(observed: Observed<'a>) -> Search<'a> {
        let digest = match observed {
            Observed::Digest(written) => written.digest(),
            Observed::Response(_) => None,
        };
        Search { observed, digest, found: vec![] }
    }

    /// Returns true if what was observed follows from `hypothesis`.
    pub fn is_explained_by(&self, hypothesis: &Hypothesis<'_>) -> bool {
        match self.observed {
            Observed::Response(response) => {
                response.is_from_texts(&hypothesis.written(), &hypothesis.tail)
            }
            Observed::Digest(written) => match hypothesis.md5() {
                Some(digest) => self.digest == Some(digest),
                None => hypothesis.written().eq_ignore_ascii_case(written.as_str().as_bytes()),
            },
        }
    }

    /// Tries each mistake. Returns those that are possible.
    pub fn try_each(&mut self, right: &Hypothesis<'_>) -> Vec<&'static Mistake> {
        let mut tried = vec![];
        for mistake in MISTAKES.iter() {
            let changed = mistake.apply(right, usize::MAX);
            changed.iter().for_each(|once| self.test(&[(mistake, right, once)]));
            if !changed.is_empty() {
                tried.push(mistake);
            }
        }
        tried.extend(self.try_digits(right, &[]));
        tried
    }

    /// Tries each pair of mistakes, in each order if that makes a difference.
    pub fn try_pairs(&mut self, right: &Hypothesis<'_>) {
        let alone =
            MISTAKES.iter().map(|mistake| mistake.apply(right, MAX_IN_PAIRS)).collect::<Vec<_>>();
        for (index, first) in MISTAKES.iter().enumerate() {
            for once in &alone[index] {
                for (later, second) in MISTAKES.iter().enumerate() {
                    match first.effect.independent_part(second.effect) {
                        Some(part) if later > index => {
                            for other in &alone[later] {
                                let twice = once.with_part_of(other, part);
                                self.test(&[(first, right, once), (second, once, &twice)]);
                            }
                        }
                        None if later != index => {
                            for twice in &second.apply(once, MAX_IN_PAIRS) {
                                self.test(&[(first, right, once), (second, once, twice)]);
                            }
                        }
                        _ => {}
                    }
                }
                self.try_digits(once, &[(first, right, once)]);
            }
        }
        let rank = |mistake: &Mistake| MISTAKES.iter().position(|it| it.name == mistake.name);
        let ranks =
            |found: &Explanation| found.mistakes().iter().filter_map(|it| rank(it)).sum::<usize>();
        self.found.sort_by_key(ranks);
    }

    /// Tests one hypothesis: the last that `made` leads to.
    fn test(&mut self, made: &[Made<'_>]) {
        if made.last().is_some_and(|(.., result)| self.is_explained_by(result)) {
            self.add(Explanation::made(made));
        }
    }

    /// Tries the mistakes in the digits of `hypothesis`, to which `made` leads. Returns those that are
    /// possible.
    fn try_digits(
        &mut self,
        hypothesis: &Hypothesis<'_>,
        made: &[Made<'_>],
    ) -> Vec<&'static Mistake> {
        let mut possible = vec![];
        let Observed::Digest(written) = self.observed else { return possible };
        if hypothesis.hash == Hash::None {
            return possible;
        }
        let right = hypothesis.written();
        for mistake in MISTAKES.iter() {
            let Effect::Digits(explains) = mistake.effect else { continue };
            let is_explained = explains(written.as_str(), &right);
            possible.extend(is_explained.map(|_| mistake));
            if is_explained == Some(true) {
                let digits = (mistake, hypothesis, hypothesis);
                self.add(Explanation::made(&[made, &[digits]].concat()));
            }
        }
        possible
    }

    fn add(&mut self, explanation: Explanation) {
        if !self.found.iter().any(|found| found.is_same_as(&explanation)) {
            self.found.push(explanation);
        }
    }
}
