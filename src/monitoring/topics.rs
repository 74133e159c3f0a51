//! The fifteen monitoring topics of the CIS AWS Foundations benchmark: what each watches for, and as which filter pattern.
//!
//! Ids and patterns are the benchmark's, read from the documents of github.com/turbot/steampipe-mod-aws-compliance; Security
//! Hub's ids from docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html. Titles, reasons and severities
//! are ours.

use serde::Serialize;

/// The versions of the benchmark that have monitoring topics.
pub const VERSIONS: &[&str] = &[
    "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0", "v2.0.0", "v3.0.0", "v4.0.0", "v4.0.1", "v5.0.0", "v6.0.0",
    "v7.0.0",
];

/// Something that an account should be told of when it happens.
#[derive(Debug, PartialEq, Serialize)]
pub struct Topic {
    /// Stays the same whatever the benchmark's version.
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence.
    pub why: &'static str,
    /// `critical`, `high`, `medium` or `low`: ours, for Security Hub calls all of them low.
    pub severity: &'static str,
    pub numbers: Numbers,
    /// Its control in Security Hub.
    pub security_hub: Option<&'static str>,
    /// What we run.
    pub pattern: &'static str,
    /// How the pattern differs from what is published, or what it leaves out.
    pub note: Option<&'static str>,
    /// What else was published for it.
    pub published: &'static [Published],
}

/// The topic's number in the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Numbers {
    pub v1_2: Option<&'static str>,
    /// v1.3.0 to v5.0.0.
    pub v1_3: &'static str,
    /// v6.0.0 and v7.0.0.
    pub v6: &'static str,
}

/// A pattern as a version of the benchmark has it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Published {
    pub versions: &'static str,
    pub pattern: &'static str,
    /// What is wrong with it; nothing when it only is written otherwise.
    pub wrong: Option<&'static str>,
}

impl Topic {
    /// Its number in one version of the benchmark: `v1.2.0`, `5.0`.
    pub fn number(&self, version: &str) -> Option<&'static str> {
        let version = version.strip_prefix('v').unwrap_or(version);
        let mut parts = version.split('.').map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(1)), Some(Ok(2))) => self.numbers.v1_2,
            (Some(Ok(1)), Some(Ok(3..=5))) => Some(self.numbers.v1_3),
            (Some(Ok(2..=5)), _) => Some(self.numbers.v1_3),
            (Some(Ok(6 | 7)), _) => Some(self.numbers.v6),
            _ => None,
        }
    }
}

/// The topic of this id.
pub fn topic(id: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.id == id)
}

const fn numbers(v1_2: &'static str, v1_3: &'static str, v6: &'static str) -> Numbers {
    Numbers {
        v1_2: Some(v1_2),
        v1_3,
        v6,
    }
}

/// In the order of the benchmark.
pub const TOPICS: &[Topic] = &[
    Topic {
        id: "unauthorized-api-calls",
        title: "Calls that were refused for lack of permission",
        why: "Someone who tries out what a key may do is refused again and again before something works.",
        severity: "medium",
        numbers: numbers("3.1", "4.1", "5.1"),
        security_hub: Some("CloudWatch.2"),
        pattern: r#"{ ($.errorCode = "*UnauthorizedOperation") || (($.errorCode = "AccessDenied*") && ($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket")) }"#,
        note: Some(
            "The pattern of v2.0.0 to v7.0.0 with its parentheses written out: the two exclusions belong to AccessDenied alone, \
             as && binds more tightly than ||. Both excluded calls go to S3, which never answers UnauthorizedOperation, so \
             nothing is lost by leaving it there.",
        ),
        published: &[
            Published {
                versions: "v1.2.0",
                pattern: r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#,
                wrong: Some(
                    "Takes the harmless refusals of log delivery and of HeadBucket as well, which are many in most accounts.",
                ),
            },
            Published {
                versions: "v1.3.0 to v1.5.0",
                pattern: r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || ($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }"#,
                wrong: Some(
                    "Joins the exclusions with ||, so that it takes nearly every event; only HeadBucket by log delivery is left out.",
                ),
            },
            Published {
                versions: "v2.0.0 to v7.0.0",
                pattern: r#"{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }"#,
                wrong: None,
            },
        ],
    },
    Topic {
        id: "console-sign-in-without-mfa",
        title: "Console sign-ins without a second factor",
        why: "A password alone can be guessed, found or phished.",
        severity: "medium",
        numbers: numbers("3.2", "4.2", "5.2"),
        security_hub: Some("CloudWatch.3"),
        pattern: r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#,
        note: Some(
            "Sign-ins through an identity provider may have no MFAUsed at all, and != takes no event without the field: those \
             are not watched. Failed attempts count as well.",
        ),
        published: &[Published {
            versions: "v6.0.0, for accounts with single sign-on",
            pattern: r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#,
            wrong: Some("Leaves out the root user, whose sign-in without a second factor matters most."),
        }],
    },
    Topic {
        id: "root-usage",
        title: "Anything the root user does",
        why: "No policy limits the root user, and few tasks need it.",
        severity: "high",
        numbers: numbers("3.3", "4.3", "5.3"),
        security_hub: Some("CloudWatch.1"),
        pattern: r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
        note: None,
        published: &[],
    },
    Topic {
        id: "iam-policy-changes",
        title: "Changes of IAM policies",
        why: "Who may write or attach a policy can give themselves every other permission.",
        severity: "high",
        numbers: numbers("3.4", "4.4", "5.4"),
        security_hub: Some("CloudWatch.4"),
        pattern: "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}",
        note: Some(
            "It asks for no event source, so CreatePolicy and DeletePolicy of AWS Organizations are taken as well. Permission \
             boundaries, trust policies (UpdateAssumeRolePolicy) and SetDefaultPolicyVersion are not in the benchmark's list.",
        ),
        published: &[Published {
            versions: "v1.2.0, a copy in circulation",
            pattern: "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||($.eventNa me=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolic y)||($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=Del etePolicy)||($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersi on)||($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||($.event Name=AttachUserPolicy)||($.eventName=DetachUserPolicy)||($.eventName=AttachGr oupPolicy)||($.eventName=DetachGroupPolicy)}",
            wrong: Some(
                "Line breaks of a printed page became spaces inside names, so that no service reads it.",
            ),
        }],
    },
    Topic {
        id: "cloudtrail-changes",
        title: "Changes of CloudTrail's own settings",
        why: "Whoever wants to stay unseen stops the recording first.",
        severity: "critical",
        numbers: numbers("3.5", "4.5", "5.5"),
        security_hub: Some("CloudWatch.5"),
        pattern: "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }",
        note: Some(
            "PutEventSelectors and PutInsightSelectors, which narrow what a trail records, are not in the benchmark's list.",
        ),
        published: &[],
    },
    Topic {
        id: "console-sign-in-failures",
        title: "Failed sign-ins to the console",
        why: "Many in a row are someone guessing a password.",
        severity: "medium",
        numbers: numbers("3.6", "4.6", "5.6"),
        security_hub: Some("CloudWatch.6"),
        pattern: r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
        note: Some(
            "A sign-in with an unknown user name has another message (\"No username found in supplied account\") and is not \
             taken.",
        ),
        published: &[],
    },
    Topic {
        id: "cmk-disabled-or-deleted",
        title: "Customer managed keys disabled or set to be deleted",
        why: "Without its key, encrypted data can not be read any more; after the waiting time never again.",
        severity: "high",
        numbers: numbers("3.7", "4.7", "5.7"),
        security_hub: Some("CloudWatch.7"),
        pattern: "{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
        note: None,
        published: &[],
    },
    Topic {
        id: "s3-bucket-policy-changes",
        title: "Changes of who may use an S3 bucket",
        why: "One policy can make a bucket public, or let its contents leave for another account.",
        severity: "high",
        numbers: numbers("3.8", "4.8", "5.8"),
        security_hub: Some("CloudWatch.8"),
        pattern: "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }",
        note: Some("Changes of Block Public Access are not in the benchmark's list."),
        published: &[],
    },
    Topic {
        id: "config-changes",
        title: "Changes of AWS Config's recording",
        why: "Without the recorder nobody can say later how a resource was set up.",
        severity: "high",
        numbers: numbers("3.9", "4.9", "5.9"),
        security_hub: Some("CloudWatch.9"),
        pattern: "{ ($.eventSource = config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder)) }",
        note: Some("DeleteConfigurationRecorder is not in the benchmark's list."),
        published: &[],
    },
    Topic {
        id: "security-group-changes",
        title: "Changes of security groups",
        why: "A rule is all it takes to open a port to everyone.",
        severity: "medium",
        numbers: numbers("3.10", "4.10", "5.10"),
        security_hub: Some("CloudWatch.10"),
        pattern: "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) || ($.eventName = ModifySecurityGroupRules) }",
        note: Some("As in v6.0.0, with ModifySecurityGroupRules."),
        published: &[Published {
            versions: "v1.2.0 to v5.0.0",
            pattern: "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }",
            wrong: Some("Misses ModifySecurityGroupRules, by which a rule is changed in place."),
        }],
    },
    Topic {
        id: "network-acl-changes",
        title: "Changes of network access control lists",
        why: "They are the second fence around a subnet, and nobody looks at them often.",
        severity: "medium",
        numbers: numbers("3.11", "4.11", "5.11"),
        security_hub: Some("CloudWatch.11"),
        pattern: "{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }",
        note: None,
        published: &[],
    },
    Topic {
        id: "network-gateway-changes",
        title: "Changes of internet and customer gateways",
        why: "A gateway is how traffic leaves a network, and how others get in.",
        severity: "medium",
        numbers: numbers("3.12", "4.12", "5.12"),
        security_hub: Some("CloudWatch.12"),
        pattern: "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }",
        note: Some("NAT, transit, egress-only and VPN gateways are not in the benchmark's list."),
        published: &[],
    },
    Topic {
        id: "route-table-changes",
        title: "Changes of route tables",
        why: "A route can lead traffic around what inspects it.",
        severity: "medium",
        numbers: numbers("3.13", "4.13", "5.13"),
        security_hub: Some("CloudWatch.13"),
        pattern: "{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }",
        note: Some("AssociateRouteTable is not in the benchmark's list."),
        published: &[],
    },
    Topic {
        id: "vpc-changes",
        title: "Changes of VPCs and their peerings",
        why: "A new network, or one joined to another, may stand outside of all that is watched.",
        severity: "medium",
        numbers: numbers("3.14", "4.14", "5.14"),
        security_hub: Some("CloudWatch.14"),
        pattern: "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) || ($.eventName = AttachClassicLinkVpc) || ($.eventName = DetachClassicLinkVpc) || ($.eventName = DisableVpcClassicLink) || ($.eventName = EnableVpcClassicLink) }",
        note: Some("The four ClassicLink calls are of a feature that AWS has retired."),
        published: &[],
    },
    Topic {
        id: "organizations-changes",
        title: "Changes of AWS Organizations",
        why: "An account that leaves, or a policy taken off, ends what the organization holds for all.",
        severity: "high",
        numbers: Numbers {
            v1_2: None,
            v1_3: "4.15",
            v6: "5.15",
        },
        security_hub: None,
        pattern: r#"{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = "AcceptHandshake") || ($.eventName = "AttachPolicy") || ($.eventName = "CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || ($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") || ($.eventName = "DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || ($.eventName = "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = "DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = "InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || ($.eventName = "MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || ($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }"#,
        note: Some("The calls are recorded in the management account and in us-east-1 alone."),
        published: &[Published {
            versions: "v6.0.0, a copy in circulation",
            pattern: r#"{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = AcceptHandshake") || ($.eventName = "AttachPolicy") || ($.eventName = "CreateAccount") || ($.eventName = "CreateOrganizationalUnit") || ($.eventName = "CreatePolicy") || ($.eventName = "DeclineHandshake") || ($.eventName = "DeleteOrganization") || ($.eventName = "DeleteOrganizationalUnit") || ($.eventName = "DeletePolicy") || ($.eventName = "DetachPolicy") || ($.eventName = "DisablePolicyType") || ($.eventName = "EnablePolicyType") || ($.eventName = "InviteAccountToOrganization") || ($.eventName = "LeaveOrganization") || ($.eventName = "MoveAccount") || ($.eventName = "RemoveAccountFromOrganization") || ($.eventName = "UpdatePolicy") || ($.eventName = "UpdateOrganizationalUnit")) }"#,
            wrong: Some("The quote before AcceptHandshake is missing."),
        }],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::pattern::Pattern;

    #[test]
    fn ids_and_numbers_are_unique() {
        let ids: std::collections::BTreeSet<_> = TOPICS.iter().map(|topic| topic.id).collect();
        assert_eq!((ids.len(), TOPICS.len()), (15, 15));
        for version in VERSIONS {
            let found: Vec<_> = TOPICS.iter().filter_map(|topic| topic.number(version)).collect();
            assert_eq!(
                found.len(),
                if *version == "v1.2.0" { 14 } else { 15 },
                "{version}"
            );
        }
        let first = &TOPICS[0];
        assert_eq!(first.number("v1.2.0"), Some("3.1"));
        assert_eq!(first.number("v1.5.0"), Some("4.1"));
        assert_eq!(first.number("7.0.0"), Some("5.1"));
        assert_eq!(first.number("v8.0.0"), None);
        assert_eq!(first.number("one"), None);
    }

    #[test]
    fn patterns_are_read_and_are_short_enough_for_aws() {
        for topic in TOPICS {
            let parsed =
                Pattern::parse(topic.pattern).unwrap_or_else(|fault| panic!("{}: {fault}", topic.id));
            assert!(parsed.warnings.is_empty(), "{}", topic.id);
        }
    }
}
