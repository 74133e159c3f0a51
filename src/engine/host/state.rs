//! What a host tells of what it holds.

use super::super::port::{FieldState, FromShard, KindState};
use super::{Host, Send};

impl Host {
    /// The fields of every kind here.
    pub(super) fn fields(&self) -> Vec<FieldState> {
        let mut out = Vec::new();
        for t in &self.shard.tables {
            let known = t.fields.iter().enumerate().filter(|(at, _)| t.knows(*at));
            for (_, f) in known {
                out.push(FieldState {
                    kind: t.facts.id.to_owned(),
                    name: f.name.clone(),
                    ty: f.ty,
                    role: f.role,
                    unit: f.unit.to_owned(),
                });
            }
        }
        out
    }

    /// Tells the page what is held here now.
    pub(super) fn tell_change(&mut self, send: Send<'_>) {
        let memory = self.memory();
        let of_tables: usize = self.shard.tables.iter().map(|t| t.memory()).sum();
        // What no table has to itself is shared by their size.
        let part = |of: usize| (memory as f64 * of as f64 / of_tables.max(1) as f64) as u64;
        let kinds: Vec<KindState> = self
            .shard
            .tables
            .iter()
            .map(|t| KindState {
                kind: t.facts.id.to_owned(),
                title: t.facts.title.to_owned(),
                group: t.facts.group,
                columns: t.facts.columns.iter().map(|c| (*c).to_owned()).collect(),
                rows: t.shown().saturating_add(t.unsealed_records()),
                memory: part(t.memory()),
                span: t.span(),
                dedupe: t.facts.dedupe,
            })
            .collect();
        send(FromShard::Changed {
            rows: kinds.iter().map(|k| k.rows).sum(),
            memory,
            kinds,
        });
    }
}
