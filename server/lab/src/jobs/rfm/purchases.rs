//! Rows to customers: last purchase, number of purchases, money.

use crate::{
    LabError, Result,
    report::{Findings, count},
    table::{Dates, Keys, Moment, Numbers, Table, parse_moment},
};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// Which columns hold what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PurchaseColumns {
    pub customer: String,
    pub time: String,
    /// A column, or a product of columns: `Quantity*UnitPrice`.
    pub amount: String,
    pub order: Option<String>,
}

/// Customers by name (in numbers where all names are numbers), in parallel lists.
#[derive(Debug)]
pub(crate) struct Customers {
    pub names: Vec<String>,
    /// Whole days since the last purchase.
    pub recency: Vec<f64>,
    pub frequency: Vec<f64>,
    pub monetary: Vec<f64>,
    pub as_of: Moment,
    pub as_of_has_time: bool,
}

impl Customers {
    /// Adds up the rows; those that cannot be used are rejected in `table`.
    pub fn of(
        table: &mut Table,
        columns: &PurchaseColumns,
        as_of: Option<&str>,
        date_format: Option<&str>,
        findings: &mut Findings,
    ) -> Result<Self> {
        let rows = Rows::read(table, columns, date_format)?;
        findings.warnings.extend(rows.dates.warning.clone());
        let (as_of, as_of_has_time) = rows.as_of(as_of)?;
        let usable = usable_rows(table, &rows, as_of);
        if usable.is_empty() {
            return Err(LabError::input(&table.input, "not one row has customer, time and amount, all readable"));
        }
        describe_rows(columns, &rows, &usable, findings);
        let mut sums = Sums::new(rows.customers.names.len());
        usable.iter().for_each(|&row| sums.add(&rows, row));
        Ok(sums.customers(rows.customers.names, as_of, as_of_has_time))
    }
}

/// The columns, read.
struct Rows {
    customers: Keys,
    dates: Dates,
    amounts: Numbers,
    orders: Option<Keys>,
}

impl Rows {
    fn read(table: &Table, columns: &PurchaseColumns, date_format: Option<&str>) -> Result<Self> {
        Ok(Self {
            customers: Keys::of(table.column(&columns.customer)?),
            dates: table.column(&columns.time)?.dates(date_format)?,
            amounts: amounts(table, &columns.amount)?,
            orders: columns.order.as_ref().map(|name| table.column(name).map(Keys::of)).transpose()?,
        })
    }

    /// The moment to look from: as given, or the start of the day after the last event.
    fn as_of(&self, text: Option<&str>) -> Result<(Moment, bool)> {
        match text {
            Some(text) => parse_moment(text)
                .ok_or_else(|| LabError::usage(format!("--as-of `{text}` is no date (for example 1998-07-01)"))),
            None => {
                let last = self.dates.values.iter().flatten().max().copied();
                Ok((last.map_or(Moment(0), |last| last.day_start().plus_days(1)), false))
            }
        }
    }
}

/// A column, or the product of columns.
fn amounts(table: &Table, expression: &str) -> Result<Numbers> {
    if table.all_names.iter().any(|name| name == expression) || !expression.contains('*') {
        return Ok(table.column(expression)?.numbers());
    }
    let mut product: Option<Numbers> = None;
    for factor in expression.split('*') {
        let numbers = table.column(factor.trim())?.numbers();
        product = Some(match product {
            None => numbers,
            Some(mut so_far) => {
                so_far.values.iter_mut().zip(&numbers.values).for_each(|(a, b)| *a *= b);
                so_far.unreadable.extend(numbers.unreadable);
                so_far
            }
        });
    }
    product.ok_or_else(|| LabError::usage("--amount names no column"))
}

fn usable_rows(table: &mut Table, rows: &Rows, as_of: Moment) -> Vec<usize> {
    let bad_times: FxHashSet<usize> = rows.dates.unreadable.iter().copied().collect();
    let bad_amounts: FxHashSet<usize> = rows.amounts.unreadable.iter().copied().collect();
    let mut usable = Vec::with_capacity(table.lines.len());
    for row in 0..table.lines.len() {
        let reason = match (rows.customers.codes[row], rows.dates.values[row]) {
            (None, _) => "missing_customer",
            (_, None) if bad_times.contains(&row) => "unreadable_time",
            (_, None) => "missing_time",
            _ if bad_amounts.contains(&row) => "unreadable_amount",
            _ if rows.amounts.values[row].is_nan() => "missing_amount",
            (_, Some(time)) if time >= as_of => "after_as_of",
            _ if rows.orders.as_ref().is_some_and(|orders| orders.codes[row].is_none()) => "missing_order",
            _ => {
                usable.push(row);
                continue;
            }
        };
        table.rejects.add(table.lines[row], reason, "");
    }
    usable
}

fn describe_rows(columns: &PurchaseColumns, rows: &Rows, usable: &[usize], findings: &mut Findings) {
    findings.parameter("customer", &columns.customer);
    findings.parameter("time", &columns.time);
    findings.parameter("amount", &columns.amount);
    findings.parameter("order", &columns.order);
    findings.parameter("frequency_counts", if rows.orders.is_some() { "different orders" } else { "rows" });
    let negative = usable.iter().filter(|&&row| rows.amounts.values[row] < 0.0).count() as u64;
    if negative > 0 {
        findings.warn(format!(
            "{} rows have a negative amount (returns?): they lower the monetary value and count as purchases",
            count(negative)
        ));
    }
}

/// Running sums per customer.
struct Sums {
    last: Vec<Option<Moment>>,
    purchases: Vec<u64>,
    money: Vec<f64>,
    /// What rounding took away (Kahan), so that cents add up as in other tools.
    lost: Vec<f64>,
    seen: FxHashSet<(u32, u32)>,
}

impl Sums {
    fn new(customers: usize) -> Self {
        Self {
            last: vec![None; customers],
            purchases: vec![0; customers],
            money: vec![0.0; customers],
            lost: vec![0.0; customers],
            seen: FxHashSet::default(),
        }
    }

    fn add(&mut self, rows: &Rows, row: usize) {
        let Some(customer) = rows.customers.codes[row] else { return };
        let index = customer as usize;
        self.last[index] = self.last[index].max(rows.dates.values[row]);
        let is_new = match rows.orders.as_ref().and_then(|orders| orders.codes[row]) {
            Some(order) => self.seen.insert((customer, order)),
            None => true,
        };
        self.purchases[index] += u64::from(is_new);
        let amount = rows.amounts.values[row] - self.lost[index];
        let sum = self.money[index] + amount;
        self.lost[index] = (sum - self.money[index]) - amount;
        self.money[index] = sum;
    }

    fn customers(self, names: Vec<String>, as_of: Moment, as_of_has_time: bool) -> Customers {
        let days = |last: Moment| match as_of_has_time {
            true => (as_of.0 - last.0).div_euclid(86_400_000_000),
            false => as_of.day() - last.day(),
        };
        let mut order: Vec<usize> = (0..names.len()).filter(|&index| self.last[index].is_some()).collect();
        let numbers: Option<Vec<f64>> = names.iter().map(|name| name.parse().ok()).collect();
        match &numbers {
            Some(numbers) => {
                order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then_with(|| names[a].cmp(&names[b])))
            }
            None => order.sort_by(|&a, &b| names[a].cmp(&names[b])),
        }
        Customers {
            recency: order.iter().map(|&i| self.last[i].map_or(0.0, |last| days(last) as f64)).collect(),
            frequency: order.iter().map(|&i| self.purchases[i] as f64).collect(),
            monetary: order.iter().map(|&i| self.money[i]).collect(),
            names: order.iter().map(|&i| names[i].clone()).collect(),
            as_of,
            as_of_has_time,
        }
    }
}
