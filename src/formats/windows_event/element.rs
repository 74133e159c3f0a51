//! An event as a tree of elements, and how that is written as JSON.

/// An element of an event's XML.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Child>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum Child {
    Element(Element),
    Text(String),
    /// Digits of a whole number, where the log says that it is one.
    Number(String),
    /// A value of several texts.
    Items(Vec<String>),
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Writes an object of this one element, in the spelling of `evtx_dump -o json`: attributes under `#attributes`, text
    /// beside them under `#text`, and of `<Data Name="LogonType">3</Data>` no more than `"LogonType": "3"`. What repeats is
    /// an array.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        quoted(&self.name, out);
        out.push(b':');
        self.value(out);
        out.push(b'}');
    }

    fn value(&self, out: &mut Vec<u8>) {
        // The name of a datum is its key.
        let is_datum = self.is_datum();
        let attributes = self.attributes.iter().filter(|_| !is_datum);
        let has_elements = self.children.iter().any(|c| matches!(c, Child::Element(_)));
        if !has_elements && attributes.clone().next().is_none() {
            return self.text(out);
        }
        out.push(b'{');
        let mut separator = Separator(false);
        for (at, (name, value)) in attributes.enumerate() {
            if at == 0 {
                separator.before(out);
                out.extend_from_slice(b"\"#attributes\":{");
            } else {
                out.push(b',');
            }
            quoted(name, out);
            out.push(b':');
            quoted(value, out);
            if at + 1 == self.attributes.len() {
                out.push(b'}');
            }
        }
        let is_said = |c: &Child| match c {
            Child::Element(_) => false,
            Child::Text(text) => !text.trim().is_empty(),
            Child::Number(_) | Child::Items(_) => true,
        };
        if self.children.iter().any(is_said) {
            separator.before(out);
            out.extend_from_slice(b"\"#text\":");
            self.text(out);
        }
        for (key, of_key) in self.by_key() {
            separator.before(out);
            quoted(key, out);
            out.push(b':');
            match of_key.as_slice() {
                [one] => one.value(out),
                several => {
                    for (at, one) in several.iter().enumerate() {
                        out.push(if at == 0 { b'[' } else { b',' });
                        one.value(out);
                    }
                    out.push(b']');
                }
            }
        }
        out.push(b'}');
    }

    fn is_datum(&self) -> bool {
        self.name == "Data" && self.attributes.len() == 1 && self.attribute("Name").is_some()
    }

    fn key(&self) -> &str {
        match self.attribute("Name") {
            Some(name) if self.is_datum() => name,
            _ => &self.name,
        }
    }

    /// The elements inside, those of one key together, in the order in which each key comes first.
    fn by_key(&self) -> Vec<(&str, Vec<&Element>)> {
        let mut out: Vec<(&str, Vec<&Element>)> = Vec::new();
        let mut places = crate::base::hash::FastMap::default();
        for child in &self.children {
            if let Child::Element(element) = child {
                let key = element.key();
                let at = *places.entry(key).or_insert(out.len());
                match out.get_mut(at) {
                    Some((_, of_key)) => of_key.push(element),
                    None => out.push((key, vec![element])),
                }
            }
        }
        out
    }

    /// The text of the element itself: a number where that is all there is.
    fn text(&self, out: &mut Vec<u8>) {
        match self.children.as_slice() {
            [Child::Number(digits)] => return out.extend_from_slice(digits.as_bytes()),
            [Child::Items(items)] => {
                out.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    quoted(item, out);
                }
                return out.push(b']');
            }
            _ => {}
        }
        let mut text = String::new();
        for child in &self.children {
            match child {
                Child::Element(_) => {}
                Child::Text(more) | Child::Number(more) => text.push_str(more),
                Child::Items(items) => text.push_str(&items.join(", ")),
            }
        }
        let is_mixed = self.children.iter().any(|c| matches!(c, Child::Element(_)));
        quoted(if is_mixed { text.trim() } else { &text }, out);
    }
}

/// Commas between the members of an object.
struct Separator(bool);

impl Separator {
    fn before(&mut self, out: &mut Vec<u8>) {
        if std::mem::replace(&mut self.0, true) {
            out.push(b',');
        }
    }
}

/// Writes a JSON string.
pub(super) fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &b in text.as_bytes() {
        match b {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{b:04x}").as_bytes()),
            _ => out.push(b),
        }
    }
    out.push(b'"');
}

/// The element that is being put together, and those around it.
#[derive(Debug, Default)]
pub(super) struct Builder {
    open: Vec<Element>,
    /// The attribute whose value comes next.
    attribute: Option<String>,
    /// The first element that was complete and is in no other.
    pub root: Option<Element>,
}

impl Builder {
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    pub fn begin(&mut self, name: String) {
        self.attribute = None;
        self.open.push(Element {
            name,
            ..Element::default()
        });
    }

    /// The attribute that values which come next are of.
    pub fn attribute(&mut self, name: String) {
        if let Some(element) = self.open.last_mut() {
            element.attributes.push((name.clone(), String::new()));
            self.attribute = Some(name);
        }
    }

    /// No more attributes.
    pub fn content(&mut self) {
        self.attribute = None;
    }

    pub fn put(&mut self, child: Child) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        if self.attribute.is_none() {
            return element.children.push(child);
        }
        if let Some((_, value)) = element.attributes.last_mut() {
            match child {
                Child::Element(_) => {}
                Child::Text(text) | Child::Number(text) => value.push_str(&text),
                Child::Items(items) => value.push_str(&items.join(", ")),
            }
        }
    }

    /// The name of the element that is open.
    pub fn name(&self) -> Option<&str> {
        self.open.last().map(|e| e.name.as_str())
    }

    pub fn end(&mut self) {
        self.attribute = None;
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(around) => around.children.push(Child::Element(element)),
            None => {
                self.root.get_or_insert(element);
            }
        }
    }
}
