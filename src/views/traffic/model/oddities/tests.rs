//! What is listed, and what almost is.

use super::super::is_private;
use super::*;

fn flow(client: &str, server: &str, port: i64, protocol: i64, bytes: Amount) -> Served {
    Served {
        client: client.into(),
        server: server.into(),
        port,
        protocol,
        clear: true,
        flows: 2,
        bytes,
        answers: 1,
    }
}

fn says(list: Vec<Oddity>) -> Vec<String> {
    list.into_iter().map(|odd| odd.says).collect()
}

#[test]
fn plain_text_says_between_whom_and_what_instead() {
    let served = [
        flow("10.0.0.5", "10.0.1.9", 23, TCP, 900),
        flow("10.0.0.6", "10.0.1.9", 23, TCP, 1_000),
        flow("10.0.0.5", "203.0.113.7", 21, TCP, 50),
        // Encrypted, another transport, a neighbour of a listed port.
        flow("10.0.0.5", "10.0.1.9", 443, TCP, 9_000),
        flow("10.0.0.5", "10.0.1.9", 23, UDP, 9_000),
        flow("10.0.0.5", "10.0.1.9", 22, TCP, 9_000),
        flow("10.0.0.5", "10.0.1.9", 24, TCP, 9_000),
    ];
    assert_eq!(
        says(plain_text(&served, is_private)),
        [
            "FTP (tcp/21): 50 B from 10.0.0.5 to 203.0.113.7, some of it beyond the own networks. Instead: SFTP or FTPS.",
            "Telnet (tcp/23): 1.9 kB from 10.0.0.6 to 10.0.1.9 and 1 other pair. Instead: SSH or Session Manager.",
        ]
    );
    // The same port is another protocol over UDP.
    let both = [
        flow("10.0.0.5", "10.0.1.9", 514, TCP, 2),
        flow("10.0.0.5", "10.0.1.9", 514, UDP, 1),
    ];
    let titles: Vec<String> = plain_text(&both, is_private)
        .into_iter()
        .map(|odd| odd.title)
        .collect();
    assert_eq!(titles, ["rexec, rlogin or rsh", "syslog"]);
}

#[test]
fn each_protocol_is_found_once() {
    let mut seen = BTreeSet::new();
    for p in PROTOCOLS {
        for port in p.ports {
            for over in p.over {
                assert!(seen.insert((port, over)), "{} {port}", p.name);
            }
        }
    }
}

#[test]
fn an_unusual_port_has_one_server_and_callers_from_outside() {
    let odd = flow("203.0.113.7", "10.0.1.9", 4444, TCP, 700);
    let found = unusual(std::slice::from_ref(&odd), is_private);
    assert_eq!(
        says(found.clone()),
        ["tcp/4444: 700 B from 203.0.113.7 to 10.0.1.9. It answered."]
    );
    assert_eq!(
        found.first().map(Oddity::filter),
        Some(
            Expr::eq("protocol", "6")
                .and(Expr::Or(vec![
                    Expr::eq("dstport", "4444").and(Expr::eq("dstaddr", "10.0.1.9")),
                    Expr::eq("srcport", "4444").and(Expr::eq("srcaddr", "10.0.1.9")),
                ]))
                .and(!rejected())
        )
    );
    let silent = Served {
        answers: 0,
        ..odd.clone()
    };
    assert_eq!(
        says(unusual(&[silent], is_private)),
        ["tcp/4444: 700 B from 203.0.113.7 to 10.0.1.9. No answer is recorded."]
    );
    let none = |served: &[Served]| assert_eq!(says(unusual(served, is_private)), [""; 0]);
    // A second server of the port, even one that is called from inside only.
    none(&[odd.clone(), flow("203.0.113.7", "10.0.1.10", 4444, TCP, 1)]);
    none(&[odd.clone(), flow("10.0.0.1", "10.0.1.10", 4444, TCP, 1)]);
    // Called from inside, or served outside.
    none(&[flow("10.0.0.1", "10.0.1.9", 4444, TCP, 1)]);
    none(&[flow("10.0.0.1", "203.0.113.7", 4444, TCP, 1)]);
    // Registered, known, the callers' own ports.
    for port in [1023, 5432, 32_768] {
        none(&[flow("203.0.113.7", "10.0.1.9", port, TCP, 1)]);
    }
    // Which side serves is not clear, or nobody asked.
    none(&[Served {
        clear: false,
        ..odd.clone()
    }]);
    none(&[Served {
        answers: 2,
        ..odd.clone()
    }]);
    // Another transport is another port.
    assert_eq!(
        unusual(&[odd, flow("10.0.0.1", "10.0.1.10", 4444, UDP, 1)], is_private).len(),
        1
    );
}

#[test]
fn answers_of_the_three_questions_are_one_list() {
    let text = |t: &str| Value::from(t);
    let answer = |rows: Vec<Vec<Value>>, other| Answer {
        rows,
        other,
        ..Answer::default()
    };
    let int = |n: i64| Value::from(n);
    let answers = [
        answer(
            vec![vec![
                text("203.0.113.7"),
                text("10.0.1.9"),
                int(6),
                int(4444),
                int(3),
                int(100),
            ]],
            None,
        ),
        answer(
            vec![vec![
                text("10.0.1.9"),
                text("203.0.113.7"),
                int(6),
                int(4444),
                int(2),
                int(50),
            ]],
            Some(vec![int(7), int(70)]),
        ),
        answer(
            vec![vec![
                text("203.0.113.7"),
                text("10.0.1.9"),
                int(17),
                int(5000),
                int(4000),
                int(1),
                int(9),
            ]],
            None,
        ),
    ];
    let answers = answers.map(std::sync::Arc::new);
    let (list, rest) = served(&answers);
    let one = flow("203.0.113.7", "10.0.1.9", 4444, TCP, 150);
    assert_eq!(
        list,
        [
            Served {
                port: 4000,
                protocol: UDP,
                clear: false,
                flows: 1,
                answers: 0,
                bytes: 9,
                ..one.clone()
            },
            Served {
                flows: 5,
                answers: 2,
                ..one
            },
        ]
    );
    assert_eq!(rest, 7);
    assert_eq!(ask_served().len(), 3);
}
