//! From streams to cells: what the destinations add, what the logs themselves add, and how several words become one.

mod goes;
mod logs;

use super::alarmed::{Alarmed, Reach, Reaches};
use super::rules::rule;
use super::streams::{self, Fact, Goes, Scope, Stream, World};
use super::{Cell, Described, Proof, Question, Row, Seen, Service, State};
use std::collections::{BTreeMap, BTreeSet};

/// Sentences and proofs of one kind that a cell lists.
const LISTED: usize = 3;

/// The accounts whose logs end in a bucket.
type Shared = BTreeMap<String, BTreeSet<String>>;

pub(super) fn rows(described: &Described, seen: &Seen, alarmed: &Alarmed) -> Vec<Row> {
    let world = World::new(described, seen);
    let gathered = streams::gather(&world);
    let mut shared = Shared::new();
    for (scope, streams) in gathered.iter().filter(|(scope, _)| !scope.account.is_empty()) {
        for goes in streams.iter().flat_map(|s| &s.goes) {
            if let Goes::Bucket(name) = goes {
                shared
                    .entry(name.clone())
                    .or_default()
                    .insert(scope.account.clone());
            }
        }
    }
    let row = |(scope, mut streams): (Scope, Vec<Stream>)| {
        for stream in &mut streams {
            goes::tell(&world, &scope, &shared, stream);
        }
        let told = logs::facts(&world, &scope, &streams);
        let cells = Question::ALL.map(|question| match question {
            Question::Alarmed => reached(&scope, &streams, alarmed),
            _ => cell(&scope, question, &streams, &told),
        });
        Row {
            account: scope.account,
            region: scope.region,
            service: scope.service,
            subject: scope.subject,
            cells,
        }
    };
    gathered.into_iter().map(row).collect()
}

/// How the words on several things of one row become one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Several {
    /// All have to hold.
    All,
    /// One is enough.
    One,
}

impl Several {
    /// Over the streams of a row. Resources each have to be logged; of trails or recorders one is enough. A copy that is not
    /// encrypted is one too many everywhere.
    fn streams(service: Service, question: Question) -> Self {
        match (service, question) {
            (_, Question::Encrypted) => Several::All,
            (Service::LogGroups, Question::Logged) => Several::One,
            (
                Service::S3Access
                | Service::ElbAccess
                | Service::Cloudfront
                | Service::Rds
                | Service::EksAudit
                | Service::LogGroups,
                _,
            ) => Several::All,
            _ => Several::One,
        }
    }

    /// Over the places that one stream goes to.
    fn within(question: Question) -> Self {
        match question {
            Question::Retained | Question::Central => Several::One,
            _ => Several::All,
        }
    }
}

/// What several facts come to.
#[derive(Clone, Debug)]
struct Word {
    state: State,
    says: Vec<String>,
    proofs: Vec<Proof>,
}

impl Word {
    fn of<'f>(facts: impl Iterator<Item = &'f Fact>, several: Several) -> Word {
        let facts: Vec<&Fact> = facts.collect();
        let has = |state: State| facts.iter().any(|f| f.state == state);
        let (wins, other) = match several {
            Several::All => (State::Contradicted, State::Evidenced),
            Several::One => (State::Evidenced, State::Contradicted),
        };
        let state = [wins, other]
            .into_iter()
            .find(|state| has(*state))
            .unwrap_or(State::NoData);
        // Where one is enough, what else is known stands beside it.
        let beside = (several == Several::One && state == wins).then_some(other);
        let mut word = Word {
            state,
            says: Vec::new(),
            proofs: Vec::new(),
        };
        for told in [Some(state), beside].into_iter().flatten() {
            for fact in facts.iter().filter(|f| f.state == told) {
                word.says.push(fact.says.clone());
                word.proofs.extend(fact.proofs.iter().cloned());
            }
        }
        word
    }
}

fn cell(scope: &Scope, question: Question, streams: &[Stream], told: &[Fact]) -> Cell {
    let several = Several::streams(scope.service, question);
    let within = Several::within(question);
    let words: Vec<(&str, Word)> = asked(question, several, streams)
        .map(|s| {
            (
                s.name.as_str(),
                Word::of(s.facts.iter().filter(|f| f.question == question), within),
            )
        })
        .collect();
    let mut word = across(&words, several);
    add_logs(&mut word, told.iter().filter(|f| f.question == question));
    finish(scope.service, question, word)
}

/// The streams that a question is about: where one is enough, those that are on, or may be.
fn asked(question: Question, several: Several, streams: &[Stream]) -> impl Iterator<Item = &Stream> {
    let narrow = several == Several::One && question != Question::Logged;
    let is = move |s: &Stream, state: State| narrow && s.says(Question::Logged, state);
    let some_on = streams.iter().any(|s| is(s, State::Evidenced));
    let all_off = streams.iter().all(|s| is(s, State::Contradicted));
    streams.iter().filter(move |s| match (some_on, all_off) {
        (true, _) => is(s, State::Evidenced),
        (false, true) => true,
        (false, false) => !is(s, State::Contradicted),
    })
}

fn across(words: &[(&str, Word)], several: Several) -> Word {
    let of = |state: State| words.iter().filter(move |(_, w)| w.state == state);
    let (wins, other) = match several {
        Several::All => (State::Contradicted, State::Evidenced),
        Several::One => (State::Evidenced, State::Contradicted),
    };
    let state = [wins, other]
        .into_iter()
        .find(|s| of(*s).next().is_some())
        .unwrap_or(State::NoData);
    let mut word = Word {
        state,
        says: of(state).flat_map(|(_, w)| w.says.iter().cloned()).collect(),
        proofs: of(state).flat_map(|(_, w)| w.proofs.iter().cloned()).collect(),
    };
    word.says = listed(word.says);
    let count = |state: State| of(state).count();
    if several == Several::All && state == State::Contradicted && count(State::Evidenced) > 0 {
        word.says.push(format!(
            "As it should be: {} of {}.",
            count(State::Evidenced),
            words.len()
        ));
    }
    if state == State::Evidenced && several == Several::All && count(State::NoData) > 0 {
        let names: Vec<&str> = of(State::NoData).take(LISTED).map(|(name, _)| *name).collect();
        let more = count(State::NoData).saturating_sub(names.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        word.says
            .push(format!("Nothing tells it of {}{more}.", names.join(", ")));
    }
    word
}

/// Each sentence once, and the first few of them.
fn listed(says: Vec<String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    let mut each: Vec<String> = says.into_iter().filter(|s| known.insert(s.clone())).collect();
    let more = each.len().saturating_sub(LISTED);
    each.truncate(LISTED);
    if more > 0 {
        each.push(format!("And {more} more of this kind."));
    }
    each
}

/// What the logs themselves say: a contradiction counts whatever was described, a doubt takes evidence back, and evidence
/// stands beside what the descriptions say.
fn add_logs<'f>(word: &mut Word, told: impl Iterator<Item = &'f Fact>) {
    for fact in told {
        let (state, first) = match (word.state, fact.state) {
            (State::Contradicted, _) => (State::Contradicted, false),
            (_, State::Contradicted) => (State::Contradicted, true),
            (_, State::NoData) => (State::NoData, false),
            (_, State::Evidenced) => (State::Evidenced, false),
        };
        if word.state == State::NoData && state != State::NoData {
            // What was missing is told now.
            word.says.clear();
        }
        word.state = state;
        let at = if first { 0 } else { word.says.len() };
        word.says.insert(at, fact.says.clone());
        word.proofs.extend(fact.proofs.iter().cloned());
    }
}

fn finish(service: Service, question: Question, mut word: Word) -> Cell {
    if word.says.is_empty() {
        word.says.push("Nothing that was opened tells it.".to_owned());
    }
    let mut evidence: Vec<Proof> = Vec::new();
    for proof in word.proofs {
        if evidence.len() < 2 * LISTED && !evidence.contains(&proof) {
            evidence.push(proof);
        }
    }
    Cell {
        state: word.state,
        says: word.says.join(" "),
        evidence,
        helps: (word.state == State::NoData).then(|| rule(service, question).helps.to_owned()),
    }
}

/// The topics of the CIS benchmark that watch a service.
fn topics(service: Service) -> &'static [&'static str] {
    match service {
        Service::CloudtrailManagement => &["cloudtrail-changes"],
        Service::Config => &["config-changes"],
        _ => &[],
    }
}

/// Whether anyone is told: one chain that reaches someone is enough.
fn reached(scope: &Scope, streams: &[Stream], alarmed: &Alarmed) -> Cell {
    let mut found: Vec<&Reach> = Vec::new();
    for chains in alarmed.of(&scope.account) {
        found.extend(chains.services.get(scope.service.id()));
        found.extend(
            topics(scope.service)
                .iter()
                .filter_map(|topic| chains.topics.get(*topic)),
        );
        for goes in streams.iter().flat_map(|s| &s.goes) {
            if let Goes::Group { name, .. } = goes {
                found.extend(chains.groups.get(name));
            }
        }
    }
    let order = [Reaches::Told, Reaches::Broken, Reaches::NotKnown];
    let best = order
        .into_iter()
        .find(|reaches| found.iter().any(|r| r.reaches == *reaches));
    let of_best: Vec<&Reach> = found.into_iter().filter(|r| Some(r.reaches) == best).collect();
    let word = Word {
        state: best.map_or(State::NoData, Reaches::state),
        says: listed(of_best.iter().map(|r| r.says.clone()).collect()),
        proofs: of_best.iter().flat_map(|r| r.proofs.iter().cloned()).collect(),
    };
    finish(scope.service, Question::Alarmed, word)
}
