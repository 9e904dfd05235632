//! Under which host names the server answers. A page of another site can make its own name point to 127.0.0.1 (DNS rebinding)
//! and would then read everything; but its requests carry its name, and are refused.

use axum::http::{HeaderMap, Uri, header, uri::Authority};
use std::net::IpAddr;

/// Under which host names the server answers, and whom.
#[derive(Debug, Clone)]
pub struct Hosts {
    has_password: bool,
    public: Option<Box<str>>,
}

impl Hosts {
    /// With an administrator's password, a server answers everybody. Without one only its own machine, and under no public name:
    /// a proxy on this machine would otherwise open everything to the world.
    pub fn new(has_password: bool, public_url: Option<&str>) -> Self {
        let public = public_url.filter(|_| has_password).and_then(host_of_url);
        Self { has_password, public: public.map(Into::into) }
    }

    /// Why a request is not answered; nothing where it is. `peer` is the other end of the connection: known where a socket is
    /// served; a name in a header is easily made up, this is not.
    pub fn refuse(&self, peer: Option<IpAddr>, headers: &HeaderMap, uri: &Uri) -> Option<String> {
        if !self.has_password && peer.is_some_and(|peer| !peer.to_canonical().is_loopback()) {
            return Some("without an administrator's password this server answers its own machine only".to_owned());
        }
        // A server with a password may stand behind any name, unless it was told its own.
        let any_name = self.has_password && self.public.as_deref().is_none_or(is_loopback);
        match host_of(headers, uri) {
            Some(host) if any_name || is_loopback(&host) || self.public.as_deref() == Some(host.as_str()) => None,
            Some(host) => Some(format!("this server does not answer as `{host}`; set `public_url` if it should")),
            None => Some("the request names no host".to_owned()),
        }
    }
}

/// Whether an address leads to nowhere but this machine. One that cannot be read does not.
pub fn is_loopback_url(url: &str) -> bool {
    host_of_url(url).is_some_and(|host| is_loopback(&host))
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host that was asked for, in lower case and without its port.
fn host_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let from_header = headers.get(header::HOST).and_then(|value| value.to_str().ok()?.parse::<Authority>().ok());
    from_header.as_ref().or(uri.authority()).map(|authority| authority.host().to_ascii_lowercase())
}

fn host_of_url(url: &str) -> Option<String> {
    Some(url.parse::<Uri>().ok()?.host()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        let answer = host_of(&headers, &Uri::from_static("/")).is_some_and(|host| is_loopback(&host));
        assert_eq!(answer, expected, "{host}");
    }

    #[test]
    fn loopback_names_are_known_with_and_without_port() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:7700", "127.9.9.9", "[::1]", "[::1]:7700"] {
            check(host, true);
        }
    }

    #[test]
    fn other_names_are_not_taken_for_loopback() {
        let strange =
            ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "0.0.0.0"];
        for host in strange {
            check(host, false);
        }
    }
}
