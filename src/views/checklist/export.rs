//! The checklist in a report: every question, where it stands, what says so.

use crate::checklist::{Answered, Domain, Standing, Verdict};
use crate::share::report::{Asks, Block, Cell, Export, Scope, Section, Table};

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(_: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("checklist", "Audit checklist");
    let answered = scope
        .checklist
        .iter()
        .filter(|a| a.standing() != Standing::NoData)
        .count();
    section.note = format!("{answered} of {} questions answered", scope.checklist.len());
    section.paragraph("What has no data is not a pass. Files were read for what they say; what no file tells, a person judged.");
    for domain in Domain::ALL {
        let mine = scope.checklist.iter().filter(|a| a.item.domain == domain);
        let rows: Vec<Vec<Cell>> = mine.map(row).collect();
        if !rows.is_empty() {
            section.heading(domain.title());
            let columns = ["State", "Question", "=What the files say", "By hand"];
            section.blocks.push(Block::Table(Table::new(&columns, rows)));
        }
    }
    section
}

fn row(a: &Answered) -> Vec<Cell> {
    let (status, words) = match a.standing() {
        Standing::Evidenced => ("ok", "Evidenced"),
        Standing::Contradicted => ("red", "Contradicted"),
        Standing::ByHand(Verdict::NotSatisfied) => ("yellow", "Not satisfied, by hand"),
        Standing::ByHand(Verdict::NotApplicable) => ("info", "Not applicable, by hand"),
        Standing::ByHand(Verdict::Satisfied) => ("info", "Satisfied, by hand"),
        Standing::NoData => ("none", "No data"),
    };
    let by_hand = a.by_hand.as_ref().map_or(String::new(), |j| {
        let at = crate::base::time::iso(j.at_ns);
        format!("{}, {}: {} ({at})", j.name, j.verdict.word(), j.note)
    });
    vec![
        Cell::Status {
            status,
            words: words.to_owned(),
        },
        Cell::text(a.item.question),
        Cell::Text(a.says.clone()),
        Cell::Text(by_hand),
    ]
}
