//! What the page's parts share, and how it is gathered: descriptions, what filters take, their metrics by the minute.

use crate::base::TimeRange;
use crate::findings::{Entry, Source};
use crate::monitoring::TOPICS;
use crate::monitoring::chain;
use crate::monitoring::topics::VERSIONS;
use crate::session::{Described, Edges, Session};
use crate::views::alarms::model::alarms::{self, Gathered, Ground};
use crate::views::alarms::model::filters::{self, ask_events, ask_matches};
use crate::views::alarms::model::given::{Around, Piece, wants};
use crate::views::alarms::model::metrics::{cut, minutes};
use crate::views::alarms::model::topics::{self, Happened, Seen};
use crate::views::alarms::model::{Given, KIND, NEEDS_EVENTS};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Filters whose metrics are gathered; an account has at most 100 a log group.
const MOST_FILTERS: usize = 500;

/// What filters take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Events by pattern.
    pub counts: BTreeMap<String, u64>,
    pub gathered: Vec<Gathered>,
    pub done: bool,
}

/// A handle.
#[derive(Clone, Copy)]
pub struct Page {
    pub session: Session,
    /// What the files tell; nothing until it was looked at.
    pub given: RwSignal<Option<Arc<Given>>>,
    pub metrics: RwSignal<Arc<Metrics>>,
    /// Original records read again for patterns, of how many.
    pub progress: RwSignal<Option<(u64, u64)>>,
    pub filters: Memo<Arc<Vec<filters::Row>>>,
    pub alarms: Memo<Arc<Vec<alarms::Row>>>,
    pub topics: Memo<Arc<Vec<topics::Row>>>,
}

impl Page {
    pub fn new(session: Session) -> Page {
        let given = RwSignal::new(None::<Arc<Given>>);
        let metrics = RwSignal::new(Arc::<Metrics>::default());
        let progress = RwSignal::new(None);
        let seen = RwSignal::new(Arc::<BTreeMap<&'static str, Seen>>::default());
        let rows = Memo::new(move |_| {
            let columns = columns(session);
            given.with(|g| {
                let rows = g.as_ref().map(|g| filters::rows(g, &columns));
                Arc::new(rows.unwrap_or_default())
            })
        });
        let alarms = Memo::new(move |_| {
            let known = known(session);
            let all = metrics.with(|m| {
                let ground = Ground {
                    known,
                    gathered: &m.gathered,
                    done: m.done,
                };
                given.with(|g| {
                    g.as_ref()
                        .map(|g| rows.with(|rows| alarms::rows(g, rows, ground)))
                })
            });
            Arc::new(all.unwrap_or_default())
        });
        let topics = Memo::new(move |_| {
            let chains = given.with(|g| match g {
                Some(g) => chain::topics(&g.setup, g.known()),
                None => chain::topics(&Given::default().setup, chain::Known::default()),
            });
            let version = session.choice("cis", newest());
            Arc::new(seen.with(|s| {
                let of = |t: &crate::monitoring::Topic| s.get(t.id).cloned().unwrap_or_default();
                topics::rows(&version, of, chains)
            }))
        });
        let page = Page {
            session,
            given,
            metrics,
            progress,
            filters: rows,
            alarms,
            topics,
        };
        page.follow_files();
        page.follow_topics(seen);
        page
    }

    pub fn version(self) -> String {
        self.session.choice("cis", newest())
    }

    /// Looks at descriptions and runs the filters again whenever there are other rows.
    fn follow_files(self) {
        let session = self.session;
        let round = StoredValue::new(0u64);
        Effect::new(move |_| {
            session.rows.track();
            if session.loading.get() {
                return;
            }
            let mine = round.get_value() + 1;
            round.set_value(mine);
            let is_on = move || round.try_get_value() == Some(mine);
            session.beside(async move {
                let inventory = session.inventory(wants).await;
                let edges = session.edges("aws-inventory").await;
                if !is_on() {
                    return;
                }
                let piece = |d: &'_ Described| -> (&'static str, String) { (d.kind, d.item_type.clone()) };
                let named: Vec<(&str, String)> = inventory.all.iter().map(piece).collect();
                let pieces = named.iter().zip(&inventory.all).map(|((kind, ty), d)| Piece {
                    kind,
                    item_type: ty,
                    body: &d.body,
                });
                let around: Vec<Around> = edges.iter().map(around).collect();
                let given = Given::of(pieces, &around, inventory.left_out);
                self.given.try_set(Some(Arc::new(given)));
                let Some(rows) = self.filters.try_get_untracked() else {
                    return;
                };
                let metrics = self.gather(&rows, &is_on).await;
                if is_on() {
                    self.progress.try_set(None);
                    self.metrics.try_set(Arc::new(metrics));
                }
            });
        });
    }

    /// Runs the filters over everything loaded, whatever filter and range say: an alarm saw all of it.
    async fn gather(self, rows: &[filters::Row], is_on: &dyn Fn() -> bool) -> Metrics {
        let session = self.session;
        let mut metrics = Metrics {
            done: true,
            ..Metrics::default()
        };
        let here = session
            .kinds
            .with_untracked(|k| k.iter().any(|k| k.kind == KIND && k.rows > 0));
        if !here || rows.is_empty() {
            return metrics;
        }
        let rows = rows.iter().filter(|r| r.is_read).take(MOST_FILTERS);
        let rows: Vec<&filters::Row> = rows.collect();
        let mut patterns: Vec<String> = rows.iter().map(|r| r.filter.filter_pattern.clone()).collect();
        patterns.sort_unstable();
        patterns.dedup();
        let progress = self.progress;
        let told = move |read, of| {
            progress.try_set(Some((read, of)));
        };
        let counts = session.taken_by(&patterns, &[KIND], told).await;
        metrics.counts = patterns.into_iter().zip(counts).collect();
        if !is_on() {
            return metrics;
        }
        let events = session.answered(ask_events()).await;
        for row in rows {
            for (at, metric) in row.metrics.iter().enumerate() {
                let Ok(value) = &metric.value else { continue };
                let matches = session
                    .answered(ask_matches(&row.filter.filter_pattern, value))
                    .await;
                if !is_on() {
                    return metrics;
                }
                metrics.gathered.push(Gathered {
                    filter: row.key(),
                    at,
                    minutes: minutes(&events, &matches, value),
                    remarks: [cut(&events), cut(&matches)].into_iter().flatten().collect(),
                });
            }
        }
        metrics
    }

    /// Counts what happened of each topic once the rules were run, under the page's filter and range.
    fn follow_topics(self, seen: RwSignal<Arc<BTreeMap<&'static str, Seen>>>) {
        let session = self.session;
        session.want_audit();
        Effect::new(move |_| {
            let audit = session.audit.get();
            let loaded = session.rows_of(&[KIND]) > 0;
            if !loaded {
                seen.set(Arc::new(all(|_| Seen::NotEvaluable(NEEDS_EVENTS.to_owned()))));
                return;
            }
            if session.is_report() {
                let of = |id: &str| {
                    let entries = audit.as_ref().map(|a| a.entries.as_slice()).unwrap_or_default();
                    told(entries, id)
                };
                seen.set(Arc::new(all(of)));
                return;
            }
            // Patterns are looked for by the rules; before that nothing is known of them.
            let Some(audit) = audit else {
                seen.set(Arc::default());
                return;
            };
            session.beside(async move {
                let mut found = BTreeMap::new();
                for topic in TOPICS {
                    let query = topics::ask(topic.pattern).within(audit.range, &audit.filter);
                    let happened = topics::happened(&*session.answered(query).await);
                    found.insert(topic.id, Seen::Happened(happened));
                }
                let is_last = session
                    .audit
                    .try_with_untracked(|a| a.as_ref().is_some_and(|a| Arc::ptr_eq(a, &audit)));
                if is_last == Some(true) {
                    seen.try_set(Arc::new(found));
                }
            });
        });
    }
}

fn around(edges: &Edges) -> Around<'_> {
    Around {
        items: edges.records,
        head: &edges.head,
        tail: &edges.tail,
    }
}

/// The version that is shown where none is chosen.
fn newest() -> &'static str {
    VERSIONS.last().copied().unwrap_or_default()
}

fn all(of: impl Fn(&str) -> Seen) -> BTreeMap<&'static str, Seen> {
    TOPICS.iter().map(|t| (t.id, of(t.id))).collect()
}

/// What a shared file tells of a topic.
fn told(entries: &[Arc<Entry>], topic: &str) -> Seen {
    let id = format!("{}/{topic}", Source::Monitoring.id());
    let Some(entry) = entries.iter().find(|e| e.id == id) else {
        return Seen::NotEvaluable(
            "the files that were shared: this one does not hold what rules said".to_owned(),
        );
    };
    match &entry.needs {
        Some(needs) => Seen::NotEvaluable(needs.clone()),
        None => Seen::Happened(Happened {
            count: entry.items.iter().map(|i| i.count).sum(),
            first_ns: entry.items.iter().filter_map(|i| i.first_ns).min(),
            last_ns: entry.items.iter().filter_map(|i| i.last_ns).max(),
        }),
    }
}

/// Columns of the events that filters are run over (tracked).
fn columns(session: Session) -> Vec<String> {
    session.fields.with(|all| {
        let mine = all.iter().filter(|f| f.kind == KIND);
        mine.map(|f| f.name.clone()).collect()
    })
}

/// The time that events are loaded of, to the end of its last minute (tracked).
pub fn known(session: Session) -> Option<TimeRange> {
    let span = session.kinds.with(|all| {
        let mine = all.iter().find(|k| k.kind == KIND && k.rows > 0);
        mine.and_then(|k| k.span)
    });
    span.map(alarms::whole_minutes)
}
