//! Each mistake alone. The digests are by Python's `hashlib`, of the text that stands before them.

use std::collections::BTreeSet;

use DigestKind::{Hash1, Hash1b};

use super::*;
use crate::diagnosis::{Depth, Diagnosis, Observed, WrittenDigest, diagnose};

const R: &str = "custxx.auth.bandwidth.com";
const HYPHEN: &str = "vapi-3efeaa.auth.bandwidth.com";
const DOT: &str = "vapi.3efeaa.auth.bandwidth.com";

/// A mistake, the digest that has it, the right inputs, and what was hashed instead.
type Case = (
    &'static str,
    DigestKind,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static [u8],
    &'static [u8],
    &'static str,
);

/// Returns the names of the mistakes of each explanation.
pub fn explanations(input: &DigestInput, written: &str) -> Vec<Vec<&'static str>> {
    let written = WrittenDigest::new(written.to_owned());
    let diagnoses = diagnose(input, &[Observed::Digest(&written)], Depth::Pairs);
    let [Diagnosis::Explained(explanations)] = &diagnoses[..] else { return vec![] };
    let names = explanations.iter().map(|it| it.mistakes().iter().map(|it| it.name).collect());
    names.collect()
}

#[test]
fn each_mistake_alone() {
    let mut seen = BTreeSet::new();
    for (mistake, kind, username, domain, realm, password, text, digest) in CASES {
        let input = DigestInput::new(*kind, username, *domain, realm, password);
        let found = explanations(&input, digest);
        let what = String::from_utf8_lossy(text);
        assert_eq!(found.first(), Some(&vec![*mistake]), "{mistake}: {what}: {found:?}");
        seen.insert(*mistake);
    }
    // They need more than the inputs of a digest, and have tests of their own.
    seen.extend(["repeated", "realm-filed", "method"]);
    let names = MISTAKES.iter().map(|mistake| mistake.name).collect();
    assert_eq!(seen, names);
}

#[test]
fn bytes_that_are_not_utf8_have_no_utf16() {
    let input = DigestInput::new(Hash1, "bob", None, R, b"p\xE4ss");
    assert!(Mistake::named("text-utf16").apply(&input).is_empty());
}

#[test]
fn sixteen_digits_in_a_row() {
    let values = |text: &str| sixteens(text).collect::<Vec<u64>>();
    assert!(values("0123456789abcde").is_empty());
    assert_eq!(values("x0123456789ABCDEF"), [0x0123_4567_89AB_CDEF]);
    let expected = [0x0123_4567_89AB_CDEF, 0x1234_5678_9ABC_DEF0];
    assert_eq!(values("00 0123456789abcdef0-0123"), expected);
    // Those of the digits, of the base64 of bytes, and of the base64 of digits.
    assert!(sixteens_of_written("01:23:45:67:89:ab:cd:ef").contains(&expected[0]));
    assert!(sixteens_of_written("ASNFZ4mrze8=").contains(&expected[0]));
    assert!(sixteens_of_written("MDEyMzQ1Njc4OWFiY2RlZg==").contains(&expected[0]));
}

#[test]
fn nothing_is_looked_for_in_long_texts() {
    for (character, count) in [("0", 1), (":", 2)] {
        let is_possible = |text: &str| {
            let applies = |it: &&Mistake| matches!(it.effect, Effect::OnDigits { applies, .. } if applies(text));
            (!sixteens_of_written(text).is_empty(), MISTAKES.iter().filter(applies).count())
        };
        let longest = character.repeat(MAX_WRITTEN_LEN - 32) + &"0".repeat(32);
        assert_eq!(is_possible(&longest), (true, count));
        assert_eq!(is_possible(&(longest + "0")), (false, 0));
    }
}

#[rustfmt::skip]
const CASES: &[Case] = &[
        ("swapped", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "79bb0e55551e14a2f329a282c7cf1456"),
        ("swapped", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("swapped", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "39679d2a73c2e1ea719621bc0d8fdac8"),
        ("guide-colon", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "c113e9f640626bc2df49645f051fe745"),
        ("guide-colon", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com:custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "67dc76e0aa0b15040cc4b3d8157f3dd2"),
        ("guide-spaces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest : custxx.auth.bandwidth.com : password", "414d95c634c1b7af8c0520bb9f0f9ae4"),
        ("guide-spaces", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com : custxx.auth.bandwidth.com : password", "dbc756620c17a0aa813e84aadd2759f4"),
        ("guide-spaces", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com : custxx.auth.bandwidth.com : password", "98478560a579266e3d2336bad96f93d0"),
        ("guide-spaces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest: custxx.auth.bandwidth.com: password", "99643d73dcc3f4deaa2fc2c9b6797428"),
        ("guide-spaces", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com: custxx.auth.bandwidth.com: password", "2c043d3c7f2ff8173f82ac759be076bc"),
        ("guide-spaces", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com: custxx.auth.bandwidth.com: password", "efe958abb85e313ac15b7f227dd02f14"),
        ("guide-spaces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest :custxx.auth.bandwidth.com :password", "b35d69f576f1851d58ad9bbc38865c17"),
        ("guide-spaces", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com :custxx.auth.bandwidth.com :password", "6de0253ec2d44d8d9235bc4c997e91b7"),
        ("guide-spaces", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com :custxx.auth.bandwidth.com :password", "cfea78f7307ee074b09e09fa6a291864"),
        ("guide-spaces", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com @ custxx.auth.bandwidth.com : custxx.auth.bandwidth.com : password", "0d920959b169c64fe207b09a81711685"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:{password}", "d47c3191ac9abd8d06ec7d99dd822fc3"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:{custxx.auth.bandwidth.com}:password", "5b177b1e8f42939e53aa52d41bf050a6"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:{custxx.auth.bandwidth.com}:{password}", "c9a9264b8cc5aaf55e5ec648fe219930"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"{sipauthtest}:custxx.auth.bandwidth.com:password", "91d0c25cf0df776b6ea99b1bd23ccd4c"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"{sipauthtest}:custxx.auth.bandwidth.com:{password}", "678685d19bae771aafa7fb123f3dc639"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"{sipauthtest}:{custxx.auth.bandwidth.com}:password", "48357b3237faf1f8d4d6b73f61135e4a"),
        ("guide-braces", Hash1, "sipauthtest", None, R, b"password", b"{sipauthtest}:{custxx.auth.bandwidth.com}:{password}", "42f185fe9893dcded4ef0c94fb98e0a1"),
        ("guide-braces", Hash1, "bob", Some("somewhere.com"), R, b"password", b"{bob@somewhere.com}:{custxx.auth.bandwidth.com}:{password}", "035f16aee16dc2c09593ff2a7a21abd1"),
        ("guide-braces", Hash1b, "sipauthtest", None, R, b"password", b"{sipauthtest}@{custxx.auth.bandwidth.com}:{custxx.auth.bandwidth.com}:{password}", "7036dd824fa4d4d597bffef89302560c"),
        ("guide-braces", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@{custxx.auth.bandwidth.com}:custxx.auth.bandwidth.com:password", "81970c24b7509280ae241074e4f2cb33"),
        ("guide-braces", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:{custxx.auth.bandwidth.com}:{password}", "873d6d31487faca10c97d97995097ee6"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname.3efeaa.auth.bandwidth.com:password", "b32ec4538cf814da9b9b1c96995d99bc"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname-3efeaa.auth.bandwidth.com:password", "1fbe36281486c553e3feb788efcddf82"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi.<randomAccountHex>.auth.bandwidth.com:password", "9ed3bbb1edfec4128892107f7e589ff1"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi-<randomAccountHex>.auth.bandwidth.com:password", "5180006d4ac63fc66b7d6573535c0995"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname.<randomAccountHex>.auth.bandwidth.com:password", "2e1dabb8acfd6778d47992ef123896a4"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:<realmname>.<randomAccountHex>.auth.bandwidth.com:password", "6ae4fdaaa8a7284b5d1139f5a3cca2f4"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:custxx:password", "aaa7132574e4fffebd83e9b73fe01103"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname:password", "6acbf078ed6d7084f91d627ee5c94219"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname.auth.bandwidth.com:password", "733482faedae92bec5a4e2bad0ca41de"),
        ("guide-realm", Hash1b, "sipauthtest", None, DOT, b"password", b"sipauthtest@vapi.<randomAccountHex>.auth.bandwidth.com:vapi.<randomAccountHex>.auth.bandwidth.com:password", "dec37a3f8426ec24ac3256d5e2e43677"),
        ("guide-realm", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:realmname.<randomAccountHex>.auth.bandwidth.com:password", "2e1dabb8acfd6778d47992ef123896a4"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:<randomAccountHex>:password", "98232624fb006b915ab49a99fc6e1a44"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:<randomAccountHex>.auth.bandwidth.com:password", "7e40a79ca01b755708b2be2c3a46aecf"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi.randomAccountHex.auth.bandwidth.com:password", "202359f505fae805d973f6dedf17e320"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi-randomAccountHex.auth.bandwidth.com:password", "f38d1347fbe0c0c068d612d6b7c98352"),
        ("guide-realm", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:realmname.randomAccountHex.auth.bandwidth.com:password", "4da1c45d01d8399477368a222257c5fd"),
        ("password-latin1", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssw\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:p\xE4ssw\xF6rd", "34e3ef4ebc99a834ec5def0a8ce35c28"),
        ("password-latin1", Hash1b, "sipauthtest", None, R, b"pass\xE2\x80\x99w\xC3\xB6rd\xE2\x82\xAC", b"sipauthtest@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:pass\x92w\xF6rd\x80", "b93493a9ad648a9c7b7471bbaab8f1df"),
        ("password-utf8", Hash1, "sipauthtest", None, R, b"p\xE4ssw\xF6rd", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-utf8", Hash1, "sipauthtest", None, R, b"p\x80", b"sipauthtest:custxx.auth.bandwidth.com:p\xE2\x82\xAC", "856aa04c4000a3733f14cb75054f2a68"),
        ("password-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssw\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\x83\xC2\xA4ssw\xC3\x83\xC2\xB6rd", "fca9d4cc34910282d6ed30bbab2344e4"),
        ("password-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xE2\x82\xACw", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA2\xE2\x80\x9A\xC2\xACw", "0d8978a50fd537ef47a14d0d068e8ca3"),
        ("password-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xE2\x82\xACw", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA2\xC2\x82\xC2\xACw", "1a8ac974c6b72bab3e9eaf9a8077ada5"),
        ("password-utf16", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssword", b"sipauthtest:custxx.auth.bandwidth.com:p\0\xE4\0s\0s\0w\0o\0r\0d\0", "07d01f888e0d7a3c0d91e4a49a5a0d1e"),
        ("text-utf16", Hash1, "sipauthtest", None, R, b"password", b"s\0i\0p\0a\0u\0t\0h\0t\0e\0s\0t\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0a\0s\0s\0w\0o\0r\0d\0", "95adcf4518e710a43bbcfb86db5f8bc3"),
        ("text-utf16", Hash1b, "bob", Some("somewhere.com"), R, b"p\xC3\xA4ssword", b"b\0o\0b\0@\0s\0o\0m\0e\0w\0h\0e\0r\0e\0.\0c\0o\0m\0@\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0\xE4\0s\0s\0w\0o\0r\0d\0", "1871ee1a121f107ff2ad5e9a4f177f20"),
        ("password-utf16", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssword", b"sipauthtest:custxx.auth.bandwidth.com:\xFF\xFEp\0\xE4\0s\0s\0w\0o\0r\0d\0", "c5863ba4a8173788f51922fccb0f2656"),
        ("text-utf16", Hash1, "sipauthtest", None, R, b"password", b"\xFF\xFEs\0i\0p\0a\0u\0t\0h\0t\0e\0s\0t\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0a\0s\0s\0w\0o\0r\0d\0", "01618367bae6a97499ee64553502d92d"),
        ("text-utf16", Hash1b, "bob", Some("somewhere.com"), R, b"p\xC3\xA4ssword", b"\xFF\xFEb\0o\0b\0@\0s\0o\0m\0e\0w\0h\0e\0r\0e\0.\0c\0o\0m\0@\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0\xE4\0s\0s\0w\0o\0r\0d\0", "efa9b3b5051c7cdbca39674c177401f7"),
        ("password-utf16", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssword", b"sipauthtest:custxx.auth.bandwidth.com:\0p\0\xE4\0s\0s\0w\0o\0r\0d", "5871510db1b47e004a9c901dcb55ce33"),
        ("text-utf16", Hash1, "sipauthtest", None, R, b"password", b"\0s\0i\0p\0a\0u\0t\0h\0t\0e\0s\0t\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0a\0s\0s\0w\0o\0r\0d", "46081daa2876e2fec20b19eb36a7ccd9"),
        ("text-utf16", Hash1b, "bob", Some("somewhere.com"), R, b"p\xC3\xA4ssword", b"\0b\0o\0b\0@\0s\0o\0m\0e\0w\0h\0e\0r\0e\0.\0c\0o\0m\0@\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0\xE4\0s\0s\0w\0o\0r\0d", "e9e52bf27548c647c3db21f83443b2ec"),
        ("password-utf16", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssword", b"sipauthtest:custxx.auth.bandwidth.com:\xFE\xFF\0p\0\xE4\0s\0s\0w\0o\0r\0d", "bde15137674a68eb042fadfa8ed81849"),
        ("text-utf16", Hash1, "sipauthtest", None, R, b"password", b"\xFE\xFF\0s\0i\0p\0a\0u\0t\0h\0t\0e\0s\0t\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0a\0s\0s\0w\0o\0r\0d", "ea47c122657793406ffea5e2f575c548"),
        ("text-utf16", Hash1b, "bob", Some("somewhere.com"), R, b"p\xC3\xA4ssword", b"\xFE\xFF\0b\0o\0b\0@\0s\0o\0m\0e\0w\0h\0e\0r\0e\0.\0c\0o\0m\0@\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0c\0u\0s\0t\0x\0x\0.\0a\0u\0t\0h\0.\0b\0a\0n\0d\0w\0i\0d\0t\0h\0.\0c\0o\0m\0:\0p\0\xE4\0s\0s\0w\0o\0r\0d", "4d2dd59893d3cd62407ac6ca0a7ac481"),
        ("password-normalization", Hash1, "sipauthtest", None, R, b"p\xC3\xA4ssw\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:pa\xCC\x88sswo\xCC\x88rd", "aa196134c64f842e5f85a58ceddddd19"),
        ("password-normalization", Hash1, "sipauthtest", None, R, b"pa\xCC\x88sswo\xCC\x88rd", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-given-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xC3\x83\xC2\xA4ssw\xC3\x83\xC2\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-given-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xC3\xA2\xE2\x80\x9A\xC2\xACw", b"sipauthtest:custxx.auth.bandwidth.com:p\xE2\x82\xACw", "87e2785c1ac342b8e3b84f51a5f8c100"),
        ("password-given-utf8-twice", Hash1, "sipauthtest", None, R, b"p\xC3\xA2\xC2\x82\xC2\xACw", b"sipauthtest:custxx.auth.bandwidth.com:p\xE2\x82\xACw", "87e2785c1ac342b8e3b84f51a5f8c100"),
        ("password-given-utf16", Hash1, "sipauthtest", None, R, b"\xFF\xFEp\0\xE4\0s\0s\0w\0\xF6\0r\0d\0", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-given-utf16", Hash1, "sipauthtest", None, R, b"\xFE\xFF\0p\0\xE4\0s\0s\0w\0\xF6\0r\0d", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-given-utf16", Hash1, "sipauthtest", None, R, b"p\0a\0s\0s\0w\0o\0r\0d\0", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-given-utf16", Hash1, "sipauthtest", None, R, b"\0p\0a\0s\0s\0w\0o\0r\0d", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-quotes", Hash1, "sipauthtest", None, R, b"\"password\"", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-quotes", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:\xE2\x80\x98password\xE2\x80\x99", "d6c9b9822092ff52db6410e71b152f14"),
        ("password-lacked-quotes", Hash1, "sipauthtest", None, R, b"\xE2\x80\x98password\xE2\x80\x99", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"P\xC3\xA4", b"sipauthtest:custxx.auth.bandwidth.com:P%c3%a4", "05a3337aec9110f7413ad226097f8398"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"a/b@c", b"sipauthtest:custxx.auth.bandwidth.com:a/b%40c", "50518080074b17b53ba0a18d2d06e2d7"),
        ("password-quotes", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:\"password\"", "54a838c8b519edd4c7da53924539bea2"),
        ("password-lacked-quotes", Hash1, "sipauthtest", None, R, b"'password'", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-quotes", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:'password'", "998443923e51776c969f0306e1917115"),
        ("password-lacked-quotes", Hash1, "sipauthtest", None, R, b"`password`", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-quotes", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:`password`", "6f4715d50482f57290d4fd5aafd7d86a"),
        ("password-lacked-quotes", Hash1, "sipauthtest", None, R, b"\xE2\x80\x9Cpassword\xE2\x80\x9D", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-quotes", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:\xE2\x80\x9Cpassword\xE2\x80\x9D", "10e557e035fbcdd72256b1f1dc9d15d1"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b" password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b"password ", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b" password ", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b"password\n", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b"\tpassword", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b"password\xC2\xA0", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b" password ", b"sipauthtest:custxx.auth.bandwidth.com: password", "c50e57fd59da062825d5ada167b0d5a4"),
        ("password-lacked-white-space", Hash1, "sipauthtest", None, R, b" password ", b"sipauthtest:custxx.auth.bandwidth.com:password ", "1bbff489856f08efb8e60e2e21309aa3"),
        ("password-lacked-byte-order-mark", Hash1, "sipauthtest", None, R, b"\xEF\xBB\xBFpassword", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-byte-order-mark", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:\xEF\xBB\xBFpassword", "f1f34931a6190830feef798c71772f41"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com: password", "c50e57fd59da062825d5ada167b0d5a4"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password ", "1bbff489856f08efb8e60e2e21309aa3"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com: password ", "98888e1cea985ecdfbffe35809b495b3"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:  password", "156b84a6dac7ee80824ecb0fb203f8c7"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password  ", "729269a5dcc2870a985bd93dba2597a3"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:\tpassword", "18e1d53504efc05d8470c319c672e38f"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\t", "16c851210464b4c2c9ab5eaf813dc2d2"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:\xC2\xA0password", "1bfabd4773925b52bfb7c49d5b507e6e"),
        ("password-white-space", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\xC2\xA0", "645789cd3751f49f8dcd6e6a62c598e0"),
        ("password-line-end", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\n", "271d08f2d548d05bc55552f8f5ea72b8"),
        ("password-line-end", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\r\n", "31d4dff3adcdc7277632bf857d744816"),
        ("password-line-end", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\r", "21dda95806832ee477e16f096bf20752"),
        ("password-line-end", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password\n\n", "a3dda928535de0566e597ebac4b4504a"),
        ("password-line-end", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password\n", "a72eb709bd01a0aa3f6f1418cd043ad2"),
        ("password-case", Hash1, "sipauthtest", None, R, b"Pa55W\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:pa55w\xC3\xB6rd", "f9748df797b3d02b7a271370361440dc"),
        ("password-case", Hash1, "sipauthtest", None, R, b"Pa55W\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:PA55W\xC3\x96RD", "611db73ebe0c4c1e5748666e6121355a"),
        ("password-case", Hash1, "sipauthtest", None, R, b"Pa55W\xC3\xB6rd", b"sipauthtest:custxx.auth.bandwidth.com:pA55w\xC3\x96RD", "77f5f564e22d6ae1e49264cefe8934ea"),
        ("password-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:Password", "628aad215eb2677952de982c3ffc0f2a"),
        ("password-case", Hash1, "sipauthtest", None, R, b"Password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-case", Hash1, "sipauthtest", None, R, b"paSSword", b"sipauthtest:custxx.auth.bandwidth.com:PaSSword", "fc2346534a0d447236729bf49785c7a4"),
        ("password-case", Hash1, "sipauthtest", None, R, b"PaSSword", b"sipauthtest:custxx.auth.bandwidth.com:paSSword", "70ef0a43e605dcd55aef1b3c05bfaf3f"),
        ("password-case", Hash1, "sipauthtest", None, R, b"\xC3\xA4ssword1A", b"sipauthtest:custxx.auth.bandwidth.com:\xC3\x84ssword1A", "daa2ad0e65ad5edcaf80cc5a33b81082"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"a b/\xC3\xBC&'(~", b"sipauthtest:custxx.auth.bandwidth.com:a%20b/%C3%BC&'(~", "b147b5695a56fd950fce6f0997863af1"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"a b/\xC3\xBC&'(~", b"sipauthtest:custxx.auth.bandwidth.com:a%20b%2F%C3%BC%26'(~", "eab2a80e4d4792349d07f3b903b07fcb"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"a b/\xC3\xBC&'(~", b"sipauthtest:custxx.auth.bandwidth.com:a+b%2F%C3%BC%26%27%28%7E", "86c418b0b59a1238d059713bbf754ec8"),
        ("password-percent-encoded", Hash1, "sipauthtest", None, R, b"a b/\xC3\xBC&'(~", b"sipauthtest:custxx.auth.bandwidth.com:a%20b%2F%C3%BC%26%27%28~", "952519462fad5c73876dd2ec8d477d7f"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;<b>\"'", "5bdc856562ecdff9a2e24cb64314170b"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;\"'", "c5de112937235063c4463ab574a64ea4"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&quot;'", "89256b408d82a19b3bbead49e52f385a"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&quot;&#x27;", "f3ec5648367776113574b543bbffd4d2"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&quot;&#39;", "9680260730813121956c537eb2110a82"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&quot;&#039;", "4cf700ffc75f2050e47ee5e0c5fd100a"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&quot;&apos;", "853265837715a35bbf92ec117a7a905e"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a&<b>\"'", b"sipauthtest:custxx.auth.bandwidth.com:a&amp;&lt;b&gt;&#34;&#39;", "66e53a5ee261254d17f97d5bb38bd174"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a\"b", b"sipauthtest:custxx.auth.bandwidth.com:a&#34;b", "9dd73075f88d0556faabb12dbc2a61fd"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a\"b", b"sipauthtest:custxx.auth.bandwidth.com:a&quot;b", "5eb438c34d5cf9991713e4353c1c0e7c"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a'b", b"sipauthtest:custxx.auth.bandwidth.com:a&#x27;b", "c916a769d5aca7a2bc929d24d860d4a8"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a'b", b"sipauthtest:custxx.auth.bandwidth.com:a&#39;b", "b88bc3405a30596c8346a4fa41c43c38"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a<'b", b"sipauthtest:custxx.auth.bandwidth.com:a&lt;'b", "3d5dc00aeaea5fecabe608a6a21b62a7"),
        ("password-html-escaped", Hash1, "sipauthtest", None, R, b"a\"'b", b"sipauthtest:custxx.auth.bandwidth.com:a\"&apos;b", "032cba930fe4bf7ae76caa44c17905fa"),
        ("password-base64", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:cGFzc3dvcmQ=", "7039bda9f460df16819e1d7d9039cbab"),
        ("password-base64", Hash1, "sipauthtest", None, R, b"p\xE4ss", b"sipauthtest:custxx.auth.bandwidth.com:cORzcw==", "2175ba575fe35e7caffb2150b0c49fa4"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"a%20b/%C3%BC%26%27%28~", b"sipauthtest:custxx.auth.bandwidth.com:a b/\xC3\xBC&'(~", "26667b5f24ac3c69d7717ce6b54f955d"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"a%20b%2F%C3%BC%26%27%28~", b"sipauthtest:custxx.auth.bandwidth.com:a b/\xC3\xBC&'(~", "26667b5f24ac3c69d7717ce6b54f955d"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"a+b%2F%C3%BC%26%27%28~", b"sipauthtest:custxx.auth.bandwidth.com:a b/\xC3\xBC&'(~", "26667b5f24ac3c69d7717ce6b54f955d"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"a%20b/%c3%bc%26%27%28~", b"sipauthtest:custxx.auth.bandwidth.com:a b/\xC3\xBC&'(~", "26667b5f24ac3c69d7717ce6b54f955d"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"1+1%2B%zz%", b"sipauthtest:custxx.auth.bandwidth.com:1+1+%zz%", "faf2b4526fef654b44e732a3ae9be251"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p%E4ss", b"sipauthtest:custxx.auth.bandwidth.com:p\xE4ss", "e8ab20149ac562727c96e43c63c38e6e"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p&amp;w", b"sipauthtest:custxx.auth.bandwidth.com:p&w", "9f83139f816c7640b37bc3cca0e62872"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"&lt;p&gt;", b"sipauthtest:custxx.auth.bandwidth.com:<p>", "cbc762b736e1b945450e0ea955ac2b77"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"&quot;p&quot;w", b"sipauthtest:custxx.auth.bandwidth.com:\"p\"w", "a3f2651932cb9b065b70f747ea691337"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p&apos;w", b"sipauthtest:custxx.auth.bandwidth.com:p'w", "896a66dbe0c98517fa0765cca354c24c"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p&#34;&#39;w", b"sipauthtest:custxx.auth.bandwidth.com:p\"'w", "997b1806c45fecd31826be6c319e9691"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p&#x27;&#039;w", b"sipauthtest:custxx.auth.bandwidth.com:p''w", "6834e9c3e5e2225f28f03a56a7a72597"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"p&amp;lt;w", b"sipauthtest:custxx.auth.bandwidth.com:p&lt;w", "f73e8e939333edb97d38d95d0f340335"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"cMOkc3N3w7ZyZA==", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xA4ssw\xC3\xB6rd", "92ab67a80a151022e128d4c1a244f692"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"cGFzc3dvcmQ", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab"),
        ("password-given-escaped", Hash1, "sipauthtest", None, R, b"cMO_w7_Dvz8-dw==", b"sipauthtest:custxx.auth.bandwidth.com:p\xC3\xBF\xC3\xBF\xC3\xBF?>w", "34b520b319c7326c74654c2b746c0e46"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\\b\\$c\\\\d", b"sipauthtest:custxx.auth.bandwidth.com:ab$c\\d", "259476057f016111865e7ff66788a45a"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\\b\\$c\\\\d", b"sipauthtest:custxx.auth.bandwidth.com:a\\b$c\\d", "3b05212e89cc395cd37d6f8131a4b46d"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\\b\\$c\\\\d", b"sipauthtest:custxx.auth.bandwidth.com:ab$cd", "a9033cf7470a73dd7157df6dc912f824"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\\b\\$c\\\\d", b"sipauthtest:custxx.auth.bandwidth.com:a\\\\b\\\\$c\\\\\\\\d", "d0ec9843adcbed1581056555b18453e5"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\"b'c", b"sipauthtest:custxx.auth.bandwidth.com:a\\\"b'c", "e206bbae0b98022a0807fdf745aec8a4"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\"b'c", b"sipauthtest:custxx.auth.bandwidth.com:a\\\"b\\'c", "08277b106cbbe9dc6fe513873cbbae98"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\"b$c`d", b"sipauthtest:custxx.auth.bandwidth.com:a\\\"b\\$c\\`d", "ad68390347282c4ab9c1995e3a507cb2"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\"b\\c", b"sipauthtest:custxx.auth.bandwidth.com:a\\\"b\\\\c", "e2b9fa8375af5837108cbb687c055667"),
        ("password-backslashes", Hash1, "sipauthtest", None, R, b"a\\\"b", b"sipauthtest:custxx.auth.bandwidth.com:a\"b", "f5b679917f12c59e5967973d50e8c212"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"pa$word", b"sipauthtest:custxx.auth.bandwidth.com:pa", "09fac25d6f3097555dd56894de2535ad"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"pa$word-x", b"sipauthtest:custxx.auth.bandwidth.com:pa-x", "e75bf34603e1cbcbac1dcb74a47abce8"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"pa$1x", b"sipauthtest:custxx.auth.bandwidth.com:pax", "5dbfcd3eba83f500096dc0529e37237e"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"pa${word}x", b"sipauthtest:custxx.auth.bandwidth.com:pax", "5dbfcd3eba83f500096dc0529e37237e"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"a$b$1$@c$*!", b"sipauthtest:custxx.auth.bandwidth.com:ac!", "1c449e0d7da505e43273333f63ba0207"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"5$ and $x_1.", b"sipauthtest:custxx.auth.bandwidth.com:5$ and .", "03df1cb4b148ee04679df737de51b8be"),
        ("password-variables", Hash1, "sipauthtest", None, R, b"a${b$c", b"sipauthtest:custxx.auth.bandwidth.com:a${b", "ffe2e85f1024466efdc8011b8a9db98a"),
        ("password-alone", Hash1, "sipauthtest", None, R, b"password", b"password", "5f4dcc3b5aa765d61d8327deb882cf99"),
        ("password-alone", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"password", "5f4dcc3b5aa765d61d8327deb882cf99"),
        ("username-case", Hash1, "sipauthtest", None, R, b"password", b"SIPAUTHTEST:custxx.auth.bandwidth.com:password", "363ad0ced39cf802bd52929d79d83678"),
        ("username-case", Hash1, "sipauthtest", None, R, b"password", b"Sipauthtest:custxx.auth.bandwidth.com:password", "adfd5c49d226429071c6cdb6350db1e7"),
        ("username-case", Hash1, "bobSmith", None, R, b"password", b"BobSmith:custxx.auth.bandwidth.com:password", "ecf02057ce11ef957417c093294fb068"),
        ("username-case", Hash1, "bob.smith", None, R, b"password", b"Bob.Smith:custxx.auth.bandwidth.com:password", "880a0781c4a66a71bb9e218d50a628a0"),
        ("username-case", Hash1, "bob.smith", None, R, b"password", b"BOB.smith:custxx.auth.bandwidth.com:password", "ca721b19085e221803c1abc89d90d31a"),
        ("username-case", Hash1, "BOB", None, R, b"password", b"bob:custxx.auth.bandwidth.com:password", "df9ed6194c183646ba19cd8446f5fea0"),
        ("username-case", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@Somewhere.com:custxx.auth.bandwidth.com:password", "d1d82f268ba437ef86d2b8ec222c5c27"),
        ("username-case", Hash1, "bob", Some("somewhere.com"), R, b"password", b"BOB@SOMEWHERE.COM:custxx.auth.bandwidth.com:password", "53acdbee7f9c96dc6d467068066fd795"),
        ("username-case", Hash1, "bob", Some("somewhere.com"), R, b"password", b"Bob@somewhere.com:custxx.auth.bandwidth.com:password", "4197a9cfd0f77675cefb092a495f7e66"),
        ("username-uri", Hash1, "sipauthtest", None, R, b"password", b"sip:sipauthtest:custxx.auth.bandwidth.com:password", "edaf71533867cb5e7bf457693d55025c"),
        ("username-uri", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"sips:bob@somewhere.com@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "e3236fd8ecf34f1b95c158433fae4fd1"),
        ("username-plus", Hash1, "15551234567", None, R, b"password", b"+15551234567:custxx.auth.bandwidth.com:password", "19b1712ea442406b55d097a21d95b8f7"),
        ("username-plus", Hash1b, "+15551234567", None, R, b"password", b"15551234567@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "726be63c1b063672b511c3938987035f"),
        ("domain-left-out", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob:custxx.auth.bandwidth.com:password", "df9ed6194c183646ba19cd8446f5fea0"),
        ("domain-left-out", Hash1, "bob@somewhere.com", None, R, b"password", b"bob:custxx.auth.bandwidth.com:password", "df9ed6194c183646ba19cd8446f5fea0"),
        ("domain-added", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest@bandwidth.com:custxx.auth.bandwidth.com:password", "28c7df532ba34c98b0df42ac1b700751"),
        ("domain-added", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest@auth.bandwidth.com:custxx.auth.bandwidth.com:password", "433ea2af734cee5905ee07baf8490df1"),
        ("domain-added", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com@somewhere.com:custxx.auth.bandwidth.com:password", "48f9e32dce175f360d5337a7a807ae0b"),
        ("realm-as-domain", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "fbb085b00201339f4191994b9f6f9995"),
        ("realm-as-domain", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "540ae46b9d4b281bbc263786eb81432e"),
        ("domain-as-realm", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com:somewhere.com:password", "5129ab2119f23916d9544e74980f30be"),
        ("domain-as-realm", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"bob@somewhere.com@somewhere.com:somewhere.com:password", "bdfddce259affa81394d75c156f88eed"),
        ("domain-realm-swapped", Hash1, "bob", Some("somewhere.com"), R, b"password", b"bob@custxx.auth.bandwidth.com:somewhere.com:password", "5d86bcada764fe211c50b333c9609eb7"),
        ("domain-realm-swapped", Hash1b, "bob", Some("somewhere.com"), R, b"password", b"bob@custxx.auth.bandwidth.com@somewhere.com:somewhere.com:password", "75a6f2c6de40fcb20ab4054b8189cfee"),
        ("domain-realm-swapped", Hash1, "bob@somewhere.com", None, R, b"password", b"bob@custxx.auth.bandwidth.com:somewhere.com:password", "5d86bcada764fe211c50b333c9609eb7"),
        ("realm-short", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx:password", "aaa7132574e4fffebd83e9b73fe01103"),
        ("realm-short", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi:password", "2632925a7d47ca97dafdb81f43938230"),
        ("realm-short", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi-3efeaa:password", "a9be3852768a8589ff40b5e08911c1bf"),
        ("realm-short", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi.3efeaa:password", "032d83fadd6e00871e2482c310ca058a"),
        ("realm-short", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi.auth.bandwidth.com:password", "1ccb5b3aa930f145970b14d6a2a6fb6c"),
        ("realm-short", Hash1, "sipauthtest", None, DOT, b"password", b"sipauthtest:vapi:password", "2632925a7d47ca97dafdb81f43938230"),
        ("realm-short", Hash1, "sipauthtest", None, DOT, b"password", b"sipauthtest:vapi-3efeaa:password", "a9be3852768a8589ff40b5e08911c1bf"),
        ("realm-short", Hash1, "sipauthtest", None, DOT, b"password", b"sipauthtest:vapi.3efeaa:password", "032d83fadd6e00871e2482c310ca058a"),
        ("realm-short", Hash1, "sipauthtest", None, DOT, b"password", b"sipauthtest:vapi.auth.bandwidth.com:password", "1ccb5b3aa930f145970b14d6a2a6fb6c"),
        ("realm-short", Hash1b, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest@vapi:vapi:password", "9785dedf0a46bad5280c54e2f3b762e5"),
        ("realm-short", Hash1b, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest@vapi:vapi-3efeaa.auth.bandwidth.com:password", "71a5c550c97ee97a297b07bab4c89c8a"),
        ("realm-short", Hash1b, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest@vapi-3efeaa.auth.bandwidth.com:vapi:password", "26f5377119aa2eabe53d9117c476f2ca"),
        ("realm-shape", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi.3efeaa.auth.bandwidth.com:password", "da06e8939edd48ba8fadc135f2dc7fc8"),
        ("realm-shape", Hash1b, "sipauthtest", None, DOT, b"password", b"sipauthtest@vapi-3efeaa.auth.bandwidth.com:vapi-3efeaa.auth.bandwidth.com:password", "7850828881d739dfec6a7107181b4f80"),
        ("realm-given-short", Hash1, "sipauthtest", None, "vapi", b"password", b"sipauthtest:vapi.auth.bandwidth.com:password", "1ccb5b3aa930f145970b14d6a2a6fb6c"),
        ("realm-given-short", Hash1b, "sipauthtest", None, "vapi-3efeaa", b"password", b"sipauthtest@vapi-3efeaa.auth.bandwidth.com:vapi-3efeaa.auth.bandwidth.com:password", "7850828881d739dfec6a7107181b4f80"),
        ("realm-missing", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:password", "044e6de402c22d62c302faae3d19b30a"),
        ("realm-missing", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest::password", "98d0b98c9dc754aae59812c233c40b8e"),
        ("realm-missing", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:password", "f62f7722271c2a3ca7e09593f241941f"),
        ("realm-missing", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@:custxx.auth.bandwidth.com:password", "a75414a237aefabd4b23a6daf7326690"),
        ("realm-missing", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@::password", "7d5202340a8394e2df4edbb112c37290"),
        ("realm-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:CUSTXX.AUTH.BANDWIDTH.COM:password", "41e159e1e41f263466c6f6e62a3b4cb7"),
        ("realm-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:Custxx.auth.bandwidth.com:password", "ab201cfe9fd9462606419f36b081d1d0"),
        ("realm-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:CUSTXX.auth.bandwidth.com:password", "3f59d81945567901e6e774a9ab295a8d"),
        ("realm-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:Custxx.Auth.Bandwidth.Com:password", "09f58f216cd4f1e6581da67a7ff33301"),
        ("realm-case", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@CUSTXX.AUTH.BANDWIDTH.COM:custxx.auth.bandwidth.com:password", "22c9622c90d4a6815f154909afa08fdc"),
        ("realm-case", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi-3EFEAA.auth.bandwidth.com:password", "6d9f9290ff99d0b7398fad2c2563b2e3"),
        ("realm-case", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:VAPI-3EFEAA.auth.bandwidth.com:password", "ae0dcab2958978217605a24c14ffba46"),
        ("realm-case", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:VAPI-3efeaa.auth.bandwidth.com:password", "c4cfa3511525971bcc37140ea093db1d"),
        ("realm-case", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:vapi-3efeaa.AUTH.BANDWIDTH.COM:password", "08d6306c4ec1c3802cff7dd574c3ea23"),
        ("realm-case", Hash1, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest:VAPI-3efeaa.AUTH.BANDWIDTH.COM:password", "075f6da50a8e4c3fced9aaed64385744"),
        ("realm-case", Hash1, "sipauthtest", None, DOT, b"password", b"sipauthtest:vapi.3EFEAA.auth.bandwidth.com:password", "ebdcbc4b9b518b5ce5873b047a43865b"),
        ("realm-case", Hash1b, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest@vapi-3EFEAA.auth.bandwidth.com:vapi-3efeaa.auth.bandwidth.com:password", "04335170adff2d0fa6c8065ce2ffd995"),
        ("realm-case", Hash1b, "sipauthtest", None, HYPHEN, b"password", b"sipauthtest@vapi-3efeaa.auth.bandwidth.com:vapi-3EFEAA.auth.bandwidth.com:password", "099690e5984d32915566fc8cf7bacdbb"),
        ("realm-case", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.AUTH.BANDWIDTH.COM:password", "d3316f4db5c7ebe5995c64336edf5618"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5060:password", "2df9468f294a4449fda262531360075c"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5061:password", "ef6a406a02431970c09b71ecaf0c16db"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5065:password", "b1adc3044df9257374af7184cf7dfd76"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5069:password", "3c9a2e9c829c5ea6cb1a84b38eb56882"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5070:password", "d3b521766ffe32cb2109e5144d4fe011"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5006:password", "e4725635cab2d3b5bc08c360dcec0083"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:5080:password", "1163e28b672ab5dae27fcf52c4903dc3"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:443:password", "e0873e6af41c907b4e0105933ef4f115"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:1:password", "1729cab38c79d00c738dfc8c45d37d7c"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:12345:password", "36ac3d32045768bbd46611dd825049ce"),
        ("realm-port", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:65535:password", "327a7472266e81c721b500dd1a14fd58"),
        ("realm-port", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:5060:custxx.auth.bandwidth.com:5060:password", "dfcbf8b8f5069f4e76872c40efd71b93"),
        ("realm-port", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:40000:custxx.auth.bandwidth.com:40000:password", "8aedd8e146df8d048cc593b38d67e762"),
        ("realm-port", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:5060:password", "8d1ef327a0744242c59b5e9cf55b4531"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:sip:custxx.auth.bandwidth.com:password", "096d8cf1fc4c52bfa57187d979c7d2df"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:sips:custxx.auth.bandwidth.com:password", "fba0bb146738c1d517c86e4091a73017"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:https://custxx.auth.bandwidth.com:password", "cd3689a530f98e2fa4be8eaee542d6a5"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:https://custxx.auth.bandwidth.com/:password", "313bb45d351b282f8f9860565ff6d862"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:http://custxx.auth.bandwidth.com:password", "aeb503405b1db9158fa5117c83b084a8"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:http://custxx.auth.bandwidth.com/:password", "e27566c81358bd9f4a9935cd53cb1206"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com/:password", "05daab540b4c74f28a6fe89ad5917c3f"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest: custxx.auth.bandwidth.com:password", "8ecbbeef0f0daa6016e391b728f2e4e2"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com :password", "021dc0332d8ccdc3bcb919515951f5f0"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest: custxx.auth.bandwidth.com :password", "098c8b11f4b4726cdc21af98f4802c28"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com\t:password", "cb30c9662adffa3a9791e0ea92cdf99e"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com\n:password", "b6dd988ad1302525a661dbd17f5214d6"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com\r\n:password", "8883168e41f29c3451160c23785b0d68"),
        ("realm-uri", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com.:password", "908969746fc67f32339480b584b76814"),
        ("algorithm", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "459ff47ae1ad1352fe8343433eaef5cbc211f450"),
        ("algorithm", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "31d9e29abd48e1f1273e4c91ffaa44c88354f0fa015b21cb59c576856510ab8c"),
        ("algorithm", Hash1b, "sipauthtest", None, R, b"password", b"sipauthtest@custxx.auth.bandwidth.com:custxx.auth.bandwidth.com:password", "2DD07AB5FC8E8FB6142C0327E19C37DBB22A4BA7A03E96A4CE262BB220A2BE41"),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe:43:8b:dd:fc:08:7d:da:89:d2:9e:63:7f:56:84:ab"),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe-43-8b-dd-fc-08-7d-da-89-d2-9e-63-7f-56-84-ab"),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "FE 43 8B DD FC 08 7D DA 89 D2 9E 63 7F 56 84 AB"),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "/kOL3fwIfdqJ0p5jf1aEqw=="),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "_kOL3fwIfdqJ0p5jf1aEqw"),
        ("notation", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "ZmU0MzhiZGRmYzA4N2RkYTg5ZDI5ZTYzN2Y1Njg0YWI="),
        ("lost-zeros", Hash1, "user33", None, R, b"password", b"user33:custxx.auth.bandwidth.com:password", "7435e734c5513fce7ebb3d44c488e5c"),
        ("lost-zeros", Hash1, "user123", None, R, b"password", b"user123:custxx.auth.bandwidth.com:password", "f5796539caa3bb379ef8c8bac81d58"),
        ("lost-zeros", Hash1, "user5", None, R, b"password", b"user5:custxx.auth.bandwidth.com:password", "cf9c4c89e9f4740d535b0fa813743"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684a"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684ab0"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d2ge637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d20e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "0fe438bddfc087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "MD5 (\"x\") = fe438bddfc087dda89d29e637f5684ab\n"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "0e438bddfc087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "FE438BDDFC087DDA89D29E637F5684"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "e438bddfc087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "…087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddf087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d2e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddf0c087dda89d29e637f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e6370f5684ab"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d2…"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "89D29E637F5684AB"),
        ("digits", Hash1, "sipauthtest", None, R, b"password", b"sipauthtest:custxx.auth.bandwidth.com:password", "fe438bddfc087dda89d29e637f5684a0"),
];
