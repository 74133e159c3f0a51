//! After a reload the page names what was open; names and sizes only are remembered, in this browser.

const KEY: &str = "trailbeam.open";
/// Names remembered.
const MOST: usize = 12;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// Remembers what was opened in this tab, until the tab is closed.
pub fn remember(items: &[(String, f64)]) {
    let Some(store) = storage() else { return };
    let (mut names, mut more) = recall();
    for (name, _) in items {
        if names.len() < MOST {
            if !names.contains(name) {
                names.push(name.clone());
            }
        } else {
            more += 1;
        }
    }
    if let Ok(text) = serde_json::to_string(&(names, more)) {
        // A full or forbidden storage only costs the reminder.
        let _ = store.set_item(KEY, &text);
    }
}

/// What was open before the page was reloaded: some names, and how many more.
pub fn recall() -> (Vec<String>, usize) {
    storage()
        .and_then(|s| s.get_item(KEY).ok().flatten())
        .and_then(|t| serde_json::from_str(&t).ok())
        .unwrap_or_default()
}

pub fn forget() {
    if let Some(store) = storage() {
        // Nothing there is as good as removed.
        let _ = store.remove_item(KEY);
    }
}
