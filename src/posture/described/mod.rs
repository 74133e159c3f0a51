//! What an account says of itself: trails, flow logs, recorders, log groups and the rest, as plain values.
//!
//! They are filled by [`Described::add`] from AWS Config items and from answers of the AWS CLI, or by hand. A field that is
//! `None` was not told; that is not the same as `false`. The command beside a type gives its values.

mod body;
mod read;
mod shapes;

pub(super) use body::{arn_account, arn_region, bucket_name, group_name};

use super::Place;
use serde::{Deserialize, Serialize};

/// Whose something is and where that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// Empty when nothing tells it.
    pub account: String,
    /// `global` for what has none; empty when nothing tells it.
    pub region: String,
    /// When it was so; nothing for an answer of the CLI, which counts as newer than any item.
    pub at_ns: Option<i64>,
    pub place: Option<Place>,
}

/// `aws cloudtrail describe-trails`; Config `AWS::CloudTrail::Trail`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    pub of: Of,
    pub name: String,
    pub arn: String,
    pub home_region: String,
    pub multi_region: Option<bool>,
    pub organization: Option<bool>,
    pub bucket: Option<String>,
    /// Its ARN.
    pub log_group: Option<String>,
    /// `None`: the trail names none.
    pub kms_key: Option<String>,
    pub validation: Option<bool>,
    /// `IsLogging`; a [`TrailStatus`] tells it as well.
    pub is_logging: Option<bool>,
    /// `LatestDeliveryError`, or that of CloudWatch Logs.
    pub delivery_error: Option<String>,
    /// The default ones where `HasCustomEventSelectors` is false; [`TrailSelectors`] tell them as well.
    pub selectors: Option<Selectors>,
}

/// `aws cloudtrail get-trail-status`: the answer does not name its trail, so that it counts only where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailStatus {
    pub of: Of,
    /// Its name or ARN, where something tells it.
    pub trail: String,
    pub is_logging: Option<bool>,
    pub delivery_error: Option<String>,
}

/// `aws cloudtrail get-event-selectors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailSelectors {
    pub of: Of,
    /// The trail's ARN.
    pub trail: String,
    pub selectors: Selectors,
}

/// What a trail's event selectors take, basic and advanced ones alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    pub management_reads: bool,
    pub management_writes: bool,
    /// The types of resources whose data events are taken: `AWS::S3::Object`, `AWS::Lambda::Function`.
    pub data: Vec<String>,
    /// Some of these only for single resources, or only reads or writes.
    pub narrowed: bool,
}

/// `aws ec2 describe-flow-logs`; Config `AWS::EC2::FlowLog`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowLog {
    pub of: Of,
    pub id: String,
    /// A VPC, subnet, network interface or transit gateway.
    pub resource: String,
    /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    pub destination_type: Option<String>,
    /// The bucket's or stream's ARN.
    pub destination: Option<String>,
    pub log_group: Option<String>,
    /// `ALL`, `ACCEPT` or `REJECT`.
    pub traffic: Option<String>,
    /// `ACTIVE`.
    pub status: Option<String>,
    /// `SUCCESS` or `FAILED`.
    pub delivery: Option<String>,
    pub delivery_error: Option<String>,
    pub format: Option<String>,
    /// In seconds: 60 or 600.
    pub aggregation: Option<u64>,
}

/// `aws ec2 describe-vpcs`, `describe-subnets`, `describe-network-interfaces` and the same in Config: what belongs to which VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub of: Of,
    /// A VPC, subnet or network interface.
    pub id: String,
    pub vpc: String,
}

/// `aws configservice describe-configuration-recorders`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorder {
    pub of: Of,
    pub name: String,
    /// `recordingGroup.allSupported`.
    pub all_supported: Option<bool>,
    pub global_types: Option<bool>,
}

/// `aws configservice describe-configuration-recorder-status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderStatus {
    pub of: Of,
    pub name: String,
    pub recording: Option<bool>,
    /// `lastStatus`: `SUCCESS`, `PENDING` or `FAILURE`.
    pub last_status: Option<String>,
    pub last_error: Option<String>,
}

/// `aws configservice describe-delivery-channels`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub of: Of,
    pub name: String,
    pub bucket: Option<String>,
    pub kms_key: Option<String>,
}

/// `aws logs describe-log-groups`; Config `AWS::Logs::LogGroup`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    pub of: Of,
    pub name: String,
    /// `None`: kept for ever.
    pub retention_days: Option<u64>,
    pub kms_key: Option<String>,
    pub stored_bytes: Option<u64>,
    pub metric_filters: Option<u64>,
}

/// `aws logs describe-subscription-filters`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub of: Of,
    pub log_group: String,
    pub name: String,
    /// An ARN.
    pub destination: String,
}

/// Config `AWS::S3::Bucket`; `aws s3api list-buckets` tells the name alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub of: Of,
    pub name: String,
    pub logs: Option<AccessLogs>,
    /// The prefix of these.
    pub logs_prefix: Option<String>,
    /// `Enabled`, `Suspended` or `Off`.
    pub versioning: Option<String>,
    pub encryption: Option<Encryption>,
    pub lifecycle: Option<Lifecycle>,
}

/// Where a bucket's access logs go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessLogs {
    Off,
    /// To a bucket, by its name.
    To(String),
}

impl AccessLogs {
    pub fn bucket(&self) -> Option<&str> {
        match self {
            AccessLogs::Off => None,
            AccessLogs::To(bucket) => Some(bucket),
        }
    }
}

/// What a bucket encrypts new objects with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    None,
    /// `AES256`: S3's own keys.
    S3,
    /// `aws:kms` or `aws:kms:dsse`, with the key where one is named.
    Kms(Option<String>),
}

/// When a bucket deletes its objects by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// No enabled rule ends an object.
    Keeps,
    /// The soonest of the enabled rules, in days.
    Deletes(u64),
}

/// Config `AWS::ElasticLoadBalancingV2::LoadBalancer` and `AWS::ElasticLoadBalancing::LoadBalancer`;
/// `aws elbv2 describe-load-balancers` tells that there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancer {
    pub of: Of,
    /// Its ARN, or a classic one's name.
    pub id: String,
    pub name: String,
    /// `access_logs.s3.enabled`.
    pub logs: Option<bool>,
    pub bucket: Option<String>,
}

/// `aws cloudfront get-distribution`; Config `AWS::CloudFront::Distribution`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    pub of: Of,
    pub id: String,
    pub logs: Option<bool>,
    /// A bucket's name, without `.s3.amazonaws.com`.
    pub bucket: Option<String>,
}

/// `aws rds describe-db-instances`; Config `AWS::RDS::DBInstance`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub of: Of,
    pub id: String,
    pub engine: Option<String>,
    /// `EnabledCloudwatchLogsExports`; empty when the answer has none.
    pub exports: Option<Vec<String>>,
}

/// `aws lambda list-functions`; Config `AWS::Lambda::Function`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    pub of: Of,
    pub name: String,
    /// `LoggingConfig.LogGroup`; without it `/aws/lambda/NAME`.
    pub log_group: Option<String>,
}

/// `aws route53resolver list-resolver-query-log-configs`; Config `AWS::Route53Resolver::ResolverQueryLoggingConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLog {
    pub of: Of,
    pub id: String,
    pub name: String,
    /// The ARN of a bucket, log group or delivery stream.
    pub destination: Option<String>,
    /// `CREATED`, `FAILED`.
    pub status: Option<String>,
    /// VPCs that it is on.
    pub associations: Option<u64>,
}

/// `aws eks describe-cluster`; Config `AWS::EKS::Cluster`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    pub of: Of,
    pub name: String,
    /// The enabled types of control plane logs: `audit`, `authenticator`, `api` …
    pub types: Option<Vec<String>>,
}

/// `aws guardduty get-detector`; Config `AWS::GuardDuty::Detector`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detector {
    pub of: Of,
    pub id: String,
    pub enabled: Option<bool>,
    /// Features (or data sources) that are on, and those that are off.
    pub on: Vec<String>,
    pub off: Vec<String>,
}

/// `aws securityhub describe-hub`; Config `AWS::SecurityHub::Hub`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    pub of: Of,
    pub arn: String,
    pub auto_enable: Option<bool>,
}

/// `aws guardduty describe-publishing-destination`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publishing {
    pub of: Of,
    pub id: String,
    /// `PUBLISHING`.
    pub status: Option<String>,
    /// The bucket's ARN.
    pub destination: Option<String>,
    pub kms_key: Option<String>,
}

/// `aws guardduty get-administrator-account` and `aws securityhub get-administrator-account`: who sees the findings besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    pub of: Of,
    /// `guardduty` or `security-hub`: GuardDuty calls the relationship's state `RelationshipStatus`, Security Hub `MemberStatus`.
    pub service: String,
    pub admin: String,
    pub status: Option<String>,
}

/// Everything that was described, each resource once: the newest word on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    pub trails: Vec<Trail>,
    pub trail_statuses: Vec<TrailStatus>,
    pub trail_selectors: Vec<TrailSelectors>,
    pub flow_logs: Vec<FlowLog>,
    pub networks: Vec<Network>,
    pub recorders: Vec<Recorder>,
    pub recorder_statuses: Vec<RecorderStatus>,
    pub channels: Vec<Channel>,
    pub log_groups: Vec<LogGroup>,
    pub subscriptions: Vec<Subscription>,
    pub buckets: Vec<Bucket>,
    pub balancers: Vec<Balancer>,
    pub distributions: Vec<Distribution>,
    pub databases: Vec<Database>,
    pub functions: Vec<Function>,
    pub query_logs: Vec<QueryLog>,
    pub clusters: Vec<Cluster>,
    pub detectors: Vec<Detector>,
    pub hubs: Vec<Hub>,
    pub publishing: Vec<Publishing>,
    pub administrators: Vec<Administrator>,
    /// What Config says was deleted, so that an older item does not bring it back.
    pub deleted: Vec<Deleted>,
}

/// A resource that is no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub of: Of,
    /// `AWS::S3::Bucket`
    pub resource_type: String,
    /// Its id, name and ARN, as far as they are told.
    pub names: Vec<String>,
}
