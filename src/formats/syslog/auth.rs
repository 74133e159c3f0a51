//! What programs say of who came in, from where, how, and what came of it: sshd, PAM, sudo, su, cron, login and those that manage
//! users. Words that are not known say nothing.

/// What a message says beside its text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// What happened, in a few words of ours: `login`, `session opened`, `sudo`, …
    pub event: &'static str,
    pub user: &'a str,
    pub address: &'a str,
    pub port: Option<u16>,
    /// How it was tried: `password`, `publickey`, …
    pub method: &'a str,
    /// `ok` or `failed`, where the message says so.
    pub outcome: &'static str,
    pub target_user: &'a str,
    pub command: &'a str,
    pub tty: &'a str,
    pub pwd: &'a str,
    /// The unit that systemd speaks of.
    pub unit: &'a str,
    /// How often it is said again.
    pub repeated: Option<i64>,
}

const OK: &str = "ok";
const FAILED: &str = "failed";

/// What a program of this name says with a message.
pub fn read<'a>(program: &str, message: &'a str) -> Said<'a> {
    let mut said = Said::default();
    let message = repeated(message, &mut said);
    let name = program.rsplit('/').next().unwrap_or(program);
    if let Some((service, rest)) = pam(message) {
        of_pam(service, rest, &mut said);
        return said;
    }
    match name {
        "sshd" | "sshd-session" | "sshd-auth" => sshd(message, &mut said),
        "sudo" => sudo(message, &mut said),
        "su" | "su-l" => su(message, &mut said),
        "CRON" | "cron" | "crond" | "CROND" | "/USR/SBIN/CRON" => cron(message, &mut said),
        "systemd-logind" => logind(message, &mut said),
        "login" => login(message, &mut said),
        "systemd" => systemd(message, &mut said),
        "useradd" | "userdel" | "usermod" | "groupadd" | "passwd" | "chpasswd" => users(message, &mut said),
        _ => {}
    }
    said
}

/// `message repeated 3 times: [ … ]` around a message, or `last message repeated 3 times`, which has none.
fn repeated<'a>(message: &'a str, said: &mut Said<'a>) -> &'a str {
    let of = |prefix: &str| -> Option<(i64, &'a str)> {
        let (times, rest) = message.strip_prefix(prefix)?.split_once(" time")?;
        Some((times.trim().parse().ok()?, rest.trim_start_matches('s')))
    };
    if let Some((times, rest)) = of("message repeated ") {
        said.repeated = Some(times);
        let inside = rest.strip_prefix(':').map(str::trim);
        let inside = inside.and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
        return inside.map_or(message, str::trim);
    }
    if let Some((times, _)) = of("last message repeated ") {
        said.event = "repeated";
        said.repeated = Some(times);
    }
    message
}

/// `203.0.113.9 port 22 …`
fn peer<'a>(text: &'a str, said: &mut Said<'a>) {
    let mut words = text.split_ascii_whitespace();
    let address = words.next().unwrap_or_default();
    said.address = address.trim_end_matches([':', ',', '.', ';']);
    if words.next() == Some("port") {
        let port = words.next().unwrap_or_default();
        let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
        said.port = port.get(..end).and_then(|p| p.parse().ok());
    }
}

fn without_invalid(text: &str) -> &str {
    text.strip_prefix("invalid user ").unwrap_or(text)
}

/// `USER from ADDRESS port N`. The last `from` is sshd's own: a name that was tried may hold one.
fn user_from<'a>(text: &'a str, said: &mut Said<'a>) {
    match text.rsplit_once(" from ") {
        Some((user, at)) => {
            said.user = without_invalid(user).trim();
            peer(at, said);
        }
        None => match text.strip_prefix("from ") {
            Some(at) => peer(at, said),
            None => said.user = without_invalid(text),
        },
    }
}

/// `authenticating user USER ADDRESS port N`, or the address alone.
fn user_and_peer<'a>(text: &'a str, said: &mut Said<'a>) {
    let prefixes = ["authenticating user ", "invalid user ", "user "];
    let Some(rest) = prefixes.iter().find_map(|p| text.strip_prefix(p)) else {
        return peer(text, said);
    };
    let Some(at) = rest.rfind(" port ") else { return };
    let (before, port) = rest.split_at(at);
    let (user, address) = before.rsplit_once(' ').unwrap_or(("", before));
    peer(port.trim_start_matches(" port"), said);
    let digits = port.trim_start_matches(" port ");
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    said.port = digits.get(..end).and_then(|p| p.parse().ok());
    said.user = user;
    said.address = address;
}

fn sshd<'a>(message: &'a str, said: &mut Said<'a>) {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let after = |prefix: &str| message.strip_prefix(prefix);
    for (prefix, outcome) in [("Accepted ", OK), ("Failed ", FAILED)] {
        if let Some((method, rest)) = after(prefix).and_then(|rest| rest.split_once(" for "))
            && !method.contains(' ')
        {
            (said.event, said.outcome, said.method) = ("login", outcome, method);
            return user_from(rest, said);
        }
    }
    if let Some(rest) = after("Invalid user ") {
        (said.event, said.outcome) = ("invalid user", FAILED);
        return user_from(rest, said);
    }
    if let Some(rest) = after("maximum authentication attempts exceeded for ") {
        (said.event, said.outcome) = ("login", FAILED);
        return user_from(rest, said);
    }
    if let Some((user, rest)) = after("User ").and_then(|rest| rest.split_once(" from ")) {
        if rest.contains("not allowed") {
            (said.event, said.outcome, said.user) = ("login", FAILED, user);
            peer(rest, said);
        }
        return;
    }
    for (prefix, event) in [
        ("Connection from ", "connection"),
        ("Connection closed by ", "connection closed"),
        ("Connection reset by ", "connection closed"),
        ("Disconnected from ", "disconnect"),
        ("Received disconnect from ", "disconnect"),
        ("Did not receive identification string from ", "no identification"),
        ("Bad protocol version identification ", "no identification"),
        ("Disconnecting ", "disconnect"),
    ] {
        if let Some(rest) = after(prefix) {
            said.event = event;
            let rest = match rest.rsplit_once(" from ") {
                Some((_, at)) if event == "no identification" => at,
                _ => rest,
            };
            return user_and_peer(rest, said);
        }
    }
    if message.contains("POSSIBLE BREAK-IN ATTEMPT") {
        (said.event, said.outcome) = ("reverse mapping", FAILED);
        let in_brackets = message.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
        let of_address = after("Address ").and_then(|rest| rest.split_once(' '));
        said.address = in_brackets.or(of_address).map_or("", |(address, _)| address);
    }
}

/// `pam_unix(sshd:session): …`: the service and what is said of it.
fn pam(message: &str) -> Option<(&str, &str)> {
    let (module, rest) = message.split_once('(')?;
    let is_module = module.starts_with("pam_") && !module.contains(' ');
    let (service, rest) = rest.split_once("): ").filter(|_| is_module)?;
    Some((service.split(':').next().unwrap_or(service), rest))
}

/// The value behind `key=`, up to a space.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let mut words = text.split([' ', ';']);
    let found = words.find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
    found.unwrap_or_default()
}

fn of_pam<'a>(service: &'a str, rest: &'a str, said: &mut Said<'a>) {
    // `root(uid=0)`
    let name = |text: &'a str| text.split('(').next().unwrap_or(text).trim();
    if let Some(rest) = rest.strip_prefix("session opened for user ") {
        (said.event, said.outcome) = ("session opened", OK);
        let (of, by) = rest.split_once(" by ").unwrap_or((rest, ""));
        match name(by) {
            "" => said.user = name(of),
            by => (said.user, said.target_user) = (by, name(of)),
        }
    } else if let Some(rest) = rest.strip_prefix("session closed for user ") {
        said.event = "session closed";
        said.user = name(rest);
    } else if rest.starts_with("authentication failure") {
        (said.event, said.outcome) = ("login", FAILED);
        let (user, remote) = (value(rest, "user"), value(rest, "ruser"));
        match remote {
            "" => said.user = user,
            remote => (said.user, said.target_user) = (remote, user),
        }
        said.address = value(rest, "rhost");
        said.tty = value(rest, "tty");
    } else if rest.starts_with("check pass; user unknown") {
        (said.event, said.outcome) = ("invalid user", FAILED);
    } else if let Some(rest) = rest.strip_prefix("password changed for ") {
        (said.event, said.outcome, said.target_user) = ("password changed", OK, rest.trim());
    }
    if !said.event.is_empty() {
        said.method = service;
    }
}

/// `alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh`, a reason before them where it was refused.
fn sudo<'a>(message: &'a str, said: &mut Said<'a>) {
    let Some((user, rest)) = message.split_once(" : ") else {
        return;
    };
    let (before, command) = rest.split_once("COMMAND=").unwrap_or((rest, ""));
    said.event = "sudo";
    said.user = user.trim();
    said.command = command;
    said.outcome = OK;
    for part in before.split(" ; ").map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("TTY", tty)) => said.tty = tty,
            Some(("PWD", pwd)) => said.pwd = pwd,
            Some(("USER", target)) => said.target_user = target.trim_end_matches(" ;"),
            Some(("GROUP" | "HOST" | "TSID" | "ENV" | "CHROOT", _)) => {}
            _ => said.outcome = FAILED,
        }
    }
}

fn su<'a>(message: &'a str, said: &mut Said<'a>) {
    let on_tty = |rest: &'a str| rest.split_once(" on ").unwrap_or((rest, ""));
    // `(to root) alice on pts/0`, util-linux; `FAILED SU (to root) …`
    let (failed, rest) = match message.strip_prefix("FAILED SU ") {
        Some(rest) => (true, rest),
        None => (false, message),
    };
    if let Some((target, rest)) = rest.strip_prefix("(to ").and_then(|rest| rest.split_once(") ")) {
        (said.event, said.outcome) = ("su", if failed { FAILED } else { OK });
        said.target_user = target;
        (said.user, said.tty) = on_tty(rest);
        return;
    }
    // `Successful su for root by alice`, shadow
    for (prefix, outcome) in [("Successful su for ", OK), ("FAILED su for ", FAILED)] {
        if let Some((target, user)) = message
            .strip_prefix(prefix)
            .and_then(|rest| rest.split_once(" by "))
        {
            (said.event, said.outcome, said.target_user, said.user) = ("su", outcome, target, user);
            return;
        }
    }
    // `'su root' failed for alice on /dev/pts/8`, BSD and RFC 3164's example
    if let Some((target, rest)) = message
        .strip_prefix("'su ")
        .and_then(|rest| rest.split_once("' "))
        && let Some((how, rest)) = rest.split_once(" for ")
    {
        (said.event, said.target_user) = ("su", target);
        said.outcome = if how == "succeeded" { OK } else { FAILED };
        (said.user, said.tty) = on_tty(rest);
    }
}

/// `(root) CMD (run-parts /etc/cron.hourly)`
fn cron<'a>(message: &'a str, said: &mut Said<'a>) {
    let Some((user, rest)) = message.strip_prefix('(').and_then(|rest| rest.split_once(") ")) else {
        return;
    };
    if let Some(command) = rest.strip_prefix("CMD (") {
        said.event = "cron";
        said.user = user;
        said.command = command.strip_suffix(')').unwrap_or(command).trim();
    }
}

fn logind<'a>(message: &'a str, said: &mut Said<'a>) {
    if let Some((_, user)) = message
        .strip_prefix("New session ")
        .and_then(|rest| rest.split_once(" of user "))
    {
        (said.event, said.outcome) = ("session opened", OK);
        said.user = user.trim_end_matches('.');
    } else if message.starts_with("Removed session ") {
        said.event = "session closed";
    }
}

fn login<'a>(message: &'a str, said: &mut Said<'a>) {
    if let Some((_, rest)) = message.split_once("FAILED LOGIN") {
        (said.event, said.outcome) = ("login", FAILED);
        said.tty = rest
            .split_once("on '")
            .and_then(|(_, r)| r.split_once('\''))
            .map_or("", |(tty, _)| tty);
        said.user = rest
            .split_once("FOR '")
            .and_then(|(_, r)| r.split_once('\''))
            .map_or("", |(user, _)| user);
    } else if let Some((before, rest)) = message.split_once("LOGIN ON ") {
        (said.event, said.outcome) = ("login", OK);
        let (tty, user) = rest.split_once(" BY ").unwrap_or((rest, ""));
        said.tty = tty.trim();
        said.user = match user.trim() {
            "" if before.contains("ROOT") => "root",
            user => user.split_once(" FROM ").map_or(user, |(user, _)| user),
        };
    }
}

/// `sshd.service: Main process exited, code=exited`
fn systemd<'a>(message: &'a str, said: &mut Said<'a>) {
    const KINDS: [&str; 10] = [
        ".service", ".socket", ".timer", ".mount", ".scope", ".slice", ".target", ".path", ".swap", ".device",
    ];
    let unit = message.split(": ").next().filter(|unit| *unit != message);
    if let Some(unit) =
        unit.filter(|unit| !unit.contains(' ') && KINDS.iter().any(|kind| unit.ends_with(kind)))
    {
        said.unit = unit;
        if message.contains("Failed with result") {
            (said.event, said.outcome) = ("unit failed", FAILED);
        }
    }
}

fn users<'a>(message: &'a str, said: &mut Said<'a>) {
    let in_quotes = |rest: &'a str| rest.split('\'').nth(1).unwrap_or_default();
    let of = [
        ("new user: name=", "user added"),
        ("new group: name=", "group added"),
        ("delete user ", "user removed"),
        ("add ", "user changed"),
        ("change user ", "user changed"),
        ("password changed for ", "password changed"),
    ];
    for (prefix, event) in of {
        if let Some(rest) = message.strip_prefix(prefix) {
            said.event = event;
            said.outcome = OK;
            said.target_user = match rest.starts_with('\'') {
                true => in_quotes(rest),
                false => rest.split([',', ' ']).next().unwrap_or_default(),
            };
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Event, outcome, user, address, port, method, target, command.
    fn said(program: &str, message: &str) -> String {
        let s = read(program, message);
        let port = s.port.map(|p| p.to_string()).unwrap_or_default();
        [
            s.event,
            s.outcome,
            s.user,
            s.address,
            &port,
            s.method,
            s.target_user,
            s.command,
        ]
        .join("|")
    }

    #[test]
    fn sshd_says_who_came_from_where() {
        for (message, want) in [
            (
                "Accepted publickey for alice from 192.0.2.60 port 60594 ssh2: RSA SHA256:x",
                "login|ok|alice|192.0.2.60|60594|publickey||",
            ),
            (
                "Failed password for invalid user admin from 2001:db8::9 port 42532 ssh2",
                "login|failed|admin|2001:db8::9|42532|password||",
            ),
            (
                "Failed password for invalid user a from 192.0.2.1 port 1 ssh2 from 203.0.113.9 port 22 ssh2",
                "login|failed|a from 192.0.2.1 port 1 ssh2|203.0.113.9|22|password||",
            ),
            (
                "Invalid user  from 203.0.113.9",
                "invalid user|failed||203.0.113.9||||",
            ),
            (
                "Invalid user bob from 203.0.113.9 port 5",
                "invalid user|failed|bob|203.0.113.9|5|||",
            ),
            (
                "Connection closed by authenticating user root 203.0.113.9 port 22 [preauth]",
                "connection closed||root|203.0.113.9|22|||",
            ),
            (
                "Connection closed by 203.0.113.9 port 22",
                "connection closed|||203.0.113.9|22|||",
            ),
            (
                "Received disconnect from 203.0.113.9 port 22:11: Bye [preauth]",
                "disconnect|||203.0.113.9|22|||",
            ),
            (
                "error: maximum authentication attempts exceeded for root from 203.0.113.9 port 22 ssh2 [preauth]",
                "login|failed|root|203.0.113.9|22|||",
            ),
            (
                "User mail from 203.0.113.9 not allowed because not listed in AllowUsers",
                "login|failed|mail|203.0.113.9||||",
            ),
            (
                "reverse mapping checking getaddrinfo for x.example.com [203.0.113.9] failed - POSSIBLE BREAK-IN ATTEMPT!",
                "reverse mapping|failed||203.0.113.9||||",
            ),
            ("Server listening on 0.0.0.0 port 22.", "|||||||"),
        ] {
            assert_eq!(said("sshd", message), want, "{message}");
        }
        let again = read(
            "sshd",
            "message repeated 3 times: [ Failed password for root from 203.0.113.9 port 7 ssh2]",
        );
        assert_eq!(
            (again.repeated, again.user, again.port),
            (Some(3), "root", Some(7))
        );
    }

    #[test]
    fn who_became_whom() {
        for (program, message, want) in [
            (
                "sudo",
                "   alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh -c a ; b",
                "sudo|ok|alice||||root|/bin/sh -c a ; b",
            ),
            (
                "sudo",
                "bob : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
                "sudo|failed|bob||||root|/bin/ls",
            ),
            (
                "sudo",
                "pam_unix(sudo:auth): authentication failure; logname=bob uid=1000 euid=0 tty=/dev/pts/1 ruser=bob rhost=  user=root",
                "login|failed|bob|||sudo|root|",
            ),
            (
                "sshd",
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
                "login|failed|root|203.0.113.9||sshd||",
            ),
            (
                "sshd",
                "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
                "session opened|ok|alice|||sshd||",
            ),
            (
                "su",
                "pam_unix(su-l:session): session opened for user root by alice(uid=1000)",
                "session opened|ok|alice|||su-l|root|",
            ),
            ("su", "(to root) alice on pts/0", "su|ok|alice||||root|"),
            ("su", "FAILED SU (to root) bob on pts/1", "su|failed|bob||||root|"),
            (
                "su",
                "'su root' failed for lonvick on /dev/pts/8",
                "su|failed|lonvick||||root|",
            ),
            (
                "/usr/sbin/cron",
                "(root) CMD (  touch /x)",
                "cron||root|||||touch /x",
            ),
            (
                "systemd-logind",
                "New session 5 of user alice.",
                "session opened|ok|alice|||||",
            ),
            (
                "useradd",
                "new user: name=eve, UID=1001, GID=1001",
                "user added|ok|||||eve|",
            ),
            ("usermod", "add 'eve' to group 'sudo'", "user changed|ok|||||eve|"),
            (
                "login",
                "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure",
                "login|failed|root|||||",
            ),
            ("kernel", "Accepted everything for nobody", "|||||||"),
        ] {
            assert_eq!(said(program, message), want, "{message}");
        }
        assert_eq!(
            read("systemd", "web.service: Failed with result 'exit-code'.").unit,
            "web.service"
        );
    }
}
