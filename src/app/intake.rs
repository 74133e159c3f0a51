//! How files get in: dropped anywhere, picked, pasted, by URL, from the built-in sample.

use super::door;
use crate::engine::client::{pause, spawn};
use crate::session::{Job, JobResult, Session};
use crate::widgets::{Icon, Menu};
use gloo_net::http::Request;
use js_sys::{Array, Promise, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DataTransfer, DragEvent, File, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry, HtmlInputElement,
};

/// Files listed before the engine gets them, so that reading begins while a large folder is still listed.
const LIST_BATCH: usize = 2000;

thread_local! {
    // Counted by reference: they belong to the page, not to the scope that touches them first.
    static DRAGGING: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static ASKED_URL: ArcRwSignal<Option<String>> = ArcRwSignal::new(None);
}

fn dragging() -> ArcRwSignal<bool> {
    DRAGGING.with(Clone::clone)
}

fn asked_url() -> ArcRwSignal<Option<String>> {
    ASKED_URL.with(Clone::clone)
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
            if session.engine().with(|c| !c.items().is_empty()) {
                e.prevent_default();
            }
        }),
    );
    let query = window.location().search().unwrap_or_default();
    if let Ok(params) = web_sys::UrlSearchParams::new_with_str(&query)
        && let Some(url) = params.get("open")
    {
        ask_url(url);
    }
}

/// Pasted text as a source of its own.
pub fn open_text(session: Session, text: &str) {
    let parts = Array::of1(&JsValue::from_str(text));
    if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
        open(session, vec![("pasted text".to_owned(), blob)]);
    }
}

/// Opens named Blobs.
pub fn open(session: Session, items: Vec<(String, Blob)>) {
    if !items.is_empty() {
        super::reopen::remember(
            &items
                .iter()
                .map(|(n, b)| (n.clone(), b.size()))
                .collect::<Vec<_>>(),
        );
        session.engine().open(items);
        session.items.update(|v| *v += 1);
        session.loading.set(true);
    }
}

fn take_drop(session: Session, data: &DataTransfer) {
    let items = data.items();
    let mut entries = Vec::new();
    for i in 0..items.length() {
        if let Some(item) = items.get(i)
            && let Ok(Some(entry)) = item.webkit_get_as_entry()
        {
            entries.push(entry);
        }
    }
    if entries.is_empty() {
        let files = data.files();
        let list =
            (0..files.as_ref().map_or(0, web_sys::FileList::length)).filter_map(|i| files.as_ref()?.get(i));
        return open(session, list.map(|f| (f.name(), f.into())).collect());
    }
    spawn(async move {
        let mut found = Vec::new();
        // Newest last: folders are walked depth first in their own order.
        let mut waiting = entries;
        waiting.reverse();
        while let Some(entry) = waiting.pop() {
            if entry.is_directory() {
                let mut inside = list_folder(&entry.unchecked_into()).await;
                inside.reverse();
                waiting.append(&mut inside);
            } else {
                let path = entry.full_path().trim_start_matches('/').to_owned();
                if let Some(file) = file_of(&entry.unchecked_into()).await {
                    found.push((path, file.into()));
                }
            }
            if found.len() >= LIST_BATCH {
                open(session, std::mem::take(&mut found));
            }
        }
        open(session, found);
    });
}

/// All entries of a folder; the browser hands them out in portions.
async fn list_folder(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    loop {
        let portion = read_portion(&reader).await;
        if portion.is_empty() {
            return all;
        }
        all.extend(portion);
    }
}

async fn read_portion(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let promise = Promise::new(&mut |done, failed| {
        // A refusal reaches the promise by its second callback.
        let _ = reader.read_entries_with_callback_and_callback(&done, &failed);
    });
    match JsFuture::from(promise).await {
        Ok(list) => Array::from(&list).iter().map(JsCast::unchecked_into).collect(),
        Err(_) => Vec::new(),
    }
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    let promise = Promise::new(&mut |done, failed| entry.file_with_callback_and_callback(&done, &failed));
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// Opens what a file input holds.
fn take_input(session: Session, input: &HtmlInputElement) {
    let Some(files) = input.files() else { return };
    let list = (0..files.length()).filter_map(|i| files.get(i));
    let named = list.map(|f| {
        let path = js_sys::Reflect::get(&f, &"webkitRelativePath".into())
            .ok()
            .and_then(|p| p.as_string());
        let name = path.filter(|p| !p.is_empty()).unwrap_or_else(|| f.name());
        (name, f.into())
    });
    open(session, named.collect());
    // The same file may be chosen again.
    input.set_value("");
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
                <button type="button" class="button" on:click=move |_| ask_url(String::new())>
                    <Icon name="link" />
                    "From a URL"
                </button>
            </div>
        </Menu>
    }
}

/// A box for pasted text, and how to say what a flow log's fields are.
#[component]
pub fn PasteBox(session: Session) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let format = RwSignal::new(String::new());
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
        <label class="stack">
            <span class="quiet small">"Flow logs without a header: their format, for files opened next"</span>
            <input
                class="field mono"
                placeholder="${version} ${account-id} …"
                prop:value=move || format.get()
                on:input=move |e| {
                    format.set(event_target_value(&e));
                    let formats = Some(format.get_untracked()).filter(|f| f.contains("${")).into_iter().collect();
                    let options = crate::formats::Options { flow_formats: formats, ..Default::default() };
                    session.engine().options(&options);
                }
            />
        </label>
    }
}

/// What a drop will do, while something is dragged over the page.
#[component]
pub fn DropVeil() -> impl IntoView {
    view! {
        <Show when=move || dragging().get()>
            <div class="drop-veil">
                <div>"Drop to read the files in this tab"</div>
            </div>
        </Show>
    }
}

/// Opens the dialog that asks before anything is fetched.
pub fn ask_url(url: String) {
    asked_url().set(Some(url));
}

/// Where a URL may come from without asking the network for more than this page's policy allows.
fn reachable(url: &web_sys::Url) -> bool {
    let here = web_sys::window().and_then(|w| w.location().origin().ok());
    here.as_deref() == Some(url.origin().as_str()) && !door::is_single_file()
        || door::hosts().is_some_and(|h| h.contains(&url.origin()))
}

/// Names the host, asks, fetches; what the browser refuses is explained with the command that does it instead.
#[component]
pub fn UrlDialog(session: Session) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<(String, String)>);
    let busy = RwSignal::new(false);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(url) = asked_url().get() {
            text.set(url);
            problem.set(None);
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    let close = move || {
        asked_url().set(None);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    let parsed = move || web_sys::Url::new(text.get().trim()).ok();
    let host = move || parsed().map(|u| u.host());
    let allowed = move || parsed().is_some_and(|u| reachable(&u));
    let over = move || {
        let url = text.get();
        let encoded = String::from(js_sys::encode_uri_component(url.trim()));
        format!("online.html?open={encoded}")
    };
    let fetch = move |_| {
        let Some(url) = untrack(parsed) else { return };
        busy.set(true);
        problem.set(None);
        spawn(async move {
            let result = get(&url).await;
            busy.try_set(false);
            match result {
                Ok((name, blob)) => {
                    open(session, vec![(name, blob)]);
                    close();
                }
                Err(why) => {
                    problem.try_set(Some((
                        why,
                        format!("curl -fLO '{}'", url.href().replace('\'', "%27")),
                    )));
                }
            }
        });
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="url-title" on:close=move |_| asked_url().set(None)>
            <div class="stack" style="gap:var(--space-4)">
                <h2 id="url-title">"Open from a URL"</h2>
                <label class="stack">
                    <span class="quiet small">"Address of the file"</span>
                    <input
                        class="field mono"
                        type="url"
                        prop:value=move || text.get()
                        on:input=move |e| text.set(event_target_value(&e))
                    />
                </label>
                {move || match (host(), allowed()) {
                    (None, _) => view! { <p class="quiet">"Type a whole address, with https:// in front."</p> }.into_any(),
                    (Some(host), true) => view! {
                        <p>"Trailbeam will fetch this file from " <strong>{host}</strong> " and read it in this tab. Nothing is sent with the request but the address."</p>
                    }
                        .into_any(),
                    (Some(_), false) if door::is_single_file() => view! {
                        <p>"This page in one file reaches no host at all. Download the file and drop it here:"</p>
                    }
                        .into_any(),
                    (Some(host), false) => view! {
                        <p>
                            "This is the local door: the page's policy forbids every other host, "
                            <strong>{host}</strong>
                            " too. "
                            <a class="link" href=over>"Go to the online door"</a>
                            ", which asks first which hosts it may reach; what is open here stays here."
                        </p>
                    }
                        .into_any(),
                }}
                {move || {
                    problem
                        .get()
                        .map(|(why, command)| view! {
                            <div class="message message-red" role="alert">
                                <Icon name="circle-x" />
                                <div>
                                    <p>{why}</p>
                                    <p>"This downloads the file, to be dropped here:"</p>
                                    <pre class="code">{command}</pre>
                                </div>
                            </div>
                        })
                }}
                <div class="row">
                    <button
                        type="button"
                        class="button button-primary"
                        disabled=move || !allowed() || busy.get()
                        on:click=fetch
                    >
                        {move || if busy.get() { "Fetching…" } else { "Fetch it" }}
                    </button>
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                </div>
            </div>
        </dialog>
    }
}

/// Fetches a file; an error is a sentence on what the browser or the server said.
pub async fn get(url: &web_sys::Url) -> Result<(String, Blob), String> {
    let host = url.host();
    let page_is_https = web_sys::window()
        .and_then(|w| w.location().protocol().ok())
        .as_deref()
        == Some("https:");
    if page_is_https && url.protocol() == "http:" {
        return Err(format!(
            "This page came over https, and the browser lets it fetch nothing over plain http ({host})."
        ));
    }
    let response = Request::get(&url.href())
        .credentials(web_sys::RequestCredentials::Omit)
        .send()
        .await;
    let response = response.map_err(|_| {
        format!("The browser refused the answer of {host}, or it could not be reached. Most servers have to allow other pages to read their files (CORS); this one does not say so.")
    })?;
    match response.status() {
        200..=299 => {}
        403 => {
            return Err(format!(
                "{host} answered 403: the file is not public, or the signed address has expired."
            ));
        }
        404 => return Err(format!("{host} answered 404: there is no file at this address.")),
        status => return Err(format!("{host} answered {status} {}.", response.status_text())),
    }
    let bytes = response
        .binary()
        .await
        .map_err(|_| format!("The answer of {host} broke off."))?;
    let name = url
        .pathname()
        .rsplit('/')
        .next()
        .filter(|n| !n.is_empty())
        .unwrap_or("download")
        .to_owned();
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let blob = Blob::new_with_u8_array_sequence(&parts)
        .map_err(|_| "The browser has no memory for the file.".to_owned())?;
    Ok((name, blob))
}

/// Makes the built-in sample, file by file in a worker, and opens it.
pub fn open_sample(session: Session) {
    let found: Rc<RefCell<Vec<(String, Blob)>>> = Rc::default();
    let left = Rc::new(std::cell::Cell::new(crate::sample::SAMPLE_FILES));
    for index in 0..crate::sample::SAMPLE_FILES {
        let (found, left) = (found.clone(), left.clone());
        session.engine().job(Job::Sample { index }, move |made| {
            if let Ok(JobResult::Sample { name, bytes }) = made {
                let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
                if let Ok(blob) = Blob::new_with_u8_array_sequence(&parts) {
                    found.borrow_mut().push((format!("sample/{name}"), blob));
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
