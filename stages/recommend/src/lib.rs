//! What to offer whom: collaborative filtering with a reason for each item.
