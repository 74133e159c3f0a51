//! Which flows are one conversation, who serves, and when no answer is claimed to be missing.

use super::*;
use crate::formats::testing::read_as;
use crate::query::{Answer, answer_now};
use crate::table::Shard;
use std::sync::Arc;

const HEAD: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags";
const START: i64 = 1_762_819_200;

/// `eni source:port destination:port protocol packets bytes second action flags` by line.
fn log(lines: &[&str]) -> Shard {
    let mut text = format!("{HEAD}\n");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [eni, from, to, protocol, packets, bytes, at, action, flags] = words.as_slice() else {
            panic!("{line}");
        };
        let (from, to) = (from.split_once(':').unwrap(), to.split_once(':').unwrap());
        let start = START + at.parse::<i64>().unwrap();
        text.push_str(&format!(
            "5 111122223333 {eni} {} {} {} {} {protocol} {packets} {bytes} {start} {} {action} OK {flags}\n",
            from.0,
            to.0,
            from.1,
            to.1,
            start + 59
        ));
    }
    let (shard, stats) = read_as("vpc-flow", "flow.log", text.as_bytes(), 4096, &Default::default());
    assert_eq!(stats.kept, lines.len() as u64);
    shard
}

fn answers_to(shard: &Shard, only: &Expr) -> Vec<Arc<Answer>> {
    let all = ask_conversations(only).into_iter();
    all.map(|q| Arc::new(answer_now(shard, &q).finish(&q))).collect()
}

fn told(lines: &[&str]) -> Vec<Conversation> {
    Listed::of(joined(&answers_to(&log(lines), &Expr::All)), "bytes").list
}

/// `client → server service: request bytes/reply bytes, outcome, how`
fn words(list: &[Conversation]) -> Vec<String> {
    let one = |c: &Conversation| {
        format!(
            "{} → {} {}: {}/{}, {}, {}",
            c.between.client,
            c.between.server,
            c.between.service(),
            c.request.all().bytes,
            c.reply.all().bytes,
            c.outcome.words(true),
            c.how.word()
        )
    };
    list.iter().map(one).collect()
}

#[test]
fn requests_and_replies_of_one_service_are_one_conversation() {
    let list = told(&[
        "eni-a 10.0.0.5:40001 10.0.1.9:443 6 3 100 0 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.5:40001 6 5 900 2 ACCEPT -",
        "eni-a 10.0.0.5:40002 10.0.1.9:443 6 2 50 60 ACCEPT -",
        // Another service, another client, another transport: each its own, and none has a reply.
        "eni-a 10.0.0.5:40003 10.0.1.9:22 6 1 40 0 ACCEPT -",
        "eni-a 10.0.0.6:40001 10.0.1.9:443 6 1 30 0 ACCEPT -",
        "eni-a 10.0.0.5:40001 10.0.1.9:443 17 1 20 0 ACCEPT -",
    ]);
    assert_eq!(
        words(&list),
        [
            "10.0.0.5 → 10.0.1.9 tcp/443 https: 150/900, Answered, ports",
            "10.0.0.5 → 10.0.1.9 tcp/22 ssh: 40/0, One-sided: no reply recorded, ports",
            "10.0.0.6 → 10.0.1.9 tcp/443 https: 30/0, One-sided: no reply recorded, ports",
            "10.0.0.5 → 10.0.1.9 udp/443 https: 20/0, One-sided: no reply recorded, ports",
        ]
    );
    let whole = &list[0];
    assert_eq!(
        (
            whole.request.all().packets,
            whole.reply.all().packets,
            whole.flows()
        ),
        (5, 5, 3)
    );
    let ns = |second: i64| (START + second) * 1_000_000_000;
    assert_eq!(whole.span, Some((ns(0), ns(119))));
}

#[test]
fn a_reply_alone_and_rejects_either_way_are_told_apart() {
    let list = told(&[
        "eni-a 10.0.1.9:443 10.0.0.5:40001 6 1 50 0 ACCEPT -",
        "eni-a 10.0.0.6:40001 10.0.1.9:443 6 1 40 0 REJECT -",
        "eni-a 10.0.0.7:40001 10.0.1.9:443 6 1 30 0 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.7:40001 6 1 1 1 REJECT -",
        // Some of its requests were rejected, and it got an answer.
        "eni-a 10.0.0.8:40001 10.0.1.9:443 6 1 10 0 REJECT -",
        "eni-a 10.0.0.8:40002 10.0.1.9:443 6 1 9 5 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.8:40002 6 1 1 6 ACCEPT -",
    ]);
    let outcomes: Vec<Outcome> = list.iter().map(|c| c.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::NoRequest,
            Outcome::Rejected,
            Outcome::ReplyRejected,
            Outcome::Answered
        ]
    );
    assert_eq!(list[3].rejected.flows, 1);
}

#[test]
fn what_two_interfaces_record_counts_once() {
    let list = told(&[
        "eni-a 10.0.0.5:40001 10.0.1.9:443 6 3 100 0 ACCEPT -",
        "eni-b 10.0.0.5:40001 10.0.1.9:443 6 3 100 0 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.5:40001 6 3 700 1 ACCEPT -",
        "eni-b 10.0.1.9:443 10.0.0.5:40001 6 3 700 1 ACCEPT -",
        // Let pass where it left, rejected where it came in.
        "eni-a 10.0.0.5:40009 10.0.1.9:22 6 1 40 0 ACCEPT -",
        "eni-b 10.0.0.5:40009 10.0.1.9:22 6 1 40 0 REJECT -",
    ]);
    assert_eq!(
        words(&list),
        [
            "10.0.0.5 → 10.0.1.9 tcp/443 https: 100/700, Answered, ports",
            "10.0.0.5 → 10.0.1.9 tcp/22 ssh: 40/0, Rejected, ports",
        ]
    );
    assert_eq!((list[0].interfaces, list[0].flows()), (2, 2));
    assert_eq!((list[1].flows(), list[1].rejected.flows), (1, 1));
}

#[test]
fn the_serving_side_is_known_by_flags_ports_or_who_was_first() {
    // Nothing about these two ports tells: both are a service's or a caller's.
    let both = |flags: [&str; 2], at: [&str; 2]| {
        let lines = [
            format!(
                "eni-a 10.0.0.5:20001 10.0.0.6:20002 6 1 10 {} ACCEPT {}",
                at[0], flags[0]
            ),
            format!(
                "eni-a 10.0.0.6:20002 10.0.0.5:20001 6 1 20 {} ACCEPT {}",
                at[1], flags[1]
            ),
        ];
        words(&told(&lines.each_ref().map(String::as_str)))
    };
    let a_serves = "10.0.0.6 → 10.0.0.5 tcp/20001: 20/10, Answered, ";
    let b_serves = "10.0.0.5 → 10.0.0.6 tcp/20002: 10/20, Answered, ";
    assert_eq!(both(["2", "18"], ["0", "0"]), [format!("{b_serves}flags")]);
    assert_eq!(
        both(["19", "3"], ["0", "9"]),
        [format!("{a_serves}flags")],
        "FIN beside them"
    );
    assert_eq!(both(["-", "-"], ["0", "9"]), [format!("{b_serves}who was first")]);
    assert_eq!(both(["-", "-"], ["9", "0"]), [format!("{a_serves}who was first")]);
    assert_eq!(both(["-", "-"], ["0", "0"]), [format!("{a_serves}lower port")]);
    // ACK alone, and SYN from either side, tell nothing.
    assert_eq!(both(["16", "16"], ["0", "0"]), [format!("{a_serves}lower port")]);
    assert_eq!(both(["2", "2"], ["0", "0"]), [format!("{a_serves}lower port")]);
    // A known service, and one whose clients elsewhere leave no doubt.
    assert_eq!(
        words(&told(&["eni-a 10.0.0.5:9999 10.0.0.6:8080 6 1 10 0 ACCEPT -"])),
        ["10.0.0.5 → 10.0.0.6 tcp/8080 http: 10/0, One-sided: no reply recorded, ports"]
    );
    assert_eq!(
        words(&told(&[
            "eni-a 10.0.0.5:20001 10.0.0.6:20002 6 1 10 0 ACCEPT -",
            "eni-a 10.0.0.5:50001 10.0.0.6:20002 6 1 10 0 ACCEPT -",
        ])),
        ["10.0.0.5 → 10.0.0.6 tcp/20002: 20/0, One-sided: no reply recorded, ports"]
    );
}

#[test]
fn flags_that_say_otherwise_than_ports_are_not_hidden() {
    let line = |flags: &str| format!("eni-a 10.0.0.5:700 10.0.0.6:2049 6 1 10 0 ACCEPT {flags}");
    let how = |flags: &str| told(&[&line(flags)])[0].how;
    assert_eq!(how("18"), How::Flags, "the lower port answers");
    assert_eq!(how("2"), How::PortsAgainstFlags, "the lower port asks");
    assert!(!how("2").is_told() && how("-").is_told());
}

#[test]
fn without_ports_the_zeros_of_the_record_are_none() {
    let one_way = told(&["eni-a 10.0.0.5:0 10.0.0.6:0 1 1 84 0 ACCEPT 0"]);
    assert_eq!(
        words(&one_way),
        ["10.0.0.5 → 10.0.0.6 icmp: 84/0, One-sided: no reply recorded, not known"]
    );
    let back = told(&[
        "eni-a 10.0.0.6:0 10.0.0.5:0 1 1 84 0 ACCEPT 0",
        "eni-a 10.0.0.5:0 10.0.0.6:0 1 1 85 1 ACCEPT 0",
    ]);
    assert_eq!(
        words(&back),
        ["10.0.0.6 → 10.0.0.5 icmp: 84/85, Answered, who was first"]
    );
}

#[test]
fn a_filter_that_leaves_out_replies_does_not_make_them_missing() {
    let shard = log(&[
        "eni-a 10.0.0.5:40001 10.0.1.9:443 6 3 100 0 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.5:40001 6 5 900 2 ACCEPT -",
        "eni-a 10.0.0.7:40001 10.0.1.9:443 6 1 7 0 ACCEPT -",
        // Two ends that only the reply's flags tell apart.
        "eni-a 10.0.0.5:20001 10.0.1.9:20002 6 1 10 0 ACCEPT -",
        "eni-a 10.0.1.9:20002 10.0.0.5:20001 6 1 20 0 ACCEPT 18",
    ]);
    let only = Expr::eq("srcaddr", "10.0.0.5");
    let found = joined(&answers_to(&shard, &only));
    assert_eq!(
        words(&Listed::of(found.clone(), "bytes").list),
        [
            "10.0.0.5 → 10.0.1.9 tcp/443 https: 100/0, One-sided: no reply recorded, ports",
            "10.0.1.9 → 10.0.0.5 tcp/20001: 0/10, One-sided: no request recorded, lower port",
        ],
        "what the filter alone would say"
    );
    let whole = joined(&answers_to(&shard, &ends_of(found.list.iter())));
    let listed = Listed::told(found, &whole, "bytes");
    assert_eq!(
        words(&listed.list),
        [
            "10.0.0.5 → 10.0.1.9 tcp/443 https: 100/900, Answered, ports",
            "10.0.0.5 → 10.0.1.9 tcp/20002: 10/20, Answered, flags",
        ]
    );
    assert_eq!(
        listed.says(),
        "2 conversations: 2 answered, 0 one-sided, 0 rejected on the way there or back."
    );
}

#[test]
fn more_than_there_is_room_for_is_counted_and_claims_nothing() {
    let lines: Vec<String> = (0..LISTED + 5)
        .map(|n| {
            format!(
                "eni-a 10.0.{}.{}:40001 10.9.0.1:443 6 1 {} 0 ACCEPT -",
                n / 200,
                n % 200,
                n + 1
            )
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut answers = answers_to(&log(&lines), &Expr::All);
    let listed = Listed::of(joined(&answers), "bytes");
    assert_eq!((listed.all, listed.list.len(), listed.is_whole), (205, 200, true));
    assert!(
        listed
            .says()
            .starts_with("205 conversations, the 200 fullest of them here: 0 answered, 200 one-sided"),
        "{}",
        listed.says()
    );
    // An answer that was cut may lack the reply.
    Arc::make_mut(&mut answers[1]).groups += 3;
    let cut = Listed::of(joined(&answers), "bytes");
    assert_eq!((cut.is_whole, cut.left_out), (false, 3));
    assert_eq!(cut.list[0].outcome.words(cut.is_whole), "No reply found yet");
    assert!(
        cut.says()
            .contains("3 groups of smaller flows were not looked at"),
        "{}",
        cut.says()
    );
}

#[test]
fn a_conversations_filter_finds_its_records() {
    let shard = log(&[
        "eni-a 10.0.0.5:40001 10.0.1.9:443 6 3 100 0 ACCEPT -",
        "eni-a 10.0.1.9:443 10.0.0.5:40001 6 5 900 2 ACCEPT -",
        "eni-a 10.0.1.9:40001 10.0.0.5:443 6 5 1 2 ACCEPT -",
        "eni-a 10.0.0.5:40001 10.0.1.9:22 6 5 2 2 ACCEPT -",
        "eni-a 10.0.0.5:40001 10.0.1.9:443 17 5 3 2 ACCEPT -",
    ]);
    let all = joined(&answers_to(&shard, &Expr::All)).list;
    assert_eq!(all.len(), 4);
    for one in all {
        let query = Query::groups(&KINDS, vec![], vec![Agg::Count]).filter(one.between.filter());
        let found = answer_now(&shard, &query).finish(&query).matched;
        assert_eq!(Amount::from(found), one.flows(), "{:?}", one.between);
    }
}
