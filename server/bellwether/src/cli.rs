//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Collects customer data, understands it, runs campaigns and measures what they did.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalOptions,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
pub struct GlobalOptions {
    /// Configuration file [default: ./bellwether.toml where it exists]
    #[arg(long, global = true, env = "BELLWETHER_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder; short for --set data.dir=DIR [default: ./bellwether-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Any setting, for example --set server.listen=127.0.0.1:8080 (`bellwether config` lists them)
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    pub settings: Vec<(String, String)>,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.trim().to_owned(), value.to_owned()))
        .ok_or_else(|| format!("`{text}` has no `=`; write KEY=VALUE, for example shop.name=Acme"))
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole way on bundled real data: collect, clean, segment, recommend, engage, evaluate, report; then serve it
    Demo(DemoOptions),
    /// Serve the console and the API on the data folder
    Serve,
    /// Import orders, events or a finished experiment from files, objects (s3://…) or rows of a query, by a mapping
    Import(ImportOptions),
    /// Write a draft of a mapping from the names and contents of a file's columns
    Guess {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Show events of a running server as they arrive
    Tail(TailOptions),
    /// Bring segments, features and recommendations up to date with what was imported
    Refresh,
    /// Sources, the places that events come from over HTTP: add, list, rotate, disable, enable, hook, remove
    #[command(subcommand)]
    Source(SourceCommand),
    /// Stores, the shops and branches that receipts come from: list, set, import
    #[command(subcommand)]
    Store(StoreCommand),
    /// The tracking plan, which says what events must look like: learn, show, check, import, export, mode
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Campaigns: add, list, run
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Write one self-contained report of everything, as HTML or JSON
    Report(ReportOptions),
    /// Check the data folder and say what is wrong; print a digest of all state
    Doctor(DoctorOptions),
    /// Rebuild profiles, identities and what happened at stores from the event files, and say whether the Store has the same
    Replay(ReplayOptions),
    /// Remove events that are past the time that the section retention of the configuration sets (see docs/retention.md)
    Retention(RetentionOptions),
    /// Bring the Store's tables up to this version
    Migrate,
    /// Print the configuration in force and where each value comes from
    Config,
    /// Check the rules for how people came, and say where they are (see docs/acquisition.md)
    Acquisition {
        /// Print the rules that come with the product, to be changed in a copy
        #[arg(long)]
        shipped: bool,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Try the algorithms on a file, without any server
    #[command(subcommand)]
    Lab(Box<bellwether_lab::LabCommand>),
    /// Print a completion script for a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoOptions {
    /// Stop after the report instead of serving the console
    #[arg(long)]
    pub no_serve: bool,
    /// Folder with the bundled examples
    #[arg(long, value_name = "DIR", default_value = "examples")]
    pub examples: PathBuf,
}

/// Options of `import`.
#[derive(Debug, Args)]
pub struct ImportOptions {
    /// Files, folders of files, or objects of an S3-compatible store (s3://BUCKET/KEY, a folder's key for all in it): delimited
    /// text or JSON, plain or .gz or .zst; Parquet. None where the mapping has a [query]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What the columns mean (see docs/mapping.md)
    #[arg(long, value_name = "FILE")]
    pub mapping: PathBuf,
    /// Show what the first 20 rows would become, and import nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What to do with sources. A running server has the data folder to itself: while it runs, use its console or API.
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add a source and print its write key
    Add(AddSourceOptions),
    /// List sources with what they brought in the last 30 days
    List {
        /// Form of the list; json holds the write keys
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Give a source a new write key and print it; the old one stops
    Rotate(SourceSlug),
    /// Refuse the events of a source until it is enabled again
    Disable(SourceSlug),
    /// Take the events of a source again
    Enable(SourceSlug),
    /// Change how the deliveries of a web hook are checked and read (see docs/hooks.md)
    Hook(HookOptions),
    /// Remove a source; its events and its history stay
    Remove(SourceSlug),
}

/// Options of `source add`.
#[derive(Debug, Args)]
pub struct AddSourceOptions {
    /// What people call it, for example "Online shop"; its short name follows from it
    #[arg(value_name = "NAME")]
    pub name: String,
    /// What sends the events
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: SourceKindOption,
    /// Which system calls, for a web hook of another system
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub hook: Option<HookSystemOption>,
}

/// Which system calls a web hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookSystemOption {
    /// Shopify
    Shopify,
    /// A shop that runs WooCommerce
    Woocommerce,
    /// Stripe
    Stripe,
    /// Whatever else sends JSON
    Generic,
}

/// What stands in the header that says who sent a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SignatureSchemeOption {
    /// HMAC-SHA256 of the body in hexadecimal digits
    HmacSha256Hex,
    /// HMAC-SHA256 of the body in base64
    HmacSha256Base64,
    /// The secret itself
    Token,
}

/// Options of `source hook`.
#[derive(Debug, Args)]
pub struct HookOptions {
    /// The source's short name (`bellwether source list` names them)
    #[arg(value_name = "SLUG")]
    pub slug: String,
    /// A file that holds what deliveries are signed with, `-` for standard input; not as an argument, which others can see
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// The header that says who sent a delivery; for generic web hooks
    #[arg(long, value_name = "HEADER")]
    pub signature_header: Option<String>,
    /// What stands in that header; for generic web hooks
    #[arg(long, value_enum, value_name = "SCHEME")]
    pub signature_scheme: Option<SignatureSchemeOption>,
    /// A mapping of its own
    #[arg(long, value_name = "FILE", conflicts_with = "ready_mapping")]
    pub mapping: Option<PathBuf>,
    /// Go back to the mapping that comes with the product
    #[arg(long)]
    pub ready_mapping: bool,
}

/// Which source.
#[derive(Debug, Args)]
pub struct SourceSlug {
    /// The source's short name (`bellwether source list` names them)
    #[arg(value_name = "SLUG")]
    pub slug: String,
}

/// What sends the events of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SourceKindOption {
    /// Pages in a browser
    Website,
    /// A program of the shop's own
    Server,
    /// An app on phones
    Mobile,
    /// Somebody else's service that calls when something happens
    Webhook,
}

/// Form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What to do with stores (see docs/stores.md). A running server has the data folder to itself: while it runs, use its console or API.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// List stores with what happened there
    List {
        /// Form of the list
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Say what a store is called and where it is; one that no receipt has named yet is made
    Set(Box<SetStoreOptions>),
    /// Say it of many, from a CSV file with a column `code` and any of name, city, address, country, latitude, longitude, opened, closed, tags
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Options of `store set`. An empty value takes away.
#[derive(Debug, Args)]
pub struct SetStoreOptions {
    /// What receipts call it
    #[arg(value_name = "CODE")]
    pub code: String,
    /// What people call it
    #[arg(long)]
    pub name: Option<String>,
    /// The city
    #[arg(long)]
    pub city: Option<String>,
    /// Street and number, postal code
    #[arg(long)]
    pub address: Option<String>,
    /// The country
    #[arg(long)]
    pub country: Option<String>,
    /// Degrees north
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, requires = "longitude")]
    pub latitude: Option<String>,
    /// Degrees east
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, requires = "latitude")]
    pub longitude: Option<String>,
    /// The first day on which it was open, for example 2026-03-01
    #[arg(long, value_name = "DAY")]
    pub opened: Option<String>,
    /// The last
    #[arg(long, value_name = "DAY")]
    pub closed: Option<String>,
    /// Words to sort stores by, with commas between them
    #[arg(long)]
    pub tags: Option<String>,
}

/// What to do with the tracking plan (see docs/tracking-plan.md). A running server has the data folder to itself: while it
/// runs, use its console or API.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Propose a plan from the events that came; nothing is switched on
    Learn(LearnPlanOptions),
    /// Show the plan, or the schema and history of one event
    Show(PlanKeyOptions),
    /// Check a plan's file, and how the events that came would fare under it
    Check(CheckPlanOptions),
    /// Make a file the plan; entries that it does not have are taken out
    Import(ImportPlanOptions),
    /// Write the plan as a file that lives in git
    Export {
        /// JSON, or TOML where the name ends in .toml; `-` for JSON on standard output
        #[arg(value_name = "FILE", default_value = "-")]
        file: PathBuf,
    },
    /// Say what happens to events that do not keep to the plan: watch, flag or reject
    Mode(PlanModeOptions),
}

/// Options of `plan learn`.
#[derive(Debug, Args)]
pub struct LearnPlanOptions {
    /// Days back
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub days: u32,
    /// Only events of this name
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// Only events of this source
    #[arg(long, value_name = "SLUG")]
    pub source: Option<String>,
    /// What is there in at least this share of the events is required
    #[arg(long, value_name = "SHARE", default_value_t = 0.99, value_parser = share)]
    pub required_share: f64,
    /// Where to write the proposal: JSON, or TOML where the name ends in .toml [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.5..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share from 0.5 to 1"))
}

/// Which entry of the plan.
#[derive(Debug, Args)]
pub struct PlanKeyOptions {
    /// The event's name; without it, the whole plan is listed
    #[arg(value_name = "EVENT")]
    pub event: Option<String>,
    /// The entry for this source only
    #[arg(long, value_name = "SLUG", requires = "event")]
    pub source: Option<String>,
}

/// Options of `plan check`.
#[derive(Debug, Args)]
pub struct CheckPlanOptions {
    /// The file, JSON or TOML
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Also hold the last 1,000 events of each name against it
    #[arg(long)]
    pub events: bool,
}

/// Options of `plan import`.
#[derive(Debug, Args)]
pub struct ImportPlanOptions {
    /// The file, JSON or TOML
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", default_value = "imported")]
    pub note: String,
}

/// Options of `plan mode`.
#[derive(Debug, Args)]
pub struct PlanModeOptions {
    /// What happens to events that do not keep to the plan
    #[arg(value_enum, value_name = "MODE")]
    pub mode: PlanModeOption,
    /// The event's name
    #[arg(value_name = "EVENT", required_unless_present = "unplanned")]
    pub event: Option<String>,
    /// The entry for this source only
    #[arg(long, value_name = "SLUG", requires = "event")]
    pub source: Option<String>,
    /// For events that the plan does not name
    #[arg(long, conflicts_with = "event")]
    pub unplanned: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub note: String,
}

/// What happens to events that do not keep to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanModeOption {
    /// They are counted
    Watch,
    /// They go on with a mark
    Flag,
    /// They go to quarantine
    Reject,
}

/// What to do with campaigns.
#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// List campaigns and where they stand
    List,
    /// Add campaigns as drafts, from a pack or a folder of files; those that exist stay as they are
    Add(AddOptions),
    /// Run a campaign, or finish a run that was interrupted; nobody gets a message twice
    Run {
        /// The campaign's short name.
        slug: String,
    },
}

/// Options of `campaign add`.
#[derive(Debug, Args)]
pub struct AddOptions {
    /// A folder with NAME.toml, NAME.en.mjml and NAME.zh-CN.mjml for each campaign (see docs/campaigns.md)
    #[arg(value_name = "FOLDER", required_unless_present = "pack", conflicts_with = "pack")]
    pub folder: Option<PathBuf>,
    /// The campaigns that come with the program; they go over the channel of engage.channel
    #[arg(long, value_enum, value_name = "NAME")]
    pub pack: Option<Pack>,
}

/// Campaigns that come with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pack {
    /// Win back, thank, second order.
    Retail,
}

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportOptions {
    /// Form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    pub format: ReportFormat,
    /// Where to write it; `-` for standard output [default: report.html or report.json in the data folder]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Language of the HTML page
    #[arg(long, value_enum, default_value_t = ReportLanguage::En)]
    pub language: ReportLanguage,
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A page with pictures.
    Html,
    /// For programs.
    Json,
}

/// Language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportLanguage {
    /// English.
    En,
    /// 简体中文
    #[value(name = "zh-CN")]
    ZhCn,
}

/// Options of `tail`.
#[derive(Debug, Args)]
pub struct TailOptions {
    /// Only events of the source with this short name
    #[arg(long, value_name = "SLUG")]
    pub source: Option<String>,
    /// Only events of this name
    #[arg(long, value_name = "NAME")]
    pub event: Option<String>,
    /// Whole events, one JSON object a line
    #[arg(long)]
    pub json: bool,
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// Put what was rebuilt in the place of what differs
    #[arg(long)]
    pub mend: bool,
}

/// Options of `retention`.
#[derive(Debug, Args)]
pub struct RetentionOptions {
    /// Say how many events of each name are past their time, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorOptions {
    /// Print a digest of all state: equal digests mean the same result
    #[arg(long)]
    pub digest: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
