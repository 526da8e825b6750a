// One scale of time for lanes and square; time runs from left to right in both languages.

const quantile = (list, part) => list[Math.min(Math.floor(list.length * part), list.length - 1)];
const ends = entries
  .filter((entry) => entry.end && entry.pub)
  .map((entry) => entry.end)
  .sort((a, b) => a - b);
const FIRST_END = occurredEnds[0] ?? 0;
const LAST_END = Math.max(occurredEnds.at(-1) ?? DAY, D.horizon ?? DAY);
const WHOLE = [FIRST_END - 5 * DAY, LAST_END + 5 * DAY];
const DENSE = ends.length > 20 ? [quantile(ends, 0.2) - 4 * DAY, quantile(ends, 0.97) + 4 * DAY] : WHOLE;
let domain = [...DENSE];

const x = (moment, width) => ((clamp(moment, -9e15, 9e15) - domain[0]) / (domain[1] - domain[0])) * width;
const clampX = (moment, width) => clamp(x(moment, width), 0, width);
const pivot = () => clamp((Math.min(moment.at, domain[1]) - domain[0]) / (domain[1] - domain[0]), 0, 1);

/** Show another stretch of time, of at least six hours. */
function zoomTo(from, to) {
  const middle = (from + to) / 2;
  const least = 6 * HOUR;
  domain =
    to - from < least ? [middle - least / 2, middle + least / 2] : [Math.max(from, WHOLE[0]), Math.min(to, WHOLE[1])];
  go({}, "scale");
}
function zoomBy(factor, around) {
  const width = domain[1] - domain[0];
  const at = domain[0] + width * around;
  zoomTo(at - width * factor * around, at + width * factor * (1 - around));
}

/** The step of drags and arrow keys: a day, or an hour where only a few days are shown. */
const isFine = () => domain[1] - domain[0] < 6 * DAY;
const snapped = (at) => (isFine() ? Math.ceil(at / HOUR) * HOUR : endOfDay(at));
const stepped = (at, steps) => (isFine() ? at + steps * HOUR : daysLater(at, steps));
const pointed = (px, width) => snapped(domain[0] + (px / width) * (domain[1] - domain[0]));

/** The marks of the axis: [moment, text, whether it begins a month or a year]. */
function ticks(width) {
  const days = (domain[1] - domain[0]) / DAY;
  if (days < 6) return hourTicks(days);
  const found = [];
  const every = days > 3600 ? 120 : days > 1200 ? 12 : days > 400 ? 6 : days > 220 ? 2 : 1;
  const gap = (width / days) * 7 > 34 ? (width / days > 30 ? 1 : 7) : 0;
  const start = new Date(shownAt(domain[0]) / 1000);
  for (let n = 0; n < 400; n += 1) {
    const month = Date.UTC(start.getUTCFullYear() - (every > 12 ? start.getUTCFullYear() % 10 : 0), n * every, 1);
    const at = fromLocal(month * 1000);
    if (at > domain[1]) break;
    if (at >= domain[0]) found.push([at, monthText(month, every, found.length), true]);
    const last = gap === 7 ? 22 : new Date(Date.UTC(start.getUTCFullYear(), n + 1, 0)).getUTCDate();
    for (let d = gap + 1; gap && d <= last; d += gap) {
      const then = fromLocal(month * 1000 + (d - 1) * DAY);
      if (then > domain[0] && then < domain[1]) found.push([then, String(d), false]);
    }
  }
  return found;
}
function monthText(ms, every, nth) {
  const year = new Date(ms).getUTCFullYear();
  if (every >= 12) return String(year);
  return dateText(ms * 1000, "month") + (nth === 0 || new Date(ms).getUTCMonth() === 0 ? ` ${year}` : "");
}
function hourTicks(days) {
  const found = [];
  const every = days > 3 ? 12 : days > 1 ? 6 : 1;
  let shown = Math.floor(shownAt(domain[0]) / DAY) * DAY;
  for (; fromLocal(shown) < domain[1]; shown += every * HOUR) {
    const midnight = shown % DAY === 0;
    const text = midnight ? dateText(shown, "short") : new Date(shown / 1000).toISOString().slice(11, 16);
    if (fromLocal(shown) >= domain[0]) found.push([fromLocal(shown), text, midnight]);
  }
  return found;
}

/** Let an element be dragged: `move` gets the place of the pointer within it. */
function draggable(target, move) {
  target.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest(".mark")) return;
    const box = target.getBoundingClientRect();
    const touch = event.pointerType === "touch"; // a finger may be about to scroll: it counts once it moves or lifts
    const to = (e) => move(e.clientX - box.left, e.clientY - box.top);
    const end = () => (target.onpointermove = target.onpointerup = target.onpointercancel = null);
    target.setPointerCapture(event.pointerId);
    if (!touch) to(event);
    target.onpointermove = to;
    target.onpointercancel = end;
    target.onpointerup = (up) => {
      if (touch) to(up);
      end();
    };
  });
}
