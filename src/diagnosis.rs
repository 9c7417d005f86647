//! Why a digest is not the one that it should be.
//!
//! A digest can't be read back, but the mistakes that people make are few: each is made here in
//! turn, then each two of them together, until one gives the digest that is there.

use zeroize::Zeroizing;

use crate::authorization::{METHODS, Response};
use crate::{Digest, composite_username};

/// Which of a credential's digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// `Hash1`.
    Hash1,
    /// `Hash1b`.
    Hash1b,
}

impl Which {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Which::Hash1 => "Hash1",
            Which::Hash1b => "Hash1b",
        }
    }

    fn other(self) -> Which {
        match self {
            Which::Hash1 => Which::Hash1b,
            Which::Hash1b => Which::Hash1,
        }
    }
}

/// How a digest is made.
#[derive(Clone)]
pub struct Making {
    /// The username.
    pub username: String,
    /// The domain, if there is one.
    pub domain: Option<String>,
    /// The realm.
    pub realm: String,
    /// The password.
    pub password: Zeroizing<Vec<u8>>,
    /// Hash1 and Hash1b, where they are known and the password is not.
    pub digests: [Option<Digest>; 2],
    /// What is hashed.
    pub recipe: Recipe,
    /// Of a response, the method of the request; of a digest, empty.
    pub method: String,
    /// Whether the digest stands in both places, as Hash1 and as Hash1b.
    pub repeated: bool,
    /// Whether all of it was written down, and nothing else.
    pub whole: bool,
    /// The username and the domain as a document spells them, where it has them.
    pub spelled: Option<(String, Option<String>)>,
}

/// What is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// What should be.
    Right(Which),
    /// Hash1b as the table of Bandwidth's guide has it: `composite:realm:realm:password`.
    Colon,
    /// The password.
    PasswordAlone,
}

impl Making {
    /// As a digest should be made. The password is empty.
    pub fn new(username: String, domain: Option<String>, realm: String, which: Which) -> Self {
        Making {
            username,
            domain,
            realm,
            password: Zeroizing::default(),
            digests: [None, None],
            recipe: Recipe::Right(which),
            method: String::new(),
            repeated: false,
            whole: true,
            spelled: None,
        }
    }

    fn digest(&self) -> Digest {
        let known = match self.recipe {
            Recipe::Right(which) => &self.digests[which as usize],
            Recipe::Colon | Recipe::PasswordAlone => &None,
        };
        if let Some(digest) = known {
            return digest.clone();
        }
        let composite = composite_username(&self.username, self.domain.as_deref());
        let realm = &self.realm;
        let before = match self.recipe {
            Recipe::Right(Which::Hash1) => format!("{composite}:{realm}:"),
            Recipe::Right(Which::Hash1b) => format!("{composite}@{realm}:{realm}:"),
            Recipe::Colon => format!("{composite}:{realm}:{realm}:"),
            Recipe::PasswordAlone => String::new(),
        };
        let mut text = Zeroizing::new(Vec::with_capacity(before.len() + self.password.len()));
        text.extend_from_slice(before.as_bytes());
        text.extend_from_slice(&self.password);
        Digest::of(&text)
    }
}

/// What there is to be explained.
pub enum Known {
    /// A digest as somebody wrote it down, in small letters: hexadecimal digits, if all is well.
    Digest(Zeroizing<String>),
    /// A client's answer to a challenge.
    Response(Response),
}

/// The fewest digits by which a digest is taken to be the beginning of another. By chance, one of
/// some thousand digests begins like another in eight digits once in a million times.
const FEWEST_DIGITS: usize = 8;

impl Known {
    /// A digest as somebody wrote it down; letter case makes no difference.
    pub fn written(mut digest: Zeroizing<String>) -> Self {
        digest.make_ascii_lowercase();
        Known::Digest(digest)
    }

    fn is_from(&self, making: &Making) -> bool {
        let digest = making.digest();
        match self {
            Known::Response(response) => making.whole && response.is_from(&digest, &making.method),
            Known::Digest(written) => {
                let right = Zeroizing::new(digest.to_string());
                if making.whole {
                    return *written == right;
                }
                let digits = written.bytes().take_while(u8::is_ascii_hexdigit).count();
                let same = digits.min(right.len());
                let begins = same >= FEWEST_DIGITS && written[..same] == right[..same];
                *written != right && (begins || written.contains(&*right))
            }
        }
    }
}

/// Something that people do wrong.
pub struct Mistake {
    /// A word for scripts.
    pub name: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// The makings that come of it; none where it can't be made.
    changes: fn(&Making) -> Vec<Making>,
}

/// What was found out.
pub enum Finding {
    /// It is as it should be.
    Right,
    /// It is what these mistakes, one or two, make.
    Wrong(Vec<&'static Mistake>),
    /// No mistake that is known makes it.
    Unknown,
}

/// Finds how `known` comes from `making`: by itself, with one mistake, or with two. Of several
/// explanations it gives the simplest, then the one that comes first in [`MISTAKES`].
pub fn diagnose(known: &Known, making: &Making) -> Finding {
    if known.is_from(making) {
        return Finding::Right;
    }
    let made = |mistake: &Mistake, making: &Making| (mistake.changes)(making);
    for mistake in &MISTAKES {
        if made(mistake, making).iter().any(|it| known.is_from(it)) {
            return Finding::Wrong(vec![mistake]);
        }
    }
    for first in &MISTAKES {
        for once in made(first, making) {
            for second in MISTAKES.iter().filter(|second| second.name != first.name) {
                if made(second, &once).iter().any(|it| known.is_from(it)) {
                    return Finding::Wrong(vec![first, second]);
                }
            }
        }
    }
    Finding::Unknown
}

/// The mistakes that are known, the likelier first.
pub static MISTAKES: [Mistake; 22] = [
    Mistake {
        name: "repeated",
        happened: "one digest stands in both places, as Hash1 and as Hash1b",
        instead: "make both again with bwsip hash",
        changes: |making| match making.recipe {
            Recipe::Right(which) if making.repeated => {
                with_recipe(making, Recipe::Right(which.other()))
            }
            _ => vec![],
        },
    },
    Mistake {
        name: "swapped",
        happened: "it is the other of the two digests, or made from it: Hash1 and Hash1b are swapped",
        instead: "use Hash1 for a client that logs in with its name alone, Hash1b for one that adds @ \
                  and the realm",
        changes: |making| match making.recipe {
            Recipe::Right(which) if !making.repeated => {
                with_recipe(making, Recipe::Right(which.other()))
            }
            _ => vec![],
        },
    },
    Mistake {
        name: "guide-colon",
        happened: "it was made with a colon for the @, as the table in Bandwidth's guide has it; a \
                   client that logs in with @ and the realm after its name is refused, one that \
                   logs in without gets in",
        instead: "make it again with bwsip hash",
        changes: |making| match making.recipe {
            Recipe::Right(Which::Hash1b) => with_recipe(making, Recipe::Colon),
            _ => vec![],
        },
    },
    Mistake {
        name: "password-latin1",
        happened: "the password was encoded as Latin-1 (ISO 8859-1, or Windows-1252), not as UTF-8",
        instead: "make both sides use UTF-8, or a password of ASCII alone",
        changes: |making| with_passwords(making, latin1(&making.password)),
    },
    Mistake {
        name: "password-utf8",
        happened: "the password was encoded as UTF-8, and the one given here is not",
        instead: "make both sides use UTF-8, or a password of ASCII alone",
        changes: |making| match std::str::from_utf8(&making.password) {
            Ok(_) => vec![],
            Err(_) => {
                // No character of Windows-1252 is longer in UTF-8.
                let mut text = String::with_capacity(3 * making.password.len());
                text.extend(making.password.iter().map(|byte| latin1_char(*byte)));
                with_passwords(making, [text.into_bytes()])
            }
        },
    },
    Mistake {
        name: "password-lacked-quotes",
        happened: "the password lacked the quotes that it has around it here",
        instead: "find out whether they belong to the password, and leave them out if not",
        changes: |making| {
            let inner = QUOTES.iter().filter_map(|(opening, closing)| {
                let rest = making.password.strip_prefix(opening.as_bytes())?;
                rest.strip_suffix(closing.as_bytes())
            });
            with_passwords(making, inner.map(<[u8]>::to_vec))
        },
    },
    Mistake {
        name: "password-lacked-white-space",
        happened: "the password lacked the white space or line end that it has at its beginning or \
                   end here",
        instead: "find out whether it belongs to the password, and leave it out if not",
        changes: |making| {
            let password = &making.password;
            let text = std::str::from_utf8(password).unwrap_or_default().trim().as_bytes();
            let trimmed = [
                password.trim_ascii(),
                password.trim_ascii_start(),
                password.trim_ascii_end(),
                text,
            ];
            with_passwords(making, trimmed.map(<[u8]>::to_vec))
        },
    },
    Mistake {
        name: "password-quotes",
        happened: "the password had quotes around it",
        instead: "let the shell take the quotes away, or leave them out of the file or variable",
        changes: |making| around_password(making, &QUOTES),
    },
    Mistake {
        name: "password-white-space",
        happened: "the password had white space before or after it",
        instead: "paste it without, or use --password-stdin",
        changes: |making| {
            around_password(
                making,
                &[
                    (" ", ""),
                    ("", " "),
                    (" ", " "),
                    ("  ", ""),
                    ("", "  "),
                    ("\t", ""),
                    ("", "\t"),
                    ("\u{A0}", ""),
                    ("", "\u{A0}"),
                ],
            )
        },
    },
    Mistake {
        name: "password-line-end",
        happened: "the password had a line end after it, as echo adds it",
        instead: "use printf '%s' or echo -n, or --password-stdin, which drops it",
        changes: |making| {
            around_password(making, &[("", "\n"), ("", "\r\n"), ("", "\r"), ("", "\n\n")])
        },
    },
    Mistake {
        name: "password-alone",
        happened: "nothing but the password was hashed",
        instead: "hash username, realm and password together, with bwsip hash",
        changes: |making| with_recipe(making, Recipe::PasswordAlone),
    },
    Mistake {
        name: "username-case",
        happened: "the username or its domain was in other letter case",
        instead: "use it exactly as the client sends it",
        changes: |making| {
            let (username, domain) = (&making.username, &making.domain);
            let usernames = in_other_case(username);
            let domains = domain.iter().flat_map(|domain| in_other_case(domain)).map(Some);
            let both = usernames.clone().into_iter().zip(domains.clone());
            let names = usernames.into_iter().map(|it| (it, domain.clone()));
            let names = names.chain(domains.map(|it| (username.clone(), it))).chain(both);
            let names = names.chain(making.spelled.clone());
            names.map(|(username, domain)| Making { username, domain, ..making.clone() }).collect()
        },
    },
    Mistake {
        name: "domain-left-out",
        happened: "the domain was left out",
        instead: "hash the composite username, with --domain",
        changes: |making| match (&making.domain, making.username.split_once('@')) {
            (Some(_), _) => vec![Making { domain: None, ..making.clone() }],
            (None, Some((name, _))) => vec![Making { username: name.to_owned(), ..making.clone() }],
            (None, None) => vec![],
        },
    },
    Mistake {
        name: "domain-added",
        happened: "a domain was added to the username that it does not have, or has already",
        instead: "leave --domain out where the credential has no domain, and the domain out of the \
                  username where it has one",
        changes: |making| match &making.domain {
            Some(domain) => {
                let username = format!("{}@{domain}", making.username);
                vec![Making { username, ..making.clone() }]
            }
            // Which one is not known; parts of the realm are likely.
            None => {
                let parts = making.realm.match_indices('.').map(|(at, _)| &making.realm[at + 1..]);
                let domains = parts.filter(|part| part.contains('.'));
                domains.map(|it| Making { domain: Some(it.to_owned()), ..making.clone() }).collect()
            }
        },
    },
    Mistake {
        name: "realm-as-domain",
        happened: "the realm stood in the domain's place",
        instead: "give the realm with --realm, and a domain only where the credential has one",
        changes: |making| vec![Making { domain: Some(making.realm.clone()), ..making.clone() }],
    },
    Mistake {
        name: "domain-as-realm",
        happened: "the domain stood in the realm's place",
        instead: "use the realm that the server's challenge has",
        changes: |making| {
            let domain = making.domain.clone().into_iter();
            domain.map(|realm| Making { realm, ..making.clone() }).collect()
        },
    },
    Mistake {
        name: "realm-short",
        happened: "the realm was its short name, not its full host name",
        instead: "use the full host name, such as custxx.auth.bandwidth.com",
        changes: |making| {
            let short = making.realm.split_once('.').into_iter();
            short.map(|(realm, _)| Making { realm: realm.to_owned(), ..making.clone() }).collect()
        },
    },
    Mistake {
        name: "realm-case",
        happened: "the realm was in other letter case",
        instead: "use it exactly as the server's challenge has it",
        changes: |making| {
            in_other_case(&making.realm).map(|realm| Making { realm, ..making.clone() }).into()
        },
    },
    Mistake {
        name: "realm-port",
        happened: "the realm had a port after it",
        instead: "use the host name alone",
        changes: |making| around_realm(making, &PORTS.map(|port| ("", port))),
    },
    Mistake {
        name: "realm-uri",
        happened: "the realm had a sip: before it, or white space or a dot around it",
        instead: "use the host name alone",
        changes: |making| {
            around_realm(
                making,
                &[
                    ("sip:", ""),
                    ("sips:", ""),
                    (" ", ""),
                    ("", " "),
                    (" ", " "),
                    ("", "\t"),
                    ("", "\n"),
                    ("", "\r\n"),
                    ("", "."),
                ],
            )
        },
    },
    Mistake {
        name: "method",
        happened: "the response was made for a request of another method",
        instead: "give the method of the request that was challenged: an ACK repeats its INVITE's \
                  response",
        changes: |making| {
            let others = METHODS.iter().filter(|_| !making.method.is_empty());
            others.map(|it| Making { method: (*it).to_owned(), ..making.clone() }).collect()
        },
    },
    Mistake {
        name: "digits",
        happened: "it was cut short, or has something more or other in it, and is else the right one",
        instead: "copy the whole digest",
        changes: |making| vec![Making { whole: false, ..making.clone() }],
    },
];

fn with_recipe(making: &Making, recipe: Recipe) -> Vec<Making> {
    vec![Making { recipe, ..making.clone() }]
}

fn with_passwords(making: &Making, passwords: impl IntoIterator<Item = Vec<u8>>) -> Vec<Making> {
    let passwords = passwords.into_iter().map(Zeroizing::new);
    passwords.map(|password| Making { password, ..making.clone() }).collect()
}

fn around_password(making: &Making, around: &[(&str, &str)]) -> Vec<Making> {
    let add = |(before, after): &(&str, &str)| {
        [before.as_bytes(), &making.password, after.as_bytes()].concat()
    };
    with_passwords(making, around.iter().map(add))
}

fn around_realm(making: &Making, around: &[(&str, &str)]) -> Vec<Making> {
    let add = |(before, after): &(&str, &str)| {
        let realm = format!("{before}{}{after}", making.realm);
        Making { realm, ..making.clone() }
    };
    around.iter().map(add).collect()
}

/// Quotes, opening and closing.
const QUOTES: [(&str, &str); 4] = [("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”")];

/// Ports that SIP is often served on.
const PORTS: [&str; 9] =
    [":5060", ":5061", ":5006", ":5062", ":5070", ":5080", ":5090", ":5160", ":443"];

/// The cases that people type: all small, all large, the first word large, the first letter of it or
/// of each word large, before small ones or as the others are.
fn in_other_case(text: &str) -> [String; 6] {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|first| first.to_uppercase().to_string());
        first.unwrap_or_default() + characters.as_str()
    };
    let small = text.to_lowercase();
    let words = small.split_inclusive(|c: char| !c.is_alphanumeric()).map(capital);
    let (first, rest) = text.split_at(text.find(['.', '@', '-', '_']).unwrap_or(text.len()));
    let words = words.collect();
    let first = first.to_uppercase() + rest;
    [capital(&small), capital(text), words, first, text.to_uppercase(), small]
}

/// What Windows-1252 has for the bytes from 0x80, where Latin-1 has control characters. Where it has
/// nothing, those stand.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";

fn latin1_char(byte: u8) -> char {
    let windows = byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.chars().nth(at.into()));
    windows.unwrap_or(char::from(byte))
}

/// The password in Latin-1, if it is UTF-8 and can be.
fn latin1(password: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(password).ok().filter(|text| !text.is_ascii())?;
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        bytes.push((0..=u8::MAX).find(|byte| latin1_char(*byte) == c)?);
    }
    Some(bytes)
}
