//! What somebody did for the first time, in words and as a filter, for every view that tells of it.

use crate::query::Expr;
use crate::sessions::{Dimension, FirstSeen};

/// What is new of it: `service kms.amazonaws.com, region eu-west-1`.
pub fn what_is_new(seen: &FirstSeen) -> String {
    let new = seen.new.iter();
    let words: Vec<String> = new
        .map(|d| format!("{} {}", d.word(), d.of(&seen.habit)))
        .collect();
    words.join(", ")
}

/// Its calls, as far as a filter can say so: a program is a family of user agents, which none can.
pub fn calls_of(seen: &FirstSeen) -> Expr {
    let habit = &seen.habit;
    let mut filter = Expr::eq("principal", habit.principal.as_str());
    if !habit.service.is_empty() {
        filter = filter.and(Expr::eq("eventSource", habit.service.as_str()));
    }
    for (dimension, field) in [
        (Dimension::Region, "awsRegion"),
        (Dimension::Network, "sourceIPAddress"),
    ] {
        if seen.new.contains(&dimension) {
            filter = filter.and(Expr::eq(field, dimension.of(habit)));
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::Habit;

    #[test]
    fn what_was_known_before_is_no_condition() {
        let habit = Habit {
            principal: "ana".to_owned(),
            service: "kms.amazonaws.com".to_owned(),
            region: "eu-west-1".to_owned(),
            network: "203.0.113.0/24".to_owned(),
            agent: "boto3".to_owned(),
            ..Habit::default()
        };
        let seen = FirstSeen {
            habit,
            new: vec![Dimension::Region, Dimension::Agent],
            baseline_ns: 0,
        };
        assert_eq!(what_is_new(&seen), "region eu-west-1, program boto3");
        let expected = Expr::And(vec![
            Expr::eq("principal", "ana"),
            Expr::eq("eventSource", "kms.amazonaws.com"),
            Expr::eq("awsRegion", "eu-west-1"),
        ]);
        assert_eq!(calls_of(&seen), expected);
    }
}
