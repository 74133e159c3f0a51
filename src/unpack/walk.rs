//! The walk through one item: a stack of open containers and what is done next.

use super::archive::Next;
use super::error::{ErrorKind, UnpackError};
use super::hashing::Hashing;
use super::places::Places;
use super::sniff::{self, Found};
use super::stack::{self, Body, Ctx, Fault, Flow, Layer, Lies};
use super::{ByteSource, CHUNK, Limits, MemberEnd, MemberHead, Step};

/// Goes through the members of one item. See the [module](super).
pub struct Walk {
    name: String,
    layers: Vec<Layer>,
    ctx: Ctx,
    state: State,
    given: Given,
    /// Where in the source it begins.
    from: u64,
    /// The index the next member gets.
    index: u64,
    /// Path of the member at hand.
    path: String,
    /// Bytes of it given out.
    member_bytes: u64,
    /// Bytes of all members given out.
    unpacked: u64,
}

/// Which members are given out; the others are passed over as cheaply as their containers allow.
#[derive(Clone, Copy)]
enum Given {
    All,
    /// The one of this index; the walk is done after it.
    Only(u64),
    /// Every `of`-th, from the `nth` on.
    Every {
        nth: u64,
        of: u64,
    },
}

enum State {
    /// What is the stream on top?
    Sniff,
    /// It is a member.
    Begin,
    Data,
    End(Option<Fault>),
    /// Something is wrong with a container as a whole.
    Report(Fault),
    /// The archive on top has another entry, or not.
    NextEntry,
    Hash,
    Done(Option<[u8; 32]>),
}

/// Bytes read and unpacked in one call, about.
const WORK: u64 = CHUNK as u64;
/// What doing nothing counts for, so that a million empty entries do not pass in one call.
const WORK_OF_A_LOOK: u64 = 256;
/// Hashing is all that is left to do: more of it fits into a call (bytes).
const HASH_SLICE: u64 = 1 << 20;

impl Walk {
    /// A walk through what `source` holds; `name` is the item's own, with the folders it came in.
    pub fn new(name: &str, source: Box<dyn ByteSource>, limits: Limits) -> Walk {
        let source = Hashing::new(source);
        let until = source.len();
        Walk {
            name: name.to_owned(),
            layers: vec![Layer::new(Body::Source { at: 0 })],
            ctx: Ctx {
                source,
                limits,
                work: 0,
                until,
                reached: 0,
                scratch: Vec::new(),
                places: None,
            },
            state: State::Sniff,
            given: Given::All,
            from: 0,
            index: 0,
            path: String::new(),
            member_bytes: 0,
            unpacked: 0,
        }
    }

    /// Gives out the member of this index alone, passes over the others as cheaply as their containers allow, and is
    /// done after it. Does not hash.
    pub fn only(self, index: u64) -> Walk {
        Walk {
            given: Given::Only(index),
            ..self.without_hash()
        }
    }

    /// Gives out every `of`-th member, from the `nth` on, with the indexes that they have among all.
    pub fn every(self, nth: u64, of: u64) -> Walk {
        let given = Given::Every { nth, of: of.max(1) };
        Walk { given, ..self }
    }

    /// Gives out a part of an item that is no container (see [`Splits::Anywhere`](super::Splits)): its bytes between
    /// these.
    pub fn within(mut self, from: u64, until: u64) -> Walk {
        self.ctx.until = until.min(self.ctx.source.len());
        self.ctx.reached = from;
        self.from = from;
        self.layers = vec![Layer::new(Body::Source { at: from })];
        self.state = State::Begin;
        self
    }

    /// Does not hash; [`Step::Done`] comes at once after the last member.
    pub fn without_hash(mut self) -> Walk {
        self.ctx.source = self.ctx.source.without_hash();
        self
    }

    /// Leaves the hash to others; reading costs nothing more than the source does.
    pub fn leave_hash(&mut self) {
        self.ctx.source.leave_hash();
    }

    /// Hashes after all, when the last member is done: the next steps do, and [`Step::Done`] comes again.
    pub fn hash_anew(&mut self) {
        self.ctx.source.hash_anew();
        self.state = State::Hash;
    }

    /// Notes where the members lie, so that [`Reread`](super::Reread) finds any part of them.
    pub fn noting(mut self, places: Places) -> Walk {
        places.begin_item(self.ctx.source.len());
        self.ctx.places = Some(places);
        self
    }

    /// Bytes of the source that are done with; never falls, never above [`Walk::bytes_total`].
    pub fn progress(&self) -> u64 {
        match self.state {
            State::Done(_) => self.bytes_total(),
            _ => self.ctx.reached.saturating_sub(self.from).min(self.bytes_total()),
        }
    }

    /// Bytes of the source that the walk goes through.
    pub fn bytes_total(&self) -> u64 {
        self.ctx.until.saturating_sub(self.from)
    }

    /// Bytes given out of the member that is open, or of the last one.
    pub fn member_bytes(&self) -> u64 {
        self.member_bytes
    }

    /// Does one bounded piece of work. `out` is emptied and, for [`Step::Data`], filled.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Step {
        out.clear();
        self.ctx.work = 0;
        loop {
            if let Some(step) = self.advance(out) {
                return step;
            }
            self.ctx.work += WORK_OF_A_LOOK;
            if self.ctx.work >= WORK && out.is_empty() {
                return Step::Working;
            }
        }
    }

    fn advance(&mut self, out: &mut Vec<u8>) -> Option<Step> {
        match &mut self.state {
            State::Sniff => {
                if stack::peek(&mut self.layers, &mut self.ctx, sniff::HEAD) {
                    self.sniff();
                }
                None
            }
            State::Begin => self.begin(),
            State::Data => self.data(out),
            State::End(fault) => {
                let fault = fault.take();
                let error = fault.as_ref().map(|f| self.error(f, self.path.clone()));
                if let Some(places) = &self.ctx.places {
                    places.end(self.index - 1);
                }
                self.unwind(fault.as_ref());
                Some(Step::End(MemberEnd {
                    bytes: self.member_bytes,
                    error,
                }))
            }
            State::Report(fault) => {
                let fault = fault.clone();
                self.report(fault)
            }
            State::NextEntry => {
                self.next_entry();
                None
            }
            State::Hash => {
                self.hash();
                Some(Step::Working)
            }
            State::Done(sha256) => Some(Step::Done { sha256: *sha256 }),
        }
    }

    /// The stream on top shows its first bytes.
    fn sniff(&mut self) {
        let level = self.layers.len() - 1;
        let Some(top) = self.layers.last_mut() else { return };
        let in_archive = matches!(top.body, Body::Archive(_));
        self.state = State::Begin;
        let refuse = |top: &mut Layer, kind| {
            let container = top.name();
            top.refuse(Fault {
                alive: true,
                ..Fault::new(level, container, kind, 0)
            });
        };
        match sniff::sniff(top.head(), level == 0, in_archive) {
            Found::Container(_) if level >= self.ctx.limits.depth => {
                refuse(
                    top,
                    ErrorKind::TooDeep {
                        limit: self.ctx.limits.depth,
                    },
                );
            }
            Found::Container(mut body) => {
                self.state = if matches!(body, Body::Archive(_)) {
                    State::NextEntry
                } else {
                    State::Sniff
                };
                if let Body::Decoder(decoder) = &mut body
                    && let Some(places) = &self.ctx.places
                    && let Some(Lies::Plain(at)) = stack::lies(&self.layers)
                {
                    decoder.keep_marks(at, places);
                }
                self.layers.push(Layer::new(body));
            }
            Found::Refused(kind) => refuse(top, kind),
            Found::AppleDouble => self.state = State::NextEntry,
            Found::Leaf => {}
        }
    }

    fn begin(&mut self) -> Option<Step> {
        if self.index >= self.ctx.limits.members {
            let limit = self.ctx.limits.members;
            self.state = State::Report(self.stop(ErrorKind::TooManyMembers { limit }));
            return None;
        }
        if !self.takes_next() {
            self.unwind(None);
            return None;
        }
        self.path = self.path_of(self.layers.len());
        self.state = State::Data;
        if let (Some(places), Some(lies)) = (&self.ctx.places, stack::lies(&self.layers)) {
            places.begin(self.index - 1, lies);
        }
        let size_hint = match self.layers.last() {
            Some(Layer {
                body: Body::Source { .. },
                ..
            }) => Some(self.ctx.source.len()),
            Some(layer) => layer.size,
            None => None,
        };
        Some(self.head(self.layers.len(), size_hint))
    }

    /// Counts a member: is it one to be given out?
    fn takes_next(&mut self) -> bool {
        self.index += 1;
        let index = self.index - 1;
        match self.given {
            Given::All => true,
            Given::Only(only) => only == index,
            Given::Every { nth, of } => index % of == nth,
        }
    }

    fn head(&mut self, layers: usize, size_hint: Option<u64>) -> Step {
        self.member_bytes = 0;
        Step::Begin(MemberHead {
            index: self.index - 1,
            path: self.path.clone(),
            containers: self.layers.iter().take(layers).skip(1).map(Layer::name).collect(),
            size_hint,
        })
    }

    fn data(&mut self, out: &mut Vec<u8>) -> Option<Step> {
        let before = out.len();
        let flow = stack::read(&mut self.layers, &mut self.ctx, out, CHUNK.saturating_sub(before));
        let new = (out.len() - before) as u64;
        self.member_bytes += new;
        if let Some(places) = &self.ctx.places {
            // What lies there plain lies there as a whole, whoever reads it.
            let known = match self.layers.as_slice() {
                [_] => self.ctx.source.len(),
                _ => self.member_bytes,
            };
            places.grew(self.index - 1, known);
        }
        self.unpacked += new;
        let Limits {
            unpacked_bytes,
            ratio,
            ratio_from_bytes,
            ..
        } = self.ctx.limits;
        let allowed = self.ctx.reached.max(1).saturating_mul(ratio);
        let full = match flow {
            _ if self.unpacked > unpacked_bytes => {
                self.state = State::End(Some(self.stop(ErrorKind::TooLarge {
                    limit: unpacked_bytes,
                })));
                true
            }
            _ if self.unpacked > ratio_from_bytes && self.unpacked > allowed => {
                self.state = State::End(Some(self.stop(ErrorKind::TooDense { limit: ratio })));
                true
            }
            Ok(Flow::More) => out.len() >= CHUNK / 2 || self.ctx.work >= WORK,
            Ok(Flow::End) => {
                self.state = State::End(None);
                true
            }
            Err(fault) => {
                self.state = State::End(Some(fault));
                true
            }
        };
        (full && !out.is_empty()).then_some(Step::Data)
    }

    /// A fault of the item itself: nothing goes on after it.
    fn stop(&self, kind: ErrorKind) -> Fault {
        Fault::new(0, "file", kind, self.ctx.reached)
    }

    fn next_entry(&mut self) {
        let Some((top, below)) = self.layers.split_last_mut() else {
            self.state = State::Hash;
            return;
        };
        let Body::Archive(archive) = &mut top.body else {
            self.unwind(None);
            return;
        };
        match archive.next_entry(below, &mut self.ctx) {
            Ok(Next::Again) => {}
            Ok(Next::Entry { path, size, fault }) => {
                top.begin_entry(path, size, fault, self.index);
                self.state = State::Sniff;
            }
            Ok(Next::End) => {
                self.layers.pop();
                self.unwind(None);
            }
            // Whether an entry's members are given out or passed over, the same members are counted.
            Err(fault) if fault.in_entry && self.index > top.members_before => self.unwind(Some(&fault)),
            Err(fault) => self.state = State::Report(fault),
        }
    }

    /// An empty member that carries what is wrong with a container.
    fn report(&mut self, fault: Fault) -> Option<Step> {
        if !self.takes_next() {
            self.unwind(Some(&fault));
            return None;
        }
        self.path = self.path_of(fault.level);
        let head = self.head(fault.level + 1, None);
        self.state = State::End(Some(fault));
        Some(head)
    }

    /// Leaves what has ended or failed, down to the archive that may have another entry.
    fn unwind(&mut self, fault: Option<&Fault>) {
        if let Some(fault) = fault {
            self.layers.truncate(fault.level + usize::from(fault.alive));
        }
        while self
            .layers
            .last()
            .is_some_and(|top| !matches!(top.body, Body::Archive(_)))
        {
            self.layers.pop();
        }
        let given = matches!(self.given, Given::Only(only) if only < self.index);
        self.state = match self.layers.last() {
            Some(_) if !given => State::NextEntry,
            _ if self.ctx.source.is_hashing() => State::Hash,
            _ => State::Done(None),
        };
    }

    fn hash(&mut self) {
        match self.ctx.source.hash_more(HASH_SLICE) {
            Ok(true) => self.state = State::Done(self.ctx.source.finish().ok().flatten()),
            Ok(false) => self.ctx.reached = self.ctx.reached.max(self.ctx.source.hashed_bytes()),
            Err(_) => self.state = State::Done(None),
        }
    }

    /// The item's name and the entries at hand of the lowest `layers` layers.
    fn path_of(&self, layers: usize) -> String {
        let mut path = self.name.clone();
        for layer in self.layers.iter().take(layers) {
            if matches!(layer.body, Body::Archive(_)) {
                path.push('/');
                path.push_str(&layer.entry);
            }
        }
        path
    }

    fn error(&self, fault: &Fault, path: String) -> UnpackError {
        UnpackError {
            kind: fault.kind.clone(),
            container: fault.container,
            path,
            offset: fault.offset,
        }
    }
}
