//! The rows of a table as orders.

use super::{
    grouping::Grouping,
    row::{RowReader, TimeCache},
};
use crate::{
    error::Result,
    import::{ImportBatch, SampleRow, SettledCurrency},
    mapping::OrderMapping,
    read::{Next, Table, Text, TypedReader},
};
use std::io;

/// Reads order lines and groups them.
pub(crate) struct OrderReader {
    table: Table,
    reader: RowReader,
    cache: TimeCache,
    orders: Grouping,
    first_currency: Option<String>,
}

impl OrderReader {
    pub fn open(text: Text, mapping: &OrderMapping) -> Result<Self> {
        Self::of(Table::open(text, &mapping.file)?, mapping)
    }

    /// As [`Self::open`], of rows that have names and types.
    pub fn typed(name: &str, rows: TypedReader, mapping: &OrderMapping) -> Result<Self> {
        Self::of(Table::typed(name, rows, mapping.numbers.decimal), mapping)
    }

    fn of(mut table: Table, mapping: &OrderMapping) -> Result<Self> {
        let reader = RowReader::bind(mapping, &table)?;
        let first_currency = reader.first_currency(&table);
        table.forget_sample();
        Ok(Self { table, reader, cache: TimeCache::default(), orders: Grouping::new(&mapping.source), first_currency })
    }

    pub fn first_currency(&self) -> Option<&str> {
        self.first_currency.as_deref()
    }

    pub fn only_currency(&mut self, code: &str) {
        self.reader.only_currency(code);
    }

    pub fn pass_over(&mut self, records: u64) {
        self.orders.pass_over(records);
    }

    pub fn given(&self) -> u64 {
        self.orders.given()
    }

    pub fn scattered(&self) -> u64 {
        self.orders.scattered()
    }

    pub fn only_fault(&self) -> Option<&str> {
        self.orders.only_fault()
    }

    pub fn time_format(&self) -> String {
        self.reader.time_format().to_string()
    }

    /// Takes one row; `false` at the end of the file. `see` is shown every good row.
    pub fn step(&mut self, batch: &mut ImportBatch, see: Option<&mut Vec<SampleRow>>) -> io::Result<bool> {
        match self.table.rows.next()? {
            Next::End => return Ok(false),
            Next::Problem(problem) => self.orders.reject(problem, batch),
            Next::Row(row) => {
                if let Some(seen) = see {
                    seen.push(row.sample(&self.table.columns));
                }
                match self.reader.read(&mut self.cache, &row) {
                    Ok(line) => {
                        self.orders.add(&row, &line, &self.reader, batch);
                        // None of the rows that were looked at first could be used: then this one settles it.
                        if self.first_currency.is_none() && !self.reader.has_currency() {
                            let code = line.currency.into_owned();
                            self.reader.only_currency(&code);
                            batch.currency = Some(SettledCurrency { code, behind: 0 });
                        }
                    }
                    Err(problem) => self.orders.reject(problem, batch),
                }
            }
        }
        Ok(true)
    }

    /// Gives every open order.
    pub fn close(&mut self, batch: &mut ImportBatch) {
        self.orders.close(batch);
    }
}
