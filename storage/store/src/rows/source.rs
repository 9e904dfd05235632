//! The places that events come from over HTTP.

use crate::convert::{Reading, micros, text, word};
use bellwether_domain::{Hook, HookSender, HookSignature, HookSystem, Source, SourceId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub kind: String,
    pub write_key: String,
    pub enabled: bool,
    pub created_at: i64,
    /// Who calls, where it is a web hook of another system; the four columns after it say nothing without it.
    pub hook_system: Option<String>,
    /// With `hook_scheme`: how a system that is not known by name shows who it is.
    pub hook_header: Option<String>,
    pub hook_scheme: Option<String>,
    pub hook_secret: Option<String>,
    pub hook_mapping: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Source> for Model {
    fn from(source: &Source) -> Self {
        let hook = source.hook.as_ref();
        let signature = hook.and_then(|hook| hook.sender.signature());
        Self {
            id: source.id.as_uuid(),
            slug: text(&source.slug),
            name: text(source.name.as_str()),
            kind: word(&source.kind),
            write_key: source.write_key.reveal().to_owned(),
            enabled: source.enabled,
            created_at: micros(source.created_at),
            hook_system: hook.map(|hook| word(&hook.sender.system())),
            hook_header: signature.map(|signature| signature.header.as_str().to_owned()),
            hook_scheme: signature.map(|signature| word(&signature.scheme)),
            hook_secret: hook.and_then(|hook| hook.secret.as_ref()).map(|secret| secret.reveal().to_owned()),
            hook_mapping: hook.and_then(|hook| hook.mapping.as_deref()).map(text),
        }
    }
}

impl TryFrom<Model> for Source {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = SourceId::from_uuid(row.id);
        let read = Reading { table: "sources", key: &id };
        Ok(Self {
            id,
            hook: hook(&row, &read)?,
            name: row.name.parse().map_err(|error| read.impossible("name", error))?,
            kind: read.word("kind", &row.kind)?,
            write_key: row.write_key.parse().map_err(|error| read.impossible("write_key", error))?,
            enabled: row.enabled,
            created_at: read.time("created_at", row.created_at)?,
            slug: row.slug.into(),
        })
    }
}

fn hook(row: &Model, read: &Reading<'_>) -> crate::Result<Option<Hook>> {
    let Some(system) = &row.hook_system else { return Ok(None) };
    let sender = match read.word("hook_system", system)? {
        HookSystem::Shopify => HookSender::Shopify,
        HookSystem::Woocommerce => HookSender::Woocommerce,
        HookSystem::Stripe => HookSender::Stripe,
        HookSystem::Generic => {
            let header = read.present("hook_header", row.hook_header.as_deref())?;
            HookSender::Generic(HookSignature {
                header: header.parse().map_err(|error| read.impossible("hook_header", error))?,
                scheme: read.word("hook_scheme", read.present("hook_scheme", row.hook_scheme.as_deref())?)?,
            })
        }
    };
    let secret = row.hook_secret.as_deref().map(str::parse).transpose();
    let secret = secret.map_err(|error| read.impossible("hook_secret", error))?;
    Ok(Some(Hook { sender, secret, mapping: row.hook_mapping.as_deref().map(Into::into) }))
}
