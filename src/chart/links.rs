//! Where do the arrow keys lead on a graph? Along its edges: node, edge, node.

use super::scene::Point;
use super::ticks::Amount;

/// For each node, then each edge: the datum to the left, right, above and below.
///
/// From a node, right and left take the heaviest edge that leads that way, up and down the next node of its column.
/// From an edge, right and left reach the node at that end, up and down the next edge of its left node.
pub(super) fn walk(nodes: &[Point], edges: &[(usize, usize)], amounts: &[Amount]) -> Vec<[Option<usize>; 4]> {
    let place = |n: usize| nodes.get(n).copied().unwrap_or_default();
    let valid = |&&(a, b): &&(usize, usize)| a < nodes.len() && b < nodes.len();
    // The node at the left and the one at the right of each edge.
    let ends = |(a, b): (usize, usize)| {
        let (p, q) = (place(a), place(b));
        if (p.x, a) <= (q.x, b) { (a, b) } else { (b, a) }
    };
    let mut right: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut left: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (i, edge) in edges.iter().enumerate().filter(|(_, e)| valid(e)) {
        let (a, b) = ends(*edge);
        right[a].push(i);
        left[b].push(i);
    }
    let heaviest = |of: &[usize]| {
        let key = |&&i: &&usize| (amounts.get(i).copied().unwrap_or(0), std::cmp::Reverse(i));
        of.iter().max_by_key(key).map(|&i| nodes.len() + i)
    };
    let mut links: Vec<[Option<usize>; 4]> = (0..nodes.len())
        .map(|n| {
            [
                heaviest(&left[n]),
                heaviest(&right[n]),
                beside(nodes, n, -1.0),
                beside(nodes, n, 1.0),
            ]
        })
        .collect();
    // Edges of a left node from top to bottom.
    for of in &mut right {
        of.sort_by(|&a, &b| {
            let y = |i: usize| edges.get(i).map_or(0.0, |&e| place(ends(e).1).y);
            y(a).total_cmp(&y(b)).then(a.cmp(&b))
        });
    }
    links.extend(edges.iter().enumerate().map(|(i, edge)| {
        let (a, b) = ends(*edge);
        let Some(siblings) = right.get(a).filter(|_| b < nodes.len()) else {
            return [None; 4];
        };
        let at = siblings.iter().position(|&s| s == i);
        let sibling = |at: Option<usize>| at.and_then(|at| siblings.get(at)).map(|&s| nodes.len() + s);
        let above = sibling(at.and_then(|at| at.checked_sub(1)));
        [Some(a), Some(b), above, sibling(at.map(|at| at + 1))]
    }));
    links
}

/// The next node up (`way` −1) or down (+1), of the same column where there is one.
fn beside(nodes: &[Point], from: usize, way: f64) -> Option<usize> {
    let here = *nodes.get(from)?;
    let cost = |p: &Point| {
        let down = (p.y - here.y) * way;
        // Sideways counts more than far: a column is walked to its end first.
        down + (p.x - here.x).abs() * 3.0
    };
    nodes
        .iter()
        .enumerate()
        .filter(|&(i, p)| i != from && (p.y - here.y) * way > 0.0)
        .min_by(|a, b| cost(a.1).total_cmp(&cost(b.1)).then(a.0.cmp(&b.0)))
        .map(|(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_the_heaviest_edge_and_come_back() {
        let nodes = [
            Point::new(0.0, 0.0),
            Point::new(100.0, -10.0),
            Point::new(100.0, 30.0),
        ];
        // The second edge points to the left; on the picture it still lies right of node 0.
        let links = walk(&nodes, &[(0, 1), (2, 0)], &[5, 50]);
        assert_eq!(links[0], [None, Some(4), Some(1), Some(2)]);
        assert_eq!(links[4], [Some(0), Some(2), Some(3), None]);
        assert_eq!(links[3], [Some(0), Some(1), None, Some(4)]);
        assert_eq!(links[2][0], Some(4));
    }

    #[test]
    fn edges_to_nowhere_are_no_trap() {
        let links = walk(&[Point::new(0.0, 0.0)], &[(0, 9), (9, 9)], &[]);
        assert_eq!(links, [[None; 4]; 3]);
    }
}
