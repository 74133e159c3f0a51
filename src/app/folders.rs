//! What a drop or a remembered handle holds, folder by folder.

use crate::engine::client::breathe;
use js_sys::{Array, AsyncIterator, Function, Promise, Reflect};
use std::ops::AsyncFnMut;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DataTransfer, File, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// Files handed on at once: reading begins while a large folder is still listed.
const BATCH: usize = 256;

/// A path or name, and the bytes behind it.
pub type Named = (String, Blob);

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
        Dropped::Files(all.map(|f| (f.name(), f.into())).collect())
    }

    /// Hands on what is found, a batch at a time; folders depth first in their own order.
    pub async fn each(self, mut on: impl AsyncFnMut(Vec<Named>)) {
        let mut waiting = match self {
            Dropped::Files(files) => return on(files).await,
            Dropped::Entries(entries) => entries,
        };
        waiting.reverse();
        let mut found = Vec::new();
        while let Some(entry) = waiting.pop() {
            if entry.is_directory() {
                let mut inside = entries_of(&entry.unchecked_into()).await;
                inside.reverse();
                waiting.append(&mut inside);
            } else {
                let path = entry.full_path().trim_start_matches('/').to_owned();
                if let Some(file) = file_of(&entry.unchecked_into()).await {
                    found.push((path, file.into()));
                }
            }
            if found.len() >= BATCH {
                on(std::mem::take(&mut found)).await;
            }
        }
        on(found).await;
    }
}

/// All entries of a folder; the browser hands them out in portions.
async fn entries_of(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut all = Vec::new();
    loop {
        let portion = portion_of(&reader).await;
        if portion.is_empty() {
            return all;
        }
        all.extend(portion);
        breathe().await;
    }
}

async fn portion_of(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
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
    match JsFuture::from(promise).await {
        Ok(list) => Array::from(&list).iter().map(JsCast::unchecked_into).collect(),
        Err(_) => Vec::new(),
    }
}

async fn file_of(entry: &FileSystemFileEntry) -> Option<File> {
    let promise = Promise::new(&mut |done, failed| entry.file_with_callback_and_callback(&done, &failed));
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
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
        } else if let Some(file) = call(&handle, "getFile", &JsValue::UNDEFINED).await
            && let Ok(file) = file.dyn_into::<File>()
        {
            found.push((path, file.into()));
        }
        if found.len() >= BATCH {
            on(std::mem::take(&mut found)).await;
        }
    }
    on(found).await;
}
