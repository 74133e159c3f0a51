//! Notes of the page: pinned while looking, kept until the tab is closed, shared with the report.

use super::Session;
use crate::base::TimeRange;
use crate::evidence::{Note, Pin, note};
use crate::query::Expr;
use leptos::prelude::*;

/// Under which they are kept over a reload.
const KEY: &str = "trailbeam-notes";

impl Session {
    /// Pins a note; an empty one is none.
    pub fn note(self, text: &str, pin: Pin) {
        let text = text.trim();
        if !text.is_empty() {
            let text = text.to_owned();
            self.notes.update(|all| all.push(Note { text, pin }));
            keep_notes(self);
        }
    }

    /// Changes the text of the note of this number, or removes it.
    pub fn renote(self, at: usize, text: Option<String>) {
        self.notes.update(|all| match text {
            Some(text) => {
                if let Some(note) = all.get_mut(at) {
                    note.text = text;
                }
            }
            None if at < all.len() => {
                all.remove(at);
            }
            None => {}
        });
        keep_notes(self);
    }

    /// Moves a note up or down the narrative.
    pub fn move_note(self, at: usize, down: bool) {
        self.notes.update(|all| {
            let to = if down { at + 1 } else { at.wrapping_sub(1) };
            if at < all.len() && to < all.len() {
                all.swap(at, to);
            }
        });
        keep_notes(self);
    }

    /// What a note about the screen as it is would be pinned to (untracked).
    pub fn pin_of_screen(self) -> Pin {
        // Of the notes themselves nobody writes a note: they are about what all views show.
        let view = match self.view.get_untracked().as_str() {
            "notes" | "proof" | "" => "overview".to_owned(),
            view => view.to_owned(),
        };
        let filter = self.filter.get_untracked();
        match self.range.get_untracked() {
            Some(range) => Pin::Range { view, filter, range },
            None if filter == Expr::All => Pin::Report,
            None => match untrack(|| self.span()) {
                Some(range) => Pin::Range { view, filter, range },
                None => Pin::Report,
            },
        }
    }

    /// Goes to what a note is about.
    pub fn go_to_note(self, pin: &Pin) {
        match pin {
            Pin::Report => {}
            Pin::Moment { at_ns } => {
                let room = crate::base::time::MINUTE * 5;
                self.range.set(Some(TimeRange::new(
                    at_ns.saturating_sub(room),
                    at_ns.saturating_add(room),
                )));
            }
            Pin::Range { view, filter, range } => self.show(view, filter.clone(), Some(*range)),
            Pin::Finding { filter, range, .. } => {
                self.show("events", filter.clone(), range.or(self.range.get_untracked()));
            }
            Pin::Record {
                kind, source, offset, ..
            } => self.open_record(kind, source, *offset),
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

fn keep_notes(session: Session) {
    if session.report.with_untracked(Option::is_some) {
        return;
    }
    let text = session
        .notes
        .with_untracked(|n| note::to_json(n).unwrap_or_default());
    if let (Some(storage), Ok(text)) = (storage(), String::from_utf8(text)) {
        // A full store keeps what it had; the notes stay in the page.
        let _ = storage.set_item(KEY, &text);
    }
}

/// The notes that were pinned before the page was reloaded.
pub(super) fn kept_notes() -> Vec<Note> {
    storage()
        .and_then(|s| s.get_item(KEY).ok().flatten())
        .and_then(|text| note::parse(text.as_bytes()).ok())
        .unwrap_or_default()
}
