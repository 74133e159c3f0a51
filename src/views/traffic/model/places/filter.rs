//! Which records does a node or an edge stand for? Addresses by name, or by the networks around them where that is
//! shorter.

use super::super::address_field;
use super::Placed;
use crate::base::Value;
use crate::query::Expr;
use std::net::IpAddr;

/// Addresses or networks that a filter names; more are no filter that a person reads.
const MOST_NAMED: usize = 30;

impl Placed {
    /// The records that a node sent or received; none where naming them takes more than a person reads.
    pub fn node_filter(&self, node: usize) -> Option<Expr> {
        let ends = self.addresses().into_iter().flatten();
        let each: Option<Vec<Expr>> = ends.map(|field| self.end(node, field)).collect();
        Some(one_of(each?))
    }

    /// The records of an edge.
    pub fn edge_filter(&self, edge: usize) -> Option<Expr> {
        let edge = self.drawn.graph.edges.get(edge)?;
        let each: Option<Vec<Expr>> = self
            .addresses()
            .into_iter()
            .map(|[from, to]| Some(self.end(edge.from, from)?.and(self.end(edge.to, to)?)))
            .collect();
        Some(one_of(each?))
    }

    /// The fields of the two ends that have to be looked at.
    fn addresses(&self) -> Vec<[&'static str; 2]> {
        let mut fields = vec![[address_field(true), address_field(false)]];
        if self.packets {
            fields.push(["pkt-srcaddr", "pkt-dstaddr"]);
        }
        fields
    }

    /// What holds for records in which this end is the node: its addresses, or where that is shorter its networks
    /// without the addresses in them that belong to other nodes.
    pub(super) fn end(&self, node: usize, field: &str) -> Option<Expr> {
        let members = self.drawn.members.get(node).filter(|all| !all.is_empty())?;
        self.by_nets(node, members, field)
            .or_else(|| (members.len() <= MOST_NAMED).then(|| any_of(field, members)))
    }

    fn by_nets(&self, node: usize, members: &[String], field: &str) -> Option<Expr> {
        let nets = self.nets.get(node)?;
        let inside = |text: &&String| {
            text.parse::<IpAddr>()
                .is_ok_and(|ip| nets.iter().any(|net| net.contains(&ip)))
        };
        let (within, beside): (Vec<&String>, Vec<&String>) = members.iter().partition(inside);
        let all = self.drawn.members.iter().enumerate();
        let others = all.filter(|(n, _)| *n != node).flat_map(|(_, list)| list);
        let without: Vec<&String> = others.filter(inside).take(MOST_NAMED + 1).collect();
        let named = nets.len() + beside.len() + without.len();
        if within.is_empty() || named > MOST_NAMED || named >= members.len() {
            return None;
        }
        let each = nets.iter().map(|net| Expr::eq(field, net.to_string().as_str()));
        let whole = one_of(each.collect());
        let whole = match without.as_slice() {
            [] => whole,
            list => whole.and(!any_of(field, list)),
        };
        Some(match beside.as_slice() {
            [] => whole,
            list => Expr::Or(vec![whole, any_of(field, list)]),
        })
    }
}

fn any_of<T: AsRef<str>>(field: &str, values: &[T]) -> Expr {
    match values {
        // An end that is no address at all.
        [one] if one.as_ref().is_empty() => Expr::eq(field, Value::Absent),
        [one] => Expr::eq(field, one.as_ref()),
        all => Expr::In {
            field: field.to_owned(),
            values: all.iter().map(|v| v.as_ref().to_owned()).collect(),
        },
    }
}

fn one_of(mut any: Vec<Expr>) -> Expr {
    match any.len() {
        1 => any.pop().unwrap_or_default(),
        _ => Expr::Or(any),
    }
}
