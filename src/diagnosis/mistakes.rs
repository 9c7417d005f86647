//! The known mistakes in making digests and responses. A new one is a row of [`MISTAKES`], a case in
//! the tests of this module, and a row in the guide's table of mistakes; tests fail without these.

use std::fmt;
use std::iter;
use std::str;

use unicode_normalization::UnicodeNormalization as _;

use Effect::{Digits, Hashing, Naming, Password, Realm, Response, Template, Text, Whole};

use super::DigestInput;
use super::digits::{
    MAX_LEN, MIN_DIGITS, is_damaged, is_hexadecimal, is_other_notation, lacks_zeros,
};
use super::hypothesis::{Hash, Hypothesis, Part};
use super::realms::{PARENT, RealmName};
use super::transforms::{
    self, CODE_PAGES, CONSOLES, Passwords, UTF_16, WINDOWS_1252, around, in_other_case, passwords,
};
use crate::name::Name;
use crate::sip::{Authorization, METHODS};

/// A known mistake.
pub struct Mistake {
    /// The name, which is stable, for scripts.
    pub name: &'static str,
    /// What happened.
    pub problem: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    /// The command or flag of `bwsip` that helps, to be appended to the remedy; empty if there is none.
    pub hint: &'static str,
    pub(super) effect: Effect,
}

/// What a mistake changes, and the ways in which it does, the likelier ones first.
pub(super) enum Effect {
    /// The password.
    Password(fn(&[u8]) -> Passwords<'_>),
    /// The password, if it is UTF-8.
    Text(fn(&str) -> Passwords<'_>),
    /// The username and the domain.
    Naming(fn(&Name, &DigestInput) -> Vec<Name>),
    /// The realm.
    Realm(fn(&str, &DigestInput) -> Vec<String>),
    /// How these are joined.
    Template(fn(&str) -> Vec<String>),
    /// How the text is hashed.
    Hashing(fn(&Hypothesis<'_>) -> Vec<Hash>),
    /// What is hashed after H(A1) in a response.
    Response(fn(&Authorization, &DigestInput) -> Vec<String>),
    /// Several of these.
    Whole(for<'a> fn(&Hypothesis<'a>) -> Vec<Hypothesis<'a>>),
    /// How the digits of a digest are written down.
    Digits {
        /// Returns true if the mistake is possible in the text of a digest.
        applies: fn(&str) -> bool,
        /// Called with the text of a digest and the right digits. Returns true if the mistake explains
        /// the text.
        explains: fn(&str, &[u8]) -> bool,
    },
}

impl Effect {
    /// Returns the part that the effect changes without regard to other parts.
    fn part(&self) -> Option<Part> {
        match self {
            Password(_) | Text(_) => Some(Part::Password),
            Naming(_) => Some(Part::Name),
            Realm(_) => Some(Part::Realm),
            Template(_) => Some(Part::Template),
            Hashing(_) => Some(Part::Hash),
            Response(_) => Some(Part::Tail),
            Whole(_) | Digits { .. } => None,
        }
    }

    /// Returns the part that `other` changes if the order of the two makes no difference.
    pub fn independent_part(&self, other: &Effect) -> Option<Part> {
        other.part().filter(|part| self.part().is_some_and(|other| other != *part))
    }
}

impl Mistake {
    /// Returns the mistake with this name, which must be in [`MISTAKES`].
    pub(crate) fn named(name: &str) -> &'static Mistake {
        MISTAKES
            .iter()
            .find(|mistake| mistake.name == name)
            .expect("it is only called with names of the table")
    }

    /// Returns the inputs with the mistake applied, in at most `limit` different ways; empty if it does
    /// not apply.
    pub(super) fn apply<'a>(&self, right: &Hypothesis<'a>, limit: usize) -> Vec<Hypothesis<'a>> {
        let text = str::from_utf8(&right.password).ok();
        let changed: Box<dyn Iterator<Item = Hypothesis<'a>>> = match self.effect {
            Password(change) => Box::new(change(&right.password).map(|it| right.with_password(it))),
            Text(change) => {
                Box::new(text.into_iter().flat_map(change).map(|it| right.with_password(it)))
            }
            Naming(change) => {
                Box::new(change(&right.name, right.input).into_iter().map(|it| right.with_name(it)))
            }
            Realm(change) => {
                let realms = change(&right.realms.between_colons, right.input).into_iter();
                Box::new(realms.flat_map(|realm| right.with_realm(&realm)))
            }
            Template(change) => {
                let templates = change(&right.template).into_iter();
                Box::new(templates.map(|it| Hypothesis { template: it.into(), ..right.clone() }))
            }
            Hashing(change) => {
                Box::new(change(right).into_iter().map(|hash| Hypothesis { hash, ..right.clone() }))
            }
            Response(change) => {
                let tails = right.response.map(|response| change(response, right.input));
                let tails = tails.into_iter().flatten();
                Box::new(tails.map(|it| Hypothesis { tail: it.into(), ..right.clone() }))
            }
            Whole(change) => Box::new(change(right).into_iter()),
            Digits { .. } => Box::new(iter::empty()),
        };
        let mut different = vec![];
        for changed in changed.filter(|changed| changed != right) {
            // Without a limit, the search for what is alike would take longer than trying it twice.
            if limit == usize::MAX || !different.contains(&changed) {
                different.push(changed);
            }
            if different.len() == limit {
                break;
            }
        }
        different
    }

    /// Returns what happened, with the place where a password was cut short.
    pub(super) fn problem(&self, from: &Hypothesis<'_>, to: &Hypothesis<'_>) -> String {
        match (str::from_utf8(&from.password), str::from_utf8(&to.password)) {
            (Ok(whole), Ok(kept)) if self.name == "password-cut-short" => {
                let next = whole[kept.len()..].chars().next().filter(|c| !c.is_alphanumeric());
                let next = next.map_or(String::new(), |c| format!(", before {c:?}"));
                format!("{} (after {} characters{next})", self.problem, kept.chars().count())
            }
            _ => self.problem.to_owned(),
        }
    }

    const fn with_hint(mut self, hint: &'static str) -> Mistake {
        self.hint = hint;
        self
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({:?})", self.name)
    }
}

/// Makes a row of the table: the name, the problem, the remedy and the effect.
const fn row(
    name: &'static str,
    problem: &'static str,
    remedy: &'static str,
    effect: Effect,
) -> Mistake {
    Mistake { name, problem, remedy, hint: "", effect }
}

const BY_HASH: &str = ", with bwsip hash";
const USE_UTF_8: &str = "make every program on the way use UTF-8, or a password of ASCII alone";
const USE_IT_PLAIN: &str = "use the password as it is";
const USE_A_FILE: &str = "put the password into single quotes, or into a file";
const HASH_ALL: &str = "hash username, realm and password together";

/// The known mistakes. If two have the same result, the likelier one comes first.
pub static MISTAKES: [Mistake; 60] = [
    row(
        "repeated",
        "the same digest was given as Hash1 and as Hash1b",
        "compute both again",
        Whole(|right| other_kind(right, right.input.clues.repeated)),
    )
    .with_hint(BY_HASH),
    row(
        "swapped",
        "this is the other digest, or made from it: Hash1 and Hash1b are swapped",
        "use Hash1 for a client that logs in with its name alone, Hash1b for one that adds @ \
         and the realm",
        Whole(|right| other_kind(right, !right.input.clues.repeated)),
    ),
    row(
        "guide-colon",
        "it was made with a colon in place of the @, as in the table of Bandwidth's guide; \
         clients that log in with @ and the realm after the username are refused, others are \
         not",
        "compute it again",
        Template(|template| vec![template.replace("@L", ":L")]),
    )
    .with_hint(BY_HASH),
    row(
        "guide-spaces",
        "there were spaces around the colons, as Bandwidth's guide prints them",
        "compute it again, without the spaces",
        Template(|template| {
            let joints = [(" : ", " @ "), (": ", "@ "), (" :", " @")].into_iter();
            joints
                .flat_map(|(colon, at)| {
                    let colons = template.replace(':', colon);
                    [colons.replace('@', at), colons]
                })
                .collect()
        }),
    )
    .with_hint(BY_HASH),
    row(
        "guide-braces",
        "the braces of the placeholders in Bandwidth's guide were left in",
        "compute it again, without the braces",
        Template(in_braces),
    )
    .with_hint(BY_HASH),
    row(
        "password-latin1",
        "the password was encoded as Latin-1 (ISO 8859-1), Windows-1252, or a console's code \
         page 437 or 850, not as UTF-8",
        USE_UTF_8,
        Text(|text| {
            // If the bytes are UTF-8, it is the password given here that was encoded twice.
            let western =
                [None, Some(b'?')].into_iter().filter_map(|lost| WINDOWS_1252.encode(text, lost));
            let encoded = western.chain(CONSOLES.iter().filter_map(|page| page.encode(text, None)));
            passwords(encoded.filter(|bytes| str::from_utf8(bytes).is_err()))
        }),
    ),
    row(
        "password-utf8",
        "the password was encoded as UTF-8, and the one given here is not",
        USE_UTF_8,
        Password(|password| {
            let pages = CODE_PAGES.iter().filter(|_| str::from_utf8(password).is_err());
            passwords(pages.map(|page| page.decode(password)))
        }),
    ),
    row(
        "password-utf8-twice",
        "the password was UTF-8 that was taken for another encoding and encoded as UTF-8 again",
        USE_UTF_8,
        Text(|text| passwords(CODE_PAGES.iter().map(|page| page.decode(text.as_bytes())))),
    ),
    row(
        "password-utf16",
        "the password was encoded as UTF-16, not as UTF-8",
        "save it as UTF-8",
        Text(|text| {
            passwords(
                UTF_16
                    .into_iter()
                    .map(|(big_endian, mark)| transforms::utf16(text, big_endian, mark)),
            )
        }),
    ),
    row(
        "text-utf16",
        "the whole text was encoded as UTF-16, as PowerShell does, not as UTF-8",
        "hash the text as UTF-8",
        Hashing(|right| {
            let is_text = str::from_utf8(&right.password).is_ok();
            let encodings = UTF_16.into_iter().filter(|_| is_text);
            encodings.map(|(big_endian, mark)| Hash::Md5OfUtf16(big_endian, mark)).collect()
        }),
    ),
    row(
        "password-typographic",
        "the password had typographic quotes, dashes or spaces in place of plain ones, or the \
         other way round",
        "type it again on both sides, with plain characters",
        Text(transforms::typographic),
    ),
    row(
        "password-normalization",
        "the password had letters that are composed or decomposed here (Unicode's NFC and \
         NFD), or other widths",
        "enter it again on both sides, or use a password of ASCII alone",
        Text(|text| {
            let compatible = [text.nfkc().collect(), text.nfkd().collect()];
            let forms: [String; 2] = [text.nfc().collect(), text.nfd().collect()];
            passwords(forms.into_iter().chain(compatible))
        }),
    ),
    row(
        "password-given-utf8-twice",
        "the password given here looks like UTF-8 that was taken for Latin-1 or a code page \
         and encoded again",
        USE_UTF_8,
        Text(|text| {
            let encoded = CODE_PAGES.iter().filter_map(|page| page.encode(text, None));
            passwords(encoded.filter(|bytes| str::from_utf8(bytes).is_ok()))
        }),
    ),
    row(
        "password-given-utf16",
        "it was made with UTF-8, and the password given here is UTF-16, as PowerShell writes it",
        "save the password as UTF-8",
        Password(|password| passwords(transforms::from_utf16(password))),
    ),
    row(
        "password-lacked-quotes",
        "the password was hashed without the quotes that it has around it here",
        "find out whether they belong to the password, and leave them out if not",
        Password(|password| {
            passwords(QUOTES.iter().filter_map(|quotes| {
                let (opening, closing) = quotes.split_once('_')?;
                password.strip_prefix(opening.as_bytes())?.strip_suffix(closing.as_bytes())
            }))
        }),
    ),
    row(
        "password-lacked-white-space",
        "the password was hashed without the whitespace or line ending that it begins or ends \
         with here",
        "find out whether it belongs to the password, and leave it out if not",
        Password(|password| {
            let text = str::from_utf8(password).ok().map(|text| text.trim().as_bytes());
            let trims = [<[u8]>::trim_ascii, <[u8]>::trim_ascii_start, <[u8]>::trim_ascii_end];
            passwords(trims.into_iter().map(|trim| trim(password)).chain(text))
        }),
    ),
    row(
        "password-lacked-byte-order-mark",
        "the password was hashed without the byte order mark that it begins with here",
        "save the password without a byte order mark",
        Password(|password| passwords(password.strip_prefix(BYTE_ORDER_MARK.as_bytes()))),
    ),
    row(
        "password-quotes",
        "the password had quotes around it",
        "have the shell remove the quotes, or leave them out of the file or variable",
        Password(|password| around(password, &QUOTES)),
    ),
    row(
        "password-white-space",
        "the password had whitespace before or after it",
        "leave the whitespace out",
        Password(|password| {
            const AROUND: [&str; 9] =
                [" _", "_ ", " _ ", "  _", "_  ", "\t_", "_\t", "\u{A0}_", "_\u{A0}"];
            around(password, &AROUND)
        }),
    ),
    row(
        "password-line-end",
        "the password had a line ending after it, as echo adds one",
        "use printf '%s' or echo -n",
        Password(|password| around(password, &["_\n", "_\r\n", "_\r", "_\n\n"])),
    )
    .with_hint(", or --password-stdin, which drops it"),
    row(
        "password-byte-order-mark",
        "the password had a byte order mark before it",
        "save the password without a byte order mark",
        Password(|password| around(password, &["\u{FEFF}_"])),
    ),
    row(
        "text-around",
        "more than the text was hashed: the quotes around it, as echo of cmd.exe prints them, \
         an option of echo (-n), as sh of macOS prints it, or Python's b'…' for bytes",
        "hash the text alone",
        Template(|template| {
            const AROUND: [&str; 14] = [
                "\"_\"",
                "\"_\"\r\n",
                "\"_\" \r\n",
                "\"_\"\n",
                "'_'",
                "'_'\r\n",
                "'_' \r\n",
                "'_'\n",
                "-n _\n",
                "-n _",
                "-e _\n",
                "-ne _\n",
                "b'_'",
                "b\"_\"",
            ];
            let password = ["b'P'", "b\"P\""].map(|bytes| template.replace('P', bytes));
            AROUND.iter().map(|around| around.replace('_', template)).chain(password).collect()
        }),
    )
    .with_hint(BY_HASH),
    row(
        "password-missing",
        "no password was hashed, or nothing at all: it was empty",
        "find out why the variable, file, column or command that it comes from is empty",
        Template(|template| {
            let missing = ["P", ":P"].map(|password| template.replace(password, ""));
            missing.into_iter().chain(["", "\n", "\r\n"].map(str::to_owned)).collect()
        }),
    ),
    row(
        "password-digest",
        "a digest was used as the password, and hashed again",
        "use the password itself, or store the digest where a digest is expected",
        Whole(with_digest_as_password),
    ),
    row(
        "password-not-hashed",
        "what is given here as the password was used as the digest: it was not hashed",
        "if it is the plain password, hash it; if it is a digest, give the plain password here",
        Whole(not_hashed),
    ),
    row(
        "password-case",
        "the password was in other letter case: its first letter, which phones capitalize, or \
         all, as by caps lock",
        "use the password exactly as it is",
        Text(transforms::in_swapped_case),
    ),
    row(
        "password-invisible",
        "the password had an invisible character, such as a zero-width space, or lacked one \
         that it has here",
        "type it again instead of pasting it",
        Text(transforms::invisible),
    ),
    row(
        "password-question-marks",
        "the password had ?, U+FFFD or nothing in place of its characters outside of ASCII",
        USE_UTF_8,
        Text(transforms::in_ascii),
    ),
    row(
        "password-number",
        "the password was taken for a number: it lost or gained a zero at its beginning, or .0 \
         at its end",
        "mark it as text where it is read, with quotes around it",
        Text(transforms::as_number),
    ),
    row(
        "password-percent-encoded",
        "the password was percent-encoded, as in a URL",
        USE_IT_PLAIN,
        Password(transforms::percent_encoded),
    ),
    row(
        "password-html-escaped",
        "the password was escaped as in HTML, XML or JSON",
        USE_IT_PLAIN,
        Text(transforms::html_escaped),
    ),
    row(
        "password-base64",
        "the password was encoded as base64",
        USE_IT_PLAIN,
        Password(|password| passwords([transforms::to_base64(password)])),
    ),
    row(
        "password-given-escaped",
        "the password given here is percent-encoded, base64, or escaped as in HTML, XML or \
         JSON, and it was made with the plain one",
        "give the password as it is",
        Password(transforms::all_unescaped),
    ),
    row(
        "password-variables",
        "a $ in the password was taken for a variable by a shell, which left out what followed",
        USE_A_FILE,
        Text(|text| passwords([transforms::without_variables(text)])),
    ),
    row(
        "password-special",
        "a special character of the password was changed: ! (perhaps with a backslash), a quote or a \
         backtick by a shell, % or ^ by cmd.exe, % or \\ by printf, $ by make or docker compose, & by sed",
        USE_A_FILE,
        Text(transforms::specials_changed),
    ),
    row(
        "password-backslashes",
        "the password had other backslashes than here: lost, added or doubled, as in a shell \
         or in source code",
        USE_A_FILE,
        Text(transforms::backslashes),
    ),
    row(
        "password-cut-short",
        "only the beginning of the password was hashed: it was cut short, as at a # in a \
         configuration file, at an & or ; in a shell, or at a maximum length",
        "put it into quotes where it is read, or use a shorter one of letters and digits",
        Text(transforms::beginnings),
    ),
    row(
        "password-alone",
        "nothing but the password was hashed",
        HASH_ALL,
        Template(|_| vec!["P".to_owned()]),
    )
    .with_hint(BY_HASH),
    row(
        "username-case",
        "the username or its domain was in other letter case",
        "use it exactly as the client sends it",
        Naming(|name, input| {
            let usernames = in_other_case(&name.username);
            let domains = name.domain.iter().flat_map(|domain| in_other_case(domain)).map(Some);
            let both = usernames.clone().into_iter().zip(domains.clone());
            let domains = domains.map(|domain| (name.username.clone(), domain));
            let names = usernames.map(|username| (username, name.domain.clone())).into_iter();
            let names = names.chain(domains).chain(both).chain(input.clues.document_name.clone());
            names.map(|(username, domain)| Name { username, domain }).collect()
        }),
    ),
    row(
        "username-uri",
        "the username had sip: before it",
        "use the name alone",
        Naming(|name, _| {
            let username = |scheme| format!("{scheme}{}", name.username);
            ["sip:", "sips:"].map(|scheme| with_username(name, &username(scheme))).to_vec()
        }),
    ),
    row(
        "username-plus",
        "the username had a + or the country code 1 at its beginning, or lacked it",
        "use it exactly as the client sends it",
        Naming(|name, _| {
            let added = ["+", "+1", "1"].map(|before| format!("{before}{}", name.username));
            let lost = ["+1", "+", "1"].into_iter().filter_map(|it| name.username.strip_prefix(it));
            lost.chain(added.iter().map(|it| &**it)).map(|it| with_username(name, it)).collect()
        }),
    ),
    row(
        "domain-left-out",
        "the domain was left out",
        "hash the composite username, which has the domain",
        Naming(|name, _| {
            let composite_username = name.composite_username();
            let username = match &name.domain {
                Some(_) => Some(&*name.username),
                None => composite_username.split_once('@').map(|(username, _)| username),
            };
            username.map(|username| Name::new(username, None)).into_iter().collect()
        }),
    )
    .with_hint(", with --domain"),
    row(
        "domain-added",
        "a domain was added to a username that has none, or that has it already",
        "leave the domain out if the credential has none, and write it once if it has one",
        Naming(|name, input| match &name.domain {
            Some(domain) => vec![with_username(name, &format!("{}@{domain}", name.username))],
            // It can be any domain, but a parent of the realm is likely.
            None => {
                let parents = input.realm.match_indices('.').map(|(at, _)| &input.realm[at + 1..]);
                let parents = parents.filter(|parent| parent.contains('.'));
                parents.map(|parent| Name::new(&name.username, Some(parent))).collect()
            }
        }),
    ),
    row(
        "realm-as-domain",
        "the realm was used in place of the domain",
        "use a domain only if the credential has one",
        Naming(|name, input| vec![Name::new(&name.username, Some(&input.realm))]),
    ),
    row(
        "domain-as-realm",
        "the domain was used in place of the realm",
        "use the realm in the server's challenge",
        Realm(|_, input| input.domain.iter().cloned().collect()),
    ),
    row(
        "domain-realm-swapped",
        "the domain and the realm were in each other's place",
        "use the realm in the server's challenge, and the domain after the username",
        Whole(domain_realm_swapped),
    ),
    row(
        "realm-short",
        "the realm was its short name, not its full host name",
        "use the full host name, such as vapi-3efeaa.auth.bandwidth.com",
        Realm(|realm, _| RealmName::parse(realm).short()),
    ),
    row(
        "realm-shape",
        "the realm had a hyphen where its host name has a dot, or the other way round",
        "copy the full host name from the server's challenge or from Bandwidth's list of realms",
        Realm(|realm, _| RealmName::parse(realm).in_both_shapes()),
    ),
    row(
        "guide-realm",
        "the realm was an example or a placeholder of Bandwidth's guides",
        "use the realm's own full host name",
        Realm(|realm, _| RealmName::parse(realm).as_in_guides()),
    ),
    row(
        "realm-given-short",
        "the realm given here is a short name, and it was made with the full host name that \
         ends in .auth.bandwidth.com",
        "use the full host name",
        Realm(|realm, input| {
            // An earlier mistake may have shortened or lengthened the realm.
            let is_short = !realm.contains('.') && !input.realm.contains('.') && !realm.is_empty();
            is_short.then(|| format!("{realm}.{PARENT}")).into_iter().collect()
        }),
    ),
    row(
        "realm-of-document",
        "it was made for the realm that the document names, not for the one given here",
        "find out which realm the client is challenged for",
        Realm(|_, input| input.clues.document_realm.iter().cloned().collect()),
    ),
    row(
        "realm-missing",
        "the realm was missing",
        HASH_ALL,
        Template(|template| {
            let both = template.replace(['L', 'R'], "");
            let one = ["L", "R", "R:"].map(|realm| template.replace(realm, ""));
            iter::once(both).chain(one).collect()
        }),
    )
    .with_hint(BY_HASH),
    row(
        "realm-case",
        "the realm was in other letter case",
        "use it exactly as the server's challenge has it",
        Realm(|realm, _| RealmName::parse(realm).in_other_cases()),
    ),
    row(
        "realm-port",
        "the realm had a port after it",
        "use the host name alone",
        Realm(|realm, _| {
            let ports = (5060..=5070).chain([5006, 5080, 443, 80, 8080]).chain(5000..=5100);
            ports.map(|port: u16| format!("{realm}:{port}")).collect()
        }),
    ),
    row(
        "realm-uri",
        "the realm had sip: or https:// before it, or a slash, whitespace or a dot around it",
        "use the host name alone",
        Realm(|realm, _| {
            const BEFORE: [&str; 7] =
                ["sip:_", "sips:_", "https://_", "https://_/", "http://_", "http://_/", " _"];
            const AFTER: [&str; 7] = ["_/", "_ ", " _ ", "_\t", "_\n", "_\r\n", "_."];
            BEFORE.iter().chain(&AFTER).map(|around| around.replace('_', realm)).collect()
        }),
    ),
    row(
        "algorithm",
        "it was made with SHA-1 or SHA-256, not with MD5",
        "compute it again",
        Hashing(|right| match right.response {
            None => vec![Hash::Sha1, Hash::Sha256],
            // H(A1) of a response is always of its own algorithm.
            Some(_) => vec![],
        }),
    )
    .with_hint(BY_HASH),
    row(
        "method",
        "the response was made for a request of another method",
        "give the challenged request's method: an ACK repeats its INVITE's response",
        Response(|response, _| METHODS.iter().map(|method| response.after_ha1(method)).collect()),
    ),
    row(
        "notation",
        "it is the right digest in another notation: with separators between its bytes, or as \
         base64",
        "write it as 32 hexadecimal digits",
        Digits {
            applies: |written| written.len() <= MAX_LEN && !is_hexadecimal(written.as_bytes()),
            explains: is_other_notation,
        },
    ),
    row(
        "lost-zeros",
        "it is the right digest without its leading zeros, or without those of its bytes",
        "write all 32 digits, two for each byte",
        Digits {
            applies: |written| {
                (16..32).contains(&written.len()) && is_hexadecimal(written.as_bytes())
            },
            explains: lacks_zeros,
        },
    ),
    row(
        "digits",
        "it is the right digest, except that it is cut short, has one digit wrong, missing or \
         too many, or has other characters around it",
        "copy the whole digest",
        Digits {
            applies: |written| (MIN_DIGITS..=MAX_LEN).contains(&written.len()),
            explains: is_damaged,
        },
    ),
];

/// What stands around a password, which is written as `_`.
const QUOTES: [&str; 5] = ["\"_\"", "'_'", "`_`", "“_”", "‘_’"];

const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// Returns the other digest.
fn other_kind<'a>(right: &Hypothesis<'a>, applies: bool) -> Vec<Hypothesis<'a>> {
    let template = match right.template.contains("@L") {
        true => right.template.replace("@L", ""),
        false => right.template.replace('U', "U@L"),
    };
    let other = applies.then(|| Hypothesis { template: template.into(), ..right.clone() });
    other.into_iter().collect()
}

/// Puts braces around some of the parts.
fn in_braces(template: &str) -> Vec<String> {
    let mut templates = vec![template.to_owned()];
    for part in ["P", "U", "R", "L"] {
        let braced = format!("{{{part}}}");
        templates.extend(templates.clone().iter().map(|template| template.replace(part, &braced)));
    }
    templates
}

fn with_username(name: &Name, username: &str) -> Name {
    Name::new(username, name.domain.as_deref())
}

/// Puts a digest in the place of the password: Hash1, Hash1b, or one of the password alone.
fn with_digest_as_password<'a>(right: &Hypothesis<'a>) -> Vec<Hypothesis<'a>> {
    let digests = [
        ("U:R:P", Hash::Md5),
        ("U@L:R:P", Hash::Md5),
        ("P", Hash::Md5),
        ("P", Hash::Sha1),
        ("P", Hash::Sha256),
    ];
    let digests = digests.into_iter().flat_map(|(template, hash)| {
        let digits = Hypothesis { template: template.into(), hash, ..right.clone() }.written();
        [digits.to_vec(), digits.to_ascii_uppercase()]
    });
    digests.map(|digits| right.with_password(digits)).collect()
}

fn not_hashed<'a>(right: &Hypothesis<'a>) -> Vec<Hypothesis<'a>> {
    vec![Hypothesis { template: "P".into(), hash: Hash::None, ..right.clone() }]
}

fn domain_realm_swapped<'a>(right: &Hypothesis<'a>) -> Vec<Hypothesis<'a>> {
    let composite_username = right.name.composite_username();
    let swapped = composite_username.split_once('@').and_then(|(username, domain)| {
        let name = Name::new(username, Some(&right.realms.between_colons));
        right.with_name(name).with_realm(domain).into_iter().next()
    });
    swapped.into_iter().collect()
}

#[cfg(test)]
pub(super) mod tests;
