//! `bellwether source hook`: how the deliveries of a web hook are checked and read.

use super::source::{change as change_source, no_such_source, say};
use crate::{
    cli::{HookOptions, HookSystemOption, SignatureSchemeOption},
    config::Config,
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use bellwether_collect::hooks::parse_mapping;
use bellwether_domain::{HookPatch, HookSender, HookSystem, SignatureScheme};
use std::{io::Read, path::Path};

/// Changes what the options name.
pub(super) async fn change(config: Config, options: HookOptions) -> Result<()> {
    let change = read(&options)?;
    check(&config, &options.slug, change.is_of_generic()).await?;
    let changed = change_source(config, &options.slug, |source| {
        if let Some(hook) = &mut source.hook {
            change.apply(hook);
        }
    })
    .await?;
    let secret = changed.hook.as_ref().is_some_and(|hook| hook.secret.is_some());
    let then = if secret { "deliveries are taken" } else { "deliveries are refused until it has a secret" };
    say(&format!("web hook `{}` is changed; {then}", changed.slug))
}

fn read(options: &HookOptions) -> Result<HookPatch> {
    let secret = options.secret_file.as_deref().map(read_text).transpose()?;
    let mapping = options.mapping.as_deref().map(read_mapping).transpose()?;
    Ok(HookPatch {
        secret: secret.map(|text| text.parse()).transpose()?,
        header: options.signature_header.as_deref().map(str::parse).transpose()?,
        scheme: options.signature_scheme.map(SignatureScheme::from),
        mapping: if options.ready_mapping { Some(None) } else { mapping.map(|text| Some(text.into())) },
    })
}

/// Whether the source can be changed so.
async fn check(config: &Config, slug: &str, is_of_generic: bool) -> Result<()> {
    let context = Context::open_as_it_is(config.clone()).await?;
    let source = context.store.source_by_slug(slug).await?.with_context(|| no_such_source(slug))?;
    match source.hook.map(|hook| hook.sender) {
        None => bail!("source `{slug}` is no web hook of another system; add one with --kind webhook --hook SYSTEM"),
        Some(HookSender::Generic(_)) => Ok(()),
        Some(_) if is_of_generic => bail!("--signature-header and --signature-scheme are for generic web hooks only"),
        Some(_) => Ok(()),
    }
}

fn read_text(path: &Path) -> Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_mapping(path: &Path) -> Result<String> {
    let text = read_text(path)?;
    parse_mapping(&text).with_context(|| format!("cannot use {}", path.display()))?;
    Ok(text)
}

impl From<HookSystemOption> for HookSystem {
    fn from(option: HookSystemOption) -> Self {
        match option {
            HookSystemOption::Shopify => Self::Shopify,
            HookSystemOption::Woocommerce => Self::Woocommerce,
            HookSystemOption::Stripe => Self::Stripe,
            HookSystemOption::Generic => Self::Generic,
        }
    }
}

impl From<SignatureSchemeOption> for SignatureScheme {
    fn from(option: SignatureSchemeOption) -> Self {
        match option {
            SignatureSchemeOption::HmacSha256Hex => Self::HmacSha256Hex,
            SignatureSchemeOption::HmacSha256Base64 => Self::HmacSha256Base64,
            SignatureSchemeOption::Token => Self::Token,
        }
    }
}
