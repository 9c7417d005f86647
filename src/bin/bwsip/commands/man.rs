//! `bwsip man`: the man pages, generated from the texts of the help.

use std::io::Write as _;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{Cli, ManArgs};
use crate::output;

/// The version that the pages describe, and the date of its release. The tests compare the version with
/// the package's, so that neither is forgotten.
const RELEASE: &str = "bwsip 0.1.0";
const DATE: &str = "2026-11-23";

/// A variable or a file, its description, and the argument that the commands with this entry have.
/// Without an argument, all commands have the entry.
type Entry = (&'static str, &'static str, Option<&'static str>);

const ENVIRONMENT: [Entry; 10] = [
    ("BWSIP_PASSWORD", "The password, if no flag for it is given.", Some("password_stdin")),
    ("BWSIP_REALM", "The realm, if --realm is not given.", Some("realm")),
    (
        "TWILIO_ACCOUNT_SID, SIGNALWIRE_PROJECT_ID, TELNYX_ACCOUNT_SID",
        "The provider's account, if --account-sid is not given.",
        Some("account_sid"),
    ),
    (
        "TWILIO_API_KEY, TWILIO_API_SECRET",
        "An API key and its secret, for the format curl. They take precedence over \
         TWILIO_AUTH_TOKEN.",
        Some("account_sid"),
    ),
    (
        "TWILIO_AUTH_TOKEN, SIGNALWIRE_API_TOKEN, TELNYX_API_KEY",
        "The account's secret, for the format curl. Without it, curl prompts for it; Telnyx \
         requires it.",
        Some("account_sid"),
    ),
    (
        "SIGNALWIRE_SPACE",
        "The host name of SignalWire's API, such as example.signalwire.com.",
        Some("account_sid"),
    ),
    (
        "BW_CLIENT_ID, BW_CLIENT_SECRET",
        "An API credential of the Bandwidth App, for the request token.",
        Some("account_id"),
    ),
    (
        "BW_ACCESS_TOKEN",
        "The token for the other requests, or the JSON answer with it.",
        Some("account_id"),
    ),
    ("BW_ACCOUNT_ID", "The account, if --account-id is not given.", Some("account_id")),
    ("NO_COLOR", "If it is set and not empty, nothing is printed in color.", None),
];

const FILES: [Entry; 3] = [
    (
        "/dev/tty",
        "The terminal, on which bwsip prompts for the password if it comes from nowhere else.",
        Some("password_stdin"),
    ),
    (
        "The FILE of --output",
        "The result. The file is readable only by its owner (mode 0600), and written completely or \
         not at all. An existing file is replaced only with --force.",
        Some("output"),
    ),
    (
        "The FILE of --password-out",
        "The generated passwords, in a file of the same kind. It is on disk before any digest is \
         written.",
        Some("password_out"),
    ),
];

/// Prints the program's page, or writes all pages to a directory.
pub fn run(args: &ManArgs) -> anyhow::Result<()> {
    let mut program = Cli::command()
        .disable_help_subcommand(true)
        .subcommand_help_heading("COMMANDS")
        .subcommand_value_name("COMMAND");
    program.build();
    match &args.directory {
        None => {
            let page = page(&program, &program);
            output::standard_output(&|out| out.write_all(&page))
        }
        Some(directory) => {
            let commands = std::iter::once(&program).chain(program.get_subcommands());
            let pages = commands
                .map(|command| (format!("{}.1", full_name(command)), page(&program, command)));
            output::public_files("man pages", directory, &pages.collect::<Vec<_>>())
        }
    }
}

/// Returns the name of a page, such as `bwsip-hash`.
fn full_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// Returns the page of a command, or of the program itself.
fn page(program: &Command, command: &Command) -> Vec<u8> {
    let man = Man::new(command.clone())
        .title(full_name(command).to_uppercase())
        .date(DATE)
        .source(RELEASE)
        .manual("User Commands");
    let mut page = Vec::new();
    let written = (|| {
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        synopsis(command).to_writer(&mut page)?;
        man.render_description_section(&mut page)?;
        notes(command).to_writer(&mut page)?;
        if command.has_subcommands() {
            man.render_subcommands_section(&mut page)?;
        }
        man.render_options_section(&mut page)?;
        closing_sections(program, command).to_writer(&mut page)
    })();
    written.expect("a vector takes every write");
    tidy(std::str::from_utf8(&page).expect("the help is UTF-8"))
}

/// Returns the usage line of the help. That of `clap_mangen` lists all flags, without their values.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let arguments = usage.strip_prefix(name).expect("a usage starts with the command").to_owned();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text([bold(name), roman(arguments)]);
    roff
}

/// Wraps long lines, and corrects the lists of values from `clap_mangen`, about which mandoc warns.
fn tidy(page: &str) -> Vec<u8> {
    let mut tidy = String::new();
    for line in page.replace("\n.br\n\n.br\n", "\n.sp\n").lines() {
        let mut length = 0;
        for word in line.split(' ') {
            // A line that starts with one of these characters is a request.
            let fits =
                length + word.len() < 80 || line.starts_with('.') || word.starts_with(['.', '\'']);
            match length {
                0 => {}
                _ if fits => tidy.push(' '),
                _ => {
                    tidy.push('\n');
                    length = 0;
                }
            }
            tidy += word;
            length += word.len() + 1;
        }
        tidy.push('\n');
    }
    tidy.into_bytes()
}

const EXIT_STATUS: &str = "Exit status: ";
const EXAMPLES: &str = "Examples:\n";

/// Returns the part of the help after the flags.
fn after_help(command: &Command) -> String {
    command.get_after_long_help().expect("every command has examples").to_string()
}

/// Returns the part of the help after the flags, except for paragraphs with a section of their own.
fn notes(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let help = after_help(command);
    let own_section = |it: &&str| it.starts_with(EXIT_STATUS) || it.starts_with(EXAMPLES);
    for paragraph in help.split("\n\n").filter(|it| !own_section(it)) {
        roff.control("PP", []).text([roman(paragraph)]);
    }
    roff
}

/// Returns the paragraph of a command's help that starts with a heading.
fn section(command: &Command, heading: &str) -> String {
    let help = after_help(command);
    let paragraph = help.split("\n\n").find_map(|it| it.strip_prefix(heading));
    paragraph.expect("the help has the heading").to_owned()
}

/// Returns the sections that follow the options.
fn closing_sections(program: &Command, command: &Command) -> Roff {
    let uses = |(_, _, argument): &&Entry| {
        command.has_subcommands()
            || argument.is_none_or(|id| command.get_arguments().any(|it| it.get_id() == id))
    };
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]).text([roman(section(program, EXIT_STATUS))]);
    for (heading, entries) in [("ENVIRONMENT", &ENVIRONMENT[..]), ("FILES", &FILES)] {
        let entries: Vec<_> = entries.iter().filter(uses).collect();
        if !entries.is_empty() {
            roff.control("SH", [heading]);
        }
        for (name, description, _) in entries {
            roff.control("TP", []).text([bold(*name)]).text([roman(*description)]);
        }
    }
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in section(command, EXAMPLES).lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    roff.control("fi", []).control("SH", ["SEE ALSO"]);
    let others: Vec<_> = std::iter::once(program)
        .chain(program.get_subcommands())
        .filter(|other| other.get_name() != command.get_name())
        .map(|other| format!("{}(1)", full_name(other)))
        .collect();
    roff.text([roman(others.join(", "))]);
    roff
}
