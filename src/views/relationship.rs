//! How an item of AWS Config names what its resource is related to.

/// A relationship as an item keeps it: `Is contained in Vpc AWS::EC2::VPC vpc-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// `is contained in`
    pub words: String,
    pub kind: String,
    pub id: String,
}

/// Takes a relationship's text apart; one without a type stays words.
pub fn relationship(text: &str) -> Relationship {
    let words: Vec<&str> = text.split(' ').collect();
    let Some(at) = words.iter().position(|w| w.contains("::")) else {
        return Relationship {
            words: text.to_owned(),
            kind: String::new(),
            id: String::new(),
        };
    };
    let mut name = words[..at].to_vec();
    // "Is contained in Vpc": the type says it again.
    let last = words[at].rsplit("::").next().unwrap_or_default();
    if name.len() > 1 && name.last().is_some_and(|n| n.eq_ignore_ascii_case(last)) {
        name.pop();
    }
    Relationship {
        words: name.join(" ").to_lowercase().trim().to_owned(),
        kind: words[at].to_owned(),
        id: words[at + 1..].join(" "),
    }
}
