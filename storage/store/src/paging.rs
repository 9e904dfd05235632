//! Pages of long lists.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, QuerySelect, QueryTrait, Select, TryGetable,
    sea_query::{Expr, LikeExpr},
};
use serde::Serialize;

/// The most rows that one page has; larger wishes are cut to it, and zero becomes one.
pub const MAX_PAGE_SIZE: u64 = 1_000;

/// A part of a list, and the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows all pages have together.
    pub total: u64,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(each).collect(), total: self.total }
    }

    pub(crate) fn try_map<U, E>(self, each: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page { rows: self.rows.into_iter().map(each).collect::<Result<_, E>>()?, total: self.total })
    }
}

/// One page of a sorted selection. Pages count from 0.
pub(crate) async fn page<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    page: u64,
    page_size: u64,
) -> Result<Page<E::Model>, DbErr> {
    let total = count(db, select.clone()).await?;
    Ok(Page { rows: cut(select, page, page_size).all(db).await?, total })
}

/// The same for a selection of one column.
pub(crate) async fn page_of<E: EntityTrait, T: TryGetable + Send + Sync>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    page: u64,
    page_size: u64,
) -> Result<Page<T>, DbErr> {
    let total = count(db, select.clone()).await?;
    Ok(Page { rows: cut(select, page, page_size).into_tuple().all(db).await?, total })
}

fn cut<E: EntityTrait>(select: Select<E>, page: u64, page_size: u64) -> Select<E> {
    let size = page_size.clamp(1, MAX_PAGE_SIZE);
    // The largest offset that both databases take is past the end of any table.
    select.limit(size).offset(page.saturating_mul(size).min(i64::MAX as u64))
}

/// Without the sort and the columns, so that the smallest index is enough.
pub(crate) async fn count<E: EntityTrait>(db: &impl ConnectionTrait, select: Select<E>) -> Result<u64, DbErr> {
    let mut select = select.select_only().column_as(Expr::cust("COUNT(*)"), "total");
    QueryTrait::query(&mut select).clear_order_by();
    let total: Option<i64> = select.into_tuple().one(db).await?;
    Ok(total.map_or(0, i64::unsigned_abs))
}

/// What finds `text` anywhere in a column that is kept in lower case; `None` when there is nothing to look for.
pub(crate) fn containing(text: Option<&str>) -> Option<LikeExpr> {
    // Longer patterns than SQLite takes cannot match a name anyway.
    let wanted: String = text?.trim().to_lowercase().chars().take(200).collect();
    pattern_of(&wanted)
}

/// The same in a column whose letters of English are made small as it is read, which both databases do alike.
pub(crate) fn containing_ascii(text: Option<&str>) -> Option<LikeExpr> {
    let wanted: String = text?.trim().to_ascii_lowercase().chars().take(200).collect();
    pattern_of(&wanted)
}

fn pattern_of(wanted: &str) -> Option<LikeExpr> {
    if wanted.is_empty() {
        return None;
    }
    let mut pattern = String::from("%");
    for letter in wanted.chars() {
        match letter {
            '%' | '_' | '!' => pattern.extend(['!', letter]),
            // A line break would reach from one field into the next.
            _ if letter.is_control() => pattern.push('\u{fffd}'),
            _ => pattern.push(letter),
        }
    }
    pattern.push('%');
    Some(LikeExpr::new(pattern).escape('!'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let expected = expected.map(|pattern| LikeExpr::new(pattern).escape('!'));
        assert_eq!(format!("{:?}", containing(Some(text))), format!("{expected:?}"), "{text:?}");
    }

    #[test]
    fn a_search_is_a_pattern_without_wildcards() {
        check("Ann", Some("%ann%"));
        check("  50% ", Some("%50!%%"));
        check("a_b!c", Some("%a!_b!!c%"));
        check("a\nb\0", Some("%a\u{fffd}b\u{fffd}%"));
        check(" \t ", None);
        check(&"ö".repeat(10_000), Some(&format!("%{}%", "ö".repeat(200))));
        assert!(containing(None).is_none());
    }
}
