//! What each kind of body says. The shapes are those of the CLI reference and of Config's resource schemas.

mod groups;
mod networks;
mod stores;
mod trails;
mod watchers;

use super::body::{Body, arn_account, arn_region};
use super::{Described, Of};
use groups::{cluster, database, function, log_group, subscription};
use networks::{flow_log, interface, query_log, subnet, vpc};
use stores::{balancer, bucket, distribution};
use trails::{selectors, trail, trail_status};
use watchers::{administrator, channel, detector, hub, publishing, recorder, recorder_status};

/// How a type is called and read.
pub(super) struct Shape {
    /// Config's resource types.
    pub config: &'static [&'static str],
    /// What the inventory calls its items.
    pub items: &'static [&'static str],
    /// Keys that an answer has, whatever it is called; without them it is something else of that name.
    pub signs: &'static [&'static str],
    pub add: fn(&mut Described, &Body<'_>, Of),
}

const fn shape(
    config: &'static [&'static str],
    items: &'static [&'static str],
    signs: &'static [&'static str],
    add: fn(&mut Described, &Body<'_>, Of),
) -> Shape {
    Shape {
        config,
        items,
        signs,
        add,
    }
}

pub(super) const SHAPES: &[Shape] = &[
    shape(
        &["AWS::CloudTrail::Trail"],
        &["Trail"],
        &["S3BucketName", "TrailARN"],
        trail,
    ),
    shape(&[], &["TrailStatus"], &["IsLogging"], trail_status),
    shape(
        &[],
        &["EventSelectors", "TrailEventSelectors", "AdvancedEventSelector"],
        &["TrailARN", "EventSelectors"],
        selectors,
    ),
    shape(
        &[],
        &["EventSelectors", "TrailEventSelectors", "AdvancedEventSelector"],
        &["TrailARN", "AdvancedEventSelectors"],
        selectors,
    ),
    shape(&["AWS::EC2::FlowLog"], &["FlowLog"], &["FlowLogId"], flow_log),
    shape(&["AWS::EC2::VPC"], &["Vpc"], &["VpcId", "CidrBlock"], vpc),
    shape(&["AWS::EC2::Subnet"], &["Subnet"], &["SubnetId", "VpcId"], subnet),
    shape(
        &["AWS::EC2::NetworkInterface"],
        &["NetworkInterface"],
        &["NetworkInterfaceId", "VpcId"],
        interface,
    ),
    shape(
        &["AWS::Config::ConfigurationRecorder"],
        &["ConfigurationRecorder"],
        &["recordingGroup"],
        recorder,
    ),
    shape(
        &[],
        &["ConfigurationRecorderStatus"],
        &["lastStatus", "recording"],
        recorder_status,
    ),
    shape(
        &["AWS::Config::DeliveryChannel"],
        &["DeliveryChannel"],
        &["s3BucketName", "name"],
        channel,
    ),
    shape(
        &["AWS::Logs::LogGroup"],
        &["LogGroup"],
        &["logGroupName", "storedBytes"],
        log_group,
    ),
    shape(
        &[],
        &["SubscriptionFilter"],
        &["logGroupName", "destinationArn"],
        subscription,
    ),
    shape(
        &["AWS::S3::Bucket"],
        &["Bucket"],
        &["Name", "CreationDate"],
        bucket,
    ),
    shape(
        &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
        &["LoadBalancer"],
        &["LoadBalancerArn"],
        balancer,
    ),
    shape(
        &["AWS::ElasticLoadBalancing::LoadBalancer"],
        &["LoadBalancer"],
        &["LoadBalancerName"],
        balancer,
    ),
    shape(
        &["AWS::CloudFront::Distribution"],
        &["Distribution"],
        &["DistributionConfig"],
        distribution,
    ),
    shape(
        &[],
        &["Distribution"],
        &["Distribution.DistributionConfig"],
        distribution,
    ),
    shape(
        &[],
        &["Distribution", "DistributionSummary"],
        &["DomainName", "Origins"],
        distribution,
    ),
    shape(
        &["AWS::RDS::DBInstance"],
        &["DBInstance"],
        &["DBInstanceIdentifier", "Engine"],
        database,
    ),
    shape(
        &["AWS::Lambda::Function"],
        &["Function"],
        &["FunctionName", "Runtime"],
        function,
    ),
    shape(
        &["AWS::Route53Resolver::ResolverQueryLoggingConfig"],
        &["ResolverQueryLogConfig"],
        &["DestinationArn", "AssociationCount"],
        query_log,
    ),
    shape(
        &["AWS::EKS::Cluster"],
        &["Cluster"],
        &["logging.clusterLogging"],
        cluster,
    ),
    shape(&[], &["Cluster"], &["cluster.logging.clusterLogging"], cluster),
    shape(
        &["AWS::GuardDuty::Detector"],
        &["Detector"],
        &["FindingPublishingFrequency", "Status"],
        detector,
    ),
    shape(&["AWS::SecurityHub::Hub"], &["Hub"], &["HubArn"], hub),
    shape(
        &[],
        &["PublishingDestination"],
        &["DestinationProperties.DestinationArn"],
        publishing,
    ),
    shape(
        &[],
        &["Administrator", "Master"],
        &["AccountId", "RelationshipStatus"],
        administrator,
    ),
    shape(
        &[],
        &["Administrator", "Master"],
        &["AccountId", "MemberStatus"],
        administrator,
    ),
    shape(
        &[],
        &["Administrator"],
        &["Administrator.AccountId"],
        administrator,
    ),
];

/// Fills in what an ARN tells and nothing else did.
fn or_arn(mut of: Of, arn: Option<&str>) -> Of {
    let arn = arn.unwrap_or_default();
    if of.account.is_empty() {
        of.account = arn_account(arn).unwrap_or_default().to_owned();
    }
    if of.region.is_empty() {
        of.region = arn_region(arn).unwrap_or_default().to_owned();
    }
    of
}
