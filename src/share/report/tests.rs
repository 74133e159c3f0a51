use super::markup::is_unseen;
use super::*;
use crate::base::time;
use crate::chart::{Bars, Buckets, Frame, Ink, Series, Unit, stacked_bars};
use crate::evidence::{Note, Pin};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Elements and attributes that the printed layer is made of.
const TAGS: &[&str] = &[
    "a",
    "article",
    "caption",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "header",
    "li",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "small",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "svg",
    "symbol",
    "use",
    "title",
    "rect",
    "path",
    "line",
    "polyline",
    "polygon",
    "circle",
    "text",
    "colgroup",
    "col",
];
const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "class",
    "colspan",
    "href",
    "id",
    "scope",
    "role",
    "xmlns",
    "viewBox",
    "width",
    "height",
    "d",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "dx",
    "dy",
    "points",
    "opacity",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "text-anchor",
    "font-size",
    "font-family",
    "font-weight",
    "transform",
    "rx",
    "ry",
];

/// Reads HTML as a parser's tokenizer would, holds it to the spelling of a serialiser, and returns its texts.
fn read(html: &str) -> Result<String, String> {
    let (mut texts, mut open, mut rest) = (String::new(), Vec::<String>::new(), html);
    loop {
        let (text, after) = match rest.find('<') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        texts.push_str(&read_text(text)?);
        if after.is_empty() {
            return match open.is_empty() {
                true => Ok(texts),
                false => Err(format!("left open: {open:?}")),
            };
        }
        let (tag, after) = after[1..].split_once('>').ok_or("an open tag")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').map_or((tag, ""), |(n, a)| (n, a));
        if !TAGS.contains(&name) {
            return Err(format!("<{name}>"));
        }
        let mut seen = BTreeSet::new();
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").ok_or(format!("{tag:?}"))?;
            let (value, after) = value.split_once('"').ok_or(format!("{tag:?}"))?;
            if !ATTRIBUTES.contains(&key) || !seen.insert(key) {
                return Err(format!("{key} of <{name}>"));
            }
            if value.contains(['&', '<', '>', '\u{a0}', '\n', '\r']) || value.contains("script:") {
                return Err(format!("{key}={value:?}"));
            }
            attributes = after.strip_prefix(' ').unwrap_or(after);
            if attributes.len() == after.len() && !after.is_empty() {
                return Err(format!("{tag:?}"));
            }
        }
        if name == "col" {
            continue;
        }
        open.push(name.to_owned());
        if name == "pre" && rest.starts_with('\n') {
            return Err("a line feed behind <pre>".to_owned());
        }
    }
}

fn read_text(text: &str) -> Result<String, String> {
    if let Some(c) = text
        .chars()
        .find(|c| is_unseen(*c) || matches!(c, '>' | '\u{a0}'))
    {
        return Err(format!("{c:?} in a text"));
    }
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        const ESCAPES: [(&str, char); 4] = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("nbsp;", '\u{a0}')];
        let known = ESCAPES
            .iter()
            .find_map(|(e, c)| Some((*c, part.strip_prefix(e)?)));
        let (c, rest) = known.ok_or(format!("&{part}"))?;
        out.push(c);
        out.push_str(rest);
    }
    Ok(out)
}

fn scene(name: &str) -> Scene {
    let buckets = Buckets {
        from_ns: 0,
        step_ns: time::HOUR,
        len: 4,
    };
    let series = |name: &str, ink, below| Series {
        name: name.to_owned(),
        ink,
        values: vec![1, 0, 3, 2],
        below,
    };
    stacked_bars(&Bars {
        title: name,
        frame: Frame {
            width: 300.0,
            height: 90.0,
            range: TimeRange::new(0, 4 * time::HOUR),
            offset_min: 0,
        },
        buckets,
        unit: Unit::count("records"),
        series: &[
            series(name, Ink::Accept, false),
            series("rejected", Ink::Reject, true),
        ],
        holes: &[crate::chart::Hole {
            range: TimeRange::new(time::HOUR, 2 * time::HOUR),
            label: name.to_owned(),
        }],
        events: &[crate::chart::Event {
            at_ns: time::HOUR,
            label: name.to_owned(),
            ink: Ink::InkQuiet,
        }],
    })
}

/// Every place that takes a text, with this one.
fn everywhere(text: &str) -> (Cover, Vec<Section>) {
    let pin = Pin::Record {
        kind: text.to_owned(),
        source: text.to_owned(),
        offset: 7,
        title: text.to_owned(),
        at_ns: Some(0),
    };
    let cover = Cover {
        title: text.to_owned(),
        scope: text.to_owned(),
        author: text.to_owned(),
        accounts: vec![text.to_owned()],
        filter: text.to_owned(),
        counts: vec![("red", 9, text.to_owned())],
        notes: vec![Note {
            text: text.to_owned(),
            pin,
        }],
        ..Cover::default()
    };
    let mut section = Section::new(text, text);
    section.note = text.to_owned();
    section.heading(text);
    section.paragraph(text);
    section.caution(text);
    section
        .blocks
        .push(Block::Facts(vec![(text.to_owned(), text.to_owned())]));
    section.blocks.push(Block::Code(text.to_owned()));
    section.blocks.push(Block::List(vec![text.to_owned()]));
    section.chart(scene(text));
    let row = vec![
        Cell::Value(Value::Text(text.to_owned())),
        Cell::Value(Value::List(vec![text.to_owned()])),
        Cell::Status {
            status: "ok",
            words: text.to_owned(),
        },
        Cell::Severity {
            severity: "high",
            word: text.to_owned(),
        },
    ];
    let table = Table::new(&[text, text, text, text], vec![row]).caption(text);
    section.table(table, "");
    let input = Input {
        name: text.to_owned(),
        kind: text.to_owned(),
        sha256: text.to_owned(),
        rejected: vec![(text.to_owned(), 2)],
        error: Some(text.to_owned()),
        ..Input::default()
    };
    let told = examined(
        &[input],
        &[text.to_owned()],
        &[(text.to_owned(), text.to_owned())],
    );
    (cover, vec![section, told])
}

const HOSTILE: [&str; 9] = [
    "</script><script>alert(1)</script>",
    "<!-- --!> <![CDATA[ ]]>",
    "\" onload=\"alert(1)\" x='",
    "\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{0}\u{b}\u{1b}[31m\u{7f}\u{85}\u{fffe}",
    "\r\n\r\n\t a\u{a0}b",
    "&amp;&lt;&#60;&nbsp;&notit;",
    "</svg></title></text></table></details></main><base href=//x>",
    "javascript:alert(1)",
    "\n\n",
];

#[test]
fn hostile_texts_stay_texts() {
    if let Ok(folder) = std::env::var("TRAILBEAM_PRINT") {
        let all: Vec<Section> = HOSTILE.iter().flat_map(|text| everywhere(text).1).collect();
        let main = html(&everywhere(HOSTILE[2]).0, &all);
        let head = header(HOSTILE[0], HOSTILE[2]);
        let css = folio_css(HOSTILE[0], HOSTILE[2]);
        let page = format!(
            "<!doctype html><meta charset=\"utf-8\"><style>{css}{CSS}</style>{head}<main id=\"report\">{main}</main>"
        );
        std::fs::write(format!("{folder}/hostile.html"), page).expect("a file");
        std::fs::write(format!("{folder}/hostile.main"), main).expect("a file");
    }
    for text in HOSTILE {
        let (cover, sections) = everywhere(text);
        for html in [html(&cover, &sections), header(text, text)] {
            let texts = read(&html).unwrap_or_else(|e| panic!("{text:?}: {e}\n{html}"));
            let plain: String = text
                .replace("\r\n", "\n")
                .chars()
                .filter(|c| !is_unseen(*c))
                .collect();
            let seen = texts.replace('\r', "");
            // What no eye sees stands between as its code.
            if plain.len() == text.len() {
                assert!(seen.contains(&plain), "{plain:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_opens_a_tag(text in any::<String>()) {
        let (cover, sections) = everywhere(&text);
        prop_assert!(read(&html(&cover, &sections)).is_ok());
        prop_assert!(read(&header(&text, &text)).is_ok());
    }

    #[test]
    fn no_pieces_of_markup_open_a_tag(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "</", "/>", "<!--", "-->", "\"", "'", "=", "&", "&lt;", "script", "svg", "onload", "\n", "\r",
            "\u{a0}", "\u{202e}", "\u{0}", "<![CDATA[", " ", "x", "]]>", "title", "style", "&#x3c;",
        ]), 0..12)
    ) {
        let text = pieces.concat();
        let (cover, sections) = everywhere(&text);
        let html = html(&cover, &sections);
        prop_assert!(read(&html).is_ok(), "{:?}", read(&html));
    }
}

#[test]
fn a_small_report_reads_so() {
    let cover = Cover {
        title: "Access key leak".into(),
        scope: "What the key did & who closed it".into(),
        author: "Platform security".into(),
        created_ns: Some(1_794_644_400 * time::SECOND + 5),
        accounts: vec!["111122223333".into()],
        period: Some(TimeRange::new(
            1_794_182_400 * time::SECOND,
            1_794_614_400 * time::SECOND,
        )),
        records: 2_573_361,
        filter: "errorCode = AccessDenied".into(),
        counts: vec![
            ("red", 9, "action recommended".into()),
            ("none", 1_023, "not evaluable".into()),
        ],
        notes: vec![Note {
            text: "First use from outside.".into(),
            pin: Pin::Moment {
                at_ns: 1_794_360_378 * time::SECOND,
            },
        }],
    };
    let mut section = Section::new("trail", "Trail");
    section.note = "9 to 13 November".into();
    section.heading("Errors");
    section.paragraph("One paragraph.");
    section.caution("An hour is missing.");
    section
        .blocks
        .push(Block::Facts(vec![("Records".into(), "12".into())]));
    section.blocks.push(Block::Code("\n{\"a\": 1}".into()));
    section.blocks.push(Block::List(vec!["one".into(), "two".into()]));
    let rows = vec![
        vec![
            Cell::Value(Value::Time(1_999_999_999)),
            Cell::count(12_345),
            Cell::text("a<b"),
        ],
        vec![
            Cell::Value(Value::Absent),
            Cell::count(1),
            Cell::Status {
                status: "yellow",
                words: "Investigate".into(),
            },
        ],
    ];
    let table = Table::new(&["Time", "#Events", "=Code"], rows)
        .of(700)
        .caption("Codes");
    section.table(table, "none");
    section.table(Table::new(&["Time"], Vec::new()), "Nobody signed in.");
    let again = Section::new("trail", "Trail again");
    let text = html(&cover, &[section, again]);
    read(&text).expect("canonical");
    let (_, shown) = text.split_once("<nav").expect("contents");
    insta::assert_snapshot!("small", format!("<nav{shown}"));
    insta::assert_snapshot!("header", header("Access key leak", "b41d7a90e6f203c8"));
}

#[test]
fn the_folio_is_css_whatever_the_title_is() {
    let css = folio_css("a \"b\" </style>\\\n\u{202e}ü", &"b41d".repeat(16));
    assert_eq!(
        css,
        ":root{--report-title:\"a \\22 b\\22  \\3c \\2f style\\3e \\5c \\a (U 202E)\\fc \";\
         --report-manifest:\"manifest b41d b41d \\2026  b41d b41d\"}"
    );
}

#[test]
fn a_chart_has_its_sentence_legend_and_figures() {
    let mut section = Section::new("c", "C");
    let scene = scene("accepted");
    let (summary, rows) = (scene.summary.clone(), scene.table.rows.len());
    section.chart(scene);
    let html = html(&Cover::default(), &[section]);
    read(&html).expect("canonical");
    assert!(html.contains(&format!("<figcaption>{summary}</figcaption>")));
    assert!(
        html.contains("<path class=\"stroke-reject\" d="),
        "a hatched swatch"
    );
    let (_, twin) = html.split_once("<details>").expect("a twin");
    assert_eq!(twin.matches("<tr>").count(), rows + 1);
    assert!(html.contains("viewBox=\"0 0 3000 900\""), "case is kept");
    assert!(!html.contains("/>"));
}

#[test]
fn long_tables_are_cut_and_say_so() {
    let rows = (0..MAX_ROWS as i64 + 20).map(|n| vec![Cell::count(n)]).collect();
    let mut section = Section::new("t", "T");
    section.table(Table::new(&["#N"], rows).of(12_000), "");
    let html = html(&Cover::default(), &[section]);
    assert_eq!(html.matches("<td class=\"num\">").count(), MAX_ROWS);
    assert!(html.contains("<td colspan=\"1\">11,500 more of 12,000; the first 500 stand here.</td>"));
}

#[test]
fn files_that_could_not_be_read_say_why() {
    let inputs = [
        Input {
            name: "trail.json.gz".into(),
            kind: "CloudTrail".into(),
            kept: 10,
            duplicates: 2,
            rejected: vec![("12 fields instead of 14".into(), 3)],
            first_ns: Some(0),
            last_ns: Some(time::DAY),
            ..Input::default()
        },
        Input {
            name: "photo.png".into(),
            error: Some("no log: a PNG picture".into()),
            ..Input::default()
        },
    ];
    let section = examined(&inputs, &[], &[("Port scan".into(), "A VPC flow log".into())]);
    let text = read(&html(&Cover::default(), &[section])).expect("canonical");
    for told in [
        "12 fields instead of 14",
        "no log: a PNG picture",
        "A VPC flow log",
        "not a pass",
        "1970-01-02\u{a0}00:00:00Z",
    ] {
        assert!(text.contains(told), "{told}");
    }
}
