use super::*;

/// Lines over 24 buckets of ten seconds; `make` gives those of one bucket.
fn found(make: impl Fn(usize) -> Vec<String>) -> Vec<String> {
    let plan = program("pattern @message | anomaly | display @pattern, @anomaly").plan(clock());
    let mut part = plan.start();
    let mut place = 0;
    for bucket in 0..24 {
        for line in make(bucket) {
            let mut record = Record::line(None, &line);
            record.time = from_ms(START + 10_000 * bucket as i64 + 5);
            plan.push(
                &mut part,
                &Named {
                    record: &record,
                    names: &plan.needs().fields,
                },
                record.order(place),
            );
            place += 1;
        }
    }
    let table = plan.finish(part);
    assert!(table.notes.is_empty());
    table
        .rows
        .iter()
        .map(|r| r.iter().map(Value::display).collect::<Vec<_>>().join("|"))
        .collect()
}

fn line(text: &str) -> Vec<String> {
    vec![text.to_owned(); 2]
}

#[test]
fn a_steady_pattern_is_none() {
    assert_eq!(found(|_| line("all is well")), Vec::<String>::new());
}

#[test]
fn kinds_of_anomaly() {
    assert_eq!(
        found(|b| if b == 20 {
            vec!["usual".to_owned(); 40]
        } else {
            line("usual")
        }),
        ["usual|frequency"]
    );
    assert_eq!(
        found(|b| if b >= 20 {
            vec!["usual".into(), "broken".into()]
        } else {
            vec!["usual".into()]
        }),
        ["broken|new"]
    );
    assert_eq!(
        found(|b| line(if b == 20 { "mode m-3" } else { "mode m-1" })),
        ["mode <ID-1>|token"]
    );
    assert_eq!(
        found(|b| vec![format!("took {}", if b == 20 { 9000 } else { 10 + b % 5 }); 2])[0]
            .split('|')
            .nth(1),
        Some("token,numeric")
    );
    let status = |b: usize| vec![format!("status={}", if b >= 20 { 500 } else { 200 }); 2];
    assert_eq!(found(status)[0].split('|').nth(1), Some("token,numeric,http"));
    let quoted = |b: usize| vec![format!("\"GET /\" {}", if b >= 20 { 503 } else { 200 }); 2];
    assert!(found(quoted)[0].ends_with("http"));
}

#[test]
fn few_events_say_nothing() {
    let table = table("pattern @message | anomaly", &["a"; 19]);
    assert_eq!((table.rows.len(), table.notes.len()), (0, 1));
}

#[test]
fn a_pattern_keeps_values_to_look_at() {
    let table = table("pattern @message", &["took 5", "took 7", "took 5"]);
    let Origin::Pattern(origin) = &table.origins[0] else {
        panic!()
    };
    assert_eq!(origin.tokens[0].values, ["5", "7"]);
    assert_eq!(origin.sample.place, 0);
}
