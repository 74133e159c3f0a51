//! Calls that belong together: from a sign-in, a granted key or the end of a long pause to the last call.

use super::book::Book;
use super::chain::{Confidence, Holder, missing, walk};
use super::grant::{Given, Grant, GrantKind};
use super::identity::{KeyKind, Sort, key_kind};
use super::person::Person;
use super::{Seen, Use};
use crate::base::hash::FastMap;
use crate::base::time::HOUR;
use serde::{Deserialize, Serialize};

/// How long a long-term key rests before its next call is a session of its own.
pub const IDLE_NS: i64 = 2 * HOUR;
/// [`IDLE_NS`] in words.
pub const IDLE_RULE: &str =
    "A long-term key has no sign-in. Its calls are one session until it makes none for more than 2 hours.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionKind {
    /// Begun by a sign-in, or by switching the role in the console.
    Console,
    /// Credentials of a role.
    Role,
    /// Temporary credentials of a user or of root.
    Temporary,
    /// A burst of a long-term key.
    LongTermKey,
    /// A service's own calls.
    Service,
    /// Requests of another account or an identity provider's user, who have no key here. What they opened is
    /// a session of its own.
    Outside,
    /// Calls whose record names no key.
    NoKey,
}

/// How a session began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Began {
    Given(Given),
    /// The first call after a pause.
    AfterPause,
    /// Its beginning is not in these files; the text says what would tell.
    NotInFiles(String),
    /// Services and those outside need no sign-in here.
    ByItself,
}

/// Why nothing comes after the last call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The credentials expired, within the time that the files cover.
    Expired {
        at_ns: i64,
    },
    KeyDeleted {
        at_ns: i64,
    },
    KeyDisabled {
        at_ns: i64,
    },
    /// Nothing says why.
    LastCall,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub kind: SessionKind,
    /// The one at the root of the chain.
    pub who: Option<Person>,
    pub confidence: Confidence,
    /// Where the way back to the person breaks.
    pub broken_at: Option<String>,
    pub began: Began,
    pub principal: String,
    pub arn: String,
    pub account: String,
    pub keys: Vec<String>,
    pub addresses: Vec<Seen>,
    pub agents: Vec<Seen>,
    pub calls: u64,
    pub errors: u64,
    /// Calls that a service made in this session's name.
    pub by_services: u64,
    pub first_ns: i64,
    pub last_ns: i64,
    pub end: End,
}

/// What uses of one session have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slot<'a> {
    kind: SessionKind,
    key: &'a str,
    who: &'a str,
    grant: Option<(i64, &'a str)>,
}

/// The uses of a session, oldest first.
struct Burst<'a> {
    first_ns: i64,
    slot: Slot<'a>,
    uses: Vec<&'a Use>,
    /// Is it the last one of its slot?
    is_last: bool,
}

pub fn sessions(book: &Book<'_>) -> Vec<Session> {
    let mut slots: FastMap<Slot<'_>, Vec<&Use>> = FastMap::default();
    for one in book.uses {
        slots.entry(slot(book, one)).or_default().push(one);
    }
    let mut all = Vec::with_capacity(slots.len());
    for (slot, mut uses) in slots {
        uses.sort_unstable();
        match slot.kind {
            SessionKind::LongTermKey | SessionKind::NoKey | SessionKind::Outside => {
                bursts(slot, &uses, &mut all)
            }
            _ => {
                let first_ns = uses.first().map_or(0, |one| one.first_ns);
                all.push(Burst {
                    first_ns,
                    slot,
                    uses,
                    is_last: true,
                });
            }
        }
    }
    all.sort_unstable_by_key(|burst| (burst.first_ns, burst.slot));
    all.iter().filter_map(|burst| session(book, burst)).collect()
}

fn slot<'a>(book: &'a Book<'a>, one: &'a Use) -> Slot<'a> {
    let who = if one.who.arn.is_empty() {
        &one.principal
    } else {
        &one.who.arn
    };
    let slot = |kind, key, grant| Slot {
        kind,
        key,
        who,
        grant,
    };
    let key = one.who.key.as_str();
    let sort = one.who.sort();
    if sort == Sort::Service {
        let service = one.who.service().unwrap_or(who);
        return Slot {
            who: service,
            ..slot(SessionKind::Service, "", None)
        };
    }
    if key_kind(key) == KeyKind::LongTerm {
        return slot(SessionKind::LongTermKey, key, None);
    }
    let own = match sort {
        Sort::Account | Sort::Saml | Sort::Web => SessionKind::Outside,
        _ if key.is_empty() => SessionKind::NoKey,
        Sort::Role => SessionKind::Role,
        _ => SessionKind::Temporary,
    };
    let Some(grant) = opener(book, one) else {
        return slot(own, key, None);
    };
    let grant_id = Some((grant.at_ns, grant.event_id.as_str()));
    // The console works with keys of its own making: they are one session.
    if grant.kind.opens_console() {
        slot(SessionKind::Console, "", grant_id)
    } else {
        slot(own, key, grant_id)
    }
}

/// The grant that a use begins with, where its key or its sign-in tells.
fn opener<'b>(book: &'b Book<'_>, one: &Use) -> Option<&'b Grant> {
    book.gave(&one.who, one.first_ns).or_else(|| book.sign_in(one))
}

/// Uses in order of time, cut where more than [`IDLE_NS`] lies between.
fn bursts<'a>(slot: Slot<'a>, uses: &[&'a Use], all: &mut Vec<Burst<'a>>) {
    let begun = all.len();
    let mut last_ns = i64::MIN;
    for one in uses {
        match all.get_mut(begun..).and_then(<[_]>::last_mut) {
            Some(burst) if one.first_ns.saturating_sub(last_ns) <= IDLE_NS => burst.uses.push(one),
            _ => {
                let first_ns = one.first_ns;
                all.push(Burst {
                    first_ns,
                    slot,
                    uses: vec![one],
                    is_last: false,
                });
            }
        }
        last_ns = last_ns.max(one.first_ns).max(one.last_ns);
    }
    if let Some(burst) = all.get_mut(begun..).and_then(<[_]>::last_mut) {
        burst.is_last = true;
    }
}

fn session(book: &Book<'_>, burst: &Burst<'_>) -> Option<Session> {
    let Burst {
        slot, uses, is_last, ..
    } = burst;
    let first = *uses.first()?;
    let last_ns = uses.iter().map(|one| one.last_ns).max()?;
    // A sign-in names no key; what follows it does.
    let with_key = uses.iter().find(|one| !one.who.key.is_empty()).unwrap_or(&first);
    let walk = walk(
        book,
        Holder {
            who: &with_key.who,
            first_ns: first.first_ns,
            last_ns,
            uses,
        },
    );
    let grant = slot
        .grant
        .and_then(|_| opener(book, first))
        .or_else(|| walk.steps.first().map(|step| step.0));
    let began = match (slot.kind, grant) {
        (SessionKind::Service | SessionKind::Outside, _) => Began::ByItself,
        (SessionKind::LongTermKey, _) => Began::AfterPause,
        (_, Some(grant)) => Began::Given(grant.given()),
        (_, None) => Began::NotInFiles(
            walk.broken_at
                .clone()
                .unwrap_or_else(|| missing(&first.who, first.who.sort(), first.first_ns)),
        ),
    };
    let opened_console = matches!(&began, Began::Given(given) if given.kind.opens_console());
    let sum = |of: fn(&Use) -> u64| uses.iter().fold(0u64, |sum, one| sum.saturating_add(of(one)));
    let mut keys: Vec<String> = uses
        .iter()
        .map(|one| one.who.key.clone())
        .filter(|key| !key.is_empty())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    Some(Session {
        kind: if opened_console {
            SessionKind::Console
        } else {
            slot.kind
        },
        who: walk.person,
        confidence: walk.confidence,
        broken_at: walk.broken_at,
        end: end(book, &began, grant, &keys, last_ns, *is_last),
        began,
        principal: if first.principal.is_empty() {
            first.who.label()
        } else {
            first.principal.clone()
        },
        arn: first.who.arn.clone(),
        account: first.who.account.clone(),
        keys,
        addresses: Seen::all(uses.iter().copied(), |one| &one.address),
        agents: Seen::all(uses.iter().copied(), |one| &one.agent),
        calls: sum(|one| one.calls),
        errors: sum(|one| one.errors),
        by_services: sum(|one| {
            if one.who.invoked_by.is_empty() {
                0
            } else {
                one.calls
            }
        }),
        first_ns: first.first_ns,
        last_ns,
    })
}

fn end(
    book: &Book<'_>,
    began: &Began,
    grant: Option<&Grant>,
    keys: &[String],
    last_ns: i64,
    is_last: bool,
) -> End {
    match began {
        Began::Given(_) => {
            let told = grant.and_then(Grant::told_end_ns);
            told.filter(|at_ns| *at_ns <= book.last_ns)
                .map_or(End::LastCall, |at_ns| End::Expired { at_ns })
        }
        Began::AfterPause if is_last => {
            let after = keys
                .iter()
                .flat_map(|key| book.changes(key))
                .filter(|c| c.is_granted() && c.at_ns >= last_ns);
            let mut ends = after.filter_map(|change| match change.kind {
                GrantKind::DeleteKey => Some(End::KeyDeleted { at_ns: change.at_ns }),
                GrantKind::UpdateKey if change.status == "Inactive" => {
                    Some(End::KeyDisabled { at_ns: change.at_ns })
                }
                _ => None,
            });
            ends.next().unwrap_or(End::LastCall)
        }
        _ => End::LastCall,
    }
}
