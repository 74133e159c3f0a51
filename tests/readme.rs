//! README.md lists the kinds that are read; the registry says which. `UPDATE_README=1 cargo test --test readme` writes the list.

use std::fs;
use trailbeam::formats::{FORMATS, WRAPPERS};

const BEGIN: &str = "<!-- kinds: written by tests/readme.rs -->\n";
const END: &str = "<!-- end of kinds -->\n";

fn table() -> String {
    let mut out = String::from("| kind | id | exported as | how to get it |\n|---|---|---|---|\n");
    for facts in FORMATS.iter().map(|format| format.facts()) {
        let (title, url, id) = (facts.title, facts.spec_url, facts.id);
        let (shapes, hint) = (facts.shapes.join(", "), facts.export_hint);
        out.push_str(&format!("| [{title}]({url}) | `{id}` | {shapes} | {hint} |\n"));
    }
    let wrappers: Vec<&str> = WRAPPERS.iter().map(|wrapper| wrapper.title()).collect();
    out.push_str(&format!(
        "\nTaken off around any of them: exports of {}.\n",
        wrappers.join(", ")
    ));
    out
}

#[test]
fn kinds_in_the_readme_are_those_of_the_registry() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(path, &wanted).unwrap();
    }
    let readme = fs::read_to_string(path).unwrap();
    assert!(
        readme == wanted,
        "UPDATE_README=1 cargo test --test readme writes the table anew:\n{}",
        table()
    );
}
