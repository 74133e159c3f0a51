//! Rules over flow logs.

use super::*;

#[test]
fn large_outbound() {
    let pair = |i: u8, bytes: u64| flow(0, "10.0.0.5", &format!("203.0.113.{i}"), 443, bytes, "ACCEPT");
    let usual = |n: u8| -> Vec<Record> { (0..n).map(|i| pair(i, 40_000_000)).collect() };
    let with = |n: u8, more: Record| [usual(n), vec![more]].concat();
    tells(
        "large-outbound",
        &with(4, pair(66, 38_600_000_000)),
        "10.0.0.5 sent 38.6 GB to 203.0.113.66 in a day; the median pair that day sent 40 MB",
    );
    // Too few pairs for a median; under 1 GB; not far above; rejected; inside; inbound.
    quiet("large-outbound", &with(3, pair(66, 38_600_000_000)));
    quiet("large-outbound", &with(4, pair(66, 999_999_999)));
    let big = |n: u8| -> Vec<Record> { (0..n).map(|i| pair(i, 2_000_000_000)).collect() };
    quiet("large-outbound", &big(9));
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "10.0.0.5", "203.0.113.66", 443, 38_600_000_000, "REJECT"),
        ),
    );
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "10.0.0.5", "172.16.3.4", 443, 38_600_000_000, "ACCEPT"),
        ),
    );
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "203.0.113.66", "10.0.0.5", 443, 38_600_000_000, "ACCEPT"),
        ),
    );
    // The same bytes over two days are two days.
    let half = |after| flow(after, "10.0.0.5", "203.0.113.66", 443, 900_000_000, "ACCEPT");
    quiet("large-outbound", &[usual(9), vec![half(0), half(DAY)]].concat());
}

#[test]
fn scans() {
    let ports = |n: usize, action: &str| -> Vec<Record> {
        (0..n)
            .map(|i| flow(0, "203.0.113.66", "10.0.0.5", 1000 + i, 40, action))
            .collect()
    };
    tells(
        "port-scan",
        &ports(20, "REJECT"),
        "203.0.113.66 was rejected 20 times on 20 ports of 1 host",
    );
    let hosts: Vec<Record> = (0..20)
        .map(|i| flow(0, "203.0.113.66", &format!("10.0.0.{i}"), 22, 40, "REJECT"))
        .collect();
    assert_eq!(fires("port-scan", &hosts).len(), 1);
    quiet("port-scan", &ports(19, "REJECT"));
    quiet("port-scan", &ports(40, "ACCEPT"));
    let same: Vec<Record> = (0..40)
        .map(|_| flow(0, "203.0.113.66", "10.0.0.5", 22, 40, "REJECT"))
        .collect();
    quiet("port-scan", &same);
}

#[test]
fn rejected_pairs() {
    let rejects = |n: usize| -> Vec<Record> {
        (0..n)
            .map(|_| flow(0, "203.0.113.66", "10.0.0.5", 22, 40, "REJECT"))
            .collect()
    };
    tells(
        "rejected-pairs",
        &rejects(50),
        "50 flows from 203.0.113.66 to 10.0.0.5 rejected, port 22",
    );
    quiet("rejected-pairs", &rejects(49));
}

#[test]
fn flows_skipped() {
    let window = |status: &str| {
        let cells = [
            ("account-id", "111122223333"),
            ("interface-id", "eni-0c1d2e"),
            ("log-status", status),
        ];
        record(&FLOW, 0, &cells)
    };
    tells(
        "flows-skipped",
        &[window("SKIPDATA"), window("NODATA")],
        "1 capture window of eni-0c1d2e in account 111122223333 skipped: traffic sums there are too low",
    );
    quiet("flows-skipped", &[window("NODATA"), window("OK")]);
}
