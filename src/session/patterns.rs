//! Filter patterns in the page's filter: which records they take is found out once, and again when there are more.

use super::{KindState, Session};
use crate::engine::port::Sought;
use crate::engine::question::Marking;
use crate::language::pattern::Pattern;
use crate::query::patterns;
use leptos::prelude::*;
use std::collections::BTreeMap;

impl Session {
    /// Has the workers look at original records whenever the filter names a pattern that they were not looked at for.
    pub(super) fn follow_patterns(self) {
        // By pattern, what was loaded when it was looked for.
        let looked_for = StoredValue::new(BTreeMap::<String, Vec<KindState>>::new());
        Effect::new(move |_| {
            self.rows.track();
            let named: Vec<String> = self
                .filter
                .with(|f| patterns(f).into_iter().map(str::to_owned).collect());
            if named.is_empty() || self.loading.get() {
                return;
            }
            let kinds = self.kinds.get();
            for pattern in named {
                if looked_for.with_value(|l| l.get(&pattern) == Some(&kinds)) {
                    continue;
                }
                looked_for.update_value(|l| {
                    l.insert(pattern.clone(), kinds.clone());
                });
                if let Err(fault) = Pattern::parse(&pattern) {
                    let said = format!("The filter’s pattern {pattern} can not be read: {fault}.");
                    self.notice.set(Some(said));
                    continue;
                }
                self.marking.update(|m| m.push(pattern.clone()));
                let sought = Sought {
                    pattern: pattern.clone(),
                    kinds: Vec::new(),
                };
                self.engine().mark(vec![sought], move |told| {
                    if matches!(told, Marking::Done(_)) {
                        self.marking.update(|m| m.retain(|p| *p != pattern));
                        self.rows.update(|v| *v += 1);
                    }
                });
            }
        });
    }
}
