//! Where a password comes from: a flag, the environment, or a person at a terminal.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::os::unix::ffi::OsStringExt as _;

use anyhow::{Context as _, bail, ensure};
use bwsip::{Password, PasswordError};
use zeroize::Zeroizing;

use crate::cli::PasswordArgs;
use crate::input::stdin;
use crate::messages::Warnings;
use crate::prompt::Terminal;

const VARIABLE: &str = "BWSIP_PASSWORD";

/// As much as has to be read to be certain that a password is too long.
const LIMIT: usize = Password::MAX_LEN + b"\r\n".len() + 1;

/// What a password is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To make a credential of it: it is asked for twice, and could be generated.
    Make,
    /// To use the one that there is.
    Use,
}

/// Gives the password from the first source that is there, and warns of what is odd about it.
///
/// `whose` tells the person at a prompt which password is meant.
pub fn read(
    args: PasswordArgs,
    whose: &str,
    purpose: Purpose,
    warnings: &Warnings,
) -> anyhow::Result<Password> {
    let prompt = || prompt(whose, purpose);
    let (place, password) = if args.password_stdin {
        let password = match io::stdin().is_terminal() {
            true => prompt()?,
            false => stdin()
                .and_then(bounded)
                .map(Password::from_line)
                .context("--password-stdin: can't read standard input")?,
        };
        ("--password-stdin".to_owned(), password)
    } else if let Some(path) = args.password_file {
        let bytes = File::open(&path)
            .and_then(bounded)
            .with_context(|| format!("--password-file: can't read {path:?}"))?;
        (format!("--password-file: {path:?}"), Password::from_line(bytes))
    } else if let Some(value) = args.password {
        let bytes = Zeroizing::new(value.into_vec());
        warnings.warn(
            "--password: other users of the machine can see it in the list of processes: \
             prefer --password-stdin, --password-file or BWSIP_PASSWORD",
        );
        ("--password".to_owned(), Password::new(bytes))
    } else if let Some(value) = env::var_os(VARIABLE) {
        let bytes = Zeroizing::new(value.into_vec());
        (VARIABLE.to_owned(), Password::new(bytes))
    } else if io::stdin().is_terminal() || io::stderr().is_terminal() {
        ("the password typed".to_owned(), prompt()?)
    } else {
        let generate = if purpose == Purpose::Make { "--generate-password, " } else { "" };
        bail!(
            "no password: use --password-stdin, --password-file, {generate}or {VARIABLE}, or run it \
             on a terminal to be asked"
        );
    };
    let password = password.map_err(|error| match error {
        PasswordError::Empty => anyhow::anyhow!("{place}: {error}: give one"),
        PasswordError::TooLong => anyhow::anyhow!("{place}: {error}: use a shorter one"),
    })?;
    warnings.issues(&Password::advice(password.as_bytes()), |_| place.clone());
    Ok(password)
}

/// Returns true if a flag or the environment has the password.
pub fn is_given(args: &PasswordArgs) -> bool {
    args.is_given() || env::var_os(VARIABLE).is_some()
}

/// Reads to the end or the limit, into one allocation that is overwritten later.
fn bounded(reader: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LIMIT));
    reader.take(LIMIT as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn prompt(whose: &str, purpose: Purpose) -> anyhow::Result<Result<Password, PasswordError>> {
    let ask = || -> io::Result<_> {
        let terminal = Terminal::open()?;
        let first = terminal.ask(&format!("Password for {whose}: "), LIMIT)?;
        let second = match purpose {
            // An empty one is refused however often it is typed.
            Purpose::Make if !matches!(first[..], [] | [b'\n']) => {
                terminal.ask("The same again: ", LIMIT)?
            }
            Purpose::Make | Purpose::Use => first.clone(),
        };
        Ok((first, second))
    };
    let (first, second) = ask().context("can't ask for the password on the terminal")?;
    ensure!(first == second, "the two passwords typed are not the same: run it again");
    Ok(Password::from_line(first))
}
