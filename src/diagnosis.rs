//! Explains why a digest or a response is not the expected one.
//!
//! A digest cannot be reversed, but people make few mistakes. Each of them is made on purpose, then
//! each two of them together, until the result is the digest that was observed. The mistakes are in
//! [`mistakes`].

pub mod mistakes;

use std::collections::HashMap;
use std::fmt;

use md5::Digest as _;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::authorization::Authorization;
use crate::credential::composite_username;
use crate::digest::{Digest, DigestKind, ha1_text};
use mistakes::{Effect, MISTAKES, Mistake};

/// The inputs of a digest: one hypothesis to test.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DigestInput {
    pub username: String,
    pub domain: Option<String>,
    /// The realm between the colons.
    pub realm: String,
    /// The realm that Hash1b has after the `@`.
    pub login_realm: String,
    pub password: Zeroizing<Vec<u8>>,
    pub kind: DigestKind,
    pub formula: Formula,
    pub encoding: Encoding,
    pub algorithm: Algorithm,
    /// The method of the request; empty if there is none, because the digest itself was observed.
    pub method: String,
    pub clues: Clues,
}

/// What the formula was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    Right,
    /// Hash1b as the table of Bandwidth's guide has it, with `:` for the `@`.
    GuideColon,
    /// Without the realm between the colons, and one of the colons.
    WithoutRealm,
    PasswordAlone,
}

/// The encoding of the whole text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16 { big_endian: bool, byte_order_mark: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
}

/// What else is known, and hints at a mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Clues {
    /// The same digest was given as Hash1 and as Hash1b.
    pub repeated: bool,
    /// The username and the domain as a document spells them.
    pub spelled: Option<(String, Option<String>)>,
    /// The realm that a document names, if it is not the one that was given.
    pub filed_realm: Option<String>,
}

impl DigestInput {
    /// Creates the input of a right digest.
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
            login_realm: realm.to_owned(),
            password: Zeroizing::new(password.to_vec()),
            kind,
            formula: Formula::Right,
            encoding: Encoding::Utf8,
            algorithm: Algorithm::Md5,
            method: String::new(),
            clues: Clues::default(),
        }
    }

    /// Calls `hash` with the text to be hashed, in pieces.
    fn with_text<T>(&self, hash: impl FnOnce(&[&[u8]]) -> T) -> T {
        let composite_username = composite_username(&self.username, self.domain.as_deref());
        let login = match self.formula {
            Formula::GuideColon => format!("{composite_username}:{}", self.login_realm),
            _ => self.kind.username(&composite_username, &self.login_realm),
        };
        let whole = ha1_text(&login, &self.realm, &self.password);
        let text = match (self.formula, &whole) {
            (Formula::Right | Formula::GuideColon, whole) => &whole[..],
            (Formula::WithoutRealm, [login, _, _, colon, password]) => &[*login, *colon, *password],
            (Formula::PasswordAlone, [.., password]) => &[*password],
        };
        match self.encoding {
            Encoding::Utf8 => hash(text),
            Encoding::Utf16 { big_endian, byte_order_mark } => {
                // Only a second mistake can make the password anything but UTF-8.
                let text = Zeroizing::new(text.concat());
                let text = Zeroizing::new(String::from_utf8_lossy(&text).into_owned());
                hash(&[&utf16(&text, big_endian, byte_order_mark)])
            }
        }
    }

    /// Returns the MD5 digest.
    fn digest(&self) -> Digest {
        self.with_text(|text| Digest::md5(text.iter().copied()))
    }

    /// Returns the digest as hexadecimal digits, of any algorithm.
    fn digits(&self) -> Zeroizing<String> {
        self.with_text(|text| {
            let digits = match self.algorithm {
                Algorithm::Md5 => Digest::md5(text.iter().copied()).to_string(),
                Algorithm::Sha1 => {
                    hex::encode(text.iter().fold(Sha1::new(), Sha1::chain_update).finalize())
                }
                Algorithm::Sha256 => {
                    hex::encode(text.iter().fold(Sha256::new(), Sha256::chain_update).finalize())
                }
            };
            Zeroizing::new(digits)
        })
    }
}

/// Encodes a text as UTF-16.
fn utf16(text: &str, big_endian: bool, byte_order_mark: bool) -> Zeroizing<Vec<u8>> {
    let mark = byte_order_mark.then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    // No character needs more bytes for each byte that it has in UTF-8, and the mark needs two.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    for unit in units {
        bytes.extend(if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
    }
    bytes
}

/// A digest as somebody wrote it down, which `Debug` does not show.
///
/// It has 32 hexadecimal digits if all is well.
#[derive(Clone)]
pub struct WrittenDigest(Zeroizing<String>);

impl WrittenDigest {
    /// Takes the text as it is.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> WrittenDigest {
        WrittenDigest(text)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the digest, if the text has 32 hexadecimal digits and nothing else.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.0.parse().ok()
    }
}

impl fmt::Debug for WrittenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrittenDigest(…)")
    }
}

/// The digest or response under diagnosis.
#[derive(Clone, Copy)]
pub(crate) enum Observed<'a> {
    Digest(&'a WrittenDigest),
    Response(&'a Authorization),
}

/// What a diagnosis found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Diagnosis {
    /// It is the expected one.
    Matches,
    /// Any one of these explains it exactly. There is at least one; the likeliest is the first.
    Explained(Vec<Explanation>),
    /// No known mistake explains it, and no two of them together.
    Unexplained {
        /// The mistakes that could have been made.
        tried: Vec<&'static Mistake>,
    },
    /// It is a name, and not the one that it is checked against.
    Differs {
        /// The name.
        found: String,
        /// The name that it is checked against.
        expected: String,
    },
    /// It cannot be checked against a digest that does not have 32 hexadecimal digits.
    NotADigest,
}

/// The mistakes that together explain a digest or a response: one or two, in the order of their
/// making.
#[derive(Clone, Debug)]
pub struct Explanation(Vec<&'static Mistake>);

impl Explanation {
    pub(crate) fn new(mistakes: &[&'static Mistake]) -> Explanation {
        Explanation(mistakes.to_vec())
    }

    /// Returns the mistakes, of which there is at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[&'static Mistake] {
        &self.0
    }

    /// Returns true if both are the same mistakes, in any order.
    fn is_same_as(&self, other: &Explanation) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().all(|it| other.0.iter().any(|mistake| mistake.name == it.name))
    }
}

impl Diagnosis {
    /// Narrows the diagnoses of two digests that belong together down to the explanations that both
    /// have, if there are any.
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

/// Finds out how each of `observed` came from `input`: as it is, by one mistake, or by two.
///
/// Each hypothesis is hashed once, however many digests are compared with it.
pub(crate) fn diagnose(input: &DigestInput, observed: &[Observed<'_>]) -> Vec<Diagnosis> {
    let mut search = Search::new(observed);
    search.run(input);
    search.diagnoses(input)
}

/// How many responses pairs of mistakes are tried on, unless they explain one.
const FEW_RESPONSES: usize = 8;

/// The state of a diagnosis.
struct Search<'a> {
    observed: &'a [Observed<'a>],
    by_digest: HashMap<Digest, Vec<usize>>,
    /// Responses, and digests that no MD5 digest can equal.
    others: Vec<usize>,
    /// The mistakes that each of `observed` could have been written down with.
    comparisons: Vec<Vec<&'static Mistake>>,
    /// The explanations of each of `observed`.
    found: Vec<Vec<Explanation>>,
    /// Which of `observed` have none from an earlier step.
    open: Vec<bool>,
    /// How many digests were computed.
    hashed: usize,
}

impl<'a> Search<'a> {
    fn new(observed: &'a [Observed<'a>]) -> Search<'a> {
        let mut by_digest = HashMap::<_, Vec<_>>::with_capacity(observed.len());
        let mut others = vec![];
        for (index, observed) in observed.iter().enumerate() {
            match observed {
                Observed::Digest(written) => match written.digest() {
                    Some(digest) => by_digest.entry(digest).or_default().push(index),
                    None => others.push(index),
                },
                Observed::Response(_) => others.push(index),
            }
        }
        let applies = |observed: &Observed<'_>, mistake: &Mistake| match (observed, &mistake.effect)
        {
            (Observed::Digest(written), Effect::OnDigits { applies, .. }) => {
                applies(written.as_str())
            }
            _ => false,
        };
        let comparisons =
            |it| MISTAKES.iter().filter(move |mistake| applies(it, mistake)).collect();
        Search {
            observed,
            by_digest,
            others,
            comparisons: observed.iter().map(comparisons).collect(),
            found: vec![vec![]; observed.len()],
            open: vec![true; observed.len()],
            hashed: 0,
        }
    }

    /// Tests the hypotheses, the simplest first, until everything is explained.
    fn run(&mut self, input: &DigestInput) {
        self.test(input, &[]);
        if self.is_done() {
            return;
        }
        let singles: Vec<_> = MISTAKES
            .iter()
            .flat_map(|mistake| mistake.apply(input).into_iter().map(move |it| (mistake, it)))
            .collect();
        for (mistake, once) in &singles {
            self.test(once, &[mistake]);
        }
        self.compare(input, &[]);
        if self.is_done() {
            return;
        }
        for (first, once) in &singles {
            for second in MISTAKES.iter().filter(|second| second.name != first.name) {
                for twice in second.apply(once) {
                    self.test(&twice, &[first, second]);
                }
            }
            self.compare(once, &[first]);
        }
        if self.is_done() {
            return;
        }
        for mistake in &MISTAKES {
            for rare in mistake.apply_rarely(input) {
                self.test(&rare, &[mistake]);
            }
        }
    }

    /// Closes what has an explanation; returns true if nothing is left to explain.
    fn is_done(&mut self) -> bool {
        for (open, found) in self.open.iter_mut().zip(&self.found) {
            *open &= found.is_empty();
        }
        !self.open.contains(&true)
    }

    /// Looks for what comes from `input`, which has these mistakes in it.
    fn test(&mut self, input: &DigestInput, mistakes: &[&'static Mistake]) {
        self.hashed += 1;
        if input.algorithm != Algorithm::Md5 {
            let digits = input.digits();
            for index in 0..self.others.len() {
                let index = self.others[index];
                if matches!(self.observed[index], Observed::Digest(it) if it.0.eq_ignore_ascii_case(&digits))
                {
                    self.add(index, mistakes);
                }
            }
            return;
        }
        let digest = input.digest();
        for index in self.by_digest.get(&digest).cloned().unwrap_or_default() {
            self.add(index, mistakes);
        }
        let mut tested = 0;
        let mut explains = false;
        for at in 0..self.others.len() {
            let index = self.others[at];
            let Observed::Response(response) = self.observed[index] else { continue };
            // The many requests of a client usually fail for the same reason. What explains none of
            // the first is not tried on the others, which keeps a long trace from taking long.
            let is_tested = explains || tested < FEW_RESPONSES || mistakes.len() < 2;
            if self.open[index] && is_tested {
                tested += 1;
                if response.is_from(&digest, &input.method) {
                    explains = true;
                    self.add(index, mistakes);
                }
            }
        }
    }

    /// Compares the digits of `input`, which has these mistakes in it, with what was written down.
    fn compare(&mut self, input: &DigestInput, mistakes: &[&'static Mistake]) {
        let digits = input.digits();
        for index in 0..self.observed.len() {
            let Observed::Digest(written) = self.observed[index] else { continue };
            for at in 0..self.comparisons[index].len() {
                let mistake = self.comparisons[index][at];
                let Effect::OnDigits { explains, .. } = mistake.effect else { continue };
                if self.open[index] && explains(written.as_str(), &digits) {
                    self.add(index, &[mistakes, &[mistake]].concat());
                }
            }
        }
    }

    fn add(&mut self, index: usize, mistakes: &[&'static Mistake]) {
        let explanation = Explanation::new(mistakes);
        let found = &mut self.found[index];
        if self.open[index] && !found.iter().any(|it| it.is_same_as(&explanation)) {
            found.push(explanation);
        }
    }

    fn diagnoses(self, input: &DigestInput) -> Vec<Diagnosis> {
        let applicable = |observed: &Observed<'_>| {
            MISTAKES.iter().filter(|it| it.could_explain(observed, input)).collect()
        };
        let diagnosis = |(found, observed): (Vec<Explanation>, _)| match &found[..] {
            [] => Diagnosis::Unexplained { tried: applicable(observed) },
            [explanation, ..] if explanation.mistakes().is_empty() => Diagnosis::Matches,
            _ => Diagnosis::Explained(found),
        };
        self.found.into_iter().zip(self.observed).map(diagnosis).collect()
    }
}
