//! Which account, region and time has records of which kind, and where some are missing.

use super::model::{CELLS, CoverageRow, ask_coverage, coverage, coverage_sheets};
use crate::base::size;
use crate::chart::{Buckets, times};
use crate::query::{Agg, Expr, Query};
use crate::session::Session;
use crate::views::download::{Download, Table};
use crate::views::holes::{Gap, gap_words};
use crate::views::shared::{bucket_width, buckets, width_word};
use crate::views::states::Partial;
use crate::widgets::format;
use leptos::prelude::*;
use std::sync::Arc;

/// Rows in the page.
const ROWS: usize = 80;

#[component]
pub fn Coverage(session: Session, #[prop(into)] gaps: Signal<Arc<Vec<Gap>>>) -> impl IntoView {
    let cells = Memo::new(move |_| {
        let range = session.shown_range()?;
        Some(buckets(range, bucket_width(range, CELLS)))
    });
    let counts = session.answer(move || {
        // Not the filter: what it leaves out is not missing.
        Some(ask_coverage(cells.get()?.step_ns).within(session.range.get(), &Expr::All))
    });
    let rows = Memo::new(move |_| -> Vec<CoverageRow> {
        let (Some(cells), Some(answer)) = (cells.get(), counts.answer.get()) else {
            return Vec::new();
        };
        gaps.with(|gaps| coverage(&answer, cells, gaps))
    });
    let body = move || {
        let cells = cells.get()?;
        let mut before = [String::new(), String::new()];
        let list = rows.get().into_iter().take(ROWS);
        let rows = list.map(|row| {
            let place = [row.account.clone(), row.region.clone()];
            // An account and a region are named once.
            let named = [place[0] != before[0], place != before];
            before = place;
            view_row(session, row, cells, named, gaps)
        });
        Some(rows.collect_view())
    };
    let more = move || {
        let all = rows.with(Vec::len);
        (all > ROWS).then(|| {
            view! { <p class="faint small leads-note">{format!("{ROWS} of {all} rows are shown.")}</p> }
        })
    };
    let words = move || {
        let width = cells.get().map(|c| width_word(c.step_ns).replace("in ", ""));
        let filtered = session.filter.with(|f| *f != Expr::All);
        let unfiltered = if filtered { ", whatever the filter" } else { "" };
        width.map(|w| format!("a cell is {w}{unfiltered}"))
    };
    let sheet = move |each: usize| {
        let title = |kind: &str| {
            let known = session
                .kinds
                .with(|all| all.iter().find(|k| k.kind == kind).map(|k| k.title.clone()));
            known.unwrap_or_else(|| kind.to_owned())
        };
        let made = cells
            .get()
            .map(|cells| rows.with(|rows| coverage_sheets(rows, cells, title)));
        made.map(|sheets| sheets.into_iter().nth(each).unwrap_or_default())
            .unwrap_or_default()
    };
    let records = move || Some(session.scoped(Query::groups(&[], Vec::new(), vec![Agg::Count])));
    let tables = Arc::new(move || {
        vec![
            Table::held("Coverage", "coverage", move || sheet(0)).of_records(records),
            Table::held("Cells", "coverage-cells", move || sheet(1)).of_records(records),
        ]
    });
    view! {
        <div class="panel-head">
            <h2>"Coverage"</h2>
            <span class="counter clip">{words}</span>
            <span class="grow"></span>
            <Partial session />
            <ul class="legend">
                <li><i class="cell heat-2"></i>"fewer"</li>
                <li><i class="cell heat-5"></i>"more records"</li>
                <li><i class="cell cell-hole"></i>"has a hole"</li>
                <li><i class="cell cell-none"></i>"none"</li>
            </ul>
            <Download session what="the coverage" tables small=true />
        </div>
        <div class="panel-body" tabindex="0" role="region" aria-label="Coverage">
            <table class="coverage">
                <thead>
                    <tr>
                        <th scope="col">"Account"</th>
                        <th scope="col">"Region"</th>
                        <th scope="col">"Source"</th>
                        <th scope="col" class="num">"Records"</th>
                        <th scope="col" class="over-time">
                            <span class="visually-hidden">"Over time"</span>
                            {move || cells.get().map(|c| view_ticks(session, c))}
                        </th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
            {more}
        </div>
    }
}

/// Days, or what fits, over the cells.
fn view_ticks(session: Session, cells: Buckets) -> impl IntoView {
    let all = crate::base::TimeRange::new(cells.from_ns, cells.range(cells.len.saturating_sub(1)).to_ns);
    // About as wide as the column is on a usual screen.
    let ticks = times(all, 360.0, 84.0, session.offset_min(all.from_ns)).ticks;
    let place = move |ns: i64| (ns - all.from_ns) as f64 / all.width_ns().max(1) as f64 * 100.0;
    let labels = ticks.into_iter().map(|t| (place(t.at_ns), t.label));
    // A label needs room to its right.
    let labels = labels.filter(|(at, _)| *at < 86.0).map(|(at, label)| {
        view! { <span style=format!("left:{at:.2}%")>{label}</span> }
    });
    view! { <span class="cell-ticks" aria-hidden="true">{labels.collect_view()}</span> }
}

/// A row; `named` says whether its account and its region are written out.
fn view_row(
    session: Session,
    row: CoverageRow,
    cells: Buckets,
    named: [bool; 2],
    gaps: Signal<Arc<Vec<Gap>>>,
) -> impl IntoView {
    let most = row.cells.iter().copied().max().unwrap_or(1).max(1) as f64;
    let offset = session.offset_min(cells.from_ns);
    let missing = gaps.with_untracked(|gaps| {
        let mine = gaps
            .iter()
            .filter(|g| g.account == row.account && g.region == row.region && g.kind == row.kind);
        mine.map(|g| (g.range, gap_words(session, g))).collect::<Vec<_>>()
    });
    let filled = row.cells.iter().filter(|c| **c > 0).count();
    let summary = format!(
        "{filled} of {} cells have records, {} {}",
        row.cells.len(),
        row.holes.len(),
        if row.holes.len() == 1 {
            "has a hole"
        } else {
            "have a hole"
        },
    );
    let grid = row.cells.iter().enumerate().map(|(i, &n)| {
        let range = cells.range(i);
        let heat = match n {
            0 => "cell-none".to_owned(),
            n => format!(
                "heat-{}",
                1 + ((n as f64).ln_1p() / most.ln_1p() * 4.0).round() as i64
            ),
        };
        let hole = row.holes.contains(&i);
        let mut label = format!(
            "{}: {}",
            format::range(range, offset),
            size::counted(n, "records")
        );
        for (gap, words) in missing.iter().filter(|_| hole) {
            if gap.from_ns < range.to_ns && range.from_ns < gap.to_ns {
                label.push_str(&format!(". {words}"));
            }
        }
        view! {
            <i
                class=format!("cell {heat}")
                class:cell-hole=hole
                title=label
                on:click=move |_| session.range.set(Some(range))
            ></i>
        }
    });
    let grid = grid.collect_view();
    let kind = session.kinds.with(|all| {
        let known = all.iter().find(|k| k.kind == row.kind);
        known.map_or_else(|| row.kind.clone(), |k| k.title.clone())
    });
    let text = |s: &str| {
        if s.is_empty() {
            "–".to_owned()
        } else {
            s.to_owned()
        }
    };
    view! {
        <tr>
            <td class="mono"><span class:visually-hidden=!named[0]>{text(&row.account)}</span></td>
            <td><span class:visually-hidden=!named[1]>{text(&row.region)}</span></td>
            <td>{kind}</td>
            <td class="num">{size::count(row.total)}</td>
            <td class="over-time"><span class="cells" role="img" aria-label=summary>{grid}</span></td>
        </tr>
    }
}
