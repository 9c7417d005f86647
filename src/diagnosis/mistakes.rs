//! The known mistakes in making digests and responses. A new one is a row of `EFFECTS`, a row in the
//! table of `src/guide/verify.md`, and a case in the tests of this module, which fail without them.

use std::fmt;
use std::iter;
use std::str;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use Effect::{Digits, Hashing, Naming, Password, Realm, Response, Template, Text, Whole};

use super::DigestInput;
use super::digits::{damaged, other_notation, without_zeros};
use super::hypothesis::{Hash, Hypothesis, Part};
use super::realms::{PARENT, RealmName};
use super::transforms::{
    self, CODE_PAGES, CONSOLES, LATIN_1, Passwords, UTF_16, WINDOWS_1252, around, in_other_case,
    passwords, utf16,
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
    pub(super) effect: &'static Effect,
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
    /// How the digits of a digest are written down. Called with the text of a digest and the right
    /// digits, it returns whether the mistake explains the text; `None` if it is not possible in it.
    Digits(fn(&str, &[u8]) -> Option<bool>),
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
            Whole(_) | Digits(_) => None,
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
            Digits(_) => Box::new(iter::empty()),
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
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({:?})", self.name)
    }
}

/// The known mistakes. If two have the same result, the likelier one comes first.
///
/// They are described in the guide alone, in its table of mistakes.
pub static MISTAKES: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    let guide = include_str!("../guide/verify.md");
    let describe = |(name, effect): &'static (&str, Effect)| {
        let row = guide.split_once(&format!("\n| `{name}` | "));
        let row = row.and_then(|(_, rest)| rest.split_once(" |\n")?.0.split_once(" | "));
        let (problem, remedy) = row.expect("the guide describes each mistake");
        Mistake { name, problem, remedy, effect }
    };
    EFFECTS.iter().map(describe).collect()
});

/// What each mistake does. If two have the same result, the likelier one comes first.
static EFFECTS: [(&str, Effect); 62] = [
    ("repeated", Whole(|right| other_kind(right, right.input.clues.repeated))),
    ("swapped", Whole(|right| other_kind(right, !right.input.clues.repeated))),
    ("guide-colon", Template(|template| vec![template.replace("@L", ":L")])),
    (
        "guide-spaces",
        Template(|template| {
            let colons = [" : ", ": ", " :"].map(|colon| template.replace(':', colon));
            let joint = [" @ ", "@ ", " @"].into_iter().zip(&colons);
            joint.map(|(joint, it)| it.replace('@', joint)).chain(colons.clone()).collect()
        }),
    ),
    ("guide-braces", Template(in_braces)),
    (
        "password-latin1",
        Text(|text| {
            // If the bytes are UTF-8, it is the password given here that was encoded twice.
            let lossless = WINDOWS_1252.encode(text, None);
            let lossy = [WINDOWS_1252, LATIN_1].map(|page| page.encode(text, Some(b'?')));
            let western = lossless.into_iter().chain(lossy.into_iter().flatten());
            let encoded = western.chain(CONSOLES.iter().filter_map(|page| page.encode(text, None)));
            passwords(encoded.filter(|bytes| str::from_utf8(bytes).is_err()))
        }),
    ),
    (
        "password-utf8",
        Password(|password| {
            let pages = CODE_PAGES.iter().filter(|_| str::from_utf8(password).is_err());
            passwords(pages.map(|page| page.decode(password)))
        }),
    ),
    (
        "password-utf8-twice",
        Text(|text| passwords(CODE_PAGES.iter().map(|page| page.decode(text.as_bytes())))),
    ),
    (
        "password-utf16",
        Text(|text| passwords(UTF_16.into_iter().map(|(big, mark)| utf16(text, big, mark)))),
    ),
    (
        "text-utf16",
        Hashing(|right| {
            let is_text = str::from_utf8(&right.password).is_ok();
            let encodings = UTF_16.into_iter().filter(|_| is_text);
            encodings.map(|(big_endian, mark)| Hash::Md5OfUtf16(big_endian, mark)).collect()
        }),
    ),
    ("password-typographic", Text(transforms::typographic)),
    (
        "password-normalization",
        Text(|text| {
            let canonical = [text.nfc().to_string(), text.nfd().to_string()];
            let compatible = [text.nfkc().to_string(), text.nfkd().to_string()];
            passwords(canonical.into_iter().chain(compatible))
        }),
    ),
    (
        "password-given-utf8-twice",
        Text(|text| {
            let encoded = CODE_PAGES.iter().filter_map(|page| page.encode(text, None));
            passwords(encoded.filter(|bytes| str::from_utf8(bytes).is_ok()))
        }),
    ),
    ("password-given-utf16", Password(|password| passwords(transforms::from_utf16(password)))),
    (
        "password-lacked-quotes",
        Password(|password| {
            passwords(QUOTES.iter().filter_map(|quotes| {
                let (opening, closing) = quotes.split_once('_')?;
                password.strip_prefix(opening.as_bytes())?.strip_suffix(closing.as_bytes())
            }))
        }),
    ),
    (
        "password-lacked-white-space",
        Password(|password| {
            let text = str::from_utf8(password).ok().map(|text| text.trim().as_bytes());
            let trims = [<[u8]>::trim_ascii, <[u8]>::trim_ascii_start, <[u8]>::trim_ascii_end];
            passwords(trims.into_iter().map(|trim| trim(password)).chain(text))
        }),
    ),
    (
        "password-lacked-byte-order-mark",
        Password(|password| passwords(password.strip_prefix(BYTE_ORDER_MARK.as_bytes()))),
    ),
    ("password-quotes", Password(|password| around(password, &QUOTES))),
    (
        "password-white-space",
        Password(|password| {
            const AROUND: [&str; 9] =
                [" _", "_ ", " _ ", "  _", "_  ", "\t_", "_\t", "\u{A0}_", "_\u{A0}"];
            around(password, &AROUND)
        }),
    ),
    ("password-line-end", Password(|password| around(password, &["_\n", "_\r\n", "_\r", "_\n\n"]))),
    ("password-byte-order-mark", Password(|password| around(password, &["\u{FEFF}_"]))),
    (
        "text-around",
        Template(|template| {
            const AROUND: &str = "\"_\"|\"_\"\r\n|\"_\" \r\n|\"_\"\n|'_'|'_'\r\n|'_' \r\n|'_'\n|-n _\n|-n _|-e _\n|\
                -ne _\n|b'_'|b\"_\"";
            let text = AROUND.split('|').map(|around| around.replace('_', template));
            let password = ["b'P'", "b\"P\""].map(|bytes| template.replace('P', bytes));
            text.chain(password).collect()
        }),
    ),
    (
        "password-missing",
        Template(|template| {
            let missing = [template.replace('P', ""), String::new()];
            missing.into_iter().chain(["\n", "\r\n"].map(str::to_owned)).collect()
        }),
    ),
    ("password-digest", Whole(with_digest_as_password)),
    ("password-not-hashed", Whole(not_hashed)),
    ("password-case", Text(transforms::in_swapped_case)),
    ("password-invisible", Text(transforms::invisible)),
    ("password-question-marks", Text(transforms::in_ascii)),
    ("password-number", Text(transforms::as_number)),
    ("password-percent-encoded", Password(transforms::percent_encoded)),
    ("password-html-escaped", Text(transforms::html_escaped)),
    ("password-base64", Password(|password| passwords([transforms::to_base64(password)]))),
    ("password-given-escaped", Password(transforms::all_unescaped)),
    ("password-variables", Text(|text| passwords([transforms::without_variables(text)]))),
    ("password-special", Text(transforms::specials_changed)),
    ("password-backslashes", Text(transforms::backslashes)),
    ("password-cut-short", Text(transforms::beginnings)),
    ("password-alone", Template(|_| vec!["P".to_owned()])),
    (
        "username-case",
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
    (
        "username-uri",
        Naming(|name, _| {
            let username = |scheme| format!("{scheme}{}", name.username);
            ["sip:", "sips:"].map(|scheme| with_username(name, &username(scheme))).to_vec()
        }),
    ),
    (
        "username-plus",
        Naming(|name, _| {
            let added = ["+", "+1", "1"].map(|before| format!("{before}{}", name.username));
            let lost = ["+1", "+", "1"].into_iter().filter_map(|it| name.username.strip_prefix(it));
            lost.chain(added.iter().map(|it| &**it)).map(|it| with_username(name, it)).collect()
        }),
    ),
    (
        "domain-left-out",
        Naming(|name, _| {
            let composite = name.username.split_once('@').filter(|_| name.domain.is_none());
            vec![Name::new(composite.map_or(&name.username, |(username, _)| username), None)]
        }),
    ),
    (
        "domain-added",
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
    ("realm-as-domain", Naming(|name, input| vec![Name::new(&name.username, Some(&input.realm))])),
    ("domain-as-realm", Realm(|_, input| input.domain.iter().cloned().collect())),
    ("domain-realm-swapped", Whole(domain_realm_swapped)),
    ("realm-short", Realm(|realm, _| RealmName::parse(realm).short())),
    ("realm-shape", Realm(|realm, _| RealmName::parse(realm).in_both_shapes())),
    ("guide-realm", Realm(|realm, _| RealmName::parse(realm).as_in_guides())),
    (
        "realm-given-short",
        Realm(|realm, input| {
            // An earlier mistake may have shortened or lengthened the realm.
            let is_short = !realm.contains('.') && !input.realm.contains('.') && !realm.is_empty();
            is_short.then(|| format!("{realm}.{PARENT}")).into_iter().collect()
        }),
    ),
    ("realm-of-document", Realm(|_, input| input.clues.document_realm.iter().cloned().collect())),
    (
        "realm-missing",
        Template(|template| {
            let both = template.replace(['L', 'R'], "");
            let one = ["L", "R", "R:"].map(|realm| template.replace(realm, ""));
            iter::once(both).chain(one).collect()
        }),
    ),
    ("realm-case", Realm(|realm, _| RealmName::parse(realm).in_other_cases())),
    (
        "realm-port",
        Realm(|realm, _| {
            let ports = (5060..=5070).chain([5006, 5080, 443, 80, 8080]).chain(5000..=5100);
            ports.map(|port: u16| format!("{realm}:{port}")).collect()
        }),
    ),
    (
        "realm-uri",
        Realm(|realm, _| {
            const BEFORE: [&str; 7] =
                ["sip:_", "sips:_", "https://_", "https://_/", "http://_", "http://_/", " _"];
            const AFTER: [&str; 7] = ["_/", "_ ", " _ ", "_\t", "_\n", "_\r\n", "_."];
            BEFORE.iter().chain(&AFTER).map(|around| around.replace('_', realm)).collect()
        }),
    ),
    (
        "algorithm",
        Hashing(|right| match right.response {
            None => vec![Hash::Sha1, Hash::Sha256],
            // H(A1) of a response is always of its own algorithm.
            Some(_) => vec![],
        }),
    ),
    (
        "method",
        Response(|response, _| METHODS.iter().map(|method| response.after_ha1(method)).collect()),
    ),
    (
        "response-qop",
        Response(|response, input| {
            const QOPS: [&str; 5] =
                ["auth", "auth-int", "auth,auth-int", "auth, auth-int", "auth-int,auth"];
            let a2 = format!("{}:{}", input.method, response.uri());
            // With auth-int, H(A2) has the digest of the body, too: here of an empty one.
            let with_body = format!("{a2}:d41d8cd98f00b204e9800998ecf8427e");
            let qops = iter::once(None).chain(QOPS.map(Some));
            qops.flat_map(|qop| [&a2, &with_body].map(|a2| response.after_ha1_by(qop, a2)))
                .collect()
        }),
    ),
    ("response-uri", Response(other_uris)),
    ("notation", Digits(other_notation)),
    ("lost-zeros", Digits(without_zeros)),
    ("digits", Digits(damaged)),
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

/// Returns what is hashed after H(A1) with other URIs, of the realm or as the client may have shortened
/// or lengthened the one that it sends.
fn other_uris(response: &Authorization, input: &DigestInput) -> Vec<String> {
    const ENDS: &str = "|:5060|;transport=udp|;transport=tcp|;transport=tls|:5060;transport=udp|\
        :5060;transport=tcp|:5061;transport=tls";
    let sent = response.uri();
    let address = sent.split([';', '?']).next().unwrap_or(sent);
    let host = address.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let host = host.map_or(address, |(host, _)| host);
    let starts = [sent.to_owned(), host.to_owned(), format!("sip:{}", input.realm)];
    let uris =
        starts.iter().flat_map(|start| ENDS.split('|').map(move |end| format!("{start}{end}")));
    let uris = uris.chain([format!("<{sent}>"), sent.replacen("sip:", "sips:", 1), String::new()]);
    let after_ha1 = |uri| response.after_ha1_by(response.qop(), &format!("{}:{uri}", input.method));
    input.request_uri.iter().cloned().chain(uris).map(after_ha1).collect()
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
