//! What can be asked on the command line. Names and defaults are the ones of `docs/lab.md`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Which job, with its options.
#[derive(Debug, Clone, Subcommand)]
pub enum LabCommand {
    /// What is in a file: types, missing values, distributions, and what looks suspicious
    Describe(DescribeArgs),
    /// Recency, frequency and monetary scores of customers, and the eleven usual segments
    Rfm(RfmArgs),
    /// Groups of similar rows by k-means, with quality measures and what sets each group apart
    Cluster(ClusterArgs),
    /// Top items per user by popularity, item neighbours or matrix factorisation, judged on held-out data
    Recommend(RecommendArgs),
    /// A randomised comparison: lift with intervals, p-values, and whether the split can be trusted
    Experiment(ExperimentArgs),
    /// Score new rows with a model that `--save` kept
    Apply(ApplyArgs),
    /// Any other name; refused with a list of what there is.
    #[command(external_subcommand)]
    Other(Vec<String>),
}

/// Where the rows come from and how to read them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// CSV, TSV, JSON Lines or Parquet, also .gz and .zst; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub input: String,
    /// Format of the input, where its name does not tell
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub input_format: Option<FileFormat>,
    /// Field separator: one character, or tab, comma, semicolon, pipe, blank (runs of blanks), ::, none [default: detected]
    #[arg(long, value_name = "CHARACTER")]
    pub delimiter: Option<String>,
    /// Character encoding, for example utf-8, utf-16, gb18030, latin-1 [default: detected]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// The first line holds values, not names; columns are then c1, c2, …
    #[arg(long)]
    pub no_header: bool,
    /// How dates are written, as in strftime, for example %d.%m.%Y [default: detected]
    #[arg(long, value_name = "FORMAT")]
    pub date_format: Option<String>,
    /// List the rows that could not be used here, with line and reason (CSV)
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// Where results go and how the run behaves.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The result per row, CSV or Parquet by extension
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How the report is written [default: text on a terminal, else json]
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// Seed of everything that is random
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// Threads to use; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// A file format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    /// Delimited text; the delimiter is detected
    Csv,
    /// Text delimited by tabs
    Tsv,
    /// One JSON object a line, or one JSON array of objects
    #[value(alias = "json", alias = "ndjson")]
    Jsonl,
    /// Apache Parquet
    Parquet,
}

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people: tables and small charts
    Text,
    /// One JSON object with stable keys
    Json,
}

/// Options of `describe`.
#[derive(Debug, Clone, Args)]
pub struct DescribeArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Columns that together should name a row: their duplicates and gaps are counted
    #[arg(long, value_name = "COLUMNS")]
    pub key: Option<String>,
    /// Columns to describe: names by comma, `all`, `-name` leaves one out
    #[arg(long, value_name = "COLUMNS", default_value = "all", allow_hyphen_values = true)]
    pub columns: String,
}

/// Options of `rfm`.
#[derive(Debug, Clone, Args)]
pub struct RfmArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Column that names the customer
    #[arg(long, value_name = "COLUMN")]
    pub customer: String,
    /// Column with the time of the purchase
    #[arg(long, value_name = "COLUMN")]
    pub time: String,
    /// Column with the amount, or a product of columns such as Quantity*UnitPrice
    #[arg(long, value_name = "COLUMN")]
    pub amount: String,
    /// Column that names the order; without it each row counts as one purchase
    #[arg(long, value_name = "COLUMN")]
    pub order: Option<String>,
    /// The moment to look from [default: the day after the last event]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Score classes per measure
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub bins: usize,
    /// Keep the limits of the scores here, for `lab apply`
    #[arg(long, value_name = "MODEL")]
    pub save: Option<PathBuf>,
}

/// Options of `cluster`.
#[derive(Debug, Clone, Args)]
pub struct ClusterArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Columns to cluster by: names by comma, `all`, `-name` leaves one out
    #[arg(long, value_name = "COLUMNS", default_value = "all", allow_hyphen_values = true)]
    pub columns: String,
    /// Columns to carry to the output, not to cluster by
    #[arg(long, value_name = "COLUMNS")]
    pub key: Option<String>,
    /// The algorithm: kmeans
    #[arg(long, default_value = "kmeans", value_name = "NAME")]
    pub algorithm: String,
    /// Number of clusters
    #[arg(long, value_name = "N", conflicts_with = "k_range")]
    pub k: Option<usize>,
    /// Try each number of clusters and take the best silhouette [default: 2..10]
    #[arg(long, value_name = "FROM..TO")]
    pub k_range: Option<String>,
    /// How numeric columns are scaled: zscore, minmax, robust, none
    #[arg(long, default_value = "zscore", value_name = "NAME")]
    pub scale: String,
    /// How text columns enter: onehot
    #[arg(long, default_value = "onehot", value_name = "NAME")]
    pub mixed: String,
    /// Independent starts; the best is kept [default: 50 up to 20,000 rows, else 10]
    #[arg(long, value_name = "N")]
    pub restarts: Option<usize>,
    /// Keep the fitted model here, for `lab apply`
    #[arg(long, value_name = "MODEL")]
    pub save: Option<PathBuf>,
}

/// Options of `recommend`.
#[derive(Debug, Clone, Args)]
pub struct RecommendArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Column that names the user
    #[arg(long, value_name = "COLUMN")]
    pub user: String,
    /// Column that names the item
    #[arg(long, value_name = "COLUMN")]
    pub item: String,
    /// Column with the strength: a rating, a quantity, an amount
    #[arg(long, value_name = "COLUMN")]
    pub value: Option<String>,
    /// Column with the time
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// The algorithm: auto, popular, item-knn, als
    #[arg(long, default_value = "auto", value_name = "NAME")]
    pub algorithm: String,
    /// Held-out interactions with the same columns, instead of a split
    #[arg(long, value_name = "FILE", conflicts_with = "split")]
    pub test: Option<String>,
    /// How to hold out: random:0.2, leave-last, time:DATE, none [default: random:0.2]
    #[arg(long, value_name = "HOW")]
    pub split: Option<String>,
    /// Items per user in the output; also a cut-off of the metrics
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub top: usize,
    /// Items that a user already has may be recommended again
    #[arg(long)]
    pub keep_seen: bool,
    /// Factors of als, instead of tuning
    #[arg(long, value_name = "N")]
    pub factors: Option<usize>,
    /// Regularisation of als, instead of tuning
    #[arg(long, value_name = "X")]
    pub regularization: Option<f64>,
    /// Weight of an observed interaction in als, instead of tuning
    #[arg(long, value_name = "X")]
    pub alpha: Option<f64>,
    /// Sweeps of als
    #[arg(long, value_name = "N")]
    pub iterations: Option<usize>,
    /// Neighbours per item of item-knn, instead of tuning
    #[arg(long, value_name = "N")]
    pub neighbours: Option<usize>,
}

/// Options of `experiment`.
#[derive(Debug, Clone, Args)]
pub struct ExperimentArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Column that names the variant
    #[arg(long, value_name = "COLUMN")]
    pub variant: String,
    /// Columns with the outcomes, 0/1 or an amount, the main one first
    #[arg(long, value_name = "COLUMNS")]
    pub outcome: String,
    /// Column with the money that each unit brought, analysed beside the outcomes
    #[arg(long, value_name = "COLUMN")]
    pub value: Option<String>,
    /// Column that was known before the start; it takes noise out (CUPED)
    #[arg(long, value_name = "COLUMN")]
    pub covariate: Option<String>,
    /// Column with the time of assignment: shows when the answer was already clear
    #[arg(long, value_name = "COLUMN")]
    pub order: Option<String>,
    /// The variant that the others are compared with [default: one named like control, else the first by name]
    #[arg(long, value_name = "NAME")]
    pub control: Option<String>,
    /// Planned shares by variant, for example A=0.5,B=0.5 [default: equal]
    #[arg(long, value_name = "SHARES")]
    pub allocation: Option<String>,
    /// Error probability of the intervals
    #[arg(long, default_value_t = 0.05, value_name = "X")]
    pub alpha: f64,
}

/// Options of `apply`.
#[derive(Debug, Clone, Args)]
pub struct ApplyArgs {
    /// Input options.
    #[command(flatten)]
    pub input: InputArgs,
    /// Output options.
    #[command(flatten)]
    pub output: OutputArgs,
    /// The model that `--save` kept
    #[arg(long, value_name = "MODEL")]
    pub model: PathBuf,
}
