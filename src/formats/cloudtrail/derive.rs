//! What a CloudTrail event does not say in one field: who it was, what it was done to, what was opened to the world.

use crate::formats::json::{Hit, Paths, Raw, Walker};

/// The parts of `userIdentity` that name someone, as text.
#[derive(Default)]
pub struct Identity<'a> {
    pub kind: &'a [u8],
    pub user_name: &'a [u8],
    pub arn: &'a [u8],
    pub principal_id: &'a [u8],
    pub account_id: &'a [u8],
    pub invoked_by: &'a [u8],
    /// `sessionContext.sessionIssuer.userName`: the role of a role session.
    pub issuer: &'a [u8],
}

impl Identity<'_> {
    /// The name a person would call it by: a user's name, `role/session`, `root`, a service's name. Empty when nothing
    /// names it.
    pub fn principal(&self) -> Vec<u8> {
        let tail = after_last(self.arn, b'/');
        match self.kind {
            b"Root" => b"root".to_vec(),
            b"AssumedRole" | b"Role" => {
                let mut parts = resource_part(self.arn).split(|&b| b == b'/').skip(1);
                let (role, session) = (parts.next().unwrap_or(&[]), parts.next().unwrap_or(&[]));
                let role = first([self.issuer, role]);
                let session = first([session, after_colon(self.principal_id)]);
                if role.is_empty() || session.is_empty() {
                    return first([role, session, self.user_name, self.invoked_by, self.principal_id])
                        .to_vec();
                }
                [role, b"/", session].concat()
            }
            b"AWSService" => first([self.invoked_by, self.principal_id, self.user_name]).to_vec(),
            b"AWSAccount" => {
                let session = after_colon(self.principal_id);
                first([self.user_name, session, self.account_id, self.principal_id]).to_vec()
            }
            _ => first([
                self.user_name,
                tail,
                self.invoked_by,
                self.principal_id,
                self.account_id,
            ])
            .to_vec(),
        }
    }
}

fn first<const N: usize>(candidates: [&[u8]; N]) -> &[u8] {
    candidates.into_iter().find(|c| !c.is_empty()).unwrap_or(&[])
}

/// What stands behind the last `separator`; nothing where there is none.
fn after_last(text: &[u8], separator: u8) -> &[u8] {
    memchr::memrchr(separator, text)
        .and_then(|i| text.get(i + 1..))
        .unwrap_or(&[])
}

/// `AROAEXAMPLE:session` → `session`.
fn after_colon(principal_id: &[u8]) -> &[u8] {
    memchr::memchr(b':', principal_id)
        .and_then(|i| principal_id.get(i + 1..))
        .unwrap_or(&[])
}

/// `arn:aws:sts::111122223333:assumed-role/a/b` → `assumed-role/a/b`.
fn resource_part(arn: &[u8]) -> &[u8] {
    arn.splitn(6, |&b| b == b':').nth(5).unwrap_or(&[])
}

/// Events of the sign-in pages: they say `Success` or `Failure` in the response element of their own name, and a failed
/// one has no error code.
pub const SIGN_INS: [&str; 7] = [
    "ConsoleLogin",
    "SwitchRole",
    "ExitRole",
    "CheckMfa",
    "GetSigninToken",
    "PasswordRecoveryRequested",
    "PasswordRecoveryCompleted",
];

/// What came of a call: `failed` where it has an error code, an error message or a sign-in page's `Failure`, else `ok`.
pub fn outcome(error_code: &[u8], error_message: &[u8], sign_in: &[u8]) -> &'static [u8] {
    if error_code.is_empty() && error_message.is_empty() && sign_in != b"Failure" {
        b"ok"
    } else {
        b"failed"
    }
}

/// Where requests usually name what they are about, under `requestParameters`. A bucket is followed by its key.
pub const RESOURCE_PARAMETERS: &[&str] = &[
    "bucketName",
    "key",
    "accessKeyId",
    "autoScalingGroupName",
    "certificateArn",
    "clusterName",
    "dBClusterIdentifier",
    "dBInstanceIdentifier",
    "dBSnapshotIdentifier",
    "detectorId",
    "documentName",
    "domainName",
    "functionName",
    "groupId",
    "groupIdSet.items[].groupId",
    "groupName",
    "hostedZoneId",
    "imageId",
    "instanceId",
    "instanceProfileName",
    "instancesSet.items[].instanceId",
    "internetGatewayId",
    "keyId",
    "keyName",
    "loadBalancerArn",
    "logGroupName",
    "modelId",
    "name",
    "networkAclId",
    "networkInterfaceId",
    "policyArn",
    "policyName",
    "queueUrl",
    "repositoryName",
    "resourceArn",
    "restApiId",
    "roleArn",
    "roleName",
    "routeTableId",
    "secretId",
    "snapshotId",
    "stackName",
    "streamName",
    "subnetId",
    "tableName",
    "target",
    "topicArn",
    "trailName",
    "userName",
    "volumeId",
    "vpcId",
    "DeleteFlowLogsRequest.FlowLogId",
    "DeleteVpcEndpointsRequest.VpcEndpointId",
];
/// The positions of the bucket and the key in [`RESOURCE_PARAMETERS`].
pub const BUCKET: usize = 0;
pub const KEY: usize = 1;

/// Gathers what an event was done to: ARNs first, then names that no ARN ends with.
#[derive(Default)]
pub struct Resources {
    items: Vec<Vec<u8>>,
    bucket: Vec<u8>,
}

impl Resources {
    pub fn clear(&mut self) {
        self.items.clear();
        self.bucket.clear();
    }

    pub fn add(&mut self, name: &[u8]) {
        let known = |item: &Vec<u8>| {
            item.strip_suffix(name)
                .is_some_and(|before| before.is_empty() || before.ends_with(b":") || before.ends_with(b"/"))
        };
        if !name.is_empty() && !self.items.iter().any(known) {
            self.items.push(name.to_vec());
        }
    }

    /// One of [`RESOURCE_PARAMETERS`]. A bucket waits for its key, whichever comes first.
    pub fn add_parameter(&mut self, parameter: usize, value: &[u8]) {
        match parameter {
            BUCKET => self.bucket = value.to_vec(),
            KEY if self.bucket.is_empty() => {}
            KEY => {
                let object = [&self.bucket[..], b"/", value].concat();
                self.bucket.clear();
                self.add(&object);
            }
            _ => self.add(value),
        }
    }

    pub fn finish(&mut self) -> &[Vec<u8>] {
        if !self.bucket.is_empty() {
            let bucket = std::mem::take(&mut self.bucket);
            self.add(&bucket);
        }
        &self.items
    }
}

/// Reads what a request to authorize traffic opens to every address: `0.0.0.0/0 tcp/22`.
pub struct OpenedTo {
    permissions: Paths,
    parts: Paths,
    walker: Walker,
    hits: Vec<Hit>,
    inner: Vec<Hit>,
}

const PROTOCOL: usize = 0;
const FROM_PORT: usize = 1;
const TO_PORT: usize = 2;
const WORLD: [&[u8]; 2] = [b"0.0.0.0/0", b"::/0"];

impl OpenedTo {
    pub fn new() -> Self {
        OpenedTo {
            permissions: Paths::new(&["", "ipPermissions.items[]"]),
            parts: Paths::new(&[
                "ipProtocol",
                "fromPort",
                "toPort",
                "cidrIp",
                "cidrIpv6",
                "ipRanges.items[].cidrIp",
                "ipv6Ranges.items[].cidrIpv6",
            ]),
            walker: Walker::default(),
            hits: Vec::new(),
            inner: Vec::new(),
        }
    }

    /// Is this a request that may open something?
    pub fn concerns(event_name: &[u8]) -> bool {
        matches!(
            event_name,
            b"AuthorizeSecurityGroupIngress" | b"AuthorizeSecurityGroupEgress"
        )
    }

    /// `parameters` is the event's `requestParameters` object.
    pub fn read(&mut self, parameters: Raw<'_>) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if self
            .walker
            .walk(parameters.bytes, &self.permissions, &mut self.hits)
            .is_err()
        {
            return out;
        }
        // Permissions stand in a list, or as one in the parameters themselves (the oldest form).
        for permission in self.hits.iter().map(|h| h.raw(parameters.bytes)) {
            if self
                .walker
                .walk(permission.bytes, &self.parts, &mut self.inner)
                .is_err()
            {
                continue;
            }
            let part = |id: usize| {
                let hit = self.inner.iter().find(|h| h.path == id)?;
                hit.raw(permission.bytes).text().map(|t| t.into_owned())
            };
            let service = service(part(PROTOCOL), part(FROM_PORT), part(TO_PORT));
            for hit in self.inner.iter().filter(|h| h.path > TO_PORT) {
                let range = hit.raw(permission.bytes).text().unwrap_or_default();
                if WORLD.contains(&&*range) {
                    out.push([&range, &b" "[..], &service].concat());
                }
            }
        }
        out
    }
}

/// `tcp/22`, `udp/5000-6000`, `icmp`, or `all`.
fn service(protocol: Option<Vec<u8>>, from: Option<Vec<u8>>, to: Option<Vec<u8>>) -> Vec<u8> {
    let protocol = match protocol.as_deref() {
        None | Some(b"-1" | b"all") => return b"all".to_vec(),
        Some(b"6") => b"tcp".to_vec(),
        Some(b"17") => b"udp".to_vec(),
        Some(other) => other.to_vec(),
    };
    match (from, to) {
        (Some(from), Some(to)) if matches!(&protocol[..], b"tcp" | b"udp") => {
            if from == to {
                [&protocol[..], b"/", &from].concat()
            } else {
                [&protocol[..], b"/", &from, b"-", &to].concat()
            }
        }
        _ => protocol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::json::Kind;

    fn who(
        kind: &str,
        user_name: &str,
        arn: &str,
        principal_id: &str,
        invoked_by: &str,
        issuer: &str,
    ) -> String {
        let identity = Identity {
            kind: kind.as_bytes(),
            user_name: user_name.as_bytes(),
            arn: arn.as_bytes(),
            principal_id: principal_id.as_bytes(),
            account_id: b"111122223333",
            invoked_by: invoked_by.as_bytes(),
            issuer: issuer.as_bytes(),
        };
        String::from_utf8(identity.principal()).unwrap()
    }

    #[test]
    fn everyone_gets_the_name_people_use() {
        let session = "arn:aws:sts::111122223333:assumed-role/Admin/jane@example.com";
        assert_eq!(
            who(
                "IAMUser",
                "jane",
                "arn:aws:iam::111122223333:user/ops/jane",
                "AIDAX",
                "",
                ""
            ),
            "jane"
        );
        assert_eq!(
            who(
                "IAMUser",
                "",
                "arn:aws:iam::111122223333:user/ops/jane",
                "AIDAX",
                "",
                ""
            ),
            "jane"
        );
        assert_eq!(
            who("AssumedRole", "", session, "AROAX:jane@example.com", "", "Admin"),
            "Admin/jane@example.com"
        );
        assert_eq!(
            who("AssumedRole", "", session, "", "", ""),
            "Admin/jane@example.com"
        );
        assert_eq!(
            who("AssumedRole", "", "", "AROAX:i-0abc", "", "Web"),
            "Web/i-0abc"
        );
        assert_eq!(who("AssumedRole", "", "", "AROAX", "", ""), "AROAX");
        assert_eq!(
            who(
                "Root",
                "",
                "arn:aws:iam::111122223333:root",
                "111122223333",
                "",
                ""
            ),
            "root"
        );
        assert_eq!(
            who("AWSService", "", "", "", "ec2.amazonaws.com", ""),
            "ec2.amazonaws.com"
        );
        assert_eq!(who("AWSAccount", "", "", "AROAX:partner", "", ""), "partner");
        assert_eq!(who("AWSAccount", "", "", "", "", ""), "111122223333");
        assert_eq!(
            who(
                "FederatedUser",
                "",
                "arn:aws:sts::1:federated-user/bob",
                "1:bob",
                "",
                ""
            ),
            "bob"
        );
        assert_eq!(Identity::default().principal(), b"");
    }

    #[test]
    fn what_is_open_to_everyone_is_named_with_its_ports() {
        let read = |json: &str| -> Vec<String> {
            let raw = Raw {
                kind: Kind::Object,
                bytes: json.as_bytes(),
            };
            OpenedTo::new()
                .read(raw)
                .into_iter()
                .map(|v| String::from_utf8(v).unwrap())
                .collect()
        };
        let listed = r#"{"groupId":"sg-1","ipPermissions":{"items":[
            {"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"},{"cidrIp":"0.0.0.0/0"}]},
             "ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}},
            {"ipProtocol":"-1","ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}},
            {"ipProtocol":"udp","fromPort":5000,"toPort":6000,"ipRanges":{"items":[{"cidrIp":"192.0.2.0/24"}]}}]}}"#;
        assert_eq!(read(listed), ["0.0.0.0/0 tcp/22", "::/0 tcp/22", "0.0.0.0/0 all"]);
        let flat = r#"{"groupId":"sg-1","cidrIp":"0.0.0.0/0","ipProtocol":"tcp","fromPort":0,"toPort":65535,"ipPermissions":{}}"#;
        assert_eq!(read(flat), ["0.0.0.0/0 tcp/0-65535"]);
        let ping = r#"{"cidrIp":"0.0.0.0/0","ipProtocol":"icmp","fromPort":-1,"toPort":-1}"#;
        assert_eq!(read(ping), ["0.0.0.0/0 icmp"]);
    }

    #[test]
    fn a_failure_shows_in_any_of_three_places() {
        assert_eq!(outcome(b"", b"", b""), b"ok");
        assert_eq!(outcome(b"", b"", b"Success"), b"ok");
        assert_eq!(outcome(b"AccessDenied", b"", b""), b"failed");
        assert_eq!(outcome(b"", b"Failed authentication", b""), b"failed");
        assert_eq!(outcome(b"", b"", b"Failure"), b"failed");
    }

    #[test]
    fn a_resource_is_named_once() {
        let mut r = Resources::default();
        r.add(b"arn:aws:s3:::logs/a/b.gz");
        r.add_parameter(BUCKET, b"logs");
        r.add_parameter(KEY, b"a/b.gz");
        r.add_parameter(KEY, b"alone");
        r.add_parameter(BUCKET, b"other");
        assert_eq!(r.finish(), [&b"arn:aws:s3:::logs/a/b.gz"[..], b"other"]);
    }
}
