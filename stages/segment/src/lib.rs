//! Profiles to segments: RFM and clusters.
