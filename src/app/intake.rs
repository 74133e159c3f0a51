//! How files get in: dropped anywhere, picked, pasted, by URL, from the built-in sample.

use super::folders::Named;
use super::{describe, folders, remote, reopen};
use crate::engine::client::{pause, spawn};
use crate::engine::files::Slice;
use crate::formats::{Options, said_of_format};
use crate::session::{ItemId, Job, JobResult, NAMING_HEAD, Session};
use crate::widgets::{Icon, Menu};
use js_sys::{Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, DragEvent, HtmlInputElement};

thread_local! {
    // Counted by reference: they belong to the page, not to the scope that touches them first.
    static DRAGGING: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

fn dragging() -> ArcRwSignal<bool> {
    DRAGGING.with(Clone::clone)
}

/// The whole page takes drops and pastes; leaving a loaded page asks first.
pub fn accept_everywhere(session: Session) {
    let Some(window) = web_sys::window() else { return };
    let on = |name: &str, f: Box<dyn FnMut(web_sys::Event)>| {
        let closure = Closure::wrap(f);
        // Adding a listener to the window can not fail.
        let _ = window.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure.forget();
    };
    let carries_files = |e: &web_sys::Event| {
        let data = e.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
        data.is_some_and(|d| d.types().includes(&"Files".into(), 0))
    };
    on(
        "dragover",
        Box::new(move |e| {
            if carries_files(&e) {
                e.prevent_default();
                if !dragging().get_untracked() {
                    dragging().set(true);
                }
            }
        }),
    );
    on(
        "dragleave",
        Box::new(move |e| {
            let outside = e
                .dyn_ref::<DragEvent>()
                .is_some_and(|d| d.related_target().is_none());
            if outside {
                dragging().set(false);
            }
        }),
    );
    on(
        "drop",
        Box::new(move |e| {
            dragging().set(false);
            if carries_files(&e) {
                e.prevent_default();
                if let Some(data) = e.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) {
                    take_drop(session, &data);
                }
            }
        }),
    );
    on(
        "paste",
        Box::new(move |e| {
            let into_field = e
                .target()
                .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
                .is_some_and(|t| matches!(t.tag_name().as_str(), "INPUT" | "TEXTAREA"));
            let Some(data) = e
                .dyn_ref::<web_sys::ClipboardEvent>()
                .and_then(web_sys::ClipboardEvent::clipboard_data)
            else {
                return;
            };
            if into_field {
                return;
            }
            if session.is_report() {
                return;
            }
            if data.files().is_some_and(|f| f.length() > 0) {
                e.prevent_default();
                take_drop(session, &data);
            } else if let Ok(text) = data.get_data("text/plain")
                && !text.trim().is_empty()
            {
                e.prevent_default();
                open_text(session, &text);
            }
        }),
    );
    on(
        "beforeunload",
        Box::new(move |e| {
            if !session.is_report() && session.engine().with(|c| !c.items().is_empty()) {
                e.prevent_default();
            }
        }),
    );
    let query = window.location().search().unwrap_or_default();
    if let Ok(params) = web_sys::UrlSearchParams::new_with_str(&query)
        && let Some(url) = params.get("open")
    {
        remote::ask_url(url);
    }
}

/// Pasted text as a source of its own.
pub fn open_text(session: Session, text: &str) {
    let parts = Array::of1(&JsValue::from_str(text));
    if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
        open(session, vec![("pasted text".to_owned(), Some(blob))]);
    }
}

/// Opens named Blobs.
pub fn open(session: Session, items: Vec<Named>) {
    if !items.is_empty() {
        session.loading.set(true);
        spawn(async move {
            open_now(session, items, true).await;
        });
    }
}

/// Opens named Blobs; they are listed when this is done, and read after.
pub async fn open_now(session: Session, items: Vec<Named>, sized: bool) -> Vec<ItemId> {
    if session.is_report() {
        // A shared file takes nothing in: what is dropped on it is compared with what it was made from.
        session.match_files(items);
        session.go("proof");
        return Vec::new();
    }
    let items = take_own(session, items).await;
    reopen::remember(items.iter().map(|(name, _)| name.as_str()));
    let ids = session.engine().open(items, sized).await;
    session.items.try_update(|v| *v += 1);
    ids
}

/// A file that names addresses: AWS's ranges, a MaxMind DB, a list of networks. `None` for any other.
async fn take_names(session: Session, name: &str, blob: &Blob) -> Option<String> {
    /// Its end, in which a MaxMind DB says what it is.
    const TAIL: f64 = 131_072.0;
    let file = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let may_be = [".json", ".mmdb", ".csv", ".tsv", ".txt"];
    if !may_be.iter().any(|end| file.ends_with(end)) {
        return None;
    }
    let bytes = async |from: f64, to: f64| -> Option<Vec<u8>> {
        let part = blob.slice_with_f64_and_f64(from, to).ok()?;
        let buffer = JsFuture::from(part.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    };
    let size = blob.size();
    let head = bytes(0.0, size.min(NAMING_HEAD)).await?;
    let tail = match file.ends_with(".mmdb") {
        true => bytes((size - TAIL).max(0.0), size).await?,
        false => Vec::new(),
    };
    let kind = session.names_addresses(&file, &head, &tail)?;
    let all = bytes(0.0, size).await?;
    Some(session.take_names(kind, name, all))
}

/// Files of rules, and those that Trailbeam saved, are no logs: they are taken out of what is opened.
async fn take_own(session: Session, items: Vec<Named>) -> Vec<Named> {
    /// Larger ones are logs.
    const MOST_BYTES: f64 = 1e6;
    /// Among more files than this, only names are looked at.
    const FEW: usize = 20;
    let few = items.len() <= FEW;
    let may_be = |name: &str, blob: &Blob| {
        let file = name.rsplit('/').next().unwrap_or(name);
        let named = file.ends_with(".toml") || file.starts_with("trailbeam-") && file.ends_with(".json");
        (named || few && file.ends_with(".json")) && blob.size() <= MOST_BYTES
    };
    let mut logs = Vec::with_capacity(items.len());
    let mut said = Vec::new();
    for (name, blob) in items {
        if few
            && let Some(blob) = &blob
            && let Some(taken) = take_names(session, &name, blob).await
        {
            said.push(taken);
            continue;
        }
        let text = match &blob {
            Some(blob) if may_be(&name, blob) => JsFuture::from(blob.text()).await.ok(),
            _ => None,
        };
        match text
            .and_then(|t| t.as_string())
            .and_then(|t| session.take_own(&name, &t))
        {
            Some(taken) => said.push(taken),
            None => logs.push((name, blob)),
        }
    }
    if !said.is_empty() {
        session.notice.set(Some(said.join(" ")));
    }
    logs
}

fn take_drop(session: Session, data: &DataTransfer) {
    let dropped = folders::Dropped::of(data);
    if !session.is_report() {
        reopen::remember_dropped(data);
    }
    let listing = session.engine().listing();
    session.loading.set(!session.is_report());
    spawn(async move {
        let _until_listed = listing;
        dropped
            .each(async |found| {
                open_now(session, found, true).await;
            })
            .await;
    });
}

/// Opens what a file input holds.
fn take_input(session: Session, input: &HtmlInputElement) {
    let Some(list) = input.files() else { return };
    // Copied, because the same file may be chosen again, for which the input has to be empty.
    let files: Vec<web_sys::File> = (Array::from(&list).iter()).map(JsCast::unchecked_into).collect();
    input.set_value("");
    if files.is_empty() {
        return;
    }
    let listing = session.engine().listing();
    session.loading.set(true);
    spawn(async move {
        let _until_listed = listing;
        let mut named = Vec::with_capacity(files.len());
        let mut slice = Slice::begin();
        for file in files {
            let path = js_sys::Reflect::get(&file, &"webkitRelativePath".into());
            let path = path.ok().and_then(|p| p.as_string()).filter(|p| !p.is_empty());
            named.push((path.unwrap_or_else(|| file.name()), Some(file.into())));
            slice.rest().await;
        }
        open_now(session, named, false).await;
    });
}

/// The page's two file inputs, out of sight: buttons and keys press them.
#[component]
pub fn Inputs(session: Session) -> impl IntoView {
    let files = NodeRef::<html::Input>::new();
    let folder = NodeRef::<html::Input>::new();
    let take = move |node: NodeRef<html::Input>| {
        if let Some(i) = node.get_untracked() {
            take_input(session, &i);
        }
    };
    view! {
        <input
            type="file"
            id="pick-files"
            class="visually-hidden"
            tabindex="-1"
            aria-hidden="true"
            multiple
            node_ref=files
            on:change=move |_| take(files)
        />
        <input
            type="file"
            id="pick-folder"
            class="visually-hidden"
            tabindex="-1"
            aria-hidden="true"
            prop:webkitdirectory=true
            node_ref=folder
            on:change=move |_| take(folder)
        />
    }
}

/// Presses an input of [`Inputs`].
pub fn pick(id: &str) {
    let input = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.get_element_by_id(id))
        .and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
    if let Some(i) = input {
        i.click();
    }
}

/// Two buttons that open the browser's own pickers.
#[component]
pub fn Pickers(#[prop(optional)] primary: bool) -> impl IntoView {
    view! {
        <button type="button" class="button" class:button-primary=primary on:click=move |_| pick("pick-files")>
            <Icon name="folder-open" />
            "Choose files"
        </button>
        <button type="button" class="button" on:click=move |_| pick("pick-folder")>
            "Choose a folder"
        </button>
    }
}

/// Adds sources from anywhere.
#[component]
pub fn AddButton(session: Session) -> impl IntoView {
    let button = view! {
        <Icon name="plus" />
        "Add files"
    }
    .into_any();
    view! {
        <Menu button label="Add files" class="menu-left">
            <div class="stack" style="gap:var(--space-3)">
                <Pickers />
                <PasteBox session />
                <button type="button" class="button" on:click=move |_| remote::ask_url(String::new())>
                    <Icon name="link" />
                    "From a URL"
                </button>
                <button type="button" class="button" on:click=move |_| describe::ask(session)>
                    <Icon name="pencil" />
                    "Describe a log"
                </button>
            </div>
        </Menu>
    }
}

/// A box for pasted text, and how to say what a flow log's fields are.
#[component]
pub fn PasteBox(session: Session) -> impl IntoView {
    let text = RwSignal::new(String::new());
    view! {
        <label class="stack">
            <span class="quiet small">"Paste log lines or JSON"</span>
            <textarea
                class="field mono"
                style="height:72px;padding:var(--space-2) var(--space-3)"
                prop:value=move || text.get()
                on:input=move |e| text.set(event_target_value(&e))
            ></textarea>
        </label>
        <button
            type="button"
            class="button"
            disabled=move || text.with(|t| t.trim().is_empty())
            on:click=move |_| {
                open_text(session, &text.get_untracked());
                text.set(String::new());
            }
        >
            <Icon name="clipboard-check" />
            "Open the text"
        </button>
        <FlowFormatBox session />
    }
}

/// Where a person says what the fields of logs without a header are; what is wrong is said as it is written.
#[component]
fn FlowFormatBox(session: Session) -> impl IntoView {
    const SAID: &str = "flow-format-said";
    let written = RwSignal::new(String::new());
    let checked =
        Memo::new(move |_| written.with(|text| (!text.trim().is_empty()).then(|| said_of_format(text))));
    let wrong = move || checked.with(|c| matches!(c, Some(Err(_))));
    let said = move || match checked.get() {
        None => String::new(),
        Some(Ok(said)) => said,
        Some(Err(why)) => why.to_string(),
    };
    let write = move |text: String| {
        written.set(text);
        let right = checked.with_untracked(|c| matches!(c, Some(Ok(_))));
        let flow_formats = right.then(|| written.get_untracked()).into_iter().collect();
        let told = session.engine().told();
        session.engine().tell(&Options { flow_formats, ..told });
    };
    view! {
        <label class="stack">
            <span class="quiet small">"Logs without a header: the format of flow logs (a dropped describe-flow-logs answer tells it too), or the fields of CloudFront real-time logs"</span>
            <input
                class="field mono"
                class:is-wrong=wrong
                placeholder="${version} ${account-id} …"
                aria-describedby=SAID
                aria-invalid=move || wrong().to_string()
                prop:value=move || written.get()
                on:input=move |e| write(event_target_value(&e))
            />
        </label>
        <p id=SAID class="small field-said" class:is-wrong=wrong role="status">{said}</p>
    }
}

/// What a drop will do, while something is dragged over the page.
#[component]
pub fn DropVeil(session: Session) -> impl IntoView {
    let what = if session.is_report() {
        "Drop to compare the files with what this report was made from"
    } else {
        "Drop to read the files in this tab"
    };
    view! {
        <Show when=move || dragging().get()>
            <div class="drop-veil" role="status">
                <div>{what}</div>
            </div>
        </Show>
    }
}

/// Makes the built-in sample, file by file in a worker, and opens it.
pub fn open_sample(session: Session) {
    let found: Rc<RefCell<Vec<Named>>> = Rc::default();
    let left = Rc::new(std::cell::Cell::new(crate::sample::SAMPLE_FILES));
    for index in 0..crate::sample::SAMPLE_FILES {
        let (found, left) = (found.clone(), left.clone());
        session.engine().job(Job::Sample { index }, move |made| {
            if let Ok(JobResult::Sample { name, bytes }) = made {
                let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
                if let Ok(blob) = Blob::new_with_u8_array_sequence(&parts) {
                    found.borrow_mut().push((format!("sample/{name}"), Some(blob)));
                }
            }
            left.set(left.get() - 1);
            if left.get() == 0 {
                let all = std::mem::take(&mut *found.borrow_mut());
                // Outside of the engine's own call.
                spawn(async move {
                    pause(0).await;
                    session.range.set(Some(crate::sample::SPAN));
                    open(session, all);
                });
            }
        });
    }
}
