//! Access logs of nginx: its `combined` format, with addresses forwarded for behind it, and as the NGINX Ingress Controller
//! writes it.
//!
//! `combined` is what Apache calls so: lines that either could have written are read as [`super::apache_access`]. This kind is a log in
//! whose beginning something shows that nginx wrote it: a status that only nginx gives (444, 494 to 497, 499), an empty
//! request (Apache writes a dash), bytes escaped in capitals (`\xDF`), or the Ingress Controller's values behind the agent. Fields have
//! the names of nginx's variables, the request's parts apart. Times have a zone. Derived: see [`super::access`].

use super::access::web::{Names, Request, Web};
use super::access::{HOST, LATENCY, METHOD, OUTCOME, PATH};
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "nginx-access",
    title: "nginx access logs",
    records: "requests",
    group: Group::Host,
    spec_url: "https://nginx.org/en/docs/http/ngx_http_log_module.html",
    shapes: &[
        "combined, with or without the addresses forwarded for, where something shows that nginx wrote it (else it is an Apache access log: the lines are the same)",
        "NGINX Ingress Controller",
        "lines between requests are kept as messages",
        "not read: log_format with escape=json, other orders",
    ],
    export_hint: "/var/log/nginx/access.log*",
    fields: &[
        F::time("time_local").role(Role::Time),
        F::text("vhost").role(Role::Resource),
        F::int("port").role(Role::DestinationPort),
        F::address("remote_addr").role(Role::SourceAddress),
        F::text("remote_user").role(Role::Actor),
        METHOD.role(Role::Action),
        F::text("request_url"),
        F::text("request_proto"),
        F::text("request"),
        F::int("status").role(Role::Status),
        F::int("body_bytes_sent").role(Role::Bytes).unit("B"),
        F::text("http_referer"),
        F::text("http_user_agent").role(Role::UserAgent),
        F::list("http_x_forwarded_for"),
        F::int("request_length").unit("B"),
        F::float("request_time").unit("s"),
        F::text("proxy_upstream_name"),
        F::text("proxy_alternative_upstream_name"),
        F::text("upstream_addr"),
        F::text("upstream_response_length"),
        F::text("upstream_response_time"),
        F::text("upstream_status"),
        F::text("req_id").role(Role::Id),
        F::text("message").role(Role::Message),
        HOST,
        PATH,
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "time_local",
        "remote_addr",
        "requestMethod",
        "requestHost",
        "requestPath",
        "status",
        "body_bytes_sent",
        "http_user_agent",
    ],
    aliases: &[
        ("statusCode", "status"),
        ("receivedBytes", "request_length"),
        ("referrer", "http_referer"),
        ("x-forwarded-for", "http_x_forwarded_for"),
        ("request_method", "requestMethod"),
        ("request_uri", "request_url"),
        ("server_protocol", "request_proto"),
    ],
    dedupe: false,
};

/// What the Ingress Controller writes behind the agent
/// (<https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/>).
const INGRESS: &[&str] = &[
    "request_length",
    "request_time",
    "proxy_upstream_name",
    "proxy_alternative_upstream_name",
    "upstream_addr",
    "upstream_response_length",
    "upstream_response_time",
    "upstream_status",
    "req_id",
];

pub(super) static FORMAT: Web = Web {
    facts: &FACTS,
    names: Names {
        host: "remote_addr",
        logname: "",
        user: "remote_user",
        time: "time_local",
        bytes: "body_bytes_sent",
        referer: "http_referer",
        agent: "http_user_agent",
        forwarded: "http_x_forwarded_for",
    },
    proof: Some(is_of_nginx),
    behind: INGRESS,
};

fn is_of_nginx(request: &Request<'_>) -> bool {
    let is_ingress = || {
        let [_, _, length, time, upstream, alternative, ..] = request.rest else {
            return false;
        };
        let is_number = |text: &[u8]| text.iter().all(|b| b.is_ascii_digit() || *b == b'.');
        request.rest.len() >= INGRESS.len() + 2
            && is_number(length.text)
            && is_number(time.text)
            && upstream.is_in_brackets()
            && alternative.is_in_brackets()
    };
    matches!(request.status(), Some(444 | 494..=497 | 499))
        || request.line.text.is_empty()
        || escapes_in_capitals(request.line.text)
        || is_ingress()
}

/// `\xDF`; Apache writes `\xdf`.
fn escapes_in_capitals(text: &[u8]) -> bool {
    let is_capital = |at: usize| text.get(at).is_some_and(|b| matches!(b, b'A'..=b'F'));
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    memchr::memmem::find_iter(text, b"\\x")
        .any(|at| is_digit(at + 2) && is_digit(at + 3) && (is_capital(at + 2) || is_capital(at + 3)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("nginx-access");
    }
}
