//! Many filter patterns over all records in one pass: which records does each take?
//!
//! What columns say of an event decides most of it: rows of one segment that agree in the columns that patterns ask for are
//! looked at once. Only where a pattern asks for more is the original record read again, once for all patterns.

use super::super::port::{AskId, Sought};
use super::reading::{At, Read, Reading, Source, Wanted};
use super::record;
use super::{Ground, Turn};
use crate::base::FieldType;
use crate::base::hash::FastMap;
use crate::formats;
use crate::language::pattern::{JsonTest, Kind, Node, Pattern, Step};
use crate::table::{ABSENT, Code, Column, Pool, Segment, Shard, Table};

/// Columns of CloudTrail that differ from event to event: rows are not told apart by them.
const SINGLE: [&str; 5] = [
    "eventID",
    "requestID",
    "sharedEventID",
    "userAgent",
    "errorMessage",
];

/// Text columns whose value is that of the event's own field of this name, and absent where the event has none.
const FAITHFUL: &[(&str, &[&str])] = &[(
    "cloudtrail",
    &[
        "eventName",
        "eventSource",
        "awsRegion",
        "errorCode",
        "errorMessage",
        "eventType",
        "eventCategory",
        "recipientAccountId",
        "userAgent",
        "userIdentity.type",
        "userIdentity.userName",
        "userIdentity.arn",
        "userIdentity.accountId",
        "userIdentity.accessKeyId",
        "userIdentity.principalId",
        "userIdentity.invokedBy",
        "userIdentity.sessionContext.sessionIssuer.arn",
        "userIdentity.sessionContext.sessionIssuer.userName",
        "responseElements.ConsoleLogin",
        "additionalEventData.MFAUsed",
        "vpcEndpointId",
        "eventID",
        "requestID",
        "sharedEventID",
    ],
)];

type Bits = Box<[u64]>;

fn set(bits: &mut [u64], row: usize) {
    if let Some(word) = bits.get_mut(row / 64) {
        *word |= 1 << (row % 64);
    }
}

fn has(bits: &[u64], row: usize) -> bool {
    bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
}

/// A pattern that is looked for.
struct Hunted {
    sought: Sought,
    pattern: Option<Pattern>,
}

/// What a pattern takes of a segment, and what has to be read again to know.
struct Found {
    /// Position in [`Sweep::hunted`].
    pattern: usize,
    takes: Bits,
    open: Bits,
}

/// By table and segment.
type Of = FastMap<(u16, u32), Vec<Found>>;

pub struct Sweep {
    pub id: AskId,
    hunted: Vec<Hunted>,
    found: Of,
    /// The next segment.
    next: (usize, usize),
    wanted: Wanted,
    reading: Option<Reading>,
    read: u64,
    of: u64,
}

/// Marks on their way to their segments.
pub struct Marks {
    patterns: Vec<String>,
    /// Original records that were read again.
    pub read: u64,
    found: Of,
}

impl Marks {
    /// Puts the marks to their segments; hands back the patterns that were looked for, in their order.
    pub fn put(self, shard: &mut Shard) -> Vec<String> {
        for ((table, segment), found) in self.found {
            let table = shard.tables.get_mut(usize::from(table));
            let Some(segment) = table.and_then(|t| t.segments.get_mut(segment as usize)) else {
                continue;
            };
            for one in found {
                if let Some(pattern) = self.patterns.get(one.pattern) {
                    segment.set_mark(pattern, one.takes);
                }
            }
        }
        self.patterns
    }
}

/// How many records that are shown bear each of these marks.
pub fn marked(shard: &Shard, patterns: &[String]) -> Vec<u64> {
    let segments = || shard.tables.iter().flat_map(|t| &t.segments);
    let of = |pattern: &String| {
        let bits = segments().filter_map(|s| Some((s, s.mark(pattern)?)));
        bits.map(|(segment, bits)| match segment.any_hidden() {
            false => bits.iter().map(|w| u64::from(w.count_ones())).sum::<u64>(),
            true => (0..segment.rows)
                .filter(|&row| has(bits, row) && !segment.is_hidden(row))
                .count() as u64,
        })
        .sum()
    };
    patterns.iter().map(of).collect()
}

impl Sweep {
    /// Patterns that can not be read take nothing; the page has checked them. Hidden records are looked at too: they may be
    /// shown later.
    pub fn new(id: AskId, sought: Vec<Sought>) -> Sweep {
        let hunted = sought.into_iter().map(|sought| Hunted {
            pattern: Pattern::parse(&sought.pattern).ok().map(|p| p.pattern),
            sought,
        });
        Sweep {
            id,
            hunted: hunted.collect(),
            found: Of::default(),
            next: (0, 0),
            wanted: Wanted::default(),
            reading: None,
            read: 0,
            of: 0,
        }
    }

    pub fn restart(&mut self) {
        let sought = self.hunted.drain(..).map(|h| h.sought).collect();
        *self = Sweep::new(self.id, sought);
    }

    pub fn is_busy(&self) -> bool {
        self.reading.as_ref().is_none_or(Reading::is_busy)
    }

    pub fn progress(&self) -> Option<(u64, u64)> {
        (self.of > 0).then_some((self.read, self.of))
    }

    pub(super) fn give(&mut self, source: Source) {
        if let Some(reading) = &mut self.reading {
            reading.give(source);
        }
    }

    pub fn step(&mut self, ground: &Ground<'_>) -> Turn {
        if self.reading.is_some() {
            return self.step_reading(ground);
        }
        let (table_at, segment_at) = self.next;
        let Some(table) = ground.shard.tables.get(table_at) else {
            let wanted = std::mem::take(&mut self.wanted);
            self.of = wanted.values().map(|rows| rows.len() as u64).sum();
            self.reading = Some(Reading::of(wanted));
            return Turn::More;
        };
        match table.segments.get(segment_at) {
            None => self.next = (table_at + 1, 0),
            Some(segment) => {
                self.next.1 += 1;
                self.look_at(ground, table, segment, (table_at as u16, segment_at as u32));
            }
        }
        Turn::More
    }

    /// What columns say of a segment.
    fn look_at(&mut self, ground: &Ground<'_>, table: &Table, segment: &Segment, at: (u16, u32)) {
        let kind = table.facts.id;
        let is_sought = |h: &Hunted| {
            let kinds = &h.sought.kinds;
            (kinds.is_empty() || kinds.iter().any(|k| k == kind)) && segment.mark(&h.sought.pattern).is_none()
        };
        let none = || -> Bits { vec![0; segment.rows.div_ceil(64)].into() };
        let mut found: Vec<Found> = Vec::new();
        for (pattern, hunted) in self.hunted.iter().enumerate() {
            let is_twice = |f: &Found| {
                let other = self.hunted.get(f.pattern);
                other.is_some_and(|o| o.sought.pattern == hunted.sought.pattern)
            };
            if hunted.pattern.is_some() && is_sought(hunted) && !found.iter().any(is_twice) {
                found.push(Found {
                    pattern,
                    takes: none(),
                    open: none(),
                });
            }
        }
        if found.is_empty() {
            return;
        }
        let known = Known::of(table);
        let shapes = Shapes::of(
            &known,
            segment,
            self.hunted.iter().filter_map(|h| h.pattern.as_ref()),
        );
        // By shape, what each pattern says.
        let mut verdicts: Vec<(Vec<usize>, Vec<usize>)> = Vec::with_capacity(shapes.first.len());
        for &row in &shapes.first {
            let mut said = (Vec::new(), Vec::new());
            for (at, one) in found.iter().enumerate() {
                let told = |column: &Told<'_>| shapes.columns.contains(&column.field);
                match self.verdict(&known, ground.shard, segment, one, row as usize, &told) {
                    Some(true) => said.0.push(at),
                    Some(false) => {}
                    None => said.1.push(at),
                }
            }
            verdicts.push(said);
        }
        for (row, shape) in (0u32..).zip(&shapes.of_row) {
            let Some((takes, open)) = verdicts.get(*shape as usize) else {
                continue;
            };
            let at_row = row as usize;
            if takes.is_empty() && open.is_empty() || segment.is_sum(at_row) {
                continue;
            }
            for &one in takes {
                if let Some(f) = found.get_mut(one) {
                    set(&mut f.takes, at_row);
                }
            }
            let mut reads = false;
            for &one in open {
                let verdict = found
                    .get(one)
                    .and_then(|f| self.verdict(&known, ground.shard, segment, f, at_row, &|_| true));
                if let Some(f) = found.get_mut(one) {
                    match verdict {
                        Some(true) => set(&mut f.takes, at_row),
                        Some(false) => {}
                        None => {
                            set(&mut f.open, at_row);
                            reads = true;
                        }
                    }
                }
            }
            if reads {
                self.want(
                    ground,
                    segment,
                    At {
                        table: at.0,
                        segment: at.1,
                        row,
                    },
                    &mut found,
                );
            }
        }
        self.found.insert(at, found);
    }

    /// What columns say of a row; those for which `told` holds.
    fn verdict(
        &self,
        known: &Known<'_>,
        shard: &Shard,
        segment: &Segment,
        found: &Found,
        row: usize,
        told: &dyn Fn(&Told<'_>) -> bool,
    ) -> Option<bool> {
        match self.hunted.get(found.pattern)?.pattern.as_ref()?.kind() {
            Kind::Json(json) => json.condition.holds_as_far_as(&mut |test| {
                let column = known.column(test).filter(|c| told(c))?;
                column.says(test, &shard.pool, segment, row)
            }),
            Kind::Text(_) | Kind::Delimited(_) => None,
        }
    }

    /// A row whose original record has to be looked at.
    fn want(&mut self, ground: &Ground<'_>, segment: &Segment, at: At, found: &mut [Found]) {
        let origin = segment.origin(at.row as usize);
        match ground.members.get(&origin.member) {
            Some((item, _)) if origin.len > 0 => self.wanted.entry(*item).or_default().push(at),
            // Its fields stand for it.
            _ => look(&self.hunted, found, ground, at, None),
        }
    }

    fn step_reading(&mut self, ground: &Ground<'_>) -> Turn {
        let Sweep {
            id,
            hunted,
            found,
            reading: Some(reading),
            read,
            ..
        } = self
        else {
            return Turn::More;
        };
        let step = reading.step(*id, ground, &mut |at, text| {
            if let Some(found) = found.get_mut(&(at.table, at.segment)) {
                look(hunted, found, ground, at, Some(&text));
            }
        });
        match step {
            Read::Came(texts) => {
                *read += texts;
                Turn::More
            }
            Read::Wants(items) => Turn::Wants(items),
            Read::Waits => Turn::Waits,
            Read::Over => Turn::Marked(Marks {
                patterns: hunted.drain(..).map(|h| h.sought.pattern).collect(),
                found: std::mem::take(found),
                read: *read,
            }),
        }
    }
}

/// Asks the patterns that a row is open to.
fn look(hunted: &[Hunted], found: &mut [Found], ground: &Ground<'_>, at: At, text: Option<&[u8]>) {
    let row = at.row as usize;
    let Some(place) = at.place(ground) else { return };
    let original = text.map(String::from_utf8_lossy);
    let original = original.as_deref().map(|t| t.trim_end_matches(['\n', '\r']));
    // A sheet's row holds no JSON: its fields do.
    let is_sheet =
        |t: &str| formats::has_more(place.table.facts.id) && !t.trim_start().starts_with(['{', '[']);
    let mut ask = |message: &str, of_json: Option<bool>| {
        record::with_text(message, true, |text| {
            for f in found.iter_mut().filter(|f| has(&f.open, row)) {
                let Some(pattern) = hunted.get(f.pattern).and_then(|h| h.pattern.as_ref()) else {
                    continue;
                };
                if of_json.is_none_or(|json| json == pattern.is_json()) && record::takes(pattern, text) {
                    set(&mut f.takes, row);
                }
            }
        });
    };
    match original {
        Some(text) if is_sheet(text) => {
            ask(text, Some(false));
            ask(&record::written(&place), Some(true));
        }
        Some(text) => ask(text, None),
        None => ask(&record::written(&place), None),
    }
}

/// The columns of a kind that tell what a pattern asks.
struct Known<'t> {
    columns: FastMap<&'t str, Told<'t>>,
}

struct Told<'t> {
    name: &'t str,
    field: usize,
}

impl<'t> Known<'t> {
    fn of(table: &'t Table) -> Known<'t> {
        let names = FAITHFUL.iter().find(|(kind, _)| *kind == table.facts.id);
        let names = names.map_or(&[][..], |(_, names)| names);
        let column = |&name: &&'static str| {
            let field = table.field(name)?;
            let is_text = table.fields.get(field).is_some_and(|f| f.ty == FieldType::Text);
            (is_text && table.knows(field)).then_some((name, Told { name, field }))
        };
        Known {
            columns: names.iter().filter_map(column).collect(),
        }
    }

    /// The column that a test is about.
    fn column(&self, test: &JsonTest) -> Option<&Told<'t>> {
        let mut name = String::new();
        for step in &test.selector.steps {
            let Step::Key(key) = step else { return None };
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(key);
        }
        self.columns.get(name.as_str())
    }
}

impl Told<'_> {
    fn says(&self, test: &JsonTest, pool: &Pool, segment: &Segment, row: usize) -> Option<bool> {
        let code = match segment.column(self.field) {
            Some(Column::Codes(codes)) => codes.get(row) as Code,
            Some(_) => return None,
            None => ABSENT,
        };
        Some(match code {
            ABSENT => test.test.holds_for_none(),
            code => test.test.holds(Node::String(&pool.text(code))),
        })
    }
}

/// Rows of a segment that agree in the columns that patterns ask for.
struct Shapes {
    columns: Vec<usize>,
    of_row: Vec<u32>,
    /// A row of each.
    first: Vec<u32>,
}

impl Shapes {
    fn of<'p>(known: &Known<'_>, segment: &Segment, patterns: impl Iterator<Item = &'p Pattern>) -> Shapes {
        let mut columns: Vec<usize> = Vec::new();
        for pattern in patterns {
            let Kind::Json(json) = pattern.kind() else {
                continue;
            };
            for test in json.tests() {
                if let Some(told) = known.column(test)
                    && !SINGLE.contains(&told.name)
                    && !columns.contains(&told.field)
                {
                    columns.push(told.field);
                }
            }
        }
        let mut of_row = vec![0u32; segment.rows];
        let mut first = vec![0u32];
        for &field in &columns {
            let Some(Column::Codes(codes)) = segment.column(field) else {
                continue;
            };
            let mut seen: FastMap<(u32, Code), u32> = FastMap::default();
            first.clear();
            for (row, shape) in (0u32..).zip(&mut of_row) {
                let next = seen.len() as u32;
                *shape = *seen
                    .entry((*shape, codes.get(row as usize) as Code))
                    .or_insert_with(|| {
                        first.push(row);
                        next
                    });
            }
        }
        Shapes {
            columns,
            of_row,
            first,
        }
    }
}
