//! The records that give someone credentials, or take them away.

use super::expiry::expiry;
use super::identity::{Identity, session_arn, text};
use crate::base::time::{HOUR, MINUTE, SECOND, parse_iso};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a grant is, by the call that made it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrantKind {
    #[default]
    AssumeRole,
    AssumeRoleWithSaml,
    AssumeRoleWithWebIdentity,
    AssumeRoot,
    SessionToken,
    FederationToken,
    ConsoleLogin,
    SwitchRole,
    SigninToken,
    CreateKey,
    UpdateKey,
    DeleteKey,
}

/// The calls whose records are grants, for the question that fetches them.
pub const EVENT_NAMES: [&str; 12] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "GetSessionToken",
    "GetFederationToken",
    "ConsoleLogin",
    "SwitchRole",
    "GetSigninToken",
    "CreateAccessKey",
    "UpdateAccessKey",
    "DeleteAccessKey",
];

const KINDS: [GrantKind; 12] = [
    GrantKind::AssumeRole,
    GrantKind::AssumeRoleWithSaml,
    GrantKind::AssumeRoleWithWebIdentity,
    GrantKind::AssumeRoot,
    GrantKind::SessionToken,
    GrantKind::FederationToken,
    GrantKind::ConsoleLogin,
    GrantKind::SwitchRole,
    GrantKind::SigninToken,
    GrantKind::CreateKey,
    GrantKind::UpdateKey,
    GrantKind::DeleteKey,
];

impl GrantKind {
    pub fn of_event(name: &str) -> Option<GrantKind> {
        let known = EVENT_NAMES.iter().zip(KINDS);
        known
            .filter(|(event, _)| **event == name)
            .map(|(_, kind)| kind)
            .next()
    }

    pub fn event_name(self) -> &'static str {
        let known = EVENT_NAMES.iter().zip(KINDS);
        known
            .filter(|(_, kind)| *kind == self)
            .map(|(event, _)| *event)
            .next()
            .unwrap_or("")
    }

    /// Does it change a long-term key?
    pub fn is_of_keys(self) -> bool {
        matches!(
            self,
            GrantKind::CreateKey | GrantKind::UpdateKey | GrantKind::DeleteKey
        )
    }

    /// Is it a sign-in page's? The console works with keys that no record names.
    pub fn is_console(self) -> bool {
        matches!(
            self,
            GrantKind::ConsoleLogin | GrantKind::SwitchRole | GrantKind::SigninToken
        )
    }

    /// Does a console session begin with it?
    pub fn opens_console(self) -> bool {
        matches!(self, GrantKind::ConsoleLogin | GrantKind::SwitchRole)
    }

    /// How long what it gives lasts where the record does not say: AWS's own default, and for the console its
    /// limit.
    pub(super) fn lasts_ns(self) -> i64 {
        match self {
            GrantKind::AssumeRoot => 15 * MINUTE,
            GrantKind::AssumeRole | GrantKind::AssumeRoleWithSaml | GrantKind::AssumeRoleWithWebIdentity => {
                HOUR
            }
            _ => 12 * HOUR,
        }
    }
}

/// One record that gives credentials or changes a key. A role of another account leaves two records; they are
/// one grant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Grant {
    pub at_ns: i64,
    pub kind: GrantKind,
    pub event_id: String,
    /// `sharedEventID`: the same in the records of both accounts.
    pub shared_id: String,
    /// Who asked.
    pub by: Identity,
    pub address: String,
    pub agent: String,
    /// Why it was refused; empty where it was granted.
    pub error: String,
    /// The key id that was given, or the key that was made or changed.
    pub key: String,
    /// Whom the credentials act as: the ARN that calls with them carry.
    pub arn: String,
    /// `requestParameters.roleArn`.
    pub role: String,
    pub session: String,
    pub source_identity: String,
    pub duration_s: Option<i64>,
    pub expires_ns: Option<i64>,
    /// The user a key belongs to.
    pub user: String,
    /// What a key was made: `Active`, `Inactive`.
    pub status: String,
    /// The account whose record this is.
    pub recipient: String,
}

/// A grant in a few words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Given {
    pub at_ns: i64,
    pub kind: GrantKind,
    pub event_id: String,
    /// What to call the one who asked.
    pub by: String,
    pub by_arn: String,
    pub address: String,
    pub key: String,
    pub arn: String,
    pub error: String,
}

impl Grant {
    /// Reads an event; `None` where it is none of [`EVENT_NAMES`] or has no time.
    pub fn of(event: &Value) -> Option<Grant> {
        let kind = GrantKind::of_event(event.get("eventName")?.as_str()?)?;
        let mut grant = Grant {
            at_ns: parse_iso(event.get("eventTime")?.as_str()?.as_bytes())?,
            kind,
            event_id: text(event, &["eventID"]),
            shared_id: text(event, &["sharedEventID"]),
            by: event.get("userIdentity").map(Identity::of).unwrap_or_default(),
            address: text(event, &["sourceIPAddress"]),
            agent: text(event, &["userAgent"]),
            recipient: text(event, &["recipientAccountId"]),
            ..Grant::default()
        };
        let nothing = Value::Null;
        let asked = event.get("requestParameters").unwrap_or(&nothing);
        let answered = event.get("responseElements").unwrap_or(&nothing);
        let refused = kind.is_console() && text(answered, &[kind.event_name()]) == "Failure";
        grant.error = [text(event, &["errorCode"]), text(event, &["errorMessage"])]
            .into_iter()
            .find(|error| !error.is_empty())
            .unwrap_or_else(|| {
                if refused {
                    "Failure".to_owned()
                } else {
                    String::new()
                }
            });
        grant.credentials(asked, answered);
        match kind {
            GrantKind::AssumeRoot => grant.assumed_root(asked),
            GrantKind::SessionToken => grant.arn = grant.by.arn.clone(),
            GrantKind::FederationToken => {
                grant.session = text(asked, &["name"]);
                grant.arn = text(answered, &["federatedUser", "arn"]);
            }
            GrantKind::ConsoleLogin | GrantKind::SigninToken => grant.arn = grant.by.arn.clone(),
            GrantKind::SwitchRole => grant.switched(event),
            GrantKind::CreateKey | GrantKind::UpdateKey | GrantKind::DeleteKey => {
                grant.key_changed(asked, answered)
            }
            GrantKind::AssumeRole | GrantKind::AssumeRoleWithSaml | GrantKind::AssumeRoleWithWebIdentity => {
                grant.assumed(asked, answered);
            }
        }
        Some(grant)
    }

    fn credentials(&mut self, asked: &Value, answered: &Value) {
        self.key = text(answered, &["credentials", "accessKeyId"]);
        let expires = answered.get("credentials").and_then(|c| c.get("expiration"));
        self.expires_ns = expires.and_then(expiry);
        self.duration_s = asked
            .get("durationSeconds")
            .and_then(Value::as_i64)
            .filter(|s| (0..=129_600).contains(s));
        self.source_identity = [
            text(answered, &["sourceIdentity"]),
            text(asked, &["sourceIdentity"]),
        ]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default();
    }

    fn assumed(&mut self, asked: &Value, answered: &Value) {
        self.role = text(asked, &["roleArn"]);
        self.session = text(asked, &["roleSessionName"]);
        self.arn = text(answered, &["assumedRoleUser", "arn"]);
        if self.arn.is_empty() {
            self.arn = session_arn(&self.role, &self.session).unwrap_or_default();
        }
        // A SAML subject is told in the answer where the identity hides it.
        if self.by.name.is_empty() {
            let subjects = [["subject"], ["subjectFromWebIdentityToken"]];
            self.by.name = subjects
                .iter()
                .map(|path| text(answered, path))
                .find(|s| !s.is_empty())
                .unwrap_or_default();
        }
    }

    fn assumed_root(&mut self, asked: &Value) {
        let target = text(asked, &["targetPrincipal"]);
        let is_account = target.len() == 12 && target.bytes().all(|b| b.is_ascii_digit());
        self.arn = if is_account {
            format!("arn:aws:iam::{target}:root")
        } else {
            target
        };
    }

    /// The record's identity is the session that was switched to; who switched stands beside it.
    fn switched(&mut self, event: &Value) {
        let target = std::mem::take(&mut self.by);
        self.by = Identity::of_arn(&text(event, &["additionalEventData", "SwitchFrom"]));
        self.session = super::identity::role_session(&target.arn)
            .map(|of| of.session.to_owned())
            .unwrap_or_default();
        self.role = target.issuer;
        self.arn = target.arn;
    }

    fn key_changed(&mut self, asked: &Value, answered: &Value) {
        let of = |field: &str| {
            let told = [text(answered, &["accessKey", field]), text(asked, &[field])];
            told.into_iter()
                .find(|value| !value.is_empty())
                .unwrap_or_default()
        };
        self.key = of("accessKeyId");
        self.status = of("status");
        self.user = of("userName");
        if self.user.is_empty() {
            self.user = self.by.name.clone();
        }
    }

    pub fn is_granted(&self) -> bool {
        self.error.is_empty()
    }

    /// The end of what was given, where the record tells it.
    pub fn told_end_ns(&self) -> Option<i64> {
        let lasts = self.duration_s.map(|s| s.saturating_mul(SECOND));
        self.expires_ns
            .or_else(|| lasts.map(|ns| self.at_ns.saturating_add(ns)))
    }

    /// The end of what was given, or what AWS's defaults make of it.
    pub(super) fn end_ns(&self) -> i64 {
        self.told_end_ns()
            .unwrap_or_else(|| self.at_ns.saturating_add(self.kind.lasts_ns()))
    }

    pub fn given(&self) -> Given {
        Given {
            at_ns: self.at_ns,
            kind: self.kind,
            event_id: self.event_id.clone(),
            by: self.by.label(),
            by_arn: self.by.arn.clone(),
            address: self.address.clone(),
            key: self.key.clone(),
            arn: self.arn.clone(),
            error: self.error.clone(),
        }
    }

    /// Fills what is missing from the other account's record of the same grant.
    fn fill(&mut self, other: &Grant) {
        self.by.fill(&other.by);
        let texts = [
            (&mut self.error, &other.error),
            (&mut self.key, &other.key),
            (&mut self.arn, &other.arn),
            (&mut self.role, &other.role),
            (&mut self.session, &other.session),
            (&mut self.source_identity, &other.source_identity),
        ];
        for (mine, theirs) in texts {
            if mine.is_empty() {
                mine.push_str(theirs);
            }
        }
        self.duration_s = self.duration_s.or(other.duration_s);
        self.expires_ns = self.expires_ns.or(other.expires_ns);
    }
}

/// Grants in order of time: a record told twice is one, and so are the two records of two accounts.
pub fn merged(grants: &[Grant]) -> Vec<Grant> {
    let mut sorted: Vec<&Grant> = grants.iter().collect();
    // The record of the account that asked knows who it was; it leads, the other one fills.
    sorted.sort_by_key(|grant| {
        let id = if grant.shared_id.is_empty() {
            &grant.event_id
        } else {
            &grant.shared_id
        };
        (
            id,
            grant.kind,
            grant.by.arn.is_empty(),
            grant.by.key.is_empty(),
            *grant,
        )
    });
    let mut out: Vec<Grant> = Vec::with_capacity(sorted.len());
    for grant in sorted {
        match out.last_mut() {
            Some(last) if is_same(last, grant) => last.fill(grant),
            _ => out.push(grant.clone()),
        }
    }
    out.sort_unstable();
    out
}

fn is_same(a: &Grant, b: &Grant) -> bool {
    let shared = !a.shared_id.is_empty() && a.shared_id == b.shared_id && a.kind == b.kind;
    shared || !a.event_id.is_empty() && a.event_id == b.event_id || a == b
}
