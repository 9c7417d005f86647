//! The command line: commands, flags, their values and their help.

use std::env;
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bwsip::{Field, Strictness};
use clap::{ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::commands::call::Provider;
use crate::input::NOT_UTF8;

/// SIP credential hashes for Bandwidth's Network Bridge
#[derive(Parser)]
#[command(name = "bwsip", version, after_long_help = EXIT_STATUS)]
#[command(max_term_width = 80)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    /// Print no warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

const EXIT_STATUS: &str = "\
Exit status: 0 for success, which for verify means that everything matches; 1 if
verify finds something that does not match or cannot be compared; 2 for an
error, with a message on standard error.

Examples:
  bwsip hash --username sipauthtest --realm vapi-3efeaa.auth.bandwidth.com
  bwsip hash --help";

#[derive(Subcommand)]
pub enum Command {
    /// Hash one credential
    Hash(Deferred<HashArgs>),
    /// Hash every row of a CSV file, into one document
    Batch(Deferred<BatchArgs>),
    /// Print what makes Bandwidth agree with a CSV file: create, change, leave
    Plan(Deferred<PlanArgs>),
    /// Print a request to Bandwidth's API, as a configuration for curl
    Request(Deferred<RequestArgs>),
    /// Show what an answer of Bandwidth's holds, without the digests
    Show(Deferred<ShowArgs>),
    /// Check whether a password matches, and if not, why not
    Verify(Deferred<VerifyArgs>),
    /// Print the request that dials through the bridge
    Call(Deferred<CallArgs>),
    /// Print a completion script for a shell
    Completions(Deferred<CompletionsArgs>),
    /// Print the man page, or write all of them to a directory
    Man(Deferred<ManArgs>),
}

/// Arguments that are built only if their command is used. Building those of all commands would take
/// longer than hashing.
pub struct Deferred<T>(pub T);

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(T::augment_args)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command.defer(T::augment_args_for_update)
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Deferred)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// The error for an invalid value. It never repeats the value, which may be a secret.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(&'static str);

/// Parses a port, 1 to 65535, which consists of digits only.
fn port(text: &str) -> Result<u16, ValueError> {
    let port = text.parse().ok().filter(|port| is_number(text) && *port > 0);
    port.ok_or(ValueError("not a port: use 1 to 65535, or leave it out where DNS has it"))
}

/// Parses a number of credentials.
fn count(text: &str) -> Result<NonZero<usize>, ValueError> {
    text.parse().map_err(|_| ValueError("not a number of credentials: use 1 or more"))
}

/// The examples of `bwsip hash`.
const HASH_EXAMPLES: &str = "\
Without a flag for the password, it comes from the environment variable
BWSIP_PASSWORD. Without that, bwsip prompts for it on the terminal.

Examples:
  bwsip hash -u sipauthtest -r vapi-3efeaa.auth.bandwidth.com
  printf '%s' \"$SIP_PASSWORD\" | bwsip hash -u bob -d somewhere.com \\
      -r vapi-3efeaa.auth.bandwidth.com --password-stdin --format xml";

/// Hash one credential: compute Hash1 and Hash1b
#[derive(Args)]
#[command(after_long_help = HASH_EXAMPLES, mut_arg("realm", |realm| realm.required(true)))]
pub struct HashArgs {
    /// Username that the SIP client logs in with
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(help_heading = "Credential")]
    pub username: String,

    #[command(flatten)]
    pub realm: RealmArgs,

    #[command(flatten)]
    pub password: PasswordArgs,

    #[command(flatten)]
    pub generate: GenerateArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output", default_value = "text")]
    pub format: HashFormat,

    /// Id of the Voice application to route calls to; for xml, update-xml and
    /// json
    #[arg(long, value_name = "UUID", help_heading = "Output")]
    pub app_id: Option<String>,

    /// Also write the element Realm; for xml
    #[arg(long, help_heading = "Output")]
    pub with_realm: bool,

    /// Bandwidth's number of the realm, such as 14; required for update-xml
    #[arg(long, value_name = "ID", help_heading = "Output")]
    #[arg(required_if_eq("format", "update-xml"))]
    pub realm_id: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HashFormat {
    /// Two lines, ready to paste into Bandwidth's form
    Text,
    /// Bandwidth's request that creates the credential
    Xml,
    /// Bandwidth's request that changes the credential's password
    UpdateXml,
    /// A JSON object
    Json,
    /// Lines of NAME=VALUE
    Env,
}

/// The examples of `bwsip batch`.
const BATCH_EXAMPLES: &str = "\
The file has a header row with the column username, and optionally password,
domain, realm and app_id; commas, semicolons or tabs separate the columns. Every
row is checked before anything is written. If one has an error, nothing is.

Examples:
  bwsip batch users.csv -r custxx.auth.bandwidth.com --format xml \\
      --output credentials.xml
  bwsip batch users.csv -r custxx.auth.bandwidth.com --format xml \\
      --generate-password --password-out passwords.csv \\
      --split 100 --output new.xml";

/// Hash every row of a CSV file, into one document
#[derive(Args)]
#[command(after_long_help = BATCH_EXAMPLES)]
pub struct BatchArgs {
    /// CSV file, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    #[command(flatten)]
    pub realm: RealmArgs,

    #[command(flatten)]
    pub generate: GenerateArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output", default_value = "csv")]
    pub format: BatchFormat,

    /// Id of the Voice application to route calls to, for rows without one
    #[arg(long, value_name = "UUID", help_heading = "Output")]
    pub app_id: Option<String>,

    /// Also write the element Realm; for xml
    #[arg(long, help_heading = "Output")]
    pub with_realm: bool,

    /// Write documents of at most N credentials each: new-1.xml, new-2.xml and
    /// so on for --output new.xml; for xml
    #[arg(long, value_name = "N", value_parser = count, requires = "output")]
    #[arg(help_heading = "Output")]
    pub split: Option<NonZero<usize>>,

    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BatchFormat {
    /// A header row, and a row for each credential
    Csv,
    /// A JSON array of objects
    Json,
    /// Bandwidth's request that creates the credentials
    Xml,
}

/// The examples of `bwsip plan`.
const PLAN_EXAMPLES: &str = "\
The file is one that batch takes; rows may lack a password. Without --output, no
request is written. None ever deletes a credential. Once the requests have been
sent, and the list is fetched again, plan finds nothing left to do.

Examples:
  bwsip plan users.csv -r custxx.auth.bandwidth.com --xml list.xml
  bwsip plan users.csv -r custxx.auth.bandwidth.com --xml list.xml \\
      --generate-password --password-out new.csv --output requests";

/// Print what makes Bandwidth agree with a CSV file: which credentials to create,
/// to change, and to leave
#[derive(Args)]
#[command(after_long_help = PLAN_EXAMPLES)]
pub struct PlanArgs {
    /// CSV file, as for batch, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Bandwidth's list of credentials; - is standard input; can be repeated for
    /// its pages
    #[arg(long, value_name = "FILE", required = true)]
    pub xml: Vec<PathBuf>,

    /// Accept a list of exactly 500 credentials, after which there may be another
    /// page
    #[arg(long)]
    pub partial: bool,

    #[command(flatten)]
    pub realm: RealmArgs,

    /// Change every password: to that of the file or, where there is none, to a
    /// generated one
    #[arg(long, help_heading = "Password")]
    pub rotate: bool,

    #[command(flatten)]
    pub generate: GenerateArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output", default_value = "text")]
    pub format: VerifyFormat,

    /// Write the requests to a directory: create.xml, and update-ID.xml for each
    /// change
    #[arg(short, long, value_name = "DIRECTORY", help_heading = "Output")]
    pub output: Option<PathBuf>,

    /// Replace existing requests
    #[arg(long, requires = "output", help_heading = "Output")]
    pub force: bool,

    /// Write at most N credentials each to create-1.xml, create-2.xml and so on
    #[arg(long, value_name = "N", value_parser = count, requires = "output")]
    #[arg(help_heading = "Output")]
    pub split: Option<NonZero<usize>>,

    /// Id of the Voice application to route calls to, for rows without one
    #[arg(long, value_name = "UUID", help_heading = "Output")]
    pub app_id: Option<String>,

    /// Also write the element Realm to create.xml
    #[arg(long, help_heading = "Output")]
    pub with_realm: bool,

    /// Bandwidth's number of the realm, such as 14, if the list does not have it
    #[arg(long, value_name = "ID", value_parser = number, help_heading = "Output")]
    pub realm_id: Option<String>,
}

/// Parses an id or a page, which consists of digits.
fn number(text: &str) -> Result<String, ValueError> {
    is_number(text).then(|| text.to_owned()).ok_or(ValueError("not a number: use digits alone"))
}

/// Returns true for digits and nothing else.
pub fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The examples of `bwsip request`.
const REQUEST_EXAMPLES: &str = "\
The token request reads BW_CLIENT_ID and BW_CLIENT_SECRET, an API credential of
the Bandwidth App. Its answer is for BW_ACCESS_TOKEN, which the other requests
read, as they read BW_ACCOUNT_ID. bwsip itself makes no network connection.

Examples:
  bwsip request token | curl --config -
  bwsip request realms | curl --config - | bwsip show
  bwsip hash -u sipauthtest -f xml | bwsip request create --realm-id 14 | \\
      curl --config - | bwsip verify -u sipauthtest --xml -";

/// Print a request to Bandwidth's API, for curl --config -
#[derive(Args)]
#[command(after_long_help = REQUEST_EXAMPLES)]
pub struct RequestArgs {
    /// Request to print
    #[arg(value_name = "REQUEST")]
    pub request: RequestKind,

    /// Documents to post, each in a request of its own, for create and update;
    /// by default standard input, with at most 64 KiB
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Account [env: BW_ACCOUNT_ID]
    #[arg(long, value_name = "ID", value_parser = number)]
    pub account_id: Option<String>,

    /// Bandwidth's number of the realm, such as 14; without it, create posts to
    /// the account
    #[arg(long, value_name = "ID", value_parser = number)]
    #[arg(required_if_eq_any = ["list", "update", "delete"].map(|it| ("request", it)))]
    pub realm_id: Option<String>,

    /// Credential to update or delete; for update, by default that in the name
    /// of the file, such as update-95.xml
    #[arg(long, value_name = "ID", value_parser = number, required_if_eq("request", "delete"))]
    pub credential_id: Option<String>,

    /// Number of the first credential to list: 501 for the second page
    #[arg(long, value_name = "N", value_parser = number)]
    pub page: Option<String>,

    /// Base URL of Bandwidth's API
    #[arg(long, value_name = "URL", default_value = "https://api.bandwidth.com")]
    pub api_url: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RequestKind {
    /// Request a token, with which the other requests are made
    Token,
    /// List the realms, with their ids and host names
    Realms,
    /// List the credentials of a realm, 500 on a page
    List,
    /// Create the credentials in documents
    Create,
    /// Change the password of a credential
    Update,
    /// Delete a credential
    Delete,
}

/// The examples of `bwsip show`.
const SHOW_EXAMPLES: &str = "\
Realms, credentials and errors are shown, but never a digest. Answers may follow
each other, as curl prints those to several requests.

Examples:
  bwsip request list --realm-id 14 | curl --config - | bwsip show
  bwsip show --format csv answer.xml";

/// Show what an answer of Bandwidth's holds, without the digests
#[derive(Args)]
#[command(after_long_help = SHOW_EXAMPLES)]
pub struct ShowArgs {
    /// Answers; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub files: Vec<PathBuf>,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub format: ShowFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    /// Tables for people
    Text,
    /// A JSON object
    Json,
    /// One table, whose first column says what a row is
    Csv,
}

/// The examples of `bwsip verify`.
const VERIFY_EXAMPLES: &str = "\
A credential has three sides: the password, the digests that Bandwidth stores,
and the response that a client sends. Pass any two of them, or all three.
Without a flag for it, the password comes from BWSIP_PASSWORD; bwsip prompts for
it only if one of the other two is missing. Exit status: 0 if everything
matches, 1 if something does not or cannot be compared, 2 for an error.

Examples:
  bwsip verify -u sipauthtest -r custxx.auth.bandwidth.com --xml list.xml
  bwsip verify --xml answer.xml --trace trace.txt
  bwsip verify --csv users.csv -r custxx.auth.bandwidth.com \\
      --xml answer.xml
  bwsip verify --method REGISTER --authorization - < header.txt";

/// Check whether password, digests and response match, and if not, why not
#[derive(Args)]
#[command(after_long_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// Username that the SIP client logs in with; by default that of the response
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(required_unless_present_any = ["authorization", "trace", "csv"])]
    #[arg(help_heading = "Credential")]
    pub username: Option<String>,

    #[command(flatten)]
    pub realm: RealmArgs,

    #[command(flatten)]
    pub password: PasswordArgs,

    /// CSV file, as for batch; each row is compared with --xml; - is standard
    /// input
    #[arg(long, value_name = "FILE", help_heading = "Credential", requires = "xml")]
    #[arg(conflicts_with_all = ["username", "authorization", "trace", PASSWORD_SOURCE])]
    pub csv: Option<PathBuf>,

    #[command(flatten)]
    pub digests: DigestArgs,

    #[command(flatten)]
    pub response: ResponseArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output", default_value = "text")]
    pub format: VerifyFormat,
}

/// The digests that Bandwidth has.
#[derive(Args)]
#[command(next_help_heading = "Digests")]
pub struct DigestArgs {
    /// Hash1, a secret: other users of the machine can see it
    #[arg(long, value_name = "HEX")]
    pub hash1: Option<String>,

    /// Hash1b, a secret too
    #[arg(long, value_name = "HEX")]
    pub hash1b: Option<String>,

    /// Document sent to Bandwidth or received from it; - is standard input; can
    /// be repeated
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hash1", "hash1b"])]
    pub xml: Vec<PathBuf>,
}

impl DigestArgs {
    /// Returns true if any digests are given.
    pub fn is_given(&self) -> bool {
        self.hash1.is_some() || self.hash1b.is_some() || !self.xml.is_empty()
    }
}

/// The response that a client sends.
#[derive(Args)]
#[command(next_help_heading = "Response")]
pub struct ResponseArgs {
    /// Captured Authorization or Proxy-Authorization header; - is standard input
    #[arg(long, value_name = "HEADER", requires = "method")]
    pub authorization: Option<String>,

    /// Method of the captured request, such as REGISTER
    #[arg(long, value_name = "METHOD", requires = "authorization")]
    pub method: Option<String>,

    /// SIP trace; each request with credentials is checked; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["authorization", "method"])]
    pub trace: Option<PathBuf>,
}

impl ResponseArgs {
    /// Returns true if any responses are given.
    pub fn is_given(&self) -> bool {
        self.authorization.is_some() || self.trace.is_some()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// A line for each check
    Text,
    /// A JSON object
    Json,
}

/// The examples of `bwsip call`.
const CALL_EXAMPLES: &str = "\
Without a flag for it, the password comes from BWSIP_PASSWORD or a prompt; uri
and python need none. For curl, the login comes from the environment. With
Twilio, that is an API key in TWILIO_API_KEY and TWILIO_API_SECRET, or the auth
token in TWILIO_AUTH_TOKEN, and without either, curl prompts for the token. With
SignalWire, it is SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID and
SIGNALWIRE_API_TOKEN; with Telnyx, TELNYX_ACCOUNT_SID and TELNYX_API_KEY.

Examples:
  bwsip call --to +17778889999 -r custxx.auth.bandwidth.com --port 5006
  bwsip call --to +17778889999 -r custxx.auth.bandwidth.com --port 5006 \\
      -u sipauthtest --from +15553334444 --url https://example.com/twiml \\
      --format json";

/// Print the SIP URI to dial through the bridge, or the whole request to a
/// provider's API
#[derive(Args)]
#[command(after_long_help = CALL_EXAMPLES, mut_arg("realm", |realm| realm.required(true)))]
pub struct CallArgs {
    /// Number to call, in E.164: +, country code, number
    #[arg(long, value_name = "NUMBER", help_heading = "Call")]
    pub to: String,

    /// Number to call from, in E.164; not needed for uri and twiml
    #[arg(long, value_name = "NUMBER", help_heading = "Call")]
    pub from: Option<String>,

    /// Port of the bridge, 1 to 65535; not needed if DNS has it
    #[arg(long, value_name = "PORT", value_parser = port, help_heading = "Call")]
    pub port: Option<u16>,

    /// Transport to dial with; by default the provider's
    #[arg(long, value_name = "TRANSPORT", help_heading = "Call")]
    #[arg(value_parser = ["udp", "tcp", "tls"])]
    pub transport: Option<String>,

    /// URL of the TwiML that says what happens in the call
    #[arg(long, value_name = "URL", help_heading = "Call", group = "instructions")]
    pub url: Option<String>,

    /// The TwiML itself, in place of --url
    #[arg(long, value_name = "XML", help_heading = "Call", group = "instructions")]
    pub twiml: Option<String>,

    /// Username of the credential; not needed for uri
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(help_heading = "Credential")]
    pub username: Option<String>,

    #[command(flatten)]
    pub realm: RealmArgs,

    #[command(flatten)]
    pub password: PasswordArgs,

    /// Output format
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output", default_value = "uri")]
    #[arg(requires_ifs = CALL_REQUIRES)]
    pub format: CallFormat,

    /// Provider that places the call
    #[arg(long, value_name = "PROVIDER", help_heading = "Output", default_value = "twilio")]
    pub provider: &'static Provider,

    /// Account to call from [env: TWILIO_ACCOUNT_SID, SIGNALWIRE_PROJECT_ID or
    /// TELNYX_ACCOUNT_SID]; for curl and python
    #[arg(long, value_name = "SID", help_heading = "Output")]
    pub account_sid: Option<String>,

    /// TeXML application to call from; for telnyx
    #[arg(long, value_name = "SID", help_heading = "Output")]
    pub application_sid: Option<String>,

    /// Base URL of the provider's API, or of a compatible one; for curl and
    /// python
    #[arg(long, value_name = "URL", help_heading = "Output")]
    pub api_url: Option<String>,

    #[command(flatten)]
    pub output: OutputArgs,
}

/// What each format of `bwsip call` requires.
const CALL_REQUIRES: [(&str, &str); 10] = [
    ("curl", "username"),
    ("curl", "from"),
    ("curl", "instructions"),
    ("json", "username"),
    ("json", "from"),
    ("json", "instructions"),
    ("twiml", "username"),
    ("python", "username"),
    ("python", "from"),
    ("python", "instructions"),
];

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CallFormat {
    /// The SIP URI to dial
    Uri,
    /// A configuration for curl --config -
    Curl,
    /// A JSON object of the request's fields
    Json,
    /// TwiML that connects an existing call
    Twiml,
    /// A program for Twilio's Python library
    Python,
}

/// The examples of `bwsip completions`.
const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  bwsip completions bash > ~/.local/share/bash-completion/completions/bwsip
  bwsip completions fish > ~/.config/fish/completions/bwsip.fish";

/// Print a completion script for a shell
#[derive(Args)]
#[command(after_long_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    /// Shell to complete commands in
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// The examples of `bwsip man`.
const MAN_EXAMPLES: &str = "\
Examples:
  bwsip man > bwsip.1
  bwsip man ~/.local/share/man/man1";

/// Print the man page of bwsip, or write it and a page for each command to a
/// directory
#[derive(Args)]
#[command(after_long_help = MAN_EXAMPLES)]
pub struct ManArgs {
    /// Directory for bwsip.1, bwsip-hash.1 and the others; created if needed
    #[arg(value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
}

/// The environment variable for the realm.
const REALM_VARIABLE: &str = "BWSIP_REALM";

/// Domain and realm, and how strictly names are checked.
#[derive(Args)]
#[command(next_help_heading = "Credential")]
pub struct RealmArgs {
    /// Domain, which is joined to the username with @: bob@somewhere.com
    #[arg(short, long, value_name = "DOMAIN", allow_hyphen_values = true)]
    pub domain: Option<String>,

    /// Full host name of the realm, such as vapi-3efeaa.auth.bandwidth.com
    #[arg(short, long, value_name = "HOST", env = REALM_VARIABLE, hide_env_values = true)]
    realm: Option<OsString>,

    /// Only warn about values that Bandwidth would refuse
    #[arg(long)]
    pub lenient: bool,
}

impl RealmArgs {
    /// Returns the realm, if there is one.
    ///
    /// # Errors
    ///
    /// Fails if it is not UTF-8.
    pub fn realm(&self) -> anyhow::Result<Option<&str>> {
        let Some(realm) = &self.realm else { return Ok(None) };
        let problem = || format!("{}: {NOT_UTF8}", self.source(Field::Realm));
        realm.to_str().with_context(problem).map(Some)
    }

    /// Returns how strictly names are checked.
    pub fn strictness(&self) -> Strictness {
        if self.lenient { Strictness::Lenient } else { Strictness::Strict }
    }

    /// Returns the name of the flag or environment variable that a field comes from.
    pub fn source(&self, field: Field) -> String {
        match field {
            // If both have the same value, either name is right.
            Field::Realm if env::var_os(REALM_VARIABLE) == self.realm => REALM_VARIABLE.to_owned(),
            field => format!("--{}", field.name().replace('_', "-")),
        }
    }
}

/// The flags for the source of the password. Without any, it comes from the environment or a prompt.
#[derive(Args, Default)]
#[command(next_help_heading = "Password")]
pub struct PasswordArgs {
    /// Read the password from standard input, without the final line ending
    #[arg(long, group = PASSWORD_SOURCE)]
    pub password_stdin: bool,

    /// Read the password from a file, without the final line ending; - is
    /// standard input
    #[arg(long, value_name = "FILE", group = PASSWORD_SOURCE)]
    pub password_file: Option<PathBuf>,

    /// The password itself; other users of the machine can see it
    #[arg(short, long, value_name = "VALUE", allow_hyphen_values = true, group = PASSWORD_SOURCE)]
    pub password: Option<OsString>,
}

impl PasswordArgs {
    /// Returns true if the password comes from a flag.
    pub fn is_given(&self) -> bool {
        self.file().is_some() || self.password.is_some()
    }

    /// Returns the file that the password is read from; `-` is standard input.
    pub fn file(&self) -> Option<&Path> {
        let stdin = self.password_stdin.then_some(Path::new("-"));
        stdin.or(self.password_file.as_deref())
    }

    /// Returns true if standard input is read.
    pub fn reads_stdin(&self) -> bool {
        self.file().is_some_and(|path| path.as_os_str() == "-")
    }
}

/// The group of flags of which only one can be used.
const PASSWORD_SOURCE: &str = "password source";

/// The flags for generated passwords.
#[derive(Args, Default)]
#[command(next_help_heading = "Password")]
pub struct GenerateArgs {
    /// Generate a password of 22 letters and digits for each credential without
    /// one
    #[arg(long, group = PASSWORD_SOURCE)]
    pub generate_password: bool,

    /// Write generated passwords to a separate file, not into the output
    #[arg(long, value_name = "FILE", requires = "generate_password")]
    pub password_out: Option<PathBuf>,
}

/// The destination of the result.
#[derive(Args, Clone)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write to a file that only its owner can read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Replace existing regular files
    #[arg(long)]
    pub force: bool,
}
