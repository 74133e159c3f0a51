//! Cover and sections as HTML: what is seen with scripts off, in a mail's preview and on paper.

use super::icons::{ICONS, of_severity, of_status};
use super::markup::{Html, code_of, is_unseen};
use super::widths::{DENSE, shares};
use super::{Block, Cell, Column, MAX_ROWS, Section, Table, instant, period};
use crate::base::{TimeRange, Value, size};
use crate::chart::{LegendItem, Scene, svg};
use crate::evidence::{Note, Pin};

/// What stands before the sections.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    pub title: String,
    /// What the report is about, in a sentence; may be empty.
    pub scope: String,
    pub author: String,
    /// When it was written (ns); none where that is to be the same every time.
    pub created_ns: Option<i64>,
    pub accounts: Vec<String>,
    /// What the report covers.
    pub period: Option<TimeRange>,
    /// Records within filter and period.
    pub records: u64,
    /// The filter as it is typed; empty where there is none.
    pub filter: String,
    /// Findings by status: the status colour's name, how many, the words after the number.
    pub counts: Vec<(&'static str, u64, String)>,
    /// The narrative, in its order.
    pub notes: Vec<Note>,
}

/// Digits of a hash that stand together, for the eye.
const HASH_GROUP: usize = 4;

fn hash_groups(manifest_sha256: &str) -> Vec<String> {
    let digits: Vec<char> = manifest_sha256.chars().collect();
    digits.chunks(HASH_GROUP).map(|g| g.iter().collect()).collect()
}

/// What stands at the foot of every printed page: rules that give the custom properties `--report-title` and
/// `--report-manifest` of [`super::CSS`]'s page margins their texts. Letters that mean something in CSS or HTML are
/// escaped, so the rules may stand in a `<style>` element whatever the title is.
pub fn folio_css(title: &str, manifest_sha256: &str) -> String {
    let groups = hash_groups(manifest_sha256);
    let short = match groups.as_slice() {
        [a, b, _, .., c, d] => format!("manifest {a} {b} … {c} {d}"),
        few => format!("manifest {}", few.join(" ")),
    };
    format!(
        ":root{{--report-title:{};--report-manifest:{}}}",
        css_string(title),
        css_string(&short)
    )
}

fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' ' | 'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            c if is_unseen(c) => {
                out.push('(');
                out.push_str(&code_of(c).replace('+', " "));
                out.push(')');
            }
            // The blank belongs to the escape.
            c => out.push_str(&format!("\\{:x} ", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// The page's head, which stands outside of `main`: the title and the manifest's hash in groups of four.
pub fn header(title: &str, manifest_sha256: &str) -> String {
    let mut html = Html::default();
    html.open("header", &[("id", "report-head"), ("class", "report-head")]);
    html.leaf("span", &[("class", "report-title")], title);
    html.open("span", &[("class", "report-hash")]);
    html.text("Manifest SHA-256 ");
    html.leaf(
        "code",
        &[("id", "report-sha256")],
        &hash_groups(manifest_sha256).join(" "),
    );
    html.finish()
}

/// The inner HTML of `<main id="report">`, in the spelling in which a browser gives it back.
pub fn html(cover: &Cover, sections: &[Section]) -> String {
    let ids = ids(sections);
    let mut page = Page(Html::default());
    page.sprite();
    page.contents(cover, sections, &ids);
    page.0.open("article", &[("class", "report-sheet")]);
    page.0.line();
    page.cover(cover);
    for (n, (section, id)) in sections.iter().zip(&ids).enumerate() {
        page.section(n + 1, section, id);
    }
    page.0.finish()
}

/// An id for each section: its own in letters that need no escape, told apart where two are alike.
fn ids(sections: &[Section]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for section in sections {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = section.id.chars().map(plain).take(64).collect();
        let mut id = name.clone();
        let mut n = 2;
        while id.is_empty() || id.starts_with("icon-") || id == NOTES || out.contains(&id) {
            id = format!("section-{name}-{n}");
            n += 1;
        }
        out.push(id);
    }
    out
}

const NOTES: &str = "notes";

struct Page(Html);

impl Page {
    fn sprite(&mut self) {
        self.0
            .open("svg", &[("class", "sprite"), ("aria-hidden", "true")]);
        for (id, path) in ICONS {
            self.0.open("symbol", &[("id", id), ("viewBox", "0 0 24 24")]);
            self.0.leaf("path", &[("d", path)], "");
            self.0.close();
        }
        self.0.close();
        self.0.line();
    }

    fn icon(&mut self, id: &str) {
        let link = format!("#{id}");
        self.0.open("svg", &[("class", "icon"), ("aria-hidden", "true")]);
        self.0.leaf("use", &[("href", &link)], "");
        self.0.close();
    }

    fn contents(&mut self, cover: &Cover, sections: &[Section], ids: &[String]) {
        self.0
            .open("nav", &[("class", "report-contents"), ("aria-label", "Contents")]);
        self.0.leaf("p", &[], "Contents");
        self.0.open("ol", &[]);
        let mut item = |id: &str, number: &str, title: &str| {
            let link = format!("#{id}");
            self.0.open("li", &[]);
            self.0.open("a", &[("href", &link)]);
            self.0.leaf("span", &[("class", "number")], number);
            self.0.text(title);
            self.0.close();
            self.0.close();
            self.0.line();
        };
        if !cover.notes.is_empty() {
            item(NOTES, "", "Notes");
        }
        for (n, (section, id)) in sections.iter().zip(ids).enumerate() {
            item(id, &(n + 1).to_string(), &section.title);
        }
        self.0.close();
        self.0.close();
        self.0.line();
    }

    fn cover(&mut self, cover: &Cover) {
        self.0.open("div", &[("class", "cover")]);
        self.0.open("div", &[]);
        self.0.leaf("p", &[("class", "kicker")], "Log evidence report");
        self.0.leaf("h1", &[], or(&cover.title, "Untitled"));
        if !cover.scope.is_empty() {
            self.0.leaf("p", &[("class", "scope")], &cover.scope);
        }
        self.0.close();
        self.0.open("dl", &[("class", "pairs")]);
        let written = cover.created_ns.map(instant).unwrap_or_default();
        for (name, value) in [("Prepared by", &cover.author), ("Written", &written)] {
            if !value.is_empty() {
                self.0.leaf("dt", &[], name);
                self.0.leaf("dd", &[], value);
            }
        }
        self.0.close();
        self.0.close();
        self.0.line();
        let period = cover.period.map_or_else(|| "no time".to_owned(), period);
        let accounts = or(&cover.accounts.join(", "), "not named").to_owned();
        let filter = or(&cover.filter, "none").to_owned();
        self.facts(&[
            ("Accounts".to_owned(), accounts),
            ("Period".to_owned(), period),
            ("Records examined".to_owned(), size::count(cover.records)),
            ("Filter".to_owned(), filter),
        ]);
        if !cover.counts.is_empty() {
            self.0.open("div", &[("class", "verdicts")]);
            for (status, n, words) in &cover.counts {
                self.status(status, &format!("{} {words}", size::count(*n)));
            }
            self.0.close();
            self.0.line();
        }
        self.notes(&cover.notes);
    }

    fn notes(&mut self, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        self.0.open("section", &[("id", NOTES)]);
        self.0.leaf("h2", &[], "Notes");
        self.0.open("ol", &[("class", "notes")]);
        for note in notes {
            self.0.open("li", &[]);
            self.0.leaf("p", &[], &note.text);
            let about = about(&note.pin);
            if !about.is_empty() {
                self.0.leaf("p", &[("class", "about")], &about);
            }
            self.0.close();
            self.0.line();
        }
        self.0.close();
        self.0.close();
        self.0.line();
    }

    fn section(&mut self, number: usize, section: &Section, id: &str) {
        self.0.open("section", &[("id", id)]);
        self.0.open("h2", &[]);
        self.0.leaf("span", &[("class", "number")], &number.to_string());
        self.0.text(&section.title);
        if !section.note.is_empty() {
            self.0.text(" ");
            self.0.leaf("small", &[], &section.note);
        }
        self.0.close();
        self.0.line();
        let mut headings = 0;
        for block in &section.blocks {
            if let Block::Heading(text) = block {
                headings += 1;
                self.0.open("h3", &[]);
                let number = format!("{number}.{headings}");
                self.0.leaf("span", &[("class", "number")], &number);
                self.0.text(text);
                self.0.close();
            } else {
                self.block(block);
            }
            self.0.line();
        }
        self.0.close();
        self.0.line();
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.0.leaf("h3", &[], text),
            Block::Paragraph(text) => self.0.leaf("p", &[], text),
            Block::Caution(text) => {
                self.0.open("p", &[("class", "caution")]);
                self.icon("icon-triangle-alert");
                self.0.leaf("span", &[], text);
                self.0.close();
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Chart(scene) => self.chart(scene),
            Block::Table(table) => self.table(table),
            Block::Code(text) => {
                // A line feed right behind <pre> would be lost.
                self.0.open("pre", &[]);
                self.0.leaf("code", &[], text);
                self.0.close();
            }
            Block::List(items) => {
                self.0.open("ul", &[]);
                for item in items {
                    self.0.leaf("li", &[], item);
                }
                self.0.close();
            }
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        self.0.open("dl", &[("class", "facts")]);
        for (name, value) in facts {
            self.0.open("div", &[]);
            self.0.leaf("dt", &[], name);
            self.0.leaf("dd", &[], value);
            self.0.close();
        }
        self.0.close();
        self.0.line();
    }

    fn chart(&mut self, scene: &Scene) {
        self.0.open("figure", &[]);
        self.0.drawing(&svg(scene));
        self.legend(&scene.legend);
        self.0.leaf("figcaption", &[], &scene.summary);
        let twin = &scene.table;
        if !twin.rows.is_empty() {
            self.0.open("details", &[]);
            self.0.leaf("summary", &[], "The figures as a table");
            let columns = twin.columns.iter().map(|c| Column {
                title: c.name.clone(),
                numeric: c.numeric,
                mono: false,
            });
            let rows = twin.rows.iter().take(MAX_ROWS);
            let cells = |row: &Vec<String>| row.iter().cloned().map(Cell::Text).collect();
            self.table(&Table {
                caption: String::new(),
                columns: columns.collect(),
                rows: rows.map(cells).collect(),
                total: twin.rows.len() as u64,
            });
            self.0.close();
        }
        self.0.close();
    }

    fn legend(&mut self, items: &[LegendItem]) {
        if items.is_empty() {
            return;
        }
        self.0.open("ul", &[("class", "legend")]);
        for item in items {
            let token = item.ink.token();
            self.0.open("li", &[]);
            self.0.open(
                "svg",
                &[
                    ("class", "swatch"),
                    ("viewBox", "0 0 10 10"),
                    ("aria-hidden", "true"),
                ],
            );
            if item.hatched {
                let stripes = [("class", format!("stroke-{token}"))];
                let stripes: Vec<_> = stripes.iter().map(|(n, v)| (*n, v.as_str())).collect();
                self.0.leaf(
                    "path",
                    &[&stripes[..], &[("d", "M0 5L5 0M0 10L10 0M5 10L10 5")]].concat(),
                    "",
                );
            } else {
                let fill = format!("fill-{token}");
                self.0
                    .leaf("rect", &[("class", &fill), ("width", "10"), ("height", "10")], "");
            }
            self.0.close();
            self.0.text(&item.name);
            if !item.total.is_empty() {
                self.0.text(" ");
                self.0.leaf("span", &[("class", "total")], &item.total);
            }
            self.0.close();
        }
        self.0.close();
    }

    fn table(&mut self, table: &Table) {
        let many = table.columns.len() > DENSE;
        self.0
            .open("table", &[("class", if many { "dense" } else { "plain" })]);
        if !table.caption.is_empty() {
            self.0.leaf("caption", &[], &table.caption);
        }
        self.0.open("colgroup", &[]);
        let numeric = |at: usize| table.columns.get(at).is_some_and(|c| c.numeric);
        for share in shares(table, |at, cell| words(cell, numeric(at))) {
            self.0.void("col", &[("width", &format!("{share:.1}%"))]);
        }
        self.0.close();
        self.0.open("thead", &[]);
        self.0.open("tr", &[]);
        for column in &table.columns {
            let class = if column.numeric { "num" } else { "text" };
            self.0
                .leaf("th", &[("scope", "col"), ("class", class)], &column.title);
        }
        self.0.close();
        self.0.close();
        self.0.open("tbody", &[]);
        let shown = table.rows.len().min(MAX_ROWS);
        for row in table.rows.iter().take(MAX_ROWS) {
            self.0.line();
            self.0.open("tr", &[]);
            for (at, column) in table.columns.iter().enumerate() {
                self.cell(column, row.get(at));
            }
            self.0.close();
        }
        self.0.close();
        let more = table.total.max(table.rows.len() as u64) - shown as u64;
        if more > 0 {
            self.0.open("tfoot", &[]);
            self.0.open("tr", &[]);
            let width = table.columns.len().max(1).to_string();
            let words = format!(
                "{} more of {}; the first {} stand here.",
                size::count(more),
                size::count(table.total.max(table.rows.len() as u64)),
                size::count(shown as u64)
            );
            self.0.leaf("td", &[("colspan", &width)], &words);
            self.0.close();
            self.0.close();
        }
        self.0.close();
    }

    fn cell(&mut self, column: &Column, cell: Option<&Cell>) {
        let class = match (column.numeric, column.mono, cell) {
            (_, _, Some(Cell::Value(Value::Time(_)))) => "time",
            (true, ..) => "num",
            (_, true, _) => "mono",
            _ => "text",
        };
        self.0.open("td", &[("class", class)]);
        match cell {
            None => {}
            Some(cell @ (Cell::Value(_) | Cell::Text(_))) => self.0.text(&words(cell, column.numeric)),
            Some(Cell::Status { status, words }) => self.status(status, words),
            Some(Cell::Severity { severity, word }) => {
                let class = format!("severity severity-{severity}");
                self.0.open("span", &[("class", &class)]);
                self.icon(of_severity(severity));
                self.0.text(word);
                self.0.close();
            }
        }
        self.0.close();
    }

    fn status(&mut self, status: &str, words: &str) {
        let class = format!("status status-{status}");
        self.0.open("span", &[("class", &class)]);
        self.icon(of_status(status));
        self.0.text(words);
        self.0.close();
    }
}

fn or<'a>(text: &'a str, instead: &'a str) -> &'a str {
    if text.is_empty() { instead } else { text }
}

/// The words of a cell.
fn words(cell: &Cell, numeric: bool) -> String {
    match cell {
        Cell::Value(value) => written(value, numeric),
        Cell::Text(text) | Cell::Status { words: text, .. } | Cell::Severity { word: text, .. } => {
            text.clone()
        }
    }
}

/// A value as it stands in a cell: times to the second, counts with separators.
fn written(value: &Value, numeric: bool) -> String {
    match value {
        Value::Absent => "–".to_owned(),
        Value::Time(ns) => instant(*ns),
        Value::Int(n) if numeric => size::count(*n),
        Value::Big(n) if numeric => size::count(*n),
        other => other.to_text(),
    }
}

/// What a note is pinned to, in words.
fn about(pin: &Pin) -> String {
    let join = |parts: Vec<String>| parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>();
    let parts = match pin {
        Pin::Record {
            title,
            at_ns,
            source,
            offset,
            ..
        } => vec![
            at_ns.map(instant).unwrap_or_default(),
            title.clone(),
            format!("{source}, byte {}", size::count(*offset)),
        ],
        Pin::Finding { title, range, .. } => {
            vec![title.clone(), range.map(period).unwrap_or_default()]
        }
        Pin::Range { view, range, .. } => vec![view.clone(), period(*range)],
        Pin::Moment { at_ns } => vec![instant(*at_ns)],
        Pin::Report => Vec::new(),
    };
    join(parts).join(" · ")
}
