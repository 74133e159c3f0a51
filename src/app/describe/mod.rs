//! The dialog in which a person describes a log: lines, one of five ways to say what they are, and what comes of it as they write.

mod fields;
mod pattern;
mod shown;

use super::intake;
use crate::engine::port::Range;
use crate::formats::custom::preview::{Preview, preview};
use crate::formats::custom::{CustomFormat, Wrong, file, marking};
use crate::session::{ItemId, Session};
use crate::widgets::{Icon, dom};
use fields::{FieldsTable, LinesRule, TimeRule};
use leptos::html;
use leptos::prelude::*;
use pattern::PatternBox;
use shown::Shown;
use wasm_bindgen::JsValue;
use web_sys::Blob;

/// So much of a source is looked at for its first lines.
const HEAD_BYTES: u64 = 64 << 10;
/// Of which so many are shown.
const HEAD_LINES: usize = 200;

/// What is being written.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    format: RwSignal<CustomFormat>,
    sample: RwSignal<String>,
    /// The source whose lines these are.
    of_item: RwSignal<Option<ItemId>>,
    shown: Memo<Result<Preview, Wrong>>,
}

impl Desk {
    fn change(self, change: impl FnOnce(&mut CustomFormat)) {
        self.format.update(change);
    }

    /// The first line, which is the example until one is marked.
    fn take_example(self) {
        let first = self.sample.with_untracked(|text| {
            let mut lines = text.lines().map(str::trim_end);
            lines
                .find(|l| !l.trim().is_empty())
                .unwrap_or_default()
                .to_owned()
        });
        self.change(|f| {
            if f.marks.is_empty() {
                f.pattern = first;
            }
        });
    }

    /// Shows a source's first lines.
    fn take_item(self, id: ItemId) {
        let engine = self.session.engine();
        let Some(item) = engine.item(id) else { return };
        let unknown = item.members().find(|m| m.kind.is_none() && m.bytes > 0);
        let Some(member) = unknown.or_else(|| item.members().next()) else {
            return;
        };
        let range = Range {
            index: member.index,
            offset: 0,
            len: member.bytes.min(HEAD_BYTES),
        };
        self.of_item.set(Some(id));
        engine.fetch(id, vec![range], move |texts| {
            let Some(Ok(bytes)) = texts.into_iter().next() else {
                return;
            };
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<&str> = text.lines().take(HEAD_LINES).collect();
            self.sample.set(lines.join("\n"));
            self.take_example();
        });
    }
}

/// Opens the dialog from anywhere in the shell.
pub fn ask(session: Session) {
    session.describing.set(Some(None));
}

#[component]
pub fn DescribeDialog(session: Session) -> impl IntoView {
    let format = RwSignal::new(CustomFormat::default());
    let sample = RwSignal::new(String::new());
    let of_item = RwSignal::new(None::<ItemId>);
    let now = (js_sys::Date::now() as i64).saturating_mul(1_000_000);
    let shown = Memo::new(move |_| format.with(|f| sample.with(|text| preview(f, text, Some(now)))));
    let desk = Desk {
        session,
        format,
        sample,
        of_item,
        shown,
    };
    let dialog = NodeRef::<html::Dialog>::new();
    let said = RwSignal::new(String::new());
    let is_open = Memo::new(move |_| session.describing.with(Option::is_some));
    Effect::new(move |_| {
        if let Some(item) = session.describing.get() {
            said.set(String::new());
            if let Some(id) = item {
                format.set(CustomFormat::default());
                desk.take_item(id);
            }
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    let close = move || {
        session.describing.set(None);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    let ready = Memo::new(move |_| {
        let named = format.with(|f| !f.name.trim().is_empty());
        named && shown.with(|s| s.as_ref().is_ok_and(|p| p.read > 0 || p.rejected == 0))
    });
    let save = move |_| {
        let format = format.get_untracked();
        let parts = js_sys::Array::of1(&JsValue::from_str(&file::write(&format)));
        if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
            dom::save_blob(&marking::file_name(&format.name), &blob);
            said.set("Saved. Dropped on the page later, the file describes these logs again.".to_owned());
        }
    };
    let use_now = move |_| {
        let mut options = session.engine().told();
        options.custom.put(format.get_untracked());
        session.engine().tell(&options);
        let name = format.with_untracked(|f| f.name.clone());
        session.say.set(format!(
            "“{name}” is used: what no other kind was certain of is read again."
        ));
        let is_blank = session.engine().with(|c| c.items().is_empty());
        if is_blank && of_item.get_untracked().is_none() && sample.with_untracked(|t| !t.trim().is_empty()) {
            intake::open_text(session, &sample.get_untracked());
        }
        close();
    };
    let known = move || {
        is_open.get();
        let button = |known: CustomFormat| {
            let name = known.name.clone();
            view! {
                <button type="button" class="link" on:click=move |_| format.set(known.clone())>{name}</button>
            }
        };
        let all = session.engine().described();
        (!all.is_empty()).then(|| {
            view! {
                <p class="row small describe-known">
                    <span class="quiet">"Begin with"</span>
                    {all.into_iter().map(button).collect_view()}
                </p>
            }
        })
    };
    view! {
        <dialog class="share describe" node_ref=dialog aria-labelledby="describe-title" on:close=move |_| session.describing.set(None)>
            <Show when=move || is_open.get()>
                <div class="share-head">
                    <div class="grow">
                        <h2 id="describe-title">"Describe a log"</h2>
                        <p class="quiet small">
                            "Say what the lines of a log are that no kind recognises. The preview shows what is read as you write."
                        </p>
                    </div>
                    <button type="button" class="button button-quiet button-icon" aria-label="Close" on:click=move |_| close()>
                        <Icon name="x" />
                    </button>
                </div>
                <div class="share-body">
                    <div class="share-left">
                        {known}
                        <label class="stack">
                            <span class="quiet small">"Name"</span>
                            <input
                                class="field"
                                placeholder="Shop requests"
                                prop:value=move || format.with(|f| f.name.clone())
                                on:input=move |e| desk.change(|f| f.name = event_target_value(&e))
                            />
                        </label>
                        <label class="stack">
                            <span class="quiet small">"Some lines of the log"</span>
                            <textarea
                                class="field mono describe-lines"
                                spellcheck="false"
                                wrap="off"
                                prop:value=move || sample.get()
                                on:input=move |e| {
                                    sample.set(event_target_value(&e));
                                    of_item.set(None);
                                    if format.with_untracked(|f| f.way == Default::default()) {
                                        desk.take_example();
                                    }
                                }
                            ></textarea>
                        </label>
                        <PatternBox desk />
                        <LinesRule desk />
                        <TimeRule desk />
                    </div>
                    <div class="share-right">
                        <FieldsTable desk />
                        <Shown desk />
                    </div>
                </div>
                <div class="share-foot">
                    <p class="small quiet grow" role="status">{move || said.get()}</p>
                    <button type="button" class="button" disabled=move || !ready.get() on:click=save>
                        <Icon name="download" />
                        "Save as a file"
                    </button>
                    <button type="button" class="button button-primary" disabled=move || !ready.get() on:click=use_now>
                        "Use now"
                    </button>
                </div>
            </Show>
        </dialog>
    }
}
