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
