//! Space-delimited patterns: `[ip, user, ..., status_code = 4*, bytes > 1000]`.

use super::compare::comparison;
use super::cursor::{Cursor, Span};
use super::fields::{Field, Fields};
use super::logic::{Logic, unexpected};
use super::value::Comparison;
use crate::language::Fault;
use std::borrow::Cow;
use std::fmt;

#[derive(Clone, Debug)]
pub struct DelimitedPattern {
    pub slots: Vec<Slot>,
    /// The place of `...` among the slots.
    pub ellipsis: Option<usize>,
}

/// What stands between two commas. Without a name and a condition it accepts any field.
#[derive(Clone, Debug)]
pub struct Slot {
    pub name: Option<String>,
    pub condition: Option<Logic<SlotTest>>,
    pub span: Span,
}

/// A test of the slot's own field.
#[derive(Clone, Debug)]
pub struct SlotTest {
    pub name: String,
    pub comparison: Comparison,
    pub span: Span,
}

/// What ends a value without quotes.
const ENDS: &[char] = &[')', ',', ']'];

impl DelimitedPattern {
    /// At the opening bracket.
    pub(super) fn read(cursor: &mut Cursor) -> Result<Self, Fault> {
        if cursor.last() != Some(']') || cursor.limit - cursor.at < 2 {
            cursor.at = cursor.limit;
            return Err(cursor.fault(
                "unclosed-bracket",
                "A space-delimited pattern ends with ]. Put one behind the last field.",
            ));
        }
        cursor.next();
        cursor.limit -= 1;
        let mut slots = Vec::new();
        let mut ellipsis = None;
        loop {
            cursor.space();
            let at = cursor.at;
            let mut slot = Slot {
                name: None,
                condition: None,
                span: cursor.since(at),
            };
            if cursor.eat("...") {
                if ellipsis.replace(slots.len()).is_some() {
                    return Err(cursor.since(at).fault(
                        "two-ellipses",
                        "Only one ... can stand in a pattern. Take one of them away.",
                    ));
                }
            } else {
                slot.read(cursor)?;
            }
            slot.span = cursor.since(at);
            slots.push(slot);
            cursor.space();
            match cursor.peek() {
                None => break,
                Some(',') => cursor.next(),
                Some(_) => return Err(unexpected(cursor)),
            };
        }
        Ok(DelimitedPattern { slots, ellipsis })
    }

    /// Each slot with its field; `None` when the message has too few fields. Without `...` the last slot takes the rest of
    /// the message. `wholly`: also the fields of a `...` at the end, which no condition is about.
    fn place<'p, 'm>(&'p self, message: &'m str, wholly: bool) -> Option<Placed<'p, 'm>> {
        let count = self.slots.len();
        let Some(left) = self.ellipsis else {
            let mut all = Fields::new(message);
            let mut fields: Vec<Field> = all.by_ref().take(count).collect();
            if fields.len() < count {
                return None;
            }
            if all.next().is_some()
                && let Some(last) = fields.last_mut()
            {
                last.text = Cow::Borrowed(message.get(last.at..).unwrap_or_default().trim_end());
            }
            return Some(Placed {
                pattern: self,
                fields,
                left: count,
                right: count,
            });
        };
        let enough = if wholly || left + 1 < count {
            usize::MAX
        } else {
            left
        };
        let fields: Vec<Field> = Fields::new(message).take(enough).collect();
        // The slots on the right take as many fields from the end.
        let right = (fields.len() + left + 1).checked_sub(count)?;
        (left <= right).then_some(Placed {
            pattern: self,
            fields,
            left,
            right,
        })
    }

    pub fn matches(&self, message: &str) -> bool {
        self.place(message, false).is_some_and(|placed| placed.holds())
    }

    /// The fields of a message that matches, by `$name`, unnamed ones by `$1`, `$2`…; `None` when it does not match.
    pub fn extract<'m>(&self, message: &'m str) -> Option<Vec<(String, Cow<'m, str>)>> {
        let placed = self.place(message, true).filter(|placed| placed.holds())?;
        let names: Vec<String> = (0..placed.fields.len())
            .map(|i| match placed.slot(i).and_then(|slot| slot.name.as_deref()) {
                Some(name) => format!("${name}"),
                None => format!("${}", i + 1),
            })
            .collect();
        Some(
            names
                .into_iter()
                .zip(placed.fields.into_iter().map(|f| f.text))
                .collect(),
        )
    }

    /// Every test, as they stand in the text.
    pub fn tests(&self) -> Vec<&SlotTest> {
        let mut tests = Vec::new();
        for condition in self.slots.iter().filter_map(|slot| slot.condition.as_ref()) {
            condition.tests(&mut |test| tests.push(test));
        }
        tests
    }
}

struct Placed<'p, 'm> {
    pattern: &'p DelimitedPattern,
    fields: Vec<Field<'m>>,
    /// Fields from here on are those of `...`
    left: usize,
    /// up to here; the others are those of the slots behind it.
    right: usize,
}

impl<'p> Placed<'p, '_> {
    /// A field's slot; none inside `...`.
    fn slot(&self, field: usize) -> Option<&'p Slot> {
        let slots = &self.pattern.slots;
        if field < self.left {
            slots.get(field)
        } else if field < self.right {
            None
        } else {
            slots.get(self.left + 1 + field - self.right)
        }
    }

    fn holds(&self) -> bool {
        self.fields.iter().enumerate().all(|(i, field)| {
            let condition = self.slot(i).and_then(|slot| slot.condition.as_ref());
            condition.is_none_or(|c| c.holds(&mut |test| test.comparison.holds_for_number(&field.text)))
        })
    }
}

impl Slot {
    fn read(&mut self, cursor: &mut Cursor) -> Result<(), Fault> {
        if matches!(cursor.peek(), None | Some(',')) {
            return Ok(());
        }
        // A name alone.
        let at = cursor.at;
        let name = cursor.name();
        cursor.space();
        if !name.is_empty() && matches!(cursor.peek(), None | Some(',')) {
            self.name = Some(name);
            return Ok(());
        }
        cursor.at = at;
        let mut own: Option<String> = None;
        self.condition = Some(Logic::read(cursor, &mut |cursor| {
            let test = SlotTest::read(cursor, own.as_deref())?;
            own.get_or_insert_with(|| test.name.clone());
            Ok(test)
        })?);
        self.name = own;
        Ok(())
    }
}

impl SlotTest {
    fn read(cursor: &mut Cursor, own: Option<&str>) -> Result<Self, Fault> {
        let at = cursor.at;
        let name = cursor.name();
        if name.is_empty() {
            return Err(cursor.fault(
                "expected-name",
                format!("A field's name is expected here, not {}.", cursor.found()),
            ));
        }
        let named = cursor.since(at);
        if let Some(own) = own.filter(|own| *own != name) {
            return Err(named.fault(
                "two-names-in-slot",
                format!("This place belongs to the field {own}; {name} can not be asked for here. A comma begins the next field."),
            ));
        }
        cursor.space();
        let comparison = comparison(cursor, ENDS, "")?;
        Ok(SlotTest {
            name,
            comparison,
            span: cursor.since(at),
        })
    }
}

impl fmt::Display for SlotTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.comparison)
    }
}

impl fmt::Display for DelimitedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (i, slot) in self.slots.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match (&slot.condition, &slot.name) {
                _ if self.ellipsis == Some(i) => f.write_str("...")?,
                (Some(condition), _) => condition.fmt(f)?,
                (None, Some(name)) => f.write_str(name)?,
                (None, None) => {}
            }
        }
        f.write_str("]")
    }
}
