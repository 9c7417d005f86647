//! Random inputs for property tests.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Returns a runner with a fixed seed that writes no file of failures.
pub fn runner(cases: u32) -> TestRunner {
    let rng_seed = RngSeed::Fixed(0x5150);
    TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..Config::default() })
}

fn string_of(
    characters: &'static str,
    length: std::ops::RangeInclusive<usize>,
) -> BoxedStrategy<String> {
    let characters: Vec<char> = characters.chars().collect();
    let name = prop::collection::vec(select(characters), length);
    name.prop_map(|name| name.into_iter().collect()).boxed()
}

/// Letters and digits.
pub const ALPHANUMERIC: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Any legal name, weighted towards the legal punctuation.
pub fn name(punctuation: &'static str, longest: usize) -> BoxedStrategy<String> {
    let part = prop_oneof![string_of(ALPHANUMERIC, 1..=3), string_of(punctuation, 1..=2)];
    let parts = prop::collection::vec(part, 1..=longest);
    parts.prop_map(move |parts| parts.concat().chars().take(longest).collect()).boxed()
}

/// A username that is legal with the domain beside it, or without one.
pub fn user() -> BoxedStrategy<(String, Option<String>)> {
    let with_domain = (name("._-!$&*+=~", 32), name("._-!$&*+=~", 32).prop_map(Some));
    prop_oneof![(name("._-!$&*+=~@", 32), Just(None)), with_domain].boxed()
}

/// Any bytes, weighted towards spaces, quotes, colons and UTF-8.
pub fn password() -> BoxedStrategy<Vec<u8>> {
    let piece = prop_oneof![
        string_of(ALPHANUMERIC, 1..=8).prop_map(String::into_bytes),
        string_of(" '\"`:;@&%$\\#!<>", 1..=4).prop_map(String::into_bytes),
        string_of("äßéñ日本€😀\u{A0}", 1..=3).prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 1..=4),
    ];
    let pieces = prop::collection::vec(piece, 1..=8);
    pieces.prop_map(|pieces| pieces.concat()).boxed()
}
