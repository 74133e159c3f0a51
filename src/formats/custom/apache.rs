//! Described by an Apache `LogFormat` (<https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats>).
//!
//! The directive as it stands in the server's configuration is read as well (`LogFormat "…" combined`), and the nicknames of the
//! formats that Apache is delivered with. Fields have the names that Apache's documentation describes them by; `%r` is taken apart.

use super::compile::{Built, Column};
use crate::base::{FieldType, Role};
use crate::language::Fault;

/// Formats of the configuration that Apache is delivered with.
const NICKNAMES: &[(&str, &str)] = &[
    ("common", "%h %l %u %t \"%r\" %>s %b"),
    (
        "combined",
        "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"",
    ),
    (
        "vhost_combined",
        "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"",
    ),
];

/// A part of a format.
enum Token {
    Text(String, usize),
    Directive {
        letter: String,
        argument: Option<String>,
        at: usize,
        end: usize,
    },
}

pub(super) fn build(text: &str) -> Result<Built, Fault> {
    if let Some((_, format)) = NICKNAMES.iter().find(|n| n.0 == text.trim()) {
        return build(format);
    }
    let tokens = tokens(&unquoted(text))?;
    let mut built = Built::default();
    built.regex.push('^');
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(text, place) => {
                built.place(*place);
                literal(&mut built, text);
            }
            Token::Directive {
                letter,
                argument,
                at: place,
                end,
            } => {
                built.place(*place);
                let next = match tokens.get(at + 1) {
                    Some(Token::Text(text, _)) => text.chars().next(),
                    Some(Token::Directive { .. }) => Some('%'),
                    None => None,
                };
                if !directive(&mut built, letter, argument.as_deref(), next) {
                    let says = format!(
                        "%{letter} is no part of a LogFormat that is known. Take it away, or write a regex instead."
                    );
                    return Err(Fault::new("unknown-directive", *place, *end, says));
                }
            }
        }
    }
    built.regex.push_str("\\s*$");
    Ok(built)
}

/// Text between directives; runs of spaces are as many as there are.
fn literal(built: &mut Built, text: &str) {
    let mut word = String::new();
    for c in text.chars() {
        if !c.is_whitespace() {
            word.push(c);
            continue;
        }
        built.literal(&std::mem::take(&mut word));
        if !built.regex.ends_with("\\s+") {
            built.regex.push_str("\\s+");
        }
    }
    built.literal(&word);
}

/// The format without what the configuration writes around it, each character with its place.
fn unquoted(text: &str) -> Vec<(char, usize)> {
    let all: Vec<(char, usize)> = text.chars().enumerate().map(|(at, c)| (c, at)).collect();
    let trimmed = text.trim_start();
    let before = text.chars().count() - trimmed.chars().count();
    let word = trimmed.split_whitespace().next().unwrap_or_default();
    let is_directive = ["LogFormat", "CustomLog", "TransferLog"]
        .iter()
        .any(|w| w.eq_ignore_ascii_case(word));
    let rest = all.get(before..).unwrap_or_default();
    let begins = match is_directive {
        true => rest.iter().position(|(c, _)| *c == '"'),
        // In quotes as a whole: those inside are escaped.
        false => (trimmed.starts_with("\"%") && trimmed.contains("\\\"")).then_some(0),
    };
    let Some(from) = begins else {
        return all;
    };
    let mut out = Vec::new();
    let mut chars = rest.iter().skip(from + 1);
    while let Some((c, at)) = chars.next() {
        match c {
            '"' => break,
            '\\' => {
                if let Some((escaped, _)) = chars.next() {
                    out.push((if *escaped == 't' { '\t' } else { *escaped }, *at));
                }
            }
            _ => out.push((*c, *at)),
        }
    }
    out
}

fn tokens(chars: &[(char, usize)]) -> Result<Vec<Token>, Fault> {
    let mut out: Vec<Token> = Vec::new();
    let mut rest = chars.iter().copied().peekable();
    let mut text = (String::new(), 0);
    while let Some((c, at)) = rest.next() {
        if c != '%' || rest.next_if(|(c, _)| *c == '%').is_some() {
            if text.0.is_empty() {
                text.1 = at;
            }
            text.0.push(c);
            continue;
        }
        if !text.0.is_empty() {
            out.push(Token::Text(std::mem::take(&mut text.0), text.1));
        }
        // `%!200,304{…}i`, `%>s`: when it is written, and of which request.
        while rest
            .next_if(|(c, _)| c.is_ascii_digit() || matches!(c, '!' | ',' | '<' | '>'))
            .is_some()
        {}
        let mut argument = None;
        if rest.next_if(|(c, _)| *c == '{').is_some() {
            let mut inside = String::new();
            loop {
                match rest.next() {
                    Some(('}', _)) => break,
                    Some((c, _)) => inside.push(c),
                    None => {
                        let says = "A brace is not closed. Write } behind the name.";
                        return Err(Fault::new("unclosed-brace", at, at + 1, says));
                    }
                }
            }
            argument = Some(inside);
        }
        let mut letter = String::new();
        // `%^ti`, `%^to`: trailers.
        if rest.next_if(|(c, _)| *c == '^').is_some() {
            letter.push('^');
            letter.extend(rest.next().map(|(c, _)| c));
        }
        match rest.next() {
            Some((c, last)) => {
                letter.push(c);
                out.push(Token::Directive {
                    letter,
                    argument,
                    at,
                    end: last + 1,
                });
            }
            None => {
                let says = "A percent sign stands alone. Write the letter of what is logged behind it, or %% for the sign itself.";
                return Err(Fault::new("lone-percent", at, at + 1, says));
            }
        }
    }
    if !text.0.is_empty() {
        out.push(Token::Text(text.0, text.1));
    }
    Ok(out)
}

/// A value's regex, by what follows it.
fn value(next: Option<char>) -> String {
    match next {
        // Apache escapes quotes in what a client sent.
        Some('"') => r#"(?:[^"\\]|\\.)*"#.to_owned(),
        Some(c) if c.is_whitespace() => r"\S+".to_owned(),
        None => r"\S*".to_owned(),
        Some(c) if c.is_ascii_punctuation() && c != '%' => format!("[^{}]*", regex::escape(&c.to_string())),
        Some(_) => ".*?".to_owned(),
    }
}

const NUMBER: &str = r"-|-?\d+";

fn directive(built: &mut Built, letter: &str, argument: Option<&str>, next: Option<char>) -> bool {
    let text = value(next);
    let named = |name: &str| Column::named(name);
    let int = |name: &str| Column::named(name).ty(FieldType::Integer);
    let of_header = |argument: Option<&str>, end: &str| {
        let name = argument
            .unwrap_or("header")
            .to_ascii_lowercase()
            .replace('-', "_");
        format!("{name}{end}")
    };
    let (column, inside) = match letter {
        "h" => (address("remote_host").role(Role::SourceAddress), text),
        "a" if argument == Some("c") => (address("peer_ip"), text),
        "a" => (address("client_ip").role(Role::SourceAddress), text),
        "A" => (address("local_ip").role(Role::DestinationAddress), text),
        "l" => (named("remote_logname"), text),
        // A name may hold spaces.
        "u" => (named("remote_user").role(Role::Actor), ".+?".to_owned()),
        "t" => return time(built, argument, next),
        "r" => {
            request(built, next);
            return true;
        }
        "s" => (int("status").role(Role::Status), NUMBER.to_owned()),
        "b" | "B" => (int("bytes").role(Role::Bytes), NUMBER.to_owned()),
        "O" => (int("bytes_sent").role(Role::Bytes), NUMBER.to_owned()),
        "I" => (int("bytes_received"), NUMBER.to_owned()),
        "S" => (int("bytes_transferred"), NUMBER.to_owned()),
        "D" => (int("time_taken_us"), NUMBER.to_owned()),
        "T" => {
            let unit = argument.filter(|a| matches!(*a, "ms" | "us")).unwrap_or("s");
            (
                named(&format!("time_taken_{unit}")).ty(FieldType::Float),
                r"-|-?\d+(?:\.\d+)?".to_owned(),
            )
        }
        "p" => {
            let name = argument
                .filter(|a| *a != "canonical")
                .map_or_else(|| "port".to_owned(), |a| format!("{a}_port"));
            let port = int(&name);
            (
                if name == "port" {
                    port.role(Role::DestinationPort)
                } else {
                    port
                },
                NUMBER.to_owned(),
            )
        }
        "P" => (
            int(argument.filter(|a| *a != "pid").unwrap_or("pid")),
            r"-|[0-9a-fA-Fx]+".to_owned(),
        ),
        "k" => (int("keepalive_requests"), NUMBER.to_owned()),
        "v" => (named("server_name").role(Role::Resource), text),
        "V" => (named("canonical_server_name").role(Role::Resource), text),
        "m" => (named("request_method").role(Role::Action), text),
        "U" => (named("request_path").role(Role::Resource), text),
        "q" => (
            named("query_string"),
            match next {
                Some(c) if c.is_whitespace() => r"\S*".to_owned(),
                _ => text,
            },
        ),
        "H" => (named("request_protocol"), text),
        "f" => (named("filename"), text),
        "R" => (named("handler"), text),
        "L" => (named("log_id").role(Role::Id), text),
        "X" => (named("connection_status"), "[X+-]".to_owned()),
        "i" => {
            let name = of_header(argument, "");
            let column = match name.as_str() {
                "user_agent" => named(&name).role(Role::UserAgent),
                _ => named(&name),
            };
            (column, text)
        }
        "o" => (named(&of_header(argument, "_out")), text),
        "C" => (named(&of_header(argument, "_cookie")), text),
        "e" => (named(&of_header(argument, "_env")), text),
        "n" => (named(&of_header(argument, "_note")), text),
        "^ti" => (named(&of_header(argument, "_trailer")), text),
        "^to" => (named(&of_header(argument, "_trailer_out")), text),
        "x" | "c" => (named(&of_header(argument, "_ssl")), text),
        _ => return false,
    };
    built.group(column, &inside);
    true
}

fn address(name: &str) -> Column {
    Column::named(name).ty(FieldType::Address)
}

fn time(built: &mut Built, argument: Option<&str>, next: Option<char>) -> bool {
    let time = Column::named("time").ty(FieldType::Time).role(Role::Time);
    let argument = argument.map(|a| {
        a.strip_prefix("begin:")
            .or_else(|| a.strip_prefix("end:"))
            .unwrap_or(a)
    });
    let epoch = |built: &mut Built, word: &str| {
        built.clock.get_or_insert_with(|| word.to_owned());
    };
    match argument {
        None | Some("") => {
            epoch(built, "apache");
            built.regex.push_str(r"\[");
            built.group(time, r"[^\]]*");
            built.regex.push_str(r"\]");
        }
        Some("sec") => {
            epoch(built, "epoch-s");
            built.group(time, r"\d+");
        }
        Some("msec") => {
            epoch(built, "epoch-ms");
            built.group(time, r"\d+");
        }
        Some("usec") => {
            epoch(built, "epoch-us");
            built.group(time, r"\d+");
        }
        Some(fraction @ ("msec_frac" | "usec_frac")) => {
            built.group(
                Column::named(format!("time_{fraction}")).ty(FieldType::Text),
                r"\d+",
            );
        }
        Some(format) => {
            epoch(built, format);
            let inside = match next {
                Some(c) if !c.is_whitespace() && c.is_ascii_punctuation() && !format.contains(c) => {
                    value(next)
                }
                None => ".*".to_owned(),
                _ => ".*?".to_owned(),
            };
            built.group(time, &inside);
        }
    }
    true
}

/// `%r`: method, URL and protocol; what is none of HTTP's requests is kept as it is.
fn request(built: &mut Built, next: Option<char>) {
    let (any, part) = match next {
        Some('"') => (r#"(?:[^"\\]|\\.)*"#, r#"(?:[^"\\\s]|\\.)+"#),
        None => (".*", r"\S+"),
        Some(_) => (".*?", r"\S+"),
    };
    built.regex.push_str("(?:");
    built.group(Column::named("request_method").role(Role::Action), "[A-Za-z_-]+");
    built.regex.push(' ');
    built.group(Column::named("request_url").role(Role::Resource), part);
    built.regex.push_str("(?: ");
    built.group(Column::named("request_protocol"), r"[A-Z]+/[0-9.]+");
    built.regex.push_str(")?|");
    built.group(Column::named("request"), any);
    built.regex.push(')');
}
