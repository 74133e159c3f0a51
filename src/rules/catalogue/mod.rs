//! Written rules that come with the program, in files by theme. They are read as anybody's are; what fires each and what
//! does not stands in `tests/catalogue/`.

use super::book::{self, WrittenRule};
use std::sync::LazyLock;

/// Each file: its name, and its text.
pub const FILES: &[(&str, &str)] = &[
    ("logging", include_str!("logging.toml")),
    ("iam", include_str!("iam.toml")),
    ("signin", include_str!("signin.toml")),
    ("organizations", include_str!("organizations.toml")),
    ("s3", include_str!("s3.toml")),
    ("rds", include_str!("rds.toml")),
    ("recovery", include_str!("recovery.toml")),
    ("kms", include_str!("kms.toml")),
    ("secrets", include_str!("secrets.toml")),
    ("network", include_str!("network.toml")),
    ("ec2", include_str!("ec2.toml")),
    ("lambda", include_str!("lambda.toml")),
    ("recon", include_str!("recon.toml")),
    ("flows", include_str!("flows.toml")),
];

/// Every rule of the files, read once.
pub fn catalogue() -> &'static [WrittenRule] {
    static RULES: LazyLock<Vec<WrittenRule>> = LazyLock::new(|| {
        FILES
            .iter()
            .flat_map(|(_, text)| book::read(text).rules)
            .collect()
    });
    &RULES
}
