//! All rules over records, as the page runs them: patterns marked in one pass, then questions.

use trailbeam::engine::local::Local;
use trailbeam::findings::{Entry, Source, monitored, of_rule, of_signal, sort};
use trailbeam::rules::book::WrittenRule;
use trailbeam::rules::{RULES, Verdict, catalogue, verdict};

/// What every signal, rule with a pattern and topic says of CloudTrail events.
pub fn hunt(local: &mut Local) -> Vec<Entry> {
    let topics = monitored();
    let rules: Vec<(Source, &WrittenRule)> = catalogue()
        .iter()
        .map(|r| (Source::Catalogue, r))
        .chain(topics.iter().map(|r| (Source::Monitoring, r)))
        .filter(|(_, r)| r.pattern().is_some())
        .collect();
    let patterns: Vec<&str> = rules.iter().filter_map(|(_, r)| r.pattern()).collect();
    local.mark_all(&patterns, &["cloudtrail"]);
    let mut entries = Vec::new();
    for rule in RULES {
        let answers: Vec<_> = rule.ask().iter().map(|q| local.ask(q)).collect();
        entries.push(of_signal(rule.facts(), &verdict(*rule, &answers)));
    }
    for (source, rule) in rules {
        let said = match rule.ask() {
            Some(query) => rule.verdict(&local.ask(&query)),
            None => Verdict::Quiet,
        };
        entries.push(of_rule(source, rule, &said));
    }
    sort(&mut entries);
    entries
}
