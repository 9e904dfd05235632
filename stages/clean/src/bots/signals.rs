//! The signs and what they weigh, in log-odds: +2.3 makes it ten times as likely that it was a program, −2.3 a tenth.
//! `docs/acquisition.md` has the same table for people.

/// Before any sign: about one in twenty events that reach the server is sent by a program.
pub const PRIOR: f64 = -3.0;

/// A user agent that calls itself a crawler, a monitor or a preview.
pub const CRAWLER: f64 = 8.0;
/// The user agent of a library or a tool for requests.
pub const LIBRARY: f64 = 7.0;
/// The user agent of a browser that is driven by a program.
pub const AUTOMATED: f64 = 7.0;
/// The user agent of a mail service that loads what is in a message, whether or not anybody reads it.
pub const PREFETCHER: f64 = 6.0;
/// A user agent that is there and empty.
pub const EMPTY_AGENT: f64 = 4.5;
/// A user agent that looks like no browser and no app.
pub const STRANGE_AGENT: f64 = 3.0;
/// A user agent like those of browsers and apps.
pub const ORDINARY_AGENT: f64 = -1.0;
/// A script on a website always knows the user agent; here it says none.
pub const NO_AGENT_ON_A_WEBSITE: f64 = 1.5;
/// `navigator.webdriver` is true: the browser itself says that it is driven.
pub const WEBDRIVER: f64 = 6.0;
/// A screen without width or height.
pub const NO_SCREEN: f64 = 4.5;
/// A screen that cannot be: a negative size, or more than [`LARGEST_SCREEN`] pixels.
pub const IMPOSSIBLE_SCREEN: f64 = 4.5;
/// A browser without any language.
pub const NO_LANGUAGE: f64 = 3.0;
/// Somebody who has signed in.
pub const KNOWN_USER: f64 = -1.0;
/// Faster than people mostly are; see [`FAST`].
pub const FAST_VISITOR: f64 = 2.5;
/// Faster than a person can be; see [`IMPOSSIBLY_FAST`].
pub const IMPOSSIBLY_FAST_VISITOR: f64 = 6.0;

/// Pixels of the widest walls of screens.
pub const LARGEST_SCREEN: f64 = 32_768.0;
/// Events of one visitor within ten seconds from which on they are fast: pages that report every picture in view reach twenty.
pub const FAST: u32 = 40;
/// From which on they are impossibly fast.
pub const IMPOSSIBLY_FAST: u32 = 150;

/// Parts of user agents of crawlers, monitors and previews, in lower case, beside all that end a word with `bot`, `crawler`,
/// `spider` or `scraper`, or hold an address of the web.
pub const CRAWLERS: [&str; 34] = [
    "slurp",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-externalagent",
    "meta-externalfetcher",
    "google-inspectiontool",
    "mediapartners-google",
    "apis-google",
    "google-read-aloud",
    "google-extended",
    "googleother",
    "google-safety",
    "storebot-google",
    "bingpreview",
    "chatgpt-user",
    "perplexity-user",
    "claude-user",
    "claude-web",
    "mistralai-user",
    "chrome-lighthouse",
    "gtmetrix",
    "ptst/",
    "pingdom",
    "uptime-kuma",
    "site24x7",
    "statuscake",
    "datadogsynthetics",
    "newrelicsynthetics",
    "whatsapp/",
    "skypeuripreview",
    "embedly",
    "quora link preview",
    "ia_archiver",
    "yahoo link preview",
];

/// Words whose ends say what they are.
pub const CRAWLER_ENDINGS: [&str; 6] = ["bot", "robot", "crawler", "spider", "scraper", "crawl"];

/// Telephones whose makers' names end alike.
pub const NO_CRAWLERS: [&str; 1] = ["cubot"];

/// What user agents of libraries and tools begin with, or hold behind a blank, in lower case.
pub const LIBRARIES: [&str; 36] = [
    "curl/",
    "wget/",
    "python-requests/",
    "python-urllib/",
    "python-httpx/",
    "python/",
    "aiohttp/",
    "httpx/",
    "go-http-client/",
    "java/",
    "apache-httpclient/",
    "okhttp/",
    "axios/",
    "node-fetch/",
    "node-fetch",
    "node.js/",
    "undici",
    "got (",
    "got/",
    "scrapy/",
    "libwww-perl/",
    "lwp::simple/",
    "ruby",
    "faraday v",
    "guzzlehttp/",
    "php/",
    "postmanruntime/",
    "insomnia/",
    "httpie/",
    "restsharp/",
    "reqwest/",
    "deno/",
    "bun/",
    "powershell/",
    "winhttp",
    "libcurl",
];

/// Whole user agents of mail services that load all of a message before anybody reads it, in lower case: Apple's Mail Privacy
/// Protection, and the scanner of Gmail. The proxies that load a picture when somebody opens the message are not among them.
pub const PREFETCHERS: [&str; 2] = [
    "mozilla/5.0",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/42.0.2311.135 safari/537.36 edge/12.246 mozilla/5.0",
];

/// Parts of user agents of scanners of links in mails, in lower case.
pub const LINK_SCANNERS: [&str; 6] = ["barracuda", "mimecast", "proofpoint", "symantec", "trendmicro", "urldefense"];

/// Parts of user agents of browsers that a program drives, in lower case.
pub const AUTOMATION: [&str; 11] = [
    "headless",
    "phantomjs",
    "slimerjs",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    "cypress",
    "zombie.js",
    "splash",
    "nightmare",
];

/// What user agents of browsers and apps begin with, in lower case.
pub const ORDINARY: [&str; 4] = ["mozilla/", "opera/", "dalvik/", "ucweb/"];

/// Parts of user agents of apps on Apple's devices, in lower case.
pub const APPS: [&str; 2] = ["cfnetwork/", "darwin/"];

/// Libraries in browsers, by `context.library.name`: what they send comes from a website.
pub const WEB_LIBRARIES: [&str; 8] = [
    "bellwether-js",
    "analytics.js",
    "@segment/analytics-next",
    "npm:next",
    "rudderlabs javascript sdk",
    "jitsu",
    "posthog-js",
    "web",
];

/// Libraries on servers, by the beginning of `context.library.name`.
pub const SERVER_LIBRARIES: [&str; 16] = [
    "analytics-node",
    "@segment/analytics-node",
    "analytics-python",
    "segment-analytics-python",
    "analytics-ruby",
    "analytics-go",
    "analytics-php",
    "analytics-java",
    "analytics.net",
    "analytics-csharp",
    "analytics-rust",
    "rudder-sdk-",
    "rudder-analytics-",
    "bellwether-node",
    "bellwether-python",
    "http",
];
