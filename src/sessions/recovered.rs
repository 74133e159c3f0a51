//! What was refused first and went through later.

use crate::base::hash::FastMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The rule in words.
pub const RECOVERED_RULE: &str = "A call that was denied and later succeeded, by the same principal or by \
     another one of the same person, where none of them had succeeded before the first denial.";

/// Calls of a principal with one key that agree in what was called and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcomes {
    pub first_ns: i64,
    pub last_ns: i64,
    pub principal: String,
    pub key: String,
    /// [`super::Person::id`] of the one at the root of the principal's chain; empty where it is not known.
    pub person: String,
    pub service: String,
    pub call: String,
    /// Empty for calls that succeeded.
    pub error: String,
    pub calls: u64,
}

/// Who it was on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sameness {
    Principal,
    /// Another principal of the same person.
    Person,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Side {
    pub first_ns: i64,
    pub last_ns: i64,
    pub principal: String,
    pub keys: Vec<String>,
    pub calls: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recovered {
    pub denied: Side,
    pub allowed: Side,
    pub service: String,
    pub call: String,
    /// The codes it was denied with.
    pub errors: Vec<String>,
    pub same: Sameness,
}

/// Does the code say that permission was missing? `UnauthorizedOperation`, `AccessDenied` and those that hold
/// one of them.
pub fn is_denial(code: &str) -> bool {
    [
        "AccessDenied",
        "Unauthorized",
        "NotAuthorized",
        "AuthorizationError",
        "Forbidden",
    ]
    .iter()
    .any(|word| code.contains(word))
}

type Groups<'a> = FastMap<(&'a str, &'a str, &'a str), Vec<&'a Outcomes>>;

/// Denials that were overcome, oldest first.
pub fn recovered(groups: &[Outcomes]) -> Vec<Recovered> {
    let mut denied = Groups::default();
    let mut allowed = Groups::default();
    let mut of_person = Groups::default();
    for group in groups {
        let call = |who| (who, group.service.as_str(), group.call.as_str());
        if is_denial(&group.error) {
            denied
                .entry(call(group.principal.as_str()))
                .or_default()
                .push(group);
        } else if group.error.is_empty() {
            allowed
                .entry(call(group.principal.as_str()))
                .or_default()
                .push(group);
            if !group.person.is_empty() {
                of_person
                    .entry(call(group.person.as_str()))
                    .or_default()
                    .push(group);
            }
        }
    }
    let mut out: Vec<Recovered> = Vec::new();
    for ((principal, service, call), denied) in &denied {
        let Some(side) = side(denied) else { continue };
        let of = |groups: &Groups<'_>, who: &str| {
            groups
                .get(&(who, *service, *call))
                .and_then(|g| after(g, side.first_ns))
        };
        let own = of(&allowed, principal);
        let found = match own {
            Some(After::Before) => continue,
            Some(After::Later(later)) => Some((later, Sameness::Principal)),
            None => None,
        };
        let persons: BTreeSet<&str> = denied
            .iter()
            .map(|g| g.person.as_str())
            .filter(|p| !p.is_empty())
            .collect();
        let others = persons.iter().map(|person| of(&of_person, person));
        let mut best = found;
        let mut before = false;
        for other in others {
            match other {
                Some(After::Before) => before = true,
                Some(After::Later(later)) if best.is_none() => best = Some((later, Sameness::Person)),
                _ => {}
            }
        }
        let Some((allowed, same)) = best.filter(|_| !before) else {
            continue;
        };
        let errors: BTreeSet<&str> = denied.iter().map(|group| group.error.as_str()).collect();
        out.push(Recovered {
            denied: side,
            allowed,
            service: (*service).to_owned(),
            call: (*call).to_owned(),
            errors: errors.into_iter().map(str::to_owned).collect(),
            same,
        });
    }
    out.sort_unstable();
    out
}

enum After {
    /// It had succeeded before.
    Before,
    /// The principal that succeeded first.
    Later(Side),
}

/// What successes say of a denial at a time.
fn after(successes: &[&Outcomes], denied_ns: i64) -> Option<After> {
    let first = successes.iter().min()?;
    if first.first_ns <= denied_ns {
        return Some(After::Before);
    }
    let same: Vec<&Outcomes> = successes
        .iter()
        .copied()
        .filter(|group| group.principal == first.principal)
        .collect();
    side(&same).map(After::Later)
}

fn side(groups: &[&Outcomes]) -> Option<Side> {
    let first = groups.iter().min()?;
    let keys: BTreeSet<&str> = groups
        .iter()
        .map(|group| group.key.as_str())
        .filter(|key| !key.is_empty())
        .collect();
    Some(Side {
        first_ns: first.first_ns,
        last_ns: groups.iter().map(|group| group.last_ns).max()?,
        principal: first.principal.clone(),
        keys: keys.into_iter().map(str::to_owned).collect(),
        calls: groups
            .iter()
            .fold(0, |sum, group| sum.saturating_add(group.calls)),
    })
}
