//! Every hour: a deployment, and what instances, services and people do.

use super::event::*;
use crate::base::time::{MINUTE, SECOND};
use crate::sample::random::Random;
use crate::sample::story::*;
use serde_json::{Value, json};

/// The hourly deployment, by the user whose key leaks.
pub fn deploy(hour: i64, events: &mut Vec<Value>, random: &mut Random) {
    let t = hour + 5 * MINUTE + random.within(0, 40) * SECOND;
    let name = "ci-deploy-run";
    let own: [(&str, &str, Value); 3] = [
        ("sts", "GetCallerIdentity", json!({})),
        ("ecr", "GetAuthorizationToken", json!({})),
        ("sts", "AssumeRole", assumed("deploy-role", name, t)),
    ];
    for (n, (service, call, more)) in (0..).zip(own) {
        let who = ci_deploy(t);
        let call = Call {
            at: t + n * 2 * SECOND,
            who,
            service,
            name: call,
            from: BUILD_SERVER,
            agent: CLI,
            more,
        };
        events.push(event(call, random));
    }
    let mut steps = vec![
        ("ecs", "DescribeServices"),
        ("ecs", "DescribeTaskDefinition"),
        ("ecr", "BatchGetImage"),
        ("ecs", "ListTasks"),
        ("ecs", "DescribeTasks"),
        ("cloudformation", "DescribeStacks"),
    ];
    if busy(hour) {
        steps.extend([("ecs", "RegisterTaskDefinition"), ("ecs", "UpdateService")]);
    }
    for (n, (service, call)) in (0..).zip(steps) {
        let more = json!({"requestParameters": {"cluster": "shop"}});
        let who = session("deploy-role", name, t);
        let at = t + (20 + n * 7) * SECOND;
        let call = Call {
            at,
            who,
            service,
            name: call,
            from: BUILD_SERVER,
            agent: TERRAFORM,
            more,
        };
        events.push(event(call, random));
    }
}

/// Instances, services and people in an hour.
pub fn usual(hour: i64, events: &mut Vec<Value>, random: &mut Random) {
    const APP: [(&str, &str); 5] = [
        ("kms", "Decrypt"),
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParameters"),
        ("ssm", "UpdateInstanceInformation"),
        ("sts", "GetCallerIdentity"),
    ];
    const WATCH: [(&str, &str); 4] = [
        ("ec2", "DescribeSecurityGroups"),
        ("s3", "GetBucketPolicy"),
        ("iam", "ListUsers"),
        ("ec2", "DescribeInstances"),
    ];
    const PERSON: [(&str, &str); 7] = [
        ("ec2", "DescribeInstances"),
        ("cloudwatch", "DescribeAlarms"),
        ("s3", "ListBuckets"),
        ("logs", "DescribeLogGroups"),
        ("ecs", "DescribeServices"),
        ("cloudtrail", "LookupEvents"),
        ("ec2", "CreateTags"),
    ];
    let day = busy(hour);
    let instances: Vec<String> = hosts()
        .into_iter()
        .filter(|h| h.name.starts_with("app"))
        .filter_map(|h| h.instance)
        .collect();
    let mut add =
        |who: Value, (service, name): (&str, &str), from: &str, agent: &str, random: &mut Random| {
            let at = hour + random.within(0, 3600) * SECOND;
            let more = json!({"requestParameters": {}});
            events.push(event(
                Call {
                    at,
                    who,
                    service,
                    name,
                    from,
                    agent,
                    more,
                },
                random,
            ));
        };
    for n in 0..if day { 44 } else { 14 } {
        let name = instances
            .get(n % instances.len().max(1))
            .map_or("i-0", String::as_str);
        let call = random.pick(&APP);
        add(
            session("app-instance-role", name, hour),
            call,
            NAT_PUBLIC,
            SDK,
            random,
        );
    }
    for _ in 0..8 {
        let service = "config.amazonaws.com";
        let who = service_session("AWSServiceRoleForConfig", "configLambdaExecution", service, hour);
        let call = random.pick(&WATCH);
        add(who, call, service, service, random);
    }
    for _ in 0..if day { 8 } else { 5 } {
        let service = "autoscaling.amazonaws.com";
        let who = json!({"type": "AWSService", "invokedBy": service});
        let call = random.pick(&[
            ("ec2", "DescribeInstanceStatus"),
            ("elasticloadbalancing", "DescribeTargetHealth"),
        ]);
        add(who, call, service, service, random);
    }
    let of_day = crate::base::time::civil(hour).hour;
    if (8..16).contains(&of_day) {
        for _ in 0..36 {
            let call = random.pick(&PERSON);
            add(mara(hour), call, OFFICE, BROWSER, random);
        }
    }
    if (2..4).contains(&of_day) {
        for n in 0..18 {
            let service = "backup.amazonaws.com";
            let call = [
                ("ec2", "DescribeVolumes"),
                ("ec2", "CreateSnapshot"),
                ("rds", "DescribeDBInstances"),
            ][n % 3];
            add(
                service_session("backup-role", "AWSBackup", service, hour),
                call,
                service,
                service,
                random,
            );
        }
    }
}
