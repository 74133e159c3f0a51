//! Scene → any plotters backend: a canvas on screen, SVG in exports and tests.
//!
//! plotters places things on whole units, so a scene pixel is [`UNITS`] of them. A canvas is scaled back by its
//! transform (`set_transform(dpr / UNITS, 0, 0, dpr / UNITS, 0, 0)`), an SVG by its view box. The backend is drawn on
//! directly, since a plotters drawing area would clip to the canvas's unscaled size.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::{DrawingBackend, DrawingErrorKind};

use super::ink::{Ink, Palette};
use super::scene::{Anchor, Dash, Geometry, Paint, Point, Rect, Scene, Shape, Text};

/// Backend units in one scene pixel.
pub const UNITS: f64 = 10.0;

/// Draws a scene on a backend whose units are a tenth of a scene pixel.
pub fn draw<DB: DrawingBackend>(
    scene: &Scene,
    backend: &mut DB,
    palette: &dyn Palette,
) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
    draw_with(scene, backend, &Screen(palette))
}

/// What differs between a screen's resolved colours and an export's roles.
pub(super) trait Pens {
    fn colour(&self, ink: Ink, opacity: f64) -> RGBAColor;
    /// The passes a text is drawn in, the last on top: an outline can be several displaced ones below.
    fn passes(&self, text: &Text, ink: Ink, opacity: f64) -> Vec<(Point, RGBAColor)>;
    fn family<'a>(&'a self, text: &Text) -> FontFamily<'a>;
    /// The size to ask the backend for.
    fn size(&self, px: f64) -> f64;
}

struct Screen<'a>(&'a dyn Palette);

impl Pens for Screen<'_> {
    fn colour(&self, ink: Ink, opacity: f64) -> RGBAColor {
        let (r, g, b, alpha) = self.0.rgb(ink);
        RGBAColor(r, g, b, alpha * opacity)
    }

    fn passes(&self, text: &Text, ink: Ink, opacity: f64) -> Vec<(Point, RGBAColor)> {
        const AROUND: [(f64, f64); 8] = [
            (-1.5, 0.0),
            (1.5, 0.0),
            (0.0, -1.5),
            (0.0, 1.5),
            (-1.0, -1.0),
            (1.0, -1.0),
            (-1.0, 1.0),
            (1.0, 1.0),
        ];
        let mut passes = Vec::new();
        if let Some(halo) = text.halo {
            let colour = self.colour(halo, opacity);
            passes.extend(AROUND.map(|(dx, dy)| (Point::new(text.at.x + dx, text.at.y + dy), colour)));
        }
        passes.push((text.at, self.colour(ink, opacity)));
        passes
    }

    fn family<'a>(&'a self, text: &Text) -> FontFamily<'a> {
        FontFamily::Name(if text.mono {
            self.0.font_mono()
        } else {
            self.0.font_text()
        })
    }

    fn size(&self, px: f64) -> f64 {
        px * UNITS
    }
}

pub(super) fn draw_with<DB: DrawingBackend>(
    scene: &Scene,
    backend: &mut DB,
    pens: &impl Pens,
) -> Result<(), DrawingErrorKind<DB::ErrorType>> {
    backend.ensure_prepared()?;
    for shape in &scene.shapes {
        Pencil { backend, pens, shape }.shape()?;
    }
    backend.present()
}

/// One shape being drawn.
struct Pencil<'a, DB, P> {
    backend: &'a mut DB,
    pens: &'a P,
    shape: &'a Shape,
}

type Drawn<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Scene pixels to units. The cast saturates, so no figure can overflow it.
fn units(v: f64) -> i32 {
    (v * UNITS).round() as i32
}

fn place(p: Point) -> (i32, i32) {
    (units(p.x), units(p.y))
}

impl<DB: DrawingBackend, P: Pens> Pencil<'_, DB, P> {
    fn shape(&mut self) -> Drawn<DB> {
        let shape = self.shape;
        match (&shape.geometry, shape.paint) {
            (Geometry::Text(text), _) => self.text(text),
            (Geometry::Cross { center, half }, paint) => {
                let width = match paint {
                    Paint::Stroke { width, .. } => width,
                    _ => 1.5,
                };
                for tilt in [1.0, -1.0] {
                    let from = Point::new(center.x - half, center.y - half * tilt);
                    let to = Point::new(center.x + half, center.y + half * tilt);
                    self.stroke(&[from, to], width, None)?;
                }
                Ok(())
            }
            (Geometry::Rect { rect, radius }, paint) => match paint {
                Paint::Fill if *radius <= 0.0 => self.box_of(*rect),
                Paint::Fill => self.area(&rounded(*rect, *radius)),
                Paint::Hatch { period, width } => self.hatch(*rect, period, width),
                Paint::Stroke { width, dash } => {
                    // The stroke lies inside the rectangle, so that a border of whole pixels stays crisp.
                    let inner = rect.grown(-width / 2.0);
                    let mut outline = rounded(inner, *radius);
                    if let Some(&first) = outline.first() {
                        outline.push(first);
                    }
                    self.stroke(&outline, width, dash)
                }
            },
            (Geometry::Circle { center, radius }, paint) => match paint {
                Paint::Stroke { width, dash: None } => {
                    let style = self.line_style(width);
                    self.backend
                        .draw_circle(place(*center), units(*radius).max(0) as u32, &style, false)
                }
                Paint::Stroke { width, dash } => self.stroke(&ring(*center, *radius), width, dash),
                _ => {
                    let style = self.style().filled();
                    self.backend
                        .draw_circle(place(*center), units(*radius).max(0) as u32, &style, true)
                }
            },
            (Geometry::Path(points), Paint::Stroke { width, dash }) => self.stroke(points, width, dash),
            (Geometry::Path(points), _) | (Geometry::Polygon(points), Paint::Fill | Paint::Hatch { .. }) => {
                self.area(points)
            }
            (Geometry::Polygon(points), Paint::Stroke { width, dash }) => {
                let closed: Vec<Point> = points.iter().chain(points.first()).copied().collect();
                self.stroke(&closed, width, dash)
            }
        }
    }

    fn style(&self) -> ShapeStyle {
        ShapeStyle {
            color: self.pens.colour(self.shape.ink, self.shape.opacity),
            filled: false,
            stroke_width: 0,
        }
    }

    fn line_style(&self, width: f64) -> ShapeStyle {
        self.style().stroke_width(units(width).max(1) as u32)
    }

    fn box_of(&mut self, rect: Rect) -> Drawn<DB> {
        let style = self.style().filled();
        self.backend.draw_rect(
            (units(rect.left), units(rect.top)),
            (units(rect.right), units(rect.bottom)),
            &style,
            true,
        )
    }

    fn area(&mut self, points: &[Point]) -> Drawn<DB> {
        if points.len() < 3 {
            return Ok(());
        }
        let style = self.style().filled();
        self.backend
            .fill_polygon(points.iter().map(|&p| place(p)), &style)
    }

    fn stroke(&mut self, points: &[Point], width: f64, dash: Option<Dash>) -> Drawn<DB> {
        match dash {
            None => self.solid(points, width),
            Some(dash) => {
                for piece in dashes(points, dash) {
                    self.solid(&piece, width)?;
                }
                Ok(())
            }
        }
    }

    fn solid(&mut self, points: &[Point], width: f64) -> Drawn<DB> {
        if let [a, b] = points
            && (a.x == b.x || a.y == b.y)
        {
            return self.box_of(upright(*a, *b, width));
        }
        let style = self.line_style(width);
        self.backend.draw_path(points.iter().map(|&p| place(p)), &style)
    }

    /// Stripes along the falling diagonal, as areas cut to the rectangle.
    fn hatch(&mut self, rect: Rect, period: f64, width: f64) -> Drawn<DB> {
        let period = period.max(1.0);
        let first = ((rect.left + rect.top - width) / period).floor() as i64;
        let last = ((rect.right + rect.bottom) / period).ceil() as i64;
        // A stripe for every 2 scene pixels is the most that can be seen.
        for k in first..=last.min(first + 20_000) {
            let from = k as f64 * period;
            self.area(&stripe(rect, from, from + width))?;
        }
        Ok(())
    }

    fn text(&mut self, text: &Text) -> Drawn<DB> {
        let style = if text.strong {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let pens = self.pens;
        let font = FontDesc::new(pens.family(text), pens.size(text.size), style);
        let h = match text.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        for (at, colour) in pens.passes(text, self.shape.ink, self.shape.opacity) {
            let style = TextStyle::from(font.clone())
                .color(&colour)
                .pos(Pos::new(h, VPos::Center));
            self.backend.draw_text(&text.text, &style, place(at))?;
        }
        Ok(())
    }
}

/// An upright or level line as a rectangle. One of odd width named by a whole pixel fills exactly that pixel: the
/// stretch 10…11 for x = 10 and width 1.
fn upright(a: Point, b: Point, width: f64) -> Rect {
    let before = ((width - 1.0) / 2.0).floor().max(0.0);
    if a.x == b.x {
        Rect::new(a.x - before, a.y.min(b.y), a.x - before + width, a.y.max(b.y))
    } else {
        Rect::new(a.x.min(b.x), a.y - before, a.x.max(b.x), a.y - before + width)
    }
}

/// The corners of a rectangle, rounded ones as short chords, clockwise from the top left.
fn rounded(rect: Rect, radius: f64) -> Vec<Point> {
    let r = radius.min(rect.width() / 2.0).min(rect.height() / 2.0);
    if r <= 0.0 {
        return vec![
            Point::new(rect.left, rect.top),
            Point::new(rect.right, rect.top),
            Point::new(rect.right, rect.bottom),
            Point::new(rect.left, rect.bottom),
        ];
    }
    const CHORDS: usize = 4;
    let corners = [
        (rect.left + r, rect.top + r, 180.0),
        (rect.right - r, rect.top + r, 270.0),
        (rect.right - r, rect.bottom - r, 0.0),
        (rect.left + r, rect.bottom - r, 90.0),
    ];
    corners
        .iter()
        .flat_map(|&(x, y, start)| {
            (0..=CHORDS).map(move |i| {
                let angle = f64::to_radians(start + 90.0 * i as f64 / CHORDS as f64);
                Point::new(x + r * angle.cos(), y + r * angle.sin())
            })
        })
        .collect()
}

/// A circle as a closed path.
fn ring(center: Point, radius: f64) -> Vec<Point> {
    let n = ((radius * 3.0) as usize).clamp(16, 96);
    (0..=n)
        .map(|i| {
            let angle = std::f64::consts::TAU * i as f64 / n as f64;
            Point::new(center.x + radius * angle.cos(), center.y + radius * angle.sin())
        })
        .collect()
}

/// The drawn pieces of a dashed path.
fn dashes(points: &[Point], dash: Dash) -> Vec<Vec<Point>> {
    /// More can not be told apart on any screen; a hostile length can not run away.
    const MOST: usize = 10_000;
    let (on, off) = (dash.on.max(0.5), dash.off.max(0.5));
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let (mut drawing, mut left) = (true, on);
    let mut piece: Vec<Point> = points.first().map(|&p| vec![p]).unwrap_or_default();
    for pair in points.windows(2) {
        let [a, b] = pair else { continue };
        let length = (b.x - a.x).hypot(b.y - a.y);
        if !length.is_finite() || length <= 0.0 {
            continue;
        }
        let mut done = 0.0;
        while length - done > left && pieces.len() < MOST {
            done += left;
            let t = done / length;
            let at = Point::new(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t);
            if drawing {
                piece.push(at);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![at];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length - done;
        if drawing {
            piece.push(*b);
        }
    }
    if drawing && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

/// The part of a rectangle between the diagonals `x + y = from` and `x + y = to`.
fn stripe(rect: Rect, from: f64, to: f64) -> Vec<Point> {
    let above = cut(&rounded(rect, 0.0), |p| p.x + p.y - from);
    cut(&above, |p| to - p.x - p.y)
}

/// The part of a convex area where `side` is not negative (Sutherland and Hodgman's clipping, one edge).
fn cut(points: &[Point], side: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(points.len() + 1);
    let Some(&last) = points.last() else {
        return kept;
    };
    let mut before = last;
    for &p in points {
        let (s, t) = (side(before), side(p));
        if (s < 0.0) != (t < 0.0) {
            let at = s / (s - t);
            kept.push(Point::new(
                before.x + (p.x - before.x) * at,
                before.y + (p.y - before.y) * at,
            ));
        }
        if t >= 0.0 {
            kept.push(p);
        }
        before = p;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(pieces: &[Vec<Point>]) -> f64 {
        let step = |w: &[Point]| (w[1].x - w[0].x).hypot(w[1].y - w[0].y);
        pieces.iter().flat_map(|p| p.windows(2).map(step)).sum()
    }

    #[test]
    fn dashes_follow_the_corner_of_a_path() {
        let path = [Point::new(0.0, 0.0), Point::new(7.0, 0.0), Point::new(7.0, 7.0)];
        let pieces = dashes(&path, Dash { on: 4.0, off: 2.0 });
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[1].len(), 3, "the second dash turns the corner");
        assert!((length(&pieces) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn stripes_stay_within_their_rectangle() {
        let rect = Rect::new(10.0, 10.0, 16.0, 30.0);
        for k in 0..40 {
            for p in stripe(rect, k as f64 * 4.0, k as f64 * 4.0 + 2.0) {
                assert!(p.x >= 10.0 && p.x <= 16.0 && p.y >= 10.0 && p.y <= 30.0, "{p:?}");
            }
        }
        assert_eq!(stripe(rect, 22.0, 24.0).len(), 4);
    }

    #[test]
    fn a_hairline_fills_whole_pixels() {
        let line = upright(Point::new(10.0, 5.0), Point::new(10.0, 9.0), 1.0);
        assert_eq!(line, Rect::new(10.0, 5.0, 11.0, 9.0));
    }
}
