//! What do the parts look like that several views share? Leptos components, each with its css beside it.

pub mod icon_data;
