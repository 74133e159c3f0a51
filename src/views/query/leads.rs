//! Where does a group of a result lead? To its records: by the page's filter where that says the same, else by a query.

use crate::base::TimeRange;
use crate::base::time::{DAY, HOUR, MINUTE, SECOND};
use crate::language::insights::{Class, Value, highlight, own_name};
use crate::query::{Expr, Op};
use crate::session::{FieldState, cell_of};

/// The way from a group to its records.
#[derive(Clone, Debug, PartialEq)]
pub enum Leads {
    Filter {
        filter: Expr,
        range: Option<TimeRange>,
    },
    /// A query whose rows are the records.
    Query(String),
}

/// A group's field or expression, and its value.
type Key<'a> = (String, Value<'a>);

/// What of a text stands before the command that groups, and the commands in it; `None` where nothing groups.
struct Before {
    text: String,
    commands: Vec<String>,
    /// Kinds behind SOURCE.
    kinds: Vec<String>,
    renames: bool,
}

fn before(text: &str) -> Option<Before> {
    let pieces = highlight(text);
    let word = |(from, to, _): &(usize, usize, Class)| -> String {
        text.chars().skip(*from).take(to - from).collect()
    };
    let groups = |p: &&(usize, usize, Class)| p.2 == Class::Command && word(p).eq_ignore_ascii_case("stats");
    let last = pieces.iter().rfind(groups)?;
    let kept: Vec<_> = pieces.iter().take_while(|p| p.0 < last.0).collect();
    let cut = kept.iter().rfind(|p| p.2 == Class::Pipe).map_or(last.0, |p| p.0);
    let commands = kept.iter().filter(|p| p.2 == Class::Command);
    let commands: Vec<String> = commands.map(|p| word(p).to_ascii_lowercase()).collect();
    let sourced = kept.iter().skip_while(|p| p.2 != Class::Command).skip(1);
    let kinds = match commands.first().is_some_and(|c| c == "source") {
        true => sourced
            .take_while(|p| p.2 != Class::Pipe)
            .filter(|p| matches!(p.2, Class::Field | Class::Text))
            .map(|p| word(p).trim_matches(['"', '\'', '`']).to_owned())
            .collect(),
        false => Vec::new(),
    };
    Some(Before {
        text: text.chars().take(cut).collect::<String>().trim_end().to_owned(),
        renames: kept
            .iter()
            .any(|p| p.2 == Class::Keyword && word(p).eq_ignore_ascii_case("as")),
        commands,
        kinds,
    })
}

/// The way from a group of the result of `text`; `None` where a value can not be asked for.
pub fn leads(text: &str, keys: &[Key], fields: &[FieldState], range: Option<TimeRange>) -> Option<Leads> {
    let before = before(text)?;
    let plain = before
        .commands
        .iter()
        .all(|c| matches!(c.as_str(), "source" | "fields" | "display"));
    if plain
        && !before.renames
        && let Some(found) = by_filter(&before, keys, fields, range)
    {
        return Some(found);
    }
    let conditions: Option<Vec<String>> = keys.iter().map(condition).collect();
    let conditions = conditions?;
    let mut commands: Vec<String> = Vec::new();
    if !before.text.is_empty() {
        commands.push(before.text);
    }
    if !conditions.is_empty() {
        commands.push(format!("filter {}", conditions.join(" and ")));
    }
    // Before the last of several groupings there are no records yet, but the groups that lead to them.
    if !before.commands.iter().any(|c| c == "stats") {
        commands.push("fields @timestamp, @message".to_owned());
    }
    Some(Leads::Query(commands.join("\n| ")))
}

fn by_filter(
    before: &Before,
    keys: &[Key],
    fields: &[FieldState],
    range: Option<TimeRange>,
) -> Option<Leads> {
    let mut filter = Expr::All;
    let mut range = range;
    if !before.kinds.is_empty() {
        let kinds: Vec<&str> = before.kinds.iter().map(String::as_str).collect();
        filter = filter.and(Expr::any_of("@kind", &kinds));
    }
    for (name, value) in keys {
        if let (Some(width), Value::Time(from)) = (bin(name), value) {
            let bin = TimeRange::new(*from, from.saturating_add(width));
            range = Some(match range {
                Some(r) => TimeRange::new(r.from_ns.max(bin.from_ns), r.to_ns.min(bin.to_ns)),
                None => bin,
            });
            continue;
        }
        let field = field(name, fields)?;
        let value = plain_value(value)?;
        filter = filter.and(match value {
            crate::base::Value::Absent => !Expr::Exists { field },
            value => Expr::Compare {
                field,
                op: Op::Eq,
                value,
            },
        });
    }
    Some(Leads::Filter { filter, range })
}

/// The field of the data that a query means by a name.
pub fn field(name: &str, fields: &[FieldState]) -> Option<String> {
    if name == "@kind" {
        return Some(name.to_owned());
    }
    fields.iter().find_map(|f| {
        let has = |own: &str| fields.iter().any(|g| g.kind == f.kind && g.name == own);
        own_name(&f.kind, name, has).map(|own| own.into_owned())
    })
}

/// A value that the page's filter compares with; a map or list is none.
fn plain_value(value: &Value) -> Option<crate::base::Value> {
    match value {
        Value::Node(_) => None,
        Value::Bool(b) => Some(crate::base::Value::Bool(*b)),
        other => Some(cell_of(other)),
    }
}

/// What a key asks of a record, in the query language.
fn condition((name, value): &Key) -> Option<String> {
    let written = match is_expression(name) {
        true => name.clone(),
        false => quoted_name(name),
    };
    Some(match value {
        Value::Absent => format!("not ispresent({written})"),
        Value::Time(from) => match bin(name) {
            Some(width) => {
                let ms = |ns: i64| ns.div_euclid(SECOND / 1000);
                let to = from.saturating_add(width);
                format!("@timestamp >= {} and @timestamp < {}", ms(*from), ms(to))
            }
            None => format!("{written} = {}", from.div_euclid(SECOND / 1000)),
        },
        Value::Bool(b) => format!("{written} = {b}"),
        Value::Int(_) | Value::Wide(_) | Value::Float(_) => format!("{written} = {}", value.export()),
        Value::Text(t) => format!("{written} = {}", quoted(t)),
        Value::Node(_) => return None,
    })
}

/// A key that was written as more than a name.
fn is_expression(name: &str) -> bool {
    name.contains(['(', ' ', '+', '*', '/', '=', '<', '>', '"', '\''])
}

/// A field's name as a query writes it.
pub fn quoted_name(name: &str) -> String {
    let signs: String = name.chars().take_while(|c| *c == '@').collect();
    let part = |part: &str| {
        let begins = part.chars().next().is_some_and(|c| c == '_' || c.is_alphabetic());
        match begins && part.chars().all(|c| c == '_' || c.is_alphanumeric()) {
            true => part.to_owned(),
            false => format!("`{part}`"),
        }
    };
    let parts: Vec<String> = name.trim_start_matches('@').split('.').map(part).collect();
    format!("{signs}{}", parts.join("."))
}

/// A text as a query writes it.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The width of `bin(5m)` in nanoseconds; months and years have none.
fn bin(name: &str) -> Option<i64> {
    let inner = name.trim().strip_prefix("bin(")?.strip_suffix(')')?.trim();
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (amount, unit) = inner.split_at_checked(digits)?;
    let amount: i64 = if amount.is_empty() {
        1
    } else {
        amount.parse().ok()?
    };
    let unit = unit.trim().to_ascii_lowercase();
    // More than the cap is the cap, as the language has it.
    let (width, cap) = match unit.trim_end_matches('s') {
        "m" if unit == "ms" => (SECOND / 1000, 1000),
        "msec" | "millisecond" => (SECOND / 1000, 1000),
        "" | "sec" | "second" => (SECOND, 60),
        "m" | "min" | "minute" => (MINUTE, 60),
        "h" | "hr" | "hour" => (HOUR, 24),
        "d" | "day" => (DAY, i64::MAX),
        "w" | "week" => (7 * DAY, i64::MAX),
        _ => return None,
    };
    width.checked_mul(amount.min(cap))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::FieldType;
    use crate::language::insights::{Known, parse};

    fn known() -> Vec<FieldState> {
        let field = |name: &str| FieldState {
            kind: "vpc-flow".into(),
            name: name.into(),
            ty: FieldType::Text,
            role: None,
            unit: String::new(),
        };
        ["srcaddr", "dstport", "account-id"].map(field).to_vec()
    }

    fn of(text: &str, keys: &[(&str, Value<'static>)]) -> Option<Leads> {
        let keys: Vec<Key> = keys.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        let found = leads(text, &keys, &known(), None);
        if let Some(Leads::Query(text)) = &found {
            assert!(parse(text, &Known::default()).is_ok(), "{text}");
        }
        found
    }

    #[test]
    fn fields_become_the_page_s_filter_and_a_bin_its_range() {
        let text = "SOURCE \"vpc-flow\" # all\n| stats count(*) by srcAddr, bin(5m)";
        let keys = [("srcAddr", Value::from("10.0.0.1")), ("bin(5m)", Value::Time(0))];
        assert_eq!(
            of(text, &keys),
            Some(Leads::Filter {
                filter: Expr::any_of("@kind", &["vpc-flow"]).and(Expr::eq("srcaddr", "10.0.0.1")),
                range: Some(TimeRange::new(0, 5 * MINUTE)),
            })
        );
        assert_eq!(
            of("stats count(*) by dstport", &[("dstport", Value::Absent)]),
            Some(Leads::Filter {
                filter: !Expr::exists("dstport"),
                range: None
            })
        );
    }

    #[test]
    fn what_a_filter_can_not_say_is_asked_by_a_query() {
        let query = |text: &str, keys: &[(&str, Value<'static>)]| match of(text, keys) {
            Some(Leads::Query(text)) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            query(
                "filter action = \"ACCEPT\"\n| stats count(*) as n by `account-id`\n| sort n desc",
                &[("account-id", Value::from("a \"b\""))]
            ),
            "filter action = \"ACCEPT\"\n| filter `account-id` = \"a \\\"b\\\"\"\n| fields @timestamp, @message"
        );
        assert_eq!(
            query(
                "stats count(*) by strlen(srcaddr)",
                &[("strlen(srcaddr)", Value::Int(9))]
            ),
            "filter strlen(srcaddr) = 9\n| fields @timestamp, @message"
        );
        assert_eq!(
            query(
                "filter dstport = 22 | stats count(*) by bin(1h)",
                &[("bin(1h)", Value::Time(0))]
            ),
            "filter dstport = 22\n| filter @timestamp >= 0 and @timestamp < 3600000\n| fields @timestamp, @message"
        );
        assert_eq!(
            query(
                "stats count(*) as n by srcaddr | stats max(n) as most by n",
                &[("n", Value::Int(3))]
            ),
            "stats count(*) as n by srcaddr\n| filter n = 3"
        );
        assert_eq!(of("fields @message", &[]), None);
    }

    #[test]
    fn bins_have_a_width_where_they_all_have_the_same() {
        assert_eq!(bin("bin(5m)"), Some(5 * MINUTE));
        assert_eq!(bin("bin(300s)"), Some(MINUTE));
        assert_eq!(bin("bin( 2 hours )"), Some(2 * HOUR));
        assert_eq!(bin("bin(10ms)"), Some(10_000_000));
        assert_eq!(bin("bin(1mo)"), None);
        assert_eq!(bin("srcaddr"), None);
    }
}
