//! The commands. Each turns arguments into calls of the library, and writes the result.

pub mod batch;
pub mod call;
pub mod completions;
pub mod hash;
pub mod man;
pub mod verify;

use anyhow::ensure;
use bwsip::Credential;
use clap::ValueEnum;

/// What the XML formats have no place for.
const UNSAVED_PASSWORD: &str = "--generate-password without --password-out FILE";

/// Describes whose password a prompt asks for.
fn whose(credential: &Credential<'_>) -> String {
    format!("{} on {}", credential.composite_username(), credential.realm())
}

/// A flag, whether it was given, and the formats that have a place for it.
type FormatFlag<'a, F> = (&'a str, bool, &'a [F]);

/// Checks flags against the format.
///
/// # Errors
///
/// Fails if a flag was given that the format has no place for: dropped in silence, it would be missed
/// too late.
fn check_format<F: ValueEnum + PartialEq>(
    format: &F,
    flags: &[FormatFlag<'_, F>],
) -> anyhow::Result<()> {
    for (flag, given, formats) in flags {
        let names: Vec<_> = formats.iter().map(format_name).collect();
        ensure!(
            !given || formats.contains(format),
            "{flag}: the format {} has no place for it: use {}",
            format_name(format),
            names.join(" or "),
        );
    }
    Ok(())
}

fn format_name(format: &impl ValueEnum) -> String {
    let value = format.to_possible_value().expect("no format is hidden");
    value.get_name().to_owned()
}
