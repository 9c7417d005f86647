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

pub mod mistakes;

use std::rc::Rc;

use md5::Digest as _;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::digest::{Digest, DigestKind, ha1_text};
use crate::name::composite_username;
use crate::sip::Authorization;
use mistakes::{Effect, MISTAKES, Mistake};

pub use crate::digest::WrittenDigest;

/// The inputs of a digest: one hypothesis to test.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DigestInput {
    pub username: String,
    pub domain: Option<String>,
    /// The realm between the two colons.
    pub realm: String,
    /// The realm after the `@` of Hash1b.
    pub login_realm: String,
    /// Shared by the hypotheses, most of which do not change it.
    pub password: Rc<Zeroizing<Vec<u8>>>,
    pub kind: DigestKind,
    pub formula: Formula,
    pub encoding: Encoding,
    pub algorithm: Algorithm,
    /// The method of the request; empty if a digest was observed, not a response.
    pub method: String,
    /// Whether the expected realm is a single label, perhaps its short name.
    pub is_short_realm: bool,
    pub clues: Clues,
}

/// The formula that joins the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    Correct,
    /// Hash1b with `:` in place of `@`, as the table of Bandwidth's guide prints it.
    GuideColon,
    /// `username:password`.
    WithoutRealm,
    PasswordAlone,
}

/// The encoding of the whole text that is hashed.
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
    /// Creates the inputs of the correct digest.
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
            password: Rc::new(Zeroizing::new(password.to_vec())),
            kind,
            formula: Formula::Correct,
            encoding: Encoding::Utf8,
            algorithm: Algorithm::Md5,
            method: String::new(),
            is_short_realm: !realm.is_empty() && !realm.contains('.'),
            clues: Clues::default(),
        }
    }

    /// Calls `hash` with the pieces of the text to be hashed.
    fn with_text<T>(&self, hash: impl FnOnce(&[&[u8]]) -> T) -> T {
        let composite_username = composite_username(&self.username, self.domain.as_deref());
        let login = match self.formula {
            Formula::GuideColon => format!("{composite_username}:{}", self.login_realm).into(),
            _ => self.kind.username(&composite_username, &self.login_realm),
        };
        let whole = ha1_text(&login, &self.realm, &self.password);
        let text = match (self.formula, &whole) {
            (Formula::Correct | Formula::GuideColon, whole) => &whole[..],
            (Formula::WithoutRealm, [login, _, _, colon, password]) => &[*login, *colon, *password],
            (Formula::PasswordAlone, [.., password]) => &[*password],
        };
        match self.encoding {
            Encoding::Utf8 => hash(text),
            Encoding::Utf16 { big_endian, byte_order_mark } => {
                // This mistake is tried only if the password is UTF-8, but a second mistake may have
                // changed that.
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

    /// Returns the digest of the input's algorithm as lowercase hexadecimal digits.
    fn hex(&self) -> Zeroizing<String> {
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
    // In UTF-16, no text takes more than twice its bytes in UTF-8. The mark takes two more.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
    for unit in units {
        bytes.extend(if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() });
    }
    bytes
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
        /// The mistakes that were tried, and each pair of them: those that are possible for these
        /// inputs.
        tried: Vec<&'static Mistake>,
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
    /// A response cannot be compared, because the digest is not 32 hexadecimal digits.
    NotADigest,
}

/// The one or two mistakes that together explain a digest or a response, in the order in which they
/// were made.
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

/// Returns whether `observed` follows from `input`, unchanged.
pub(crate) fn matches(input: &DigestInput, observed: Observed<'_>) -> bool {
    match observed {
        Observed::Digest(written) => written.digest() == Some(input.digest()),
        Observed::Response(it) => it.is_from(&input.digest(), &input.method),
    }
}

/// Diagnoses `observed`: whether it follows from `input`, unchanged or by one or two mistakes.
pub(crate) fn diagnose(input: &DigestInput, observed: Observed<'_>) -> Diagnosis {
    if matches(input, observed) {
        return Diagnosis::Matches;
    }
    let mut search = Search::new(observed);
    search.run(input);
    match search.found {
        found if found.is_empty() => {
            let is_tried = |mistake: &&Mistake| !mistake.apply(input).is_empty();
            let tried = MISTAKES.iter().filter(is_tried).chain(search.digit_mistakes).collect();
            Diagnosis::Unexplained { tried }
        }
        found => Diagnosis::Explained(found),
    }
}

/// The search for explanations.
struct Search<'a> {
    observed: Observed<'a>,
    /// The observed digest, if it is well formed.
    digest: Option<Digest>,
    /// The mistakes in its digits that are possible.
    digit_mistakes: Vec<&'static Mistake>,
    /// The explanations.
    found: Vec<Explanation>,
}

impl<'a> Search<'a> {
    fn new(observed: Observed<'a>) -> Search<'a> {
        let (digest, digit_mistakes) = match observed {
            Observed::Digest(written) => {
                let applies = |mistake: &&Mistake| match mistake.effect {
                    Effect::OnDigits { applies, .. } => applies(written.as_str()),
                    Effect::OnInput(_) => false,
                };
                (written.digest(), MISTAKES.iter().filter(applies).collect())
            }
            Observed::Response(_) => (None, vec![]),
        };
        Search { observed, digest, digit_mistakes, found: vec![] }
    }

    /// Tests each mistake and, if none explains what was observed, each pair of them.
    fn run(&mut self, input: &DigestInput) {
        let singles: Vec<_> = MISTAKES
            .iter()
            .flat_map(|mistake| mistake.apply(input).into_iter().map(move |it| (mistake, it)))
            .collect();
        for (mistake, once) in &singles {
            self.test(once, &[mistake]);
        }
        self.compare_digits(input, &[]);
        if !self.found.is_empty() {
            return;
        }
        for (first, once) in &singles {
            for second in MISTAKES.iter().filter(|second| second.name != first.name) {
                for twice in second.apply(once) {
                    self.test(&twice, &[first, second]);
                }
            }
            self.compare_digits(once, &[first]);
        }
    }

    /// Tests one hypothesis: `input`, in which `mistakes` were made.
    fn test(&mut self, input: &DigestInput, mistakes: &[&'static Mistake]) {
        let is_explained = match self.observed {
            Observed::Digest(written) if input.algorithm != Algorithm::Md5 => {
                written.as_str().eq_ignore_ascii_case(&input.hex())
            }
            Observed::Digest(_) => self.digest.as_ref().is_some_and(|it| *it == input.digest()),
            Observed::Response(it) => it.is_from(&input.digest(), &input.method),
        };
        if is_explained {
            self.add(mistakes);
        }
    }

    /// Tests whether a mistake in the digits explains the observed digest, given the digits of `input`,
    /// in which `mistakes` were made.
    fn compare_digits(&mut self, input: &DigestInput, mistakes: &[&'static Mistake]) {
        let Observed::Digest(written) = self.observed else { return };
        let digits = input.hex();
        for mistake in self.digit_mistakes.clone() {
            let Effect::OnDigits { explains, .. } = mistake.effect else { continue };
            if explains(written.as_str(), &digits) {
                self.add(&[mistakes, &[mistake]].concat());
            }
        }
    }

    fn add(&mut self, mistakes: &[&'static Mistake]) {
        let explanation = Explanation::new(mistakes);
        if !self.found.iter().any(|it| it.is_same_as(&explanation)) {
            self.found.push(explanation);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mistakes::tests::explanations;

    const REALM: &str = "vapi-3efeaa.auth.bandwidth.com";

    fn bob(kind: DigestKind, password: &str) -> DigestInput {
        DigestInput::new(kind, "bob", None, REALM, password.as_bytes())
    }

    fn written(text: &str) -> WrittenDigest {
        WrittenDigest::new(text.to_owned())
    }

    fn authorization(response: &str) -> Authorization {
        let header = format!(
            "Digest username=bob, realm=\"{REALM}\", nonce=n, uri=\"sip:x\", response={response}"
        );
        header.parse().expect("it is a header")
    }

    /// The digests are by Python's `hashlib`.
    #[test]
    fn two_mistakes_in_either_order() {
        use DigestKind::{Hash1, Hash1b};
        let cases = [
            (
                Hash1,
                "password",
                "9923c3c1b82d82cdebf5812522f4e462",
                ["password-line-end", "realm-short"],
            ),
            (
                Hash1b,
                "password",
                "fce4cbb46fea0bd086cb16a1256c2827",
                ["guide-colon", "password-line-end"],
            ),
            (
                Hash1,
                "password",
                "ce1b7a1d811e76321e133ce83542ff57",
                ["password-quotes", "password-line-end"],
            ),
            (
                Hash1,
                "password",
                "f01a9a8d5d43f48f17ff3f258215133c",
                ["password-line-end", "password-quotes"],
            ),
            (
                Hash1,
                "password",
                "fb7e1fd568d597be395c62f3bfc10830",
                ["password-white-space", "password-quotes"],
            ),
            (
                Hash1,
                "password",
                "3260f6d35939ce265cc36f5f030a2a4c",
                ["password-quotes", "password-white-space"],
            ),
            (
                Hash1,
                "password",
                "6226a86e2e5fb73ba67f774d9896c199",
                ["text-utf16", "password-line-end"],
            ),
            (
                Hash1,
                "p@ss",
                "f07cdb7f2ecdb1143f2d62a504eb7b8f",
                ["password-percent-encoded", "password-line-end"],
            ),
            (
                Hash1,
                "p@ss",
                "7c96e480e1837d9b50377856561d9627",
                ["password-line-end", "password-percent-encoded"],
            ),
            (Hash1, "password", "c5074aaf5193881d3ff6c5130f1ffea1", ["realm-port", "realm-uri"]),
            (
                Hash1,
                "password",
                "122ab5e74504e6f34a9c6be9957a62b7c8dbac023ab91fd297cc6762659afd5c",
                ["password-line-end", "algorithm"],
            ),
            (
                Hash1,
                "password",
                "54500d591b94dc5ee48063a2e351f620",
                ["password-line-end", "password-case"],
            ),
            (
                Hash1,
                "password",
                "92477dbae5ec3696bab43c1ac94f4343",
                ["password-line-end", "password-base64"],
            ),
            (
                Hash1,
                "password",
                "83884d08241032ee2667c3cf6865f781",
                ["password-base64", "password-line-end"],
            ),
            (
                Hash1,
                "p\"ss",
                "fe740b1f5b4b11b45ceebdb2db499bab",
                ["password-line-end", "password-html-escaped"],
            ),
            (
                Hash1,
                "p%40ss ",
                "7b4f45b55b320378a0ac48fdd0810c61",
                ["password-lacked-white-space", "password-given-escaped"],
            ),
            (
                Hash1,
                "p%40ss%20",
                "7b4f45b55b320378a0ac48fdd0810c61",
                ["password-given-escaped", "password-lacked-white-space"],
            ),
            (
                Hash1,
                "\"p&amp;ss\"",
                "6367b34135029382d259a167eddac41c",
                ["password-lacked-quotes", "password-given-escaped"],
            ),
            (
                Hash1,
                "%22p&ss%22",
                "6367b34135029382d259a167eddac41c",
                ["password-given-escaped", "password-lacked-quotes"],
            ),
            (
                Hash1,
                "cGFzc3dvcmQK",
                "6c199fc6d270b1e9432d39a758a7c9f4",
                ["password-given-escaped", "password-lacked-white-space"],
            ),
            (
                Hash1b,
                "password",
                "febf8d6e0a938f7c57423b9094b0f2c0",
                ["password-line-end", "realm-short"],
            ),
            (
                Hash1b,
                "password",
                "680defcc844c22ddd933b05ebe116de6",
                ["password-line-end", "realm-short"],
            ),
            (Hash1b, "password", "e04b33ae23b672a38679d79cd1e402c7", ["realm-short", "realm-case"]),
            (Hash1b, "password", "5afbec7b07ded1227648dba542ec005e", ["realm-case", "realm-short"]),
            (
                Hash1b,
                "password",
                "a4e355ac42a20a3131fb5eaf456d6cc2",
                ["guide-colon", "realm-short"],
            ),
            (Hash1, "password", "445a073d47be2227bd92099fb8b2f06b", ["swapped", "realm-short"]),
            (Hash1, "password", "9e65ba9db38e7b3f9583b15acb20b513", ["swapped", "realm-short"]),
            // The first 31 digits of the one with the line ending alone.
            (
                Hash1b,
                "password",
                "81117d77e4df2703263a3a4a4a708de",
                ["password-line-end", "digits"],
            ),
            // Its last 20 digits.
            (Hash1b, "password", "2703263a3a4a4a708de7", ["password-line-end", "digits"]),
        ];
        for (kind, password, digest, mistakes) in cases {
            let found = explanations(&bob(kind, password), digest);
            assert_eq!(found.first(), Some(&mistakes.to_vec()), "{digest}: {found:?}");
        }
    }

    /// The digests are by Python's `hashlib`.
    #[test]
    fn two_mistakes_with_a_domain() {
        let input = |kind| DigestInput::new(kind, "bob", Some("x.com"), REALM, b"password");
        for (kind, digest, mistakes) in [
            (
                DigestKind::Hash1,
                "d75bcfd06fe7bba14bd88a94718246a7",
                ["password-line-end", "domain-realm-swapped"],
            ),
            (
                DigestKind::Hash1b,
                "28d7ecddd65d82840e804c9884735694",
                ["password-line-end", "domain-realm-swapped"],
            ),
            (
                DigestKind::Hash1,
                "4fe466a573874f6065503b76226c967f",
                ["realm-short", "domain-realm-swapped"],
            ),
            (
                DigestKind::Hash1,
                "503d32bb96f062eae76b9f29aac7f76a",
                ["domain-realm-swapped", "realm-uri"],
            ),
        ] {
            let found = explanations(&input(kind), digest);
            assert_eq!(found.first(), Some(&mistakes.to_vec()), "{digest}: {found:?}");
        }
    }

    /// `swapped` and `realm-as-domain` hash the same bytes.
    #[test]
    fn every_explanation_of_a_digest_is_found() {
        let both = "d8c7cca578454dd00b0b41dbed29f1e5";
        let found = explanations(&bob(DigestKind::Hash1, "password"), both);
        assert_eq!(found, [["swapped"], ["realm-as-domain"]]);
        let with_line_end =
            explanations(&bob(DigestKind::Hash1, "password"), "81117d77e4df2703263a3a4a4a708de7");
        let expected = [["swapped", "password-line-end"], ["password-line-end", "realm-as-domain"]];
        assert_eq!(with_line_end, expected);
    }

    #[test]
    fn clues() {
        let mut input = bob(DigestKind::Hash1b, "password");
        let hash1 = "6c199fc6d270b1e9432d39a758a7c9f4";
        assert_eq!(explanations(&input, hash1), [["swapped"]]);
        input.clues.repeated = true;
        assert_eq!(explanations(&input, hash1), [["repeated"]]);
        let mut input = bob(DigestKind::Hash1, "password");
        let elsewhere = "09db277960ee7641f4c5231548bc95e0";
        assert!(explanations(&input, elsewhere).is_empty());
        input.clues.document_realm = Some("other.auth.bandwidth.com".to_owned());
        assert_eq!(explanations(&input, elsewhere), [["realm-of-document"]]);
        let mut input = DigestInput::new(DigestKind::Hash1, "BoB", None, REALM, b"password");
        input.clues.document_name = Some(("bob".to_owned(), None));
        assert_eq!(explanations(&input, hash1), [["username-case"]]);
    }

    /// The responses are by `hashlib`, to a REGISTER.
    #[test]
    fn responses() {
        let cases: [(&str, &str, &[&str]); 6] = [
            ("8dd91e63d7ffdc2544da7a1cae07ebfd", "REGISTER", &[]),
            ("8dd91e63d7ffdc2544da7a1cae07ebfd", "INVITE", &["method"]),
            ("8dd91e63d7ffdc2544da7a1cae07ebfd", "OTHER", &["method"]),
            ("17f96c3015f8dd72b617052f13cea1be", "REGISTER", &["swapped"]),
            ("81741298028478e4cd97a69be61c2887", "REGISTER", &["password-line-end"]),
            ("81741298028478e4cd97a69be61c2887", "INVITE", &["password-line-end", "method"]),
        ];
        for (response, method, mistakes) in cases {
            let authorization = authorization(response);
            let mut input = bob(DigestKind::Hash1, "password");
            method.clone_into(&mut input.method);
            let found: Vec<_> = match diagnose(&input, Observed::Response(&authorization)) {
                Diagnosis::Matches => vec![],
                Diagnosis::Explained(explanations) => {
                    explanations[0].mistakes().iter().map(|it| it.name).collect()
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(found, mistakes, "{response} {method}");
        }
    }

    #[test]
    fn diagnoses_are_narrowed_to_what_they_share() {
        let explained = |names: &[&[&str]]| {
            let mistakes = |names: &&[&str]| {
                let mistakes: Vec<_> = names.iter().map(|name| Mistake::named(name)).collect();
                Explanation::new(&mistakes)
            };
            Diagnosis::Explained(names.iter().map(mistakes).collect())
        };
        let names = |diagnosis: &Diagnosis| match diagnosis {
            Diagnosis::Explained(them) => {
                let first = |it: &Explanation| it.mistakes().iter().map(|it| it.name).collect();
                them.iter().map(first).collect::<Vec<Vec<_>>>()
            }
            _ => vec![],
        };
        let mut hash1 = explained(&[&["swapped"], &["realm-as-domain"]]);
        let mut hash1b = explained(&[&["username-case"], &["realm-as-domain"]]);
        hash1.narrow(&mut hash1b);
        assert_eq!(names(&hash1), [["realm-as-domain"]]);
        assert_eq!(names(&hash1b), [["realm-as-domain"]]);

        // The order of two mistakes makes no difference, but their number does.
        let mut hash1 = explained(&[&["swapped", "digits"], &["method"]]);
        let mut hash1b = explained(&[&["swapped"], &["digits", "swapped"]]);
        hash1.narrow(&mut hash1b);
        assert_eq!(names(&hash1), [["swapped", "digits"]]);
        assert_eq!(names(&hash1b), [["digits", "swapped"]]);

        let mut hash1 = explained(&[&["swapped"], &["realm-as-domain"]]);
        let mut hash1b = explained(&[&["guide-colon"]]);
        hash1.narrow(&mut hash1b);
        assert_eq!(names(&hash1).len(), 2);
        let mut hash1b = Diagnosis::Matches;
        hash1.narrow(&mut hash1b);
        assert_eq!(names(&hash1).len(), 2);
    }

    #[test]
    fn what_cannot_apply_was_not_tried() {
        let observed = written("00000000000000000000000000000000");
        let tried = |input: &DigestInput, observed| match diagnose(input, observed) {
            Diagnosis::Unexplained { tried } => tried.iter().map(|it| it.name).collect(),
            _ => vec![],
        };
        let names = tried(&bob(DigestKind::Hash1, "12345"), Observed::Digest(&observed));
        let expected = [
            "swapped",
            "guide-spaces",
            "guide-braces",
            "password-utf16",
            "text-utf16",
            "password-quotes",
            "password-white-space",
            "password-line-end",
            "password-byte-order-mark",
            "password-base64",
            "password-alone",
            "username-case",
            "username-uri",
            "username-plus",
            "domain-added",
            "realm-as-domain",
            "realm-short",
            "realm-shape",
            "guide-realm",
            "realm-missing",
            "realm-case",
            "realm-port",
            "realm-uri",
            "algorithm",
            "digits",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn debug_does_not_show_a_digest() {
        let shown = format!("{:?} {:?}", written("6c199fc6"), Mistake::named("swapped"));
        assert_eq!(shown, "WrittenDigest(…) Mistake(\"swapped\")");
    }
}
