//! The send ledger: a message is reserved once and leaves `reserved` once. It leaves the ledger only from `reserved`, by whoever
//! reserved it and knows that nothing was handed over.

use crate::{
    Error, Page, Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{all, plain},
    error::Doing,
    paging,
    rows::message,
};
use bellwether_domain::{Message, MessageId, MessageState, ProfileId, RunId};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    prelude::Uuid,
    sea_query::{self, Expr, Func},
};
use std::collections::{BTreeMap, HashMap};

const RESERVED: &str = "reserved";

/// Which messages. The default is all of them, the latest change first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageQuery {
    /// Of this run only.
    pub run: Option<RunId>,
    /// To this person only.
    pub profile: Option<ProfileId>,
    /// In this state only, by its name: `reserved`, `handed_over`, `failed`, `unknown`.
    pub state: Option<String>,
    /// Counted from 0.
    pub page: u64,
    /// Rows of a page, at most [`crate::MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for MessageQuery {
    fn default() -> Self {
        Self { run: None, profile: None, state: None, page: 0, page_size: 50 }
    }
}

impl Store {
    /// Reserves messages in one transaction, and says which of them are new: only those may be sent by the caller.
    /// Every message must be in the state `reserved`. One that is in the ledger already stays as it is.
    pub async fn reserve(&self, messages: &[Message]) -> Result<Vec<MessageId>> {
        const DOING: &str = "reserve messages";
        if let Some(message) = messages.iter().find(|message| message.state.name() != RESERVED) {
            return Err(refused(message.id, message.state.name(), RESERVED));
        }
        let mut rows: Vec<_> = messages.iter().map(message::Model::from).collect();
        // One order for everybody: two processes that reserve the same messages cannot wait for each other.
        rows.sort_by_key(|row| row.id);
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model).collect::<Vec<message::ActiveModel>>();
        let transaction = self.begin(DOING).await?;
        let new = bulk::insert_returning(&transaction, rows, Conflict::Keep, message::Column::Id).await.doing(DOING)?;
        let new = new.iter().map(|row| row.try_get::<Uuid>("", "id")).collect::<Result<Vec<_>, _>>().doing(DOING)?;
        transaction.commit().await.doing(DOING)?;
        Ok(new.into_iter().map(MessageId::from_uuid).collect())
    }

    /// Takes reserved messages out of the ledger again, so that they can be reserved anew: for the process that reserved them
    /// and knows that the channel took none of them. Messages with an outcome stay. Says how many are gone.
    pub async fn release(&self, messages: &[MessageId]) -> Result<u64> {
        const DOING: &str = "release messages";
        let transaction = self.begin(DOING).await?;
        let mut released = 0;
        for ids in messages.chunks(500) {
            let deleted = message::Entity::delete_many()
                .filter(message::Column::Id.is_in(ids.iter().map(|id| id.as_uuid())))
                .filter(message::Column::State.eq(RESERVED))
                .exec(&transaction)
                .await
                .doing(DOING)?;
            released += deleted.rows_affected;
        }
        transaction.commit().await.doing(DOING)?;
        Ok(released)
    }

    /// Up to `limit` messages of a run that are reserved and have no outcome, by id.
    pub async fn reserved(&self, run: RunId, limit: u64) -> Result<Vec<Message>> {
        let rows = message::Entity::find()
            .filter(message::Column::RunId.eq(run.as_uuid()))
            .filter(message::Column::State.eq(RESERVED))
            .order_by_asc(message::Column::Id)
            .limit(limit.min(i64::MAX as u64))
            .all(&self.reader)
            .await
            .doing("list reserved messages")?;
        all(rows)
    }

    /// Records outcomes in one transaction: all of them, or none with [`Error::OutcomeRefused`] when one of the
    /// messages is not reserved, has an outcome already, or is named twice. Only the state is taken from the messages.
    pub async fn record_outcomes(&self, messages: &[Message]) -> Result<()> {
        const DOING: &str = "record outcomes";
        let mut outcomes: Vec<&Message> = messages.iter().collect();
        outcomes.sort_by_key(|message| message.id);
        if let Some(twice) = outcomes.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(refused(twice[1].id, "named twice in one call", twice[1].state.name()));
        }
        let transaction = self.begin(DOING).await?;
        let rows = check_reserved(&transaction, &outcomes).await?;
        let change =
            Conflict::Update(r#""state" = excluded."state", "at" = excluded."at", "detail" = excluded."detail""#);
        bulk::insert(&transaction, rows, change).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// One message.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>> {
        let row = message::Entity::find_by_id(id.as_uuid()).one(&self.reader).await.doing("read a message")?;
        row.map(Message::try_from).transpose()
    }

    /// Those of the messages that are in the ledger.
    pub async fn messages_by_id(&self, ids: &[MessageId]) -> Result<Vec<Message>> {
        let keys = ids.iter().map(|id| id.as_uuid().into()).collect();
        let rows = bulk::select_by::<message::Entity>(&self.reader, message::Column::Id, keys, Lock::Open)
            .await
            .doing("look up messages")?;
        all(rows)
    }

    /// A message to each of these mailboxes, where there is any: always one to the same person, whoever else of that address
    /// got another. Asked for in small letters, and given so.
    pub async fn message_to_each(&self, mailboxes: &[String]) -> Result<HashMap<String, Message>> {
        let mut found: HashMap<String, Message> = HashMap::new();
        for some in mailboxes.chunks(500) {
            let address = Func::lower(Expr::col(message::Column::Address));
            let rows = message::Entity::find()
                .filter(sea_query::ExprTrait::is_in(address, some.iter().map(String::as_str)))
                .order_by_asc(message::Column::ProfileId)
                .order_by_asc(message::Column::Id)
                .all(&self.reader)
                .await
                .doing("look for messages to mailboxes")?;
            for message in all::<_, Message>(rows)? {
                found.entry(message.address.to_lowercase()).or_insert(message);
            }
        }
        Ok(found)
    }

    /// One page of messages, the latest change first, equal ones by id.
    pub async fn messages(&self, query: &MessageQuery) -> Result<Page<Message>> {
        let mut select = message::Entity::find();
        if let Some(run) = query.run {
            select = select.filter(message::Column::RunId.eq(run.as_uuid()));
        }
        if let Some(profile) = query.profile {
            select = select.filter(message::Column::ProfileId.eq(profile.as_uuid()));
        }
        if let Some(state) = &query.state {
            select = select.filter(message::Column::State.eq(plain(state).as_ref()));
        }
        let select = select.order_by_desc(message::Column::At).order_by_desc(message::Column::Id);
        let page = paging::page(&self.reader, select, query.page, query.page_size).await.doing("list messages")?;
        page.try_map(Message::try_from)
    }

    /// How many messages of a run are in each state, by the state's name.
    pub async fn message_counts(&self, run: RunId) -> Result<BTreeMap<String, u64>> {
        let counts: Vec<(String, i64)> = message::Entity::find()
            .select_only()
            .column(message::Column::State)
            .column_as(message::Column::Id.count(), "messages")
            .filter(message::Column::RunId.eq(run.as_uuid()))
            .group_by(message::Column::State)
            .into_tuple()
            .all(&self.reader)
            .await
            .doing("count the messages of a run")?;
        Ok(counts.into_iter().map(|(state, messages)| (state, messages.unsigned_abs())).collect())
    }
}

/// The rows to write, if every message may leave `reserved`. They stay locked until the transaction ends.
async fn check_reserved(transaction: &DatabaseTransaction, outcomes: &[&Message]) -> Result<Vec<message::ActiveModel>> {
    let keys = outcomes.iter().map(|message| message.id.as_uuid().into()).collect();
    let stored = bulk::select_by::<message::Entity>(transaction, message::Column::Id, keys, Lock::ForUpdate)
        .await
        .doing("look up messages")?;
    let mut stored: HashMap<_, _> = stored.into_iter().map(|row| (row.id, row)).collect();
    let outcome = |message: &&Message| {
        let to = message.state.name();
        let mut row = stored.remove(&message.id.as_uuid()).ok_or_else(|| refused(message.id, "not reserved", to))?;
        if row.state != RESERVED || matches!(message.state, MessageState::Reserved { .. }) {
            return Err(refused(message.id, &row.state, to));
        }
        let new = message::Model::from(*message);
        (row.state, row.at, row.detail) = (new.state, new.at, new.detail);
        Ok(row.into_active_model())
    };
    outcomes.iter().map(outcome).collect()
}

fn refused(message: MessageId, from: &str, to: &'static str) -> Error {
    Error::OutcomeRefused { message, from: from.to_owned(), to }
}
