//! Resource policies: which statements let in everybody, and to do what.

use super::body::Body;
use serde_json::Value;

/// Conditions that keep everybody out although the principal is `*`.
const LIMITING: &[&str] = &[
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// What the policy allows to everybody: the actions of such statements.
pub fn open_actions(policy: &Value) -> Vec<String> {
    let statements = Body::of(policy).get("Statement");
    let open = statements.one_or_many().filter(|s| is_open(*s));
    open.flat_map(|statement| {
        // `NotAction` allows nearly everything.
        let except = statement.names("NotAction").then(|| "*".to_owned());
        let named = statement
            .get("Action")
            .one_or_many()
            .map(|a| a.text().to_owned())
            .collect::<Vec<_>>();
        named.into_iter().chain(except)
    })
    .collect()
}

fn is_open(statement: Body<'_>) -> bool {
    let everybody = |b: Body<'_>| b.one_or_many().any(|p| p.text() == "*");
    let principal = statement.get("Principal");
    statement.get("Effect").is("Allow")
        && (everybody(principal) || everybody(principal.get("AWS")))
        && !is_limited(statement.get("Condition"))
}

fn is_limited(condition: Body<'_>) -> bool {
    let Some(Value::Object(operators)) = condition.value() else {
        return false;
    };
    let keys = operators.values().filter_map(Value::as_object).flatten();
    keys.filter(|(key, _)| LIMITING.contains(&key.to_ascii_lowercase().as_str()))
        .any(|(_, values)| {
            let open = |b: Body<'_>| b.text() == "*" || b.text().ends_with("/0");
            !Body::of(values).one_or_many().any(open)
        })
}

/// Whether an action changes what is there.
pub fn writes(action: &str) -> bool {
    let name = action.split(':').nth(1).unwrap_or(action).to_ascii_lowercase();
    ["*", "put", "delete", "create", "restore", "replicate", "abort"]
        .iter()
        .any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn everybody_is_a_star_that_no_condition_limits() {
        let actions = |principal: Value, condition: Value| {
            open_actions(&json!({"Statement": {"Effect": "Allow", "Principal": principal,
                "Action": "s3:GetObject", "Condition": condition}}))
        };
        let open = ["s3:GetObject"];
        assert_eq!(actions(json!("*"), json!(null)), open);
        assert_eq!(actions(json!({"AWS": ["*"]}), json!(null)), open);
        assert_eq!(
            actions(json!("*"), json!({"Bool": {"aws:SecureTransport": "true"}})),
            open
        );
        assert_eq!(
            actions(json!("*"), json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}})),
            open
        );
        assert!(actions(json!({"AWS": "arn:aws:iam::111122223333:root"}), json!(null)).is_empty());
        assert!(
            actions(
                json!("*"),
                json!({"StringEquals": {"aws:PrincipalOrgID": "o-example"}})
            )
            .is_empty()
        );
        assert!(actions(json!("*"), json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})).is_empty());
    }

    #[test]
    fn actions_that_write_are_told_from_those_that_read() {
        assert!(writes("s3:PutObject") && writes("s3:*") && writes("*"));
        assert!(!writes("s3:GetObject") && !writes("s3:List*"));
    }
}
