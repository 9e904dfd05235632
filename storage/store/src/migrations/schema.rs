//! Words for writing schema steps: the same table on both databases.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, ColumnDef, ForeignKey, ForeignKeyAction, Index, IntoIden, PostgresQueryBuilder, SqliteQueryBuilder,
        Table, TableCreateStatement,
    },
};

/// The table that says which steps were taken.
pub fn versions() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table(Alias::new("schema_version"))
        .if_not_exists()
        .col(ColumnDef::new(Alias::new("version")).big_integer().not_null().primary_key())
        .col(ColumnDef::new(Alias::new("name")).text().not_null());
    table
}

/// Collects the statements of one step.
pub struct Schema {
    backend: DbBackend,
    statements: Vec<String>,
}

impl Schema {
    pub const fn new(backend: DbBackend) -> Self {
        Self { backend, statements: Vec::new() }
    }

    pub fn statements(self) -> Vec<String> {
        self.statements
    }

    /// Any statement that reads the same on both databases.
    pub fn run(&mut self, sql: &str) {
        self.statements.push(sql.to_owned());
    }

    /// A table. On SQLite its rows lie in the tree of their primary key, without a second tree of row numbers, unless
    /// the key is such a number itself.
    pub fn table(&mut self, name: &str, columns: &[Column], key: &[&str], references: &[(&str, &str, &str)]) {
        let mut table = Table::create();
        table.table(Alias::new(name));
        for column in columns {
            table.col(column.definition(self.backend));
        }
        let mut primary = Index::create();
        for column in key {
            primary.col(Alias::new(*column));
        }
        if !columns.iter().any(|column| matches!(column.kind, Kind::Number)) {
            table.primary_key(&mut primary);
            if self.backend == DbBackend::Sqlite {
                table.extra("WITHOUT ROWID");
            }
        }
        for (column, other, other_column) in references {
            table.foreign_key(
                ForeignKey::create()
                    .from(Alias::new(name), Alias::new(*column))
                    .to(Alias::new(*other), Alias::new(*other_column))
                    .on_delete(ForeignKeyAction::Cascade),
            );
        }
        self.statements.push(match self.backend {
            DbBackend::Postgres => table.to_string(PostgresQueryBuilder),
            _ => table.to_string(SqliteQueryBuilder),
        });
    }

    /// An index. What is missing counts as the smallest on both databases, as the queries ask for it.
    pub fn index(&mut self, table: &str, columns: &[&str]) {
        self.statements.push(self.index_sql("INDEX", table, columns));
    }

    /// An index of values that come once.
    pub fn unique(&mut self, table: &str, columns: &[&str]) {
        self.statements.push(self.index_sql("UNIQUE INDEX", table, columns));
    }

    fn index_sql(&self, what: &str, table: &str, columns: &[&str]) -> String {
        let nulls = if self.backend == DbBackend::Postgres { " NULLS FIRST" } else { "" };
        let list: Vec<_> = columns.iter().map(|column| format!("\"{column}\"{nulls}")).collect();
        format!("CREATE {what} \"{table}_by_{}\" ON \"{table}\" ({})", columns.join("_"), list.join(", "))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Uuid,
    Text,
    Big,
    Small,
    Real,
    Boolean,
    Bytes,
    Number,
}

/// A column of a table.
pub struct Column {
    name: &'static str,
    kind: Kind,
    optional: bool,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, optional: false }
}

/// An id.
pub const fn uuid(name: &'static str) -> Column {
    column(name, Kind::Uuid)
}

/// A text, compared byte by byte on both databases.
pub const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

/// 64 bits: a count, ten-thousandths, or microseconds since 1970.
pub const fn big(name: &'static str) -> Column {
    column(name, Kind::Big)
}

/// 32 bits.
pub const fn small(name: &'static str) -> Column {
    column(name, Kind::Small)
}

/// A number with fractions.
pub const fn real(name: &'static str) -> Column {
    column(name, Kind::Real)
}

/// Yes or no.
pub const fn boolean(name: &'static str) -> Column {
    column(name, Kind::Boolean)
}

/// Bytes.
pub const fn bytes(name: &'static str) -> Column {
    column(name, Kind::Bytes)
}

/// A primary key that counts by itself.
pub const fn number(name: &'static str) -> Column {
    column(name, Kind::Number)
}

impl Column {
    /// May be missing.
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn definition(&self, backend: DbBackend) -> ColumnDef {
        let mut definition = ColumnDef::new(Alias::new(self.name).into_iden());
        match self.kind {
            Kind::Uuid => definition.uuid(),
            Kind::Text if backend == DbBackend::Postgres => definition.text().extra("COLLATE \"C\""),
            Kind::Text => definition.text(),
            Kind::Big => definition.big_integer(),
            Kind::Small => definition.integer(),
            Kind::Real => definition.double(),
            Kind::Boolean => definition.boolean(),
            Kind::Bytes => definition.blob(),
            Kind::Number => definition.big_integer().auto_increment().primary_key(),
        };
        if !self.optional {
            definition.not_null();
        }
        definition
    }
}
