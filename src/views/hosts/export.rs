//! The hosts in a report: the same panels.

use super::model::BOARD;
use crate::share::report::Export;
use crate::views::board_told::tell;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(&BOARD, asks, scope));
