//! A question on its way through a worker's rows.

use super::super::port::{AskId, Question};
use super::columns::{self, Grouped};
use super::fields::From;
use super::reading::{At, Read, Reading, Source, Wanted};
use super::record::{self, Place};
use super::{Asked, Ground, Turn, place};
use crate::base::hash::FastSet;
use crate::base::{Role, TimeRange};
use crate::language::Fault;
use crate::language::insights::{Order, Part};
use crate::query::{Partial, Query, RowCache, Run, Selected, Selection};
use crate::table::{ABSENT_INT, Column, Table};
use serde::{Deserialize, Serialize};

/// Rows looked at in one step.
const STEP_ROWS: usize = 4096;
/// … where they are looked at as groups of columns.
const STEP_GROUPED: usize = 1 << 16;
/// What has been found so far is told again when this many times as many records have been read.
const TELL_AGAIN: u64 = 2;
/// … and not before so many.
const TELL_FROM: u64 = 2000;

/// What a worker found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Piece {
    pub part: Part,
    /// Groups of which only the largest are in the answer, as columns have them.
    pub groups: Vec<(Grouped, Partial)>,
    /// Records whose original text could not be read again.
    pub unread: u64,
    /// Records that have no original text; their fields stood for it.
    pub textless: u64,
    /// Records that are only known in rows that stand for several.
    pub unlisted: u64,
}

/// When a kind's original texts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Never,
    /// For the rows that are left in the end.
    Late,
    Now,
}

/// How a kind's records are asked.
struct Prepared {
    fields: Vec<From>,
    need: Need,
    /// Some field is of the text as JSON.
    as_json: bool,
    time: Option<usize>,
}

/// How the rows of one kind are come to.
enum Way {
    Rows {
        selection: Box<Selection>,
        /// Rows of a segment, and how many of them were looked at.
        rows: Option<(Selected, usize)>,
    },
    /// All at once, in groups of columns.
    Groups(Box<Run>, Box<Grouped>),
}

enum Phase {
    Columns {
        table: usize,
        way: Option<Way>,
    },
    /// `fills`: rows are filled with what was left out, not looked at for the first time.
    Reading {
        reading: Reading,
        fills: bool,
    },
}

pub struct Inquest {
    pub id: AskId,
    question: Question,
    asked: Asked,
    piece: Piece,
    /// By table, as far as they were come to.
    prepared: Vec<Option<Prepared>>,
    phase: Phase,
    /// Rows whose texts are read before they are looked at.
    texts: Wanted,
    /// Records of the kinds asked.
    records: u64,
    read: u64,
    of: u64,
    told: u64,
}

impl Inquest {
    pub fn new(id: AskId, question: Question) -> Result<Inquest, Fault> {
        let asked = Asked::new(&question)?;
        Ok(Inquest {
            id,
            piece: Piece {
                part: asked.plan.start(),
                groups: Vec::new(),
                unread: 0,
                textless: 0,
                unlisted: 0,
            },
            question,
            asked,
            prepared: Vec::new(),
            phase: Phase::Columns { table: 0, way: None },
            texts: Wanted::default(),
            records: 0,
            read: 0,
            of: 0,
            told: 0,
        })
    }

    /// Rows have moved: it begins again.
    pub fn restart(&mut self) {
        if let Ok(again) = Inquest::new(self.id, self.question.clone()) {
            *self = again;
        }
    }

    /// Can something be done?
    pub fn is_busy(&self) -> bool {
        match &self.phase {
            Phase::Columns { .. } => true,
            Phase::Reading { reading, .. } => reading.is_busy(),
        }
    }

    /// How many original records were read, of how many; `None` while none are to be.
    pub fn progress(&self) -> Option<(u64, u64)> {
        (self.of > 0).then_some((self.read, self.of))
    }

    /// What has been found so far, when it is worth being told again.
    pub fn so_far(&mut self) -> Option<Piece> {
        let worth = self.read >= TELL_FROM.max(self.told.saturating_mul(TELL_AGAIN));
        let fills = matches!(&self.phase, Phase::Reading { fills: true, .. });
        (worth && !fills).then(|| {
            self.told = self.read;
            let mut piece = self.finished();
            let unseen = self.of.saturating_sub(self.read);
            piece.part.scanned = piece.part.scanned.saturating_sub(unseen);
            piece
        })
    }

    /// Takes the source of an item that was wanted.
    pub(super) fn give(&mut self, source: Source) {
        if let Phase::Reading { reading, .. } = &mut self.phase {
            reading.give(source);
        }
    }

    /// A bounded piece of work.
    pub fn step(&mut self, ground: &Ground<'_>) -> Turn {
        match &mut self.phase {
            Phase::Columns { .. } => self.step_columns(ground),
            Phase::Reading { .. } => self.step_reading(ground),
        }
    }

    fn step_columns(&mut self, ground: &Ground<'_>) -> Turn {
        let Phase::Columns { table: at, way } = &mut self.phase else {
            return Turn::More;
        };
        let at = *at;
        let Some(table) = ground.shard.tables.get(at) else {
            return self.after_columns(ground);
        };
        match way {
            None => match self.begin(table) {
                Some(begun) => {
                    self.phase = Phase::Columns {
                        table: at,
                        way: Some(begun),
                    }
                }
                None => self.next_table(at),
            },
            Some(Way::Groups(run, grouped)) => {
                if let Some(partial) = run.step(ground.shard, &mut RowCache::default(), STEP_GROUPED) {
                    let plan = &self.asked.plan;
                    if plan.top().is_some() {
                        self.piece.groups.push(((**grouped).clone(), partial));
                    } else {
                        grouped.absorb(plan, &mut self.piece.part, &partial.finish(&grouped.query));
                    }
                    self.next_table(at);
                }
            }
            Some(Way::Rows { selection, rows }) => {
                let (selected, from) = match rows.take() {
                    Some(rows) => rows,
                    None => match selection.next(ground.shard) {
                        Some(selected) => (selected, 0),
                        None => {
                            self.next_table(at);
                            return Turn::More;
                        }
                    },
                };
                let to = selected.rows.len().min(from + STEP_ROWS);
                let (table, segment) = (selected.table as u16, selected.segment as u32);
                let piece: Vec<At> = (selected.rows.get(from..to).unwrap_or_default().iter())
                    .map(|&row| At { table, segment, row })
                    .collect();
                if to < selected.rows.len() {
                    *rows = Some((selected, to));
                }
                for row in piece {
                    self.first_look(ground, row);
                }
            }
        }
        Turn::More
    }

    fn next_table(&mut self, at: usize) {
        self.phase = Phase::Columns {
            table: at + 1,
            way: None,
        };
    }

    /// How a kind's rows are come to; `None` where it is not asked.
    fn begin(&mut self, table: &Table) -> Option<Way> {
        let plan = &self.asked.plan;
        let source = plan.source();
        let is_asked = source.is_empty() || source.iter().any(|k| k == table.facts.id);
        self.prepared
            .push(is_asked.then(|| Prepared::of(&self.asked, table)));
        let prepared = self.prepared.last()?.as_ref()?;
        self.records = self.records.saturating_add(table.shown());
        let range = match (self.asked.window, self.asked.compared) {
            (Some(window), Some(compared)) => Some(window.union(compared)),
            (window, _) => window,
        };
        let narrowed = columns::narrowed(plan, &prepared.fields, table);
        let query = Query::groups(&[table.facts.id], Vec::new(), Vec::new())
            .within(range, &self.question.filter)
            .filter(narrowed.expr);
        let by_columns = narrowed.exact
            && prepared.need == Need::Never
            && self.asked.pattern.is_none()
            && self.asked.compared.is_none();
        let grouped = plan
            .grouping()
            .filter(|_| by_columns)
            .and_then(|grouping| Grouped::of(grouping, &prepared.fields, table, query.clone()));
        let selection = Selection::new(query);
        Some(match grouped {
            Some(grouped) => Way::Groups(Box::new(Run::new(grouped.query.clone(), 0)), Box::new(grouped)),
            None => Way::Rows {
                selection: Box::new(selection),
                rows: None,
            },
        })
    }

    /// A row come to in its table: looked at at once, or put with those whose texts are to be read.
    fn first_look(&mut self, ground: &Ground<'_>, at: At) {
        let Some((_, segment)) = at.of(ground.shard) else {
            return;
        };
        let row = at.row as usize;
        if segment.is_sum(row) {
            self.piece.unlisted = self.piece.unlisted.saturating_add(segment.weight(row));
            return;
        }
        let need = self.need(at.table);
        let origin = segment.origin(row);
        let Some((item, _)) = ground.members.get(&origin.member) else {
            return;
        };
        match need {
            Need::Now if origin.len > 0 => self.texts.entry(*item).or_default().push(at),
            Need::Now => {
                self.piece.textless += 1;
                self.look(ground, at, None);
            }
            Need::Never | Need::Late => self.push(ground, at, None),
        }
    }

    fn need(&self, table: u16) -> Need {
        let prepared = self.prepared.get(usize::from(table)).and_then(Option::as_ref);
        prepared.map_or(Need::Never, |p| p.need)
    }

    /// Looks at a row of which the original text is asked; where there is none, its fields stand for it.
    fn look(&mut self, ground: &Ground<'_>, at: At, text: Option<&[u8]>) {
        let message = match text {
            Some(text) => String::from_utf8_lossy(text),
            None => match at.place(ground) {
                Some(place) => record::written(&place).into(),
                None => return,
            },
        };
        if let Some(pattern) = &self.asked.pattern {
            let line = message.trim_end_matches(['\n', '\r']);
            if !record::with_text(line, true, |text| record::takes(pattern, text)) {
                return;
            }
        }
        self.push(ground, at, Some(&message));
    }

    /// Pushes a row into the plan, with its text if that is at hand.
    fn push(&mut self, ground: &Ground<'_>, at: At, message: Option<&str>) {
        let Some(place) = at.place(ground) else { return };
        let Some(prepared) = self.prepared.get(usize::from(at.table)).and_then(Option::as_ref) else {
            return;
        };
        let Some(order) = order_of(ground, &place, prepared.time) else {
            return;
        };
        let inside = |range: Option<TimeRange>| range.is_none_or(|r| r.contains(order.time));
        let (plan, part) = (&self.asked.plan, &mut self.piece.part);
        let compared = self.asked.compared.is_some() && inside(self.asked.compared);
        let in_window = inside(self.asked.window);
        let mut push = |text: Option<record::Text<'_>>| {
            let row = record::Asked {
                place,
                fields: &prepared.fields,
                text,
            };
            if in_window {
                plan.push(part, &row, order);
            }
            if compared {
                plan.push_compared(part, &row, order);
            }
        };
        match message {
            Some(message) => record::with_text(message, prepared.as_json, |text| push(Some(text))),
            None => push(None),
        }
    }

    /// Brings what was left out to a row that was kept.
    fn fill(&mut self, ground: &Ground<'_>, at: At, text: Option<&[u8]>) {
        let Some(place) = at.place(ground) else { return };
        let Some(prepared) = self.prepared.get(usize::from(at.table)).and_then(Option::as_ref) else {
            return;
        };
        let Some(order) = order_of(ground, &place, prepared.time) else {
            return;
        };
        let message = match text {
            Some(text) => String::from_utf8_lossy(text),
            None => record::written(&place).into(),
        };
        let (plan, part) = (&self.asked.plan, &mut self.piece.part);
        record::with_text(&message, prepared.as_json, |text| {
            let row = record::Asked {
                place,
                fields: &prepared.fields,
                text: Some(text),
            };
            plan.fill(part, order, &row);
        });
    }

    fn after_columns(&mut self, ground: &Ground<'_>) -> Turn {
        let wanted = std::mem::take(&mut self.texts);
        match wanted.is_empty() {
            true => self.then_fill(ground),
            false => self.read_again(wanted, false),
        }
    }

    fn read_again(&mut self, wanted: Wanted, fills: bool) -> Turn {
        self.of += wanted.values().map(|rows| rows.len() as u64).sum::<u64>();
        let reading = Reading::of(wanted);
        self.phase = Phase::Reading { reading, fills };
        Turn::More
    }

    /// The texts of the rows that were kept are read, where they were left out.
    fn then_fill(&mut self, ground: &Ground<'_>) -> Turn {
        if !(0..).zip(&self.prepared).any(|(t, _)| self.need(t) == Need::Late) {
            return self.end();
        }
        let kept: FastSet<u128> = (self.piece.part.kept().iter()).map(|o| o.place).collect();
        let mut wanted = Wanted::default();
        let mut textless = Vec::new();
        for (table_at, table) in (0u16..).zip(&ground.shard.tables) {
            if kept.is_empty() || self.need(table_at) != Need::Late {
                continue;
            }
            for (segment_at, segment) in (0u32..).zip(&table.segments) {
                for row in 0..segment.rows {
                    let origin = segment.origin(row);
                    let Some((item, index)) = ground.members.get(&origin.member) else {
                        continue;
                    };
                    if !kept.contains(&place(*item, *index, origin.offset)) {
                        continue;
                    }
                    let at = At {
                        table: table_at,
                        segment: segment_at,
                        row: row as u32,
                    };
                    match origin.len {
                        0 => textless.push(at),
                        _ => wanted.entry(*item).or_default().push(at),
                    }
                }
            }
        }
        for at in textless {
            self.piece.textless += 1;
            self.fill(ground, at, None);
        }
        match wanted.is_empty() {
            true => self.end(),
            false => self.read_again(wanted, true),
        }
    }

    fn step_reading(&mut self, ground: &Ground<'_>) -> Turn {
        let Phase::Reading { reading, fills } = &mut self.phase else {
            return Turn::More;
        };
        let fills = *fills;
        let mut came = Vec::new();
        let read = reading.step(self.id, ground, &mut |at, text| came.push((at, text)));
        self.piece.unread += reading.take_unread();
        for (at, text) in came {
            match fills {
                true => self.fill(ground, at, Some(&text)),
                false => self.look(ground, at, Some(&text)),
            }
        }
        match read {
            Read::Came(texts) => {
                self.read += texts;
                Turn::More
            }
            Read::Wants(items) => Turn::Wants(items),
            Read::Waits => Turn::Waits,
            Read::Over if fills => self.end(),
            Read::Over => self.then_fill(ground),
        }
    }

    fn finished(&self) -> Piece {
        let mut piece = self.piece.clone();
        piece.part.scanned = self.records;
        piece
    }

    fn end(&mut self) -> Turn {
        Turn::Done(postcard::to_stdvec(&self.finished()).unwrap_or_default())
    }
}

impl Prepared {
    fn of(asked: &Asked, table: &Table) -> Prepared {
        let names = &asked.plan.needs().fields;
        let fields: Vec<From> = names.iter().map(|name| From::of(table, name)).collect();
        let late = asked.plan.late();
        let of_text = |late_ones: bool| {
            let fields = fields.iter().enumerate();
            fields
                .filter(move |(at, _)| late.contains(at) == late_ones)
                .any(|(_, f)| f.is_of_text())
        };
        let need = match (of_text(false) || asked.pattern.is_some(), of_text(true)) {
            (true, _) => Need::Now,
            (false, true) => Need::Late,
            (false, false) => Need::Never,
        };
        Prepared {
            need,
            as_json: fields.iter().any(|f| matches!(f, From::Json(_))),
            fields,
            time: table.role(Role::Time),
        }
    }
}

/// Where a row stands among all; `None` where what it came from was closed meanwhile.
fn order_of(ground: &Ground<'_>, at: &Place<'_>, time: Option<usize>) -> Option<Order> {
    let origin = at.segment.origin(at.row);
    let (item, index) = ground.members.get(&origin.member)?;
    let time = match time.and_then(|field| at.segment.column(field)) {
        Some(Column::Ints(times)) => Some(times.get(at.row)).filter(|t| *t != ABSENT_INT),
        _ => None,
    };
    Some(Order {
        time: time.unwrap_or(i64::MIN),
        place: place(*item, *index, origin.offset),
    })
}
