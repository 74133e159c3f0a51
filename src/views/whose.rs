//! Who says what network an address is in: the person's own files, AWS, or nobody.

use crate::naming::SourceKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The person's list, or what is described.
    Named,
    Aws,
    Nobodys,
}

impl Whose {
    /// By the source of an address's name.
    pub fn of(source: Option<SourceKind>) -> Whose {
        match source {
            Some(SourceKind::Table | SourceKind::Inventory) => Whose::Named,
            Some(SourceKind::AwsRanges) => Whose::Aws,
            Some(SourceKind::Mmdb | SourceKind::Special) | None => Whose::Nobodys,
        }
    }
}

/// Whether a source of names is one of networks.
pub fn names_networks(kind: SourceKind) -> bool {
    Whose::of(Some(kind)) != Whose::Nobodys
}

/// What is said while nothing names networks.
pub const NEEDS: &str = "Nothing that is open names networks, so that nobody is told to come from outside of them. \
    Drop a list of yours as CSV (cidr,name), the answers of aws ec2 describe-vpcs and describe-subnets, or AWS's \
    ip-ranges.json.";
