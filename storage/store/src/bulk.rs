//! Many rows in one statement, for any table and both databases.
//!
//! Statements of a few fixed lengths (1,000 rows, 200, 40 …) instead of one of every length: the database prepares
//! each once per connection and finds it again, which is most of the cost of a small insert.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, FromQueryResult, IdenStatic,
    Iterable, ModelTrait, PrimaryKeyToColumn, QueryResult, Statement, Value,
};
use std::fmt::Write;

/// SQLite takes 32,766 values in a statement, PostgreSQL 65,535.
const MAX_VALUES: usize = 32_000;
const LENGTHS: [usize; 5] = [1_000, 200, 40, 8, 1];

/// What happens to a row whose key is there already.
pub(crate) enum Conflict<'a> {
    /// The statement fails.
    Refuse,
    /// The first one stands.
    Keep,
    /// All other columns become those of the new row.
    Replace,
    /// Whatever this SQL says: assignments, with the new row as `excluded`.
    Update(&'a str),
}

/// Inserts all rows; those that set no value for a column leave it out. Every row must leave out the same ones.
pub(crate) async fn insert<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    rows: Vec<A>,
    conflict: Conflict<'_>,
) -> Result<(), DbErr> {
    let Some(form) = Form::of(&rows, conflict) else { return Ok(()) };
    for statement in form.statements(db.get_database_backend(), rows, "") {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

/// Sets some columns of rows that are there, each found by its key. [`DbErr::RecordNotUpdated`] where one is not.
pub(crate) async fn update<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    rows: Vec<A>,
    key: <A::Entity as EntityTrait>::Column,
    columns: &[<A::Entity as EntityTrait>::Column],
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let table = A::Entity::default();
    let table = table.table_name();
    // Both databases call the columns of a list of values so.
    let assignments: Vec<_> = (2..)
        .zip(columns)
        .map(|(number, column)| format!("\"{}\" = \"new\".column{number}", column.as_str()))
        .collect();
    let head = format!("UPDATE \"{table}\" SET {} FROM (VALUES ", assignments.join(", "));
    let tail = format!(") AS \"new\" WHERE \"{table}\".\"{}\" = \"new\".column1", key.as_str());
    let width = 1 + columns.len();
    let mut rows = rows.into_iter();
    for length in lengths(rows.len(), width) {
        let mut sql = head.clone();
        push_tuples(&mut sql, backend, length, width);
        sql.push_str(&tail);
        let mut values = Vec::with_capacity(length * width);
        for mut row in rows.by_ref().take(length) {
            values.extend([&key].into_iter().chain(columns).filter_map(|column| row.take(*column).into_value()));
        }
        let done = db.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        if done.rows_affected() != length as u64 {
            return Err(DbErr::RecordNotUpdated);
        }
    }
    Ok(())
}

/// As [`insert`], and gives back one column of the rows that were really inserted or updated.
pub(crate) async fn insert_returning<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    rows: Vec<A>,
    conflict: Conflict<'_>,
    column: <A::Entity as EntityTrait>::Column,
) -> Result<Vec<QueryResult>, DbErr> {
    let Some(form) = Form::of(&rows, conflict) else { return Ok(Vec::new()) };
    let mut returned = Vec::new();
    let tail = format!(" RETURNING \"{}\"", column.as_str());
    for statement in form.statements(db.get_database_backend(), rows, &tail) {
        returned.extend(db.query_all_raw(statement).await?);
    }
    Ok(returned)
}

/// The shape that all rows of one call share.
struct Form<A: ActiveModelTrait> {
    columns: Vec<<A::Entity as EntityTrait>::Column>,
    head: String,
    tail: String,
}

impl<A: ActiveModelTrait> Form<A> {
    fn of(rows: &[A], conflict: Conflict<'_>) -> Option<Self> {
        let first = rows.first()?;
        let columns: Vec<_> =
            <A::Entity as EntityTrait>::Column::iter().filter(|column| !first.is_not_set(*column)).collect();
        let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
        let table = A::Entity::default();
        let head = format!("INSERT INTO \"{}\" ({}) VALUES ", table.table_name(), names.join(", "));
        let tail = conflict_clause::<A::Entity>(&columns, conflict);
        Some(Self { columns, head, tail })
    }

    fn statements(&self, backend: DbBackend, rows: Vec<A>, returning: &str) -> Vec<Statement> {
        let mut rows = rows.into_iter();
        lengths(rows.len(), self.columns.len())
            .map(|length| {
                let mut sql = String::with_capacity(self.head.len() + length * self.columns.len() * 7 + 400);
                sql.push_str(&self.head);
                push_tuples(&mut sql, backend, length, self.columns.len());
                sql.push_str(&self.tail);
                sql.push_str(returning);
                let mut values = Vec::with_capacity(length * self.columns.len());
                for mut row in rows.by_ref().take(length) {
                    values.extend(self.columns.iter().filter_map(|column| row.take(*column).into_value()));
                }
                Statement::from_sql_and_values(backend, sql, values)
            })
            .collect()
    }
}

fn conflict_clause<E: EntityTrait>(columns: &[E::Column], conflict: Conflict<'_>) -> String {
    let keys: Vec<_> = E::PrimaryKey::iter().map(|key| key.into_column().as_str()).collect();
    let target = format!(" ON CONFLICT (\"{}\") DO ", keys.join("\", \""));
    match conflict {
        Conflict::Refuse => String::new(),
        Conflict::Keep => target + "NOTHING",
        Conflict::Update(assignments) => format!("{target}UPDATE SET {assignments}"),
        Conflict::Replace => {
            let others = columns.iter().map(|column| column.as_str()).filter(|column| !keys.contains(column));
            let assignments: Vec<_> = others.map(|column| format!("\"{column}\" = excluded.\"{column}\"")).collect();
            format!("{target}UPDATE SET {}", assignments.join(", "))
        }
    }
}

/// Splits a number of rows into the fixed lengths, the longest first.
fn lengths(rows: usize, columns: usize) -> impl Iterator<Item = usize> {
    let longest = (MAX_VALUES / columns.max(1)).max(1);
    let mut left = rows;
    std::iter::from_fn(move || {
        let length = LENGTHS.into_iter().find(|length| *length <= left.min(longest))?;
        left -= length;
        Some(length)
    })
}

fn push_tuples(sql: &mut String, backend: DbBackend, rows: usize, columns: usize) {
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        push_placeholders(sql, backend, row * columns, columns);
        sql.push(')');
    }
}

fn push_placeholders(sql: &mut String, backend: DbBackend, before: usize, count: usize) {
    for index in 0..count {
        if index > 0 {
            sql.push(',');
        }
        match backend {
            DbBackend::Postgres => write!(sql, "${}", before + index + 1).expect("writing to a string cannot fail"),
            _ => sql.push('?'),
        }
    }
}

/// Whether rows that are read may change before the transaction ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// They may.
    Open,
    /// Nobody else can change them. SQLite has one writer at a time anyway.
    ForUpdate,
}

/// The rows whose `column` is one of `keys`, in no particular order. Keys are sent in the fixed lengths too; the last
/// statement repeats its last key to fill up.
pub(crate) async fn select_by<E: EntityTrait>(
    db: &impl ConnectionTrait,
    column: E::Column,
    keys: Vec<Value>,
    lock: Lock,
) -> Result<Vec<E::Model>, DbErr> {
    let backend = db.get_database_backend();
    let tail = if lock == Lock::ForUpdate && backend == DbBackend::Postgres { " FOR UPDATE" } else { "" };
    let mut found = Vec::new();
    for statement in selects::<E>(backend, column, keys, tail) {
        for row in db.query_all_raw(statement).await? {
            found.push(E::Model::from_query_result(&row, "")?);
        }
    }
    Ok(found)
}

fn selects<E: EntityTrait>(
    backend: DbBackend,
    column: E::Column,
    keys: Vec<Value>,
    tail: &str,
) -> impl Iterator<Item = Statement> {
    let names: Vec<_> = E::Column::iter().map(|column| format!("\"{}\"", column.as_str())).collect();
    let head = format!(
        "SELECT {} FROM \"{}\" WHERE \"{}\" IN (",
        names.join(", "),
        E::default().table_name(),
        column.as_str()
    );
    let tail = format!("){tail}");
    let mut keys = keys.into_iter();
    std::iter::from_fn(move || {
        let mut values: Vec<Value> = keys.by_ref().take(LENGTHS[0]).collect();
        let last = values.last()?.clone();
        let length = LENGTHS.into_iter().rev().find(|length| *length >= values.len())?;
        values.resize(length, last);
        let mut sql = head.clone();
        push_placeholders(&mut sql, backend, 0, length);
        sql.push_str(&tail);
        Some(Statement::from_sql_and_values(backend, sql, values))
    })
}

/// All values of a model as they would be bound, in the order of its columns.
pub(crate) fn values<M: ModelTrait>(model: &M) -> impl Iterator<Item = (&'static str, Value)> {
    <M::Entity as EntityTrait>::Column::iter().map(|column| (column.as_str(), model.get(column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: usize, columns: usize, expected: &[usize]) {
        assert_eq!(lengths(rows, columns).collect::<Vec<_>>(), expected, "{rows} rows of {columns}");
    }

    #[test]
    fn rows_are_split_into_few_lengths() {
        check(0, 3, &[]);
        check(1, 3, &[1]);
        check(1_249, 3, &[1_000, 200, 40, 8, 1]);
        check(81, 3, &[40, 40, 1]);
    }

    #[test]
    fn wide_rows_stay_below_the_limit_of_values() {
        check(1_000, 100, &[200, 200, 200, 200, 200]);
        assert!(lengths(100_000, 40).all(|length| length * 40 <= MAX_VALUES));
    }
}
