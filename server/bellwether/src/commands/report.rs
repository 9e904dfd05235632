//! `bellwether report`: one page with everything.

use crate::{
    cli::{ReportFormat, ReportLanguage, ReportOptions},
    config::Config,
    context::Context,
    report as pages,
};
use anyhow::{Context as _, Result};
use bellwether_domain::Language;
use std::{io::Write, path::PathBuf};

/// Writes the report.
pub async fn report(config: Config, options: ReportOptions) -> Result<()> {
    let context = Context::open_existing(config).await?;
    let language = match options.language {
        ReportLanguage::En => Language::English,
        ReportLanguage::ZhCn => Language::Chinese,
    };
    let data = pages::gather(&context).await?;
    let text = match options.format {
        ReportFormat::Html => pages::page(&data, language),
        ReportFormat::Json => serde_json::to_string_pretty(&data)? + "\n",
    };
    let path = options.output.unwrap_or_else(|| default_path(&context, options.format));
    if path.as_os_str() == "-" {
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(());
    }
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}", path.display());
    Ok(())
}

fn default_path(context: &Context, format: ReportFormat) -> PathBuf {
    context.folder.path(match format {
        ReportFormat::Html => "report.html",
        ReportFormat::Json => "report.json",
    })
}
