//! The same questions answered the slow way: row by row, from the rows as they were written.

use super::*;
use crate::base::time;
use ipnet::IpNet;
use std::cmp::Ordering;
use std::net::IpAddr;

/// A row and where it stands among all rows.
pub(super) struct Seen<'a> {
    pub row: &'a TestRow,
    pub shard: u32,
    /// Position within its shard, tables in the order they were begun.
    pub at: usize,
    /// Position within its shard as it was written, which is its `@offset`.
    pub offset: u64,
}

/// How many records rows stand for.
pub(super) fn records(rows: &[&Seen<'_>]) -> u64 {
    rows.iter().map(|s| s.row.weight.unwrap_or(1) as u64).sum()
}

/// The rows of all shards in the order in which they stand.
pub(super) fn seen(shards: &[Vec<TestRow>]) -> Vec<Seen<'_>> {
    let mut out = Vec::new();
    for (shard, rows) in shards.iter().enumerate() {
        let first = |kind: &str| rows.iter().position(|r| r.kind.id == kind);
        let mut sorted: Vec<(u64, &TestRow)> = (0..).zip(rows).collect();
        sorted.sort_by_key(|(_, r)| first(r.kind.id));
        let shown = sorted.into_iter().enumerate().filter(|(_, (_, r))| !r.hidden);
        out.extend(shown.map(|(at, (offset, row))| Seen {
            row,
            shard: shard as u32,
            at,
            offset,
        }));
    }
    out
}

/// The row's value and its field's type; `None` where its kind has no such field.
pub(super) fn cell(row: &TestRow, name: &str) -> Option<(Value, FieldType)> {
    let flow = row.kind.id == FLOW.id;
    let field = match (name, flow) {
        ("@kind", _) => return Some((row.kind.id.into(), FieldType::Text)),
        ("@member", _) => return Some((Value::Int(row.member.into()), FieldType::Integer)),
        ("@timestamp" | "time", true) => "start",
        ("@timestamp" | "time", false) => "eventTime",
        ("source", true) => "srcaddr",
        ("source", false) => "sourceIPAddress",
        ("outcome", true) => "action",
        ("outcome", false) => "errorCode",
        ("action", false) => "eventName",
        ("DSTPORT" | "destination-port", true) => "dstport",
        (name, _) => name,
    };
    let spec = row.kind.fields.iter().find(|f| f.name == field)?;
    Some((row.field(spec.name), spec.ty))
}

pub(super) fn value(row: &TestRow, name: &str) -> Value {
    cell(row, name).map_or(Value::Absent, |(v, _)| v)
}

pub(super) fn row_time(row: &TestRow) -> Option<i64> {
    value(row, "@timestamp").as_i64()
}

pub(super) fn matches(row: &TestRow, expr: &Expr) -> bool {
    match expr {
        Expr::All => true,
        Expr::And(all) => all.iter().all(|e| matches(row, e)),
        Expr::Or(any) => any.iter().any(|e| matches(row, e)),
        Expr::Not(e) => !matches(row, e),
        Expr::Exists { field } => !value(row, field).is_absent(),
        Expr::Text(needle) => {
            row.cells.values().any(|v| match v {
                Value::Text(_) | Value::List(_) => items(v).iter().any(|t| contains(t, needle)),
                Value::Int(n) => n.to_string() == *needle,
                _ => needle.is_empty(),
            }) || needle.is_empty()
        }
        Expr::In { field, values } => values.iter().any(|v| {
            cell(row, field).is_some_and(|(cell, ty)| compare(&cell, ty, Op::Eq, &v.as_str().into()))
        }),
        Expr::Compare { field, op, value } => match cell(row, field) {
            None => false,
            Some((cell, ty)) => match op {
                Op::Ne => !compare(&cell, ty, Op::Eq, value),
                Op::NotContains if *value == Value::Absent => false,
                Op::NotContains => !compare(&cell, ty, Op::Contains, value),
                op => compare(&cell, ty, *op, value),
            },
        },
    }
}

fn contains(text: &str, needle: &str) -> bool {
    text.to_ascii_lowercase().contains(&needle.to_ascii_lowercase())
}

fn items(cell: &Value) -> Vec<String> {
    match cell {
        Value::List(l) => l.clone(),
        Value::Absent => Vec::new(),
        v => vec![v.to_text()],
    }
}

fn by(op: Op, order: Ordering) -> bool {
    match op {
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn compare(cell: &Value, ty: FieldType, op: Op, value: &Value) -> bool {
    if value.is_absent() || cell.is_absent() {
        return op == Op::Eq && value.is_absent() && cell.is_absent();
    }
    let wanted = value.to_text();
    if matches!(op, Op::Contains | Op::StartsWith) || ty.is_text() {
        return items(cell).iter().any(|t| text(t, ty, op, &wanted));
    }
    let number = match (value, ty) {
        (Value::Text(t), FieldType::Time) => t
            .parse()
            .ok()
            .and_then(time::from_epoch)
            .or_else(|| time::parse_iso(t.as_bytes()))
            .map(|ns| ns as f64),
        (Value::Text(t), FieldType::Bool) if t.parse::<bool>().is_ok() => Some(f64::from(t == "true")),
        (Value::Text(t), _) => t.parse().ok(),
        (Value::Bool(b), _) => Some(f64::from(*b)),
        (v, _) => v.as_f64(),
    };
    let cell = match cell {
        Value::Bool(b) => f64::from(*b),
        c => c.as_f64().unwrap(),
    };
    number.is_some_and(|n| by(op, cell.partial_cmp(&n).unwrap()))
}

fn text(text: &str, ty: FieldType, op: Op, wanted: &str) -> bool {
    let address = |t: &str| {
        let ip = t.parse::<IpAddr>().ok();
        ip.filter(|_| ty == FieldType::Address)
    };
    match op {
        Op::Contains => contains(text, wanted),
        Op::StartsWith => text.starts_with(wanted),
        Op::Eq => match (address(text), address(wanted), wanted.parse::<IpNet>()) {
            (Some(a), Some(b), _) => a == b,
            (Some(a), None, Ok(net)) => net.contains(&a),
            _ => text == wanted,
        },
        op => match (address(wanted), wanted.parse::<f64>()) {
            (Some(b), _) => address(text).is_some_and(|a| by(op, a.cmp(&b))),
            (None, Ok(b)) => text
                .parse::<f64>()
                .is_ok_and(|a| by(op, a.partial_cmp(&b).unwrap())),
            (None, Err(_)) => by(op, text.cmp(wanted)),
        },
    }
}

pub(super) fn selected<'a>(rows: &'a [Seen<'a>], query: &Query) -> Vec<&'a Seen<'a>> {
    let asked = |s: &&Seen<'_>| query.kinds.is_empty() || query.kinds.iter().any(|k| k == s.row.kind.id);
    let inside = |s: &&Seen<'_>| {
        query
            .range
            .is_none_or(|r| row_time(s.row).is_some_and(|t| r.contains(t)))
    };
    let rows = rows.iter().filter(asked).filter(inside);
    rows.filter(|s| matches(s.row, &query.filter)).collect()
}

fn key(row: &TestRow, key: &Key) -> Value {
    match key {
        Key::Field(f) => value(row, f),
        Key::Kind => row.kind.id.into(),
        Key::Member => Value::Int(row.member.into()),
        Key::If(e) => Value::Bool(matches(row, e)),
        Key::First(keys) => {
            let values = keys.iter().map(|k| self::key(row, k));
            values.into_iter().find(|v| !v.is_absent()).unwrap_or_default()
        }
        Key::Time { width_ns } => {
            row_time(row).map_or(Value::Absent, |t| Value::Time(t.div_euclid(*width_ns) * width_ns))
        }
        Key::Scale { field } => match value(row, field) {
            Value::Int(n) => Value::Float(first_digits(n as f64)),
            Value::Float(f) => Value::Float(first_digits(f)),
            _ => Value::Absent,
        },
        Key::Network {
            field,
            v4_bits,
            v6_bits,
        } => match value(row, field) {
            Value::Text(t) => match t.parse::<IpAddr>() {
                Ok(ip) => {
                    let bits = if ip.is_ipv4() { *v4_bits } else { *v6_bits };
                    Value::Text(IpNet::new(ip, bits).unwrap().trunc().to_string())
                }
                Err(_) => Value::Text(t),
            },
            v => v,
        },
    }
}

/// A number cut down to six binary digits, by arithmetic.
fn first_digits(f: f64) -> f64 {
    if f == 0.0 || !f.is_finite() {
        return f;
    }
    let mut unit = 1.0;
    while f.abs() / unit >= 64.0 {
        unit *= 2.0;
    }
    while f.abs() / unit < 32.0 {
        unit /= 2.0;
    }
    (f / unit).trunc() * unit
}

fn variant(v: &Value) -> u8 {
    match v {
        Value::Absent => 0,
        Value::Bool(_) => 1,
        Value::Int(_) | Value::Big(_) => 2,
        Value::Time(_) => 3,
        Value::Float(_) => 4,
        Value::Text(_) => 5,
        Value::List(_) => 6,
        Value::Decimal(_) => 7,
    }
}

fn total(a: &Value, b: &Value) -> Ordering {
    a.order(b).then(variant(a).cmp(&variant(b)))
}

/// Which of two rows stands before the other for an `Earliest` (or `Latest`) in a question of these aggregates.
fn towards(a: &TestRow, b: &TestRow, all: &[Agg], latest: bool) -> Ordering {
    let turned = |o: Ordering| if latest { o.reverse() } else { o };
    let time = |row| row_time(row).unwrap_or(if latest { i64::MIN } else { i64::MAX });
    let fields = all.iter().filter_map(|agg| match agg {
        Agg::Earliest(f) if !latest => Some(f),
        Agg::Latest(f) if latest => Some(f),
        _ => None,
    });
    fields.fold(turned(time(a).cmp(&time(b))), |o, f| {
        let (a, b) = (value(a, f), value(b, f));
        let known_first = a.is_absent().cmp(&b.is_absent());
        o.then(known_first).then(turned(total(&a, &b)))
    })
}

fn agg(rows: &[&Seen<'_>], agg: &Agg, all: &[Agg]) -> Value {
    let met = |e: &Expr| -> Vec<&Seen<'_>> { rows.iter().copied().filter(|s| matches(s.row, e)).collect() };
    let values = |f: &str| {
        let values = rows.iter().map(|s| value(s.row, f));
        values.filter(|v| !v.is_absent()).collect::<Vec<_>>()
    };
    match agg {
        Agg::Count => Value::Int(records(rows) as i64),
        Agg::CountIf(e) => Value::Int(records(&met(e)) as i64),
        Agg::Sum(f) => {
            let numbers = values(f).into_iter().map(|v| match v {
                Value::Bool(b) => f64::from(b),
                v => v.as_f64().unwrap_or(0.0),
            });
            // Not `sum`, which begins with -0.0.
            Value::Float(numbers.fold(0.0, |a, b| a + b))
        }
        Agg::SumIf(f, e) => self::agg(&met(e), &Agg::Sum(f.clone()), all),
        Agg::Min(f) => values(f).into_iter().min_by(total).unwrap_or_default(),
        Agg::Max(f) => values(f).into_iter().max_by(total).unwrap_or_default(),
        Agg::Distinct(f) => {
            let mut all = values(f);
            all.sort_by(total);
            all.dedup();
            Value::Int(all.len() as i64)
        }
        Agg::Earliest(f) | Agg::Latest(f) => {
            let latest = matches!(agg, Agg::Latest(_));
            let first = rows.iter().min_by(|a, b| towards(a.row, b.row, all, latest));
            first.map_or(Value::Absent, |s| value(s.row, f))
        }
        Agg::Some(f, n) => {
            let mut met: Vec<(i64, Value)> = rows
                .iter()
                .map(|s| (row_time(s.row).unwrap_or(i64::MAX), value(s.row, f)))
                .filter(|(_, v)| !v.is_absent())
                .collect();
            met.sort_by(|a, b| a.0.cmp(&b.0).then(total(&a.1, &b.1)));
            let mut different: Vec<Value> = Vec::new();
            for (_, v) in met {
                if different.len() < *n && !different.contains(&v) {
                    different.push(v);
                }
            }
            Value::List(different.iter().map(Value::to_text).collect())
        }
    }
}

/// What is expected of a group question: rows, number of groups, the rest. Sums are floats, see [`loosely`].
pub(super) type Expected = (Vec<Vec<Value>>, u64, Option<Vec<Value>>);

pub(super) fn groups(rows: &[&Seen<'_>], question: &Groups) -> Expected {
    let mut groups: Vec<(Vec<Value>, Vec<&Seen<'_>>)> = Vec::new();
    for &s in rows {
        let keys: Vec<Value> = question.by.iter().map(|k| key(s.row, k)).collect();
        match groups.iter_mut().find(|(k, _)| *k == keys) {
            Some((_, rows)) => rows.push(s),
            None => groups.push((keys, vec![s])),
        }
    }
    if question.by.is_empty() && groups.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    let by_key = |a: &[Value], b: &[Value]| {
        let orders = a.iter().zip(b).map(|(a, b)| total(a, b));
        orders.fold(Ordering::Equal, Ordering::then)
    };
    groups.sort_by(|(a, a_rows), (b, b_rows)| {
        let by_agg = |at: usize| match question.aggs.get(at) {
            Some(by) => agg(a_rows, by, &question.aggs).order(&agg(b_rows, by, &question.aggs)),
            None => Ordering::Equal,
        };
        match question.order {
            Order::Key => Ordering::Equal,
            Order::Asc(at) => by_agg(at),
            Order::Desc(at) => by_agg(at).reverse(),
        }
        .then_with(|| by_key(a, b))
    });
    let count = groups.len();
    let rest = groups.split_off(question.limit.min(count));
    let rest: Vec<&Seen<'_>> = rest.into_iter().flat_map(|(_, rows)| rows).collect();
    let other = question.aggs.iter().map(|a| match a {
        Agg::Distinct(_) | Agg::Earliest(_) | Agg::Latest(_) | Agg::Some(..) => Value::Absent,
        a => agg(&rest, a, &question.aggs),
    });
    let other = (count > question.limit).then(|| other.collect());
    let with_aggs = |(mut row, rows): (Vec<Value>, Vec<&Seen<'_>>)| {
        row.extend(question.aggs.iter().map(|a| agg(&rows, a, &question.aggs)));
        row
    };
    (groups.into_iter().map(with_aggs).collect(), count as u64, other)
}

/// Sums as floats: whether a sum is an integer depends on which kinds have rows, which is tested by itself.
pub(super) fn loosely(values: &mut [Value], by: usize, aggs: &[Agg]) {
    for (value, agg) in values.iter_mut().skip(by).zip(aggs) {
        if let (Agg::Sum(_) | Agg::SumIf(..), Some(n)) = (agg, value.as_f64()) {
            *value = Value::Float(n);
        }
    }
}

/// Rows in the order asked for, with the columns asked for.
pub(super) fn ordered(rows: &[&Seen<'_>], question: &Rows) -> Vec<Vec<Value>> {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| {
        let value = |s: &Seen<'_>| value(s.row, &question.sort.field);
        let up = value(a).order(&value(b));
        let up = up.then((a.shard, a.at).cmp(&(b.shard, b.at)));
        if question.sort.descending {
            up.reverse()
        } else {
            up
        }
    });
    let columns = |s: &&Seen<'_>| question.columns.iter().map(|c| value(s.row, c)).collect();
    rows.iter().map(columns).collect()
}
