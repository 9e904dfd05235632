//! The console: its built files are embedded in the binary and served as they are.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::borrow::Cow;

/// What the console's build left in `console/dist`. In a development build the files are read when they are asked for.
#[derive(rust_embed::Embed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Dist;

/// A file of the console.
struct File {
    bytes: Cow<'static, [u8]>,
    /// Of its content, in hexadecimal.
    digest: String,
}

/// Where files come from; tests bring their own.
trait Files {
    fn find(&self, path: &str) -> Option<File>;
}

struct Embedded;

impl Files for Embedded {
    fn find(&self, path: &str) -> Option<File> {
        let file = Dist::get(path)?;
        let digest = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        Some(File { bytes: file.data, digest })
    }
}

/// Everything that no route of the server answers: a file of the console, or its start page.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    answer(&Embedded, &method, uri.path(), &headers)
}

fn answer(files: &impl Files, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let name = path.trim_start_matches('/');
    // Vite puts a hash of the content into the names under `assets/`.
    if name.starts_with("assets/") {
        return send(files, name, headers, "public, max-age=31536000, immutable")
            .unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
    }
    if !name.is_empty()
        && let Some(response) = send(files, name, headers, "no-cache")
    {
        return response;
    }
    if !accepts(headers, header::ACCEPT, "text/html") {
        return StatusCode::NOT_FOUND.into_response();
    }
    send(files, "index.html", headers, "no-cache").unwrap_or_else(not_built)
}

fn send(files: &impl Files, name: &str, headers: &HeaderMap, cache: &'static str) -> Option<Response> {
    let kind = content_type(name)?;
    let (file, encoding) = best_encoding(files, name, headers)?;
    let tag = format!("\"{}\"", file.digest);
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { file.bytes.into_owned().into_response() };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// The smallest form that the client can read. The build leaves `.br` and `.gz` files beside the large ones.
fn best_encoding(files: &impl Files, name: &str, headers: &HeaderMap) -> Option<(File, Option<&'static str>)> {
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, header::ACCEPT_ENCODING, encoding)
            && let Some(file) = files.find(&format!("{name}{suffix}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    files.find(name).map(|file| (file, None))
}

/// Whether a list such as `text/html, */*;q=0.8` names `wanted` and does not refuse it with `q=0`.
fn accepts(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        let refused = parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0_f32));
        named && !refused
    })
}

/// What the console is made of; other files in the folder, such as the compressed ones, are not served by name.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

fn not_built() -> Response {
    let page = include_str!("console_not_built.html");
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    impl Files for BTreeMap<&'static str, &'static str> {
        fn find(&self, path: &str) -> Option<File> {
            let text = self.get(path)?;
            Some(File { bytes: text.as_bytes().into(), digest: format!("digest of {text}") })
        }
    }

    fn built() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("index.html", "start"),
            ("favicon.svg", "icon"),
            ("assets/app-1a2b.js", "code"),
            ("assets/app-1a2b.js.br", "small code"),
            ("assets/app-1a2b.js.gz", "smallish code"),
        ])
    }

    async fn check(path: &str, headers: &[(&'static str, &str)], expected: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header"));
        }
        let response = answer(&built(), &Method::GET, path, &map);
        let status = response.status().as_u16();
        let cache = response.headers().get(header::CACHE_CONTROL).map_or("", |v| v.to_str().expect("text")).to_owned();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.expect("a body");
        assert_eq!(format!("{status} {} [{cache}]", String::from_utf8_lossy(&body)), expected, "{path} {headers:?}");
    }

    #[tokio::test]
    async fn pages_of_the_console_get_its_start_page() {
        let page = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        check("/", &page, "200 start [no-cache]").await;
        check("/customers/prf_1?tab=orders", &page, "200 start [no-cache]").await;
        check("/customers/prf_1", &[("accept", "application/json")], "404  []").await;
        check("/customers", &[("accept", "text/html;q=0")], "404  []").await;
    }

    #[tokio::test]
    async fn hashed_files_are_kept_for_ever_and_missing_ones_are_missing() {
        let forever = "[public, max-age=31536000, immutable]";
        check("/assets/app-1a2b.js", &[], &format!("200 code {forever}")).await;
        check("/assets/old.js", &[("accept", "text/html")], "404  []").await;
        check("/favicon.svg", &[], "200 icon [no-cache]").await;
    }

    #[tokio::test]
    async fn the_smallest_form_that_is_accepted_is_sent() {
        let forever = "[public, max-age=31536000, immutable]";
        for (accepted, body) in [
            ("gzip, deflate, br", "small code"),
            ("gzip", "smallish code"),
            ("br;q=0, gzip", "smallish code"),
            ("zstd", "code"),
        ] {
            check("/assets/app-1a2b.js", &[("accept-encoding", accepted)], &format!("200 {body} {forever}")).await;
        }
    }

    #[tokio::test]
    async fn a_file_that_did_not_change_is_not_sent_again() {
        check("/favicon.svg", &[("if-none-match", "\"digest of icon\"")], "304  [no-cache]").await;
        check("/favicon.svg", &[("if-none-match", "\"digest of another\"")], "200 icon [no-cache]").await;
    }

    #[test]
    fn without_a_build_there_is_a_notice() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        let response = answer(&BTreeMap::new(), &Method::GET, "/", &headers);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer(&built(), &Method::POST, "/", &headers).status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
