//! Events as rows of named values: the console's CSV and CloudTrail Lake results, where nested values arrive as
//! `{k=v, k2={…}}` and names are what the query or the console called them.

use super::derive::{Identity, RESOURCE_PARAMETERS, Resources, SIGN_INS, outcome};
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldType, time};
use crate::formats::json::{self, Kind, Raw};
use crate::table::RowSink;

/// Structs inside structs, at most.
const MAX_DEPTH: usize = 16;
/// Columns that are no known field and are kept under their own names, at most.
const MAX_NEW_FIELDS: usize = 200;

/// Names that the console and the API give to fields, as [`plain`] leaves them.
const SYNONYMS: &[(&str, &str)] = &[
    ("username", "userIdentity.userName"),
    ("user", "userIdentity.userName"),
    ("accesskeyid", "userIdentity.accessKeyId"),
    ("awsaccesskey", "userIdentity.accessKeyId"),
    ("accesskey", "userIdentity.accessKeyId"),
    ("principalid", "userIdentity.principalId"),
    ("useridentitytype", "userIdentity.type"),
    ("useridentityarn", "userIdentity.arn"),
    ("accountid", "recipientAccountId"),
    ("awsaccount", "recipientAccountId"),
    ("region", "awsRegion"),
    ("sourceipaddress", "sourceIPAddress"),
    ("sourceip", "sourceIPAddress"),
    ("resourcetype", "resources.type"),
    ("resourcename", "resource"),
    (
        "mfaauthenticated",
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
    ),
];

/// Columns that hold whole structs, in AWS's spelling: a query may have written them in any case.
const STRUCTS: &[&str] = &[
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "resources",
    "serviceEventDetails",
    "insightDetails",
    "tlsDetails",
    "addendum",
];

/// `Event name`, `event_name` and `eventName` are one name.
pub fn plain(name: &[u8]) -> Vec<u8> {
    name.iter()
        .filter(|b| !matches!(b, b' ' | b'_' | b'-' | b'"'))
        .map(u8::to_ascii_lowercase)
        .collect()
}

/// Turns named values into cells.
pub struct Named {
    /// By [`plain`] name or path.
    fields: FastMap<Vec<u8>, (usize, FieldType)>,
    parameters: FastMap<Vec<u8>, usize>,
    new_fields: FastMap<Vec<u8>, usize>,
    places: Places,
    resources: Resources,
    resource_types: Vec<Vec<u8>>,
    values: Vec<(Vec<u8>, Vec<u8>)>,
    /// Rows whose time could not be read.
    bad_times: u64,
}

struct Places {
    principal: usize,
    resource: usize,
    outcome: usize,
    resource_type: usize,
    account: usize,
}

impl Named {
    pub fn new(facts: &'static Facts) -> Self {
        let at = |name: &str| facts.field(name).unwrap_or_default();
        let mut fields: FastMap<Vec<u8>, (usize, FieldType)> = FastMap::default();
        for (n, f) in facts.fields.iter().enumerate() {
            fields.insert(plain(f.name.as_bytes()), (n, f.ty));
        }
        for (synonym, name) in SYNONYMS {
            if let Some(f) = facts.fields.get(at(name)) {
                fields.insert(synonym.as_bytes().to_vec(), (at(name), f.ty));
            }
        }
        let parameter = |(n, p): (usize, &&str)| (plain(format!("requestParameters.{p}").as_bytes()), n);
        Named {
            fields,
            parameters: RESOURCE_PARAMETERS.iter().enumerate().map(parameter).collect(),
            new_fields: FastMap::default(),
            places: Places {
                principal: at("principal"),
                resource: at("resource"),
                outcome: at("outcome"),
                resource_type: at("resources.type"),
                account: at("recipientAccountId"),
            },
            resources: Resources::default(),
            resource_types: Vec::new(),
            values: Vec::new(),
            bad_times: 0,
        }
    }

    /// Sets the cells of a row; false when it has no value at all.
    pub fn row(&mut self, cells: &[(&[u8], &[u8])], sink: &mut RowSink<'_>) -> bool {
        self.resources.clear();
        self.resource_types.clear();
        self.values.clear();
        let mut any = false;
        for &(name, value) in cells {
            let value = value.trim_ascii();
            if matches!(value, b"" | b"-" | b"null") {
                continue;
            }
            any = true;
            let known = self.values.len();
            spread(plain(name), value, 0, &mut self.values);
            let own = self.values.get(known).is_some_and(|(n, _)| self.is_known(n));
            // A column that is nothing we know is kept as it is, and so is one that holds a struct.
            if !own
                && !name.is_empty()
                && let Some(field) = self.new_field(name, sink)
            {
                sink.text(field, value);
            }
        }
        let values = std::mem::take(&mut self.values);
        // ARNs first: a name that one of them ends with is not repeated.
        for (name, value) in &values {
            if name == b"resources.arn" {
                self.resources.add(value);
            }
        }
        for (name, value) in &values {
            self.cell(name, value, sink);
        }
        self.derive(&values, sink);
        if cells.iter().any(|(name, _)| plain(name) == b"errorcode") {
            self.set_outcome(&values, sink);
        }
        self.values = values;
        any
    }

    /// Says how many times could not be read.
    pub fn finish(&self, sink: &mut RowSink<'_>) {
        if self.bad_times > 0 {
            sink.stats
                .remarks
                .push(format!("the time could not be read in {} rows", self.bad_times));
        }
    }

    fn is_known(&self, name: &[u8]) -> bool {
        self.fields.contains_key(name)
    }

    fn new_field(&mut self, name: &[u8], sink: &mut RowSink<'_>) -> Option<usize> {
        if let Some(&field) = self.new_fields.get(name) {
            return Some(field);
        }
        if self.new_fields.len() >= MAX_NEW_FIELDS {
            return None;
        }
        let usual = STRUCTS.iter().find(|s| s.as_bytes().eq_ignore_ascii_case(name));
        let field = match usual {
            Some(usual) => sink.field(usual, FieldType::Text),
            None => sink.field(&String::from_utf8_lossy(name), FieldType::Text),
        };
        // A name that only differs in case from a typed field is none of ours to fill with text.
        if !sink.field_type(field).is_text() {
            return None;
        }
        self.new_fields.insert(name.to_vec(), field);
        Some(field)
    }

    fn cell(&mut self, name: &[u8], value: &[u8], sink: &mut RowSink<'_>) {
        if let Some(&parameter) = self.parameters.get(name) {
            self.resources.add_parameter(parameter, value);
        }
        let Some(&(field, ty)) = self.fields.get(name) else {
            return;
        };
        if field == self.places.resource {
            for item in value.split(|&b| b == b',') {
                self.resources.add(item.trim_ascii());
            }
            return;
        }
        let raw = Raw {
            kind: Kind::Number,
            bytes: value,
        };
        match ty {
            FieldType::Time => match time::parse_iso(value).or_else(|| raw.time()) {
                Some(t) => sink.int(field, t),
                None => self.bad_times += 1,
            },
            FieldType::Bool => match value.to_ascii_lowercase().as_slice() {
                b"true" | b"yes" => sink.bool(field, true),
                b"false" | b"no" => sink.bool(field, false),
                _ => {}
            },
            FieldType::Integer => {
                if let Some(i) = raw.int() {
                    sink.int(field, i);
                }
            }
            // No field of an event is money.
            FieldType::Decimal => {}
            FieldType::Float => {
                if let Some(x) = raw.float() {
                    sink.float(field, x);
                }
            }
            FieldType::List => {
                let items = value.split(|&b| b == b',').map(|item| item.trim_ascii().to_vec());
                if field == self.places.resource_type {
                    self.resource_types.extend(items);
                } else {
                    sink.list(field, &items.collect::<Vec<_>>());
                }
            }
            FieldType::Text | FieldType::Address => sink.text(field, value),
        }
    }

    /// Only where the error code was asked for: a column that is not there says nothing.
    fn set_outcome(&self, values: &[(Vec<u8>, Vec<u8>)], sink: &mut RowSink<'_>) {
        let get = |name: &[u8]| -> &[u8] {
            let found = values.iter().find(|(n, _)| n == name);
            found.map_or(&[], |(_, v)| v)
        };
        let event = get(b"eventname");
        let is_sign_in = SIGN_INS.iter().any(|name| name.as_bytes() == event);
        let answer = get(&[&b"responseelements."[..], &plain(event)].concat());
        let (code, message) = (get(b"errorcode"), get(b"errormessage"));
        // The console's sheet leaves out what a sign-in page answered.
        if is_sign_in && [code, message, answer].iter().all(|text| text.is_empty()) {
            return;
        }
        sink.text(self.places.outcome, outcome(code, message, answer));
    }

    fn derive(&mut self, values: &[(Vec<u8>, Vec<u8>)], sink: &mut RowSink<'_>) {
        let get = |names: &[&str]| -> &[u8] {
            let found = values
                .iter()
                .find(|(n, _)| names.iter().any(|name| n == name.as_bytes()));
            found.map_or(&[], |(_, v)| v)
        };
        let identity = Identity {
            kind: get(&["useridentity.type", "useridentitytype"]),
            user_name: get(&["useridentity.username", "username", "user"]),
            arn: get(&["useridentity.arn", "useridentityarn", "arn"]),
            principal_id: get(&["useridentity.principalid", "principalid"]),
            account_id: get(&["useridentity.accountid"]),
            invoked_by: get(&["useridentity.invokedby"]),
            issuer: get(&["useridentity.sessioncontext.sessionissuer.username"]),
        };
        let principal = identity.principal();
        if !principal.is_empty() && get(&["principal"]).is_empty() {
            sink.text(self.places.principal, &principal);
        }
        if !identity.account_id.is_empty() && get(&["recipientaccountid", "accountid"]).is_empty() {
            sink.text(self.places.account, identity.account_id);
        }
        sink.list(self.places.resource, self.resources.finish());
        sink.list(self.places.resource_type, &self.resource_types);
    }
}

/// Takes a value apart while it is a struct (`{a=1, b={c=2}}`), a JSON object, or a list of either; each leaf is kept
/// under its path, names in lower case.
fn spread(path: Vec<u8>, value: &[u8], depth: usize, out: &mut Vec<(Vec<u8>, Vec<u8>)>) {
    if depth < MAX_DEPTH {
        if let Some(list) = value.strip_prefix(b"[{").and_then(|v| v.strip_suffix(b"}]")) {
            // The brackets of the first and the last item were taken off with those of the list.
            let inner = [b"{", list, b"}"].concat();
            for item in split(&inner, |rest| rest.trim_ascii_start().starts_with(b"{")) {
                spread(path.clone(), item.trim_ascii(), depth + 1, out);
            }
            return;
        }
        let known = out.len();
        if value.starts_with(b"{\"") {
            json::members(value, &mut |name, value| {
                let below = [&path[..], b".", &plain(name)].concat();
                spread(below, &value.text().unwrap_or_default(), depth + 1, out);
            });
        } else if let Some(body) = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")) {
            for (name, value) in entries(body) {
                let below = [&path[..], b".", &plain(name)].concat();
                spread(below, value.trim_ascii(), depth + 1, out);
            }
        }
        if out.len() > known {
            return;
        }
    }
    if !matches!(value, b"" | b"null" | b"{}" | b"[]") {
        out.push((path, value.to_vec()));
    }
}

/// Splits at commas outside of brackets, where what follows may begin a part.
fn split<'a>(text: &'a [u8], begins: impl Fn(&'a [u8]) -> bool) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut open, mut from) = (0usize, 0);
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            b',' if open == 0 && begins(text.get(i + 1..).unwrap_or(&[])) => {
                parts.push(text.get(from..i).unwrap_or(&[]));
                from = i + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or(&[]));
    parts
}

/// `a=1, b={c=2, d=3}, e=x, y` → `a`: `1`, `b`: `{c=2, d=3}`, `e`: `x, y`. Nothing when it is not of this form.
fn entries(body: &[u8]) -> Vec<(&[u8], &[u8])> {
    // A comma separates only where a name and `=` follow.
    let parts = split(body, |rest| name_of(rest).is_some());
    parts
        .into_iter()
        .map(name_of)
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// `  name=value` → both, when the name looks like one.
fn name_of(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':' | b'.')))?;
    let (name, rest) = text.split_at(end);
    Some((name, rest.strip_prefix(b"=")?)).filter(|_| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_are_taken_apart() {
        let mut out = Vec::new();
        let value = b"{type=AssumedRole, invokedby=null, sessioncontext={attributes={mfaAuthenticated=false}, sessionissuer={userName=Ops}}, note=a, b}";
        spread(b"useridentity".to_vec(), value, 0, &mut out);
        let text: Vec<String> = out
            .iter()
            .map(|(n, v)| format!("{}={}", String::from_utf8_lossy(n), String::from_utf8_lossy(v)))
            .collect();
        assert_eq!(
            text,
            [
                "useridentity.type=AssumedRole",
                "useridentity.sessioncontext.attributes.mfaauthenticated=false",
                "useridentity.sessioncontext.sessionissuer.username=Ops",
                "useridentity.note=a, b",
            ]
        );
        // Anything else stays as it is, however deep.
        for other in ["{}", "{not a struct}", "[1, 2]", "plain", &"{a=".repeat(100_000)] {
            let mut out = Vec::new();
            spread(b"x".to_vec(), other.as_bytes(), 0, &mut out);
            assert!(out.len() <= 1);
        }
    }
}
