//! How wide are a table's columns? Reckoned here and not by the browser, which would crush columns of short words
//! beside one of long values that may break anywhere.

use super::{Cell, Column, MAX_ROWS, Table};
use crate::base::Value;

/// A page's line (CSS pixels).
const LINE: f64 = 670.0;
/// A column gets no more for its longest word: beyond, the word breaks.
const WORD: usize = 20;
/// A column asks for no more letters than this: beyond, its cells take more lines.
const CELL: usize = 64;
/// A sign and its gap (CSS pixels).
const SIGN: f64 = 19.0;
/// A letter of a column's head: 11 px, strong.
const HEAD: f64 = 8.0;
/// More columns than this are set smaller.
pub const DENSE: usize = 6;

/// What a column needs so that no word breaks, and what it would take, in CSS pixels.
struct Need {
    least: f64,
    wanted: f64,
    /// Its cells never break.
    whole: bool,
}

/// The share of each column in a hundred. `written` gives the words of a cell, by its column.
pub fn shares(table: &Table, written: impl Fn(usize, &Cell) -> String) -> Vec<f64> {
    // Letters of the widest usual faces, and the room at a cell's sides.
    let (letter, pad) = match table.columns.len() > DENSE {
        true => (6.5, 10.0),
        false => (7.1, 16.0),
    };
    let need = |(at, column): (usize, &Column)| {
        let letter = if column.mono { 6.7 } else { letter };
        let (mut least, mut all, mut whole) = (0.0f64, Vec::new(), column.numeric);
        for cell in table.rows.iter().take(MAX_ROWS).filter_map(|row| row.get(at)) {
            let text = written(at, cell);
            let (sign, letter, breaks) = match cell {
                Cell::Status { .. } => (SIGN, letter + 0.6, true),
                Cell::Severity { .. } => (SIGN, letter + 0.6, false),
                Cell::Value(Value::Time(_)) => (0.0, 6.7, false),
                _ => (0.0, letter, !column.numeric),
            };
            whole |= !breaks;
            let full = text.chars().count();
            let word = if breaks { longest(&text).min(WORD) } else { full };
            least = least.max(word as f64 * letter + sign);
            all.push(full.min(CELL) as f64 * letter + sign);
        }
        // What three of four cells need; a few long ones may take more lines.
        all.sort_unstable_by(f64::total_cmp);
        let usual = all.get(all.len() * 3 / 4).copied().unwrap_or(0.0);
        let least = least.max(longest(&column.title) as f64 * HEAD);
        let title = column.title.chars().count() as f64 * HEAD;
        Need {
            wanted: usual.max(title).max(least) + pad,
            least: least + pad,
            whole,
        }
    };
    let needs: Vec<Need> = table.columns.iter().enumerate().map(need).collect();
    let sum = |of: fn(&Need) -> f64| needs.iter().map(of).sum::<f64>();
    let (least, wanted) = (sum(|n| n.least), sum(|n| n.wanted));
    let cap = cap(&needs);
    let width = |n: &Need| {
        if wanted <= LINE || wanted <= least {
            n.wanted
        } else if least <= LINE {
            // What is left goes where the most is missing.
            n.least + (n.wanted - n.least) * (LINE - least) / (wanted - least)
        } else if n.whole {
            n.least
        } else {
            n.least.min(cap)
        }
    };
    let widths: Vec<f64> = needs.iter().map(width).collect();
    let all = widths.iter().sum::<f64>().max(1.0);
    widths.into_iter().map(|w| w / all * 100.0).collect()
}

/// Where words have to break: so wide may the columns be whose words can, that all have a place. The longest words
/// break, so that short ones stay whole.
fn cap(needs: &[Need]) -> f64 {
    let whole: f64 = needs.iter().filter(|n| n.whole).map(|n| n.least).sum();
    let mut soft: Vec<f64> = needs.iter().filter(|n| !n.whole).map(|n| n.least).collect();
    soft.sort_unstable_by(f64::total_cmp);
    let mut room = (LINE - whole).max(0.0);
    let mut left = soft.len();
    for least in soft {
        let even = room / left as f64;
        if least > even {
            return even.max(40.0);
        }
        room -= least;
        left -= 1;
    }
    LINE
}

/// Letters of a text's longest word; it also breaks behind a slash, and behind a hyphen before a letter.
fn longest(text: &str) -> usize {
    let (mut most, mut now, mut hyphen) = (0, 0, false);
    for c in text.chars() {
        if hyphen && c.is_alphabetic() {
            now = 0;
        }
        hyphen = c == '-';
        now = match c {
            ' ' | '\n' | '\t' => 0,
            _ => now + 1,
        };
        most = most.max(now);
        if c == '/' {
            now = 0;
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_not_broken_for_long_values() {
        let long = "arn:aws:iam::111122223333:user/ci-deploy/and/so/on ".repeat(3);
        let rows = vec![vec![
            Cell::text("Calls"),
            Cell::text(long),
            Cell::count(1_234_567),
        ]];
        let table = Table::new(&["Rule", "=Resources", "#Records"], rows);
        let shares = shares(&table, |_, cell| match cell {
            Cell::Text(text) => text.clone(),
            _ => "1,234,567".to_owned(),
        });
        assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-9);
        let pixels = |at: usize| shares[at] * LINE / 100.0;
        assert!(pixels(0) >= 5.0 * 7.1 && pixels(2) >= 9.0 * 7.1, "{shares:?}");
        assert!(shares[1] > 50.0, "{shares:?}");
    }

    #[test]
    fn times_stay_whole_where_words_have_to_break() {
        let row = |n: i64| {
            let mut row = vec![Cell::Value(Value::Time(n))];
            row.extend((0..8).map(|_| Cell::text("a-word-without-any-space-1234567890123")));
            row
        };
        let names = ["Time", "=a", "=b", "=c", "=d", "=e", "=f", "=g", "=h"];
        let table = Table::new(&names, (0..9).map(row).collect());
        let shares = shares(&table, |_, cell| match cell {
            Cell::Text(text) => text.clone(),
            _ => "2026-11-11 01:26:18Z".to_owned(),
        });
        assert!(shares[0] * LINE / 100.0 >= 20.0 * 6.6, "{shares:?}");
        assert!((shares.iter().sum::<f64>() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn words_break_where_browsers_break_them() {
        assert_eq!(longest("eu-central-1 x"), "central-1".len());
        assert_eq!(longest("2026-11-11"), 10);
        assert_eq!(longest("AWSLogs/1111/x"), 8);
        assert_eq!(longest(""), 0);
    }
}
