//! Where a password comes from: a flag, the environment, or a person at a terminal.

use std::env;
use std::io::{self, IsTerminal as _, Read as _};

use anyhow::{Context as _, bail, ensure};
use bwsip::{Password, PasswordError, SecretBuf};

use crate::cli::PasswordArgs;
use crate::input::open;
use crate::messages::Warnings;
use crate::platform::{self, Terminal};

const VARIABLE: &str = "BWSIP_PASSWORD";

/// The bytes that have to be read to be certain that a password is too long.
const LIMIT: usize = Password::MAX_LEN + b"\r\n".len() + 1;

/// What a password is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To make a credential: a prompt asks twice, and the password could be generated.
    Make,
    /// To use a credential that exists.
    Use,
}

/// Returns the password from the first source that is given, and warns about common mistakes in it.
///
/// `whose` tells the person at a prompt which password is meant.
///
/// # Errors
///
/// Fails if there is no source, or if the source has no valid password.
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
        ("--password".to_owned(), Password::new(bytes.into()))
    } else if let Some(value) = env::var_os(VARIABLE) {
        let bytes = platform::bytes(value);
        let bytes = bytes.with_context(|| format!("{VARIABLE}: not Unicode: set another"))?;
        (VARIABLE.to_owned(), Password::new(bytes.into()))
    } else if io::stdin().is_terminal() || io::stderr().is_terminal() {
        ("the typed password".to_owned(), prompt()?)
    } else {
        let generate = if purpose == Purpose::Make { "--generate-password, " } else { "" };
        bail!(
            "no password: use --password-stdin, --password-file, {generate}or {VARIABLE}, or run the \
             command on a terminal, which asks for it"
        );
    };
    let password = password.map_err(|error| match error {
        PasswordError::Empty => anyhow::anyhow!("{place}: {error}: give one"),
        PasswordError::TooLong => anyhow::anyhow!("{place}: {error}: use a shorter one"),
    })?;
    warnings.issues(&Password::warnings(password.as_bytes()), |_| place.clone());
    Ok(password)
}

/// Returns true if a flag or the environment has the password.
pub fn is_given(args: &PasswordArgs) -> bool {
    args.is_given() || env::var_os(VARIABLE).is_some()
}

fn prompt(whose: &str, purpose: Purpose) -> anyhow::Result<Result<Password, PasswordError>> {
    let ask = || -> io::Result<_> {
        let terminal = Terminal::open()?;
        let first = terminal.ask(&format!("Password for {whose}: "), LIMIT)?;
        let second = match purpose {
            // An empty one is refused however often it is typed.
            Purpose::Make if !matches!(first[..], [] | [b'\n']) => {
                terminal.ask("The same password again: ", LIMIT)?
            }
            Purpose::Make | Purpose::Use => return Ok((first, true)),
        };
        let is_same = *first == *second;
        Ok((first, is_same))
    };
    let (first, is_same) = ask().context("can't ask for the password on the terminal")?;
    ensure!(is_same, "the two typed passwords differ: run the command again");
    Ok(Password::from_line(first))
}
