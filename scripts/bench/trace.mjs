// What a trace of Chromium's tells about frames.

const SCRIPT = new Set(['FunctionCall', 'EvaluateScript', 'FireAnimationFrame', 'TimerFire', 'EventDispatch', 'RunMicrotasks', 'V8.GCScavenger', 'MajorGC', 'MinorGC']);
const DRAWING = new Set(['UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint', 'Layerize', 'Commit', 'UpdateLayer', 'CompositeLayers', 'HitTest', 'IntersectionObserverController::computeIntersections']);

/** Time that is in any of these [from, to], in milliseconds: what lies within another is not counted twice. */
function union(intervals) {
  let all = 0;
  let until = -Infinity;
  for (const [from, to] of intervals.sort((a, b) => a[0] - b[0])) {
    if (to <= until) continue;
    all += to - Math.max(from, until);
    until = to;
  }
  return all / 1000;
}

/** What has to be recorded for the figures below. */
export const CATEGORIES = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing', 'v8', '__metadata'];

/** Records what the browser does meanwhile. */
export async function traced(run, page, use) {
  await run.browser.startTracing(page, { categories: CATEGORIES });
  await use();
  return JSON.parse((await run.browser.stopTracing()).toString()).traceEvents;
}

/** How long workers worked without looking up (ms): each task of theirs. What they are told meanwhile waits for its end. */
export function workerTasks(events) {
  const id = ({ pid, tid }) => `${pid} ${tid}`;
  const workers = new Set(events.filter(({ name, args }) => name === 'thread_name' && /DedicatedWorker/.test(args.name)).map(id));
  return events.filter((event) => event.name === 'RunTask' && event.ph === 'X' && workers.has(id(event))).map((event) => event.dur / 1000);
}

/** The thread on which the gesture's mark was set. */
function thread(events) {
  const mark = events.find((event) => event.name === 'bench-gesture');
  if (!mark) throw new Error('the trace has no mark of the gesture');
  return { mark, mine: events.filter((event) => event.pid === mark.pid && event.tid === mark.tid && event.ts >= mark.ts) };
}

/**
 * Frames from the mark on: script, drawing and both (ms) of the page's thread between one commit's end and the next.
 * Frames in which neither ran are those of a page at rest, and none.
 */
export function busyPerFrame(events) {
  const { mark, mine } = thread(events);
  const spans = mine.filter((event) => event.ph === 'X' && event.dur > 0);
  const ends = spans.filter((event) => event.name === 'Commit').map((event) => event.ts + event.dur).sort((a, b) => a - b);
  const frames = [];
  let from = mark.ts;
  for (const to of ends) {
    const within = (names) => spans
      .filter((event) => names.has(event.name) && event.ts < to && event.ts + event.dur > from)
      .map((event) => [Math.max(event.ts, from), Math.min(event.ts + event.dur, to)]);
    const [script, drawing] = [within(SCRIPT), within(DRAWING)];
    if (script.length > 0) frames.push({ busy: union([...script, ...drawing]), script: union(script), drawing: union(drawing) });
    from = to;
  }
  return frames;
}
