//! Addresses that lead to nowhere but this machine.

use axum::http::Uri;
use std::net::IpAddr;

/// Whether an address leads to nowhere but this machine. One that cannot be read does not.
pub fn is_loopback_url(url: &str) -> bool {
    host_of_url(url).is_some_and(|host| is_loopback(&host))
}

/// Whether a host name, in small letters and without a port, does.
pub fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of an address, in small letters and without its port.
pub fn host_of_url(url: &str) -> Option<String> {
    Some(url.parse::<Uri>().ok()?.host()?.to_ascii_lowercase())
}
