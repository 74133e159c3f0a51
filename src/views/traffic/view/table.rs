//! The pairs as a table: the same sums as the graph's edges.

use crate::base::size;
use crate::chart::Amount;
use crate::session::Session;
use crate::views::traffic::model::*;
use crate::widgets::Icon;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows shown; what is beyond them is summed into one.
const ROWS: usize = 500;

/// The pairs, with what is beyond them in a row before the last, which is all of them.
#[component]
pub fn PairTable(
    session: Session,
    drawn: Signal<Option<Arc<Drawn>>>,
    names: Signal<Arc<BTreeMap<String, String>>>,
    measure: Signal<String>,
) -> impl IntoView {
    let sort = RwSignal::new((By::Total, true));
    let body = move || {
        let drawn = drawn.get()?;
        let (by, descending) = sort.get();
        let list = ordered(drawn.pairs.clone(), by, descending);
        let mut all = Pair::default();
        list.iter().chain(&drawn.rest).for_each(|p| all.add(p));
        let mut beyond = Pair::default();
        list.iter()
            .skip(ROWS)
            .chain(&drawn.rest)
            .for_each(|p| beyond.add(p));
        let rows = list
            .into_iter()
            .take(ROWS)
            .map(|p| {
                let sums = [p.accepted, p.rejected, p.flows];
                let (from, to) = names.with(|n| (end(session, n, &p.from), end(session, n, &p.to)));
                let asked = drawn.clone();
                let narrow = move |_| {
                    if let Some(filter) = asked.asked.pair_filter(&p) {
                        session.narrow(filter);
                    }
                };
                let button =
                    view! { <button type="button" class="row-button link" on:click=narrow>{from}</button> };
                line("", button.into_any(), to, sums)
            })
            .collect_view();
        let other = (beyond.flows > 0).then(|| {
            let sums = [beyond.accepted, beyond.rejected, beyond.flows];
            line("quiet", "smaller pairs".into_any(), ().into_any(), sums)
        });
        let sums = [all.accepted, all.rejected, all.flows];
        Some(view! { {rows}{other}{line("strong", "all".into_any(), ().into_any(), sums)} })
    };
    let head = move |by: By, title: Signal<String>| {
        let on = move || sort.with(|s| (s.0 == by).then_some(s.1));
        let aria = move || on().map_or("none", |down| if down { "descending" } else { "ascending" });
        // Figures begin with the largest, names with the first letter.
        let turn = move |_| {
            sort.update(|s| {
                *s = (
                    by,
                    if s.0 == by {
                        !s.1
                    } else {
                        !matches!(by, By::From | By::To)
                    },
                )
            })
        };
        let numeric = !matches!(by, By::From | By::To);
        view! {
            <th scope="col" class:num=numeric aria-sort=aria>
                <button type="button" class="th-button" on:click=turn>
                    {title}
                    {move || on().map(|down| view! { <Icon name=if down { "chevron-down" } else { "chevron-up" } /> })}
                </button>
            </th>
        }
    };
    let says = move |what: &'static str| Signal::derive(move || format!("{} {what}", measure.get()));
    view! {
        <div class="traffic-table" tabindex="0" role="region" aria-label="Pairs">
            <table class="table">
                <thead>
                    <tr>
                        {head(By::From, "From".to_owned().into())}
                        {head(By::To, "To".to_owned().into())}
                        {head(By::Accepted, says("accepted"))}
                        {head(By::Rejected, says("rejected"))}
                        {head(By::Flows, "Flows".to_owned().into())}
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// An end, with its name where it has one.
fn end(session: Session, names: &BTreeMap<String, String>, id: &str) -> AnyView {
    let name = names.get(id).cloned().or_else(|| session.end_name(id));
    view! { {id.to_owned()} {name.map(|n| view! { <span class="faint">" "{n}</span> })} }.into_any()
}

fn line(
    class: &'static str,
    from: AnyView,
    to: AnyView,
    [accepted, rejected, flows]: [Amount; 3],
) -> AnyView {
    view! {
        <tr class=class>
            <td class="mono">{from}</td>
            <td class="mono">{to}</td>
            <td class="num">{size::count(accepted)}</td>
            <td class="num" class:cell-error={rejected > 0}>{size::count(rejected)}</td>
            <td class="num">{size::count(flows)}</td>
        </tr>
    }
    .into_any()
}
