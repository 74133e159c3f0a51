//! The shared file itself: its parts in one HTML text. FORMAT.md describes it.

use super::report;
use crate::base::{base64, page};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What the file is made of.
pub struct Page<'a> {
    pub title: &'a str,
    /// The manifest's canonical text.
    pub manifest: &'a str,
    /// The inner HTML of `<main id="report">` ([`report::html`]).
    pub printed: &'a str,
    /// Parts beside the manifest, by name, each as base64, in this order.
    pub parts: &'a [(String, String)],
    /// The scripts: what starts the page, and wasm-bindgen's glue.
    pub boot: &'a str,
    pub glue: &'a str,
    /// The program, gzip as base64.
    pub wasm: &'a str,
    /// Style sheets, each an element of its own.
    pub styles: &'a [&'a str],
    /// The icon as SVG.
    pub icon: &'a str,
}

/// What a script or style would end early with.
#[derive(Debug, PartialEq, Eq)]
pub struct Unsafe {
    pub what: &'static str,
}

impl std::fmt::Display for Unsafe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "The {} can not be put into a file: it holds the end of its own element.",
            self.what
        )
    }
}

/// The file as pieces of text, one after the other; the large ones are those given, not copies.
pub fn pieces<'a>(of: &'a Page<'a>) -> Result<Vec<Cow<'a, str>>, Unsafe> {
    for (text, what, end) in [
        (of.boot, "start script", "</script"),
        (of.glue, "glue script", "</script"),
    ] {
        let lower = text.to_ascii_lowercase();
        if lower.contains(end) || lower.contains("<!--") {
            return Err(Unsafe { what });
        }
    }
    if of
        .styles
        .iter()
        .any(|s| s.to_ascii_lowercase().contains("</style"))
    {
        return Err(Unsafe { what: "style sheet" });
    }
    let hash = |text: &str| format!("'sha256-{}'", base64::encoded(&Sha256::digest(text.as_bytes())));
    let policy = format!(
        "default-src 'none'; script-src {} {} 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; \
         connect-src 'none'; worker-src blob:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types default trailbeam",
        hash(of.boot),
        hash(of.glue)
    );
    let title = report::markup::plain(of.title);
    let icon = base64::encoded(of.icon.as_bytes());
    let manifest_sha256 = crate::base::hash::hex(&Sha256::digest(of.manifest.as_bytes()));
    let end_part = format!("{}\n", page::PART_CLOSES);
    let mut out: Vec<Cow<'a, str>> = Vec::new();
    out.push(
        format!(
            "{} data-door=\"local\" data-single>\n<head>\n\
             <meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
             <link rel=\"icon\" type=\"image/svg+xml\" href=\"data:image/svg+xml;base64,{icon}\">\n<script>",
            page::BEGINS
        )
        .into(),
    );
    out.push(of.boot.into());
    out.push("</script>\n".into());
    for style in of.styles {
        out.push("<style>".into());
        out.push((*style).into());
        out.push("</style>\n".into());
    }
    out.push("</head>\n<body>\n<p id=\"boot\" hidden></p>\n".into());
    out.push(report::header(of.title, &manifest_sha256).into());
    out.push(format!("\n{}", page::PRINTED_OPENS).into());
    out.push(of.printed.into());
    out.push(format!("{}\n", page::PRINTED_CLOSES).into());
    let manifest = base64::encoded(of.manifest.as_bytes());
    out.push(begin_part(page::MANIFEST).into());
    out.push(manifest.into());
    out.push(end_part.clone().into());
    for (name, text) in of.parts {
        out.push(begin_part(name).into());
        out.push(text.as_str().into());
        out.push(end_part.clone().into());
    }
    out.push("<script id=\"trailbeam-glue\">".into());
    out.push(of.glue.into());
    out.push("</script>\n<script id=\"trailbeam-wasm\" type=\"application/octet-stream\">".into());
    out.push(of.wasm.into());
    out.push(format!("</script>\n</body>\n{}\n", page::ENDS).into());
    Ok(out)
}

/// How a part begins in a shared file.
fn begin_part(name: &str) -> String {
    format!("{}{name}{}", page::PART_OPENS, page::PART_OPENED)
}

/// What stands around a part alone, in as little HTML as makes it a shared file: how the live page has the engine read
/// its own parts.
pub fn around_part(name: &str) -> (String, String) {
    (
        format!("{}>\n{}", page::BEGINS, begin_part(name)),
        format!("{}\n{}\n", page::PART_CLOSES, page::ENDS),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file<'a>(title: &'a str, parts: &'a [(String, String)]) -> Page<'a> {
        Page {
            title,
            manifest: "{}",
            printed: "<p>a</p>",
            parts,
            boot: "start()",
            glue: "let wasm_bindgen;",
            wasm: "AAAA",
            styles: &["p{}"],
            icon: "<svg></svg>",
        }
    }

    fn text(page: &Page<'_>) -> String {
        pieces(page).map(|p| p.concat()).unwrap_or_default()
    }

    #[test]
    fn a_hostile_title_opens_no_element_and_the_policy_allows_these_scripts_alone() {
        let hostile = "</title><script>alert(1)</script>\u{2028}";
        let text = text(&file(hostile, &[]));
        let head = text.split("</head>").next().unwrap_or_default();
        assert!(head.contains("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;U+2028</title>"));
        assert_eq!(head.matches("<script").count(), 1);
        for script in ["start()", "let wasm_bindgen;"] {
            let hash = base64::encoded(&Sha256::digest(script.as_bytes()));
            assert!(head.contains(&format!("'sha256-{hash}'")), "{script}");
        }
        assert!(head.contains("connect-src 'none'") && head.contains("form-action 'none'"));
    }

    #[test]
    fn what_would_end_its_element_early_is_refused() {
        let bad = Page {
            glue: "a </SCRIPT> b",
            ..file("t", &[])
        };
        assert!(pieces(&bad).is_err());
        let bad = Page {
            styles: &["</style>"],
            ..file("t", &[])
        };
        assert!(pieces(&bad).is_err());
    }

    #[test]
    fn its_parts_stand_as_the_container_reads_them() {
        let parts = [("notes.json".to_owned(), base64::encoded(b"[]"))];
        let text = text(&file("t", &parts));
        assert!(text.starts_with(page::BEGINS));
        assert!(text.trim_end().ends_with(page::ENDS));
        assert!(text.contains(&format!(
            "{}notes.json{}W10={}",
            page::PART_OPENS,
            page::PART_OPENED,
            page::PART_CLOSES
        )));
        let (before, after) = around_part("notes.json");
        assert!(format!("{before}W10={after}").starts_with(page::BEGINS));
    }
}
