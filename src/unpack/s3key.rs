//! What the name of a delivered log file says: account, region, service and day, without opening it.

/// The parts of an S3 key or file name as AWS services write them; what the name does not say is `None`.
///
/// `[prefix/]AWSLogs/[o-…/]ACCOUNT/SERVICE/REGION/YYYY/MM/DD/…`, the hive form of flow logs
/// (`aws-account-id=…/aws-service=vpcflowlogs/aws-region=…/year=…/month=…/day=…`), and bare names
/// (`ACCOUNT_SERVICE_REGION_…_YYYYMMDDTHHmmZ_….log.gz`). A hint for grouping: contents decide what a file is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Key {
    /// What stands before `AWSLogs/`, without the slash between.
    pub prefix: Option<String>,
    pub account: Option<String>,
    /// `o-…`, for organization trails.
    pub organization: Option<String>,
    pub region: Option<String>,
    /// As the name spells it: `CloudTrail`, `CloudTrail-Digest`, `vpcflowlogs`, `Config`, `elasticloadbalancing`, …
    pub service: Option<String>,
    /// Registry id of the kind that the service and the rest of the name promise.
    pub kind: Option<&'static str>,
    /// `YYYY-MM-DD`, UTC.
    pub day: Option<String>,
}

impl S3Key {
    /// Reads a key, a path in a dropped folder or a member's path. A name without any of the parts gives none of them.
    pub fn parse(path: &str) -> S3Key {
        let mut key = S3Key::default();
        let segments: Vec<&str> = path.split(['/', '\\']).collect();
        if let Some(at) = segments.iter().rposition(|s| *s == "AWSLogs") {
            let prefix = segments[..at].join("/");
            key.prefix = (!prefix.is_empty()).then_some(prefix);
            key.read_folders(&segments[at + 1..]);
        }
        let name = segments.last().copied().unwrap_or_default();
        key.read_name(name);
        key.kind = key.service.as_deref().and_then(|service| kind(service, name));
        key
    }

    /// The folders after `AWSLogs`.
    fn read_folders(&mut self, segments: &[&str]) {
        let (_, folders) = segments.split_last().unwrap_or((&"", &[]));
        let mut hive_day = [None; 3];
        let mut plain = Vec::with_capacity(folders.len());
        for &folder in folders {
            match folder.split_once('=') {
                Some(("aws-account-id", v)) => set(&mut self.account, v, is_account),
                Some(("aws-service", v)) => set(&mut self.service, v, |v| !v.is_empty()),
                Some(("aws-region", v)) => set(&mut self.region, v, is_region),
                Some(("year", v)) => hive_day[0] = Some(v),
                Some(("month", v)) => hive_day[1] = Some(v),
                Some(("day", v)) => hive_day[2] = Some(v),
                _ => plain.push(folder),
            }
        }
        if let [Some(y), Some(m), Some(d)] = hive_day {
            self.day = day(y, m, d);
        }
        let mut rest = plain.as_slice();
        if let [first, tail @ ..] = rest
            && first.starts_with("o-")
        {
            self.organization = Some((*first).to_owned());
            rest = tail;
        }
        if let [first, tail @ ..] = rest
            && is_account(first)
        {
            self.account = Some((*first).to_owned());
            rest = tail;
            if let [service, tail @ ..] = rest
                && !is_region(service)
            {
                set(&mut self.service, service, |_| true);
                rest = tail;
            }
        }
        for folder in rest {
            set(&mut self.region, folder, is_region);
        }
        // Some services put the name of the thing before the day, so it is looked for.
        let days = rest.windows(3).find_map(|w| match w {
            [y, m, d] => day(y, m, d),
            _ => None,
        });
        self.day = self.day.take().or(days);
    }

    /// The file's own name, for what the folders left open.
    fn read_name(&mut self, name: &str) {
        let parts: Vec<&str> = name.split('_').collect();
        let start = parts
            .windows(3)
            .position(|w| matches!(w, [a, s, r] if is_account(a) && !s.is_empty() && is_region(r)));
        let Some([account, service, region, rest @ ..]) = start.and_then(|at| parts.get(at..)) else {
            return;
        };
        set(&mut self.account, account, |_| true);
        set(&mut self.service, service, |_| true);
        set(&mut self.region, region, |_| true);
        if self.day.is_none() {
            self.day = rest.iter().find_map(|part| stamp(part));
        }
    }
}

/// Keeps the first value that fits.
fn set(field: &mut Option<String>, value: &str, fits: impl Fn(&str) -> bool) {
    if field.is_none() && fits(value) {
        *field = Some(value.to_owned());
    }
}

/// Services as keys spell them, with the kind of what they deliver.
const KINDS: &[(&str, &str)] = &[
    ("CloudTrail", "cloudtrail"),
    ("CloudTrail-Aggregated", "cloudtrail"),
    ("CloudTrail-Digest", "cloudtrail-digest"),
    ("CloudTrail-Insight", "cloudtrail"),
    ("CloudTrail-NetworkActivity", "cloudtrail"),
    ("Config", "config"),
    ("GuardDuty", "guardduty"),
    ("WAFLogs", "waf"),
    ("network-firewall", "network-firewall"),
    ("vpcdnsquerylogs", "route53-resolver"),
    ("vpcflowlogs", "vpc-flow"),
];

fn kind(service: &str, name: &str) -> Option<&'static str> {
    if service == "elasticloadbalancing" {
        // The balancer's name follows the region: `app.` and `net.` tell its type, classic ones have no mark.
        return Some(match name {
            _ if name.contains("_conn_log.") => "alb-connection",
            _ if name.contains("_app.") => "alb",
            _ if name.contains("_net.") => "nlb",
            _ => "clb",
        });
    }
    KINDS
        .iter()
        .find(|(s, _)| s.eq_ignore_ascii_case(service))
        .map(|&(_, kind)| kind)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `us-east-1`, `us-gov-west-1`, `ap-southeast-2`: words of letters, then a number.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let (mut words, mut first) = (0, "");
    for word in parts {
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return false;
        }
        words += 1;
        first = word;
    }
    (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && (2..=3).contains(&words)
        && (2..=4).contains(&first.len())
}

/// `2026`, `7` or `07`, `11` → `2026-07-11`.
fn day(year: &str, month: &str, day: &str) -> Option<String> {
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| -> Option<u32> {
        let fits = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { text.parse().ok() } else { None }
    };
    let (y, m, d) = (number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?);
    crate::base::time::from_parts(y.into(), m, d, 0, 0, 0, 0)?;
    Some(format!("{y:04}-{m:02}-{d:02}"))
}

/// The day of `20260711T1145Z`, `20260711T114500Z`.
fn stamp(part: &str) -> Option<String> {
    let (date, time) = part.split_once('T')?;
    let time = time.split('.').next()?.strip_suffix('Z')?;
    let fits = date.len() == 8 && matches!(time.len(), 4 | 6) && time.bytes().all(|b| b.is_ascii_digit());
    if !fits {
        return None;
    }
    day(date.get(..4)?, date.get(4..6)?, date.get(6..8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// account, organization, region, service, kind, day, prefix
    fn parts(path: &str) -> [String; 7] {
        let k = S3Key::parse(path);
        let kind = k.kind.map(str::to_owned);
        [
            k.account,
            k.organization,
            k.region,
            k.service,
            kind,
            k.day,
            k.prefix,
        ]
        .map(Option::unwrap_or_default)
    }

    #[test]
    fn keys_say_account_region_service_and_day() {
        let cases = [
            (
                "bucket/audit/AWSLogs/111122223333/CloudTrail/us-east-1/2026/07/11/111122223333_CloudTrail_us-east-1_20260711T1145Z_AbCdEfGhIjKlMnOp.json.gz",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "CloudTrail",
                    "cloudtrail",
                    "2026-07-11",
                    "bucket/audit",
                ],
            ),
            (
                "AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail-Digest/eu-central-1/2026/07/11/x.json.gz",
                [
                    "111122223333",
                    "o-a1b2c3d4e5",
                    "eu-central-1",
                    "CloudTrail-Digest",
                    "cloudtrail-digest",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "AWSLogs/111122223333/CloudTrail-Insight/us-gov-west-1/2026/07/11/x.json.gz",
                [
                    "111122223333",
                    "",
                    "us-gov-west-1",
                    "CloudTrail-Insight",
                    "cloudtrail",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "AWSLogs/111122223333/CloudTrail-NetworkActivity/ap-southeast-2/2026/07/11/x.json.gz",
                [
                    "111122223333",
                    "",
                    "ap-southeast-2",
                    "CloudTrail-NetworkActivity",
                    "cloudtrail",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "AWSLogs/111122223333/Config/us-east-1/2026/7/1/ConfigHistory/111122223333_Config_us-east-1_ConfigHistory_AWS::EC2::Instance_20260701T013621Z_20260701T013621Z_1.json.gz",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "Config",
                    "config",
                    "2026-07-01",
                    "",
                ],
            ),
            (
                "in.zip/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=07/day=11/hour=09/x.log.parquet",
                [
                    "111122223333",
                    "",
                    "eu-west-1",
                    "vpcflowlogs",
                    "vpc-flow",
                    "2026-07-11",
                    "in.zip",
                ],
            ),
            (
                "AWSLogs/111122223333/elasticloadbalancing/us-east-2/2026/07/11/111122223333_elasticloadbalancing_us-east-2_app.my-alb.0123456789abcdef_20260711T2340Z_192.0.2.1_20sg8hgm.log.gz",
                [
                    "111122223333",
                    "",
                    "us-east-2",
                    "elasticloadbalancing",
                    "alb",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "AWSLogs/111122223333/vpcdnsquerylogs/vpc-0abc/2026/07/11/vpc-0abc_vpcdnsquerylogs_111122223333_20260711T1145Z_x.log.gz",
                [
                    "111122223333",
                    "",
                    "",
                    "vpcdnsquerylogs",
                    "route53-resolver",
                    "2026-07-11",
                    "",
                ],
            ),
        ];
        for (path, want) in cases {
            assert_eq!(parts(path), want, "{path}");
        }
    }

    #[test]
    fn bare_names_say_it_too() {
        let cases = [
            (
                "111122223333_CloudTrail_us-east-1_20260711T1145Z_AbCdEfGhIjKlMnOp.json.gz",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "CloudTrail",
                    "cloudtrail",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "downloads/111122223333_vpcflowlogs_us-west-2_fl-0a1b2c3d4e5f60718_20260711T1145Z_1a2b3c4d.log.gz",
                [
                    "111122223333",
                    "",
                    "us-west-2",
                    "vpcflowlogs",
                    "vpc-flow",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "111122223333_Config_us-east-1_ConfigSnapshot_20260711T114500Z_0a1b2c3d.json.gz",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "Config",
                    "config",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "111122223333_elasticloadbalancing_us-east-1_net.my-nlb.0123456789abcdef_20260711T2340Z_x.log.gz",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "elasticloadbalancing",
                    "nlb",
                    "2026-07-11",
                    "",
                ],
            ),
            (
                "111122223333_elasticloadbalancing_us-east-1_classic_20260711T2340Z_192.0.2.1_x.log",
                [
                    "111122223333",
                    "",
                    "us-east-1",
                    "elasticloadbalancing",
                    "clb",
                    "2026-07-11",
                    "",
                ],
            ),
        ];
        for (path, want) in cases {
            assert_eq!(parts(path), want, "{path}");
        }
    }

    #[test]
    fn other_names_say_nothing() {
        for path in [
            "",
            "/",
            "notes.txt",
            "AWSLogs",
            "AWSLogs/",
            "a_b_c.json",
            "11112222333_CloudTrail_us-east-1_20260711T1145Z_x.json.gz",
            "access_log-2026-07-11",
        ] {
            let key = S3Key {
                prefix: None,
                ..S3Key::parse(path)
            };
            assert_eq!(key, S3Key::default(), "{path}");
        }
    }

    #[test]
    fn impossible_days_are_no_days() {
        let day_of = |path| S3Key::parse(path).day;
        assert_eq!(
            day_of("AWSLogs/111122223333/CloudTrail/us-east-1/2026/02/30/x.json.gz"),
            None
        );
        assert_eq!(
            day_of("111122223333_CloudTrail_us-east-1_20261311T1145Z_x.json.gz"),
            None
        );
        assert_eq!(
            day_of("111122223333_CloudTrail_us-east-1_2026é711T1145Z_x.json.gz"),
            None
        );
    }
}
