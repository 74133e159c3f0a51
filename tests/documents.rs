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
