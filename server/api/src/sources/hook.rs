//! How the deliveries of a web hook are checked and read, as the API shows it and takes it.

use super::summary::SourceProblem;
use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_collect::hooks::{parse_mapping, ready_mapping};
use bellwether_domain::{Hook, HookPatch, HookSecret, HookSystem, SignatureScheme, Source};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The largest mapping, in bytes: it is kept with every delivery until that is processed.
const MAX_MAPPING: usize = 64 * 1024;

/// Which system calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HookSystemName {
    /// Shopify.
    Shopify,
    /// A shop that runs WooCommerce.
    Woocommerce,
    /// Stripe.
    Stripe,
    /// Whatever else sends JSON.
    Generic,
}

/// What stands in the header that says who sent a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureSchemeName {
    /// The HMAC-SHA256 of the body as it was sent, in hexadecimal digits; `sha256=` may stand before it.
    HmacSha256Hex,
    /// The same in base64.
    HmacSha256Base64,
    /// The secret itself; `Bearer ` may stand before it.
    Token,
}

/// Both directions from one list of pairs.
macro_rules! same_names {
    ($domain:ident, $name:ident: $($variant:ident),+) => {
        impl From<$domain> for $name {
            fn from(one: $domain) -> Self {
                match one { $($domain::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(one: $name) -> Self {
                match one { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

same_names!(HookSystem, HookSystemName: Shopify, Woocommerce, Stripe, Generic);
same_names!(SignatureScheme, SignatureSchemeName: HmacSha256Hex, HmacSha256Base64, Token);

/// How the deliveries of a web hook are checked and read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HookDetail {
    /// Who calls.
    pub system: HookSystemName,
    /// The path of the address that the system is told to call.
    #[schema(example = "/v1/hooks/online-shop")]
    pub path: String,
    /// Whether it is known what deliveries are signed with. Until then all are refused.
    pub has_secret: bool,
    /// The last four characters of a secret that is long enough for that; it is never shown whole.
    pub secret_hint: Option<String>,
    /// The header that says who sent a delivery, where one can choose it.
    pub signature_header: Option<String>,
    /// What stands there.
    pub signature_scheme: Option<SignatureSchemeName>,
    /// The mapping of the source's own.
    pub mapping: Option<String>,
    /// The mapping that comes with the product, which is used without one of its own.
    pub ready_mapping: Option<String>,
    /// The last delivery that was refused since the server started.
    pub last_refusal: Option<SourceProblem>,
}

impl HookDetail {
    /// Of a source that is a web hook.
    pub(super) fn of(state: &ApiState, source: &Source) -> Option<Self> {
        let hook = source.hook.as_ref()?;
        let signature = hook.sender.signature();
        let refusal = state.intake.refusals.last(&source.slug);
        Some(Self {
            system: hook.sender.system().into(),
            path: format!("/v1/hooks/{}", source.slug),
            has_secret: hook.secret.is_some(),
            secret_hint: hook.secret.as_ref().map(HookSecret::hint).filter(|hint| !hint.is_empty()),
            signature_header: signature.map(|signature| signature.header.as_str().to_owned()),
            signature_scheme: signature.map(|signature| signature.scheme.into()),
            mapping: hook.mapping.as_deref().map(str::to_owned),
            ready_mapping: ready_mapping(hook.sender.system()).map(str::to_owned),
            last_refusal: refusal.map(|refusal| SourceProblem { at: refusal.at, message: refusal.why }),
        })
    }
}

/// How the deliveries of a new web hook are checked and read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHook {
    /// Who calls.
    pub system: HookSystemName,
    /// What deliveries are signed with; 8 to 256 characters. Until it is said, all are refused.
    pub secret: Option<String>,
    /// `generic` only: the header that says who sent a delivery; `x-signature` where nothing is said.
    pub signature_header: Option<String>,
    /// `generic` only: what stands there; `hmac_sha256_hex` where nothing is said.
    pub signature_scheme: Option<SignatureSchemeName>,
    /// A mapping of its own (see `docs/mapping.md`). A `generic` web hook needs one: without it what comes waits in quarantine.
    pub mapping: Option<String>,
}

/// What is to change; what is left out stays.
#[derive(Debug, Default, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookChange {
    /// What deliveries are signed with; 8 to 256 characters.
    pub secret: Option<String>,
    /// `generic` only: the header that says who sent a delivery.
    pub signature_header: Option<String>,
    /// `generic` only: what stands there.
    pub signature_scheme: Option<SignatureSchemeName>,
    /// A mapping of its own (see `docs/mapping.md`); an empty one brings back that of the product.
    pub mapping: Option<String>,
}

impl HookChange {
    pub(super) fn checked(self) -> Result<HookPatch, Problem> {
        let secret = self.secret.map(|text| text.parse::<HookSecret>()).transpose();
        let header = self.signature_header.map(|text| text.parse()).transpose();
        Ok(HookPatch {
            secret: secret.map_err(|error| wrong("hook.secret", &error.to_string()))?,
            header: header.map_err(|error: bellwether_domain::ParseHeaderNameError| {
                wrong("hook.signature_header", &error.to_string())
            })?,
            scheme: self.signature_scheme.map(SignatureScheme::from),
            mapping: self.mapping.map(|text| checked_mapping(&text)).transpose()?,
        })
    }
}

impl NewHook {
    pub(super) fn checked(self) -> Result<Hook, Problem> {
        let Self { system, secret, signature_header, signature_scheme, mapping } = self;
        let change = HookChange { secret, signature_header, signature_scheme, mapping }.checked()?;
        if change.is_of_generic() && system != HookSystemName::Generic {
            return Err(not_generic());
        }
        let mut hook = Hook::new(system.into());
        change.apply(&mut hook);
        Ok(hook)
    }
}

/// Header and scheme of a system that is known by name are known too.
pub(super) fn not_generic() -> Problem {
    wrong("hook.signature_header", "header and scheme can be chosen for `generic` web hooks only; leave them out")
}

fn checked_mapping(text: &str) -> Result<Option<Arc<str>>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.len() > MAX_MAPPING {
        let why = format!("the mapping has {} bytes, and {MAX_MAPPING} are the most", text.len());
        return Err(wrong("hook.mapping", &why));
    }
    parse_mapping(text).map_err(|error| wrong("hook.mapping", &error.to_string()))?;
    Ok(Some(text.into()))
}

/// A part of the body that cannot be taken. It never repeats a secret.
pub(super) fn wrong(field: &str, why: &str) -> Problem {
    Problem::new(ProblemCode::InvalidBody, format!("the body, `{field}`: {why}")).at(field)
}
