//! The board; a request's row leads to its lines.

use super::model::{BOARD, REQUESTS};
use crate::base::Value;
use crate::query::{Expr, Op};
use crate::session::Session;
use crate::views::board::Chosen;
use crate::views::board_view::{BoardView, OnRow};
use leptos::prelude::*;

pub fn mount(session: Session) -> AnyView {
    let on_row = OnRow::new(move |(panel, keys): (&'static str, Vec<Value>)| {
        let request = keys.first().cloned().filter(|_| panel == REQUESTS);
        if let Some(Value::Text(id)) = request {
            let lines = Expr::eq("requestId", id.as_str());
            return session.show("events", lines, session.range.get_untracked());
        }
        let panels = BOARD.panels(&Chosen(&|_| None, None));
        let found = panels.iter().find(|p| p.id == panel);
        for (field, value) in found.map(|p| p.narrowed(&keys)).unwrap_or_default() {
            session.narrow_to(&field, Op::Eq, value);
        }
    });
    view! { <BoardView session board=&BOARD on_row /> }.into_any()
}
