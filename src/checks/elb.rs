//! Load balancers and Auto Scaling groups: secure listeners, zones, health, logs.

use super::body::Body;
use super::ec2::{is_uneven, listed, state, zone};
use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::{Known, Resource};
use super::say::{count, some, yellow_unless};
use super::security_groups::{GROUP, GROUPS, INSTANCE, inbound};
use std::collections::BTreeMap;

const CLASSIC: &str = "AWS::ElasticLoadBalancing::LoadBalancer";
const MODERN: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const TARGETS: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const BOTH: &[&str] = &[CLASSIC, MODERN];
const BALANCERS: Need = Need {
    types: BOTH,
    command: "aws elbv2 describe-load-balancers and aws elb describe-load-balancers, or AWS Config items of both types",
};
/// Answers about a balancer's attributes do not name it.
const ATTRIBUTES: Need = Need {
    types: BOTH,
    command: "AWS Config items of AWS::ElasticLoadBalancing::LoadBalancer or AWS::ElasticLoadBalancingV2::LoadBalancer with their attributes",
};
const SCALING: Need = Need {
    types: &["AWS::AutoScaling::AutoScalingGroup"],
    command: "aws autoscaling describe-auto-scaling-groups, or AWS Config items of AWS::AutoScaling::AutoScalingGroup",
};

/// Predefined policies that AWS has replaced.
const OUTDATED: &[&str] = &[
    "ELBSecurityPolicy-2014-10",
    "ELBSecurityPolicy-2015-02",
    "ELBSecurityPolicy-2015-03",
    "ELBSecurityPolicy-2015-05",
    "ELBSecurityPolicy-TLS-1-0-2015-04",
];
/// Predefined policies that still speak SSL 3.0.
const INSECURE: &[&str] = &["ELBSecurityPolicy-2011-08", "ELBSecurityPolicy-2014-01"];

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "elb-listener-security",
            trusted_advisor: Some("a2sEc6ILx"),
            title: "Load balancers without secure listeners",
            category: Category::Security,
            criteria: "Red: a listener allows an insecure protocol or cipher (SSL 2.0, SSL 3.0, RC4). Yellow: no listener uses HTTPS, SSL or TLS, or one uses an outdated predefined policy.",
            beyond: "Policies that still allow TLS 1.0 but are not replaced are green, as published. Network and Gateway load balancers without TLS pass traffic through and are left out. Listeners of the newer types have to be exported as well.",
            needs: &[BALANCERS],
        },
        listeners,
    )
    .also(&[LISTENER]),
    Check::each_of(
        BOTH,
        CheckFacts {
            id: "elb-security-groups",
            trusted_advisor: Some("xSqX82fQu"),
            title: "Load balancers open on ports without a listener",
            category: Category::Security,
            criteria: "Yellow: inbound rules of the balancer's security groups allow ports that no listener uses. Red: such a group does not exist.",
            beyond: "That a group does not exist is only known when AWS Config says that it was deleted; one that was not exported leaves the balancer unjudged.",
            needs: &[BALANCERS, GROUPS],
        },
        groups,
    )
    .also(&[LISTENER]),
    Check::each(
        CheckFacts {
            id: "elb-connection-draining",
            trusted_advisor: Some("7qGXsKIUw"),
            title: "Classic load balancers without connection draining",
            category: Category::FaultTolerance,
            criteria: "Yellow: connection draining is off.",
            beyond: "The newer types have a deregistration delay in its place and are left out.",
            needs: &[ATTRIBUTES],
        },
        |balancer, _| match balancer.ty {
            CLASSIC => yellow_unless(
                attribute(balancer, "connectionDraining", ""),
                "Connection draining is on.",
                "Connection draining is off.",
            ),
            _ => Verdict::Other,
        },
    ),
    Check::each(
        CheckFacts {
            id: "elb-cross-zone",
            trusted_advisor: Some("xdeXZKIUy"),
            title: "Load balancers that stay in their zone",
            category: Category::FaultTolerance,
            criteria: "Yellow: cross-zone load balancing is off.",
            beyond: "Network load balancers are judged as well as Classic ones. Application load balancers always balance across zones.",
            needs: &[ATTRIBUTES],
        },
        |balancer, _| {
            if balancer.ty == MODERN && !balancer.get("Type").is("network") {
                return Verdict::Other;
            }
            yellow_unless(
                attribute(balancer, "crossZoneLoadBalancing", "load_balancing.cross_zone.enabled"),
                "Cross-zone load balancing is on.",
                "Cross-zone load balancing is off.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "elb-access-logs",
            trusted_advisor: None,
            title: "Load balancers without access logs",
            category: Category::OperationalExcellence,
            criteria: "Green: access logs are written. Yellow: they are not.",
            beyond: "Gateway load balancers write none and are left out.",
            needs: &[ATTRIBUTES],
        },
        |balancer, _| {
            if balancer.get("Type").is("gateway") {
                return Verdict::Other;
            }
            yellow_unless(
                attribute(balancer, "accessLog", "access_logs.s3.enabled"),
                "Access logs are written.",
                "No access logs are written.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "elb-zones",
            trusted_advisor: Some("iqdCTZKCUp"),
            title: "Load balancers in one zone or unevenly filled",
            category: Category::FaultTolerance,
            criteria: "Yellow: the balancer is enabled for a single Availability Zone, or for one without running instances, or its instances are uneven: the fullest and the emptiest zone differ by more than 1 and by more than 20 %.",
            beyond: "Instances are judged for Classic load balancers when all of them are among the files. Targets of the newer types are not in the files.",
            needs: &[BALANCERS],
        },
        zones,
    )
    .also(&[INSTANCE]),
    Check::each(
        CheckFacts {
            id: "elb-idle",
            trusted_advisor: Some("hjLMh88uM8"),
            title: "Load balancers with nothing behind them",
            category: Category::CostOptimizing,
            criteria: "Yellow: the balancer has no registered instances or no target group, or none of its instances is running.",
            beyond: "Fewer than 100 requests a day, the published criterion's other half, shows in the access logs and is not judged here. Health of targets is not in the files: balancers with target groups are not judged.",
            needs: &[BALANCERS],
        },
        idle,
    )
    .also(&[INSTANCE, TARGETS]),
    Check::each(
        CheckFacts {
            id: "asg-health-check",
            trusted_advisor: Some("CLOG40CDO8"),
            title: "Auto Scaling groups with the wrong health check",
            category: Category::FaultTolerance,
            criteria: "Yellow: a group with a load balancer does not use its health check, or a group without one does.",
            beyond: "Whether the check itself fits is not looked at.",
            needs: &[SCALING],
        },
        health_check,
    ),
    Check::each(
        CheckFacts {
            id: "asg-capacity",
            trusted_advisor: None,
            title: "Auto Scaling groups with missing or unhealthy instances",
            category: Category::FaultTolerance,
            criteria: "Red: fewer instances are healthy and in service than the group is meant to have.",
            beyond: "A group that is just scaling shows the same.",
            needs: &[SCALING],
        },
        capacity,
    ),
    Check::each(
        CheckFacts {
            id: "asg-zones",
            trusted_advisor: None,
            title: "Auto Scaling groups in a single zone",
            category: Category::FaultTolerance,
            criteria: "Green: the group spans several Availability Zones. Yellow: it is bound to one.",
            beyond: "Groups meant for one zone, of a stateful service for example, are yellow too.",
            needs: &[SCALING],
        },
        |group, _| {
            let Some(body) = group.with("AvailabilityZones") else {
                return Verdict::Unknown;
            };
            match body.get("AvailabilityZones").len() {
                0 => Verdict::Unknown,
                1 => Verdict::Yellow("The group is bound to one zone.".to_owned()),
                n => Verdict::Green(format!("The group spans {n} zones.")),
            }
        },
    ),
];

/// An attribute that is on or off: of a Classic balancer by its name, of the others by their key.
fn attribute(balancer: &Resource<'_>, classic: &str, modern: &str) -> Option<bool> {
    let held = balancer.extra("LoadBalancerAttributes")?.parsed()?;
    let body = Body::of(&held);
    let own = body.get(classic).get("enabled").bool();
    own.or_else(|| {
        let mut pairs = body.list().filter(|pair| pair.get("key").text() == modern);
        pairs.next()?.get("value").bool()
    })
}

/// A listener: its protocol, port, and the policies that it speaks by.
struct Listener<'a> {
    protocol: &'a str,
    port: Option<i64>,
    policies: Vec<&'a str>,
}

/// The listeners of a balancer; `None` when they were not exported.
fn listeners_of<'a>(balancer: &Resource<'a>, known: &Known<'a>) -> Option<Vec<Listener<'a>>> {
    if balancer.ty == CLASSIC {
        let body = balancer.with("ListenerDescriptions")?;
        let each = body.get("ListenerDescriptions").list().map(|held| {
            let listener = held.get("Listener");
            Listener {
                protocol: listener.get("Protocol").text(),
                port: listener.get("LoadBalancerPort").int(),
                policies: held.get("PolicyNames").list().map(Body::text).collect(),
            }
        });
        return Some(each.collect());
    }
    if !known.saw_near(LISTENER, balancer) {
        return None;
    }
    let own = known
        .near(LISTENER, balancer)
        .filter(|l| l.get("LoadBalancerArn").text() == balancer.id)
        .map(|l| Listener {
            protocol: l.get("Protocol").text(),
            port: l.get("Port").int(),
            policies: l.get("SslPolicy").one_or_many().map(Body::text).collect(),
        });
    Some(own.collect())
}

/// What Config tells of a Classic balancer's own policies: the predefined one they follow, and insecure settings.
fn classic_policies(balancer: &Resource<'_>, names: &[&str]) -> (Vec<String>, Vec<String>) {
    let held = balancer.extra("LoadBalancerPolicies").and_then(Body::parsed);
    let (mut follows, mut insecure) = (Vec::new(), Vec::new());
    let all = held.as_ref().map_or(Body::NONE, Body::of);
    for policy in all.list().filter(|p| names.contains(&p.get("policyName").text())) {
        for setting in policy.get("policyAttributeDescriptions").list() {
            let name = setting.get("attributeName").text();
            let value = setting.get("attributeValue");
            if name == "Reference-Security-Policy" {
                follows.push(value.text().to_owned());
            }
            let bad = matches!(name, "Protocol-SSLv2" | "Protocol-SSLv3") || name.contains("RC4");
            if bad && value.yes() {
                insecure.push(name.to_owned());
            }
        }
    }
    (follows, insecure)
}

fn listeners(balancer: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(all) = listeners_of(balancer, known) else {
        return Verdict::Unknown;
    };
    let is_secure = |l: &&Listener<'_>| {
        ["HTTPS", "SSL", "TLS"]
            .iter()
            .any(|p| l.protocol.eq_ignore_ascii_case(p))
    };
    let secure: Vec<_> = all.iter().filter(is_secure).collect();
    if secure.is_empty() {
        let passes = matches!(balancer.get("Type").text(), "network" | "gateway");
        return if passes {
            Verdict::Other
        } else {
            Verdict::Yellow(format!("None of {} is secure.", count(all.len(), "listener")))
        };
    }
    let named: Vec<&str> = secure.iter().flat_map(|l| l.policies.iter().copied()).collect();
    let (follows, insecure) = classic_policies(balancer, &named);
    if !insecure.is_empty() {
        return Verdict::Red(format!("Listeners allow {}.", some(insecure)));
    }
    let policies: Vec<&str> = named
        .iter()
        .copied()
        .chain(follows.iter().map(String::as_str))
        .collect();
    let of = |list: &[&str]| {
        policies
            .iter()
            .copied()
            .filter(|p| list.contains(p))
            .collect::<Vec<_>>()
    };
    let (bad, old) = (of(INSECURE), of(OUTDATED));
    if !bad.is_empty() {
        Verdict::Red(format!("SSL 3.0 is allowed by {}.", some(bad)))
    } else if !old.is_empty() {
        Verdict::Yellow(format!("Outdated: {}.", some(old)))
    } else {
        Verdict::Green(format!(
            "{} of {} secure.",
            secure.len(),
            count(all.len(), "listener")
        ))
    }
}

fn groups(balancer: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = balancer.with("SecurityGroups") else {
        return if balancer.get("Type").is("application") {
            Verdict::Unknown
        } else {
            Verdict::Other
        };
    };
    let Some(listeners) = listeners_of(balancer, known) else {
        return Verdict::Unknown;
    };
    let ports: Vec<i64> = listeners.iter().filter_map(|l| l.port).collect();
    let mut wide = Vec::new();
    for id in body.get("SecurityGroups").list().map(Body::text) {
        if known.is_gone(GROUP, id) {
            return Verdict::Red(format!("{id} was deleted."));
        }
        let Some(rules) = known.find(GROUP, id, balancer).and_then(inbound) else {
            return Verdict::Unknown;
        };
        let beyond = rules.iter().filter(|r| !r.is_within(&ports));
        wide.extend(beyond.map(|rule| format!("{rule} in {id}")));
    }
    if wide.is_empty() {
        Verdict::Green("Only ports of listeners are open.".to_owned())
    } else {
        Verdict::Yellow(format!("Open without a listener: {}.", some(wide)))
    }
}

/// The instances behind a Classic balancer, as far as they are known.
fn behind<'k, 'a>(
    body: Body<'a>,
    balancer: &Resource<'_>,
    known: &'k Known<'a>,
) -> Vec<Option<&'k Resource<'a>>> {
    let ids = body.get("Instances").list().map(|i| i.get("InstanceId").text());
    ids.map(|id| known.find(INSTANCE, id, balancer)).collect()
}

fn zones(balancer: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = balancer.with("AvailabilityZones") else {
        return Verdict::Unknown;
    };
    let names: Vec<&str> = body
        .get("AvailabilityZones")
        .list()
        .map(|z| {
            if z.text().is_empty() {
                z.get("ZoneName").text()
            } else {
                z.text()
            }
        })
        .collect();
    match names.as_slice() {
        [] => return Verdict::Unknown,
        [only] => return Verdict::Yellow(format!("Enabled for {only} alone.")),
        _ => {}
    }
    let instances = behind(body, balancer, known);
    if balancer.ty == CLASSIC && !instances.is_empty() && instances.iter().all(Option::is_some) {
        let mut filled: BTreeMap<&str, usize> = names.iter().map(|name| (*name, 0)).collect();
        for instance in instances.iter().flatten().filter(|i| state(i) == "running") {
            *filled.entry(zone(instance)).or_default() += 1;
        }
        let most = filled.values().max().copied().unwrap_or_default();
        let least = filled.values().min().copied().unwrap_or_default();
        let text = format!("Running instances: {}.", listed(&filled));
        if least == 0 || most - least > 1 && is_uneven(most, least) {
            return Verdict::Yellow(text);
        }
        return Verdict::Green(text);
    }
    Verdict::Green(format!("Enabled for {} zones.", names.len()))
}

fn idle(balancer: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if balancer.ty == MODERN {
        if !known.saw_near(TARGETS, balancer) {
            return Verdict::Unknown;
        }
        let mut own = known.near(TARGETS, balancer).filter(|group| {
            let mut balancers = group.get("LoadBalancerArns").list();
            balancers.any(|arn| arn.text() == balancer.id)
        });
        return match own.next() {
            None => Verdict::Yellow("No target group belongs to it.".to_owned()),
            Some(_) => Verdict::Unknown,
        };
    }
    let Some(body) = balancer.with("Instances") else {
        return Verdict::Unknown;
    };
    let instances = behind(body, balancer, known);
    if instances.is_empty() {
        return Verdict::Yellow("No instance is registered.".to_owned());
    }
    let running = instances
        .iter()
        .flatten()
        .filter(|i| state(i) == "running")
        .count();
    if running > 0 {
        Verdict::Green(format!(
            "{running} of {} are running.",
            count(instances.len(), "instance")
        ))
    } else if instances.iter().all(|i| i.is_some_and(|i| !state(i).is_empty())) {
        Verdict::Yellow(format!(
            "None of {} is running.",
            count(instances.len(), "instance")
        ))
    } else {
        Verdict::Unknown
    }
}

fn health_check(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(body) = group.with("HealthCheckType") else {
        return Verdict::Unknown;
    };
    let balanced = ["LoadBalancerNames", "TargetGroupARNs", "TrafficSources"]
        .iter()
        .any(|key| !body.get(key).is_empty());
    let types = body.get("HealthCheckType").text();
    match (balanced, types.contains("ELB")) {
        (true, false) => Verdict::Yellow(format!("Behind a load balancer, with the health check {types}.")),
        (false, true) => Verdict::Yellow("Without a load balancer, with its health check.".to_owned()),
        (true, true) => Verdict::Green("The load balancer's health check is used.".to_owned()),
        (false, false) => Verdict::Green("No load balancer, and none of its health checks.".to_owned()),
    }
}

fn capacity(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(body) = group.with("Instances") else {
        return Verdict::Unknown;
    };
    let Some(desired) = body.get("DesiredCapacity").int() else {
        return Verdict::Unknown;
    };
    let well = body
        .get("Instances")
        .list()
        .filter(|i| i.get("HealthStatus").is("Healthy") && i.get("LifecycleState").is("InService"));
    let well = i64::try_from(well.count()).unwrap_or(i64::MAX);
    let text = format!(
        "{well} of {} are healthy and in service.",
        count(desired, "instance")
    );
    if well < desired {
        Verdict::Red(text)
    } else {
        Verdict::Green(text)
    }
}
