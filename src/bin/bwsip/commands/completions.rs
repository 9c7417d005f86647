//! `bwsip completions`: completion scripts for shells.

use std::io::Write as _;

use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;

use crate::cli::{Cli, CompletionsArgs};
use crate::output;

/// Prints the script for a shell.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<()> {
    let mut program = Cli::command();
    program.build();
    program = program.mut_subcommands(|command| command.mut_args(without_file_names));
    // In memory first, because `clap_complete` panics if it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "bwsip", &mut script);
    let mut script = String::from_utf8(script)?;
    for command in program.get_subcommands() {
        match args.shell {
            Shell::Bash => script = with_bash_files(&script, command),
            Shell::Fish => script += &fish_positional(command),
            _ => {}
        }
    }
    output::standard_output(&|out| out.write_all(script.as_bytes()))
}

/// Stops shells from completing file names in a value that is not a path.
fn without_file_names(arg: Arg) -> Arg {
    let is_text = arg.get_action().takes_values() && arg.get_value_hint() == ValueHint::Unknown;
    if is_text { arg.value_hint(ValueHint::Other) } else { arg }
}

/// Lets bash complete the names of files, which it does where the script has nothing to offer. Where a word has
/// not begun, `clap_complete` offers flags even if the command takes files.
fn with_bash_files(script: &str, command: &Command) -> String {
    const FLAGS: &str = "COMPREPLY=( $(compgen -W \"${opts}\" -- \"${cur}\") )";

    let is_path =
        |arg: &Arg| matches!(arg.get_value_hint(), ValueHint::AnyPath | ValueHint::DirPath);
    let start = script.find(&format!("bwsip__subcmd__{})\n", command.get_name()));
    let (before, block) = script.split_at(start.unwrap_or_default());
    let first = usize::from(command.get_positionals().next().is_some_and(is_path));
    let any = usize::from(command.get_positionals().any(is_path));
    let block = block.replacen(" || ${COMP_CWORD} -eq 2 ", " ", first);
    let block = block.replacen(&format!("esac\n            {FLAGS}"), "esac", any);
    format!("{before}{block}")
}

/// Returns the completion of a command's positional argument, which `clap_complete` leaves out for fish.
fn fish_positional(command: &Command) -> String {
    let candidates = match command.get_positionals().next() {
        None => String::new(),
        Some(arg) if arg.get_value_hint() == ValueHint::DirPath => {
            "(__fish_complete_directories)".to_owned()
        }
        Some(arg) => {
            let values = arg.get_possible_values();
            let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
            if names.is_empty() {
                // fish completes file names by itself.
                return String::new();
            }
            names.join(" ")
        }
    };
    let name = command.get_name();
    format!(
        "complete -c bwsip -n \"__fish_bwsip_using_subcommand {name}\" -f -a \"{candidates}\"\n"
    )
}
