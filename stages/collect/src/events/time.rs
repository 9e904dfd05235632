//! When an event happened.

use super::{
    changes::Style,
    fault::{Fault, shown},
    record::View,
    value,
};
use crate::{
    mapping::TimeMapping,
    time::{FIRST_YEAR, TimeFormat, read_unix_moment},
};
use bellwether_domain::RejectReason;
use chrono::{DateTime, Datelike, SubsecRound, Utc};

/// A moment, and how many minutes the clock on the wall was ahead of UTC.
pub(super) type Moment = (DateTime<Utc>, i16);

/// The last time that was read: rows next to each other often have the same.
#[derive(Debug, Clone, Default)]
pub(super) struct LastTime {
    text: String,
    moment: Option<Moment>,
}

/// How the times of one rule are read.
#[derive(Debug, Clone, Default)]
pub(super) struct TimeForm {
    /// The form, told or found; without one ISO 8601 and seconds or milliseconds since 1970 are understood.
    pub format: Option<TimeFormat>,
    /// A good one and where it stands, to show what is expected.
    pub example: Option<(String, String)>,
}

pub(super) fn read(
    time: &TimeMapping,
    form: &TimeForm,
    last: &mut LastTime,
    view: &View<'_, '_>,
    style: &Style,
) -> Result<Moment, Fault> {
    let label = value::label(&time.value);
    let text = value::word(&time.value, view, style)?
        .ok_or_else(|| Fault::missing(label, "every event needs the time when it happened"))?;
    if let Some(moment) = last.moment.filter(|_| last.text == text) {
        return Ok(moment);
    }
    let bad = |problem| Fault::new(label, RejectReason::BadDate, problem);
    let moment = moment(time, form, &text).ok_or_else(|| bad(unreadable(form, &text)))?;
    if moment.0.year() < FIRST_YEAR {
        return Err(bad(format!("`{}` lies before {FIRST_YEAR}, so it is no time of an event", shown(&text))));
    }
    last.text.clear();
    last.text.push_str(&text);
    last.moment = Some(moment);
    Ok(moment)
}

fn moment(time: &TimeMapping, form: &TimeForm, text: &str) -> Option<Moment> {
    let (moment, offset) = match &form.format {
        Some(format) => time.zone.to_utc(format.read(text)?),
        None => match TimeFormat::iso().read(text) {
            Some(wall) => time.zone.to_utc(wall),
            None => (read_unix_moment(text)?, 0),
        },
    };
    Some((moment.trunc_subsecs(6), offset))
}

fn unreadable(form: &TimeForm, text: &str) -> String {
    let text_shown = shown(text);
    let Some(format) = &form.format else {
        return format!(
            "`{text_shown}` is neither a time of ISO 8601 nor seconds or milliseconds since 1970; set time.format, for example format = \"%Y/%m/%d %H:%M:%S\""
        );
    };
    let others = match &form.example {
        Some((place, example)) => format!(" like the others ({place} has `{example}`)"),
        None => String::new(),
    };
    let hint = match TimeFormat::known().iter().find(|format| format.read(text).is_some()) {
        Some(fits) => format!("; it would fit {fits}"),
        None => String::new(),
    };
    format!("`{text_shown}` is not a date of the form {format}{others}{hint}")
}

impl TimeForm {
    /// As the rule says it.
    pub fn told(rule: &crate::mapping::EventRule) -> Self {
        Self { format: rule.time.as_ref().and_then(|time| time.format.clone()), example: None }
    }
}
