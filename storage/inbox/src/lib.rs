//! What has arrived and is acknowledged: an append log with offsets.
