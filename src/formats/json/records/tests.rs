use super::*;
use crate::base::{Facts, FieldSpec, Group};
use crate::table::{Shard, Stats};

static FACTS: Facts = Facts {
    id: "test",
    title: "",
    records: "",
    group: Group::AwsService,
    spec_url: "",
    shapes: &[],
    export_hint: "",
    fields: &[FieldSpec::text("n")],
    columns: &[],
    aliases: &[],
    dedupe: false,
};

const SPEC: Spec = Spec {
    records: &["Records", "detail", "detail.findings", "Pages[].Items"],
    context: &["account", "v"],
    any_kind: false,
};

/// Writes down what it is given.
#[derive(Default)]
struct Log(Vec<String>);

impl OnRecord for Log {
    fn record(&mut self, r: &Record<'_>, sink: &mut RowSink<'_>) {
        let text = |raw: Option<Raw<'_>>| {
            raw.map_or(String::new(), |r| String::from_utf8_lossy(r.bytes).into_owned())
        };
        let place = r
            .found_in
            .map_or(String::new(), |i| format!(" in {}", SPEC.records[i]));
        let context = (0..2)
            .filter_map(|i| r.context(i))
            .map(|c| text(Some(c)))
            .collect::<Vec<_>>();
        let context = if context.is_empty() {
            String::new()
        } else {
            format!(" of {}", context.join(","))
        };
        self.0.push(format!(
            "{}+{} {}{place}{context}",
            r.offset,
            r.bytes.len(),
            text(r.get(0))
        ));
        sink.end(r.offset, r.bytes.len() as u64);
    }
}

/// Reads in chunks of 1, 2, 7 and all bytes, which must not matter; returns records, then notes and remarks.
fn read(spec: Spec, json: &str) -> Vec<String> {
    let one = |chunk: usize| {
        let (mut shard, mut stats, mut log) = (Shard::default(), Stats::default(), Log::default());
        let (pool, table) = shard.table_mut(&FACTS);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
        let mut records = Records::new(spec, &["n"]);
        for part in json.as_bytes().chunks(chunk) {
            records.feed(part, &mut log, &mut sink);
        }
        records.finish(&mut log, &mut sink);
        assert_eq!(stats.kept, log.0.len() as u64);
        let note = |n: &crate::base::Note| format!("! {:?} {}: {}", n.offsets, n.reason, n.first_text);
        log.0.extend(stats.rejected.0.iter().map(note));
        log.0.extend(stats.remarks.iter().map(|r| format!("# {r}")));
        log.0
    };
    let whole = one(json.len().max(1));
    for chunk in [1, 2, 7] {
        assert_eq!(one(chunk), whole, "chunks of {chunk}: {json}");
    }
    whole
}

fn check(json: &str, want: &[&str]) {
    assert_eq!(read(SPEC, json), want, "{json}");
}

#[test]
fn bare_records_in_every_arrangement() {
    check(
        "{\"n\":1}\n{\"n\":2}\r\n\r\n{\"n\":3}",
        &["0+7 1", "8+7 2", "19+7 3"],
    );
    check("{\"n\":1}{\"n\":2}", &["0+7 1", "7+7 2"]);
    check("\u{feff}[{\"n\":1}, {\"n\":2}]\n", &["4+7 1", "13+7 2"]);
    check("[[{\"n\":1}],[{\"n\":2}]]", &["2+7 1", "12+7 2"]);
    check("{\"n\":{\"n\":[1]}}", &["0+15 {\"n\":[1]}"]);
    check("[]", &[]);
    check("", &[]);
    check("{}", &["0+2 "]);
}

#[test]
fn envelopes_are_opened() {
    check(
        "{\"Records\":[{\"n\":1},{\"n\":2}],\"v\":3}",
        &["12+7 1 in Records", "20+7 2 in Records"],
    );
    check("{\"Records\":[]}", &[]);
    check("{\"Records\":null,\"n\":1}", &["0+22 1"]);
    check(
        "{\"account\":\"1\",\"x\":[{\"Records\":[]}],\"v\":[2], \"detail\": {\"n\":{\"findings\":[]}}}",
        &["55+21 {\"findings\":[]} in detail of \"1\",[2]"],
    );
    check(
        "{\"detail\":{\"a\":{},\"findings\":[{\"n\":1}],\"n\":2},\"n\":3}",
        &["30+7 1 in detail.findings"],
    );
    check(
        "{\"Pages\":[{\"Items\":[{\"n\":1},{\"n\":2}]},{\"x\":1},4,{\"Items\":[{\"n\":3}]}]}",
        &[
            "20+7 1 in Pages[].Items",
            "28+7 2 in Pages[].Items",
            "58+7 3 in Pages[].Items",
        ],
    );
}

#[test]
fn envelopes_and_bare_records_may_alternate() {
    check(
        "{\"n\":1}\n{\"v\":1,\"Records\":[{\"n\":2}]}{\"Records\":[{\"n\":3}]}\n{\"v\":2,\"n\":4}\n[{\"detail\":{\"n\":5}},{\"n\":6}]",
        &[
            "0+7 1",
            "26+7 2 in Records of 1",
            "47+7 3 in Records",
            "57+13 4 of 2",
            "82+7 5 in detail",
            "91+7 6",
        ],
    );
}

#[test]
fn what_is_no_object_is_noted() {
    check(
        "{\"Records\":[1,{\"n\":1},\"a\",[],null]}",
        &[
            "14+7 1 in Records",
            "! [12] a number where an object is expected: 1",
            "! [22] a text where an object is expected: \"a\"",
            "! [26] an array where an object is expected: []",
            "! [29] `null` where an object is expected: null",
        ],
    );
    let any = Spec {
        any_kind: true,
        ..SPEC
    };
    assert_eq!(
        read(any, "{\"Records\":[[{\"n\":1}],\"a\"]}"),
        ["12+9  in Records", "22+3  in Records"]
    );
}

#[test]
fn garbage_lines_are_left_out() {
    check(
        "# a comment\n{\"n\":1}\nnull\n{\"n\":2}\n]",
        &["12+7 1", "25+7 2", "! [0, 20, 33] not JSON: # a comment"],
    );
}

#[test]
fn a_broken_line_does_not_take_the_next_with_it() {
    for broken in [
        "{\"n\":1",
        "{\"n\":\"x",
        "{\"n\":",
        "{\"n\"",
        "{\"n\":[1",
        "{\"n\":tru",
        "{",
        "{\"n\":1,",
    ] {
        let got = read(SPEC, &format!("{{\"n\":0}}\n{broken}\n{{\"n\":2}}\n"));
        assert_eq!(got.len(), 3, "{got:?}");
        assert_eq!(got[0], "0+7 0");
        assert_eq!(got[1], format!("{}+7 2", 9 + broken.len()));
        assert!(got[2].starts_with("! [8] "), "{got:?}");
    }
    // Also when it is the file's first, and swallows what is behind it to the end.
    let got = read(SPEC, "{\"n\":[\n{\"n\":1},\n{\"n\":2}\n");
    assert_eq!(got[..2], ["7+7 1", "16+7 2"]);
    assert!(
        got[2].starts_with("! [0] the file ends inside a record: {\"n\":["),
        "{got:?}"
    );
}

#[test]
fn a_broken_item_is_left_out() {
    check(
        "{\"Records\":[{\"n\":1},{\"n\":oops,\"m\":[{\"x\":1}]},{ \"n\":3},{\"n\" 4}]}",
        &[
            "12+7 1 in Records",
            "45+8 3 in Records",
            "! [20] broken JSON: a value is expected: {\"n\":oops,\"m\":[{\"x\":1}]},{ \"n\":3},{\"n\" 4}]}",
            "! [54] broken JSON: `:` is expected after a key; nothing behind it could be read: {\"n\" 4}]}",
        ],
    );
    let got = read(SPEC, "[{\"n\":nope},\n {\"n\":2}]");
    assert_eq!(got[..1], ["14+7 2"]);
}

#[test]
fn a_broken_key_takes_no_item_behind_it() {
    // The first item may be an envelope yet: it is read key by key, the second one as a whole.
    let got = read(SPEC, "[{\"n\":1,\"m\":2,$\"o\":3},{\"n\":2},{\"n\":3}]");
    assert_eq!(got[..2], ["22+7 2", "30+7 3"]);
    assert!(
        got[2].starts_with("! [1] broken JSON: a key in quotes"),
        "{got:?}"
    );
}

#[test]
fn a_file_cut_short_keeps_what_is_whole() {
    check(
        "{\"Records\":[{\"n\":1},{\"n\":",
        &[
            "12+7 1 in Records",
            "! [20] the file ends inside a record: {\"n\":",
        ],
    );
    check(
        "{\"Records\":[{\"n\":1},",
        &["12+7 1 in Records", "# the file ends before its closing brackets"],
    );
    check(
        "[{\"n\":1}",
        &["1+7 1", "# the file ends before its closing brackets"],
    );
    check(
        "{\"n\":1}\n{\"v\":[1,{",
        &["0+7 1", "! [8] the file ends inside a record: {\"v\":[1,{"],
    );
    check("{\"v\":1,", &["! [0] the file ends inside a record: {\"v\":1,"]);
}

#[test]
fn commas_too_many_are_said() {
    check("[{\"n\":1},]", &["1+7 1", "# a comma with nothing behind it"]);
    check(
        "{\"n\":1},\n{\"n\":2},\n",
        &["0+7 1", "9+7 2", "# commas between records at the top"],
    );
}

#[test]
fn hostile_depth_is_one_note() {
    for open in ["[", "{\"a\":", "{\"Records\":[", "{\"detail\":", "[{\"a\":"] {
        let json = open.repeat(50_000);
        let (mut shard, mut stats, mut log) = (Shard::default(), Stats::default(), Log::default());
        let (pool, table) = shard.table_mut(&FACTS);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
        let mut records = Records::new(SPEC, &["n"]);
        records.feed(json.as_bytes(), &mut log, &mut sink);
        records.finish(&mut log, &mut sink);
        // Where the broken record's first key comes again, reading is tried again there: the reasons stay few.
        assert_eq!(stats.kept, 0);
        assert!(
            (1..=2).contains(&stats.rejected.0.len()),
            "{open} {:?}",
            stats.rejected
        );
    }
}

#[test]
fn a_long_record_in_small_chunks_is_walked_a_bounded_number_of_times() {
    let json = format!("{{\"n\":1,\"Records\":[{{\"x\":\"{}\"}}]}}", "y".repeat(3 << 20));
    let (mut shard, mut stats, mut log) = (Shard::default(), Stats::default(), Log::default());
    let (pool, table) = shard.table_mut(&FACTS);
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    let mut records = Records::new(SPEC, &["n"]);
    for part in json.as_bytes().chunks(100) {
        records.feed(part, &mut log, &mut sink);
    }
    records.finish(&mut log, &mut sink);
    assert_eq!(stats.kept, 1);
}
