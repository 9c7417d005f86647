//! Reads the command line. The error for wrong usage is one line, which says what to type instead.
//!
//! What was typed may be a password, or a part of one. Only what the program knows is repeated: commands,
//! flags and formats.

use std::ffi::OsString;
use std::iter;

use anyhow::bail;
use bwsip::lookalike_name;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};

use crate::cli::{Cli, ValueError};
use crate::input::NOT_UTF8;
use crate::output;

/// What `verify` needs.
const SIDES: &str = "give two of three: the password, the digests (--xml or --hash1, --hash1b) and the \
    response (--trace or --authorization), such as bwsip verify --xml answer.xml --trace trace.txt";

/// Parses the command line. Returns `None` if it asks for a help text or the version, which is printed.
///
/// # Errors
///
/// Fails if the usage is wrong.
pub fn parse(arguments: &[OsString]) -> anyhow::Result<Option<Cli>> {
    let mut program = Cli::command();
    let parsed = program.try_get_matches_from_mut(arguments);
    let typed: Vec<_> = arguments.iter().map(|it| it.to_string_lossy().into_owned()).collect();
    let misread = misread(&program, &typed);
    let problem = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        _ if misread.is_some() => misread.unwrap_or_default(),
        Ok(cli) => return Ok(Some(cli)),
        Err(help) if matches!(help.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            return output::help(&help.render()).map(|()| None);
        }
        Err(error) => describe(&error, &typed),
    };
    bail!("wrong usage: {problem}; see --help")
}

/// Finds an argument that clap takes for another. `-username` would be `-u` with a value, and after
/// `--password $PASSWORD --quiet`, with an empty variable, `--quiet` would be the password.
fn misread(program: &Command, typed: &[String]) -> Option<String> {
    let command = typed_command(program, typed).unwrap_or(program);
    let flags: Vec<_> = command.get_arguments().flat_map(names).collect();
    let free_text = command.get_arguments().filter(|flag| flag.is_allow_hyphen_values_set());
    let free_text: Vec<_> = free_text.flat_map(names).collect();
    for (at, argument) in typed.iter().enumerate().take_while(|(_, it)| *it != "--").skip(1) {
        let flag = &typed[at - 1];
        // `-qp` takes a value as `-p` does. No other switch with a letter can precede one.
        let letters = flag.strip_prefix("-q").map(|letters| format!("-{letters}"));
        let is_value = free_text.contains(letters.as_ref().unwrap_or(flag));
        if is_value && flags.contains(argument) {
            return Some(format!(
                "{flag} has no value before {argument}: if {argument} is the value, type \
                 {flag}={argument}"
            ));
        }
        let hyphens: String = argument.chars().take_while(|c| is_hyphen(*c)).collect();
        let is_short = hyphens == "-" && argument.len() > 2;
        if is_short || hyphens.contains(|c| c != '-') {
            let unknown = Unknown { program: &whole_program(), typed, at };
            let meant = unknown.flag(is_value || !is_short);
            if meant.as_deref().is_some_and(|flag| argument.split('=').next() != Some(flag)) {
                return unknown.advice(meant);
            }
        }
    }
    None
}

/// Returns the program with the flags of all commands. Most runs do without, because it takes longer than
/// hashing.
fn whole_program() -> Command {
    let mut program = Cli::command();
    program.build();
    program
}

/// Returns the command that was typed.
fn typed_command<'a>(program: &'a Command, typed: &[String]) -> Option<&'a Command> {
    let mut commands = typed.iter().filter_map(|name| program.find_subcommand(name));
    commands.find(|command| command.get_name() != "help")
}

/// Returns the names of a flag as they are typed: `--realm` and `-r`.
fn names(flag: &Arg) -> impl Iterator<Item = String> + use<> {
    let long = flag.get_long().map(|long| format!("--{long}"));
    long.into_iter().chain(flag.get_short().map(|short| format!("-{short}")))
}

/// Returns true for a hyphen, and for what is pasted in its place or before it.
fn is_hyphen(c: char) -> bool {
    c == '-' || lookalike_name(c).is_some()
}

/// An argument that the program does not know, or that clap misreads.
struct Unknown<'a> {
    program: &'a Command,
    typed: &'a [String],
    at: usize,
}

impl Unknown<'_> {
    fn argument(&self) -> &str {
        &self.typed[self.at]
    }

    /// Returns the command before it.
    fn command(&self) -> Option<&Command> {
        typed_command(self.program, &self.typed[..self.at])
    }

    /// Returns the names of the commands with a flag. The program's own flags have its name, too.
    fn commands_with(&self, flag: &str) -> Vec<&str> {
        let commands = iter::once(self.program).chain(self.program.get_subcommands());
        let has_flag = |it: &&Command| it.get_arguments().flat_map(names).any(|it| it == flag);
        commands.filter(has_flag).map(Command::get_name).collect()
    }

    /// Returns the flag that was meant, as it is typed: `--realm`, or `--format json` for `json`. If it has to
    /// be `exact`, its whole name must have been typed.
    fn flag(&self, exact: bool) -> Option<String> {
        let name = self.argument().trim_start_matches(is_hyphen).to_lowercase();
        let name = name.split('=').next().unwrap_or_default();
        let is_known = |flag: &String| !self.commands_with(flag).is_empty();
        let known = [format!("--{name}"), format!("-{name}")].into_iter().find(is_known);
        if known.is_some() || exact {
            return known;
        }
        let is_flag = self.argument().starts_with(is_hyphen);
        self.command()?.get_arguments().find_map(|arg| {
            let long = arg.get_long()?;
            let begins = name.len() > 2 && long.starts_with(name)
                || long.len() > 3 && name.starts_with(long);
            let has_value = arg.get_possible_values().iter().any(|it| it.matches(name, false));
            let value = if has_value { format!(" {name}") } else { String::new() };
            (has_value || is_flag && begins).then(|| format!("--{long}{value}"))
        })
    }

    /// Returns a flag that a value without one may be for.
    fn missing_flag(&self) -> Option<String> {
        let is_typed =
            |arg: &&Arg| names(arg).any(|name| self.typed.iter().any(|it| it.starts_with(&name)));
        let missing = self.command()?.get_arguments().filter(|arg| !is_typed(arg));
        let mut flags = missing.filter(|arg| arg.get_long().is_some());
        let flag = flags.find(|arg| arg.is_required_set() || arg.get_id() == "username");
        // What verify is given without a flag is more often a file.
        let is_value = !self.argument().starts_with('-') && self.command()?.get_name() != "verify";
        flag.filter(|_| is_value).map(ToString::to_string)
    }

    /// Says what to type instead. `flag` is the one that was meant.
    fn advice(&self, flag: Option<String>) -> Option<String> {
        let (argument, command) = (self.argument(), self.command().map(Command::get_name));
        let is_flag = argument.starts_with('-');
        let typed = argument.split('=').next().unwrap_or_default();
        let lookalike = typed.chars().find_map(|c| Some((u32::from(c), lookalike_name(c)?)));
        let others = flag.as_deref().map(|flag| self.commands_with(flag)).unwrap_or_default();
        let is_own = others.contains(&command.unwrap_or(self.program.get_name()));
        let later = others.iter().find(|name| self.typed.iter().any(|typed| typed == *name));
        let other = later.or(others.first()).filter(|_| !is_own);
        Some(match (lookalike, command, flag, other) {
            (Some((number, kind)), _, flag, _) if argument.starts_with(is_hyphen) => {
                let remedy = flag.map_or("type it again".to_owned(), |flag| format!("use {flag}"));
                format!("an argument contains U+{number:04X}, {kind}: {remedy}")
            }
            (_, None, Some(flag), Some(other)) if is_flag => {
                format!("a command goes before its flags, such as bwsip {other} {flag}")
            }
            (_, None, flag, _) if !is_flag || flag.is_none() => {
                commands(if is_flag { "missing command" } else { "unknown command" }, self.program)
            }
            (_, Some(command), Some(flag), Some(_)) => {
                format!("{command} has no {flag}, which is a flag of {}", others.join(", "))
            }
            (_, _, Some(flag), _) if is_flag && !argument.starts_with("--") => {
                format!("a flag of several letters has two hyphens: use {flag}")
            }
            (_, _, Some(flag), _) => format!("unexpected argument: use {flag}"),
            _ if is_flag => return None,
            (_, Some("verify"), ..) => format!("unexpected argument: {SIDES}"),
            _ => "unexpected argument: a value with spaces needs quotes".to_owned(),
        })
    }
}

/// Describes wrong usage. clap's own description repeats what was typed.
fn describe(error: &clap::Error, typed: &[String]) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).filter(|it| !it.is_empty());
    let unknown = context(ContextKind::InvalidSubcommand);
    let argument = context(ContextKind::InvalidArg).or(unknown).unwrap_or_default();
    let prior = context(ContextKind::PriorArg).unwrap_or_default();
    let program = &whole_program();
    let mut line = match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => {
            let is_flag = argument.starts_with('-');
            let is_it = |it: &String| *it == argument || is_flag && it.starts_with(&argument);
            let at = typed.iter().rposition(is_it).unwrap_or_default();
            let unknown = Unknown { program, typed, at };
            let advice = unknown.advice(unknown.flag(false).or_else(|| unknown.missing_flag()));
            // A longer one may contain a secret.
            let repeated = if argument.len() == 2 { &argument } else { "" };
            match (advice, context(ContextKind::SuggestedArg)) {
                (Some(advice), _) => advice,
                (None, Some(flag)) => format!("unexpected argument; did you mean {flag}"),
                (None, None) => format!("unexpected argument {repeated}").trim_end().to_owned(),
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            commands("missing command", program)
        }
        ErrorKind::MissingRequiredArgument if typed.last().is_some_and(|it| it == "verify") => {
            SIDES.to_owned()
        }
        ErrorKind::MissingRequiredArgument => missing(error, program, typed),
        ErrorKind::ArgumentConflict if argument == prior => {
            format!("{argument} is given more than once")
        }
        ErrorKind::ArgumentConflict => format!("{argument} cannot be used with {prior}"),
        ErrorKind::TooManyValues => format!("{argument} takes no value"),
        ErrorKind::InvalidUtf8 => {
            let at = typed.iter().position(|it| it.contains(char::REPLACEMENT_CHARACTER));
            format!("argument {} is {NOT_UTF8}", at.unwrap_or_default())
        }
        _ => {
            match std::error::Error::source(error).and_then(|it| it.downcast_ref::<ValueError>()) {
                Some(problem) => format!("{argument}: {problem}"),
                None if context(ContextKind::InvalidValue).is_none() => {
                    format!("no value for {argument}")
                }
                None => format!("invalid value for {argument}"),
            }
        }
    };
    if let Some(values) = context(ContextKind::ValidValue) {
        line.extend(["; use one of ", &values]);
    }
    line
}

/// Names everything that is missing.
fn missing(error: &clap::Error, program: &Command, typed: &[String]) -> String {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else {
        return "missing argument".to_owned();
    };
    let command = typed_command(program, typed).unwrap_or(program);
    let arg = |name: &String| command.get_arguments().find(|arg| arg.to_string() == *name);
    let or_variable = |name: &String| match arg(name).and_then(Arg::get_env) {
        Some(variable) => format!("{name} or {}", variable.to_string_lossy()),
        // A group of flags, of which one is missing.
        None => name.replace("<--", "--").replace(">>", ">").replace('|', " or "),
    };
    let names: Vec<_> = missing.iter().map(or_variable).collect();
    let help = arg(&missing[0]).and_then(Arg::get_help).filter(|_| missing.len() == 1);
    format!("missing {}{}", names.join(", "), help.map_or(String::new(), |it| format!(": {it}")))
}

/// Appends the names of the commands to `problem`.
fn commands(problem: &str, program: &Command) -> String {
    let names = program.get_subcommands().map(Command::get_name).filter(|name| *name != "help");
    format!("{problem}; use one of {}", names.collect::<Vec<_>>().join(", "))
}
