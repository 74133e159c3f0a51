//! Who stands at the beginning of a chain.

use super::Use;
use super::identity::{Identity, Sort, account, role_session};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonKind {
    User,
    Root,
    Saml,
    WebIdentity,
    IdentityCenter,
    /// Named by a source identity alone.
    SourceIdentity,
    Service,
    /// An EC2 instance with its own role.
    Instance,
    /// A Lambda function with its own role.
    Function,
}

impl PersonKind {
    /// Is it a person or their key, and no machine that AWS gives credentials to?
    pub fn is_person(self) -> bool {
        !matches!(
            self,
            PersonKind::Service | PersonKind::Instance | PersonKind::Function
        )
    }
}

/// The one at the root of a chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    pub kind: PersonKind,
    pub name: String,
    /// Empty where no ARN names them.
    pub arn: String,
    pub account: String,
    /// Who vouches for the name: an identity provider, a service.
    pub provider: String,
}

impl Person {
    pub(super) fn new(kind: PersonKind, name: &str, who: &Identity) -> Person {
        Person {
            kind,
            name: name.to_owned(),
            arn: who.arn.clone(),
            account: if who.account.is_empty() {
                account(&who.arn).to_owned()
            } else {
                who.account.clone()
            },
            provider: who.provider.clone(),
        }
    }

    /// Whoever a source identity names: the text alone, which the first link of a chain set.
    pub(super) fn of_source_identity(name: &str) -> Person {
        Person::new(PersonKind::SourceIdentity, name, &Identity::default())
    }

    /// The one an identity names by itself; `None` for sessions of roles, which were opened by someone.
    pub(super) fn of(who: &Identity) -> Option<Person> {
        let kind = match who.sort() {
            Sort::User => PersonKind::User,
            Sort::Root => PersonKind::Root,
            Sort::Saml => PersonKind::Saml,
            Sort::Web => PersonKind::WebIdentity,
            Sort::Directory => PersonKind::IdentityCenter,
            Sort::Service => {
                let name = who.service()?;
                return Some(Person {
                    account: String::new(),
                    arn: String::new(),
                    ..Person::new(PersonKind::Service, name, who)
                });
            }
            Sort::Federated if !who.issuer.is_empty() => {
                let user = Identity::of_arn(&who.issuer);
                return Some(Person::new(PersonKind::User, &user.label(), &user));
            }
            Sort::Federated | Sort::Role | Sort::Account | Sort::Unknown => return None,
        };
        Some(Person::new(kind, &who.label(), who))
    }

    /// The one that the name of a role's session stands for: an instance, a user of the Identity Center.
    pub(super) fn of_session(who: &Identity) -> Option<Person> {
        let of = role_session(&who.arn)?;
        let kind = if of.role.starts_with("AWSReservedSSO_") {
            PersonKind::IdentityCenter
        } else if is_instance(of.session) {
            PersonKind::Instance
        } else {
            return None;
        };
        Some(Person::new(kind, of.session, who))
    }

    /// The machine that a service opened a role's session for.
    pub(super) fn of_machine(service: &str, session: &str, who: &Identity) -> Option<Person> {
        let kind = match service {
            "lambda.amazonaws.com" | "edgelambda.amazonaws.com" => PersonKind::Function,
            _ if is_instance(session) => PersonKind::Instance,
            _ => return None,
        };
        let provider = service.to_owned();
        (!session.is_empty()).then(|| Person {
            provider,
            ..Person::new(kind, session, who)
        })
    }

    /// A Lambda function, by what its runtime says of itself in every call.
    pub(super) fn of_runtime(who: &Identity, uses: &[&Use]) -> Option<Person> {
        let of = role_session(&who.arn)?;
        let runs = !uses.is_empty() && uses.iter().all(|one| one.agent.contains("exec-env/AWS_Lambda"));
        runs.then(|| Person::new(PersonKind::Function, of.session, who))
    }

    /// The service that makes every call of a role's session, from its own addresses. A single call from elsewhere
    /// would mean that it only passes on what someone asked for.
    pub(super) fn of_caller(who: &Identity, uses: &[&Use]) -> Option<Person> {
        let service = Some(who.invoked_by.as_str()).filter(|name| name.ends_with(".amazonaws.com"))?;
        let own = |one: &&Use| one.who.invoked_by == service && one.address.ends_with(".amazonaws.com");
        let is_own = !uses.is_empty() && uses.iter().all(own);
        is_own.then(|| Person {
            arn: String::new(),
            ..Person::new(PersonKind::Service, service, who)
        })
    }

    /// How it is compared with others: the same text is the same one.
    pub fn id(&self) -> String {
        match self.kind {
            PersonKind::User | PersonKind::Root if !self.arn.is_empty() => self.arn.clone(),
            _ => format!("{}:{}", self.provider, self.name),
        }
    }
}

/// `i-` and 8 or 17 hexadecimal digits: an instance's id is the name of its role's session.
fn is_instance(session: &str) -> bool {
    let Some(id) = session.strip_prefix("i-") else {
        return false;
    };
    matches!(id.len(), 8 | 17) && id.bytes().all(|b| b.is_ascii_hexdigit())
}
