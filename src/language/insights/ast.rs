//! What a query says.

use super::lex::Span;
use super::period::Period;

/// A whole query.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Query {
    /// Registry ids of kinds behind `SOURCE`; empty asks everything.
    pub source: Vec<Word>,
    pub commands: Vec<Command>,
}

/// A name or text and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub kind: CommandKind,
    /// The command's word.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CommandKind {
    Fields(Vec<Item>),
    Display(Vec<Item>),
    Filter(Expr),
    FilterIndex(Expr),
    Stats { items: Vec<Item>, by: Vec<Item> },
    Sort(Vec<SortKey>),
    Limit(usize),
    Tail(usize),
    Dedup(Vec<Expr>),
    Parse { from: Option<Expr>, how: Parse },
    Unnest { from: Expr, into: Word },
    Pattern(Expr),
    Diff(Shift),
    Anomaly,
    Unmask(Expr),
}

/// An expression of a list, and the column it makes.
#[derive(Clone, Debug)]
pub struct Item {
    pub expr: Expr,
    /// `as` this.
    pub alias: Option<Word>,
    /// The expression as it was written: the column's name where there is no alias.
    pub written: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub expr: Expr,
    pub descending: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Parse {
    /// Text with stars, and a name for each.
    Glob {
        pattern: Word,
        names: Vec<Word>,
    },
    Regex {
        pattern: Word,
        names: Vec<Word>,
        multi: bool,
    },
    Logfmt(Word),
    Csv(Vec<Word>),
}

/// What `diff` compares the window with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// The window of equal length before it.
    Before,
    Day,
    Week,
    Month,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// As written.
    Number(String),
    Text(String),
    Bool(bool),
    Period(Period),
    /// A field by the parts of its name.
    Field(Vec<String>),
    Call {
        name: Word,
        star: bool,
        args: Vec<Expr>,
    },
    /// Inside a map or list that an expression made.
    Inside {
        base: Box<Expr>,
        path: Vec<String>,
    },
    Negative(Box<Expr>),
    Positive(Box<Expr>),
    Not(Box<Expr>),
    Math {
        op: MathOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Compare {
        op: CompareOp,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Like {
        negated: bool,
        left: Box<Expr>,
        pattern: Matcher,
    },
    In {
        negated: bool,
        left: Box<Expr>,
        right: Within,
    },
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// `like "text"`: contains it.
    Text(String),
    /// `like /regex/`, `=~`.
    Regex(Word),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Within {
    List(Vec<Expr>),
    /// A field that holds a list.
    Field(Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

impl MathOp {
    pub fn sign(self) -> &'static str {
        match self {
            MathOp::Add => "+",
            MathOp::Subtract => "-",
            MathOp::Multiply => "*",
            MathOp::Divide => "/",
            MathOp::Remainder => "%",
            MathOp::Power => "^",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl CompareOp {
    pub const ALL: [CompareOp; 6] = [
        CompareOp::Equal,
        CompareOp::Unequal,
        CompareOp::Less,
        CompareOp::LessOrEqual,
        CompareOp::Greater,
        CompareOp::GreaterOrEqual,
    ];

    pub fn sign(self) -> &'static str {
        match self {
            CompareOp::Equal => "=",
            CompareOp::Unequal => "!=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
        }
    }
}

impl Expr {
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Expr { kind, span }
    }

    /// The field's name, when this is nothing but a field.
    pub fn field_name(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Field(parts) => Some(parts.join(".")),
            _ => None,
        }
    }
}

/// How an expression was written matters where it names a column.
impl PartialEq for Item {
    fn eq(&self, other: &Item) -> bool {
        let named = self.alias.is_some() || self.written == other.written;
        named && self.expr == other.expr && self.alias == other.alias
    }
}

impl Item {
    /// The column's name.
    pub fn name(&self) -> String {
        match &self.alias {
            Some(word) => word.text.clone(),
            None => self.expr.field_name().unwrap_or_else(|| self.written.clone()),
        }
    }
}
