//! What both benchmarks are made of.

use std::fmt::Write;

/// Flow log lines of the default format: many addresses, as in a day of a busy account. The same text every time.
pub fn flows(records: u32) -> String {
    let mut text =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
         log-status\n"
            .to_owned();
    let mut state = 0x9e37_79b9u32;
    for n in 0..records {
        let mut below = |most: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % most
        };
        let start = 1_767_225_600 + n / 25;
        let host = below(2000);
        // A few peers are met often, most seldom.
        let peer = below(40_000) * below(1000) / 1000;
        let action = if below(11) == 0 { "REJECT" } else { "ACCEPT" };
        writeln!(
            text,
            "2 111122223333 eni-{:017x} 10.0.{}.{} 203.{}.{}.{} {} {} 6 {} {} {start} {} {action} OK",
            below(600),
            host / 250,
            host % 250,
            peer / 62_500,
            peer / 250 % 250,
            peer % 250,
            1024 + below(60_000),
            [443, 80, 22, 3306, 5432, 53, 123, 8080][below(8) as usize],
            1 + below(900),
            40 + below(90_000),
            start + 60,
        )
        .expect("a text takes every line");
    }
    text
}

/// Lines of an Application Load Balancer's log: some paths are asked for often, ids are met once.
pub fn alb_requests(records: u32) -> String {
    let mut text = String::new();
    let mut state = 0x9e37_79b9u32;
    for n in 0..records {
        let mut below = |most: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % most
        };
        let (second, client) = (n / 50, below(20_000));
        let status = [200, 200, 200, 200, 304, 404, 500][below(7) as usize];
        writeln!(
            text,
            "https 2026-01-01T{:02}:{:02}:{:02}.{:06}Z app/shop/1f2e3d4c5b6a7980 203.0.{}.{}:{} 10.0.2.{}:8080 0.00{} 0.{:03} \
             0.000 {status} {status} {} {} \"GET https://shop.example.com:443/items/{}?page={} HTTP/2.0\" \"Mozilla/5.0 (X11; \
             Linux x86_64) agent/{}\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
             arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071 \
             \"Root=1-{:08x}-{:012x}{:012x}\" \"shop.example.com\" \"session-reused\" 10 2026-01-01T{:02}:{:02}:{:02}.000000Z \
             \"waf,forward\" \"-\" \"-\" \"10.0.2.17:8080\" \"{status}\" \"-\" \"-\" TID_{:032x}",
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            n % 1_000_000,
            client / 250,
            client % 250,
            1024 + below(60_000),
            below(20),
            below(9),
            below(999),
            100 + below(900),
            400 + below(90_000),
            below(3000) * below(1000) / 1000,
            below(9),
            below(40),
            n,
            below(u32::MAX),
            n,
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            u64::from(n) << 32 | u64::from(below(u32::MAX)),
        )
        .expect("a text takes every line");
    }
    text
}
