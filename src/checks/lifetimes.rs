//! What runs on something that nobody mends any more: Lambda runtimes, Windows Server, SQL Server.

use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::{DAY, Known, Resource};
use super::security_groups::{INSTANCE, INSTANCES};
use crate::base::time::parse_iso;

const FUNCTION: &str = "AWS::Lambda::Function";
const IMAGE: &str = "Image";
const IMAGES: Need = Need {
    types: &[IMAGE],
    command: "aws ec2 describe-images --image-ids with those of the instances",
};

/// When Lambda deprecates a runtime. AWS keeps the list at docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html and
/// moves dates that are to come; these were taken from copies of it of mid 2026, not from the page.
const RUNTIMES: &[(&str, &str)] = &[
    ("nodejs", "2016-10-31"),
    ("nodejs4.3", "2020-03-05"),
    ("nodejs4.3-edge", "2020-03-05"),
    ("nodejs6.10", "2019-08-12"),
    ("nodejs8.10", "2020-03-06"),
    ("nodejs10.x", "2021-07-30"),
    ("nodejs12.x", "2023-03-31"),
    ("nodejs14.x", "2023-12-04"),
    ("nodejs16.x", "2024-06-12"),
    ("nodejs18.x", "2025-09-01"),
    ("nodejs20.x", "2026-04-30"),
    ("nodejs22.x", "2027-04-30"),
    ("nodejs24.x", "2028-04-30"),
    ("python2.7", "2021-07-15"),
    ("python3.6", "2022-07-18"),
    ("python3.7", "2023-12-04"),
    ("python3.8", "2024-10-14"),
    ("python3.9", "2025-12-15"),
    ("python3.10", "2026-10-31"),
    ("python3.11", "2027-06-30"),
    ("python3.12", "2028-10-31"),
    ("python3.13", "2029-06-30"),
    ("python3.14", "2029-06-30"),
    ("java8", "2024-01-08"),
    ("java8.al2", "2027-06-30"),
    ("java11", "2027-06-30"),
    ("java17", "2027-06-30"),
    ("java21", "2029-06-30"),
    ("java25", "2029-06-30"),
    ("dotnetcore1.0", "2019-07-27"),
    ("dotnetcore2.0", "2019-05-30"),
    ("dotnetcore2.1", "2022-01-05"),
    ("dotnetcore3.1", "2023-04-03"),
    ("dotnet5.0", "2022-05-10"),
    ("dotnet6", "2024-12-20"),
    ("dotnet7", "2024-05-14"),
    ("dotnet8", "2026-11-10"),
    ("dotnet10", "2028-11-14"),
    ("ruby2.5", "2021-07-30"),
    ("ruby2.7", "2023-12-07"),
    ("ruby3.2", "2026-03-31"),
    ("ruby3.3", "2027-03-31"),
    ("ruby3.4", "2028-03-31"),
    ("go1.x", "2024-01-08"),
    ("provided", "2024-01-08"),
    ("provided.al2", "2026-07-31"),
    ("provided.al2023", "2029-06-30"),
];

/// When extended support ends. Microsoft keeps the dates at learn.microsoft.com/lifecycle/products.
const WINDOWS: &[(&str, &str)] = &[
    ("2003", "2015-07-14"),
    ("2008", "2020-01-14"),
    ("2012", "2023-10-10"),
    ("2016", "2027-01-12"),
    ("2019", "2029-01-09"),
    ("2022", "2031-10-14"),
    ("2025", "2034-11-14"),
];
const SQL_SERVER: &[(&str, &str)] = &[
    ("2005", "2016-04-12"),
    ("2008", "2019-07-09"),
    ("2012", "2022-07-12"),
    ("2014", "2024-07-09"),
    ("2016", "2026-07-14"),
    ("2017", "2027-10-12"),
    ("2019", "2030-01-08"),
    ("2022", "2033-01-11"),
];

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "lambda-runtimes",
            trusted_advisor: Some("L4dfs2Q4C5"),
            title: "Functions on deprecated runtimes",
            category: Category::Security,
            criteria: "Red: the runtime is deprecated. Yellow: it will be within 120 days.",
            beyond: "Dates are those known in mid 2026; AWS moves dates that are to come. Functions in container images have no runtime and are left out; versions besides $LATEST are judged when they are exported.",
            needs: &[Need {
                types: &[FUNCTION],
                command: "aws lambda list-functions, or AWS Config items of AWS::Lambda::Function",
            }],
        },
        runtime,
    ),
    Check::each_of(
        &[INSTANCE],
        CheckFacts {
            id: "ec2-windows-support",
            trusted_advisor: Some("Qsdfp3A4L4"),
            title: "Windows Server beyond its support",
            category: Category::Security,
            criteria: "Red: the instance's Windows Server version has reached its end of support. Yellow: it will in less than 18 months.",
            beyond: "The version is taken from the name of the image: an upgrade in place is not seen. Newer versions than those published are judged as well.",
            needs: &[INSTANCES, IMAGES],
        },
        |instance, known| product(instance, known, "Windows", WINDOWS, 548),
    ),
    Check::each_of(
        &[INSTANCE],
        CheckFacts {
            id: "ec2-sql-server-support",
            trusted_advisor: Some("Qsdfp3A4L3"),
            title: "SQL Server beyond its support",
            category: Category::Security,
            criteria: "Red: the instance's SQL Server version has reached its end of support. Yellow: it will within 12 months.",
            beyond: "The version is taken from the name of the image: what was installed later is not seen.",
            needs: &[INSTANCES, IMAGES],
        },
        |instance, known| product(instance, known, "SQL", SQL_SERVER, 365),
    ),
];

/// Red after the end, yellow so many days before it.
fn until(name: &str, end: &str, known: &Known<'_>, days: i64) -> Verdict {
    let Some(at) = parse_iso(end.as_bytes()) else {
        return Verdict::Unknown;
    };
    if at <= known.now_ns {
        Verdict::Red(format!("Support of {name} ended on {end}."))
    } else if at.saturating_sub(known.now_ns) <= days * DAY {
        Verdict::Yellow(format!("Support of {name} ends on {end}."))
    } else {
        Verdict::Green(format!("{name} is supported until {end}."))
    }
}

fn runtime(function: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if function.get("PackageType").is("Image") {
        return Verdict::Other;
    }
    let runtime = function.get("Runtime").text();
    match RUNTIMES.iter().find(|(name, _)| *name == runtime) {
        Some((name, end)) => until(name, end, known, 120),
        None => Verdict::Unknown,
    }
}

/// The product and version in an image's name: `Windows_Server-2012-R2…`, `…SQL_2014_SP3…`.
fn version<'t>(name: &str, product: &str, ends: &'t [(&str, &str)]) -> Option<&'t (&'t str, &'t str)> {
    let upper = name.to_ascii_uppercase();
    let product = product.to_ascii_uppercase();
    let after = upper.split_once(product.as_str())?.1;
    ends.iter()
        .filter_map(|end| Some((after.find(end.0)?, end)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, end)| end)
}

fn product(
    instance: &Resource<'_>,
    known: &Known<'_>,
    product: &str,
    ends: &[(&str, &str)],
    days: i64,
) -> Verdict {
    if !instance.get("Platform").is("windows") {
        return Verdict::Other;
    }
    let details = instance.get("PlatformDetails").text();
    if product == "SQL" && !details.is_empty() && !details.contains("SQL") {
        return Verdict::Other;
    }
    let image = known.find(IMAGE, instance.get("ImageId").text(), instance);
    let name = image.map_or("", |image| image.get("Name").text());
    match version(name, product, ends) {
        Some((version, end)) => {
            let called = if product == "SQL" {
                "SQL Server"
            } else {
                "Windows Server"
            };
            until(&format!("{called} {version}"), end, known, days)
        }
        None if product == "SQL" && details.is_empty() => Verdict::Other,
        None => Verdict::Unknown,
    }
}
