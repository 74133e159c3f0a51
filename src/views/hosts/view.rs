//! The board.

use super::model::BOARD;
use crate::session::Session;
use crate::views::board_view::BoardView;
use leptos::prelude::*;

pub fn mount(session: Session) -> AnyView {
    view! { <BoardView session board=&BOARD /> }.into_any()
}
