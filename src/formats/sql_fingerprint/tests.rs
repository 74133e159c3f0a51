//! Forms that the documentation promises, and what is decided beyond it.

use super::*;

fn my(sql: &str) -> String {
    String::from_utf8_lossy(&fingerprint(sql.as_bytes(), Dialect::MySql)).into_owned()
}

fn pg(sql: &str) -> String {
    String::from_utf8_lossy(&fingerprint(sql.as_bytes(), Dialect::PostgreSql)).into_owned()
}

#[test]
fn the_documentation_s_own_example() {
    let form = "select name, password from user where id=?";
    assert_eq!(my("SELECT name, password FROM user WHERE id='12823';"), form);
    assert_eq!(my("select name,   password from user where id=5;"), form);
}

#[test]
fn literals_become_question_marks() {
    assert_eq!(
        my("select 0xA0, x'1f', 0b10, b'1', 1.5e-3, .5, 7. from t"),
        "select ?, ?, ?, ?, ?, ?, ? from t"
    );
    assert_eq!(my(r#"select "a \" b", 'it''s', 'c\'d'"#), "select ?, ?, ?");
    assert_eq!(
        my("select NULL, true, FALSE from t where a is null"),
        "select ?, ?, ? from t where a is ?"
    );
    assert_eq!(
        my("update t set a=a+1, b = b - 2 where c = -3 or d>-4"),
        "update t set a=a+?, b = b - ? where c = ? or d>?"
    );
    assert_eq!(my("select -1, +2, (-3)"), "select ?, ?, (?)");
}

#[test]
fn numbers_inside_names_are_values() {
    assert_eq!(my("select * from users_2009"), "select * from users_?");
    assert_eq!(
        my("select * from `users_2010` where 12foo = a1.b2"),
        "select * from `users_?` where ?foo = a?.b?"
    );
}

#[test]
fn lists_become_one() {
    assert_eq!(
        my("select * from t where a in (5) and b IN(5, 8,9 ,'x')"),
        "select * from t where a in(?+) and b in(?+)"
    );
    assert_eq!(
        my("insert into t(a, b) values (2, 'x)'), (3, 'y'),(4,null)"),
        "insert into t(a, b) values(?+)"
    );
    assert_eq!(my("insert into t(a) value(2)"), "insert into t(a) value(?+)");
    assert_eq!(
        my("insert into t values (1, now()), (2, now()) on duplicate key update a = values(a)"),
        "insert into t values(?, now()) on duplicate key update a = values(a)"
    );
    assert_eq!(
        my("select * from t where (a, b) in ((1,2),(3,4))"),
        "select * from t where (a, b) in(?+)"
    );
    assert_eq!(
        my("select * from t where a in (select b from u where c in (1,2))"),
        "select * from t where a in (select b from u where c in(?+))"
    );
}

#[test]
fn comments_and_white_space_go() {
    assert_eq!(
        my("/* from app.py:12 */ SELECT\n\t1 -- one\n , # two\n 2"),
        "select ? , ?"
    );
    assert_eq!(my("select/**/a from t"), "select a from t");
    assert_eq!(my("select a--1 from t"), "select a-? from t");
    assert_eq!(pg("select a --1\nfrom t"), "select a from t");
}

#[test]
fn some_statements_have_one_form() {
    assert_eq!(my("USE shop;"), "use ?");
    assert_eq!(my("use `shop`"), "use ?");
    assert_eq!(
        my("administrator command: Init DB;"),
        "administrator command: Init DB"
    );
    assert_eq!(my("CALL shop.Restock(1, 2)"), "call shop.restock");
    assert_eq!(my("SELECT /*!40001 SQL_NO_CACHE */ * FROM `orders`"), "mysqldump");
    assert_eq!(
        my("REPLACE /*shop.orders:3/40*/ INTO sums select 1"),
        "percona-toolkit"
    );
}

#[test]
fn unions_limits_and_orders() {
    assert_eq!(
        my("select 1 union select 2 union select 4"),
        "select ? /*repeat union*/"
    );
    assert_eq!(
        my("select * from (select 1 union all select 2) as x join (select 3 union select 4) as y"),
        "select * from (select ? /*repeat union all*/) as x join (select ? /*repeat union*/) as y"
    );
    assert_eq!(
        my("select a from t union select b from u"),
        "select a from t union select b from u"
    );
    for limit in ["limit 5", "limit 5, 10", "limit 5,10", "limit 5 offset 10"] {
        assert_eq!(my(&format!("select a from t {limit}")), "select a from t limit ?");
    }
    assert_eq!(
        my("select a from t order by a ASC, b desc, c asc"),
        "select a from t order by a, b desc, c"
    );
}

#[test]
fn postgresql_quotes_names_and_dollars() {
    assert_eq!(
        pg(r#"SELECT d.datname as "Name", E'\'' , $1, $f$ it's $f$, a #> '{b}' FROM "T""#),
        r#"select d.datname as "name", ? , ?, ?, a #> ? from "t""#
    );
    assert_eq!(pg(r"select 'C:\' || a"), "select ? || a");
}

#[test]
fn verbs() {
    assert_eq!(verb(b"select ?"), b"SELECT");
    assert_eq!(verb(b"(select ?) union (select b)"), b"SELECT");
    assert_eq!(verb(b"administrator command: Quit"), b"ADMIN");
    assert_eq!(verb(b""), b"");
}

#[test]
fn no_text_is_too_much() {
    for sql in [
        "'",
        "\"",
        "/*",
        "in (",
        "values((",
        "$",
        "$a$",
        "-",
        "--",
        "union",
        "select union select ",
        "`",
        "0x",
        "e'",
        "limit ?,",
        "))",
    ] {
        for dialect in [Dialect::MySql, Dialect::PostgreSql] {
            fingerprint(sql.as_bytes(), dialect);
        }
    }
    let deep = "(".repeat(5000) + "select 1 union ";
    my(&deep.repeat(3));
}

proptest::proptest! {
    #[test]
    fn any_bytes_have_a_form(sql in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let once = fingerprint(&sql, Dialect::MySql);
        proptest::prop_assert!(once.len() <= sql.len() * 2 + 32);
        fingerprint(&sql, Dialect::PostgreSql);
    }
}
