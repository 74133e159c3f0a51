//! Time zones by name: the offset and the rule of summer time in force today (IANA time zone database).
//!
//! A browser's tab has no zone tables and the whole database is larger than this program's other tables together. A zone whose
//! rule has changed is right from its last change on.

use crate::base::time::{DAY, HOUR, MINUTE, civil, days_from_civil};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// Minutes east of UTC, in winter.
    offset: i64,
    summer: Summer,
    /// What `%Z` writes; empty for an offset.
    name: &'static str,
}

/// When clocks go forward by an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Summer {
    Never,
    /// Last Sundays of March and October, 01:00 UTC.
    Europe,
    /// Second Sunday of March, first of November, 02:00 on the clock.
    America,
    /// First Sundays of October and April, 02:00 in winter's time.
    Australia,
    /// Last Sunday of September, first of April, 02:00 in winter's time.
    NewZealand,
    /// First Sundays after the 2nd of September and April, 24:00 and 24:00 on the clock of Santiago.
    Chile,
}

pub const UTC: Zone = Zone {
    offset: 0,
    summer: Summer::Never,
    name: "UTC",
};

/// Offset in minutes, rule, names.
type Row = (i64, Summer, &'static [&'static str]);

const ZONES: &[Row] = &[
    (
        0,
        Summer::Never,
        &[
            "UTC",
            "GMT",
            "Z",
            "Etc/UTC",
            "Etc/GMT",
            "Africa/Abidjan",
            "Africa/Accra",
            "Atlantic/Reykjavik",
        ],
    ),
    (
        0,
        Summer::Europe,
        &["Europe/London", "Europe/Dublin", "Europe/Lisbon", "WET"],
    ),
    (
        60,
        Summer::Europe,
        &[
            "Europe/Paris",
            "Europe/Berlin",
            "Europe/Madrid",
            "Europe/Rome",
            "Europe/Amsterdam",
            "Europe/Brussels",
            "Europe/Vienna",
            "Europe/Zurich",
            "Europe/Stockholm",
            "Europe/Oslo",
            "Europe/Copenhagen",
            "Europe/Prague",
            "Europe/Warsaw",
            "Europe/Budapest",
            "Europe/Belgrade",
            "Europe/Luxembourg",
            "CET",
        ],
    ),
    (
        60,
        Summer::Never,
        &["Africa/Lagos", "Africa/Algiers", "Africa/Tunis"],
    ),
    (
        120,
        Summer::Europe,
        &[
            "Europe/Athens",
            "Europe/Helsinki",
            "Europe/Kiev",
            "Europe/Kyiv",
            "Europe/Bucharest",
            "Europe/Sofia",
            "Europe/Riga",
            "Europe/Vilnius",
            "Europe/Tallinn",
            "EET",
        ],
    ),
    (
        120,
        Summer::Never,
        &["Africa/Johannesburg", "Africa/Maputo", "Europe/Kaliningrad"],
    ),
    (
        180,
        Summer::Never,
        &[
            "Europe/Moscow",
            "Europe/Istanbul",
            "Asia/Riyadh",
            "Asia/Baghdad",
            "Asia/Kuwait",
            "Asia/Qatar",
            "Asia/Bahrain",
            "Africa/Nairobi",
            "Europe/Minsk",
        ],
    ),
    (210, Summer::Never, &["Asia/Tehran"]),
    (
        240,
        Summer::Never,
        &["Asia/Dubai", "Asia/Baku", "Asia/Tbilisi", "Asia/Yerevan"],
    ),
    (
        300,
        Summer::Never,
        &[
            "Asia/Karachi",
            "Asia/Tashkent",
            "Asia/Almaty",
            "Asia/Yekaterinburg",
        ],
    ),
    (
        330,
        Summer::Never,
        &["Asia/Kolkata", "Asia/Calcutta", "Asia/Colombo", "IST"],
    ),
    (345, Summer::Never, &["Asia/Kathmandu"]),
    (360, Summer::Never, &["Asia/Dhaka"]),
    (
        420,
        Summer::Never,
        &["Asia/Bangkok", "Asia/Jakarta", "Asia/Ho_Chi_Minh", "Asia/Saigon"],
    ),
    (
        480,
        Summer::Never,
        &[
            "Asia/Singapore",
            "Asia/Shanghai",
            "Asia/Hong_Kong",
            "Asia/Taipei",
            "Asia/Manila",
            "Asia/Kuala_Lumpur",
            "Asia/Macau",
            "Australia/Perth",
        ],
    ),
    (540, Summer::Never, &["Asia/Tokyo", "Asia/Seoul", "Japan", "JST"]),
    (570, Summer::Never, &["Australia/Darwin"]),
    (570, Summer::Australia, &["Australia/Adelaide"]),
    (
        600,
        Summer::Never,
        &["Australia/Brisbane", "Pacific/Guam", "Asia/Vladivostok"],
    ),
    (
        600,
        Summer::Australia,
        &[
            "Australia/Sydney",
            "Australia/Melbourne",
            "Australia/Hobart",
            "Australia/Canberra",
        ],
    ),
    (720, Summer::NewZealand, &["Pacific/Auckland", "NZ"]),
    (720, Summer::Never, &["Pacific/Fiji"]),
    (-600, Summer::Never, &["Pacific/Honolulu", "US/Hawaii", "HST"]),
    (-540, Summer::America, &["America/Anchorage", "US/Alaska"]),
    (
        -480,
        Summer::America,
        &[
            "America/Los_Angeles",
            "America/Vancouver",
            "US/Pacific",
            "PST8PDT",
            "America/Tijuana",
        ],
    ),
    (
        -420,
        Summer::America,
        &[
            "America/Denver",
            "America/Edmonton",
            "US/Mountain",
            "MST7MDT",
            "America/Boise",
        ],
    ),
    (-420, Summer::Never, &["America/Phoenix", "US/Arizona", "MST"]),
    (
        -360,
        Summer::America,
        &["America/Chicago", "America/Winnipeg", "US/Central", "CST6CDT"],
    ),
    (
        -360,
        Summer::Never,
        &["America/Mexico_City", "America/Costa_Rica", "America/Guatemala"],
    ),
    (
        -300,
        Summer::America,
        &[
            "America/New_York",
            "America/Toronto",
            "America/Montreal",
            "America/Detroit",
            "US/Eastern",
            "EST5EDT",
        ],
    ),
    (
        -300,
        Summer::Never,
        &[
            "America/Bogota",
            "America/Lima",
            "America/Panama",
            "America/Jamaica",
            "EST",
        ],
    ),
    (-240, Summer::America, &["America/Halifax"]),
    (-240, Summer::Chile, &["America/Santiago"]),
    (
        -240,
        Summer::Never,
        &["America/Caracas", "America/La_Paz", "America/Puerto_Rico"],
    ),
    (
        -180,
        Summer::Never,
        &[
            "America/Sao_Paulo",
            "America/Argentina/Buenos_Aires",
            "America/Buenos_Aires",
            "America/Montevideo",
        ],
    ),
    (-210, Summer::America, &["America/St_Johns"]),
];

/// A zone by its name, or an offset such as `+09:00`; `None` where it is unknown.
pub fn find(name: &str) -> Option<Zone> {
    for (offset, summer, names) in ZONES {
        if let Some(name) = names.iter().find(|n| n.eq_ignore_ascii_case(name)) {
            return Some(Zone {
                offset: *offset,
                summer: *summer,
                name,
            });
        }
    }
    let rest = ["UTC", "GMT"]
        .iter()
        .find_map(|p| name.strip_prefix(p))
        .unwrap_or(name);
    offset(rest).map(|minutes| Zone {
        offset: minutes,
        summer: Summer::Never,
        name: "",
    })
}

/// Minutes of `+hh`, `+hhmm` or `+hh:mm`.
pub fn offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i64>().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// The day of the `n`th Sunday of a month; 0 is the last.
fn sunday(year: i64, month: u32, n: i64) -> i64 {
    let first = days_from_civil(year, month, 1);
    // Day 0 was a Thursday: Sundays are 3 days behind a multiple of 7.
    let to_sunday = (3 - first).rem_euclid(7);
    match n {
        0 => {
            let next = if month == 12 {
                days_from_civil(year + 1, 1, 1)
            } else {
                days_from_civil(year, month + 1, 1)
            };
            next - 1 - (next - 1 - 3).rem_euclid(7)
        }
        n => first + to_sunday + 7 * (n - 1),
    }
}

impl Zone {
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Minutes east of UTC at a time.
    pub fn at(self, ns: i64) -> i64 {
        let shifted = ns.saturating_add(self.offset * MINUTE);
        let year = civil(shifted).year;
        let is_between = |from: i64, to: i64| from <= ns && ns < to;
        // In winter's time of the zone, taken back to UTC.
        let local = |day: i64, hours: i64| (day * DAY + hours * HOUR).saturating_sub(self.offset * MINUTE);
        let is_summer = match self.summer {
            Summer::Never => false,
            _ if !(1700..2260).contains(&year) => false,
            Summer::Europe => is_between(sunday(year, 3, 0) * DAY + HOUR, sunday(year, 10, 0) * DAY + HOUR),
            Summer::America => is_between(local(sunday(year, 3, 2), 2), local(sunday(year, 11, 1), 1)),
            Summer::Australia => !is_between(local(sunday(year, 4, 1), 2), local(sunday(year, 10, 1), 2)),
            Summer::NewZealand => !is_between(local(sunday(year, 4, 1), 2), local(sunday(year, 9, 0), 2)),
            Summer::Chile => {
                let after = |month: u32| {
                    let first = sunday(year, month, 1);
                    if civil(first * DAY).day < 2 {
                        first + 7
                    } else {
                        first
                    }
                };
                !is_between(local(after(4), -1), local(after(9), 0))
            }
        };
        self.offset + i64::from(is_summer) * 60
    }

    /// The time in UTC of a time on this zone's clock.
    pub fn to_utc(self, local: i64) -> Option<i64> {
        let guess = local.checked_sub(self.at(local.checked_sub(self.offset * MINUTE)?) * MINUTE)?;
        local.checked_sub(self.at(guess) * MINUTE)
    }
}
