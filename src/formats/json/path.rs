//! Wanted paths, compiled so that a walk asks one small table per key.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

/// A wanted path's position in the list that [`Paths::new`] was given.
pub type PathId = usize;

/// A place in the compiled paths. [`DEAD`] is where no wanted path leads.
pub(super) type Node = u32;
pub(super) const DEAD: Node = 0;

/// Compiled places beyond this are left out: only a made-up list of paths full of `*` comes near.
const MAX_NODES: usize = 1 << 16;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seg<'a> {
    Key(Cow<'a, str>),
    /// `[3]`
    Index(u32),
    /// A bare number: a key or an index, whatever is there.
    KeyOrIndex(&'a str, u32),
    /// `[]` or `[*]`
    AnyItem,
    /// `*`
    Any,
}

impl Seg<'_> {
    fn takes_key(&self, key: &[u8]) -> bool {
        match self {
            Seg::Key(k) => k.as_bytes() == key,
            Seg::KeyOrIndex(k, _) => k.as_bytes() == key,
            Seg::Any => true,
            Seg::Index(_) | Seg::AnyItem => false,
        }
    }

    fn takes_item(&self, index: u32) -> bool {
        match self {
            Seg::Index(i) | Seg::KeyOrIndex(_, i) => *i == index,
            Seg::Any | Seg::AnyItem => true,
            Seg::Key(_) => false,
        }
    }

    /// Does this step take more than one value of a container?
    pub(super) fn is_any(&self) -> bool {
        matches!(self, Seg::Any | Seg::AnyItem)
    }
}

/// Takes a path apart: `a.b[0].c`, `a[].b`, `a.*.b`, `a["odd.key"]`. A bracket that opens nothing is part of the name.
pub(super) fn segments(path: &str) -> Vec<Seg<'_>> {
    let mut out = Vec::new();
    let mut rest = path.strip_prefix("$.").unwrap_or(path);
    while !rest.is_empty() {
        if let Some((seg, after)) = bracket(rest) {
            out.push(seg);
            rest = after.strip_prefix('.').unwrap_or(after);
            continue;
        }
        // A leading bracket that opens nothing belongs to the name.
        let end = rest
            .char_indices()
            .position(|(i, c)| {
                c == '.' || (i > 0 && c == '[' && bracket(rest.get(i..).unwrap_or("")).is_some())
            })
            .and_then(|n| rest.char_indices().nth(n))
            .map_or(rest.len(), |(i, _)| i);
        let (name, after) = rest.split_at(end);
        out.push(match name.parse::<u32>() {
            Ok(i) => Seg::KeyOrIndex(name, i),
            Err(_) if name == "*" => Seg::Any,
            Err(_) => Seg::Key(Cow::Borrowed(name)),
        });
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    out
}

fn bracket(text: &str) -> Option<(Seg<'_>, &str)> {
    let inner = text.strip_prefix('[')?;
    for quote in ['"', '\''] {
        if let Some(quoted) = inner.strip_prefix(quote) {
            let end = quoted.find(quote)?;
            let (name, after) = quoted.split_at(end);
            let after = after.strip_prefix(quote)?.strip_prefix(']')?;
            return Some((Seg::Key(Cow::Borrowed(name)), after));
        }
    }
    let (name, after) = inner.split_once(']')?;
    let seg = match name {
        "" | "*" => Seg::AnyItem,
        number => Seg::Index(number.parse().ok()?),
    };
    Some((seg, after))
}

#[derive(Clone, Debug, Default)]
struct Place {
    /// The wanted paths that end here.
    ids: Vec<PathId>,
    keys: Vec<(Box<[u8]>, Node)>,
    /// Open-addressed index of `keys`: position + 1, 0 is free. A power of two, or empty without keys.
    slots: Box<[u16]>,
    items: Vec<(u32, Node)>,
    any_key: Node,
    any_item: Node,
}

/// A set of wanted paths. See [`Paths::new`] for how they are written. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Paths {
    places: Arc<[Place]>,
    len: usize,
}

/// Compiled sets that a thread remembers: readers of a kind want the same paths for every one of 100,000 files.
const REMEMBERED: usize = 32;

thread_local! {
    static COMPILED: RefCell<Vec<(String, Paths)>> = const { RefCell::new(Vec::new()) };
}

impl Paths {
    pub(super) const ROOT: Node = 1;

    /// Compiles wanted paths. Names are separated by dots; `[2]` or `.2` is an item of an array, `[]` (or `[*]`) any
    /// item, `*` any item or key, `["odd.key"]` a name with dots or brackets in it. The empty path is the value itself.
    pub fn new<T: AsRef<str>>(paths: &[T]) -> Paths {
        let mut key = String::with_capacity(paths.len() * 32);
        for path in paths {
            key.push_str(path.as_ref());
            key.push('\n');
        }
        COMPILED.with_borrow_mut(|compiled| {
            if let Some((_, known)) = compiled.iter().find(|(k, _)| *k == key) {
                return known.clone();
            }
            let new = Paths::compile(paths);
            if compiled.len() >= REMEMBERED {
                compiled.remove(0);
            }
            compiled.push((key, new.clone()));
            new
        })
    }

    fn compile<T: AsRef<str>>(paths: &[T]) -> Paths {
        let parsed: Vec<Vec<Seg<'_>>> = paths.iter().map(|p| segments(p.as_ref())).collect();
        let all: Vec<(PathId, &[Seg<'_>])> = parsed.iter().enumerate().map(|(i, s)| (i, &s[..])).collect();
        let mut places = vec![Place::default()];
        compile_place(&mut places, &all);
        Paths {
            places: places.into(),
            len: paths.len(),
        }
    }

    /// How many paths are wanted.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn at(&self, node: Node) -> Option<&Place> {
        self.places.get(node as usize)
    }

    /// Where a key leads. `key` is unescaped.
    #[inline]
    pub(super) fn key(&self, node: Node, key: &[u8]) -> Node {
        match self.at(node) {
            Some(place) if node != DEAD => place.find(key).unwrap_or(place.any_key),
            _ => DEAD,
        }
    }

    /// Where an item of an array leads.
    #[inline]
    pub(super) fn item(&self, node: Node, index: u32) -> Node {
        match self.at(node) {
            Some(place) if node != DEAD => place
                .items
                .iter()
                .find(|&&(i, _)| i == index)
                .map_or(place.any_item, |&(_, to)| to),
            _ => DEAD,
        }
    }

    /// The wanted paths that end here.
    #[inline]
    pub(super) fn ids(&self, node: Node) -> &[PathId] {
        self.at(node).map_or(&[], |p| &p.ids)
    }

    /// Does a wanted path go on below a key of this place?
    pub(super) fn goes_on(&self, node: Node) -> bool {
        self.at(node)
            .is_some_and(|p| !p.keys.is_empty() || p.any_key != DEAD)
    }
}

/// Compiles the place that all these paths have reached; each stands with the steps it still has to go.
fn compile_place(places: &mut Vec<Place>, paths: &[(PathId, &[Seg<'_>])]) -> Node {
    if paths.is_empty() || places.len() >= MAX_NODES {
        return DEAD;
    }
    let node = places.len() as Node;
    places.push(Place::default());
    let mut place = Place {
        ids: paths
            .iter()
            .filter(|(_, s)| s.is_empty())
            .map(|&(id, _)| id)
            .collect(),
        ..Place::default()
    };
    let onward = |takes: &dyn Fn(&Seg<'_>) -> bool| -> Vec<_> {
        paths
            .iter()
            .filter_map(|&(id, s)| {
                s.split_first()
                    .filter(|(first, _)| takes(first))
                    .map(|(_, rest)| (id, rest))
            })
            .collect()
    };
    for (_, segs) in paths {
        match segs.first() {
            Some(Seg::Key(k)) => place.want_key(k.as_bytes()),
            Some(Seg::KeyOrIndex(k, i)) => {
                place.want_key(k.as_bytes());
                place.want_item(*i);
            }
            Some(Seg::Index(i)) => place.want_item(*i),
            _ => {}
        }
    }
    for (key, to) in &mut place.keys {
        *to = compile_place(places, &onward(&|s| s.takes_key(key)));
    }
    for (index, to) in &mut place.items {
        *to = compile_place(places, &onward(&|s| s.takes_item(*index)));
    }
    place.any_key = compile_place(places, &onward(&|s| matches!(s, Seg::Any)));
    place.any_item = compile_place(places, &onward(&|s| s.is_any()));
    place.index();
    if let Some(slot) = places.get_mut(node as usize) {
        *slot = place;
    }
    node
}

impl Place {
    fn want_key(&mut self, key: &[u8]) {
        if self.keys.len() < usize::from(u16::MAX) && !self.keys.iter().any(|(k, _)| **k == *key) {
            self.keys.push((key.into(), DEAD));
        }
    }

    fn want_item(&mut self, index: u32) {
        if !self.items.iter().any(|&(i, _)| i == index) {
            self.items.push((index, DEAD));
        }
    }

    fn index(&mut self) {
        if self.keys.is_empty() {
            return;
        }
        let size = (self.keys.len() * 4).next_power_of_two();
        let mut slots = vec![0u16; size].into_boxed_slice();
        for (n, (key, _)) in self.keys.iter().enumerate() {
            let mut at = spread(key) & (size - 1);
            while slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = n as u16 + 1;
        }
        self.slots = slots;
    }

    #[inline]
    fn find(&self, key: &[u8]) -> Option<Node> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = spread(key) & mask;
        loop {
            let n = usize::from(*self.slots.get(at)?).checked_sub(1)?;
            if let Some((k, to)) = self.keys.get(n)
                && **k == *key
            {
                return Some(*to);
            }
            at = (at + 1) & mask;
        }
    }
}

/// Mixes the length and three bytes of a key: enough to tell the few dozen keys of a place apart.
#[inline]
fn spread(key: &[u8]) -> usize {
    let byte = |i: usize| key.get(i).map_or(0, |&b| usize::from(b));
    let n = key.len();
    n.wrapping_mul(31) ^ byte(0) ^ (byte(n / 2) << 2) ^ (byte(n.wrapping_sub(1)) << 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        use Seg::*;
        let key = |s: &'static str| Key(Cow::Borrowed(s));
        assert_eq!(segments("a.b"), [key("a"), key("b")]);
        assert_eq!(segments("$.a[].b[*]"), [key("a"), AnyItem, key("b"), AnyItem]);
        assert_eq!(segments("a[2].3"), [key("a"), Index(2), KeyOrIndex("3", 3)]);
        assert_eq!(segments("*.b"), [Any, key("b")]);
        assert_eq!(
            segments("a[\"x.y\"].z['q']"),
            [key("a"), key("x.y"), key("z"), key("q")]
        );
        assert_eq!(segments("é[x.[y"), [key("é[x"), key("[y")]);
        assert_eq!(segments(""), []);
    }

    #[test]
    fn a_specific_key_also_leads_where_any_key_leads() {
        let p = Paths::new(&["a.x", "*.y", "a[0].z", "a[].z"]);
        let a = p.key(Paths::ROOT, b"a");
        assert_eq!(p.ids(p.key(a, b"x")), [0]);
        assert_eq!(p.ids(p.key(a, b"y")), [1]);
        assert_eq!(p.ids(p.key(p.key(Paths::ROOT, b"other"), b"y")), [1]);
        assert_eq!(p.ids(p.key(p.item(a, 0), b"z")), [2, 3]);
        assert_eq!(p.ids(p.key(p.item(a, 7), b"z")), [3]);
        assert_eq!(p.key(DEAD, b"a"), DEAD);
    }
}
