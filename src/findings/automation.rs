//! Who acts by itself: AWS services, their roles, and what the person names as automation.

/// Roles that AWS makes for its services, and sessions that its tools open.
const PREFIXES: [&str; 4] = [
    "AWSServiceRoleFor",
    "aws-service-role/",
    "AWSControlTower",
    "AWSReservedServices",
];

/// Why a principal counts as automation; `None` for a person, or where nothing tells.
pub fn why(principal: &str, named: &[String]) -> Option<&'static str> {
    if principal.ends_with(".amazonaws.com") || principal == "AWS Internal" {
        return Some("an AWS service");
    }
    let role = principal
        .rsplit_once(":assumed-role/")
        .map_or(principal, |(_, role)| role);
    if PREFIXES.iter().any(|p| role.starts_with(p)) {
        return Some("a role of an AWS service");
    }
    named
        .iter()
        .any(|pattern| is_like(principal, pattern))
        .then_some("named as automation")
}

/// A star stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = rest.get(at + before.len()..).unwrap_or(""),
                None => return false,
            }
        }
    }
    match last {
        None => rest.is_empty(),
        Some(end) => rest.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_named_ones_are_told_from_people() {
        let named = ["ci-*/deploy*".to_owned(), "terraform".to_owned()];
        for (principal, is) in [
            ("config.amazonaws.com", true),
            ("AWSServiceRoleForConfig/AWSConfig-x", true),
            (
                "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling",
                true,
            ),
            ("ci-build/deploy-17", true),
            ("ci-build/other", false),
            ("terraform", true),
            ("terraform2", false),
            ("alice", false),
            ("role/not-amazonaws.com/x", false),
        ] {
            assert_eq!(why(principal, &named).is_some(), is, "{principal}");
        }
    }

    #[test]
    fn stars_stand_for_any_text() {
        for (text, pattern, is) in [
            ("abc", "abc", true),
            ("abc", "a*c", true),
            ("abc", "*", true),
            ("abc", "*b*", true),
            ("abc", "b*", false),
            ("ab", "ab*ab", false),
            ("abab", "ab*ab", true),
            ("", "*", true),
        ] {
            assert_eq!(is_like(text, pattern), is, "{text} like {pattern}");
        }
    }
}
