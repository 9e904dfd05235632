//! Commands of a few lines.

use crate::{
    acquisition,
    cli::Cli,
    config::{Config, Layers},
    context::Context,
};
use anyhow::Result;
use bellwether_lab::{LabCommand, Streams};
use bellwether_profile::AcquisitionRules;
use clap::CommandFactory;
use std::io::Write;

/// `bellwether lab`: gives the exit status of the laboratory's contract.
pub fn lab(command: LabCommand) -> u8 {
    use std::io::{self, IsTerminal};
    let stdout_is_terminal = io::stdout().is_terminal();
    let (mut stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    let streams = Streams { stdin: &mut stdin, stdout: &mut stdout, stderr: &mut stderr, stdout_is_terminal };
    bellwether_lab::run(command, streams)
}

/// `bellwether completions`.
pub fn completions(shell: clap_complete::Shell) -> Result<()> {
    clap_complete::generate(shell, &mut Cli::command(), "bellwether", &mut std::io::stdout());
    Ok(())
}

/// `bellwether openapi`.
pub fn openapi() -> Result<()> {
    writeln!(std::io::stdout(), "{}", bellwether_api::openapi().to_pretty_json()?)?;
    Ok(())
}

/// `bellwether acquisition --shipped`.
pub fn shipped_acquisition() -> Result<()> {
    std::io::stdout().write_all(AcquisitionRules::shipped_text().as_bytes())?;
    Ok(())
}

/// `bellwether acquisition`: reads the rules in force, and so checks them.
pub fn check_acquisition(config: &Config) -> Result<()> {
    let (rules, path) = acquisition::rules(config)?;
    let place = path.map_or_else(|| "as shipped".to_owned(), |path| format!("from {}", path.display()));
    let (sites, rules) = (rules.site_count(), rules.rule_count());
    writeln!(std::io::stdout(), "the rules of acquisition, {place}: {sites} sites, {rules} rules")?;
    Ok(())
}

/// `bellwether config`.
pub fn show_config(layers: &Layers) {
    let rows = layers.explain();
    let width = |cell: fn(&(String, String, crate::config::Origin)) -> usize| rows.iter().map(cell).max().unwrap_or(0);
    let (keys, values) = (width(|row| row.0.len()), width(|row| row.1.len()));
    for (key, value, origin) in &rows {
        println!("{key:keys$} = {value:values$}  # {origin}");
    }
}

/// `bellwether migrate`: opening the Store brings its tables up to date.
pub async fn migrate(config: Config) -> Result<()> {
    let context = Context::open(config).await?;
    println!("the Store ({}) is at schema version {}", context.store.backend(), context.store.schema_version());
    Ok(())
}
