use super::*;
use bellwether_domain::{EventId, Origin};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

static SHIPPED: LazyLock<AcquisitionRules> =
    LazyLock::new(|| AcquisitionRules::parse("packs/acquisition.toml", AcquisitionRules::shipped_text()).unwrap());

fn event(kind: EventKind, context: &Value, properties: Option<Value>) -> CleanEvent {
    CleanEvent {
        id: EventId::derive(&[b"e"]),
        subject: None,
        user_id: None,
        kind,
        name: "page".into(),
        time: DateTime::from_timestamp_nanos(1_767_225_600_123_456_789),
        utc_offset_minutes: 0,
        origin: Origin { source: "web".into(), line: None },
        order: None,
        traits: None,
        properties: properties.map(|properties| properties.to_string().into()),
        received_at: None,
        anonymous_id: Some("v".into()),
        group_id: None,
        previous_id: None,
        context: (!context.is_null()).then(|| context.to_string().into()),
        bot_probability: None,
    }
}

/// `channel source medium campaign`, with `-` for what is missing; `nothing` where it is no touch.
fn shown(touch: Option<&Touch>) -> String {
    let Some(touch) = touch else { return "nothing".to_owned() };
    let channel = serde_json::to_value(touch.channel).unwrap();
    let text = |text: &Option<CompactString>| text.as_deref().unwrap_or("-").to_owned();
    let texts = [text(&touch.source), text(&touch.medium), text(&touch.campaign)];
    format!("{} {}", channel.as_str().unwrap(), texts.join(" "))
}

/// A page view at `https://www.shop.example/mugs` with this query, from that referrer.
fn check(query: &str, referrer: &str, expected: &str) {
    let url = format!("https://www.shop.example/mugs{query}");
    let page = json!({ "page": { "url": url, "search": query, "referrer": referrer } });
    let touch = SHIPPED.touch(&event(EventKind::Page, &page, None));
    assert_eq!(shown(touch.as_ref()), expected, "{query} from {referrer:?}");
}

#[test]
fn referrers_of_the_world() {
    check("", "https://www.google.com/", "organic_search google organic -");
    check("", "https://www.google.co.jp/", "organic_search google organic -");
    check("", "https://www.baidu.com/link?url=x", "organic_search baidu organic -");
    check("", "https://m.baidu.com/", "organic_search baidu organic -");
    check("", "https://www.sogou.com/web", "organic_search sogou organic -");
    check("", "https://www.so.com/s?q=x", "organic_search 360 organic -");
    check("", "https://cn.bing.com/", "organic_search bing organic -");
    check("", "https://duckduckgo.com/", "organic_search duckduckgo organic -");
    check("", "https://weibo.com/", "organic_social weibo social -");
    check("", "https://m.weibo.cn/u/1", "organic_social weibo social -");
    check("", "https://mp.weixin.qq.com/s/x", "organic_social wechat social -");
    check("", "https://www.xiaohongshu.com/explore/1", "organic_social xiaohongshu social -");
    check("", "https://www.douyin.com/", "organic_social douyin social -");
    check("", "https://l.facebook.com/", "organic_social facebook social -");
    check("", "https://l.instagram.com/", "organic_social instagram social -");
    check("", "https://www.tiktok.com/", "organic_social tiktok social -");
    check("", "https://www.linkedin.com/feed/", "organic_social linkedin social -");
    check("", "https://t.co/abc", "organic_social x social -");
    check("", "https://tieba.baidu.com/p/1", "organic_social tieba social -");
    check("", "https://mail.google.com/", "email gmail email -");
    check("", "android-app://com.google.android.gm/", "email gmail email -");
    check("", "https://mail.qq.com/", "email qq mail email -");
    check("", "https://chatgpt.com/", "ai_assistant chatgpt ai -");
    check("", "https://gemini.google.com/app", "ai_assistant gemini ai -");
    check("", "https://www.doubao.com/chat/1", "ai_assistant doubao ai -");
    check("", "https://blog.partner.example/review", "referral blog.partner.example referral -");
    check("", "", "direct - - -");
    check("", "about:client", "direct - - -");
}

#[test]
fn parameters_of_campaigns() {
    check("?utm_source=Google&utm_medium=CPC&utm_campaign=Spring+Sale", "", "paid_search google cpc Spring Sale");
    check("?utm_source=fb&utm_medium=paid", "", "paid_social facebook paid -");
    check("?utm_source=fb&utm_medium=cpc", "https://www.google.com/", "paid_social facebook cpc -");
    check("?utm_source=ig&utm_medium=social", "https://l.instagram.com/", "organic_social instagram social -");
    check("?utm_source=newsletter&utm_medium=Email&utm_campaign=w12", "", "email newsletter email w12");
    check("?utm_source=klaviyo&utm_campaign=w12", "", "email klaviyo email w12");
    check("?utm_source=crm&utm_medium=sms", "", "sms crm sms -");
    check("?utm_source=app&utm_medium=web_push", "", "push app web_push -");
    check("?utm_source=awin&utm_medium=affiliate", "https://blog.example/", "affiliate awin affiliate -");
    check("?utm_source=dv360&utm_medium=banner", "", "display dv360 banner -");
    check("?utm_source=chatgpt.com", "", "ai_assistant chatgpt ai -");
    check("?utm_source=catalogue&utm_medium=print", "https://www.google.com/", "other catalogue print -");
    check("?utm_campaign=spring", "https://www.google.com/", "organic_search google organic spring");
    check("?utm_campaign=spring", "", "other - - spring");
    check("?utm_source=&utm_medium=", "", "direct - - -");
    check("?hmsr=%E7%99%BE%E5%BA%A6&hmmd=cpc&hmpl=%E6%98%A5", "", "paid_search baidu cpc 春");
    check("?pk_source=a&utm_source=b&utm_medium=c", "", "other b c -");
    check(
        "?utm_source=%E5%B0%8F%E7%BA%A2%E4%B9%A6&utm_medium=%E4%BF%A1%E6%81%AF%E6%B5%81",
        "",
        "paid_social xiaohongshu 信息流 -",
    );
}

#[test]
fn click_ids() {
    for id in ["gclid", "gbraid", "wbraid"] {
        check(&format!("?{id}=a"), "https://www.google.com/", "paid_search google cpc -");
    }
    check("?GCLID=a", "", "paid_search google cpc -");
    check("?gclid=", "", "direct - - -");
    check("?msclkid=a", "https://www.bing.com/", "paid_search bing cpc -");
    check("?bd_vid=a", "https://www.baidu.com/", "paid_search baidu cpc -");
    check("?qhclickid=a", "", "paid_search 360 cpc -");
    check("?yclid=a", "", "paid_search yandex cpc -");
    check("?dclid=a", "", "display google display -");
    check("?ttclid=a", "", "paid_social tiktok paid_social -");
    check("?twclid=a", "", "paid_social x paid_social -");
    check("?li_fat_id=a", "", "paid_social linkedin paid_social -");
    check("?gdt_vid=a", "", "paid_social wechat paid_social -");
    // Facebook adds its id to links that nobody paid for as well.
    check("?fbclid=a", "", "organic_social facebook social -");
    check("?fbclid=a&utm_source=fb&utm_medium=paid", "", "paid_social facebook paid -");
    // What the campaign says of itself comes first.
    check("?gclid=a&utm_source=youtube&utm_medium=display", "", "display youtube display -");
    check("?gclid=a&utm_campaign=brand", "https://www.google.com/", "paid_search google cpc brand");
}

#[test]
fn a_visit_that_goes_on_is_no_touch() {
    check("", "https://www.shop.example/", "nothing");
    check("", "http://shop.example/cart", "nothing");
    check("", "https://checkout.shop.example/", "nothing");
    // An application that changes its address keeps the parameters.
    check("?utm_source=x&gclid=a", "https://www.shop.example/?utm_source=x", "nothing");
    check("", "https://shop.example.evil.org/", "referral shop.example.evil.org referral -");
    check("", "https://www.paypal.com/checkout", "nothing");
    check("?utm_source=x&utm_medium=cpc", "https://checkout.stripe.com/", "nothing");
    check("", "https://accounts.google.com/", "nothing");
}

fn check_event(kind: EventKind, context: Value, properties: Option<Value>, expected: &str) {
    let touch = SHIPPED.touch(&event(kind, &context, properties));
    assert_eq!(shown(touch.as_ref()), expected, "{context}");
}

#[test]
fn what_events_say_it_with() {
    let page = |url: &str, referrer: &str| json!({ "url": url, "referrer": referrer });
    let shop = "https://shop.example/";
    let campaign = json!({ "campaign": { "source": "newsletter", "medium": "email", "name": 12 } });
    check_event(EventKind::Track, campaign, None, "email newsletter email 12");
    // What the context says stands before what the address says, and is completed by it.
    let both =
        json!({ "campaign": { "source": "a" }, "page": { "url": "https://shop.example/?utm_source=b&utm_medium=c" } });
    check_event(EventKind::Track, both, None, "other a c -");
    check_event(
        EventKind::Page,
        json!({ "clickIds": { "gclid": "x", "fbclid": "" } }),
        None,
        "paid_search google cpc -",
    );
    check_event(EventKind::Page, Value::Null, Some(page(shop, "https://weibo.com/")), "organic_social weibo social -");
    check_event(EventKind::Page, Value::Null, Some(json!({ "search": "?utm_source=a" })), "other a - -");
    check_event(EventKind::Page, Value::Null, None, "direct - - -");
    // Whoever does something on a page did not come by it, unless something says so.
    check_event(EventKind::Track, json!({ "page": page(shop, "") }), None, "nothing");
    check_event(
        EventKind::Track,
        json!({ "page": page(shop, "https://weibo.com/") }),
        None,
        "organic_social weibo social -",
    );
    // The `url` of a product is not where somebody arrived.
    check_event(EventKind::Track, Value::Null, Some(json!({ "url": "https://shop.example/?utm_source=a" })), "nothing");
    check_event(EventKind::Track, json!({ "library": { "name": "analytics-node" } }), None, "nothing");
    check_event(EventKind::Screen, json!({ "device": { "type": "ios" } }), None, "nothing");
    // What has another form than it should is as if it were not there.
    let odd = json!({ "campaign": "spring", "page": { "url": 7, "referrer": ["x"] }, "clickIds": ["gclid"] });
    check_event(EventKind::Page, odd, None, "direct - - -");
}

#[test]
fn an_app_opened_by_a_link_arrived_there() {
    let link = json!({ "url": "myshop://x", "search": "?utm_source=crm&utm_medium=push" });
    let opened = CleanEvent { name: "Deep Link Opened".into(), ..event(EventKind::Track, &Value::Null, Some(link)) };
    assert_eq!(shown(SHIPPED.touch(&opened).as_ref()), "push crm push -");
}

#[test]
fn a_touch_has_words_page_and_bounds() {
    let long = "ü".repeat(300);
    let url = format!("https://shop.example/mugs?utm_source={long}&utm_content=blue&token=secret#top");
    let page = json!({ "page": { "url": url, "referrer": "https://www.so.com/s?q=%E6%9D%AF%E5%AD%90" } });
    let touch = SHIPPED.touch(&event(EventKind::Page, &page, None)).unwrap();
    assert_eq!(touch.source.unwrap().chars().count(), MAX_CHARS);
    assert_eq!((touch.term.as_deref(), touch.content.as_deref()), (Some("杯子"), Some("blue")));
    assert_eq!(touch.landing_page.as_deref(), Some("https://shop.example/mugs"));
    assert_eq!(touch.time.timestamp_subsec_nanos(), 123_456_000);
    // Words in another encoding than UTF-8 are not guessed.
    let page = json!({ "page": { "url": "https://shop.example/", "referrer": "https://www.baidu.com/s?wd=%B1%AD" } });
    assert_eq!(SHIPPED.touch(&event(EventKind::Page, &page, None)).unwrap().term, None);
}

#[test]
fn rules_of_ones_own() {
    let rules = AcquisitionRules::parse(
        "mine.toml",
        r#"
        own_hosts = ["shop.example", "example.*"]
        [parameters]
        source = ["from"]
        [[site]]
        name = "Forum"
        kind = "community"
        hosts = ["forum.test"]
        [[rule]]
        when = { site = ["@community"], source = ["*"] }
        channel = "affiliate"
        [[rule]]
        when = { site = ["forum"] }
        channel = "organic_social"
        medium = "Forum"
        [[rule]]
        when = { referrer = ["noise.test"] }
        ignore = true
        "#,
    )
    .unwrap();
    let check = |query: &str, referrer: &str, expected: &str| {
        let page = json!({ "page": { "url": format!("https://other.test/{query}"), "referrer": referrer } });
        assert_eq!(shown(rules.touch(&event(EventKind::Page, &page, None)).as_ref()), expected, "{query} {referrer}");
    };
    check("?from=forum", "", "affiliate forum - -");
    check("", "https://www.forum.test/", "organic_social forum forum -");
    check("", "https://noise.test/", "nothing");
    check("", "https://a.shop.example/", "nothing");
    check("", "https://example.co.uk/", "nothing");
    // Where no rule fits.
    check("?utm_source=x", "", "direct - - -");
    check("", "https://www.google.com/", "other google.com - -");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let check = |text: &str, expected: &str| {
        let error = AcquisitionRules::parse("mine.toml", text).unwrap_err().to_string();
        assert!(error.starts_with("mine.toml:") && error[10..].starts_with(expected), "{error}");
    };
    let rule = "[[rule]]\nchannel = \"direct\"\n";
    check(
        &format!("own_hosts = [\n  \"https://shop.example/\",\n]\n{rule}"),
        "2:3: `https://shop.example/` is no host",
    );
    check("[[rule]]\nchannel = \"paid\"\n", "2:11: unknown variant `paid`, expected one of `direct`");
    check("[[rule]]\nchanel = \"direct\"\n", "2:1: unknown field `chanel`");
    check("[[rule]]\nwhen = { medium = [] }\nchannel = \"sms\"\n", "2:19: an empty list fits nothing");
    check("[[rule]]\nwhen = { medium = [\"a\", \" \"] }\nchannel = \"sms\"\n", "2:25: an empty text fits nothing");
    check(
        "[[rule]]\nwhen = { site = [\"@search\"] }\nchannel = \"sms\"\n",
        "2:18: no site is called or of the kind `@search`",
    );
    check(&format!("{rule}{rule}"), "1:1: a rule without `when` fits everything");
    check("[[rule]]\nsource = \"x\"\n", "1:1: the rule says nothing");
    check("[[rule]]\nchannel = \"sms\"\nignore = true\n", "2:11: a rule that ignores has no `channel`");
    check("[[rule]]\nchannel = \"sms\n", "2:15: ");
    check("own_hosts = []\n", "1:1: missing field `rule`");
    let site = |more: &str| format!("[[site]]\nname = \"a\"\nkind = \"b\"\n{more}\n");
    check(&format!("{}{rule}", site(&site(""))), "5:8: `a` stands for the site `a` already");
    check(&format!("{}{rule}", site("hosts = [\"x.y\", \"X.y\"]")), "4:17: `X.y` stands in the site `a` already");
    check(
        "[parameters]\nsource = [\"s\"]\nmedium = [\"S\"]\n[[rule]]\nchannel = \"sms\"",
        "3:11: the parameter `S` stands here twice",
    );
    // The columns of people, who count characters.
    check(&format!("own_hosts = [\"杯子.example\", \"\"]\n{rule}"), "1:28: `` is no host");
}

proptest! {
    #[test]
    fn no_event_makes_it_panic_or_grow(url in any::<String>(), query in "[?&=%a-z_*#]{0,40}", referrer in any::<String>(), source in any::<String>()) {
        let page = json!({
            "campaign": { "source": source },
            "page": { "url": format!("https://{url}"), "search": query, "referrer": format!("https://{referrer}") },
        });
        if let Some(touch) = SHIPPED.touch(&event(EventKind::Page, &page, None)) {
            prop_assert!(touch.source.as_deref().unwrap_or_default().chars().count() <= MAX_CHARS);
            prop_assert!(touch.landing_page.as_deref().unwrap_or_default().chars().count() <= MAX_PAGE_CHARS);
            let json = serde_json::to_string(&touch).unwrap();
            prop_assert_eq!(serde_json::from_str::<Touch>(&json).unwrap(), touch);
        }
    }
}
