//! What comes of the description: the first records, and the lines that are none with the reason.

use super::Desk;
use crate::base::size;
use crate::formats::custom::preview::{Preview, Row, SHOWN};
use crate::widgets::Icon;
use leptos::prelude::*;

#[component]
pub(super) fn Shown(desk: Desk) -> impl IntoView {
    let has_lines = Memo::new(move |_| desk.sample.with(|t| !t.trim().is_empty()));
    let table =
        move || {
            desk.shown.with(|shown| match shown {
                Ok(preview) if has_lines.get() => preview_table(preview).into_any(),
                Ok(_) => view! { <p class="quiet">"Paste some lines of the log to see what is read."</p> }
                    .into_any(),
                Err(_) => view! { <p class="quiet">"The preview follows when the pattern can be read."</p> }
                    .into_any(),
            })
        };
    view! { <div class="stack describe-shown">{table}</div> }
}

fn preview_table(preview: &Preview) -> impl IntoView + use<> {
    let n = |n: usize, what| size::counted(n as u64, what);
    let mut said = format!(
        "{} read, {} rejected",
        n(preview.read, "records"),
        n(preview.rejected, "lines")
    );
    if preview.undated > 0 && preview.found.is_some() {
        said.push_str(&format!(", {} without a time", preview.undated));
    }
    if preview.read + preview.rejected > SHOWN {
        said.push_str(&format!("; the first {SHOWN} are shown"));
    }
    let heads = preview
        .columns
        .iter()
        .map(|c| view! { <th scope="col">{c.name.clone()}</th> })
        .collect_view();
    let width = preview.columns.len().max(1);
    let rows = preview.rows.iter().map(|row| one(row, width)).collect_view();
    view! {
        <p class="small" role="status">{said}</p>
        <div class="describe-scroll" tabindex="0" role="region" aria-label="Preview">
            <table class="table table-tight describe-preview" aria-label="Preview of records">
                <thead><tr><th scope="col" class="num">"Line"</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn one(row: &Row, width: usize) -> AnyView {
    let line = row.line;
    let more = (row.more > 0).then(|| format!(" +{}", row.more));
    match &row.read {
        Ok(cells) => {
            let cells = cells.iter().map(|cell| {
                let title = cell.text.clone();
                view! { <td class="mono" class:is-other=cell.is_other title=title>{cell.text.clone()}</td> }
            });
            view! { <tr><td class="num faint">{line}{more}</td>{cells.collect_view()}</tr> }.into_any()
        }
        Err(why) => {
            let (text, why) = (row.text.clone(), why.clone());
            view! {
                <tr class="is-rejected">
                    <td class="num faint">{line}{more}</td>
                    <td colspan=width.to_string()>
                        <span class="status status-red"><Icon name="circle-x" /> "Rejected"</span>
                        <span class="small">" " {why} ": "</span>
                        <span class="mono">{text}</span>
                    </td>
                </tr>
            }
            .into_any()
        }
    }
}
