//! Writes the OpenAPI document as pretty JSON to standard output.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut json = serde_json::to_string_pretty(&bellwether_api::openapi())?;
    json.push('\n');
    std::io::stdout().write_all(json.as_bytes())
}
