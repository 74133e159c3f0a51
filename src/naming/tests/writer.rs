//! Writes small MaxMind DBs, after the format's specification: 24-bit records, IPv6 with IPv4 below `::/96`.

use ipnet::IpNet;

pub(super) enum Data {
    Text(&'static str),
    U16(u16),
    U32(u32),
    U64(u64),
    Map(Vec<(&'static str, Data)>),
    List(Vec<Data>),
}

impl Data {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Data::Text(text) => {
                control(2, text.len(), out);
                out.extend(text.as_bytes());
            }
            Data::U16(n) => number(5, &n.to_be_bytes(), out),
            Data::U32(n) => number(6, &n.to_be_bytes(), out),
            Data::U64(n) => number(9, &n.to_be_bytes(), out),
            Data::Map(fields) => {
                control(7, fields.len(), out);
                for (key, value) in fields {
                    Data::Text(key).write(out);
                    value.write(out);
                }
            }
            Data::List(items) => {
                control(11, items.len(), out);
                items.iter().for_each(|item| item.write(out));
            }
        }
    }
}

fn number(ty: u8, bytes: &[u8], out: &mut Vec<u8>) {
    control(ty, bytes.len(), out);
    out.extend(bytes);
}

fn control(ty: u8, size: usize, out: &mut Vec<u8>) {
    let short = size.min(29) as u8;
    if ty > 7 {
        out.extend([short, ty - 7]);
    } else {
        out.push(ty << 5 | short);
    }
    if size >= 29 {
        out.push((size - 29) as u8);
    }
}

/// What a branch leads to.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Data(usize),
}

/// Networks lie apart from each other.
pub(super) fn database(ty: &'static str, nets: &[(&str, Data)]) -> Vec<u8> {
    let mut nodes = vec![[Branch::Nothing; 2]];
    let mut data = Vec::new();
    for (net, record) in nets {
        let (bits, len) = match net.parse().unwrap() {
            IpNet::V4(v4) => (u128::from(v4.network().to_bits()), 96 + v4.prefix_len()),
            IpNet::V6(v6) => (v6.network().to_bits(), v6.prefix_len()),
        };
        let mut at = 0;
        for depth in 0..len {
            let side = (bits >> (127 - depth) & 1) as usize;
            if depth + 1 == len {
                nodes[at][side] = Branch::Data(data.len());
            } else if let Branch::Node(next) = nodes[at][side] {
                at = next;
            } else {
                nodes.push([Branch::Nothing; 2]);
                nodes[at][side] = Branch::Node(nodes.len() - 1);
                at = nodes.len() - 1;
            }
        }
        record.write(&mut data);
    }
    let count = nodes.len();
    let mut out = Vec::new();
    for branch in nodes.into_iter().flatten() {
        let value = match branch {
            Branch::Nothing => count,
            Branch::Node(node) => node,
            Branch::Data(offset) => count + 16 + offset,
        };
        out.extend(&(value as u32).to_be_bytes()[1..]);
    }
    out.extend([0; 16]);
    out.extend(data);
    out.extend(super::super::mmdb::MARKER);
    let meta = Data::Map(vec![
        ("binary_format_major_version", Data::U16(2)),
        ("binary_format_minor_version", Data::U16(0)),
        ("build_epoch", Data::U64(1_700_000_000)),
        ("database_type", Data::Text(ty)),
        ("description", Data::Map(vec![("en", Data::Text("Example"))])),
        ("ip_version", Data::U16(6)),
        ("languages", Data::List(vec![Data::Text("en")])),
        ("node_count", Data::U32(count as u32)),
        ("record_size", Data::U16(24)),
    ]);
    meta.write(&mut out);
    out
}

pub(super) fn country(code: &'static str, name: &'static str) -> (&'static str, Data) {
    let names = Data::Map(vec![("de", Data::Text("anders")), ("en", Data::Text(name))]);
    (
        "country",
        Data::Map(vec![("iso_code", Data::Text(code)), ("names", names)]),
    )
}

pub(super) fn city_database() -> Vec<u8> {
    let city = Data::Map(vec![("names", Data::Map(vec![("en", Data::Text("Berlin"))]))]);
    let known = Data::Map(vec![country("DE", "Germany"), ("city", city)]);
    let registered = Data::Map(vec![("registered_country", country("JP", "Japan").1)]);
    database(
        "GeoLite2-City",
        &[
            ("198.51.100.0/25", known),
            ("2001:db8:1::/48", Data::Map(vec![country("FR", "France")])),
            ("203.0.113.0/24", registered),
        ],
    )
}

pub(super) fn asn_database() -> Vec<u8> {
    let record = Data::Map(vec![
        ("autonomous_system_number", Data::U32(64496)),
        ("autonomous_system_organization", Data::Text("Example Networks")),
    ]);
    database("GeoLite2-ASN", &[("198.51.100.0/26", record)])
}
