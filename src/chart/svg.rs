//! Scene → SVG whose colours and faces are classes, so that theme and print still work in an exported file.
//!
//! plotters writes literal colours. Each role is therefore drawn in a colour that spells it (its index, and how a text
//! is set), and every such colour is then replaced by classes: `fill-series-1`, `stroke-grid`, `text-strong`.

use std::fmt::Write as _;

use plotters::backend::SVGBackend;
use plotters::style::{FontFamily, RGBAColor};

use super::draw::{Pens, UNITS, draw_with};
use super::ink::{Ink, Palette};
use super::scene::{Area, Point, Scene, Text};

/// Beyond this many data the export leaves tool tips to the table twin.
const TIPS_MAX: usize = 2_000;

/// The drawing as an `<svg>` element to stand in a page that has the rules of [`svg_css`]. Tool tips are `<title>`s,
/// so they work with scripts off.
pub fn svg(scene: &Scene) -> String {
    write_svg(scene, "")
}

/// The drawing as a file of its own: it carries its rules, with this palette's colours where no custom property is set.
pub fn svg_file(scene: &Scene, palette: &dyn Palette) -> String {
    let fonts = (palette.font_text(), palette.font_mono());
    let rules = css(|ink| {
        let (r, g, b, alpha) = palette.rgb(ink);
        format!("var(--{},rgb({r} {g} {b} / {alpha}))", ink.token())
    });
    let faces = format!(
        ".chart-svg text{{font-family:{}}}.chart-svg .text-mono{{font-family:{}}}",
        fonts.0, fonts.1
    );
    write_svg(scene, &escape(&format!("{faces}{rules}")))
}

/// The rules that give the classes of [`svg`] their roles, once for a page.
pub fn svg_css() -> String {
    let faces =
        ".chart-svg text{font-family:var(--font-text)}.chart-svg .text-mono{font-family:var(--font-mono)}";
    format!("{faces}{}", css(|ink| format!("var(--{})", ink.token())))
}

fn css(value: impl Fn(Ink) -> String) -> String {
    let mut rules = String::from(
        ".chart-svg .text-strong{font-weight:600}.chart-svg .halo{paint-order:stroke;stroke-width:30;stroke-linejoin:round}\
         .chart-svg .tip{fill:none;pointer-events:all}",
    );
    for &(ink, token) in Ink::ALL {
        let colour = value(ink);
        // A String never fails to be written to.
        let _ = write!(
            rules,
            ".fill-{token}{{fill:{colour}}}.stroke-{token}{{stroke:{colour}}}"
        );
    }
    rules
}

fn write_svg(scene: &Scene, style: &str) -> String {
    let size = (
        (scene.width * UNITS).round() as u32,
        (scene.height * UNITS).round() as u32,
    );
    let mut raw = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut raw, size);
        // Writing to a String has no error to report.
        let _ = draw_with(scene, &mut backend, &Roles);
    }
    let body = raw.split_once('>').map_or("", |(_, body)| body);
    let body = body.trim().trim_end_matches("</svg>");
    let mut out = format!(
        "<svg class=\"chart-svg\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n<title>{}</title>\n",
        scene.width,
        scene.height,
        size.0,
        size.1,
        escape(&scene.summary)
    );
    if !style.is_empty() {
        let _ = writeln!(out, "<style>{style}</style>");
    }
    restyle(body.trim_start(), &mut out);
    tips(scene, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Draws every role in a colour that spells it: red says how a text is set, green its halo, blue the role.
struct Roles;

const STRONG: u8 = 1;
const MONO: u8 = 2;

impl Pens for Roles {
    fn colour(&self, ink: Ink, opacity: f64) -> RGBAColor {
        RGBAColor(0, 0, ink.index() as u8, opacity)
    }

    fn passes(&self, text: &Text, ink: Ink, opacity: f64) -> Vec<(Point, RGBAColor)> {
        let set = if text.strong { STRONG } else { 0 } | if text.mono { MONO } else { 0 };
        let halo = text.halo.map_or(0, |halo| halo.index() as u8 + 1);
        vec![(text.at, RGBAColor(set, halo, ink.index() as u8, opacity))]
    }

    fn family<'a>(&'a self, _: &Text) -> FontFamily<'a> {
        FontFamily::SansSerif
    }

    fn size(&self, px: f64) -> f64 {
        // plotters' SVG backend writes a size divided by this.
        px * UNITS * 1.24
    }
}

/// Copies SVG text, each spelled role as classes, and drops attributes that say what is the default anyway.
fn restyle(raw: &str, out: &mut String) {
    const DEFAULTS: [&str; 6] = [
        " opacity=\"1\"",
        " stroke=\"none\"",
        " font-family=\"sans-serif\"",
        " font-weight=\"bold\"",
        " text-anchor=\"start\"",
        " stroke-width=\"0\"",
    ];
    for line in raw.lines() {
        // Only a tag begins with "<": the backend escapes it in texts, and gives each tag a line.
        if !line.starts_with('<') {
            out.extend(line.chars().map(printable));
            continue;
        }
        let mut tag = line.to_owned();
        for default in DEFAULTS {
            tag = tag.replace(default, "");
        }
        for what in ["fill", "stroke"] {
            let attribute = format!(" {what}=\"#");
            let Some(at) = tag.find(&attribute) else {
                continue;
            };
            let digits = tag.get(at + attribute.len()..at + attribute.len() + 6);
            if let Some(spelled) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) {
                let classes = format!(" class=\"{}\"", classes(what, spelled));
                tag.replace_range(at..at + attribute.len() + 7, &classes);
            }
        }
        out.push_str(&tag);
        if !tag.starts_with("<text") {
            out.push('\n');
        }
    }
}

fn classes(what: &str, spelled: u32) -> String {
    let [_, set, halo, ink] = spelled.to_be_bytes();
    let token = |index: usize| Ink::ALL.get(index).map_or("ink", |&(_, token)| token);
    let mut classes = format!("{what}-{}", token(ink.into()));
    if halo > 0 {
        let _ = write!(classes, " halo stroke-{}", token(usize::from(halo) - 1));
    }
    if set & STRONG != 0 {
        classes.push_str(" text-strong");
    }
    if set & MONO != 0 {
        classes.push_str(" text-mono");
    }
    classes
}

/// Unseen areas on top that say on hover what they show.
fn tips(scene: &Scene, out: &mut String) {
    if scene.data.len() > TIPS_MAX {
        return;
    }
    for datum in &scene.data {
        let Area::Rect(rect) = datum.area else {
            continue;
        };
        let _ = writeln!(
            out,
            "<rect class=\"tip\" x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{:.0}\"><title>{}</title></rect>",
            rect.left * UNITS,
            rect.top * UNITS,
            rect.width() * UNITS,
            rect.height() * UNITS,
            escape(&datum.label)
        );
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(printable(c)),
        }
    }
    out
}

/// XML 1.0 does not allow control characters at all, however they are written.
fn printable(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ink::TokenPalette;
    use super::super::scene::{Datum, Layer, Rect};
    use super::*;

    fn scene(label: &str) -> Scene {
        let mut scene = Scene::new(100.0, 50.0);
        scene.summary = label.to_owned();
        scene.fill(Layer::Data, Ink::Series3, Rect::new(1.0, 2.0, 11.0, 22.0));
        scene.text(
            Ink::InkQuiet,
            Text::new(5.0, 5.0, label).strong().halo(Ink::Ground),
        );
        scene.datum(Datum {
            label: label.to_owned(),
            series: 0,
            x: 0,
            area: Area::Rect(Rect::new(1.0, 2.0, 11.0, 22.0)),
            payload: 0,
        });
        scene.finish()
    }

    #[test]
    fn roles_are_classes_and_no_colour_is_left() {
        let text = svg(&scene("a"));
        assert!(
            text.contains("<rect x=\"10\" y=\"20\" width=\"100\" height=\"200\" class=\"fill-series-3\"/>")
        );
        assert!(text.contains("class=\"fill-ink-quiet halo stroke-ground text-strong\""));
        assert!(!text.contains("=\"#"), "{text}");
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile = "</text><script>alert(1)</script>\n<rect fill=\"#000001\"/>\u{1}";
        for text in [
            svg(&scene(hostile)),
            svg_file(&scene(hostile), &TokenPalette::default()),
        ] {
            assert!(!text.contains("<script"), "{text}");
            assert_eq!(text.matches("</text>").count(), 1, "{text}");
            assert!(!text.contains('\u{1}'), "{text}");
        }
    }
}
