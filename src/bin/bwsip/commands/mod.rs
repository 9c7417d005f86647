//! The commands. Each calls the library with its arguments, and writes the result.

pub mod batch;
pub mod call;
pub mod completions;
pub mod hash;
pub mod man;
pub mod plan;
pub mod request;
pub mod show;
pub mod verify;

use anyhow::bail;
use bwsip::Credential;
use clap::ValueEnum;

/// Names the credential whose password a prompt asks for.
fn whose(credential: &Credential<'_>) -> String {
    format!("{} on {}", credential.composite_username(), credential.realm())
}

/// A flag that only some formats, or requests, support: whether it is given, its name, and those.
type Flag<'a, F> = (bool, &'a str, &'a [F]);

/// `--generate-password` without `--password-out`: the document has to contain the password.
const UNSAVED_PASSWORD: &str = "--generate-password";

/// Checks that `chosen`, a `kind` such as `format`, supports the flags that are given.
///
/// # Errors
///
/// Fails if it does not support one of them: ignoring a flag silently would be noticed too late.
fn check_flags<F: ValueEnum + PartialEq>(
    kind: &str,
    chosen: &F,
    flags: &[Flag<'_, F>],
) -> anyhow::Result<()> {
    let name = |value: &F| {
        let value = value.to_possible_value().expect("no value is hidden");
        value.get_name().to_owned()
    };
    let unsupported = flags.iter().find(|(given, _, those)| *given && !those.contains(chosen));
    let Some((_, flag, those)) = unsupported else { return Ok(()) };
    let (problem, remedy) = match *flag {
        UNSAVED_PASSWORD => ("does not contain the password", "add --password-out FILE, or use"),
        _ => ("does not support it", "use"),
    };
    let names: Vec<_> = those.iter().map(name).collect();
    let names = match &names[..] {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        names => names.concat(),
    };
    bail!("{flag}: the {kind} {} {problem}: {remedy} {names}", name(chosen))
}
