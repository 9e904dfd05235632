//! The one binary: command line, configuration, and the wiring of everything else.

mod acquisition;
mod allocator;
mod background;
mod cli;
mod clock;
mod commands;
mod compactor;
mod config;
mod context;
mod data_folder;
mod engage;
mod experiment;
mod files;
mod import;
mod installation;
mod objects;
mod processor;
mod progress;
mod query;
mod reading;
mod rebuild;
mod refresh;
mod report;
mod retention;
mod uploads;

use clap::Parser;
use cli::{Cli, Command};
use config::{Config, Layers, LogFormat};
use std::{path::Path, process::ExitCode};

/// Settings that belong to a data folder and go with it: what the shop is called, its currency.
const FOLDER_CONFIGURATION: &str = "bellwether.toml";

fn main() -> ExitCode {
    allocator::give_memory_back_soon();
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bellwether: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // What needs neither configuration nor data.
    match cli.command {
        Command::Lab(command) => return Ok(ExitCode::from(commands::lab(*command))),
        Command::Completions { shell } => return commands::completions(shell).map(|()| ExitCode::SUCCESS),
        Command::Acquisition { shipped: true } => return commands::shipped_acquisition().map(|()| ExitCode::SUCCESS),
        Command::Openapi => return commands::openapi().map(|()| ExitCode::SUCCESS),
        Command::Guess { file } => return commands::guess(&file).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let layers = configuration(&cli)?;
    let config = layers.resolve()?;
    start_logging(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(options) => commands::demo(config, options).await?,
            Command::Serve => commands::serve(config).await?,
            Command::Import(options) => commands::import(config, options).await?,
            Command::Refresh => commands::refresh(config).await?,
            Command::Source(command) => commands::source(config, command).await?,
            Command::Store(command) => commands::store(config, command).await?,
            Command::Plan(command) => commands::plan(config, command).await?,
            Command::Campaign(command) => commands::campaign(config, command).await?,
            Command::Report(options) => commands::report(config, options).await?,
            Command::Doctor(options) => commands::doctor(config, options).await?,
            Command::Replay(options) => commands::replay(config, options).await?,
            Command::Retention(options) => commands::retention(config, options).await?,
            Command::Migrate => commands::migrate(config).await?,
            Command::Config => commands::show_config(&layers),
            Command::Acquisition { .. } => commands::check_acquisition(&config)?,
            Command::Tail(options) => commands::tail(&config, &options)?,
            Command::Lab(_) | Command::Completions { .. } | Command::Openapi | Command::Guess { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Defaults, then the data folder's own file, then the configuration file, then the environment, then flags.
fn configuration(cli: &Cli) -> anyhow::Result<Layers> {
    // Which data folder it is follows from the other layers, which then go over what the folder says.
    let folder = over(Layers::defaults(), cli)?.resolve()?.data.dir;
    let own = folder.join(FOLDER_CONFIGURATION);
    let base = if own.exists() { Layers::defaults().file(&own)? } else { Layers::defaults() };
    over(base, cli)
}

fn over(mut layers: Layers, cli: &Cli) -> anyhow::Result<Layers> {
    match &cli.global.config {
        Some(path) => layers = layers.file(path)?,
        None if Path::new("bellwether.toml").exists() => layers = layers.file(Path::new("bellwether.toml"))?,
        None => {}
    }
    layers = layers.environment(std::env::vars())?;
    if let Some(folder) = &cli.global.data {
        layers = layers.flag("data.dir", &folder.to_string_lossy())?;
    }
    for (key, value) in &cli.global.settings {
        layers = layers.flag(key, value)?;
    }
    Ok(layers)
}

fn start_logging(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.filter);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => lines.with_target(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

/// `bellwether … | head` is no error.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}
