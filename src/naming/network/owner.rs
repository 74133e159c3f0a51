//! Whose is an interface? AWS says so in its attachment, its type, its description and its requester; the patterns are
//! those of the services that make interfaces in a VPC.

use super::item::Item;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OwnerKind {
    Instance,
    NatGateway,
    LoadBalancer,
    VpcEndpoint,
    TransitGateway,
    Lambda,
    Rds,
    ElastiCache,
    Redshift,
    OpenSearch,
    Efs,
    Fsx,
    EksCluster,
    EcsTask,
    Dms,
    Glue,
    Directory,
    Resolver,
    WorkSpaces,
    ApiGateway,
    GlobalAccelerator,
    QuickSight,
    CodeStar,
    Iot,
    ElasticIp,
    OtherAws,
}

impl OwnerKind {
    /// As a line begins with it.
    pub fn title(self) -> &'static str {
        match self {
            OwnerKind::Instance => "EC2 instance",
            OwnerKind::NatGateway => "NAT gateway",
            OwnerKind::LoadBalancer => "Load balancer",
            OwnerKind::VpcEndpoint => "VPC endpoint",
            OwnerKind::TransitGateway => "Transit gateway attachment",
            OwnerKind::Lambda => "Lambda function",
            OwnerKind::Rds => "RDS database",
            OwnerKind::ElastiCache => "ElastiCache cluster",
            OwnerKind::Redshift => "Redshift cluster",
            OwnerKind::OpenSearch => "OpenSearch domain",
            OwnerKind::Efs => "EFS file system",
            OwnerKind::Fsx => "FSx file system",
            OwnerKind::EksCluster => "EKS cluster",
            OwnerKind::EcsTask => "ECS task",
            OwnerKind::Dms => "DMS replication instance",
            OwnerKind::Glue => "Glue connection",
            OwnerKind::Directory => "Directory",
            OwnerKind::Resolver => "Route 53 Resolver endpoint",
            OwnerKind::WorkSpaces => "WorkSpaces desktop",
            OwnerKind::ApiGateway => "API Gateway VPC link",
            OwnerKind::GlobalAccelerator => "Global Accelerator endpoint",
            OwnerKind::QuickSight => "QuickSight connection",
            OwnerKind::CodeStar => "CodeConnections host",
            OwnerKind::Iot => "IoT rule destination",
            OwnerKind::ElasticIp => "Elastic IP address",
            OwnerKind::OtherAws => "AWS service",
        }
    }
}

/// What an interface belongs to. The id is empty where AWS does not tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub kind: OwnerKind,
    pub id: String,
}

impl Owner {
    pub fn new(kind: OwnerKind, id: &str) -> Owner {
        Owner {
            kind,
            id: id.to_owned(),
        }
    }

    /// What the id says by itself: `app/web/50dc6c495c0c9188` → `web`.
    pub fn short(&self) -> &str {
        let mut parts = self.id.split('/');
        match (self.kind, parts.next(), parts.next()) {
            (OwnerKind::LoadBalancer, Some("app" | "net" | "gwy"), Some(name)) => name,
            (OwnerKind::EcsTask, ..) => self.id.rsplit('/').next().unwrap_or(&self.id),
            _ => &self.id,
        }
    }
}

/// What follows the words that a description begins with.
enum Rest {
    /// The id.
    Id,
    /// The id, and then something else.
    Word,
    /// A function's name and a UUID.
    Function,
    /// The words themselves belong to the id.
    All,
    Nothing,
}

/// How descriptions begin; longer ones before what they begin with.
const DESCRIPTIONS: &[(&str, OwnerKind, Rest)] = &[
    ("ELB ", OwnerKind::LoadBalancer, Rest::Id),
    ("Interface for NAT Gateway ", OwnerKind::NatGateway, Rest::Word),
    ("VPC Endpoint Interface ", OwnerKind::VpcEndpoint, Rest::Word),
    (
        "Network Interface for Transit Gateway Attachment ",
        OwnerKind::TransitGateway,
        Rest::Word,
    ),
    ("AWS Lambda VPC ENI-", OwnerKind::Lambda, Rest::Function),
    ("AWS Lambda VPC ENI: ", OwnerKind::Lambda, Rest::Id),
    ("RDSNetworkInterface", OwnerKind::Rds, Rest::Nothing),
    ("Network interface for DBProxy", OwnerKind::Rds, Rest::Nothing),
    ("ElastiCache ", OwnerKind::ElastiCache, Rest::Word),
    ("RedshiftNetworkInterface", OwnerKind::Redshift, Rest::Nothing),
    ("ES ", OwnerKind::OpenSearch, Rest::Word),
    ("EFS mount target for ", OwnerKind::Efs, Rest::Word),
    (
        "Created By Amazon Workspaces",
        OwnerKind::WorkSpaces,
        Rest::Nothing,
    ),
    ("Amazon EKS ", OwnerKind::EksCluster, Rest::Word),
    ("arn:aws:ecs:", OwnerKind::EcsTask, Rest::All),
    ("arn:aws-cn:ecs:", OwnerKind::EcsTask, Rest::All),
    ("arn:aws-us-gov:ecs:", OwnerKind::EcsTask, Rest::All),
    ("DMSNetworkInterface", OwnerKind::Dms, Rest::Nothing),
    ("Attached to Glue using role", OwnerKind::Glue, Rest::Nothing),
    (
        "AWS created network interface for directory ",
        OwnerKind::Directory,
        Rest::Word,
    ),
    ("Route 53 Resolver: ", OwnerKind::Resolver, Rest::Word),
];

/// `interfaceType`, letters only. `interface` and the kinds that are an instance's own say nothing.
const TYPES: &[(&str, OwnerKind)] = &[
    ("natgateway", OwnerKind::NatGateway),
    ("loadbalancer", OwnerKind::LoadBalancer),
    ("networkloadbalancer", OwnerKind::LoadBalancer),
    ("gatewayloadbalancer", OwnerKind::LoadBalancer),
    ("gatewayloadbalancerendpoint", OwnerKind::VpcEndpoint),
    ("vpcendpoint", OwnerKind::VpcEndpoint),
    ("transitgateway", OwnerKind::TransitGateway),
    ("efs", OwnerKind::Efs),
    ("lambda", OwnerKind::Lambda),
    ("quicksight", OwnerKind::QuickSight),
    ("apigatewaymanaged", OwnerKind::ApiGateway),
    ("globalacceleratormanaged", OwnerKind::GlobalAccelerator),
    ("awscodestarconnectionsmanaged", OwnerKind::CodeStar),
    ("iotrulesmanaged", OwnerKind::Iot),
];

/// Who asked for the interface, where it is no account.
const REQUESTERS: &[(&str, OwnerKind)] = &[
    ("amazon-elb", OwnerKind::LoadBalancer),
    ("amazon-rds", OwnerKind::Rds),
    ("amazon-elasticache", OwnerKind::ElastiCache),
    ("amazon-redshift", OwnerKind::Redshift),
    ("amazon-elasticsearch", OwnerKind::OpenSearch),
    ("amazon-fsx", OwnerKind::Fsx),
];

/// After the description of the interface itself.
pub(super) fn of_interface(item: &Item<'_>) -> Option<Owner> {
    let requester = item.text("RequesterId");
    let attached_by = item.text("Attachment.InstanceOwnerId");
    let letters = item
        .text("InterfaceType")
        .chars()
        .filter(char::is_ascii_alphabetic);
    let ty: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let aws = |who: &str| who.starts_with("amazon-") || who.ends_with(":AmazonEKS");
    // Whoever makes an interface may write anything into its description, AWS's words too.
    let by_aws = item.flag("RequesterManaged") != Some(false)
        || !matches!(ty.as_str(), "" | "interface")
        || aws(requester)
        || aws(attached_by);
    let described = of_description(item.text("Description")).filter(|_| by_aws);
    let instance = item.text("Attachment.InstanceId");
    described
        .or_else(|| (!instance.is_empty()).then(|| Owner::new(OwnerKind::Instance, instance)))
        .or_else(|| known(TYPES, &ty))
        .or_else(|| known(REQUESTERS, requester))
        .or_else(|| known(REQUESTERS, attached_by))
        .or_else(|| (aws(requester) || aws(attached_by)).then(|| Owner::new(OwnerKind::OtherAws, "")))
}

fn known(table: &[(&str, OwnerKind)], word: &str) -> Option<Owner> {
    let (_, kind) = table.iter().find(|(known, _)| *known == word)?;
    Some(Owner::new(*kind, ""))
}

fn of_description(description: &str) -> Option<Owner> {
    let (begins, kind, rest) = DESCRIPTIONS
        .iter()
        .find(|(begins, ..)| description.starts_with(begins))?;
    let after = description.strip_prefix(begins).unwrap_or_default().trim();
    let id = match rest {
        Rest::Id => after,
        Rest::Word => after.split([' ', '(', ',', ':']).next().unwrap_or_default(),
        Rest::Function => without_uuid(after),
        Rest::All => description,
        Rest::Nothing => "",
    };
    Some(Owner::new(*kind, id.trim_end_matches(':')))
}

/// `orders-1a2b3c4d-0000-4000-8000-000000000000` → `orders`
fn without_uuid(text: &str) -> &str {
    const UUID: usize = 36;
    let cut = text
        .len()
        .checked_sub(UUID)
        .and_then(|at| text.split_at_checked(at));
    match cut {
        Some((name, uuid)) if uuid.chars().all(|c| c.is_ascii_hexdigit() || c == '-') => {
            name.strip_suffix('-').unwrap_or(name)
        }
        _ => text,
    }
}
