//! What has happened: Parquet and DataFusion.
