//! What a drop or a remembered handle holds, folder by folder.

use crate::engine::client::breathe;
use js_sys::{Array, AsyncIterator, Function, Promise, Reflect};
use std::ops::AsyncFnMut;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DataTransfer, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// Files handed on at once: reading begins while a large folder is still listed.
const BATCH: usize = 256;

/// Entries asked for their files at once: each is a way to the browser's own process and back.
const TOGETHER: usize = 64;

/// A path or name, and the bytes behind it; `None` where the browser refuses them.
pub type Named = (String, Option<Blob>);

/// What was dropped, taken hold of while the browser still lets us.
pub enum Dropped {
    Entries(Vec<FileSystemEntry>),
    /// From a browser or a source that has no entries.
    Files(Vec<Named>),
}

impl Dropped {
    pub fn of(data: &DataTransfer) -> Dropped {
        let items = data.items();
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|i| items.get(i)?.webkit_get_as_entry().ok().flatten())
            .collect();
        if !entries.is_empty() {
            return Dropped::Entries(entries);
        }
        let files = data.files();
        let all = files
            .iter()
            .flat_map(|list| (0..list.length()).filter_map(|i| list.get(i)));
        Dropped::Files(all.map(|f| (f.name(), Some(f.into()))).collect())
    }

    /// Hands on what is found, a batch at a time; folders depth first in their own order. What can not be opened is
    /// handed on without bytes: its outcome says so.
    pub async fn each(self, mut on: impl AsyncFnMut(Vec<Named>)) {
        let mut waiting = match self {
            Dropped::Files(files) => return on(files).await,
            Dropped::Entries(entries) => entries,
        };
        waiting.reverse();
        let (mut run, mut found) = (Vec::new(), Vec::new());
        while let Some(entry) = waiting.pop() {
            if entry.is_directory() {
                let path = path_of(&entry);
                let (mut inside, whole) = entries_of(&entry.unchecked_into()).await;
                if !whole {
                    found.push((format!("{path}/"), None));
                }
                inside.reverse();
                waiting.append(&mut inside);
            } else {
                run.push(entry);
            }
            if run.len() >= TOGETHER || waiting.is_empty() {
                found.append(&mut files_of(std::mem::take(&mut run)).await);
            }
            if found.len() >= BATCH {
                on(std::mem::take(&mut found)).await;
            }
        }
        on(found).await;
    }
}

fn path_of(entry: &FileSystemEntry) -> String {
    entry.full_path().trim_start_matches('/').to_owned()
}

/// All entries of a folder, which the browser hands out in portions; `false` where it stopped before the end.
async fn entries_of(folder: &FileSystemDirectoryEntry) -> (Vec<FileSystemEntry>, bool) {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    loop {
        match portion_of(&reader).await {
            Some(portion) if portion.is_empty() => return (all, true),
            Some(portion) => all.extend(portion),
            None => return (all, false),
        }
        breathe().await;
    }
}

async fn portion_of(reader: &FileSystemDirectoryReader) -> Option<Vec<FileSystemEntry>> {
    let promise = Promise::new(&mut |done, failed| {
        // Refused synchronously only where the folder is gone; then the promise never settles the other way.
        if reader
            .read_entries_with_callback_and_callback(&done, &failed)
            .is_err()
        {
            // Calling a promise's own function can not fail.
            let _ = failed.call0(&JsValue::NULL);
        }
    });
    let list = JsFuture::from(promise).await.ok()?;
    Some(Array::from(&list).iter().map(JsCast::unchecked_into).collect())
}

/// The files behind entries, asked for all at once.
async fn files_of(entries: Vec<FileSystemEntry>) -> Vec<Named> {
    let asked: Array = entries
        .iter()
        .map(|entry| {
            let entry: &FileSystemFileEntry = entry.unchecked_ref();
            Promise::new(&mut |done, failed| entry.file_with_callback_and_callback(&done, &failed))
        })
        .collect();
    // Never fails: it waits for failures too.
    let settled = JsFuture::from(Promise::all_settled(&asked)).await;
    let settled = settled.map(|s| Array::from(&s)).unwrap_or_default();
    let file = |at: usize| {
        let value = Reflect::get(&settled.get(at as u32), &"value".into()).ok()?;
        value.dyn_into::<Blob>().ok()
    };
    let named = entries.iter().enumerate();
    named.map(|(at, entry)| (path_of(entry), file(at))).collect()
}

/// Calls a method that gives a promise; `None` where it is missing or refused.
pub async fn call(object: &JsValue, method: &str, argument: &JsValue) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = method.call1(object, argument).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

/// Hands on the files behind a file system handle, a batch at a time.
pub async fn each_of_handle(handle: JsValue, on: &mut impl AsyncFnMut(Vec<Named>)) {
    let text = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok()?.as_string();
    let mut waiting = vec![(String::new(), handle)];
    let mut found = Vec::new();
    while let Some((folder, handle)) = waiting.pop() {
        let path = format!("{folder}{}", text(&handle, "name").unwrap_or_default());
        if text(&handle, "kind").as_deref() == Some("directory") {
            let inside: Option<AsyncIterator> = Reflect::get(&handle, &"values".into())
                .and_then(JsCast::dyn_into::<Function>)
                .and_then(|f| f.call0(&handle))
                .ok()
                .map(JsCast::unchecked_into);
            let mut children = Vec::new();
            while let Some(promise) = inside.as_ref().and_then(|i| i.next().ok())
                && let Ok(step) = JsFuture::from(promise).await
                && Reflect::get(&step, &"done".into()).is_ok_and(|d| d.is_falsy())
            {
                let child = Reflect::get(&step, &"value".into()).unwrap_or(JsValue::UNDEFINED);
                children.push((format!("{path}/"), child));
            }
            children.reverse();
            waiting.append(&mut children);
        } else {
            let file = call(&handle, "getFile", &JsValue::UNDEFINED).await;
            found.push((path, file.and_then(|f| f.dyn_into::<Blob>().ok())));
        }
        if found.len() >= BATCH {
            on(std::mem::take(&mut found)).await;
        }
    }
    on(found).await;
}
