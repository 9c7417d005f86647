//! The known mistakes in making digests. A new mistake is a row of [`MISTAKES`], and a row in the
//! README's table of mistakes.

use std::fmt;
use std::rc::Rc;
use std::str;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::{Algorithm, DigestInput, Encoding, Formula};
use crate::digest::DigestKind;
use crate::name::composite_username;
use crate::password::is_utf16;
use crate::sip::METHODS;

/// A known mistake.
pub struct Mistake {
    /// The name, which is stable, for scripts.
    pub name: &'static str,
    /// What happened.
    pub problem: &'static str,
    /// What to do instead.
    pub remedy: &'static str,
    pub(super) effect: Effect,
}

/// What a mistake changes.
pub(super) enum Effect {
    /// The inputs of a digest. Returns inputs with the mistake applied; empty if it does not apply.
    OnInput(Change),
    /// How the digits of a digest are written down.
    OnDigits {
        /// Returns true if the mistake is possible in the text of a digest.
        applies: fn(&str) -> bool,
        /// Called with the text of a digest and the right digits. Returns true if the mistake
        /// explains the text.
        explains: fn(&str, &str) -> bool,
    },
}

type Change = fn(&DigestInput) -> Inputs<'_>;
type Inputs<'a> = Box<dyn Iterator<Item = DigestInput> + 'a>;

impl Mistake {
    /// Returns the mistake with this name, which must be in [`MISTAKES`].
    pub(crate) fn named(name: &str) -> &'static Mistake {
        MISTAKES
            .iter()
            .find(|mistake| mistake.name == name)
            .expect("it is only called with names of the table")
    }

    /// Returns `input` with the mistake applied, in each of its ways; empty if it does not apply.
    pub(super) fn apply(&self, input: &DigestInput) -> Vec<DigestInput> {
        let Effect::OnInput(change) = self.effect else { return vec![] };
        let mut inputs = vec![];
        for changed in change(input) {
            if changed != *input && !inputs.contains(&changed) {
                inputs.push(changed);
            }
        }
        inputs
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({:?})", self.name)
    }
}

/// The known mistakes. If two have the same result, the likelier one comes first.
pub static MISTAKES: [Mistake; 50] = [
    Mistake {
        name: "repeated",
        problem: "the same digest was given as Hash1 and as Hash1b",
        remedy: "compute both again",
        effect: Effect::OnInput(|input| {
            let applies = input.clues.repeated && input.formula == Formula::Correct;
            one(applies.then(|| input.with(|it| it.kind = input.kind.other())))
        }),
    },
    Mistake {
        name: "swapped",
        problem: "it is the other of the two digests, or made from it: Hash1 and Hash1b are swapped",
        remedy: "use Hash1 for a client that logs in with its name alone, Hash1b for one that adds @ \
                 and the realm",
        effect: Effect::OnInput(|input| {
            let applies = !input.clues.repeated && input.formula == Formula::Correct;
            one(applies.then(|| input.with(|it| it.kind = input.kind.other())))
        }),
    },
    Mistake {
        name: "guide-colon",
        problem: "it was made with a colon in place of the @, as in the table of Bandwidth's guide; \
                  clients that log in with @ and the realm after the username are refused, others are \
                  not",
        remedy: "compute it again",
        effect: Effect::OnInput(|input| {
            let applies = input.kind == DigestKind::Hash1b && input.formula == Formula::Correct;
            one(applies.then(|| input.with(|it| it.formula = Formula::GuideColon)))
        }),
    },
    Mistake {
        name: "guide-spaces",
        problem: "there were spaces around the colons, as Bandwidth's guide prints them",
        remedy: "compute it again, without the spaces",
        effect: Effect::OnInput(|input| {
            let spaces = [(" ", " "), ("", " "), (" ", "")];
            Box::new(spaces.into_iter().flat_map(|(before, after)| spaced(input, before, after)))
        }),
    },
    Mistake {
        name: "guide-braces",
        problem: "the braces of the placeholders in Bandwidth's guide were left in",
        remedy: "compute it again, without the braces",
        effect: Effect::OnInput(|input| {
            let realms = [(false, false)].into_iter().chain(input.realm_places().iter().copied());
            let parts = realms.flat_map(|realm| {
                [(false, false), (false, true), (true, false), (true, true)]
                    .map(|(username, password)| (username, realm, password))
            });
            Box::new(
                parts
                    .map(|(username, realm, password)| in_braces(input, username, realm, password)),
            )
        }),
    },
    Mistake {
        name: "password-latin1",
        problem: "the password was encoded as Latin-1 (ISO 8859-1, or Windows-1252), not as UTF-8",
        remedy: "make both sides use UTF-8, or a password of ASCII alone",
        effect: Effect::OnInput(|input| {
            // If the bytes are UTF-8, it is the password given here that was encoded twice.
            let password = input.text_password().and_then(windows_1252);
            input.with_passwords(password.filter(|it| str::from_utf8(it).is_err()))
        }),
    },
    Mistake {
        name: "password-utf8",
        problem: "the password was encoded as UTF-8, and the one given here is not",
        remedy: "make both sides use UTF-8, or a password of ASCII alone",
        effect: Effect::OnInput(|input| {
            let password = input.text_password().is_none().then(|| from_latin1(&input.password));
            input.with_passwords(password)
        }),
    },
    Mistake {
        name: "password-utf8-twice",
        problem: "the password was UTF-8 that was taken for Latin-1 and encoded as UTF-8 again",
        remedy: "make every program on the way use UTF-8, or a password of ASCII alone",
        effect: Effect::OnInput(|input| {
            let password = input.text_password().filter(|it| !it.is_ascii());
            input.with_passwords(password.into_iter().flat_map(|password| {
                let latin1 = password.bytes().map(char::from).collect::<String>();
                [from_latin1(password.as_bytes()), latin1.into_bytes()]
            }))
        }),
    },
    Mistake {
        name: "password-utf16",
        problem: "the password was encoded as UTF-16, not as UTF-8",
        remedy: "save it as UTF-8",
        effect: Effect::OnInput(|input| {
            let password = input.text_password();
            input.with_passwords(password.into_iter().flat_map(|password| {
                UTF_16.map(|(big_endian, mark)| super::utf16(password, big_endian, mark).to_vec())
            }))
        }),
    },
    Mistake {
        name: "text-utf16",
        problem: "the whole text was encoded as UTF-16, as PowerShell does, not as UTF-8",
        remedy: "hash the text as UTF-8",
        effect: Effect::OnInput(|input| {
            let applies = input.encoding == Encoding::Utf8 && input.text_password().is_some();
            let encodings = UTF_16.map(|(big_endian, byte_order_mark)| Encoding::Utf16 {
                big_endian,
                byte_order_mark,
            });
            let encodings = encodings.into_iter().filter(move |_| applies);
            Box::new(encodings.map(|encoding| input.with(|it| it.encoding = encoding)))
        }),
    },
    Mistake {
        name: "password-normalization",
        problem: "the password had its accented letters composed where they are decomposed here, or \
                  the other way round (Unicode's NFC and NFD)",
        remedy: "enter it again on both sides, or use a password of ASCII alone",
        effect: Effect::OnInput(|input| {
            let password = input.text_password();
            let forms = password.map(|it| [it.nfc().collect(), it.nfd().collect()]);
            input.with_passwords(forms.into_iter().flatten().map(String::into_bytes))
        }),
    },
    Mistake {
        name: "password-given-utf8-twice",
        problem: "it was made with another encoding of the password: the one given here looks like \
                  UTF-8 that was taken for Latin-1 and encoded as UTF-8 again",
        remedy: "make every program on the way use UTF-8, or a password of ASCII alone",
        effect: Effect::OnInput(|input| {
            let text = input.text_password().filter(|it| !it.is_ascii());
            let encodings = text.into_iter().flat_map(|it| [windows_1252(it), latin1(it)]);
            input.with_passwords(encodings.flatten().filter(|it| str::from_utf8(it).is_ok()))
        }),
    },
    Mistake {
        name: "password-given-utf16",
        problem: "it was made with UTF-8, and the password given here is UTF-16, as PowerShell \
                  writes it",
        remedy: "save the password as UTF-8",
        effect: Effect::OnInput(|input| input.with_passwords(from_utf16(&input.password))),
    },
    Mistake {
        name: "password-lacked-quotes",
        problem: "the password lacked the quotes that it has around it here",
        remedy: "find out whether they belong to the password, and leave them out if not",
        effect: Effect::OnInput(|input| {
            let inner = QUOTES.iter().filter_map(|(opening, closing)| {
                let rest = input.password.strip_prefix(opening.as_bytes())?;
                rest.strip_suffix(closing.as_bytes())
            });
            input.with_passwords(inner.map(<[u8]>::to_vec))
        }),
    },
    Mistake {
        name: "password-lacked-white-space",
        problem: "the password lacked the whitespace or line ending that it has at its beginning or \
                  end here",
        remedy: "find out whether it belongs to the password, and leave it out if not",
        effect: Effect::OnInput(|input| {
            let password = &input.password;
            let trimmed =
                [password.trim_ascii(), password.trim_ascii_start(), password.trim_ascii_end()];
            let text = input.text_password().map(|it| it.trim().as_bytes());
            input.with_passwords(trimmed.into_iter().chain(text).map(<[u8]>::to_vec))
        }),
    },
    Mistake {
        name: "password-lacked-byte-order-mark",
        problem: "the password lacked the byte order mark that it begins with here",
        remedy: "save the password without a byte order mark",
        effect: Effect::OnInput(|input| {
            let password = input.password.strip_prefix(BYTE_ORDER_MARK.as_bytes());
            input.with_passwords(password.map(<[u8]>::to_vec))
        }),
    },
    Mistake {
        name: "password-quotes",
        problem: "the password had quotes around it",
        remedy: "have the shell remove the quotes, or leave them out of the file or variable",
        effect: Effect::OnInput(|input| input.around_password(&QUOTES)),
    },
    Mistake {
        name: "password-white-space",
        problem: "the password had whitespace before or after it",
        remedy: "leave the whitespace out",
        effect: Effect::OnInput(|input| {
            input.around_password(&[
                (" ", ""),
                ("", " "),
                (" ", " "),
                ("  ", ""),
                ("", "  "),
                ("\t", ""),
                ("", "\t"),
                ("\u{A0}", ""),
                ("", "\u{A0}"),
            ])
        }),
    },
    Mistake {
        name: "password-line-end",
        problem: "the password had a line ending after it, as echo adds one",
        remedy: "use printf '%s' or echo -n",
        effect: Effect::OnInput(|input| {
            input.around_password(&[("", "\n"), ("", "\r\n"), ("", "\r"), ("", "\n\n")])
        }),
    },
    Mistake {
        name: "password-byte-order-mark",
        problem: "the password had a byte order mark before it",
        remedy: "save the password without a byte order mark",
        effect: Effect::OnInput(|input| input.around_password(&[(BYTE_ORDER_MARK, "")])),
    },
    Mistake {
        name: "password-case",
        problem: "the password was in other letter case: its first letter, which phones capitalize, \
                  or all of it, as by caps lock",
        remedy: "use the password exactly as it is",
        effect: Effect::OnInput(|input| {
            input.with_texts(|password| {
                let swap = |c: char| -> String {
                    if c.is_lowercase() {
                        c.to_uppercase().collect()
                    } else {
                        c.to_lowercase().collect()
                    }
                };
                let mut rest = password.chars();
                let first = rest.next().into_iter().map(swap).chain([rest.as_str().to_owned()]);
                let all = password.chars().map(swap).collect();
                vec![first.collect(), password.to_lowercase(), password.to_uppercase(), all]
            })
        }),
    },
    Mistake {
        name: "password-percent-encoded",
        problem: "the password was percent-encoded, as in a URL",
        remedy: "use the password as it is",
        effect: Effect::OnInput(|input| input.with_passwords((PERCENT.escape)(&input.password))),
    },
    Mistake {
        name: "password-html-escaped",
        problem: "the password was escaped as in HTML or XML",
        remedy: "use the password as it is",
        effect: Effect::OnInput(|input| input.with_passwords((HTML.escape)(&input.password))),
    },
    Mistake {
        name: "password-base64",
        problem: "the password was encoded as base64",
        remedy: "use the password as it is",
        effect: Effect::OnInput(|input| input.with_passwords((BASE64.escape)(&input.password))),
    },
    Mistake {
        name: "password-given-escaped",
        problem: "the password given here is percent-encoded, escaped as in HTML or XML, or encoded as \
                  base64, and it was made with the plain one",
        remedy: "give the password as it is",
        effect: Effect::OnInput(|input| {
            let escapings = [PERCENT, HTML, BASE64].into_iter();
            input.with_passwords(escapings.flat_map(|it| (it.unescape)(&input.password)))
        }),
    },
    Mistake {
        name: "password-backslashes",
        problem: "the password had other backslashes than here: lost, added or doubled, as in a shell \
                  or in the source code of a program",
        remedy: "put the password into single quotes, or into a file",
        effect: Effect::OnInput(|input| {
            input.with_texts(|password| {
                const SHELL: &str = "\\$`\"";
                // The backslash is the first in each, so that those that are added stay single.
                let added = ["\\", "\\\"", "\\'\"", SHELL].map(|special| {
                    let escape = |text: String, c| text.replace(c, &format!("\\{c}"));
                    special.chars().fold(password.to_owned(), escape)
                });
                let lost = [
                    unescaped(password, |_| true),
                    unescaped(password, |c| SHELL.contains(c)),
                    password.replace('\\', ""),
                ];
                [lost.to_vec(), added.to_vec()].concat()
            })
        }),
    },
    Mistake {
        name: "password-variables",
        problem: "a $ in the password was taken for a variable by a shell, which left out what \
                  followed",
        remedy: "put the password into single quotes, or into a file",
        effect: Effect::OnInput(|input| input.with_texts(|it| vec![without_variables(it)])),
    },
    Mistake {
        name: "password-alone",
        problem: "nothing but the password was hashed",
        remedy: "hash username, realm and password together",
        effect: Effect::OnInput(|input| {
            let applies = input.formula == Formula::Correct;
            one(applies.then(|| input.with(|it| it.formula = Formula::PasswordAlone)))
        }),
    },
    Mistake {
        name: "username-case",
        problem: "the username or its domain was in other letter case",
        remedy: "use it exactly as the client sends it",
        effect: Effect::OnInput(|input| {
            let DigestInput { username, domain, clues, .. } = input;
            let usernames = in_other_case(username);
            let domains = domain.iter().flat_map(|domain| in_other_case(domain)).map(Some);
            let both = usernames.clone().into_iter().zip(domains.clone());
            let names = usernames.into_iter().map(|it| (it, domain.clone()));
            let names = names.chain(domains.map(|it| (username.clone(), it))).chain(both);
            input.with_names(names.chain(clues.document_name.clone()))
        }),
    },
    Mistake {
        name: "username-uri",
        problem: "the username had sip: before it",
        remedy: "use the name alone",
        effect: Effect::OnInput(|input| {
            let usernames = ["sip:", "sips:"].map(|scheme| format!("{scheme}{}", input.username));
            input.with_names(usernames.map(|it| (it, input.domain.clone())))
        }),
    },
    Mistake {
        name: "username-plus",
        problem: "the username had a + at its beginning, or lacked one",
        remedy: "use it exactly as the client sends it",
        effect: Effect::OnInput(|input| {
            let username = match input.username.strip_prefix('+') {
                Some(rest) => rest.to_owned(),
                None => format!("+{}", input.username),
            };
            input.with_names([(username, input.domain.clone())])
        }),
    },
    Mistake {
        name: "domain-left-out",
        problem: "the domain was left out",
        remedy: "hash the composite username, which has the domain",
        effect: Effect::OnInput(|input| {
            let name = match (&input.domain, input.username.split_once('@')) {
                (Some(_), _) => Some(input.username.as_str()),
                (None, Some((name, _))) => Some(name),
                (None, None) => None,
            };
            input.with_names(name.map(|name| (name.to_owned(), None)))
        }),
    },
    Mistake {
        name: "domain-added",
        problem: "a domain was added to a username that has none, or that has it already",
        remedy: "leave the domain out if the credential has none, and write it once if it has one",
        effect: Effect::OnInput(|input| match &input.domain {
            Some(domain) => {
                let username = format!("{}@{domain}", input.username);
                input.with_names([(username, Some(domain.clone()))])
            }
            // It can be any domain, but a parent of the realm is likely.
            None => {
                let parents = input.realm.match_indices('.').map(|(at, _)| &input.realm[at + 1..]);
                let domains = parents.filter(|parent| parent.contains('.'));
                input.with_names(domains.map(|it| (input.username.clone(), Some(it.to_owned()))))
            }
        }),
    },
    Mistake {
        name: "realm-as-domain",
        problem: "the realm was used in place of the domain",
        remedy: "use a domain only if the credential has one",
        effect: Effect::OnInput(|input| {
            input.with_names([(input.username.clone(), Some(input.realm.clone()))])
        }),
    },
    Mistake {
        name: "domain-as-realm",
        problem: "the domain was used in place of the realm",
        remedy: "use the realm in the server's challenge",
        effect: Effect::OnInput(|input| input.with_realms(input.domain.clone())),
    },
    Mistake {
        name: "domain-realm-swapped",
        problem: "the domain and the realm were in each other's place",
        remedy: "use the realm in the server's challenge, and the domain after the username",
        effect: Effect::OnInput(|input| {
            let name = composite_username(&input.username, input.domain.as_deref());
            let swapped = name.split_once('@').map(|(username, domain)| {
                input.with(|it| {
                    username.clone_into(&mut it.username);
                    it.domain = Some(input.realm.clone());
                    domain.clone_into(&mut it.realm);
                    domain.clone_into(&mut it.login_realm);
                })
            });
            one(swapped)
        }),
    },
    Mistake {
        name: "realm-short",
        problem: "the realm was its short name, not its full host name",
        remedy: "use the full host name, such as vapi-3efeaa.auth.bandwidth.com",
        effect: Effect::OnInput(|input| {
            let RealmName { name, suffix, parent } = RealmName::parse(&input.realm);
            let first = (!parent.is_empty()).then(|| name.to_owned());
            let others = suffix.into_iter().flat_map(move |suffix| {
                let joined = ["-", "."].map(|joint| format!("{name}{joint}{suffix}"));
                joined.into_iter().chain([format!("{name}.{parent}")])
            });
            input.with_realms(first.into_iter().chain(others))
        }),
    },
    Mistake {
        name: "realm-shape",
        problem: "the realm had a hyphen where its host name has a dot, or the other way round",
        remedy: "copy the full host name from the server's challenge or from Bandwidth's list of \
                 realms",
        effect: Effect::OnInput(|input| {
            let RealmName { name, suffix, parent } = RealmName::parse(&input.realm);
            let realms = suffix.into_iter().flat_map(move |suffix| {
                ["-", "."].map(|joint| format!("{name}{joint}{suffix}.{parent}"))
            });
            input.with_realms(realms)
        }),
    },
    Mistake {
        name: "guide-realm",
        problem: "the realm was an example or a placeholder of Bandwidth's guides",
        remedy: "use the realm's own full host name",
        effect: Effect::OnInput(|input| {
            const NAME: &str = "realmname";
            const SUFFIX: &str = "<randomAccountHex>";
            const BARE_SUFFIX: &str = "randomAccountHex";
            let RealmName { name, suffix, parent } = RealmName::parse(&input.realm);
            let suffix = suffix.unwrap_or(SUFFIX);
            let realms = [
                format!("custxx.{parent}"),
                format!("{NAME}.{parent}"),
                format!("{NAME}.{suffix}.{parent}"),
                format!("{NAME}-{suffix}.{parent}"),
                format!("{name}.{SUFFIX}.{parent}"),
                format!("{name}-{SUFFIX}.{parent}"),
                format!("{NAME}.{SUFFIX}.{parent}"),
                format!("<{NAME}>.{SUFFIX}.{parent}"),
                format!("{name}.{BARE_SUFFIX}.{parent}"),
                format!("{name}-{BARE_SUFFIX}.{parent}"),
                format!("{NAME}.{BARE_SUFFIX}.{parent}"),
                format!("{SUFFIX}.{parent}"),
                SUFFIX.to_owned(),
                "custxx".to_owned(),
                NAME.to_owned(),
            ];
            // A realm can have such a name, which is then its own short name.
            input.with_realms(realms.into_iter().filter(move |realm| realm != name))
        }),
    },
    Mistake {
        name: "realm-given-short",
        problem: "the realm given here is a short name, and it was made with the full host name that \
                  ends in .auth.bandwidth.com",
        remedy: "use the full host name",
        effect: Effect::OnInput(|input| {
            // An earlier mistake may have shortened or lengthened the realm.
            let applies = input.is_short_realm && !input.realm.contains('.');
            input.with_realms(applies.then(|| format!("{}.{PARENT}", input.realm)))
        }),
    },
    Mistake {
        name: "realm-of-document",
        problem: "it was made for the realm that the document names, not for the one given here",
        remedy: "find out which realm the client is challenged for",
        effect: Effect::OnInput(|input| input.with_realms(input.clues.document_realm.clone())),
    },
    Mistake {
        name: "realm-missing",
        problem: "the realm was missing",
        remedy: "hash username, realm and password together",
        effect: Effect::OnInput(|input| {
            let applies = input.formula == Formula::Correct;
            let without = input.with(|it| it.formula = Formula::WithoutRealm);
            Box::new(input.with_realms([String::new()]).chain(applies.then_some(without)))
        }),
    },
    Mistake {
        name: "realm-case",
        problem: "the realm was in other letter case",
        remedy: "use it exactly as the server's challenge has it",
        effect: Effect::OnInput(|input| {
            let RealmName { name, suffix, .. } = RealmName::parse(&input.realm);
            let (name, rest) = input.realm.split_at(name.len());
            let (suffix, parent) = rest.split_at(suffix.map_or(0, |it| it.len() + 1));
            let in_uppercase = (1..8).map(move |parts| {
                let part = |at: u8, text: &str| match parts >> at & 1 {
                    0 => text.to_owned(),
                    _ => text.to_uppercase(),
                };
                part(0, name) + &part(1, suffix) + &part(2, parent)
            });
            input.with_realms(in_other_case(&input.realm).into_iter().chain(in_uppercase))
        }),
    },
    Mistake {
        name: "realm-port",
        problem: "the realm had a port after it",
        remedy: "use the host name alone",
        effect: Effect::OnInput(|input| {
            let ports = (5000..=5100).chain([80, 443, 8080]);
            input.with_realms(ports.map(|port: u16| format!("{}:{port}", input.realm)))
        }),
    },
    Mistake {
        name: "realm-uri",
        problem: "the realm had sip: or https:// before it, or a slash, whitespace or a dot around it",
        remedy: "use the host name alone",
        effect: Effect::OnInput(|input| {
            const AROUND: [(&str, &str); 14] = [
                ("sip:", ""),
                ("sips:", ""),
                ("https://", ""),
                ("https://", "/"),
                ("http://", ""),
                ("http://", "/"),
                ("", "/"),
                (" ", ""),
                ("", " "),
                (" ", " "),
                ("", "\t"),
                ("", "\n"),
                ("", "\r\n"),
                ("", "."),
            ];
            let realms = AROUND.map(|(before, after)| format!("{before}{}{after}", input.realm));
            input.with_realms(realms)
        }),
    },
    Mistake {
        name: "algorithm",
        problem: "it was made with SHA-1 or SHA-256, not with MD5",
        remedy: "compute it again",
        effect: Effect::OnInput(|input| {
            // H(A1) of a response is always of its own algorithm.
            let applies = input.algorithm == Algorithm::Md5 && input.method.is_empty();
            let algorithms = [Algorithm::Sha1, Algorithm::Sha256];
            let algorithms = algorithms.into_iter().filter(move |_| applies);
            Box::new(algorithms.map(|algorithm| input.with(|it| it.algorithm = algorithm)))
        }),
    },
    Mistake {
        name: "method",
        problem: "the response was made for a request of another method",
        remedy: "give the method of the request that was challenged: an ACK repeats its INVITE's \
                 response",
        effect: Effect::OnInput(|input| {
            let methods = METHODS.iter().filter(|_| !input.method.is_empty());
            Box::new(methods.map(|method| input.with(|it| (*method).clone_into(&mut it.method))))
        }),
    },
    Mistake {
        name: "notation",
        problem: "it is the right digest in another notation: with separators between its bytes, or \
                  as base64",
        remedy: "write it as 32 hexadecimal digits",
        effect: Effect::OnDigits {
            applies: |written| written.len() <= MAX_WRITTEN_LEN && !is_hexadecimal(written),
            explains: |written, right| {
                other_notations(written).iter().any(|it| it.eq_ignore_ascii_case(right))
            },
        },
    },
    Mistake {
        name: "lost-zeros",
        problem: "it is the right digest without its leading zeros, or without those of its bytes",
        remedy: "write all 32 digits, two for each byte",
        effect: Effect::OnDigits {
            applies: |written| is_hexadecimal(written) && (16..32).contains(&written.len()),
            explains: |written, right| {
                let (lost, rest) = right.split_at(right.len() - written.len());
                let leading = lost.bytes().all(|digit| digit == b'0');
                leading && rest.eq_ignore_ascii_case(written)
                    || without_zeros(right).eq_ignore_ascii_case(written)
            },
        },
    },
    Mistake {
        name: "digits",
        problem: "it is the right digest, except that it is cut short, has one digit wrong, missing \
                  or too many, or has other characters around it",
        remedy: "copy the whole digest",
        effect: Effect::OnDigits {
            applies: |written| (MIN_DIGITS..=MAX_WRITTEN_LEN).contains(&written.len()),
            explains: |written, right| {
                let (written, right) = (written.as_bytes(), right.as_bytes());
                let front = count_alike(written.iter(), right.iter());
                let back = count_alike(written.iter().rev(), right.iter().rev());
                // If a digit follows the right ones, it is a wrong one.
                let is_part = |alike: usize, next: Option<&u8>| {
                    alike >= MIN_DIGITS && !next.is_some_and(u8::is_ascii_hexdigit)
                };
                is_part(front, written.get(front))
                    || is_part(back, written.iter().nth_back(back))
                    || written.windows(right.len()).any(|it| it.eq_ignore_ascii_case(right))
                    || front + back + 1 >= written.len().max(right.len())
            },
        },
    },
];

/// The minimum number of right digits by which a text is recognized as a damaged digest. It is most
/// unlikely that one of tens of thousands of digests has 16 digits in common with it by chance.
const MIN_DIGITS: usize = 16;

/// The maximum length of a text, in bytes, in which a damaged digest is looked for, because it is
/// compared at every position.
const MAX_WRITTEN_LEN: usize = 256;

const QUOTES: [(&str, &str); 5] = [("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”"), ("‘", "’")];

const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The variants of UTF-16: whether it is big-endian, and whether it has a byte order mark.
const UTF_16: [(bool, bool); 4] = [(false, true), (false, false), (true, true), (true, false)];

/// Base64 (RFC 4648 section 4). Padding is written, and may be missing where it is read.
const BASE64_ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The domain of all realms.
const PARENT: &str = "auth.bandwidth.com";

/// Returns at most one input.
fn one<'a>(input: Option<DigestInput>) -> Inputs<'a> {
    Box::new(input.into_iter())
}

impl DigestInput {
    /// Returns a copy of the input, changed by `change`.
    fn with(&self, change: impl FnOnce(&mut DigestInput)) -> DigestInput {
        let mut input = self.clone();
        change(&mut input);
        input
    }

    /// Returns a copy of the input for each of `passwords`.
    fn with_passwords<'a, P>(&'a self, passwords: P) -> Inputs<'a>
    where
        P: IntoIterator<Item = Vec<u8>, IntoIter: 'a>,
    {
        let passwords = passwords.into_iter().map(|it| Rc::new(Zeroizing::new(it)));
        Box::new(passwords.map(|password| DigestInput { password, ..self.clone() }))
    }

    /// Returns a copy of the input for each password that `change` returns; empty if the password is
    /// not UTF-8.
    fn with_texts(&self, change: impl FnOnce(&str) -> Vec<String>) -> Inputs<'_> {
        let texts = self.text_password().map(change).into_iter().flatten();
        self.with_passwords(texts.map(String::into_bytes).collect::<Vec<_>>())
    }

    /// Returns a copy of the input for each pair in `around`, with its texts before and after the
    /// password.
    fn around_password<'a>(&'a self, around: &'a [(&str, &str)]) -> Inputs<'a> {
        self.with_passwords(
            around.iter().map(|(before, after)| {
                [before.as_bytes(), &self.password, after.as_bytes()].concat()
            }),
        )
    }

    /// Returns a copy of the input for each username and domain in `names`.
    fn with_names<'a, N>(&'a self, names: N) -> Inputs<'a>
    where
        N: IntoIterator<Item = (String, Option<String>), IntoIter: 'a>,
    {
        let change = |(username, domain)| DigestInput { username, domain, ..self.clone() };
        Box::new(names.into_iter().map(change))
    }

    /// Returns a copy of the input for each of `realms`. In Hash1b, it replaces the realm in both places,
    /// and in each place alone.
    fn with_realms<'a, R>(&'a self, realms: R) -> Inputs<'a>
    where
        R: IntoIterator<Item = String, IntoIter: 'a>,
    {
        Box::new(realms.into_iter().flat_map(move |realm| {
            self.realm_places().iter().map(move |&(at_login, between_colons)| {
                let mut input = self.clone();
                if at_login {
                    input.login_realm.clone_from(&realm);
                }
                if between_colons {
                    input.realm.clone_from(&realm);
                }
                input
            })
        }))
    }

    /// Returns the places in which the realm can be another: after the `@` of Hash1b, between the
    /// colons.
    fn realm_places(&self) -> &'static [(bool, bool)] {
        match self.kind {
            DigestKind::Hash1 => &[(true, true)],
            DigestKind::Hash1b => &[(true, true), (true, false), (false, true)],
        }
    }

    /// Returns the password if it is UTF-8.
    fn text_password(&self) -> Option<&str> {
        str::from_utf8(&self.password).ok()
    }

    /// Returns the last part of the composite username: the domain or, without one, the username.
    fn end_of_name(&mut self) -> &mut String {
        self.domain.as_mut().unwrap_or(&mut self.username)
    }
}

/// Returns the input with spaces around the colons and, for Hash1b, also with spaces around the `@`.
fn spaced(input: &DigestInput, before: &str, after: &str) -> Vec<DigestInput> {
    let colons = input.with(|it| {
        if it.kind == DigestKind::Hash1b {
            it.login_realm += before;
        } else {
            *it.end_of_name() += before;
        }
        it.realm = format!("{after}{}{before}", it.realm);
        Rc::make_mut(&mut it.password).splice(..0, after.bytes());
    });
    if input.kind == DigestKind::Hash1 {
        return vec![colons];
    }
    let joint = colons.with(|it| {
        *it.end_of_name() += before;
        it.login_realm.insert_str(0, after);
    });
    vec![joint, colons]
}

/// Returns the input with braces around some of its parts.
fn in_braces(
    input: &DigestInput,
    username: bool,
    (at_login, between_colons): (bool, bool),
    password: bool,
) -> DigestInput {
    input.with(|it| {
        if username {
            it.username.insert(0, '{');
            it.end_of_name().push('}');
        }
        if between_colons {
            it.realm = format!("{{{}}}", it.realm);
        }
        if at_login {
            it.login_realm = format!("{{{}}}", it.login_realm);
        }
        if password {
            it.password = Rc::new(Zeroizing::new([b"{", &it.password[..], b"}"].concat()));
        }
    })
}

/// The parts of a realm's host name in the forms that Bandwidth uses: `vapi-3efeaa.auth.bandwidth.com`,
/// `vapi.3efeaa.auth.bandwidth.com`, or the older `custxx.auth.bandwidth.com`.
struct RealmName<'a> {
    /// The name that was chosen.
    name: &'a str,
    /// The hexadecimal suffix of the account.
    suffix: Option<&'a str>,
    /// The rest: `auth.bandwidth.com`, if it is one of Bandwidth's.
    parent: &'a str,
}

impl RealmName<'_> {
    fn parse(realm: &str) -> RealmName<'_> {
        let is_suffix = |text: &str| text.len() >= 4 && is_hexadecimal(text);
        let (label, parent) = realm.split_once('.').unwrap_or((realm, ""));
        if let Some((name, suffix)) = label.rsplit_once('-').filter(|(_, it)| is_suffix(it)) {
            return RealmName { name, suffix: Some(suffix), parent };
        }
        match parent.split_once('.').filter(|(it, _)| is_suffix(it)) {
            Some((suffix, parent)) => RealmName { name: label, suffix: Some(suffix), parent },
            None => RealmName { name: label, suffix: None, parent },
        }
    }
}

/// Returns `text` in the letter cases that people type: the first letter in uppercase and the others in
/// lowercase or unchanged, the first letter of each word in uppercase, the first word in uppercase, all
/// in uppercase, all in lowercase.
fn in_other_case(text: &str) -> [String; 6] {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        first.collect::<String>() + characters.as_str()
    };
    let lower = text.to_lowercase();
    let words = lower.split_inclusive(|c: char| !c.is_alphanumeric()).map(capital).collect();
    let (first, rest) = text.split_at(text.find(['.', '@', '-', '_']).unwrap_or(text.len()));
    let first = first.to_uppercase() + rest;
    [capital(&lower), capital(text), words, first, text.to_uppercase(), lower]
}

/// The characters of Windows-1252 for the bytes 0x80 to 0x9F, which are control characters in Latin-1.
/// Those are kept for the bytes that Windows-1252 does not define.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";

fn latin1_char(byte: u8) -> char {
    let windows = byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.chars().nth(at.into()));
    windows.unwrap_or(char::from(byte))
}

/// Encodes a text in Windows-1252; `None` if it is ASCII, or cannot be encoded.
fn windows_1252(text: &str) -> Option<Vec<u8>> {
    let byte = |c| (0..=u8::MAX).find(|byte| latin1_char(*byte) == c);
    Some(text).filter(|it| !it.is_ascii())?.chars().map(byte).collect()
}

/// Encodes a text in Latin-1 proper; `None` if it cannot be encoded.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(c).ok()).collect()
}

/// Decodes Windows-1252 and encodes the text in UTF-8.
fn from_latin1(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| latin1_char(*byte)).collect::<String>().into_bytes()
}

/// Decodes UTF-16 if `bytes` looks like it. A byte order mark is dropped.
fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_big_endian = matches!(bytes, [0xFE, 0xFF, ..] | [0, ..]);
    let unit = |bytes: &[u8]| {
        let bytes = [bytes[0], bytes[1]];
        if is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    };
    let units = is_utf16(bytes).then(|| bytes.chunks_exact(2).map(unit).collect::<Vec<_>>())?;
    let text = String::from_utf16(&units).ok()?;
    Some(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text).as_bytes().to_vec())
}

/// A way to escape a password. Programs differ in what they escape, so there are several results.
struct Escaping {
    escape: fn(&[u8]) -> Vec<Vec<u8>>,
    unescape: fn(&[u8]) -> Vec<Vec<u8>>,
}

const PERCENT: Escaping = Escaping {
    escape: |password| {
        // RFC 3986, Python's quote, JavaScript's encodeURIComponent and encodeURI, and the fields of a
        // form.
        const KEPT: [&str; 5] = ["-_.~", "-_.~/", "-_.~!*'()", "-_.~!*'();/?:@&=+$,#", "-_.*"];
        let ways = KEPT.into_iter().flat_map(|kept| {
            [(false, false), (false, true), (true, false), (true, true)]
                .map(|(form, lower)| percent_encoded(password, kept, form, lower))
        });
        ways.collect()
    },
    unescape: |password| [false, true].map(|form| percent_decoded(password, form)).to_vec(),
};

const HTML: Escaping = Escaping {
    escape: |password| {
        let Ok(text) = str::from_utf8(password) else { return vec![] };
        let [(ampersand, entities), others @ ..] = ENTITIES;
        let mut escaped = vec![text.replace(ampersand, entities[0])];
        for (plain, entities) in others.into_iter().filter(|(plain, _)| text.contains(plain)) {
            let replace = |it: &String| {
                entities.iter().map(|entity| it.replace(plain, entity)).collect::<Vec<_>>()
            };
            escaped.extend(escaped.iter().flat_map(replace).collect::<Vec<_>>());
        }
        escaped.into_iter().map(String::into_bytes).collect()
    },
    unescape: |password| {
        let Ok(text) = str::from_utf8(password) else { return vec![] };
        let entities = ENTITIES.iter().rev();
        let entities = entities.flat_map(|(plain, them)| them.iter().map(move |it| (plain, it)));
        let text = entities.fold(text.to_owned(), |text, (plain, it)| text.replace(it, plain));
        vec![text.into_bytes()]
    },
};

const BASE64: Escaping = Escaping {
    escape: |password| vec![BASE64_ENGINE.encode(password).into_bytes()],
    unescape: |password| {
        let decoded = str::from_utf8(password).ok().and_then(from_base64);
        decoded.into_iter().filter(|it| str::from_utf8(it).is_ok()).collect()
    },
};

/// The characters that are escaped in HTML and XML, with their entities. The ampersand comes first,
/// because all programs escape it, and before the others.
const ENTITIES: [(&str, &[&str]); 5] = [
    ("&", &["&amp;"]),
    ("<", &["&lt;"]),
    (">", &["&gt;"]),
    ("\"", &["&quot;", "&#34;"]),
    ("'", &["&#39;", "&#039;", "&#x27;", "&apos;"]),
];

/// Percent-encodes everything but letters, digits and `kept`. If `form`, a space becomes `+`; if
/// `lower`, the hexadecimal digits are lowercase.
fn percent_encoded(password: &[u8], kept: &str, form: bool, lower: bool) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(3 * password.len());
    for &byte in password {
        match byte {
            b' ' if form => encoded.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) => {
                encoded.push(byte);
            }
            _ if lower => encoded.extend(format!("%{byte:02x}").into_bytes()),
            _ => encoded.extend(format!("%{byte:02X}").into_bytes()),
        }
    }
    encoded
}

/// Decodes what percent-encoding encodes. If `form`, a `+` becomes a space.
fn percent_decoded(mut rest: &[u8], form: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|it| hex::decode(it).ok());
        match (escaped, first) {
            (Some(byte), _) => {
                decoded.extend(byte);
                rest = &after[2..];
            }
            (None, b'+') if form => decoded.push(b' '),
            _ => decoded.push(*first),
        }
    }
    decoded
}

/// Removes each backslash before a character that `is_escaped`.
fn unescaped(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.next_if(|next| c == '\\' && is_escaped(*next)) {
            Some(next) => unescaped.push(next),
            None => unescaped.push(c),
        }
    }
    unescaped
}

/// Removes variables, as a shell does in double quotes if they are not set.
fn without_variables(text: &str) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded += before;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        rest = match after.chars().next() {
            Some('{') if after.contains('}') => {
                after.split_once('}').expect("the guard found a closing brace").1
            }
            Some(c) if c.is_ascii_digit() || "@*!".contains(c) => &after[1..],
            Some(c) if is_name(c) => after.trim_start_matches(is_name),
            _ => {
                expanded.push('$');
                after
            }
        };
    }
    expanded + rest
}

/// Returns the number of characters that are alike at the beginning.
fn count_alike<'a>(
    one: impl Iterator<Item = &'a u8>,
    other: impl Iterator<Item = &'a u8>,
) -> usize {
    one.zip(other).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}

/// Removes the leading zero of each byte.
fn without_zeros(digits: &str) -> Zeroizing<String> {
    let bytes = digits.as_bytes().chunks(2).map(|byte| byte.strip_prefix(b"0").unwrap_or(byte));
    Zeroizing::new(bytes.flatten().copied().map(char::from).collect())
}

/// Returns the hexadecimal digits that a text may stand for: with separators between them, or in
/// base64.
fn other_notations(written: &str) -> Vec<Zeroizing<String>> {
    let is_separator = |c: char| ":-. _".contains(c) || c.is_whitespace();
    let digits = written.chars().filter(|c| !is_separator(*c)).collect();
    let bytes = from_base64(written.trim()).unwrap_or_default();
    // The base64 of the bytes of the digest, or of its digits.
    [digits, hex::encode(&bytes), String::from_utf8_lossy(&bytes).into_owned()]
        .map(Zeroizing::new)
        .to_vec()
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Decodes base64, with or without padding, in the usual alphabet or in that of URLs.
fn from_base64(encoded: &str) -> Option<Vec<u8>> {
    BASE64_ENGINE.decode(encoded.replace('-', "+").replace('_', "/")).ok()
}

#[cfg(test)]
pub(super) mod tests;
