use super::*;
use crate::base::Value;
use crate::engine::items::Item;
use crate::engine::local::Local;
use crate::engine::parts::Readers;
use crate::engine::port::Range;
use crate::query::{Agg, Expr, Key, Order, Query, Rows, Select, Sort, Window};
use crate::unpack::MemorySource;
use std::fmt::Write as _;
use std::io::Write as _;

#[test]
fn every_line_belongs_to_the_part_in_which_it_begins() {
    let text = b"one\ntwo\n\nlonger than the others\nend";
    let starts: Vec<u64> = [0, 4, 8, 9, 32].into();
    for at in 0..=text.len() as u64 {
        let found = line_from(&mut MemorySource::new(text.to_vec()), at).unwrap();
        let want = starts.iter().copied().find(|&s| s >= at);
        assert_eq!(found, want.unwrap_or(text.len() as u64), "{at}");
    }
}

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                      action log-status\n";

/// Flow records; every 50th without traffic, every 97th not to be read.
fn flows(records: u32) -> String {
    let mut text = String::new();
    for n in 0..records {
        let start = 1_700_000_000 + n;
        let place = format!(
            "2 {:012} eni-{:04x}",
            111_122_223_333u64 + u64::from(n % 3),
            n % 40
        );
        match n {
            n if n % 50 == 7 => writeln!(text, "{place} - - - - - - - {start} {} - NODATA", start + 60),
            n if n % 97 == 3 => writeln!(
                text,
                "{place} 10.0.0.1 10.0.0.2 port 443 6 1 1 {start} {start} ACCEPT OK"
            ),
            n => writeln!(
                text,
                "{place} 10.0.{}.{} 10.1.0.{} {} 443 6 {} {} {start} {} {} OK",
                n / 250 % 250,
                n % 250,
                n % 7,
                1024 + n % 5000,
                n % 90 + 1,
                n * 13 % 9000,
                start + 60,
                if n % 9 == 0 { "REJECT" } else { "ACCEPT" }
            ),
        }
        .unwrap();
    }
    text
}

/// Everything that is told of items, but for the numbers that records bear.
fn told(local: &Local) -> Vec<Item> {
    let mut items = local.items();
    for item in &mut items {
        (item.readers, item.whole_only) = (Readers::One(0), false);
        for member in item.outcome.iter_mut().flat_map(|o| &mut o.members) {
            (member.member, member.also) = (0, Vec::new());
        }
    }
    items
}

fn questions() -> Vec<Query> {
    let field = |name: &str| Key::Field(name.to_owned());
    vec![
        Query::groups(
            &[],
            vec![field("interface-id"), field("action")],
            vec![
                Agg::Count,
                Agg::Sum("bytes".into()),
                Agg::Distinct("srcaddr".into()),
            ],
        )
        .order(Order::Key),
        Query::groups(
            &[],
            vec![Key::Time {
                width_ns: 60_000_000_000,
            }],
            vec![Agg::Count, Agg::Latest("srcport".into())],
        )
        .order(Order::Key),
    ]
}

/// Reads the same with one worker and with several, in parts.
fn same_in_parts(name: &str, bytes: &[u8]) -> Vec<Local> {
    let read = |shards: usize| {
        let mut local = Local::new(shards);
        local.conductor.split_from(1);
        local.open(vec![(name.to_owned(), bytes.to_vec())]);
        local
    };
    let mut alone = read(1);
    let want = (
        told(&alone),
        questions().iter().map(|q| alone.ask(q).rows).collect::<Vec<_>>(),
    );
    let mut all = vec![alone];
    for shards in [2, 3, 7] {
        let mut parts = read(shards);
        let got = (
            told(&parts),
            questions().iter().map(|q| parts.ask(q).rows).collect::<Vec<_>>(),
        );
        let differs = format!("{got:#?}")
            .lines()
            .zip(format!("{want:#?}").lines())
            .find(|(a, b)| a != b)
            .map(|(a, b)| format!("{a} {b}"));
        assert_eq!(differs, None, "{name} in {shards} parts");
        assert!(parts.conductor.is_settled());
        all.push(parts);
    }
    all
}

/// How many workers hold records.
fn holding(local: &Local) -> usize {
    local
        .shards()
        .filter(|s| s.tables.iter().any(|t| t.shown() > 0))
        .count()
}

#[test]
fn a_text_in_parts_is_the_same_text() {
    let rows = flows(9000);
    let spaced = rows.replace('\n', "\r\n\r\n");
    let texts = [
        ("with a header", format!("{HEADER}{rows}")),
        ("with a mark before the header", format!("\u{feff}{HEADER}{rows}")),
        ("without a header", rows.clone()),
        ("with other line ends", format!("{HEADER}{spaced}")),
        ("without a last line end", format!("{HEADER}{}", rows.trim_end())),
    ];
    for (name, text) in &texts {
        let all = same_in_parts(name, text.as_bytes());
        let shared: Vec<usize> = all.iter().map(holding).collect();
        assert_eq!(shared, [1, 2, 3, 7], "{name}");
    }
}

#[test]
fn records_of_every_part_are_read_again_from_where_they_stand() {
    let text = format!("{HEADER}{}", flows(9000));
    for mut local in same_in_parts("flows.log", text.as_bytes()) {
        let all = Query {
            kinds: Vec::new(),
            range: None,
            filter: Expr::All,
            select: Select::Rows(Rows {
                columns: vec!["start".into()],
                sort: Sort::by_time(),
                window: Window::From {
                    start: None,
                    count: 9000,
                },
            }),
        };
        let places: Vec<_> = local
            .ask_parts(&all)
            .into_iter()
            .map(|p| p.finish(&all))
            .collect();
        let mut checked = 0;
        for answer in places {
            for (place, row) in answer.places.iter().zip(&answer.rows).step_by(701) {
                let (item, index) = {
                    let (item, member) = local.conductor.items().member(place.member).unwrap();
                    (item.id, member.index)
                };
                let (offset, len) = (place.offset, place.len);
                let got = local.fetch(item, vec![Range { index, offset, len }]);
                let line = String::from_utf8(got[0].clone().unwrap()).unwrap();
                let Value::Time(ns) = row[0] else { panic!("a time") };
                assert!(line.contains(&format!(" {} ", ns / 1_000_000_000)), "{line}");
                assert!(line.starts_with("2 ") && line.ends_with("OK") || line.ends_with("NODATA"));
                checked += 1;
            }
        }
        assert!(checked >= 12);
    }
}

#[test]
fn what_one_worker_has_to_read_one_worker_reads() {
    let text = format!("{HEADER}{}", flows(9000));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    for all in [
        same_in_parts("flows.log.gz", &gz.finish().unwrap()),
        same_in_parts("nothing.txt", "no log at all\n".repeat(40_000).as_bytes()),
        // Behind a header in the middle, lines are others.
        same_in_parts(
            "joined.log",
            format!(
                "{HEADER}{}version srcaddr dstaddr bytes start end\n{}",
                flows(5000),
                "2 10.0.0.1 10.0.0.2 77 1700000000 1700000060\n".repeat(5000)
            )
            .as_bytes(),
        ),
    ] {
        assert!(all.iter().all(|local| holding(local) <= 1));
    }
}

#[test]
fn an_archive_is_shared_out_by_member() {
    let mut tar = tar::Builder::new(Vec::new());
    for n in 0..11 {
        let text = format!("{HEADER}{}", flows(300 + n));
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, format!("AWSLogs/{n}.log"), text.as_bytes())
            .unwrap();
    }
    let all = same_in_parts("logs.tar", &tar.into_inner().unwrap());
    let shared: Vec<usize> = all.iter().map(holding).collect();
    assert_eq!(shared, [1, 2, 3, 7]);
}

#[test]
fn a_worker_that_stops_takes_the_whole_item_with_it() {
    let text = format!("{HEADER}{}", flows(9000));
    let mut local = Local::new(3);
    local.conductor.split_from(1);
    let id = local.open(vec![("flows.log".to_owned(), text.into_bytes())])[0];
    assert!(local.conductor.items().tally().records > 8000);
    local.conductor.lose(1, "out of memory");
    local.remove(&[]);
    let item = local.conductor.items().get(id).cloned().unwrap();
    assert_eq!((item.records(), item.errors().len()), (0, 1));
    assert_eq!(
        holding(&local),
        1,
        "only the stopped worker's rows, which nobody asks"
    );
}
