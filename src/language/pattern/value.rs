//! What a value of a condition accepts (FilterAndPatternSyntaxForMetricFilters).

use super::cursor::Span;
use super::number::Number;
use super::regex::Regex;
use memchr::memmem::Finder;
use std::cmp::Ordering;
use std::fmt;

/// The right side of `=` and `!=`.
#[derive(Clone, Debug)]
pub struct Value {
    pub form: Form,
    pub span: Span,
    accepts: Accepts,
    number: Option<Number>,
}

/// How a value was written.
#[derive(Clone, Debug)]
pub enum Form {
    /// In quotes: always text. Here without them and their escapes.
    Quoted(String),
    /// Without quotes: a number when it is one.
    Bare(String),
    Regex(Regex),
}

/// A star at either end of a text stands for any text.
#[derive(Clone, Debug)]
enum Accepts {
    Any,
    Exactly,
    Ends,
    Begins,
    Contains(Box<Finder<'static>>),
    Regex,
}

impl Value {
    pub(super) fn new(form: Form, span: Span) -> Self {
        let (open, text, close) = form.parts();
        let accepts = match (&form, open, close) {
            (Form::Regex(_), ..) => Accepts::Regex,
            (_, false, false) => Accepts::Exactly,
            _ if text.is_empty() => Accepts::Any,
            (_, true, false) => Accepts::Ends,
            (_, false, true) => Accepts::Begins,
            (_, true, true) => Accepts::Contains(Box::new(Finder::new(text).into_owned())),
        };
        let number = match &form {
            Form::Bare(text) => Number::parse(text),
            _ => None,
        };
        Value {
            form,
            span,
            accepts,
            number,
        }
    }

    /// The number that a value without quotes is.
    pub fn number(&self) -> Option<&Number> {
        self.number.as_ref()
    }

    /// What every text that is accepted contains; nothing is known of a regex.
    pub fn literal(&self) -> &str {
        self.form.parts().1
    }

    pub fn regex(&self) -> Option<&Regex> {
        match &self.form {
            Form::Regex(regex) => Some(regex),
            _ => None,
        }
    }

    /// `*` alone: any value.
    pub fn is_any(&self) -> bool {
        matches!(self.accepts, Accepts::Any)
    }

    pub fn accepts_text(&self, text: &str) -> bool {
        match &self.accepts {
            Accepts::Any => true,
            Accepts::Exactly => text == self.literal(),
            Accepts::Ends => text.ends_with(self.literal()),
            Accepts::Begins => text.starts_with(self.literal()),
            Accepts::Contains(finder) => finder.find(text.as_bytes()).is_some(),
            Accepts::Regex => self.regex().is_some_and(|r| r.is_in(text)),
        }
    }

    /// A number by its text: by value when this value is a number, else as text.
    pub fn accepts_number(&self, source: &str) -> bool {
        match self.number.as_ref().and_then(|n| n.order_of(source)) {
            Some(order) => order == Ordering::Equal,
            None => self.accepts_text(source),
        }
    }
}

impl Form {
    /// Whether a star stands before it, the text, whether one stands behind it.
    fn parts(&self) -> (bool, &str, bool) {
        let text = match self {
            Form::Quoted(text) | Form::Bare(text) => text.as_str(),
            Form::Regex(_) => return (false, "", false),
        };
        let inner = text.strip_prefix('*');
        let open = inner.is_some();
        let inner = inner.unwrap_or(text);
        match inner.strip_suffix('*') {
            Some(inner) => (open, inner, true),
            None => (open, inner, false),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Quoted(text) => f.write_str(&quote(text)),
            Form::Bare(text) => f.write_str(text),
            Form::Regex(regex) => write!(f, "%{}%", regex.source()),
        }
    }
}

/// In quotes, with their escapes.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    pub fn holds(self, found: Ordering) -> bool {
        match self {
            Order::Less => found == Ordering::Less,
            Order::LessOrEqual => found != Ordering::Greater,
            Order::Greater => found == Ordering::Greater,
            Order::GreaterOrEqual => found != Ordering::Less,
        }
    }

    pub fn sign(self) -> &'static str {
        match self {
            Order::Less => "<",
            Order::LessOrEqual => "<=",
            Order::Greater => ">",
            Order::GreaterOrEqual => ">=",
        }
    }
}

/// An operator and its right side.
#[derive(Clone, Debug)]
pub enum Comparison {
    Equal(Value),
    Differs(Value),
    Order(Order, Number),
}

impl Comparison {
    pub fn value(&self) -> Option<&Value> {
        match self {
            Comparison::Equal(value) | Comparison::Differs(value) => Some(value),
            Comparison::Order(..) => None,
        }
    }

    /// A text that is no number.
    pub fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Comparison::Equal(value) => value.accepts_text(text),
            Comparison::Differs(value) => !value.accepts_text(text),
            Comparison::Order(..) => false,
        }
    }

    /// A number by its text.
    pub fn holds_for_number(&self, source: &str) -> bool {
        match self {
            Comparison::Equal(value) => value.accepts_number(source),
            Comparison::Differs(value) => !value.accepts_number(source),
            Comparison::Order(order, number) => {
                number.order_of(source).is_some_and(|found| order.holds(found))
            }
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Comparison::Equal(value) => write!(f, "= {value}"),
            Comparison::Differs(value) => write!(f, "!= {value}"),
            Comparison::Order(order, number) => write!(f, "{} {number}", order.sign()),
        }
    }
}
