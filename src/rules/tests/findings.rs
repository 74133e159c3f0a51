//! Rules over findings and configurations.

use super::*;

#[test]
fn findings_red() {
    let finding = |status: &str, excluded: &str| {
        let cells = [
            ("findingTitle", "Root has no MFA"),
            ("findingStatus", status),
            ("findingExcluded", excluded),
        ];
        record(&PROWLER, 0, &cells)
    };
    tells(
        "findings-red",
        &[
            finding("red", ""),
            finding("red", "false"),
            finding("red", "true"),
        ],
        "prowler: 2 findings with action recommended, among them Root has no MFA",
    );
    quiet("findings-red", &[finding("yellow", ""), finding("red", "true")]);
}

#[test]
fn resources_deleted() {
    let item = |status: &str| {
        let cells = [
            ("resourceType", "AWS::EC2::SecurityGroup"),
            ("resourceId", "sg-0a1b2c"),
            ("configurationItemStatus", status),
        ];
        record(&CONFIG, 0, &cells)
    };
    tells(
        "resources-deleted",
        &[item("ResourceDeleted"), item("OK")],
        "1 resource of type AWS::EC2::SecurityGroup deleted: sg-0a1b2c",
    );
    quiet("resources-deleted", &[item("OK"), item("ResourceNotRecorded")]);
}
