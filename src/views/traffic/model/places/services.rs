//! Which addresses are an AWS service's, as flow logs say it themselves (`pkt-src-aws-service`, `pkt-dst-aws-service`).

use super::super::KINDS;
use crate::naming::{Group, GroupKind};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::BTreeMap;

/// Addresses that are told of at either end.
const MOST: usize = 5000;

/// Addresses and the services they are of, one question an end of the flow.
pub fn ask_services() -> [Query; 2] {
    let ends = [
        ("pkt-srcaddr", "srcaddr", "pkt-src-aws-service"),
        ("pkt-dstaddr", "dstaddr", "pkt-dst-aws-service"),
    ];
    ends.map(|(packet, own, service)| {
        let field = |name: &str| Key::Field(name.to_owned());
        let by = vec![Key::First(vec![field(packet), field(own)]), field(service)];
        Query::groups(&KINDS, by, vec![Agg::Count])
            .filter(Expr::exists(service))
            .order(Order::Desc(0))
            .limit(MOST)
    })
}

/// The service of each address, out of the answers to [`ask_services`]: the one that most of its records say.
pub fn services<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for row in answers.into_iter().flat_map(|a| &a.rows) {
        let [address, service, count, ..] = row.as_slice() else {
            continue;
        };
        if !address.is_absent() && !service.is_absent() {
            let of = counts.entry(address.to_text()).or_default();
            *of.entry(service.to_text()).or_default() += count.as_i64().unwrap_or(0);
        }
    }
    let most = |all: BTreeMap<String, i64>| all.into_iter().max_by_key(|(_, n)| *n).map(|(s, _)| s);
    counts
        .into_iter()
        .filter_map(|(address, all)| Some((address, most(all)?)))
        .collect()
}

/// Where an address stands when flow logs say whose it is: a file that names it knows better, and so does a description.
pub fn told_by(mut path: Vec<Group>, service: Option<&String>) -> Vec<Group> {
    let is_public = path.first().is_some_and(|g| g.kind == GroupKind::Internet);
    let is_named = path
        .iter()
        .any(|g| matches!(g.kind, GroupKind::Named | GroupKind::AwsService));
    if let Some(service) = service.filter(|_| is_public && !is_named) {
        path.truncate(1);
        path.push(Group {
            kind: GroupKind::AwsService,
            id: service.clone(),
            name: service.clone(),
        });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;

    fn group(kind: GroupKind, id: &str) -> Group {
        Group {
            kind,
            id: id.to_owned(),
            name: id.to_owned(),
        }
    }

    #[test]
    fn an_address_is_the_service_s_that_most_records_say() {
        let row = |address: &str, service: &str, n: i64| vec![address.into(), service.into(), Value::Int(n)];
        let answer = |rows| Answer {
            rows,
            ..Answer::default()
        };
        let told = services([
            &answer(vec![
                row("198.51.100.1", "AMAZON", 2),
                row("198.51.100.1", "S3", 3),
            ]),
            &answer(vec![
                row("198.51.100.1", "S3", 1),
                row("198.51.100.2", "EC2", 1),
                vec![Value::Absent, "S3".into(), Value::Int(9)],
            ]),
        ]);
        let told: Vec<_> = told.iter().map(|(a, s)| (a.as_str(), s.as_str())).collect();
        assert_eq!(told, [("198.51.100.1", "S3"), ("198.51.100.2", "EC2")]);
    }

    #[test]
    fn only_a_public_address_that_nobody_names_is_told_by_the_log() {
        let s3 = "S3".to_owned();
        let internet = || group(GroupKind::Internet, "internet");
        let told = told_by(vec![internet(), group(GroupKind::Country, "DE")], Some(&s3));
        assert_eq!(told, [internet(), group(GroupKind::AwsService, "S3")]);
        let named = vec![internet(), group(GroupKind::Named, "198.51.100.0/24")];
        assert_eq!(told_by(named.clone(), Some(&s3)), named);
        let private = vec![group(GroupKind::Private, "private")];
        assert_eq!(told_by(private.clone(), Some(&s3)), private);
        assert_eq!(told_by(vec![internet()], None), [internet()]);
    }
}
