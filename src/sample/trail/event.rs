//! What an event is made of: the call, and who makes it.

use crate::base::time::{HOUR, iso};
use crate::sample::random::Random;
use crate::sample::story::*;
use serde_json::{Value, json};

pub const CLI: &str = "aws-cli/2.15.30 Python/3.11.8 Linux/6.8.0 exe/x86_64";
pub const KALI: &str =
    "aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.11-kali2-amd64 md/arch#x86_64 lang/python#3.11.9";
pub const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
pub const SDK: &str = "aws-sdk-rust/1.3.3 os/linux lang/rust/1.82.0";
pub const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 terraform-provider-aws/5.74.0";

/// A call; `more` stands over what every event has.
pub struct Call<'a> {
    pub at: i64,
    pub who: Value,
    pub service: &'a str,
    pub name: &'a str,
    pub from: &'a str,
    pub agent: &'a str,
    pub more: Value,
}

pub fn event(call: Call<'_>, random: &mut Random) -> Value {
    let reads = ["Describe", "List", "Get", "Lookup", "Batch", "Assume", "Decrypt"]
        .iter()
        .any(|verb| call.name.starts_with(verb));
    let mut event = json!({
        "eventVersion": "1.09",
        "userIdentity": call.who,
        "eventTime": iso(call.at),
        "eventSource": format!("{}.amazonaws.com", call.service),
        "eventName": call.name,
        "awsRegion": HOME,
        "sourceIPAddress": call.from,
        "userAgent": call.agent,
        "requestParameters": null,
        "responseElements": null,
        "requestID": random.guid(),
        "eventID": random.guid(),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    });
    if let (Some(event), Value::Object(more)) = (event.as_object_mut(), call.more) {
        event.extend(more);
    }
    event
}

pub fn user(name: &str, key: &str) -> Value {
    let id = match name {
        "ci-deploy" => "AIDACKCEVSQ6C2EXAMPLE",
        "mara.lind" => "AIDAJQABLZS4A3EXAMPLE",
        _ => "AIDAIIZ4SQD7M5EXAMPLE",
    };
    json!({
        "type": "IAMUser",
        "principalId": id,
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": name,
    })
}

/// The person, at the console.
pub fn mara(t: i64) -> Value {
    let mut who = user("mara.lind", "ASIAMARALINDEXAMPLE1");
    who["sessionContext"] = json!({"attributes": {"creationDate": iso(t), "mfaAuthenticated": "true"}});
    who
}

pub fn ci_deploy(t: i64) -> Value {
    user(
        "ci-deploy",
        if t < at(11, 8, 3, 0) {
            LEAKED_KEY
        } else {
            ROTATED_KEY
        },
    )
}

/// A session of a role; its temporary key is the role's own.
pub fn session(role: &str, name: &str, t: i64) -> Value {
    let (id, key) = session_ids(role);
    json!({
        "type": "AssumedRole",
        "principalId": format!("{id}:{name}"),
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": id,
                "arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": iso(t), "mfaAuthenticated": "false"},
        },
    })
}

fn session_ids(role: &str) -> (&'static str, &'static str) {
    match role {
        "deploy-role" => ("AROADEPLOYROLEEXAMPLE", "ASIADEPLOYROLEEXAMPL"),
        "data-admin" => ("AROADATAADMINEXAMPLE1", "ASIADATAADMINEXAMPLE"),
        "app-instance-role" => ("AROAAPPINSTANCEEXAMPL", "ASIAAPPINSTANCEEXAMP"),
        "backup-role" => ("AROABACKUPROLEEXAMPLE", "ASIABACKUPROLEEXAMPL"),
        _ => ("AROASERVICEROLEEXAMPL", "ASIASERVICEROLEEXAMP"),
    }
}

/// A session that a service uses for itself.
pub fn service_session(role: &str, name: &str, service: &str, t: i64) -> Value {
    let mut who = session(role, name, t);
    who["invokedBy"] = json!(service);
    who
}

pub fn assumed(role: &str, name: &str, t: i64) -> Value {
    let (id, key) = session_ids(role);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    json!({
        "requestParameters": {"roleArn": arn, "roleSessionName": name, "durationSeconds": 3600},
        "responseElements": {
            "credentials": {"accessKeyId": key, "sessionToken": "<sessionToken>", "expiration": iso(t + HOUR)},
            "assumedRoleUser": {
                "assumedRoleId": format!("{id}:{name}"),
                "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"),
            },
        },
        "resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": arn}],
    })
}

pub fn denied(who: &str, service: &str, name: &str) -> Value {
    json!({
        "errorCode": "AccessDenied",
        "errorMessage": format!(
            "User: {who} is not authorized to perform: {service}:{name} because no identity-based policy allows the \
             {service}:{name} action"
        ),
    })
}
