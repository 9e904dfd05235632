//! The HTTP API: axum routes over the seams, OpenAPI generated from the code.
