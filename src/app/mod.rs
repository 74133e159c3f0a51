//! What the person sees around the views: the shell.

use leptos::prelude::*;

/// Puts the app into the page's body.
pub fn mount() {
    leptos::mount::mount_to_body(Shell);
}

#[component]
fn Shell() -> impl IntoView {
    let workers = RwSignal::new(0_usize);
    match crate::engine::boot::spawn_worker() {
        Ok(worker) => hello(worker, workers),
        Err(why) => leptos::logging::warn!("no worker: {why:?}"),
    }
    view! {
        <div class="app">
            <header class="topbar">
                <span class="brand">"Trailbeam"</span>
                <span class="badge badge-local">"Local · nothing leaves this tab"</span>
            </header>
            <nav class="nav" aria-label="Views"></nav>
            <main class="main">
                <div class="view">
                    <h1>"Drop log files here"</h1>
                    <p class="quiet">"Files or whole folders, as you exported them."</p>
                </div>
            </main>
            <footer class="statusbar" data-workers=move || workers.get().to_string()>
                <span>{move || format!("{} workers ready", workers.get())}</span>
            </footer>
        </div>
    }
}

/// Counts a worker as ready once it answers.
fn hello(worker: web_sys::Worker, ready: RwSignal<usize>) {
    use wasm_bindgen::JsCast;
    let heard = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || ready.update(|count| *count += 1));
    worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    if let Err(why) = worker.post_message(&"hello".into()) {
        leptos::logging::warn!("no worker: {why:?}");
    }
}
