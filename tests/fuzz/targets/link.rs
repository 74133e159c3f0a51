//! Any text as the part of a link behind `#`: it opens, and what was opened can be linked to.

use trailbeam::session::url::State;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut state = State::read(text);
    // A choice of nothing is no choice.
    state.choices.retain(|_, v| !v.is_empty());
    let link = state.write();
    assert!(link.is_ascii() && link.starts_with("#/"));
    assert_eq!(State::read(&link), state, "{link}");
}
