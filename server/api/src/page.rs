//! Lists in pages.

use crate::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// The most rows that one page may hold.
pub const MAX_PAGE_SIZE: u32 = 500;
const DEFAULT_PAGE_SIZE: u32 = 50;

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows of all pages together.
    pub total: u64,
    /// Which page this is, counted from 0.
    pub page: u32,
    /// The most rows that a page holds.
    pub page_size: u32,
}

/// A page that was asked for, within its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Counted from 0.
    pub page: u32,
    /// From 1 to [`MAX_PAGE_SIZE`].
    pub page_size: u32,
}

impl PageRequest {
    /// Checks what was asked for; nothing said means the first page of 50.
    pub fn new(page: Option<u32>, page_size: Option<u32>) -> Result<Self, Problem> {
        let request = Self { page: page.unwrap_or(0), page_size: page_size.unwrap_or(DEFAULT_PAGE_SIZE) };
        if !(1..=MAX_PAGE_SIZE).contains(&request.page_size) {
            return Err(Problem::parameter("page_size", format_args!("must be from 1 to {MAX_PAGE_SIZE}")));
        }
        // The offset of the first row has to fit into the database's numbers.
        if request.page > 10_000_000 {
            return Err(Problem::parameter("page", "must be at most 10000000"));
        }
        Ok(request)
    }

    /// The Store's page as an answer.
    pub fn answer<R, T>(self, page: bellwether_store::Page<R>, row: impl FnMut(R) -> T) -> Page<T> {
        let rows = page.rows.into_iter().map(row).collect();
        Page { rows, total: page.total, page: self.page, page_size: self.page_size }
    }
}
