//! What stands in the Store is what comes of the events; where it is not, that is seen and can be mended.

use crate::support::{Shop, orders};

#[test]
fn profiles_are_what_the_events_say() {
    let shop = Shop::new(&orders(300, 3));
    assert!(shop.import().status.success());
    assert!(shop.ok(&["replay"]).contains("the Store is what the events say"));

    let digest = shop.digest();
    for damage in [
        "UPDATE profiles SET events = events + 1 WHERE id = (SELECT min(id) FROM profiles)",
        "UPDATE profiles SET revenue = revenue - 1, net_revenue = net_revenue - 1",
        "DELETE FROM subjects WHERE id = (SELECT min(id) FROM subjects)",
    ] {
        shop.sql("store.sqlite", damage);
        let said = shop.fails(&["replay"]);
        assert!(said.contains("are not what the events say"), "{damage}: {said}");
        assert_ne!(shop.digest(), digest, "{damage}");
        let said = shop.ok(&["replay", "--mend"]);
        assert!(said.contains(" mended"), "{damage}: {said}");
        assert_eq!(shop.digest(), digest, "{damage}");
        shop.ok(&["replay"]);
    }
}

#[test]
fn the_doctor_looks_at_a_sample() {
    let shop = Shop::new(&orders(300, 3));
    assert!(shop.import().status.success());
    shop.ok(&["doctor"]);
    shop.sql("store.sqlite", "UPDATE profiles SET events = events + 1");
    let said = shop.run(&["doctor"]);
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(
        said.contains("of a sample of 97 profiles, and of all stores, 97 profiles and subjects are not what"),
        "{said}"
    );
}
