//! Every rule and check over what is loaded: in the workers, once it is read, and again for what is new.

use super::{Heard, Inquiry, Language, Session};
use crate::base::{TimeRange, Value};
use crate::checks::{self, Fact, Facts};
use crate::engine::client::spawn;
use crate::engine::later::{Later, later};
use crate::engine::port::Sought;
use crate::engine::question::Marking;
use crate::findings::{Entry, Source, monitored, of_check, of_rule, of_signal, sort};
use crate::language::insights::Table;
use crate::query::{Answer, Expr, Query};
use crate::rules::book::WrittenRule;
use crate::rules::catalogue;
use crate::rules::{RULES, Rule, Verdict, verdict};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::sync::Arc;

/// Values of a query's result that a rule may look at (rows).
const TABLE_ROWS: usize = 1000;

/// What came of all rules and checks, and over what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The worst first.
    pub entries: Vec<Arc<Entry>>,
    pub range: Option<TimeRange>,
    pub filter: Expr,
    /// Descriptions of resources that the checks looked at, and how many they could not.
    pub described: usize,
    pub not_described: usize,
    /// Original records that patterns needed; how often they were read again says nothing about them.
    #[serde(skip)]
    pub read: u64,
    /// How long it took (ms).
    #[serde(skip)]
    pub took_ms: f64,
    /// The state of rows that it is of ([`Session::rows`]).
    #[serde(skip)]
    pub of_rows: u64,
}

/// The browser's clock (ns).
pub(super) fn now_ns() -> i64 {
    (js_sys::Date::now() * 1e6) as i64
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Auditing {
    /// Original records read again, of how many.
    pub read: u64,
    pub of: u64,
    /// Rules that have their answer, of how many.
    pub done: usize,
    pub rules: usize,
}

/// What comes of a dry run: any number of `Going`, then `Done` with the rules in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Trial {
    Going(Auditing),
    Done(Vec<(WrittenRule, Verdict)>),
}

/// Hears how far it is.
type Told = Rc<dyn Fn(Auditing)>;

/// The rules that are run, with who they are from.
#[derive(Clone)]
struct Run {
    source: Source,
    rule: Arc<WrittenRule>,
}

impl Session {
    /// From now on rules and checks are run whenever something changes.
    pub fn want_audit(self) {
        if !self.audit_wanted.get_untracked() {
            self.audit_wanted.set(true);
        }
    }

    /// What all rules and checks say of everything under the page's filter and range, run anew if that is not known yet.
    pub async fn audited(self) -> Arc<Audit> {
        if let Some(report) = self.shared_file() {
            return report.audit.clone();
        }
        let of_now = |a: &Arc<Audit>| {
            a.of_rows == self.rows.get_untracked()
                && a.range == self.range.get_untracked()
                && self.filter.with_untracked(|f| a.filter == *f)
        };
        if let Some(audit) = self.audit.get_untracked().filter(of_now) {
            return audit;
        }
        let audit = Arc::new(
            self.audit_of(self.range.get_untracked(), self.filter.get_untracked(), now_ns())
                .await,
        );
        self.audit.set(Some(audit.clone()));
        audit
    }

    /// What they say of what is under another range and filter; ages are counted to `now_ns`.
    pub async fn audit_of(self, range: Option<TimeRange>, filter: Expr, now_ns: i64) -> Audit {
        let own = self.own_rules.get_untracked();
        let audit = self.run_audit(range, filter, own, now_ns, &|| true).await;
        self.auditing.set(None);
        audit.unwrap_or_default()
    }

    /// Runs what is wanted when rows, range, filter or rules change; the last results stay until new ones are there.
    pub(super) fn follow_audit(self) {
        if let Some(report) = self.shared_file() {
            self.audit.set(Some(report.audit.clone()));
            return;
        }
        let round = StoredValue::new(0u64);
        Effect::new(move |_| {
            self.rows.track();
            let scope = (self.range.get(), self.filter.get());
            let own = self.own_rules.get();
            // Dozens of questions would keep the workers from reading: rules are run once all is read.
            if !self.audit_wanted.get() || self.loading.get() {
                return;
            }
            let mine = round.get_value() + 1;
            round.set_value(mine);
            let is_on = move || round.try_get_value() == Some(mine);
            spawn(async move {
                if let Some(audit) = self.run_audit(scope.0, scope.1, own, now_ns(), &is_on).await {
                    self.auditing.try_set(None);
                    self.audit.try_set(Some(Arc::new(audit)));
                }
            });
        });
    }

    /// All rules and checks over what is under a range and filter. `None` where `is_on` says that it is no longer wanted.
    async fn run_audit(
        self,
        range: Option<TimeRange>,
        filter: Expr,
        own: Arc<Vec<WrittenRule>>,
        now_ns: i64,
        is_on: &dyn Fn() -> bool,
    ) -> Option<Audit> {
        let began = js_sys::Date::now();
        let of_rows = self.rows.get_untracked();
        let runs = runs(&own);
        let mut state = Auditing {
            rules: runs.len() + RULES.len(),
            ..Auditing::default()
        };
        let told: Told = Rc::new(move |state| {
            self.auditing.try_set(Some(state));
        });
        told(state);
        let (taken, read) = self.mark(&runs, state, &told).await;
        if !is_on() {
            return None;
        }
        // All that columns answer is asked at once.
        let signals: Vec<Vec<Later<Arc<Answer>>>> = RULES
            .iter()
            .map(|rule| {
                rule.ask()
                    .into_iter()
                    .map(|q| self.asked(q.within(range, &filter)))
                    .collect()
            })
            .collect();
        let patterns = self.ask_patterns(&runs, &taken, range, &filter);
        let mut entries = Vec::new();
        for (rule, answers) in RULES.iter().zip(signals) {
            let mut all = Vec::new();
            for answer in answers {
                all.push((*answer.await).clone());
            }
            entries.push(of_signal(rule.facts(), &verdict(*rule as &dyn Rule, &all)));
            state.done += 1;
        }
        for (run, answer) in runs.iter().zip(patterns) {
            let said = self.rule_verdict(&run.rule, answer, range, &filter).await;
            if !is_on() {
                return None;
            }
            entries.push(of_rule(run.source, &run.rule, &said));
            state.done += 1;
            told(state);
        }
        let inventory = self.inventory(checks::wants).await;
        if !is_on() {
            return None;
        }
        let (described, not_described) = (inventory.all.len(), inventory.left_out);
        let mut facts = Facts::default();
        for d in inventory.all {
            let place = checks::Place {
                member_path: d.path,
                offset: d.offset,
            };
            facts.add(Fact::of(
                d.kind,
                &d.item_type,
                &d.id,
                &d.name,
                &d.arn,
                &d.account,
                &d.region,
                d.at_ns,
                d.body,
                place,
            ));
        }
        let summed = self.summed().await;
        if !is_on() {
            return None;
        }
        let not_described = not_described + summed.left_out;
        facts.merge(summed.facts);
        entries.extend(checks::evaluate(&facts, now_ns).iter().map(of_check));
        sort(&mut entries);
        Some(Audit {
            entries: entries.into_iter().map(Arc::new).collect(),
            range,
            filter,
            described,
            not_described,
            read,
            took_ms: js_sys::Date::now() - began,
            of_rows,
        })
    }

    /// Tries rules once all is read; `told` hears what comes of it, and says whether it is still wanted.
    pub fn dry_run(self, rules: Vec<WrittenRule>, told: impl Fn(Trial) -> bool + 'static) {
        spawn(async move {
            if self.loading.get_untracked() {
                self.settled().await;
            }
            let told = Rc::new(told);
            let hears = told.clone();
            let all = self.try_rules(rules, move |state| hears(Trial::Going(state)));
            if let Some(all) = all.await {
                told(Trial::Done(all));
            }
        });
    }

    /// What rules say of everything under the page's filter and range, one by one. `told` hears how far it is, and
    /// says whether it is still wanted; `None` where it is not.
    pub async fn try_rules(
        self,
        rules: Vec<WrittenRule>,
        told: impl Fn(Auditing) -> bool + 'static,
    ) -> Option<Vec<(WrittenRule, Verdict)>> {
        let (range, filter) = (self.range.get_untracked(), self.filter.get_untracked());
        let of = |rule| run_of(Source::Own, &rule);
        let runs: Vec<Run> = rules.into_iter().map(of).collect();
        let mut state = Auditing {
            rules: runs.len(),
            ..Auditing::default()
        };
        let told = Rc::new(told);
        let hears = told.clone();
        let reading: Told = Rc::new(move |state| {
            hears(state);
        });
        let (taken, _) = self.mark(&runs, state, &reading).await;
        if !told(state) {
            return None;
        }
        let patterns = self.ask_patterns(&runs, &taken, range, &filter);
        let mut out = Vec::new();
        for (run, answer) in runs.iter().zip(patterns) {
            let said = self.rule_verdict(&run.rule, answer, range, &filter).await;
            state.done += 1;
            if !told(state) {
                return None;
            }
            out.push(((*run.rule).clone(), said));
        }
        Some(out)
    }

    /// Asks at once what the patterns that take any records are to be judged by.
    fn ask_patterns(
        self,
        runs: &[Run],
        taken: &[(String, u64)],
        range: Option<TimeRange>,
        filter: &Expr,
    ) -> Vec<Option<Later<Arc<Answer>>>> {
        let asked = |run: &Run| {
            let takes = |pattern: &str| taken.iter().any(|(p, n)| p == pattern && *n > 0);
            // Of a shared file the answer says whether there was enough to know.
            let wanted = |pattern: &str| self.is_report() && self.has_any(&run.rule.kinds) || takes(pattern);
            let query = run
                .rule
                .ask()
                .filter(|_| run.rule.pattern().is_some_and(wanted))?;
            Some(self.asked(query.within(range, filter)))
        };
        runs.iter().map(asked).collect()
    }

    /// What one rule says. `answer` is that to the question of its pattern, where it was asked.
    async fn rule_verdict(
        self,
        rule: &WrittenRule,
        answer: Option<Later<Arc<Answer>>>,
        range: Option<TimeRange>,
        filter: &Expr,
    ) -> Verdict {
        let said = match answer {
            Some(answer) => rule.verdict(&*answer.await),
            None if !self.has_any(&rule.kinds) => Verdict::NotEvaluable {
                needs: rule.needs.clone(),
            },
            None if rule.pattern().is_some() => Verdict::Quiet,
            None => self.table_verdict(rule, range, filter).await,
        };
        let texts = self.shared_file().is_none_or(|r| r.manifest.originals);
        match said {
            // A pattern may look at what is no column, and that nothing was taken is no pass then.
            Verdict::Quiet if !texts && rule.pattern().is_some() => Verdict::NotEvaluable {
                needs: "the original records, which were not shared".to_owned(),
            },
            said => said,
        }
    }

    fn asked(self, query: Query) -> Later<Arc<Answer>> {
        later(|on| {
            self.engine().ask_later(query, on);
        })
    }

    fn has_any(self, kinds: &[String]) -> bool {
        self.kinds
            .with_untracked(|all| all.iter().any(|k| k.rows > 0 && kinds.contains(&k.kind)))
    }

    /// Has the records marked that patterns take; how many each takes, and how many original records that needed.
    async fn mark(self, runs: &[Run], state: Auditing, told: &Told) -> (Vec<(String, u64)>, u64) {
        let mut sought: Vec<Sought> = Vec::new();
        for run in runs {
            let Some(pattern) = run.rule.pattern() else {
                continue;
            };
            if !self.has_any(&run.rule.kinds) {
                continue;
            }
            match sought.iter_mut().find(|s| s.pattern == pattern) {
                Some(known) => known.kinds.extend(run.rule.kinds.iter().cloned()),
                None => sought.push(Sought {
                    pattern: pattern.to_owned(),
                    kinds: run.rule.kinds.clone(),
                }),
            }
        }
        if sought.is_empty() {
            return (Vec::new(), 0);
        }
        let patterns: Vec<String> = sought.iter().map(|s| s.pattern.clone()).collect();
        let taken = later(|on| {
            let on = std::cell::Cell::new(Some(on));
            let hears = told.clone();
            self.engine().mark(sought, move |told| match told {
                Marking::Reading { read, of } => hears(Auditing { read, of, ..state }),
                Marking::Done(taken) => {
                    if let Some(on) = on.take() {
                        on(taken);
                    }
                }
            });
        })
        .await;
        (patterns.into_iter().zip(taken.counts).collect(), taken.read)
    }

    /// What a rule with a query finds in its result.
    async fn table_verdict(self, rule: &WrittenRule, range: Option<TimeRange>, filter: &Expr) -> Verdict {
        let Some(query) = rule.query() else {
            return Verdict::Quiet;
        };
        let inquiry = Inquiry {
            language: Language::Insights,
            text: query.to_owned(),
            range,
            filter: filter.clone().and(rule.records_asked()),
        };
        let found: Result<Arc<Table>, String> = later(|on| {
            let on = std::rc::Rc::new(std::cell::Cell::new(Some(on)));
            let hears = on.clone();
            let asked = self.inquire(&inquiry, move |heard| {
                let result = match heard {
                    Heard::Done { table, .. } => Ok(table),
                    Heard::Failed(why) => Err(why),
                    _ => return,
                };
                if let Some(on) = hears.take() {
                    on(result);
                }
            });
            if let Err(fault) = asked
                && let Some(on) = on.take()
            {
                on(Err(fault.to_string()));
            }
        })
        .await;
        match found {
            Err(why) => Verdict::NotEvaluable {
                needs: format!("a query that can be answered: {why}"),
            },
            Ok(table) => {
                let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
                let rows: Vec<Vec<Value>> = (table.rows.iter().take(TABLE_ROWS))
                    .map(|row| row.iter().map(super::cell_of).collect())
                    .collect();
                match rule.judge_table(&columns, &rows) {
                    none if none.is_empty() => Verdict::Quiet,
                    findings => Verdict::Fired(findings),
                }
            }
        }
    }
}

fn run_of(source: Source, rule: &WrittenRule) -> Run {
    Run {
        source,
        rule: Arc::new(rule.clone()),
    }
}

fn runs(own: &[WrittenRule]) -> Vec<Run> {
    let built_in = catalogue().iter().map(|r| run_of(Source::Catalogue, r));
    let topics = monitored();
    let topics: Vec<Run> = topics.iter().map(|r| run_of(Source::Monitoring, r)).collect();
    built_in
        .chain(topics)
        .chain(own.iter().map(|r| run_of(Source::Own, r)))
        .collect()
}
