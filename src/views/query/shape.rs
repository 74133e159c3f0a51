//! Which charts does a result allow? Told by what its columns are, never by what they are called.

use crate::language::insights::{Kind, Num, Origin, Table, Value};

/// How a result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    #[default]
    Table,
    Line,
    Area,
    Bar,
    Pie,
}

impl Show {
    /// As the URL says it.
    pub fn id(self) -> &'static str {
        match self {
            Show::Table => "table",
            Show::Line => "line",
            Show::Area => "area",
            Show::Bar => "bar",
            Show::Pie => "pie",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Show::Table => "Table",
            Show::Line => "Line",
            Show::Area => "Area",
            Show::Bar => "Bar",
            Show::Pie => "Pie",
        }
    }

    /// How a result of this shape can be shown.
    pub fn all_of(shape: Option<&Shape>) -> &'static [Show] {
        match shape {
            None => &[Show::Table],
            Some(Shape::Time { .. }) => &[Show::Table, Show::Line, Show::Area],
            Some(Shape::Names { .. }) => &[Show::Table, Show::Bar, Show::Pie],
        }
    }
}

/// What the columns of a grouped result are; each by its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Amounts over time: one series a column, or one for each of what the groups are called.
    Time {
        time: usize,
        names: Vec<usize>,
        amounts: Vec<usize>,
    },
    /// Amounts by name.
    Names { names: Vec<usize>, amounts: Vec<usize> },
}

impl Shape {
    /// The shape of a result; `None` where there is only a table.
    pub fn of(table: &Table) -> Option<Shape> {
        let keys = keys(table)?;
        let is_key = |at: &usize| keys.contains(at);
        let is_time = |at: &usize| kind(table, *at) == Some(Kind::Timestamp);
        let time: Vec<usize> = keys.iter().copied().filter(is_time).collect();
        let names: Vec<usize> = keys.iter().copied().filter(|at| !is_time(at)).collect();
        let amounts: Vec<usize> = (0..table.columns.len())
            .filter(|at| !is_key(at) && kind(table, *at) == Some(Kind::Number))
            .filter(|at| table.rows.iter().filter_map(|r| r.get(*at)).all(is_amount))
            .collect();
        if amounts.is_empty() {
            return None;
        }
        match time.as_slice() {
            [] if !names.is_empty() => Some(Shape::Names { names, amounts }),
            [time] if has_two(table, *time) => Some(Shape::Time {
                time: *time,
                names,
                amounts,
            }),
            _ => None,
        }
    }

    /// The columns that can be drawn.
    pub fn amounts(&self) -> &[usize] {
        match self {
            Shape::Time { amounts, .. } | Shape::Names { amounts, .. } => amounts,
        }
    }
}

fn kind(table: &Table, at: usize) -> Option<Kind> {
    table.columns.get(at).map(|c| c.kind)
}

/// The columns that groups are told apart by; `None` where rows are no groups.
pub fn keys(table: &Table) -> Option<Vec<usize>> {
    let Some(Origin::Group(group)) = table.origins.first() else {
        return None;
    };
    let first = table.rows.first()?;
    let named = |name: &str| table.columns.iter().position(|c| c.name == name);
    let mut keys: Vec<usize> = Vec::new();
    for (name, value) in group.iter() {
        // A key that was renamed is the first column with its value.
        let same = |at: &usize| {
            let cell = first.get(*at);
            !keys.contains(at)
                && cell.is_some_and(|c| c.kind() == value.kind() && c.export() == value.export())
        };
        let at = named(name).or_else(|| (0..table.columns.len()).find(same));
        keys.extend(at);
    }
    keys.sort_unstable();
    keys.dedup();
    Some(keys)
}

/// What a bar, a slice or an area can stand for.
fn is_amount(value: &Value) -> bool {
    match value.number() {
        Some(Num::Int(n)) => n >= 0,
        Some(Num::Float(f)) => f >= 0.0,
        None => true,
    }
}

fn has_two(table: &Table, time: usize) -> bool {
    let mut times = table.rows.iter().filter_map(|r| r.get(time)?.time());
    times.next().is_some_and(|first| times.any(|t| t != first))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::language::insights::Column;
    use std::sync::Arc;

    /// A grouped result: its first columns are the keys.
    pub fn grouped(columns: &[(&str, Kind)], keys: usize, rows: Vec<Vec<Value<'static>>>) -> Table {
        let columns: Vec<Column> = columns
            .iter()
            .map(|(name, kind)| Column {
                name: (*name).to_owned(),
                kind: *kind,
            })
            .collect();
        let group = |row: &Vec<Value<'static>>| {
            let names = columns.iter().take(keys).map(|c| c.name.clone());
            Origin::Group(Arc::new(names.zip(row.iter().cloned()).collect()))
        };
        Table {
            origins: rows.iter().map(group).collect(),
            total: rows.len() as u64,
            columns,
            rows,
            ..Table::default()
        }
    }

    fn shows(table: &Table) -> &'static [Show] {
        Show::all_of(Shape::of(table).as_ref())
    }

    #[test]
    fn time_makes_lines_and_names_make_bars() {
        let time = [("bin(5m)", Kind::Timestamp), ("count(*)", Kind::Number)];
        let rows = vec![
            vec![Value::Time(0), Value::Int(3)],
            vec![Value::Time(300), Value::Int(4)],
        ];
        let table = grouped(&time, 1, rows.clone());
        assert_eq!(shows(&table), [Show::Table, Show::Line, Show::Area]);
        let one = grouped(&time, 1, rows[..1].to_vec());
        assert_eq!(shows(&one), [Show::Table], "one time is no line");
        let names = [("dstport", Kind::Number), ("n", Kind::Number)];
        let table = grouped(&names, 1, vec![vec![Value::Int(22), Value::Int(3)]]);
        assert_eq!(shows(&table), [Show::Table, Show::Bar, Show::Pie]);
        assert_eq!(
            Shape::of(&table),
            Some(Shape::Names {
                names: vec![0],
                amounts: vec![1]
            }),
            "a number that groups is a name"
        );
    }

    #[test]
    fn other_times_are_no_axis_and_nothing_negative_is_drawn() {
        let columns = [
            ("srcaddr", Kind::Text),
            ("total", Kind::Number),
            ("first", Kind::Timestamp),
        ];
        let row = |n: i64| vec![Value::from("a"), Value::Int(n), Value::Time(7)];
        assert_eq!(
            Shape::of(&grouped(&columns, 1, vec![row(1)])),
            Some(Shape::Names {
                names: vec![0],
                amounts: vec![1]
            })
        );
        assert_eq!(Shape::of(&grouped(&columns, 1, vec![row(1), row(-1)])), None);
        let mut rows = grouped(&columns, 1, vec![row(1)]);
        rows.origins = vec![Origin::Row(Default::default())];
        assert_eq!(Shape::of(&rows), None, "records are no groups");
        assert_eq!(Shape::of(&Table::default()), None);
    }

    #[test]
    fn a_key_that_was_renamed_is_known_by_its_value() {
        let columns = [("t", Kind::Timestamp), ("n", Kind::Number)];
        let mut table = grouped(
            &columns,
            1,
            vec![
                vec![Value::Time(0), Value::Int(1)],
                vec![Value::Time(9), Value::Int(1)],
            ],
        );
        let key = |t: i64| Origin::Group(Arc::new(vec![("bin(1h)".to_owned(), Value::Time(t))]));
        table.origins = vec![key(0), key(9)];
        assert_eq!(shows(&table), [Show::Table, Show::Line, Show::Area]);
    }
}
