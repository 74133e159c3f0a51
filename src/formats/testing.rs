//! Helpers for tests of formats: read bytes in chunks of any size, and show what came of them.

use super::{FORMATS, LogFormat, Options, SAMPLE_BYTES, Sample};
use crate::base::Value;
use crate::table::{Envelope, RowSink, Shard, Stats};
use std::fmt::Write;

/// The sample of a member of these bytes.
pub fn sample<'a>(path: &'a str, bytes: &'a [u8]) -> Sample<'a> {
    let head = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    Sample::new(path, head, head.len() == bytes.len()).with_all(bytes)
}

/// The registry id that these bytes are recognised as.
pub fn detect(path: &str, bytes: &[u8]) -> Option<&'static str> {
    super::detect(&sample(path, bytes)).map(|f| f.facts().id)
}

/// Reads a member as the kind of this registry id. Panics on an id that is not registered: it is a test's mistake.
pub fn read_as(id: &str, path: &str, bytes: &[u8], chunk: usize, options: &Options) -> (Shard, Stats) {
    let format = FORMATS.iter().find(|f| f.facts().id == id);
    read(
        *format.unwrap_or_else(|| panic!("no format {id}")),
        path,
        bytes,
        chunk,
        options,
    )
}

/// Reads a member of these bytes, fed in chunks of `chunk` bytes; the shard is sealed.
pub fn read(
    format: &dyn LogFormat,
    path: &str,
    bytes: &[u8],
    chunk: usize,
    options: &Options,
) -> (Shard, Stats) {
    let (mut shard, mut stats) = (Shard::default(), Stats::default());
    let mut reader = format.reader(&sample(path, bytes), options);
    let (pool, table) = shard.table_mut(format.facts());
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 7);
    for part in bytes.chunks(chunk.max(1)) {
        reader.feed(part, &mut sink);
    }
    reader.finish(&mut sink);
    shard.seal();
    (shard, stats)
}

/// Every row of a kind as text: its origin, then each field that has a value.
pub fn dump(shard: &Shard, kind: &str) -> String {
    let mut out = String::new();
    let Some(table) = shard.table(kind) else {
        return out;
    };
    for segment in &table.segments {
        for row in 0..segment.rows {
            let origin = segment.origin(row);
            let _ = writeln!(out, "@{}+{}", origin.offset, origin.len);
            for (i, field) in table.fields.iter().enumerate() {
                match table.value(&shard.pool, segment, row, i) {
                    Value::Absent => {}
                    Value::Text(text) => drop(writeln!(out, "  {} = {text:?}", field.name)),
                    Value::List(items) => drop(writeln!(out, "  {} = {items:?}", field.name)),
                    other => drop(writeln!(out, "  {} = {}", field.name, other.to_text())),
                }
            }
        }
    }
    out
}

/// [`dump`], and what was not kept and why.
pub fn dump_all(shard: &Shard, stats: &Stats, kind: &str) -> String {
    let mut out = dump(shard, kind);
    for note in &stats.rejected.0 {
        let _ = writeln!(
            out,
            "rejected {}: {} at {:?}: {:?}",
            note.count, note.reason, note.offsets, note.first_text
        );
    }
    for remark in &stats.words() {
        let _ = writeln!(out, "remark: {remark}");
    }
    out
}

/// What every format promises of its reader: the same rows and notes for chunks of 1 byte, 7 bytes and 64 KiB, and
/// neither a panic nor a hang on any beginning of the bytes. Returns [`dump_all`].
pub fn check(format: &dyn LogFormat, path: &str, bytes: &[u8], options: &Options) -> String {
    let id = format.facts().id;
    let show = |bytes: &[u8], chunk| {
        let (shard, stats) = read(format, path, bytes, chunk, options);
        dump_all(&shard, &stats, id)
    };
    let whole = show(bytes, SAMPLE_BYTES);
    for chunk in [1, 7] {
        assert_eq!(show(bytes, chunk), whole, "{path} in chunks of {chunk} bytes");
    }
    // Every beginning of a short fixture, many of a long one.
    for end in (0..bytes.len()).step_by(bytes.len() / 200 + 1) {
        read(
            format,
            path,
            bytes.get(..end).unwrap_or(bytes),
            SAMPLE_BYTES,
            options,
        );
    }
    whole
}

/// The fixtures of a kind, in `tests/formats/<id>/`: each is recognised with its name and without it, keeps what
/// [`check`] asks, and reads as its snapshot says. One named `not-…` is not taken for this kind.
#[cfg(test)]
pub fn fixtures(id: &str) {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/formats")
        .join(id);
    let format = *FORMATS
        .iter()
        .find(|f| f.facts().id == id)
        .expect("a registered id");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(dir.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut seen = 0;
    for entry in std::fs::read_dir(&dir).expect("a fixture folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            continue;
        }
        seen += 1;
        let name = path.file_name().and_then(|n| n.to_str()).expect("a plain name");
        let bytes = std::fs::read(&path).expect("a readable fixture");
        if name.starts_with("not-") {
            assert_ne!(detect(name, &bytes), Some(id), "{name}");
            // Read as this kind all the same, it is noted, not kept as something it is not.
            check(format, name, &bytes, &Options::default());
            continue;
        }
        assert_eq!(detect(name, &bytes), Some(id), "{name}");
        assert_eq!(detect("", &bytes), Some(id), "{name} without its name");
        let rows = check(format, name, &bytes, &Options::default());
        settings.bind(|| insta::assert_snapshot!(name, rows));
    }
    assert!(seen > 0, "no fixtures for {id}");
}

/// Reads what is inside of a container of log events as the kind that it is, with what the container tells of each event: the
/// kind's id, and [`dump_all`] of its rows. Both are fed in chunks of so many bytes.
pub fn read_wrapped(bytes: &[u8], chunk: usize, options: &Options) -> (&'static str, String) {
    let whole = sample("", bytes);
    let wrapper = super::WRAPPERS.iter().find(|w| w.probe(&whole));
    let mut unwrap = wrapper.expect("a container").unwrapper();
    let (mut inside, mut envelope) = (Vec::new(), Envelope::default());
    envelope.open();
    for part in bytes.chunks(chunk.max(1)) {
        let mut out = Vec::new();
        unwrap.feed(part, &mut out);
        inside.extend(out);
        envelope.extend(unwrap.told());
    }
    let mut out = Vec::new();
    unwrap.finish(&mut out);
    inside.extend(out);
    envelope.extend(unwrap.told());
    let format = super::detect_event(&sample("", &inside));
    let (mut shard, mut stats) = (Shard::default(), Stats::default());
    let mut reader = format.reader(&sample("", &inside), options);
    let (pool, table) = shard.table_mut(format.facts());
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 7).within(&mut envelope);
    for part in inside.chunks(chunk.max(1)) {
        reader.feed(part, &mut sink);
    }
    reader.finish(&mut sink);
    shard.seal();
    let id = format.facts().id;
    (id, dump_all(&shard, &stats, id))
}
