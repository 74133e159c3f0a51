//! The style sheets: for drawing code that needs the values of role tokens, and for files that stand alone.

/// `style/tokens.css`, the only file that names a colour.
pub const TOKENS: &str = include_str!("../style/tokens.css");
/// `style/base.css`: type, controls, tables.
pub const BASE: &str = include_str!("../style/base.css");
/// `style/layout.css`: the shell.
pub const LAYOUT: &str = include_str!("../style/layout.css");
