//! Every source of logs in one form, whatever service it is of: what its description says to each question, and where it goes.

mod groups;
mod stores;
mod trails;
mod flows;
mod watchers;

use super::described::{
    Bucket, LogGroup, Network, Of, Subscription, arn_account, arn_region, bucket_name, group_name,
};
use super::seen::FlowStatus;
use super::{Described, Proof, Question, Seen, Service, State};
use std::collections::{BTreeMap, BTreeSet};

/// A row's place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scope {
    pub account: String,
    pub region: String,
    pub service: Service,
    pub subject: Option<String>,
}

/// What something says to a question. With [`State::NoData`]: what is missing.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub question: Question,
    pub state: State,
    pub says: String,
    pub proofs: Vec<Proof>,
}

/// Where logs go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goes {
    Bucket(String),
    /// By name, with the account and region where an ARN says them.
    Group {
        name: String,
        account: Option<String>,
        region: Option<String>,
    },
    /// A delivery stream's ARN.
    Stream(String),
}

impl Goes {
    pub fn bucket(text: &str) -> Goes {
        Goes::Bucket(bucket_name(text).to_owned())
    }

    pub fn group(text: &str) -> Goes {
        Goes::Group {
            name: group_name(text).to_owned(),
            account: arn_account(text).map(str::to_owned),
            region: arn_region(text).map(str::to_owned),
        }
    }

    /// By what its ARN is of.
    pub fn arn(arn: &str) -> Goes {
        match arn.split(':').nth(2) {
            Some("logs") => Goes::group(arn),
            Some("firehose" | "kinesis" | "lambda") => Goes::Stream(arn.to_owned()),
            _ => Goes::bucket(arn),
        }
    }
}

/// One source of logs.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// `trail audit`
    pub name: String,
    proof: Option<Proof>,
    pub facts: Vec<Fact>,
    pub goes: Vec<Goes>,
    /// Seconds that a flow log aggregates over at most.
    pub aggregation: Option<u64>,
}

impl Stream {
    pub fn new(name: String, id: &str, of: &Of) -> Self {
        let proof = Proof::Item {
            id: id.to_owned(),
            place: of.place.clone(),
        };
        Stream {
            name,
            proof: Some(proof),
            facts: Vec::new(),
            goes: Vec::new(),
            aggregation: None,
        }
    }

    /// Of something that is not there.
    pub fn absent(name: String) -> Self {
        Stream {
            name,
            proof: None,
            facts: Vec::new(),
            goes: Vec::new(),
            aggregation: None,
        }
    }

    pub fn fact(&mut self, question: Question, state: State, says: impl Into<String>) {
        self.facts.push(Fact {
            question,
            state,
            says: says.into(),
            proofs: self.proof.clone().into_iter().collect(),
        });
    }

    pub fn yes(&mut self, question: Question, says: impl Into<String>) {
        self.fact(question, State::Evidenced, says);
    }

    pub fn no(&mut self, question: Question, says: impl Into<String>) {
        self.fact(question, State::Contradicted, says);
    }

    /// Evidence where it holds, a contradiction where it does not, and nothing where it is not told.
    pub fn either(&mut self, question: Question, holds: Option<bool>, yes: &str, no: &str) {
        match holds {
            Some(true) => self.yes(question, yes),
            Some(false) => self.no(question, no),
            None => {}
        }
    }

    pub fn says(&self, question: Question, state: State) -> bool {
        self.facts
            .iter()
            .any(|f| f.question == question && f.state == state)
    }
}

/// Everything that is known, with what is looked up often.
pub(super) struct World<'w> {
    pub described: &'w Described,
    pub seen: &'w Seen,
    buckets: BTreeMap<&'w str, &'w Bucket>,
    groups: BTreeMap<&'w str, Vec<&'w LogGroup>>,
    /// Accounts and regions whose log groups were described.
    group_places: BTreeSet<(&'w str, &'w str)>,
    /// By the name of the log group.
    subscriptions: BTreeMap<&'w str, Vec<&'w Subscription>>,
    /// By the id of the VPC, subnet or network interface.
    networks: BTreeMap<&'w str, &'w Network>,
    /// What flow logs are on.
    pub flowed: BTreeSet<&'w str>,
    /// Interfaces whose records say SKIPDATA.
    pub skipped: Vec<&'w FlowStatus>,
    /// Accounts that an organization's trail was seen to deliver for.
    pub organized: BTreeSet<&'w str>,
    /// Accounts and regions that anything is of; where either is not told, it is not here.
    pub places: BTreeSet<(&'w str, &'w str)>,
}

/// Whether something is of an account and region; what is not told may be.
pub(super) fn is_of(of: &Of, account: &str, region: &str) -> bool {
    may_be(&of.account, account) && may_be(&of.region, region)
}

fn may_be(own: &str, asked: &str) -> bool {
    own.is_empty() || asked.is_empty() || own == asked
}

impl<'w> World<'w> {
    pub fn new(described: &'w Described, seen: &'w Seen) -> Self {
        let mut groups: BTreeMap<&str, Vec<&LogGroup>> = BTreeMap::new();
        for group in &described.log_groups {
            groups.entry(&group.name).or_default().push(group);
        }
        let mut subscriptions: BTreeMap<&str, Vec<&Subscription>> = BTreeMap::new();
        for filter in &described.subscriptions {
            subscriptions.entry(&filter.log_group).or_default().push(filter);
        }
        let by_organizations = seen
            .files
            .iter()
            .filter(|(whose, files)| whose.kind == "cloudtrail" && !files.organizations.is_empty());
        let of = described
            .everyone()
            .into_iter()
            .map(|of| (of.account.as_str(), of.region.as_str()));
        let records = seen
            .records
            .iter()
            .map(|r| (r.account.as_str(), r.region.as_str()));
        let is_told = |(account, region): &(&str, &str)| {
            !account.is_empty() && !region.is_empty() && *region != "global"
        };
        World {
            described,
            seen,
            buckets: described.buckets.iter().map(|b| (b.name.as_str(), b)).collect(),
            group_places: described
                .log_groups
                .iter()
                .map(|g| (g.of.account.as_str(), g.of.region.as_str()))
                .collect(),
            groups,
            subscriptions,
            networks: described.networks.iter().map(|n| (n.id.as_str(), n)).collect(),
            flowed: described
                .flow_logs
                .iter()
                .map(|log| log.resource.as_str())
                .collect(),
            skipped: seen.flows.iter().filter(|f| f.skip_data > 0).collect(),
            organized: by_organizations
                .map(|(whose, _)| whose.account.as_str())
                .collect(),
            places: of.chain(records).filter(is_told).collect(),
        }
    }

    pub fn bucket(&self, name: &str) -> Option<&'w Bucket> {
        self.buckets.get(name).copied()
    }

    /// The log group of that name in an account and region.
    pub fn group(&self, name: &str, account: &str, region: &str) -> Option<&'w LogGroup> {
        let found = self.groups.get(name)?;
        found.iter().copied().find(|g| is_of(&g.of, account, region))
    }

    /// Whether the log groups of an account and region were described at all.
    pub fn has_groups(&self, account: &str, region: &str) -> bool {
        self.group_places
            .iter()
            .any(|(a, r)| may_be(a, account) && may_be(r, region))
    }

    /// The subscription filters of a log group.
    pub fn subscriptions(&self, group: &str) -> &[&'w Subscription] {
        self.subscriptions.get(group).map_or(&[], Vec::as_slice)
    }

    pub fn network(&self, id: &str) -> Option<&'w Network> {
        self.networks.get(id).copied()
    }
}

/// Streams by the row they belong to.
pub(super) type Streams = BTreeMap<Scope, Vec<Stream>>;

/// Puts a stream into its row.
pub(super) fn put(streams: &mut Streams, of: &Of, service: Service, subject: Option<&str>, stream: Stream) {
    place(streams, &of.account, &of.region, service, subject).push(stream);
}

/// The row of an account and region.
pub(super) fn place<'s>(
    streams: &'s mut Streams,
    account: &str,
    region: &str,
    service: Service,
    subject: Option<&str>,
) -> &'s mut Vec<Stream> {
    let scope = Scope {
        account: account.to_owned(),
        region: region.to_owned(),
        service,
        subject: subject.map(str::to_owned),
    };
    streams.entry(scope).or_default()
}

/// Everything that was told of, row by row.
pub(super) fn gather(world: &World<'_>) -> Streams {
    let mut streams = Streams::new();
    trails::gather(world, &mut streams);
    flows::gather(world, &mut streams);
    watchers::gather(world, &mut streams);
    stores::gather(world, &mut streams);
    groups::gather(world, &mut streams);
    for records in &world.seen.records {
        let services = Service::ALL
            .into_iter()
            .filter(|s| s.kinds().contains(&records.kind.as_str()));
        for service in services {
            let subject = records.subject.as_deref().filter(|_| service == Service::VpcFlow);
            place(&mut streams, &records.account, &records.region, service, subject);
        }
    }
    for (whose, _) in &world.seen.files {
        let is_of = |s: &Service| s.kinds().contains(&whose.kind.as_str());
        for service in Service::ALL.into_iter().filter(is_of) {
            // Flow log files say no VPC: they speak for the rows of their region where there are any.
            let known = streams.keys().any(|scope| {
                scope.service == service && scope.account == whose.account && scope.region == whose.region
            });
            if !known {
                place(&mut streams, &whose.account, &whose.region, service, None);
            }
        }
    }
    streams
}
