//! Random inputs for property tests.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// As many cases each time, the same ones each time, and no file of failures left behind.
pub fn runner(cases: u32) -> TestRunner {
    let rng_seed = RngSeed::Fixed(0x5150);
    TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..Config::default() })
}

fn of(characters: &'static str, length: std::ops::RangeInclusive<usize>) -> BoxedStrategy<String> {
    let characters: Vec<char> = characters.chars().collect();
    let name = prop::collection::vec(select(characters), length);
    name.prop_map(|name| name.into_iter().collect()).boxed()
}

/// Letters and digits.
pub const ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Any legal name, weighted towards the legal punctuation.
pub fn name(punctuation: &'static str, longest: usize) -> BoxedStrategy<String> {
    let part = prop_oneof![of(ALPHANUMERIC, 1..=3), of(punctuation, 1..=2)];
    let parts = prop::collection::vec(part, 1..=longest);
    parts.prop_map(move |parts| parts.concat().chars().take(longest).collect()).boxed()
}

/// A username that is legal with the domain beside it, or without one.
pub fn user() -> BoxedStrategy<(String, Option<String>)> {
    let with_domain = (name("._-!$&*+=~", 32), name("._-!$&*+=~", 32).prop_map(Some));
    prop_oneof![(name("._-!$&*+=~@", 32), Just(None)), with_domain].boxed()
}

/// Any bytes, with what is usual in passwords more often: spaces, quotes, colons, UTF-8.
pub fn password() -> BoxedStrategy<Vec<u8>> {
    let piece = prop_oneof![
        of(ALPHANUMERIC, 1..=8).prop_map(String::into_bytes),
        of(" '\"`:;@&%$\\#!<>", 1..=4).prop_map(String::into_bytes),
        of("äßéñ日本€😀\u{A0}", 1..=3).prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 1..=4),
    ];
    let pieces = prop::collection::vec(piece, 1..=8);
    pieces.prop_map(|pieces| pieces.concat()).boxed()
}
