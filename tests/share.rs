//! A shared file without a browser: the sample's records become blocks, the blocks answer as the records do.

use trailbeam::engine::items::Item;
use trailbeam::engine::local::Local;
use trailbeam::engine::port::{Collect, ItemId, Job, JobResult, Order, Woven};
use trailbeam::query::{Agg, Answer, Expr, Key, Order as By, Query};
use trailbeam::sample;
use trailbeam::share::{aggregate, collect};

fn opened(shards: usize, turned: bool) -> Local {
    let mut files: Vec<(String, Vec<u8>)> = (0..sample::SAMPLE_FILES)
        .map(sample::make)
        .map(|f| (f.name, f.bytes))
        .collect();
    // A file with records that another one has too.
    let twin = files[0].clone();
    files.push((format!("again/{}", twin.0), twin.1));
    if turned {
        files.reverse();
    }
    let mut local = Local::new(shards);
    local.open(files);
    local
}

/// Items by name, as the page numbers them: of files with the same bytes, whichever was read, by the first name.
fn sources(local: &Local) -> Vec<(ItemId, u32)> {
    let mut items = local.items();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    let sha = |i: &Item| i.outcome.as_ref().and_then(|o| o.sha256);
    let read = items.iter().filter(|i| i.same_as.is_none());
    read.map(|item| {
        let first = items.iter().position(|i| sha(i) == sha(item)).unwrap_or(0);
        (item.id, first as u32)
    })
    .collect()
}

fn woven(local: &mut Local, what: Collect, order: Order) -> Woven {
    let parts = local.collect(what);
    match local.job(Job::Weave { order, parts }) {
        Ok(JobResult::Woven(woven)) => *woven,
        other => panic!("{other:?}"),
    }
}

fn kinds(local: &mut Local) -> Vec<String> {
    let all = local.ask(&Query::groups(&[], vec![Key::Kind], vec![Agg::Count]).order(By::Key));
    all.rows.iter().map(|r| r[0].to_text()).collect()
}

fn records(local: &mut Local, kind: &str) -> Woven {
    let ask = collect::Ask {
        query: Query::groups(&[kind], Vec::new(), Vec::new()),
        leave_out: Vec::new(),
        places_only: false,
    };
    let sources = sources(local);
    let order = Order::Rows {
        kind: kind.to_owned(),
        paths: Vec::new(),
        texts: None,
    };
    woven(local, Collect::Rows { ask, sources }, order)
}

fn sums(local: &mut Local, kind: &str, budget: usize) -> Woven {
    let query = Query::groups(&[kind], Vec::new(), Vec::new());
    woven(
        local,
        Collect::Sums(aggregate::Ask::of(kind, query)),
        Order::Sums { budget },
    )
}

fn staged(local: &mut Local, query: Query) -> Answer {
    match local.job(Job::AskStage(query)) {
        Ok(JobResult::Answer(answer)) => *answer,
        other => panic!("{other:?}"),
    }
}

fn by_kind() -> Query {
    Query::groups(&[], vec![Key::Kind], vec![Agg::Count, Agg::Sum("bytes".into())]).order(By::Key)
}

#[test]
fn blocks_are_the_same_whoever_read_the_files_and_answer_as_the_records_do() {
    let mut first: Option<Vec<(String, [u8; 32])>> = None;
    for (shards, turned) in [(1, false), (4, true)] {
        let mut local = opened(shards, turned);
        let _ = local.job(Job::Stage);
        let all = kinds(&mut local);
        assert!(all.len() > 5, "{all:?}");
        let blocks: Vec<(String, [u8; 32])> = all
            .iter()
            .map(|kind| (kind.clone(), records(&mut local, kind).sha256))
            .collect();
        let (live, kept) = (local.ask(&by_kind()), staged(&mut local, by_kind()));
        assert_eq!(kept.rows, live.rows, "{shards} shards");
        let failed = Query::groups(
            &["cloudtrail"],
            vec![Key::Field("principal".into())],
            vec![Agg::Count],
        )
        .filter(Expr::eq("outcome", "failed"))
        .order(By::Key);
        assert_eq!(staged(&mut local, failed.clone()).rows, local.ask(&failed).rows);
        match &first {
            None => first = Some(blocks),
            Some(first) => assert_eq!(&blocks, first),
        }
    }
}

#[test]
fn sums_are_the_same_whoever_read_the_files_and_count_what_they_stand_for() {
    let mut first: Option<Vec<(String, [u8; 32])>> = None;
    for (shards, turned) in [(1, false), (3, true)] {
        let mut local = opened(shards, turned);
        let _ = local.job(Job::Stage);
        let blocks: Vec<(String, [u8; 32])> = kinds(&mut local)
            .iter()
            .map(|kind| (kind.clone(), sums(&mut local, kind, 3000).sha256))
            .collect();
        let (live, kept) = (local.ask(&by_kind()), staged(&mut local, by_kind()));
        assert_eq!(kept.rows, live.rows, "{shards} shards");
        match &first {
            None => first = Some(blocks),
            Some(first) => assert_eq!(&blocks, first),
        }
    }
}
