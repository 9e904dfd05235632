//! Addresses of pages, taken apart as far as rules look at them.

use compact_str::CompactString;

/// The schemes of addresses that people come from and arrive at; Android's apps call themselves by the third.
const SCHEMES: [&str; 3] = ["https", "http", "android-app"];

/// An address. Everything else that stands in the place of one, such as `about:client` or `null`, is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// In lower case, without port and the point at its end.
    pub host: CompactString,
    /// The address up to its query.
    pub without_query: &'a str,
    /// What is between `?` and `#`.
    pub query: &'a str,
}

impl<'a> Address<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://")?;
        if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = without_port(host).trim_end_matches('.');
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (before_fragment, _) = text.split_once('#').unwrap_or((text, ""));
        let (path, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
        // A name and a password before the host are nobody's business.
        let without_query = if authority.contains('@') { "" } else { path };
        Some(Self { host: host.to_lowercase().into(), without_query, query })
    }

    /// The host without its `www.`: how people call a website.
    pub fn site(&self) -> &str {
        site_of(&self.host)
    }
}

fn site_of(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

fn without_port(host: &str) -> &str {
    // What is in brackets are the numbers of an IPv6 address.
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether two hosts are one website: the same, or one below the other, `www.` aside.
pub(super) fn is_same_site(one: &str, other: &str) -> bool {
    let (one, other) = (site_of(one), site_of(other));
    one == other || is_below(one, other) || is_below(other, one)
}

/// A whole country or an ending is nobody's website.
fn is_below(host: &str, domain: &str) -> bool {
    domain.contains('.') && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, host: &str, without_query: &str, query: &str) {
        assert_eq!(Address::parse(text), Some(Address { host: host.into(), without_query, query }), "{text}");
    }

    #[test]
    fn addresses_are_taken_apart() {
        check("https://Shop.Example/a/b?x=1&y#z", "shop.example", "https://Shop.Example/a/b", "x=1&y");
        check("http://shop.example", "shop.example", "http://shop.example", "");
        check("https://shop.example?x=1", "shop.example", "https://shop.example", "x=1");
        check("https://shop.example:8443/#?x=1", "shop.example", "https://shop.example:8443/", "");
        check(
            "android-app://com.google.android.gm/",
            "com.google.android.gm",
            "android-app://com.google.android.gm/",
            "",
        );
        check("https://[::1]:80/a", "[::1]", "https://[::1]:80/a", "");
        check("https://ann:secret@shop.example./a", "shop.example", "", "");
        check(" HTTPS://例子.中国/杯 ", "例子.中国", "HTTPS://例子.中国/杯", "");
    }

    #[test]
    fn what_is_no_address_of_a_page() {
        for text in
            ["", "null", "(direct)", "about:client", "file:///etc/passwd", "https://", "https:///a", "https://a b/"]
        {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }

    #[test]
    fn websites_are_one_with_what_is_above_and_below_them() {
        let check = |one: &str, other: &str, expected: bool| {
            assert_eq!((is_same_site(one, other), is_same_site(other, one)), (expected, expected), "{one} {other}");
        };
        check("shop.example", "shop.example", true);
        check("www.shop.example", "shop.example", true);
        check("www.shop.example", "checkout.shop.example", true);
        check("a.shop.example", "b.shop.example", false);
        check("myshop.example", "shop.example", false);
        check("shop.example", "example", false);
        check("shop.example", "other.example", false);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(https?://)?[a-zé.:@/?#\\[\\]\\\\ ]{0,30}") {
            if let Some(address) = Address::parse(&text) {
                prop_assert!(!address.host.is_empty());
            }
        }
    }
}
