//! The file is made: records and sums become blocks, the views tell the printed layer from exactly these blocks, the
//! manifest says what is in it.

use super::choices::{Choices, within};
use super::maker::Maker;
use super::masked;
use super::names::names;
use super::sources::Sources;
use crate::base::block::OTHER;
use crate::base::hash::hex;
use crate::base::page::{FINDINGS, NAMES, NOTES};
use crate::base::{TimeRange, Value, base64, time};
use crate::checklist::ByHand;
use crate::engine::boot;
use crate::engine::client::Client;
use crate::engine::later::later;
use crate::engine::port::{Packed, Summed, Woven};
use crate::evidence::manifest::{self, Manifest, Tool};
use crate::evidence::{Note, Pin, note};
use crate::findings::{Item, slim};
use crate::formats::FORMATS;
use crate::posture::Proof;
use crate::query::{Agg, Expr, Key, Query};
use crate::rules::{Finding, RULES, Told, verdict};
use crate::session::{Job, JobResult, KindState, Session, SharedFindings};
use crate::share::hidden::Hidden;
use crate::share::page::{Page, pieces};
use crate::share::report::{self, Asks, Cover, Scope, Section};
use crate::style;
use crate::views::{EXPORTS, findings, holes, printed};
use js_sys::Array;
use leptos::prelude::*;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// How wide charts are in the printed layer (CSS pixels): what an A4 page holds.
const CHART_WIDTH: f64 = 680.0;
/// Values of a field that is left out which are looked for in sentences: more than a tab holds.
const HIDDEN_VALUES: usize = 1 << 26;
const BOOT: &str = include_str!("../../../public/boot.js");
const ICON: &str = include_str!("../../../public/favicon.svg");

/// A file that is made.
pub struct Made {
    pub blob: Blob,
    pub bytes: u64,
    pub manifest: Manifest,
    pub manifest_sha256: String,
    /// What its size is made of: a name for people, and bytes.
    pub sizes: Vec<(String, u64)>,
}

thread_local! {
    // The program, packed once: its glue, and its wasm.
    static PROGRAM: RefCell<Option<(String, Packed)>> = const { RefCell::new(None) };
}

/// Why nothing was made.
#[derive(Debug, PartialEq)]
pub enum Stopped {
    /// Something newer is wanted.
    Unwanted,
    /// A sentence for the person.
    Failed(String),
}

impl From<String> for Stopped {
    fn from(why: String) -> Self {
        Stopped::Failed(why)
    }
}

/// Makes the file. `go_on` says before every step whether it is still wanted; `say` is told what is being done.
pub async fn build(
    session: Session,
    choices: Choices,
    go_on: impl Fn() -> bool,
    say: impl Fn(&str),
) -> Result<Made, Stopped> {
    let step = |what: &str| {
        say(what);
        if go_on() { Ok(()) } else { Err(Stopped::Unwanted) }
    };
    let engine = session.engine();
    step("Packing the program")?;
    let (glue, packed) = program(&engine).await?;

    let sources = Sources::of(session);
    let kinds = kinds_in_order(session);
    let maker = Maker::begin(session, &sources, &choices).await?;
    step("Finding repeated records")?;
    let repeated = maker.repeated(&kinds).await?;

    step("Judging the rules")?;
    let (filter, range) = choices.scope_of();
    let verdicts = judge(&engine, range, &filter).await;
    let chosen = chosen(session, &choices, &verdicts);
    let hidden = hidden(&engine, &choices.leave_out).await;
    let verdicts: Vec<Told> = verdicts.into_iter().map(|v| hidden.verdict(v)).collect();
    let found = found(session, range, &filter, choices.created_ns, &hidden).await;
    let gaps = gaps(&engine, &hidden).await;

    let mut parts = blocks(&maker, &kinds, chosen.as_ref(), step).await?;

    step("Names of addresses")?;
    let names = names(session, &maker, &hidden).await;

    let words = Words {
        title: masked(&choices.title),
        scope: masked(&choices.scope),
        author: masked(&choices.author),
        filter: match &filter {
            Expr::All => String::new(),
            some => masked(&crate::query::text::write(&hidden.condition(some))),
        },
        created: time::iso(choices.created_ns),
    };
    let scope = Scope {
        filter: Expr::All,
        range,
        span: range.or_else(|| untrack(|| session.span())),
        kinds: kinds.iter().map(|k| (k.kind.clone(), k.title.clone())).collect(),
        choices: told_choices(session, &hidden),
        width: CHART_WIDTH,
        verdicts: Some(verdicts.clone()),
        entries: found.audit.entries.clone(),
        checklist: found.standing.checklist(&by_hand(&found)),
        gaps: Some(gaps.clone()),
        giving: maker.giving(session, chosen.as_ref()).await,
    };
    let inputs = sources.inputs(&repeated);
    let notes = session.notes.get_untracked();
    let notes: Vec<Note> = notes.into_iter().map(|n| masked_note(hidden.note(n))).collect();
    let mut sections: Vec<Section> = Vec::new();
    for id in &choices.views {
        if let Some((_, title, export)) = EXPORTS.iter().find(|(known, ..)| known == id) {
            step(&format!("{title}: printed layer"))?;
            sections.push(export(&maker, &scope).await);
        }
    }
    let (holes, waiting) = printed::missing(&maker, &scope).await;
    sections.push(report::examined(&sources.told(&inputs, &scope), &holes, &waiting));
    let cover = Cover {
        title: words.title.clone(),
        scope: words.scope.clone(),
        author: words.author.clone(),
        created_ns: Some(choices.created_ns),
        accounts: accounts(&maker).await,
        period: scope.span,
        records: records(&maker).await,
        filter: words.filter.clone(),
        counts: counts(&maker).await,
        notes: notes.clone(),
    };
    let printed = report::html(&cover, &sections);

    step("Writing the manifest")?;
    let found = SharedFindings { verdicts, ..found };
    let findings_json = masked(&serde_json::to_string(&found).unwrap_or_default());
    parts.add_text(FINDINGS, &findings_json);
    let notes_json = String::from_utf8(note::to_json(&notes).map_err(|e| e.to_string())?).unwrap_or_default();
    parts.add_text(NOTES, &notes_json);
    let names_json = names.map(|names| masked(&serde_json::to_string(&names).unwrap_or_default()));
    if let Some(json) = &names_json {
        parts.add_text(NAMES, json);
    }
    let manifest = Manifest {
        version: manifest::VERSION,
        tool: Tool {
            name: "Trailbeam".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            program_sha256: Some(hex(&packed.sha256)),
        },
        created: words.created,
        title: words.title,
        scope: words.scope,
        author: words.author,
        filter: words.filter,
        range: range.map(|r| manifest::Range {
            from: time::iso(r.from_ns),
            to: time::iso(r.to_ns),
        }),
        views: choices.views.clone(),
        records: choices.records,
        originals: choices.originals,
        left_out: choices.leave_out.clone(),
        masked: std::mem::take(&mut parts.masked)
            .into_iter()
            .map(|(what, values)| manifest::Masked { what, values })
            .collect(),
        inputs,
        blocks: std::mem::take(&mut parts.blocks),
        printed_sha256: sha(&printed),
        notes_sha256: Some(sha(&notes_json)),
        findings_sha256: Some(sha(&findings_json)),
        names_sha256: names_json.as_deref().map(sha),
        coverage: gaps,
    };
    let manifest_text = String::from_utf8(manifest.bytes()).unwrap_or_default();
    let svg_css = crate::chart::svg_css();
    let folio_css = report::folio_css(&manifest.title, &sha(&manifest_text));
    let page = Page {
        title: &manifest.title,
        manifest: &manifest_text,
        printed: &printed,
        parts: &parts.texts,
        boot: BOOT,
        glue: &glue,
        wasm: &packed.base64,
        styles: &[
            style::TOKENS,
            style::BASE,
            style::LAYOUT,
            report::CSS,
            &svg_css,
            &folio_css,
        ],
        icon: ICON,
    };
    let array = Array::new();
    for piece in pieces(&page).map_err(|e| e.to_string())? {
        array.push(&JsValue::from_str(&piece));
    }
    let blob = Blob::new_with_str_sequence(&array)
        .map_err(|_| "The browser has no memory for the file.".to_owned())?;
    let mut sizes = vec![(
        "program".to_owned(),
        (packed.base64.len() + glue.len() + BOOT.len()) as u64,
    )];
    sizes.extend(parts.sizes);
    sizes.extend(sections.iter().map(|s| {
        (
            format!("{}, printed", s.title),
            report::html(&Cover::default(), std::slice::from_ref(s)).len() as u64,
        )
    }));
    sizes.push(("manifest".to_owned(), manifest_text.len() as u64 * 4 / 3));
    maker.end().await?;
    Ok(Made {
        bytes: blob.size() as u64,
        blob,
        manifest_sha256: sha(&manifest_text),
        manifest,
        sizes,
    })
}

/// How many bytes records and sums would take in the file, without making the rest of it.
pub async fn measure(session: Session, choices: Choices, go_on: impl Fn() -> bool) -> Result<u64, Stopped> {
    let step = |_: &str| if go_on() { Ok(()) } else { Err(Stopped::Unwanted) };
    let (filter, range) = choices.scope_of();
    let maker = Maker::begin(session, &Sources::of(session), &choices).await?;
    let verdicts = judge(&session.engine(), range, &filter).await;
    let chosen = chosen(session, &choices, &verdicts);
    let parts = blocks(&maker, &kinds_in_order(session), chosen.as_ref(), step).await;
    maker.end().await?;
    Ok(parts?.sizes.iter().map(|p| p.1).sum())
}

/// The blocks of every kind: single records, and sums of those that are not chosen.
async fn blocks(
    maker: &Maker,
    kinds: &[KindState],
    chosen: Option<&Expr>,
    step: impl Fn(&str) -> Result<(), Stopped>,
) -> Result<Parts, Stopped> {
    let mut parts = Parts::default();
    for kind in kinds {
        step(&format!("{}: records", kind.title))?;
        if let Some(made) = maker.records(&kind.kind, chosen).await? {
            parts.add_block("records", &kind.kind, made);
        }
        if let Some(chosen) = chosen {
            step(&format!("{}: sums", kind.title))?;
            if let Some(made) = maker.sums(&kind.kind, chosen).await? {
                parts.add_block("sums", &kind.kind, made);
            }
        }
    }
    Ok(parts)
}

struct Words {
    title: String,
    scope: String,
    author: String,
    filter: String,
    created: String,
}

fn summed(summed: Summed) -> manifest::Summed {
    let dim = |(name, kept, of)| manifest::Dim { name, kept, of };
    manifest::Summed {
        width_ns: summed.width_ns,
        dims: summed.dropped.into_iter().map(dim).collect(),
    }
}

fn sha(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Parts of the file beside its manifest.
#[derive(Default)]
struct Parts {
    /// By name, as base64.
    texts: Vec<(String, String)>,
    blocks: Vec<manifest::Block>,
    masked: BTreeMap<String, u64>,
    sizes: Vec<(String, u64)>,
}

impl Parts {
    fn add_block(&mut self, folder: &str, kind: &str, made: Woven) {
        let name = format!("{folder}/{kind}.parquet");
        self.blocks.push(manifest::Block {
            name: name.clone(),
            kind: kind.to_owned(),
            rows: made.rows,
            bytes: made.bytes,
            sha256: hex(&made.sha256),
            summed: made.summed.map(summed),
        });
        for (what, n) in made.masked {
            *self.masked.entry(what).or_default() += n;
        }
        self.sizes
            .push((format!("{kind}, {folder}"), made.base64.len() as u64));
        self.texts.push((name, made.base64));
    }

    fn add_text(&mut self, name: &str, text: &str) {
        let base64 = base64::encoded(text.as_bytes());
        let what = name.trim_end_matches(".json");
        self.sizes.push((what.to_owned(), base64.len() as u64));
        self.texts.push((name.to_owned(), base64));
    }
}

/// Kinds with records, in the registry's order: workers tell them in the order in which they met them.
fn kinds_in_order(session: Session) -> Vec<KindState> {
    let mut kinds = session.kinds.get_untracked();
    let place = |id: &str| FORMATS.iter().position(|f| f.facts().id == id);
    kinds.sort_by_key(|k| place(&k.kind));
    kinds
}

/// The program, packed by a worker, once.
async fn program(engine: &Client) -> Result<(String, Packed), String> {
    if let Some(known) = PROGRAM.with(|p| p.borrow().clone()) {
        return Ok(known);
    }
    let (glue, wasm) = boot::program().await.map_err(|e| {
        let why = e
            .dyn_ref::<js_sys::Error>()
            .map_or_else(String::new, |e| String::from(e.message()));
        format!("Trailbeam's own program, which goes into the file, could not be read again: {why}. Is the network off?")
    })?;
    match engine.job_on(engine.quietest(), Job::Pack(wasm)).await? {
        JobResult::Packed(packed) => {
            PROGRAM.with(|p| *p.borrow_mut() = Some((glue.clone(), packed.clone())));
            Ok((glue, packed))
        }
        _ => Err("The program could not be packed.".to_owned()),
    }
}

/// Every rule's verdict on what is shared, told from all records.
async fn judge(engine: &Client, range: Option<TimeRange>, filter: &Expr) -> Vec<Told> {
    let mut out = Vec::new();
    for rule in RULES {
        let mut answers = Vec::new();
        for query in rule.ask() {
            let query = query.within(range, filter);
            let answer: Arc<_> = later(|on| {
                engine.ask(query, on);
            })
            .await;
            answers.push((*answer).clone());
        }
        out.extend(Told::of(rule.facts().id, &verdict(*rule, &answers)));
    }
    out
}

/// The views' choices, but for those that would tell what is left out.
fn told_choices(session: Session, hidden: &Hidden) -> BTreeMap<String, String> {
    let mut choices = session.choices.get_untracked();
    choices.retain(|_, value| hidden.sentence(value) == *value && masked(value) == *value);
    choices
}

/// What was judged by hand, without what is left out.
fn by_hand(found: &SharedFindings) -> ByHand {
    ByHand::read(found.checklist.as_bytes()).unwrap_or_default()
}

/// Things told of a rule or check in the file; the worst of them.
const MOST_ITEMS: usize = 500;

/// What all rules and checks found in what is shared, what was suppressed, the rules that were written, what was judged by hand.
async fn found(
    session: Session,
    range: Option<TimeRange>,
    filter: &Expr,
    at_ns: i64,
    hidden: &Hidden,
) -> SharedFindings {
    let mut audit = session.audit_of(range, filter.clone(), at_ns).await;
    audit.filter = hidden.condition(&audit.filter);
    for entry in &mut audit.entries {
        let mut told = (**entry).clone();
        told.items.sort_by(|a, b| {
            let key = |i: &Item| {
                (
                    i.status,
                    std::cmp::Reverse(i.count),
                    i.subject.clone(),
                    i.detail.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        told.items.truncate(MOST_ITEMS);
        slim(&mut told);
        *entry = Arc::new(hidden.entry(told));
    }
    let mut suppressions = (*session.suppressed.get_untracked()).clone();
    for one in &mut suppressions.suppressions {
        one.reason = hidden.sentence(&one.reason);
        one.subject = one.subject.as_ref().map(|s| hidden.sentence(s));
    }
    let mut rules = session.rule_files.get_untracked();
    for file in &mut rules {
        file.text = hidden.sentence(&file.text);
    }
    let mut standing = (*session.stands_at(Some(at_ns)).await).clone();
    let cells = standing.posture.rows.iter_mut().flat_map(|r| &mut r.cells);
    let says = cells.map(|c| (&mut c.says, &mut c.evidence));
    let remarks = standing
        .posture
        .remarks
        .iter_mut()
        .map(|r| (&mut r.says, &mut r.evidence));
    let answers = standing
        .told
        .answers
        .values_mut()
        .map(|a| (&mut a.says, &mut a.proofs));
    for (says, proofs) in says.chain(remarks).chain(answers) {
        *says = hidden.sentence(says);
        for proof in proofs {
            match proof {
                Proof::Records { filter, .. } => *filter = hidden.sentence(filter),
                Proof::Item { id, .. } => *id = hidden.sentence(id),
                Proof::Record(_) => {}
            }
        }
    }
    for row in &mut standing.posture.rows {
        for name in [
            Some(&mut row.account),
            Some(&mut row.region),
            row.subject.as_mut(),
        ]
        .into_iter()
        .flatten()
        {
            *name = hidden.sentence(name);
        }
    }
    for remark in &mut standing.posture.remarks {
        for name in [&mut remark.account, &mut remark.region, &mut remark.about] {
            *name = hidden.sentence(name);
        }
    }
    let by_hand = session.by_hand.get_untracked();
    SharedFindings {
        verdicts: Vec::new(),
        audit,
        suppressions,
        rules,
        standing,
        checklist: hidden.sentence(&by_hand.write().unwrap_or_default()),
    }
}

/// Where data is missing, of everything loaded.
async fn gaps(engine: &Client, hidden: &Hidden) -> Vec<manifest::Gap> {
    let mut all = Vec::new();
    for (kinds, width_ns) in holes::DELIVERED {
        let query = holes::ask_gaps(kinds, width_ns);
        let answer: Arc<_> = later(|on| {
            engine.ask(query, on);
        })
        .await;
        all.extend(holes::gaps(&answer, width_ns));
    }
    all.sort_by(|a, b| {
        let key = |g: &holes::Gap| {
            (
                g.range.from_ns,
                g.kind.clone(),
                g.account.clone(),
                g.region.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let mut told: Vec<manifest::Gap> = all.iter().map(holes::Gap::to_manifest).collect();
    for gap in &mut told {
        gap.account = hidden.sentence(&gap.account);
        gap.region = hidden.sentence(&gap.region);
    }
    told
}

/// Which records of the scope stand in the file as such; `None`: all of them.
fn chosen(session: Session, choices: &Choices, verdicts: &[Told]) -> Option<Expr> {
    let findings: Vec<Finding> = verdicts.iter().flat_map(Told::findings).collect();
    let pinned: Vec<Expr> = session
        .notes
        .with_untracked(|all| all.iter().filter_map(|n| pinned(session, &n.pin)).collect());
    choices.chosen(&findings, &pinned)
}

/// What the fields that are left out hold in everything loaded.
async fn hidden(engine: &Client, fields: &[String]) -> Hidden {
    let mut values = Vec::new();
    for field in fields {
        let by = vec![Key::Field(field.clone())];
        let query = Query::groups(&[], by, vec![Agg::Count]).limit(HIDDEN_VALUES);
        let answer: Arc<_> = later(|on| {
            engine.ask(query, on);
        })
        .await;
        values.extend(answer.rows.iter().filter_map(|r| r.first().cloned()));
    }
    Hidden::new(fields, values)
}

/// The records that a note is pinned to, as a condition: one, or those that a finding rests on.
fn pinned(session: Session, pin: &Pin) -> Option<Expr> {
    let (kind, source, offset) = match pin {
        Pin::Record {
            kind, source, offset, ..
        } => (kind, source, offset),
        Pin::Finding { filter, range, .. } => {
            return Some(filter.clone().and(range.map_or(Expr::All, within)));
        }
        Pin::Range { .. } | Pin::Moment { .. } | Pin::Report => return None,
    };
    let offset = i64::try_from(*offset).ok()?;
    let place = session.at_place(source, offset);
    Some(Expr::eq("@kind", kind.as_str()).and(place))
}

fn masked_note(note: Note) -> Note {
    Note {
        text: masked(&note.text),
        pin: match note.pin {
            Pin::Record {
                kind,
                source,
                offset,
                title,
                at_ns,
            } => Pin::Record {
                kind,
                source: masked(&source),
                offset,
                title: masked(&title),
                at_ns,
            },
            other => other,
        },
    }
}

/// Accounts that the records name.
async fn accounts(asks: &dyn Asks) -> Vec<String> {
    let by = vec![Key::Field("account".into())];
    let answer = asks.ask(Query::groups(&[], by, vec![Agg::Count]).limit(20)).await;
    let mut all: Vec<String> = answer
        .rows
        .iter()
        .filter_map(|r| r.first())
        .map(Value::to_text)
        .collect();
    all.retain(|a| !a.is_empty() && a != OTHER);
    all.sort_unstable();
    all
}

async fn records(asks: &dyn Asks) -> u64 {
    asks.ask(Query::groups(&[], Vec::new(), vec![Agg::Count]))
        .await
        .matched
}

/// Findings by status.
async fn counts(asks: &dyn Asks) -> Vec<(&'static str, u64, String)> {
    let by = vec![Key::Field("findingStatus".into())];
    let asked =
        Query::groups(&findings::model::KINDS, by, vec![Agg::Count]).filter(findings::model::findings());
    let answer = asks.ask(asked).await;
    let count = |status: findings::model::Status| {
        let row = answer
            .rows
            .iter()
            .find(|r| r.first().and_then(Value::as_str) == Some(status.id()));
        row.and_then(|r| r.get(1)?.as_i64()).unwrap_or(0).max(0) as u64
    };
    findings::model::Status::ALL
        .into_iter()
        .map(|status| (status.shown().0, count(status), status.shown().1.to_lowercase()))
        .filter(|c| c.1 > 0)
        .collect()
}
