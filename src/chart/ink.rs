//! Which colour does a shape have? A role, never a value: the theme, print and an exported file's own style decide.

/// A role token. Its [`token`](Ink::token) is the name of the CSS custom property that holds the colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    Ink,
    InkQuiet,
    InkFaint,
    InkInverse,
    Line,
    LineControl,
    Grid,
    Ground,
    GroundRaised,
    GroundSunken,
    GroundSelected,
    GroundOverlay,
    Accent,
    AccentGround,
    Focus,
    Mark,
    SeverityCritical,
    SeverityHigh,
    SeverityMedium,
    SeverityLow,
    SeverityInfo,
    StatusRed,
    StatusYellow,
    StatusOk,
    StatusInfo,
    StatusNone,
    StatusRedGround,
    StatusYellowGround,
    StatusOkGround,
    StatusNoneGround,
    Accept,
    AcceptQuiet,
    AcceptGround,
    Reject,
    RejectQuiet,
    RejectGround,
    CallRead,
    CallWrite,
    CallError,
    Series1,
    Series2,
    Series3,
    Series4,
    Series5,
    Series6,
    Series7,
    /// Always "other".
    Series8,
    Heat1,
    Heat2,
    Heat3,
    Heat4,
    Heat5,
}

impl Ink {
    /// Every role with its custom property's name, without the leading `--`.
    pub const ALL: &'static [(Ink, &'static str)] = &[
        (Ink::Ink, "ink"),
        (Ink::InkQuiet, "ink-quiet"),
        (Ink::InkFaint, "ink-faint"),
        (Ink::InkInverse, "ink-inverse"),
        (Ink::Line, "line"),
        (Ink::LineControl, "line-control"),
        (Ink::Grid, "grid"),
        (Ink::Ground, "ground"),
        (Ink::GroundRaised, "ground-raised"),
        (Ink::GroundSunken, "ground-sunken"),
        (Ink::GroundSelected, "ground-selected"),
        (Ink::GroundOverlay, "ground-overlay"),
        (Ink::Accent, "accent"),
        (Ink::AccentGround, "accent-ground"),
        (Ink::Focus, "focus"),
        (Ink::Mark, "mark"),
        (Ink::SeverityCritical, "severity-critical"),
        (Ink::SeverityHigh, "severity-high"),
        (Ink::SeverityMedium, "severity-medium"),
        (Ink::SeverityLow, "severity-low"),
        (Ink::SeverityInfo, "severity-info"),
        (Ink::StatusRed, "status-red"),
        (Ink::StatusYellow, "status-yellow"),
        (Ink::StatusOk, "status-ok"),
        (Ink::StatusInfo, "status-info"),
        (Ink::StatusNone, "status-none"),
        (Ink::StatusRedGround, "status-red-ground"),
        (Ink::StatusYellowGround, "status-yellow-ground"),
        (Ink::StatusOkGround, "status-ok-ground"),
        (Ink::StatusNoneGround, "status-none-ground"),
        (Ink::Accept, "accept"),
        (Ink::AcceptQuiet, "accept-quiet"),
        (Ink::AcceptGround, "accept-ground"),
        (Ink::Reject, "reject"),
        (Ink::RejectQuiet, "reject-quiet"),
        (Ink::RejectGround, "reject-ground"),
        (Ink::CallRead, "call-read"),
        (Ink::CallWrite, "call-write"),
        (Ink::CallError, "call-error"),
        (Ink::Series1, "series-1"),
        (Ink::Series2, "series-2"),
        (Ink::Series3, "series-3"),
        (Ink::Series4, "series-4"),
        (Ink::Series5, "series-5"),
        (Ink::Series6, "series-6"),
        (Ink::Series7, "series-7"),
        (Ink::Series8, "series-8"),
        (Ink::Heat1, "heat-1"),
        (Ink::Heat2, "heat-2"),
        (Ink::Heat3, "heat-3"),
        (Ink::Heat4, "heat-4"),
        (Ink::Heat5, "heat-5"),
    ];

    /// The custom property's name without the leading `--`: `series-1`.
    pub fn token(self) -> &'static str {
        Self::ALL.get(self.index()).map_or("ink", |&(_, token)| token)
    }

    /// The role's place in [`Ink::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The ink of the `n`th series (from 0); from the eighth on everything is "other".
    pub fn series(n: usize) -> Ink {
        const SERIES: [Ink; 8] = [
            Ink::Series1,
            Ink::Series2,
            Ink::Series3,
            Ink::Series4,
            Ink::Series5,
            Ink::Series6,
            Ink::Series7,
            Ink::Series8,
        ];
        SERIES[n.min(SERIES.len() - 1)]
    }

    /// The ink of a heat step, 1 to 5; anything above is the fifth.
    pub fn heat(step: usize) -> Ink {
        const HEAT: [Ink; 5] = [Ink::Heat1, Ink::Heat2, Ink::Heat3, Ink::Heat4, Ink::Heat5];
        HEAT[step.clamp(1, HEAT.len()) - 1]
    }
}

/// Resolved colours and type faces: what a canvas needs, which knows no custom properties.
pub trait Palette {
    /// Red, green, blue (0 to 255) and opacity (0 to 1).
    fn rgb(&self, ink: Ink) -> (u8, u8, u8, f64);
    /// The font stack for text, as CSS writes it.
    fn font_text(&self) -> &str;
    /// The font stack for values a machine wrote.
    fn font_mono(&self) -> &str;
}

/// A palette of values that were read from the tokens, either by the page (computed style) or from the style sheet's text.
#[derive(Clone, Debug)]
pub struct TokenPalette {
    colours: Vec<(u8, u8, u8, f64)>,
    pub font_text: String,
    pub font_mono: String,
}

impl Default for TokenPalette {
    /// Mid grey for every role: legible on any ground until the tokens are read.
    fn default() -> Self {
        TokenPalette {
            colours: vec![(128, 128, 128, 1.0); Ink::ALL.len()],
            font_text: "sans-serif".to_owned(),
            font_mono: "monospace".to_owned(),
        }
    }
}

impl TokenPalette {
    pub fn set(&mut self, ink: Ink, rgba: (u8, u8, u8, f64)) {
        if let Some(slot) = self.colours.get_mut(ink.index()) {
            *slot = rgba;
        }
    }

    /// Reads the `--role: light-dark(light, dark);` lines of a token style sheet. A role that is missing or not
    /// written as hexadecimal digits stays grey.
    pub fn from_css(css: &str, dark: bool) -> Self {
        let mut palette = TokenPalette::default();
        for &(ink, token) in Ink::ALL {
            if let Some(rgb) = declared(css, token).and_then(|value| choose(value, dark)) {
                palette.set(ink, rgb);
            }
        }
        if let Some(stack) = declared(css, "font-text") {
            palette.font_text = stack.to_owned();
        }
        if let Some(stack) = declared(css, "font-mono") {
            palette.font_mono = stack.to_owned();
        }
        palette
    }
}

/// The value of the first declaration of `--token`.
fn declared<'a>(css: &'a str, token: &str) -> Option<&'a str> {
    let name = format!("--{token}:");
    let (_, after) = css.split_once(name.as_str())?;
    Some(after.split(';').next()?.trim())
}

fn choose(value: &str, dark: bool) -> Option<(u8, u8, u8, f64)> {
    let one = match value
        .strip_prefix("light-dark(")
        .and_then(|v| v.strip_suffix(')'))
    {
        Some(pair) => {
            let (light, night) = pair.split_once(',')?;
            if dark { night } else { light }
        }
        None => value,
    };
    let digits = one.trim().strip_prefix('#').filter(|d| d.len() == 6)?;
    let n = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = n.to_be_bytes();
    Some((r, g, b, 1.0))
}

impl Palette for TokenPalette {
    fn rgb(&self, ink: Ink) -> (u8, u8, u8, f64) {
        self.colours
            .get(ink.index())
            .copied()
            .unwrap_or((128, 128, 128, 1.0))
    }
    fn font_text(&self) -> &str {
        &self.font_text
    }
    fn font_mono(&self) -> &str {
        &self.font_mono
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_roles_is_in_the_order_of_the_enum() {
        for (at, &(ink, token)) in Ink::ALL.iter().enumerate() {
            assert_eq!(ink.index(), at, "{token}");
            assert_eq!(ink.token(), token);
        }
    }

    #[test]
    fn a_theme_is_read_from_the_style_sheet() {
        let hash = '#';
        let css = format!(
            ":root {{ --ink: light-dark({hash}0102ff, {hash}f0e0d0); --focus: red; --font-text: A, b; }}"
        );
        let light = TokenPalette::from_css(&css, false);
        assert_eq!(light.rgb(Ink::Ink), (1, 2, 255, 1.0));
        assert_eq!(light.font_text(), "A, b");
        assert_eq!(
            TokenPalette::from_css(&css, true).rgb(Ink::Ink),
            (240, 224, 208, 1.0)
        );
        assert_eq!(light.rgb(Ink::Focus), (128, 128, 128, 1.0), "not hexadecimal");
    }
}
