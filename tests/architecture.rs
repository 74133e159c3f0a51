//! What the compiler does not hold: who may use whom, registries that are complete, colours in one place, files that
//! can be read in one sitting. The law stands in [`LAW`]; ARCHITECTURE.md gives the reasons.

#[path = "architecture/scan.rs"]
mod scan;

use scan::{Source, sources};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Module, and what of the crate it may use besides itself.
const LAW: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("style", &[]),
    ("unpack", &["base"]),
    ("table", &["base"]),
    ("chart", &["base"]),
    ("sample", &["base"]),
    ("formats", &["base", "table", "language"]),
    ("query", &["base", "table"]),
    ("language", &["base"]),
    ("monitoring", &["base", "language"]),
    ("rules", &["base", "query", "language"]),
    ("checks", &["base"]),
    ("posture", &["base"]),
    ("checklist", &["base", "posture"]),
    ("findings", &["base", "query", "monitoring", "rules", "checks"]),
    ("diff", &["base"]),
    ("sessions", &["base"]),
    ("naming", &["base"]),
    ("diagnosis", &["base"]),
    ("evidence", &["base", "query", "unpack"]),
    (
        "share",
        &[
            "base",
            "table",
            "query",
            "rules",
            "findings",
            "checklist",
            "chart",
            "evidence",
        ],
    ),
    (
        "engine",
        &[
            "base",
            "unpack",
            "table",
            "chart",
            "sample",
            "formats",
            "query",
            "language",
            "rules",
            "diff",
            "sessions",
            "diagnosis",
            "evidence",
            "share",
        ],
    ),
    (
        "session",
        &[
            "base",
            "query",
            "language",
            "monitoring",
            "rules",
            "checks",
            "posture",
            "checklist",
            "findings",
            "sessions",
            "naming",
            "diagnosis",
            "evidence",
            "share",
            "engine",
        ],
    ),
    ("widgets", &["base", "chart", "style"]),
    (
        "views",
        &[
            "base",
            "query",
            "language",
            "monitoring",
            "rules",
            "checks",
            "posture",
            "checklist",
            "findings",
            "evidence",
            "diff",
            "sessions",
            "naming",
            "diagnosis",
            "session",
            "chart",
            "share",
            "widgets",
        ],
    ),
    ("app", &["*"]),
    ("main", &["*"]),
    ("lib", &["*"]),
];

/// Crates that only exist in a browser, and the modules that may know of one.
const BROWSER_CRATES: &[&str] = &[
    "console_error_panic_hook",
    "gloo_net",
    "js_sys",
    "leptos",
    "plotters_canvas",
    "serde_wasm_bindgen",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "web_sys",
];
const BROWSER_MODULES: &[&str] = &["engine", "session", "widgets", "views", "app", "main"];

/// Aim for 600 lines; beyond this a file is more than one thought.
const MAX_LINES: usize = 800;

fn complain(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

fn rust() -> Vec<Source> {
    let found = sources("src", &["rs"]);
    assert!(found.len() > 5, "src/ was not found");
    found
}

#[test]
fn modules_use_only_what_the_law_allows() {
    let mut found = Vec::new();
    for file in rust().into_iter().filter(|file| !file.is_test()) {
        let module = file.module();
        let Some((_, allowed)) = LAW.iter().find(|(name, _)| *name == module) else {
            found.push(format!("{}: module `{module}` is not in the law", file.path));
            continue;
        };
        for usage in file.crate_paths() {
            let used = usage.segments[0].as_str();
            // Items at the crate's root (a macro, say) belong to nobody.
            let is_module = LAW.iter().any(|(name, _)| *name == used);
            if is_module && used != module && !allowed.contains(&used) && !allowed.contains(&"*") {
                found.push(format!(
                    "{}:{}: `{module}` must not use `{used}`",
                    file.path, usage.line
                ));
            }
        }
    }
    complain("The import law is broken", &found);
}

#[test]
fn the_law_is_about_modules_that_can_be_told_apart() {
    let names: BTreeSet<_> = LAW.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), LAW.len());
    for (name, allowed) in LAW {
        for used in *allowed {
            assert!(
                *used == "*" || names.contains(used),
                "{name} may use {used}, which is no module"
            );
        }
    }
}

#[test]
fn only_the_browser_side_knows_the_browser() {
    let mut found = Vec::new();
    for file in rust() {
        // A view's model is the part that is tested natively.
        let pure = file.path.ends_with("/model.rs");
        if BROWSER_MODULES.contains(&file.module().as_str()) && !pure {
            continue;
        }
        for (name, line) in file.path_starts() {
            if BROWSER_CRATES.contains(&name.as_str()) {
                found.push(format!("{}:{line}: `{name}`", file.path));
            }
        }
    }
    complain("Code that is tested natively uses a browser crate", &found);
}

#[test]
fn no_view_uses_another() {
    let mut found = Vec::new();
    for file in rust().iter().filter(|file| file.module() == "views") {
        let own = file.module_path().get(1).cloned();
        for usage in file
            .crate_paths()
            .iter()
            .filter(|usage| usage.segments[0] == "views")
        {
            let Some(other) = usage.segments.get(1) else {
                continue;
            };
            let is_view = Path::new("src/views").join(other).is_dir();
            // The registry itself (views/mod.rs) names them all.
            if own.as_ref().is_some_and(|own| own != other) && is_view {
                found.push(format!("{}:{}: uses the view `{other}`", file.path, usage.line));
            }
        }
    }
    complain("A view uses another view", &found);
}

#[test]
fn formats_are_registered_and_have_fixtures() {
    let ids: BTreeSet<&str> = trailbeam::formats::FORMATS
        .iter()
        .map(|format| format.facts().id)
        .collect();
    let mut found = Vec::new();
    if ids.len() != trailbeam::formats::FORMATS.len() {
        found.push("FORMATS holds an id twice".to_owned());
    }

    let registry = rust()
        .into_iter()
        .find(|file| file.path == "src/formats/mod.rs")
        .expect("the registry");
    let registered: BTreeSet<String> = registry.slice_names("FORMATS").into_iter().collect();
    for file in rust().iter().filter(|file| file.module() == "formats") {
        for name in file.implementors("LogFormat") {
            // Blocks of a registered kind are read as that kind; each log of requests is one `Requests` of its own,
            // each of a web server one `Web`, each of JSON objects one `Objects`.
            if !registered.contains(&name)
                && !matches!(name.as_str(), "BlockOf" | "Requests" | "Web" | "Objects")
            {
                found.push(format!("{}: `{name}` is not in FORMATS", file.path));
            }
        }
        let is_one = |of: &str| file.text.contains(&format!("static FORMAT: {of}"));
        if is_one("Requests") || is_one("Web") || is_one("Objects") {
            let stem = Path::new(&file.path).file_stem().unwrap_or_default();
            let name = format!("&{}::FORMAT,", stem.to_string_lossy());
            if !registry.text.contains(&name) {
                found.push(format!("{}: `{name}` is not in FORMATS", file.path));
            }
        }
    }

    for id in &ids {
        let fixtures = fs::read_dir(Path::new("tests/formats").join(id)).map_or(0, Iterator::count);
        if fixtures == 0 {
            found.push(format!("tests/formats/{id}/ holds no fixture"));
        }
    }
    let folders = fs::read_dir("tests/formats").into_iter().flatten().flatten();
    for folder in folders.filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().to_string_lossy().into_owned();
        if !ids.contains(name.as_str())
            && !trailbeam::formats::WRAPPERS
                .iter()
                .any(|wrapper| wrapper.id() == name)
        {
            found.push(format!("tests/formats/{name}/ belongs to no format"));
        }
    }
    complain("The registry of formats is not complete", &found);
}

#[test]
fn colours_stand_in_tokens_css_only() {
    // An icon of the browser's own chrome sees no style sheet.
    const MAY: &[&str] = &["style/tokens.css", "public/favicon.svg"];
    let mut found = Vec::new();
    for file in ["src", "style", "public", "index.html", "online.html"]
        .iter()
        .flat_map(|root| sources(root, &["css", "html", "js", "rs", "svg"]))
        .filter(|file| !MAY.contains(&file.path.as_str()) && !file.is_test())
    {
        found.extend(
            file.colours()
                .into_iter()
                .map(|(line, text)| format!("{}:{line}: {text}", file.path)),
        );
    }
    complain("A colour literal outside style/tokens.css", &found);
}

#[test]
fn files_are_of_readable_length() {
    let mut found = Vec::new();
    for file in ["src", "tests", "style", "public", "scripts"]
        .iter()
        .flat_map(|root| sources(root, &["css", "js", "mjs", "rs", "sh"]))
    {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            found.push(format!("{}: {lines} lines, more than {MAX_LINES}", file.path));
        }
    }
    complain("Split by meaning", &found);
}
