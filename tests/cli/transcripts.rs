//! Runs of the binary with fixed arguments, as transcripts in `transcripts/`.

/// With `TRYCMD=overwrite`, replaces the transcripts with the actual output.
#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases.case("tests/cli/transcripts/*.md").env("BWSIP_PASSWORD", "password");
}
