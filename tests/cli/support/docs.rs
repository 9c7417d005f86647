//! The README and the guide: their blocks of code, run as a reader does who copies them in turn.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use tempfile::TempDir;

use super::{BWSIP, directory, search_path, write_program};

/// A document: its path in the repository, and its text.
pub struct Document {
    pub path: PathBuf,
    pub text: String,
}

/// Returns the README and the pages of the guide.
pub fn documents() -> Vec<Document> {
    let pages = fs::read_dir(in_repository("src/guide".as_ref())).expect("it exists");
    let pages = pages.map(|page| Path::new("src/guide").join(page.expect("an entry").file_name()));
    let mut paths: Vec<_> = pages.chain(["README.md".into()]).collect();
    paths.sort();
    paths.into_iter().map(Document::read).collect()
}

/// Returns the path of a file of the repository.
pub fn in_repository(path: &Path) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// How a block is tested, by the comment before it, which readers do not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing but the program and a shell.
    Nothing,
    /// `<!-- curl -->`: curl, and a stand-in for the API that it sends requests to.
    Curl,
    /// `<!-- not run: … -->`: something that tests cannot have, such as an account.
    More,
}

/// A block of code.
#[derive(Debug)]
pub struct Block {
    /// The language of the fence: `sh`, `yaml`, …
    pub language: String,
    pub text: String,
    pub needs: Needs,
    /// The exit status of its last command: 0 unless `<!-- exit status N -->` stands before the block.
    status: i32,
    /// Whether it asks for a password on a terminal: `<!-- typed password -->`.
    is_typed: bool,
    /// The text of the `text` block that follows immediately, and its place: what the block prints.
    prints: Option<(String, Range<usize>)>,
}

impl Document {
    pub fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(in_repository(&path)).expect("it exists");
        Document { path, text }
    }

    pub fn events(&self) -> Parser<'_> {
        Parser::new_ext(&self.text, Options::ENABLE_TABLES)
    }

    /// Returns the blocks of code in order, except for those of `text`.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = vec![];
        let mut comments = vec![];
        // Whether the last block has ended, and nothing has followed.
        let mut is_adjacent = false;
        let mut events = self.events().into_offset_iter();
        while let Some((event, _)) = events.next() {
            match event {
                Event::Html(html) => {
                    let html = html.trim();
                    let comment = html.strip_prefix("<!-- ").and_then(|it| it.strip_suffix(" -->"));
                    comments.push(comment.expect("HTML is a comment").to_owned());
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    let mut range = 0..0;
                    let mut text = String::new();
                    for (event, place) in events.by_ref() {
                        let Event::Text(piece) = event else { break };
                        range = if text.is_empty() { place } else { range.start..place.end };
                        text += &piece;
                    }
                    match (&*language, blocks.last_mut()) {
                        ("text", Some(block)) if is_adjacent => block.prints = Some((text, range)),
                        ("text", _) => assert_eq!(comments, [""; 0]),
                        _ => blocks.push(Block::new(&language, text, &comments)),
                    }
                    is_adjacent = *language != *"text";
                    comments.clear();
                }
                Event::Start(Tag::HtmlBlock) | Event::End(_) => {}
                _ => is_adjacent = false,
            }
        }
        blocks
    }
}

impl Block {
    fn new(language: &str, text: String, comments: &[String]) -> Block {
        let language = language.to_owned();
        let (needs, status, is_typed, prints) = (Needs::Nothing, 0, false, None);
        let mut block = Block { language, text, needs, status, is_typed, prints };
        for comment in comments {
            if comment == "curl" {
                block.needs = Needs::Curl;
            } else if comment == "typed password" {
                block.is_typed = true;
            } else if let Some(status) = comment.strip_prefix("exit status ") {
                block.status = status.parse().expect("a number");
            } else {
                assert!(comment.starts_with("not run: "), "unknown comment: {comment}");
                block.needs = Needs::More;
            }
        }
        block
    }
}

/// The directories in which the blocks of a document are run.
pub struct Session {
    root: TempDir,
    /// The password that is typed where a block asks for one.
    pub typed: String,
    pub variables: Vec<(String, String)>,
}

impl Session {
    pub fn new() -> Self {
        let session =
            Session { root: directory(), typed: "password".to_owned(), variables: vec![] };
        for name in ["home", "programs", "tmp"] {
            fs::create_dir(session.path(name)).expect("the directory is created");
        }
        // Programs of which the documents show the output, or none.
        session.program("nslookup", "echo 'service = 10 10 5006 bridge.example.'");
        session.program("pass", "echo password");
        session
    }

    /// Returns a path in the directory of the session: `home`, `tmp`, or outside of these.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a program that is found before all others.
    pub fn program(&self, name: &str, script: &str) {
        write_program(&self.path("programs").join(name), &format!("#!/bin/sh\n{script}\n"));
    }

    /// Returns a command that finds the programs of the session, then the `bwsip` under test.
    pub fn command(&self, shell: &str) -> Command {
        let bwsip = Path::new(BWSIP).parent().expect("it is in a directory");
        let mut command = Command::new(shell);
        command
            .env_clear()
            .env("PATH", format!("{}:{}", self.path("programs").display(), search_path(bwsip)))
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .envs(self.variables.iter().cloned())
            .current_dir(self.path("home"))
            .stdin(Stdio::null());
        command
    }

    /// Runs blocks of a document in one shell, and compares what they print with what is shown. Returns
    /// all that they print. With `UPDATE_DOCS` in the environment, changes what is shown.
    #[track_caller]
    pub fn run(&self, shell: &str, document: &Document, blocks: &[Block]) -> String {
        const END: &str = "@@end of a block@@";

        let mut script = String::from("exec 2>&1\n");
        for block in blocks {
            // A command that fails in the middle of a block ends the script.
            script += if block.status == 0 { "set -e\n" } else { "set +e\n" };
            if block.is_typed {
                script +=
                    &format!("export BWSIP_PASSWORD='{}'\n", self.typed.replace('\'', r"'\''"));
            }
            script +=
                &format!("{}\nprintf '\\n{END}%s\\n' \"$?\"\nunset BWSIP_PASSWORD\n", block.text);
        }
        let output = self.command(shell).args(["-c", &script]).output().expect("the shell runs");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");

        let path = document.path.display();
        let mut updates = vec![];
        let mut rest = &*printed;
        for block in blocks {
            let text = &block.text;
            let Some((before, after)) = rest.split_once(&format!("\n{END}")) else {
                panic!("{path}: a command fails in this block:\n{text}\nIt prints:\n{rest}");
            };
            let (status, after) = after.split_once('\n').expect("the status is on a line");
            rest = after;
            assert_eq!(
                status,
                block.status.to_string(),
                "{path}: the status of:\n{text}\n{before}"
            );
            let Some((expected, place)) = &block.prints else { continue };
            let before = before.trim_end().to_owned() + "\n";
            if std::env::var_os("UPDATE_DOCS").is_some() {
                updates.push((place.clone(), before));
            } else {
                assert_eq!(
                    before, *expected,
                    "{path}: the output (UPDATE_DOCS=1 changes it) of:\n{text}"
                );
            }
        }
        assert_eq!(rest, "");
        let mut updated = document.text.clone();
        for (place, text) in updates.into_iter().rev() {
            updated.replace_range(place, &text);
        }
        if updated != document.text {
            fs::write(in_repository(&document.path), updated).expect("the document is written");
        }
        printed
    }
}
