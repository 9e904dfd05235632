//! Small shapes that many answers share.

use bellwether_domain as domain;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{AdditionalProperties, ObjectBuilder, Schema},
    },
};

/// A JSON object whose keys depend on what it describes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonObject(pub BTreeMap<String, Value>);

impl PartialSchema for JsonObject {
    fn schema() -> RefOr<Schema> {
        let free = AdditionalProperties::FreeForm(true);
        let object = ObjectBuilder::new()
            .description(Some("A JSON object whose keys depend on what it describes."))
            .additional_properties(Some(free));
        object.build().into()
    }
}

impl ToSchema for JsonObject {}

impl From<Value> for JsonObject {
    /// Whatever is not an object stands under `value`; nothing stays nothing.
    fn from(value: Value) -> Self {
        match value {
            Value::Object(map) => Self(map.into_iter().collect()),
            Value::Null => Self::default(),
            other => Self(BTreeMap::from([("value".to_owned(), other)])),
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LocalizedText {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: String,
}

impl From<domain::Localized> for LocalizedText {
    fn from(text: domain::Localized) -> Self {
        Self { en: text.en, zh_cn: text.zh_cn }
    }
}

/// The languages that messages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum MessageLanguage {
    /// English.
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl From<domain::Language> for MessageLanguage {
    fn from(language: domain::Language) -> Self {
        match language {
            domain::Language::English => Self::En,
            domain::Language::Chinese => Self::ZhCn,
        }
    }
}

impl From<MessageLanguage> for domain::Language {
    fn from(language: MessageLanguage) -> Self {
        match language {
            MessageLanguage::En => Self::English,
            MessageLanguage::ZhCn => Self::Chinese,
        }
    }
}

/// What a segment is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKindName {
    /// Recency, frequency and monetary scores.
    Rfm,
    /// A cluster that an algorithm found.
    Cluster,
}

impl From<domain::SegmentKind> for SegmentKindName {
    fn from(kind: domain::SegmentKind) -> Self {
        match kind {
            domain::SegmentKind::Rfm => Self::Rfm,
            domain::SegmentKind::Cluster => Self::Cluster,
        }
    }
}

/// A segment, as far as a label needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentRef {
    /// Its address: `/segments/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What it is made by.
    pub kind: SegmentKindName,
}

impl From<bellwether_store::SegmentName> for SegmentRef {
    fn from(segment: bellwether_store::SegmentName) -> Self {
        Self { slug: segment.slug, name: segment.name.into(), kind: segment.kind.into() }
    }
}

impl From<&domain::Segment> for SegmentRef {
    fn from(segment: &domain::Segment) -> Self {
        Self { slug: segment.slug.clone(), name: segment.name.clone().into(), kind: segment.kind.into() }
    }
}

/// A campaign, as far as a label needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignRef {
    /// Its address: `/campaigns/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
}

impl From<&domain::Campaign> for CampaignRef {
    fn from(campaign: &domain::Campaign) -> Self {
        Self { slug: campaign.slug.clone(), name: campaign.name.clone().into() }
    }
}

/// A customer, as far as a label needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerRef {
    /// Its address: `/customers/{id}`.
    pub id: String,
    /// The id that the shop uses.
    pub user_id: String,
}

impl From<&domain::Profile> for CustomerRef {
    fn from(profile: &domain::Profile) -> Self {
        Self { id: profile.id.to_string(), user_id: profile.user_id.clone() }
    }
}

/// A part of a whole, with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NamedShare {
    /// Of what.
    pub name: String,
    /// 0 to 1.
    pub share: f64,
}

/// A sentence that the console has in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sentence {
    /// Which sentence.
    pub code: String,
    /// What stands in its gaps: numbers and names.
    #[serde(default)]
    #[schema(required)]
    pub params: JsonObject,
}
