//! Access logs of web servers as Apache's `common`, `combined` and `vhost_combined` formats write them.
//!
//! Many servers write these lines, nginx among them; what no line tells apart is this kind, and [`super::nginx_access`] is what
//! shows that nginx wrote it. Fields are named after mod_log_config's descriptions of `%h %l %u %t %r %>s %b`. A request
//! that is no HTTP is kept as `request`. Times have a zone. Derived: see [`super::access`].

use super::access::web::{Names, Web};
use super::access::{HOST, METHOD, OUTCOME, PATH};
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "apache-access",
    title: "Apache access logs",
    records: "requests",
    group: Group::Host,
    spec_url: "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
    shapes: &[
        "common, combined, vhost_combined",
        "addresses forwarded for behind them; other values as field10 and so on",
        "the same lines of other servers",
        "lines between requests are kept as messages",
        "not read: other orders of LogFormat",
    ],
    export_hint: "/var/log/apache2/access.log*, /var/log/httpd/access_log*",
    fields: &[
        F::time("time").role(Role::Time),
        F::text("vhost").role(Role::Resource),
        F::int("port").role(Role::DestinationPort),
        F::address("remote_host").role(Role::SourceAddress),
        F::text("remote_logname"),
        F::text("remote_user").role(Role::Actor),
        METHOD.role(Role::Action),
        F::text("request_url"),
        F::text("request_proto"),
        F::text("request"),
        F::int("status").role(Role::Status),
        F::int("bytes").role(Role::Bytes).unit("B"),
        F::text("referer"),
        F::text("user_agent").role(Role::UserAgent),
        F::list("x_forwarded_for"),
        F::text("message").role(Role::Message),
        HOST,
        PATH,
        OUTCOME,
    ],
    columns: &[
        "time",
        "remote_host",
        "requestMethod",
        "requestHost",
        "requestPath",
        "status",
        "bytes",
        "user_agent",
    ],
    aliases: &[
        ("statusCode", "status"),
        ("referrer", "referer"),
        ("x-forwarded-for", "x_forwarded_for"),
    ],
    dedupe: false,
};

pub(super) static FORMAT: Web = Web {
    facts: &FACTS,
    names: Names {
        host: "remote_host",
        logname: "remote_logname",
        user: "remote_user",
        time: "time",
        bytes: "bytes",
        referer: "referer",
        agent: "user_agent",
        forwarded: "x_forwarded_for",
    },
    proof: None,
    behind: &[],
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("apache-access");
    }
}
