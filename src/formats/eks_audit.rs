//! Kubernetes audit events, as Amazon EKS writes them to CloudWatch Logs.
//!
//! A request is logged once a stage (`RequestReceived`, `ResponseStarted`, `ResponseComplete`, `Panic`) under one `auditID`.
//! Fields have the names of the event. Derived: `sourceIP` is the first of `sourceIPs`, the client's; `object` is what was
//! asked for, as `namespace/resource/name`; `outcome` is `failed` where the answer was an error or access was forbidden.

use super::json::Spec;
use super::json::objects::{Objects, Parts};
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "eks-audit",
    title: "EKS audit logs",
    records: "audit events",
    group: Group::AwsService,
    spec_url: "https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/",
    shapes: &[
        "CloudWatch Logs exports and deliveries (streams kube-apiserver-audit-…)",
        "JSON lines, arrays and EventList objects",
        "not read: authenticator, scheduler and controller manager logs of the same log group",
    ],
    export_hint: "aws logs filter-log-events --log-group-name /aws/eks/CLUSTER/cluster --log-stream-name-prefix kube-apiserver-audit > audit.json",
    fields: &[
        F::time("requestReceivedTimestamp").role(Role::Time),
        F::time("stageTimestamp").role(Role::EndTime),
        F::text("verb").role(Role::Action),
        F::text("user.username").role(Role::Actor),
        F::text("object").role(Role::Resource),
        F::text("objectRef.resource").role(Role::ResourceType),
        F::text("objectRef.namespace"),
        F::text("objectRef.name"),
        F::text("objectRef.subresource"),
        F::text("objectRef.apiGroup"),
        F::text("objectRef.apiVersion"),
        F::address("sourceIP").role(Role::SourceAddress),
        F::list("sourceIPs"),
        F::text("userAgent").role(Role::UserAgent),
        F::text("outcome").role(Role::Outcome),
        F::int("responseStatus.code").role(Role::Status),
        F::text("responseStatus.reason"),
        F::text("responseStatus.message").role(Role::Message),
        F::text("decision"),
        F::text("reason"),
        F::text("requestURI"),
        F::text("level"),
        F::text("stage"),
        F::text("auditID").role(Role::Id),
        F::text("user.uid"),
        F::list("user.groups"),
        F::text("user.extra.arn"),
        F::text("user.extra.canonicalArn"),
        F::text("user.extra.accessKeyId").role(Role::Credential),
        F::text("user.extra.sessionName"),
        F::text("impersonatedUser.username"),
        F::list("impersonatedUser.groups"),
    ],
    columns: &[
        "requestReceivedTimestamp",
        "user.username",
        "verb",
        "object",
        "outcome",
        "responseStatus.code",
        "sourceIP",
        "stage",
        "userAgent",
    ],
    aliases: &[],
    dedupe: false,
};

const SOURCE: usize = 0;
const NAMESPACE: usize = 1;
const RESOURCE: usize = 2;
const NAME: usize = 3;
const CODE: usize = 4;
const DECISION: usize = 5;
const URI: usize = 6;

pub(super) static FORMAT: Objects = Objects {
    facts: &FACTS,
    spec: Spec {
        records: &["items"],
        context: &[],
        any_kind: false,
    },
    marks: &["apiVersion", "requestURI", "stage", "level"],
    elsewhere: &[
        ("annotations[\"authorization.k8s.io/decision\"]", "decision"),
        ("annotations[\"authorization.k8s.io/reason\"]", "reason"),
        ("user.extra.arn[0]", "user.extra.arn"),
        ("user.extra.canonicalArn[0]", "user.extra.canonicalArn"),
        ("user.extra.accessKeyId[0]", "user.extra.accessKeyId"),
        ("user.extra.sessionName[0]", "user.extra.sessionName"),
    ],
    derived: &["sourceIP", "object", "outcome"],
    parts: &[
        "sourceIPs[0]",
        "objectRef.namespace",
        "objectRef.resource",
        "objectRef.name",
        "responseStatus.code",
        "annotations[\"authorization.k8s.io/decision\"]",
        "requestURI",
    ],
    derive: |parts, to| {
        to.text(0, &parts.text(SOURCE));
        to.text(1, &object(parts));
        let is_forbidden = &*parts.text(DECISION) == b"forbid";
        match parts.integer(CODE) {
            Some(400..) => to.text(2, b"failed"),
            _ if is_forbidden => to.text(2, b"failed"),
            Some(_) => to.text(2, b"ok"),
            // Received, and not answered yet.
            None => {}
        }
    },
};

/// `namespace/resource/name` as far as they are told; a request for no object is told by its path.
fn object(parts: &Parts<'_>) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for part in [NAMESPACE, RESOURCE, NAME] {
        let text = parts.text(part);
        if !text.is_empty() {
            if !out.is_empty() {
                out.push(b'/');
            }
            out.extend_from_slice(&text);
        }
    }
    if out.is_empty() {
        let uri = parts.text(URI);
        out.extend(uri.iter().take_while(|b| **b != b'?'));
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("eks-audit");
    }
}
