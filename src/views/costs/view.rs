//! The board, with the tag that is asked about among its choices.

use super::model::{BOARD, TAG, is_tag};
use crate::session::Session;
use crate::views::board_view::BoardView;
use crate::widgets::Select;
use leptos::prelude::*;

pub fn mount(session: Session) -> AnyView {
    // Tags are fields of their own, whose names the reports tell.
    let tags = Signal::derive(move || {
        let mut names: Vec<String> = session.fields.with(|fields| {
            let tags = fields.iter().filter(|f| is_tag(&f.name));
            tags.map(|f| f.name.clone()).collect()
        });
        names.sort();
        names.dedup();
        let option = |name: String| (name.clone(), name);
        std::iter::once((String::new(), "none".to_owned()))
            .chain(names.into_iter().map(option))
            .collect::<Vec<(String, String)>>()
    });
    let value = Signal::derive(move || session.choice(TAG, ""));
    let tools = view! {
        <Select label="Tag" options=tags value on_change=move |v: String| session.choose(TAG, &v) />
    };
    view! { <BoardView session board=&BOARD tools=tools.into_any() /> }.into_any()
}
