//! The commands. Each calls the library with its arguments, and writes the result.

pub mod batch;
pub mod call;
pub mod completions;
pub mod hash;
pub mod man;
pub mod verify;

use anyhow::bail;
use bwsip::Credential;
use clap::ValueEnum;

/// Names the credential whose password a prompt asks for.
fn whose(credential: &Credential<'_>) -> String {
    format!("{} on {}", credential.composite_username(), credential.realm())
}

/// A flag that only some formats support.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FormatFlag {
    AppId,
    WithRealm,
    RealmId,
    Split,
    /// `--generate-password` without `--password-out`: the document has to contain the password.
    UnsavedPassword,
}

/// The values of a command's `--format`.
trait OutputFormat: ValueEnum {
    /// Returns the flags that the format supports, of those that only some formats do.
    fn flags(&self) -> &'static [FormatFlag];

    /// Returns the name of the format on the command line.
    fn name(&self) -> String {
        let value = self.to_possible_value().expect("no format is hidden");
        value.get_name().to_owned()
    }
}

/// Checks that the format supports the flags in `given`.
///
/// # Errors
///
/// Fails if it does not support one of them: ignoring a flag silently would be noticed too late.
fn check_format<F: OutputFormat>(format: &F, given: &[(FormatFlag, bool)]) -> anyhow::Result<()> {
    let unsupported = given.iter().find(|(flag, given)| *given && !format.flags().contains(flag));
    let Some((flag, _)) = unsupported else { return Ok(()) };
    let (flag_name, problem, remedy) = match flag {
        FormatFlag::AppId => ("--app-id", "does not support it", "use"),
        FormatFlag::WithRealm => ("--with-realm", "does not support it", "use"),
        FormatFlag::RealmId => ("--realm-id", "does not support it", "use"),
        FormatFlag::Split => ("--split", "does not support it", "use"),
        FormatFlag::UnsavedPassword => (
            "--generate-password",
            "does not contain the password",
            "add --password-out FILE, or use",
        ),
    };
    let supporting = F::value_variants().iter().filter(|it| it.flags().contains(flag));
    let names: Vec<_> = supporting.map(OutputFormat::name).collect();
    let names = match &names[..] {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        names => names.concat(),
    };
    bail!("{flag_name}: the format {} {problem}: {remedy} {names}", format.name())
}
