//! The role tokens, for drawing code that needs their values.

/// `style/tokens.css`, the only file that names a colour.
pub const TOKENS: &str = include_str!("../style/tokens.css");
