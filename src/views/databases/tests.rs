//! The board over logs as MySQL and PostgreSQL write them.

use super::model::BOARD;
use crate::views::board::{Chosen, Panel};
use crate::views::tests::{Now, block_on, table};
use std::sync::Arc;

const SLOW: &str = "/usr/sbin/mysqld, Version: 8.0.36 (Source distribution). started with:\nTcp port: 3306  Unix socket: /tmp/mysql.sock\nTime                 Id Command    Argument\n\
# Time: 2026-03-02T09:15:01.000000Z\n# User@Host: shop[shop] @  [192.0.2.7]  Id:     7\n# Query_time: 2.000000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 9000\nSET timestamp=1772442901;\nselect * from orders where id = 7;\n\
# Time: 2026-03-02T09:15:05.000000Z\n# User@Host: shop[shop] @  [192.0.2.7]  Id:     7\n# Query_time: 4.000000  Lock_time: 0.000100 Rows_sent: 3  Rows_examined: 11000\nSET timestamp=1772442905;\nselect * from orders where id = 8;\n";
const POSTGRES: &str = "2026-03-02 09:15:01 UTC:192.0.2.8(57562):app@shop:[29735]:FATAL:  password authentication failed for user \"app\"\n\
2026-03-02 09:15:02 UTC:192.0.2.8(57563):app@shop:[29736]:ERROR:  relation \"order\" does not exist at character 15\n\
2026-03-02 09:15:02 UTC:192.0.2.8(57563):app@shop:[29736]:STATEMENT:  select * from \"order\"\n";

fn logs() -> Now {
    let files = [("slow.log", SLOW), ("postgresql.log", POSTGRES)];
    Now::of(
        1,
        files
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into(),
    )
}

fn panel(id: &str) -> Panel {
    let all = BOARD.panels(&Chosen(&|_| None, None));
    all.into_iter()
        .find(|p| p.id == id)
        .expect("a panel of this name")
}

#[test]
fn statements_of_one_form_are_one() {
    let asks = logs();
    let panel = panel("statements");
    let answers: Vec<_> = panel
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let rows = panel.rows(&answers).rows;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let texts: Vec<&str> = rows[0].1.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts[..3], ["2", "6 s", "3 s"]);
    assert_eq!(texts[4..7], ["4 s", "4", "20,000"]);
    assert!(texts[7].contains("id = 8"), "{texts:?}");
}

#[test]
fn errors_and_logins_that_failed_are_told() {
    let asks = logs();
    let section = block_on(super::EXPORT(&asks, &asks.scope()));
    let logins = table(&section, "User From Event");
    assert_eq!((logins.rows.len(), logins.total), (1, 1));
    let errors = table(&section, "Event Severity Database");
    assert_eq!(
        errors.rows.len(),
        1,
        "a failed login is none of the errors: {errors:?}"
    );
}
