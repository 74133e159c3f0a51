//! What an answer can be.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    SgInbound,
    SgOutbound,
    AclInbound,
    AclOutbound,
    AclReturn,
    SgAndAcl,
    BlockPublicAccess,
    EncryptionControls,
    OutOfState,
    InternetNoise,
    /// The filters as they are described would let it pass.
    AllowedNow,
    Refused,
    Unanswered,
    OneSided,
    NoRoute,
    Blackhole,
    MtuExceeded,
    TtlExpired,
    NotKnown,
}

/// How much an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Certainty {
    /// What is recorded and described says exactly this.
    Certain,
    /// Nothing else that is known of explains it.
    Likely,
    NotKnown,
}

impl Certainty {
    pub fn id(self) -> &'static str {
        match self {
            Certainty::Certain => "certain",
            Certainty::Likely => "likely",
            Certainty::NotKnown => "not-known",
        }
    }
}

impl Verdict {
    pub const ALL: &'static [Verdict] = &[
        Verdict::SgInbound,
        Verdict::SgOutbound,
        Verdict::AclInbound,
        Verdict::AclOutbound,
        Verdict::AclReturn,
        Verdict::SgAndAcl,
        Verdict::BlockPublicAccess,
        Verdict::EncryptionControls,
        Verdict::OutOfState,
        Verdict::InternetNoise,
        Verdict::AllowedNow,
        Verdict::Refused,
        Verdict::Unanswered,
        Verdict::OneSided,
        Verdict::NoRoute,
        Verdict::Blackhole,
        Verdict::MtuExceeded,
        Verdict::TtlExpired,
        Verdict::NotKnown,
    ];

    pub fn id(self) -> &'static str {
        self.words().0
    }

    pub fn title(self) -> &'static str {
        self.words().1
    }

    /// Whether no filter stopped it: it was let pass, and refused or not answered.
    pub fn was_let_pass(self) -> bool {
        matches!(self, Verdict::Refused | Verdict::Unanswered | Verdict::OneSided)
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Verdict::SgInbound => ("sg-inbound", "No inbound rule of the security groups"),
            Verdict::SgOutbound => ("sg-outbound", "No outbound rule of the security groups"),
            Verdict::AclInbound => ("acl-inbound", "Denied by the network ACL on the way in"),
            Verdict::AclOutbound => ("acl-outbound", "Denied by the network ACL on the way out"),
            Verdict::AclReturn => ("acl-return", "The reply is denied by the network ACL"),
            Verdict::SgAndAcl => ("sg-and-acl", "Denied by security groups and network ACL"),
            Verdict::BlockPublicAccess => ("block-public-access", "VPC Block Public Access"),
            Verdict::EncryptionControls => ("encryption-controls", "VPC encryption controls"),
            Verdict::OutOfState => ("out-of-state", "Part of a connection that is no longer tracked"),
            Verdict::InternetNoise => ("internet-noise", "Scans from the internet"),
            Verdict::AllowedNow => ("allowed-now", "The rules as described would allow it"),
            Verdict::Refused => ("refused", "Refused by the server"),
            Verdict::Unanswered => ("unanswered", "Let pass and never answered"),
            Verdict::OneSided => ("one-sided", "No reply is recorded"),
            Verdict::NoRoute => ("no-route", "The transit gateway has no route"),
            Verdict::Blackhole => ("blackhole", "The transit gateway's route leads nowhere"),
            Verdict::MtuExceeded => ("mtu-exceeded", "Too large for the transit gateway"),
            Verdict::TtlExpired => ("ttl-expired", "Time to live ran out in the transit gateway"),
            Verdict::NotKnown => ("not-known", "Rejected; by what is not known"),
        }
    }
}
