//! Where a password comes from: a flag, the environment, or a prompt.

use std::env;
use std::io::{self, IsTerminal as _, Read as _};

use anyhow::{Context as _, bail, ensure};
use bwsip::{Invalid, Password, SecretBuf};

use crate::cli::PasswordArgs;
use crate::input::open;
use crate::messages::{Errors, Warnings};
use crate::platform::{self, Terminal};

const VARIABLE: &str = "BWSIP_PASSWORD";

/// The maximum number of bytes to read: enough to see that a password is too long.
const LIMIT: usize = Password::MAX_LEN + b"\r\n".len() + 1;

/// What a password is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To create a credential. It is prompted for twice, and could be generated.
    Create,
    /// To use an existing credential.
    Use,
}

/// Reads the password from the first source that there is, and warns about common mistakes in it.
///
/// `whose` names the credential in a prompt.
///
/// # Errors
///
/// Fails if there is no source, or if the password is not valid.
pub fn read(
    args: PasswordArgs,
    whose: &str,
    purpose: Purpose,
    warnings: &Warnings,
) -> anyhow::Result<Password> {
    let prompt = || prompt(whose, purpose);
    let (place, password) = if let Some(path) = args.file() {
        let flag = if args.password_stdin { "--password-stdin" } else { "--password-file" };
        match args.reads_stdin() {
            true if io::stdin().is_terminal() => (flag.to_owned(), prompt()?),
            is_stdin => {
                let (name, file) = open(path).context(flag)?;
                let line = SecretBuf::read_from(file.take(LIMIT as u64));
                let line = line.with_context(|| format!("{flag}: can't read {name}"))?;
                let place = if is_stdin { flag.to_owned() } else { format!("{flag}: {name}") };
                (place, Password::from_line(line))
            }
        }
    } else if let Some(value) = args.password {
        let bytes = platform::bytes(value).context("--password: not Unicode: use another")?;
        warnings.warn(
            "--password: other users of the machine can see it in the list of processes: \
             prefer --password-stdin, --password-file or BWSIP_PASSWORD",
        );
        ("--password".to_owned(), Password::new(bytes))
    } else if let Some(value) = env::var_os(VARIABLE) {
        let bytes = platform::bytes(value);
        let bytes = bytes.with_context(|| format!("{VARIABLE}: not Unicode: set another"))?;
        (VARIABLE.to_owned(), Password::new(bytes))
    } else if io::stdin().is_terminal() || io::stderr().is_terminal() {
        ("the typed password".to_owned(), prompt()?)
    } else {
        let generate = if purpose == Purpose::Create { "--generate-password, " } else { "" };
        bail!(
            "no password: use --password-stdin, --password-file, {generate}or {VARIABLE}, or run the \
             command on a terminal, which prompts for it"
        );
    };
    let source = |_| place.clone();
    let password = password.map_err(|invalid| Errors::invalid(&invalid, source))?;
    warnings.issues(&password.warnings(), source);
    Ok(password)
}

/// Returns true if the password comes from a flag or the environment.
pub fn is_given(args: &PasswordArgs) -> bool {
    args.is_given() || env::var_os(VARIABLE).is_some()
}

/// Prompts for a password, and for the same one again if it is to create a credential.
fn prompt(whose: &str, purpose: Purpose) -> anyhow::Result<Result<Password, Invalid>> {
    let prompt = || -> io::Result<_> {
        let terminal = Terminal::open()?;
        let first = terminal.prompt(&format!("Password for {whose}: "), LIMIT)?;
        let second = match purpose {
            // An empty one is refused anyway.
            Purpose::Create if !matches!(first[..], [] | [b'\n']) => {
                terminal.prompt("The same password again: ", LIMIT)?
            }
            Purpose::Create | Purpose::Use => return Ok((first, true)),
        };
        let is_same = *first == *second;
        Ok((first, is_same))
    };
    let (first, is_same) = prompt().context("can't prompt for the password on the terminal")?;
    ensure!(is_same, "the two typed passwords differ: run the command again");
    Ok(Password::from_line(first))
}
