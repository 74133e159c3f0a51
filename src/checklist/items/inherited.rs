//! Inherited controls: what does AWS answer for, and was it looked at?

use crate::checklist::{Domain, Item, Source};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "reports-read",
        domain: Domain::Inherited,
        question: "Were AWS's own audit reports obtained and read for the services in use?",
        asks_for: "SOC, ISO and PCI reports of the period, and notes on what they leave out.",
        looks_at: &[Source::File("artifact-reports")],
        helps: "aws artifact list-reports",
    },
    Item {
        id: "agreements-in-force",
        domain: Domain::Inherited,
        question: "Are the agreements with AWS that the organization needs in force?",
        asks_for: "Agreements (a data processing or business associate addendum) with their dates.",
        looks_at: &[Source::File("agreements")],
        helps: "aws artifact list-customer-agreements",
    },
    Item {
        id: "responsibility-divided",
        domain: Domain::Inherited,
        question: "Is it written down which controls are AWS's, which are shared and which are one's own?",
        asks_for: "A table of controls with who answers for each.",
        looks_at: &[],
        helps: "the table: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "user-controls-met",
        domain: Domain::Inherited,
        question: "Are the controls done that AWS's reports expect of their users?",
        asks_for: "The complementary controls of the SOC report, each with how it is met.",
        looks_at: &[],
        helps: "the SOC report's list of user entity controls: judge it by hand",
    },
    Item {
        id: "services-in-scope",
        domain: Domain::Inherited,
        question: "Are the services in use covered by the certifications that are relied upon?",
        asks_for: "The services that are used beside those in the scope of each report.",
        looks_at: &[],
        helps: "AWS's list of services in scope beside the services seen in CloudTrail events: judge it by hand",
    },
    Item {
        id: "physical-relied-on",
        domain: Domain::Inherited,
        question: "Is it recorded that physical and environmental controls are AWS's, and on what evidence that rests?",
        asks_for: "A reference to the report that covers the Regions in use.",
        looks_at: &[Source::File("artifact-reports")],
        helps: "aws artifact list-reports; which Regions a report covers has to be judged by hand",
    },
    Item {
        id: "events-of-provider",
        domain: Domain::Inherited,
        question: "Are failures and changes on AWS's side followed?",
        asks_for: "Events of AWS Health with what was done about them.",
        looks_at: &[Source::File("health-events")],
        helps: "aws health describe-events",
    },
];
