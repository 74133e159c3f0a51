//! The real readers agree with what the generator says, and the rules see the story.

use super::*;
use crate::base::{TimeRange, Value as Cell, time};
use crate::engine::local::Local;
use crate::query::{Agg, Expr, Key, Query};
use crate::rules::{RULES, Verdict, verdict};

fn all() -> Vec<SampleFile> {
    (0..SAMPLE_FILES).map(make).collect()
}

fn opened(files: &[SampleFile]) -> Local {
    let mut local = Local::new(1);
    local.open(files.iter().map(|f| (f.name.clone(), f.bytes.clone())).collect());
    local
}

#[test]
fn the_same_every_time_and_no_name_twice() {
    let files = all();
    assert!(files.iter().enumerate().all(|(i, f)| make(i) == *f));
    let mut names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SAMPLE_FILES);
}

#[test]
fn readers_read_what_was_made_and_rules_see_the_story() {
    let files = all();
    let mut local = opened(&files);
    let items = local.items();
    assert_eq!(items.len(), files.len());
    for (item, file) in items.iter().zip(&files) {
        let outcome = item.outcome.as_ref().expect("read to the end");
        let kept: u64 = outcome.members.iter().map(|m| m.kept).sum();
        assert_eq!(item.kind(), Some(file.kind), "{}", file.name);
        assert_eq!(kept, file.records, "{}", file.name);
        assert_eq!(
            item.rejected().total(),
            file.rejected,
            "{}: {:?}",
            file.name,
            item.rejected()
        );
    }
    assert_eq!(items.iter().map(|i| i.duplicates).sum::<u64>(), 6);

    let sum = |kind: &str| {
        files
            .iter()
            .filter(|f| f.kind == kind)
            .map(|f| f.records)
            .sum::<u64>()
    };
    let (events, flows) = (sum("cloudtrail"), sum("vpc-flow"));
    assert!((7_000..9_500).contains(&events), "{events} events");
    assert!((50_000..70_000).contains(&flows), "{flows} flows");

    let sent = Query::groups(&["vpc-flow"], Vec::new(), vec![Agg::Sum("bytes".to_owned())]).filter(
        Expr::eq("srcaddr", "10.20.0.23")
            .and(Expr::eq("dstaddr", story::INTRUDER))
            .and(Expr::eq("dstport", 443)),
    );
    let sent = match local.ask(&sent).rows.first().and_then(|r| r.first()) {
        Some(Cell::Big(n)) => *n,
        Some(v) => v.as_i64().map_or(0, i128::from),
        None => 0,
    };
    assert_eq!(sent, i128::from(story::TRANSFER));

    // What leaves costs: 38.6 GB and what every hour has, at 9 cents.
    let bill = Query::groups(&["cur"], Vec::new(), vec![Agg::Sum("cost".to_owned())])
        .filter(Expr::eq("resource", story::BASTION_INSTANCE).and(Expr::Text("DataTransfer-Out".to_owned())));
    let cost = local
        .ask(&bill)
        .rows
        .first()
        .and_then(|r| r[0].as_f64())
        .unwrap_or(0.0);
    assert!((3.4..4.3).contains(&cost), "{cost}");

    // The bucket's own log says the same of the night.
    let read = Query::groups(
        &["s3-access"],
        Vec::new(),
        vec![Agg::Sum("bytes_sent".to_owned())],
    )
    .filter(Expr::Text("assumed-role/data-admin".to_owned()));
    let read = local.ask(&read).rows.first().and_then(|r| match &r[0] {
        Cell::Big(n) => Some(*n),
        other => other.as_i64().map(i128::from),
    });
    assert_eq!(read, Some(i128::from(story::TRANSFER)));

    let mut fired: Vec<&str> = Vec::new();
    for rule in RULES {
        let answers: Vec<_> = rule.ask().iter().map(|q| local.ask(q)).collect();
        if let Verdict::Fired(findings) = verdict(*rule, &answers) {
            assert!(!findings.is_empty());
            fired.push(rule.facts().id);
        }
    }
    for wanted in [
        "failed-then-signed-in",
        "ingress-opened",
        "credentials-made",
        "key-new-network",
        "large-outbound",
        "signed-in-without-mfa",
        "access-denied",
        "new-region",
        "port-scan",
        "findings-red",
    ] {
        assert!(fired.contains(&wanted), "{wanted} is not among {fired:?}");
    }
    assert!(!fired.contains(&"logging-changed"), "StopLogging was denied");
}

#[test]
fn a_configuration_history_stands_in_the_folder_of_its_last_day() {
    for file in all().iter().filter(|f| f.kind == "config") {
        let parts: Vec<&str> = file.name.split('/').collect();
        let history = parts
            .iter()
            .position(|p| *p == "ConfigHistory")
            .expect("a history");
        let day: String = (parts[history - 3..history].iter())
            .map(|n| format!("{:02}", n.parse::<u32>().expect("a number")))
            .collect();
        assert!(file.name.contains(&format!("_{day}T120000Z_1")), "{}", file.name);
        let mut local = opened(std::slice::from_ref(file));
        let newest = Query::groups(
            &["config"],
            Vec::new(),
            vec![Agg::Max("configurationItemCaptureTime".into())],
        );
        let Cell::Time(newest) = local.ask(&newest).rows[0][0] else {
            panic!("{}: no time", file.name);
        };
        assert_eq!(time::iso(newest)[..10].replace('-', ""), day, "{}", file.name);
    }
}

#[test]
fn whoever_changed_the_bucket_is_in_the_trail() {
    let mut local = opened(&all());
    for (changed_ns, who) in [
        (story::at(11, 1, 43, 2), "backup-check"),
        (story::at(11, 8, 20, 51), "mara.lind"),
    ] {
        let by = ["eventName", "userIdentity.arn"].map(|f| Key::Field(f.into()));
        let named = Query::groups(&["cloudtrail"], by.to_vec(), vec![Agg::Count])
            .filter(Expr::eq("eventName", "PutBucketPolicy").and(Expr::Text(story::BUCKET.into())))
            .within(
                Some(TimeRange::new(changed_ns - 5 * time::MINUTE, changed_ns)),
                &Expr::All,
            );
        let rows = local.ask(&named).rows;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(rows[0][1].to_text().contains(who), "{rows:?}");
    }
}
