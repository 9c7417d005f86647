//! The README and its blocks.

/// The README.
pub const README: &str = include_str!("../../../README.md");

/// Returns all blocks in order, each with its language.
pub fn all_blocks() -> Vec<(&'static str, &'static str)> {
    const FENCE: &str = "\n```";
    let mut blocks = Vec::new();
    let mut rest = README;
    while let Some((_, after)) = rest.split_once(FENCE) {
        let (language, text) = after.split_once('\n').expect("the fence ends");
        let end = text.find(FENCE).expect("the block ends");
        blocks.push((language, &text[..=end]));
        rest = &text[end + FENCE.len()..];
    }
    blocks
}

/// Returns the blocks of a language.
pub fn blocks(wanted: &str) -> Vec<&'static str> {
    let blocks = all_blocks().into_iter().filter(|(language, _)| *language == wanted);
    blocks.map(|(_, text)| text).collect()
}

/// Returns the only block of a language that contains `part`.
pub fn block(language: &str, part: &str) -> &'static str {
    let found: Vec<_> = blocks(language).into_iter().filter(|it| it.contains(part)).collect();
    let [block] = found[..] else { panic!("{} {language} blocks with {part}", found.len()) };
    block
}
