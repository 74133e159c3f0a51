//! Signs over records as CloudTrail writes them.

use super::model::{Plan, Slot, Stands};
use super::signs::{Signs, ask_endpoints};
use crate::base::time::MINUTE;
use crate::chart::{Lane, Marks, SignKind};
use crate::engine::local::Local;

fn event(n: u32, more: serde_json::Value) -> serde_json::Value {
    let mut event = serde_json::json!({
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "userName": "jane", "accountId": "111122223333"},
        "eventTime": format!("2026-03-01T10:00:{n:02}Z"),
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "10.0.1.5",
        "eventID": format!("11111111-0000-4000-8000-{n:012}"),
        "eventType": "AwsVpceEvent",
        "eventCategory": "NetworkActivity",
        "vpcEndpointId": "vpce-1",
        "recipientAccountId": "111122223333",
    });
    if let (Some(event), serde_json::Value::Object(more)) = (event.as_object_mut(), more) {
        event.extend(more);
    }
    event
}

#[test]
fn only_network_activity_has_signs_of_endpoints() {
    let denied = serde_json::json!({"errorCode": "VpceAccessDenied"});
    let records = [
        event(1, serde_json::json!({})),
        event(2, denied.clone()),
        event(
            3,
            serde_json::json!({"vpcEndpointId": "vpce-2", "errorCode": "AccessDenied"}),
        ),
        // Its service recorded the call: it came through an endpoint, but this is no event of the endpoint.
        event(
            4,
            serde_json::json!({"eventType": "AwsApiCall", "eventCategory": "Data"}),
        ),
        event(
            5,
            serde_json::json!({"eventType": "AwsApiCall", "eventCategory": "Management", "errorCode": "AccessDenied"}),
        ),
    ];
    let file = serde_json::json!({"Records": records}).to_string();
    let mut local = Local::new(2);
    local.open(vec![("network.json".to_owned(), file.into_bytes())]);
    for (field, value) in [
        ("principal", "jane"),
        ("eventSource", "s3.amazonaws.com"),
        ("eventName", "GetObject"),
    ] {
        let answer = local.ask(&ask_endpoints(field, MINUTE));
        assert!(answer.unknown_fields.is_empty(), "{:?}", answer.unknown_fields);
        let plan = Plan {
            slots: vec![Slot {
                name: value.to_owned(),
                detail: String::new(),
                count: 5,
                flag: None,
                values: vec![value.to_owned()],
                stands: Stands::Value,
            }],
            ..Plan::default()
        };
        let mut lanes = [Lane {
            name: value.to_owned(),
            detail: String::new(),
            count: 5,
            flag: None,
            marks: Marks::Density(Vec::new()),
            sessions: Vec::new(),
            insights: Vec::new(),
            signs: Vec::new(),
        }];
        let mut signs = Signs::new(&plan);
        signs.endpoints(field, &answer);
        let behind = signs.into_lanes(&mut lanes);
        let said: Vec<_> = lanes[0]
            .signs
            .iter()
            .map(|s| (s.kind, s.label.as_str(), s.count))
            .collect();
        assert_eq!(
            said,
            [
                (SignKind::Denied, "vpce-1", 1),
                (SignKind::LetThrough, "vpce-1", 1),
                (SignKind::LetThrough, "vpce-2 (1 failed behind it)", 1),
            ],
            "{field}"
        );
        // What a sign leads to is what it counts.
        for (sign, filter) in lanes[0].signs.iter().zip(&behind[0]) {
            let all = super::model::ask_timeless();
            let calls = crate::query::Query {
                filter: filter.clone(),
                ..all
            };
            assert_eq!(local.ask(&calls).matched, sign.count, "{}", sign.label);
        }
    }
}
