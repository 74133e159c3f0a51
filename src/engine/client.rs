//! The page's side of the engine: one [`Client`] per page, over workers or, where they are refused, over the page itself.
//!
//! Everything is asked with a callback. A callback outlives nothing it should not: who no longer wants an answer drops
//! its number, and callbacks that write signals use `try_set`.

use super::boot::spawn_worker;
use super::conductor::{Attach, Command, Conductor, Event};
use super::files::{Held, Slice, Together, read_together};
use super::host::{Host, SHARD_MEMORY_LIMIT};
use super::items::Item;
use super::later::{Later, later};
use super::port::*;
use super::question::{self, Found, Heard, Marking};
use crate::base::hash::FastMap;
use crate::formats::Options;
use crate::query::{Answer, Partial, Query};
use crate::unpack::MemorySource;
use js_sys::{Array, Promise, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ErrorEvent, MessageChannel, MessageEvent, Worker};

/// More workers than this bring nothing for the files people drop.
const MAX_WORKERS: usize = 8;
/// Of so many files the sizes are asked before any is read.
const FEW_FILES: usize = 200;
/// Workers are warmed this long after they were started: the page itself comes first.
const WARM_AFTER_MS: i32 = 150;
/// A slice of the engine's work on the page itself (ms).
const PAGE_SLICE_MS: f64 = 12.0;

type Listener = Rc<dyn Fn(&Event)>;
type OnAnswer = Box<dyn FnOnce(Arc<Answer>)>;

enum Waiting {
    Answer(OnAnswer),
    Partials(Box<dyn FnOnce(Vec<Partial>)>),
    Parts(Box<dyn FnOnce(Vec<Vec<u8>>)>),
    Text(Box<dyn FnOnce(Texts)>),
    Fields(Box<dyn FnOnce(Vec<FieldState>)>),
    Job(Box<dyn FnOnce(Result<JobResult, String>)>),
    Question(Rc<dyn Fn(Heard)>),
    Marked(Rc<dyn Fn(Marking)>),
}

enum Port {
    Worker(Worker),
    /// The browser refused workers: the same host, in slices between the page's other work.
    Page(Rc<RefCell<Host>>),
}

struct Inner {
    conductor: RefCell<Conductor>,
    ports: Vec<RefCell<Port>>,
    files: RefCell<Vec<Option<Held>>>,
    waiting: RefCell<FastMap<AskId, Waiting>>,
    listener: RefCell<Option<Listener>>,
    /// When the last question was asked and how long its answer took (ms).
    last_answer_ms: std::cell::Cell<f64>,
    asked_at: RefCell<FastMap<AskId, f64>>,
}

/// A handle on the engine; clones are the same engine.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

thread_local! {
    static CLIENT: std::cell::OnceCell<Client> = const { std::cell::OnceCell::new() };
}

/// The page's engine, started on first use.
pub fn client() -> Client {
    CLIENT.with(|c| c.get_or_init(Client::start).clone())
}

impl Client {
    fn start() -> Client {
        let cores = web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency());
        let wanted = (cores as usize).clamp(1, MAX_WORKERS);
        let mut ports = Vec::new();
        for _ in 0..wanted {
            match spawn_worker() {
                Ok(worker) => ports.push(RefCell::new(Port::Worker(worker))),
                Err(_) => break,
            }
        }
        if ports.is_empty() {
            ports.push(RefCell::new(Port::Page(Rc::default())));
        }
        let seed = (js_sys::Math::random() * 2f64.powi(53)) as u64;
        let mut conductor = Conductor::new(ports.len(), seed);
        conductor.begin_at((js_sys::Date::now() as i64).saturating_mul(1_000_000));
        let client = Client(Rc::new(Inner {
            conductor: RefCell::new(conductor),
            ports,
            files: RefCell::default(),
            waiting: RefCell::default(),
            listener: RefCell::default(),
            last_answer_ms: std::cell::Cell::new(0.0),
            asked_at: RefCell::default(),
        }));
        for (shard, port) in client.0.ports.iter().enumerate() {
            let Port::Worker(worker) = &*port.borrow() else {
                continue;
            };
            let me = client.clone();
            let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
                let bytes = Uint8Array::new(&e.data()).to_vec();
                if let Ok(message) = postcard::from_bytes::<FromShard>(&bytes) {
                    me.0.conductor.borrow_mut().hear(shard, message);
                    me.settle();
                }
            });
            worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
            hear.forget();
            let me = client.clone();
            let broken = Closure::<dyn FnMut(ErrorEvent)>::new(move |e: ErrorEvent| {
                let mut conductor = me.0.conductor.borrow_mut();
                if conductor.is_ready(shard) {
                    conductor.lose(shard, &e.message());
                } else {
                    // Refused after all: browsers tell of a policy that forbids workers only now.
                    *me.0.ports[shard].borrow_mut() = Port::Page(Rc::default());
                    conductor.replace(shard);
                }
                drop(conductor);
                me.settle();
            });
            worker.set_onerror(Some(broken.as_ref().unchecked_ref()));
            broken.forget();
        }
        client.settle();
        client.warm_soon();
        client
    }

    /// Once the page is there and as long as nothing is opened.
    fn warm_soon(&self) {
        let me = self.clone();
        spawn(async move {
            pause(WARM_AFTER_MS).await;
            me.0.conductor.borrow_mut().warm();
            me.settle();
        });
    }

    /// Who is told of everything that happens (one listener: the session).
    pub fn listen(&self, listener: impl Fn(&Event) + 'static) {
        *self.0.listener.borrow_mut() = Some(Rc::new(listener));
    }

    /// Reads things: a path or name and the bytes behind it (`None`: they could not be had, and the outcome says so). What is listed is read while the rest is still listed.
    /// `sized`: their sizes are there without waiting for the disk (of what was dropped or made in the page).
    pub async fn open(&self, items: Vec<(String, Option<Blob>)>, sized: bool) -> Vec<ItemId> {
        let _more = self.listing();
        let mut ids = Vec::with_capacity(items.len());
        let mut listed = Vec::new();
        let mut slice = Slice::begin();
        // For a few files it is worth the wait: they may be large, and the person sees how far reading is.
        let sized = sized || items.len() <= FEW_FILES;
        for (name, blob) in items {
            let bytes = blob.as_ref().filter(|_| sized).map(|b| b.size() as u64);
            listed.push((name, bytes, blob.map(|blob| Held { blob, sized })));
            if slice.is_over() {
                ids.extend(self.take(std::mem::take(&mut listed)));
                slice.rest().await;
            }
        }
        ids.extend(self.take(listed));
        ids
    }

    fn take(&self, listed: Vec<(String, Option<u64>, Option<Held>)>) -> Vec<ItemId> {
        let mut described = Vec::with_capacity(listed.len());
        let mut files = self.0.files.borrow_mut();
        for (name, bytes, file) in listed {
            described.push((name, bytes));
            files.push(file);
        }
        drop(files);
        let ids = self.0.conductor.borrow_mut().open(described);
        self.settle();
        ids
    }

    /// Says that more is to be opened, until what is returned is dropped.
    pub fn listing(&self) -> Listing {
        self.0.conductor.borrow_mut().begin_listing();
        Listing(self.clone())
    }

    pub fn cancel(&self) {
        self.0.conductor.borrow_mut().cancel();
        self.settle();
    }

    pub fn pause(&self, paused: bool) {
        self.0.conductor.borrow_mut().pause(paused);
        self.settle();
    }

    pub fn remove(&self, items: &[ItemId]) {
        self.0.conductor.borrow_mut().remove(items);
        let mut files = self.0.files.borrow_mut();
        for &i in items {
            if let Some(f) = files.get_mut(i as usize) {
                *f = None;
            }
        }
        drop(files);
        self.settle();
    }

    pub fn clear(&self) {
        self.0.conductor.borrow_mut().clear();
        self.0.files.borrow_mut().iter_mut().for_each(|f| *f = None);
        self.settle();
    }

    /// What the person said of files to come.
    pub fn told(&self) -> Options {
        self.0.conductor.borrow().told().clone()
    }

    /// Descriptions of logs that the person told or dropped, most recent first.
    pub fn described(&self) -> Vec<crate::formats::custom::CustomFormat> {
        self.0.conductor.borrow().described()
    }

    /// What the person says of files to come.
    pub fn tell(&self, options: &Options) {
        self.0.conductor.borrow_mut().tell(options);
        self.settle();
    }

    /// Asks; `on` gets the answer unless the number is dropped before.
    pub fn ask(&self, query: Query, on: impl FnOnce(Arc<Answer>) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().ask(query, true);
        self.wait(id, Waiting::Answer(Box::new(on)));
        id
    }

    /// Asks what nobody waits for: signals, not views.
    pub fn ask_later(&self, query: Query, on: impl FnOnce(Arc<Answer>) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().ask_later(query);
        self.wait(id, Waiting::Answer(Box::new(on)));
        id
    }

    /// Asks for every shard's own part, to be put together here (row windows).
    pub fn ask_parts(&self, query: Query, on: impl FnOnce(Vec<Partial>) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().ask(query, false);
        self.wait(id, Waiting::Partials(Box::new(on)));
        id
    }

    /// Asks in one of the logs' own languages; `on` hears what comes of it.
    pub fn inquire(&self, question: Question, on: impl Fn(Heard) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().inquire(question);
        self.wait(id, Waiting::Question(Rc::new(on)));
        id
    }

    /// Finds out which records filter patterns take, in one pass; a filter on [`crate::query::PATTERN`] answers from that.
    pub fn mark(&self, sought: Vec<Sought>, on: impl Fn(Marking) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().mark(sought);
        self.wait(id, Waiting::Marked(Rc::new(on)));
        id
    }

    /// Has every shard hand over its part of what is shared.
    pub fn collect(&self, what: Collect) -> Later<Vec<Vec<u8>>> {
        later(|on| {
            let id = self.0.conductor.borrow_mut().collect(what);
            self.wait(id, Waiting::Parts(on));
        })
    }

    /// The answer to this number is no longer wanted.
    pub fn drop_ask(&self, id: AskId) {
        self.0.waiting.borrow_mut().remove(&id);
        self.0.conductor.borrow_mut().drop_ask(id);
        self.settle();
    }

    /// Original bytes of ranges of an item.
    pub fn fetch(&self, item: ItemId, ranges: Vec<Range>, on: impl FnOnce(Texts) + 'static) {
        let id = self.0.conductor.borrow_mut().fetch(item, ranges);
        match id {
            Some(id) => self.wait(id, Waiting::Text(Box::new(on))),
            None => on(vec![Err("The file is no longer open.".to_owned())]),
        }
    }

    pub fn fields(&self, on: impl FnOnce(Vec<FieldState>) + 'static) {
        let id = self.0.conductor.borrow_mut().fields();
        self.wait(id, Waiting::Fields(Box::new(on)));
    }

    pub fn job(&self, job: Job, on: impl FnOnce(Result<JobResult, String>) + 'static) -> AskId {
        let id = self.0.conductor.borrow_mut().job(job);
        self.wait(id, Waiting::Job(Box::new(on)));
        id
    }

    /// A job for one worker ([`Client::quietest`]).
    pub fn job_on(&self, shard: usize, job: Job) -> Later<Result<JobResult, String>> {
        later(|on| {
            let id = self.0.conductor.borrow_mut().job_on(shard, job);
            self.wait(id, Waiting::Job(on));
        })
    }

    /// The worker with the least to do.
    pub fn quietest(&self) -> usize {
        self.0.conductor.borrow().quietest()
    }

    /// Makes columns of fields that are none yet; [`Event::Extracted`] tells when.
    pub fn extract(&self, fields: Vec<String>, kinds: &[String]) {
        self.0.conductor.borrow_mut().extract(fields, kinds);
        self.settle();
    }

    /// Looks at the page's books.
    pub fn with<T>(&self, look: impl FnOnce(&Conductor) -> T) -> T {
        look(&self.0.conductor.borrow())
    }

    pub fn item(&self, id: ItemId) -> Option<Item> {
        self.0.conductor.borrow().items().get(id).cloned()
    }

    pub fn blob(&self, id: ItemId) -> Option<Blob> {
        Some(self.held(id)?.blob)
    }

    fn held(&self, id: ItemId) -> Option<Held> {
        self.0.files.borrow().get(id as usize).cloned().flatten()
    }

    /// The configuration item in a record's original text.
    pub fn config_item(&self, text: &[u8]) -> Option<serde_json::Value> {
        crate::formats::config::item(text)
    }

    /// Does anyone wait for an answer, a text, a job?
    pub fn is_waited_for(&self) -> bool {
        !self.0.waiting.borrow().is_empty()
    }

    /// Bytes that the workers' tables may take before reading stops.
    pub fn memory_limit(&self) -> u64 {
        SHARD_MEMORY_LIMIT * self.workers() as u64
    }

    pub fn workers(&self) -> usize {
        self.0.ports.len()
    }

    /// How long the last answer took (ms).
    pub fn last_answer_ms(&self) -> f64 {
        self.0.last_answer_ms.get()
    }

    fn wait(&self, id: AskId, waiting: Waiting) {
        self.0.waiting.borrow_mut().insert(id, waiting);
        self.0.asked_at.borrow_mut().insert(id, js_sys::Date::now());
        self.settle();
    }

    /// Does what the conductor wants done and tells what happened.
    fn settle(&self) {
        let commands = self.0.conductor.borrow_mut().commands();
        for Command::Send {
            shard,
            message,
            attach,
        } in commands
        {
            self.send(shard, message, attach);
        }
        let events = self.0.conductor.borrow_mut().events();
        for event in events {
            self.event(event);
        }
    }

    fn event(&self, event: Event) {
        let take = |id: &AskId| {
            if let Some(at) = self.0.asked_at.borrow_mut().remove(id) {
                self.0.last_answer_ms.set(js_sys::Date::now() - at);
            }
            self.0.waiting.borrow_mut().remove(id)
        };
        match event {
            Event::Answer { id, answer } => {
                if let Some(Waiting::Answer(on)) = take(&id) {
                    on(Arc::new(postcard::from_bytes(&answer).unwrap_or_default()));
                }
            }
            Event::Partials { id, partials } => match take(&id) {
                Some(Waiting::Partials(on)) => on(partials
                    .iter()
                    .filter_map(|p| postcard::from_bytes(p).ok())
                    .collect()),
                Some(Waiting::Parts(on)) => on(partials),
                _ => {}
            },
            Event::Text { id, texts } => {
                if let Some(Waiting::Text(on)) = take(&id) {
                    on(texts);
                }
            }
            Event::Fields { id, fields } => {
                if let Some(Waiting::Fields(on)) = take(&id) {
                    on(fields);
                }
            }
            Event::Done { id, result } => {
                if let Some(Waiting::Job(on)) = take(&id) {
                    on(result);
                }
            }
            Event::Marked { id, taken } => {
                if let Some(Waiting::Marked(on)) = take(&id) {
                    on(Marking::Done(taken));
                }
            }
            Event::SoFar { id, read, of } => {
                if let Some(on) = self.asker(id) {
                    on(Heard::Reading { read, of });
                }
                if let Some(on) = self.marker(id) {
                    on(Marking::Reading { read, of });
                }
            }
            Event::Found { id, found, last } => self.found(id, found, last),
            event => {
                let listener = self.0.listener.borrow().clone();
                if let Some(listener) = listener {
                    listener(&event);
                }
            }
        }
    }

    /// Who waits for the records that patterns take.
    fn marker(&self, id: AskId) -> Option<Rc<dyn Fn(Marking)>> {
        match self.0.waiting.borrow().get(&id) {
            Some(Waiting::Marked(on)) => Some(on.clone()),
            _ => None,
        }
    }

    /// Who waits for the answer to a question in one of the logs' own languages.
    fn asker(&self, id: AskId) -> Option<Rc<dyn Fn(Heard)>> {
        match self.0.waiting.borrow().get(&id) {
            Some(Waiting::Question(on)) => Some(on.clone()),
            _ => None,
        }
    }

    /// Reads an answer, a piece at a time, and hands it to who waits for it.
    fn found(&self, id: AskId, found: Result<Vec<u8>, String>, last: bool) {
        let me = self.clone();
        spawn(async move {
            let found = match found {
                Ok(found) => postcard::from_bytes::<Found>(&found)
                    .map_err(|_| "The answer could not be read. Reload the page.".to_owned()),
                Err(why) => Err(why),
            };
            let heard = match found {
                Err(why) => Heard::Failed(why),
                Ok(found) => {
                    let mut table = found.head.into_table();
                    let mut slice = Slice::begin();
                    for chunk in &found.chunks {
                        question::take(&mut table, chunk);
                        if slice.is_over() {
                            slice.rest().await;
                        }
                    }
                    let table = Arc::new(table);
                    match last {
                        false => Heard::Partial(table),
                        true => {
                            let asked_at = me.0.asked_at.borrow_mut().remove(&id);
                            let elapsed_ms = asked_at.map_or(0.0, |at| js_sys::Date::now() - at);
                            Heard::Done { table, elapsed_ms }
                        }
                    }
                }
            };
            let Some(on) = me.asker(id) else { return };
            if last {
                me.0.waiting.borrow_mut().remove(&id);
            }
            on(heard);
        });
    }

    fn send(&self, shard: usize, message: ToShard, attach: Attach) {
        match (&*self.0.ports[shard].borrow(), attach) {
            (Port::Worker(worker), Attach::Nothing) => post(worker, &message, JsValue::NULL, false),
            (Port::Worker(worker), Attach::Blob(item)) => {
                let blob = self.blob(item).map_or(JsValue::NULL, JsValue::from);
                post(worker, &message, blob, false);
            }
            (Port::Page(_), Attach::Nothing) => self.on_page(shard, message, None),
            (Port::Page(_), Attach::Blob(item)) => self.read_then_send(shard, message, vec![item]),
            (_, Attach::Bytes(items)) => self.read_then_send(shard, message, items),
        }
    }

    /// Reads Blobs on the page and sends their bytes in one buffer.
    fn read_then_send(&self, shard: usize, mut message: ToShard, items: Vec<ItemId>) {
        let files: Vec<Option<Held>> = items.iter().map(|&i| self.held(i)).collect();
        let me = self.clone();
        spawn(async move {
            let Together { lengths, bytes } = read_together(&files).await;
            if let ToShard::OpenMany { items } | ToShard::ExtractMany { items, .. } = &mut message {
                for (described, length) in items.iter_mut().zip(&lengths) {
                    described.2 = length.bytes();
                }
            }
            if let ToShard::OpenMany { items } = &mut message {
                let large: FastMap<ItemId, u64> = (items.iter().zip(&lengths))
                    .filter_map(|(i, length)| Some((i.0, length.large()?)))
                    .collect();
                items.retain(|i| !large.contains_key(&i.0));
                for (id, bytes) in large {
                    me.0.conductor.borrow_mut().is_large(id, bytes);
                }
            }
            match &*me.0.ports[shard].borrow() {
                Port::Worker(worker) => post(worker, &message, bytes.buffer().into(), true),
                Port::Page(_) => me.on_page(shard, message, Some(bytes.to_vec())),
            }
            me.settle();
        });
    }

    fn on_page(&self, shard: usize, message: ToShard, bytes: Option<Vec<u8>>) {
        let me = self.clone();
        // Never from inside a call of the page's own: the conductor may be borrowed there.
        spawn(async move {
            let host = match &*me.0.ports[shard].borrow() {
                Port::Page(host) => host.clone(),
                Port::Worker(_) => return,
            };
            let source = bytes.map(|b| Box::new(MemorySource::new(b)) as _);
            let mut said = Vec::new();
            host.borrow_mut().handle(message, source, &mut |m| said.push(m));
            me.hear_all(shard, said);
            loop {
                let start = js_sys::Date::now();
                let mut said = Vec::new();
                let more = match host.try_borrow_mut() {
                    Ok(mut h) => {
                        let more = h.pump(&mut || js_sys::Date::now() - start > PAGE_SLICE_MS, &mut |m| {
                            said.push(m)
                        });
                        h.progress(&mut |m| said.push(m));
                        more
                    }
                    Err(_) => false,
                };
                me.hear_all(shard, said);
                if !more {
                    break;
                }
                pause(0).await;
            }
        });
    }

    fn hear_all(&self, shard: usize, messages: Vec<FromShard>) {
        for m in messages {
            self.0.conductor.borrow_mut().hear(shard, m);
        }
        self.settle();
    }
}

/// Files are still being listed; ends when it is dropped.
pub struct Listing(Client);

impl Drop for Listing {
    fn drop(&mut self) {
        self.0.0.conductor.borrow_mut().end_listing();
        self.0.settle();
    }
}

/// Lets the page do what waits to be done, and goes on at once: a timer would wait for longer than a slice takes.
pub async fn breathe() {
    let Ok(channel) = MessageChannel::new() else {
        return pause(0).await;
    };
    let promise = Promise::new(&mut |done, _| channel.port1().set_onmessage(Some(&done)));
    // Fails only for a value that can not be cloned.
    let _ = channel.port2().post_message(&JsValue::NULL);
    // A promise that is only ever fulfilled.
    let _ = JsFuture::from(promise).await;
    channel.port1().close();
}

/// Lets the page do its other work for a while.
pub async fn pause(ms: i32) {
    let promise = Promise::new(&mut |done, _| {
        if let Some(w) = web_sys::window() {
            // Fails only on a page that is being closed.
            let _ = w.set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
        }
    });
    // A promise that is only ever fulfilled.
    let _ = JsFuture::from(promise).await;
}

/// Runs a future that touches no signal directly (the one place that may).
#[expect(
    clippy::disallowed_methods,
    reason = "engine futures write no signals; what they tell goes through callbacks"
)]
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wasm_bindgen_futures::spawn_local(future);
}

fn post(worker: &Worker, message: &ToShard, extra: JsValue, transfer_extra: bool) {
    let Ok(bytes) = postcard::to_stdvec(message) else {
        return;
    };
    let bytes = Uint8Array::from(bytes.as_slice());
    let transfer = Array::of1(&bytes.buffer());
    if transfer_extra {
        transfer.push(&extra);
    }
    // Fails only for values that can not be cloned; Blobs and buffers can.
    let _ = worker.post_message_with_transfer(&Array::of2(&bytes, &extra), &transfer);
}
