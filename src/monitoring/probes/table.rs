//! The written events: what each topic has to take, and what lies near it.

use super::Probe;

const IAM_USER: &str = r#"{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/example","accountId":"111122223333","userName":"example"}"#;
const IAM_ADMIN: &str = r#"{"type":"IAMUser","principalId":"AIDAADMIN","arn":"arn:aws:iam::111122223333:user/admin","accountId":"111122223333","userName":"admin"}"#;
const ROLE: &str = r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:example","arn":"arn:aws:sts::111122223333:assumed-role/example/example","accountId":"111122223333"}"#;
const ROOT: &str = r#"{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"}"#;
const ROOT_BY_SERVICE: &str = r#"{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","invokedBy":"support.amazonaws.com"}"#;
const SERVICE: &str = r#"{"type":"AWSService","invokedBy":"delivery.logs.amazonaws.com"}"#;

pub const fn call(event_name: &'static str, source: &'static str) -> Probe {
    Probe {
        event_name,
        source,
        user: IAM_USER,
        event_type: "AwsApiCall",
        source_ip: "192.0.2.10",
        more: "",
    }
}

const fn refused(event_name: &'static str, source: &'static str, more: &'static str) -> Probe {
    Probe {
        user: ROLE,
        more,
        ..call(event_name, source)
    }
}

const fn sign_in(user: &'static str, more: &'static str) -> Probe {
    Probe {
        user,
        event_type: "AwsConsoleSignIn",
        more,
        ..call("ConsoleLogin", "signin")
    }
}

const fn by(user: &'static str, probe: Probe) -> Probe {
    Probe { user, ..probe }
}

const SUCCESS_WITHOUT_MFA: &str = r#","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/","MobileVersion":"No","MFAUsed":"No"}"#;
const SUCCESS_WITH_MFA: &str = r#","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/","MobileVersion":"No","MFAUsed":"Yes"}"#;
const FAILURE: &str = r#","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/","MobileVersion":"No","MFAUsed":"Yes"}"#;
const DENIED: &str = r#","errorCode":"AccessDenied","errorMessage":"Access Denied""#;
const DENIED_LONG: &str =
    r#","errorCode":"AccessDeniedException","errorMessage":"User is not authorized to perform this action""#;
const UNAUTHORIZED: &str = r#","errorCode":"Client.UnauthorizedOperation","errorMessage":"You are not authorized to perform this operation.""#;
const ROOT_EVENT: Probe = Probe {
    event_type: "AwsServiceEvent",
    ..call("PutRecords", "support")
};

/// Topics that are nothing but a list of calls: topic, source, calls.
pub const CALLS: &[(&str, &str, &[&str])] = &[
    (
        "iam-policy-changes",
        "iam",
        &[
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
        ],
    ),
    (
        "cloudtrail-changes",
        "cloudtrail",
        &[
            "CreateTrail",
            "UpdateTrail",
            "DeleteTrail",
            "StartLogging",
            "StopLogging",
        ],
    ),
    (
        "cmk-disabled-or-deleted",
        "kms",
        &["DisableKey", "ScheduleKeyDeletion"],
    ),
    (
        "s3-bucket-policy-changes",
        "s3",
        &[
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ],
    ),
    (
        "config-changes",
        "config",
        &[
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ],
    ),
    (
        "security-group-changes",
        "ec2",
        &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
            "ModifySecurityGroupRules",
        ],
    ),
    (
        "network-acl-changes",
        "ec2",
        &[
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ],
    ),
    (
        "network-gateway-changes",
        "ec2",
        &[
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ],
    ),
    (
        "route-table-changes",
        "ec2",
        &[
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ],
    ),
    (
        "vpc-changes",
        "ec2",
        &[
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ],
    ),
    (
        "organizations-changes",
        "organizations",
        &[
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            "UpdateOrganizationalUnit",
        ],
    ),
];

/// The other topics' events.
pub const SHAPES: &[(&str, Probe)] = &[
    (
        "unauthorized-api-calls",
        refused("RunInstances", "ec2", UNAUTHORIZED),
    ),
    ("unauthorized-api-calls", refused("ListBuckets", "s3", DENIED)),
    ("unauthorized-api-calls", refused("ListUsers", "iam", DENIED)),
    ("unauthorized-api-calls", refused("Decrypt", "kms", DENIED_LONG)),
    (
        "console-sign-in-without-mfa",
        sign_in(IAM_USER, SUCCESS_WITHOUT_MFA),
    ),
    (
        "console-sign-in-without-mfa",
        sign_in(IAM_ADMIN, SUCCESS_WITHOUT_MFA),
    ),
    ("console-sign-in-without-mfa", sign_in(ROOT, SUCCESS_WITHOUT_MFA)),
    ("root-usage", by(ROOT, call("ListBuckets", "s3"))),
    ("root-usage", by(ROOT, call("CreateUser", "iam"))),
    ("root-usage", sign_in(ROOT, SUCCESS_WITH_MFA)),
    ("console-sign-in-failures", sign_in(IAM_USER, FAILURE)),
    ("console-sign-in-failures", sign_in(IAM_ADMIN, FAILURE)),
    ("console-sign-in-failures", sign_in(ROOT, FAILURE)),
];

/// What no topic is about, though each lies near one of them: its neighbour, and how it differs.
pub const NEAR: &[(&str, Probe)] = &[
    (
        "unauthorized-api-calls",
        Probe {
            source_ip: "delivery.logs.amazonaws.com",
            user: SERVICE,
            more: DENIED,
            ..call("PutObject", "s3")
        },
    ),
    ("unauthorized-api-calls", refused("HeadBucket", "s3", DENIED)),
    (
        "unauthorized-api-calls",
        refused(
            "DescribeInstances",
            "ec2",
            r#","errorCode":"Client.RequestLimitExceeded""#,
        ),
    ),
    (
        "unauthorized-api-calls",
        refused("GetUser", "iam", r#","errorCode":"NoSuchEntityException""#),
    ),
    ("console-sign-in-without-mfa", sign_in(IAM_USER, SUCCESS_WITH_MFA)),
    (
        "console-sign-in-without-mfa",
        Probe {
            event_type: "AwsConsoleSignIn",
            ..call("CheckMfa", "signin")
        },
    ),
    (
        "root-usage",
        by(ROOT_BY_SERVICE, call("DescribeInstances", "ec2")),
    ),
    ("root-usage", by(ROOT, ROOT_EVENT)),
    ("root-usage", by(ROLE, call("CreateUser", "iam"))),
    ("iam-policy-changes", call("GetPolicy", "iam")),
    ("iam-policy-changes", call("ListAttachedRolePolicies", "iam")),
    ("iam-policy-changes", call("CreateUser", "iam")),
    ("cloudtrail-changes", call("LookupEvents", "cloudtrail")),
    ("cloudtrail-changes", call("DescribeTrails", "cloudtrail")),
    (
        "console-sign-in-failures",
        Probe {
            event_type: "AwsConsoleSignIn",
            ..call("SwitchRole", "signin")
        },
    ),
    ("cmk-disabled-or-deleted", call("EnableKey", "kms")),
    ("cmk-disabled-or-deleted", call("GenerateDataKey", "kms")),
    ("s3-bucket-policy-changes", call("GetBucketPolicy", "s3")),
    ("s3-bucket-policy-changes", call("GetBucketAcl", "s3")),
    ("config-changes", call("DescribeConfigurationRecorders", "config")),
    ("config-changes", call("PutEvaluations", "config")),
    ("security-group-changes", call("DescribeSecurityGroups", "ec2")),
    ("security-group-changes", call("RunInstances", "ec2")),
    ("network-acl-changes", call("DescribeNetworkAcls", "ec2")),
    ("network-gateway-changes", call("DescribeInternetGateways", "ec2")),
    ("network-gateway-changes", call("CreateNatGateway", "ec2")),
    ("route-table-changes", call("DescribeRouteTables", "ec2")),
    ("vpc-changes", call("DescribeVpcs", "ec2")),
    ("vpc-changes", call("CreateSubnet", "ec2")),
    ("organizations-changes", call("ListAccounts", "organizations")),
    (
        "organizations-changes",
        call("DescribeOrganization", "organizations"),
    ),
    ("organizations-changes", by(ROLE, call("AssumeRole", "sts"))),
];
