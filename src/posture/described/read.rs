//! Which shape a body has, and the newest word on each resource.

use super::body::{self, Body};
use super::shapes::{SHAPES, Shape};
use super::*;
use crate::base::time::parse_iso;
use serde_json::Value;

/// Something described, known by whose it is and its names.
pub(super) trait Resource {
    /// What Config calls its type.
    const TYPES: &'static [&'static str];
    fn of(&self) -> &Of;
    /// The first one tells resources of an account and region apart; Config may call it by any.
    fn names(&self) -> [&str; 2];
    /// What an older description knew and this one does not say.
    fn fill(&mut self, _older: Self)
    where
        Self: Sized,
    {
    }
}

macro_rules! resources {
    ($($ty:ident $types:expr, $($name:ident),+;)+) => {
        $(impl Resource for $ty {
            const TYPES: &'static [&'static str] = &$types;
            fn of(&self) -> &Of {
                &self.of
            }
            fn names(&self) -> [&str; 2] {
                let names = [$(self.$name.as_str()),+];
                [names.first().copied().unwrap_or_default(), names.last().copied().unwrap_or_default()]
            }
        })+
    };
    (filled $($ty:ident $types:expr, $id:ident, $name:ident, fills $($field:ident),+;)+) => {
        $(impl Resource for $ty {
            const TYPES: &'static [&'static str] = &$types;
            fn of(&self) -> &Of {
                &self.of
            }
            fn names(&self) -> [&str; 2] {
                [&self.$id, &self.$name]
            }
            fn fill(&mut self, older: Self) {
                $(self.$field = self.$field.take().or(older.$field);)+
            }
        })+
    };
}

resources! {
    TrailStatus [], trail;
    TrailSelectors [], trail;
    FlowLog ["AWS::EC2::FlowLog"], id;
    Network ["AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::NetworkInterface"], id;
    Recorder ["AWS::Config::ConfigurationRecorder"], name;
    RecorderStatus [], name;
    Channel ["AWS::Config::DeliveryChannel"], name;
    LogGroup ["AWS::Logs::LogGroup"], name;
    Database ["AWS::RDS::DBInstance"], id;
    Function ["AWS::Lambda::Function"], name;
    QueryLog ["AWS::Route53Resolver::ResolverQueryLoggingConfig"], id, name;
    Cluster ["AWS::EKS::Cluster"], name;
    Detector ["AWS::GuardDuty::Detector"], id;
    Hub ["AWS::SecurityHub::Hub"], arn;
    Publishing [], id;
    Administrator [], service;
}

resources! {
    filled
    Trail ["AWS::CloudTrail::Trail"], arn, name, fills is_logging, delivery_error, selectors, log_group;
    Bucket ["AWS::S3::Bucket"], name, name, fills logs, logs_prefix, versioning, encryption, lifecycle;
    Balancer ["AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer"], id, name, fills logs, bucket;
    Distribution ["AWS::CloudFront::Distribution"], id, id, fills logs, bucket;
}

/// A group may have several, so that the group's name alone does not tell them apart.
impl Resource for Subscription {
    const TYPES: &'static [&'static str] = &[];
    fn of(&self) -> &Of {
        &self.of
    }
    fn names(&self) -> [&str; 2] {
        [&self.log_group, &self.name]
    }
}

/// Whether one word is at least as new as another; an answer of the CLI is newer than any item.
fn is_newer(new: Option<i64>, old: Option<i64>) -> bool {
    match (new, old) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => new >= old,
    }
}

/// Keeps the newest word on each resource, in order.
pub(super) fn put<T: Resource>(list: &mut Vec<T>, new: T) {
    fn key<T: Resource>(item: &T) -> (&str, &str, [&str; 2]) {
        (&item.of().account, &item.of().region, item.names())
    }
    match list.binary_search_by(|known| key(known).cmp(&key(&new))) {
        Err(at) => list.insert(at, new),
        Ok(at) => {
            let Some(known) = list.get_mut(at) else { return };
            if is_newer(new.of().at_ns, known.of().at_ns) {
                let older = std::mem::replace(known, new);
                known.fill(older);
            } else {
                known.fill(new);
            }
        }
    }
}

/// Does the same with every list.
macro_rules! every_list {
    ($with:ident!($($arg:tt)*)) => {
        $with!($($arg)*; trails, trail_statuses, trail_selectors, flow_logs, networks, recorders, recorder_statuses, channels,
            log_groups, subscriptions, buckets, balancers, distributions, databases, functions, query_logs, clusters,
            detectors, hubs, publishing, administrators)
    };
}

macro_rules! put_all {
    ($into:expr, $from:expr; $($list:ident),+) => {
        $(for item in $from.$list {
            put(&mut $into.$list, item);
        })+
    };
}

macro_rules! all_of {
    ($from:expr; $($list:ident),+) => {
        [$($from.$list.iter().map(Resource::of).collect::<Vec<_>>()),+].concat()
    };
}

macro_rules! forget_all {
    ($from:expr, $deleted:expr; $($list:ident),+) => {
        $(forget(&mut $from.$list, $deleted);)+
    };
}

/// Takes out what was deleted at that time or later.
fn forget<T: Resource>(list: &mut Vec<T>, deleted: &Deleted) {
    if !T::TYPES.contains(&deleted.resource_type.as_str()) {
        return;
    }
    list.retain(|item| {
        let of = item.of();
        let is_named = |name: &&str| !name.is_empty() && deleted.names.iter().any(|gone| gone == name);
        let same = of.account == deleted.of.account
            && of.region == deleted.of.region
            && item.names().iter().any(is_named);
        !same || !is_newer(deleted.of.at_ns, of.at_ns)
    });
}

impl Described {
    /// Whether a body of this type would tell anything; the others need not be read.
    pub fn wants(kind: &str, item_type: &str) -> bool {
        match kind {
            "config" => SHAPES.iter().any(|s| s.config.contains(&item_type)),
            "aws-inventory" => item_type.is_empty() || SHAPES.iter().any(|s| s.items.contains(&item_type)),
            _ => false,
        }
    }

    /// Takes what a Config item (`kind` is `config`, `item_type` its resourceType) or an item of a CLI answer
    /// (`aws-inventory`, its itemType) says. `body` is its whole text, read. What is not known here is left out.
    pub fn add(
        &mut self,
        kind: &str,
        item_type: &str,
        account: &str,
        region: &str,
        body: &Value,
        place: Option<Place>,
    ) {
        let mut of = Of {
            account: account.to_owned(),
            region: region.to_owned(),
            at_ns: None,
            place,
        };
        let is_config = kind == "config";
        let read = Body::new(body);
        let Some(shape) = shape(is_config, item_type, read.main()) else {
            return;
        };
        if is_config {
            let at = body::text(body, "configurationItemCaptureTime");
            of.at_ns = Some(at.and_then(|at| parse_iso(at.as_bytes())).unwrap_or(i64::MIN));
            if is_gone(body) {
                self.delete(item_type, of, body);
                return;
            }
            if self.was_deleted(item_type, &of, body) {
                return;
            }
        }
        (shape.add)(self, &read, of);
    }

    /// What was described elsewhere.
    pub fn merge(&mut self, other: Described) {
        let gone = other.deleted.clone();
        every_list!(put_all!(self, other));
        self.deleted.extend(gone);
        for deleted in self.deleted.clone() {
            self.forget(&deleted);
        }
    }

    /// Whose everything is that was described.
    pub(crate) fn everyone(&self) -> Vec<&Of> {
        every_list!(all_of!(self))
    }

    fn delete(&mut self, resource_type: &str, of: Of, item: &Value) {
        let deleted = Deleted {
            of,
            resource_type: resource_type.to_owned(),
            names: names_of(item),
        };
        self.forget(&deleted);
        self.deleted.push(deleted);
    }

    fn forget(&mut self, deleted: &Deleted) {
        every_list!(forget_all!(self, deleted));
    }

    fn was_deleted(&self, resource_type: &str, of: &Of, item: &Value) -> bool {
        if self.deleted.is_empty() {
            return false;
        }
        let names = names_of(item);
        self.deleted.iter().any(|gone| {
            gone.resource_type == resource_type
                && gone.of.account == of.account
                && gone.of.region == of.region
                && is_newer(gone.of.at_ns, of.at_ns)
                && gone.names.iter().any(|name| names.contains(name))
        })
    }
}

fn names_of(item: &Value) -> Vec<String> {
    ["resourceId", "resourceName", "ARN"]
        .iter()
        .filter_map(|key| body::text(item, key))
        .collect()
}

fn is_gone(item: &Value) -> bool {
    let status = body::text(item, "configurationItemStatus");
    status.is_some_and(|status| status.starts_with("ResourceDeleted"))
}

/// The shape of a body: by the name of its type, or by what only it has.
fn shape(is_config: bool, item_type: &str, main: &Value) -> Option<&'static Shape> {
    let has_signs = |s: &&Shape| s.signs.iter().all(|sign| body::at(main, sign).is_some());
    if is_config {
        return SHAPES.iter().find(|s| s.config.contains(&item_type));
    }
    let named = SHAPES
        .iter()
        .find(|s| s.items.contains(&item_type) && has_signs(s));
    named.or_else(|| SHAPES.iter().find(|s| !s.signs.is_empty() && has_signs(s)))
}
