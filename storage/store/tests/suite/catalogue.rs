use super::{Case, fixtures::*};
use bellwether_domain::{ChangeSet, Item, Offset};
use bellwether_store::{ItemQuery, ItemSort, Store};

async fn add_items(store: &Store) -> Vec<Item> {
    let mut items: Vec<_> = (0..40).map(item).collect();
    store.commit(&ChangeSet { applied: Offset(1), items: items.clone(), ..ChangeSet::default() }).await.unwrap();
    items.sort_by(|a, b| a.product.cmp(&b.product));
    items
}

async fn all_pages(store: &Store, query: &ItemQuery) -> Vec<Item> {
    let mut all = Vec::new();
    for page in 0.. {
        let page = store.items(&ItemQuery { page, page_size: 7, ..query.clone() }).await.unwrap();
        if page.rows.is_empty() {
            assert_eq!(all.len() as u64, page.total);
            break;
        }
        all.extend(page.rows);
    }
    all
}

pub async fn items_are_found_and_paged(fresh: Case) {
    let items = add_items(&fresh.store).await;
    assert_eq!(all_pages(&fresh.store, &ItemQuery::default()).await, items);
    for sort in [ItemSort::Product, ItemSort::Name, ItemSort::Category, ItemSort::Price, ItemSort::LastSeen] {
        let mut expected = items.clone();
        expected.sort_by(|a, b| match sort {
            ItemSort::Product => a.product.cmp(&b.product),
            ItemSort::Name => a.name.cmp(&b.name),
            ItemSort::Category => a.category.cmp(&b.category),
            ItemSort::Price => a.price.cmp(&b.price),
            ItemSort::LastSeen => a.last_seen.cmp(&b.last_seen),
        });
        assert_eq!(all_pages(&fresh.store, &ItemQuery { sort, ..ItemQuery::default() }).await, expected, "{sort:?}");
        let backwards = all_pages(&fresh.store, &ItemQuery { sort, descending: true, ..ItemQuery::default() }).await;
        assert_eq!(backwards.len(), items.len());
    }
    let check = async |query: ItemQuery, fits: fn(&Item) -> bool| {
        let expected: Vec<_> = items.iter().filter(|item| fits(item)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < items.len());
        assert_eq!(all_pages(&fresh.store, &query).await, expected, "{query:?}");
    };
    let query = ItemQuery::default;
    check(ItemQuery { q: Some("lantern 3".to_owned()), ..query() }, |item| item.name.contains("LANTERN 3")).await;
    check(ItemQuery { q: Some("03a".to_owned()), ..query() }, |item| item.product.contains("03A")).await;
    check(ItemQuery { category: Some("cups".to_owned()), ..query() }, |item| item.category == "cups").await;
    check(ItemQuery { products_only: true, ..query() }, |item| item.is_product).await;
}

pub async fn items_are_looked_up_by_product(fresh: Case) {
    let items = add_items(&fresh.store).await;
    let found = fresh.store.items_by_product(&[&items[5].product, "none", &items[5].product]).await.unwrap();
    assert_eq!(found, [items[5].clone()]);
    let names = fresh.store.item_names().await.unwrap();
    assert_eq!(names.len(), items.len());
    assert_eq!(names[&items[9].product], items[9].name);
}
