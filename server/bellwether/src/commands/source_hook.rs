//! `bellwether source hook`: how the deliveries of a web hook are checked and read.

use super::source::{change as change_source, no_such_source, say};
use crate::{
    cli::{HookOptions, HookSystemOption, SignatureSchemeOption},
    config::Config,
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use bellwether_collect::hooks::parse_mapping;
use bellwether_domain::{HeaderName, Hook, HookSecret, HookSender, HookSignature, SignatureScheme};
use std::{io::Read, path::Path, sync::Arc};

/// A web hook of which nothing is known but who calls.
pub(super) fn new(system: HookSystemOption) -> Result<Hook> {
    let sender = match system {
        HookSystemOption::Shopify => HookSender::Shopify,
        HookSystemOption::Woocommerce => HookSender::Woocommerce,
        HookSystemOption::Stripe => HookSender::Stripe,
        HookSystemOption::Generic => HookSender::Generic(HookSignature {
            header: "x-signature".parse()?,
            scheme: SignatureScheme::HmacSha256Hex,
        }),
    };
    Ok(Hook { sender, secret: None, mapping: None })
}

/// What is to change, read and checked before anything does.
struct Change {
    secret: Option<HookSecret>,
    header: Option<HeaderName>,
    scheme: Option<SignatureScheme>,
    mapping: Option<Option<Arc<str>>>,
}

/// Changes what the options name.
pub(super) async fn change(config: Config, options: HookOptions) -> Result<()> {
    let change = Change::read(&options)?;
    check(&config, &options.slug, change.header.is_some() || change.scheme.is_some()).await?;
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

impl Change {
    fn read(options: &HookOptions) -> Result<Self> {
        let secret = options.secret_file.as_deref().map(read_text).transpose()?;
        let mapping = options.mapping.as_deref().map(read_mapping).transpose()?;
        Ok(Self {
            secret: secret.map(|text| text.parse()).transpose()?,
            header: options.signature_header.as_deref().map(str::parse).transpose()?,
            scheme: options.signature_scheme.map(SignatureScheme::from),
            mapping: if options.ready_mapping { Some(None) } else { mapping.map(|text| Some(text.into())) },
        })
    }

    fn apply(self, hook: &mut Hook) {
        hook.secret = self.secret.or_else(|| hook.secret.take());
        if let Some(mapping) = self.mapping {
            hook.mapping = mapping;
        }
        if let HookSender::Generic(signature) = &mut hook.sender {
            signature.scheme = self.scheme.unwrap_or(signature.scheme);
            if let Some(header) = self.header {
                signature.header = header;
            }
        }
    }
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

impl From<SignatureSchemeOption> for SignatureScheme {
    fn from(option: SignatureSchemeOption) -> Self {
        match option {
            SignatureSchemeOption::HmacSha256Hex => Self::HmacSha256Hex,
            SignatureSchemeOption::HmacSha256Base64 => Self::HmacSha256Base64,
            SignatureSchemeOption::Token => Self::Token,
        }
    }
}
