//! Ids are newtypes with a readable prefix, so that two kinds cannot be swapped in code or in a support ticket.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}_` and 32 hexadecimal digits")]
pub struct ParseIdError {
    prefix: &'static str,
    text: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What every id of this kind begins with when it is printed.
            pub const PREFIX: &'static str = $prefix;

            /// The id that these parts always give: the same input has the same id on every machine and in every run.
            pub fn derive(parts: &[&[u8]]) -> Self {
                let mut hasher = blake3::Hasher::new();
                hasher.update(Self::PREFIX.as_bytes());
                for part in parts {
                    // The length keeps ("ab", "c") and ("a", "bc") apart.
                    hasher.update(&(part.len() as u64).to_le_bytes());
                    hasher.update(part);
                }
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
                Self(Uuid::from_bytes(bytes))
            }

            /// From its sixteen bytes, as storage keeps it.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Wraps 16 bytes that were an id before, as read back from storage.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare 128 bits, for storage.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(Self::PREFIX)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .filter(|hex| hex.len() == 32)
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or_else(|| ParseIdError { prefix: Self::PREFIX, text: text.to_owned() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// One event, derived from its source and line or from its `messageId`.
    EventId, "evt"
);
id!(
    /// Whom an event is about, as the source said it. Never rewritten; the Store maps it to a profile.
    SubjectId, "sub"
);
id!(
    /// One person. Several subjects can lead to one profile.
    ProfileId, "prf"
);
id!(
    /// A named group of profiles.
    SegmentId, "seg"
);
id!(
    /// A campaign's definition.
    CampaignId, "cmp"
);
id!(
    /// One run of a campaign.
    RunId, "run"
);
id!(
    /// One message to one person in one run; derived from those three, so that it cannot exist twice.
    MessageId, "msg"
);
id!(
    /// A randomised comparison of variants.
    ExperimentId, "exp"
);
id!(
    /// One file that was imported under one source name.
    ImportId, "imp"
);
id!(
    /// One file that somebody gave to the server to import.
    UploadId, "upl"
);
id!(
    /// One Parquet file of the Lake.
    FileId, "fil"
);
id!(
    /// A place that events come from over HTTP.
    SourceId, "src"
);
id!(
    /// One durable job.
    JobId, "job"
);
id!(
    /// One trained model version.
    ModelId, "mdl"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_print_and_parse() {
        let id = ProfileId::derive(&[b"user", b"17850"]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().starts_with("prf_"));
    }

    #[test]
    fn ids_of_another_kind_are_refused() {
        let text = ProfileId::derive(&[b"x"]).to_string();
        assert_eq!(
            text.parse::<CampaignId>().unwrap_err().to_string(),
            format!("`{text}` is not an id of the form `cmp_` and 32 hexadecimal digits")
        );
    }

    #[test]
    fn the_borders_between_parts_count() {
        assert_ne!(EventId::derive(&[b"ab", b"c"]), EventId::derive(&[b"a", b"bc"]));
        assert_ne!(EventId::derive(&[b"a"]).as_uuid(), ProfileId::derive(&[b"a"]).as_uuid());
    }
}
