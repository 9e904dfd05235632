//! Stores: the shops and branches that receipts come from. What happens there is counted by whoever takes events apart; here people
//! say what a store is called and where it is. In the code around they are branches, because the Store is the database.

pub mod change;
pub mod list;
pub mod summary;
