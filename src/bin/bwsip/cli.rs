//! The command line: what can be typed, and its help.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// SIP credential hashes for Bandwidth's Network Bridge.
#[derive(Parser)]
#[command(version, arg_required_else_help = false, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Print no warnings.
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

const EXIT_STATUS: &str = "\
Exit status: 0 when done, and all matches; 1 when verify finds that something does not; 2 when it
was not done, with the reason on stderr.

Example: the two digests, for a password that is asked for
  bwsip hash --username sipauthtest --realm custxx.auth.bandwidth.com";

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Hash one credential.
    Hash(HashArgs),
    /// Hash all rows of a CSV file, into one document.
    Batch(BatchArgs),
    /// Say whether a password matches, and if not, why not.
    Verify(VerifyArgs),
    /// Print the request that dials through the bridge.
    Call(CallArgs),
}

const HASH_EXAMPLES: &str = "\
Password: the first of these that is there: --password-stdin, --password-file, --password or
--generate-password; the environment variable BWSIP_PASSWORD; a prompt, on a terminal.

Examples:
  bwsip hash -u sipauthtest -r custxx.auth.bandwidth.com
  printf '%s' \"$SIP_PASSWORD\" | bwsip hash -u bob -d somewhere.com \\
      -r custxx.auth.bandwidth.com --password-stdin --format xml";

/// Hash one credential: Hash1 and Hash1b, as text, XML, JSON or variables.
#[derive(Args)]
#[command(after_help = HASH_EXAMPLES)]
pub struct HashArgs {
    /// Whose credential it is.
    #[command(flatten)]
    pub who: WhoArgs,

    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordArgs,

    /// A new one.
    #[command(flatten)]
    pub generate: GenerateArgs,

    /// text, xml (create), update-xml (change the password), json or env.
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    #[arg(default_value = "text", hide_possible_values = true)]
    pub format: HashFormat,

    /// Voice application to route the calls to; for xml, update-xml and json.
    #[arg(long, value_name = "UUID", help_heading = "Output")]
    pub app_id: Option<OsString>,

    /// Write the Realm element too; for xml.
    #[arg(long, help_heading = "Output")]
    pub with_realm: bool,

    /// Bandwidth's number of the realm; update-xml needs it.
    #[arg(long, value_name = "ID", help_heading = "Output")]
    pub realm_id: Option<OsString>,

    /// Where the result goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What `bwsip hash` can print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HashFormat {
    /// Two lines for a person.
    Text,
    /// Bandwidth's document that creates a credential.
    Xml,
    /// Bandwidth's document that changes a credential's password.
    UpdateXml,
    /// One object.
    Json,
    /// Lines of NAME=VALUE.
    Env,
}

const BATCH_EXAMPLES: &str = "\
The file has a header with the column username, and perhaps password, domain, realm and app_id. It
is all or nothing: every row is checked before anything is written.

Examples:
  bwsip batch users.csv -r custxx.auth.bandwidth.com --format xml --output credentials.xml
  bwsip batch users.csv -r custxx.auth.bandwidth.com --format xml \\
      --generate-password --password-out passwords.csv";

/// Hash all rows of a CSV file, into one document.
#[derive(Args)]
#[command(after_help = BATCH_EXAMPLES)]
pub struct BatchArgs {
    /// CSV file, or - for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// For rows whose cells are missing or empty.
    #[command(flatten)]
    pub realm: RealmArgs,

    /// Passwords for rows that have none.
    #[command(flatten)]
    pub generate: GenerateArgs,

    /// csv, json or xml (create).
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    #[arg(default_value = "csv", hide_possible_values = true)]
    pub format: BatchFormat,

    /// Voice application, for rows that name none.
    #[arg(long, value_name = "UUID", help_heading = "Output")]
    pub app_id: Option<OsString>,

    /// Write the Realm element too; for xml.
    #[arg(long, help_heading = "Output")]
    pub with_realm: bool,

    /// Where the result goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What `bwsip batch` can print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BatchFormat {
    /// A header, and a row for each.
    Csv,
    /// An array of objects.
    Json,
    /// Bandwidth's document that creates credentials.
    Xml,
}

const VERIFY_EXAMPLES: &str = "\
The password comes from where it does for hash. Exit status: 0 when all that is given matches, 1 when
something does not, 2 when nothing was checked.

Examples:
  bwsip verify -u sipauthtest -r custxx.auth.bandwidth.com --xml credentials.xml
  bwsip verify --method REGISTER --authorization \"$HEADER\"";

/// Say whether a password matches digests or a captured response, and if not, why not.
#[derive(Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct VerifyArgs {
    /// Name that the SIP client logs in with; a captured response has it.
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(required_unless_present = "authorization", help_heading = "Credential")]
    pub username: Option<OsString>,

    /// Where the name counts.
    #[command(flatten)]
    pub realm: RealmArgs,

    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordArgs,

    /// What is known of the credential.
    #[command(flatten)]
    pub known: KnownArgs,

    /// text or json.
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    #[arg(default_value = "text", hide_possible_values = true)]
    pub format: VerifyFormat,
}

const CALL_EXAMPLES: &str = "\
The password comes from where it does for hash; uri and python do without. The token for curl comes
from the environment variable TWILIO_AUTH_TOKEN alone; without it, curl asks.

Examples:
  bwsip call --to +17778889999 -r custxx.auth.bandwidth.com --port 5006
  bwsip call --to +17778889999 -r custxx.auth.bandwidth.com --port 5006 -u sipauthtest \\
      --from +15553334444 --url https://example.com/twiml --format json";

/// Print the SIP URI to dial through the bridge, or the whole request for Twilio's API.
#[derive(Args)]
#[command(after_help = CALL_EXAMPLES)]
pub struct CallArgs {
    /// Number to call, in E.164.
    #[arg(long, value_name = "NUMBER", help_heading = "Call")]
    pub to: OsString,

    /// Number that calls, in E.164; uri does without.
    #[arg(long, value_name = "NUMBER", help_heading = "Call")]
    pub from: Option<OsString>,

    /// Port of the bridge, 1 to 65535; none where DNS finds it.
    #[arg(long, value_name = "PORT", help_heading = "Call")]
    pub port: Option<OsString>,

    /// Address of the TwiML that says what happens in the call; uri does without.
    #[arg(long, value_name = "URL", help_heading = "Call")]
    pub url: Option<OsString>,

    /// Name that the bridge knows; uri does without.
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    #[arg(help_heading = "Credential")]
    pub username: Option<OsString>,

    /// Where the name counts.
    #[command(flatten)]
    pub realm: RealmArgs,

    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordArgs,

    /// uri, curl (a config), json (the form fields) or python.
    #[arg(short, long, value_name = "FORMAT", help_heading = "Output")]
    #[arg(default_value = "uri", hide_possible_values = true)]
    pub format: CallFormat,

    /// Account to call from [or the environment variable TWILIO_ACCOUNT_SID]; for curl and python.
    #[arg(long, value_name = "SID", help_heading = "Output")]
    pub account_sid: Option<OsString>,

    /// Another API that speaks Twilio's; for curl and python.
    #[arg(long, value_name = "URL", help_heading = "Output")]
    #[arg(default_value = "https://api.twilio.com")]
    pub api_url: OsString,

    /// Where the result goes.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What `bwsip call` can print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CallFormat {
    /// The SIP URI.
    Uri,
    /// A config for curl.
    Curl,
    /// An object of the form fields.
    Json,
    /// A program for Twilio's library.
    Python,
}

/// What is known of a credential.
#[derive(Args)]
#[command(next_help_heading = "Known")]
pub struct KnownArgs {
    /// Hash1, a secret: other users of the machine can see it.
    #[arg(long, value_name = "HEX")]
    pub hash1: Option<OsString>,

    /// Hash1b, a secret too.
    #[arg(long, value_name = "HEX")]
    pub hash1b: Option<OsString>,

    /// Document sent to Bandwidth or got from it; - is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["hash1", "hash1b", "authorization"])]
    pub xml: Option<PathBuf>,

    /// Captured header: Digest …, for the password, or for --hash1 or --hash1b instead.
    #[arg(long, value_name = "HEADER", requires = "method")]
    pub authorization: Option<OsString>,

    /// Method of the captured request, such as REGISTER.
    #[arg(long, value_name = "METHOD", requires = "authorization")]
    pub method: Option<OsString>,
}

/// What `bwsip verify` can print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// A line for each digest.
    Text,
    /// One object.
    Json,
}

/// Whose credential it is.
#[derive(Args)]
#[command(next_help_heading = "Credential")]
pub struct WhoArgs {
    /// Name that the SIP client logs in with.
    #[arg(short, long, value_name = "NAME", allow_hyphen_values = true)]
    pub username: OsString,

    /// Where the name counts.
    #[command(flatten)]
    pub realm: RealmArgs,
}

/// Where a name counts.
#[derive(Args)]
#[command(next_help_heading = "Credential")]
pub struct RealmArgs {
    /// Joined to the username with @: bob and somewhere.com make bob@somewhere.com.
    #[arg(short, long, value_name = "DOMAIN", allow_hyphen_values = true)]
    pub domain: Option<OsString>,

    /// Realm's full host name [or the environment variable BWSIP_REALM].
    #[arg(short, long, value_name = "HOST")]
    pub realm: Option<OsString>,

    /// Warn of what Bandwidth would refuse, and go on.
    #[arg(long)]
    pub lenient: bool,
}

/// Where the password comes from; none of them means the environment, then a prompt.
#[derive(Args)]
#[command(next_help_heading = "Password")]
pub struct PasswordArgs {
    /// Read it from standard input, to the end; one line ending is dropped.
    #[arg(long, group = PASSWORD_SOURCE)]
    pub password_stdin: bool,

    /// Read it from a file, or - for standard input; one line ending is dropped.
    #[arg(long, value_name = "FILE", group = PASSWORD_SOURCE)]
    pub password_file: Option<PathBuf>,

    /// The password itself; other users of the machine can see it.
    #[arg(short, long, value_name = "VALUE", group = PASSWORD_SOURCE, allow_hyphen_values = true)]
    pub password: Option<OsString>,
}

impl PasswordArgs {
    /// Whether a flag says where the password comes from.
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

/// The flags of which there can be one.
const PASSWORD_SOURCE: &str = "password source";

/// New passwords.
#[derive(Args)]
#[command(next_help_heading = "Password")]
pub struct GenerateArgs {
    /// Make a new one, where there is none: 22 letters and digits.
    #[arg(long, group = PASSWORD_SOURCE)]
    pub generate_password: bool,

    /// Put what was generated into a file of its own, not into the output.
    #[arg(long, value_name = "FILE", requires = "generate_password")]
    pub password_out: Option<PathBuf>,
}

/// Where the result goes.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write to a file that only its owner can read, not to standard output.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Replace regular files that exist.
    #[arg(long)]
    pub force: bool,
}
