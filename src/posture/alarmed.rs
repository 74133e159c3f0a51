//! Who is told of what, in plain values.

use super::{Proof, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far a chain from event to person was followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaches {
    /// Someone with a confirmed subscription.
    Told,
    /// It breaks.
    Broken,
    /// A link that no file tells of.
    NotKnown,
}

impl Reaches {
    pub fn state(self) -> State {
        match self {
            Reaches::Told => State::Evidenced,
            Reaches::Broken => State::Contradicted,
            Reaches::NotKnown => State::NoData,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    pub reaches: Reaches,
    /// In a sentence: the best chain, and where it breaks.
    pub says: String,
    pub proofs: Vec<Proof>,
}

/// The chains of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chains {
    /// By the id of the benchmark's topic (`cloudtrail-changes`): `TopicChain::topic`, `end` and `says`.
    pub topics: BTreeMap<String, Reach>,
    /// By the name of the log group: the best end of the paths whose `log_group` it is.
    pub groups: BTreeMap<String, Reach>,
    /// By the service's id: what an EventBridge rule or an alarm on the service's own metrics reaches.
    pub services: BTreeMap<String, Reach>,
}

/// Who is told, account by account.
///
/// An account's answers do not say which account they are of; what stands under `""` is taken for every account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarmed {
    pub accounts: BTreeMap<String, Chains>,
}

impl Alarmed {
    /// The chains that hold for an account, its own first.
    pub(super) fn of<'a>(&'a self, account: &str) -> impl Iterator<Item = &'a Chains> {
        let own = self.accounts.get(account).filter(|_| !account.is_empty());
        own.into_iter().chain(self.accounts.get(""))
    }
}
