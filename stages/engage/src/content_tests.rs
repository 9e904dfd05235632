use crate::{
    CampaignTemplate, ContentError, ContentRenderer, ContentSettings, MailService, Person, Tracking, TrackingKey,
    UnsubscribeKey, read_campaigns, retail_campaigns,
    samples::{now, person, settings},
};
use bellwether_domain::{Campaign, Language, Message, MessageState, SegmentId};
use std::path::Path;

fn campaigns() -> Vec<Campaign> {
    let segment = |template: &CampaignTemplate| SegmentId::derive(&[template.segment.as_bytes()]);
    retail_campaigns().unwrap().iter().map(|template| template.campaign(segment(template))).collect()
}

fn renderer(campaign: &Campaign) -> Result<ContentRenderer, ContentError> {
    ContentRenderer::new(campaign, settings(), UnsubscribeKey::from_secret(b"secret"))
}

fn message(campaign: &Campaign, person: &Person) -> Message {
    Message {
        id: Message::id_for(campaign.run_id(), person.profile),
        campaign: campaign.id,
        run: campaign.run_id(),
        profile: person.profile,
        channel: campaign.channel.clone(),
        address: person.address.clone().unwrap_or_default(),
        state: MessageState::Reserved { at: now() },
    }
}

/// The thinnest person that there can be.
fn stranger(language: Language) -> Person {
    Person {
        traits: Default::default(),
        orders: 0,
        revenue: Default::default(),
        first_order: None,
        last_order: None,
        favourite_category: None,
        recommendations: Vec::new(),
        ..person(language)
    }
}

#[test]
fn the_campaigns_of_the_pack_render_for_everybody_without_warnings() {
    assert_eq!(campaigns().len(), 3);
    for campaign in campaigns() {
        let renderer = renderer(&campaign).unwrap();
        for language in [Language::English, Language::Chinese] {
            for person in [person(language), stranger(language)] {
                let preview = renderer.preview(&person, now()).unwrap();
                assert_eq!(preview.warnings, Vec::<String>::new(), "{} {language:?}", campaign.slug);
                assert!(!preview.html.contains("{{") && !preview.html.contains("{%") && !preview.text.contains("nil"));
                assert!(!preview.html.contains("fonts.googleapis"), "a message fetches nothing");
                assert!(preview.html.contains("Bell &amp; Wether") && !preview.html.contains("&amp;amp;"));
                assert!(preview.text.contains("https://shop.example/u/preview"), "{}", preview.text);
                assert!(preview.html.len() < 100_000, "longer messages are cut by mail programs");
            }
        }
    }
}

#[test]
fn a_message_says_what_it_should_in_both_languages() {
    let campaign = &campaigns()[0];
    let renderer = renderer(campaign).unwrap();
    let render = |language| {
        let person = person(language);
        renderer.render(&message(campaign, &person), &person, now()).unwrap()
    };
    let (english, chinese) = (render(Language::English), render(Language::Chinese));
    assert_eq!(english.subject, "It has been a while: a few things picked for you");
    assert_eq!(chinese.subject, "好久不见，为您挑了几样好物");
    for expected in [
        "Your last order with us was in October 2011.",
        "White Hanging Heart T-Light Holder",
        "£2.95",
        "Because you bought White Metal Lantern",
        "A favourite with our customers",
        "中国红灯笼 &lt;大号&gt; &amp; 小号",
        "https://shop.example/p/CN%2F1",
        "https://shop.example/?from=mail&amp;x=1",
    ] {
        assert!(english.html.contains(expected), "{expected} is not in {}", english.html);
    }
    for expected in ["2011年10月", "因为您买过“White Metal Lantern”", "很多顾客都在买", "£12.75"] {
        assert!(chinese.html.contains(expected), "{expected}");
        assert!(chinese.text.contains(expected), "{expected}");
    }
    assert!(english.text.contains("中国红灯笼 <大号> & 小号 (https://shop.example/p/CN%2F1)"), "{}", english.text);
}

#[test]
fn a_message_can_be_ended() {
    let campaign = &campaigns()[0];
    let person = person(Language::English);
    let mut settings = settings();
    settings.unsubscribe_mailto = Some("stop@shop.example".to_owned());
    let key = UnsubscribeKey::from_secret(b"secret");
    let renderer = ContentRenderer::new(campaign, settings, key.clone()).unwrap();
    let message = message(campaign, &person);
    let outgoing = renderer.render(&message, &person, now()).unwrap();
    let url = renderer.unsubscribe_url(message.id);
    assert_eq!(key.verify(url.strip_prefix("https://shop.example/u/").unwrap()), Some(message.id));
    assert!(outgoing.html.contains(&format!("href=\"{url}\"")) && outgoing.text.contains(&url));
    let header =
        |name: &str| outgoing.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap();
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let token = key.token(message.id);
    assert_eq!(
        header("List-Unsubscribe"),
        format!("<{url}>, <mailto:stop@shop.example?subject=unsubscribe%20{token}>")
    );
}

fn tracked_settings() -> ContentSettings {
    let tracking = Tracking { base: "https://bell.example".to_owned(), key: TrackingKey::from_secret(b"secret") };
    ContentSettings { tracking: Some(tracking), ..settings() }
}

#[test]
fn links_are_tracked_and_the_way_out_is_not() {
    let campaign = &campaigns()[0];
    let person = person(Language::English);
    let key = UnsubscribeKey::from_secret(b"secret");
    let render = |settings| {
        let renderer = ContentRenderer::new(campaign, settings, key.clone()).unwrap();
        renderer.render(&message(campaign, &person), &person, now()).unwrap()
    };
    let (plain, tracked) = (render(settings()), render(tracked_settings()));
    let id = message(campaign, &person).id;
    assert_eq!(tracked.text, plain.text, "the plain text shows where its links lead");
    assert!(tracked.html.contains(&format!("href=\"https://shop.example/u/{}\"", key.token(id))));
    assert!(!tracked.html.contains("https://shop.example/p/") && plain.html.contains("https://shop.example/p/"));
    let links: Vec<_> = tracked.html.split("https://bell.example/c/").skip(1).collect();
    let key = TrackingKey::from_secret(b"secret");
    let targets: Vec<_> =
        links.iter().map(|rest| key.verify_click(rest.split('"').next().unwrap()).unwrap().target).collect();
    assert!(targets.iter().any(|target| target == "https://shop.example/p/CN%2F1"), "{targets:?}");
    assert!(targets.iter().any(|target| target == "https://shop.example/?from=mail&x=1"), "{targets:?}");
    assert_eq!(tracked.html.matches("https://bell.example/o/").count(), 1);
    assert!(tracked.html.len() < 100_000, "longer messages are cut by mail programs");
}

#[test]
fn off_is_off() {
    let mut campaign = campaigns().remove(0);
    campaign.content.tracked = false;
    let person = person(Language::English);
    let render = |settings| {
        let renderer = ContentRenderer::new(&campaign, settings, UnsubscribeKey::from_secret(b"secret")).unwrap();
        renderer.render(&message(&campaign, &person), &person, now()).unwrap()
    };
    assert_eq!(render(tracked_settings()).html, render(settings()).html);
    assert!(!render(tracked_settings()).html.contains("bell.example"));
}

#[test]
fn mail_services_are_told_the_message() {
    let campaign = &campaigns()[0];
    let person = person(Language::English);
    let id = message(campaign, &person).id;
    let check = |mail_service, name: &str, value: &str| {
        let settings = ContentSettings { mail_service, ..settings() };
        let renderer = ContentRenderer::new(campaign, settings, UnsubscribeKey::from_secret(b"secret")).unwrap();
        let headers = renderer.render(&message(campaign, &person), &person, now()).unwrap().headers;
        let found: Vec<_> = headers.iter().filter(|(name, _)| name.starts_with("X-")).collect();
        let expected = (name.to_owned(), value.replace("ID", &id.to_string()));
        assert_eq!(found, if name.is_empty() { vec![] } else { vec![&expected] });
    };
    check(None, "", "");
    check(Some(MailService::Mailgun), "", "");
    check(Some(MailService::Ses), "X-SES-MESSAGE-TAGS", "bellwether-message=ID");
    check(Some(MailService::Sendgrid), "X-SMTPAPI", r#"{"unique_args":{"bellwether_message":"ID"}}"#);
    check(Some(MailService::Postmark), "X-PM-Metadata-bellwether-message", "ID");
}

#[test]
fn marketing_without_a_way_out_is_refused() {
    let no_link = ContentError::NoUnsubscribeLink { language: "zh-CN" };
    let mut without = campaigns().remove(0);
    without.content.body.zh_cn = without.content.body.zh_cn.replace("unsubscribe_url", "shop.url");
    assert_eq!(renderer(&without).err(), Some(no_link.clone()));

    // A condition that hides the link from some is found when their message is rendered.
    let mut hidden = campaigns().remove(0);
    hidden.content.body.zh_cn = hidden
        .content
        .body
        .zh_cn
        .replace("{{ unsubscribe_url }}", "{% if customer.vip %}{{ unsubscribe_url }}{% endif %}");
    let person = person(Language::Chinese);
    let rendered = renderer(&hidden).unwrap().render(&message(&hidden, &person), &person, now());
    assert_eq!(rendered.err(), Some(no_link));

    let base = ContentSettings { unsubscribe_base: "javascript:alert(1)".to_owned(), ..settings() };
    let refused = ContentRenderer::new(&campaigns()[0], base, UnsubscribeKey::from_secret(b""));
    assert!(matches!(refused, Err(ContentError::UnsubscribeBase(_))));
}

#[test]
fn a_name_cannot_break_a_message() {
    let campaign = &campaigns()[0];
    let renderer = renderer(campaign).unwrap();
    for name in [
        "<script>alert(1)</script>",
        "A\r\nBcc: x@example.com",
        "张伟",
        "</mj-text></mj-column>",
        "~hole~00000~",
        "{{ shop.url }}",
    ] {
        let person = Person { name: Some(name.to_owned()), ..person(Language::English) };
        let outgoing = renderer.render(&message(campaign, &person), &person, now()).unwrap();
        assert!(!outgoing.html.contains("<script") && outgoing.html.ends_with("</body></html>"));
        assert!(!outgoing.to.name.unwrap().contains(['\r', '\n']));
        assert!(outgoing.text.starts_with("Bell & Wether"), "{}", outgoing.text);
    }
}

#[test]
fn errors_name_part_language_and_line() {
    let mut broken = campaigns().remove(0);
    broken.content.body.en = broken.content.body.en.replace("{{ item.name }}", "{{ item.name | shout }}");
    let error = renderer(&broken).unwrap_err().to_string();
    assert!(error.starts_with("body in en: template line ") && error.contains("shout"), "{error}");
    let mut empty = campaigns().remove(0);
    empty.content.subject.en = "{{ nothing }}".to_owned();
    let error = renderer(&empty).unwrap().preview(&person(Language::English), now()).unwrap_err().to_string();
    assert_eq!(error, "subject in en: it is empty for customer 12346");
}

#[test]
fn packs_are_read_from_a_folder_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/retail/campaigns");
    let mut embedded = retail_campaigns().unwrap();
    embedded.sort_by(|a, b| a.slug.cmp(&b.slug));
    assert_eq!(read_campaigns(&folder).unwrap(), embedded);

    let own = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(own.path().join(name), text).unwrap();
    for (language, body) in [("en", "x"), ("zh-CN", "y")] {
        write(&format!("a.{language}.mjml"), body);
    }
    let good = std::fs::read_to_string(folder.join("thank-champions.toml")).unwrap();
    for (text, expected) in [
        (good.replace("holdout_per_10_000 = 1000", "holdout_per_10_000 = 10001"), "at most 10000"),
        (good.replace("channel =", "chanel ="), "chanel"),
        (good.replace("[name]", "[name"), "a.toml"),
    ] {
        write("a.toml", &text);
        let error = read_campaigns(own.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    write("a.toml", &good);
    assert_eq!(read_campaigns(own.path()).unwrap()[0].content.body.zh_cn, "y");
    std::fs::remove_file(own.path().join("a.en.mjml")).unwrap();
    assert!(read_campaigns(own.path()).unwrap_err().to_string().contains("a.en.mjml"));
}

/// How fast whole messages are rendered; prints figures and proves nothing.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let campaign = &campaigns()[0];
    let renderer = renderer(campaign).unwrap();
    let people: Vec<Person> = (0..5_000)
        .map(|number: u32| {
            let mut person = person(Language::English);
            person.user_id = number.to_string();
            person.recommendations[0].name = format!("ITEM NUMBER {number}");
            person
        })
        .collect();
    let start = std::time::Instant::now();
    for person in &people {
        renderer.render(&message(campaign, person), person, now()).unwrap();
    }
    println!("{:.0} messages/s on one core", people.len() as f64 / start.elapsed().as_secs_f64());
}

/// Writes the previews to `BELLWETHER_PREVIEWS`, to be looked at.
#[test]
#[ignore = "writes files for people"]
fn previews() {
    let folder = std::path::PathBuf::from(std::env::var("BELLWETHER_PREVIEWS").unwrap());
    for campaign in campaigns() {
        for (code, language) in [("en", Language::English), ("zh", Language::Chinese)] {
            let preview = renderer(&campaign).unwrap().preview(&person(language), now()).unwrap();
            std::fs::write(folder.join(format!("{}.{code}.html", campaign.slug)), preview.html).unwrap();
            std::fs::write(folder.join(format!("{}.{code}.txt", campaign.slug)), preview.text).unwrap();
        }
    }
}
