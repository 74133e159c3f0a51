//! One virtual table for any number of rows: only those in sight are in the page.

use super::Icon;
use super::dom::{focus_is_in, use_size};
use super::keys::on_keys;
use leptos::html;
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, PointerEvent, WheelEvent};

/// The height of a row (CSS pixels), as `--size-row`.
pub const ROW_PX: f64 = 28.0;
/// Rows fetched at once.
const BLOCK: u64 = 128;
/// Rows in the page beyond those in sight, on either side.
const OVERSCAN: u64 = 6;
/// Rows that are in sight at most: more than the highest screens show.
const MOST_IN_SIGHT: f64 = 240.0;
/// Browsers stop laying out beyond some 16 to 33 million pixels: a longer table is scrolled in proportion.
const MAX_PX: f64 = 8_000_000.0;
/// Blocks kept.
const KEPT: usize = 24;

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub id: String,
    pub title: String,
    /// CSS pixels, until the person chooses.
    pub width: f64,
    pub numeric: bool,
    pub mono: bool,
    pub sortable: bool,
}

/// A cell: what is shown, the whole of it (title), a css class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    pub class: &'static str,
    pub icon: Option<&'static str>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub cells: Vec<Cell>,
    pub class: &'static str,
}

/// Asks for rows `(offset, count)`; they are handed to the callback with the version they belong to.
pub type Fetch = Arc<dyn Fn(u64, usize, Box<dyn FnOnce(u64, Vec<Row>)>) + Send + Sync>;

#[derive(Clone, Default)]
struct Blocks {
    version: u64,
    have: HashMap<u64, Arc<Vec<Row>>>,
    asked: HashMap<u64, u64>,
}

/// Rows by windows, sorted by a click on a head, opened by a click or Enter.
#[component]
pub fn VirtualTable(
    #[prop(into)] label: String,
    #[prop(into)] total: Signal<u64>,
    #[prop(into)] version: Signal<u64>,
    #[prop(into)] columns: Signal<Vec<Column>>,
    fetch: Fetch,
    /// Field and direction of the order.
    sort: RwSignal<(String, bool)>,
    #[prop(into)] on_open: Callback<u64>,
    /// The row that stands open beside.
    #[prop(into)]
    selected: Signal<Option<u64>>,
) -> impl IntoView {
    let body = NodeRef::<html::Div>::new();
    let size = use_size(body);
    // The first row in sight, in rows; scrolling and keys move it.
    let top = RwSignal::new(0.0f64);
    let active = RwSignal::new(0u64);
    let blocks = RwSignal::new(Blocks::default());
    let widths = RwSignal::new(BTreeMap::<String, f64>::new());

    // However high the layout lets it grow: rows that no screen can show are not made.
    let in_sight = move || (size.get().1 / ROW_PX).ceil().clamp(1.0, MOST_IN_SIGHT);
    let height = move || (total.get() as f64 * ROW_PX).min(MAX_PX);
    let most_top = move || (total.get() as f64 - size.get().1 / ROW_PX).max(0.0);
    let scroll_of = move |row: f64| {
        let most = most_top();
        let room = (height() - size.get().1).max(0.0);
        if most <= 0.0 { 0.0 } else { row / most * room }
    };
    let scroll_to = move |row: f64| {
        let row = row.clamp(0.0, untrack(most_top));
        top.set(row);
        if let Some(b) = body.get_untracked() {
            b.set_scroll_top(untrack(|| scroll_of(row)).round() as i32);
        }
    };
    let scrolled = move |_| {
        let Some(b) = body.get_untracked() else { return };
        let room = (untrack(height) - untrack(|| size.get().1)).max(1.0);
        let at = f64::from(b.scroll_top());
        // A scroll of our own making brings no news.
        if (untrack(|| scroll_of(top.get())) - at).abs() > 1.0 {
            top.set((at / room * untrack(most_top)).clamp(0.0, untrack(most_top)));
        }
    };
    let wheeled = move |e: WheelEvent| {
        // In proportion, one pixel is many rows: the wheel moves rows instead.
        if total.get_untracked() as f64 * ROW_PX > MAX_PX && e.delta_y() != 0.0 {
            e.prevent_default();
            scroll_to(top.get_untracked() + e.delta_y() / ROW_PX);
        }
    };

    Effect::new(move |_| {
        let now = version.get();
        let total = total.get();
        let first = (top.get().floor() as u64).saturating_sub(BLOCK / 2);
        let last = (top.get() + in_sight()) as u64 + BLOCK / 2;
        let mut wanted = Vec::new();
        blocks.update_untracked(|b| {
            if b.version != now {
                b.version = now;
                b.asked.clear();
            }
            for block in first / BLOCK..=last.min(total.saturating_sub(1)) / BLOCK {
                if total > 0 && b.asked.insert(block, now) != Some(now) {
                    wanted.push(block);
                }
            }
        });
        for block in wanted {
            fetch(
                block * BLOCK,
                BLOCK as usize,
                Box::new(move |of, rows| {
                    blocks.try_update(|b| {
                        if of != b.version {
                            b.asked.remove(&block);
                            return;
                        }
                        if b.have.len() >= KEPT {
                            let far = b.have.keys().copied().max_by_key(|k| k.abs_diff(block));
                            if let Some(far) = far {
                                b.have.remove(&far);
                                b.asked.remove(&far);
                            }
                        }
                        b.have.insert(block, Arc::new(rows));
                    });
                }),
            );
        }
    });

    let template = move || {
        let w = widths.get();
        let cols = columns.get();
        let last = cols.len().saturating_sub(1);
        cols.iter()
            .enumerate()
            .map(|(i, c)| {
                let px = w.get(&c.id).copied().unwrap_or(c.width);
                match i == last {
                    // Figures stay beside the other columns; the rest of the row is empty.
                    true if c.numeric => format!("{px}px minmax(0, 1fr)"),
                    true => format!("minmax({px}px, 1fr)"),
                    false => format!("{px}px"),
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let rows = move || {
        let total = total.get();
        let first = (top.get().floor() as u64).saturating_sub(OVERSCAN);
        let last = ((top.get() + in_sight()) as u64 + OVERSCAN).min(total);
        blocks.with(|b| {
            (first..last)
                .map(|i| {
                    let row = b
                        .have
                        .get(&(i / BLOCK))
                        .and_then(|rows| rows.get((i % BLOCK) as usize));
                    (i, row.cloned())
                })
                .collect::<Vec<_>>()
        })
    };
    let lift = move || {
        // Rows are laid out from the first in the page; in a long table not at its true height.
        let first = (top.get().floor() as u64).saturating_sub(OVERSCAN) as f64;
        scroll_of(top.get()) - (top.get() - first) * ROW_PX
    };
    // Makes a row the active one and brings it into sight.
    let step_to = move |row: u64| {
        let page = untrack(in_sight);
        let row = row.min(total.get_untracked().saturating_sub(1));
        active.set(row);
        let (from, to) = (top.get_untracked(), top.get_untracked() + page - 2.0);
        if (row as f64) < from {
            scroll_to(row as f64);
        } else if row as f64 > to {
            scroll_to(row as f64 - page + 2.0);
        }
        if selected.get_untracked().is_some() {
            on_open.run(row);
        }
    };
    let key = move |e: KeyboardEvent| {
        let page = untrack(in_sight) as u64;
        let last = total.get_untracked().saturating_sub(1);
        let at = active.get_untracked();
        let next = match e.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            "Enter" => {
                e.prevent_default();
                return on_open.run(at);
            }
            _ => return,
        };
        e.prevent_default();
        step_to(next);
    };
    // The same from anywhere in the page: the first press only takes the focus to the table, unless a row is open.
    on_keys(&["j", "k", "Enter"], move |key| {
        let at = active.get_untracked();
        let open = selected.get_untracked();
        let here = body
            .get_untracked()
            .is_some_and(|b| b.matches(":focus").unwrap_or(false));
        let inside_panel = focus_is_in(".split");
        if let Some(b) = body.get_untracked().filter(|_| !here && !inside_panel) {
            // What is in the page and takes the focus takes it.
            let _ = b.focus();
        }
        let moves = here || open.is_some();
        match key {
            "Enter" => on_open.run(at),
            _ if total.get_untracked() == 0 => {}
            "j" if moves => step_to(open.unwrap_or(at) + 1),
            "k" if moves => step_to(open.unwrap_or(at).saturating_sub(1)),
            _ => step_to(at),
        }
    });
    let sort_by = move |id: String| {
        sort.update(|(field, descending)| {
            if *field == id {
                *descending = !*descending;
            } else {
                *field = id;
                *descending = false;
            }
        });
        scroll_to(0.0);
    };
    let head = move || {
        columns
            .get()
            .into_iter()
            .enumerate()
            .map(|(i, c)| view! { <Head column=c at=i sort widths on_sort=Callback::new(sort_by) /> })
            .collect_view()
    };
    view! {
        <div
            class="vtable"
            role="grid"
            aria-label=label
            aria-rowcount=move || (total.get() + 1).to_string()
            aria-colcount=move || columns.with(Vec::len).to_string()
        >
            <div class="vtable-scroll" node_ref=body on:scroll=scrolled on:wheel=wheeled tabindex="0" on:keydown=key
                role="rowgroup" aria-label="Rows: arrows move, Enter opens">
                <div class="vtable-head" role="row" aria-rowindex="1" style=move || format!("grid-template-columns:{}", template())>
                    {head}
                </div>
                <div class="vtable-space" role="presentation" style=move || format!("height:{}px", height())>
                    <div class="vtable-rows" role="presentation" style=move || format!("transform:translateY({}px)", lift())>
                        <For
                            each=rows
                            key=|(i, row)| (*i, row.as_ref().map(hash_of))
                            children=move |(i, row)| {
                                let loaded = row.is_some();
                                let row = row.unwrap_or_default();
                                let class = format!("vtable-row {}", row.class);
                                let cells = row
                                    .cells
                                    .into_iter()
                                    .enumerate()
                                    .map(|(c, cell)| view_cell(c, cell, columns))
                                    .collect_view();
                                view! {
                                    <div
                                        class=class
                                        class:is-selected=move || selected.get() == Some(i)
                                        class:is-active=move || active.get() == i
                                        role="row"
                                        aria-rowindex=(i + 2).to_string()
                                        aria-selected=move || (selected.get() == Some(i)).to_string()
                                        style=move || format!("grid-template-columns:{}", template())
                                        on:click=move |_| {
                                            active.set(i);
                                            on_open.run(i);
                                        }
                                    >
                                        {(!loaded).then(|| view! { <span class="faint" role="gridcell">"…"</span> })}
                                        {cells}
                                    </div>
                                }
                            }
                        />
                    </div>
                </div>
            </div>
        </div>
    }
}

fn view_cell(at: usize, cell: Cell, columns: Signal<Vec<Column>>) -> impl IntoView {
    let (numeric, mono) =
        columns.with_untracked(|c| c.get(at).map_or((false, false), |c| (c.numeric, c.mono)));
    let whole = cell.text.clone();
    view! {
        <span class=format!("clip {}", cell.class) class:num=numeric class:mono=mono role="gridcell" title=whole>
            {cell.icon.map(|name| view! { <Icon name=name /> })}
            {cell.text}
        </span>
    }
}

fn hash_of(row: &Row) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut h = DefaultHasher::new();
    for c in &row.cells {
        c.text.hash(&mut h);
        c.class.hash(&mut h);
    }
    row.class.hash(&mut h);
    h.finish()
}

/// A column's head: its name sorts, its right edge resizes.
#[component]
fn Head(
    column: Column,
    at: usize,
    sort: RwSignal<(String, bool)>,
    widths: RwSignal<BTreeMap<String, f64>>,
    on_sort: Callback<String>,
) -> impl IntoView {
    let id = StoredValue::new(column.id.clone());
    let width = column.width;
    let drag = RwSignal::new(None::<(f64, f64)>);
    let down = move |e: PointerEvent| {
        e.prevent_default();
        e.stop_propagation();
        let now = widths.with_untracked(|w| w.get(&id.get_value()).copied().unwrap_or(width));
        drag.set(Some((f64::from(e.client_x()), now)));
        if let Some(t) = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
            // A pointer that is gone already needs no capture.
            let _ = t.set_pointer_capture(e.pointer_id());
        }
    };
    let moved = move |e: PointerEvent| {
        if let Some((from, was)) = drag.get_untracked() {
            let px = (was + f64::from(e.client_x()) - from).clamp(40.0, 1200.0);
            widths.update(|w| {
                w.insert(id.get_value(), px);
            });
        }
    };
    let direction = move || sort.with(|(f, d)| (*f == id.get_value()).then_some(*d));
    let aria = move || match direction() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    view! {
        <span class="vtable-th" class:num=column.numeric role="columnheader" aria-sort=aria aria-colindex=(at + 1).to_string()>
            {if column.sortable {
                view! {
                    <button type="button" class="th-button clip" title=column.title.clone() on:click=move |_| on_sort.run(id.get_value())>
                        {column.title.clone()}
                        {move || {
                            direction().map(|d| view! { <Icon name=if d { "chevron-down" } else { "chevron-up" } /> })
                        }}
                    </button>
                }
                    .into_any()
            } else {
                view! { <span class="clip">{column.title.clone()}</span> }.into_any()
            }}
            <i
                class="th-grip"
                aria-hidden="true"
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=move |_| drag.set(None)
                on:pointercancel=move |_| drag.set(None)
            ></i>
        </span>
    }
}
