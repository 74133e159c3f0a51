//! The page as a shared file: what it brings, read-only.

use super::{Audit, RuleFile, Session, Standing};
use crate::base::base64;
use crate::base::page::{FINDINGS, MANIFEST, NAMES, NOTES};
use crate::checklist::ByHand;
use crate::engine::boot::{self, SharedParts};
use crate::evidence::{Manifest, Note, note};
use crate::findings::suppress::Suppressions;
use crate::findings::whole;
use crate::rules::Told;
use crate::share::page::around_part;
use js_sys::Array;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use web_sys::Blob;

/// The part of a shared file that tells what was found: `findings.json`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SharedFindings {
    pub verdicts: Vec<Told>,
    pub audit: Audit,
    pub suppressions: Suppressions,
    pub rules: Vec<RuleFile>,
    pub standing: Standing,
    /// What was judged by hand, as [`ByHand::write`] writes it; empty where nothing was.
    pub checklist: String,
}

/// A shared file that is open as this page.
#[derive(Clone, Debug)]
pub struct Report {
    pub manifest: Manifest,
    /// The manifest's text as it stands in the file.
    pub manifest_text: String,
    /// The hash that the file's first screen states.
    pub stated_sha256: String,
    /// The printed layer as it stood in the page.
    pub printed: String,
    pub verdicts: Vec<Told>,
    /// What rules and checks said of everything when the file was made.
    pub audit: Arc<Audit>,
    pub suppressions: Arc<Suppressions>,
    pub rule_files: Vec<RuleFile>,
    pub standing: Arc<Standing>,
    /// The checklist: what was judged by hand.
    pub by_hand: Arc<ByHand>,
    /// Names of all parts that the file brings, in its order.
    pub parts: Vec<String>,
    /// Why it can not be read in full; a sentence each.
    pub problems: Vec<String>,
}

thread_local! {
    // The parts' texts: Blobs, which signals can not hold.
    static PARTS: RefCell<Vec<(String, Blob)>> = const { RefCell::new(Vec::new()) };
}

/// The base64 text of a part.
pub fn part(name: &str) -> Option<Blob> {
    PARTS.with(|p| p.borrow().iter().find(|(n, _)| n == name).map(|(_, b)| b.clone()))
}

/// What the page brings, if it is a shared file.
pub(super) fn find() -> Option<(Report, Vec<Note>)> {
    let SharedParts {
        printed,
        stated,
        parts,
    } = boot::shared()?;
    let mut problems = Vec::new();
    let decoded = |name: &str, problems: &mut Vec<String>| -> Vec<u8> {
        let found = parts.iter().find(|(n, _)| n == name);
        let text = found.map(|(_, t)| String::from(t.clone())).unwrap_or_default();
        base64::decoded(text.as_bytes()).unwrap_or_else(|| {
            problems.push(format!("{name} is damaged: it is not base64."));
            Vec::new()
        })
    };
    let manifest_text = String::from_utf8_lossy(&decoded(MANIFEST, &mut problems)).into_owned();
    let manifest = Manifest::parse(manifest_text.as_bytes()).unwrap_or_else(|e| {
        problems.push(format!("{e}"));
        Manifest::unknown()
    });
    let mut found: SharedFindings =
        serde_json::from_slice(&decoded(FINDINGS, &mut problems)).unwrap_or_else(|e| {
            problems.push(format!("{FINDINGS} can not be read: {e}"));
            SharedFindings::default()
        });
    for entry in &mut found.audit.entries {
        whole(Arc::make_mut(entry));
    }
    let by_hand = match found.checklist.is_empty() {
        true => ByHand::default(),
        false => ByHand::read(found.checklist.as_bytes()).unwrap_or_else(|e| {
            problems.push(format!("{FINDINGS}: the checklist can not be read: {e}"));
            ByHand::default()
        }),
    };
    let notes = note::parse(&decoded(NOTES, &mut problems)).unwrap_or_else(|e| {
        problems.push(format!("{NOTES} can not be read: {e}"));
        Vec::new()
    });
    // Files that were written before there were names have none.
    if parts.iter().any(|(name, _)| name == NAMES) {
        match serde_json::from_slice(&decoded(NAMES, &mut problems)) {
            Ok(slim) => super::naming::bring(slim),
            Err(e) => problems.push(format!("{NAMES} can not be read: {e}")),
        }
    }
    let names = parts.iter().map(|(n, _)| n.clone()).collect();
    PARTS.with(|kept| {
        let blobs = parts.into_iter().filter_map(|(name, text)| {
            let blob = Blob::new_with_str_sequence(&Array::of1(&JsValue::from(text))).ok()?;
            Some((name, blob))
        });
        *kept.borrow_mut() = blobs.collect();
    });
    let report = Report {
        manifest,
        manifest_text,
        stated_sha256: stated,
        printed,
        verdicts: found.verdicts,
        audit: Arc::new(found.audit),
        suppressions: Arc::new(found.suppressions),
        rule_files: found.rules,
        standing: Arc::new(found.standing),
        by_hand: Arc::new(by_hand),
        parts: names,
        problems,
    };
    Some((report, notes))
}

/// Blocks as files that the engine reads: each alone in as little HTML as makes it a shared file.
pub(super) fn blocks() -> Vec<(String, Option<Blob>)> {
    PARTS.with(|parts| {
        let parts = parts.borrow();
        let blocks = parts.iter().filter(|(name, _)| name.ends_with(".parquet"));
        blocks
            .map(|(name, text)| {
                let (before, after) = around_part(name);
                let pieces = Array::of3(&before.into(), text, &after.into());
                (name.clone(), Blob::new_with_blob_sequence(&pieces).ok())
            })
            .collect()
    })
}

impl Session {
    /// Is this page a shared file? (Never changes.)
    pub fn is_report(self) -> bool {
        self.report.with_untracked(Option::is_some)
    }

    /// The shared file that this page is.
    pub fn shared_file(self) -> Option<Arc<Report>> {
        self.report.get_untracked()
    }
}
