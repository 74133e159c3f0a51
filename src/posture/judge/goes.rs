//! What the place where logs end says: how long it keeps them, under which key, and whose it is.

use super::Shared;
use crate::posture::described::{Bucket, Encryption, Lifecycle, LogGroup, arn_account};
use crate::posture::limits::RETAINED_LEAST_DAYS;
use crate::posture::streams::{Fact, Goes, Scope, Stream, World, is_of};
use crate::posture::{Proof, Question, Service, State};

/// What a service's files can be encrypted with in a bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// A KMS key of one's own is possible and asked for.
    Kms,
    /// The service can not write under a KMS key; S3's own is as good as it gets.
    S3Alone,
    /// Either.
    Any,
}

fn keys(service: Service) -> Keys {
    match service {
        Service::S3Access | Service::ElbAccess => Keys::S3Alone,
        Service::Cloudfront => Keys::Any,
        _ => Keys::Kms,
    }
}

/// Adds what is known of every place that a stream goes to.
pub(super) fn tell(world: &World<'_>, scope: &Scope, shared: &Shared, stream: &mut Stream) {
    // Where the service itself says with which key it writes, the bucket's default does not matter.
    let key_told = stream.facts.iter().any(|f| f.question == Question::Encrypted);
    let mut facts = Vec::new();
    for goes in &stream.goes {
        match goes {
            Goes::Bucket(name) => {
                let found = world.bucket(name);
                of_bucket(scope, name, found, shared, key_told, &mut facts);
            }
            Goes::Group {
                name,
                account,
                region,
            } => {
                let account = account.as_deref().unwrap_or(&scope.account);
                let region = region.as_deref().unwrap_or(&scope.region);
                let found = world.group(name, account, region);
                of_group(world, scope, name, account, found, &mut facts);
            }
            Goes::Stream(arn) => {
                let elsewhere = arn_account(arn)
                    .filter(|_| !scope.account.is_empty())
                    .map(|a| a != scope.account);
                let whose = arn_account(arn).unwrap_or_default();
                facts.extend(elsewhere.map(|elsewhere| Fact {
                    question: Question::Central,
                    state: state(elsewhere),
                    says: match elsewhere {
                        true => format!("It is sent to a delivery stream of account {whose}."),
                        false => "It is sent to a delivery stream of the account itself.".to_owned(),
                    },
                    proofs: Vec::new(),
                }));
            }
        }
    }
    stream.facts.extend(facts);
}

fn state(holds: bool) -> State {
    if holds {
        State::Evidenced
    } else {
        State::Contradicted
    }
}

/// Facts with one proof.
struct Facts<'f> {
    into: &'f mut Vec<Fact>,
    proof: Option<Proof>,
}

impl Facts<'_> {
    fn say(&mut self, question: Question, state: State, says: String) {
        self.into.push(Fact {
            question,
            state,
            says,
            proofs: self.proof.iter().cloned().collect(),
        });
    }

    fn kept(&mut self, what: &str, days: Option<u64>) {
        match days {
            None => self.say(Question::Retained, State::Evidenced, format!("{what} keeps what it holds for ever.")),
            Some(days) if days < RETAINED_LEAST_DAYS => self.say(
                Question::Retained,
                State::Contradicted,
                format!("{what} keeps what it holds for {days} days, less than the {RETAINED_LEAST_DAYS} of CIS Controls 8.10."),
            ),
            Some(days) => {
                self.say(Question::Retained, State::Evidenced, format!("{what} keeps what it holds for {days} days."));
            }
        }
    }
}

fn of_bucket(
    scope: &Scope,
    name: &str,
    found: Option<&Bucket>,
    shared: &Shared,
    key_told: bool,
    into: &mut Vec<Fact>,
) {
    let what = format!("Bucket {name}");
    let proof = found.map(|bucket| Proof::Item {
        id: name.to_owned(),
        place: bucket.of.place.clone(),
    });
    let mut facts = Facts { into, proof };
    match found.and_then(|b| b.lifecycle) {
        Some(Lifecycle::Keeps) => facts.kept(&what, None),
        Some(Lifecycle::Deletes(days)) => facts.kept(&what, Some(days)),
        None => facts.say(
            Question::Retained,
            State::NoData,
            format!("{what} is not described with its lifecycle."),
        ),
    }
    if !key_told {
        match found.and_then(|b| b.encryption.as_ref()) {
            Some(encryption) => {
                let (holds, says) = encrypted(keys(scope.service), encryption);
                facts.say(Question::Encrypted, state(holds), format!("{what} {says}."));
            }
            None => {
                facts.say(
                    Question::Encrypted,
                    State::NoData,
                    format!("{what} is not described with its encryption."),
                );
            }
        }
    }
    let owner = found
        .map(|b| b.of.account.as_str())
        .filter(|owner| !owner.is_empty() && !scope.account.is_empty());
    let others = shared.get(name).map_or(0, |accounts| accounts.len());
    match owner {
        Some(owner) if owner != scope.account => {
            facts.say(
                Question::Central,
                State::Evidenced,
                format!("{what} belongs to account {owner}."),
            );
        }
        _ if others > 1 => {
            facts.say(
                Question::Central,
                State::Evidenced,
                format!("Logs of {others} accounts end in bucket {name}."),
            );
        }
        Some(_) => facts.say(
            Question::Central,
            State::Contradicted,
            format!("{what} belongs to the account itself, and no other's logs are known to end there."),
        ),
        None => facts.say(
            Question::Central,
            State::NoData,
            format!("Whose bucket {name} is, is not described."),
        ),
    }
}

fn encrypted(keys: Keys, encryption: &Encryption) -> (bool, &'static str) {
    match (encryption, keys) {
        (Encryption::None, _) => (false, "encrypts nothing by default"),
        (Encryption::Kms(_), Keys::Kms | Keys::Any) => (true, "encrypts with a KMS key"),
        (Encryption::Kms(_), Keys::S3Alone) => (
            false,
            "encrypts with a KMS key, under which these logs can not be delivered",
        ),
        (Encryption::S3, Keys::S3Alone) => (
            true,
            "encrypts with S3's own keys, the only ones that these logs allow",
        ),
        (Encryption::S3, Keys::Any) => (true, "encrypts with S3's own keys"),
        (Encryption::S3, Keys::Kms) => (false, "encrypts with S3's own keys, not with a KMS key"),
    }
}

/// Services that leave the name of the log group to a person.
fn is_free(service: Service) -> bool {
    matches!(
        service,
        Service::VpcFlow
            | Service::ResolverQuery
            | Service::LogGroups
            | Service::CloudtrailManagement
            | Service::CloudtrailData
    )
}

fn of_group(
    world: &World<'_>,
    scope: &Scope,
    name: &str,
    account: &str,
    found: Option<&LogGroup>,
    into: &mut Vec<Fact>,
) {
    let what = format!("Log group {name}");
    let proof = found.map(|group| Proof::Item {
        id: name.to_owned(),
        place: group.of.place.clone(),
    });
    let mut facts = Facts { into, proof };
    if is_free(scope.service) {
        let is_path = name.trim_matches('/').contains('/');
        let says = match is_path {
            true => {
                format!("{what} is named as a path, by which permissions and subscriptions can be given.")
            }
            false => format!("{what} is not named as a path (`/team/service`)."),
        };
        facts.say(Question::Named, state(is_path), says);
    }
    match found {
        Some(group) => {
            facts.kept(&what, group.retention_days);
            let says = match group.kms_key {
                Some(_) => format!("{what} is encrypted with a KMS key."),
                None => format!("{what} names no KMS key; CloudWatch Logs encrypts it with keys of its own."),
            };
            facts.say(Question::Encrypted, state(group.kms_key.is_some()), says);
        }
        None => {
            for question in [Question::Retained, Question::Encrypted] {
                facts.say(question, State::NoData, format!("{what} is not described."));
            }
        }
    }
    central_group(world, scope, name, account, &mut facts);
}

/// A log group is central in another account, or when its events are sent to one.
fn central_group(world: &World<'_>, scope: &Scope, name: &str, account: &str, facts: &mut Facts<'_>) {
    if !scope.account.is_empty() && account != scope.account {
        facts.say(
            Question::Central,
            State::Evidenced,
            format!("Log group {name} is of account {account}."),
        );
        return;
    }
    let subscriptions = world.subscriptions(name).iter();
    let sent: Vec<&str> = subscriptions
        .filter(|s| is_of(&s.of, account, &scope.region))
        .filter_map(|s| arn_account(&s.destination))
        .collect();
    match (sent.iter().find(|to| **to != account), sent.is_empty()) {
        _ if account.is_empty() => {}
        (Some(to), _) => {
            facts.say(
                Question::Central,
                State::Evidenced,
                format!("Log group {name} is sent on to account {to}."),
            );
        }
        (None, false) => facts.say(
            Question::Central,
            State::Contradicted,
            format!("Log group {name} is sent on within the account alone."),
        ),
        (None, true) => {
            facts.say(
                Question::Central,
                State::NoData,
                format!("No subscription filter of log group {name} is described."),
            );
        }
    }
}
