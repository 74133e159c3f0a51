//! From a key back to the person: link by link, each with how it is known.

use super::Use;
use super::book::{Book, Source, askers};
use super::grant::{Given, Grant};
use super::identity::{Identity, KeyKind, Sort, key_kind, role_session};
use super::person::Person;
use crate::base::time::{MINUTE, iso};
use serde::{Deserialize, Serialize};

/// Links at most; STS itself lets roles follow each other without a limit.
pub const MAX_LINKS: usize = 16;
/// How far the clocks of two services may be apart.
pub const SLACK_NS: i64 = MINUTE;

/// How a link is known, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    NotKnown,
    /// The same role and session name, within the lifetime of what was given; nobody else asked for that.
    ByNameAndTime,
    /// The source identity, which stays the same through all roles.
    BySourceIdentity,
    /// The session itself names its issuer.
    ByIssuer,
    /// The record that gave the key names it, or the key is the person's own.
    ByKey,
}

impl Confidence {
    pub fn word(self) -> &'static str {
        match self {
            Confidence::NotKnown => "not known",
            Confidence::ByNameAndTime => "likely: by name and time",
            Confidence::BySourceIdentity => "by source identity",
            Confidence::ByIssuer => "certain: the session names its issuer",
            Confidence::ByKey => "certain: by key",
        }
    }
}

/// Someone in a chain: credentials, and whom they act as.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Node {
    pub key: String,
    pub arn: String,
    pub label: String,
}

impl Node {
    fn of(who: &Identity) -> Node {
        Node {
            key: who.key.clone(),
            arn: who.arn.clone(),
            label: who.label(),
        }
    }
}

/// One step: `from` asked, and got `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub from: Node,
    pub to: Node,
    pub by: Given,
    pub confidence: Confidence,
}

/// The way from a person to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// What was asked for.
    pub of: Node,
    /// From the person on; the last one leads to `of`.
    pub links: Vec<Link>,
    pub person: Option<Person>,
    /// How the person is known: as well as the weakest link, and for certain where the calls themselves name
    /// them.
    pub confidence: Confidence,
    /// What is missing, and which file would tell.
    pub broken_at: Option<String>,
    /// Requests that may have opened the session, where several may.
    pub candidates: Vec<Given>,
    /// Others that the key or ARN stands with.
    pub also: Vec<Node>,
}

/// Whoever stands at a point of the chain, and when.
#[derive(Clone, Copy)]
pub struct Holder<'b> {
    pub who: &'b Identity,
    pub first_ns: i64,
    pub last_ns: i64,
    pub uses: &'b [&'b Use],
}

enum Step<'b> {
    Given(&'b Grant, Confidence),
    Person(Person, Confidence),
    Unclear(Vec<&'b Grant>),
    Broken(String),
}

/// The way back, before it is told: what [`Chain`] says, from the end on.
pub struct Walk<'b> {
    /// Each grant, and whom it went to.
    pub steps: Vec<(&'b Grant, &'b Identity, Confidence)>,
    pub person: Option<Person>,
    pub confidence: Confidence,
    pub broken_at: Option<String>,
    candidates: Vec<&'b Grant>,
}

pub fn chain(book: &Book<'_>, asked: &str) -> Chain {
    let mut pairs: Vec<(&str, &str, &Use)> = book
        .uses_of(asked)
        .map(|one| (one.who.key.as_str(), one.who.arn.as_str(), one))
        .collect();
    pairs.sort_by_key(|(key, arn, one)| (one.first_ns, *key, *arn, *one));
    let Some((key, arn, first)) = pairs.first().copied() else {
        return unused(book, asked);
    };
    let uses: Vec<&Use> = pairs
        .iter()
        .filter(|p| (p.0, p.1) == (key, arn))
        .map(|p| p.2)
        .collect();
    let mut also: Vec<Node> = pairs
        .iter()
        .filter(|p| (p.0, p.1) != (key, arn))
        .map(|p| Node::of(&p.2.who))
        .collect();
    also.sort_unstable();
    also.dedup();
    let last_ns = uses.iter().map(|one| one.last_ns).max().unwrap_or(first.last_ns);
    let holder = Holder {
        who: &first.who,
        first_ns: first.first_ns,
        last_ns,
        uses: &uses,
    };
    Chain {
        also,
        ..tell(&walk(book, holder), &first.who)
    }
}

pub fn chain_of(book: &Book<'_>, who: &Identity, first_ns: i64, last_ns: i64) -> Chain {
    tell(
        &walk(
            book,
            Holder {
                who,
                first_ns,
                last_ns,
                uses: &[],
            },
        ),
        who,
    )
}

/// Nobody used it in these files; a grant may still tell where it came from.
fn unused(book: &Book<'_>, asked: &str) -> Chain {
    let is_arn = asked.starts_with("arn:");
    let mut who = if is_arn {
        Identity::of_arn(asked)
    } else {
        Identity::default()
    };
    if !is_arn {
        asked.clone_into(&mut who.key);
    }
    let made = book.changes(asked).find(|grant| !grant.user.is_empty());
    if let Some(made) = made {
        who.kind = "IAMUser".to_owned();
        who.name.clone_from(&made.user);
        let account = if made.recipient.is_empty() {
            &made.by.account
        } else {
            &made.recipient
        };
        who.account.clone_from(account);
        if made.by.name == made.user {
            who.arn.clone_from(&made.by.arn);
        }
    }
    let grant = book.given(asked).next();
    if let Some(grant) = grant {
        who.arn.clone_from(&grant.arn);
    }
    let at_ns = grant.map_or(book.last_ns, |grant| grant.at_ns);
    let is_known = grant.is_some() || made.is_some() || is_arn;
    let chain = chain_of(book, &who, at_ns, at_ns);
    if is_known {
        chain
    } else {
        Chain {
            broken_at: Some(format!("No record here has {asked}.")),
            ..chain
        }
    }
}

fn tell(walk: &Walk<'_>, of: &Identity) -> Chain {
    let link = |(grant, to, confidence): &(&Grant, &Identity, Confidence)| Link {
        from: Node::of(&grant.by),
        to: Node::of(to),
        by: grant.given(),
        confidence: *confidence,
    };
    let mut candidates: Vec<Given> = walk.candidates.iter().map(|grant| grant.given()).collect();
    candidates.sort_unstable();
    Chain {
        of: Node::of(of),
        links: walk.steps.iter().rev().map(link).collect(),
        person: walk.person.clone(),
        confidence: walk.confidence,
        broken_at: walk.broken_at.clone(),
        candidates,
        also: Vec::new(),
    }
}

pub fn walk<'b>(book: &'b Book<'_>, start: Holder<'b>) -> Walk<'b> {
    let mut walk = Walk {
        steps: Vec::new(),
        person: None,
        confidence: Confidence::ByKey,
        broken_at: None,
        candidates: Vec::new(),
    };
    let mut source_identity = start.who.source_identity.as_str();
    let mut been = vec![(start.who.key.as_str(), start.who.arn.as_str())];
    let mut at = start;
    while walk.person.is_none() && walk.broken_at.is_none() {
        if source_identity.is_empty() {
            source_identity = &at.who.source_identity;
        }
        match back(book, &at) {
            Step::Given(grant, confidence) => {
                walk.steps.push((grant, at.who, confidence));
                walk.confidence = walk.confidence.min(confidence);
                if source_identity.is_empty() {
                    source_identity = &grant.source_identity;
                }
                let by = &grant.by;
                walk.person = by
                    .service()
                    .and_then(|service| Person::of_machine(service, &grant.session, at.who));
                let here = (by.key.as_str(), by.arn.as_str());
                if walk.person.is_none() && here != ("", "") && been.contains(&here) {
                    walk.broken_at = Some(format!("The requests lead in a circle, back to {}.", by.label()));
                } else if walk.person.is_none() && walk.steps.len() >= MAX_LINKS {
                    walk.broken_at = Some(format!(
                        "The chain has more than {MAX_LINKS} links; it is followed no further."
                    ));
                }
                been.push(here);
                at = Holder {
                    who: by,
                    first_ns: grant.at_ns,
                    last_ns: grant.at_ns,
                    uses: &[],
                };
            }
            Step::Person(person, confidence) => {
                walk.person = Some(person);
                walk.confidence = walk.confidence.min(confidence);
            }
            Step::Unclear(grants) => {
                let who = at.who.label();
                walk.broken_at = Some(format!(
                    "{} requests by different askers may have opened {who}.",
                    grants.len()
                ));
                walk.candidates = grants;
            }
            Step::Broken(missing) => walk.broken_at = Some(missing),
        }
    }
    if walk.person.is_none() {
        walk.confidence = Confidence::NotKnown;
        if !source_identity.is_empty() {
            walk.person = Some(Person::of_source_identity(source_identity));
            walk.confidence = Confidence::BySourceIdentity;
        }
    }
    let is_named = |person: &Person| !person.arn.is_empty() && person.arn == start.who.arn;
    if walk.person.as_ref().is_some_and(is_named) && Person::of(start.who).is_some() {
        walk.confidence = Confidence::ByKey;
    }
    walk
}

/// One step back.
fn back<'b>(book: &'b Book<'_>, at: &Holder<'b>) -> Step<'b> {
    let who = at.who;
    let sort = who.sort();
    if sort == Sort::Service {
        return match Person::of(who) {
            Some(service) => Step::Person(service, Confidence::ByIssuer),
            None => Step::Broken("The record does not say which service called.".to_owned()),
        };
    }
    if key_kind(&who.key) != KeyKind::LongTerm {
        match book.source(who, at.first_ns) {
            Source::One(grant) => return Step::Given(grant, Confidence::ByKey),
            Source::Several(grants) => return Step::Unclear(grants),
            Source::None => {}
        }
        let is_session = sort == Sort::Role || key_kind(&who.key) == KeyKind::Temporary;
        if is_session && !who.arn.is_empty() {
            let mut openers = book.openers(who, at.first_ns, at.last_ns);
            if let Some(latest) = openers.next() {
                // A session that signs in to the console is still the same session.
                if latest.by.arn != who.arn {
                    let askers = askers(latest, openers.filter(|grant| grant.by.arn != who.arn));
                    if askers.len() > 1 {
                        return Step::Unclear(askers);
                    }
                }
                let same = !who.source_identity.is_empty() && latest.source_identity == who.source_identity;
                let how = if same {
                    Confidence::BySourceIdentity
                } else {
                    Confidence::ByNameAndTime
                };
                return Step::Given(latest, how);
            }
        }
    }
    if let Some(person) = Person::of(who) {
        let how = if sort == Sort::Federated {
            Confidence::ByIssuer
        } else {
            Confidence::ByKey
        };
        return Step::Person(person, how);
    }
    if sort == Sort::Role
        && let Some(person) = Person::of_session(who)
    {
        let how = if person.kind.is_person() {
            Confidence::ByIssuer
        } else {
            Confidence::ByNameAndTime
        };
        return Step::Person(person, how);
    }
    let machine = Person::of_runtime(who, at.uses).or_else(|| Person::of_caller(who, at.uses));
    if let Some(machine) = machine.filter(|_| sort == Sort::Role) {
        return Step::Person(machine, Confidence::ByNameAndTime);
    }
    Step::Broken(missing(who, sort, at.first_ns))
}

/// What would lead further, and where it is.
pub fn missing(who: &Identity, sort: Sort, first_ns: i64) -> String {
    let account = if who.account.is_empty() {
        super::identity::account(&who.arn)
    } else {
        who.account.as_str()
    };
    let place = if account.is_empty() {
        "the account".to_owned()
    } else {
        format!("account {account}")
    };
    let before = iso(first_ns);
    let key = if who.key.is_empty() {
        String::new()
    } else {
        format!(" with the key {}", who.key)
    };
    match sort {
        Sort::Account => format!(
            "Someone in {place} asked, and only the CloudTrail of that account names them; its record of \
             {before} has the same sharedEventID."
        ),
        Sort::Role => {
            let name = role_session(&who.arn)
                .map_or_else(|| who.label(), |of| format!("{}/{}", of.role, of.session));
            format!(
                "No record here opens the session {name}{key}. The CloudTrail of {place}, the STS events up \
                 to 36 hours before {before}, would tell who did."
            )
        }
        Sort::User | Sort::Root | Sort::Federated => format!(
            "No record here begins the session of {}{key}. The CloudTrail of {place}, its ConsoleLogin, \
             GetSessionToken and GetFederationToken events up to 36 hours before {before}, would tell.",
            who.label()
        ),
        _ => format!(
            "The records do not name who used {}. The CloudTrail of {place} before {before} may tell.",
            who.label()
        ),
    }
}
