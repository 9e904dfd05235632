//! Sources: the places that events come from over HTTP, and the keys that they show.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{all, plain, text},
    error::{Doing, is_unique_violation},
    rows::{import, source},
};
use bellwether_domain::{Hook, Source, SourceKind, SourceName, WriteKey};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::IntoCondition,
};
use std::collections::HashSet;

/// How often a short name is chosen anew because another process took it in between.
const ATTEMPTS: usize = 5;

impl Store {
    /// All sources, by short name.
    pub async fn sources(&self) -> Result<Vec<Source>> {
        let sorted = source::Entity::find().order_by_asc(source::Column::Slug);
        all(sorted.all(&self.reader).await.doing("list sources")?)
    }

    /// The source with a short name.
    pub async fn source_by_slug(&self, slug: &str) -> Result<Option<Source>> {
        self.source_where(source::Column::Slug.eq(plain(slug).as_ref())).await
    }

    /// The source that a key belongs to, whether or not its events are taken.
    pub async fn source_by_write_key(&self, key: &WriteKey) -> Result<Option<Source>> {
        self.source_where(source::Column::WriteKey.eq(key.reveal())).await
    }

    async fn source_where(&self, filter: impl IntoCondition) -> Result<Option<Source>> {
        let row = source::Entity::find().filter(filter).one(&self.reader).await.doing("look for a source")?;
        row.map(Source::try_from).transpose()
    }

    /// Makes a source that takes events at once. Its short name follows from its name, and is neither that of another
    /// source nor one that an import uses: what the two bring would be taken for one.
    pub async fn create_source(
        &self,
        name: &SourceName,
        kind: SourceKind,
        hook: Option<Hook>,
        key: &WriteKey,
        now: DateTime<Utc>,
    ) -> Result<Source> {
        const DOING: &str = "make a source";
        let mut attempt = 1;
        loop {
            let taken = taken_names(&self.reader).await.doing(DOING)?;
            let slug = name.slug(kind, |slug| taken.contains(slug));
            let made = Source::new(&slug, name.clone(), kind, key.clone(), now);
            let source = Source { hook: hook.clone(), ..made };
            match insert(&self.writer, &source, Conflict::Refuse).await {
                Err(error) if is_unique_violation(&error) => {
                    let refused = taken_error(&error, &source);
                    if attempt == ATTEMPTS || matches!(refused, Error::WriteKeyTaken { .. }) {
                        return Err(refused);
                    }
                    attempt += 1;
                }
                done => return done.doing(DOING).map(|()| source),
            }
        }
    }

    /// Keeps a source as it is given; the newest word stands. To change one of its properties use
    /// [`Store::change_source`], which does not overwrite what somebody else changes at the same time.
    pub async fn put_source(&self, source: &Source) -> Result<()> {
        let stored = insert(&self.writer, source, Conflict::Replace).await;
        match stored {
            Err(error) if is_unique_violation(&error) => Err(taken_error(&error, source)),
            stored => stored.doing("store a source"),
        }
    }

    /// Changes a source, and gives it as it is then; `None` when there is none of this short name. Nobody else changes it
    /// meanwhile: a key that was just replaced must not come back because somebody renames the source.
    pub async fn change_source(&self, slug: &str, change: impl FnOnce(&mut Source) + Send) -> Result<Option<Source>> {
        const DOING: &str = "change a source";
        let transaction = self.begin(DOING).await?;
        let key = vec![text(slug).into()];
        let found = bulk::select_by::<source::Entity>(&transaction, source::Column::Slug, key, Lock::ForUpdate).await;
        let Some(row) = found.doing(DOING)?.into_iter().next() else { return Ok(None) };
        let mut source = Source::try_from(row)?;
        change(&mut source);
        match insert(&transaction, &source, Conflict::Replace).await {
            Err(error) if is_unique_violation(&error) => return Err(taken_error(&error, &source)),
            stored => stored.doing(DOING)?,
        }
        transaction.commit().await.doing(DOING)?;
        Ok(Some(source))
    }

    /// Removes a source, whose key is refused from then on; whether there was one. What it brought stays.
    pub async fn delete_source(&self, slug: &str) -> Result<bool> {
        let one = source::Entity::delete_many().filter(source::Column::Slug.eq(plain(slug).as_ref()));
        let deleted = one.exec(&self.writer).await.doing("remove a source")?;
        Ok(deleted.rows_affected > 0)
    }
}

async fn insert(db: &impl ConnectionTrait, source: &Source, conflict: Conflict<'_>) -> Result<(), DbErr> {
    bulk::insert(db, vec![source::Model::from(source).into_active_model()], conflict).await
}

/// Names that events carry already.
async fn taken_names(db: &impl ConnectionTrait) -> Result<HashSet<String>, DbErr> {
    let sources = source::Entity::find().select_only().column(source::Column::Slug);
    let imports = import::Entity::find().select_only().column(import::Column::Source).distinct();
    let mut names: HashSet<String> = sources.into_tuple::<String>().all(db).await?.into_iter().collect();
    names.extend(imports.into_tuple::<String>().all(db).await?);
    Ok(names)
}

/// Which of the two unique columns refused: both databases name it.
fn taken_error(error: &DbErr, source: &Source) -> Error {
    let slug = source.slug.to_string();
    match error.sql_err() {
        Some(said) if said.to_string().contains("write_key") => Error::WriteKeyTaken { slug },
        _ => Error::SlugTaken { what: "source", slug },
    }
}
