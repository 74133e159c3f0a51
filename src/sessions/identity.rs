//! Who makes a call, as `userIdentity` says it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The parts of `userIdentity` that lead to someone. What a record lacks is an empty text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// `userIdentity.type`.
    pub kind: String,
    pub arn: String,
    /// `accessKeyId`.
    pub key: String,
    pub name: String,
    pub account: String,
    /// `sessionContext.sessionIssuer.arn`: the role of a role session, the user of a federated one.
    pub issuer: String,
    pub source_identity: String,
    pub invoked_by: String,
    /// `identityProvider`, of those who come with a SAML or web identity.
    pub provider: String,
}

/// The text at a path of keys; empty where there is none.
pub fn text(value: &Value, path: &[&str]) -> String {
    let mut at = Some(value);
    for key in path {
        at = at.and_then(|v| v.get(key));
    }
    at.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What kind of credentials an access key id names, by its first letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// `AKIA…`: belongs to a user until it is deleted.
    LongTerm,
    /// `ASIA…`: given by STS or the console, and expires.
    Temporary,
    Unknown,
}

pub fn key_kind(key: &str) -> KeyKind {
    match key.get(..4) {
        Some("AKIA") => KeyKind::LongTerm,
        Some("ASIA") => KeyKind::Temporary,
        _ => KeyKind::Unknown,
    }
}

/// What an identity is, by its type, or by its ARN where the type is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    User,
    Root,
    Role,
    Federated,
    Saml,
    Web,
    Directory,
    Account,
    Service,
    Unknown,
}

/// A role session's ARN, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleSession<'a> {
    pub role: &'a str,
    pub session: &'a str,
}

/// The part of an ARN behind its account: `user/mara`.
pub fn resource(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or("")
}

pub fn account(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or("")
}

/// `arn:aws:sts::111122223333:assumed-role/deploy/run` → `deploy` and `run`.
pub fn role_session(arn: &str) -> Option<RoleSession<'_>> {
    let (role, session) = resource(arn).strip_prefix("assumed-role/")?.split_once('/')?;
    (!role.is_empty() && !session.is_empty()).then_some(RoleSession { role, session })
}

/// The ARN of a role's session, as calls in it carry it: without the role's path.
pub fn session_arn(role: &str, session: &str) -> Option<String> {
    let (partition, rest) = role.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, path) = rest.split_once(":role/")?;
    let name = path.rsplit('/').next().unwrap_or(path);
    (!name.is_empty() && !session.is_empty())
        .then(|| format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"))
}

impl Identity {
    /// Reads `userIdentity`.
    pub fn of(value: &Value) -> Identity {
        Identity {
            kind: text(value, &["type"]),
            arn: text(value, &["arn"]),
            key: text(value, &["accessKeyId"]),
            name: text(value, &["userName"]),
            account: text(value, &["accountId"]),
            issuer: text(value, &["sessionContext", "sessionIssuer", "arn"]),
            source_identity: text(value, &["sessionContext", "sourceIdentity"]),
            invoked_by: text(value, &["invokedBy"]),
            provider: text(value, &["identityProvider"]),
        }
    }

    /// Someone of whom only the ARN is known.
    pub fn of_arn(arn: &str) -> Identity {
        Identity {
            arn: arn.to_owned(),
            account: account(arn).to_owned(),
            ..Identity::default()
        }
    }

    pub(super) fn sort(&self) -> Sort {
        if self.service().is_some() {
            return Sort::Service;
        }
        match self.kind.as_str() {
            "IAMUser" => Sort::User,
            "Root" => Sort::Root,
            "AssumedRole" | "Role" => Sort::Role,
            "FederatedUser" => Sort::Federated,
            "SAMLUser" => Sort::Saml,
            "WebIdentityUser" => Sort::Web,
            "IdentityCenterUser" | "Directory" => Sort::Directory,
            "AWSAccount" => Sort::Account,
            _ => match resource(&self.arn).split('/').next() {
                Some("user") => Sort::User,
                Some("root") => Sort::Root,
                Some("assumed-role" | "role") => Sort::Role,
                Some("federated-user") => Sort::Federated,
                _ => Sort::Unknown,
            },
        }
    }

    /// The service that acts for itself here: an `AWSService`, or a role that AWS made for one. A call that a
    /// service passes on for a person is not its own.
    pub(super) fn service(&self) -> Option<&str> {
        let named = |text: &'_ str| text.ends_with(".amazonaws.com") || text == "AWS Internal";
        if self.kind == "AWSService" || self.kind.is_empty() && self.arn.is_empty() && named(&self.invoked_by)
        {
            let service = [&self.invoked_by, &self.name].into_iter().find(|t| !t.is_empty());
            return Some(service.map_or("an AWS service", String::as_str));
        }
        if let Some(rest) = resource(&self.issuer).strip_prefix("role/aws-service-role/") {
            return Some(rest.split('/').next().unwrap_or(rest));
        }
        let role = role_session(&self.arn)?.role;
        role.starts_with("AWSServiceRoleFor")
            .then_some(if self.invoked_by.is_empty() {
                role
            } else {
                &self.invoked_by
            })
    }

    /// What to call them: a user's name, `role/session`, `root`, a service's name, an account.
    pub fn label(&self) -> String {
        let role = || self.issuer.rsplit('/').next().filter(|r| !r.is_empty());
        let label = match self.sort() {
            Sort::Service => self.service().unwrap_or_default().to_owned(),
            Sort::Root => "root".to_owned(),
            Sort::Role => match (role_session(&self.arn), role()) {
                (Some(of), _) => format!("{}/{}", of.role, of.session),
                (None, Some(role)) => role.to_owned(),
                (None, None) => resource(&self.arn)
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            },
            _ if !self.name.is_empty() => self.name.clone(),
            _ => resource(&self.arn)
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        [label, self.arn.clone(), self.account.clone(), self.key.clone()]
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_else(|| "someone not named".to_owned())
    }

    /// Fills what is missing from another telling of the same one.
    pub(super) fn fill(&mut self, other: &Identity) {
        let fill = |mine: &mut String, theirs: &str| {
            if mine.is_empty() {
                mine.push_str(theirs);
            }
        };
        fill(&mut self.kind, &other.kind);
        fill(&mut self.arn, &other.arn);
        fill(&mut self.key, &other.key);
        fill(&mut self.name, &other.name);
        fill(&mut self.account, &other.account);
        fill(&mut self.issuer, &other.issuer);
        fill(&mut self.source_identity, &other.source_identity);
        fill(&mut self.invoked_by, &other.invoked_by);
        fill(&mut self.provider, &other.provider);
    }
}
