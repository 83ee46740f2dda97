//! Names that are something else, too: `common-word`, `given-name`, `short-form`; and `date`.

use unicode_script::{Script, UnicodeScript};

use super::form::Form;
use super::{Report, Severity};
use crate::record::{Date, Policy, Role};
use crate::words;

pub(super) fn check(forms: &[Form<'_>], report: &mut Report<'_>) {
    check_with(forms, words::may_be_given_name, report);
}

/// The same with other given names.
pub(super) fn check_with(
    forms: &[Form<'_>],
    is_given: impl Fn(&str) -> bool,
    report: &mut Report<'_>,
) {
    for form in forms.iter().filter(|form| !form.generated) {
        if form.is_tagged() {
            check_word(form, &is_given, report);
        }
        check_dates(form, report);
    }
}

/// Forms that texts use in another sense, if nothing holds them back there.
fn check_word(form: &Form<'_>, is_given: &impl Fn(&str) -> bool, report: &mut Report<'_>) {
    let policy = form.policy;
    let strong = policy.has(Policy::STRONG);
    let text = &form.name.text;
    let letters = letters(&form.key).filter(|_| form.is_one_word());
    if let Some(letters @ 1..=2) = letters
        && !policy.has(Policy::WEAK)
    {
        return report.warn("short-form", form, || {
            let count = if letters == 1 { "one letter" } else { "two letters" };
            format!("“{text}” has {count} and is not `weak`, but it stands for other things, too")
        });
    }
    let plain =
        !policy.has(Policy::WEAK) && !policy.has(Policy::UPPER) && !policy.has(Policy::EXACT);
    if !form.is_one_word() || !strong && !plain {
        return;
    }
    let why = if strong { "`strong`" } else { "not `weak`" };
    if words::is_common(&form.key) {
        let langs = words::languages(&form.key).join(", ");
        if strong && form.all_upper && letters.is_some_and(|letters| letters <= 4) {
            report.warn("short-form", form, || {
                format!("“{text}” is {why}, but in capitals it is also a common word ({langs})")
            });
        } else {
            report.warn("common-word", form, || {
                format!("“{text}” is {why}, but it is a common word ({langs})")
            });
        }
    } else if is_given(&form.key) {
        // Most names state no policy, and most places win over people of their name.
        if form.name.policy.is_some() {
            report.warn("given-name", form, || {
                format!("“{text}” is {why}, but it is a given name, too")
            });
        } else {
            report.add_grouped(Severity::Note, "given-name", form, || {
                format!("“{text}” is a given name, too, and no policy is stated")
            });
        }
    }
}

/// The number of letters of a key in a script whose letters alone say little; `None` if there is
/// another character in it.
fn letters(key: &str) -> Option<usize> {
    let letter = |char: char| {
        char.is_alphabetic()
            && matches!(
                char.script(),
                Script::Latin | Script::Cyrillic | Script::Greek | Script::Arabic | Script::Hebrew
            )
    };
    key.chars().all(letter).then(|| key.chars().count())
}

/// Days that no calendar has, and display forms that end before their entity does.
fn check_dates(form: &Form<'_>, report: &mut Report<'_>) {
    let (name, lists) = (form.name, report.lists);
    let mut add = |message| report.add(Severity::Warning, "date", name.origin, message);
    if let Some(date) = name.since.filter(|date| !is_day(*date)) {
        add(format!("`since`: there is no day {date}"));
    }
    // The end of any month is read as its day 31.
    if let Some(date) = name.until.filter(|date| day(*date) != 31 && !is_day(*date)) {
        add(format!("`until`: there is no day {date}"));
    }
    let lasts = lists.entity(name.entity).is_some_and(|entity| entity.has_lasting_canonical);
    if let Some(until) = name.until
        && name.role == Role::Canonical
        && lasts
        && !name.noted
    {
        add(format!(
            "“{}” is a display form that documents after {until} do not find, while other \
             canonical names of `{}` last: drop `until`, or make it `historic`",
            name.text,
            lists.id(name.entity)
        ));
    }
}

fn day(date: Date) -> i32 {
    date.code().rem_euclid(100)
}

fn is_day(date: Date) -> bool {
    let (year, month) = (date.code().div_euclid(10_000), date.code().rem_euclid(10_000) / 100);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    day(date) <= days
}
