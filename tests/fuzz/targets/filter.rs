//! Any text as a filter: what is read and written is read as the same filter again.

use trailbeam::base::Value;
use trailbeam::query::text::{parse, quote, quote_name, write};
use trailbeam::query::{Expr, Op};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match parse(text) {
        Ok(expr) => {
            let written = write(&expr);
            assert_eq!(parse(&written).as_ref(), Ok(&expr), "{written}");
        }
        Err(e) => assert!(text.is_char_boundary(e.at) && !e.to_string().is_empty()),
    }
    // A view builds a condition from a name and a value as they stand in a log.
    let (name, value) = text.split_once('\n').unwrap_or((text, text));
    let built = [
        Expr::eq(name, value),
        Expr::Text(value.to_owned()),
        Expr::Not(Box::new(Expr::Compare {
            field: name.to_owned(),
            op: Op::NotContains,
            value: Value::Text(value.to_owned()),
        })),
        Expr::In {
            field: name.to_owned(),
            values: value.split(' ').map(str::to_owned).collect(),
        },
        Expr::Exists {
            field: name.to_owned(),
        },
    ];
    for expr in [Expr::And(built.to_vec()), Expr::Or(built.to_vec())]
        .iter()
        .chain(&built)
    {
        let written = write(expr);
        assert_eq!(parse(&written).as_ref(), Ok(expr), "{written}");
    }
    let pasted = format!("{} = {}", quote_name(name), quote(value));
    assert_eq!(parse(&pasted), Ok(Expr::eq(name, value)), "{pasted}");
}
