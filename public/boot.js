// Starts Trailbeam. The first script of every page of it (index.html, online.html, the single file), because it sets up
// Trusted Types before anything else can run:
//
//   default    what the browser asks whenever a plain string meets an HTML or script sink. Markup passes only if it is made
//              of the elements and attributes below (Leptos sets its static templates this way); scripts never pass.
//   trailbeam  script URLs made here: the app's own glue script, and the Blobs of its workers.
//
// Leaves `__trailbeam` behind: { door, start(), worker(), program(), report() }.
(() => {
  'use strict';

  // ---- what the page brings ------------------------------------------------------------------------------------------

  // Served: <meta name="trailbeam-parts">, above this script, names the hashed files. Single file: they are inlined.
  const parts = document.querySelector('meta[name="trailbeam-parts"]');
  const inlined = (part) => document.getElementById(`trailbeam-${part}`);
  const glueUrl = parts && new URL(parts.dataset.glue, document.baseURI).href;
  const wasmUrl = parts && new URL(parts.dataset.wasm, document.baseURI).href;
  const root = document.documentElement;
  if (!parts && !('single' in root.dataset)) throw new Error('trailbeam-parts has to stand before boot.js');

  // ---- Trusted Types -------------------------------------------------------------------------------------------------

  const TAGS = new Set((
    'a abbr article aside b blockquote br button caption cite code col colgroup data datalist dd del details dfn dialog div ' +
    'dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i input ins kbd label legend li main mark ' +
    'menu meter nav ol optgroup option output p pre progress q s samp search section select small span strong sub summary ' +
    'sup table tbody td textarea tfoot th thead time tr u ul var wbr canvas ' +
    'svg g path circle ellipse rect line polyline polygon text tspan title desc defs symbol use clipPath linearGradient ' +
    'radialGradient stop pattern marker mask'
  ).toLowerCase().split(' '));
  const ATTRIBUTES = new Set((
    'id class style title lang dir hidden tabindex role slot part name value type for form placeholder checked selected ' +
    'disabled readonly required multiple open min max step size rows cols wrap maxlength minlength pattern accept ' +
    'autocomplete autofocus spellcheck inputmode enterkeyhint list label span colspan rowspan headers scope start reversed ' +
    'datetime cite href rel target download draggable contenteditable translate inert popover webkitdirectory width height ' +
    'viewbox xmlns preserveaspectratio d x y x1 y1 x2 y2 cx cy r rx ry dx dy points transform offset fill fill-rule ' +
    'fill-opacity stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset stroke-opacity ' +
    'stroke-miterlimit opacity clip-path clip-rule mask marker-start marker-mid marker-end text-anchor dominant-baseline ' +
    'alignment-baseline font-size font-family font-weight letter-spacing gradientunits gradienttransform patternunits ' +
    'patterntransform stop-color stop-opacity vector-effect pathlength shape-rendering focusable'
  ).split(' '));
  const LINK = /^(?:#|\.?\/(?!\/)|\?|https:\/\/|[\w-]+(?:[.][\w-]+)*(?:[?#]|$))/i; // never another scheme, never //host
  // One piece of markup: text, comment, end tag or start tag with quoted values. Whatever is written in another way is refused.
  const PIECE = /[^<]+|<!(?:--(?:[^<>-]|-(?!-))*--)?>|<\/([a-z][a-z0-9]*)\s*>|<([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9:-]*(?:="[^"<]*")?)*)\s*\/?>/iy;
  const ATTRIBUTE = /([a-z][a-z0-9:-]*)(?:="([^"]*)")?/gi;

  function refuse(why, markup) {
    throw new TypeError(`Trailbeam's page takes no such markup (${why}): ${String(markup).slice(0, 80)}`);
  }

  /** Returns `markup` if it is made of allowed elements and attributes only; throws a TypeError otherwise. */
  function staticMarkup(markup) {
    PIECE.lastIndex = 0;
    while (PIECE.lastIndex < markup.length) {
      const piece = PIECE.exec(markup);
      if (!piece) refuse('not plain markup', markup);
      const tag = (piece[1] ?? piece[2])?.toLowerCase();
      if (tag !== undefined && !TAGS.has(tag)) refuse(`<${tag}>`, markup);
      for (const [, given, value = ''] of (piece[3] ?? '').matchAll(ATTRIBUTE)) {
        const name = given.toLowerCase();
        if (!ATTRIBUTES.has(name) && !/^(?:aria|data)-[a-z0-9-]+$/.test(name)) refuse(name, markup);
        if (name === 'href' && (value.includes('&') || !LINK.test(value) || (tag === 'use' && !value.startsWith('#')))) refuse(`href="${value}"`, markup);
        if (name === 'style' && /url|import|[\\@&]/i.test(value)) refuse(`style="${value}"`, markup);
      }
    }
    return markup;
  }

  const ours = new Set(glueUrl ? [glueUrl] : []); // script URLs that `trailbeam` vouches for
  const rules = {
    createScriptURL(url) {
      if (!ours.has(url)) throw new TypeError(`Not a script of Trailbeam: ${String(url).slice(0, 200)}`);
      return url;
    },
  };
  // Browsers without Trusted Types take the plain strings; the rest of the policy holds there all the same.
  const types = globalThis.trustedTypes;
  types?.createPolicy('default', {
    createHTML: staticMarkup,
    createScript: () => { throw new TypeError("Trailbeam's page takes no script text"); },
    createScriptURL: (url) => { throw new TypeError(`Trailbeam's page takes no script URL: ${String(url).slice(0, 200)}`); },
  });
  const policy = types ? types.createPolicy('trailbeam', rules) : rules;

  // ---- workers -------------------------------------------------------------------------------------------------------

  // The first message is the compiled module; `main` then sets the handler of all later ones.
  const WORKER_START = 'self.onmessage=(e)=>{self.onmessage=null;wasm_bindgen.initSync({module:e.data});};';
  let workerUrl; // one Blob for all workers

  function workerScript() {
    // A Blob worker is under the page's policy, Trusted Types too: what it imports has to go through a policy of its own.
    const load = !parts
      ? inlined('glue').textContent
      : `const u=${JSON.stringify(glueUrl)},p=self.trustedTypes?.createPolicy('trailbeam',{createScriptURL:(s)=>{if(s!==u)throw new TypeError(s);return s;}});` +
        'importScripts(p?p.createScriptURL(u):u);';
    const url = URL.createObjectURL(new Blob([load, '\n', WORKER_START], { type: 'text/javascript' }));
    ours.add(url);
    return policy.createScriptURL(url);
  }

  /** A classic worker that waits for the compiled module. */
  function worker() {
    return new Worker(workerUrl ??= workerScript());
  }

  // ---- start ---------------------------------------------------------------------------------------------------------

  function say(text) {
    const place = document.getElementById('boot') ?? document.body;
    place.textContent = text;
    place.hidden = false;
    place.setAttribute('role', 'alert');
  }

  function loadGlue() {
    return new Promise((done, failed) => {
      const script = document.createElement('script');
      script.src = policy.createScriptURL(glueUrl);
      script.onload = done;
      script.onerror = () => failed(new Error(`${glueUrl} could not be loaded`));
      document.head.append(script);
    });
  }

  let packed; // the inlined program as it stands in the page, gzip
  function unpack() {
    if (!packed) {
      const text = inlined('wasm');
      packed = new Blob([Uint8Array.from(atob(text.textContent.trim()), (c) => c.charCodeAt(0))]);
      text.remove(); // no longer needed, and large
    }
    return new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  }

  // ---- sharing -------------------------------------------------------------------------------------------------------

  /** The program itself, to be inlined in a shared file: its glue and its wasm. Served, both come from the browser's cache. */
  async function program() {
    if (!parts) return { glue: inlined('glue').textContent, wasm: new Uint8Array(await unpack()) };
    const load = async (url) => {
      const answer = await fetch(url, { cache: 'force-cache' });
      if (!answer.ok) throw new Error(`${url} could not be read again (${answer.status})`);
      return answer;
    };
    const [glue, wasm] = await Promise.all([load(glueUrl), load(wasmUrl)]);
    return { glue: await glue.text(), wasm: new Uint8Array(await wasm.arrayBuffer()) };
  }

  let shared = null; // what this page brings if it is a shared file
  /** Takes a shared file's parts out of the page; its printed layer stays, as text it is kept too, to be verified. */
  function takeShared() {
    if (!('trailbeamReport' in root.dataset)) return;
    const taken = [...document.querySelectorAll('script[data-trailbeam-part]')].map((element) => {
      element.remove();
      return { name: element.dataset.trailbeamPart, text: element.textContent };
    });
    shared = {
      printed: document.getElementById('report')?.innerHTML ?? '',
      stated: (document.getElementById('report-sha256')?.textContent ?? '').replace(/\s/g, ''),
      parts: taken,
    };
  }

  // Scripts may wait for the app before it is there; it puts the rest of its interface in this one's place.
  let isReady;
  globalThis.trailbeam = { ready: new Promise((done) => { isReady = done; }) };

  let started;
  /** Loads and starts the app, once. */
  function start() {
    return started ??= (async () => {
      try {
        takeShared();
        if (parts) await loadGlue();
        await wasm_bindgen({ module_or_path: parts ? wasmUrl : await unpack() });
        document.getElementById('boot')?.remove();
        isReady(true);
      } catch (error) {
        say(`Trailbeam could not start: ${error?.message ?? error}. It needs WebAssembly with SIMD: Chrome or Edge 91, Firefox 89, Safari 16.4 or newer.`);
        throw error;
      }
    })();
  }

  Object.defineProperty(globalThis, '__trailbeam', {
    value: Object.freeze({ door: root.dataset.door, start, worker, program, report: () => shared }),
  });

  // The other door (online.html) starts the app itself, once it knows which hosts may be reached.
  if (root.dataset.door === 'local') {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start, { once: true });
    else start();
  }
})();
