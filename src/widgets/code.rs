//! A text area in colours: pieces by class, marks at places, a list of what may be written at the caret.

use super::code_lines::{Offer, Span, from_utf16, lines, to_utf16};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlElement, KeyboardEvent};

/// Why the list of offers may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offering {
    #[default]
    No,
    /// Something was typed: offers continue it.
    Typed,
    /// The person asked: all that may stand here.
    Asked,
}

/// What is written, and where: a handle for whoever reads and changes it.
#[derive(Clone, Copy)]
pub struct Code {
    pub text: RwSignal<String>,
    /// In characters.
    pub caret: RwSignal<usize>,
    pub offering: RwSignal<Offering>,
    area: NodeRef<html::Textarea>,
}

impl Code {
    pub fn new(text: String) -> Code {
        Code {
            text: RwSignal::new(text),
            caret: RwSignal::new(0),
            offering: RwSignal::new(Offering::No),
            area: NodeRef::new(),
        }
    }

    /// Another text in the place of all.
    pub fn set(self, text: &str) {
        self.offering.set(Offering::No);
        self.put(text.to_owned());
        self.caret.set(text.chars().count());
    }

    /// The page has the text at once: what comes next reads it from there.
    fn put(self, text: String) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(&text);
        }
        self.text.set(text);
    }

    /// The focus and the caret, at a place in characters.
    pub fn go_to(self, at: usize) {
        let Some(area) = self.area.get_untracked() else {
            return;
        };
        // What can not be focused has no caret either.
        let _ = area.focus();
        let units = self.text.with_untracked(|t| to_utf16(t, at));
        let _ = area.set_selection_range(units, units);
        self.caret.set(at);
    }

    /// Puts a text in the place of some characters, in a way that the browser can take back.
    pub fn insert(self, new: &str, start: usize, end: usize) {
        let Some(area) = self.area.get_untracked() else {
            return;
        };
        let _ = area.focus();
        let (from, to) = self
            .text
            .with_untracked(|t| (to_utf16(t, start), to_utf16(t, end)));
        let _ = area.set_selection_range(from, to);
        let document = document().dyn_into::<HtmlDocument>().ok();
        let done = document.is_some_and(|d| {
            let done = d.exec_command_with_show_ui_and_value("insertText", false, new);
            done.unwrap_or(false)
        });
        if !done {
            let text = self.text.get_untracked();
            let mut whole: String = text.chars().take(start).collect();
            whole.push_str(new);
            whole.extend(text.chars().skip(end));
            self.put(whole);
            self.go_to(start + new.chars().count());
        }
        self.offering.set(Offering::No);
    }

    /// The same at the caret, in the place of what is selected.
    pub fn insert_here(self, new: &str) {
        let text = self.text.get_untracked();
        let place = |units: Option<u32>| units.map(|u| from_utf16(&text, u));
        let selected = self.area.get_untracked().and_then(|a| {
            let start = place(a.selection_start().ok().flatten())?;
            Some((start, place(a.selection_end().ok().flatten())?))
        });
        let (start, end) = selected.unwrap_or((text.chars().count(), text.chars().count()));
        self.insert(new, start, end);
    }

    /// Reads text and caret from the page.
    fn follow(self) {
        let Some(area) = self.area.get_untracked() else {
            return;
        };
        let text = area.value();
        let units = area.selection_end().ok().flatten().unwrap_or(0);
        let caret = from_utf16(&text, units);
        if self.text.with_untracked(|t| *t != text) {
            self.text.set(text);
        }
        if self.caret.get_untracked() != caret {
            self.caret.set(caret);
        }
    }
}

#[component]
pub fn CodeEditor(
    code: Code,
    #[prop(into)] label: String,
    /// Pieces with a class, in order.
    #[prop(into)]
    pieces: Signal<Vec<Span>>,
    #[prop(into)] marks: Signal<Vec<Span>>,
    #[prop(into)] offers: Signal<Vec<Offer>>,
    /// Ctrl or Cmd and Enter.
    #[prop(into)]
    on_run: Callback<()>,
    /// The id of what says what is wrong.
    described_by: &'static str,
    #[prop(into)] invalid: Signal<bool>,
    /// The text is looked at and not changed.
    #[prop(optional)]
    read_only: Option<Signal<bool>>,
) -> impl IntoView {
    let chosen = RwSignal::new(0usize);
    let list = Memo::new(move |_| {
        let caret = code.caret.get();
        let continues = |o: &Offer| o.start < caret;
        match code.offering.get() {
            Offering::No => Vec::new(),
            Offering::Typed => offers.get().into_iter().filter(continues).collect(),
            Offering::Asked => offers.get(),
        }
    });
    Effect::new(move |_| {
        list.track();
        chosen.set(0);
    });
    let take = move |offer: &Offer| code.insert(&offer.text, offer.start, offer.end);
    let key = move |e: KeyboardEvent| {
        let offers = list.get_untracked();
        let at = chosen.get_untracked().min(offers.len().saturating_sub(1));
        match (e.key().as_str(), offers.get(at)) {
            ("Enter", _) if e.ctrl_key() || e.meta_key() => on_run.run(()),
            (" ", _) if e.ctrl_key() => code.offering.set(Offering::Asked),
            ("Enter" | "Tab", Some(offer)) if !e.shift_key() => take(offer),
            ("ArrowDown", Some(_)) => chosen.set((at + 1) % offers.len()),
            ("ArrowUp", Some(_)) => chosen.set((at + offers.len() - 1) % offers.len()),
            ("Escape", Some(_)) => code.offering.set(Offering::No),
            _ => return,
        }
        e.prevent_default();
        e.stop_propagation();
    };
    let typed = move |_| {
        code.follow();
        code.offering.set(Offering::Typed);
    };
    let moved = move || {
        let before = code.caret.get_untracked();
        code.follow();
        if code.caret.get_untracked() != before {
            code.offering.set(Offering::No);
        }
    };
    // The list hangs under the word that it completes.
    let sheet = NodeRef::<html::Pre>::new();
    let start = Memo::new(move |_| list.with(|l| l.first().map(|o| o.start)));
    let place = RwSignal::new((0.0, 0.0));
    Effect::new(move |_| {
        code.text.track();
        if start.get().is_some() {
            request_animation_frame(move || {
                if let Some(found) = sheet.get_untracked().and_then(|s| under_mark(&s)) {
                    place.set(found);
                }
            });
        }
    });
    let ink = move || {
        let mut marks = marks.get();
        marks.extend(start.get().map(|at| (at, at, AT)));
        let all = code.text.with(|t| pieces.with(|p| lines(t, p, &marks)));
        let line = |runs: Vec<super::code_lines::Run>| {
            let runs = runs.into_iter();
            let runs = runs.map(|r| view! { <span class=format!("{} {}", r.class, r.mark)>{r.text}</span> });
            view! { <span class="code-line">{runs.collect_view()}</span> }
        };
        all.into_iter().map(line).collect_view()
    };
    let shown = move || list.with(|l| !l.is_empty());
    let active = move || shown().then(|| format!("code-offer-{}", chosen.get()));
    view! {
        <div class="code-editor">
            <div class="code-scroll">
                <div class="code-sheet">
                    <textarea
                        class="code-text"
                        node_ref=code.area
                        rows="1"
                        spellcheck="false"
                        autocomplete="off"
                        autocapitalize="off"
                        aria-label=label
                        aria-autocomplete="list"
                        aria-controls=move || shown().then_some("code-offers")
                        aria-activedescendant=active
                        aria-describedby=described_by
                        aria-invalid=move || invalid.get().to_string()
                        readonly=move || read_only.is_some_and(|r| r.get())
                        prop:value=move || code.text.get()
                        on:keydown=key
                        on:input=typed
                        on:keyup=move |_| moved()
                        on:click=move |_| moved()
                        on:focus=move |_| moved()
                        on:blur=move |_| code.offering.set(Offering::No)
                    ></textarea>
                    <pre class="code-ink" aria-hidden="true" node_ref=sheet>{ink}</pre>
                </div>
            </div>
            <Show when=shown>
                <ul
                    class="code-offers"
                    id="code-offers"
                    role="listbox"
                    aria-label="Suggestions"
                    tabindex="0"
                    style=move || format!("left:{}px;top:{}px", place.get().0, place.get().1)
                >
                    <Offers list=list chosen on_take=Callback::new(move |o: Offer| take(&o)) />
                </ul>
            </Show>
            <span class="visually-hidden" aria-live="polite">
                {move || shown().then(|| format!("{} suggestions", list.with(Vec::len)))}
            </span>
        </div>
    }
}

#[component]
fn Offers(
    #[prop(into)] list: Signal<Vec<Offer>>,
    chosen: RwSignal<usize>,
    on_take: Callback<Offer>,
) -> impl IntoView {
    Effect::new(move |_| {
        let at = chosen.get();
        request_animation_frame(move || {
            if let Some(li) = document().get_element_by_id(&format!("code-offer-{at}")) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                li.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
    move || {
        let now = chosen.get();
        let item = |(i, offer): (usize, Offer)| {
            let taken = offer.clone();
            view! {
                <li
                    id=format!("code-offer-{i}")
                    role="option"
                    aria-selected=(i == now).to_string()
                    on:mousedown=move |e| {
                        // The focus stays in the text.
                        e.prevent_default();
                        on_take.run(taken.clone());
                    }
                >
                    <span class="mono clip">{offer.text}</span>
                    <span class="faint">{offer.note}</span>
                </li>
            }
        };
        list.get().into_iter().enumerate().map(item).collect_view()
    }
}

/// Marks the place that the list hangs under.
const AT: &str = "code-at";

/// Where the list goes, from the editor's left upper corner (CSS pixels).
fn under_mark(sheet: &HtmlElement) -> Option<(f64, f64)> {
    /// About the width of the list, which is to stay inside.
    const WIDTH: f64 = 280.0;
    let mark = sheet
        .query_selector(&format!(".{AT}"))
        .ok()??
        .get_bounding_client_rect();
    let editor = sheet.closest(".code-editor").ok()??.get_bounding_client_rect();
    let left = (mark.left() - editor.left()).min(editor.width() - WIDTH).max(0.0);
    Some((left, mark.bottom() - editor.top() + 4.0))
}
