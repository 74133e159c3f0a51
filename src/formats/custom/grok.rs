//! Described by a grok pattern: `%{IPORHOST:client} %{WORD:method} %{NUMBER:bytes:int}`.
//!
//! The named patterns are the usual ones of Logstash
//! (<https://github.com/logstash-plugins/logstash-patterns-core/tree/main/patterns>), written for regexes that do not look around
//! and take linear time. Text between them is a regex.

use super::compile::{Built, Column};
use crate::base::{FieldType, Role};
use crate::language::Fault;

/// Names inside of names; deeper than the table is.
const DEEPEST: usize = 16;
/// What the names may become.
const LONGEST: usize = 128 << 10;

/// The patterns by name.
const PATTERNS: &[(&str, &str)] = &[
    ("USERNAME", r"[a-zA-Z0-9._-]+"),
    ("USER", r"%{USERNAME}"),
    ("EMAILLOCALPART", r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+"),
    ("EMAILADDRESS", r"%{EMAILLOCALPART}@%{HOSTNAME}"),
    ("INT", r"[+-]?[0-9]+"),
    ("BASE10NUM", r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"),
    ("NUMBER", r"%{BASE10NUM}"),
    ("BASE16NUM", r"[+-]?(?:0x)?[0-9A-Fa-f]+"),
    ("POSINT", r"[1-9][0-9]*"),
    ("NONNEGINT", r"[0-9]+"),
    ("WORD", r"\w+"),
    ("NOTSPACE", r"\S+"),
    ("SPACE", r"\s*"),
    ("DATA", r".*?"),
    ("GREEDYDATA", r".*"),
    ("MULTILINEDATA", r"(?s:.*)"),
    (
        "QUOTEDSTRING",
        r#""(?:\\.|[^\\"])*"|'(?:\\.|[^\\'])*'|`(?:\\.|[^\\`])*`"#,
    ),
    ("QS", r"%{QUOTEDSTRING}"),
    ("UUID", r"[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}"),
    (
        "URN",
        r"urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:[0-9a-zA-Z()+,.:=@;$_!*'/?#%-]+",
    ),
    ("CISCOMAC", r"(?:[A-Fa-f0-9]{4}\.){2}[A-Fa-f0-9]{4}"),
    ("WINDOWSMAC", r"(?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2}"),
    ("COMMONMAC", r"(?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2}"),
    ("MAC", r"%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}"),
    ("IPV4", r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"),
    (
        "IPV6",
        r"(?:[0-9A-Fa-f]{0,4}:){2,7}(?:%{IPV4}|[0-9A-Fa-f]{0,4})(?:%[0-9A-Za-z]+)?",
    ),
    ("IP", r"%{IPV6}|%{IPV4}"),
    (
        "HOSTNAME",
        r"[0-9A-Za-z_](?:[0-9A-Za-z_-]*[0-9A-Za-z])?(?:\.[0-9A-Za-z_](?:[0-9A-Za-z_-]*[0-9A-Za-z])?)*\.?",
    ),
    ("HOST", r"%{HOSTNAME}"),
    ("IPORHOST", r"%{IP}|%{HOSTNAME}"),
    ("HOSTPORT", r"(?:%{IPORHOST}):%{POSINT}"),
    ("PATH", r"%{UNIXPATH}|%{WINPATH}"),
    ("UNIXPATH", r"(?:/[\w_%!$@:.,+~-]*)+"),
    ("WINPATH", r"(?:[A-Za-z]+:|\\)(?:\\[^\\?*]*)+"),
    ("TTY", r"/dev/(?:pts|tty(?:[pq])?)\w*(?:/[0-9]+)?"),
    ("URIPROTO", r"[A-Za-z](?:[A-Za-z0-9+.-]+)"),
    ("URIHOST", r"(?:%{IPORHOST})(?::%{POSINT})?"),
    ("URIPATH", r"(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_-]*)+"),
    ("URIQUERY", r"[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?<>\[\]-]*"),
    ("URIPARAM", r"\?%{URIQUERY}"),
    ("URIPATHPARAM", r"%{URIPATH}(?:%{URIPARAM})?"),
    (
        "URI",
        r"%{URIPROTO}://(?:%{USER}(?::[^@/ ]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?",
    ),
    (
        "MONTH",
        r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?|[Ss]ep(?:t(?:ember)?)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)",
    ),
    ("MONTHNUM", r"(?:0?[1-9]|1[0-2])"),
    ("MONTHNUM2", r"(?:0[1-9]|1[0-2])"),
    ("MONTHDAY", r"(?:0[1-9]|[12][0-9]|3[01]|[1-9])"),
    (
        "DAY",
        r"(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)",
    ),
    ("YEAR", r"[0-9]{4}|[0-9]{2}"),
    ("HOUR", r"(?:2[0-3]|[01]?[0-9])"),
    ("MINUTE", r"[0-5][0-9]"),
    ("SECOND", r"(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?"),
    ("TIME", r"%{HOUR}:%{MINUTE}(?::%{SECOND})?"),
    ("DATE_US", r"%{MONTHNUM}[/-]%{MONTHDAY}[/-](?:%{YEAR})"),
    ("DATE_EU", r"%{MONTHDAY}[./-]%{MONTHNUM}[./-](?:%{YEAR})"),
    ("DATE", r"%{DATE_US}|%{DATE_EU}"),
    ("ISO8601_TIMEZONE", r"Z|[+-]%{HOUR}(?::?%{MINUTE})?"),
    ("ISO8601_SECOND", r"%{SECOND}"),
    (
        "TIMESTAMP_ISO8601",
        r"[0-9]{4}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:%{ISO8601_TIMEZONE})?",
    ),
    ("DATESTAMP", r"(?:%{DATE})[- ]%{TIME}"),
    ("TZ", r"[A-Z]{3,4}"),
    (
        "DATESTAMP_RFC822",
        r"%{DAY} %{MONTH} %{MONTHDAY} (?:%{YEAR}) %{TIME} %{TZ}",
    ),
    (
        "DATESTAMP_RFC2822",
        r"%{DAY}, %{MONTHDAY} %{MONTH} (?:%{YEAR}) %{TIME} (?:%{ISO8601_TIMEZONE})",
    ),
    (
        "DATESTAMP_OTHER",
        r"%{DAY} %{MONTH} +%{MONTHDAY} %{TIME} %{TZ} (?:%{YEAR})",
    ),
    ("DATESTAMP_EVENTLOG", r"[0-9]{14}"),
    ("HTTPDATE", r"%{MONTHDAY}/%{MONTH}/(?:%{YEAR}):%{TIME} %{INT}"),
    ("SYSLOGTIMESTAMP", r"%{MONTH} +%{MONTHDAY} %{TIME}"),
    ("PROG", r"[\x21-\x5a\x5c\x5e-\x7e]+"),
    ("SYSLOGPROG", r"%{PROG:program}(?:\[%{POSINT:pid:int}\])?"),
    ("SYSLOGHOST", r"%{IPORHOST}"),
    (
        "SYSLOGFACILITY",
        r"<%{NONNEGINT:facility:int}.%{NONNEGINT:priority:int}>",
    ),
    (
        "SYSLOGBASE",
        r"%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:",
    ),
    ("SYSLOGLINE", r"%{SYSLOGBASE} %{GREEDYDATA:message}"),
    (
        "LOGLEVEL",
        r"(?:[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo(?:rmation)?|INFO(?:RMATION)?|[Ww]arn(?:ing)?|WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|[Ee]merg(?:ency)?|EMERG(?:ENCY)?)",
    ),
    ("HTTPDUSER", r"%{EMAILADDRESS}|%{USER}"),
    (
        "COMMONAPACHELOG",
        r#"%{IPORHOST:clientip} %{NOTSPACE:ident} %{NOTSPACE:auth} \[%{HTTPDATE:timestamp}\] "(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})" (?:%{INT:response:int}|-) (?:%{INT:bytes:int}|-)"#,
    ),
    (
        "COMBINEDAPACHELOG",
        r#"%{COMMONAPACHELOG} "(?P<referrer>(?:\\.|[^\\"])*)" "(?P<agent>(?:\\.|[^\\"])*)""#,
    ),
    ("HTTPD_COMMONLOG", r"%{COMMONAPACHELOG}"),
    ("HTTPD_COMBINEDLOG", r"%{COMBINEDAPACHELOG}"),
    (
        "JAVACLASS",
        r"(?:[a-zA-Z$_][a-zA-Z$_0-9]*\.)*[a-zA-Z$_][a-zA-Z$_0-9]*",
    ),
    ("JAVAFILE", r"[a-zA-Z$_0-9. -]+"),
    ("JAVAMETHOD", r"<(?:cl)?init>|[a-zA-Z$_][a-zA-Z$_0-9]*"),
];

/// The names of all patterns.
#[cfg(test)]
fn names() -> impl Iterator<Item = &'static str> {
    PATTERNS.iter().map(|p| p.0)
}

pub(super) fn build(text: &str) -> Result<Built, Fault> {
    let mut built = Built::default();
    expand(text, 0, None, &mut built)?;
    Ok(built)
}

/// Writes a pattern with its names expanded. `within`: where the name that it stands for is written.
fn expand(text: &str, depth: usize, within: Option<(usize, usize)>, built: &mut Built) -> Result<(), Fault> {
    let mut rest = text;
    let mut at = 0;
    while let Some(begin) = rest.find("%{") {
        let (before, behind) = rest.split_at(begin);
        place(built, within, at);
        built.regex.push_str(&named_groups(before));
        at += before.chars().count();
        // `\%{` is no name, and neither is one that a class begins with.
        let Some(close) = behind.find('}') else {
            let says = "A name is not closed. Write } behind it: %{WORD:name}.";
            return Err(Fault::new("unclosed-name", at, at + 2, says));
        };
        let (name, after) = (
            behind.get(2..close).unwrap_or_default(),
            behind.get(close + 1..).unwrap_or_default(),
        );
        let length = name.chars().count() + 3;
        let spot = within.unwrap_or((at, at + length));
        one(name, depth, spot, built)?;
        at += length;
        rest = after;
    }
    place(built, within, at);
    built.regex.push_str(&named_groups(rest));
    if built.regex.len() > LONGEST {
        let spot = within.unwrap_or((0, text.chars().count()));
        let says = "The pattern becomes too long. Use fewer names in it.";
        return Err(Fault::new("too-large", spot.0, spot.1, says));
    }
    Ok(())
}

fn place(built: &mut Built, within: Option<(usize, usize)>, at: usize) {
    built.place(within.map_or(at, |spot| spot.0));
}

/// `(?<name>…)` stays as it is: the regexes here know it.
fn named_groups(text: &str) -> String {
    // Atomic groups only save time elsewhere.
    text.replace("(?>", "(?:")
}

/// `NAME`, `NAME:field`, `NAME:field:type`.
fn one(name: &str, depth: usize, spot: (usize, usize), built: &mut Built) -> Result<(), Fault> {
    let fault = |what, says: String| Fault::new(what, spot.0, spot.1, says);
    let mut parts = name.splitn(3, ':');
    let (pattern, field, ty) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let Some((known, inside)) = PATTERNS.iter().find(|p| p.0 == pattern) else {
        let near = PATTERNS
            .iter()
            .find(|p| p.0.eq_ignore_ascii_case(pattern) || p.0.starts_with(pattern) && !pattern.is_empty());
        let meant = near.map_or_else(
            || "Known are IP, NUMBER, WORD, DATA, GREEDYDATA, TIMESTAMP_ISO8601, HTTPDATE, LOGLEVEL and the other usual ones; or write a regex in a named group: (?<name>…).".to_owned(),
            |p| format!("Did you mean {}?", p.0),
        );
        return Err(fault(
            "unknown-pattern",
            format!("{pattern} is no pattern that is known. {meant}"),
        ));
    };
    if depth >= DEEPEST {
        return Err(fault("too-deep", format!("{pattern} stands for itself.")));
    }
    let Some(field) = field.filter(|f| !f.is_empty()) else {
        built.regex.push_str("(?:");
        expand(inside, depth + 1, Some(spot), built)?;
        built.regex.push(')');
        return Ok(());
    };
    let told = match ty {
        None | Some("") => None,
        Some("int" | "integer" | "long") => Some(FieldType::Integer),
        Some("float" | "double") => Some(FieldType::Float),
        Some("string" | "text" | "keyword") => Some(FieldType::Text),
        Some("boolean" | "bool") => Some(FieldType::Bool),
        Some("ip") => Some(FieldType::Address),
        Some("date" | "time") => Some(FieldType::Time),
        Some(other) => {
            let says = format!("{other} is no type. Write int, float, text, boolean, ip or date.");
            return Err(fault("unknown-type", says));
        }
    };
    let (ty, role) = hint(known);
    let column = Column {
        ty: told.or(ty),
        role,
        ..Column::named(plain(field))
    };
    let at = built.columns.len();
    built.columns.push(column);
    built.regex.push_str(&format!("(?P<tb{at}>"));
    expand(inside, depth + 1, Some(spot), built)?;
    built.regex.push(')');
    Ok(())
}

/// `[http][request][method]`, as Logstash writes a path, is `http.request.method`.
fn plain(field: &str) -> String {
    match field.starts_with('[') {
        true => field.trim_matches(['[', ']']).replace("][", "."),
        false => field.to_owned(),
    }
}

/// What a pattern tells of its field.
fn hint(pattern: &str) -> (Option<FieldType>, Option<Role>) {
    match pattern {
        "INT" | "POSINT" | "NONNEGINT" => (Some(FieldType::Integer), None),
        "IP" | "IPV4" | "IPV6" | "IPORHOST" => (Some(FieldType::Address), None),
        "TIMESTAMP_ISO8601" | "HTTPDATE" | "SYSLOGTIMESTAMP" | "DATESTAMP" | "DATESTAMP_RFC822"
        | "DATESTAMP_RFC2822" | "DATESTAMP_OTHER" => (Some(FieldType::Time), Some(Role::Time)),
        "LOGLEVEL" => (Some(FieldType::Text), Some(Role::Severity)),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::custom::compile::regex;

    #[test]
    fn every_pattern_of_the_table_can_be_read() {
        for name in names() {
            let built = build(&format!("^%{{{name}}}$")).unwrap();
            regex(&built.regex, &built.places).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }

    #[test]
    fn patterns_match_what_they_are_called_after() {
        for (name, text, is) in [
            ("IP", "192.0.2.7", true),
            ("IP", "2001:db8::1", true),
            ("IP", "example.com", false),
            ("NUMBER", "-3.5", true),
            ("UUID", "6f0c1e6a-0000-4000-8000-000000000001", true),
            ("TIMESTAMP_ISO8601", "2026-03-02T09:15:01.123Z", true),
            ("TIMESTAMP_ISO8601", "2026-03-02 09:15:01,123", true),
            ("HTTPDATE", "02/Mar/2026:09:15:01 +0000", true),
            ("SYSLOGTIMESTAMP", "Mar  2 09:15:01", true),
            ("LOGLEVEL", "WARN", true),
            ("QUOTEDSTRING", r#""a \" b""#, true),
            ("URI", "https://user@www.example.com:8443/a/b?c=d", true),
            ("URIPATH", "/a/b.html", true),
            ("MAC", "02:00:5e:10:00:00", true),
            ("HOSTNAME", "www.example.com", true),
            ("PATH", "/var/log/app.log", true),
        ] {
            let built = build(&format!("^(?:%{{{name}}})$")).unwrap();
            let regex = regex(&built.regex, &built.places).unwrap();
            assert_eq!(regex.is_match(text.as_bytes()), is, "{name} {text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place() {
        let fault = build("%{IP:a} %{NUMBERR:b}").unwrap_err();
        assert_eq!((fault.what, fault.at, fault.end), ("unknown-pattern", 8, 20));
        assert_eq!(build("%{IP:a").unwrap_err().what, "unclosed-name");
        assert_eq!(build("%{IP:a:date2}").unwrap_err().what, "unknown-type");
        let built = build("%{IP:a} (").unwrap();
        assert_eq!(regex(&built.regex, &built.places).unwrap_err().at, 7);
    }
}
