//! Kinds that are exported as JSON documents or small sheets: every fixture is recognised with its name and without it,
//! its rows are the snapshot's, whatever the chunks, and no beginning of it is too much.

use std::path::Path;
use trailbeam::formats::{FORMATS, Options, testing};

fn check(id: &str, path: &Path) {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let (with_name, without) = (testing::detect(name, &bytes), testing::detect("", &bytes));
    if name.starts_with("not-this-format") {
        assert_ne!(with_name, Some(id), "{name}");
        assert_ne!(without, Some(id), "{name}");
        return;
    }
    assert_eq!(with_name, Some(id), "{name}");
    assert_eq!(without, Some(id), "{name}");
    let format = FORMATS.iter().find(|f| f.facts().id == id).unwrap();
    let options = Options {
        extra_fields: vec![
            "configuration.ipPermissions[].fromPort".to_owned(),
            "Resources[1].Id".to_owned(),
        ],
        ..Options::default()
    };
    let rows = testing::check(*format, name, &bytes, &options);
    insta::with_settings!({
        snapshot_path => path.with_file_name("snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("rows", rows);
    });
}

macro_rules! kinds {
    ($($test:ident: $id:literal),* $(,)?) => {$(
        #[test]
        fn $test() {
            insta::glob!(concat!("formats/", $id), "*.*", |path| check($id, path));
        }
    )*};
}

kinds! {
    config: "config",
    config_compliance: "config-compliance",
    trusted_advisor: "trusted-advisor",
    asff: "asff",
    guardduty: "guardduty",
    inspector: "inspector",
    prowler: "prowler",
    ocsf_finding: "ocsf-finding",
    aws_inventory: "aws-inventory",
    log_format: "log-format",
}

/// SQL Server writes its error log in UTF-16: unpacking gives it out as text, and that is a log like any other.
#[test]
fn a_log_in_utf_16_is_the_text_that_it_is() {
    use trailbeam::unpack::{Limits, MemorySource, Step, Walk};
    let text = "2026-03-02 09:15:01.35 Server      UTC adjustment: 0:00\r\n2026-03-02 09:16:01.10 Logon       Login failed for user 'sä'. [CLIENT: 192.0.2.66]\r\n";
    let bytes: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut walk = Walk::new("ERRORLOG", Box::new(MemorySource::new(bytes)), Limits::default());
    let (mut buf, mut out) = (Vec::new(), Vec::new());
    loop {
        buf.clear();
        match walk.next(&mut buf) {
            Step::Data => out.extend_from_slice(&buf),
            Step::Done { .. } => break,
            _ => {}
        }
    }
    assert_eq!(testing::detect("ERRORLOG", &out), Some("mssql-error"));
    let (shard, stats) = testing::read_as("mssql-error", "", &out, 64, &Options::default());
    assert_eq!((stats.kept, stats.rejected.0.len()), (2, 0));
    assert!(testing::dump(&shard, "mssql-error").contains("user = \"sä\""));
}
