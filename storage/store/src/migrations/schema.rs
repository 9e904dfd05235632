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

    /// A table.
    pub fn table(&mut self, name: &str, columns: &[Column], key: &[&str], references: &[(&str, &str, &str)]) {
        self.add_table(name, columns, key, references, false);
    }

    /// A table of short rows, few more columns than its key. On SQLite they lie in the tree of the key itself; longer
    /// rows would make that tree deep, and every index on it wide: profiles took twice the time.
    pub fn narrow_table(&mut self, name: &str, columns: &[Column], key: &[&str], references: &[(&str, &str, &str)]) {
        self.add_table(name, columns, key, references, true);
    }

    fn add_table(
        &mut self,
        name: &str,
        columns: &[Column],
        key: &[&str],
        references: &[(&str, &str, &str)],
        narrow: bool,
    ) {
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
        }
        if narrow && self.backend == DbBackend::Sqlite {
            table.extra("WITHOUT ROWID");
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

    /// An index.
    pub fn index(&mut self, table: &str, columns: &[&str]) {
        self.add_index("INDEX", table, columns, "");
    }

    /// An index of values that come once.
    pub fn unique(&mut self, table: &str, columns: &[&str]) {
        self.add_index("UNIQUE INDEX", table, columns, "");
    }

    /// An index to sort by, in which what is missing is the smallest: SQLite does so by itself, and PostgreSQL uses an
    /// index only for the very order that the query asks for.
    pub fn sort_index(&mut self, table: &str, columns: &[&str]) {
        let nulls = if self.backend == DbBackend::Postgres { " NULLS FIRST" } else { "" };
        self.add_index("INDEX", table, columns, nulls);
    }

    fn add_index(&mut self, what: &str, table: &str, columns: &[&str], nulls: &str) {
        let list: Vec<_> = columns.iter().map(|column| format!("\"{column}\"{nulls}")).collect();
        let name = format!("{table}_by_{}", columns.join("_"));
        self.statements.push(format!("CREATE {what} \"{name}\" ON \"{table}\" ({})", list.join(", ")));
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
