//! The clock and the calendar of the page: what time it is here, and how a moment is written.

use js_sys::{Array, Date, Function, Intl, Object, Promise, Reflect};
use wardmail_api::UnixMs;
use wardmail_logic::days::{Age, age, day_number};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::words;

/// Milliseconds since the epoch.
pub(crate) fn now() -> f64 {
    Date::now()
}

/// Milliseconds since the epoch, as the engine counts them.
pub(crate) fn now_unix() -> UnixMs {
    #[expect(clippy::cast_possible_truncation, reason = "a clock's milliseconds fit")]
    let now = Date::now() as UnixMs;
    now
}

/// Waits.
pub(crate) async fn sleep(milliseconds: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "clamped first")]
    let milliseconds = milliseconds.clamp(0.0, f64::from(i32::MAX)) as i32;
    let waited = Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            // It fails only where there is no page any more to wait in.
            drop(window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds));
        }
    });
    drop(JsFuture::from(waited).await);
}

/// "9:47".
pub(crate) fn time_of_day(moment: UnixMs) -> String {
    FORMATS.with(|formats| write(&formats.time, &date(moment)))
}

/// As short as a list wants it.
pub(crate) fn in_list(moment: UnixMs) -> String {
    let date = date(moment);
    FORMATS.with(|formats| match age_of(moment, &date) {
        Age::Today => write(&formats.time, &date),
        Age::Yesterday => words::time::YESTERDAY.to_owned(),
        Age::ThisWeek => write(&formats.weekday, &date),
        Age::ThisYear => write(&formats.month_day, &date),
        Age::Other => write(&formats.day, &date),
    })
}

/// A moment of today by its time, an older one by its day.
pub(crate) fn in_sentence(moment: UnixMs) -> String {
    match in_list(moment) {
        text if text == words::time::YESTERDAY => words::time::YESTERDAY_WITHIN.to_owned(),
        text => text,
    }
}

/// The day as a heading: "Today", "Yesterday", or its date.
pub(crate) fn heading(moment: UnixMs) -> String {
    let date = date(moment);
    FORMATS.with(|formats| match age_of(moment, &date) {
        Age::Today => words::time::TODAY.to_owned(),
        Age::Yesterday => words::time::YESTERDAY.to_owned(),
        Age::ThisWeek | Age::ThisYear | Age::Other => write(&formats.long_day, &date),
    })
}

/// Day and time in full.
pub(crate) fn in_full(moment: UnixMs) -> String {
    let date = date(moment);
    FORMATS.with(|formats| {
        words::time::at(&write(&formats.long_day, &date), &write(&formats.time, &date))
    })
}

/// The day here as `YYYY-MM-DD`.
pub(crate) fn iso_day(moment: UnixMs) -> String {
    let date = date(moment);
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

/// "Mar 31, 2027".
pub(crate) fn day(moment: UnixMs) -> String {
    FORMATS.with(|formats| write(&formats.day, &date(moment)))
}

/// Reads an RFC 3339 moment, or the day `YYYY-MM-DD` at its local noon.
pub(crate) fn parse(text: &str) -> Option<UnixMs> {
    let text = if text.len() == 10 { format!("{text}T12:00:00") } else { text.to_owned() };
    let moment = Date::parse(&text);
    #[expect(clippy::cast_possible_truncation, reason = "a clock's milliseconds fit")]
    moment.is_finite().then_some(moment as UnixMs)
}

/// The language dates are written in: the computer's English, because the texts are English.
struct Formats {
    time: Function,
    weekday: Function,
    month_day: Function,
    day: Function,
    long_day: Function,
}

thread_local! {
    static FORMATS: Formats = Formats {
        time: format(&[("hour", "numeric"), ("minute", "2-digit")]),
        weekday: format(&[("weekday", "short")]),
        month_day: format(&[("month", "short"), ("day", "numeric")]),
        day: format(&[("year", "numeric"), ("month", "short"), ("day", "numeric")]),
        long_day: format(&[("weekday", "long"), ("year", "numeric"), ("month", "long"), ("day", "numeric")]),
    };
}

fn format(options: &[(&str, &str)]) -> Function {
    let wanted = Object::new();
    for (name, value) in options {
        drop(Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value)));
    }
    let language = web_sys::window()
        .and_then(|window| window.navigator().language())
        .filter(|language| language.starts_with("en-"))
        .unwrap_or_else(|| "en-US".to_owned());
    Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(&language)), &wanted).format()
}

fn write(format: &Function, date: &Date) -> String {
    format
        .call1(&JsValue::UNDEFINED, date)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn date(moment: UnixMs) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "JavaScript's dates are floats")]
    Date::new(&JsValue::from_f64(moment as f64))
}

fn age_of(moment: UnixMs, date: &Date) -> Age {
    let today = Date::new_0();
    age(local_day(moment, date), local_day(now_unix(), &today))
}

fn local_day(moment: UnixMs, date: &Date) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes within a day")]
    day_number(moment, date.get_timezone_offset() as i64)
}
