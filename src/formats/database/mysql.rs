//! What the logs of MySQL and MariaDB share: who a line names, the banner of a restart, messages about connections.

use super::{between, cut, cut_last, has, until};

/// A user and where they connect from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::formats) struct UserHost<'a> {
    pub user: &'a [u8],
    /// An address, or a host name where the log has no address.
    pub host: &'a [u8],
}

/// `admin[admin] @ shop.example [192.0.2.10]`: the user as it connected and as it was authorized, host name and address.
pub(in crate::formats) fn user_host(text: &[u8]) -> UserHost<'_> {
    let Some((users, hosts)) = cut_last(text, b'@') else {
        return UserHost::default();
    };
    let inner = |text| -> (&[u8], &[u8]) {
        match cut(text, b'[') {
            Some((before, inside)) => (before.trim_ascii(), until(inside, b']').trim_ascii()),
            None => (text.trim_ascii(), b""),
        }
    };
    let first = |(one, other): (_, _)| if <[u8]>::is_empty(one) { other } else { one };
    let (name, address) = inner(hosts);
    UserHost {
        user: first(inner(users)),
        host: first((address, name)),
    }
}

/// `'admin'@'192.0.2.10'` behind a word.
pub(in crate::formats) fn quoted_user<'a>(text: &'a [u8], behind: &str) -> UserHost<'a> {
    let user = between(text, behind, b'\'');
    UserHost {
        user,
        host: if user.is_empty() {
            b""
        } else {
            between(text, "'@'", b'\'')
        },
    }
}

/// A line of the banner that the server writes at the top of the slow and the general log whenever it opens them.
pub(in crate::formats) fn is_banner(line: &[u8]) -> bool {
    (line.ends_with(b"started with:") && has(line, ", Version: "))
        || line.starts_with(b"Tcp port: ")
        || line.starts_with(b"TCP Port: ")
        || line.starts_with(b"Time") && is_heads(line)
}

/// `Time                 Id Command    Argument`, in older versions with tabs between.
fn is_heads(line: &[u8]) -> bool {
    let words = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    words.eq([&b"Time"[..], b"Id", b"Command", b"Argument"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_with_and_without_an_address() {
        let of = |text: &'static str| {
            let found = user_host(text.as_bytes());
            let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            (text(found.user), text(found.host))
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of("admin[admin] @  [192.0.2.10]"), pair("admin", "192.0.2.10"));
        assert_eq!(of("root[root] @ localhost []"), pair("root", "localhost"));
        assert_eq!(of("[SQL_SLAVE] @  []"), pair("SQL_SLAVE", ""));
        assert_eq!(of("a@b[a@b] @ web [2001:db8::1]"), pair("a@b", "2001:db8::1"));
        assert_eq!(of("nobody"), pair("", ""));
    }

    #[test]
    fn a_banner_has_three_lines() {
        assert!(is_banner(
            b"/rdsdbbin/mysql/bin/mysqld, Version: 8.0.35 (Source distribution). started with:"
        ));
        assert!(is_banner(b"Tcp port: 3306  Unix socket: /tmp/mysql.sock"));
        assert!(is_banner(b"Time                 Id Command    Argument"));
        assert!(is_banner(b"Time\t\t    Id Command\tArgument"));
        assert!(!is_banner(b"Time flies"));
    }
}
