//! How does an answer look? Geometry and drawing over plotters' backends: canvas on screen, SVG in exports and tests.
//!
//! A builder ([`stacked_bars`], [`brush`], [`bars_h`] …) turns plain data into a [`Scene`]: shapes in role colours, the
//! data they show with their hit areas and labels, a one-sentence summary and a table twin. [`draw`] paints a scene on
//! any backend, [`svg`] writes it with roles as classes. Hover ([`Scene::hit`]) and keyboard ([`Scene::next`]) use
//! the same data, so what is drawn, pointed at and read out can not differ.

mod axis;
mod bars;
mod brush;
mod draw;
mod graph;
mod heat;
mod ink;
mod lanes;
pub mod layout;
mod lifeline;
mod lines;
mod links;
mod matrix;
mod pairs;
mod pie;
mod ranked;
mod sankey;
mod scene;
mod svg;
mod ticks;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use axis::{Buckets, Event, Frame, Hole, Series};
pub use bars::{Bars, stacked_bars};
pub use brush::{Brush, Flag, brush, brush_height};
pub use draw::{UNITS, draw};
pub use graph::{Camera, Chosen, GraphView, graph, relations};
pub use heat::{Cell, HEAT_ROW, HEAT_TOP, Heat, HeatRow, heat};
pub use ink::{Ink, Palette, TokenPalette};
pub use lanes::{
    Call, Calls, LANE_HEIGHT, LANES_TOP, Lane, Lanes, MOST_SIGNS, Marks, Sign, SignKind, Stretch, lanes,
    signs_of,
};
pub use layout::{FlowEdge, FlowGraph, FlowGroup, FlowNode, Layout, LayoutInput, NodeKind, Zone};
pub use lifeline::{Change, ChangeKind, Compliance, LifeLine, RuleLine, lifeline};
pub use lines::{Lines, Trace, lines};
pub use matrix::{Crossing, Matrix, matrix};
pub use pairs::{End, OTHERS};
pub use pie::{Pie, Slice, pie};
pub use ranked::{RANK_HEIGHT, Rank, Ranked, bars_h};
pub use sankey::{Column, Picked, Ribbon, Sankey, sankey};
pub use scene::{
    Anchor, Area, Datum, Direction, EVENT_SERIES, Geometry, HOLE_SERIES, Layer, LegendItem, Paint, Point,
    Rect, Scene, Shape, TableTwin, Text, TimeScale, TwinColumn, Walk, text_width,
};
pub use svg::{svg, svg_css, svg_file};
pub use ticks::{Amount, Stamp, Step, TimeTick, TimeTicks, Unit, amounts, times};
