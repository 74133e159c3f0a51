//! What an answer rests on, and the way there.

use crate::posture::{Proof, State};
use crate::session::Session;
use leptos::prelude::*;

/// Sign and words of a state.
pub fn shown(state: State) -> (&'static str, &'static str) {
    match state {
        State::Evidenced => ("ok", "Evidenced"),
        State::Contradicted => ("red", "Contradicted"),
        State::NoData => ("none", "No data"),
    }
}

/// Opens what an answer rests on.
fn open_proof(session: Session, proof: &Proof) {
    match proof {
        Proof::Records { kind, filter, range } => {
            let filter = crate::query::text::parse(filter).unwrap_or_default();
            let view = match kind.as_str() {
                "cloudtrail" => "trail",
                "vpc-flow" | "tgw-flow" => "traffic",
                "config" => "config",
                _ => "events",
            };
            let filter = match kind.is_empty() || view != "events" {
                true => filter,
                false => filter.and(crate::query::Expr::eq("@kind", kind.as_str())),
            };
            session.show(view, filter, *range);
        }
        Proof::Record(place) => session.open_record(&place.kind, &place.source, place.offset),
        Proof::Item {
            place: Some(place), ..
        } => session.open_record(&place.kind, &place.source, place.offset),
        Proof::Item { id, place: None } => {
            session.show("events", crate::query::Expr::eq("resource", id.as_str()), None);
        }
    }
}

/// What a proof is called on its button.
fn proof_name(proof: &Proof) -> String {
    match proof {
        Proof::Records { kind, filter, .. } if filter.is_empty() => format!("{kind} records"),
        Proof::Records { filter, .. } => filter.clone(),
        Proof::Record(place) => place.source.rsplit('/').next().unwrap_or_default().to_owned(),
        Proof::Item { id, .. } => id.clone(),
    }
}

/// Proofs shown of an answer.
const PROOFS: usize = 8;

/// Buttons that open what an answer rests on.
pub fn proofs(session: Session, all: &[Proof]) -> impl IntoView + use<> {
    let more = all.len().saturating_sub(PROOFS);
    let button = |proof: &Proof| {
        let (name, title, proof) = (proof_name(proof), proof_name(proof), proof.clone());
        view! {
            <button type="button" class="button button-small mono clip" title=title on:click=move |_| open_proof(session, &proof)>
                {name}
            </button>
        }
    };
    let buttons: Vec<_> = all.iter().take(PROOFS).map(button).collect();
    (!buttons.is_empty()).then(|| {
        view! {
            <p class="posture-proofs">
                <span class="quiet small">"Evidence: "</span>
                {buttons}
                {(more > 0).then(|| view! { <span class="faint small">{format!("and {more} more")}</span> })}
            </p>
        }
    })
}
