//! `bwsip man`: the man pages, generated from the help and from sections of the guide.

use std::io::Write as _;
use std::mem;

use anyhow::bail;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};
use pulldown_cmark::{Event, Options, Parser, TagEnd};

use crate::cli::{Cli, ManArgs};
use crate::output;

/// The version that the pages describe.
const RELEASE: &str = concat!("bwsip ", env!("CARGO_PKG_VERSION"));

/// The date of its release.
const DATE: &str = "2026-11-23";

const BATCH: &str = include_str!("../../../guide/batch.md");
const DIGESTS: &str = include_str!("../../../guide/digests.md");
const ENVIRONMENT: &str = include_str!("../../../guide/environment.md");
const FORMATS: &str = include_str!("../../../guide/formats.md");
const VERIFY: &str = include_str!("../../../guide/verify.md");

/// The sections of the guide that pages have: the commands, a page of the guide, and headings.
const SECTIONS: [(&[&str], &str, &[&str]); 10] = [
    (&["hash", "verify", "call"], ENVIRONMENT, &["Passwords"]),
    (&["hash"], DIGESTS, &["The digests", "The realm's full host name", "What Bandwidth accepts"]),
    (&["batch"], BATCH, &["The CSV file", "What spreadsheets do to a file"]),
    (&["plan"], BATCH, &["Plan"]),
    (
        &["verify"],
        VERIFY,
        &["The three sides", "What a trace may be", "What is tried", "The mistakes that it knows"],
    ),
    (&["hash", "batch"], FORMATS, &["JSON of hash and batch"]),
    (&["plan"], FORMATS, &["JSON of plan"]),
    (&["show"], FORMATS, &["JSON of show"]),
    (&["verify"], FORMATS, &["JSON of verify", "JSON of verify with --csv"]),
    (&["call"], FORMATS, &["JSON of call"]),
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
            if let Some(command) = program.find_subcommand(directory) {
                let name = command.get_name();
                bail!(
                    "wrong usage: {name} is a command: read its page with man bwsip-{name}, or use \
                     bwsip man ./{name} to write all pages to a directory of that name"
                );
            }
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
    // Hyphens would break up names.
    roff.control("nh", []).control("SH", ["SYNOPSIS"]).text([bold(name), roman(arguments)]);
    roff
}

/// Wraps long lines, corrects the lists of values from `clap_mangen`, about which mandoc warns, and keeps
/// characters that groff would replace with others that no shell knows.
fn tidy(page: &str) -> Vec<u8> {
    let mut tidy = String::new();
    let page = page.replace("\n.br\n\n.br\n", "\n.sp\n");
    let page = page.replace('~', r"\(ti").replace('^', r"\(ha").replace('`', r"\(ga");
    let mut is_example = false;
    for line in page.lines() {
        is_example = line == ".nf" || is_example && line != ".fi";
        // In an example, what follows is shown on the same line.
        let end = if is_example { " \\c\n" } else { "\n" };
        let mut length = 0;
        for word in line.split(' ') {
            // A line that starts with one of these characters is a request.
            let is_request = line.starts_with('.') || word.starts_with(['.', '\'']);
            let breaks = length + word.len() >= 77 && !is_request;
            if length > 0 {
                tidy += if breaks { end } else { " " };
            }
            tidy += word;
            length = word.len() + 1 + if breaks { 0 } else { length };
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
fn section_of_help(command: &Command, heading: &str) -> String {
    let help = after_help(command);
    let paragraph = help.split("\n\n").find_map(|it| it.strip_prefix(heading));
    paragraph.expect("the help has the heading").to_owned()
}

/// Returns the sections of the guide that belong to a command's page.
fn guide(command: &Command) -> Roff {
    let name = command.get_name();
    let mut roff = Roff::new();
    for (_, page, headings) in SECTIONS.iter().filter(|(commands, ..)| commands.contains(&name)) {
        roff.extend(headings.iter().map(|heading| section(page, heading, command)));
    }
    roff
}

/// Returns the section of a page of the guide with this heading, for a command's page; empty if it has
/// nothing for the command.
fn section(page: &str, wanted: &str, command: &Command) -> Roff {
    let mut body = Roff::new();
    let (mut text, mut cells, mut header) = (vec![], vec![], vec![]);
    let mut is_wanted = false;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Text(piece) => text.push(roman(piece)),
            Event::Code(code) => text.push(bold(code)),
            Event::SoftBreak => text.push(roman("\n")),
            Event::End(TagEnd::Heading(_)) if is_wanted => break,
            Event::End(TagEnd::Heading(_)) => is_wanted = plain(&mem::take(&mut text)) == wanted,
            _ if !is_wanted => text.clear(),
            Event::End(end @ (TagEnd::Paragraph | TagEnd::CodeBlock)) => {
                if body != Roff::new() {
                    body.control("PP", []);
                }
                let text = mem::take(&mut text);
                match end {
                    TagEnd::Paragraph => body.text(text),
                    _ => body.control("nf", []).text(text).control("fi", []),
                };
            }
            Event::End(TagEnd::Item) => {
                body.control("IP", ["\\(bu", "2"]).text(mem::take(&mut text));
            }
            Event::End(TagEnd::TableCell) => cells.push(mem::take(&mut text)),
            Event::End(TagEnd::TableHead) => header = mem::take(&mut cells),
            Event::End(TagEnd::TableRow) => row(&mut body, &header, mem::take(&mut cells), command),
            _ => {}
        }
    }
    let mut roff = Roff::new();
    if body != roff {
        roff.control("SH", [&*wanted.to_uppercase()]).extend([body]);
    }
    roff
}

/// Adds a row of a table. If it has a column `commands`, it is for these commands only.
fn row(body: &mut Roff, header: &[Vec<Inline>], mut row: Vec<Vec<Inline>>, command: &Command) {
    if let Some(at) = header.iter().position(|title| plain(title) == "commands") {
        let commands = plain(&row.remove(at));
        let is_listed = commands.split(", ").any(|it| it == "all" || it == command.get_name());
        if !is_listed && !command.has_subcommands() {
            return;
        }
    }
    body.control("TP", []).text(row.remove(0)).text(row.remove(0));
    for (title, cell) in header[2..].iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
        body.text([&[roman("(")], &**title, &[roman(": ")], &cell, &[roman(")")]].concat());
    }
}

/// Returns a text without its fonts.
fn plain(text: &[Inline]) -> String {
    let pieces = text.iter().map(|inline| match inline {
        Inline::Roman(text) | Inline::Italic(text) | Inline::Bold(text) => text,
        Inline::LineBreak => " ",
    });
    pieces.collect()
}

/// Returns the sections that follow the options.
fn closing_sections(program: &Command, command: &Command) -> Roff {
    let mut roff = guide(command);
    roff.control("SH", ["EXIT STATUS"]).text([roman(section_of_help(program, EXIT_STATUS))]);
    roff.extend(["Environment", "Files"].map(|heading| section(ENVIRONMENT, heading, command)));
    let examples = section_of_help(command, EXAMPLES).replace("\n  ", "\n");
    roff.control("SH", ["EXAMPLES"]).control("nf", []).text([roman(examples.trim_start())]);
    roff.control("fi", []).control("SH", ["SEE ALSO"]);
    let others: Vec<_> = std::iter::once(program)
        .chain(program.get_subcommands())
        .filter(|other| other.get_name() != command.get_name())
        .map(|other| format!("{}(1)", full_name(other)))
        .collect();
    roff.text([roman(others.join(", "))]);
    roff
}
